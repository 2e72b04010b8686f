/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keyset - the key files of one set of brokers, as JSON to be changed
 *
 * A keyset has broker-keys.json and public-keys.json; the clients' files are made from them. Fields
 * that nothing here knows stay as they are. Where memory runs out, a field may become null: the
 * store finds that, since it commits nothing but valid key files.
 */
#ifndef KEYSET_H_INCLUDED
#define KEYSET_H_INCLUDED

#include "libdd/keys/keyring.h"
#include "options.h"
#include "pair.h"
#include "store.h"

typedef struct {
    store_t *store;                  /* where the files are; the caller's */
    dd_keyring_t *broker;            /* what the two files held when they were loaded; NULL in a */
    dd_keyring_t *public_tenant;     /* new set */
    struct json_object *broker_json; /* what they are to hold */
    struct json_object *public_json;
    struct json_object *public_before; /* as it was loaded; NULL in a new set */
    key_text_t broker_key;             /* the public keys that every client's file has */
    key_text_t public_key;
} keyset_t;

/* A new set without tenants and operator. NULL with *problem filled when out of memory. */
keyset_t *keyset_new(store_t *store, dd_problem_t *problem);
void keyset_destroy(keyset_t **self_p);

/* Loads the set in the directory that the options name, has it changed, commits that as a whole or
   not at all, and prints the paths of the files that were written. An error with *problem filled,
   too, if a file is missing or bad, or they are of two sets. */
typedef dd_error_t(keyset_change_t)(
    keyset_t *self, const options_t *options, dd_problem_t *problem);
dd_error_t keyset_change(const options_t *options, keyset_change_t *change, dd_problem_t *problem);

/*
 * Gives a tenant or the operator a new pair at once, in the broker's and public's JSON, and puts
 * the file of that client into the store: a new one, or `file` with changed fields, which is taken
 * over.
 */
dd_error_t keyset_renew_tenant(keyset_t *self, const char *name, struct json_object *file,
    store_put_t how, dd_problem_t *problem);
dd_error_t keyset_renew_operator(
    keyset_t *self, struct json_object *file, store_put_t how, dd_problem_t *problem);

/* The same for an operator with a name, new or known, who has these rights from then on. */
dd_error_t keyset_renew_named_operator(keyset_t *self, const dd_operator_t *rights,
    struct json_object *file, store_put_t how, dd_problem_t *problem);

/* Gives the public tenant or the brokers a new pair, in the two JSONs; the other clients' files
   with its public key are the caller's to change. */
dd_error_t keyset_renew_public(keyset_t *self, dd_problem_t *problem);
dd_error_t keyset_renew_broker(keyset_t *self, dd_problem_t *problem);

/* Puts the two files into the store, public's only if it has changed: the last call before
 * store_commit(). */
dd_error_t keyset_put(keyset_t *self, store_put_t how, dd_problem_t *problem);

/* The file of a client that is to be told a new key of somebody else; the caller's. NULL with
 *problem filled if it isn't there. */
struct json_object *keyset_load_told(keyset_t *self, const char *name, dd_problem_t *problem);

/* The object of that name in a file; the whole file, where other tools have written it flat. */
struct json_object *keyset_section(struct json_object *file, const char *name);

/* Forgets an owner's keys of a rotation: only the current ones stay. */
void keyset_forget(struct json_object *object);

/* A string field of a file, made or replaced. */
void keyset_set(struct json_object *object, const char *field, const char *text);

#endif
