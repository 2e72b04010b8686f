/*
 * uplink - the sockets' side of the parent: keeps one connection to it, for ever
 */
#include "uplink.h"

#include <sodium.h>
#include <stdlib.h>

#include "libdd/backoff.h"
#include "libdd/problem.h"

/* Frames taken in before what they caused is sent. */
#define FRAMES_AT_ONCE 256
/* ms between two lines about a failure that goes on. */
#define TELL_INTERVAL 60000
/* ms: the shortest pause where trying again soon is no use, and what is added at random. */
#define LONG_PAUSE 10000
#define LONG_JITTER 5000
/* ms that the last words to a parent have to leave after the connection is given up. */
#define LINGER 200

struct uplink {
    void *context;
    core_t *core;
    log_t *log;
    const char *endpoint;
    uint32_t payload_max;
    dd_dial_t *dial; /* NULL during a pause */
    peer_t *peer;    /* NULL until the dial is connected */
    dd_backoff_t backoff;
    uint64_t next_ms;  /* no dial: when to try again; else when to look at the dial */
    uint64_t tell_ms;  /* when a failure may be told again */
    dd_problem_t told; /* the failure that was told last; DD_OK while all is well */
    bool blocked;      /* ZeroMQ takes no more for now */
    bool draining;
};

uplink_t *uplink_new(void *context, core_t *core, log_t *log, const char *endpoint,
    uint32_t payload_max, dd_problem_t *problem)
{
    uplink_t *self = calloc(1, sizeof *self);
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

static void hang_up(uplink_t *self, uint64_t now_ms)
{
    if (self->peer)
        core_disconnect(self->core, self->peer, now_ms);
    self->peer = NULL;
    self->blocked = false;
    if (self->dial)
        dd_dial_linger(self->dial, LINGER);
    dd_dial_destroy(&self->dial);
}

void uplink_destroy(uplink_t **self_p, uint64_t now_ms)
{
    uplink_t *self = *self_p;
    if (!self)
        return;
    hang_up(self, now_ms);
    free(self);
    *self_p = NULL;
}

void *uplink_socket(const uplink_t *self)
{
    return self->dial ? dd_dial_socket(self->dial) : NULL;
}

void *uplink_monitor(const uplink_t *self)
{
    return self->dial ? dd_dial_monitor(self->dial) : NULL;
}

uint64_t uplink_due(const uplink_t *self)
{
    return self->next_ms;
}

bool uplink_connected(const uplink_t *self)
{
    return self->peer != NULL;
}

void uplink_drain(uplink_t *self)
{
    self->draining = true;
}

/* ---- Failures ------------------------------------------------------------------------------ */

static void tell(uplink_t *self, const dd_problem_t *why, uint64_t now_ms)
{
    bool changed = strcmp(why->text, self->told.text) != 0;
    if (!changed && now_ms < self->tell_ms)
        return;
    log_write(self->log, LOG_WARNING, "no connection to the parent: %s", why->text);
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

static void give_up(uplink_t *self, const dd_problem_t *reason, uint64_t now_ms)
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

static void dial(uplink_t *self, const dd_keyring_t *keyring, uint64_t now_ms)
{
    dd_problem_t problem;
    self->dial = dd_dial_new(self->context, self->endpoint, keyring, self->payload_max, &problem);
    if (self->dial)
        self->next_ms = UINT64_MAX; /* the monitor tells how it goes */
    else
        give_up(self, &problem, now_ms);
}

static void connected(uplink_t *self, uint64_t now_ms)
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
static bool take_frames(uplink_t *self, uint64_t now_ms)
{
    for (int i = 0; self->peer && i < FRAMES_AT_ONCE; i++) {
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        dd_error_t result = dd_socket_receive(dd_dial_socket(self->dial), NULL, &frame);
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
static void check_ready(uplink_t *self)
{
    if (!self->peer || self->peer->state != PEER_READY)
        return;
    dd_backoff_reset(&self->backoff);
    self->told = (dd_problem_t){.error = DD_OK};
}

/* The core has ended the parent, or the parent this broker. */
static void check_ended(uplink_t *self, uint64_t now_ms)
{
    dd_error_t why;
    dd_problem_t problem;
    if (!self->peer || !core_parent_ended(self->core, &why))
        return;
    dd_problem(&problem, why, "%s: %s", self->endpoint, self->peer->why);
    uplink_flush(self);
    give_up(self, &problem, now_ms);
}

bool uplink_work(uplink_t *self, const dd_keyring_t *keyring, uint64_t now_ms)
{
    if (!self->dial && now_ms >= self->next_ms && !self->draining)
        dial(self, keyring, now_ms);
    if (!self->dial)
        return false;
    dd_dial_state_t state = dd_dial_watch(self->dial);
    if (state == DD_DIAL_CONNECTED && !self->peer)
        connected(self, now_ms);
    bool more = take_frames(self, now_ms);
    check_ready(self);
    check_ended(self, now_ms);
    if (state == DD_DIAL_LOST && !more && self->dial)
        give_up(self, dd_dial_reason(self->dial), now_ms);
    return more;
}

void uplink_flush(uplink_t *self)
{
    if (self->blocked)
        return;
    dd_error_t result =
        dd_socket_flush(dd_dial_socket(self->dial), dd_bytes("", 0), &self->peer->outbox);
    if (result == DD_OK)
        core_flushed(self->core, self->peer);
    else /* full; or gone, and then the monitor tells */
        self->blocked = true;
}

bool uplink_blocked(const uplink_t *self)
{
    return self->blocked;
}

void uplink_retry(uplink_t *self)
{
    if (!self->blocked)
        return;
    self->blocked = false;
    core_not_flushed(self->core, self->peer);
}
