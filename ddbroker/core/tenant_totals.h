/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tenant_totals - what is kept of each tenant's doings after its clients have left
 *
 * So that a tenant's totals don't go back when one of its clients goes, and it is known why
 * something was refused. There is an entry for each tenant that had a client here, and one, with no
 * name, for the broker's links and operators: only keys make tenants, so strangers can't make it
 * grow.
 */
#ifndef TENANT_TOTALS_H_INCLUDED
#define TENANT_TOTALS_H_INCLUDED

#include "peer.h"

/* Codes that a broker gives to others; 0 is what it keeps to itself. */
#define TENANT_TOTALS_REASONS (DD_E_MOVED + 1)

typedef struct {
    peer_count_t left;                       /* what clients did that have left */
    uint64_t refused[TENANT_TOTALS_REASONS]; /* to all clients, by code */
} tallied_t;

/* Begins as NULL. */
typedef struct tenant_totals tenant_totals_t;

/* A client of the tenant has left, having done that. Out of memory, it is forgotten; as below. */
void tenant_totals_left(tenant_totals_t **self_p, dd_bytes_t tenant, const peer_count_t *count);
/* Something was refused. */
void tenant_totals_refused(tenant_totals_t **self_p, dd_bytes_t tenant, dd_error_t code);
/* Of one tenant, or, if that is empty, all together. */
tallied_t tenant_totals_of(const tenant_totals_t *self, dd_bytes_t tenant);
void tenant_totals_destroy(tenant_totals_t **self_p);

#endif
