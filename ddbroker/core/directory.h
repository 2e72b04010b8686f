/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * directory - who is where: full client name -> the peer through which it is reached
 *
 * That peer is the client itself, or the child broker beneath which it is. Names of a peer that is
 * absent are nobody's, as long as they are still here: they are taken out a few at a time.
 */
#ifndef DIRECTORY_H_INCLUDED
#define DIRECTORY_H_INCLUDED

#include "cursor.h"
#include "libdd/base/table.h"
#include "libdd/protocol/name.h"

typedef struct peer peer_t;
typedef struct contest contest_t;

typedef struct entry {
    dd_member_t member; /* first */
    peer_t *via;
    struct entry *prev, *next; /* in via->entries */
    uint64_t instance;         /* of the client, to know it again when it comes back */
    uint32_t told;             /* number of the uplink that was told of it last; 0: none was */
    contest_t *contest;        /* others want the name; NULL if there is nothing of the kind */
    uint8_t size;
    char name[]; /* with its NUL */
} entry_t;

typedef struct {
    dd_table_t by_name;
    cursor_t *cursors; /* at entries, in the table's order */
} directory_t;

/* NULL if nobody has that name. */
entry_t *directory_find(const directory_t *self, dd_bytes_t name);

/* What is left of that name of an absent peer; NULL if nothing is, or somebody has it. */
entry_t *directory_left(const directory_t *self, dd_bytes_t name);

/* Adds a name that nobody has; NULL when out of memory. */
entry_t *directory_add(directory_t *self, dd_bytes_t name, peer_t *via, uint64_t instance);

/* From now on it is reached through that peer. */
void directory_move(entry_t *entry, peer_t *via);

/* Takes the entry out and frees it. */
void directory_remove(directory_t *self, entry_t *entry);

/* The oldest; NULL if there is none. */
static inline entry_t *directory_first(const directory_t *self)
{
    return (entry_t *)self->by_name.first;
}

/* The next one after it. */
static inline entry_t *directory_next(const entry_t *entry)
{
    return (entry_t *)entry->member.next;
}

size_t directory_count(const directory_t *self);

static inline dd_bytes_t entry_name(const entry_t *self)
{
    return dd_bytes(self->name, self->size);
}

#endif
