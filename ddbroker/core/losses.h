/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * losses - publications that a peer missed: counted, or perhaps missed, and told in a GAP
 */
#ifndef LOSSES_H_INCLUDED
#define LOSSES_H_INCLUDED

#include "core_state.h"

/* The peer has missed so many publications that it was to get by this interest. */
void losses_count(core_t *self, subscription_t *subscription, uint64_t count);

/* A link is over: all that are still there, and want anything, may have missed some. */
void losses_link_ended(core_t *self);

/* The holder has missed so many, as all of its interest have, that were to come through a link; 0:
   some, perhaps. A peer that holds it more than once is told of one stamp once. */
void losses_spread(core_t *self, subscription_t *holder, uint64_t count, uint64_t stamp);

/* Whether there may be something to tell the peer. */
static inline bool losses_are_due(const core_t *self, const peer_t *peer)
{
    return peer->lossy || peer->cuts != self->interests.cuts;
}

/* Before the peer gets something by the subscription: tells what it missed, at least by that one.
   False while it has no room for that. */
bool losses_tell(core_t *self, peer_t *peer, subscription_t *subscription);

/* The peer has room to be told what it missed, which is done later, a few subscriptions at a time.
 */
void losses_go_on(core_t *self, peer_t *peer);
/* It is going. */
void losses_forget(core_t *self, peer_t *peer);

/* A client is about to give up a subscription: tells what it stands for among others of the client
   too. */
void losses_tell_last(core_t *self, const subscription_t *subscription);

#endif
