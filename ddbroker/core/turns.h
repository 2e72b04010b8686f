/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * turns - how long the broker's loop was at work without looking for what is new
 */
#ifndef TURNS_H_INCLUDED
#define TURNS_H_INCLUDED

#include <stdint.h>

/* Turns of up to 64 us, of up to 128, and so on up to 1,048,576, and longer ones. */
#define TURNS_SHORTEST_US 64u
#define TURNS_LENGTHS 16

typedef struct {
    uint64_t count[TURNS_LENGTHS];
    uint64_t sum_us; /* of all */
} turns_t;

static inline void turns_add(turns_t *self, uint64_t us)
{
    unsigned i = 0;
    while (i < TURNS_LENGTHS - 1 && us > (uint64_t)TURNS_SHORTEST_US << i)
        i++;
    self->count[i]++;
    self->sum_us += us;
}

#endif
