/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * box - payloads encrypted from client to client
 */
#include <sodium.h>
#include <stdlib.h>

#include "box.h"
#include "libdd/protocol/name.h"

struct dd_box_key {
    uint8_t shared[crypto_box_BEFORENMBYTES];
    uint8_t sealing[crypto_stream_salsa20_KEYBYTES]; /* what XSalsa20 makes of it and the part of
                                                        the nonce that stays */
};

/* XSalsa20 makes a key for Salsa20 of its key and the first 16 bytes of its nonce; the rest is
   Salsa20's nonce. */
#define NONCE_STAYS crypto_core_hsalsa20_INPUTBYTES
#define NONCE_COUNTS crypto_stream_salsa20_NONCEBYTES
_Static_assert(NONCE_STAYS + NONCE_COUNTS == crypto_box_NONCEBYTES, "they make the nonce");

struct dd_box {
    const dd_keyring_t *keyring;
    dd_box_key_t *keys; /* sodium_malloc, all in one: each such allocation takes several pages. [0]
                           is for the own tenant; then, in a tenant's box, public, and in public's
                           box every tenant at 1 + its index */
    uint8_t nonce[crypto_box_NONCEBYTES]; /* of the message sealed last */
};

static bool share(const dd_box_t *self, const uint8_t *public_key, dd_box_key_t *key)
{
    return crypto_box_beforenm(key->shared, public_key, dd_keyring_secret_key(self->keyring)) ==
               0 &&
           crypto_core_hsalsa20(key->sealing, self->nonce, key->shared, NULL) == 0;
}

static bool make_keys(dd_box_t *self)
{
    const dd_keyring_t *keyring = self->keyring;
    bool is_public = dd_keyring_kind(keyring) == DD_KEYS_PUBLIC;
    size_t others = is_public ? dd_keyring_tenant_count(keyring) : 1;
    self->keys = sodium_allocarray(1 + others, sizeof *self->keys);
    if (self->keys == NULL || !share(self, dd_keyring_public_key(keyring), &self->keys[0]))
        return false;
    for (size_t i = 0; i < others; i++) {
        const uint8_t *public_key = is_public ? dd_keyring_tenant_at(keyring, i)->public_key
                                              : dd_keyring_tenant_public(keyring);
        if (!share(self, public_key, &self->keys[1 + i]))
            return false;
    }
    return sodium_mprotect_readonly(self->keys) == 0;
}

dd_box_t *dd_box_new(const dd_keyring_t *keyring)
{
    dd_keys_kind_t kind = dd_keyring_kind(keyring);
    if (kind != DD_KEYS_TENANT && kind != DD_KEYS_PUBLIC)
        return NULL;
    dd_box_t *self = calloc(1, sizeof *self);
    if (self == NULL)
        return NULL;
    self->keyring = keyring;
    randombytes_buf(self->nonce, sizeof self->nonce);
    if (!make_keys(self))
        dd_box_destroy(&self);
    return self;
}

void dd_box_destroy(dd_box_t **self_p)
{
    if (self_p == NULL || *self_p == NULL)
        return;
    sodium_free((*self_p)->keys);
    free(*self_p);
    *self_p = NULL;
}

const dd_box_key_t *dd_box_peer(const dd_box_t *self, dd_bytes_t shown)
{
    const uint8_t *dot = shown.size == 0 ? NULL : memchr(shown.data, '.', shown.size);
    if (dot == NULL)
        return &self->keys[0];
    dd_bytes_t tenant = {shown.data, (size_t)(dot - shown.data)};
    if (dd_keyring_kind(self->keyring) == DD_KEYS_TENANT)
        return &self->keys[dd_bytes_equal(tenant, dd_bytes_of(DD_PUBLIC)) ? 1 : 0];
    const dd_tenant_t *other = dd_keyring_tenant_by_name(self->keyring, tenant);
    return &self->keys[other == NULL ? 0 : 1 + other->index];
}

/* ---- Payloads ------------------------------------------------------------------------------ */

/*
 * For short payloads, what crypto_box_easy_afternm() does from libsodium's own parts: XSalsa20,
 * whose first 32 bytes are the key of a Poly1305 over what the bytes after them encrypt.
 *
 * Salsa20 works in blocks of 64 bytes, and four of them together take little more time than one.
 * crypto_box asks for one after the other, and for three to open a short payload; here all are
 * asked for together, with some to spare.
 */
#define ONE_TIME_KEY crypto_onetimeauth_KEYBYTES
#define STREAM_STEP 256
#define STREAM_MAX 2048
#define SHORT_MAX (STREAM_MAX - ONE_TIME_KEY)

/* Puts data behind room for the one-time key. Gives the size of the stream that covers both. */
static size_t lay_out(uint8_t stream[STREAM_MAX], const void *data, size_t size)
{
    size_t used = ONE_TIME_KEY + size;
    size_t whole = (used + STREAM_STEP - 1) / STREAM_STEP * STREAM_STEP;
    memset(stream, 0, whole);
    if (size > 0)
        memcpy(stream + ONE_TIME_KEY, data, size);
    return whole;
}

static void seal_short(
    const dd_box_key_t *key, const void *data, size_t size, const uint8_t *nonce, uint8_t *out)
{
    uint8_t stream[STREAM_MAX];
    size_t whole = lay_out(stream, data, size);
    crypto_stream_salsa20_xor(stream, stream, whole, nonce + NONCE_STAYS, key->sealing);
    uint8_t *cipher = out + crypto_box_MACBYTES;
    memcpy(cipher, stream + ONE_TIME_KEY, size);
    crypto_onetimeauth(out, cipher, size, stream);
    sodium_memzero(stream, ONE_TIME_KEY);
}

static bool open_short(
    const dd_box_key_t *key, const uint8_t *box, size_t size, const uint8_t *nonce, uint8_t *out)
{
    uint8_t stream[STREAM_MAX];
    const uint8_t *cipher = box + crypto_box_MACBYTES;
    size_t whole = lay_out(stream, cipher, size);
    crypto_stream_xsalsa20_xor(stream, stream, whole, nonce, key->shared);
    bool genuine = crypto_onetimeauth_verify(box, cipher, size, stream) == 0;
    if (genuine)
        memcpy(out, stream + ONE_TIME_KEY, size);
    sodium_memzero(stream, ONE_TIME_KEY + size);
    return genuine;
}

/* 128 random bits and 64 that count: no two boxes meet, and no system call is paid per message. */
void dd_box_seal(
    dd_box_t *self, const dd_box_key_t *key, const void *data, size_t size, uint8_t *out)
{
    sodium_increment(self->nonce + NONCE_STAYS, NONCE_COUNTS);
    memcpy(out, self->nonce, sizeof self->nonce);
    uint8_t *box = out + sizeof self->nonce;
    if (size <= SHORT_MAX)
        seal_short(key, data, size, self->nonce, box);
    else
        crypto_box_easy_afternm(box, data, size, self->nonce, key->shared);
}

dd_error_t dd_box_open(const dd_box_key_t *key, dd_bytes_t sealed, uint8_t *out)
{
    if (sealed.size < DD_BOX_OVERHEAD)
        return DD_E_DECRYPT;
    const uint8_t *nonce = sealed.data, *box = sealed.data + crypto_box_NONCEBYTES;
    size_t size = sealed.size - DD_BOX_OVERHEAD;
    bool genuine = size <= SHORT_MAX ? open_short(key, box, size, nonce, out)
                                     : crypto_box_open_easy_afternm(out, box,
                                           size + crypto_box_MACBYTES, nonce, key->shared) == 0;
    return genuine ? DD_OK : DD_E_DECRYPT;
}
