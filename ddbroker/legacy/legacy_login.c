/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_login - how clients of protocols 3 and 4 prove whose they are
 */
#include "legacy_login.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t shared_t[crypto_box_BEFORENMBYTES];

struct legacy_login {
    const dd_keyring_t *keyring;
    shared_t *shared; /* by the tenant's index, of each of its keys; in sodium_malloc memory */
};

static void share(legacy_login_t *self, const dd_tenant_t *tenant)
{
    uint8_t *shared = self->shared[tenant->index];
    if (crypto_box_beforenm(shared, tenant->public_key, dd_keyring_secret_key(self->keyring)) != 0)
        randombytes_buf(shared, sizeof(shared_t)); /* no key: nobody can answer */
}

legacy_login_t *legacy_login_new(const dd_keyring_t *keyring)
{
    legacy_login_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->keyring = keyring;
    self->shared = sodium_allocarray(dd_keyring_tenant_keys(keyring), sizeof(shared_t));
    if (!self->shared) {
        legacy_login_destroy(&self);
        return NULL;
    }
    const dd_tenant_t *tenant;
    for (size_t i = 0; (tenant = dd_keyring_tenant_at(keyring, i)); i++)
        for (; tenant; tenant = tenant->other)
            share(self, tenant);
    return self;
}

void legacy_login_destroy(legacy_login_t **self_p)
{
    legacy_login_t *self = *self_p;
    if (!self)
        return;
    sodium_free(self->shared);
    free(self);
    *self_p = NULL;
}

const dd_tenant_t *legacy_login_challenge(
    const legacy_login_t *self, dd_bytes_t hash, uint8_t challenge[LEGACY_CHALLENGE_SIZE])
{
    const dd_tenant_t *tenant = dd_keyring_tenant_by_hash(self->keyring, hash);
    if (!tenant || tenant->cookie == 0)
        return NULL;
    uint8_t cookie[sizeof tenant->cookie];
    dd_writer_t writer = dd_writer(cookie, sizeof cookie);
    dd_write_u64(&writer, tenant->cookie);
    uint8_t *box = challenge + crypto_box_NONCEBYTES;
    randombytes_buf(challenge, crypto_box_NONCEBYTES);
    crypto_box_easy_afternm(box, cookie, sizeof cookie, challenge, self->shared[tenant->index]);
    sodium_memzero(cookie, sizeof cookie);
    return tenant;
}

const dd_tenant_t *legacy_login_prove(const legacy_login_t *self,
    const uint8_t challenged[DD_KEY_SIZE], dd_bytes_t hash, uint64_t cookie)
{
    const dd_tenant_t *tenant = dd_keyring_tenant_by_hash(self->keyring, hash);
    if (!tenant || tenant->cookie == 0 || memcmp(tenant->public_key, challenged, DD_KEY_SIZE) != 0)
        return NULL;
    return legacy_cookie_equal(tenant->cookie, cookie) ? tenant : NULL;
}

bool legacy_cookie_equal(uint64_t a, uint64_t b)
{
    return sodium_memcmp(&a, &b, sizeof a) == 0;
}
