/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_dedup - which of the brokers' events are new since the last look
 */
#include "event_dedup.h"

#include <stdlib.h>
#include <string.h>

#include "libdd/base/hash.h"

/* A broker, and how far its events have been seen. */
typedef struct {
    char id[MODEL_ID_ROOM];
    uint64_t at_ms;  /* of the last event that was seen */
    uint64_t seen;   /* events of that very moment that were seen */
    uint64_t passed; /* and those of them that this look has come across */
    uint64_t look;   /* in which it was met last */
    UT_hash_handle hh;
} source_t;

struct event_dedup {
    source_t *sources; /* by their ids */
    uint64_t look;
};

event_dedup_t *event_dedup_new(void)
{
    return calloc(1, sizeof(event_dedup_t));
}

static void forget(event_dedup_t *self, source_t *source)
{
    HASH_DEL(self->sources, source);
    free(source);
}

void event_dedup_destroy(event_dedup_t **self_p)
{
    event_dedup_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    source_t *source, *next;
    HASH_ITER (hh, self->sources, source, next)
        forget(self, source);
    free(self);
    *self_p = NULL;
}

bool event_dedup_is_first(const event_dedup_t *self)
{
    return self->look == 0;
}

/* Brokers come and go, each time with another id: those that are gone make room. */
void event_dedup_look(event_dedup_t *self)
{
    source_t *source, *next;
    HASH_ITER (hh, self->sources, source, next)
        if (HASH_COUNT(self->sources) > MODEL_BROKERS_MAX && source->look < self->look)
            forget(self, source);
    self->look++;
}

static source_t *source_of(event_dedup_t *self, const char *id)
{
    source_t *source;
    HASH_FIND_STR(self->sources, id, source);
    if (source || !(source = calloc(1, sizeof *source)))
        return source;
    memcpy(source->id, id, strlen(id) + 1);
    HASH_ADD_STR(self->sources, id, source);
    if (source->hh.tbl)
        return source;
    free(source);
    return NULL;
}

bool event_dedup_is_new(event_dedup_t *self, const happening_t *event)
{
    source_t *source = source_of(self, event->broker_id);
    if (!source)
        return true; /* better twice than not at all */
    if (source->look != self->look) {
        source->look = self->look;
        source->passed = 0;
    }
    if (event->at_ms < source->at_ms)
        return false;
    if (event->at_ms > source->at_ms) {
        source->at_ms = event->at_ms;
        source->seen = source->passed = 0;
    }
    if (++source->passed <= source->seen)
        return false;
    source->seen++;
    return true;
}
