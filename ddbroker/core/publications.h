/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * publications - publications to all subscribers, and who they are
 */
#ifndef PUBLICATIONS_H_INCLUDED
#define PUBLICATIONS_H_INCLUDED

#include "core_state.h"

handler_t publications_subscribe, publications_unsubscribe, publications_publish,
    publications_relay, publications_gap, publications_add_interest, publications_drop_interest;

/* A peer is absent: removes so many of its subscriptions. Returns how many more could have been. */
int publications_forget(core_t *self, peer_t *peer, int units);

/* Tells a new link of an interest, if it is wanted on this side of it. */
void publications_tell(core_t *self, peer_t *link, const interest_t *interest);

#endif
