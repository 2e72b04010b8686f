/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * publications - publications to all subscribers, and who they are
 */
#ifndef PUBLICATIONS_H_INCLUDED
#define PUBLICATIONS_H_INCLUDED

#include "core_state.h"

handler_t publications_subscribe, publications_unsubscribe, publications_publish,
    publications_relay, publications_gap, publications_add_interest, publications_drop_interest;

void publications_forget(core_t *self, peer_t *peer);

/* Tells a new link what is wanted on this side of it. */
void publications_sync(core_t *self, peer_t *link);

#endif
