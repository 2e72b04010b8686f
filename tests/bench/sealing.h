/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sealing - what a program does on a broker that doesn't encrypt from client to client
 *
 * It seals and opens with crypto_box of libsodium, as DoubleDecker's library does for its programs,
 * with a key that both ends have computed once and a nonce that counts. Each message that is opened
 * becomes an event of its own, which its consumer owns.
 */
#ifndef SEALING_H_INCLUDED
#define SEALING_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

/* What sealing adds to a message. */
#define SEALING_OVERHEAD 40

typedef struct sealing sealing_t;

/* A message that was opened. */
typedef struct {
    size_t size;
    uint8_t body[];
} sealing_event_t;

/* Both ends have the same key. NULL when out of memory. */
sealing_t *sealing_new(void);
void sealing_destroy(sealing_t **self_p);

/* Seals a message. The bytes are the sealing's, until the next call. NULL when out of memory. */
const uint8_t *sealing_seal(sealing_t *self, const void *body, size_t size);

/* Opens one; the caller frees the event. NULL if it can't be opened. */
sealing_event_t *sealing_open(const sealing_t *self, const uint8_t *sealed, size_t size);

#endif
