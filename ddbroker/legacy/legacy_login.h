/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_login - how clients of protocols 3 and 4 prove whose they are
 *
 * The broker sends the tenant's cookie encrypted for the tenant's key, and the client sends it back
 * as it is, then and with every request. So whoever reads the wire once can log in ever after.
 */
#ifndef LEGACY_LOGIN_H_INCLUDED
#define LEGACY_LOGIN_H_INCLUDED

#include "legacy_wire.h"

typedef struct legacy_login legacy_login_t;

/* For a broker's keyring, which is lent: make a new one when that changes. Computes the shared key
   with every tenant, so that a challenge costs little. NULL when out of memory. */
legacy_login_t *legacy_login_new(const dd_keyring_t *keyring);
/* Wipes the keys. Takes NULL and *self_p == NULL. */
void legacy_login_destroy(legacy_login_t **self_p);

/* Makes the challenge for the tenant of that hash. NULL if there is none, or if it has the cookie
   0, which anyone could guess. */
const dd_tenant_t *legacy_login_challenge(
    const legacy_login_t *self, dd_bytes_t hash, uint8_t challenge[LEGACY_CHALLENGE_SIZE]);

/* The tenant that an answer proves: the one whose key was challenged, and no other, whatever is
   known of that one's cookie. NULL if it proves nothing. */
const dd_tenant_t *legacy_login_prove(const legacy_login_t *self,
    const uint8_t challenged[DD_KEY_SIZE], dd_bytes_t hash, uint64_t cookie);

/* Takes the same time wherever the two differ. */
bool legacy_cookie_equal(uint64_t a, uint64_t b);

#endif
