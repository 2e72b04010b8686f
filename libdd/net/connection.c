/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connection - one outgoing connection to one address of a broker
 */
#include "connection.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "ipc.h"
#include "libdd/base/problem.h"
#include "monitor.h"

/* ms between two looks whether ZeroMQ is done with a connection that the other side has ended; they
   get longer, since an application that is behind may leave the last frames unread for long. */
#define LOOK_FIRST 1
#define LOOK_MOST 100

/* Bytes of a public key as ddkeys shows it, with the NUL. */
#define KEY_ROOM sodium_base64_ENCODED_LEN(DD_KEY_SIZE, sodium_base64_VARIANT_ORIGINAL)

struct dd_connection {
    void *socket;
    void *monitor; /* NULL once the handshake is done */
    dd_connection_state_t state;
    int fd;            /* of the TCP or ipc connection, which is ZeroMQ's; -1: none yet */
    ino_t inode;       /* of that; another one under its number means that it was closed */
    bool hung_up;      /* the other side has ended it, and ZeroMQ perhaps not read all yet */
    uint64_t look_ms;  /* when to look whether it has; UINT64_MAX: not to be looked at */
    uint64_t interval; /* ms from that look to the next */
    char name[DD_ENDPOINT_MAX + 1];
    dd_keys_kind_t keys; /* whose key it shows, */
    char key[KEY_ROOM];  /* and which, as ddkeys does */
    dd_problem_t reason;
};

dd_connection_t *dd_connection_new(void *context, const char *address, const char *name,
    const dd_keyring_t *keyring, dd_login_t login, uint32_t payload_max, dd_problem_t *problem)
{
    dd_connection_t *self = calloc(1, sizeof *self);
    if (!self) {
        dd_problem(problem, DD_E_MEMORY, "out of memory for a connection to %s", name);
        return NULL;
    }
    snprintf(self->name, sizeof self->name, "%s", name);
    self->fd = -1;
    self->look_ms = UINT64_MAX;
    self->keys = dd_keyring_kind(keyring);
    const uint8_t *key = dd_keyring_public_key_of(keyring, login.own);
    if (key)
        sodium_bin2base64(
            self->key, sizeof self->key, key, DD_KEY_SIZE, sodium_base64_VARIANT_ORIGINAL);
    self->socket = dd_socket_client(context, keyring, login, payload_max, problem);
    if (!self->socket)
        goto failed;
    self->monitor = dd_monitor_open(context, self->socket,
        ZMQ_EVENT_CONNECTED | ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_DISCONNECTED |
            ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
            ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
    if (self->monitor && zmq_connect(self->socket, address) == 0)
        return self;
    dd_socket_problem(problem, "connect to", address);
failed:
    dd_connection_destroy(&self);
    return NULL;
}

static void end_monitor(dd_connection_t *self)
{
    dd_monitor_close(self->monitor, self->socket);
    self->monitor = NULL;
}

void dd_connection_destroy(dd_connection_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    dd_connection_t *self = *self_p;
    if (self->monitor)
        end_monitor(self);
    if (self->socket)
        zmq_close(self->socket);
    free(self);
    *self_p = NULL;
}

void *dd_connection_socket(const dd_connection_t *self)
{
    return self->socket;
}

/* The first reason counts: what follows it is only the connection being closed. */
static void lose(dd_connection_t *self, dd_error_t error, const char *text)
{
    if (self->state == DD_CONNECTION_LOST)
        return;
    self->state = DD_CONNECTION_LOST;
    self->look_ms = UINT64_MAX;
    dd_problem(&self->reason, error, "%s %s", self->name, text);
}

/* ---- Until the handshake is done ----------------------------------------------------------- */

/* Another descriptor of that number is another file. */
static bool is_open(const dd_connection_t *self)
{
    struct stat status;
    return fstat(self->fd, &status) == 0 && status.st_ino == self->inode;
}

/* What is noted of the descriptor counts only if no DISCONNECTED follows, which ZeroMQ says before
   it closes it. */
static void become_ready(dd_connection_t *self)
{
    struct stat status;
    self->state = DD_CONNECTION_READY;
    if (fstat(self->fd, &status) == 0)
        self->inode = status.st_ino;
}

/* The handshake has reached the end, so the broker's key is the right one. */
static void take_refusal(dd_connection_t *self, uint32_t status)
{
    static const char *const WHY[] = {
        [DD_KEYS_TENANT] = "its tenant isn't in the broker's key file as read last (ddbroker "
                           "--reload), or has other keys by now",
        [DD_KEYS_OPERATOR] = "its operator isn't in the broker's key file as read last (ddbroker "
                             "--reload), or has another one by now",
        [DD_KEYS_BROKER] = "it has another pair of the brokers' own",
        [DD_KEYS_PUBLIC] = "\"public\" isn't in the broker's key file as read last (ddbroker "
                           "--reload), or has other keys by now"};
    char text[256];
    snprintf(text, sizeof text, "doesn't take this key, %s: %s", self->key, WHY[self->keys]);
    if (status == DD_ZAP_FULL)
        lose(self, DD_E_LIMIT, "has no room for more clients of this tenant, or for anybody");
    else
        lose(self, DD_E_REFUSED, text);
}

/* Of a connection that was never made ZeroMQ doesn't say why. A host has nothing to add; a path
 * may. */
static void lose_unmade(dd_connection_t *self)
{
    const char *path = dd_ipc_path(self->name);
    if (path && dd_ipc_connect(path, NULL) == EACCES)
        lose(self, DD_E_NETWORK,
            "may not be connected to: permission denied; ask for the group of its socket, or see "
            "ipc-mode in ddbroker.conf(5)");
    else
        lose(self, DD_E_NETWORK, "doesn't answer; does a broker run there?");
}

/*
 * What libzmq 4.3.4 tells of a connection with CURVE, as observed. CONNECT_RETRIED only announces
 * an attempt that never comes, and follows the end of most.
 *
 *     refused port, no such ipc path     CLOSED, CONNECT_RETRIED; the same if it may not be
 *                                        connected to
 *     host that doesn't answer           the same after CONNECT_TIMEOUT
 *     server has another key             HANDSHAKE_FAILED_NO_DETAIL EPIPE, DISCONNECTED
 *     cut, by whomever                   the same
 *     ZAP answers 400 or 500             HANDSHAKE_FAILED_AUTH 400 or 500, DISCONNECTED
 *     ZAP answers 300, silent server     HANDSHAKE_FAILED_NO_DETAIL EAGAIN, DISCONNECTED,
 *                                        both after HANDSHAKE_IVL
 *     ZeroMQ server without CURVE        HANDSHAKE_FAILED_PROTOCOL, DISCONNECTED
 *     server that doesn't speak ZMTP     DISCONNECTED
 *     peer killed or closed              DISCONNECTED
 */
static void take_event(dd_connection_t *self, const dd_monitor_event_t *event)
{
    switch (event->event) {
    case ZMQ_EVENT_CONNECTED:
        self->fd = (int)event->value;
        break;
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        become_ready(self);
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_AUTH:
        take_refusal(self, event->value);
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL:
        lose(self, DD_E_NETWORK, "is not a DoubleDecker broker");
        break;
    case ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL:
        if (event->value == EAGAIN)
            lose(self, DD_E_NETWORK, "accepts connections, but doesn't answer");
        else
            lose(self, DD_E_NETWORK,
                "ended the handshake without a word: it is being stopped or too busy, it has "
                "another broker key than this key file says, or it is not a DoubleDecker broker");
        break;
    case ZMQ_EVENT_CONNECT_RETRIED:
        if (self->state == DD_CONNECTION_OPENING)
            lose_unmade(self);
        break;
    default:
        if (self->state == DD_CONNECTION_READY)
            lose(self, DD_E_NETWORK, "ended the connection");
        else
            lose(self, DD_E_NETWORK, "hung up; is it a DoubleDecker broker?");
    }
}

static void take_events(dd_connection_t *self)
{
    dd_monitor_event_t event;
    while (dd_monitor_next(self->monitor, &event))
        take_event(self, &event);
    if (self->state == DD_CONNECTION_READY)
        end_monitor(self);
}

/* ---- And from then on ---------------------------------------------------------------------- */

static bool has_hung_up(const dd_connection_t *self)
{
    struct pollfd item = {.fd = self->fd, .events = POLLRDHUP};
    return poll(&item, 1, 0) > 0;
}

/* The end that counts is when ZeroMQ closes the descriptor: it has read all until then. It can't
   while a frame that came has no room in the socket. */
static void look(dd_connection_t *self, uint64_t now_ms)
{
    if (!is_open(self)) {
        lose(self, DD_E_NETWORK, "ended the connection");
        return;
    }
    if (!self->hung_up && !has_hung_up(self))
        return;
    if (!self->hung_up)
        self->interval = LOOK_FIRST;
    else if (now_ms >= self->look_ms)
        self->interval = 2 * self->interval < LOOK_MOST ? 2 * self->interval : LOOK_MOST;
    else
        return;
    self->hung_up = true;
    self->look_ms = now_ms + self->interval;
}

struct pollfd dd_connection_news(const dd_connection_t *self)
{
    if (self->monitor)
        return (struct pollfd){.fd = dd_socket_fd(self->monitor), .events = POLLIN};
    bool quiet = self->state == DD_CONNECTION_READY && !self->hung_up;
    return (struct pollfd){.fd = quiet ? self->fd : -1, .events = POLLRDHUP};
}

dd_connection_state_t dd_connection_watch(dd_connection_t *self, uint64_t now_ms)
{
    if (self->monitor)
        take_events(self);
    else if (self->state == DD_CONNECTION_READY)
        look(self, now_ms);
    return self->state;
}

uint64_t dd_connection_due(const dd_connection_t *self)
{
    return self->look_ms;
}

const dd_problem_t *dd_connection_reason(const dd_connection_t *self)
{
    return &self->reason;
}
