/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wire - one connection of a load generator to a peer, whatever the peer speaks
 */
#include "wire.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Subscriptions that a peer is asked for before it is waited for. */
#define SUBSCRIBED_AT_ONCE 1000

static const wire_protocol_t *const PROTOCOLS[] = {
    &WIRE_DD, &WIRE_MQTT, &WIRE_MQTT_TLS, &WIRE_NATS, &WIRE_NATS_TLS, &WIRE_FRAME, &WIRE_BATCHED};

const wire_protocol_t *wire_protocol(const char *name)
{
    for (size_t i = 0; i < sizeof PROTOCOLS / sizeof PROTOCOLS[0]; i++)
        if (strcmp(PROTOCOLS[i]->name, name) == 0)
            return PROTOCOLS[i];
    return NULL;
}

wire_t *wire_new(const wire_protocol_t *protocol, const char *endpoint, const char *keys,
    const char *name, bool sealed)
{
    char host[64], port[8];
    if (sscanf(endpoint, "tcp://%63[^:]:%7s", host, port) != 2)
        wire_die("'%s' is no endpoint", endpoint);
    wire_t *self = protocol->open(host, port, keys, name);
    self->protocol = protocol;
    self->sealing = sealed ? sealing_new() : NULL;
    if (sealed && !self->sealing)
        wire_die("nothing can be sealed");
    return self;
}

void wire_destroy(wire_t **self_p)
{
    if (!*self_p)
        return;
    sealing_destroy(&(*self_p)->sealing);
    (*self_p)->protocol->close(*self_p);
    *self_p = NULL;
}

void wire_topic(char text[WIRE_TOPIC_MAX], const char *topic, unsigned index, unsigned count)
{
    if (count == 1)
        snprintf(text, WIRE_TOPIC_MAX, "%s", topic);
    else
        snprintf(text, WIRE_TOPIC_MAX, "%s-%u", topic, index);
}

void wire_subscribe(wire_t *self, const char *topic, unsigned count)
{
    unsigned waiting = 0;
    for (unsigned i = 0; i < count; i++) {
        char text[WIRE_TOPIC_MAX];
        wire_topic(text, topic, i, count);
        self->protocol->subscribe(self, text);
        if (++waiting < SUBSCRIBED_AT_ONCE && i + 1 < count)
            continue;
        self->protocol->agree(self, waiting);
        waiting = 0;
    }
}

void wire_publish(wire_t *self, const char *topic, const void *body, size_t size)
{
    if (!self->sealing) {
        self->protocol->publish(self, topic, body, size);
        return;
    }
    const uint8_t *sealed = sealing_seal(self->sealing, body, size);
    if (!sealed)
        wire_die("out of memory");
    self->protocol->publish(self, topic, sealed, size + SEALING_OVERHEAD);
}

void wire_flush(wire_t *self)
{
    self->protocol->flush(self);
}

typedef struct {
    const sealing_t *sealing;
    wire_take_t *take;
    void *arg;
} consumer_t;

/* The consumer is handed an event, and frees it. */
static void open_message(void *arg, const uint8_t *sealed, size_t size)
{
    const consumer_t *self = arg;
    sealing_event_t *event = sealing_open(self->sealing, sealed, size);
    if (!event)
        wire_die("a message can't be opened");
    self->take(self->arg, event->body, event->size);
    free(event);
}

void wire_receive(wire_t *self, wire_take_t *take, void *arg)
{
    consumer_t consumer = {self->sealing, take, arg};
    if (self->sealing)
        self->protocol->receive(self, open_message, &consumer);
    else
        self->protocol->receive(self, take, arg);
}

int wire_fd(const wire_t *self)
{
    return self->protocol->fd(self);
}

void wire_die(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    fputs("load: ", stderr);
    vfprintf(stderr, format, list);
    fputc('\n', stderr);
    va_end(list);
    exit(EXIT_FAILURE);
}
