/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * departures - which clients were beneath a child broker until lately
 */
#include "departures.h"

#include <stdlib.h>

#include "libdd/base/hash.h"

/* Names, and ms, for which they are remembered: longer than anything waits on a link that lives. */
#define PLACES 1024
#define MEMORY 60000

struct departures {
    struct {
        unsigned hash;
        uint64_t until_ms; /* 0: nobody */
    } places[PLACES];
};

departures_t *departures_new(void)
{
    return calloc(1, sizeof(departures_t));
}

void departures_add(departures_t *self, dd_bytes_t name, uint64_t now_ms)
{
    if (!self)
        return;
    unsigned hash = dd_hash_bytes(name.data, name.size);
    self->places[hash % PLACES].hash = hash;
    self->places[hash % PLACES].until_ms = now_ms + MEMORY;
}

bool departures_had(const departures_t *self, dd_bytes_t name, uint64_t now_ms)
{
    if (!self)
        return false;
    unsigned hash = dd_hash_bytes(name.data, name.size);
    return self->places[hash % PLACES].hash == hash &&
           now_ms < self->places[hash % PLACES].until_ms;
}
