/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * monitor - what ZeroMQ tells of a socket's connections
 */
#ifndef DD_MONITOR_H_INCLUDED
#define DD_MONITOR_H_INCLUDED

#include "libdd/protocol/endpoint.h"

typedef struct {
    uint16_t event; /* ZMQ_EVENT_... */
    uint32_t value; /* a file descriptor, or an error, as the event has it */
    char endpoint[DD_ENDPOINT_MAX + 1];
} dd_monitor_event_t;

/*
 * Makes the socket that the events (bits) of another one come from, to be polled for input. NULL,
 * with zmq_errno() saying why, if that can't be done. Closed with dd_monitor_close(), before the
 * socket that it watches.
 */
void *dd_monitor_open(void *context, void *socket, int events);
/* The monitor may be NULL. */
void dd_monitor_close(void *monitor, void *socket);

/* Takes the next event; false when there is none now. */
bool dd_monitor_next(void *monitor, dd_monitor_event_t *event);

#endif
