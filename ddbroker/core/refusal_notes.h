/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * refusal_notes - events that tell of those who are refused a flood of what they ask
 *
 * One refusal is between a client and its broker. Who gets many in a second is told of right away,
 * and then once a minute with the count, among its tenant's events.
 */
#ifndef REFUSAL_NOTES_H_INCLUDED
#define REFUSAL_NOTES_H_INCLUDED

#include "core_state.h"

/* Comes about once a second for a peer, and when it goes; tells if it is time to. */
void refusal_notes_tell_of_peer(core_t *self, peer_t *peer);

#endif
