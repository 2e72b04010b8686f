/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dialer - one outgoing connection to a broker
 */
#include "dialer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "libdd/base/problem.h"
#include "libdd/protocol/endpoint.h"

struct dd_dialer {
    void *socket;
    void *monitor;
    dd_dialer_state_t state;
    bool by_name;  /* the host may have addresses of both families, and IPv4 was not tried yet */
    bool resolved; /* there was an address to connect to */
    char endpoint[DD_ENDPOINT_MAX + 1];
    dd_problem_t reason;
};

dd_dialer_t *dd_dialer_new(void *context, const char *endpoint, const dd_keyring_t *keyring,
    uint32_t payload_max, dd_problem_t *problem)
{
    if (dd_endpoint_check(endpoint, problem) != DD_OK)
        return NULL;
    dd_dialer_t *self = calloc(1, sizeof *self);
    if (!self) {
        dd_problem(problem, DD_E_MEMORY, "out of memory for a connection to %s", endpoint);
        return NULL;
    }
    snprintf(self->endpoint, sizeof self->endpoint, "%s", endpoint);
    self->by_name = dd_endpoint_by_name(endpoint);
    self->socket = dd_socket_client(context, keyring, payload_max, problem);
    if (!self->socket)
        goto failed;
    self->monitor = dd_monitor_open(context, self->socket,
        ZMQ_EVENT_CLOSED | ZMQ_EVENT_CONNECT_RETRIED | ZMQ_EVENT_DISCONNECTED |
            ZMQ_EVENT_HANDSHAKE_SUCCEEDED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
            ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL | ZMQ_EVENT_HANDSHAKE_FAILED_AUTH);
    if (self->monitor && zmq_connect(self->socket, endpoint) == 0)
        return self;
    dd_socket_problem(problem, "connect to", endpoint);
failed:
    dd_dialer_destroy(&self);
    return NULL;
}

void dd_dialer_destroy(dd_dialer_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    dd_dialer_t *self = *self_p;
    if (self->socket) {
        dd_monitor_close(self->monitor, self->socket);
        zmq_close(self->socket);
    }
    free(self);
    *self_p = NULL;
}

void dd_dialer_linger(dd_dialer_t *self, int ms)
{
    zmq_setsockopt(self->socket, ZMQ_LINGER, &ms, sizeof ms);
}

void *dd_dialer_socket(const dd_dialer_t *self)
{
    return self->socket;
}

void *dd_dialer_monitor(const dd_dialer_t *self)
{
    return self->monitor;
}

/* The first reason counts: what follows it is only the connection being closed. */
static void lose(dd_dialer_t *self, dd_error_t error, const char *text)
{
    if (self->state == DD_DIALER_LOST)
        return;
    self->state = DD_DIALER_LOST;
    dd_problem(&self->reason, error, "%s %s", self->endpoint, text);
}

/* ZeroMQ tries one address of a name, an IPv6 one if there is any. Where the broker listens on IPv4
   only, as with 127.0.0.1 behind "localhost", a second attempt with that family is needed. */
static bool try_ipv4(dd_dialer_t *self)
{
    if (!self->by_name)
        return false;
    self->by_name = false;
    int off = 0;
    return zmq_disconnect(self->socket, self->endpoint) == 0 &&
           zmq_setsockopt(self->socket, ZMQ_IPV6, &off, sizeof off) == 0 &&
           zmq_connect(self->socket, self->endpoint) == 0;
}

/* The handshake has reached the end, so the broker's key is the right one. */
static void take_refusal(dd_dialer_t *self, uint32_t status)
{
    if (status == DD_ZAP_FULL)
        lose(self, DD_E_LIMIT, "has no room for more clients of this tenant, or for anybody");
    else
        lose(self, DD_E_REFUSED, "refuses this key; is its tenant in the broker's key file?");
}

/*
 * What libzmq 4.3.4 tells of a connection with CURVE, as observed. CONNECT_RETRIED only announces
 * an attempt that never comes, and follows the end of most.
 *
 *     refused port, no such ipc path     CLOSED, CONNECT_RETRIED
 *     host that doesn't answer           the same after CONNECT_TIMEOUT
 *     name that doesn't resolve          CONNECT_RETRIED
 *     server has another key             HANDSHAKE_FAILED_NO_DETAIL EPIPE, DISCONNECTED
 *     cut, by whomever                   the same
 *     ZAP answers 400 or 500             HANDSHAKE_FAILED_AUTH 400 or 500, DISCONNECTED
 *     ZAP answers 300, silent server     HANDSHAKE_FAILED_NO_DETAIL EAGAIN, DISCONNECTED, both
 * after HANDSHAKE_IVL ZeroMQ server without CURVE        HANDSHAKE_FAILED_PROTOCOL, DISCONNECTED
 *     server that doesn't speak ZMTP     DISCONNECTED
 *     peer killed or closed              DISCONNECTED
 */
static void take_event(dd_dialer_t *self, const dd_monitor_event_t *event)
{
    switch (event->event) {
    case ZMQ_EVENT_HANDSHAKE_SUCCEEDED:
        self->state = DD_DIALER_CONNECTED;
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
                "another broker key than this key file says, or it is no DoubleDecker broker");
        break;
    case ZMQ_EVENT_CLOSED:
        self->resolved = true;
        break;
    case ZMQ_EVENT_CONNECT_RETRIED:
        if (self->state == DD_DIALER_CONNECTING && !try_ipv4(self))
            lose(self, DD_E_NETWORK,
                self->resolved ? "doesn't answer; does a broker run there?"
                               : "can't be reached; does the host's name resolve?");
        break;
    default:
        if (self->state == DD_DIALER_CONNECTED)
            lose(self, DD_E_NETWORK, "ended the connection");
        else
            lose(self, DD_E_NETWORK, "hung up; is it a DoubleDecker broker?");
    }
}

dd_dialer_state_t dd_dialer_watch(dd_dialer_t *self)
{
    dd_monitor_event_t event;
    while (dd_monitor_next(self->monitor, &event))
        take_event(self, &event);
    return self->state;
}

const dd_problem_t *dd_dialer_reason(const dd_dialer_t *self)
{
    return &self->reason;
}
