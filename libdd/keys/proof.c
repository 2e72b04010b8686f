/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * proof - that somebody has another key than the one it logged in with
 */
#include "proof.h"

#include <sodium.h>

#define INSTANCE_SIZE 8
#define NONCE_AT DD_KEY_SIZE
#define BOX_AT (NONCE_AT + crypto_box_NONCEBYTES)
#define BOX_SIZE (crypto_box_MACBYTES + INSTANCE_SIZE)
_Static_assert(DD_PROOF_SIZE == BOX_AT + BOX_SIZE, "the parts make the whole");

static void write_instance(uint64_t instance, uint8_t bytes[INSTANCE_SIZE])
{
    dd_writer_t writer = dd_writer(bytes, INSTANCE_SIZE);
    dd_write_u64(&writer, instance);
}

/* The next pair of the brokers is in their own files before its public key is in others'. */
static const uint8_t *newest_broker_key(const dd_keyring_t *keyring)
{
    const uint8_t *next = dd_keyring_broker_key_of(keyring, DD_KEY_NEXT);
    return next != NULL ? next : dd_keyring_broker_key(keyring);
}

bool dd_proof_make(
    const dd_keyring_t *keyring, dd_key_age_t age, uint64_t instance, uint8_t proof[DD_PROOF_SIZE])
{
    uint8_t text[INSTANCE_SIZE];
    write_instance(instance, text);
    memcpy(proof, dd_keyring_public_key_of(keyring, age), DD_KEY_SIZE);
    randombytes_buf(proof + NONCE_AT, crypto_box_NONCEBYTES);
    return crypto_box_easy(proof + BOX_AT, text, sizeof text, proof + NONCE_AT,
               newest_broker_key(keyring), dd_keyring_secret_key_of(keyring, age)) == 0;
}

const uint8_t *dd_proof_check(const dd_keyring_t *keyring, uint64_t instance, dd_bytes_t proof)
{
    uint8_t text[INSTANCE_SIZE], expected[INSTANCE_SIZE];
    if (proof.size != DD_PROOF_SIZE)
        return NULL;
    write_instance(instance, expected);
    for (dd_key_age_t age = 0; age < DD_KEY_AGES; age++) {
        const uint8_t *secret_key = dd_keyring_secret_key_of(keyring, age);
        if (secret_key != NULL && crypto_box_open_easy(text, proof.data + BOX_AT, BOX_SIZE,
                                      proof.data + NONCE_AT, proof.data, secret_key) == 0)
            return memcmp(text, expected, sizeof text) == 0 ? proof.data : NULL;
    }
    return NULL;
}
