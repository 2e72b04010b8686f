/*
 * router - the sockets' side of all who connect to this broker: clients and child brokers
 */
#include "router.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/dial.h"
#include "libdd/problem.h"
#include "zap.h"

#define MONITOR_ENDPOINT "inproc://router-monitor"
/* Frames taken in before what they caused is sent. */
#define FRAMES_AT_ONCE 256

/* One connection that has sent a frame; its key in the hash is ZeroMQ's routing id. */
typedef struct route {
    UT_hash_handle hh;
    peer_t *peer;
    struct route *prev, *next; /* in the list of blocked ones */
    bool blocked;
    int fd; /* of its TCP connection; -1 if unknown */
    char user[ZAP_USER_SIZE + 1];
    uint8_t id_size;
    uint8_t id[];
} route_t;

/* What is known of a file descriptor that ZeroMQ uses for a connection. */
typedef struct {
    bool open;
    route_t *route; /* NULL before its first frame */
} connection_t;

struct router {
    void *socket;
    void *monitor; /* PAIR */
    core_t *core;
    log_t *log;
    route_t *routes;
    route_t *blocked;
    uint64_t retry_ms;         /* when the blocked ones are tried again */
    connection_t *connections; /* by file descriptor */
    size_t room;               /* of connections */
    size_t open;               /* of connections */
};

/* ---- Connections --------------------------------------------------------------------------- */

/* The entry of a file descriptor; NULL when out of memory. */
static connection_t *connection_at(router_t *self, int fd)
{
    size_t index = (size_t)fd;
    if (fd < 0)
        return NULL;
    if (index >= self->room) {
        size_t room = index + 1 > 2 * self->room ? index + 1 : 2 * self->room;
        connection_t *larger = realloc(self->connections, room * sizeof *larger);
        if (!larger)
            return NULL;
        memset(larger + self->room, 0, (room - self->room) * sizeof *larger);
        self->connections = larger;
        self->room = room;
    }
    return &self->connections[index];
}

static void unblock(router_t *self, route_t *route)
{
    if (!route->blocked)
        return;
    route->blocked = false;
    DL_DELETE(self->blocked, route);
}

/* The core forgets a peer, and so does the router. */
static void lose(router_t *self, route_t *route, uint64_t now_ms)
{
    connection_t *connection = connection_at(self, route->fd);
    if (connection && connection->route == route)
        connection->route = NULL;
    unblock(self, route);
    HASH_DEL(self->routes, route);
    core_disconnect(self->core, route->peer, now_ms);
    free(route);
}

static void opened(router_t *self, int fd)
{
    connection_t *connection = connection_at(self, fd);
    if (!connection || connection->open)
        return;
    connection->open = true;
    self->open++;
}

static void closed(router_t *self, int fd, uint64_t now_ms)
{
    connection_t *connection = connection_at(self, fd);
    if (!connection)
        return;
    if (connection->open)
        self->open--;
    connection->open = false;
    if (connection->route)
        lose(self, connection->route, now_ms);
}

/* ---- News of connections ------------------------------------------------------------------- */

static void log_handshake(router_t *self, uint32_t why, const char *endpoint)
{
    static const struct {
        uint32_t why;
        const char *text;
    } TEXTS[] = {
        {ZMQ_PROTOCOL_ERROR_ZMTP_MECHANISM_MISMATCH, "the peer doesn't use CURVE"},
        {ZMQ_PROTOCOL_ERROR_ZMTP_CRYPTOGRAPHIC, "the peer has another broker's key"},
    };
    const char *text = "the peer doesn't keep to the protocol";
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++)
        if (TEXTS[i].why == why)
            text = TEXTS[i].text;
    log_flood(
        self->log, FLOOD_HANDSHAKE, LOG_WARNING, "a handshake on %s failed: %s", endpoint, text);
}

static void take_event(
    router_t *self, uint16_t event, uint32_t value, const char *endpoint, uint64_t now_ms)
{
    switch (event) {
    case ZMQ_EVENT_ACCEPTED:
        opened(self, (int)value);
        break;
    case ZMQ_EVENT_DISCONNECTED:
        closed(self, (int)value, now_ms);
        break;
    case ZMQ_EVENT_ACCEPT_FAILED:
        log_flood(self->log, FLOOD_HANDSHAKE, LOG_ERROR, "can't accept a connection on %s: %s",
            endpoint, strerror((int)value));
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        log_handshake(self, value, endpoint);
        break;
    default: /* left, or silent for too long; a scan of ports does that */
        log_flood(
            self->log, FLOOD_HANDSHAKE, LOG_INFO, "a handshake on %s was not finished", endpoint);
    }
}

/*
 * Every connection that ZeroMQ accepts makes ACCEPTED and at its end DISCONNECTED, both with its
 * file descriptor, whether the handshake succeeded or not (libzmq 4.3.4, as observed). The
 * descriptor is closed after the event was written, so that one that is used again comes with its
 * ACCEPTED behind the old one's DISCONNECTED. And since a client that is killed and started anew
 * must shake hands first, its frame can be read only after that DISCONNECTED can.
 */
static void watch(router_t *self, uint64_t now_ms)
{
    uint8_t bytes[sizeof(uint16_t) + sizeof(uint32_t)];
    while (zmq_recv(self->monitor, bytes, sizeof bytes, ZMQ_DONTWAIT) == (int)sizeof bytes) {
        char endpoint[DD_ENDPOINT_MAX + 1];
        int size = zmq_recv(self->monitor, endpoint, sizeof endpoint - 1, ZMQ_DONTWAIT);
        size_t length = size < 0 ? 0 : (size_t)size;
        endpoint[length < sizeof endpoint ? length : sizeof endpoint - 1] = '\0';
        uint16_t event;
        uint32_t value;
        memcpy(&event, bytes, sizeof event);
        memcpy(&value, bytes + sizeof event, sizeof value);
        take_event(self, event, value, endpoint, now_ms);
    }
}

/* The PAIR has no limit on what waits in it: ZeroMQ's own thread would wait for room in it, with
   the lock held that closing the ROUTER needs. */
static void *open_monitor(void *context, void *socket)
{
    int events = ZMQ_EVENT_ACCEPTED | ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_ACCEPT_FAILED |
                 ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL;
    int unlimited = 0;
    if (zmq_socket_monitor(socket, MONITOR_ENDPOINT, events) != 0)
        return NULL;
    void *monitor = zmq_socket(context, ZMQ_PAIR);
    if (monitor && zmq_setsockopt(monitor, ZMQ_RCVHWM, &unlimited, sizeof unlimited) == 0 &&
        zmq_connect(monitor, MONITOR_ENDPOINT) == 0)
        return monitor;
    if (monitor)
        zmq_close(monitor);
    return NULL;
}

/* ---- The router ---------------------------------------------------------------------------- */

router_t *router_new(void *context, core_t *core, log_t *log, const dd_keyring_t *keyring,
    const dd_socket_limits_t *limits, dd_problem_t *problem)
{
    router_t *self = calloc(1, sizeof *self);
    if (!self) {
        dd_problem(problem, DD_E_MEMORY, "out of memory");
        return NULL;
    }
    self->core = core;
    self->log = log;
    self->socket = dd_socket_server(context, keyring, limits, problem);
    if (self->socket)
        self->monitor = open_monitor(context, self->socket);
    if (self->monitor)
        return self;
    if (self->socket)
        dd_socket_problem(problem, "watch", MONITOR_ENDPOINT);
    router_destroy(&self, 0);
    return NULL;
}

void router_destroy(router_t **self_p, uint64_t now_ms)
{
    router_t *self = *self_p;
    if (!self)
        return;
    while (self->routes)
        lose(self, self->routes, now_ms);
    /* In this order: the monitor's other end must not write to a PAIR that is gone. */
    if (self->socket)
        zmq_socket_monitor(self->socket, NULL, 0);
    if (self->monitor)
        zmq_close(self->monitor);
    if (self->socket)
        zmq_close(self->socket);
    free(self->connections);
    free(self);
    *self_p = NULL;
}

/* Says where it listens in the words it was told, but with the port that it got; ZeroMQ's own words
   are hard to read, "tcp://[::ffff:127.0.0.1]:5555". */
static void log_endpoint(router_t *self, const char *told, const char *bound)
{
    const char *told_port = strrchr(told, ':');
    const char *port = strrchr(bound, ':');
    if (strncmp(told, "tcp://", strlen("tcp://")) != 0 || !told_port || !port)
        log_write(self->log, LOG_NOTICE, "listening on %s", bound);
    else
        log_write(
            self->log, LOG_NOTICE, "listening on %.*s%s", (int)(told_port - told), told, port);
}

dd_error_t router_listen(router_t *self, const char *endpoint, dd_problem_t *problem)
{
    char bound[DD_ENDPOINT_MAX + 1] = "";
    size_t size = sizeof bound;
    if (zmq_bind(self->socket, endpoint) != 0 ||
        zmq_getsockopt(self->socket, ZMQ_LAST_ENDPOINT, bound, &size) != 0)
        return dd_socket_problem(problem, "listen on", endpoint);
    log_endpoint(self, endpoint, bound);
    return DD_OK;
}

void *router_socket(const router_t *self)
{
    return self->socket;
}

void *router_monitor(const router_t *self)
{
    return self->monitor;
}

size_t router_connections(const router_t *self)
{
    return self->open;
}

/* ---- Frames in ----------------------------------------------------------------------------- */

static route_t *new_route(dd_bytes_t id, const char *user, int fd)
{
    route_t *route = calloc(1, sizeof *route + id.size);
    if (!route || id.size > UINT8_MAX || strlen(user) != ZAP_USER_SIZE) {
        free(route);
        return NULL;
    }
    route->fd = fd;
    memcpy(route->user, user, sizeof route->user);
    memcpy(route->id, id.data, id.size);
    route->id_size = (uint8_t)id.size;
    return route;
}

static bool add_route(router_t *self, route_t *route, uint64_t now_ms)
{
    uint8_t key[DD_KEY_SIZE];
    size_t size;
    if (sodium_hex2bin(key, sizeof key, route->user, ZAP_USER_SIZE, NULL, &size, NULL) != 0)
        return false;
    connection_t *connection = connection_at(self, route->fd);
    if (connection && connection->route) /* its DISCONNECTED was missed */
        lose(self, connection->route, now_ms);
    route->peer = core_connect(self->core, key, route, now_ms);
    if (!route->peer)
        return false;
    HASH_ADD(hh, self->routes, id, route->id_size, route);
    if (!route->hh.tbl) { /* out of memory */
        core_disconnect(self->core, route->peer, now_ms);
        return false;
    }
    if (connection)
        connection->route = route;
    return true;
}

/* The first frame of a connection. NULL if it may have none, now or at all. */
static route_t *admit(router_t *self, dd_bytes_t id, const char *user, int fd, uint64_t now_ms)
{
    watch(self, now_ms); /* the name it wants may be that of a client that has just gone */
    route_t *route = new_route(id, user, fd);
    if (!route || add_route(self, route, now_ms))
        return route;
    free(route);
    return NULL;
}

/* The route of a frame: known, new, or NULL. The routing id isn't proof of who it is, since a peer
   may choose its own: what counts is the key. */
static route_t *route_of(router_t *self, zmq_msg_t *id, zmq_msg_t *frame, uint64_t now_ms)
{
    route_t *route;
    /* Only the frame that follows the routing id has it. */
    const char *user = zmq_msg_gets(frame, "User-Id");
    if (!user)
        return NULL;
    HASH_FIND(hh, self->routes, zmq_msg_data(id), zmq_msg_size(id), route);
    if (!route)
        return admit(self, dd_bytes(zmq_msg_data(id), zmq_msg_size(id)), user,
            zmq_msg_get(frame, ZMQ_SRCFD), now_ms);
    return strcmp(user, route->user) == 0 ? route : NULL;
}

static void take_frame(
    router_t *self, zmq_msg_t *id, zmq_msg_t *frame, dd_error_t result, uint64_t now_ms)
{
    route_t *route = route_of(self, id, frame, now_ms);
    if (!route)
        log_flood(self->log, FLOOD_DROPPED, LOG_WARNING,
            "dropped a message from a connection without a key that is known, or beyond the limit");
    else if (result == DD_OK)
        core_input(self->core, route->peer, zmq_msg_data(frame), zmq_msg_size(frame), now_ms);
    else
        core_bad_input(self->core, route->peer, now_ms);
}

bool router_work(router_t *self, uint64_t now_ms)
{
    watch(self, now_ms);
    for (int i = 0; i < FRAMES_AT_ONCE; i++) {
        zmq_msg_t id, frame;
        zmq_msg_init(&id);
        zmq_msg_init(&frame);
        dd_error_t result = dd_socket_receive(self->socket, &id, &frame);
        if (result != DD_E_TIMEOUT)
            take_frame(self, &id, &frame, result, now_ms);
        zmq_msg_close(&id);
        zmq_msg_close(&frame);
        if (result == DD_E_TIMEOUT)
            return false;
    }
    return true;
}

/* ---- Frames out ---------------------------------------------------------------------------- */

void router_flush(router_t *self, peer_t *peer, uint64_t now_ms)
{
    route_t *route = peer->route;
    if (route->blocked)
        return;
    switch (dd_socket_flush(self->socket, dd_bytes(route->id, route->id_size), &peer->outbox)) {
    case DD_OK:
        core_flushed(self->core, peer);
        break;
    case DD_E_OVERLOADED:
        if (!self->blocked)
            self->retry_ms = now_ms + 1;
        route->blocked = true;
        DL_APPEND(self->blocked, route);
        break;
    default:
        lose(self, route, now_ms);
    }
}

bool router_blocked(const router_t *self)
{
    return self->blocked != NULL;
}

void router_retry(router_t *self, uint64_t now_ms)
{
    if (now_ms < self->retry_ms)
        return;
    route_t *route, *next;
    DL_FOREACH_SAFE(self->blocked, route, next)
    {
        unblock(self, route);
        core_not_flushed(self->core, route->peer);
    }
}
