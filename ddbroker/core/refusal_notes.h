/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * refusal_notes - events that tell of those who are refused what they ask
 *
 * Who is refused is told of among its tenant's events as who loses publications is: with what a
 * second brought, and then once a minute with the count. A name that nobody has is between a client
 * and its broker, unless there are many in a second.
 */
#ifndef REFUSAL_NOTES_H_INCLUDED
#define REFUSAL_NOTES_H_INCLUDED

#include "core_state.h"

/* Comes about once a second for a peer; tells if it is time to. */
void refusal_notes_tell_of_peer(core_t *self, peer_t *peer);
/* The same before it goes. */
void refusal_notes_tell_last(core_t *self, peer_t *peer);

#endif
