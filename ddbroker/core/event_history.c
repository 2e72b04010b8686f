/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_history - what happened lately at this broker, for whoever may know it
 */
#include "event_history.h"

#include <stdlib.h>

#include "libdd/base/utf8.h"

/* The events of one tenant and level, oldest first. */
typedef struct {
    event_t *first, *last;
    event_sums_t sums;
} line_t;

struct event_own {
    dd_member_t member; /* first */
    char tenant[DD_TENANT_MAX + 1];
    line_t lines[EVENT_LEVELS];
};

static const uint64_t MOST[EVENT_LEVELS] = EVENT_HISTORY_MAX;

/* NULL when out of memory. */
static event_own_t *own_of(event_history_t *self, dd_bytes_t tenant)
{
    event_own_t *own = dd_table_find(&self->owns, tenant.data, tenant.size);
    return own ? own : DD_TABLE_MAKE(&self->owns, event_own_t, tenant, tenant);
}

static event_t *take_oldest(event_history_t *self, line_t *line)
{
    event_t *event = line->first;
    if (!event)
        return NULL;
    line->first = event->next_own;
    line->sums.count--;
    self->sums[event->level].count--;
    cursor_pass(&self->cursors, event, event->older);
    DL_DELETE2(self->newest, event, newer, older);
    return event;
}

static void count_forgotten(event_sums_t *sums, const event_t *event)
{
    sums->forgotten++;
    sums->forgotten_ms = event->at_ms;
}

/* An event to be filled. */
static event_t *make_room(event_history_t *self, line_t *line, dd_log_level_t level)
{
    event_t *event = line->sums.count < MOST[level] ? malloc(sizeof *event) : NULL;
    if (event || !(event = take_oldest(self, line)))
        return event;
    count_forgotten(&line->sums, event);
    count_forgotten(&self->sums[level], event);
    return event;
}

static void append(event_history_t *self, line_t *line, event_t *event)
{
    if (line->first)
        line->last->next_own = event;
    else
        line->first = event;
    line->last = event;
    line->sums.count++;
    self->sums[event->level].count++;
    DL_PREPEND2(self->newest, event, newer, older);
}

void event_history_add(event_history_t *self, uint64_t now_ms, dd_log_level_t level,
    const char *tenant, const char *text)
{
    event_own_t *own = own_of(self, dd_bytes_of(tenant));
    event_t *event = own ? make_room(self, &own->lines[level], level) : NULL;
    if (!event)
        return;
    *event = (event_t){.own = own, .at_ms = now_ms, .level = level};
    size_t size = dd_utf8_cut(text, strlen(text), EVENT_TEXT_MAX - 1);
    dd_bytes_copy(dd_bytes(text, size), event->text, EVENT_TEXT_MAX);
    append(self, &own->lines[level], event);
}

static void add_sums(
    event_sums_t *sums, const event_history_t *self, dd_bytes_t tenant, dd_log_level_t level)
{
    const event_own_t *own = dd_table_find(&self->owns, tenant.data, tenant.size);
    if (!own)
        return;
    const event_sums_t *more = &own->lines[level].sums;
    sums->count += more->count;
    sums->forgotten += more->forgotten;
    if (more->forgotten_ms > sums->forgotten_ms)
        sums->forgotten_ms = more->forgotten_ms;
}

event_sums_t event_history_sums(
    const event_history_t *self, dd_bytes_t tenant, dd_log_level_t level)
{
    event_sums_t sums = {0};
    if (tenant.size == 0)
        return self->sums[level];
    add_sums(&sums, self, tenant, level);
    add_sums(&sums, self, dd_bytes_of(EVENT_FOR_ALL), level);
    return sums;
}

static void forget(event_history_t *self, event_own_t *own)
{
    event_t *event;
    for (size_t level = 0; level < EVENT_LEVELS; level++)
        while ((event = take_oldest(self, &own->lines[level])))
            free(event);
    dd_table_unmake(&self->owns, own);
}

void event_history_forget(event_history_t *self, event_keep_t *keep, void *arg)
{
    dd_member_t *member, *next;
    DL_FOREACH_SAFE (self->owns.first, member, next) {
        event_own_t *own = (event_own_t *)member;
        if (!keep(arg, dd_bytes_of(own->tenant)))
            forget(self, own);
    }
}

void event_history_clear(event_history_t *self)
{
    while (self->owns.first)
        forget(self, (event_own_t *)self->owns.first);
}

const char *event_tenant(const event_t *self)
{
    return self->own->tenant;
}

bool event_is_for(const event_t *self, dd_bytes_t tenant)
{
    dd_bytes_t own = dd_bytes_of(event_tenant(self));
    return tenant.size == 0 || dd_bytes_equal(own, tenant) ||
           dd_bytes_equal(own, dd_bytes_of(EVENT_FOR_ALL));
}
