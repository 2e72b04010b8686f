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

/* The questions about one view, and its rows. */
typedef struct {
    model_t *shown;
    model_t *coming;            /* the round under way */
    char broker[MODEL_ID_ROOM]; /* the one that is asked; "": all are */
    uint32_t ref;               /* of the question under way, or 0 */
    uint32_t first;             /* row that it begins with; above 0, the round began before it */
    uint64_t began_ms;          /* the round */
    uint64_t asked_ms;          /* the last question */
    bool heard;                 /* a report of this round */
    uint64_t heard_ms;          /* the last one */
    answered_t *answered;       /* the questions of this round */
    uint64_t next_ms;           /* when the next one is due */
    uint64_t waiting;           /* brokers that have still to answer */
    uint64_t rows;              /* of the broker that has most */
    uint64_t silent;            /* brokers that had not answered a question of this round in time */
    uint64_t unreadable;        /* reports of this round */
    bool full;                  /* there is more than the model holds */
    round_t last;
} poll_t;

typedef struct {
    char id[MODEL_ID_ROOM];
    samples_t samples;
    bool used; /* its broker is in the newest round */
    UT_hash_handle hh;
} curve_t;

struct poller {
    poll_t polls[VIEWS];
    curve_t *curves; /* by the brokers' ids */
    bool frozen;
};

/* No round is under way. */
static void drop(poll_t *poll)
{
    model_destroy(&poll->coming);
    answered_destroy(&poll->answered);
    poll->ref = poll->first = 0;
}

poller_t *poller_new(void)
{
    poller_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    for (view_t view = VIEW_TREE; view < VIEWS; view++) {
        self->polls[view].shown = model_new();
        if (!self->polls[view].shown)
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
        model_destroy(&self->polls[view].shown);
        drop(&self->polls[view]);
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
    return self->polls[view].shown;
}

broker_t *poller_broker(poller_t *self, size_t index)
{
    return model_edit(self->polls[VIEW_TREE].shown, VIEW_TREE, index);
}

const round_t *poller_last(const poller_t *self, view_t view)
{
    return &self->polls[view].last;
}

/* What is shown isn't true any more, as far as anybody knows. What is frozen stays as it was. */
static void lose_sight(poller_t *self, view_t view)
{
    poll_t *poll = &self->polls[view];
    poll->last.current = false;
    if (!self->frozen)
        poll_merge_stop_rates(poll->shown, view);
}

void poller_freeze(poller_t *self, bool frozen)
{
    self->frozen = frozen;
    for (view_t view = VIEW_TREE; view < VIEWS; view++)
        if (!self->polls[view].last.current)
            lose_sight(self, view);
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
    const model_t *model = self->polls[VIEW_TREE].shown;
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
    [VIEW_TOPICS] = POLLER_PAGE,
};

view_t poller_due(const poller_t *self, unsigned views, uint64_t now_ms)
{
    for (view_t view = VIEW_TREE; view < VIEWS && !self->frozen; view++) {
        const poll_t *poll = &self->polls[view];
        if ((views & 1u << view) != 0 && poll->ref == 0 && now_ms >= poll->next_ms)
            return view;
    }
    return VIEW_NONE;
}

dd_question_t poller_question(const poller_t *self, view_t view)
{
    const poll_t *poll = &self->polls[view];
    return (dd_question_t){.what = columns_of(view)->name,
        .broker = poll->broker[0] != '\0' ? poll->broker : NULL,
        .first = poll->first,
        .rows = WANTED[view]};
}

static void begin(poll_t *poll, uint64_t now_ms)
{
    drop(poll);
    poll->coming = model_new();
    poll->answered = answered_new();
    poll->began_ms = now_ms;
    poll->heard = false;
    poll->silent = poll->unreadable = 0;
    poll->full = false;
}

void poller_asked(poller_t *self, view_t view, uint32_t ref, uint64_t now_ms)
{
    poll_t *poll = &self->polls[view];
    poll->asked_ms = now_ms;
    poll->next_ms = now_ms + POLLER_PAUSE;
    poll->waiting = 1;
    poll->rows = 0;
    if (ref == 0)
        drop(poll);
    else if (poll->first == 0)
        begin(poll, now_ms);
    if (poll->answered)
        answered_ask(poll->answered);
    poll->ref = poll->coming && poll->answered ? ref : 0;
}

void poller_aim(poller_t *self, view_t view, const char *broker_id)
{
    poll_t *poll = &self->polls[view];
    if (strcmp(poll->broker, broker_id) == 0)
        return;
    snprintf(poll->broker, sizeof poll->broker, "%s", broker_id);
    drop(poll);
    /* Soon, but not with each row that the selection passes. */
    if (poll->next_ms > poll->asked_ms + POLLER_PAUSE / 2)
        poll->next_ms = poll->asked_ms + POLLER_PAUSE / 2;
}

void poller_restart(poller_t *self)
{
    for (view_t view = VIEW_TREE; view < VIEWS; view++) {
        drop(&self->polls[view]);
        self->polls[view].next_ms = 0;
        lose_sight(self, view);
    }
}

/* ---- Answers -------------------------------------------------------------------------------- */

/* What was told early in a round has grown older meanwhile. */
static void age_happenings(model_t *coming, uint64_t now_ms)
{
    for (size_t i = 0; i < model_count(coming, VIEW_EVENTS); i++) {
        happening_t *event = model_edit(coming, VIEW_EVENTS, i);
        if (event->age_ms != MODEL_UNKNOWN)
            event->age_ms += now_ms - event->heard_ms;
    }
}

static void take_over(poller_t *self, view_t view, uint64_t now_ms)
{
    poll_t *poll = &self->polls[view];
    age_happenings(poll->coming, now_ms);
    uint64_t elapsed = poll->last.any ? now_ms - poll->last.finished_ms : 0;
    if (model_arrange(poll->coming) != DD_OK ||
        poll_merge_carry(poll->coming, poll->shown, view, elapsed, poll->answered) != DD_OK)
        poll->full = true;
    model_destroy(&poll->shown);
    poll->shown = poll->coming;
    poll->coming = NULL;
    poll->last = (round_t){.any = true,
        .number = poll->last.number + 1,
        .current = true,
        .finished_ms = now_ms,
        .silent = poll->silent,
        .unreadable = poll->unreadable,
        .full = poll->full,
        .part = poll->broker[0] != '\0'};
    if (view == VIEW_TREE)
        draw_curves(self);
}

/* Asks for the next rows, if some broker has more of them than were asked for. */
static bool goes_on(poller_t *self, view_t view, uint64_t now_ms)
{
    poll_t *poll = &self->polls[view];
    uint64_t end = (uint64_t)poll->first + POLLER_PAGE;
    if (self->frozen || WANTED[view] != POLLER_PAGE || poll->rows <= end || end > MODEL_ROWS_MAX)
        return false;
    poll->first = (uint32_t)end - POLLER_OVERLAP;
    poll->next_ms = now_ms;
    return true;
}

/* The larger the tree, and the more questions it takes, the longer until the next round. That some
   broker was waited for in vain doesn't count: the others have more to say. */
static uint64_t pause(const poll_t *poll)
{
    uint64_t questions = 1 + poll->first / (POLLER_PAGE - POLLER_OVERLAP);
    uint64_t least = questions * POLLER_PAUSE;
    uint64_t took = poll->heard ? PAUSE_FACTOR * (poll->heard_ms - poll->began_ms) : 0;
    return took > least ? took : least;
}

/* A question has been answered, or waited for long enough. */
static bool finish(poller_t *self, view_t view, uint64_t now_ms)
{
    poll_t *poll = &self->polls[view];
    poll->ref = 0;
    if (poll->waiting > poll->silent)
        poll->silent = poll->waiting;
    if (goes_on(self, view, now_ms))
        return false;
    poll->next_ms = poll->began_ms + pause(poll);
    poll->first = 0;
    if (self->frozen) {
        drop(poll);
        return false;
    }
    /* When not even the own broker has answered, nothing is known of the others. */
    if (poll->heard) {
        take_over(self, view, now_ms);
    } else {
        poll->last.silent = poll->silent;
        lose_sight(self, view);
    }
    drop(poll);
    return true;
}

static view_t find(const poller_t *self, uint32_t ref)
{
    for (view_t view = VIEW_TREE; view < VIEWS && ref != 0; view++)
        if (self->polls[view].ref == ref)
            return view;
    return VIEW_NONE;
}

static void mark_heard(model_t *coming, size_t first, uint64_t now_ms)
{
    for (size_t i = first; i < model_count(coming, VIEW_EVENTS); i++)
        ((happening_t *)model_edit(coming, VIEW_EVENTS, i))->heard_ms = now_ms;
}

bool poller_report(poller_t *self, const dd_event_t *event, uint64_t now_ms)
{
    view_t view = find(self, event->ref);
    if (view == VIEW_NONE)
        return false;
    poll_t *poll = &self->polls[view];
    report_head_t head;
    size_t events = model_count(poll->coming, VIEW_EVENTS);
    dd_error_t error = report_parser_report(poll->coming, view, event->text, event->source, &head);
    mark_heard(poll->coming, events, now_ms);
    if (error != DD_E_MALFORMED)
        answered_add(poll->answered, head.id, head.broker, head.scope);
    poll->heard = true;
    poll->heard_ms = now_ms;
    poll->unreadable += error == DD_E_MALFORMED;
    poll->full |= error != DD_OK && error != DD_E_MALFORMED;
    if (head.rows > poll->rows)
        poll->rows = head.rows;
    poll->waiting = event->number;
    return poll->waiting == 0 && finish(self, view, now_ms);
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
        const poll_t *poll = &self->polls[view];
        if (poll->ref != 0 && now_ms >= poll->asked_ms + POLLER_LIMIT)
            ended |= finish(self, view, now_ms);
    }
    return ended;
}
