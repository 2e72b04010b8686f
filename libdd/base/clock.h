/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * clock - the time that never jumps, and that on the wall
 */
#ifndef DD_CLOCK_H_INCLUDED
#define DD_CLOCK_H_INCLUDED

#include <stdint.h>
#include <time.h>

/* Microseconds since some fixed moment; not changed by anyone setting the wall clock. */
static inline uint64_t dd_clock_us(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* Milliseconds since 1970, to tell people when something was. Whoever sets the clock makes it jump:
   nothing may wait by it. */
static inline uint64_t dd_clock_wall_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

#endif
