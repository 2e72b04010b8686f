/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wire - one connection of a load generator to a peer, whatever the peer speaks
 *
 * Messages go to a topic, and come to those who have subscribed to it. What is published is
 * gathered and leaves in large writes, so that the broker is what is measured. Whatever goes wrong
 * ends the process with a word on standard error. Not thread-safe.
 */
#ifndef WIRE_H_INCLUDED
#define WIRE_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sealing.h"

/* Bytes that are gathered before they are written, as in a DoubleDecker frame. */
#define WIRE_BATCH (32u * 1024)

typedef struct wire wire_t;

/* Takes one message; the bytes are lent. */
typedef void(wire_take_t)(void *arg, const uint8_t *body, size_t size);

/* What a protocol does for the functions below. */
typedef struct {
    const char *name;
    wire_t *(*open)(const char *host, const char *port, const char *keys, const char *name);
    void (*close)(wire_t *self);
    void (*subscribe)(wire_t *self, const char *topic);
    void (*agree)(wire_t *self, unsigned count);
    void (*publish)(wire_t *self, const char *topic, const void *body, size_t size);
    void (*flush)(wire_t *self);
    void (*receive)(wire_t *self, wire_take_t *take, void *arg);
    int (*fd)(const wire_t *self);
} wire_protocol_t;

/* What every protocol's own struct begins with. */
struct wire {
    const wire_protocol_t *protocol;
    sealing_t *sealing; /* NULL if messages are carried as they are */
};

extern const wire_protocol_t WIRE_DD, WIRE_MQTT, WIRE_MQTT_TLS, WIRE_NATS, WIRE_NATS_TLS,
    WIRE_FRAME, WIRE_BATCHED;

/* The protocol of that name, or NULL. */
const wire_protocol_t *wire_protocol(const char *name);

/* Connects to tcp://HOST:PORT. keys: the file with the peer's certificate or public key. name: what
   the connection is called at the peer. sealed: whether messages are sealed and opened here. */
wire_t *wire_new(const wire_protocol_t *protocol, const char *endpoint, const char *keys,
    const char *name, bool sealed);
void wire_destroy(wire_t **self_p);

/* Room for the longest topic. */
#define WIRE_TOPIC_MAX 64
/* One of so many topics that belong together: topic itself if there is only one. */
void wire_topic(char text[WIRE_TOPIC_MAX], const char *topic, unsigned index, unsigned count);

/* Subscribes to all of them. Returns when the peer has agreed. */
void wire_subscribe(wire_t *self, const char *topic, unsigned count);
void wire_publish(wire_t *self, const char *topic, const void *body, size_t size);
/* Writes what is gathered. */
void wire_flush(wire_t *self);

/* Takes all messages that are there. After it, wire_fd() becomes readable when there is more. */
void wire_receive(wire_t *self, wire_take_t *take, void *arg);
int wire_fd(const wire_t *self);

/* Ends the process. */
__attribute__((format(printf, 1, 2), noreturn)) void wire_die(const char *format, ...);

#endif
