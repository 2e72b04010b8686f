/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * foreign - what waits for a client that other tenants' clients have sent
 */
#include "foreign.h"

#include <stdlib.h>

/* One other tenant's part. It stays as long as the client. */
struct foreign {
    UT_hash_handle hh;
    size_t bytes; /* that were added since none of them waited */
    uint64_t end; /* when the outbox has had so many bytes taken, none of them waits */
    size_t size;
    char tenant[DD_TENANT_MAX];
};

/* NULL when out of memory. */
static foreign_t *part_of(peer_t *client, dd_bytes_t tenant)
{
    foreign_t *part;
    HASH_FIND(hh, client->foreign, tenant.data, tenant.size, part);
    if (part || tenant.size > sizeof part->tenant)
        return part;
    part = calloc(1, sizeof *part);
    if (!part)
        return NULL;
    part->size = tenant.size;
    memcpy(part->tenant, tenant.data, tenant.size);
    HASH_ADD(hh, client->foreign, tenant, tenant.size, part);
    if (part->hh.tbl)
        return part;
    free(part);
    return NULL;
}

void foreign_clear(peer_t *client)
{
    foreign_t *part, *next;
    HASH_ITER (hh, client->foreign, part, next) {
        HASH_DEL(client->foreign, part);
        free(part);
    }
}

/* What waits of it, or a little more: which bytes were taken since isn't known before all were. */
static size_t waiting(const peer_t *client, const foreign_t *part)
{
    if (client->outbox.taken >= part->end)
        return 0;
    return part->bytes < client->outbox.bytes ? part->bytes : client->outbox.bytes;
}

static size_t left_of(size_t limit, size_t used)
{
    return used < limit ? limit - used : 0;
}

/* The room for all, and for all clients of the tenant. */
static size_t room(const dd_outbox_t *outbox)
{
    size_t own = left_of(outbox->limit, outbox->bytes);
    size_t all = outbox->group ? left_of(outbox->group->limit, outbox->group->bytes) : own;
    return all < own ? all : own;
}

static void add(const peer_t *client, foreign_t *part, size_t size)
{
    part->bytes = client->outbox.taken < part->end ? part->bytes + size : size;
    part->end = client->outbox.taken + client->outbox.bytes;
}

/* That of the sender with this full name. */
static foreign_t *part_of_sender(peer_t *client, dd_bytes_t source)
{
    dd_bytes_t tenant, name;
    return dd_name_split(source, &tenant, &name) ? part_of(client, tenant) : NULL;
}

static bool has_room(const peer_t *client, const foreign_t *part, size_t size)
{
    return part && waiting(client, part) + size <= room(&client->outbox);
}

bool foreign_has_room(peer_t *client, dd_bytes_t source, size_t size)
{
    return has_room(client, part_of_sender(client, source), size);
}

dd_error_t foreign_append(
    core_t *self, peer_t *client, dd_bytes_t source, const dd_record_t *record, dd_bytes_t *copy)
{
    foreign_t *part = part_of_sender(client, source);
    if (!has_room(client, part, record->payload.size))
        return DD_E_OVERLOADED;
    size_t before = client->outbox.bytes;
    dd_error_t error = core_append(self, client, record, DD_OUTBOX_USUAL, copy);
    if (error == DD_OK)
        add(client, part, client->outbox.bytes - before);
    return error;
}
