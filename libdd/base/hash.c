/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * hash - uthash, set up for names that strangers choose
 */
#include "hash.h"

#include <pthread.h>
#include <sodium.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;
static unsigned char key[crypto_shorthash_KEYBYTES];
static uint64_t point;

#define PRIME (((uint64_t)1 << 61) - 1)

static void draw_key(void)
{
    crypto_shorthash_keygen(key);
    randombytes_buf(&point, sizeof point);
    point = point % (PRIME - 256) + 256; /* small ones would show what was hashed */
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

static uint64_t extend(uint64_t hash, uint8_t byte)
{
    unsigned __int128 product = (unsigned __int128)hash * point + byte + 1u;
    uint64_t sum = ((uint64_t)product & PRIME) + (uint64_t)(product >> 61);
    return sum >= PRIME ? sum - PRIME : sum;
}

uint64_t dd_hash_more(uint64_t hash, const void *data, size_t size)
{
    pthread_once(&once, draw_key);
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = extend(hash, bytes[i]);
    return hash;
}
