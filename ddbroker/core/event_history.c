/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_history - what happened lately at this broker, for whoever may know it
 */
#include "event_history.h"

#include "libdd/base/utf8.h"

void event_history_add(event_history_t *self, uint64_t now_ms, dd_log_level_t level,
    const char *tenant, const char *text)
{
    event_t *event = &self->ring[self->count++ % EVENT_HISTORY_MAX];
    event->at_ms = now_ms;
    event->level = level;
    dd_bytes_copy(dd_bytes_of(tenant), event->tenant, sizeof event->tenant);
    size_t size = dd_utf8_cut(text, strlen(text), EVENT_TEXT_MAX - 1);
    dd_bytes_copy(dd_bytes(text, size), event->text, EVENT_TEXT_MAX);
}

const event_t *event_history_at(const event_history_t *self, uint64_t number)
{
    if (number >= self->count || number >= EVENT_HISTORY_MAX)
        return NULL;
    return &self->ring[(self->count - 1 - number) % EVENT_HISTORY_MAX];
}

bool event_is_for(const event_t *self, dd_bytes_t tenant)
{
    return tenant.size == 0 || dd_bytes_equal(dd_bytes_of(self->tenant), tenant) ||
           dd_bytes_equal(dd_bytes_of(self->tenant), dd_bytes_of(EVENT_FOR_ALL));
}
