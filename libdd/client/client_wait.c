/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client_wait - calls that wait for what a client's turns do, and run its loop if nobody else does
 */
#include "client_wait.h"

#include <limits.h>

#include "libdd/base/clock.h"

/* us that are as good as for ever. */
#define FOREVER (UINT32_MAX * (uint64_t)1000)
/* us for which events may be full before nobody is thought to take any. */
#define UNREAD_LIMIT 1000000
/* Whoever runs a loop that has no thread may stop doing so, and then it is to be done here. */
#define RUNNER_INTERVAL 20000

uint64_t dd_client_deadline(int timeout_ms)
{
    uint64_t now_us = dd_clock_us();
    return timeout_ms < 0 ? now_us + FOREVER : now_us + (uint64_t)timeout_ms * 1000;
}

static void run_loop(dd_client_t *self, uint64_t until_us)
{
    pthread_mutex_unlock(&self->lock);
    dd_loop_run(self->loop, until_us);
    dd_loop_leave(self->loop);
    pthread_mutex_lock(&self->lock);
}

static uint64_t look_again(const dd_client_t *self, uint64_t until_us)
{
    uint64_t most_us =
        dd_loop_is_threaded(self->loop) ? UINT64_MAX : dd_clock_us() + RUNNER_INTERVAL;
    return until_us < most_us ? until_us : most_us;
}

void dd_client_await(dd_client_t *self, pthread_cond_t *condition, uint64_t until_us)
{
    if (dd_loop_enter(self->loop)) {
        run_loop(self, until_us);
        return;
    }
    uint64_t most_us = dd_clock_us() + FOREVER; /* a time that a timespec can hold */
    until_us = look_again(self, until_us < most_us ? until_us : most_us);
    struct timespec until = {(time_t)(until_us / 1000000), (long)(until_us % 1000000 * 1000)};
    pthread_cond_timedwait(condition, &self->lock, &until);
}

/* ---- The end and the outbox ------------------------------------------------------------------ */

size_t dd_client_close(dd_client_t *self, int timeout_ms)
{
    if (dd_client_is_inherited(self))
        return 0;
    bool from_callback = dd_client_is_mine(self);
    uint64_t until_us = dd_client_deadline(timeout_ms);
    pthread_mutex_lock(&self->lock);
    if (!from_callback && self->started) {
        self->closing = true;
        dd_session_leave(self->session, until_us, dd_clock_us());
        dd_client_wake(self);
        self->drainers++;
        /* The session has limits for each step. */
        while (dd_session_state(self->session) != DD_SESSION_CLOSED)
            dd_client_await(self, &self->left, UINT64_MAX);
        self->drainers--;
    }
    size_t unsettled = dd_session_unsettled(self->session);
    pthread_mutex_unlock(&self->lock);
    return unsettled;
}

/* With the lock, as the next ones. */
static bool is_drained(const dd_client_t *self, size_t bytes)
{
    return dd_session_outbox(self->session)->bytes <= bytes &&
           !dd_session_is_congested(self->session);
}

/* When nobody is thought to take events any more; UINT64_MAX while they are taken. */
static uint64_t unread_until_us(const dd_client_t *self)
{
    bool unread = self->unread_us > 0 && dd_event_queue_is_full(self->queue);
    return unread ? self->unread_us + UNREAD_LIMIT : UINT64_MAX;
}

/* Why waiting is in vain; DD_OK if it isn't. */
static dd_error_t why_not_drained(const dd_client_t *self, size_t bytes, uint64_t until_us)
{
    /* What a lost connection leaves comes back as events, for which the caller may have to make
       room: no reason to wait for that here. */
    if (dd_session_state(self->session) != DD_SESSION_REGISTERED)
        return DD_E_NOT_CONNECTED;
    /* The same with outcomes that can't be read, or with the broker's word that it has room. */
    uint64_t now_us = dd_clock_us();
    const dd_outbox_t *outbox = dd_session_outbox(self->session);
    if (now_us >= unread_until_us(self) && (outbox->bytes <= bytes || dd_outbox_is_held(outbox)))
        return DD_E_OVERLOADED;
    return now_us >= until_us ? DD_E_TIMEOUT : DD_OK;
}

static void await_change(dd_client_t *self, uint64_t until_us)
{
    uint64_t unread_us = unread_until_us(self);
    if (unread_us > dd_clock_us() && unread_us < until_us)
        until_us = unread_us;
    dd_client_await(self, &self->left, until_us);
}

dd_error_t dd_client_drain(dd_client_t *self, size_t bytes, int timeout_ms)
{
    if (dd_client_is_inherited(self))
        return DD_E_FORKED;
    if (dd_client_is_mine(self))
        return DD_E_ARGUMENT;
    uint64_t until_us = dd_client_deadline(timeout_ms);
    dd_error_t error = DD_OK;
    pthread_mutex_lock(&self->lock);
    self->drainers++;
    while (error == DD_OK && !is_drained(self, bytes)) {
        error = why_not_drained(self, bytes, until_us);
        if (error == DD_OK)
            await_change(self, until_us);
    }
    self->drainers--;
    pthread_mutex_unlock(&self->lock);
    return error;
}

/* ---- Events ---------------------------------------------------------------------------------- */

/* The oldest event if there is one, with what its being taken brings about. */
static dd_event_t *take(dd_client_t *self)
{
    bool room;
    dd_event_node_t *node = dd_event_queue_take(self->queue, &room);
    if (room)
        dd_client_wake(self);
    if (!node)
        return NULL;
    if (node->wants_receipt) {
        pthread_mutex_lock(&self->lock);
        dd_session_receipt(self->session, node->arrival, dd_bytes_of(node->event.source));
        dd_client_unlock(self);
    }
    return &node->event;
}

/* False if it is in vain to look for an event. */
static bool await_event(dd_client_t *self, uint64_t until_us)
{
    uint64_t now_us = dd_clock_us();
    if (now_us >= until_us)
        return false;
    if (!dd_loop_enter(self->loop)) {
        uint64_t left_ms = (look_again(self, until_us) - now_us + 999) / 1000;
        return dd_event_queue_wait(self->queue, left_ms > INT_MAX ? -1 : (int)left_ms);
    }
    bool may_come = !dd_event_queue_is_over(self->queue) && dd_loop_run(self->loop, until_us);
    dd_loop_leave(self->loop);
    return may_come;
}

dd_event_t *dd_client_receive(dd_client_t *self, int timeout_ms)
{
    if (dd_client_is_inherited(self))
        return NULL;
    dd_event_t *event = take(self);
    if (event || timeout_ms == 0)
        return event;
    uint64_t until_us = dd_client_deadline(timeout_ms);
    while (!event && await_event(self, until_us))
        event = take(self);
    return event;
}

int dd_client_fd(const dd_client_t *self)
{
    return dd_client_is_inherited(self) ? -1 : dd_event_queue_fd(self->queue);
}
