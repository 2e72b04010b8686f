/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wire_mqtt - MQTT 3.1.1 with quality of service 0, plain or with TLS
 */
#include <string.h>

#include "packets.h"

/* First bytes of packets; the low four bits are flags. */
enum { CONNECT = 0x10, CONNACK = 0x20, PUBLISH = 0x30, SUBSCRIBE = 0x82, SUBACK = 0x90 };
#define TYPE_MASK 0xF0
/* A clean session, no will and no password. */
#define CLEAN_SESSION 0x02

/* ---- writing --------------------------------------------------------------------------------- */

static void put_u8(stream_t *stream, unsigned value)
{
    uint8_t byte = (uint8_t)value;
    stream_put(stream, &byte, 1);
}

static void put_u16(stream_t *stream, size_t value)
{
    put_u8(stream, (unsigned)(value >> 8));
    put_u8(stream, (unsigned)value & 0xFF);
}

static void put_text(stream_t *stream, const char *text, size_t size)
{
    put_u16(stream, size);
    stream_put(stream, text, size);
}

/* The first byte, and the length of what follows: seven bits in a byte, the lowest first. */
static void put_header(stream_t *stream, unsigned type, size_t length)
{
    put_u8(stream, type);
    for (; length > 0x7F; length >>= 7)
        put_u8(stream, 0x80 | (length & 0x7F));
    put_u8(stream, (unsigned)length);
}

static void publish(wire_t *wire, const char *topic, const void *body, size_t size)
{
    stream_t *stream = packets_of(wire)->stream;
    size_t topic_size = strlen(topic);
    put_header(stream, PUBLISH, 2 + topic_size + size);
    put_text(stream, topic, topic_size);
    stream_put(stream, body, size);
}

static void subscribe(wire_t *wire, const char *topic)
{
    stream_t *stream = packets_of(wire)->stream;
    size_t topic_size = strlen(topic);
    put_header(stream, SUBSCRIBE, 2 + 2 + topic_size + 1);
    put_u16(stream, 1); /* the number that SUBACK will have */
    put_text(stream, topic, topic_size);
    put_u8(stream, 0); /* quality of service */
}

/* ---- reading --------------------------------------------------------------------------------- */

static packet_kind_t kind_of(uint8_t first)
{
    switch (first & TYPE_MASK) {
    case PUBLISH:
        return PACKET_MESSAGE;
    case CONNACK:
    case SUBACK:
        return PACKET_AGREED;
    default:
        return PACKET_OTHER;
    }
}

/* The length after the first byte and how many bytes it takes; 0 bytes while it isn't there. */
static size_t parse_length(const uint8_t *data, size_t size, size_t *length)
{
    *length = 0;
    for (size_t i = 1; i < size && i <= 4; i++) {
        *length |= (size_t)(data[i] & 0x7F) << (7 * (i - 1));
        if (data[i] <= 0x7F)
            return i;
    }
    return 0;
}

static packet_t parse(const uint8_t *data, size_t size)
{
    size_t length, length_size = parse_length(data, size, &length);
    if (length_size == 0 || size < 1 + length_size + length)
        return (packet_t){0};
    packet_t packet = {.size = 1 + length_size + length, .kind = kind_of(data[0])};
    if (packet.kind != PACKET_MESSAGE)
        return packet;
    const uint8_t *topic = data + 1 + length_size;
    size_t topic_size = length < 2 ? 0 : 2 + ((size_t)topic[0] << 8 | topic[1]);
    if (topic_size == 0 || topic_size > length)
        wire_die("the peer sends a message without a topic");
    packet.body = topic + topic_size;
    packet.body_size = length - topic_size;
    return packet;
}

/* ---- connecting ------------------------------------------------------------------------------ */

static void greet(packets_t *self, const char *name)
{
    static const char VERSION[] = {0, 4, 'M', 'Q', 'T', 'T', 4, CLEAN_SESSION, 0, 0};
    size_t name_size = strlen(name);
    put_header(self->stream, CONNECT, sizeof VERSION + 2 + name_size);
    stream_put(self->stream, VERSION, sizeof VERSION);
    put_text(self->stream, name, name_size);
    packets_agree(self);
}

static wire_t *open_plain(const char *host, const char *port, const char *keys, const char *name)
{
    (void)keys;
    packets_t *self = packets_new(host, port, parse);
    greet(self, name);
    return &self->wire;
}

static wire_t *open_tls(const char *host, const char *port, const char *keys, const char *name)
{
    packets_t *self = packets_new(host, port, parse);
    stream_start_tls(self->stream, host, keys);
    greet(self, name);
    return &self->wire;
}

const wire_protocol_t WIRE_MQTT = {"mqtt", open_plain, packets_close, subscribe, packets_agree_all,
    publish, packets_flush, packets_receive, packets_fd};
const wire_protocol_t WIRE_MQTT_TLS = {"mqtt-tls", open_tls, packets_close, subscribe,
    packets_agree_all, publish, packets_flush, packets_receive, packets_fd};
