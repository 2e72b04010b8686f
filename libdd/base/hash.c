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

uint64_t dd_hash_long(const void *data, size_t size)
{
    pthread_once(&once, draw_key);
    uint64_t hash;
    _Static_assert(sizeof hash == crypto_shorthash_BYTES, "a hash is 8 bytes");
    crypto_shorthash((unsigned char *)&hash, data, size, key);
    return hash;
}

unsigned dd_hash_bytes(const void *data, size_t size)
{
    return (unsigned)dd_hash_long(data, size);
}

/* The product of two numbers below 2^61, of which no machine of 32 bits has a type that holds it.
 */
static void multiply(uint64_t a, uint64_t b, uint64_t *high, uint64_t *low)
{
    uint64_t a1 = a >> 32, a0 = a & UINT32_MAX, b1 = b >> 32, b0 = b & UINT32_MAX;
    uint64_t first = a0 * b0;
    uint64_t second = a1 * b0 + (first >> 32);
    uint64_t third = a0 * b1 + (second & UINT32_MAX);
    *high = a1 * b1 + (second >> 32) + (third >> 32);
    *low = third << 32 | (first & UINT32_MAX);
}

static uint64_t extend(uint64_t hash, uint8_t byte)
{
    uint64_t high, low;
    multiply(hash, point, &high, &low);
    uint64_t sum = (low & PRIME) + (high << 3 | low >> 61) + byte + 1u;
    sum = (sum & PRIME) + (sum >> 61);
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
