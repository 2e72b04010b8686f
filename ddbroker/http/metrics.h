/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * metrics - a broker's figures as Prometheus reads them
 *
 * The text is written a piece at a time, as its reader takes it, and always of what is true at that
 * moment. Pure.
 */
#ifndef METRICS_H_INCLUDED
#define METRICS_H_INCLUDED

#include "ddbroker/core/figures.h"
#include "libdd/base/buffer.h"

/* A piece has room for this at least. */
#define METRICS_ROOM 2048

/* What is known of the process: to be filled by who can. */
typedef struct {
    uint64_t memory;      /* bytes that are resident */
    uint64_t cpu_us;      /* used since the start */
    uint64_t started_ms;  /* since 1970 */
    uint64_t descriptors; /* open */
    uint64_t descriptors_max;
} metrics_process_t;

/* All of one text. */
typedef struct {
    const core_t *core;
    const metrics_process_t *process;
    bool with_tenants;
    bool summed;   /* what clients hold is known */
    bool begun;    /* the family at hand has its head */
    size_t family; /* whose turn it is */
    size_t part;   /* of the family: a reason, or a length */
    const quota_t *tenant;
    uint64_t now_ms; /* of this piece */
    figures_t held;
    figures_broker_t broker; /* as of this piece */
} metrics_t;

/* process and core are lent. Tenants' figures have their names in them. */
void metrics_begin(
    metrics_t *self, const core_t *core, const metrics_process_t *process, bool with_tenants);

/* Writes the next lines, as many as have room, but does no more than a bounded amount of work:
   there may be none although it isn't the end. False after the end. */
bool metrics_write(metrics_t *self, dd_writer_t *out, uint64_t now_ms);

#endif
