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
    return router_blocked(self->router) || (self->uplink && uplink_blocked(self->uplink)) ||
           (self->legacy && legacy_blocked(self->legacy));
}

/* Nobody is connected any more, or the time for leaving is over. */
static bool is_drained(const loop_t *self, uint64_t now)
{
    bool alone =
        core_connections(self->core) == 0 && !(self->uplink && uplink_connected(self->uplink));
    return alone || now >= self->drain_ms;
}

/* ms to wait for something to happen. */
static int patience(const loop_t *self, uint64_t now)
{
    uint64_t due = self->tick_ms;
    if (self->uplink && uplink_due(self->uplink) < due)
        due = uplink_due(self->uplink);
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
    items[NEWS] = source(router_monitor(self->router));
    items[FRAMES] = source(router_socket(self->router));
    items[UP_NEWS] = source(self->uplink ? uplink_monitor(self->uplink) : NULL);
    items[UP_FRAMES] = source(self->uplink ? uplink_socket(self->uplink) : NULL);
    items[LEGACY_NEWS] = source(self->legacy ? legacy_monitor(self->legacy) : NULL);
    items[LEGACY_FRAMES] = source(self->legacy ? legacy_socket(self->legacy) : NULL);
    if (poll(items, SOURCES, timeout) >= 0)
        return;
    for (size_t i = 0; i < SOURCES; i++)
        items[i].revents = 0;
}

static void answer_zap(loop_t *self)
{
    size_t open =
        router_connections(self->router) + (self->legacy ? legacy_connections(self->legacy) : 0);
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
        loop_take_orders(self);
    if (all || items[ASKED].revents)
        answer_zap(self);
    if (all || items[NEWS].revents)
        router_watch(self->router, now);
    if (self->legacy && (all || items[LEGACY_NEWS].revents))
        legacy_watch(self->legacy, now);
    if (all || again || items[NEWS].revents || items[FRAMES].revents)
        more = router_work(self->router, now);
    if (self->uplink && (all || again || items[UP_NEWS].revents || items[UP_FRAMES].revents ||
                            now >= uplink_due(self->uplink)))
        more |= uplink_work(self->uplink, self->keyring, now);
    if (self->legacy &&
        (all || again || items[LEGACY_NEWS].revents || items[LEGACY_FRAMES].revents))
        more |= legacy_work(self->legacy, now);
    return more;
}

static void tick(loop_t *self, uint64_t now)
{
    self->tick_ms = now + TICK;
    core_tick(self->core, now);
    router_tick(self->router, now);
    if (self->legacy)
        legacy_tick(self->legacy, now);
    log_tick(self->log, now);
}

/* Gives those who were blocked another try. */
static void retry(loop_t *self, uint64_t now)
{
    router_retry(self->router, now);
    if (self->uplink)
        uplink_retry(self->uplink);
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
            uplink_flush(self->uplink);
        else if (peer->protocol != DD_FRAME_VERSION)
            legacy_flush(self->legacy, peer, now);
        else
            router_flush(self->router, peer, now);
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
    log_write(self->log, LOG_NOTICE, "broker %s has ended", self->config->name);
}

int loop_run(config_t *config, int argc, char **argv)
{
    dd_problem_t problem;
    loop_t self = {.config = config, .argc = argc, .argv = argv, .signals = -1};
    self.log = log_new(config->log_file, (log_level_t)config->log_level, &problem);
    if (!self.log) {
        fprintf(stderr, "ddbroker: %s\n", problem.text);
        return LOOP_FAILED;
    }
    bool started = loop_start(&self, &problem) == DD_OK;
    if (started)
        run(&self);
    else
        log_write(self.log, LOG_ERROR, "can't start: %s", problem.text);
    bool in_order = started && !self.aborted;
    loop_finish(&self);
    return in_order ? LOOP_STOPPED : LOOP_FAILED;
}
