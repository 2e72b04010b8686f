/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_history - what happened lately at this broker, for whoever may know it
 *
 * Each tenant has a history of its own, as have all together and the operators, with so much room
 * for each level: where that is full, the oldest event of it makes room for its newest, and no
 * other does, so that clients that come and go push out no warning. All events are in one list,
 * too.
 */
#ifndef EVENT_HISTORY_H_INCLUDED
#define EVENT_HISTORY_H_INCLUDED

#include "cursor.h"
#include "libdd/base/buffer.h"
#include "libdd/base/log_level.h"
#include "libdd/base/table.h"
#include "libdd/include/dd.h"

/* Events of one tenant, of the levels in their order up to DD_LOG_INFO. */
#define EVENT_LEVELS (DD_LOG_INFO + 1)
#define EVENT_HISTORY_MAX                                                                          \
    {                                                                                              \
        32, 48, 48, 128                                                                            \
    }
#define EVENT_TEXT_MAX 256

/* Instead of a tenant's name: what all may see, and what operators alone may. */
#define EVENT_FOR_ALL "*"
#define EVENT_FOR_OPERATORS ""

typedef struct event_own event_own_t;

typedef struct event {
    struct event *newer, *older; /* of all */
    struct event *next_own;      /* the next newer one of the same tenant */
    const event_own_t *own;
    uint64_t at_ms;
    dd_log_level_t level;
    char text[EVENT_TEXT_MAX];
} event_t;

/* Of events of one level. */
typedef struct {
    uint64_t count;        /* that there are */
    uint64_t forgotten;    /* that made room */
    uint64_t forgotten_ms; /* when the newest of these was */
} event_sums_t;

/* All zero: empty. */
typedef struct {
    event_t *newest; /* of all: the head of a list that goes on with ->older */
    dd_table_t owns;
    event_sums_t sums[EVENT_LEVELS];
    cursor_t *cursors; /* at events */
} event_history_t;

void event_history_clear(event_history_t *self);

/* Texts that don't fit are cut. What finds no memory takes the place of the tenant's oldest event
   of that level, or isn't kept. As many tenants are told apart as are named here, until they are
   forgotten. */
void event_history_add(event_history_t *self, uint64_t now_ms, dd_log_level_t level,
    const char *tenant, const char *text);

/* Of what a client of the tenant, or with an empty tenant an operator, may see. */
event_sums_t event_history_sums(
    const event_history_t *self, dd_bytes_t tenant, dd_log_level_t level);

/* Forgets the tenants of which keep() says so, with all their events. */
typedef bool(event_keep_t)(void *arg, dd_bytes_t tenant);
void event_history_forget(event_history_t *self, event_keep_t *keep, void *arg);

/* Whose it is, or one of the two above. */
const char *event_tenant(const event_t *self);

/* Whether a client of the tenant, or with an empty tenant an operator, may see it. */
bool event_is_for(const event_t *self, dd_bytes_t tenant);

#endif
