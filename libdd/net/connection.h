/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connection - one outgoing connection to one address of a broker
 *
 * A DEALER that connects once, and what tells when that is ready, refused, or gone: ZeroMQ's
 * monitor until the handshake is done, which takes two descriptors, and then the TCP connection's
 * own descriptor. Not thread-safe.
 */
#ifndef DD_CONNECTION_H_INCLUDED
#define DD_CONNECTION_H_INCLUDED

#include <poll.h>

#include "socket.h"

typedef struct dd_connection dd_connection_t;

typedef enum {
    DD_CONNECTION_OPENING,
    DD_CONNECTION_READY, /* handshake done: the broker has our key and we have its */
    DD_CONNECTION_LOST   /* over; dd_connection_reason() says why */
} dd_connection_state_t;

/* Begins to connect to an address, which was looked up for the endpoint `name` that reasons speak
   of. There must be room for descriptors. NULL with *problem filled. Everything is lent for this
   call only, but the context. */
dd_connection_t *dd_connection_new(void *context, const char *address, const char *name,
    const dd_keyring_t *keyring, dd_login_t login, uint32_t payload_max, dd_problem_t *problem);
/* Ends it at once; what was flushed but has not left is lost, unless the socket lingers. */
void dd_connection_destroy(dd_connection_t **self_p);

void *dd_connection_socket(const dd_connection_t *self);

/* What to poll for news, besides the socket; then dd_connection_watch() is to be called. */
struct pollfd dd_connection_news(const dd_connection_t *self);

/* Takes in what there is and says where it stands. All frames that came before the end of a
   connection can be read when it is DD_CONNECTION_LOST, as soon as the socket has room. */
dd_connection_state_t dd_connection_watch(dd_connection_t *self, uint64_t now_ms);

/* When to watch at the latest, in ms; UINT64_MAX for never. */
uint64_t dd_connection_due(const dd_connection_t *self);

/* Why it is DD_CONNECTION_LOST: DD_E_REFUSED with a text that names the key or the broker's key as
   the cause, or DD_E_NETWORK with what is known of it. */
const dd_problem_t *dd_connection_reason(const dd_connection_t *self);

#endif
