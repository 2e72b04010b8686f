/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * receivers - the clients that receive, in the process that was started
 *
 * Each client takes messages on its own thread, acknowledges blocks or sends echoes, and counts.
 * measurement.c looks at the sums from its thread and joins all at the end.
 */
#ifndef RECEIVERS_H_INCLUDED
#define RECEIVERS_H_INCLUDED

#include "run.h"

typedef struct receivers receivers_t;

/* Makes the clients and has them registered and, with publish, subscribed; at the options' rate
   with connect. NULL, after saying why. */
receivers_t *receivers_new(const run_t *run);
/* Takes NULL and *self_p == NULL. */
void receivers_destroy(receivers_t **self_p);

/* Different messages that have arrived so far, and all that are to come. */
uint64_t receivers_received(const receivers_t *self);
uint64_t receivers_expected(const receivers_t *self);

typedef struct {
    uint64_t received;
    uint64_t lost;
    uint64_t duplicated;
    uint64_t reordered;
    uint64_t gaps; /* times that receivers were told of publications they missed */
} receivers_count_t;

/* Ends the clients, and counts. */
receivers_count_t receivers_conclude(receivers_t *self);

#endif
