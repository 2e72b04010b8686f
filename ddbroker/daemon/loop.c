/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loop - the broker as a process: builds it up, waits for what happens, and ends it in order
 */
#include "loop.h"

#include <poll.h>
#include <stdio.h>
#include <zmq.h>

#include "loop_state.h"

/* ms between two looks at the heartbeats. */
#define TICK 250

/* Where news comes from, each with its place in the array for poll(2). */
enum { SIGNALS, ASKED, NEWS, FRAMES, UP_NEWS, UP_FRAMES, LEGACY_NEWS, LEGACY_FRAMES, SOURCES };

static bool is_blocked(const loop_t *self)
{
    return listener_blocked(self->listener) ||
           (self->parent_link && parent_link_blocked(self->parent_link)) ||
           (self->legacy && legacy_blocked(self->legacy));
}

/* Nobody is connected any more, or the time for leaving is over. */
static bool is_drained(const loop_t *self, uint64_t now)
{
    bool alone = core_connections(self->core) == 0 &&
                 !(self->parent_link && parent_link_connected(self->parent_link));
    return alone || now >= self->drain_ms;
}

/* ms to wait for something to happen. */
static int patience(const loop_t *self, uint64_t now)
{
    uint64_t due = self->tick_ms;
    if (self->parent_link && parent_link_due(self->parent_link) < due)
        due = parent_link_due(self->parent_link);
    if (is_blocked(self) && now + 1 < due)
        due = now + 1;
    return due > now ? (int)(due - now) : 0;
}

/* What poll(2) takes for a ZeroMQ socket, or for none. */
static struct pollfd source(void *socket)
{
    return (struct pollfd){.fd = dd_socket_fd(socket), .events = POLLIN};
}

/* Each ZeroMQ socket must have been read until there was nothing left, and again after something
   was sent; see dd_socket_fd(). */
static void wait_for_news(const loop_t *self, struct pollfd items[SOURCES], int timeout)
{
    items[SIGNALS] = (struct pollfd){.fd = self->signals, .events = POLLIN};
    items[ASKED] = source(zap_socket(self->zap));
    items[NEWS] = source(listener_monitor(self->listener));
    items[FRAMES] = source(listener_socket(self->listener));
    items[UP_NEWS] = source(self->parent_link ? parent_link_monitor(self->parent_link) : NULL);
    items[UP_FRAMES] = source(self->parent_link ? parent_link_socket(self->parent_link) : NULL);
    items[LEGACY_NEWS] = source(self->legacy ? legacy_monitor(self->legacy) : NULL);
    items[LEGACY_FRAMES] = source(self->legacy ? legacy_socket(self->legacy) : NULL);
    if (poll(items, SOURCES, timeout) >= 0)
        return;
    for (size_t i = 0; i < SOURCES; i++)
        items[i].revents = 0;
}

static void answer_zap(loop_t *self)
{
    size_t open = listener_connections(self->listener) +
                  (self->legacy ? legacy_connections(self->legacy) : 0);
    bool full = self->drain_ms || core_connections(self->core) >= self->clients_max ||
                open > self->descriptors_max;
    zap_work(self->zap, self->keyring, full);
}

/* Takes in what is there; all says to look everywhere, again where frames come from. True if there
   may be more. */
static bool take_in(
    loop_t *self, const struct pollfd items[SOURCES], bool all, bool again, uint64_t now)
{
    bool more = false;
    if (all || items[SIGNALS].revents)
        signals_take(self);
    if (all || items[ASKED].revents)
        answer_zap(self);
    if (all || items[NEWS].revents)
        listener_watch(self->listener, now);
    if (self->legacy && (all || items[LEGACY_NEWS].revents))
        legacy_watch(self->legacy, now);
    if (all || again || items[NEWS].revents || items[FRAMES].revents)
        more = listener_work(self->listener, now);
    if (self->parent_link && (all || again || items[UP_NEWS].revents || items[UP_FRAMES].revents ||
                                 now >= parent_link_due(self->parent_link)))
        more |= parent_link_work(self->parent_link, self->keyring, now);
    if (self->legacy &&
        (all || again || items[LEGACY_NEWS].revents || items[LEGACY_FRAMES].revents))
        more |= legacy_work(self->legacy, now);
    return more;
}

static void tick(loop_t *self, uint64_t now)
{
    self->tick_ms = now + TICK;
    core_tick(self->core, now);
    listener_tick(self->listener, now);
    if (self->legacy)
        legacy_tick(self->legacy, now);
    log_tick(self->log, now);
}

/* Gives those who were blocked another try. */
static void retry(loop_t *self, uint64_t now)
{
    listener_retry(self->listener, now);
    if (self->parent_link)
        parent_link_retry(self->parent_link);
    if (self->legacy)
        legacy_retry(self->legacy, now);
}

/* Sends what the core has for its peers. True if there was something. */
static bool flush(loop_t *self, uint64_t now)
{
    bool sent = false;
    peer_t *peer;
    while ((peer = core_next_dirty(self->core))) {
        sent = true;
        if (peer->role == ROLE_PARENT)
            parent_link_flush(self->parent_link);
        else if (peer->protocol != DD_FRAME_VERSION)
            legacy_flush(self->legacy, peer, now);
        else
            listener_flush(self->listener, peer, now);
    }
    return sent;
}

static void run(loop_t *self)
{
    struct pollfd items[SOURCES];
    bool again = true;
    for (;;) {
        wait_for_news(self, items, again ? 0 : patience(self, loop_now_ms()));
        uint64_t now_us = dd_clock_us(), now = now_us / 1000;
        core_clock(self->core, now_us);
        bool all = now >= self->tick_ms;
        again = take_in(self, items, all, again, now);
        if (all)
            tick(self, now);
        retry(self, now);
        again |= flush(self, now);
        if (self->aborted || (self->drain_ms && is_drained(self, now)))
            break;
    }
    log_write(self->log, DD_LOG_NOTICE, "broker %s has ended", self->config->name);
}

int loop_run(config_t *config, int argc, char **argv)
{
    dd_problem_t problem;
    loop_t self = {.config = config, .argc = argc, .argv = argv, .signals = -1};
    self.log = log_new(config->log_file, (dd_log_level_t)config->log_level, &problem);
    if (!self.log) {
        fprintf(stderr, "ddbroker: %s\n", problem.text);
        return LOOP_FAILED;
    }
    bool started = startup_begin(&self, &problem) == DD_OK;
    if (started)
        run(&self);
    else
        log_write(self.log, DD_LOG_ERROR, "can't start: %s", problem.text);
    bool in_order = started && !self.aborted;
    startup_undo(&self);
    return in_order ? LOOP_STOPPED : LOOP_FAILED;
}
