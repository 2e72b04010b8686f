/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * senders - the process that sends
 *
 * First every sender makes sure that its messages reach every receiver, which takes a moment after
 * registration in a tree. Then a thread for each sender sends its streams; with latency the echo of
 * one message sends the next, on the client's own thread.
 */
#include "senders.h"

#include <pthread.h>
#include <stdlib.h>

#include "libdd/base/clock.h"
#include "member.h"
#include "payload.h"

/* ms between two attempts to reach a receiver. */
#define PROBE_INTERVAL 50

typedef struct senders senders_t;

typedef struct {
    char target[RUN_NAME_MAX]; /* receiver or topic */
    sem_t permits;             /* each receiver gives one for a block */
    uint64_t next;             /* number of the next message */
} stream_t;

typedef struct {
    senders_t *all;
    unsigned index;
    member_t member;
    stream_t *streams;
    atomic_bool *reached; /* by receiver */
    uint8_t *data;        /* of the next message */
    pthread_t thread;
    bool started;           /* the thread */
    _Atomic uint64_t count; /* messages sent; with latency, echoes that came back */
    uint64_t asked;         /* with latency, when the message under way was sent */
    uint32_t *samples;      /* with latency, its part of all->samples */
} sender_t;

struct senders {
    const run_t *run;
    const options_t *options;
    shared_t *shared;
    unsigned streams; /* of each sender */
    unsigned takers;  /* receivers of each stream */
    uint64_t block;
    sem_t registered;
    sem_t reached;     /* a receiver was, by some sender */
    sem_t done;        /* with latency: a sender is */
    atomic_bool begun; /* bad outcomes count from now */
    sender_t *items;
    uint32_t *samples; /* with latency, of all senders: microseconds there and back */
};

/* ---- sending --------------------------------------------------------------------------------- */

static dd_error_t put(sender_t *self, const stream_t *stream, uint64_t number)
{
    const senders_t *all = self->all;
    payload_write(&(payload_t){all->run->id, self->index, number}, self->data);
    if (all->options->mode == MODE_PUBLISH)
        return dd_client_publish(
            self->member.client, stream->target, self->data, all->options->size);
    return dd_client_notify(
        self->member.client, stream->target, self->data, all->options->size, 0, NULL);
}

static bool give_up(sender_t *self, const char *why)
{
    fprintf(stderr, "ddperf: a sender gives up after %llu messages: %s\n",
        (unsigned long long)self->count, why);
    self->all->shared->failed = true;
    return false;
}

/* Sends the next message of a stream, as soon as the library has room for it. A window holds far
   fewer than may be without an outcome: more than that, and the receivers have fallen silent. */
static bool send_next(sender_t *self, stream_t *stream)
{
    uint64_t number = stream->next++; /* its echo may be there before the call returns */
    dd_error_t error = put(self, stream, number);
    while (
        error == DD_E_OUTBOX_FULL && dd_client_drain(self->member.client, 0, RUN_PATIENCE) == DD_OK)
        error = put(self, stream, number);
    return error == DD_OK || give_up(self, dd_strerror(error));
}

static bool begin_block(sender_t *self, stream_t *stream)
{
    for (unsigned i = 0; i < self->all->takers; i++)
        if (!run_wait(&stream->permits, RUN_PATIENCE))
            return give_up(self, "the receivers have fallen silent");
    return true;
}

static void *send_streams(void *arg)
{
    sender_t *self = arg;
    const senders_t *all = self->all;
    for (uint64_t i = 0; i < all->options->count && !all->shared->failed; i++) {
        stream_t *stream = &self->streams[i % all->streams];
        run_pace(all->shared->start.clock, i, all->options->rate);
        if (stream->next % all->block == 0 && !begin_block(self, stream))
            break;
        if (!send_next(self, stream))
            break;
        atomic_store_explicit(&self->count, i + 1, memory_order_relaxed);
    }
    return NULL;
}

/* ---- latency --------------------------------------------------------------------------------- */

static void ask(sender_t *self)
{
    run_pace(self->all->shared->start.clock, self->count, self->all->options->rate);
    self->asked = dd_clock_us();
    if (!send_next(self, &self->streams[self->count % self->all->streams]))
        sem_post(&self->all->done);
}

static void take_echo(sender_t *self, const payload_t *payload)
{
    stream_t *stream = &self->streams[self->count % self->all->streams];
    if (self->count >= self->all->options->count || payload->number + 1 != stream->next)
        return;
    uint64_t took = dd_clock_us() - self->asked;
    self->samples[self->count++] = took < UINT32_MAX ? (uint32_t)took : UINT32_MAX;
    if (self->count < self->all->options->count)
        ask(self);
    else
        sem_post(&self->all->done);
}

/* ---- answers --------------------------------------------------------------------------------- */

static void take_answer(sender_t *self, const payload_t *payload)
{
    senders_t *all = self->all;
    if (payload->number != PAYLOAD_PROBE && all->options->mode == MODE_LATENCY) {
        take_echo(self, payload);
    } else if (payload->client >= all->options->receivers) {
        return;
    } else if (payload->number != PAYLOAD_PROBE) {
        sem_post(&self->streams[payload->client % all->streams].permits);
    } else if (!self->reached[payload->client]) {
        self->reached[payload->client] = true;
        sem_post(&all->reached);
    }
}

static void count_outcome(shared_t *shared, dd_error_t error)
{
    if (error == DD_E_UNKNOWN)
        shared->unknown++;
    else
        shared->refused++;
}

static void on_event(void *arg, const dd_event_t *event)
{
    sender_t *self = arg;
    payload_t payload;
    if (event->type == DD_EVENT_NOTIFICATION &&
        payload_read(&payload, self->all->run->id, event->data, event->size))
        take_answer(self, &payload);
    else if (event->type == DD_EVENT_ERROR && self->all->begun)
        count_outcome(self->all->shared, event->error);
}

/* ---- making and ending ----------------------------------------------------------------------- */

static bool init_streams(sender_t *self)
{
    const senders_t *all = self->all;
    self->streams = calloc(all->streams, sizeof *self->streams);
    if (!self->streams)
        return false;
    for (unsigned i = 0; i < all->streams; i++) {
        stream_t *stream = &self->streams[i];
        sem_init(&stream->permits, 0, RUN_BLOCKS * all->takers);
        if (all->options->mode == MODE_PUBLISH)
            run_topic(all->run, stream->target);
        else
            run_receiver_name(all->run, i, stream->target);
    }
    return true;
}

static bool init_sender(senders_t *all, unsigned index)
{
    const options_t *options = all->options;
    sender_t *self = &all->items[index];
    *self = (sender_t){.all = all, .index = index};
    self->data = calloc(1, options->size);
    self->reached = calloc(options->receivers, sizeof *self->reached);
    if (all->samples)
        self->samples = all->samples + index * options->count;
    if (!self->data || !self->reached || !init_streams(self)) {
        fputs("ddperf: out of memory for the senders\n", stderr);
        return false;
    }
    char name[RUN_NAME_MAX], endpoints[DD_ENDPOINTS_TEXT];
    options_endpoints_of(&options->endpoints, index, endpoints);
    run_sender_name(all->run, index, name);
    return member_init(
               &self->member, all->run, endpoints, name, on_event, self, &all->registered) &&
           member_start(&self->member);
}

static void clear_sender(sender_t *self)
{
    member_clear(&self->member);
    free(self->streams);
    free(self->reached);
    free(self->data);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static void probe(sender_t *self)
{
    for (unsigned i = 0; i < self->all->streams; i++)
        if (self->all->streams == 1 || !self->reached[i])
            put(self, &self->streams[i], PAYLOAD_PROBE);
}

/* Sends probes until each receiver has answered to each sender. */
static bool reach_all(senders_t *self)
{
    uint64_t missing = (uint64_t)self->options->senders * self->options->receivers;
    uint64_t heard = dd_clock_us();
    while (missing > 0) {
        for (unsigned i = 0; i < self->options->senders; i++)
            probe(&self->items[i]);
        while (missing > 0 && run_wait(&self->reached, PROBE_INTERVAL)) {
            missing--;
            heard = dd_clock_us();
        }
        if (dd_clock_us() - heard > RUN_PATIENCE * 1000) {
            fputs("ddperf: some receivers can't be reached from the senders\n", stderr);
            return false;
        }
    }
    return true;
}

static void begin(senders_t *self)
{
    self->begun = true;
    self->shared->start = run_mark(self->run);
    for (unsigned i = 0; i < self->options->senders; i++) {
        sender_t *sender = &self->items[i];
        if (self->options->mode == MODE_LATENCY)
            ask(sender);
        else
            sender->started = pthread_create(&sender->thread, NULL, send_streams, sender) == 0 ||
                              give_up(sender, "no more threads");
    }
}

/* With latency, whether some echo comes back within each RUN_PATIENCE. */
static bool await_echoes(senders_t *self)
{
    uint64_t before = 0;
    for (unsigned done = 0; done < self->options->senders && !self->shared->failed;) {
        if (run_wait(&self->done, RUN_PATIENCE)) {
            done++;
            continue;
        }
        uint64_t now = 0;
        for (unsigned i = 0; i < self->options->senders; i++)
            now += self->items[i].count;
        if (now == before)
            return give_up(&self->items[0], "no echo comes back");
        before = now;
    }
    return true;
}

static void await_senders(senders_t *self)
{
    if (self->options->mode == MODE_LATENCY)
        await_echoes(self);
    else
        for (unsigned i = 0; i < self->options->senders; i++)
            if (self->items[i].started)
                pthread_join(self->items[i].thread, NULL);
}

/* How it ended, for the other process. */
static void conclude(senders_t *self)
{
    shared_t *shared = self->shared;
    uint64_t count = 0;
    for (unsigned i = 0; i < self->options->senders; i++)
        count += self->items[i].count;
    shared->sent = count;
    if (self->samples && !shared->failed) {
        shared->latency = samples_percentiles(self->samples, (size_t)count);
        samples_scale(&shared->latency, 0.5); /* they went there and back */
    }
    shared->finished = true;
    sem_post(&shared->news);
}

static bool init(senders_t *self, const run_t *run)
{
    const options_t *options = run->options;
    *self = (senders_t){.run = run, .options = options, .shared = run->shared};
    self->streams = run_streams(options);
    self->takers = options->receivers / self->streams;
    self->block = run_block(options);
    sem_init(&self->registered, 0, 0);
    sem_init(&self->reached, 0, 0);
    sem_init(&self->done, 0, 0);
    self->items = calloc(options->senders, sizeof *self->items);
    if (options->mode == MODE_LATENCY)
        self->samples = calloc((size_t)options->count, options->senders * sizeof *self->samples);
    if (self->items && (options->mode != MODE_LATENCY || self->samples))
        return true;
    fputs("ddperf: out of memory for the senders\n", stderr);
    return false;
}

static void clear(senders_t *self)
{
    for (unsigned i = 0; self->items && i < self->options->senders; i++)
        clear_sender(&self->items[i]);
    free(self->items);
    free(self->samples);
}

int senders_run(const run_t *run)
{
    senders_t self;
    bool ok = init(&self, run);
    for (unsigned i = 0; ok && i < self.options->senders; i++)
        ok = init_sender(&self, i) && member_await(&self.registered);
    ok = ok && run_wait(&run->shared->ready, UINT32_MAX) && reach_all(&self);
    if (ok) {
        begin(&self);
        await_senders(&self);
        conclude(&self);
        run_wait(&run->shared->end, UINT32_MAX);
    }
    clear(&self);
    return ok && !run->shared->failed ? EXIT_SUCCESS : EXIT_FAILURE;
}
