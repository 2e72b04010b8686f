/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * link_outbox - what waits for another broker, shared fairly by tenants
 *
 * As long as a link keeps up, everything goes into its outbox as it comes. Beyond a little, the
 * records of each tenant wait in a queue of its own, in their order, and the queues are emptied in
 * turn by bytes. A tenant may have no more waiting than there is room left, so that one alone
 * gets half and whoever comes later still finds some.
 *
 * What the broker itself says, which is no tenant's, comes after all that was to be sent before
 * it, and may come after what was to be sent later.
 */
#ifndef LINK_OUTBOX_H_INCLUDED
#define LINK_OUTBOX_H_INCLUDED

#include "libdd/protocol/outbox.h"

typedef struct link_outbox link_outbox_t;

/* Bytes in the outbox beyond which records wait in their tenants' queues. */
#define LINK_OUTBOX_STAGE (256u << 10)

/* In front of this outbox, whose limit is that of all together; it is lent. NULL when out of
   memory. */
link_outbox_t *link_outbox_new(dd_outbox_t *outbox);
/* Frees what waits, but for what is in the outbox. */
void link_outbox_destroy(link_outbox_t **self_p);

/* Another limit: what waits already, if it is more, doesn't count against it. */
void link_outbox_set_limit(link_outbox_t *self, size_t limit);

/* Appends a record as its tenant's, within that one's part of the room, but for what is urgent. All
   else as dd_outbox_write(). */
dd_error_t link_outbox_append(
    link_outbox_t *self, const dd_record_t *record, dd_outbox_need_t need, dd_bytes_t *copy);

/* Whether so many bytes more of a tenant's would be taken. */
bool link_outbox_has_room(const link_outbox_t *self, dd_bytes_t tenant, size_t size);

/* Bytes of a tenant's, or with none of the broker's own, that wait for their turn. */
size_t link_outbox_waiting(const link_outbox_t *self, dd_bytes_t tenant);

/* Fills the outbox up from the queues. Whether there is something in it. */
bool link_outbox_refill(link_outbox_t *self);

/* All that waits, in the outbox too. */
size_t link_outbox_bytes(const link_outbox_t *self);

#endif
