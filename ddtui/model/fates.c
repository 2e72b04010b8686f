/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fates - what can be said of brokers that don't report
 */
#include "fates.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/hash.h"

typedef struct {
    broker_t *broker;
    size_t parent; /* its place; its own if it isn't known */
    bool known;    /* its fate is */
    broker_fate_t before;
    UT_hash_handle hh;
} place_t;

typedef struct {
    place_t *places; /* in the model's order */
    size_t count;
    place_t *by_id;
} fates_t;

static bool is_silent(const place_t *place)
{
    return place->broker->silent_ms > 0;
}

static void is_gone(place_t *place)
{
    place->known = true;
    if (place->broker->fate != BROKER_DRAINED)
        place->broker->fate = BROKER_GONE;
}

/* The state that a broker had said last tells that it was going to leave. */
static void begin(place_t *place)
{
    broker_t *broker = place->broker;
    place->before = broker->fate;
    broker->behind[0] = '\0';
    if (!is_silent(place))
        broker->fate = BROKER_REPORTS;
    else if (strcmp(broker->state, "draining") == 0)
        broker->fate = BROKER_DRAINED;
    else if (broker->fate != BROKER_DRAINED)
        broker->fate = BROKER_REPORTS;
    place->known = false;
}

static bool find_parents(fates_t *self)
{
    for (size_t i = 0; i < self->count; i++) {
        place_t *place = &self->places[i];
        HASH_ADD_KEYPTR(hh, self->by_id, place->broker->id, strlen(place->broker->id), place);
        if (!place->hh.tbl)
            return false;
    }
    for (size_t i = 0; i < self->count; i++) {
        place_t *parent, *place = &self->places[i];
        HASH_FIND_STR(self->by_id, model_parent(place->broker), parent);
        place->parent = parent ? (size_t)(parent - self->places) : i;
    }
    return true;
}

/* Those beside a broker that reports. */
static void mark_gone(fates_t *self)
{
    for (size_t i = 0; i < self->count; i++) {
        place_t *place = &self->places[i], *parent = &self->places[place->parent];
        if (is_silent(place) && !is_silent(parent))
            is_gone(place);
        else if (!is_silent(place) && is_silent(parent))
            is_gone(parent);
    }
}

/* One of two neighbours may be behind the other, or behind what that is behind. */
static void mark_behind(place_t *place, const place_t *neighbour)
{
    broker_t *broker = place->broker;
    const broker_t *other = neighbour->broker;
    if (place->known || !is_silent(place) || !neighbour->known)
        return;
    place->known = true;
    memcpy(broker->behind, other->fate == BROKER_BEHIND ? other->behind : other->name,
        sizeof broker->behind);
    if (broker->fate != BROKER_DRAINED)
        broker->fate = BROKER_BEHIND;
}

/* A parent stands before its children: what is known goes all the way up, and then all the way
   down. A part of the tree beside which nobody reports begins with one that is gone. */
static void spread(fates_t *self)
{
    for (size_t i = self->count; i-- > 0;)
        mark_behind(&self->places[self->places[i].parent], &self->places[i]);
    for (size_t i = 0; i < self->count; i++) {
        place_t *place = &self->places[i];
        mark_behind(place, &self->places[place->parent]);
        if (is_silent(place) && !place->known)
            is_gone(place);
    }
}

static void end(const place_t *place)
{
    broker_t *broker = place->broker;
    if (broker->fate == place->before)
        return;
    bool reported = place->before == BROKER_REPORTS;
    broker->fate_ms = !reported                            ? 0
                      : broker->silent_ms < FATES_AT_FIRST ? broker->silent_ms
                                                           : FATES_AT_FIRST;
}

dd_error_t fates_set(model_t *model)
{
    fates_t self = {.count = model_count(model, VIEW_TREE)};
    dd_error_t error = DD_E_MEMORY;
    self.places = calloc(self.count + 1, sizeof *self.places);
    if (!self.places)
        return error;
    for (size_t i = 0; i < self.count; i++) {
        self.places[i].broker = model_edit(model, VIEW_TREE, i);
        begin(&self.places[i]);
    }
    if (find_parents(&self)) {
        mark_gone(&self);
        spread(&self);
        for (size_t i = 0; i < self.count; i++)
            end(&self.places[i]);
        error = DD_OK;
    }
    HASH_CLEAR(hh, self.by_id);
    free(self.places);
    return error;
}
