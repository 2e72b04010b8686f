/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pair - a new pair of keys, as the texts that key files hold
 */
#ifndef PAIR_H_INCLUDED
#define PAIR_H_INCLUDED

#include "libdd/keys/keyring.h"

/* A key as base64 with padding, and its NUL. */
#define KEY_TEXT_SIZE 45

typedef struct {
    char text[KEY_TEXT_SIZE];
} key_text_t;

typedef struct {
    char hash[DD_HASH_SIZE + 1]; /* lower-case hex of the public key */
    key_text_t public_key;
    key_text_t secret_key;
    char cookie[21]; /* 64 random bits in decimal */
} pair_t;

/* Makes a pair in memory that is wiped when it is destroyed; NULL when out of memory. */
pair_t *pair_new(void);
void pair_destroy(pair_t **self_p);

key_text_t key_text(const uint8_t key[DD_KEY_SIZE]);

/* The next key of a tenant that is known with its current one; NULL if there is none. */
const uint8_t *key_next(const dd_tenant_t *tenant);

/* Whether both are there, and the same public key. */
bool key_same(const uint8_t *a, const uint8_t *b);

#endif
