/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timelines - figures of the last 15 minutes, of brokers, clients and topics
 */
#include "timelines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/hash.h"

/* Of which row: none of its words has a blank in it. */
#define KEY_ROOM (DD_NAME_MAX + DD_TOPIC_MAX + MODEL_ID_ROOM + 16)
#define NOT_KNOWN (-1.0f)

struct timeline {
    timeline_t *prev, *next; /* the one that was shown longest ago comes first */
    UT_hash_handle hh;
    char key[KEY_ROOM];
    uint64_t newest;                        /* step; 0: none yet */
    float figures[FIGURES][TIMELINE_STEPS]; /* each step at its number modulo these */
};

struct timelines {
    timeline_t *by_key;
    timeline_t *shown;
};

timelines_t *timelines_new(void)
{
    return calloc(1, sizeof(timelines_t));
}

static void drop(timelines_t *self, timeline_t *timeline)
{
    HASH_DEL(self->by_key, timeline);
    DL_DELETE(self->shown, timeline);
    free(timeline);
}

void timelines_destroy(timelines_t **self_p)
{
    timelines_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    while (self->shown)
        drop(self, self->shown);
    free(self);
    *self_p = NULL;
}

/* ---- Whose they are ------------------------------------------------------------------------- */

static const char *key_of(view_t view, const void *row, char out[KEY_ROOM])
{
    const client_t *client = row;
    const topic_t *topic = row;
    if (view == VIEW_TREE)
        snprintf(out, KEY_ROOM, "broker %s", ((const broker_t *)row)->id);
    else if (view == VIEW_CLIENTS)
        snprintf(out, KEY_ROOM, "client %s %s %s", client->tenant, client->name, client->broker_id);
    else
        snprintf(out, KEY_ROOM, "topic %s %s", topic->tenant, topic->topic);
    return out;
}

static timeline_t *find(const timelines_t *self, view_t view, const void *row)
{
    char key[KEY_ROOM];
    timeline_t *timeline;
    key_of(view, row, key);
    HASH_FIND_STR(self->by_key, key, timeline);
    return timeline;
}

const timeline_t *timelines_find(const timelines_t *self, view_t view, const void *row)
{
    return find(self, view, row);
}

static void add(timelines_t *self, view_t view, const void *row)
{
    if (HASH_COUNT(self->by_key) >= TIMELINES_MAX)
        drop(self, self->shown);
    timeline_t *timeline = calloc(1, sizeof *timeline);
    if (!timeline)
        return;
    key_of(view, row, timeline->key);
    HASH_ADD_STR(self->by_key, key, timeline);
    if (timeline->hh.tbl)
        DL_APPEND(self->shown, timeline);
    else
        free(timeline);
}

void timelines_show(timelines_t *self, view_t view, const void *row)
{
    timeline_t *timeline = find(self, view, row);
    if (!timeline) {
        add(self, view, row);
        return;
    }
    DL_DELETE(self->shown, timeline);
    DL_APPEND(self->shown, timeline);
}

/* ---- What is known -------------------------------------------------------------------------- */

static void set_step(timeline_t *self, uint64_t step, const float figures[FIGURES])
{
    for (size_t i = 0; i < FIGURES; i++)
        self->figures[i][step % TIMELINE_STEPS] = figures[i];
}

/* Makes steps newer than the newest the newest, up to one; nothing is known of them yet. */
static void move_on(timeline_t *self, uint64_t step)
{
    static const float NOTHING[FIGURES] = {NOT_KNOWN, NOT_KNOWN, NOT_KNOWN, NOT_KNOWN};
    uint64_t first = self->newest + 1;
    if (step >= TIMELINE_STEPS && first <= step - TIMELINE_STEPS)
        first = step - TIMELINE_STEPS + 1;
    for (uint64_t each = first; each <= step; each++)
        set_step(self, each, NOTHING);
    if (step > self->newest)
        self->newest = step;
}

/* Each moment belongs to the round that ended after it, so that of two rounds in one step the later
   one counts. */
static void note(
    timeline_t *self, const float figures[FIGURES], uint64_t from_ms, uint64_t until_ms)
{
    uint64_t first = from_ms / TIMELINE_STEP + 1, last = until_ms / TIMELINE_STEP;
    move_on(self, last);
    if (until_ms - from_ms > TIMELINE_SPAN_MAX)
        first = last + 1;
    else if (first > last)
        first = last;
    for (uint64_t step = first; step <= last; step++)
        set_step(self, step, figures);
}

static float known(uint64_t number)
{
    return number == MODEL_UNKNOWN ? NOT_KNOWN : (float)number;
}

static void note_traffic(timeline_t *self, const traffic_t *traffic, uint64_t rtt_us,
    uint64_t from_ms, uint64_t until_ms)
{
    const float figures[FIGURES] = {
        [FIGURE_IN] = known(traffic->in_rate),
        [FIGURE_OUT] = known(traffic->out_rate),
        [FIGURE_DROPPED] = known(traffic->dropped_rate),
        [FIGURE_RTT] = known(rtt_us),
    };
    note(self, figures, from_ms, until_ms);
}

static void note_topic(timeline_t *self, const topic_t *topic, uint64_t from_ms, uint64_t until_ms)
{
    const float figures[FIGURES] = {
        [FIGURE_IN] = known(topic->rate),
        [FIGURE_OUT] = known(topic->bytes_rate),
        [FIGURE_DROPPED] = known(topic->lost_rate),
        [FIGURE_RTT] = NOT_KNOWN,
    };
    note(self, figures, from_ms, until_ms);
}

/* What was never shown is the first to make room. */
static void make_way(timelines_t *self, timeline_t *timeline)
{
    if (!timeline)
        return;
    DL_DELETE(self->shown, timeline);
    DL_PREPEND(self->shown, timeline);
}

/* Of what hasn't been heard of, the row says what was. */
static void take_row(
    timelines_t *self, view_t view, const void *row, uint64_t from_ms, uint64_t until_ms)
{
    const broker_t *broker = row;
    const client_t *client = row;
    timeline_t *timeline = find(self, view, row);
    unsigned most = view == VIEW_TREE ? TIMELINES_BROKERS : TIMELINES_UNSEEN;
    if (!timeline && HASH_COUNT(self->by_key) < most) {
        add(self, view, row);
        timeline = find(self, view, row);
        make_way(self, timeline);
    }
    if (!timeline)
        return;
    if (view == VIEW_TREE && broker->silent_ms == 0)
        note_traffic(timeline, &broker->traffic, broker->rtt_us, from_ms, until_ms);
    else if (view == VIEW_CLIENTS && client->silent_ms == 0)
        note_traffic(timeline, &client->traffic, MODEL_UNKNOWN, from_ms, until_ms);
    else if (view == VIEW_TOPICS)
        note_topic(timeline, row, from_ms, until_ms);
}

void timelines_take(
    timelines_t *self, view_t view, const model_t *model, uint64_t from_ms, uint64_t until_ms)
{
    for (size_t i = 0; i < model_count(model, view); i++)
        take_row(self, view, model_row(model, view, i), from_ms, until_ms);
}

uint64_t timeline_newest(const timeline_t *self)
{
    return self ? self->newest : 0;
}

double timeline_highest(const timeline_t *self, figure_t figure, uint64_t first, uint64_t end)
{
    double highest = NOT_KNOWN;
    if (!self || self->newest == 0)
        return highest;
    if (end > self->newest + 1)
        end = self->newest + 1;
    if (self->newest >= TIMELINE_STEPS && first <= self->newest - TIMELINE_STEPS)
        first = self->newest - TIMELINE_STEPS + 1;
    for (uint64_t step = first; step < end; step++) {
        double value = (double)self->figures[figure][step % TIMELINE_STEPS];
        highest = value > highest ? value : highest;
    }
    return highest;
}
