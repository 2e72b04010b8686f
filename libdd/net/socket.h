/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * socket - ZeroMQ sockets as this project uses them
 *
 * One ZeroMQ message is one frame (record.h), on a ROUTER with the routing id before it. All calls
 * are non-blocking. Not thread-safe: a socket belongs to one thread.
 */
#ifndef DD_SOCKET_H_INCLUDED
#define DD_SOCKET_H_INCLUDED

#include <zmq.h>

#include "libdd/keys/keyring.h"
#include "libdd/protocol/outbox.h"

/* Frames that ZeroMQ may hold for one peer in each direction; beyond them the outbox counts. Frames
   are large when there is much to send, so a few keep the network busy. */
#define DD_SOCKET_FRAMES 16
/* ms within which a peer must finish the handshake, so that a silent one doesn't hold a socket. */
#define DD_SOCKET_HANDSHAKE 4000
/* The ZAP domain of every native endpoint. */
#define DD_ZAP_DOMAIN "doubledecker"
/* What a ZAP handler answers to a key that is known, but for which there is no room. */
#define DD_ZAP_FULL 500
#define DD_ZAP_ENDPOINT "inproc://zeromq.zap.01"

/* Bytes of the longest frame that a socket takes in whose payloads have up to payload_max bytes. */
int64_t dd_socket_frame_max(uint32_t payload_max);

/* A ROUTER whose numbers for its connections begin where nobody can guess: ZeroMQ takes that from
   rand(3), which it seeds with the clock and the process's id. Who guessed it could take a number
   that is given next, and so end the process. NULL, with zmq_errno() saying why, if there is none.
 */
void *dd_socket_router(void *context);

/* A ROUTER that admits only keys a ZAP handler agrees to, and nobody if there is no handler. It has
   no limit of its own on what comes in. On failure it is NULL, and *problem filled. Close with
   zmq_close(). */
void *dd_socket_server(
    void *context, const dd_keyring_t *keyring, uint32_t payload_max, dd_problem_t *problem);

/* Gives a ROUTER the keyring's pair, for what it is bound to from now on. False if that can't be.
 */
bool dd_socket_set_pair(void *socket, const dd_keyring_t *keyring);

/* A DEALER with the keyring's own pair that talks to brokers only, each with the key that `login`
   says. Connects once: when the connection fails or ends the socket is of no more use. NULL with
   *problem filled. */
void *dd_socket_client(void *context, const dd_keyring_t *keyring, dd_login_t login,
    uint32_t payload_max, dd_problem_t *problem);

/* Fills *problem with what zmq_errno() says about an endpoint. */
dd_error_t dd_socket_problem(dd_problem_t *problem, const char *doing, const char *endpoint);

/*
 * Sends the outbox's frames. `route` is the routing id on a ROUTER and empty on a DEALER.
 * DD_OK: all sent that the receiver's window lets go. DD_E_OVERLOADED: ZeroMQ takes no more now;
 * the rest stays in the outbox. DD_E_UNKNOWN_PEER: the connection is gone; the rest stays in the
 * outbox.
 */
dd_error_t dd_socket_flush(void *socket, dd_bytes_t route, dd_outbox_t *outbox);

/*
 * Receives one message: `route` (NULL on a DEALER) and `frame`, both initialised by the caller.
 * DD_OK, DD_E_TIMEOUT when there is none now, DD_E_MALFORMED when the message had more or fewer
 * frames than the protocol; its rest has been read and thrown away.
 */
dd_error_t dd_socket_receive(void *socket, zmq_msg_t *route, zmq_msg_t *frame);

/*
 * To wait with poll(2) instead of zmq_poll(), which asks every socket for its state before and
 * after the wait, each time with several system calls.
 *
 * The descriptor becomes readable when the state of the socket changes, and anything that is done
 * with the socket may take the change in. So before a wait the socket must have been read until
 * nothing was left, and since then neither sent nor asked; or dd_socket_ready() must say no. -1 for
 * NULL.
 */
int dd_socket_fd(void *socket);

/* Whether one of these (ZMQ_POLLIN, ZMQ_POLLOUT) can be done now. */
bool dd_socket_ready(void *socket, int events);

#endif
