/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * recent - how often something happened in the last five minutes, or up to half a minute more
 */
#ifndef RECENT_H_INCLUDED
#define RECENT_H_INCLUDED

#include <stdint.h>

/* ms that are counted together, and how many of these, the one at hand included. */
#define RECENT_PART 30000
#define RECENT_PARTS 11

/* All zero: never. */
typedef struct {
    uint64_t part; /* number of the latest one */
    uint64_t count[RECENT_PARTS];
} recent_t;

/* Empties the parts that have come since. Times may not go back. */
static inline void recent_turn(recent_t *self, uint64_t now_ms)
{
    uint64_t part = now_ms / RECENT_PART, from = self->part;
    if (part - from > RECENT_PARTS)
        from = part - RECENT_PARTS;
    while (from < part)
        self->count[++from % RECENT_PARTS] = 0;
    self->part = part;
}

static inline void recent_add(recent_t *self, uint64_t now_ms)
{
    recent_turn(self, now_ms);
    self->count[self->part % RECENT_PARTS]++;
}

static inline uint64_t recent_sum(const recent_t *self, uint64_t now_ms)
{
    recent_t now = *self;
    uint64_t sum = 0;
    recent_turn(&now, now_ms);
    for (int i = 0; i < RECENT_PARTS; i++)
        sum += now.count[i];
    return sum;
}

#endif
