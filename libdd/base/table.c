/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * table - a hash table that grows a little at a time
 */
#include "table.h"

#include <stdlib.h>

#include "hash.h"

#define SIZE_LEAST 16
/* Old buckets that are moved with each member that is added: all are long before there are to be
   more. */
#define MOVED_AT_ONCE 4

static dd_member_t **bucket_of(const dd_table_t *self, uint32_t hash)
{
    size_t old = hash & (self->old_size - 1);
    if (self->old && old >= self->moved)
        return &self->old[old];
    return &self->buckets[hash & (self->size - 1)];
}

static void enter(dd_table_t *self, dd_member_t *member)
{
    dd_member_t **bucket = bucket_of(self, member->hash);
    member->chain = *bucket;
    *bucket = member;
}

/* ---- Growing ------------------------------------------------------------------------------- */

static void move_next(dd_table_t *self)
{
    dd_member_t *member = self->old[self->moved++];
    while (member) {
        dd_member_t *next = member->chain;
        enter(self, member);
        member = next;
    }
    if (self->moved < self->old_size)
        return;
    free(self->old);
    self->old = NULL;
}

static bool grow(dd_table_t *self)
{
    size_t size = self->size ? 2 * self->size : SIZE_LEAST;
    dd_member_t **buckets = calloc(size, sizeof(dd_member_t *));
    if (!buckets)
        return false;
    self->old = self->buckets;
    self->old_size = self->size;
    self->moved = 0;
    self->buckets = buckets;
    self->size = size;
    return true;
}

static bool make_room(dd_table_t *self)
{
    for (int i = 0; self->old && i < MOVED_AT_ONCE; i++)
        move_next(self);
    return self->count < self->size || grow(self);
}

/* ---- Members ------------------------------------------------------------------------------- */

void *dd_table_find(const dd_table_t *self, const void *key, size_t size)
{
    if (self->count == 0)
        return NULL;
    uint32_t hash = dd_hash_bytes(key, size);
    dd_member_t *member = *bucket_of(self, hash);
    while (member &&
           (member->hash != hash || member->size != size || memcmp(member->key, key, size) != 0))
        member = member->chain;
    return member;
}

bool dd_table_add(dd_table_t *self, dd_member_t *member, const void *key, size_t size)
{
    if (!make_room(self))
        return false;
    member->key = key;
    member->size = (uint32_t)size;
    member->hash = dd_hash_bytes(key, size);
    enter(self, member);
    DL_APPEND(self->first, member);
    self->count++;
    return true;
}

void dd_table_remove(dd_table_t *self, dd_member_t *member)
{
    dd_member_t **place = bucket_of(self, member->hash);
    while (*place != member)
        place = &(*place)->chain;
    *place = member->chain;
    DL_DELETE(self->first, member);
    if (--self->count > 0)
        return;
    free(self->old);
    free(self->buckets);
    *self = (dd_table_t){.count = 0};
}

/* ---- What is made for a name --------------------------------------------------------------- */

void *dd_table_make(dd_table_t *self, size_t size, size_t name_at, size_t room, dd_bytes_t name)
{
    uint8_t *made = name.size < room ? calloc(1, size) : NULL;
    if (!made)
        return NULL;
    memcpy(made + name_at, name.data, name.size);
    if (dd_table_add(self, (dd_member_t *)made, made + name_at, name.size))
        return made;
    free(made);
    return NULL;
}

void dd_table_unmake(dd_table_t *self, void *made)
{
    dd_table_remove(self, made);
    free(made);
}
