/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client_keys - the key file that a client uses, and what is sealed and opened with it
 *
 * Clients of a process whose files hold the same share what was made of it: keys take pages of
 * memory of their own, and the system has only so many of those. Any thread.
 */
#ifndef DD_CLIENT_KEYS_H_INCLUDED
#define DD_CLIENT_KEYS_H_INCLUDED

#include "libdd/keys/box.h"

typedef struct dd_client_keys dd_client_keys_t;
typedef struct dd_shared_keys dd_shared_keys_t;

struct dd_client_keys {
    const dd_keyring_t *keyring;
    dd_box_t *box; /* NULL for an operator */
    dd_shared_keys_t *shared;
    dd_client_keys_t *next; /* in a list of its owner's */
};

/* A key file: its path, or with a path of NULL what stands in it. */
typedef struct {
    const char *path;
    const char *text;
    size_t size;
} dd_key_source_t;

/* What messages call it. */
const char *dd_key_source_name(const dd_key_source_t *self);

/* Reads a client's or an operator's file. NULL with *problem filled if it isn't one. */
dd_client_keys_t *dd_client_keys_load(const dd_key_source_t *source, dd_problem_t *problem);
/* Takes NULL and *self_p == NULL. */
void dd_client_keys_destroy(dd_client_keys_t **self_p);

/* Puts others in their place, and them into a list; in a child of fork(2) both was done, or
 * neither. */
void dd_client_keys_replace(
    dd_client_keys_t **self_p, dd_client_keys_t *keys, dd_client_keys_t **retired);

/* Destroys all in a list but that one, which may be NULL. */
void dd_client_keys_forget(dd_client_keys_t **list, const dd_client_keys_t *but);

/* Whether one may follow the other: they are of one owner, who has a pair in both. */
bool dd_client_keys_follow(const dd_client_keys_t *self, const dd_client_keys_t *before);

/* The public key that the owner is to be known by from now on: the next one if there is one. */
const uint8_t *dd_client_keys_latest(const dd_client_keys_t *self, dd_key_age_t *age);

#endif
