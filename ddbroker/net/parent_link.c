/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parent_link - the sockets' side of the parent: keeps one connection to it, for ever
 */
#include "parent_link.h"

#include <sodium.h>
#include <stdlib.h>

#include "libdd/base/backoff.h"
#include "libdd/base/problem.h"

/* Frames taken in before what they caused is sent. */
#define FRAMES_AT_ONCE 256
/* ms between two lines about a failure that goes on. */
#define TELL_INTERVAL 60000
/* ms: the shortest pause where trying again soon is no use, and what is added at random. */
#define LONG_PAUSE 10000
#define LONG_JITTER 5000
/* ms that the last words to a parent have to leave after the connection is given up. */
#define LINGER 200

struct parent_link {
    void *context;
    core_t *core;
    log_t *log;
    const char *endpoint;
    uint32_t payload_max;
    dd_dialer_t *dial; /* NULL during a pause */
    peer_t *peer;      /* NULL until the dial is connected */
    dd_backoff_t backoff;
    uint64_t next_ms;  /* no dial: when to try again; else when to look at the dial */
    uint64_t tell_ms;  /* when a failure may be told again */
    dd_problem_t told; /* the failure that was told last; DD_OK while all is well */
    bool blocked;      /* ZeroMQ takes no more for now */
    bool draining;
};

parent_link_t *parent_link_new(void *context, core_t *core, log_t *log, const char *endpoint,
    uint32_t payload_max, dd_problem_t *problem)
{
    parent_link_t *self = calloc(1, sizeof *self);
    if (!self) {
        dd_problem(problem, DD_E_MEMORY, "out of memory");
        return NULL;
    }
    self->context = context;
    self->core = core;
    self->log = log;
    self->endpoint = endpoint;
    self->payload_max = payload_max;
    return self;
}

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

void parent_link_destroy(parent_link_t **self_p, uint64_t now_ms)
{
    parent_link_t *self = *self_p;
    if (!self)
        return;
    hang_up(self, now_ms);
    free(self);
    *self_p = NULL;
}

void *parent_link_socket(const parent_link_t *self)
{
    return self->dial ? dd_dialer_socket(self->dial) : NULL;
}

void *parent_link_monitor(const parent_link_t *self)
{
    return self->dial ? dd_dialer_monitor(self->dial) : NULL;
}

uint64_t parent_link_due(const parent_link_t *self)
{
    return self->next_ms;
}

bool parent_link_connected(const parent_link_t *self)
{
    return self->peer != NULL;
}

void parent_link_drain(parent_link_t *self)
{
    self->draining = true;
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
           why == DD_E_NAME_INVALID || why == DD_E_PROTOCOL || why == DD_E_MALFORMED;
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

static void dial(parent_link_t *self, const dd_keyring_t *keyring, uint64_t now_ms)
{
    dd_problem_t problem;
    self->dial = dd_dialer_new(self->context, self->endpoint, keyring, self->payload_max, &problem);
    if (self->dial)
        self->next_ms = UINT64_MAX; /* the monitor tells how it goes */
    else
        give_up(self, &problem, now_ms);
}

static void connected(parent_link_t *self, uint64_t now_ms)
{
    self->next_ms = UINT64_MAX;
    self->peer = core_connect_parent(self->core, self, now_ms);
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
    parent_link_flush(self);
    give_up(self, &problem, now_ms);
}

bool parent_link_work(parent_link_t *self, const dd_keyring_t *keyring, uint64_t now_ms)
{
    if (!self->dial && now_ms >= self->next_ms && !self->draining)
        dial(self, keyring, now_ms);
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

void parent_link_flush(parent_link_t *self)
{
    if (self->blocked)
        return;
    dd_error_t result =
        dd_socket_flush(dd_dialer_socket(self->dial), dd_bytes("", 0), &self->peer->outbox);
    if (result == DD_OK)
        core_flushed(self->core, self->peer);
    else /* full; or gone, and then the monitor tells */
        self->blocked = true;
}

bool parent_link_blocked(const parent_link_t *self)
{
    return self->blocked;
}

void parent_link_retry(parent_link_t *self)
{
    if (!self->blocked)
        return;
    self->blocked = false;
    core_not_flushed(self->core, self->peer);
}
