/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listener - the sockets' side of all who connect to this broker: clients and child brokers
 *
 * One ROUTER on any number of endpoints. Not thread-safe.
 */
#ifndef LISTENER_H_INCLUDED
#define LISTENER_H_INCLUDED

#include "transport.h"

/* Connections beyond those that may be clients, as long as they are in their handshake. They fit
   what the daemon holds back of the process's file descriptors, with those of the legacy endpoint.
 */
#define LISTENER_STRANGERS_MAX 64

/* The ZAP handler must be there already. NULL with *problem filled. */
transport_t *listener_new(const transport_settings_t *settings, dd_problem_t *problem);

/* Listens on one more endpoint, where only operators and child brokers are let in. What they send
   is read by threads that aren't those of settings->threads: so no flood at other endpoints keeps
   it waiting there. */
dd_error_t listener_reserve(transport_t *transport, const char *endpoint, dd_problem_t *problem);

#endif
