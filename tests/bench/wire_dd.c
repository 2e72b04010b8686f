/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wire_dd - a client of DoubleDecker, for what ddperf(1) doesn't measure
 */
#include <stdio.h>
#include <stdlib.h>

#include "libdd/include/dd.h"
#include "wire.h"

/* ms to wait for the broker. */
#define PATIENCE 10000

typedef struct {
    wire_t wire;
    dd_client_t *client;
} dd_wire_t;

static dd_client_t *client_of(const wire_t *wire)
{
    return ((const dd_wire_t *)wire)->client;
}

static wire_t *open_wire(const char *host, const char *port, const char *keys, const char *name)
{
    char endpoint[128];
    dd_problem_t problem = {0};
    dd_wire_t *self = calloc(1, sizeof *self);
    snprintf(endpoint, sizeof endpoint, "tcp://%s:%s", host, port);
    if (!self || !(self->client = dd_client_new(endpoint, keys, name, &problem)) ||
        dd_client_connect(self->client, PATIENCE, &problem) != DD_OK)
        wire_die("can't connect: %s", problem.text);
    return &self->wire;
}

static void close_wire(wire_t *wire)
{
    dd_wire_t *self = (dd_wire_t *)wire;
    dd_client_destroy(&self->client);
    free(self);
}

static void subscribe(wire_t *wire, const char *topic)
{
    if (dd_client_subscribe(client_of(wire), topic, "all") != DD_OK)
        wire_die("can't subscribe to %s", topic);
}

static void agree(wire_t *wire, unsigned count)
{
    while (count > 0) {
        dd_event_t *event = dd_client_receive(client_of(wire), PATIENCE);
        if (!event || event->type == DD_EVENT_ERROR)
            wire_die("the broker doesn't agree: %s", event ? event->text : "it is silent");
        count -= event->type == DD_EVENT_SUBSCRIBED;
        dd_event_destroy(&event);
    }
}

static void publish(wire_t *wire, const char *topic, const void *body, size_t size)
{
    dd_error_t error;
    while ((error = dd_client_publish(client_of(wire), topic, body, size)) == DD_E_OUTBOX_FULL &&
           dd_client_drain(client_of(wire), 0, PATIENCE) == DD_OK)
        ;
    if (error != DD_OK)
        wire_die("can't publish: %s", dd_strerror(error));
}

/* The library gathers and writes by itself. */
static void flush(wire_t *wire)
{
    (void)wire;
}

static void receive(wire_t *wire, wire_take_t *take, void *arg)
{
    dd_event_t *event;
    while ((event = dd_client_receive(client_of(wire), 0))) {
        if (event->type == DD_EVENT_PUBLICATION)
            take(arg, event->data, event->size);
        dd_event_destroy(&event);
    }
}

static int fd_of(const wire_t *wire)
{
    return dd_client_fd(client_of(wire));
}

const wire_protocol_t WIRE_DD = {
    "dd", open_wire, close_wire, subscribe, agree, publish, flush, receive, fd_of};
