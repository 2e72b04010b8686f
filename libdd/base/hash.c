/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hash - uthash, set up for names that strangers choose
 */
#include "hash.h"

#include <sodium.h>
#include <stdbool.h>

unsigned dd_hash_bytes(const void *data, size_t size)
{
    static bool drawn;
    static unsigned char key[crypto_shorthash_KEYBYTES];
    if (!drawn) {
        crypto_shorthash_keygen(key);
        drawn = true;
    }
    unsigned char hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, data, size, key);
    unsigned value;
    memcpy(&value, hash, sizeof value);
    return value;
}
