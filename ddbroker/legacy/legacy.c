/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy - the sockets' side of clients that speak protocols 3 and 4
 */
#include <stdlib.h>

#include "ddbroker/net/listen.h"
#include "legacy_state.h"
#include "libdd/base/problem.h"
#include "libdd/protocol/window.h"

/* Messages that ZeroMQ may hold for one client; beyond them the outbox counts. What comes in has
   limits by bytes, see input_account.h. */
#define MESSAGES_HELD 64
#define BACKLOG 1024
/* Bytes that a client may have here untaken, or one message of the largest that are taken. */
#define INPUT_WINDOW (256u << 10)
/* Bytes that one may send before it is logged in. ZeroMQ may have made its connection anew, and
   sends what it was given for the one before. */
#define LEGACY_STRANGER_BYTES (64u << 10)
/* How much larger than a payload that is carried a frame may be to be refused with an answer: so
   many bytes, or as much as the payload. ZeroMQ ends the connection of larger ones. */
#define FRAME_SLACK 65536u
/* s: a dead network is noticed after IDLE + PROBES * INTERVAL. Old clients don't know ZeroMQ's own
   heartbeat. */
#define KEEPALIVE_IDLE 30
#define KEEPALIVE_INTERVAL 10
#define KEEPALIVE_PROBES 3

/* ---- The socket ---------------------------------------------------------------------------- */

static bool set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

/* No limit on handshakes: libzmq 4.3.4 would end every connection with an old ZMTP at that time,
   however long its handshake is over. legacy_admission.c has limits of its own. */
static bool set_options(void *socket, uint64_t threads, uint64_t limit)
{
    int64_t frame_max = (int64_t)limit;
    return set_int(socket, ZMQ_LINGER, 0) && set_int(socket, ZMQ_IPV6, 1) &&
           set_int(socket, ZMQ_ROUTER_MANDATORY, 1) && set_int(socket, ZMQ_ROUTER_HANDOVER, 0) &&
           set_int(socket, ZMQ_BACKLOG, BACKLOG) && set_int(socket, ZMQ_HANDSHAKE_IVL, 0) &&
           set_int(socket, ZMQ_SNDHWM, MESSAGES_HELD) && set_int(socket, ZMQ_RCVHWM, 0) &&
           zmq_setsockopt(socket, ZMQ_AFFINITY, &threads, sizeof threads) == 0 &&
           set_int(socket, ZMQ_TCP_KEEPALIVE, 1) &&
           set_int(socket, ZMQ_TCP_KEEPALIVE_IDLE, KEEPALIVE_IDLE) &&
           set_int(socket, ZMQ_TCP_KEEPALIVE_INTVL, KEEPALIVE_INTERVAL) &&
           set_int(socket, ZMQ_TCP_KEEPALIVE_CNT, KEEPALIVE_PROBES) &&
           zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame_max, sizeof frame_max) == 0;
}

static dd_error_t open_socket(
    legacy_t *self, const transport_settings_t *settings, dd_problem_t *problem)
{
    self->socket = dd_socket_router(settings->context);
    if (self->socket && set_options(self->socket, settings->threads, self->frame_max))
        self->connections =
            connections_new(settings->context, self->socket, self->log, LEGACY_STRANGER_BYTES, 0);
    if (self->connections)
        return DD_OK;
    return dd_problem(
        problem, DD_E_NETWORK, "can't make the legacy socket: %s", zmq_strerror(zmq_errno()));
}

static void set_keyring(transport_t *transport, const dd_keyring_t *keyring)
{
    legacy_t *self = (legacy_t *)transport;
    legacy_login_destroy(&self->login);
    self->keyring = keyring;
    self->login = legacy_login_new(keyring);
}

static dd_error_t listen_on(transport_t *transport, const char *endpoint, dd_problem_t *problem)
{
    const legacy_t *self = (const legacy_t *)transport;
    char shown[DD_ENDPOINT_MAX + 1];
    dd_error_t result = listen_begin(self->socket, endpoint, self->ipc_mode, shown, problem);
    if (result == DD_OK)
        log_write(self->log, DD_LOG_WARNING,
            "listening on %s for clients of protocols 3 and 4: who reads that wire can log in as "
            "they do, so keep it to networks you trust",
            shown);
    return result;
}

static transport_sockets_t sockets(const transport_t *transport)
{
    const legacy_t *self = (const legacy_t *)transport;
    return (transport_sockets_t){connections_monitor(self->connections), self->socket};
}

/* ---- Work ---------------------------------------------------------------------------------- */

static void watch(transport_t *transport, uint64_t now_ms)
{
    legacy_t *self = (legacy_t *)transport;
    self->now_ms = now_ms;
    legacy_route_watch(self);
}

static bool work(transport_t *transport, uint64_t now_ms)
{
    legacy_t *self = (legacy_t *)transport;
    self->now_ms = now_ms;
    if (now_ms >= self->retry_ms)
        legacy_send_retry(self);
    return legacy_receive(self);
}

static void flush(transport_t *transport, peer_t *peer, uint64_t now_ms)
{
    legacy_t *self = (legacy_t *)transport;
    self->now_ms = now_ms;
    legacy_send_outbox(self, peer->route);
}

static uint64_t due(const transport_t *transport)
{
    const legacy_t *self = (const legacy_t *)transport;
    return self->blocked ? self->retry_ms : UINT64_MAX;
}

/* Forgets those who should long be in another state. */
static void expire(legacy_t *self, legacy_route_state_t state)
{
    legacy_route_t *route;
    while ((route = self->in_state[state]) && self->now_ms > route->since_ms + LEGACY_LOGIN_LIMIT)
        legacy_route_lose(self, route);
}

static void tick(transport_t *transport, uint64_t now_ms)
{
    legacy_t *self = (legacy_t *)transport;
    watch(transport, now_ms); /* descriptors that are closed aren't to be touched */
    legacy_admission_tick(self);
    expire(self, LEGACY_ROUTE_STRANGER);
    expire(self, LEGACY_ROUTE_ENDED);
    expire(self, LEGACY_ROUTE_LEAVING);
}

static void descriptors(
    const transport_t *transport, struct pollfd items[TRANSPORT_DESCRIPTORS_MAX])
{
    const legacy_t *self = (const legacy_t *)transport;
    items[0] = (struct pollfd){.fd = connections_refusals(self->connections), .events = POLLIN};
}

static bool look(const transport_t *transport, const peer_t *peer, dd_traffic_t *traffic)
{
    const legacy_t *self = (const legacy_t *)transport;
    const legacy_route_t *route = peer->route;
    return connections_of(self->connections, route->fd, route) && dd_traffic(route->fd, traffic);
}

static size_t peers(const transport_t *transport)
{
    return ((const legacy_t *)transport)->peers;
}

static size_t accepted(const transport_t *transport)
{
    return connections_count(((const legacy_t *)transport)->connections);
}

/* ---- The whole ----------------------------------------------------------------------------- */

static void destroy(transport_t *transport, uint64_t now_ms)
{
    legacy_t *self = (legacy_t *)transport;
    self->now_ms = now_ms;
    while (self->routes)
        legacy_route_lose(self, self->routes);
    connections_destroy(&self->connections);
    if (self->socket)
        zmq_close(self->socket);
    legacy_login_destroy(&self->login);
    free(self->frame);
    free(self);
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

static dd_error_t set_up(
    legacy_t *self, const transport_settings_t *settings, dd_problem_t *problem)
{
    self->transport.ops = &OPS;
    self->core = settings->core;
    self->log = settings->log;
    self->payload_max = settings->payload_max;
    self->ipc_mode = settings->ipc_mode;
    self->frame_max = (uint64_t)self->payload_max +
                      (self->payload_max > FRAME_SLACK ? self->payload_max : FRAME_SLACK);
    self->input_max = dd_window_most(INPUT_WINDOW, (size_t)self->frame_max);
    self->frame = malloc((size_t)self->payload_max + FRAME_SLACK + DD_RECORD_OVERHEAD);
    set_keyring(&self->transport, settings->keyring);
    if (!self->frame || !self->login)
        return dd_problem(problem, DD_E_MEMORY, "out of memory");
    return open_socket(self, settings, problem);
}

transport_t *legacy_new(const transport_settings_t *settings, dd_problem_t *problem)
{
    legacy_t *self = calloc(1, sizeof *self);
    if (!self) {
        dd_problem(problem, DD_E_MEMORY, "out of memory");
        return NULL;
    }
    if (set_up(self, settings, problem) == DD_OK)
        return &self->transport;
    destroy(&self->transport, 0);
    return NULL;
}
