/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * poller - questions to the brokers, asked again and again, and the rows that answer them
 *
 * The rows of a view change only when a round is over: all brokers have answered, or those that
 * haven't have been waited for long enough.
 */
#ifndef POLLER_H_INCLUDED
#define POLLER_H_INCLUDED

#include <stdbool.h>

#include "model.h"

/* ms from one question to the next, at least, and for which silent brokers are waited for. */
#define POLLER_PAUSE 1000
#define POLLER_LIMIT 3000

/* Rows that one question wants of each broker at most: with more, a broker with many would let its
   traffic wait for long. If there are more, the round goes on with a question for the next ones,
   and for some of these again, in case that others before them have gone meanwhile. */
#define POLLER_PAGE 2000
#define POLLER_OVERLAP 100
/* Newest events that are wanted of each broker. */
#define POLLER_EVENTS 100

/* Rates of one broker that are kept for its curve. */
#define POLLER_SAMPLES 32

typedef struct {
    uint64_t in[POLLER_SAMPLES]; /* a second; the newest is the last */
    uint64_t out[POLLER_SAMPLES];
    size_t count;
} samples_t;

/* What is known of the last round of a view. */
typedef struct {
    bool any;             /* there has been one */
    uint64_t number;      /* how many there were */
    bool current;         /* and it is true still: whoever was asked since has answered */
    uint64_t finished_ms; /* when it was over */
    uint64_t silent;      /* brokers that had not answered by then */
    uint64_t unreadable;  /* reports that made no sense */
    bool full;            /* there was more than the model holds */
    bool part;            /* only one broker was asked, and others weren't */
} round_t;

typedef struct poller poller_t;

/* NULL when out of memory. */
poller_t *poller_new(void);
void poller_destroy(poller_t **self_p);

/* The view whose question is due, of those in the set of bits 1 << view; VIEW_NONE if none is. */
view_t poller_due(const poller_t *self, unsigned views, uint64_t now_ms);
/* What to ask then. */
dd_question_t poller_question(const poller_t *self, view_t view);
/* Asks only the broker of that id about a view from now on, or with "" all of them. */
void poller_aim(poller_t *self, view_t view, const char *broker_id);
/* The caller has asked that question under a ref; 0 says that it couldn't, and the question is due
   again later. */
void poller_asked(poller_t *self, view_t view, uint32_t ref, uint64_t now_ms);

/* Takes a report if it answers a question asked here. True if it ended a round. */
bool poller_report(poller_t *self, const dd_event_t *event, uint64_t now_ms);
/* True if it was a question of these that failed. */
bool poller_failed(poller_t *self, uint32_t ref, uint64_t now_ms);
/* Ends rounds whose time is up. True if there was one. */
bool poller_tick(poller_t *self, uint64_t now_ms);
/* The connection is new, or gone: forgets what was asked, but not the rows, which are no longer
   current. */
void poller_restart(poller_t *self);
/* What was answered is put aside, and the rows stay, until it is turned off again. */
void poller_freeze(poller_t *self, bool frozen);

/* Valid until the next call that returns true. Only the rows of that view are in it. */
const model_t *poller_model(const poller_t *self, view_t view);
/* A row of the tree, to be changed but for what it is ordered by. */
broker_t *poller_broker(poller_t *self, size_t index);
const round_t *poller_last(const poller_t *self, view_t view);
/* NULL if there are none. */
const samples_t *poller_samples(const poller_t *self, const char *broker_id);

#endif
