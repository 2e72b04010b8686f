/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * packets - a wire over a stream of packets: what MQTT and NATS have in common
 */
#include "packets.h"

#include <stdlib.h>

packets_t *packets_new(const char *host, const char *port, packet_parse_t *parse)
{
    packets_t *self = calloc(1, sizeof *self);
    if (!self)
        wire_die("out of memory");
    self->stream = stream_new(host, port);
    self->parse = parse;
    return self;
}

static packet_t next_packet(const packets_t *self)
{
    return self->parse(stream_data(self->stream), stream_size(self->stream));
}

void packets_agree(packets_t *self)
{
    stream_flush(self->stream);
    for (;;) {
        packet_t packet = next_packet(self);
        stream_take(self->stream, packet.size);
        if (packet.size > 0 && packet.kind == PACKET_AGREED)
            return;
        if (packet.size == 0 && !stream_fill(self->stream))
            stream_wait(self->stream);
    }
}

void packets_agree_all(wire_t *wire, unsigned count)
{
    while (count-- > 0)
        packets_agree(packets_of(wire));
}

void packets_close(wire_t *wire)
{
    stream_destroy(&packets_of(wire)->stream);
    free(wire);
}

void packets_flush(wire_t *wire)
{
    stream_flush(packets_of(wire)->stream);
}

void packets_receive(wire_t *wire, wire_take_t *take, void *arg)
{
    packets_t *self = packets_of(wire);
    do {
        packet_t packet;
        while ((packet = next_packet(self)).size > 0) {
            if (packet.kind == PACKET_MESSAGE)
                take(arg, packet.body, packet.body_size);
            stream_take(self->stream, packet.size);
        }
    } while (stream_fill(self->stream));
}

int packets_fd(const wire_t *wire)
{
    return stream_fd(((const packets_t *)wire)->stream);
}
