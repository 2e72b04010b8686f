/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * departures - which clients were beneath a child broker until lately
 */
#include "departures.h"

#include <stdlib.h>

#include "libdd/base/hash.h"

/* Groups of places, and places of each: those whose hashes meet in one group have room there. */
#define GROUPS 1024
#define PLACES 4
/* ms for which a name is remembered: longer than anything waits on a link that lives. */
#define MEMORY 60000

typedef struct {
    unsigned hash;
    uint64_t until_ms; /* 0: nobody */
} place_t;

struct departures {
    place_t places[GROUPS][PLACES];
};

departures_t *departures_new(void)
{
    return calloc(1, sizeof(departures_t));
}

/* Takes the place of the one that left first, or of the same one's before. */
void departures_add(departures_t *self, dd_bytes_t name, uint64_t now_ms)
{
    if (!self)
        return;
    unsigned hash = dd_hash_bytes(name.data, name.size);
    place_t *group = self->places[hash % GROUPS], *place = &group[0];
    for (int i = 0; i < PLACES && place->hash != hash; i++)
        if (group[i].hash == hash || group[i].until_ms < place->until_ms)
            place = &group[i];
    *place = (place_t){hash, now_ms + MEMORY};
}

bool departures_had(const departures_t *self, dd_bytes_t name, uint64_t now_ms)
{
    if (!self)
        return false;
    unsigned hash = dd_hash_bytes(name.data, name.size);
    const place_t *group = self->places[hash % GROUPS];
    for (int i = 0; i < PLACES; i++)
        if (group[i].hash == hash && now_ms < group[i].until_ms)
            return true;
    return false;
}
