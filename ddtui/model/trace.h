/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trace - what the brokers on a notification's way said about it
 *
 * A client sends one notification that is traced; each broker that it passes answers with a hop,
 * and its receiver with a receipt, or a broker with an error. The trace keeps them in the order of
 * the way.
 */
#ifndef TRACE_H_INCLUDED
#define TRACE_H_INCLUDED

#include <stdbool.h>

#include "libdd/include/dd.h"

/* No way is longer: the protocol limits the hops. */
#define TRACE_HOPS_MAX 32

typedef struct {
    uint64_t number; /* brokers passed, from 1 */
    char broker[DD_BROKER_MAX + 1];
    char scope[DD_SCOPE_MAX + 1];
    char decision[256]; /* the broker's words, as they came */
    dd_error_t error;   /* why it went no further */
    uint64_t heard_us;  /* from the start until its word was here */
    uint64_t step_us;   /* of that, since the word of the broker before; 0 if that came later */
} hop_t;

typedef enum { TRACE_NONE, TRACE_RUNNING, TRACE_ARRIVED, TRACE_FAILED } trace_state_t;

typedef struct {
    trace_state_t state;
    uint32_t ref;
    char destination[DD_NAME_MAX + 1];
    char end[256];    /* who has it, or what the error is about, as it came */
    dd_error_t error; /* why it didn't arrive */
    uint64_t began_us;
    uint64_t ended_us;          /* from the start until its end was known */
    hop_t hops[TRACE_HOPS_MAX]; /* in the order of their numbers */
    size_t count;
} trace_t;

void trace_begin(trace_t *self, uint32_t ref, const char *destination, uint64_t now_us);
/* Takes a hop, a receipt or an error. True if it belongs to this trace. */
bool trace_event(trace_t *self, const dd_event_t *event);
/* The caller gives it up, for this reason. */
void trace_stop(trace_t *self, dd_error_t error, uint64_t now_us);
/* Ends a trace that has run for so long that nothing more is to come, with DD_E_TIMEOUT. True if it
   did. */
bool trace_tick(trace_t *self, uint64_t now_us);

/* Why one that has failed didn't arrive, for a person. Returns out, with escaped text in it. */
#define TRACE_WHY_ROOM 512
const char *trace_why(const trace_t *self, char out[TRACE_WHY_ROOM]);

#endif
