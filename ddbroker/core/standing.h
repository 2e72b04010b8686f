/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * standing - who may be here, and stay
 *
 * When keys or the broker's scope change, peers are looked at some at a time; but one that says
 * something is looked at first.
 */
#ifndef STANDING_H_INCLUDED
#define STANDING_H_INCLUDED

#include "core_state.h"

/* The role that a key gives, 0 for none, and the tenant if it is one's. */
int standing_role(const core_t *self, const uint8_t *key, const dd_tenant_t **tenant);

/* PROVE: a client or a child shows that it has the key that follows the one it logged in with. */
handler_t standing_prove;
/* Shows the same to the parent if there is something to show. */
void standing_show(core_t *self);

/* Ends a peer that is no longer what it was let in or registered for. */
void standing_check(core_t *self, peer_t *peer);

/* Keys or the scope have changed: all peers are to be looked at. */
void standing_changed(core_t *self);

#endif
