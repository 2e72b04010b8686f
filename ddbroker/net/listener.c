/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listener - the sockets' side of all who connect to this broker: clients and child brokers
 */
#include "listener.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "connections.h"
#include "frame_lines.h"
#include "libdd/base/problem.h"
#include "libdd/protocol/window.h"
#include "listen.h"
#include "zap.h"

/* Heartbeats within which a peer must say something, and within which it must leave once it was
   told to. */
#define HEARTBEATS 3
/* ms within which a peer that has shaken hands must say something at most: libraries do so at once.
   See routing_ids.h for why it isn't more. */
#define HELLO_LIMIT 4000
/* ms between two looks at those who haven't said anything yet, and between two at a route. */
#define CUT_INTERVAL 1000
/* Routes looked at in one go, which takes about half a ms, and ms until the next go. */
#define LOOKS_AT_ONCE 512
#define LOOKS_INTERVAL 10
/* Frames that are received between two looks at the clock. */
#define CLOCK_INTERVAL 16
/* Of routes that ZeroMQ took no more for, so many are tried again in one go. */
#define RETRIED_AT_ONCE 256

typedef enum {
    ROUTE_OPEN,
    ROUTE_BLOCKED, /* ZeroMQ takes no more for it now */
    ROUTE_GONE,    /* its connection is over; its last frames are perhaps still to be read */
    ROUTE_STATES
} route_state_t;

/* One connection that has sent a frame; its key in the hash is ZeroMQ's routing id. */
typedef struct route {
    transport_route_t base; /* first */
    UT_hash_handle hh;
    peer_t *peer;
    route_state_t state;
    struct route *prev, *next; /* among those in the same state */
    int fd;                    /* of its connection, as long as the table agrees; -1 if unknown */
    input_account_t *account;  /* of its connection; NULL once that is over */
    uint32_t window;           /* of the peer, as the account knows it */
    frame_source_t frames;     /* that wait to be taken in */
    uint64_t ended_ms;         /* when its peer was first seen to have been ended; 0 before */
    char user[ZAP_USER_SIZE + 1];
    uint8_t id_size;
    uint8_t id[];
} route_t;

typedef struct {
    transport_t transport; /* first */
    void *socket;
    connections_t *connections; /* each owned by its route */
    uint64_t threads;           /* of ZeroMQ that serve everybody, as a mask */
    core_t *core;
    log_t *log;
    uint8_t key[DD_KEY_SIZE]; /* public, that new connections find */
    uint32_t heartbeat;
    mode_t ipc_mode;
    size_t connections_max;
    size_t frame_max;    /* bytes of the largest */
    frame_lines_t lines; /* frames that wait to be taken in */
    route_t *routes;
    route_t *looked;                 /* the next of them to look at; NULL: all have been */
    uint64_t look_ms;                /* when to look at all again */
    route_t *in_state[ROUTE_STATES]; /* the same routes, those that came into the state first */
    uint64_t retry_ms;               /* when the blocked ones are tried again */
    uint64_t cut_ms;                 /* when to look next for those that must go */
} listener_t;

static route_t *route_with(frame_source_t *frames)
{
    return (route_t *)(void *)((char *)frames - offsetof(route_t, frames));
}

/* ---- Connections --------------------------------------------------------------------------- */

static void become(listener_t *self, route_t *route, route_state_t state)
{
    DL_DELETE(self->in_state[route->state], route);
    route->state = state;
    DL_APPEND(self->in_state[state], route);
}

/* The core forgets a peer, and so does the listener. */
static void lose(listener_t *self, route_t *route, uint64_t now_ms)
{
    connections_disown(self->connections, route->fd, route);
    DL_DELETE(self->in_state[route->state], route);
    if (self->looked == route)
        self->looked = route->hh.next;
    HASH_DEL(self->routes, route);
    frame_lines_leave(&self->lines, &route->frames);
    core_disconnect(self->core, route->peer, now_ms);
    free(route);
}

/* A connection is over. What it sent before is in the ROUTER, and counts. */
static void depart(listener_t *self, route_t *route)
{
    if (route->state == ROUTE_GONE)
        return;
    become(self, route, ROUTE_GONE);
    route->account = NULL;
    core_gone(route->peer);
}

/* A client that is killed and started anew must shake hands before its first frame comes, and that
   the old connection has gone is news by then. */
static void watch(transport_t *transport, uint64_t now_ms)
{
    listener_t *self = (listener_t *)transport;
    route_t *route;
    while ((route = connections_next_gone(self->connections, now_ms)))
        depart(self, route);
    connections_make_room(self->connections, self->connections_max + LISTENER_STRANGERS_MAX);
}

/* All that was there to be read has been read. ZeroMQ's thread hands over what a connection brought
   before it tells of its end. Of whom frames still wait, it waits with them. */
static void lose_gone(listener_t *self, uint64_t now_ms)
{
    for (int i = 0; i < TRANSPORT_LOST && self->in_state[ROUTE_GONE]; i++) {
        route_t *route = self->in_state[ROUTE_GONE];
        if (frame_source_waits(&route->frames))
            become(self, route, ROUTE_GONE);
        else
            lose(self, route, now_ms);
    }
}

/* Whether one that was ended doesn't leave. */
static bool lingers(const listener_t *self, route_t *route, uint64_t now_ms)
{
    if (route->peer->state != PEER_ENDED)
        return false;
    if (route->ended_ms == 0)
        route->ended_ms = now_ms;
    return now_ms >= route->ended_ms + (uint64_t)HEARTBEATS * self->heartbeat;
}

/* Cuts the connection of one that must go; one that has lost its own departs. */
static void look_at(listener_t *self, route_t *route, uint64_t now_ms)
{
    connection_t *connection = connections_of(self->connections, route->fd, route);
    if (!connection)
        depart(self, route);
    else if (lingers(self, route, now_ms))
        connections_cut(self->connections, connection);
}

/* Otherwise a key would be enough to hold any number of connections. */
static void look_around(listener_t *self, uint64_t now_ms)
{
    route_t *route = self->looked ? self->looked : self->routes;
    if (now_ms < self->look_ms)
        return;
    watch(&self->transport, now_ms); /* descriptors that are closed aren't to be touched */
    for (int i = 0; route && i < LOOKS_AT_ONCE; i++, route = route->hh.next)
        if (route->state != ROUTE_GONE)
            look_at(self, route, now_ms);
    self->looked = route;
    self->look_ms = now_ms + (route ? LOOKS_INTERVAL : CUT_INTERVAL);
}

static void tick(transport_t *transport, uint64_t now_ms)
{
    listener_t *self = (listener_t *)transport;
    watch(transport, now_ms);
    if (now_ms < self->cut_ms)
        return;
    self->cut_ms = now_ms + CUT_INTERVAL;
    uint64_t patience = (uint64_t)HEARTBEATS * self->heartbeat;
    connections_cut_strangers(self->connections,
        DD_SOCKET_HANDSHAKE + (patience < HELLO_LIMIT ? patience : HELLO_LIMIT), now_ms);
}

/* ---- Limits on what comes in --------------------------------------------------------------- */

static const char *reason(const route_t *route, input_fault_t why)
{
    if (why == INPUT_STUCK)
        return "its tenant has too much on its way here in frames that aren't whole";
    return route ? "it doesn't keep to its window, or sends a message without end"
                 : "it sends too much before it has said who it is";
}

/* Whoever keeps to its window never gets there. */
static void cut_refused(listener_t *self)
{
    connection_t *connection;
    input_fault_t why;
    char text[PEER_TEXT_MAX];
    while ((connection = connections_next_refused(self->connections, &why))) {
        const route_t *route = connection->owner;
        log_flood(self->log, route ? route->peer->tenant : "", DD_LOG_WARNING, "cut %s: %s",
            route ? peer_text(route->peer, text) : "a connection", reason(route, why));
        connections_cut(self->connections, connection);
    }
}

/* The peer will be told its window now. Links don't share what all others may have. */
static void grant(const listener_t *self, route_t *route)
{
    const peer_t *peer = route->peer;
    if (!route->account || peer->window == route->window)
        return;
    route->window = peer->window;
    input_account_grant(route->account,
        INPUT_EXCESS + dd_window_most(peer->window, self->frame_max),
        peer->quota ? peer_owner(peer) : NULL, false);
}

/* ---- Frames in ----------------------------------------------------------------------------- */

static route_t *new_route(listener_t *self, dd_bytes_t id, const char *user, int fd)
{
    route_t *route = calloc(1, sizeof *route + id.size);
    if (!route || id.size > UINT8_MAX || strlen(user) != ZAP_USER_SIZE) {
        free(route);
        return NULL;
    }
    route->base.transport = &self->transport;
    route->fd = fd;
    memcpy(route->user, user, sizeof route->user);
    memcpy(route->id, id.data, id.size);
    route->id_size = (uint8_t)id.size;
    return route;
}

/* Ties a new route to its connection. One whose connection has ended already departs: there are
   only its last frames. */
static void find_connection(listener_t *self, route_t *route)
{
    void *former;
    if (!connections_own(
            self->connections, route->fd, dd_bytes(route->id, route->id_size), route, &former)) {
        depart(self, route);
        return;
    }
    if (former)
        depart(self, former);
    route->account = connections_of(self->connections, route->fd, route)->account;
}

static bool add_route(listener_t *self, route_t *route, uint64_t now_ms)
{
    uint8_t key[DD_KEY_SIZE];
    size_t size;
    if (sodium_hex2bin(key, sizeof key, route->user, ZAP_USER_SIZE, NULL, &size, NULL) != 0)
        return false;
    route->peer = core_connect(self->core, key, route, now_ms);
    if (!route->peer)
        return false;
    if (frame_lines_enter(&self->lines, &route->frames, peer_owner(route->peer)))
        HASH_ADD(hh, self->routes, id, route->id_size, route);
    if (!route->hh.tbl) { /* out of memory */
        core_disconnect(self->core, route->peer, now_ms);
        return false;
    }
    DL_APPEND(self->in_state[ROUTE_OPEN], route);
    find_connection(self, route);
    return true;
}

/* Nobody who is welcome chooses an id of its own. */
static bool is_claimed(listener_t *self, dd_bytes_t id, int fd)
{
    uint32_t number;
    if (routing_ids_number(id, &number) && !connections_is_claimed(self->connections, fd, id))
        return false;
    log_flood(
        self->log, "", DD_LOG_WARNING, "cut a connection that has chosen a routing id for itself");
    connections_cut_fd(self->connections, fd);
    return true;
}

/* The first frame of a connection. NULL if it may have none, now or at all. */
static route_t *admit(listener_t *self, dd_bytes_t id, const char *user, int fd, uint64_t now_ms)
{
    watch(&self->transport, now_ms); /* the name it wants may be that of one that has just gone */
    if (is_claimed(self, id, fd))
        return NULL;
    route_t *route = new_route(self, id, user, fd);
    if (!route || add_route(self, route, now_ms))
        return route;
    free(route);
    return NULL;
}

/* The route of a frame: known, new, or NULL. The routing id isn't proof of who it is, since a peer
   may choose its own: what counts is the key. */
static route_t *route_of(listener_t *self, zmq_msg_t *id, zmq_msg_t *frame, uint64_t now_ms)
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

/* Whether the frame is done with; if not, what is left of it waits for another turn. */
static bool take_records(listener_t *self, route_t *route, zmq_msg_t *frame, uint64_t now_ms)
{
    size_t size = zmq_msg_size(frame), at = route->frames.begun;
    route->frames.begun = 0;
    at = core_input_from(self->core, route->peer, zmq_msg_data(frame), size, at, now_ms);
    if (at == size)
        return true;
    if (frame_lines_return(&self->lines, &route->frames, frame, at))
        return false;
    core_bad_input(self->core, route->peer, now_ms); /* out of memory: what follows has a hole */
    return true;
}

static void take_in(
    listener_t *self, route_t *route, zmq_msg_t *frame, dd_error_t result, uint64_t now_ms)
{
    size_t size = zmq_msg_size(frame);
    if (result != DD_OK)
        core_bad_input(self->core, route->peer, now_ms);
    else if (!take_records(self, route, frame, now_ms))
        return;
    if (route->account)
        input_account_take(route->account, input_of_curve(size));
}

/* What was received waits for its turn. */
static void line_up(
    listener_t *self, zmq_msg_t *id, zmq_msg_t *frame, dd_error_t result, uint64_t now_ms)
{
    route_t *route = route_of(self, id, frame, now_ms);
    if (!route)
        log_flood(self->log, "", DD_LOG_WARNING,
            "dropped a message from a connection without a key that is known, or beyond the limit");
    else if (!frame_lines_add(&self->lines, &route->frames, frame, result))
        core_bad_input(
            self->core, route->peer, now_ms); /* out of memory: what follows has a hole */
}

/* True if there was nothing more to be received. */
static bool receive(listener_t *self, uint64_t now_ms)
{
    dd_error_t result = DD_OK;
    uint64_t end_us = dd_clock_us() + TRANSPORT_PATIENCE / 2;
    for (int i = 0; i < TRANSPORT_FRAMES && result != DD_E_TIMEOUT; i++) {
        zmq_msg_t id, frame;
        zmq_msg_init(&id);
        zmq_msg_init(&frame);
        result = dd_socket_receive(self->socket, &id, &frame);
        if (result != DD_E_TIMEOUT)
            line_up(self, &id, &frame, result, now_ms);
        zmq_msg_close(&id);
        zmq_msg_close(&frame);
        if (i % CLOCK_INTERVAL == CLOCK_INTERVAL - 1 && dd_clock_us() >= end_us)
            break;
    }
    return result == DD_E_TIMEOUT;
}

static void serve(listener_t *self, uint64_t now_ms)
{
    uint64_t began_us = dd_clock_us();
    for (int i = 0; transport_takes(self->core, i, began_us); i++) {
        zmq_msg_t frame;
        dd_error_t result;
        zmq_msg_init(&frame);
        frame_source_t *source = frame_lines_next(&self->lines, &frame, &result);
        if (source)
            take_in(self, route_with(source), &frame, result, now_ms);
        zmq_msg_close(&frame);
        if (!source)
            break;
    }
}

/* Gives those who were blocked another try, who has waited longest first. */
static void retry(listener_t *self, uint64_t now_ms)
{
    self->retry_ms = now_ms + 1;
    for (int i = 0; i < RETRIED_AT_ONCE && self->in_state[ROUTE_BLOCKED]; i++) {
        route_t *route = self->in_state[ROUTE_BLOCKED];
        become(self, route, ROUTE_OPEN);
        core_not_flushed(self->core, route->peer);
    }
}

static bool work(transport_t *transport, uint64_t now_ms)
{
    listener_t *self = (listener_t *)transport;
    if (now_ms >= self->retry_ms)
        retry(self, now_ms);
    look_around(self, now_ms);
    cut_refused(self);
    bool drained = receive(self, now_ms);
    serve(self, now_ms);
    bool waits = frame_lines_wait(&self->lines);
    if (drained)
        lose_gone(self, now_ms);
    if (drained && !waits) {
        connections_drained(self->connections);
        cut_refused(self);
    }
    return !drained || waits || self->in_state[ROUTE_GONE];
}

/* ---- Frames out ---------------------------------------------------------------------------- */

static void flush(transport_t *transport, peer_t *peer, uint64_t now_ms)
{
    listener_t *self = (listener_t *)transport;
    route_t *route = peer->route;
    if (route->state != ROUTE_OPEN)
        return;
    grant(self, route);
    switch (dd_socket_flush(self->socket, dd_bytes(route->id, route->id_size), &peer->outbox)) {
    case DD_OK:
        core_flushed(self->core, peer);
        break;
    case DD_E_OVERLOADED:
        if (!self->in_state[ROUTE_BLOCKED])
            self->retry_ms = now_ms + 1;
        become(self, route, ROUTE_BLOCKED);
        break;
    default:
        depart(self, route);
    }
}

static uint64_t due(const transport_t *transport)
{
    const listener_t *self = (const listener_t *)transport;
    uint64_t due = self->in_state[ROUTE_BLOCKED] ? self->retry_ms : UINT64_MAX;
    return self->looked && self->look_ms < due ? self->look_ms : due;
}

/* ---- The whole ----------------------------------------------------------------------------- */

static void destroy(transport_t *transport, uint64_t now_ms)
{
    listener_t *self = (listener_t *)transport;
    while (self->routes)
        lose(self, self->routes, now_ms);
    frame_lines_clear(&self->lines);
    connections_destroy(&self->connections);
    if (self->socket)
        zmq_close(self->socket);
    free(self);
}

static dd_error_t listen_on(transport_t *transport, const char *endpoint, dd_problem_t *problem)
{
    const listener_t *self = (const listener_t *)transport;
    char shown[DD_ENDPOINT_MAX + 1];
    dd_error_t result = listen_begin(self->socket, endpoint, self->ipc_mode, shown, problem);
    if (result == DD_OK)
        log_write(self->log, DD_LOG_NOTICE, "listening on %s", shown);
    return result;
}

/* Who may come, and which of ZeroMQ's threads serves. An endpoint keeps what the socket was set to
   when it was bound. */
enum { FOR_ALL, FOR_BROKERS, KINDS };

static bool set_kind(listener_t *self, unsigned kind)
{
    const char *domain = kind == FOR_ALL ? DD_ZAP_DOMAIN : ZAP_DOMAIN_RESERVED;
    uint64_t threads = kind == FOR_ALL ? self->threads : ~self->threads;
    if (self->connections)
        connections_begin_kind(self->connections, kind);
    return zmq_setsockopt(self->socket, ZMQ_AFFINITY, &threads, sizeof threads) == 0 &&
           zmq_setsockopt(self->socket, ZMQ_ZAP_DOMAIN, domain, strlen(domain)) == 0;
}

dd_error_t listener_reserve(transport_t *transport, const char *endpoint, dd_problem_t *problem)
{
    listener_t *self = (listener_t *)transport;
    watch(transport, dd_clock_us() / 1000);
    if (!set_kind(self, FOR_BROKERS))
        return dd_socket_problem(problem, "reserve", endpoint);
    dd_error_t result = listen_on(transport, endpoint, problem);
    watch(transport, dd_clock_us() / 1000);
    set_kind(self, FOR_ALL);
    return result;
}

static transport_sockets_t sockets(const transport_t *transport)
{
    const listener_t *self = (const listener_t *)transport;
    return (transport_sockets_t){connections_monitor(self->connections), self->socket};
}

static void descriptors(
    const transport_t *transport, struct pollfd items[TRANSPORT_DESCRIPTORS_MAX])
{
    const listener_t *self = (const listener_t *)transport;
    items[0] = (struct pollfd){.fd = connections_refusals(self->connections), .events = POLLIN};
}

static bool look(const transport_t *transport, const peer_t *peer, dd_traffic_t *traffic)
{
    const listener_t *self = (const listener_t *)transport;
    const route_t *route = peer->route;
    return connections_of(self->connections, route->fd, route) && dd_traffic(route->fd, traffic);
}

static size_t peers(const transport_t *transport)
{
    return HASH_COUNT(((const listener_t *)transport)->routes);
}

static size_t accepted(const transport_t *transport)
{
    return connections_count(((const listener_t *)transport)->connections);
}

static dd_error_t listen_anew(listener_t *self, dd_problem_t *problem)
{
    dd_error_t result = DD_OK;
    for (unsigned kind = 0; kind < KINDS; kind++) {
        dd_error_t error = DD_E_NETWORK;
        watch(&self->transport, dd_clock_us() / 1000);
        if (set_kind(self, kind))
            error = connections_listen_anew(self->connections, problem);
        else
            dd_socket_problem(problem, "listen anew on", "an endpoint");
        watch(&self->transport, dd_clock_us() / 1000);
        result = result == DD_OK ? error : result;
    }
    set_kind(self, FOR_ALL);
    return result;
}

/* Who is connected stays so. */
static void set_keyring(transport_t *transport, const dd_keyring_t *keyring)
{
    listener_t *self = (listener_t *)transport;
    dd_problem_t problem;
    const uint8_t *key = dd_keyring_public_key(keyring);
    if (memcmp(key, self->key, sizeof self->key) == 0)
        return;
    memcpy(self->key, key, sizeof self->key);
    if (!dd_socket_set_pair(self->socket, keyring))
        dd_socket_problem(&problem, "change the keys of", "the listening socket");
    else if (listen_anew(self, &problem) == DD_OK) {
        log_write(self->log, DD_LOG_NOTICE, "who connects from now on finds the brokers' new key");
        return;
    }
    log_write(
        self->log, DD_LOG_ERROR, "the brokers' new key isn't everywhere in use: %s", problem.text);
}

static const transport_ops_t OPS = {
    .destroy = destroy,
    .listen = listen_on,
    .sockets = sockets,
    .descriptors = descriptors,
    .watch = watch,
    .work = work,
    .due = due,
    .tick = tick,
    .flush = flush,
    .look = look,
    .peers = peers,
    .accepted = accepted,
    .set_keyring = set_keyring,
};

transport_t *listener_new(const transport_settings_t *settings, dd_problem_t *problem)
{
    listener_t *self = calloc(1, sizeof *self);
    if (!self) {
        dd_problem(problem, DD_E_MEMORY, "out of memory");
        return NULL;
    }
    self->transport.ops = &OPS;
    self->core = settings->core;
    self->log = settings->log;
    self->heartbeat = settings->heartbeat;
    self->threads = settings->threads;
    self->ipc_mode = settings->ipc_mode;
    self->connections_max = settings->connections_max;
    memcpy(self->key, dd_keyring_public_key(settings->keyring), sizeof self->key);
    self->frame_max = (size_t)dd_socket_frame_max(settings->payload_max);
    self->socket =
        dd_socket_server(settings->context, settings->keyring, settings->payload_max, problem);
    if (self->socket && set_kind(self, FOR_ALL))
        self->connections =
            connections_new(settings->context, self->socket, self->log, INPUT_STRANGER,
                ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL | ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL);
    if (self->connections)
        return &self->transport;
    if (self->socket)
        dd_socket_problem(problem, "watch", "the connections");
    destroy(&self->transport, 0);
    return NULL;
}
