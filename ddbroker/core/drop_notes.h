/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * drop_notes - events that tell of publications for which there was no room
 *
 * Who loses them is told of right away, and then once a minute with the count: a client among its
 * tenant's events and a link among everybody's, and the broker as a whole among the operators'.
 */
#ifndef DROP_NOTES_H_INCLUDED
#define DROP_NOTES_H_INCLUDED

#include "core_state.h"

/* Both come again and again, and tell if it is time to. */
void drop_notes_tell_of_peer(core_t *self, peer_t *peer);
void drop_notes_tell_of_all(core_t *self);

#endif
