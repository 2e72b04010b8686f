/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * timers - which of many is due first
 */
#include "timers.h"

#include <stdlib.h>

#define ROOM_LEAST 16

void dd_timers_clear(dd_timers_t *self)
{
    free(self->heap);
    *self = (dd_timers_t){0};
}

bool dd_timers_reserve(dd_timers_t *self, size_t count)
{
    if (count < self->room)
        return true;
    size_t room = self->room ? 2 * self->room : ROOM_LEAST;
    while (room <= count)
        room *= 2;
    dd_timer_t **heap = realloc(self->heap, room * sizeof(dd_timer_t *));
    if (!heap)
        return false;
    self->heap = heap;
    self->room = room;
    return true;
}

static void put(dd_timers_t *self, dd_timer_t *timer, size_t place)
{
    self->heap[place] = timer;
    timer->place = place;
}

static void move_up(dd_timers_t *self, dd_timer_t *timer, size_t place)
{
    for (; place > 1 && timer->due_us < self->heap[place / 2]->due_us; place /= 2)
        put(self, self->heap[place / 2], place);
    put(self, timer, place);
}

static size_t earlier_child(const dd_timers_t *self, size_t place)
{
    size_t left = 2 * place, right = left + 1;
    return right <= self->count && self->heap[right]->due_us < self->heap[left]->due_us ? right
                                                                                        : left;
}

static void move_down(dd_timers_t *self, dd_timer_t *timer, size_t place)
{
    while (2 * place <= self->count) {
        size_t child = earlier_child(self, place);
        if (timer->due_us <= self->heap[child]->due_us)
            break;
        put(self, self->heap[child], place);
        place = child;
    }
    put(self, timer, place);
}

void dd_timers_set(dd_timers_t *self, dd_timer_t *timer, uint64_t due_us)
{
    if (due_us == UINT64_MAX) {
        dd_timers_cancel(self, timer);
        return;
    }
    uint64_t before_us = timer->place > 0 ? timer->due_us : UINT64_MAX;
    size_t place = timer->place > 0 ? timer->place : ++self->count;
    timer->due_us = due_us;
    if (due_us < before_us)
        move_up(self, timer, place);
    else
        move_down(self, timer, place);
}

void dd_timers_cancel(dd_timers_t *self, dd_timer_t *timer)
{
    if (timer->place == 0)
        return;
    size_t place = timer->place;
    dd_timer_t *last = self->heap[self->count--];
    timer->place = 0;
    if (last == timer)
        return;
    if (last->due_us < timer->due_us)
        move_up(self, last, place);
    else
        move_down(self, last, place);
}
