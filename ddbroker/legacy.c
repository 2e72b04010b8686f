/*
 * legacy - the sockets' side of clients that speak protocols 3 and 4
 */
#include <sodium.h>
#include <stdlib.h>

#include "legacy_state.h"
#include "libdd/monitor.h"
#include "libdd/problem.h"

/* Messages that ZeroMQ may hold for one client in each direction; beyond them the outbox counts. */
#define MESSAGES_HELD 64
#define BACKLOG 1024
/* How much larger than a payload that is carried a frame may be to be refused with an answer;
   ZeroMQ ends the connection of larger ones. */
#define FRAME_SLACK 65536
/* s: a dead network is noticed after IDLE + PROBES * INTERVAL. Old clients don't know ZeroMQ's own
   heartbeat. */
#define KEEPALIVE_IDLE 30
#define KEEPALIVE_INTERVAL 10
#define KEEPALIVE_PROBES 3

/* ---- Routes -------------------------------------------------------------------------------- */

legacy_route_t *legacy_route_find(const legacy_t *self, dd_bytes_t id)
{
    legacy_route_t *route;
    HASH_FIND(hh, self->routes, id.data, id.size, route);
    return route;
}

static void be_stranger(legacy_t *self, legacy_route_t *route)
{
    route->stranger = true;
    route->since_ms = self->now_ms;
    DL_APPEND(self->strangers, route);
}

void legacy_route_trust(legacy_t *self, legacy_route_t *route, bool trusted)
{
    if (trusted != route->stranger)
        return;
    if (trusted) {
        route->stranger = false;
        DL_DELETE(self->strangers, route);
    } else {
        be_stranger(self, route);
    }
    legacy_door_trust(self->door, route->connection, trusted, self->now_ms);
}

/*
 * Ties the route to the connection that its messages come over, if that can be told: by the file
 * descriptor, which another one may have used before. What such a one left unread comes first, so
 * that of two strangers the later is the one; and if a client has logged in over it, the message is
 * a leftover.
 */
static void attach(legacy_t *self, legacy_route_t *route, int fd)
{
    legacy_door_watch(self->door, self->now_ms);
    connection_t *connection = legacy_door_find(self->door, fd);
    legacy_route_t *former = connection ? connection->route : NULL;
    if (!connection || (former && former->peer))
        return;
    if (former)
        former->connection = NULL;
    connection->route = route;
    route->connection = connection;
}

legacy_route_t *legacy_route_new(legacy_t *self, dd_bytes_t id, int fd)
{
    legacy_route_t *route = id.size <= UINT8_MAX ? calloc(1, sizeof *route + id.size) : NULL;
    if (!route)
        return NULL;
    memcpy(route->id, id.data, id.size);
    route->id_size = (uint8_t)id.size;
    HASH_ADD(hh, self->routes, id, route->id_size, route);
    if (!route->hh.tbl) { /* out of memory */
        free(route);
        return NULL;
    }
    be_stranger(self, route);
    attach(self, route, fd);
    return route;
}

void legacy_route_unblock(legacy_t *self, legacy_route_t *route)
{
    if (!route->blocked)
        return;
    route->blocked = false;
    DL_DELETE2(self->blocked, route, prev_blocked, next_blocked);
}

void legacy_route_lose(legacy_t *self, legacy_route_t *route)
{
    legacy_route_trust(self, route, false);
    DL_DELETE(self->strangers, route);
    legacy_route_unblock(self, route);
    HASH_DEL(self->routes, route);
    legacy_door_leave(self->door, route->connection, self->now_ms);
    if (route->peer)
        core_disconnect(self->core, route->peer, self->now_ms);
    sodium_memzero(&route->cookie, sizeof route->cookie);
    free(route);
}

void legacy_lose_gone(legacy_t *self)
{
    legacy_route_t *route;
    while ((route = legacy_door_gone(self->door)))
        legacy_route_lose(self, route);
}

/* ---- The whole ----------------------------------------------------------------------------- */

static bool set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

/* No limit on handshakes: libzmq 4.3.4 would end every connection with an old ZMTP at that time,
   however long its handshake is over. The door has limits of its own. */
static bool set_options(void *socket, uint32_t payload_max)
{
    int64_t frame_max = (int64_t)payload_max + FRAME_SLACK;
    return set_int(socket, ZMQ_LINGER, 0) && set_int(socket, ZMQ_IPV6, 1) &&
           set_int(socket, ZMQ_ROUTER_MANDATORY, 1) && set_int(socket, ZMQ_ROUTER_HANDOVER, 0) &&
           set_int(socket, ZMQ_BACKLOG, BACKLOG) && set_int(socket, ZMQ_HANDSHAKE_IVL, 0) &&
           set_int(socket, ZMQ_SNDHWM, MESSAGES_HELD) &&
           set_int(socket, ZMQ_RCVHWM, MESSAGES_HELD) && set_int(socket, ZMQ_TCP_KEEPALIVE, 1) &&
           set_int(socket, ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE) &&
           set_int(socket, ZMQ_TCP_KEEPALIVE_INTVL, KEEPALIVE_INTERVAL) &&
           set_int(socket, ZMQ_TCP_KEEPALIVE_CNT, KEEPALIVE_PROBES) &&
           zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame_max, sizeof frame_max) == 0;
}

static dd_error_t open_socket(legacy_t *self, void *context, dd_problem_t *problem)
{
    self->socket = zmq_socket(context, ZMQ_ROUTER);
    if (self->socket && set_options(self->socket, self->payload_max))
        self->door = legacy_door_new(context, self->socket, self->log);
    if (self->door)
        return DD_OK;
    return dd_problem(
        problem, DD_E_NETWORK, "can't make the legacy socket: %s", zmq_strerror(zmq_errno()));
}

legacy_t *legacy_new(void *context, core_t *core, log_t *log, const dd_keyring_t *keyring,
    const dd_socket_limits_t *limits, dd_problem_t *problem)
{
    legacy_t *self = calloc(1, sizeof *self);
    if (!self)
        goto no_memory;
    self->core = core;
    self->log = log;
    self->payload_max = limits->payload_max;
    self->frame = malloc((size_t)limits->payload_max + FRAME_SLACK + DD_RECORD_OVERHEAD);
    legacy_set_keyring(self, keyring);
    if (!self->frame || !self->login)
        goto no_memory;
    if (open_socket(self, context, problem) == DD_OK)
        return self;
    legacy_destroy(&self, 0);
    return NULL;
no_memory:
    dd_problem(problem, DD_E_MEMORY, "out of memory");
    legacy_destroy(&self, 0);
    return NULL;
}

void legacy_destroy(legacy_t **self_p, uint64_t now_ms)
{
    legacy_t *self = *self_p;
    if (!self)
        return;
    self->now_ms = now_ms;
    while (self->routes)
        legacy_route_lose(self, self->routes);
    legacy_door_destroy(&self->door);
    if (self->socket)
        zmq_close(self->socket);
    legacy_login_destroy(&self->login);
    free(self->frame);
    free(self);
    *self_p = NULL;
}

dd_error_t legacy_listen(legacy_t *self, const char *endpoint, dd_problem_t *problem)
{
    char bound[DD_ENDPOINT_MAX + 1] = "";
    size_t size = sizeof bound;
    if (zmq_bind(self->socket, endpoint) != 0 ||
        zmq_getsockopt(self->socket, ZMQ_LAST_ENDPOINT, bound, &size) != 0)
        return dd_socket_problem(problem, "listen on", endpoint);
    log_write(self->log, LOG_WARNING,
        "listening on %s for clients of protocols 3 and 4: who reads that wire can log in as they "
        "do, so keep it to networks you trust",
        bound);
    return DD_OK;
}

void legacy_tick(legacy_t *self, uint64_t now_ms)
{
    self->now_ms = now_ms;
    legacy_door_tick(self->door, now_ms);
    while (self->strangers && now_ms > self->strangers->since_ms + LEGACY_LOGIN_LIMIT)
        legacy_route_lose(self, self->strangers);
}

void legacy_set_keyring(legacy_t *self, const dd_keyring_t *keyring)
{
    legacy_login_destroy(&self->login);
    self->keyring = keyring;
    self->login = legacy_login_new(keyring);
}

void *legacy_socket(const legacy_t *self)
{
    return self->socket;
}

void *legacy_monitor(const legacy_t *self)
{
    return legacy_door_monitor(self->door);
}

size_t legacy_connections(const legacy_t *self)
{
    return legacy_door_count(self->door);
}
