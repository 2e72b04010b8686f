/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_archive - what happened at the brokers since the console began, and shortly before
 */
#include "event_archive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "event_dates.h"
#include "event_dedup.h"
#include "event_text.h"
#include "fair_log.h"

/* Of texts of usual length. */
#define BYTES_MAX (EVENT_ARCHIVE_MAX * 400)

struct event_archive {
    fair_log_t *log; /* of archived_t, each with its texts behind it */
    event_dedup_t *dedup;
    event_dates_t *dates;
};

event_archive_t *event_archive_new(void)
{
    event_archive_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->log = fair_log_new(EVENT_ARCHIVE_MAX, BYTES_MAX);
    self->dedup = event_dedup_new();
    self->dates = event_dates_new();
    if (!self->log || !self->dedup || !self->dates)
        event_archive_destroy(&self);
    return self;
}

void event_archive_destroy(event_archive_t **self_p)
{
    event_archive_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    fair_log_destroy(&self->log);
    event_dedup_destroy(&self->dedup);
    event_dates_destroy(&self->dates);
    free(self);
    *self_p = NULL;
}

/* ---- What goes in --------------------------------------------------------------------------- */

static const char *copy(char **room, const char *text)
{
    size_t size = strlen(text) + 1;
    const char *copied = memcpy(*room, text, size);
    *room += size;
    return copied;
}

static archived_t *archived_new(const happening_t *event, size_t *bytes)
{
    *bytes = sizeof(archived_t) + strlen(event->broker) + strlen(event->broker_id) +
             strlen(event->level) + strlen(event->tenant) + strlen(event->text) + 5;
    archived_t *self = malloc(*bytes);
    if (!self)
        return NULL;
    char *room = (char *)(self + 1);
    self->at_ms = event->at_ms;
    self->broker = copy(&room, event->broker);
    self->broker_id = copy(&room, event->broker_id);
    self->level = copy(&room, event->level);
    self->tenant = copy(&room, event->tenant);
    self->text = copy(&room, event->text);
    return self;
}

static void add(event_archive_t *self, const happening_t *event, int64_t when_ms)
{
    char voice[MODEL_ID_ROOM + 8];
    size_t bytes;
    archived_t *archived = archived_new(event, &bytes);
    if (!archived)
        return;
    snprintf(voice, sizeof voice, "%s %s", event->broker_id,
        strcmp(event->level, "info") == 0 ? "info" : "more");
    archived->serial = fair_log_next(self->log);
    archived->wall_ms = when_ms;
    if (!fair_log_append(self->log, archived, bytes, voice))
        free(archived);
}

bool event_archive_take(event_archive_t *self, const model_t *round, int64_t wall_ms)
{
    bool any = false;
    event_dedup_look(self->dedup);
    event_dates_look(self->dates);
    for (size_t i = model_count(round, VIEW_EVENTS); i-- > 0;) {
        const happening_t *event = model_row(round, VIEW_EVENTS, i);
        int64_t when_ms = event_dates_of(self->dates, event, wall_ms);
        if (!event_dedup_is_new(self->dedup, event))
            continue;
        add(self, event, when_ms);
        any = true;
    }
    return any;
}

void event_archive_clear(event_archive_t *self)
{
    fair_log_clear(self->log);
}

/* ---- What comes out ------------------------------------------------------------------------- */

size_t event_archive_count(const event_archive_t *self)
{
    return fair_log_count(self->log);
}

const archived_t *event_archive_at(const event_archive_t *self, size_t number)
{
    return fair_log_at(self->log, number);
}

/* "broker NAME ended: it said goodbye (the broker is shutting down)", or "parent NAME ...". */
static bool tells_of_the_end(const archived_t *event, const char *broker)
{
    event_text_t about;
    bool is_about_a_link = event_text_read(&about, event->text, "broker") ||
                           event_text_read(&about, event->text, "parent");
    return is_about_a_link && event_text_names(&about, broker) &&
           event_text_says(&about, "ended: ") && strstr(about.what, "shutting down") != NULL;
}

bool event_archive_says_drained(const event_archive_t *self, const char *broker, int64_t since_ms)
{
    for (size_t i = event_archive_count(self); i-- > 0;) {
        const archived_t *event = event_archive_at(self, i);
        if (event->wall_ms >= since_ms && tells_of_the_end(event, broker))
            return true;
    }
    return false;
}
