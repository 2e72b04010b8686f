/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parents - the brokers that this one may join, in order of preference, and what is known of each
 */
#include "parents.h"

#include <string.h>

static size_t find(const dd_endpoints_t *list, const char *endpoint)
{
    size_t i = 0;
    while (i < list->count && strcmp(list->items[i], endpoint) != 0)
        i++;
    return i;
}

/* Chooses one in place of the one at hand. */
static void choose(parents_t *self, size_t index)
{
    self->chosen = index;
    self->failures = 0;
    self->departures++;
}

void parents_set(parents_t *self, const dd_endpoints_t *list)
{
    parents_t before = *self;
    const char *chosen = parents_chosen(&before);
    self->list = *list;
    self->changes++;
    for (size_t i = 0; i < list->count; i++) {
        size_t known = find(&before.list, list->items[i]);
        self->health[i] = known < before.list.count ? before.health[known] : PARENT_UNKNOWN;
    }
    size_t stays = chosen ? find(list, chosen) : list->count;
    if (before.joined && stays < list->count)
        self->chosen = stays;
    else
        choose(self, 0);
}

void parents_prefer(parents_t *self, const char *endpoint, bool alone)
{
    dd_endpoints_t list = {.count = 1};
    dd_bytes_copy(dd_bytes_of(endpoint), list.items[0], sizeof list.items[0]);
    for (size_t i = 0; !alone && i < self->list.count && list.count < DD_ENDPOINTS_MAX; i++)
        if (strcmp(self->list.items[i], endpoint) != 0)
            memcpy(list.items[list.count++], self->list.items[i], sizeof list.items[0]);
    const char *chosen = parents_chosen(self);
    bool stays = self->joined && chosen && strcmp(chosen, endpoint) == 0;
    parents_set(self, &list);
    if (!stays && self->chosen != 0)
        choose(self, 0);
}

const char *parents_chosen(const parents_t *self)
{
    return self->chosen < self->list.count ? self->list.items[self->chosen] : NULL;
}

void parents_joined(parents_t *self, uint64_t now_ms)
{
    const char *endpoint = parents_chosen(self);
    if (self->joined || !endpoint)
        return;
    self->joined = true;
    self->failures = 0;
    self->since_ms = now_ms;
    self->health[self->chosen] = PARENT_ANSWERS;
    self->moves += self->last[0] && strcmp(self->last, endpoint) != 0;
    dd_bytes_copy(dd_bytes_of(endpoint), self->last, sizeof self->last);
}

bool parents_failed(parents_t *self, parent_health_t health, uint64_t now_ms)
{
    if (self->joined)
        self->since_ms = now_ms;
    self->joined = false;
    if (self->list.count == 0)
        return true;
    self->health[self->chosen] = health;
    self->chosen = (self->chosen + 1) % self->list.count;
    return ++self->failures % self->list.count == 0;
}

size_t parents_unused(const parents_t *self, size_t after)
{
    size_t next = after + 1;
    if (next == self->chosen)
        next++;
    return next < self->list.count ? next : SIZE_MAX;
}

const char *parents_health_name(const parents_t *self, size_t index)
{
    static const char *const NAMES[] = {[PARENT_UNKNOWN] = "unknown",
        [PARENT_ANSWERS] = "answers",
        [PARENT_SILENT] = "silent",
        [PARENT_ITSELF] = "this broker"};
    return self->joined && index == self->chosen ? "joined" : NAMES[self->health[index]];
}
