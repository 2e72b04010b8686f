/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * load_receivers - the receiving process of the load generator
 */
#include <pthread.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "ddperf/payload.h"
#include "ddperf/receivers.h"
#include "ddperf/stream_counts.h"
#include "load.h"

#define EVENTS_AT_ONCE 64

typedef struct {
    receivers_t *all;
    uint32_t index;
    wire_t *wire;
    stream_counts_t counts;
    uint64_t acknowledged; /* messages of whole blocks */
    bool has_answered;     /* since the wire was last flushed */
} load_receiver_t;

struct receivers {
    const run_t *run;
    const options_t *options;
    uint64_t block;
    int poller; /* epoll */
    pthread_t thread;
    bool started;
    atomic_bool stopping;
    unsigned count; /* of items that are connected */
    load_receiver_t *items;
    _Atomic uint64_t received; /* different messages */
    uint64_t expected;
};

/* ---- messages -------------------------------------------------------------------------------- */

static void answer(load_receiver_t *self, const payload_t *payload, size_t size)
{
    uint8_t small[PAYLOAD_HEADER];
    uint8_t *data = size > sizeof small ? calloc(1, size) : small;
    if (!data)
        wire_die("out of memory");
    payload_write(&(payload_t){payload->run, self->index, payload->number}, data);
    wire_publish(self->wire, LOAD_ANSWERS, data, size);
    self->has_answered = true;
    if (data != small)
        free(data);
}

static void count(load_receiver_t *self, uint64_t number)
{
    receivers_t *all = self->all;
    uint64_t before = self->counts.received;
    stream_counts_take(&self->counts, number);
    if (self->counts.received == before)
        return;
    uint64_t received = all->received + 1;
    atomic_store_explicit(&all->received, received, memory_order_relaxed);
    if (received == all->expected)
        sem_post(&all->run->shared->news);
}

static void take(void *arg, const uint8_t *body, size_t size)
{
    load_receiver_t *self = arg;
    const receivers_t *all = self->all;
    payload_t payload;
    if (!payload_read(&payload, all->run->id, body, size))
        return;
    if (payload.number != PAYLOAD_PROBE)
        count(self, payload.number);
    if (payload.number == PAYLOAD_PROBE || all->options->mode == MODE_LATENCY) {
        answer(self, &payload, size);
        return;
    }
    for (; self->counts.next >= self->acknowledged + all->block; self->acknowledged += all->block)
        answer(self, &payload, PAYLOAD_HEADER);
}

/* Takes all there is. What is sent in answer can itself make more readable without a word. */
static void serve(load_receiver_t *self)
{
    do {
        self->has_answered = false;
        wire_receive(self->wire, take, self);
        wire_flush(self->wire);
    } while (self->has_answered);
}

static void *serve_all(void *arg)
{
    receivers_t *self = arg;
    struct epoll_event events[EVENTS_AT_ONCE];
    for (unsigned i = 0; i < self->count; i++)
        serve(&self->items[i]);
    while (!self->stopping) {
        int count = epoll_wait(self->poller, events, EVENTS_AT_ONCE, RUN_GLANCE);
        for (int i = 0; i < count; i++)
            serve(events[i].data.ptr);
    }
    return NULL;
}

/* ---- making and ending ----------------------------------------------------------------------- */

static void add(receivers_t *all)
{
    load_receiver_t *self = &all->items[all->count];
    char name[RUN_NAME_MAX];
    run_receiver_name(all->run, all->count, name);
    *self = (load_receiver_t){.all = all, .index = all->count++};
    self->wire = load_open(all->options, name);
    if (all->options->mode == MODE_CONNECT)
        return;
    wire_subscribe(self->wire, LOAD_TOPIC, load.topics);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = self};
    if (!stream_counts_init(&self->counts, all->options->count) ||
        epoll_ctl(all->poller, EPOLL_CTL_ADD, wire_fd(self->wire), &event) != 0)
        wire_die("out of memory");
}

receivers_t *receivers_new(const run_t *run)
{
    receivers_t *self = calloc(1, sizeof *self);
    if (!self)
        wire_die("out of memory");
    self->run = run;
    self->options = run->options;
    self->block = run_block(run->options);
    self->expected = run->options->count * run->options->receivers;
    self->poller = epoll_create1(EPOLL_CLOEXEC);
    self->items = calloc(run->options->receivers, sizeof *self->items);
    if (!self->items || self->poller < 0)
        wire_die("out of memory");
    while (self->count < run->options->receivers)
        add(self);
    if (run->options->mode == MODE_CONNECT)
        return self;
    self->started = pthread_create(&self->thread, NULL, serve_all, self) == 0;
    if (!self->started)
        wire_die("out of threads");
    return self;
}

static void stop(receivers_t *self)
{
    self->stopping = true;
    if (self->started)
        pthread_join(self->thread, NULL);
    self->started = false;
}

void receivers_destroy(receivers_t **self_p)
{
    receivers_t *self = *self_p;
    stop(self);
    for (unsigned i = 0; i < self->count; i++) {
        wire_destroy(&self->items[i].wire);
        stream_counts_clear(&self->items[i].counts);
    }
    close(self->poller);
    free(self->items);
    free(self);
    *self_p = NULL;
}

/* ---- results --------------------------------------------------------------------------------- */

uint64_t receivers_received(const receivers_t *self)
{
    return atomic_load_explicit(&self->received, memory_order_relaxed);
}

uint64_t receivers_expected(const receivers_t *self)
{
    return self->expected;
}

receivers_count_t receivers_conclude(receivers_t *self)
{
    receivers_count_t result = {0};
    stop(self);
    for (unsigned i = 0; i < self->count; i++) {
        const stream_counts_t *counts = &self->items[i].counts;
        result.received += counts->received;
        result.lost += counts->expected - counts->received;
        result.duplicated += counts->duplicated;
        result.reordered += counts->reordered;
    }
    return result;
}
