/*
 * tally - what clients did that have left, for each tenant
 *
 * So that a tenant's totals don't go back when one of its clients goes. There is an entry for each
 * tenant of which a client has left: only keys make tenants, so strangers can't make it grow.
 */
#ifndef TALLY_H_INCLUDED
#define TALLY_H_INCLUDED

#include "peer.h"

/* Begins as NULL. */
typedef struct tally tally_t;

/* Adds what a client of the tenant did. Out of memory, it is forgotten. */
void tally_add(tally_t **self_p, dd_bytes_t tenant, const peer_count_t *count);
/* All zero for a tenant of which nobody has left. */
peer_count_t tally_of(const tally_t *self, dd_bytes_t tenant);
void tally_destroy(tally_t **self_p);

#endif
