/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * routing_ids - which routing ids a ROUTER can have given to its connections
 */
#include "routing_ids.h"

#include <endian.h>
#include <string.h>

/* How far a number may be from where it is expected, so that nobody is cut for something that this
   broker didn't hear of; a hit among so few is as rare as a blind one. */
#define SLACK 1024
/* The same into the past where it isn't known since when a connection is there. */
#define PAST 65536

void routing_ids_init(routing_ids_t *self, uint32_t number)
{
    *self = (routing_ids_t){.newest = number, .ceiling = number};
}

routing_ids_then_t routing_ids_accept(routing_ids_t *self, size_t silent)
{
    return (routing_ids_then_t){
        .newest = self->newest, .accepted = ++self->accepted, .silent = (uint32_t)silent};
}

bool routing_ids_number(dd_bytes_t id, uint32_t *number)
{
    if (id.size != 1 + sizeof *number || id.data[0] != 0)
        return false;
    memcpy(number, id.data + 1, sizeof *number);
    *number = be32toh(*number);
    return true;
}

/* Numbers go round: how much later one is than another. */
static int32_t distance(uint32_t later, uint32_t earlier)
{
    return (int32_t)(later - earlier);
}

/* What came between the connection and the number was silent when it was accepted, or has come
   since. */
static void learn(routing_ids_t *self, const routing_ids_then_t *then, uint32_t number)
{
    if (distance(number, self->newest) > 0)
        self->newest = number;
    uint32_t ceiling = then ? number + then->silent - then->accepted : self->ceiling;
    if (distance(self->ceiling, ceiling) > 0)
        self->ceiling = ceiling;
}

bool routing_ids_take(routing_ids_t *self, const routing_ids_then_t *then, uint32_t number)
{
    uint32_t first = then ? then->newest - SLACK : self->newest - PAST;
    uint32_t last = self->ceiling + self->accepted + SLACK;
    if (distance(number, first) <= 0 || distance(last, number) < 0)
        return false;
    learn(self, then, number);
    return true;
}
