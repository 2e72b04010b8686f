/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_dedup - which of the brokers' events are new since the last look
 *
 * An event of a broker is known by how long after the broker's start it was. Brokers report the
 * newest of theirs each time, so most have been seen before.
 */
#ifndef EVENT_DEDUP_H_INCLUDED
#define EVENT_DEDUP_H_INCLUDED

#include <stdbool.h>

#include "model.h"

typedef struct event_dedup event_dedup_t;

/* NULL when out of memory. */
event_dedup_t *event_dedup_new(void);
void event_dedup_destroy(event_dedup_t **self_p);

/* Whether there was no look yet. */
bool event_dedup_is_first(const event_dedup_t *self);
/* Begins another look at all events. */
void event_dedup_look(event_dedup_t *self);
/* Whether an event wasn't there in any look before. In each look, the events of one broker come
   oldest first. */
bool event_dedup_is_new(event_dedup_t *self, const happening_t *event);

#endif
