/*
 * rounds - questions to the brokers, asked again and again, and the rows that answer them
 *
 * The rows of a view change only when a round is over: all brokers have answered, or those that
 * haven't have been waited for long enough.
 */
#ifndef ROUNDS_H_INCLUDED
#define ROUNDS_H_INCLUDED

#include <stdbool.h>

#include "model.h"

/* ms from one question to the next, at least, and for which silent brokers are waited for. */
#define ROUNDS_PAUSE 1000
#define ROUNDS_LIMIT 3000

/* Rows that one question wants of each broker at most: with more, a broker with many would let its
   traffic wait for long. If there are more, the round goes on with a question for the next ones,
   and for some of these again, in case that others before them have gone meanwhile. */
#define ROUNDS_PAGE 2000
#define ROUNDS_OVERLAP 100
/* Newest events that are wanted of each broker. */
#define ROUNDS_EVENTS 100

/* Rates of one broker that are kept for its curve. */
#define ROUNDS_SAMPLES 32

typedef struct {
    uint64_t in[ROUNDS_SAMPLES]; /* a second; the newest is the last */
    uint64_t out[ROUNDS_SAMPLES];
    size_t count;
} samples_t;

/* What is known of the last round of a view. */
typedef struct {
    bool any;             /* there has been one */
    uint64_t finished_ms; /* when it was over */
    uint64_t silent;      /* brokers that had not answered by then */
    uint64_t unreadable;  /* reports that made no sense */
    bool full;            /* there was more than the model holds */
} round_t;

typedef struct rounds rounds_t;

/* NULL when out of memory. */
rounds_t *rounds_new(void);
void rounds_destroy(rounds_t **self_p);

/* The view whose question is due, of those in the set of bits 1 << view; VIEW_NONE if none is. */
view_t rounds_due(const rounds_t *self, unsigned views, uint64_t now_ms);
/* That question. */
dd_question_t rounds_question(const rounds_t *self, view_t view);
/* Asks only the broker of that id about a view from now on, or with "" all of them. */
void rounds_aim(rounds_t *self, view_t view, const char *broker_id);
/* It has been asked. With ref 0 it couldn't be, and is tried again later. */
void rounds_asked(rounds_t *self, view_t view, uint32_t ref, uint64_t now_ms);

/* Takes a report if it answers a question asked here. True if it ended a round. */
bool rounds_report(rounds_t *self, const dd_event_t *event, uint64_t now_ms);
/* True if it was a question of these that failed. */
bool rounds_failed(rounds_t *self, uint32_t ref, uint64_t now_ms);
/* Ends rounds whose time is up. True if there was one. */
bool rounds_tick(rounds_t *self, uint64_t now_ms);
/* The connection is new, or gone: forgets what was asked, but not the rows. */
void rounds_restart(rounds_t *self);
/* What was answered is put aside, and the rows stay, until it is turned off again. */
void rounds_freeze(rounds_t *self, bool frozen);

/* Valid until the next call that returns true. Only the rows of that view are in it. */
const model_t *rounds_model(const rounds_t *self, view_t view);
const round_t *rounds_last(const rounds_t *self, view_t view);
/* NULL if there are none. */
const samples_t *rounds_samples(const rounds_t *self, const char *broker_id);

#endif
