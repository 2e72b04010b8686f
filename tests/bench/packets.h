/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * packets - a wire over a stream of packets: what MQTT and NATS have in common
 */
#ifndef PACKETS_H_INCLUDED
#define PACKETS_H_INCLUDED

#include "stream.h"

typedef enum { PACKET_MESSAGE, PACKET_AGREED, PACKET_OTHER } packet_kind_t;

/* The first packet of what was read; the body of a message is lent. */
typedef struct {
    size_t size; /* of the whole packet; 0 while some of it is still to come */
    packet_kind_t kind;
    const uint8_t *body;
    size_t body_size;
} packet_t;

typedef packet_t(packet_parse_t)(const uint8_t *data, size_t size);

typedef struct {
    wire_t wire;
    stream_t *stream;
    packet_parse_t *parse;
} packets_t;

/* Connects; what is said first is the protocol's. */
packets_t *packets_new(const char *host, const char *port, packet_parse_t *parse);

/* Writes what is gathered, and reads up to the next PACKET_AGREED. */
void packets_agree(packets_t *self);

/* For wire_protocol_t. */
void packets_close(wire_t *wire);
void packets_agree_all(wire_t *wire, unsigned count);
void packets_flush(wire_t *wire);
void packets_receive(wire_t *wire, wire_take_t *take, void *arg);
int packets_fd(const wire_t *wire);

static inline packets_t *packets_of(wire_t *wire)
{
    return (packets_t *)wire;
}

#endif
