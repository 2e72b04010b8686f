/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * load_senders - the sending process of the load generator
 */
#include <poll.h>
#include <stdlib.h>

#include "ddperf/payload.h"
#include "ddperf/senders.h"
#include "libdd/base/clock.h"
#include "load.h"

typedef struct {
    const run_t *run;
    const options_t *options;
    wire_t *wire;
    uint8_t *data;     /* of the next message */
    bool is_reached;   /* a probe was answered */
    uint64_t answers;  /* to other messages */
    uint32_t *samples; /* with latency, microseconds there and back */
} load_sender_t;

static void take_answer(void *arg, const uint8_t *body, size_t size)
{
    load_sender_t *self = arg;
    payload_t payload;
    if (!payload_read(&payload, self->run->id, body, size))
        return;
    if (payload.number == PAYLOAD_PROBE)
        self->is_reached = true;
    else
        self->answers++;
}

/* Writes what is gathered and waits for so many answers in all. */
static void await_answers(load_sender_t *self, uint64_t answers)
{
    struct pollfd item = {.fd = wire_fd(self->wire), .events = POLLIN};
    wire_flush(self->wire);
    wire_receive(self->wire, take_answer, self);
    while (self->answers < answers) {
        if (poll(&item, 1, RUN_PATIENCE) <= 0)
            wire_die("the receivers have fallen silent");
        wire_receive(self->wire, take_answer, self);
    }
}

/* An odd number, by which one topic after another comes in no order that helps anybody. */
#define STRIDE 2654435761u

static void put(load_sender_t *self, uint64_t number)
{
    char topic[WIRE_TOPIC_MAX];
    wire_topic(topic, LOAD_TOPIC, (unsigned)(number * STRIDE % load.topics), load.topics);
    payload_write(&(payload_t){self->run->id, 0, number}, self->data);
    wire_publish(self->wire, topic, self->data, self->options->size);
}

/* Whoever sends no faster than so, has nothing gathered while waiting for the next message. */
static void pace(load_sender_t *self, uint64_t number)
{
    uint64_t start = self->run->shared->start.clock, rate = self->options->rate;
    if (!run_is_early(start, number, rate))
        return;
    wire_flush(self->wire);
    run_pace(start, number, rate);
}

static void send_stream(load_sender_t *self)
{
    uint64_t block = run_block(self->options);
    for (uint64_t i = 0; i < self->options->count; i++) {
        uint64_t blocks = i / block; /* behind us */
        if (i % block == 0 && blocks >= RUN_BLOCKS)
            await_answers(self, (blocks - RUN_BLOCKS + 1) * self->options->receivers);
        pace(self, i);
        put(self, i);
    }
    wire_flush(self->wire);
}

static void send_one_by_one(load_sender_t *self)
{
    for (uint64_t i = 0; i < self->options->count; i++) {
        uint64_t asked = dd_clock_us();
        put(self, i);
        await_answers(self, i + 1);
        self->samples[i] = (uint32_t)(dd_clock_us() - asked);
    }
}

/* Until the receivers answer, the way there may not be open yet. */
static void probe(load_sender_t *self)
{
    struct pollfd item = {.fd = wire_fd(self->wire), .events = POLLIN};
    for (uint64_t began = dd_clock_us(); !self->is_reached;) {
        put(self, PAYLOAD_PROBE);
        wire_flush(self->wire);
        wire_receive(self->wire, take_answer, self);
        if (!self->is_reached && poll(&item, 1, RUN_GLANCE) > 0)
            wire_receive(self->wire, take_answer, self);
        if (dd_clock_us() - began > RUN_PATIENCE * 1000)
            wire_die("the receivers can't be reached");
    }
}

int senders_run(const run_t *run)
{
    const options_t *options = run->options;
    shared_t *shared = run->shared;
    char name[RUN_NAME_MAX];
    run_sender_name(run, 0, name);
    load_sender_t self = {.run = run,
        .options = options,
        .data = calloc(1, options->size),
        .samples = calloc(options->count, sizeof *self.samples)};
    if (!self.data || !self.samples)
        wire_die("out of memory");
    self.wire = load_open(options, name);
    wire_subscribe(self.wire, LOAD_ANSWERS, 1);
    run_wait(&shared->ready, UINT32_MAX);
    probe(&self);
    shared->start = run_mark(run);
    (options->mode == MODE_LATENCY ? send_one_by_one : send_stream)(&self);
    shared->sent = options->count;
    if (options->mode == MODE_LATENCY) {
        shared->latency = samples_percentiles(self.samples, options->count);
        samples_scale(&shared->latency, 0.5);
    }
    shared->finished = true;
    sem_post(&shared->news);
    run_wait(&shared->end, UINT32_MAX);
    wire_destroy(&self.wire);
    free(self.data);
    free(self.samples);
    return EXIT_SUCCESS;
}
