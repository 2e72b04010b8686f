/*
 * tally - what is kept of each tenant's doings after its clients have left
 *
 * So that a tenant's totals don't go back when one of its clients goes, and it is known why
 * something was refused. There is an entry for each tenant that had a client here, and one, with no
 * name, for the broker's links and operators: only keys make tenants, so strangers can't make it
 * grow.
 */
#ifndef TALLY_H_INCLUDED
#define TALLY_H_INCLUDED

#include "peer.h"

/* Codes that a broker gives to others; 0 is what it keeps to itself. */
#define TALLY_REASONS (DD_E_NOT_SUBSCRIBED + 1)

typedef struct {
    peer_count_t left;               /* what clients did that have left */
    uint64_t refused[TALLY_REASONS]; /* to all clients, by code */
} tallied_t;

/* Begins as NULL. */
typedef struct tally tally_t;

/* A client of the tenant has left, having done that. Out of memory, it is forgotten; as below. */
void tally_left(tally_t **self_p, dd_bytes_t tenant, const peer_count_t *count);
/* Something was refused. */
void tally_refused(tally_t **self_p, dd_bytes_t tenant, dd_error_t code);
/* Of one tenant, or, if that is empty, all together. */
tallied_t tally_of(const tally_t *self, dd_bytes_t tenant);
void tally_destroy(tally_t **self_p);

#endif
