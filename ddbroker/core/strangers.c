/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * strangers - who was refused a connection, so that an operator finds out who isn't connected, and
 * why
 */
#include "strangers.h"

#include <stdio.h>

/* ms from one event of a stranger to its next; and after which one who doesn't come any more is
   forgotten. */
#define INTERVAL 60000
#define MEMORY 600000

static void tell(stranger_t *stranger, event_history_t *events, bool is_others, uint64_t now_ms)
{
    char text[2 * EVENT_TEXT_MAX], count[64] = "a connection";
    bool goes_on = stranger->told_ms > 0;
    if (goes_on || stranger->fresh > 1)
        snprintf(count, sizeof count, "%llu connections within %llu s",
            (unsigned long long)stranger->fresh,
            (unsigned long long)(goes_on ? (now_ms - stranger->told_ms + 999) / 1000 : 1));
    snprintf(text, sizeof text, "refused %s from %s%s%s%s: %s", count,
        is_others ? "others, the last from " : "",
        stranger->address[0] != '\0' ? stranger->address : "this machine",
        stranger->key[0] != '\0' ? " with key " : "", stranger->key, stranger->why);
    event_history_add(events, now_ms, DD_LOG_WARNING, EVENT_OF_STRANGERS, text);
    stranger->fresh = 0;
    stranger->told_ms = now_ms;
}

static void tell_if_due(
    stranger_t *stranger, event_history_t *events, bool is_others, uint64_t now_ms)
{
    bool is_due = stranger->told_ms == 0 || now_ms >= stranger->told_ms + INTERVAL;
    if (stranger->fresh > 0 && is_due)
        tell(stranger, events, is_others, now_ms);
}

static bool is_over(const stranger_t *stranger, uint64_t now_ms)
{
    return stranger->fresh == 0 && now_ms >= stranger->last_ms + MEMORY;
}

static stranger_t *find(strangers_t *self, const stranger_t *who)
{
    for (size_t i = 0; i < self->count; i++)
        if (strcmp(self->items[i].address, who->address) == 0 &&
            strcmp(self->items[i].key, who->key) == 0)
            return &self->items[i];
    return NULL;
}

static size_t count_of_address(const strangers_t *self, const char *address)
{
    size_t count = 0;
    for (size_t i = 0; i < self->count; i++)
        count += strcmp(self->items[i].address, address) == 0;
    return count;
}

/* Its place, or that of all others. */
static stranger_t *place_of(strangers_t *self, const stranger_t *who)
{
    stranger_t *found = find(self, who);
    if (found)
        return found;
    if (self->count == STRANGERS_MAX ||
        count_of_address(self, who->address) == STRANGERS_OF_ADDRESS)
        return &self->others;
    found = &self->items[self->count++];
    *found = *who;
    return found;
}

void strangers_refused(strangers_t *self, event_history_t *events, const char *address,
    const char *key, const char *why, uint64_t now_ms)
{
    stranger_t who = {.fresh = 0};
    snprintf(who.address, sizeof who.address, "%s", address);
    snprintf(who.key, sizeof who.key, "%s", key);
    snprintf(who.why, sizeof who.why, "%s", why);
    stranger_t *place = place_of(self, &who);
    who.fresh = place->fresh + 1;
    who.told_ms = place->told_ms;
    who.last_ms = now_ms;
    *place = who;
    self->refused++;
    self->last_ms = now_ms;
    tell_if_due(place, events, place == &self->others, now_ms);
}

void strangers_tell(strangers_t *self, event_history_t *events, uint64_t now_ms)
{
    for (size_t i = self->count; i-- > 0;) {
        tell_if_due(&self->items[i], events, false, now_ms);
        if (is_over(&self->items[i], now_ms))
            self->items[i] = self->items[--self->count];
    }
    tell_if_due(&self->others, events, true, now_ms);
    if (is_over(&self->others, now_ms))
        self->others = (stranger_t){.fresh = 0};
}
