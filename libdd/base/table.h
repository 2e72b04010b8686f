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

#endif
