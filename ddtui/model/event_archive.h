/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_archive - what happened at the brokers since the console began, and shortly before
 *
 * Events stay whatever becomes of their brokers, each with the time at which it happened by this
 * machine's clock. They are bounded: when there are too many, those brokers' oldest go that told
 * most, and what is information before what is worse.
 */
#ifndef EVENT_ARCHIVE_H_INCLUDED
#define EVENT_ARCHIVE_H_INCLUDED

#include <stdbool.h>

#include "model.h"

#define EVENT_ARCHIVE_MAX 10000

/* Texts are as the broker gave them. */
typedef struct {
    uint64_t serial; /* no other event has it */
    int64_t wall_ms; /* when it happened, since 1970 */
    uint64_t at_ms;  /* and from the broker's start */
    const char *broker;
    const char *broker_id;
    const char *level;
    const char *tenant;
    const char *text;
} archived_t;

typedef struct event_archive event_archive_t;

/* NULL when out of memory. */
event_archive_t *event_archive_new(void);
void event_archive_destroy(event_archive_t **self_p);

/* Takes in those events of a round that weren't in the rounds before. True if there were any. */
bool event_archive_take(event_archive_t *self, const model_t *round, int64_t wall_ms);
/* They don't come back. */
void event_archive_clear(event_archive_t *self);

size_t event_archive_count(const event_archive_t *self);
/* The one that was taken first is number 0. Valid until the next change. */
const archived_t *event_archive_at(const event_archive_t *self, size_t number);

/* Whether a neighbour of a broker has heard since then that it shuts down. */
bool event_archive_says_drained(const event_archive_t *self, const char *broker, int64_t since_ms);

#endif
