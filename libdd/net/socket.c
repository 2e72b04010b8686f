/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * socket - ZeroMQ sockets as this project uses them
 */
#include "socket.h"

#include <errno.h>
#include <limits.h>
#include <sodium.h>
#include <stdlib.h>

#include "libdd/base/problem.h"

/* ZMQ_ZAP_ENFORCE_DOMAIN: libzmq 4.3.4 knows it, Debian's zmq.h names it only among the drafts.
   With it a missing ZAP handler refuses all instead of admitting all. */
#define ZAP_ENFORCE_DOMAIN 93
/* ms */
#define CONNECT_LIMIT 5000
#define BACKLOG 4096

static bool set_int(void *socket, int option, int value)
{
    return zmq_setsockopt(socket, option, &value, sizeof value) == 0;
}

static bool set_key(void *socket, int option, const uint8_t *key)
{
    return zmq_setsockopt(socket, option, key, DD_KEY_SIZE) == 0;
}

int64_t dd_socket_frame_max(uint32_t payload_max)
{
    return (int64_t)DD_FRAME_TARGET + payload_max + DD_RECORD_OVERHEAD;
}

/* Without ZMQ_HEARTBEAT_IVL: its timer aborts the process when a connection was reset whose input
   ZeroMQ had stopped (libzmq 4.3.4), and so does a peer's that has one. Our own PING notices a dead
   network, and the input of a server is never stopped. */
static bool set_common(void *socket, const uint8_t *secret_key, uint32_t payload_max)
{
    int64_t frame_max = dd_socket_frame_max(payload_max);
    return set_int(socket, ZMQ_LINGER, 0) && set_int(socket, ZMQ_IPV6, 1) &&
           set_int(socket, ZMQ_SNDHWM, DD_SOCKET_FRAMES) &&
           set_int(socket, ZMQ_RCVHWM, DD_SOCKET_FRAMES) &&
           set_int(socket, ZMQ_HANDSHAKE_IVL, DD_SOCKET_HANDSHAKE) &&
           zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &frame_max, sizeof frame_max) == 0 &&
           set_key(socket, ZMQ_CURVE_SECRETKEY, secret_key);
}

static void *checked(void *socket, bool ok, dd_problem_t *problem)
{
    if (ok)
        return socket;
    dd_problem(problem, DD_E_NETWORK, "can't make a socket: %s", zmq_strerror(zmq_errno()));
    if (socket)
        zmq_close(socket);
    return NULL;
}

void *dd_socket_router(void *context)
{
    srand(randombytes_random());
    return zmq_socket(context, ZMQ_ROUTER);
}

void *dd_socket_server(
    void *context, const dd_keyring_t *keyring, uint32_t payload_max, dd_problem_t *problem)
{
    void *socket = dd_socket_router(context);
    bool ok =
        socket && set_common(socket, dd_keyring_secret_key(keyring), payload_max) &&
        set_int(socket, ZMQ_RCVHWM, 0) && set_int(socket, ZMQ_CURVE_SERVER, 1) &&
        set_int(socket, ZMQ_ROUTER_MANDATORY, 1) && set_int(socket, ZMQ_ROUTER_HANDOVER, 0) &&
        set_int(socket, ZMQ_BACKLOG, BACKLOG) &&
        zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, DD_ZAP_DOMAIN, sizeof DD_ZAP_DOMAIN - 1) == 0 &&
        set_int(socket, ZAP_ENFORCE_DOMAIN, 1);
    return checked(socket, ok, problem);
}

bool dd_socket_set_pair(void *socket, const dd_keyring_t *keyring)
{
    return set_key(socket, ZMQ_CURVE_SECRETKEY, dd_keyring_secret_key(keyring));
}

void *dd_socket_client(void *context, const dd_keyring_t *keyring, dd_login_t login,
    uint32_t payload_max, dd_problem_t *problem)
{
    void *socket = zmq_socket(context, ZMQ_DEALER);
    /* Pauses and fresh starts are ours, so that no frame of an old connection reaches a new one:
       the next attempt is in 24 days. With "never" (-1) ZeroMQ would drop what it has received
       already when the connection ends, and not tell of a name that doesn't resolve. */
    bool ok =
        socket && set_common(socket, dd_keyring_secret_key_of(keyring, login.own), payload_max) &&
        set_int(socket, ZMQ_RECONNECT_IVL, INT_MAX) &&
        set_int(socket, ZMQ_CONNECT_TIMEOUT, CONNECT_LIMIT) &&
        set_key(socket, ZMQ_CURVE_PUBLICKEY, dd_keyring_public_key_of(keyring, login.own)) &&
        set_key(socket, ZMQ_CURVE_SERVERKEY, dd_keyring_broker_key_of(keyring, login.brokers));
    return checked(socket, ok, problem);
}

dd_error_t dd_socket_problem(dd_problem_t *problem, const char *doing, const char *endpoint)
{
    const char *advice = "";
    if (zmq_errno() == EINVAL || zmq_errno() == EPROTONOSUPPORT)
        advice = "; write tcp://HOST:PORT, tcp://[V6]:PORT or ipc://PATH";
    else if (zmq_errno() == EADDRINUSE)
        advice = "; is another broker running there?";
    else if (zmq_errno() == EADDRNOTAVAIL)
        advice = "; it is no address of this host";
    return dd_problem(problem, DD_E_NETWORK, "can't %s %s: %s%s", doing, endpoint,
        zmq_strerror(zmq_errno()), advice);
}

/* ZeroMQ is done with a frame's memory, perhaps on one of its own threads. */
static void release_frame(void *data, void *hint)
{
    (void)data;
    dd_frame_t *frame = hint;
    if (frame->kept)
        frame->kept = false;
    else
        dd_frame_free(frame);
}

/* Sends one frame with its route. Its memory goes to ZeroMQ on DD_OK and stays ours otherwise. */
static dd_error_t send_frame(void *socket, dd_bytes_t route, dd_frame_t *frame)
{
    if (route.size > 0 && zmq_send(socket, route.data, route.size, ZMQ_SNDMORE | ZMQ_DONTWAIT) < 0)
        return zmq_errno() == EAGAIN ? DD_E_OVERLOADED : DD_E_UNKNOWN_PEER;
    zmq_msg_t message;
    if (zmq_msg_init_data(&message, frame->data, frame->size, release_frame, frame) != 0)
        return DD_E_OVERLOADED;
    if (zmq_msg_send(&message, socket, ZMQ_DONTWAIT) >= 0)
        return DD_OK;
    /* A message that wasn't sent must be closed, which would free the frame with it. */
    dd_error_t error = zmq_errno() == EAGAIN ? DD_E_OVERLOADED : DD_E_UNKNOWN_PEER;
    frame->kept = true;
    zmq_msg_close(&message);
    return error;
}

dd_error_t dd_socket_flush(void *socket, dd_bytes_t route, dd_outbox_t *outbox)
{
    dd_frame_t *frame;
    while (dd_outbox_may_send(outbox) && (frame = dd_outbox_take(outbox))) {
        dd_error_t error = send_frame(socket, route, frame);
        if (error != DD_OK) {
            dd_outbox_untake(outbox, frame);
            return error;
        }
    }
    return DD_OK;
}

/* Reads what is left of a message without keeping it. */
static void drain(void *socket)
{
    zmq_msg_t rest;
    zmq_msg_init(&rest);
    do {
        if (zmq_msg_recv(&rest, socket, ZMQ_DONTWAIT) < 0)
            break;
    } while (zmq_msg_more(&rest));
    zmq_msg_close(&rest);
}

dd_error_t dd_socket_receive(void *socket, zmq_msg_t *route, zmq_msg_t *frame)
{
    if (route) {
        if (zmq_msg_recv(route, socket, ZMQ_DONTWAIT) < 0)
            return DD_E_TIMEOUT;
        if (!zmq_msg_more(route))
            return DD_E_MALFORMED;
    }
    if (zmq_msg_recv(frame, socket, ZMQ_DONTWAIT) < 0)
        return DD_E_TIMEOUT;
    if (!zmq_msg_more(frame))
        return DD_OK;
    drain(socket);
    return DD_E_MALFORMED;
}

int dd_socket_fd(void *socket)
{
    int fd = -1;
    size_t size = sizeof fd;
    if (socket)
        zmq_getsockopt(socket, ZMQ_FD, &fd, &size);
    return fd;
}

bool dd_socket_ready(void *socket, int events)
{
    int state = 0;
    size_t size = sizeof state;
    zmq_getsockopt(socket, ZMQ_EVENTS, &state, &size);
    return state & events;
}
