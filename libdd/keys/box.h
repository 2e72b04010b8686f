/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * box - payloads encrypted from client to client
 *
 * A payload on the wire is nonce || crypto_box_easy, the same in protocols 4 and 5. Which pair of
 * keys: inside a tenant, its own public and private key; between a tenant and public, the one's
 * public and the other's private; inside public, public's own pair. Shared keys are computed once.
 * While keys are being replaced, the current ones seal, and all that the key file has open.
 *
 * Any thread may seal and open, at the same time, after the box was made.
 */
#ifndef DD_BOX_H_INCLUDED
#define DD_BOX_H_INCLUDED

#include "keyring.h"

/* What sealing adds to a payload: 24 bytes of nonce and 16 of authenticator. */
#define DD_BOX_OVERHEAD 40

typedef struct dd_box dd_box_t;

/* For a tenant's or public's keyring, which must outlive the box; NULL when out of memory or for
   another kind of keyring. */
dd_box_t *dd_box_new(const dd_keyring_t *keyring);
/* Another one with the keys of a box that was made so and must outlive it. No two nonces are equal
   in all of them together. NULL when out of memory. */
dd_box_t *dd_box_share(dd_box_t *of);
void dd_box_destroy(dd_box_t **self_p);

/* A shared key, or several, that the box owns. Never NULL for what dd_box_peer() can answer. */
typedef struct dd_box_key dd_box_key_t;

/*
 * The key for talking with whoever is named `shown` by the client's broker (a destination of a
 * notification, the source of a notification or a publication): "public.x" from within a tenant is
 * the public tenant; "t.x" from public is t if there is such a tenant; all else is the own tenant.
 */
const dd_box_key_t *dd_box_peer(const dd_box_t *self, dd_bytes_t shown);

/* Seals size bytes into out, which has size + DD_BOX_OVERHEAD bytes. out and data don't overlap. */
void dd_box_seal(
    dd_box_t *self, const dd_box_key_t *key, const void *data, size_t size, uint8_t *out);

/* Opens sealed bytes into out, which has sealed.size - DD_BOX_OVERHEAD bytes. DD_E_DECRYPT if too
   short, forged, or sealed for other keys. */
dd_error_t dd_box_open(
    const dd_box_t *self, const dd_box_key_t *key, dd_bytes_t sealed, uint8_t *out);

#endif
