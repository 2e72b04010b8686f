/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_dates - when the brokers' events happened, by this machine's clock
 *
 * A report takes some time to come, sometimes more and sometimes less. The quickest one tells best
 * when a broker was started, and events are dated from there, so that those of several brokers
 * stand in the order in which they happened, whoever looks.
 */
#ifndef EVENT_DATES_H_INCLUDED
#define EVENT_DATES_H_INCLUDED

#include "model.h"

/* ms by which a clock may go wrong from one round to the next. */
#define EVENT_DATES_DRIFT 1
/* ms that a report takes at most; if there is more between two, this machine's clock was set. */
#define EVENT_DATES_DELAY 5000

typedef struct event_dates event_dates_t;

/* NULL when out of memory. */
event_dates_t *event_dates_new(void);
void event_dates_destroy(event_dates_t **self_p);

/* Begins another round. */
void event_dates_look(event_dates_t *self);
/* When an event of this round was, in ms since 1970; wall_ms is now, of which its age counts. */
int64_t event_dates_of(event_dates_t *self, const happening_t *event, int64_t wall_ms);

#endif
