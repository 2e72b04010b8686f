/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listener - the sockets' side of all who connect to this broker: clients and child brokers
 *
 * One ROUTER on any number of endpoints. Not thread-safe.
 */
#ifndef LISTENER_H_INCLUDED
#define LISTENER_H_INCLUDED

#include "transport.h"

/* The ZAP handler must be there already. NULL with *problem filled. */
transport_t *listener_new(const transport_settings_t *settings, dd_problem_t *problem);

#endif
