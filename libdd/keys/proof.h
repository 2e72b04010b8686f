/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proof - that somebody has another key than the one it logged in with
 *
 * A client logs in with its tenant's current key, and proves on the same connection that it has the
 * one that will follow: so it stays when the current one is taken out of the brokers' key file. The
 * proof is a box from that pair for the brokers', around the instance that the client has
 * registered with. It passes inside CURVE, so that nobody has one to show again. A child broker
 * shows its parent in the same way that it has the brokers' new pair, around 64 bits of its id.
 */
#ifndef DD_PROOF_H_INCLUDED
#define DD_PROOF_H_INCLUDED

#include "keyring.h"

/* The public key, a nonce, and the sealed instance with its authenticator. */
#define DD_PROOF_SIZE (DD_KEY_SIZE + 24 + 16 + 8)

/* Makes a proof of the own key of that age, which the keyring has, for the brokers. False if there
   is no proof for such a key. */
bool dd_proof_make(
    const dd_keyring_t *keyring, dd_key_age_t age, uint64_t instance, uint8_t proof[DD_PROOF_SIZE]);

/* The key that a proof shows its sender to have, which points into it. NULL if it proves nothing
   to the brokers whose keyring it is. */
const uint8_t *dd_proof_check(const dd_keyring_t *keyring, uint64_t instance, dd_bytes_t proof);

#endif
