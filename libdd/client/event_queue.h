/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_queue - events that wait for the application
 *
 * One thread puts events in, any may take them out. The queue's limit isn't a wall: whoever fills
 * it looks at dd_event_queue_is_full() before making more.
 */
#ifndef DD_EVENT_QUEUE_H_INCLUDED
#define DD_EVENT_QUEUE_H_INCLUDED

#include "event.h"

typedef struct dd_event_queue dd_event_queue_t;

/* NULL when out of memory. */
dd_event_queue_t *dd_event_queue_new(void);
/* Frees what is still in it; takes NULL and *self_p == NULL. */
void dd_event_queue_destroy(dd_event_queue_t **self_p);

/* In bytes. Before the first use. */
void dd_event_queue_set_limit(dd_event_queue_t *self, size_t limit);

/* Readable exactly while there are events. Made for the first who asks for it or waits; -1 for want
   of descriptors. */
int dd_event_queue_fd(dd_event_queue_t *self);

/* Puts all of the list in. */
void dd_event_queue_put(dd_event_queue_t *self, dd_event_list_t *news);

/* Whether the limit is reached. If so, a dd_event_queue_take() will tell when half of it is free.
 */
bool dd_event_queue_is_full(dd_event_queue_t *self);

/* Nothing more will be put in: whoever waits is told. */
void dd_event_queue_end(dd_event_queue_t *self);

/* Whether there is none, nor will be. */
bool dd_event_queue_is_over(dd_event_queue_t *self);

/* Waits for events for that many ms at most (-1: for ever). False if it is in vain to look for one:
   a signal was handled meanwhile, or there never will be any. */
bool dd_event_queue_wait(dd_event_queue_t *self, int timeout_ms);

/* The oldest event, or NULL at once. *room says that someone waits for room and there is some. */
dd_event_node_t *dd_event_queue_take(dd_event_queue_t *self, bool *room);

#endif
