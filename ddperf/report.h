/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report - what a run has found, for people and for programs
 *
 * One table has all figures: which mode has which, their names, units and digits.
 */
#ifndef REPORT_H_INCLUDED
#define REPORT_H_INCLUDED

#include "options.h"
#include "samples.h"

/* What a mode doesn't measure is 0, and not printed. */
typedef struct {
    uint64_t sent;
    uint64_t received; /* different messages, by all receivers together */
    uint64_t lost;
    uint64_t duplicated;
    uint64_t reordered;
    uint64_t gaps;    /* times that receivers were told of publications they missed */
    uint64_t refused; /* notifications that came back with an error */
    uint64_t unknown; /* those of which nobody knows whether they arrived */
    double seconds;
    uint64_t sender_cpu; /* microseconds, of all senders together */
    uint64_t receiver_cpu;
    uint64_t broker_cpu;   /* of the watched brokers */
    percentiles_t latency; /* microseconds, one way */
    uint64_t registered;
    uint64_t idle_cpu;      /* microseconds, of the watched brokers while all did nothing */
    double idle_seconds;    /* for which they did so */
    uint64_t client_memory; /* bytes, of all clients together */
    uint64_t broker_memory; /* bytes that the watched brokers have got more */
} report_t;

/* Whether every message arrived once and in order, and nobody was told otherwise. */
bool report_is_clean(const report_t *self);

void report_print(const report_t *self, const options_t *options, FILE *stream);

#endif
