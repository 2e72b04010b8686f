/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pair - a new pair of keys, as the texts that key files hold
 */
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "pair.h"

key_text_t key_text(const uint8_t key[DD_KEY_SIZE])
{
    key_text_t self;
    sodium_bin2base64(
        self.text, sizeof self.text, key, DD_KEY_SIZE, sodium_base64_VARIANT_ORIGINAL);
    return self;
}

const uint8_t *key_next(const dd_tenant_t *tenant)
{
    for (; tenant != NULL; tenant = tenant->other)
        if (tenant->age == DD_KEY_NEXT)
            return tenant->public_key;
    return NULL;
}

bool key_same(const uint8_t *a, const uint8_t *b)
{
    return a != NULL && b != NULL && memcmp(a, b, DD_KEY_SIZE) == 0;
}

pair_t *pair_new(void)
{
    uint8_t public_key[DD_KEY_SIZE], secret_key[DD_KEY_SIZE];
    uint64_t cookie;
    pair_t *self = sodium_malloc(sizeof *self);
    if (self == NULL)
        return NULL;
    crypto_box_keypair(public_key, secret_key);
    randombytes_buf(&cookie, sizeof cookie);
    sodium_bin2hex(self->hash, sizeof self->hash, public_key, sizeof public_key);
    self->public_key = key_text(public_key);
    sodium_bin2base64(self->secret_key.text, sizeof self->secret_key.text, secret_key,
        sizeof secret_key, sodium_base64_VARIANT_ORIGINAL);
    snprintf(self->cookie, sizeof self->cookie, "%" PRIu64, cookie);
    sodium_memzero(secret_key, sizeof secret_key);
    return self;
}

void pair_destroy(pair_t **self_p)
{
    if (self_p == NULL || *self_p == NULL)
        return;
    sodium_free(*self_p);
    *self_p = NULL;
}
