/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * receivers - the clients that receive, in the process that was started
 */
#include "receivers.h"

#include <stdlib.h>
#include <time.h>

#include "libdd/base/clock.h"
#include "member.h"
#include "payload.h"
#include "stream_counts.h"

typedef struct {
    receivers_t *all;
    unsigned index;
    member_t member;
    stream_counts_t *counts; /* by sender: of the stream that this receiver gets */
    uint64_t *acknowledged;  /* by sender: messages of whole blocks */
    uint64_t missing;        /* messages that are still to come */
    uint64_t gaps;
    _Atomic uint64_t received; /* different ones, of all streams */
} receiver_t;

struct receivers {
    const run_t *run;
    const options_t *options;
    uint64_t block;
    sem_t registered;
    unsigned count; /* of items that are made */
    receiver_t *items;
};

/* ---- messages -------------------------------------------------------------------------------- */

static void answer(receiver_t *self, const dd_event_t *event, const payload_t *payload)
{
    uint8_t data[PAYLOAD_HEADER];
    payload_write(&(payload_t){payload->run, self->index, payload->number}, data);
    dd_client_notify(self->member.client, event->source, data, sizeof data, 0, NULL);
}

static void count(receiver_t *self, const payload_t *payload)
{
    stream_counts_t *stream = &self->counts[payload->client];
    uint64_t before = stream->received;
    stream_counts_take(stream, payload->number);
    if (stream->received == before)
        return;
    atomic_store_explicit(&self->received, self->received + 1, memory_order_relaxed);
    if (--self->missing == 0)
        sem_post(&self->all->run->shared->news);
}

static void acknowledge(receiver_t *self, const dd_event_t *event, const payload_t *payload)
{
    uint64_t *acknowledged = &self->acknowledged[payload->client];
    uint64_t block = self->all->block;
    for (; self->counts[payload->client].next >= *acknowledged + block; *acknowledged += block)
        answer(self, event, payload);
}

static void take(receiver_t *self, const dd_event_t *event)
{
    const receivers_t *all = self->all;
    payload_t payload;
    if (!payload_read(&payload, all->run->id, event->data, event->size) ||
        payload.client >= all->options->senders)
        return;
    if (payload.number == PAYLOAD_PROBE) {
        answer(self, event, &payload);
        return;
    }
    count(self, &payload);
    if (all->options->mode == MODE_LATENCY)
        dd_client_notify(self->member.client, event->source, event->data, event->size, 0, NULL);
    else
        acknowledge(self, event, &payload);
}

static void on_event(void *arg, const dd_event_t *event)
{
    receiver_t *self = arg;
    if (event->type == DD_EVENT_NOTIFICATION || event->type == DD_EVENT_PUBLICATION)
        take(self, event);
    else if (event->type == DD_EVENT_GAP)
        self->gaps++;
}

/* ---- making and ending ----------------------------------------------------------------------- */

static bool init_counts(receiver_t *self)
{
    const options_t *options = self->all->options;
    uint64_t length = run_stream_length(options, self->index % run_streams(options));
    self->counts = calloc(options->senders, sizeof *self->counts);
    self->acknowledged = calloc(options->senders, sizeof *self->acknowledged);
    if (!self->counts || !self->acknowledged)
        return false;
    for (unsigned i = 0; i < options->senders; i++)
        if (!stream_counts_init(&self->counts[i], length))
            return false;
    self->missing = options->senders * length;
    return true;
}

static bool subscribe(const receiver_t *self)
{
    char topic[RUN_NAME_MAX];
    if (self->all->options->mode != MODE_PUBLISH)
        return true;
    run_topic(self->all->run, topic);
    return dd_client_subscribe(self->member.client, topic, "all") == DD_OK;
}

static bool add(receivers_t *all)
{
    const options_t *options = all->options;
    receiver_t *self = &all->items[all->count];
    *self = (receiver_t){.all = all, .index = all->count++};
    if (options->mode != MODE_CONNECT && !init_counts(self)) {
        fputs("ddperf: out of memory for the receivers\n", stderr);
        return false;
    }
    char name[RUN_NAME_MAX], endpoints[DD_ENDPOINTS_TEXT];
    options_endpoints_of(&options->receivers_at, 0, endpoints);
    run_receiver_name(all->run, self->index, name);
    return member_init(
               &self->member, all->run, endpoints, name, on_event, self, &all->registered) &&
           subscribe(self) && member_start(&self->member);
}

static bool add_all(receivers_t *self)
{
    const options_t *options = self->options;
    uint64_t rate = options->mode == MODE_CONNECT ? options->rate : 0;
    uint64_t start = dd_clock_us();
    for (unsigned i = 0; i < options->receivers; i++) {
        run_pace(start, i, rate);
        if (!add(self) || (i >= MEMBERS_AT_ONCE && !member_await(&self->registered)))
            return false;
    }
    for (unsigned i = 0; i < options->receivers && i < MEMBERS_AT_ONCE; i++)
        if (!member_await(&self->registered))
            return false;
    return true;
}

receivers_t *receivers_new(const run_t *run)
{
    receivers_t *self = calloc(1, sizeof *self);
    receiver_t *items = calloc(run->options->receivers, sizeof *items);
    if (!self || !items) {
        free(self);
        free(items);
        fputs("ddperf: out of memory for the receivers\n", stderr);
        return NULL;
    }
    *self = (receivers_t){
        .run = run, .options = run->options, .block = run_block(run->options), .items = items};
    sem_init(&self->registered, 0, 0);
    if (!add_all(self))
        receivers_destroy(&self);
    return self;
}

void receivers_destroy(receivers_t **self_p)
{
    receivers_t *self = *self_p;
    if (!self)
        return;
    for (unsigned i = 0; i < self->count; i++) {
        receiver_t *item = &self->items[i];
        member_clear(&item->member);
        for (unsigned k = 0; item->counts && k < self->options->senders; k++)
            stream_counts_clear(&item->counts[k]);
        free(item->counts);
        free(item->acknowledged);
    }
    free(self->items);
    free(self);
    *self_p = NULL;
}

/* ---- results --------------------------------------------------------------------------------- */

uint64_t receivers_received(const receivers_t *self)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < self->count; i++)
        sum += atomic_load_explicit(&self->items[i].received, memory_order_relaxed);
    return sum;
}

uint64_t receivers_expected(const receivers_t *self)
{
    const options_t *options = self->options;
    uint64_t copies = options->mode == MODE_PUBLISH ? options->receivers : 1;
    return options->mode == MODE_CONNECT ? 0 : options->senders * options->count * copies;
}

receivers_count_t receivers_conclude(receivers_t *self)
{
    receivers_count_t result = {0};
    for (unsigned i = 0; i < self->count; i++)
        member_clear(&self->items[i].member);
    for (unsigned i = 0; i < self->count; i++) {
        result.gaps += self->items[i].gaps;
        for (unsigned k = 0; k < self->options->senders; k++) {
            const stream_counts_t *stream = &self->items[i].counts[k];
            result.received += stream->received;
            result.lost += stream->expected - stream->received;
            result.duplicated += stream->duplicated;
            result.reordered += stream->reordered;
        }
    }
    return result;
}
