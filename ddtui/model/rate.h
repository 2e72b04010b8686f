/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rate - how much a counter has gone on a second
 */
#ifndef RATE_H_INCLUDED
#define RATE_H_INCLUDED

#include "model.h"

/* MODEL_UNKNOWN if it can't be known: counters that went back are those of a new start. */
static inline uint64_t rate_between(uint64_t now, uint64_t before, uint64_t elapsed_ms)
{
    if (now == MODEL_UNKNOWN || before == MODEL_UNKNOWN || now < before || elapsed_ms == 0)
        return MODEL_UNKNOWN;
    return (uint64_t)((double)(now - before) * 1000 / (double)elapsed_ms + 0.5);
}

#endif
