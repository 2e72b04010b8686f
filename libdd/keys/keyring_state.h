/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * keyring_state - a keyring's state, as its own files share it
 */
#ifndef DD_KEYRING_STATE_H_INCLUDED
#define DD_KEYRING_STATE_H_INCLUDED

#include "keyring.h"
#include "libdd/base/hash.h"

/* The public keys that a file has besides its tenants' and named operators'. */
typedef enum { OWN, BROKER, PUBLIC, OPERATOR, SLOTS } slot_t;

typedef struct {
    dd_tenant_t tenant;
    UT_hash_handle by_key;
    UT_hash_handle by_name; /* only of the current key */
    UT_hash_handle by_hash;
} entry_t;

struct dd_keyring {
    dd_keys_kind_t kind;
    uint8_t (*secret_keys)[DD_KEY_SIZE]; /* sodium_malloc, one for each age */
    uint8_t keys[SLOTS][DD_KEY_AGES][DD_KEY_SIZE];
    bool has[SLOTS][DD_KEY_AGES];
    dd_operator_t *operators;
    size_t operator_count;
    entry_t *entries; /* one array: the tenants in the file's order, then their other keys */
    size_t count;     /* tenants */
    size_t used;      /* entries */
    entry_t *by_key;  /* the same entries in uthash tables */
    entry_t *by_name;
    entry_t *by_hash;
};

/* A keyring without any key; NULL when out of memory. */
dd_keyring_t *dd_keyring_new(void);

#endif
