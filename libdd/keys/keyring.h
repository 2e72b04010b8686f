/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keyring - key files <-> keys in memory
 *
 * dd-keys(5) has the files. The own secret key lives in sodium_malloc memory and is wiped with the
 * keyring. A keyring doesn't change after loading, so any thread may read it.
 */
#ifndef DD_KEYRING_H_INCLUDED
#define DD_KEYRING_H_INCLUDED

#include "libdd/base/buffer.h"
#include "libdd/include/dd.h"

#define DD_KEY_SIZE 32
#define DD_HASH_SIZE 64

typedef enum {
    DD_KEYS_BROKER = 1, /* broker-keys.json: the dd pair and every tenant's public key */
    DD_KEYS_TENANT,     /* <tenant>-keys.json */
    DD_KEYS_PUBLIC,  /* public-keys.json: the public tenant's pair and every tenant's public key */
    DD_KEYS_OPERATOR /* operator-keys.json */
} dd_keys_kind_t;

/*
 * The keys of one owner while they are being replaced: in a file, a field "x" is the key in use,
 * "nextx" the one that will follow it, and "previousx" the one that it has followed. Nearly always
 * there is the current one alone.
 */
typedef enum {
    DD_KEY_CURRENT,
    DD_KEY_NEXT,
    DD_KEY_PREVIOUS,
    DD_KEY_AGES /* how many */
} dd_key_age_t;

typedef enum {
    DD_OWNER_UNKNOWN,
    DD_OWNER_TENANT,
    DD_OWNER_OPERATORS,
    DD_OWNER_BROKERS
} dd_key_owner_t;

struct json_object;

typedef struct dd_keyring dd_keyring_t;

/* A tenant as others know it, with one of its keys. Owned by its keyring. */
typedef struct dd_tenant dd_tenant_t;
struct dd_tenant {
    char name[DD_TENANT_MAX + 1];
    char hash[DD_HASH_SIZE + 1]; /* as in the file; ddkeys writes lower-case hex of public_key, and
                                    for a key that isn't the current one it is always that */
    uint8_t public_key[DD_KEY_SIZE];
    dd_key_age_t age;
    uint64_t cookie; /* field R; only in a broker's file, else 0 */
    size_t index;    /* its place for dd_keyring_tenant_at(); those with other keys follow */
    const dd_tenant_t *other; /* the same tenant with another key, or NULL. A broker's file has the
                                 next one, the public tenant's the previous one as well */
};

/* An operator, as its own file or a broker's has it. Owned by its keyring. */
typedef struct {
    char name[DD_TENANT_MAX + 1]; /* of "dd.operatorpubkey": DD_OPERATOR */
    uint8_t public_key[DD_KEY_SIZE];
    bool read_only; /* looks at everything, acts on nothing */
} dd_operator_t;

/* The name of the operator whose key stands in "dd.operatorpubkey". */
#define DD_OPERATOR "operator"

/*
 * Reads a key file of any kind; the kind is seen from its content. NULL with *problem naming file
 * and field if it can't be read or isn't what it must be. A file that others may read is accepted
 * (existing tools write them so).
 */
dd_keyring_t *dd_keyring_load(const char *path, dd_problem_t *problem);
/* The same from text, and from what dd_keyfile_load() has read of a file, which stays the caller's;
   `path` is only for messages. */
dd_keyring_t *dd_keyring_parse(
    const char *path, const char *json, size_t size, dd_problem_t *problem);
dd_keyring_t *dd_keyring_from_json(
    const char *path, struct json_object *object, dd_problem_t *problem);
/* Wipes and frees; takes NULL and *self_p == NULL. */
void dd_keyring_destroy(dd_keyring_t **self_p);

/* Whether two hold the same, in the same order. */
bool dd_keyring_equal(const dd_keyring_t *self, const dd_keyring_t *other);

dd_keys_kind_t dd_keyring_kind(const dd_keyring_t *self);
/* The own pair that is in use. */
const uint8_t *dd_keyring_secret_key(const dd_keyring_t *self);
const uint8_t *dd_keyring_public_key(const dd_keyring_t *self);
/* The brokers' public key (for a broker's keyring, its own). */
const uint8_t *dd_keyring_broker_key(const dd_keyring_t *self);

/* The same of any age; NULL where the file has none. DD_KEY_CURRENT is always there. */
const uint8_t *dd_keyring_secret_key_of(const dd_keyring_t *self, dd_key_age_t age);
const uint8_t *dd_keyring_public_key_of(const dd_keyring_t *self, dd_key_age_t age);
const uint8_t *dd_keyring_broker_key_of(const dd_keyring_t *self, dd_key_age_t age);
/* In a tenant's or public's file, the public tenant's public key of that age; NULL if there is
   none. */
const uint8_t *dd_keyring_tenant_public_of(const dd_keyring_t *self, dd_key_age_t age);

/* With which of its keys somebody logs in, and for which of the brokers'. {0} is to begin with. */
typedef struct {
    dd_key_age_t own;
    dd_key_age_t brokers;
} dd_login_t;

/* Goes on to another own key that the keyring has, for when a broker refuses this one; false once
   all have been tried: then it is the first one again. Nobody tries the previous key. */
bool dd_keyring_next_login(const dd_keyring_t *self, dd_login_t *login);
/* The same of the brokers' keys, for when a broker has another. */
bool dd_keyring_next_broker(const dd_keyring_t *self, dd_login_t *login);

/* The public tenant's public key; NULL where the file has none: an operator's, or a broker's
   without a tenant "public". */
const uint8_t *dd_keyring_tenant_public(const dd_keyring_t *self);
/* The public key in "dd.operatorpubkey" of a broker's file; NULL where there is none. */
const uint8_t *dd_keyring_operator_key(const dd_keyring_t *self);

/* Operators of a broker's file, DD_OPERATOR among them, of which there are few: index from 0; NULL
   past the end. An operator's file has itself. */
const dd_operator_t *dd_keyring_operator_at(const dd_keyring_t *self, size_t index);
const dd_operator_t *dd_keyring_operator_by_key(
    const dd_keyring_t *self, const uint8_t key[DD_KEY_SIZE]);
const dd_operator_t *dd_keyring_operator_by_name(const dd_keyring_t *self, dd_bytes_t name);

/* Tenants of a broker's or the public tenant's file, "public" included in a broker's. NULL if there
   is none. One hash lookup each. By key and by hash also those with another key than the current
   one are found. */
const dd_tenant_t *dd_keyring_tenant_by_key(
    const dd_keyring_t *self, const uint8_t key[DD_KEY_SIZE]);
const dd_tenant_t *dd_keyring_tenant_by_name(const dd_keyring_t *self, dd_bytes_t name);
/* By the hash that clients of protocol 3 and 4 log in with. */
const dd_tenant_t *dd_keyring_tenant_by_hash(const dd_keyring_t *self, dd_bytes_t hash);
/* Whose a public key is, as a broker's file has it. *tenant becomes the tenant, else NULL. */
dd_key_owner_t dd_keyring_owner(
    const dd_keyring_t *self, const uint8_t key[DD_KEY_SIZE], const dd_tenant_t **tenant);
/* A dd_tenant_exists_t over a keyring. */
bool dd_keyring_has_tenant(const void *keyring, dd_bytes_t tenant);
size_t dd_keyring_tenant_count(const dd_keyring_t *self);
/* Walks all tenants in a stable order: index from 0; NULL past the end. */
const dd_tenant_t *dd_keyring_tenant_at(const dd_keyring_t *self, size_t index);
/* Above the index of any dd_tenant_t, whatever the age of its key. */
size_t dd_keyring_tenant_keys(const dd_keyring_t *self);

#endif
