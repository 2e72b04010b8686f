/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hash - uthash, set up for names that strangers choose
 */
#include "hash.h"

#include <pthread.h>
#include <sodium.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static unsigned char key[crypto_shorthash_KEYBYTES];

static void draw_key(void)
{
    crypto_shorthash_keygen(key);
}

unsigned dd_hash_bytes(const void *data, size_t size)
{
    pthread_once(&once, draw_key);
    unsigned char hash[crypto_shorthash_BYTES];
    crypto_shorthash(hash, data, size, key);
    unsigned value;
    memcpy(&value, hash, sizeof value);
    return value;
}
