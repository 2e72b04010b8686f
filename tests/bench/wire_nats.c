/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wire_nats - the protocol of NATS, plain or with TLS
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packets.h"

static void put_line(stream_t *stream, const char *line)
{
    stream_put(stream, line, strlen(line));
    stream_put(stream, "\r\n", 2);
}

/* "PUB topic size\r\n", without printf(), which would cost more than all the rest. */
static void publish(wire_t *wire, const char *topic, const void *body, size_t size)
{
    stream_t *stream = packets_of(wire)->stream;
    char digits[24], *first = digits + sizeof digits;
    for (size_t rest = size; rest > 0 || first == digits + sizeof digits; rest /= 10)
        *--first = (char)('0' + rest % 10);
    stream_put(stream, "PUB ", 4);
    stream_put(stream, topic, strlen(topic));
    stream_put(stream, " ", 1);
    stream_put(stream, first, (size_t)(digits + sizeof digits - first));
    stream_put(stream, "\r\n", 2);
    stream_put(stream, body, size);
    stream_put(stream, "\r\n", 2);
}

static void subscribe(wire_t *wire, const char *topic)
{
    static unsigned subscriptions; /* each has a number of its own */
    char line[128];
    snprintf(line, sizeof line, "SUB %s %u\r\nPING", topic, ++subscriptions);
    put_line(packets_of(wire)->stream, line);
}

/* "MSG topic number size\r\n", then the body and "\r\n". */
static packet_t parse_message(const uint8_t *line, size_t line_size, size_t size)
{
    const uint8_t *digit = memrchr(line, ' ', line_size);
    size_t body_size = 0;
    for (digit++; *digit >= '0' && *digit <= '9'; digit++)
        body_size = body_size * 10 + (size_t)(*digit - '0');
    size_t whole = line_size + body_size + 2;
    if (size < whole)
        return (packet_t){0};
    return (packet_t){
        .size = whole, .kind = PACKET_MESSAGE, .body = line + line_size, .body_size = body_size};
}

static packet_t parse(const uint8_t *data, size_t size)
{
    const uint8_t *end = memchr(data, '\n', size);
    if (!end)
        return (packet_t){0};
    size_t line_size = (size_t)(end - data) + 1;
    if (line_size > 4 && memcmp(data, "MSG ", 4) == 0)
        return parse_message(data, line_size, size);
    if (data[0] == '-')
        wire_die("the peer says: %.*s", (int)line_size - 2, (const char *)data);
    bool agreed = memcmp(data, "PO", 2) == 0 || memcmp(data, "IN", 2) == 0; /* PONG, INFO */
    return (packet_t){.size = line_size, .kind = agreed ? PACKET_AGREED : PACKET_OTHER};
}

/* The server speaks first, and without TLS. */
static packets_t *open_greeted(const char *host, const char *port)
{
    packets_t *self = packets_new(host, port, parse);
    packets_agree(self);
    return self;
}

static wire_t *introduce(packets_t *self, const char *name)
{
    char line[256];
    snprintf(line, sizeof line,
        "CONNECT {\"verbose\":false,\"pedantic\":false,\"echo\":false,\"name\":\"%s\"}\r\nPING",
        name);
    put_line(self->stream, line);
    packets_agree(self);
    return &self->wire;
}

static wire_t *open_plain(const char *host, const char *port, const char *keys, const char *name)
{
    (void)keys;
    return introduce(open_greeted(host, port), name);
}

static wire_t *open_tls(const char *host, const char *port, const char *keys, const char *name)
{
    packets_t *self = open_greeted(host, port);
    stream_start_tls(self->stream, host, keys);
    return introduce(self, name);
}

const wire_protocol_t WIRE_NATS = {"nats", open_plain, packets_close, subscribe, packets_agree_all,
    publish, packets_flush, packets_receive, packets_fd};
const wire_protocol_t WIRE_NATS_TLS = {"nats-tls", open_tls, packets_close, subscribe,
    packets_agree_all, publish, packets_flush, packets_receive, packets_fd};
