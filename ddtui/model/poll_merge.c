/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * poll_merge - what a round of reports takes over from the round before it
 */
#include "poll_merge.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "fates.h"
#include "rate.h"
#include "since.h"
#include "topic_rates.h"

/* For how long what happened stays worth a word. */
static uint64_t stays(uint64_t now, uint64_t before, uint64_t left_ms, uint64_t elapsed_ms)
{
    if (now != MODEL_UNKNOWN && before != MODEL_UNKNOWN && now > before)
        return MODEL_TROUBLE_STAYS;
    return left_ms > elapsed_ms ? left_ms - elapsed_ms : 0;
}

static void set_rates(traffic_t *now, const traffic_t *before, uint64_t elapsed_ms)
{
    now->refused_rate = rate_between(now->refused, before->refused, elapsed_ms);
    now->dropped_rate = rate_between(now->dropped, before->dropped, elapsed_ms);
    now->refusing_ms = stays(now->refused, before->refused, before->refusing_ms, elapsed_ms);
    now->dropping_ms = stays(now->dropped, before->dropped, before->dropping_ms, elapsed_ms);
    now->drop_since_ms = since_going_on(now->drop_since_ms, before->drop_since_ms, elapsed_ms);
    now->in_rate = rate_between(now->in, before->in, elapsed_ms);
    now->out_rate = rate_between(now->out, before->out, elapsed_ms);
    now->links_in_rate = rate_between(now->links_in, before->links_in, elapsed_ms);
    now->links_out_rate = rate_between(now->links_out, before->links_out, elapsed_ms);
}

static void unset_rates(traffic_t *self)
{
    self->in_rate = self->out_rate = MODEL_UNKNOWN;
    self->links_in_rate = self->links_out_rate = MODEL_UNKNOWN;
    self->refused_rate = self->dropped_rate = MODEL_UNKNOWN;
    self->refusing_ms = self->dropping_ms = 0;
}

/* ---- Brokers -------------------------------------------------------------------------------- */

static broker_t *find_broker(model_t *self, const char *id)
{
    size_t index = model_broker(self, id);
    return index == SIZE_MAX ? NULL : model_edit(self, VIEW_TREE, index);
}

/* A broker that was started anew has a new id, but the name and the scope it had. */
static broker_t *find_successor(model_t *self, const broker_t *silent)
{
    for (size_t i = 0; i < model_count(self, VIEW_TREE); i++) {
        broker_t *broker = model_edit(self, VIEW_TREE, i);
        if (broker->silent_ms == 0 && strcmp(broker->name, silent->name) == 0 &&
            strcmp(broker->scope, silent->scope) == 0)
            return broker;
    }
    return NULL;
}

/* ms by which two brokers' reports of one round may be apart. */
#define ROUND_APART 2000

/* It has begun after the other was heard last, and what it counts has begun anew. Another broker of
   the same name may only be left over. */
static void take_over(broker_t *successor, const broker_t *silent)
{
    uint64_t dropped = silent->traffic.dropped;
    if (silent->told)
        successor->returned_ms = silent->silent_ms;
    if (successor->uptime_ms > silent->silent_ms + ROUND_APART)
        return;
    successor->restarted = true;
    successor->dropped_before += silent->dropped_before + (dropped == MODEL_UNKNOWN ? 0 : dropped);
}

/* One that is cut off says so, and not from whom. */
static void compare_reports(broker_t *now, const broker_t *before, uint64_t elapsed_ms)
{
    if (before->silent_ms == 0)
        set_rates(&now->traffic, &before->traffic, elapsed_ms);
    now->missed_ms = before->missed_ms;
    now->dropped_before = before->dropped_before;
    if (before->told)
        now->returned_ms = before->silent_ms + elapsed_ms;
    if (strcmp(now->state, "cut off") == 0)
        memcpy(now->last_parent, model_parent(before), sizeof now->last_parent);
}

/* Whether a broker of that id is there, silent or not, or one that took its place. */
static bool is_there(model_t *self, const lost_t *lost)
{
    for (size_t i = 0; i < model_count(self, VIEW_TREE); i++) {
        const broker_t *broker = model_row(self, VIEW_TREE, i);
        if (strcmp(broker->id, lost->id) == 0 ||
            (broker->silent_ms == 0 && strcmp(broker->name, lost->name) == 0))
            return true;
    }
    return false;
}

/* A broker that was lost before anybody looked: all that is known of it is who misses it. */
static dd_error_t add_lost(model_t *self, const broker_t *by, const lost_t *lost)
{
    broker_t broker = {.silent_ms = lost->age_ms > 0 ? lost->age_ms : 1,
        .fate = BROKER_GONE,
        .fate_ms = lost->age_ms,
        .told = true};
    columns_clear(columns_of(VIEW_TREE), &broker);
    memcpy(broker.id, lost->id, sizeof broker.id);
    memcpy(broker.name, lost->name, sizeof broker.name);
    memcpy(broker.parent, by->id, sizeof broker.parent);
    return model_add(self, VIEW_TREE, &broker);
}

static dd_error_t add_all_lost(model_t *self)
{
    dd_error_t error = DD_OK;
    size_t count = model_count(self, VIEW_TREE);
    for (size_t i = 0; i < count; i++) {
        const broker_t by = *(const broker_t *)model_row(self, VIEW_TREE, i);
        for (const lost_t *lost = by.lost; by.silent_ms == 0 && lost->name[0] != '\0'; lost++)
            if (error == DD_OK && !is_there(self, lost))
                error = add_lost(self, &by, lost);
    }
    return error;
}

static dd_error_t carry_brokers(model_t *now, const model_t *before, uint64_t elapsed_ms)
{
    dd_error_t error = DD_OK;
    for (size_t i = 0; i < model_count(before, VIEW_TREE) && error == DD_OK; i++) {
        broker_t silent = *(const broker_t *)model_row(before, VIEW_TREE, i);
        broker_t *here = find_broker(now, silent.id);
        if (here) {
            compare_reports(here, &silent, elapsed_ms);
            continue;
        }
        silent.silent_ms += elapsed_ms;
        silent.fate_ms += elapsed_ms;
        silent.returned_ms = 0;
        unset_rates(&silent.traffic);
        broker_t *successor = find_successor(now, &silent);
        if (successor)
            take_over(successor, &silent);
        else if (!successor && silent.silent_ms <= POLL_MERGE_BROKER_STAYS)
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

/* One that has left stays so; of one whose broker doesn't answer nobody knows. */
static dd_error_t keep_silent(
    model_t *now, const client_t *before, uint64_t elapsed_ms, const answered_t *answered)
{
    client_t silent = *before;
    bool has_left = before->fate == CLIENT_LEFT ||
                    answered_has(answered, before->broker_id, before->broker, before->scope);
    if (has_left && before->fate == CLIENT_UNKNOWN)
        silent.silent_ms = 0;
    silent.silent_ms += elapsed_ms;
    silent.fate = has_left ? CLIENT_LEFT : CLIENT_UNKNOWN;
    unset_rates(&silent.traffic);
    uint64_t stays = has_left ? POLL_MERGE_CLIENT_STAYS : POLL_MERGE_UNKNOWN_STAYS;
    return silent.silent_ms <= stays ? model_add(now, VIEW_CLIENTS, &silent) : DD_OK;
}

/* Goes through both at once, as both have one order. A client that is somewhere has left no
   silent row elsewhere: it has moved. */
static dd_error_t carry_clients(
    model_t *now, const model_t *before, uint64_t elapsed_ms, const answered_t *answered)
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
            error = keep_silent(now, old, elapsed_ms, answered);
    }
    return error;
}

dd_error_t poll_merge_carry(model_t *now, const model_t *before, view_t view, uint64_t elapsed_ms,
    const answered_t *answered)
{
    dd_error_t error = DD_OK;
    if (view == VIEW_TREE) {
        error = carry_brokers(now, before, elapsed_ms);
        error = error ? error : add_all_lost(now);
    } else if (view == VIEW_CLIENTS) {
        error = carry_clients(now, before, elapsed_ms, answered);
    } else if (view == VIEW_TOPICS) {
        topic_rates_set(now, before, elapsed_ms);
    }
    dd_error_t arranged = model_arrange(now);
    if (arranged == DD_OK && view == VIEW_TREE)
        arranged = fates_set(now);
    return error ? error : arranged;
}

void poll_merge_stop_rates(model_t *self, view_t view)
{
    if (view == VIEW_TOPICS)
        topic_rates_stop(self);
    for (size_t i = 0; i < model_count(self, view); i++) {
        if (view == VIEW_TREE)
            unset_rates(&((broker_t *)model_edit(self, view, i))->traffic);
        else if (view == VIEW_CLIENTS)
            unset_rates(&((client_t *)model_edit(self, view, i))->traffic);
    }
}
