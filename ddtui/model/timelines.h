/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timelines - figures of the last 15 minutes, of brokers, clients and topics
 *
 * Each has a timeline as soon as it is reported, as long as there is plenty of room, and else from
 * when it is shown. There are TIMELINES_MAX of them, about 4 MB in all; when there is none left,
 * what was never shown, and then what was shown longest ago, makes room. What wasn't asked for
 * meanwhile isn't known.
 */
#ifndef TIMELINES_H_INCLUDED
#define TIMELINES_H_INCLUDED

#include <stdbool.h>

#include "model.h"

/* Of all together; and how many there are before brokers, and before others, have none until they
   are shown. */
#define TIMELINES_MAX 256
#define TIMELINES_BROKERS (TIMELINES_MAX / 2)
#define TIMELINES_UNSEEN (3 * TIMELINES_MAX / 4)

/* ms of a step, and how many there are. */
#define TIMELINE_STEP 1000
#define TIMELINE_STEPS 900

/* ms from one round to the next beyond which a rate says too little about what was between them. */
#define TIMELINE_SPAN_MAX 30000

typedef enum {
    FIGURE_IN,      /* messages a second; of a topic: publications */
    FIGURE_OUT,     /* messages a second; of a topic: bytes */
    FIGURE_DROPPED, /* publications a second, that were dropped or lost */
    FIGURE_RTT,     /* us, of a broker */
    FIGURES
} figure_t;

typedef struct timeline timeline_t;
typedef struct timelines timelines_t;

/* NULL when out of memory. */
timelines_t *timelines_new(void);
void timelines_destroy(timelines_t **self_p);

/* A row of VIEW_TREE, VIEW_CLIENTS or VIEW_TOPICS is on the screen: it has a timeline from now on.
   Out of memory, it has none. */
void timelines_show(timelines_t *self, view_t view, const void *row);

/* Takes what the rows of such a view say about the time from one round to the next. */
void timelines_take(
    timelines_t *self, view_t view, const model_t *model, uint64_t from_ms, uint64_t until_ms);

/* The timeline of such a row; NULL if it has none. Valid until the next call of the two above. */
const timeline_t *timelines_find(const timelines_t *self, view_t view, const void *row);

/* The newest step, as time in ms by TIMELINE_STEP; 0 if nothing is known. Takes NULL, too. */
uint64_t timeline_newest(const timeline_t *self);

/* The highest that a figure was from one step on and before another; negative if that isn't known.
   Takes NULL, too. */
double timeline_highest(const timeline_t *self, figure_t figure, uint64_t first, uint64_t end);

#endif
