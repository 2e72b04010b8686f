/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_history - what happened lately at this broker, for whoever may know it
 *
 * A ring of fixed size: the oldest event makes room for the newest.
 */
#ifndef EVENT_HISTORY_H_INCLUDED
#define EVENT_HISTORY_H_INCLUDED

#include "libdd/base/log_level.h"
#include "libdd/include/dd.h"

#define EVENT_HISTORY_MAX 256
#define EVENT_TEXT_MAX 256

/* Instead of a tenant's name: what all may see, and what operators alone may. */
#define EVENT_FOR_ALL "*"
#define EVENT_FOR_OPERATORS ""

typedef struct {
    uint64_t at_ms;
    dd_log_level_t level;
    char tenant[DD_TENANT_MAX + 1]; /* whose it is, or one of the two above */
    char text[EVENT_TEXT_MAX];
} event_t;

typedef struct {
    event_t ring[EVENT_HISTORY_MAX];
    uint64_t count; /* ever added */
} event_history_t;

/* Texts that don't fit are cut. */
void event_history_add(event_history_t *self, uint64_t now_ms, dd_log_level_t level,
    const char *tenant, const char *text);

/* The newest event is number 0; NULL past the oldest that is kept. */
const event_t *event_history_at(const event_history_t *self, uint64_t number);

/* Whether a client of the tenant, or with an empty tenant an operator, may see it. */
bool event_is_for(const event_t *self, dd_bytes_t tenant);

#endif
