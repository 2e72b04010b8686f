/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * forward - a bare ROUTER with CURVE that sends each frame on: what ZeroMQ costs by itself
 *
 * usage: forward ENDPOINT KEYFILE
 *
 * Writes its public key to KEYFILE once it listens. What comes from the connection "s0" goes to
 * "r0", and the other way round. It reads nothing, looks nothing up, refuses nobody and limits
 * nothing, so no broker over ZeroMQ can be cheaper.
 */
#include "forward.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "libdd/base/malloc_tuning.h"

static void check(int ok)
{
    if (ok)
        return;
    fprintf(stderr, "forward: %s\n", zmq_strerror(zmq_errno()));
    exit(EXIT_FAILURE);
}

static void *listen_at(void *context, const char *endpoint, const char *secret)
{
    int on = 1, unlimited = 0;
    void *socket = zmq_socket(context, ZMQ_ROUTER);
    check(socket && zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &on, sizeof on) == 0 &&
          zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret, FORWARD_KEY_SIZE) == 0 &&
          zmq_setsockopt(socket, ZMQ_SNDHWM, &unlimited, sizeof unlimited) == 0 &&
          zmq_setsockopt(socket, ZMQ_RCVHWM, &unlimited, sizeof unlimited) == 0 &&
          zmq_setsockopt(socket, ZMQ_ROUTER_HANDOVER, &on, sizeof on) == 0 &&
          zmq_bind(socket, endpoint) == 0);
    return socket;
}

static void publish_key(const char *path, const char *key)
{
    FILE *file = fopen(path, "we");
    check(file && fputs(key, file) >= 0 && fclose(file) == 0);
}

/* Sends one message on; false when there is none. */
static int forward(void *socket, zmq_msg_t *id, zmq_msg_t *frame)
{
    if (zmq_msg_recv(id, socket, ZMQ_DONTWAIT) < 0)
        return 0;
    check(zmq_msg_recv(frame, socket, 0) >= 0);
    const char *to = memcmp(zmq_msg_data(id), "s0", 2) == 0 ? "r0" : "s0";
    check(zmq_send(socket, to, 2, ZMQ_SNDMORE) >= 0 && zmq_msg_send(frame, socket, 0) >= 0);
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fputs("usage: forward ENDPOINT KEYFILE\n", stderr);
        return 2;
    }
    char public[FORWARD_KEY_SIZE], secret[FORWARD_KEY_SIZE];
    check(zmq_curve_keypair(public, secret) == 0);
    dd_malloc_tuning_keep(); /* as the broker does */
    void *context = zmq_ctx_new();
    void *socket = listen_at(context, argv[1], secret);
    publish_key(argv[2], public);
    zmq_msg_t id, frame;
    zmq_msg_init(&id);
    zmq_msg_init(&frame);
    zmq_pollitem_t item = {.socket = socket, .events = ZMQ_POLLIN};
    while (zmq_poll(&item, 1, -1) >= 0)
        while (forward(socket, &id, &frame))
            ;
    check(0);
}
