/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * monitor - what ZeroMQ tells of a socket's connections
 */
#include "monitor.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

/* The PAIR has no limit on what waits in it: ZeroMQ's own thread would wait for room in it, with
   the lock held that closing the other socket needs. */
void *dd_monitor_open(void *context, void *socket, int events)
{
    static atomic_uint number;
    char name[48];
    int unlimited = 0;
    snprintf(name, sizeof name, "inproc://dd-monitor-%u", atomic_fetch_add(&number, 1));
    if (zmq_socket_monitor(socket, name, events) != 0)
        return NULL;
    void *monitor = zmq_socket(context, ZMQ_PAIR);
    if (monitor && zmq_setsockopt(monitor, ZMQ_RCVHWM, &unlimited, sizeof unlimited) == 0 &&
        zmq_connect(monitor, name) == 0)
        return monitor;
    dd_monitor_close(monitor, socket);
    return NULL;
}

/* In this order: the other end must not write to a PAIR that is gone. */
void dd_monitor_close(void *monitor, void *socket)
{
    zmq_socket_monitor(socket, NULL, 0);
    if (monitor)
        zmq_close(monitor);
}

/* An event is a frame of number and value, and a frame with the endpoint. */
bool dd_monitor_next(void *monitor, dd_monitor_event_t *event)
{
    uint8_t bytes[sizeof event->event + sizeof event->value];
    if (zmq_recv(monitor, bytes, sizeof bytes, ZMQ_DONTWAIT) != (int)sizeof bytes)
        return false;
    memcpy(&event->event, bytes, sizeof event->event);
    memcpy(&event->value, bytes + sizeof event->event, sizeof event->value);
    int size = zmq_recv(monitor, event->endpoint, DD_ENDPOINT_MAX, ZMQ_DONTWAIT);
    size_t length = size < 0 ? 0 : size > DD_ENDPOINT_MAX ? DD_ENDPOINT_MAX : (size_t)size;
    event->endpoint[length] = '\0';
    return true;
}
