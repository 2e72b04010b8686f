/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * notifications - notifications to one client, and what becomes of them
 */
#ifndef NOTIFICATIONS_H_INCLUDED
#define NOTIFICATIONS_H_INCLUDED

#include "core_state.h"

handler_t notifications_send, notifications_forward, notifications_receipt, notifications_hop,
    notifications_ack;

/* A client of an old protocol pings: it has read what was sent before the PONG that it had last. */
void notifications_old_ping(core_t *self, peer_t *client);

/* A record that was never sent to this peer goes back as an error to whoever sent it. */
void notifications_return(core_t *self, const peer_t *peer, const dd_record_t *unsent);

#endif
