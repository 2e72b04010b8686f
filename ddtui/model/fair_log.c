/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fair_log - what came lately, in its order and of bounded size
 */
#include "fair_log.h"

#include <stdlib.h>
#include <string.h>

#include "fair_share.h"
#include "libdd/base/hash.h"

/* Of the room, this part is made free when there is none. */
#define PART_FREED 8

typedef struct {
    uint64_t cost;  /* of its rows that can go */
    uint64_t spent; /* of these, the newest that stay */
    size_t rows;    /* all of them */
    UT_hash_handle hh;
    char name[];
} voice_t;

typedef struct {
    uint64_t serial;
    uint64_t cost;
    voice_t *voice;
    void *row;
} entry_t;

struct fair_log {
    entry_t *entries; /* the oldest first */
    size_t count;
    size_t rows_max;
    uint64_t room;  /* that rows may cost in all */
    uint64_t least; /* that a row costs, so that there are never more than rows_max */
    uint64_t cost;
    uint64_t serial; /* of the next row */
    uint64_t unseen;
    size_t held;
    bool is_held;
    voice_t *voices; /* by name */
};

fair_log_t *fair_log_new(size_t rows, size_t bytes)
{
    fair_log_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->rows_max = rows;
    self->room = bytes;
    self->least = (bytes + rows - 1) / rows;
    self->entries = calloc(rows, sizeof *self->entries);
    if (!self->entries)
        fair_log_destroy(&self);
    return self;
}

/* ---- Voices --------------------------------------------------------------------------------- */

static voice_t *voice_of(fair_log_t *self, const char *name)
{
    voice_t *voice;
    size_t size = strlen(name);
    HASH_FIND(hh, self->voices, name, size, voice);
    if (voice || !(voice = calloc(1, sizeof *voice + size + 1)))
        return voice;
    memcpy(voice->name, name, size + 1);
    HASH_ADD_KEYPTR(hh, self->voices, voice->name, size, voice);
    if (voice->hh.tbl)
        return voice;
    free(voice);
    return NULL;
}

static void forget_if_silent(fair_log_t *self, voice_t *voice)
{
    if (voice->rows > 0)
        return;
    HASH_DEL(self->voices, voice);
    free(voice);
}

/* ---- Room ----------------------------------------------------------------------------------- */

static void drop(fair_log_t *self, entry_t *entry)
{
    self->cost -= entry->cost;
    self->unseen += self->is_held;
    entry->voice->rows--;
    forget_if_silent(self, entry->voice);
    free(entry->row);
    entry->row = NULL;
}

/* What each voice has of the rows from first on. */
static void add_up(fair_log_t *self, size_t first)
{
    voice_t *voice, *next;
    HASH_ITER (hh, self->voices, voice, next)
        voice->cost = voice->spent = 0;
    for (size_t i = first; i < self->count; i++)
        self->entries[i].voice->cost += self->entries[i].cost;
}

/* What rows of one voice may cost. Out of memory, nothing. */
static uint64_t share_of(const fair_log_t *self, uint64_t room)
{
    size_t count = 0;
    uint64_t *costs = calloc(HASH_COUNT(self->voices) + 1, sizeof *costs), share = 0;
    voice_t *voice, *next;
    if (!costs)
        return 0;
    HASH_ITER (hh, self->voices, voice, next)
        if (voice->cost > 0)
            costs[count++] = voice->cost;
    share = fair_share(costs, count, room);
    free(costs);
    return share;
}

static void close_gaps(fair_log_t *self, size_t first)
{
    size_t kept = first;
    for (size_t i = first; i < self->count; i++)
        if (self->entries[i].row)
            self->entries[kept++] = self->entries[i];
    self->count = kept;
}

/* Where there are more voices than rows, the oldest go, whosesoever they are. */
static void drop_oldest(fair_log_t *self, size_t first, uint64_t wanted)
{
    for (size_t i = first; i < self->count && self->cost > wanted; i++)
        if (self->entries[i].row)
            drop(self, &self->entries[i]);
}

/* From the newest row on, each voice keeps what its share has room for, and its newest row. */
static void make_room(fair_log_t *self, uint64_t bytes)
{
    size_t first = self->held;
    uint64_t wanted = self->room - self->room / PART_FREED, fixed = 0;
    for (size_t i = 0; i < first; i++)
        fixed += self->entries[i].cost;
    if (wanted > self->room - bytes)
        wanted = self->room - bytes;
    add_up(self, first);
    uint64_t share = share_of(self, wanted > fixed ? wanted - fixed : 0);
    for (size_t i = self->count; i-- > first;) {
        entry_t *entry = &self->entries[i];
        voice_t *voice = entry->voice;
        if (voice->spent > 0 && voice->spent + entry->cost > share)
            drop(self, entry);
        else
            voice->spent += entry->cost;
    }
    drop_oldest(self, first, wanted);
    close_gaps(self, first);
}

/* ---- Rows ----------------------------------------------------------------------------------- */

bool fair_log_append(fair_log_t *self, void *row, size_t bytes, const char *voice)
{
    uint64_t cost = bytes > self->least ? bytes : self->least;
    if (cost <= self->room && self->cost + cost > self->room)
        make_room(self, cost);
    if (self->cost + cost > self->room || self->count == self->rows_max)
        return false;
    voice_t *from = voice_of(self, voice);
    if (!from)
        return false;
    from->rows++;
    self->cost += cost;
    self->entries[self->count++] = (entry_t){self->serial++, cost, from, row};
    return true;
}

void fair_log_clear(fair_log_t *self)
{
    uint64_t unseen = self->unseen;
    for (size_t i = 0; i < self->count; i++)
        drop(self, &self->entries[i]);
    self->unseen = unseen;
    self->count = self->held = 0;
}

void fair_log_destroy(fair_log_t **self_p)
{
    fair_log_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    if (self->entries)
        fair_log_clear(self);
    free(self->entries);
    free(self);
    *self_p = NULL;
}

void fair_log_hold(fair_log_t *self, bool held)
{
    self->is_held = held;
    self->held = held ? self->count : 0;
}

size_t fair_log_held(const fair_log_t *self)
{
    return self->held;
}

uint64_t fair_log_unseen(const fair_log_t *self)
{
    return self->unseen;
}

uint64_t fair_log_next(const fair_log_t *self)
{
    return self->serial;
}

size_t fair_log_count(const fair_log_t *self)
{
    return self->count;
}

void *fair_log_at(const fair_log_t *self, size_t number)
{
    return self->entries[number].row;
}

void *fair_log_find(const fair_log_t *self, uint64_t serial)
{
    size_t low = 0, high = self->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (self->entries[middle].serial < serial)
            low = middle + 1;
        else
            high = middle;
    }
    return low < self->count && self->entries[low].serial == serial ? self->entries[low].row : NULL;
}
