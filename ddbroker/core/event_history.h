/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_history - what happened lately at this broker, for whoever may know it
 *
 * Each tenant has a history of its own, as have all together and the operators: where it is full,
 * its oldest event makes room for its newest, and no other's does. All events are in one list, too.
 */
#ifndef EVENT_HISTORY_H_INCLUDED
#define EVENT_HISTORY_H_INCLUDED

#include "cursor.h"
#include "libdd/base/buffer.h"
#include "libdd/base/log_level.h"
#include "libdd/include/dd.h"

/* Events of one tenant. */
#define EVENT_HISTORY_MAX 256
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

/* All zero: empty. */
typedef struct {
    event_t *newest; /* of all: the head of a list that goes on with ->older */
    event_own_t *owns;
    cursor_t *cursors; /* at events */
} event_history_t;

void event_history_clear(event_history_t *self);

/* Texts that don't fit are cut. What finds no memory takes the place of the tenant's oldest event,
   or isn't kept. As many tenants are told apart as are named here, until they are forgotten. */
void event_history_add(event_history_t *self, uint64_t now_ms, dd_log_level_t level,
    const char *tenant, const char *text);

/* Forgets the tenants of which keep() says so, with all their events. */
typedef bool(event_keep_t)(void *arg, dd_bytes_t tenant);
void event_history_forget(event_history_t *self, event_keep_t *keep, void *arg);

/* Whose it is, or one of the two above. */
const char *event_tenant(const event_t *self);

/* Whether a client of the tenant, or with an empty tenant an operator, may see it. */
bool event_is_for(const event_t *self, dd_bytes_t tenant);

#endif
