/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wire - one connection of a load generator to a peer, whatever the peer speaks
 */
#include "wire.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const wire_protocol_t *const PROTOCOLS[] = {
    &WIRE_MQTT, &WIRE_MQTT_TLS, &WIRE_NATS, &WIRE_NATS_TLS, &WIRE_FRAME, &WIRE_BATCHED};

const wire_protocol_t *wire_protocol(const char *name)
{
    for (size_t i = 0; i < sizeof PROTOCOLS / sizeof PROTOCOLS[0]; i++)
        if (strcmp(PROTOCOLS[i]->name, name) == 0)
            return PROTOCOLS[i];
    return NULL;
}

wire_t *wire_new(
    const wire_protocol_t *protocol, const char *endpoint, const char *keys, const char *name)
{
    char host[64], port[8];
    if (sscanf(endpoint, "tcp://%63[^:]:%7s", host, port) != 2)
        wire_die("'%s' is no endpoint", endpoint);
    wire_t *self = protocol->open(host, port, keys, name);
    self->protocol = protocol;
    return self;
}

void wire_destroy(wire_t **self_p)
{
    if (*self_p)
        (*self_p)->protocol->close(*self_p);
    *self_p = NULL;
}

void wire_subscribe(wire_t *self, const char *topic)
{
    self->protocol->subscribe(self, topic);
}

void wire_publish(wire_t *self, const char *topic, const void *body, size_t size)
{
    self->protocol->publish(self, topic, body, size);
}

void wire_flush(wire_t *self)
{
    self->protocol->flush(self);
}

void wire_receive(wire_t *self, wire_take_t *take, void *arg)
{
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
