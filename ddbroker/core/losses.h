/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * losses - publications that a peer missed: counted, or perhaps missed, and told in a GAP
 */
#ifndef LOSSES_H_INCLUDED
#define LOSSES_H_INCLUDED

#include "core_state.h"

/* The peer has missed so many publications that it was to get by this interest. */
void losses_count(core_t *self, subscription_t *subscription, uint64_t count);

/* A link is over, or has passed over what it was told: all that are still there, and want anything,
   may have missed some. */
void losses_suspect(core_t *self);

/* A broker that had another parent before has told all it has. What comes from there came another
   way until now, on which some may be lost, and nobody may have noticed. All are told before their
   next publication; those that get none, when the link that was left ends. */
void losses_subtree_moved(core_t *self, peer_t *child);

/* The holder was to get, late, what has this stamp. If something may have been lost since, it is
   told of that behind this, whatever it was told before. */
void losses_got_late(core_t *self, subscription_t *holder, uint64_t stamp);

/* A peer has just come to want something: what a link wants where it was so, it may have missed. */
void losses_wanted(core_t *self, subscription_t *subscription);

/* The holder has missed so many, as all of its interest have, that were to come through a link; 0:
   some, perhaps. A peer that holds it more than once is told of one stamp once. */
void losses_spread(core_t *self, subscription_t *holder, uint64_t count, uint64_t stamp);

/* Whether there may be something to tell the peer. */
static inline bool losses_are_due(const core_t *self, const peer_t *peer)
{
    return peer->lossy || peer->cuts != self->interests.cuts;
}

/* Before the peer gets a publication: tells what it missed, at least by all that this one meets.
   False while it has no room for that. */
bool losses_tell(core_t *self, peer_t *peer, interest_match_t match);

/* The peer has room to be told what it missed, which is done later, a few subscriptions at a time.
 */
void losses_go_on(core_t *self, peer_t *peer);
/* It is going. */
void losses_forget(core_t *self, peer_t *peer);

/* A client is about to give up a subscription: tells what it stands for among others of the client
   too. */
void losses_tell_last(core_t *self, const subscription_t *subscription);

#endif
