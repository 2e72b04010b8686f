/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sealing - what a program does on a broker that doesn't encrypt from client to client
 */
#include "sealing.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

struct sealing {
    uint8_t key[crypto_box_BEFORENMBYTES];
    uint8_t nonce[crypto_box_NONCEBYTES];
    uint8_t *sealed;
    size_t room;
};

sealing_t *sealing_new(void)
{
    static const uint8_t SEED[crypto_box_SEEDBYTES] = "the same for all";
    uint8_t public_key[crypto_box_PUBLICKEYBYTES], secret_key[crypto_box_SECRETKEYBYTES];
    sealing_t *self = calloc(1, sizeof *self);
    if (!self || sodium_init() < 0 || crypto_box_seed_keypair(public_key, secret_key, SEED) != 0 ||
        crypto_box_beforenm(self->key, public_key, secret_key) != 0) {
        free(self);
        return NULL;
    }
    randombytes_buf(self->nonce, sizeof self->nonce);
    return self;
}

void sealing_destroy(sealing_t **self_p)
{
    if (!*self_p)
        return;
    free((*self_p)->sealed);
    free(*self_p);
    *self_p = NULL;
}

const uint8_t *sealing_seal(sealing_t *self, const void *body, size_t size)
{
    if (size + SEALING_OVERHEAD > self->room) {
        free(self->sealed);
        self->room = size + SEALING_OVERHEAD;
        self->sealed = malloc(self->room);
    }
    if (!self->sealed)
        return NULL;
    sodium_increment(self->nonce, sizeof self->nonce);
    memcpy(self->sealed, self->nonce, sizeof self->nonce);
    crypto_box_easy_afternm(self->sealed + sizeof self->nonce, body, size, self->nonce, self->key);
    return self->sealed;
}

sealing_event_t *sealing_open(const sealing_t *self, const uint8_t *sealed, size_t size)
{
    if (size < SEALING_OVERHEAD)
        return NULL;
    sealing_event_t *event = malloc(sizeof *event + size - SEALING_OVERHEAD);
    if (!event)
        return NULL;
    event->size = size - SEALING_OVERHEAD;
    if (crypto_box_open_easy_afternm(event->body, sealed + crypto_box_NONCEBYTES,
            size - crypto_box_NONCEBYTES, sealed, self->key) == 0)
        return event;
    free(event);
    return NULL;
}
