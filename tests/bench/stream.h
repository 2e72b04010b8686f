/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stream - a TCP connection, plain or with TLS, with its buffers
 *
 * Whatever goes wrong ends the process.
 */
#ifndef STREAM_H_INCLUDED
#define STREAM_H_INCLUDED

#include "wire.h"

typedef struct stream stream_t;

stream_t *stream_new(const char *host, const char *port);
void stream_destroy(stream_t **self_p);

/* Goes on with TLS; the peer must show a certificate that this file vouches for. */
void stream_start_tls(stream_t *self, const char *host, const char *certificate);

/* Adds to what is to be written; writes once that is WIRE_BATCH. */
void stream_put(stream_t *self, const void *data, size_t size);
/* Writes all; waits for room if need be. */
void stream_flush(stream_t *self);

/* Reads what is there. False if it is nothing. */
bool stream_fill(stream_t *self);
/* Waits until something can be read, ten seconds at most. */
void stream_wait(const stream_t *self);

/* What was read and not yet taken. */
const uint8_t *stream_data(const stream_t *self);
size_t stream_size(const stream_t *self);
void stream_take(stream_t *self, size_t size);

int stream_fd(const stream_t *self);

#endif
