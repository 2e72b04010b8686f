/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * resync - a link that has come up is told all it has to know
 *
 * It is told a part at a time, as its outbox has room. What changes meanwhile is told at once, so
 * that in the end the other broker knows what is; some of it may be told twice. A client that wants
 * something from above is introduced there first, if its turn hasn't come yet.
 */
#ifndef RESYNC_H_INCLUDED
#define RESYNC_H_INCLUDED

#include "core_state.h"

/* Begins to tell the link; ends with SYNCED. */
void resync_begin(core_t *self, peer_t *link);
/* Whether it is still to be told of brokers, so that it knows nothing of what they say. */
bool resync_tells_brokers(const peer_t *link);
/* The link is over. */
void resync_end(core_t *self, peer_t *link);

#endif
