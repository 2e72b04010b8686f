/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * survey - what all brokers of the tree report of themselves, asked for by this one
 *
 * It is the question that an operator's console asks, and its answers are the same. One survey is
 * under way at a time.
 */
#ifndef SURVEY_H_INCLUDED
#define SURVEY_H_INCLUDED

#include "ddbroker/core/core.h"

typedef struct {
    core_t *core;
    peer_t *peer; /* that asks; NULL before the first survey */
    uint32_t ref; /* of the question */
    bool goes_on;
    bool refused;         /* the question, for there were too many lately */
    bool cut;             /* not all that came could be kept */
    unsigned outstanding; /* brokers that haven't said their last */
    uint64_t deadline_ms;
    char *text; /* a report a line; whoever takes it sets it to NULL */
    size_t size;
    size_t room;
} survey_t;

/* Asks. route is for the peer that asks; see core_connect_self(). False when out of memory. */
bool survey_begin(survey_t *self, core_t *core, void *route, uint64_t now_ms);
/* Takes some of what has come, when the peer is dirty. True if there is more. */
bool survey_take(survey_t *self);
/* No longer waits for those who are silent, if it is time. */
void survey_tick(survey_t *self, uint64_t now_ms);
void survey_end(survey_t *self, uint64_t now_ms);

#endif
