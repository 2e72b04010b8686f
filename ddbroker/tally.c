/*
 * tally - what clients did that have left, for each tenant
 */
#include "tally.h"

#include <stdlib.h>

#include "hash.h"

struct tally {
    UT_hash_handle hh;
    peer_count_t count;
    char tenant[DD_TENANT_MAX + 1];
};

static tally_t *find(const tally_t *self, dd_bytes_t tenant)
{
    tally_t *entry;
    HASH_FIND(hh, self, tenant.data, tenant.size, entry);
    return entry;
}

static tally_t *add_entry(tally_t **self_p, dd_bytes_t tenant)
{
    tally_t *entry = calloc(1, sizeof *entry);
    if (!entry)
        return NULL;
    dd_bytes_copy(tenant, entry->tenant, sizeof entry->tenant);
    HASH_ADD(hh, *self_p, tenant, tenant.size, entry);
    if (entry->hh.tbl)
        return entry;
    free(entry);
    return NULL;
}

void tally_add(tally_t **self_p, dd_bytes_t tenant, const peer_count_t *count)
{
    tally_t *entry = find(*self_p, tenant);
    if (!entry)
        entry = add_entry(self_p, tenant);
    if (entry)
        peer_count_add(&entry->count, count);
}

peer_count_t tally_of(const tally_t *self, dd_bytes_t tenant)
{
    const tally_t *entry = find(self, tenant);
    return entry ? entry->count : (peer_count_t){0};
}

void tally_destroy(tally_t **self_p)
{
    tally_t *entry, *next;
    HASH_ITER (hh, *self_p, entry, next) {
        HASH_DEL(*self_p, entry);
        free(entry);
    }
}
