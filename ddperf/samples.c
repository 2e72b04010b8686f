/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * samples - times that were measured, and their percentiles
 */
#include "samples.h"

#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return (left > right) - (left < right);
}

/* permille of a sorted array, rounded up to the next sample. */
static double at(const uint32_t *samples, size_t count, size_t permille)
{
    return samples[(count * permille + 999) / 1000 - 1];
}

percentiles_t samples_percentiles(uint32_t *samples, size_t count)
{
    if (count == 0)
        return (percentiles_t){0};
    qsort(samples, count, sizeof *samples, compare);
    return (percentiles_t){.p50 = at(samples, count, 500),
        .p90 = at(samples, count, 900),
        .p99 = at(samples, count, 990),
        .p99_9 = at(samples, count, 999),
        .max = samples[count - 1]};
}

void samples_scale(percentiles_t *self, double factor)
{
    self->p50 *= factor;
    self->p90 *= factor;
    self->p99 *= factor;
    self->p99_9 *= factor;
    self->max *= factor;
}
