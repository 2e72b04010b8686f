/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timers - which of many is due first
 *
 * A heap, so that setting one takes a few steps however many there are. Times are microseconds of
 * whatever clock. Not thread-safe.
 */
#ifndef DD_TIMERS_H_INCLUDED
#define DD_TIMERS_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Somebody's. All zero is one that isn't set. It must not move while it is. */
typedef struct {
    uint64_t due_us;
    size_t place; /* in the heap, from 1; 0: it isn't set */
} dd_timer_t;

/* All zero has none. */
typedef struct {
    dd_timer_t **heap; /* [0] isn't used */
    size_t count, room;
} dd_timers_t;

void dd_timers_clear(dd_timers_t *self);

/* Makes room for so many, so that setting them can't fail. False when out of memory. */
bool dd_timers_reserve(dd_timers_t *self, size_t count);

/* Sets one, or sets it anew; UINT64_MAX is never. */
void dd_timers_set(dd_timers_t *self, dd_timer_t *timer, uint64_t due_us);
/* Fine for one that isn't set. */
void dd_timers_cancel(dd_timers_t *self, dd_timer_t *timer);

/* The one that is due first; NULL if none is set. */
static inline dd_timer_t *dd_timers_first(const dd_timers_t *self)
{
    return self->count > 0 ? self->heap[1] : NULL;
}

/* When that is; UINT64_MAX for never. */
static inline uint64_t dd_timers_due(const dd_timers_t *self)
{
    return self->count > 0 ? self->heap[1]->due_us : UINT64_MAX;
}

#endif
