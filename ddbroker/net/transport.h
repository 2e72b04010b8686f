/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * transport - what the broker's loop asks of each way that peers come by
 *
 * The listener, the link to the parent, the legacy endpoint and HTTP are transports. A transport
 * tells the core of connections that came and went, hands it what they bring, and sends what the
 * core has for them. Its struct begins with a transport_t. What peer->route points at begins with a
 * transport_route_t, so that each peer's records find their way. Not thread-safe.
 */
#ifndef TRANSPORT_H_INCLUDED
#define TRANSPORT_H_INCLUDED

#include <poll.h>
#include <sys/types.h>

#include "ddbroker/core/core.h"
#include "ddbroker/log.h"
#include "libdd/base/clock.h"
#include "libdd/net/socket.h"

typedef struct transport transport_t;

/* What a transport is made with. Everything is lent until it is destroyed, but the keyring only
   until set_keyring(). */
typedef struct {
    void *context; /* of ZeroMQ */
    core_t *core;
    log_t *log;
    const dd_keyring_t *keyring;
    uint64_t threads;       /* of the context, as a mask: those that serve everybody */
    uint32_t payload_max;   /* bytes */
    uint32_t heartbeat;     /* ms */
    mode_t ipc_mode;        /* of the sockets at ipc paths */
    size_t connections_max; /* that fit the process, besides some strangers */
} transport_settings_t;

/* ZeroMQ sockets to poll for input; NULL for one that isn't there now. They may change with each
   call of work(). */
typedef struct {
    void *news;   /* of connections; then watch() and work() are to be called */
    void *frames; /* then work() is to be called */
} transport_sockets_t;

/* Frames that a transport takes in, and the us that this may take, before what they caused is sent.
   The first is taken in any case. */
#define TRANSPORT_FRAMES 256
#define TRANSPORT_PATIENCE 500
/* Of routes whose connection is over, so many are forgotten in one go. */
#define TRANSPORT_LOST 128

/* Descriptors of one transport besides its sockets. */
#define TRANSPORT_DESCRIPTORS_MAX 9

/* Operations that may be NULL are those for which a transport has no use. */
typedef struct {
    /* Ends all connections, which the core forgets, and frees the transport. */
    void (*destroy)(transport_t *self, uint64_t now_ms);

    /* Begins to listen on an endpoint, and says where in the log: a port 0 or '*' has become a real
       one there. May be NULL. */
    dd_error_t (*listen)(transport_t *self, const char *endpoint, dd_problem_t *problem);

    /* May be NULL for a transport that has none at any time. */
    transport_sockets_t (*sockets)(const transport_t *self);

    /* Fills in descriptors to poll besides the sockets. When one of them has something, work() is
       to be called. May be NULL. */
    void (*descriptors)(const transport_t *self, struct pollfd items[TRANSPORT_DESCRIPTORS_MAX]);

    /* Takes in which connections are gone, so that the names of their clients are free. All
       transports do that before one of them works. May be NULL. */
    void (*watch)(transport_t *self, uint64_t now_ms);

    /* Takes in a bounded number of frames, and gives those back to the core that ZeroMQ took no
       more for and that are to be tried again. True if there may be more frames. */
    bool (*work)(transport_t *self, uint64_t now_ms);

    /* When work() is to be called at the latest, if no socket asks for it before. */
    uint64_t (*due)(const transport_t *self);

    /* Ends connections that do nothing but hold a place. Called several times a second. May be
       NULL. */
    void (*tick)(transport_t *self, uint64_t now_ms);

    /* Sends what the core has for a peer of this transport, when core_next_dirty() gives it. If
       ZeroMQ takes no more for it now, work() tries again a ms later. */
    void (*flush)(transport_t *self, peer_t *peer, uint64_t now_ms);

    /* Says what the connection of a peer has carried; false if that isn't known. */
    bool (*look)(const transport_t *self, const peer_t *peer, dd_traffic_t *traffic);

    /* The peers that the core has from here. */
    size_t (*peers)(const transport_t *self);

    /* Connections that were accepted and are open, those that haven't said anything yet included.
       May be NULL. */
    size_t (*accepted)(const transport_t *self);

    /* New keys, to be used from now on. May be NULL. */
    void (*set_keyring)(transport_t *self, const dd_keyring_t *keyring);

    /* The broker is shutting down: no connection is to be made any more. May be NULL. */
    void (*drain)(transport_t *self);
} transport_ops_t;

struct transport {
    const transport_ops_t *ops;
};

typedef struct {
    transport_t *transport;
} transport_route_t;

/* The same for a peer of any transport. */
static inline bool transport_look(const peer_t *peer, dd_traffic_t *traffic)
{
    const transport_route_t *route = peer->route;
    return route->transport->ops->look(route->transport, peer, traffic);
}

/* Sends what the core has for a peer, over the transport that it came by. */
static inline void transport_flush(peer_t *peer, uint64_t now_ms)
{
    const transport_route_t *route = peer->route;
    route->transport->ops->flush(route->transport, peer, now_ms);
}

/* Whether one that has begun then takes one more frame. */
static inline bool transport_takes(const core_t *core, int frames, uint64_t began_us)
{
    return frames == 0 || (frames < TRANSPORT_FRAMES && !core_has_enough(core) &&
                              dd_clock_us() < began_us + TRANSPORT_PATIENCE);
}

#endif
