/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * poll_merge - what a round of reports takes over from the round before it
 */
#include "poll_merge.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static uint64_t rate(uint64_t now, uint64_t before, uint64_t elapsed_ms)
{
    /* Counters that went back are those of a new start. */
    if (now == MODEL_UNKNOWN || before == MODEL_UNKNOWN || now < before || elapsed_ms == 0)
        return MODEL_UNKNOWN;
    return (uint64_t)((double)(now - before) * 1000 / (double)elapsed_ms + 0.5);
}

static void set_rates(traffic_t *now, const traffic_t *before, uint64_t elapsed_ms)
{
    now->in_rate = rate(now->in, before->in, elapsed_ms);
    now->out_rate = rate(now->out, before->out, elapsed_ms);
}

static void unset_rates(traffic_t *self)
{
    self->in_rate = self->out_rate = MODEL_UNKNOWN;
}

/* ---- Brokers -------------------------------------------------------------------------------- */

static broker_t *find_broker(model_t *self, const char *id)
{
    for (size_t i = 0; i < model_count(self, VIEW_TREE); i++) {
        broker_t *broker = model_edit(self, VIEW_TREE, i);
        if (strcmp(broker->id, id) == 0)
            return broker;
    }
    return NULL;
}

/* A broker that was started anew has a new id, but the name and the scope it had. */
static bool has_successor(const model_t *self, const broker_t *silent)
{
    for (size_t i = 0; i < model_count(self, VIEW_TREE); i++) {
        const broker_t *broker = model_row(self, VIEW_TREE, i);
        if (strcmp(broker->name, silent->name) == 0 && strcmp(broker->scope, silent->scope) == 0)
            return true;
    }
    return false;
}

static dd_error_t carry_brokers(model_t *now, const model_t *before, uint64_t elapsed_ms)
{
    dd_error_t error = DD_OK;
    for (size_t i = 0; i < model_count(before, VIEW_TREE) && error == DD_OK; i++) {
        broker_t silent = *(const broker_t *)model_row(before, VIEW_TREE, i);
        broker_t *here = find_broker(now, silent.id);
        if (here) {
            if (silent.silent_ms == 0)
                set_rates(&here->traffic, &silent.traffic, elapsed_ms);
            continue;
        }
        silent.silent_ms += elapsed_ms;
        unset_rates(&silent.traffic);
        if (silent.silent_ms <= POLL_MERGE_BROKER_STAYS && !has_successor(now, &silent))
            error = model_add(now, VIEW_TREE, &silent);
    }
    return error;
}

/* ---- Clients -------------------------------------------------------------------------------- */

static int compare_names(const client_t *a, const client_t *b)
{
    int order = strcmp(a->tenant, b->tenant);
    return order ? order : strverscmp(a->name, b->name);
}

/* The rows of one client in a model that is arranged stand together. */
typedef struct {
    size_t first;
    size_t end;
} span_t;

static span_t span_from(const model_t *self, size_t first, size_t count)
{
    span_t span = {first, first};
    const client_t *client = model_row(self, VIEW_CLIENTS, first);
    while (span.end < count && compare_names(client, model_row(self, VIEW_CLIENTS, span.end)) == 0)
        span.end++;
    return span;
}

static void carry_rates(model_t *now, span_t span, const client_t *before, uint64_t elapsed_ms)
{
    for (size_t i = span.first; i < span.end; i++) {
        client_t *client = model_edit(now, VIEW_CLIENTS, i);
        if (strcmp(client->broker, before->broker) == 0 && before->silent_ms == 0)
            set_rates(&client->traffic, &before->traffic, elapsed_ms);
    }
}

static dd_error_t keep_silent(model_t *now, const client_t *before, uint64_t elapsed_ms)
{
    client_t silent = *before;
    silent.silent_ms += elapsed_ms;
    unset_rates(&silent.traffic);
    return silent.silent_ms <= POLL_MERGE_CLIENT_STAYS ? model_add(now, VIEW_CLIENTS, &silent)
                                                       : DD_OK;
}

/* Goes through both at once, as both have one order. A client that is somewhere has left no
   silent row elsewhere: it has moved. */
static dd_error_t carry_clients(model_t *now, const model_t *before, uint64_t elapsed_ms)
{
    dd_error_t error = DD_OK;
    size_t here = model_count(now, VIEW_CLIENTS), at = 0;
    for (size_t i = 0; i < model_count(before, VIEW_CLIENTS) && error == DD_OK; i++) {
        const client_t *old = model_row(before, VIEW_CLIENTS, i);
        while (at < here && compare_names(model_row(now, VIEW_CLIENTS, at), old) < 0)
            at++;
        if (at < here && compare_names(model_row(now, VIEW_CLIENTS, at), old) == 0)
            carry_rates(now, span_from(now, at, here), old, elapsed_ms);
        else
            error = keep_silent(now, old, elapsed_ms);
    }
    return error;
}

/* ---- Topics --------------------------------------------------------------------------------- */

/* Until all is known that was there before, the rates hold it. */
static void begin_rates(topic_t *self)
{
    self->rate = self->bytes_rate = self->lost_rate = MODEL_UNKNOWN;
    for (size_t i = 0; i < self->publishers.count && self->publishers.count != MODEL_UNKNOWN; i++)
        self->publishers.rows[i].rate = MODEL_UNKNOWN;
}

static void add_known(uint64_t *sum, uint64_t more)
{
    if (more != MODEL_UNKNOWN)
        *sum = (*sum == MODEL_UNKNOWN ? 0 : *sum) + more;
}

static void add_before(topic_t *now, const topic_t *before)
{
    add_known(&now->rate, before->publications);
    add_known(&now->bytes_rate, before->bytes);
    add_known(&now->lost_rate, before->lost);
}

static void add_publishers_before(publishers_t *now, const publishers_t *before)
{
    if (now->count == MODEL_UNKNOWN || before->count == MODEL_UNKNOWN)
        return;
    for (size_t i = 0; i < now->count; i++)
        for (size_t j = 0; j < before->count; j++)
            if (strcmp(now->rows[i].name, before->rows[j].name) == 0)
                now->rows[i].rate = before->rows[j].publications;
}

static void end_rates(topic_t *self, uint64_t elapsed_ms)
{
    self->rate = rate(self->publications, self->rate, elapsed_ms);
    self->bytes_rate = rate(self->bytes, self->bytes_rate, elapsed_ms);
    self->lost_rate = rate(self->lost, self->lost_rate, elapsed_ms);
    for (size_t i = 0; i < self->publishers.count && self->publishers.count != MODEL_UNKNOWN; i++) {
        publisher_t *one = &self->publishers.rows[i];
        one->rate = rate(one->publications, one->rate, elapsed_ms);
    }
}

/* A topic that has made room for another is among its tenant's others, with all that it had; also
   if it has come back since, which shows in its counting anew. */
static void carry_topic(model_t *now, const topic_t *before)
{
    topic_t *here = model_find(now, VIEW_TOPIC_PARTS, before);
    bool goes_on = here && here->publications >= before->publications;
    topic_t others = *before;
    others.topic[0] = '\0';
    topic_t *heir = goes_on ? here : model_find(now, VIEW_TOPIC_PARTS, &others);
    if (heir)
        add_before(heir, before);
    if (goes_on)
        add_publishers_before(&here->publishers, &before->publishers);
}

static void carry_topics(model_t *now, const model_t *before, uint64_t elapsed_ms)
{
    for (size_t i = 0; i < model_count(now, VIEW_TOPIC_PARTS); i++)
        begin_rates(model_edit(now, VIEW_TOPIC_PARTS, i));
    for (size_t i = 0; i < model_count(before, VIEW_TOPIC_PARTS); i++)
        carry_topic(now, model_row(before, VIEW_TOPIC_PARTS, i));
    for (size_t i = 0; i < model_count(now, VIEW_TOPIC_PARTS); i++)
        end_rates(model_edit(now, VIEW_TOPIC_PARTS, i), elapsed_ms);
}

dd_error_t poll_merge_carry(model_t *now, const model_t *before, view_t view, uint64_t elapsed_ms)
{
    dd_error_t error = DD_OK;
    if (view == VIEW_TREE)
        error = carry_brokers(now, before, elapsed_ms);
    else if (view == VIEW_CLIENTS)
        error = carry_clients(now, before, elapsed_ms);
    else if (view == VIEW_TOPICS)
        carry_topics(now, before, elapsed_ms);
    dd_error_t arranged = model_arrange(now);
    return error ? error : arranged;
}
