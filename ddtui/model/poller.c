/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * poller - questions to the brokers, asked again and again, and the rows that answer them
 */
#include "poller.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "columns.h"
#include "libdd/base/hash.h"
#include "poll_merge.h"
#include "report_parser.h"

/* A view is asked about again after this many times what its round took, so that large trees are
   asked less often. */
#define PAUSE_FACTOR 4

/* One view. */
typedef struct {
    model_t *shown;
    model_t *coming;            /* the round under way */
    char broker[MODEL_ID_ROOM]; /* the one that is asked; "": all are */
    uint32_t ref;               /* of the question under way, or 0 */
    uint32_t first;             /* row that it begins with; above 0, the round began before it */
    uint64_t began_ms;          /* the round */
    uint64_t asked_ms;          /* the last question */
    uint64_t next_ms;           /* when the next one is due */
    uint64_t waiting;           /* brokers that have still to answer */
    uint64_t rows;              /* of the broker that has most */
    uint64_t silent;            /* brokers that had not answered a question of this round in time */
    uint64_t unreadable;        /* reports of this round */
    bool full;                  /* there is more than the model holds */
    round_t last;
} list_table_t;

typedef struct {
    char id[MODEL_ID_ROOM];
    samples_t samples;
    bool used; /* its broker is in the newest round */
    UT_hash_handle hh;
} curve_t;

struct poller {
    list_table_t tables[VIEWS];
    curve_t *curves; /* by the brokers' ids */
    bool frozen;
};

poller_t *poller_new(void)
{
    poller_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    for (view_t view = VIEW_TREE; view < VIEWS; view++) {
        self->tables[view].shown = model_new();
        if (!self->tables[view].shown)
            poller_destroy(&self);
        if (!self)
            return NULL;
    }
    return self;
}

void poller_destroy(poller_t **self_p)
{
    poller_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    for (size_t view = 0; view < VIEWS; view++) {
        model_destroy(&self->tables[view].shown);
        model_destroy(&self->tables[view].coming);
    }
    curve_t *curve, *next;
    HASH_ITER (hh, self->curves, curve, next) {
        HASH_DEL(self->curves, curve);
        free(curve);
    }
    free(self);
    *self_p = NULL;
}

const model_t *poller_model(const poller_t *self, view_t view)
{
    return self->tables[view].shown;
}

const round_t *poller_last(const poller_t *self, view_t view)
{
    return &self->tables[view].last;
}

void poller_freeze(poller_t *self, bool frozen)
{
    self->frozen = frozen;
}

/* ---- Curves --------------------------------------------------------------------------------- */

const samples_t *poller_samples(const poller_t *self, const char *broker_id)
{
    curve_t *curve;
    HASH_FIND_STR(self->curves, broker_id, curve);
    return curve ? &curve->samples : NULL;
}

static curve_t *curve_of(poller_t *self, const char *id)
{
    curve_t *curve;
    HASH_FIND_STR(self->curves, id, curve);
    if (curve)
        return curve;
    curve = calloc(1, sizeof *curve);
    if (!curve)
        return NULL;
    memcpy(curve->id, id, strlen(id) + 1);
    HASH_ADD_STR(self->curves, id, curve);
    if (curve->hh.tbl)
        return curve;
    free(curve);
    return NULL;
}

static void add_sample(samples_t *self, const traffic_t *traffic)
{
    if (traffic->in_rate == MODEL_UNKNOWN || traffic->out_rate == MODEL_UNKNOWN)
        return;
    if (self->count == POLLER_SAMPLES) {
        self->count--;
        memmove(self->in, self->in + 1, self->count * sizeof self->in[0]);
        memmove(self->out, self->out + 1, self->count * sizeof self->out[0]);
    }
    self->in[self->count] = traffic->in_rate;
    self->out[self->count++] = traffic->out_rate;
}

static void draw_curves(poller_t *self)
{
    const model_t *model = self->tables[VIEW_TREE].shown;
    for (size_t i = 0; i < model_count(model, VIEW_TREE); i++) {
        const broker_t *broker = model_row(model, VIEW_TREE, i);
        curve_t *curve = curve_of(self, broker->id);
        if (!curve)
            continue;
        curve->used = true;
        add_sample(&curve->samples, &broker->traffic);
    }
    curve_t *curve, *next;
    HASH_ITER (hh, self->curves, curve, next) {
        if (!curve->used) {
            HASH_DEL(self->curves, curve);
            free(curve);
        } else {
            curve->used = false;
        }
    }
}

/* ---- Questions ------------------------------------------------------------------------------ */

/* Rows wanted of each broker by one question; 0: all. */
static const uint32_t WANTED[VIEWS] = {
    [VIEW_CLIENTS] = POLLER_PAGE,
    [VIEW_SUBSCRIPTIONS] = POLLER_PAGE,
    [VIEW_EVENTS] = POLLER_EVENTS,
};

view_t poller_due(const poller_t *self, unsigned views, uint64_t now_ms)
{
    for (view_t view = VIEW_TREE; view < VIEWS && !self->frozen; view++) {
        const list_table_t *table = &self->tables[view];
        if ((views & 1u << view) != 0 && table->ref == 0 && now_ms >= table->next_ms)
            return view;
    }
    return VIEW_NONE;
}

dd_question_t poller_question(const poller_t *self, view_t view)
{
    const list_table_t *table = &self->tables[view];
    return (dd_question_t){.what = columns_of(view)->name,
        .broker = table->broker[0] != '\0' ? table->broker : NULL,
        .first = table->first,
        .rows = WANTED[view]};
}

/* No round is under way. */
static void drop(list_table_t *table)
{
    model_destroy(&table->coming);
    table->ref = table->first = 0;
}

static void begin(list_table_t *table, uint64_t now_ms)
{
    drop(table);
    table->coming = model_new();
    table->began_ms = now_ms;
    table->silent = table->unreadable = 0;
    table->full = false;
}

void poller_asked(poller_t *self, view_t view, uint32_t ref, uint64_t now_ms)
{
    list_table_t *table = &self->tables[view];
    table->asked_ms = now_ms;
    table->next_ms = now_ms + POLLER_PAUSE;
    table->waiting = 1;
    table->rows = 0;
    if (ref == 0)
        drop(table);
    else if (table->first == 0)
        begin(table, now_ms);
    table->ref = table->coming ? ref : 0;
}

void poller_aim(poller_t *self, view_t view, const char *broker_id)
{
    list_table_t *table = &self->tables[view];
    if (strcmp(table->broker, broker_id) == 0)
        return;
    snprintf(table->broker, sizeof table->broker, "%s", broker_id);
    drop(table);
    /* Soon, but not with each row that the selection passes. */
    if (table->next_ms > table->asked_ms + POLLER_PAUSE / 2)
        table->next_ms = table->asked_ms + POLLER_PAUSE / 2;
}

void poller_restart(poller_t *self)
{
    for (size_t view = 0; view < VIEWS; view++) {
        drop(&self->tables[view]);
        self->tables[view].next_ms = 0;
    }
}

/* ---- Answers -------------------------------------------------------------------------------- */

static void take_over(poller_t *self, view_t view, uint64_t now_ms)
{
    list_table_t *table = &self->tables[view];
    uint64_t elapsed = table->last.any ? now_ms - table->last.finished_ms : 0;
    if (model_arrange(table->coming) != DD_OK ||
        poll_merge_carry(table->coming, table->shown, view, elapsed) != DD_OK)
        table->full = true;
    model_destroy(&table->shown);
    table->shown = table->coming;
    table->coming = NULL;
    table->last = (round_t){.any = true,
        .finished_ms = now_ms,
        .silent = table->silent,
        .unreadable = table->unreadable,
        .full = table->full};
    if (view == VIEW_TREE)
        draw_curves(self);
}

/* Asks for the next rows, if some broker has more of them than were asked for. */
static bool goes_on(poller_t *self, view_t view, uint64_t now_ms)
{
    list_table_t *table = &self->tables[view];
    uint64_t end = (uint64_t)table->first + POLLER_PAGE;
    if (self->frozen || WANTED[view] != POLLER_PAGE || table->rows <= end || end > MODEL_ROWS_MAX)
        return false;
    table->first = (uint32_t)end - POLLER_OVERLAP;
    table->next_ms = now_ms;
    return true;
}

/* The larger the tree, and the more questions it takes, the longer until the next round. */
static uint64_t pause(const list_table_t *table, uint64_t now_ms)
{
    uint64_t questions = 1 + table->first / (POLLER_PAGE - POLLER_OVERLAP);
    uint64_t least = questions * POLLER_PAUSE, took = PAUSE_FACTOR * (now_ms - table->began_ms);
    return took > least ? took : least;
}

/* A question has been answered, or waited for long enough. */
static bool finish(poller_t *self, view_t view, uint64_t now_ms)
{
    list_table_t *table = &self->tables[view];
    table->ref = 0;
    if (table->waiting > table->silent)
        table->silent = table->waiting;
    if (goes_on(self, view, now_ms))
        return false;
    table->next_ms = table->began_ms + pause(table, now_ms);
    table->first = 0;
    if (self->frozen) {
        drop(table);
        return false;
    }
    take_over(self, view, now_ms);
    return true;
}

static view_t find(const poller_t *self, uint32_t ref)
{
    for (view_t view = VIEW_TREE; view < VIEWS && ref != 0; view++)
        if (self->tables[view].ref == ref)
            return view;
    return VIEW_NONE;
}

bool poller_report(poller_t *self, const dd_event_t *event, uint64_t now_ms)
{
    view_t view = find(self, event->ref);
    if (view == VIEW_NONE)
        return false;
    list_table_t *table = &self->tables[view];
    uint64_t rows = 0;
    dd_error_t error = report_parser_report(table->coming, view, event->text, &rows);
    table->unreadable += error == DD_E_MALFORMED;
    table->full |= error != DD_OK && error != DD_E_MALFORMED;
    if (rows > table->rows)
        table->rows = rows;
    table->waiting = event->number;
    return table->waiting == 0 && finish(self, view, now_ms);
}

bool poller_failed(poller_t *self, uint32_t ref, uint64_t now_ms)
{
    view_t view = find(self, ref);
    if (view == VIEW_NONE)
        return false;
    poller_asked(self, view, 0, now_ms);
    return true;
}

bool poller_tick(poller_t *self, uint64_t now_ms)
{
    bool ended = false;
    for (view_t view = VIEW_TREE; view < VIEWS; view++) {
        const list_table_t *table = &self->tables[view];
        if (table->ref != 0 && now_ms >= table->asked_ms + POLLER_LIMIT)
            ended |= finish(self, view, now_ms);
    }
    return ended;
}
