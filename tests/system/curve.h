/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * curve - a connection to a broker without ZeroMQ: ZMTP 3 and CURVE by hand
 *
 * For what libzmq doesn't do as a sender, such as putting half a message on the wire. It reads
 * nothing once the handshake is done.
 */
#ifndef CURVE_H_INCLUDED
#define CURVE_H_INCLUDED

#include "harness.h"
#include "libdd/base/buffer.h"

typedef struct curve curve_t;

/* Connects with an owner's key file, see harness_keys(), and shakes hands. */
curve_t *curve_open(harness_t *harness, const char *broker, const char *owner);
/* The same at an endpoint, "tcp://127.0.0.1:PORT" or "ipc://PATH". */
curve_t *curve_open_at(harness_t *harness, const char *endpoint, const char *owner);
/* The same, with properties of its own in the handshake, as they look on the wire; and whether the
   broker lets it in isn't waited for. */
curve_t *curve_open_with(
    harness_t *harness, const char *endpoint, const char *owner, dd_bytes_t properties);
void curve_close(curve_t **self_p);
/* The same, but as a host does it that has crashed: with a reset. */
void curve_reset(curve_t **self_p);

/* Sends one frame of up to 64 KB of a message; `more` when the message goes on. False once the
   broker has closed the connection, or doesn't take it within the harness's deadline. */
bool curve_send(curve_t *self, const void *data, size_t size, bool more);
/* Sends a command of ZeroMQ's own, its PING. */
bool curve_ping(curve_t *self);
/* A condition for wait_until(): the broker has closed the connection. What comes before is passed
   over. */
bool curve_is_over(void *curve);
/* Whether the broker is so far behind that nothing more can be sent at this moment. */
bool curve_is_full(const curve_t *self);

#endif
