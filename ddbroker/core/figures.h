/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * figures - what there is at a broker and what was done, as numbers
 *
 * Reports and metrics both tell these, so that they agree. All are kept as things happen: to read
 * them costs no look at peers.
 */
#ifndef FIGURES_H_INCLUDED
#define FIGURES_H_INCLUDED

#include "core.h"
#include "counts.h"
#include "lost_brokers.h"
#include "turns.h"

/* What clients hold, of one tenant or of several. Begins as zeros. */
typedef struct {
    uint64_t clients; /* registered */
    uint64_t subscriptions;
    uint64_t outbox;   /* bytes that wait for them */
    uint64_t old_keys; /* clients that a rotation will cut off: they have shown no other key */
} figures_t;

void figures_add(figures_t *self, const quota_t *quota);

/* The first of all tenants that were here since the start, and with quotas_after() the others. None
   is ever removed. */
const quota_t *figures_tenants(const core_t *self);

/* Pointers are the core's. */
typedef struct {
    const char *name;
    const char *scope;
    const char *state; /* "ok", "cut off" or "draining" */
    uint64_t uptime_ms;
    uint64_t children;
    const lost_brokers_t *lost; /* children that are missed */
    uint64_t connections;       /* that hold a place */
    uint64_t clients_max;
    uint64_t rtt_us; /* to the parent; 0: not known */
    const parents_t *parents;
    uint64_t parents_silent;
    uint64_t parent_ms; /* since the parent was joined; 0 without one */
    uint64_t not_let_in;
    const counts_t *count;
    uint64_t dropped_lately; /* in the last five minutes */
    const counts_reasons_t *refused_for;
    const turns_t *turns;
} figures_broker_t;

figures_broker_t figures_of_broker(const core_t *self, uint64_t now_ms);

/* Why no client can register now, in words; NULL if one can. */
const char *figures_closed(const core_t *self);

#endif
