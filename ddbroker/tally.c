/*
 * tally - what is kept of each tenant's doings after its clients have left
 */
#include "tally.h"

#include <stdlib.h>

#include "hash.h"

struct tally {
    UT_hash_handle hh;
    tallied_t tallied;
    char tenant[DD_TENANT_MAX + 1];
};

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

/* Makes the entry if there is none; NULL when out of memory. */
static tally_t *entry_of(tally_t **self_p, dd_bytes_t tenant)
{
    tally_t *entry;
    HASH_FIND(hh, *self_p, tenant.data, tenant.size, entry);
    return entry ? entry : add_entry(self_p, tenant);
}

void tally_left(tally_t **self_p, dd_bytes_t tenant, const peer_count_t *count)
{
    tally_t *entry = entry_of(self_p, tenant);
    if (entry)
        peer_count_add(&entry->tallied.left, count);
}

void tally_refused(tally_t **self_p, dd_bytes_t tenant, dd_error_t code)
{
    tally_t *entry = entry_of(self_p, tenant);
    if (entry)
        entry->tallied.refused[code < TALLY_REASONS ? code : 0]++;
}

tallied_t tally_of(const tally_t *self, dd_bytes_t tenant)
{
    tallied_t sum = {.refused = {0}};
    const tally_t *entry, *next;
    HASH_ITER (hh, self, entry, next) {
        if (tenant.size > 0 && !dd_bytes_equal(tenant, dd_bytes_of(entry->tenant)))
            continue;
        peer_count_add(&sum.left, &entry->tallied.left);
        for (size_t i = 0; i < TALLY_REASONS; i++)
            sum.refused[i] += entry->tallied.refused[i];
    }
    return sum;
}

void tally_destroy(tally_t **self_p)
{
    tally_t *entry, *next;
    HASH_ITER (hh, *self_p, entry, next) {
        HASH_DEL(*self_p, entry);
        free(entry);
    }
}
