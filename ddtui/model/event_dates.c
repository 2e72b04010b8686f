/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_dates - when the brokers' events happened, by this machine's clock
 */
#include "event_dates.h"

#include <stdlib.h>
#include <string.h>

#include "libdd/base/hash.h"

typedef struct {
    char id[MODEL_ID_ROOM];
    int64_t start_ms; /* of the broker, as far as it is known */
    uint64_t look;    /* in which it was met last */
    UT_hash_handle hh;
} clock_of_t;

struct event_dates {
    clock_of_t *clocks; /* by the brokers' ids */
    uint64_t look;
};

event_dates_t *event_dates_new(void)
{
    return calloc(1, sizeof(event_dates_t));
}

static void forget(event_dates_t *self, clock_of_t *clock)
{
    HASH_DEL(self->clocks, clock);
    free(clock);
}

void event_dates_destroy(event_dates_t **self_p)
{
    event_dates_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    clock_of_t *clock, *next;
    HASH_ITER (hh, self->clocks, clock, next)
        forget(self, clock);
    free(self);
    *self_p = NULL;
}

/* Brokers come and go, each time with another id: those that are gone make room. */
void event_dates_look(event_dates_t *self)
{
    clock_of_t *clock, *next;
    HASH_ITER (hh, self->clocks, clock, next)
        if (HASH_COUNT(self->clocks) > MODEL_BROKERS_MAX && clock->look < self->look)
            forget(self, clock);
    self->look++;
}

static clock_of_t *clock_new(event_dates_t *self, const char *id, int64_t start_ms)
{
    clock_of_t *clock = calloc(1, sizeof *clock);
    if (!clock)
        return NULL;
    memcpy(clock->id, id, strlen(id) + 1);
    clock->start_ms = start_ms;
    clock->look = self->look;
    HASH_ADD_STR(self->clocks, id, clock);
    if (clock->hh.tbl)
        return clock;
    free(clock);
    return NULL;
}

static int64_t start_of(event_dates_t *self, const char *id, int64_t told_ms)
{
    clock_of_t *clock;
    HASH_FIND_STR(self->clocks, id, clock);
    if (!clock && !(clock = clock_new(self, id, told_ms)))
        return told_ms;
    if (clock->look != self->look)
        clock->start_ms += EVENT_DATES_DRIFT;
    clock->look = self->look;
    if (told_ms < clock->start_ms || told_ms > clock->start_ms + EVENT_DATES_DELAY)
        clock->start_ms = told_ms;
    return clock->start_ms;
}

int64_t event_dates_of(event_dates_t *self, const happening_t *event, int64_t wall_ms)
{
    uint64_t now_ms = wall_ms > 0 ? (uint64_t)wall_ms : 0;
    if (event->age_ms >= now_ms) /* or it isn't known */
        return wall_ms;
    int64_t told_ms = wall_ms - (int64_t)event->age_ms;
    if (event->at_ms >= now_ms)
        return told_ms;
    return start_of(self, event->broker_id, told_ms - (int64_t)event->at_ms) +
           (int64_t)event->at_ms;
}
