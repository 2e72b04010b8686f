/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy - the sockets' side of clients that speak protocols 3 and 4
 */
#include <sodium.h>
#include <stdlib.h>

#include "legacy_state.h"
#include "libdd/base/problem.h"

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
    connections_doubt(self->connections, route->fd, route, self->now_ms);
    self->hidden -= route->hidden;
    route->hidden = false;
}

static void be_client(legacy_t *self, legacy_route_t *route)
{
    route->stranger = false;
    DL_DELETE(self->strangers, route);
    connections_trust(self->connections, route->fd, route);
    route->hidden = route->fd < 0;
    self->hidden += route->hidden;
}

void legacy_route_trust(legacy_t *self, legacy_route_t *route, bool trusted)
{
    if (trusted && route->stranger)
        be_client(self, route);
    else if (!trusted && !route->stranger)
        be_stranger(self, route);
}

/* Ties the route to the connection that its messages come over, if that can be told. False if that
   one has ended, and the message is what it has left. */
static bool attach(legacy_t *self, legacy_route_t *route, int fd)
{
    void *former = NULL;
    legacy_watch(self, self->now_ms);
    route->fd = fd;
    if (fd >= 0 && !connections_own(
                       self->connections, fd, dd_bytes(route->id, route->id_size), route, &former))
        return false;
    if (former)
        legacy_route_depart(self, former);
    return true;
}

legacy_route_t *legacy_route_new(legacy_t *self, dd_bytes_t id, int fd)
{
    legacy_route_t *route = id.size <= UINT8_MAX ? calloc(1, sizeof *route + id.size) : NULL;
    if (!route)
        return NULL;
    memcpy(route->id, id.data, id.size);
    route->id_size = (uint8_t)id.size;
    if (attach(self, route, fd)) {
        HASH_ADD(hh, self->routes, id, route->id_size, route);
        if (route->hh.tbl) {
            be_stranger(self, route);
            return route;
        }
        connections_disown(self->connections, fd, route); /* out of memory */
    }
    free(route);
    return NULL;
}

void legacy_route_unblock(legacy_t *self, legacy_route_t *route)
{
    if (!route->blocked)
        return;
    route->blocked = false;
    DL_DELETE2(self->blocked, route, prev_blocked, next_blocked);
}

void legacy_route_depart(legacy_t *self, legacy_route_t *route)
{
    if (route->gone)
        return;
    legacy_route_unblock(self, route);
    route->gone = true;
    DL_APPEND2(self->gone, route, prev_gone, next_gone);
    connections_disown(self->connections, route->fd, route);
    route->fd = -1;
    if (route->peer)
        core_gone(route->peer);
}

void legacy_route_lose(legacy_t *self, legacy_route_t *route)
{
    legacy_route_trust(self, route, false);
    DL_DELETE(self->strangers, route);
    legacy_route_unblock(self, route);
    if (route->gone)
        DL_DELETE2(self->gone, route, prev_gone, next_gone);
    HASH_DEL(self->routes, route);
    connections_disown(self->connections, route->fd, route);
    if (route->peer)
        core_disconnect(self->core, route->peer, self->now_ms);
    sodium_memzero(&route->cookie, sizeof route->cookie);
    free(route);
}

void legacy_watch(legacy_t *self, uint64_t now_ms)
{
    legacy_route_t *route;
    self->now_ms = now_ms;
    while ((route = connections_next_gone(self->connections, now_ms)))
        legacy_route_depart(self, route);
    legacy_admission_make_room(self);
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
        self->connections =
            connections_new(context, self->socket, self->log, ZMQ_EVENT_HANDSHAKE_SUCCEEDED);
    if (self->connections)
        return DD_OK;
    return dd_problem(
        problem, DD_E_NETWORK, "can't make the legacy socket: %s", zmq_strerror(zmq_errno()));
}

legacy_t *legacy_new(void *context, core_t *core, log_t *log, const dd_keyring_t *keyring,
    uint32_t payload_max, dd_problem_t *problem)
{
    legacy_t *self = calloc(1, sizeof *self);
    if (!self)
        goto no_memory;
    self->core = core;
    self->log = log;
    self->payload_max = payload_max;
    self->frame = malloc((size_t)payload_max + FRAME_SLACK + DD_RECORD_OVERHEAD);
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
    connections_destroy(&self->connections);
    if (self->socket)
        zmq_close(self->socket);
    legacy_login_destroy(&self->login);
    free(self->frame);
    free(self);
    *self_p = NULL;
}

dd_error_t legacy_listen(legacy_t *self, const char *endpoint, dd_problem_t *problem)
{
    char shown[DD_ENDPOINT_MAX + 1];
    dd_error_t result = connections_listen(self->connections, endpoint, shown, problem);
    if (result == DD_OK)
        log_write(self->log, DD_LOG_WARNING,
            "listening on %s for clients of protocols 3 and 4: who reads that wire can log in as "
            "they do, so keep it to networks you trust",
            shown);
    return result;
}

void legacy_tick(legacy_t *self, uint64_t now_ms)
{
    legacy_watch(self, now_ms); /* descriptors that are closed aren't to be touched */
    legacy_admission_tick(self);
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
    return connections_monitor(self->connections);
}

size_t legacy_connections(const legacy_t *self)
{
    return connections_count(self->connections);
}
