/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * directory - who is where: full client name -> the peer through which it is reached
 */
#include "directory.h"

#include <stdlib.h>

#include "peer.h"

static entry_t *lookup(const directory_t *self, dd_bytes_t name)
{
    return dd_table_find(&self->by_name, name.data, name.size);
}

static void append(entry_t *entry, peer_t *via)
{
    entry->via = via;
    DL_APPEND(via->entries, entry);
    via->entry_count++;
}

static void detach(entry_t *entry)
{
    DL_DELETE(entry->via->entries, entry);
    entry->via->entry_count--;
}

entry_t *directory_find(const directory_t *self, dd_bytes_t name)
{
    entry_t *entry = lookup(self, name);
    return entry && !entry->via->absent ? entry : NULL;
}

entry_t *directory_left(const directory_t *self, dd_bytes_t name)
{
    entry_t *entry = lookup(self, name);
    return entry && entry->via->absent ? entry : NULL;
}

/* A name that is left of an absent peer is that peer's no more. */
static entry_t *take_over(entry_t *entry, peer_t *via, uint64_t instance)
{
    entry->instance = instance;
    directory_move(entry, via);
    return entry;
}

entry_t *directory_add(directory_t *self, dd_bytes_t name, peer_t *via, uint64_t instance)
{
    entry_t *entry = lookup(self, name);
    if (entry)
        return take_over(entry, via, instance);
    entry = calloc(1, sizeof *entry + name.size + 1);
    if (!entry)
        return NULL;
    entry->instance = instance;
    entry->size = (uint8_t)name.size;
    memcpy(entry->name, name.data, name.size);
    if (!dd_table_add(&self->by_name, &entry->member, entry->name, name.size)) {
        free(entry);
        return NULL;
    }
    append(entry, via);
    return entry;
}

void directory_move(entry_t *entry, peer_t *via)
{
    detach(entry);
    append(entry, via);
}

void directory_remove(directory_t *self, entry_t *entry)
{
    cursor_pass(&self->cursors, entry, directory_next(entry));
    detach(entry);
    dd_table_remove(&self->by_name, &entry->member);
    free(entry);
}

size_t directory_count(const directory_t *self)
{
    return self->by_name.count;
}
