/*
 * router - the sockets' side of all who connect to this broker: clients and child brokers
 *
 * One ROUTER on any number of endpoints. It tells the core of new and lost connections, hands it
 * their frames, and sends what the core has for them. Not thread-safe.
 */
#ifndef ROUTER_H_INCLUDED
#define ROUTER_H_INCLUDED

#include "core.h"
#include "libdd/socket.h"
#include "log.h"

typedef struct router router_t;

/* The ZAP handler must be there already. The core and the log are lent; the keyring is only for
   this call. payload_max is in bytes, heartbeat in ms. NULL with *problem filled. */
router_t *router_new(void *context, core_t *core, log_t *log, const dd_keyring_t *keyring,
    uint32_t payload_max, uint32_t heartbeat, dd_problem_t *problem);
/* Ends all connections; the core forgets them. */
void router_destroy(router_t **self_p, uint64_t now_ms);

/* Begins to listen, and says where in the log: a port 0 or '*' has become a real one there. */
dd_error_t router_listen(router_t *self, const char *endpoint, dd_problem_t *problem);

/* To poll for input: frames, and news of connections. */
void *router_socket(const router_t *self);
void *router_monitor(const router_t *self);

/* Takes in which connections are gone, when the monitor has news. */
void router_watch(router_t *self, uint64_t now_ms);

/* Takes in a bounded number of frames. True if there may be more. */
bool router_work(router_t *self, uint64_t now_ms);

/* Ends connections that do nothing but hold a place; call it at least once a second. */
void router_tick(router_t *self, uint64_t now_ms);

/* Sends what the core has for a peer of this router's; to be called for each that
   core_next_dirty() gives. A peer that ZeroMQ takes no more for now is blocked: it goes back to the
   core with router_retry(). */
void router_flush(router_t *self, peer_t *peer, uint64_t now_ms);

/* Whether some peer is blocked, so that router_retry() wants to be called within a ms. */
bool router_blocked(const router_t *self);
void router_retry(router_t *self, uint64_t now_ms);

/* Connections that are open, those in their handshake and those that never sent a frame included.
 */
size_t router_connections(const router_t *self);

#endif
