/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy - the sockets' side of clients that speak protocols 3 and 4
 *
 * A ROUTER of its own, without encryption. Who has logged in is a client like any other to the
 * core: requests become records, and the records for it become messages again, so that all rules
 * hold for both. Not thread-safe.
 */
#ifndef LEGACY_H_INCLUDED
#define LEGACY_H_INCLUDED

#include "ddbroker/net/transport.h"

/* Connections of those who haven't logged in: few enough that they fit what the daemon holds back
   of the process's file descriptors. */
#define LEGACY_STRANGERS_MAX 128

/* NULL with *problem filled. When it begins to listen, it warns in the log of what that means. */
transport_t *legacy_new(const transport_settings_t *settings, dd_problem_t *problem);

#endif
