/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parent_link - the sockets' side of the parent: keeps one connection to it, for ever
 */
#include "parent_link.h"

#include <sodium.h>
#include <stdlib.h>

#include "libdd/base/backoff.h"
#include "libdd/base/problem.h"
#include "libdd/net/dialer.h"

/* Frames taken in before what they caused is sent. */
#define FRAMES_AT_ONCE 256
/* ms between two lines about a failure that goes on. */
#define TELL_INTERVAL 60000
/* ms: the shortest pause where trying again soon is no use, and what is added at random. */
#define LONG_PAUSE 10000
#define LONG_JITTER 5000
/* ms that the last words to a parent have to leave after the connection is given up. */
#define LINGER 200

typedef struct {
    transport_t transport;   /* first */
    transport_route_t route; /* the peer's */
    void *context;
    core_t *core;
    log_t *log;
    const dd_keyring_t *keyring;
    const char *endpoint;
    uint32_t payload_max;
    dd_dialer_t *dial; /* NULL during a pause */
    peer_t *peer;      /* NULL until the dial is connected */
    dd_backoff_t backoff;
    uint64_t next_ms;  /* no dial: when to try again; else when to look at the dial */
    uint64_t tell_ms;  /* when a failure may be told again */
    dd_problem_t told; /* the failure that was told last; DD_OK while all is well */
    uint64_t retry_ms; /* when a blocked peer is tried again */
    bool blocked;      /* ZeroMQ takes no more for now */
    bool draining;
} parent_link_t;

static void hang_up(parent_link_t *self, uint64_t now_ms)
{
    if (self->peer)
        core_disconnect(self->core, self->peer, now_ms);
    self->peer = NULL;
    self->blocked = false;
    if (self->dial)
        dd_dialer_linger(self->dial, LINGER);
    dd_dialer_destroy(&self->dial);
}

/* ---- Failures ------------------------------------------------------------------------------ */

static void tell(parent_link_t *self, const dd_problem_t *why, uint64_t now_ms)
{
    bool changed = strcmp(why->text, self->told.text) != 0;
    if (!changed && now_ms < self->tell_ms)
        return;
    log_write(self->log, DD_LOG_WARNING, "no connection to the parent: %s", why->text);
    self->told = *why;
    self->tell_ms = now_ms + TELL_INTERVAL;
}

/* Somebody has to change a configuration, or, in a loop, another broker of the ring has to give way
   first. */
static bool wants_patience(dd_error_t why)
{
    return why == DD_E_LOOP || why == DD_E_HOP_LIMIT || why == DD_E_SCOPE_INVALID ||
           why == DD_E_NAME_INVALID || why == DD_E_LIMIT || why == DD_E_PROTOCOL ||
           why == DD_E_MALFORMED;
}

static void give_up(parent_link_t *self, const dd_problem_t *reason, uint64_t now_ms)
{
    dd_problem_t why = *reason; /* it may be the dial's, which ends here */
    hang_up(self, now_ms);
    if (self->draining) {
        self->next_ms = UINT64_MAX;
        return;
    }
    tell(self, &why, now_ms);
    uint32_t pause = wants_patience(why.error)
                         ? LONG_PAUSE + randombytes_uniform(LONG_JITTER)
                         : dd_backoff_next(&self->backoff, randombytes_random());
    self->next_ms = now_ms + pause;
}

/* ---- Work ---------------------------------------------------------------------------------- */

static void dial(parent_link_t *self, uint64_t now_ms)
{
    dd_problem_t problem;
    self->dial =
        dd_dialer_new(self->context, self->endpoint, self->keyring, self->payload_max, &problem);
    if (self->dial)
        self->next_ms = UINT64_MAX; /* the monitor tells how it goes */
    else
        give_up(self, &problem, now_ms);
}

static void connected(parent_link_t *self, uint64_t now_ms)
{
    self->next_ms = UINT64_MAX;
    self->peer = core_connect_parent(self->core, &self->route, now_ms);
    dd_problem_t problem;
    if (self->peer)
        return;
    dd_problem(&problem, DD_E_MEMORY, "out of memory");
    give_up(self, &problem, now_ms);
}

/* True if there may be more. */
static bool take_frames(parent_link_t *self, uint64_t now_ms)
{
    for (int i = 0; self->peer && i < FRAMES_AT_ONCE; i++) {
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        dd_error_t result = dd_socket_receive(dd_dialer_socket(self->dial), NULL, &frame);
        if (result == DD_OK)
            core_input(self->core, self->peer, zmq_msg_data(&frame), zmq_msg_size(&frame), now_ms);
        else if (result == DD_E_MALFORMED)
            core_bad_input(self->core, self->peer, now_ms);
        zmq_msg_close(&frame);
        if (result == DD_E_TIMEOUT)
            return false;
    }
    return self->peer;
}

static void flush(transport_t *transport, peer_t *peer, uint64_t now_ms)
{
    parent_link_t *self = (parent_link_t *)transport;
    if (self->blocked)
        return;
    dd_error_t result =
        dd_socket_flush(dd_dialer_socket(self->dial), dd_bytes("", 0), &peer->outbox);
    if (result == DD_OK) {
        core_flushed(self->core, peer);
        return;
    }
    self->blocked = true; /* full; or gone, and then the monitor tells */
    self->retry_ms = now_ms + 1;
}

static void retry(parent_link_t *self)
{
    self->blocked = false;
    core_not_flushed(self->core, self->peer);
}

/* All is well once the parent has admitted this broker; the core logs that. */
static void check_ready(parent_link_t *self)
{
    if (!self->peer || self->peer->state != PEER_READY)
        return;
    dd_backoff_reset(&self->backoff);
    self->told = (dd_problem_t){.error = DD_OK};
}

/* The core has ended the parent, or the parent this broker. */
static void check_ended(parent_link_t *self, uint64_t now_ms)
{
    dd_error_t why;
    dd_problem_t problem;
    if (!self->peer || !core_parent_ended(self->core, &why))
        return;
    dd_problem(&problem, why, "%s: %s", self->endpoint, self->peer->why);
    flush(&self->transport, self->peer, now_ms);
    give_up(self, &problem, now_ms);
}

static bool work(transport_t *transport, uint64_t now_ms)
{
    parent_link_t *self = (parent_link_t *)transport;
    if (self->blocked && now_ms >= self->retry_ms)
        retry(self);
    if (!self->dial && now_ms >= self->next_ms)
        dial(self, now_ms);
    if (!self->dial)
        return false;
    dd_dialer_state_t state = dd_dialer_watch(self->dial);
    if (state == DD_DIALER_CONNECTED && !self->peer)
        connected(self, now_ms);
    bool more = take_frames(self, now_ms);
    check_ready(self);
    check_ended(self, now_ms);
    if (state == DD_DIALER_LOST && !more && self->dial)
        give_up(self, dd_dialer_reason(self->dial), now_ms);
    return more;
}

static uint64_t due(const transport_t *transport)
{
    const parent_link_t *self = (const parent_link_t *)transport;
    return self->blocked && self->retry_ms < self->next_ms ? self->retry_ms : self->next_ms;
}

/* ---- The whole ----------------------------------------------------------------------------- */

static void destroy(transport_t *transport, uint64_t now_ms)
{
    parent_link_t *self = (parent_link_t *)transport;
    hang_up(self, now_ms);
    free(self);
}

static transport_sockets_t sockets(const transport_t *transport)
{
    const parent_link_t *self = (const parent_link_t *)transport;
    if (!self->dial)
        return (transport_sockets_t){NULL, NULL};
    return (transport_sockets_t){dd_dialer_monitor(self->dial), dd_dialer_socket(self->dial)};
}

static size_t peers(const transport_t *transport)
{
    return ((const parent_link_t *)transport)->peer ? 1 : 0;
}

static void set_keyring(transport_t *transport, const dd_keyring_t *keyring)
{
    ((parent_link_t *)transport)->keyring = keyring;
}

static void drain(transport_t *transport)
{
    parent_link_t *self = (parent_link_t *)transport;
    self->draining = true;
    self->next_ms = UINT64_MAX;
}

static const transport_ops_t OPS = {
    .destroy = destroy,
    .sockets = sockets,
    .work = work,
    .due = due,
    .flush = flush,
    .peers = peers,
    .set_keyring = set_keyring,
    .drain = drain,
};

transport_t *parent_link_new(
    const transport_settings_t *settings, const char *endpoint, dd_problem_t *problem)
{
    parent_link_t *self = calloc(1, sizeof *self);
    if (!self) {
        dd_problem(problem, DD_E_MEMORY, "out of memory");
        return NULL;
    }
    self->transport.ops = &OPS;
    self->route.transport = &self->transport;
    self->context = settings->context;
    self->core = settings->core;
    self->log = settings->log;
    self->keyring = settings->keyring;
    self->payload_max = settings->payload_max;
    self->endpoint = endpoint;
    return &self->transport;
}
