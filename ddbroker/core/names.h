/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * names - granting them and taking them back, and what others are told of that
 */
#ifndef NAMES_H_INCLUDED
#define NAMES_H_INCLUDED

#include "core_state.h"

/* Whether the same client has registered as the one instance after it had as the other. */
bool names_is_later(uint64_t instance, uint64_t before);

/* Whether the parent has been told of the client since the link came up. */
bool names_known_above(const core_t *self, const entry_t *entry);

/* Tells the parent, if there is one, of a client in an ADD_CLIENT or DROP_CLIENT. */
void names_tell_parent(core_t *self, dd_record_type_t type, entry_t *entry);

/* Tells a child that a client it told of has to go, and why. */
void names_tell_child(
    core_t *self, peer_t *child, dd_bytes_t name, uint64_t instance, dd_error_t why);

/* The same of one that may not have the name: counts it. */
void names_refuse(core_t *self, peer_t *child, dd_bytes_t name, uint64_t instance, dd_error_t why);

/* Ends a client that did nothing wrong here; why is the parent's word. */
void names_send_away(core_t *self, peer_t *client, dd_error_t why);

/* Registers a client or an operator. name: as it is shown to it. */
void names_welcome(core_t *self, peer_t *peer, dd_bytes_t name);

/* A name that nobody has becomes that of a client, who is welcomed, or of one beneath a child. Out
   of memory, the peer is ended. */
void names_grant(core_t *self, dd_bytes_t name, peer_t *via, uint64_t instance);

/* A client leaves the peer through which it was reached: what was handed to that one for it may
   still come back. */
void names_note_departure(const core_t *self, const entry_t *entry);

/* Nobody has that name any more. */
void names_drop(core_t *self, entry_t *entry);

#endif
