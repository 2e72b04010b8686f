/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * losers - which clients have lost publications at a broker
 */
#include "losers.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_text.h"

/* ms by which two tell the same time differently. */
#define JITTER 5000

/* ---- What is known of one ------------------------------------------------------------------- */

/* NULL if there is no room. */
static loser_t *row_of(losers_t *self, const char *name, size_t size)
{
    for (size_t i = 0; i < self->count; i++)
        if (strlen(self->rows[i].name) == size && memcmp(self->rows[i].name, name, size) == 0)
            return &self->rows[i];
    self->more |= self->count == LOSERS_MAX;
    if (self->count == LOSERS_MAX || size > DD_NAME_MAX)
        return NULL;
    loser_t *row = &self->rows[self->count++];
    *row = (loser_t){.since_ms = INT64_MAX, .then_ms = INT64_MAX, .fate = CLIENT_UNKNOWN};
    memcpy(row->name, name, size);
    return row;
}

/* What is told of one time is told again and again while the count grows, and the newest first. */
static void add(loser_t *self, uint64_t lost, int64_t since_ms, int64_t last_ms)
{
    if (since_ms < self->then_ms - JITTER) {
        self->then_ms = since_ms;
        self->then_lost = 0;
    }
    if (lost > self->then_lost) {
        self->lost += lost - self->then_lost;
        self->then_lost = lost;
    }
    self->since_ms = since_ms < self->since_ms ? since_ms : self->since_ms;
    self->last_ms = last_ms > self->last_ms ? last_ms : self->last_ms;
}

/* ---- Rows of clients ------------------------------------------------------------------------ */

static bool is_of(const loser_t *self, const client_t *client)
{
    size_t size = strlen(client->tenant);
    return strncmp(self->name, client->tenant, size) == 0 && self->name[size] == '.' &&
           strcmp(self->name + size + 1, client->name) == 0;
}

/* Brokers of earlier versions don't tell since when. */
static void add_client(losers_t *self, const client_t *client, int64_t seen_ms)
{
    char name[DD_NAME_MAX + 2];
    const traffic_t *traffic = &client->traffic;
    if (traffic->dropped == MODEL_UNKNOWN || traffic->dropped == 0)
        return;
    int size = snprintf(name, sizeof name, "%s.%s", client->tenant, client->name);
    loser_t *row = row_of(self, name, (size_t)size);
    int64_t told_ms = seen_ms - (int64_t)client->silent_ms;
    bool is_since = traffic->drop_since_ms != MODEL_UNKNOWN;
    bool is_last = traffic->drop_age_ms != MODEL_UNKNOWN;
    if (row)
        add(row, traffic->dropped, is_since ? told_ms - (int64_t)traffic->drop_since_ms : INT64_MAX,
            is_last ? told_ms - (int64_t)traffic->drop_age_ms : 0);
}

static void add_clients(
    losers_t *self, const char *broker_id, const model_t *clients, int64_t seen_ms)
{
    for (size_t i = 0; i < model_count(clients, VIEW_CLIENTS); i++) {
        const client_t *client = model_row(clients, VIEW_CLIENTS, i);
        if (strcmp(client->broker_id, broker_id) == 0)
            add_client(self, client, seen_ms);
    }
}

static void set_fate(losers_t *self, const client_t *client)
{
    for (size_t i = 0; i < self->count; i++)
        if (is_of(&self->rows[i], client))
            self->rows[i].fate = client->fate;
}

/* Who has no row isn't there. */
static void set_fates(losers_t *self, const char *broker_id, const model_t *clients)
{
    for (size_t i = 0; i < self->count; i++)
        self->rows[i].fate = CLIENT_LEFT;
    for (size_t i = 0; self->count > 0 && i < model_count(clients, VIEW_CLIENTS); i++) {
        const client_t *client = model_row(clients, VIEW_CLIENTS, i);
        if (strcmp(client->broker_id, broker_id) == 0)
            set_fate(self, client);
    }
}

/* ---- Events --------------------------------------------------------------------------------- */

/* "N within S s", and not the first time "... , N within S s in all". */
static bool read_numbers(const char *text, uint64_t *all, uint64_t *seconds)
{
    uint64_t fresh, fresh_s;
    int count = sscanf(text, "%" SCNu64 " within %" SCNu64 " s, %" SCNu64 " within %" SCNu64 " s",
        &fresh, &fresh_s, all, seconds);
    if (count == 2) {
        *all = fresh;
        *seconds = fresh_s;
    }
    return (count == 2 || count == 4) && *seconds < INT64_MAX / 2000;
}

static void add_event(losers_t *self, const archived_t *event)
{
    static const char LOST[] = "lost publications for want of room: ";
    event_text_t about;
    uint64_t all, seconds;
    if (!event_text_read(&about, event->text, "client") || !event_text_says(&about, LOST) ||
        !read_numbers(about.what + sizeof LOST - 1, &all, &seconds))
        return;
    loser_t *row = row_of(self, about.name, about.size);
    if (row)
        add(row, all, event->wall_ms - (int64_t)seconds * 1000, event->wall_ms);
}

/* The newest first. */
static void add_events(losers_t *self, const char *broker_id, const event_archive_t *events)
{
    for (size_t i = event_archive_count(events); i-- > 0;) {
        const archived_t *event = event_archive_at(events, i);
        if (strcmp(event->broker_id, broker_id) == 0)
            add_event(self, event);
    }
}

/* ---- All of them ---------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
    const loser_t *left = a, *right = b;
    int order = (left->lost < right->lost) - (left->lost > right->lost);
    return order ? order : strverscmp(left->name, right->name);
}

void losers_find(losers_t *self, const char *broker_id, const event_archive_t *events,
    const model_t *clients, int64_t seen_ms)
{
    self->count = 0;
    self->more = false;
    if (clients)
        add_clients(self, broker_id, clients, seen_ms);
    add_events(self, broker_id, events);
    if (clients)
        set_fates(self, broker_id, clients);
    qsort(self->rows, self->count, sizeof self->rows[0], compare);
}
