/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_receive - what clients of protocols 3 and 4 say
 */
#include <sodium.h>

#include "legacy_state.h"

/* What clients of old expect to read. */
#define FAILED_TEXT "Authentication failed!"
#define VERSION_TEXT "Different versions in use"

/* A message as it comes in. */
typedef struct {
    zmq_msg_t frames[1 + LEGACY_FRAMES_MAX]; /* the routing id first */
    size_t count;
    bool too_long;  /* it had more, which were thrown away */
    uint64_t bytes; /* as they count, see input_account.h */
    legacy_request_t request;
} incoming_t;

static dd_bytes_t frame_of(incoming_t *incoming, size_t index)
{
    zmq_msg_t *frame = &incoming->frames[index];
    return dd_bytes(zmq_msg_data(frame), zmq_msg_size(frame));
}

/* Of the connection that a message came over. Of old ZMTP, libzmq doesn't know it. */
static int fd_of(incoming_t *incoming)
{
    int fd = incoming->count > 1 ? zmq_msg_get(&incoming->frames[1], ZMQ_SRCFD) : -1;
    return fd >= 0 ? fd : input_account_fd_of(frame_of(incoming, 0));
}

/* ---- Login --------------------------------------------------------------------------------- */

/* To one who needs no record for it. */
static void send_error(legacy_t *self, incoming_t *incoming, legacy_error_t code, const char *text)
{
    legacy_message_t message;
    legacy_write_error(&message, incoming->request.version, code, text);
    legacy_send(self, frame_of(incoming, 0), &message);
}

static void refuse_login(legacy_t *self, incoming_t *incoming)
{
    log_flood(self->log, "", DD_LOG_WARNING,
        "refused the login of a client of protocol %u, which can't prove whose it is",
        incoming->request.version & UINT8_MAX);
    send_error(self, incoming, LEGACY_E_LOGIN, FAILED_TEXT);
}

static void challenge(legacy_t *self, legacy_route_t *route, incoming_t *incoming)
{
    const legacy_request_t *request = &incoming->request;
    uint8_t bytes[LEGACY_CHALLENGE_SIZE];
    legacy_message_t message;
    const dd_tenant_t *tenant =
        self->login ? legacy_login_challenge(self->login, request->hash, bytes) : NULL;
    if (!tenant) {
        refuse_login(self, incoming);
        return;
    }
    if (!route)
        route = legacy_route_new(self, frame_of(incoming, 0), fd_of(incoming));
    if (!route)
        return;
    memcpy(route->key, tenant->public_key, sizeof route->key);
    legacy_write_challenge(&message, request->version, dd_bytes(bytes, sizeof bytes));
    legacy_send(self, frame_of(incoming, 0), &message);
}

/* The tenant that the answer to the challenge proves; NULL if it proves nothing. */
static const dd_tenant_t *prove(
    const legacy_t *self, const legacy_route_t *route, const legacy_request_t *request)
{
    if (!route || route->state == LEGACY_ROUTE_GONE || !self->login)
        return NULL;
    return legacy_login_prove(self->login, route->key, request->hash, request->cookie);
}

static void feed(legacy_t *self, legacy_route_t *route, const dd_record_t *record)
{
    size_t size = dd_record_size(record);
    self->frame[0] = DD_FRAME_MAGIC;
    self->frame[1] = DD_FRAME_VERSION;
    dd_record_write(record, self->frame + DD_FRAME_HEADER, size);
    core_input(self->core, route->peer, self->frame, DD_FRAME_HEADER + size, self->now_ms);
}

static void say_hello(legacy_t *self, legacy_route_t *route, dd_bytes_t name)
{
    /* One that no record can hold is refused with the same words as an empty one. */
    name.size = name.size > UINT8_MAX ? 0 : name.size;
    dd_record_t hello = {.type = DD_HELLO, .name = name};
    dd_name_t full;
    randombytes_buf(&hello.number, sizeof hello.number);
    route->taken_nearby = dd_name_join(&full, peer_tenant(route->peer), name) &&
                          core_serves(self->core, dd_name_bytes(&full));
    feed(self, route, &hello);
}

static void log_in(legacy_t *self, legacy_route_t *route, incoming_t *incoming)
{
    const legacy_request_t *request = &incoming->request;
    const dd_tenant_t *tenant = prove(self, route, request);
    if (!tenant) {
        refuse_login(self, incoming);
        if (route)
            legacy_route_lose(self, route); /* another attempt needs another challenge */
        return;
    }
    peer_t *peer = core_admit(self->core, tenant->public_key, true, self->now_ms) == CORE_ADMITTED
                       ? core_connect(self->core, tenant->public_key, route, self->now_ms)
                       : NULL;
    if (!peer) {
        send_error(self, incoming, LEGACY_E_LOGIN, "The broker is full");
        legacy_route_lose(self, route);
        return;
    }
    peer->protocol = (uint8_t)request->version;
    peer->heartbeat = peer_heartbeat(peer, peer->heartbeat);
    route->version = request->version;
    route->cookie = tenant->cookie;
    legacy_route_log_in(self, route, peer);
    say_hello(self, route, request->name);
}

/* ---- Messages in --------------------------------------------------------------------------- */

static void take_from_stranger(legacy_t *self, legacy_route_t *route, incoming_t *incoming)
{
    switch (incoming->request.command) {
    case LEGACY_ADDLCL:
        challenge(self, route, incoming);
        break;
    case LEGACY_CHALLOK:
        log_in(self, route, incoming);
        break;
    default:
        /* A client whose connection came back by itself. It hears nothing, and so notices. */
        break;
    }
}

static void take_from_client(legacy_t *self, legacy_route_t *route, incoming_t *incoming)
{
    const legacy_request_t *request = &incoming->request;
    bool for_login = request->command == LEGACY_ADDLCL || request->command == LEGACY_CHALLOK;
    bool leaves = request->command == LEGACY_UNREG;
    dd_record_t record;
    dd_problem_t problem;
    if (request->version != route->version) {
        send_error(self, incoming, LEGACY_E_VERSION, VERSION_TEXT);
    } else if (for_login || (!leaves && !legacy_cookie_equal(route->cookie, request->cookie))) {
        core_bad_input(self->core, route->peer, self->now_ms);
    } else if (legacy_to_record(
                   request, peer_tenant(route->peer), self->payload_max, &record, &problem)) {
        feed(self, route, &record);
    } else {
        core_refused(self->core, route->peer, problem.error);
        send_error(self, incoming, LEGACY_E_TOPIC, problem.text);
    }
}

static void take_malformed(legacy_t *self, legacy_route_t *route, legacy_verdict_t verdict)
{
    if (route && route->peer)
        core_bad_input(self->core, route->peer, self->now_ms);
    else if (verdict == LEGACY_OF_BROKERS)
        log_flood(self->log, "", DD_LOG_WARNING,
            "a broker of protocol 3 or 4 asks to join at the legacy endpoint, which is for "
            "clients: such brokers are replaced, see doubledecker-migration(7)");
    else
        log_flood(self->log, "", DD_LOG_WARNING,
            "dropped a message to the legacy endpoint that is none of protocol 3 or 4");
}

static legacy_verdict_t read_message(incoming_t *incoming)
{
    dd_bytes_t frames[LEGACY_FRAMES_MAX];
    for (size_t i = 1; i < incoming->count; i++)
        frames[i - 1] = frame_of(incoming, i);
    legacy_verdict_t verdict = legacy_read(&incoming->request, frames, incoming->count - 1);
    return incoming->too_long && verdict != LEGACY_OTHER_VERSION ? LEGACY_MALFORMED : verdict;
}

/* Old clients may choose ids for themselves, but none of the form in which ZeroMQ gives them. */
static bool is_claimed(legacy_t *self, incoming_t *incoming)
{
    int fd = fd_of(incoming);
    legacy_route_watch(self);
    if (!connections_is_claimed(self->connections, fd, frame_of(incoming, 0)))
        return false;
    log_flood(self->log, "", DD_LOG_WARNING,
        "cut a connection of the legacy endpoint that has taken a routing id");
    connections_cut_fd(self->connections, fd);
    return true;
}

static void take_message(legacy_t *self, incoming_t *incoming)
{
    legacy_route_t *route = legacy_route_find(self, frame_of(incoming, 0));
    if (!route && is_claimed(self, incoming))
        return;
    if (route && route->account)
        input_account_take(route->account, incoming->bytes);
    legacy_verdict_t verdict = read_message(incoming);
    if (verdict == LEGACY_VALID && incoming->request.command == LEGACY_CHALLOK)
        legacy_route_watch(self); /* the name may be that of one who has just gone */
    if (verdict == LEGACY_OTHER_VERSION)
        send_error(self, incoming, LEGACY_E_VERSION, VERSION_TEXT);
    else if (verdict == LEGACY_MALFORMED || verdict == LEGACY_OF_BROKERS)
        take_malformed(self, route, verdict);
    else if (verdict == LEGACY_VALID && route && route->peer)
        take_from_client(self, route, incoming);
    else if (verdict == LEGACY_VALID)
        take_from_stranger(self, route, incoming);
}

/* Reads a whole message, which libzmq has complete, and keeps as many frames as one may have. */
static bool receive(legacy_t *self, incoming_t *incoming)
{
    bool more = true;
    incoming->count = 0;
    incoming->too_long = false;
    incoming->bytes = 0;
    while (more) {
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, self->socket, ZMQ_DONTWAIT) < 0) {
            zmq_msg_close(&frame);
            break;
        }
        more = zmq_msg_more(&frame);
        if (incoming->count > 0)
            incoming->bytes += input_of_frame(zmq_msg_size(&frame));
        if (incoming->count < sizeof incoming->frames / sizeof incoming->frames[0]) {
            zmq_msg_init(&incoming->frames[incoming->count]);
            zmq_msg_move(&incoming->frames[incoming->count++], &frame);
        } else {
            incoming->too_long = true;
        }
        zmq_msg_close(&frame);
    }
    return incoming->count > 0;
}

/* All that was there to be read has been read: what a connection brought comes before the news of
   its end. */
static void lose_gone(legacy_t *self)
{
    for (int i = 0; i < TRANSPORT_LOST && self->in_state[LEGACY_ROUTE_GONE]; i++)
        legacy_route_lose(self, self->in_state[LEGACY_ROUTE_GONE]);
}

bool legacy_receive(legacy_t *self)
{
    legacy_admission_cut_refused(self);
    uint64_t began_us = dd_clock_us();
    for (int i = 0; transport_takes(self->core, i, began_us); i++) {
        incoming_t incoming;
        if (!receive(self, &incoming)) {
            lose_gone(self);
            connections_drained(self->connections);
            legacy_admission_cut_refused(self);
            return self->in_state[LEGACY_ROUTE_GONE];
        }
        take_message(self, &incoming);
        for (size_t at = 0; at < incoming.count; at++)
            zmq_msg_close(&incoming.frames[at]);
    }
    return true;
}
