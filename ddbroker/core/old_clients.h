/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * old_clients - acknowledgements on behalf of clients that don't know them (protocols 3 and 4)
 *
 * Such a client pings some time after each PONG. When it pings next, it has read what was queued
 * before that PONG: then its broker acknowledges that for it.
 */
#ifndef OLD_CLIENTS_H_INCLUDED
#define OLD_CLIENTS_H_INCLUDED

#include "peer.h"

/* A DATA is about to be sent to it. False if it had that one, or a later one of its sender's. */
bool old_clients_take(peer_t *client, const dd_record_t *data);
/* It could not be sent after all. */
void old_clients_untake(peer_t *client, const dd_record_t *data);

/* It pings: the next frame of ACKs for what it has read, which the caller frees; NULL at their end.
 */
dd_frame_t *old_clients_have_read(peer_t *client);

/* Its PONG is queued: by the next PING it has read all that was taken until now. */
void old_clients_were_asked(peer_t *client);

void old_clients_forget(peer_t *client);

#endif
