/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * samples - times that were measured, and their percentiles
 */
#ifndef SAMPLES_H_INCLUDED
#define SAMPLES_H_INCLUDED

#include <stddef.h>
#include <stdint.h>

typedef struct {
    double p50, p90, p99, p99_9, max;
} percentiles_t;

/* Sorts the samples. A percentile is the smallest sample that so many percent don't exceed; all are
   0 without samples. */
percentiles_t samples_percentiles(uint32_t *samples, size_t count);

/* Multiplies all of them. */
void samples_scale(percentiles_t *self, double factor);

#endif
