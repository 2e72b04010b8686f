/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * remains - what is left of a peer that nothing is reached through any more
 *
 * Its names and interests count as absent at once, and are taken out a few at a time. Other brokers
 * are told of each as it goes.
 */
#ifndef REMAINS_H_INCLUDED
#define REMAINS_H_INCLUDED

#include "core_state.h"

/* The peer is absent from now on. */
void remains_begin(core_t *self, peer_t *peer);

/* Its connection is over, too: what was never sent to it is returned to the senders, and the peer
   is freed once nothing is left of it. */
void remains_free(core_t *self, peer_t *peer);

#endif
