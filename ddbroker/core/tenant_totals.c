/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tenant_totals - what is kept of each tenant's doings after its clients have left
 */
#include "tenant_totals.h"

#include <stdlib.h>

#include "libdd/base/hash.h"

struct tenant_totals {
    UT_hash_handle hh;
    tallied_t tallied;
    char tenant[DD_TENANT_MAX + 1];
};

static tenant_totals_t *add_entry(tenant_totals_t **self_p, dd_bytes_t tenant)
{
    tenant_totals_t *entry = calloc(1, sizeof *entry);
    if (!entry)
        return NULL;
    dd_bytes_copy(tenant, entry->tenant, sizeof entry->tenant);
    HASH_ADD(hh, *self_p, tenant, tenant.size, entry);
    if (entry->hh.tbl)
        return entry;
    free(entry);
    return NULL;
}

static tenant_totals_t *find(const tenant_totals_t *self, dd_bytes_t tenant)
{
    tenant_totals_t *entry;
    HASH_FIND(hh, self, tenant.data, tenant.size, entry);
    return entry;
}

/* Makes the entry if there is none; NULL when out of memory. */
static tenant_totals_t *entry_of(tenant_totals_t **self_p, dd_bytes_t tenant)
{
    tenant_totals_t *entry = find(*self_p, tenant);
    return entry ? entry : add_entry(self_p, tenant);
}

void tenant_totals_left(tenant_totals_t **self_p, dd_bytes_t tenant, const peer_count_t *count)
{
    tenant_totals_t *entry = entry_of(self_p, tenant);
    if (entry)
        peer_count_add(&entry->tallied.left, count);
}

void tenant_totals_refused(tenant_totals_t **self_p, dd_bytes_t tenant, dd_error_t code)
{
    tenant_totals_t *entry = entry_of(self_p, tenant);
    if (entry)
        entry->tallied.refused[code < TENANT_TOTALS_REASONS ? code : 0]++;
}

static tallied_t sum_up(const tenant_totals_t *self)
{
    tallied_t sum = {.refused = {0}};
    const tenant_totals_t *entry, *next;
    HASH_ITER (hh, self, entry, next) {
        peer_count_add(&sum.left, &entry->tallied.left);
        for (size_t i = 0; i < TENANT_TOTALS_REASONS; i++)
            sum.refused[i] += entry->tallied.refused[i];
    }
    return sum;
}

tallied_t tenant_totals_of(const tenant_totals_t *self, dd_bytes_t tenant)
{
    const tenant_totals_t *entry = find(self, tenant);
    if (tenant.size == 0)
        return sum_up(self);
    return entry ? entry->tallied : (tallied_t){.refused = {0}};
}

void tenant_totals_destroy(tenant_totals_t **self_p)
{
    tenant_totals_t *entry, *next;
    HASH_ITER (hh, *self_p, entry, next) {
        HASH_DEL(*self_p, entry);
        free(entry);
    }
}
