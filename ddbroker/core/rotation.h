/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rotation - which clients have yet to come by their tenant's next key
 *
 * While a tenant's keys are being replaced both are good. When the old one goes, so do the clients
 * that have shown no other, either by logging in or by a proof.
 */
#ifndef ROTATION_H_INCLUDED
#define ROTATION_H_INCLUDED

#include "core_state.h"

/* Which key of its tenant's a client has shown: "old" alone, or "new"; NULL where there is one key.
 */
const char *rotation_key(const core_t *self, const peer_t *peer);

/* Counts a peer among those with the old key alone, or no more; to be called whenever that may have
   changed: it has registered, or isn't any more, has proven a key, or the keys have changed. */
void rotation_count(core_t *self, peer_t *peer);

#endif
