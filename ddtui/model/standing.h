/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * standing - how a broker is, as far as its row of the tree, and the age of that, let know
 */
#ifndef STANDING_H_INCLUDED
#define STANDING_H_INCLUDED

#include <stdbool.h>

#include "model.h"

typedef enum {
    STANDING_REPORTS, /* and its row says in which state */
    STANDING_LATE,    /* it should have reported by now */
    STANDING_GONE,
    STANDING_BEHIND, /* one that is gone; its row says which */
    STANDING_DRAINED,
    STANDING_UNKNOWN /* as all others: nothing is heard of the tree */
} standing_t;

/* ms of silence after which a broker is called late; and after which it is called gone, or what is
   known of it then. */
#define STANDING_LATE_AFTER 2500
#define STANDING_GONE_AFTER 10000

/* What the rows of a view are worth. */
typedef struct {
    bool is_current;      /* they are what is, and not what was when the connection was lost, or the
                             own broker fell silent */
    uint64_t finished_ms; /* when their round was over */
    uint64_t age_ms;      /* how long ago that is */
} sight_t;

standing_t standing_of(const broker_t *broker, const sight_t *tree);

/* For how long one hasn't reported, in ms, whose row says silent_ms; 0 if it does. What is in a
   round that is current reports; its age is that of the round only when it isn't. */
uint64_t standing_silence(uint64_t silent_ms, const sight_t *view);

#endif
