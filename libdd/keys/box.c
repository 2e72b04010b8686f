/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * box - payloads encrypted from client to client
 */
#include <endian.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "box.h"
#include "libdd/protocol/name.h"

struct dd_box_key {
    const dd_box_key_t *other; /* with which it may have been sealed as well, or NULL */
    uint8_t shared[crypto_box_BEFORENMBYTES];
    uint8_t sealing[crypto_stream_salsa20_KEYBYTES]; /* what XSalsa20 makes of it and the part of
                                                        the nonce that stays */
};

/* XSalsa20 makes a key for Salsa20 of its key and the first 16 bytes of its nonce; the rest is
   Salsa20's nonce. */
#define NONCE_STAYS crypto_core_hsalsa20_INPUTBYTES
#define NONCE_COUNTS crypto_stream_salsa20_NONCEBYTES
_Static_assert(NONCE_STAYS + NONCE_COUNTS == crypto_box_NONCEBYTES, "they make the nonce");

/* What XSalsa20 made of a key and of the part of a nonce that stays, which a sender's messages have
   in common. */
typedef struct {
    const dd_box_key_t *key; /* NULL: nothing yet */
    uint8_t stays[NONCE_STAYS];
    uint8_t opening[crypto_stream_salsa20_KEYBYTES];
} opening_t;

/* So many are kept, each at a place that the nonce says. */
#define OPENINGS 16

struct dd_box {
    dd_box_t *of; /* whose keys and nonces these are; itself if nobody else's */
    const dd_keyring_t *keyring;
    opening_t *openings; /* sodium_malloc, all in one with the keys: each such allocation takes
                            several pages; only its own */
    atomic_flag looks;   /* somebody looks at them; only its own */
    dd_box_key_t *keys;  /* [0] is for the own tenant; then, in a tenant's box, public, and in
                            public's box every tenant at 1 + its index; then the others of all of
                            them */
    size_t used;
    uint8_t nonce[NONCE_STAYS]; /* what the nonces of all messages begin with; only its own */
    _Atomic uint64_t sealed;    /* and end with: it counts them, from wherever; only its own */
};

static bool share(
    const dd_box_t *self, const uint8_t *secret_key, const uint8_t *public_key, dd_box_key_t *key)
{
    return crypto_box_beforenm(key->shared, public_key, secret_key) == 0 &&
           crypto_core_hsalsa20(key->sealing, self->nonce, key->shared, NULL) == 0;
}

/* Adds what the two keys share to what opens, if both are there. What is shared by the current ones
   comes first, and seals. */
static bool add(dd_box_t *self, dd_box_key_t *first, const uint8_t *secret_key, size_t secret_age,
    const uint8_t *public_key, size_t public_age)
{
    if (secret_key == NULL || public_key == NULL)
        return true;
    if (secret_age == DD_KEY_CURRENT && public_age == DD_KEY_CURRENT)
        return share(self, secret_key, public_key, first);
    dd_box_key_t *key = &self->keys[self->used++];
    key->other = first->other;
    first->other = key;
    return share(self, secret_key, public_key, key);
}

/* Inside a tenant both sides have the same pair. */
static bool add_own(dd_box_t *self)
{
    for (dd_key_age_t age = 0; age < DD_KEY_AGES; age++)
        if (!add(self, &self->keys[0], dd_keyring_secret_key_of(self->keyring, age), age,
                dd_keyring_public_key_of(self->keyring, age), age))
            return false;
    return true;
}

/* Between a tenant and public, each may have come to another of its own keys. */
static bool add_peer(
    dd_box_t *self, dd_box_key_t *first, const uint8_t *public_key, dd_key_age_t public_age)
{
    for (dd_key_age_t age = 0; age < DD_KEY_AGES; age++)
        if (!add(self, first, dd_keyring_secret_key_of(self->keyring, age), age, public_key,
                public_age))
            return false;
    return true;
}

static bool add_public(dd_box_t *self)
{
    for (dd_key_age_t age = 0; age < DD_KEY_AGES; age++)
        if (!add_peer(self, &self->keys[1], dd_keyring_tenant_public_of(self->keyring, age), age))
            return false;
    return true;
}

static bool add_tenants(dd_box_t *self)
{
    const dd_tenant_t *tenant;
    for (size_t i = 0; (tenant = dd_keyring_tenant_at(self->keyring, i)) != NULL; i++)
        for (const dd_tenant_t *key = tenant; key != NULL; key = key->other)
            if (!add_peer(self, &self->keys[1 + i], key->public_key, key->age))
                return false;
    return true;
}

static bool make_keys(dd_box_t *self)
{
    const dd_keyring_t *keyring = self->keyring;
    bool is_public = dd_keyring_kind(keyring) == DD_KEYS_PUBLIC;
    size_t most = 1 + (is_public ? dd_keyring_tenant_keys(keyring) : DD_KEY_AGES);
    size_t secrets = 0;
    for (dd_key_age_t age = 0; age < DD_KEY_AGES; age++)
        secrets += dd_keyring_secret_key_of(keyring, age) != NULL;
    size_t size = OPENINGS * sizeof *self->openings + most * secrets * sizeof *self->keys;
    self->openings = sodium_malloc(size);
    if (self->openings == NULL)
        return false;
    memset(self->openings, 0, size);
    self->keys = (dd_box_key_t *)(void *)(self->openings + OPENINGS);
    self->used = 1 + (is_public ? dd_keyring_tenant_count(keyring) : 1);
    return add_own(self) && (is_public ? add_tenants(self) : add_public(self));
}

dd_box_t *dd_box_new(const dd_keyring_t *keyring)
{
    dd_keys_kind_t kind = dd_keyring_kind(keyring);
    if (kind != DD_KEYS_TENANT && kind != DD_KEYS_PUBLIC)
        return NULL;
    dd_box_t *self = calloc(1, sizeof *self);
    if (self == NULL)
        return NULL;
    self->of = self;
    self->keyring = keyring;
    uint64_t first;
    randombytes_buf(&first, sizeof first);
    atomic_init(&self->sealed, first);
    atomic_flag_clear(&self->looks);
    randombytes_buf(self->nonce, sizeof self->nonce);
    if (!make_keys(self))
        dd_box_destroy(&self);
    return self;
}

dd_box_t *dd_box_share(dd_box_t *of)
{
    dd_box_t *self = calloc(1, sizeof *self);
    if (self == NULL)
        return NULL;
    self->of = of;
    self->keyring = of->keyring;
    self->keys = of->keys;
    self->used = of->used;
    return self;
}

void dd_box_destroy(dd_box_t **self_p)
{
    if (self_p == NULL || *self_p == NULL)
        return;
    if ((*self_p)->of == *self_p)
        sodium_free((*self_p)->openings);
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
 * Salsa20 works in blocks of 64 bytes, and four of them together, or with AVX2 eight, take as much
 * time as two. crypto_box asks for one after the other, and for three to open a short payload; here
 * all are asked for together, in fours, with some to spare. Where one is enough, as after eights,
 * it is one.
 */
#define ONE_TIME_KEY crypto_onetimeauth_KEYBYTES
#define BLOCK 64
#define STREAM_MAX 4608
#define SHORT_MAX (STREAM_MAX - ONE_TIME_KEY)

/* Puts data behind room for the one-time key. Gives the size of the stream that covers both. */
static size_t lay_out(uint8_t stream[STREAM_MAX], const void *data, size_t size)
{
    size_t used = ONE_TIME_KEY + size;
    size_t step = (used - 1) % (8 * BLOCK) < BLOCK ? BLOCK : 4 * BLOCK;
    size_t whole = (used + step - 1) / step * step;
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

static void look_up(dd_box_t *of, const dd_box_key_t *key, const uint8_t *nonce, uint8_t *opening)
{
    opening_t *at = &of->openings[nonce[0] % OPENINGS];
    if (at->key != key || memcmp(at->stays, nonce, NONCE_STAYS) != 0) {
        at->key = key;
        memcpy(at->stays, nonce, NONCE_STAYS);
        crypto_core_hsalsa20(at->opening, nonce, key->shared, NULL);
    }
    memcpy(opening, at->opening, sizeof at->opening);
}

/* Who finds another thread there makes the key itself: that is cheaper than to wait. */
static void opening_key(
    dd_box_t *of, const dd_box_key_t *key, const uint8_t *nonce, uint8_t *opening)
{
    if (atomic_flag_test_and_set_explicit(&of->looks, memory_order_acquire)) {
        crypto_core_hsalsa20(opening, nonce, key->shared, NULL);
        return;
    }
    look_up(of, key, nonce, opening);
    atomic_flag_clear_explicit(&of->looks, memory_order_release);
}

static bool open_short(dd_box_t *of, const dd_box_key_t *key, const uint8_t *box, size_t size,
    const uint8_t *nonce, uint8_t *out)
{
    uint8_t stream[STREAM_MAX], opening[crypto_stream_salsa20_KEYBYTES];
    const uint8_t *cipher = box + crypto_box_MACBYTES;
    size_t whole = lay_out(stream, cipher, size);
    opening_key(of, key, nonce, opening);
    crypto_stream_salsa20_xor(stream, stream, whole, nonce + NONCE_STAYS, opening);
    bool genuine = crypto_onetimeauth_verify(box, cipher, size, stream) == 0;
    if (genuine)
        memcpy(out, stream + ONE_TIME_KEY, size);
    sodium_memzero(stream, ONE_TIME_KEY + size);
    sodium_memzero(opening, sizeof opening);
    return genuine;
}

/* 128 random bits and 64 that count: no two boxes meet, and no system call is paid per message. */
static void next_nonce(dd_box_t *of, uint8_t nonce[crypto_box_NONCEBYTES])
{
    uint64_t count = htole64(atomic_fetch_add_explicit(&of->sealed, 1, memory_order_relaxed));
    memcpy(nonce, of->nonce, NONCE_STAYS);
    memcpy(nonce + NONCE_STAYS, &count, NONCE_COUNTS);
}

void dd_box_seal(
    dd_box_t *self, const dd_box_key_t *key, const void *data, size_t size, uint8_t *out)
{
    uint8_t nonce[crypto_box_NONCEBYTES], *box = out + sizeof nonce;
    next_nonce(self->of, nonce);
    memcpy(out, nonce, sizeof nonce);
    if (size <= SHORT_MAX)
        seal_short(key, data, size, nonce, box);
    else
        crypto_box_easy_afternm(box, data, size, nonce, key->shared);
}

static bool open_with(dd_box_t *of, const dd_box_key_t *key, dd_bytes_t sealed, uint8_t *out)
{
    const uint8_t *nonce = sealed.data, *box = sealed.data + crypto_box_NONCEBYTES;
    size_t size = sealed.size - DD_BOX_OVERHEAD;
    return size <= SHORT_MAX ? open_short(of, key, box, size, nonce, out)
                             : crypto_box_open_easy_afternm(
                                   out, box, size + crypto_box_MACBYTES, nonce, key->shared) == 0;
}

dd_error_t dd_box_open(
    const dd_box_t *self, const dd_box_key_t *key, dd_bytes_t sealed, uint8_t *out)
{
    if (sealed.size < DD_BOX_OVERHEAD)
        return DD_E_DECRYPT;
    for (; key != NULL; key = key->other)
        if (open_with(self->of, key, sealed, out))
            return DD_OK;
    return DD_E_DECRYPT;
}
