/*
 * follow - which of the brokers' events are new since the last look
 *
 * An event of a broker is known by how long after the broker's start it was. Brokers report the
 * newest of theirs each time, so most have been seen before.
 */
#ifndef FOLLOW_H_INCLUDED
#define FOLLOW_H_INCLUDED

#include <stdbool.h>

#include "model.h"

typedef struct follow follow_t;

/* NULL when out of memory. */
follow_t *follow_new(void);
void follow_destroy(follow_t **self_p);

/* Whether there was no look yet. */
bool follow_is_first(const follow_t *self);
/* Begins another look at all events. */
void follow_look(follow_t *self);
/* Whether an event wasn't there in any look before. In each look, the events of one broker come
   oldest first. */
bool follow_is_new(follow_t *self, const happening_t *event);

#endif
