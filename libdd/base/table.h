/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * table - a hash table that grows a little at a time
 *
 * For what there may be a million of: where a table of hash.h doubles its buckets, it takes up all
 * its entries in one go, and meanwhile nothing else moves. This one moves a few buckets with each
 * entry that is added. It keeps its members in their order, too.
 */
#ifndef DD_TABLE_H_INCLUDED
#define DD_TABLE_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "buffer.h"

/* The beginning of what is in the table, which stays the owner's. */
typedef struct dd_member {
    struct dd_member *prev, *next; /* of all, the oldest first; the first one's prev is the last */
    struct dd_member *chain;       /* the next of the same bucket */
    const void *key;
    uint32_t size;
    uint32_t hash;
} dd_member_t;

/* Begins as zeros, and holds no memory when it is empty. */
typedef struct {
    dd_member_t *first;
    size_t count;
    dd_member_t **buckets, **old; /* old: those that are still to be moved, or NULL */
    size_t size, old_size;        /* powers of 2 */
    size_t moved;                 /* of the old buckets */
} dd_table_t;

/* NULL if there is none. */
void *dd_table_find(const dd_table_t *self, const void *key, size_t size);
/* Adds a member at the end, under a key that no other has and that is lent. False when out of
   memory. */
bool dd_table_add(dd_table_t *self, dd_member_t *member, const void *key, size_t size);
void dd_table_remove(dd_table_t *self, dd_member_t *member);

/* Allocates a `type` for a name that nothing in the table has, and adds it. It begins with a
   dd_member_t; all else is zero but its `field`, in which the name stands as a text. NULL when out
   of memory, or if the name doesn't fit. */
#define DD_TABLE_MAKE(self, type, field, name)                                                     \
    dd_table_make(                                                                                 \
        (self), sizeof(type), offsetof(type, field), sizeof(((type *)NULL)->field), (name))
void *dd_table_make(dd_table_t *self, size_t size, size_t name_at, size_t room, dd_bytes_t name);
/* Removes what was made so, and frees it. */
void dd_table_unmake(dd_table_t *self, void *made);

#endif
