/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gathered - what happens in masses, and is told in few events
 */
#include "gathered.h"

#include <stdio.h>

/* ms from one event to the next; and for which the first ones are gathered, which is as often as
   somebody looks. */
#define INTERVAL 60000
#define AT_FIRST 1000

/* Whole seconds that hold so many ms. */
static unsigned long long seconds(uint64_t ms)
{
    return ms > 0 ? (ms + 999) / 1000 : 1;
}

bool gathered_has_fresh(gathered_t *self, uint64_t count, uint64_t now_ms)
{
    if (count > self->told && self->fresh_ms == 0)
        self->fresh_ms = now_ms;
    return count > self->told;
}

bool gathered_is_due(gathered_t *self, uint64_t count, uint64_t now_ms)
{
    return gathered_has_fresh(self, count, now_ms) && now_ms >= self->fresh_ms + AT_FIRST &&
           (self->told == 0 || now_ms >= self->told_ms + INTERVAL);
}

void gathered_take(
    gathered_t *self, uint64_t count, uint64_t since_ms, uint64_t now_ms, char out[GATHERED_ROOM])
{
    unsigned long long all_s = seconds(now_ms - since_ms);
    unsigned long long fresh = count - self->told, all = count;
    if (self->told == 0)
        snprintf(out, GATHERED_ROOM, "%llu within %llu s", all, all_s);
    else
        snprintf(out, GATHERED_ROOM, "%llu within %llu s, %llu within %llu s in all", fresh,
            seconds(now_ms - self->fresh_ms + AT_FIRST), all, all_s);
    *self = (gathered_t){.told = count, .told_ms = now_ms};
}
