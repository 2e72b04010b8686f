/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * lost_brokers - brokers that were children until they were lost, and aren't back
 */
#include "lost_brokers.h"

#include <string.h>

static void remove_at(lost_brokers_t *self, size_t i)
{
    self->count--;
    memmove(&self->items[i], &self->items[i + 1], (self->count - i) * sizeof self->items[0]);
}

void lost_brokers_back(lost_brokers_t *self, const char *name, const uint8_t id[DD_BROKER_ID_SIZE])
{
    for (size_t i = self->count; i-- > 0;)
        if (strcmp(self->items[i].name, name) == 0 ||
            memcmp(self->items[i].id, id, DD_BROKER_ID_SIZE) == 0)
            remove_at(self, i);
}

void lost_brokers_add(
    lost_brokers_t *self, const char *name, const uint8_t id[DD_BROKER_ID_SIZE], uint64_t now_ms)
{
    lost_brokers_back(self, name, id);
    if (self->count == LOST_BROKERS_MAX)
        remove_at(self, 0);
    lost_broker_t *lost = &self->items[self->count++];
    *lost = (lost_broker_t){.at_ms = now_ms};
    strncpy(lost->name, name, sizeof lost->name - 1);
    memcpy(lost->id, id, DD_BROKER_ID_SIZE);
}

void lost_brokers_expire(lost_brokers_t *self, uint64_t now_ms)
{
    while (self->count > 0 && now_ms - self->items[0].at_ms > LOST_BROKERS_MEMORY)
        remove_at(self, 0);
}
