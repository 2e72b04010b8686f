/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * since - for how long something has been so, from one round of reports to the next
 */
#ifndef SINCE_H_INCLUDED
#define SINCE_H_INCLUDED

#include "model.h"

/* ms by which reports of the same time may differ, for what they took on their way. */
#define SINCE_JITTER 5000

/* What a report tells; but as it was told before, and counted on from there, if that may be the
   same time, which doesn't waver then. */
static inline uint64_t since_going_on(uint64_t now_ms, uint64_t before_ms, uint64_t elapsed_ms)
{
    if (now_ms == MODEL_UNKNOWN || before_ms == MODEL_UNKNOWN)
        return now_ms;
    uint64_t on_ms = before_ms + elapsed_ms;
    uint64_t apart = on_ms > now_ms ? on_ms - now_ms : now_ms - on_ms;
    return apart <= SINCE_JITTER ? on_ms : now_ms;
}

#endif
