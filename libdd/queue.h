/*
 * queue - events that wait for the application
 *
 * One thread puts events in, any may take them out. The queue's limit isn't a wall: whoever fills
 * it looks at dd_queue_is_full() before making more.
 */
#ifndef DD_QUEUE_H_INCLUDED
#define DD_QUEUE_H_INCLUDED

#include "event.h"

typedef struct dd_queue dd_queue_t;

/* NULL when out of memory or file descriptors. */
dd_queue_t *dd_queue_new(void);
/* Frees what is still in it; takes NULL and *self_p == NULL. */
void dd_queue_destroy(dd_queue_t **self_p);

/* In bytes. Before the first use. */
void dd_queue_set_limit(dd_queue_t *self, size_t limit);

/* Readable exactly while there are events. */
int dd_queue_fd(const dd_queue_t *self);

/* Puts all of the list in. */
void dd_queue_put(dd_queue_t *self, dd_event_list_t *news);

/* Whether the limit is reached. If so, a dd_queue_take() will tell when half of it is free. */
bool dd_queue_is_full(dd_queue_t *self);

/* The oldest event, or NULL at once. *room says that someone waits for room and there is some. */
dd_event_node_t *dd_queue_take(dd_queue_t *self, bool *room);

#endif
