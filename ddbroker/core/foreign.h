/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * foreign - what waits for a client that other tenants' clients have sent
 *
 * Tenants meet at the clients of public, and public's clients reach those of every tenant. None of
 * them may fill the room of a client that reads slowly, so that it isn't reached by its own tenant,
 * or by a third, any more: of one other tenant no more waits than there is room left for others.
 */
#ifndef FOREIGN_H_INCLUDED
#define FOREIGN_H_INCLUDED

#include "core_state.h"

/* Whether a payload of so many bytes from a client of another tenant, of that full name, leaves
   room enough. */
bool foreign_has_room(peer_t *client, dd_bytes_t source, size_t size);

/* As core_append() of something usual to a client, from such a sender. */
dd_error_t foreign_append(
    core_t *self, peer_t *client, dd_bytes_t source, const dd_record_t *record, dd_bytes_t *copy);

/* Before the peer is freed. */
void foreign_clear(peer_t *client);

#endif
