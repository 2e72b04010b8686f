/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wire_zmq - DEALERs with CURVE at a bare forwarder, a frame for each message or for many
 *
 * The forwarder sends what one of two connections says to the other, so topics mean nothing. A
 * frame of many messages has a u32 before each that says how long it is.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "forward.h"
#include "libdd/base/buffer.h"
#include "wire.h"

/* ms to wait for the forwarder, and between two looks. */
#define PATIENCE 10000
#define RETRY 20

typedef struct {
    wire_t wire;
    void *context;
    void *socket;
    bool batched;
    size_t size; /* of what is gathered */
    uint8_t batch[2 * WIRE_BATCH];
} zmq_wire_t;

static zmq_wire_t *zmq_of(wire_t *wire)
{
    return (zmq_wire_t *)wire;
}

static void check(bool ok)
{
    if (!ok)
        wire_die("ZeroMQ fails: %s", zmq_strerror(zmq_errno()));
}

/* The forwarder writes its key when it listens, so this waits for both. */
static void read_key(const char *path, char key[FORWARD_KEY_SIZE])
{
    size_t size = 0;
    for (int waited = 0; waited < PATIENCE && size < FORWARD_KEY_SIZE - 1; waited += RETRY) {
        FILE *file = fopen(path, "re");
        size = file ? fread(key, 1, FORWARD_KEY_SIZE - 1, file) : 0;
        if (file)
            fclose(file);
        if (size < FORWARD_KEY_SIZE - 1)
            poll(NULL, 0, RETRY);
    }
    if (size < FORWARD_KEY_SIZE - 1)
        wire_die("%s holds no key", path);
    key[size] = '\0';
}

static void secure(void *socket, const char *keys)
{
    char server[FORWARD_KEY_SIZE], public[FORWARD_KEY_SIZE], secret[FORWARD_KEY_SIZE];
    read_key(keys, server);
    check(zmq_curve_keypair(public, secret) == 0 &&
          zmq_setsockopt(socket, ZMQ_CURVE_SERVERKEY, server, sizeof server) == 0 &&
          zmq_setsockopt(socket, ZMQ_CURVE_PUBLICKEY, public, sizeof public) == 0 &&
          zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret, sizeof secret) == 0);
}

static zmq_wire_t *open_wire(const char *host, const char *port, const char *keys, const char *name)
{
    char endpoint[128];
    int none = 0;
    zmq_wire_t *self = calloc(1, sizeof *self);
    check(self && (self->context = zmq_ctx_new()) &&
          (self->socket = zmq_socket(self->context, ZMQ_DEALER)));
    secure(self->socket, keys);
    /* The forwarder knows the two ends by the last part of their names: "s0" and "r0". */
    const char *end = strrchr(name, '-') ? strrchr(name, '-') + 1 : name;
    snprintf(endpoint, sizeof endpoint, "tcp://%s:%s", host, port);
    check(zmq_setsockopt(self->socket, ZMQ_ROUTING_ID, end, strlen(end)) == 0 &&
          zmq_setsockopt(self->socket, ZMQ_LINGER, &none, sizeof none) == 0 &&
          zmq_setsockopt(self->socket, ZMQ_SNDHWM, &none, sizeof none) == 0 &&
          zmq_setsockopt(self->socket, ZMQ_RCVHWM, &none, sizeof none) == 0 &&
          zmq_connect(self->socket, endpoint) == 0);
    return self;
}

static wire_t *open_frame(const char *host, const char *port, const char *keys, const char *name)
{
    return &open_wire(host, port, keys, name)->wire;
}

static wire_t *open_batched(const char *host, const char *port, const char *keys, const char *name)
{
    zmq_wire_t *self = open_wire(host, port, keys, name);
    self->batched = true;
    return &self->wire;
}

static void close_wire(wire_t *wire)
{
    zmq_wire_t *self = zmq_of(wire);
    zmq_close(self->socket);
    zmq_ctx_term(self->context);
    free(self);
}

static void subscribe(wire_t *wire, const char *topic)
{
    (void)wire;
    (void)topic;
}

static void agree(wire_t *wire, unsigned count)
{
    (void)wire;
    (void)count;
}

static void flush(wire_t *wire)
{
    zmq_wire_t *self = zmq_of(wire);
    if (self->size > 0)
        check(zmq_send(self->socket, self->batch, self->size, 0) >= 0);
    self->size = 0;
}

static void publish(wire_t *wire, const char *topic, const void *body, size_t size)
{
    (void)topic;
    zmq_wire_t *self = zmq_of(wire);
    if (!self->batched) {
        check(zmq_send(self->socket, body, size, 0) >= 0);
        return;
    }
    dd_writer_t writer = dd_writer(self->batch + self->size, sizeof self->batch - self->size);
    dd_write_u32(&writer, (uint32_t)size);
    dd_write_bytes(&writer, dd_bytes(body, size));
    if (writer.failed)
        wire_die("a message of %zu bytes is too large for a batch", size);
    self->size = (size_t)(writer.at - self->batch);
    if (self->size >= WIRE_BATCH)
        flush(wire);
}

static void take_batch(zmq_msg_t *frame, wire_take_t *take, void *arg)
{
    dd_reader_t reader = dd_reader(zmq_msg_data(frame), zmq_msg_size(frame));
    while (!reader.failed && dd_reader_left(&reader) > 0) {
        dd_bytes_t body = dd_read_bytes(&reader, dd_read_u32(&reader));
        if (!reader.failed)
            take(arg, body.data, body.size);
    }
}

static void receive(wire_t *wire, wire_take_t *take, void *arg)
{
    zmq_wire_t *self = zmq_of(wire);
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    while (zmq_msg_recv(&frame, self->socket, ZMQ_DONTWAIT) >= 0) {
        if (self->batched)
            take_batch(&frame, take, arg);
        else
            take(arg, zmq_msg_data(&frame), zmq_msg_size(&frame));
    }
    check(zmq_errno() == EAGAIN);
    zmq_msg_close(&frame);
}

static int fd_of(const wire_t *wire)
{
    int fd;
    size_t size = sizeof fd;
    check(zmq_getsockopt(((const zmq_wire_t *)wire)->socket, ZMQ_FD, &fd, &size) == 0);
    return fd;
}

const wire_protocol_t WIRE_FRAME = {
    "frame", open_frame, close_wire, subscribe, agree, publish, flush, receive, fd_of};
const wire_protocol_t WIRE_BATCHED = {
    "batch", open_batched, close_wire, subscribe, agree, publish, flush, receive, fd_of};
