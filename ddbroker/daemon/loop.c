/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loop - the broker as a process: has it built up, waits for what happens, and has it ended in
 * order
 */
#include "loop.h"

#include <poll.h>
#include <stdio.h>

#include "loop_state.h"
#include "signals.h"
#include "startup.h"

/* ms between two looks at the heartbeats. */
#define TICK 250
/* Frames after which a mark is sent. */
#define SENT_MARKED 64

/* Where news comes from, each with its place in the array for poll(2). */
enum { SIGNALS, ASKED, TRANSPORTS };
/* From TRANSPORTS on, each transport has places of its own. */
enum { NEWS, FRAMES, OTHERS, PLACES = OTHERS + TRANSPORT_DESCRIPTORS_MAX };
enum { MARKS = TRANSPORTS + TRANSPORTS_MAX * PLACES, SOURCES = MARKS + GAUGE_THREADS_MAX };

/* ---- Waiting ------------------------------------------------------------------------------- */

/* All have left and nobody is connected any more, or the time for that is over. */
static bool is_over(const loop_t *self, bool drained, uint64_t now)
{
    size_t peers = drained ? 0 : 1;
    for (size_t i = 0; i < self->transport_count; i++)
        peers += self->transports[i]->ops->peers(self->transports[i]);
    return peers == 0 || now >= self->drain_ms;
}

/* ms to wait for something to happen. */
static int patience(const loop_t *self, uint64_t now)
{
    uint64_t due = core_due(self->core);
    due = self->tick_ms < due ? self->tick_ms : due;
    for (size_t i = 0; i < self->transport_count; i++) {
        uint64_t wanted = self->transports[i]->ops->due(self->transports[i]);
        due = wanted < due ? wanted : due;
    }
    return due > now ? (int)(due - now) : 0;
}

/* What poll(2) takes for a ZeroMQ socket, or for none. */
static struct pollfd source(void *socket)
{
    return (struct pollfd){.fd = dd_socket_fd(socket), .events = POLLIN};
}

static void add_sockets(const transport_t *transport, struct pollfd own[PLACES])
{
    transport_sockets_t sockets = transport->ops->sockets(transport);
    own[NEWS] = source(sockets.news);
    own[FRAMES] = source(sockets.frames);
}

static void no_news(struct pollfd items[SOURCES])
{
    for (size_t i = 0; i < SOURCES; i++)
        items[i].revents = 0;
}

/* Each ZeroMQ socket must have been read until there was nothing left, and again after something
   was sent; see dd_socket_fd(). */
static void wait_for_news(const loop_t *self, struct pollfd items[SOURCES], int timeout)
{
    for (size_t i = 0; i < SOURCES; i++)
        items[i] = (struct pollfd){.fd = -1};
    items[SIGNALS] = (struct pollfd){.fd = self->signals, .events = POLLIN};
    items[ASKED] = source(zap_socket(self->zap));
    for (size_t i = 0; i < GAUGE_THREADS_MAX; i++)
        items[MARKS + i] = source(gauge_socket(self->gauge, i));
    for (size_t i = 0; i < self->transport_count; i++) {
        const transport_t *transport = self->transports[i];
        struct pollfd *own = &items[TRANSPORTS + PLACES * i];
        if (transport->ops->sockets)
            add_sockets(transport, own);
        if (transport->ops->descriptors)
            transport->ops->descriptors(transport, own + OTHERS);
    }
    if (poll(items, SOURCES, timeout) < 0)
        no_news(items);
}

/* ---- Working ------------------------------------------------------------------------------- */

/* Who still finds a descriptor. */
static zap_door_t door(const loop_t *self)
{
    size_t open = 0;
    for (size_t i = 0; i < self->transport_count; i++)
        if (self->transports[i]->ops->accepted)
            open += self->transports[i]->ops->accepted(self->transports[i]);
    size_t most = self->descriptors_max + self->strangers_max;
    if (self->drain_ms || open > most + LOOP_PLACES_KEPT)
        return ZAP_NOBODY;
    return open > most ? ZAP_NO_CLIENTS : ZAP_ALL;
}

/* Whether there is something for the transport of that index. */
static bool is_told(const struct pollfd items[SOURCES], size_t transport)
{
    bool told = false;
    for (size_t i = 0; i < PLACES; i++)
        told |= items[TRANSPORTS + PLACES * transport + i].revents != 0;
    return told;
}

static bool has_socket(const transport_t *transport)
{
    return transport->ops->sockets && transport->ops->sockets(transport).frames;
}

/* Takes in what the transports have; again says to look for frames at each. True if there may be
   more. */
static bool work(
    loop_t *self, const struct pollfd items[SOURCES], bool all, bool again, uint64_t now)
{
    bool more = false;
    for (size_t i = 0; i < self->transport_count; i++) {
        transport_t *transport = self->transports[i];
        if (transport->ops->watch && (all || items[TRANSPORTS + PLACES * i + NEWS].revents))
            transport->ops->watch(transport, now);
    }
    for (size_t i = 0; i < self->transport_count; i++) {
        transport_t *transport = self->transports[i];
        bool looks = again && has_socket(transport);
        if (all || looks || is_told(items, i) || now >= transport->ops->due(transport))
            more |= transport->ops->work(transport, now);
    }
    return more;
}

/* Takes in what is there; all says to look everywhere. True if there may be more. */
static bool take_in(
    loop_t *self, const struct pollfd items[SOURCES], bool all, bool again, uint64_t now)
{
    if (all || items[SIGNALS].revents)
        signals_take(self);
    if (all || items[ASKED].revents)
        zap_work(self->zap, self->core, door(self), loop_now_ms());
    return work(self, items, all, again, now);
}

/* Says to the supervisor how it stands: "12 connected, joined tcp://top:5555". */
static void tell_supervisor(loop_t *self, uint64_t now)
{
    char line[SUPERVISOR_ROOM];
    if (!supervisor_wants_status(self->supervisor, now))
        return;
    const parents_t *parents = core_parents(self->core);
    const char *parent = parents_chosen(parents);
    snprintf(line, sizeof line, "%zu connected%s%s", core_connections(self->core),
        !parent           ? ""
        : parents->joined ? ", joined "
                          : ", no parent, trying ",
        parent ? parent : "");
    supervisor_status(self->supervisor, line, now);
}

static void tick(loop_t *self, uint64_t now)
{
    self->tick_ms = now + TICK;
    core_tick(self->core, now);
    for (size_t i = 0; i < self->transport_count; i++)
        if (self->transports[i]->ops->tick)
            self->transports[i]->ops->tick(self->transports[i], now);
    log_tick(self->log, now);
    tell_supervisor(self, now);
    supervisor_tick(self->supervisor, now);
}

/* Sends what the core has for its peers. True if there was something. */
static bool flush(loop_t *self, uint64_t now)
{
    size_t sent = 0;
    peer_t *peer;
    for (; (peer = core_next_dirty(self->core)); sent++)
        transport_flush(peer, now);
    if (sent >= SENT_MARKED || (sent > 0 && core_is_waited_for(self->core)))
        gauge_mark(self->gauge);
    return sent > 0;
}

/* After something was sent, frames are looked for at once, but not twice before the rest is. */
static void run(loop_t *self)
{
    struct pollfd items[SOURCES];
    bool again = true, just_sent = false;
    supervisor_ready(self->supervisor);
    for (;;) {
        bool waits = !again && !core_is_busy(self->core);
        if (just_sent)
            no_news(items);
        else
            wait_for_news(self, items, waits ? patience(self, loop_now_ms()) : 0);
        uint64_t now_us = dd_clock_us(), now = now_us / 1000;
        core_clock(self->core, now_us);
        core_set_behind(self->core, gauge_is_behind(self->gauge));
        bool all = now >= self->tick_ms;
        again = take_in(self, items, all, again, now);
        if (all)
            tick(self, now);
        core_work(self->core, now);
        bool drained = self->drain_ms && core_drained(self->core, now);
        bool sent = flush(self, now);
        just_sent = sent && !again && !just_sent;
        again |= sent;
        core_turn(self->core, dd_clock_us() - now_us);
        if (self->aborted || (self->drain_ms && is_over(self, drained, now)))
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
    self.supervisor = supervisor_new();
    bool started = startup_begin(&self, &problem) == DD_OK;
    if (started)
        run(&self);
    else if (config->log_level == DD_LOG_QUIET) /* what isn't there can't be silent about it */
        fprintf(stderr, "ddbroker: can't start: %s\n", problem.text);
    else
        log_write(self.log, DD_LOG_ERROR, "can't start: %s", problem.text);
    bool in_order = started && !self.aborted;
    startup_undo(&self);
    return in_order ? LOOP_STOPPED : LOOP_FAILED;
}
