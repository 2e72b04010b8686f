/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * drop_notes - events that tell of publications for which there was no room
 *
 * Who loses them is told of with what a second brought, and then once a minute: a client among its
 * tenant's events and a link among everybody's, and the broker as a whole among the operators'.
 * Each event says within which time there were so many, and how many within which time in all, so
 * that the newest one alone tells since when.
 */
#ifndef DROP_NOTES_H_INCLUDED
#define DROP_NOTES_H_INCLUDED

#include "core_state.h"

/* Both come again and again, and tell if it is time to. */
void drop_notes_tell_of_peer(core_t *self, peer_t *peer);
/* The peer goes: tells what there is still to tell. */
void drop_notes_tell_last(core_t *self, peer_t *peer);
void drop_notes_tell_of_all(core_t *self);

#endif
