/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dispatch - which records a peer may send, and who handles them
 */
#ifndef DISPATCH_H_INCLUDED
#define DISPATCH_H_INCLUDED

#include "core_state.h"

/* Takes any record: does what it asks for, or ends the peer, which may not send it. */
void dispatch_record(core_t *self, peer_t *peer, const dd_record_t *record);

#endif
