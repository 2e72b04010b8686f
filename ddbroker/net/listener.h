/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listener - the sockets' side of all who connect to this broker: clients and child brokers
 *
 * One ROUTER on any number of endpoints. It tells the core of new and lost connections, hands it
 * their frames, and sends what the core has for them. Not thread-safe.
 */
#ifndef LISTENER_H_INCLUDED
#define LISTENER_H_INCLUDED

#include "ddbroker/core/core.h"
#include "ddbroker/log.h"
#include "libdd/net/socket.h"

typedef struct listener listener_t;

/* The ZAP handler must be there already. The core and the log are lent; the keyring is only for
   this call. payload_max is in bytes, heartbeat in ms. NULL with *problem filled. */
listener_t *listener_new(void *context, core_t *core, log_t *log, const dd_keyring_t *keyring,
    uint32_t payload_max, uint32_t heartbeat, dd_problem_t *problem);
/* Ends all connections; the core forgets them. */
void listener_destroy(listener_t **self_p, uint64_t now_ms);

/* Begins to listen, and says where in the log: a port 0 or '*' has become a real one there. */
dd_error_t listener_listen(listener_t *self, const char *endpoint, dd_problem_t *problem);

/* To poll for input: frames, and news of connections. */
void *listener_socket(const listener_t *self);
void *listener_monitor(const listener_t *self);

/* Takes in which connections are gone, when the monitor has news. */
void listener_watch(listener_t *self, uint64_t now_ms);

/* Takes in a bounded number of frames. True if there may be more. */
bool listener_work(listener_t *self, uint64_t now_ms);

/* Ends connections that do nothing but hold a place; call it at least once a second. */
void listener_tick(listener_t *self, uint64_t now_ms);

/* Sends what the core has for a peer of this listener's; to be called for each that
   core_next_dirty() gives. A peer that ZeroMQ takes no more for now is blocked: it goes back to the
   core with listener_retry(). */
void listener_flush(listener_t *self, peer_t *peer, uint64_t now_ms);

/* Whether some peer is blocked, so that listener_retry() wants to be called within a ms. */
bool listener_blocked(const listener_t *self);
void listener_retry(listener_t *self, uint64_t now_ms);

/* Connections that are open, those in their handshake and those that never sent a frame included.
 */
size_t listener_connections(const listener_t *self);

#endif
