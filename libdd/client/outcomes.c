/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outcomes - notifications that were sent and of which it isn't known yet what became of them
 */
#include "outcomes.h"

#include <stdlib.h>

#include "libdd/base/hash.h"

/* Entries that a destination begins with. A power of two, as every capacity. */
#define CAPACITY_MIN 4
/* Destinations without an open notification that are kept, so that a sender that takes turns among
   many doesn't pay for a new one each time. */
#define IDLE_MAX 1024

/* One notification. */
typedef struct {
    uint32_t ref;
    uint32_t since_ms : 30; /* the low bits: differences up to 6 days either way are right */
    uint32_t wanted : 1;
    uint32_t settled : 1;
} open_t;

#define SINCE_MASK ((1u << 30) - 1)

/* A ring of notifications, the oldest at `first`; neither the oldest nor the newest is settled. */
typedef struct destination {
    UT_hash_handle hh;
    struct destination *prev, *next; /* in the list of the open or of the idle */
    open_t *ring;
    uint32_t capacity;
    uint32_t first;
    uint32_t used;  /* from the oldest to the newest */
    uint32_t count; /* of those, the ones that are not settled */
    uint8_t size;
    char name[];
} destination_t;

struct dd_outcomes {
    dd_settle_t *settle;
    void *arg;
    destination_t *by_name;
    destination_t *open; /* have open notifications; the next to be looked at first */
    size_t unseen;       /* of those, how many the look for old ones is still to come to */
    destination_t *idle; /* have none; the one that has had none for longest first */
    size_t idle_count;
    size_t count;
    destination_t *latest;  /* sent to last: the next one is most likely to the same */
    destination_t *watched; /* until half of what it had is settled */
    bool full;              /* the same for all together */
};

dd_outcomes_t *dd_outcomes_new(dd_settle_t *settle, void *arg)
{
    dd_outcomes_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->settle = settle;
    self->arg = arg;
    return self;
}

static void free_destination(dd_outcomes_t *self, destination_t *destination)
{
    HASH_DEL(self->by_name, destination);
    if (self->latest == destination)
        self->latest = NULL;
    if (self->watched == destination)
        self->watched = NULL;
    free(destination->ring);
    free(destination);
}

void dd_outcomes_destroy(dd_outcomes_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    destination_t *destination, *next;
    HASH_ITER (hh, (*self_p)->by_name, destination, next)
        free_destination(*self_p, destination);
    free(*self_p);
    *self_p = NULL;
}

size_t dd_outcomes_count(const dd_outcomes_t *self)
{
    return self->count;
}

/* ---- Destinations -------------------------------------------------------------------------- */

static destination_t *find(dd_outcomes_t *self, dd_bytes_t name)
{
    destination_t *found = self->latest;
    if (found && dd_bytes_equal(name, dd_bytes(found->name, found->size)))
        return found;
    HASH_FIND(hh, self->by_name, name.data, name.size, found);
    return found;
}

static void add_idle(dd_outcomes_t *self, destination_t *destination)
{
    DL_APPEND(self->idle, destination);
    if (++self->idle_count <= IDLE_MAX)
        return;
    destination_t *oldest = self->idle;
    DL_DELETE(self->idle, oldest);
    self->idle_count--;
    free_destination(self, oldest);
}

/* A destination of that name, which is idle. NULL when out of memory. */
static destination_t *add(dd_outcomes_t *self, dd_bytes_t name)
{
    if (name.size > UINT8_MAX)
        return NULL;
    destination_t *destination = calloc(1, sizeof *destination + name.size);
    if (!destination)
        return NULL;
    destination->size = (uint8_t)name.size;
    if (name.size > 0)
        memcpy(destination->name, name.data, name.size);
    HASH_ADD_KEYPTR(hh, self->by_name, destination->name, name.size, destination);
    if (!destination->hh.tbl) {
        free(destination);
        return NULL;
    }
    add_idle(self, destination);
    return destination;
}

static open_t *at(const destination_t *self, uint32_t index)
{
    return &self->ring[(self->first + index) & (self->capacity - 1)];
}

/* Puts those that are open together at the begin of a ring of that capacity. */
static bool move_to(destination_t *self, uint32_t capacity)
{
    open_t *ring = malloc(capacity * sizeof *ring);
    if (!ring)
        return false;
    uint32_t used = 0;
    for (uint32_t i = 0; i < self->used; i++)
        if (!at(self, i)->settled)
            ring[used++] = *at(self, i);
    free(self->ring);
    self->ring = ring;
    self->capacity = capacity;
    self->first = 0;
    self->used = used;
    return true;
}

/* Room for one more. A ring of which half is settled is only tidied up. */
static bool make_room(destination_t *self)
{
    if (self->used < self->capacity)
        return true;
    if (self->capacity == 0)
        return move_to(self, CAPACITY_MIN);
    return move_to(self, self->count <= self->capacity / 2 ? self->capacity : self->capacity * 2);
}

dd_error_t dd_outcomes_open(
    dd_outcomes_t *self, dd_bytes_t destination, uint32_t ref, bool wanted, uint64_t since_ms)
{
    destination_t *to = find(self, destination);
    if (to && to->count >= DD_OUTCOMES_PER_DESTINATION)
        return DD_E_OVERLOADED;
    self->full |= self->count >= DD_OUTCOMES_MAX;
    if (self->count >= DD_OUTCOMES_MAX)
        return DD_E_OUTBOX_FULL;
    if (!to)
        to = add(self, destination);
    if (!to || !make_room(to))
        return DD_E_MEMORY;
    self->latest = to;
    if (to->count++ == 0) {
        DL_DELETE(self->idle, to);
        self->idle_count--;
        DL_APPEND(self->open, to);
    }
    self->count++;
    *at(to, to->used++) = (open_t){.ref = ref, .since_ms = since_ms & SINCE_MASK, .wanted = wanted};
    return DD_OK;
}

/* ---- Settling ------------------------------------------------------------------------------ */

/* The one at that index is open no more. The ring may have settled ends after it. */
static void close_one(dd_outcomes_t *self, destination_t *destination, uint32_t index)
{
    at(destination, index)->settled = true;
    destination->count--;
    self->count--;
    if (destination == self->watched && destination->count <= DD_OUTCOMES_PER_DESTINATION / 2)
        self->watched = NULL;
    self->full &= self->count > DD_OUTCOMES_MAX / 2;
}

/* Settles the one at that index, if it is open. */
static void settle(
    dd_outcomes_t *self, destination_t *destination, uint32_t index, dd_error_t error)
{
    const open_t *one = at(destination, index);
    if (one->settled)
        return;
    close_one(self, destination, index);
    self->settle(self->arg, &(dd_outcome_t){.error = error,
                                .ref = one->ref,
                                .destination = dd_bytes(destination->name, destination->size),
                                .wanted = one->wanted});
}

/* Takes the settled ends off; a destination with nothing open becomes idle. */
static void tidy(dd_outcomes_t *self, destination_t *destination)
{
    while (destination->used > 0 && at(destination, 0)->settled) {
        destination->first = (destination->first + 1) & (destination->capacity - 1);
        destination->used--;
    }
    while (destination->used > 0 && at(destination, destination->used - 1)->settled)
        destination->used--;
    if (destination->count > 0)
        return;
    if (destination->capacity > CAPACITY_MIN) {
        free(destination->ring);
        destination->ring = NULL;
        destination->capacity = 0;
    }
    DL_DELETE(self->open, destination);
    add_idle(self, destination);
}

/* Index of the first one whose ref isn't before that one. Refs wrap; those that are open at one
   time lie within half of their range. */
static uint32_t first_not_before(const destination_t *self, uint32_t ref)
{
    uint32_t low = 0, high = self->used;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if ((int32_t)(at(self, middle)->ref - ref) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

dd_error_t dd_outcomes_acknowledge(dd_outcomes_t *self, dd_bytes_t name, dd_bytes_t ranges)
{
    dd_reader_t reader = dd_reader(ranges.data, ranges.size);
    destination_t *from = find(self, name);
    uint32_t index = 0, before = 0;
    bool any = false, valid = ranges.size > 0;
    while (valid && dd_reader_left(&reader) > 0) {
        uint32_t first = dd_read_u32(&reader), last = dd_read_u32(&reader);
        valid = !reader.failed && (int32_t)(last - first) >= 0 &&
                (!any || (int32_t)(first - before) > 0);
        any = true;
        before = last;
        if (!valid || !from || from->count == 0)
            continue;
        for (; index < from->used && (int32_t)(at(from, index)->ref - last) <= 0; index++)
            settle(self, from, index,
                (int32_t)(at(from, index)->ref - first) < 0 ? DD_E_UNKNOWN : DD_OK);
    }
    if (from && index > 0)
        tidy(self, from);
    return valid ? DD_OK : DD_E_MALFORMED;
}

/* Where the ref is open; false if it isn't. */
static bool find_open(destination_t *destination, uint32_t ref, uint32_t *index)
{
    if (!destination || destination->count == 0)
        return false;
    *index = first_not_before(destination, ref);
    return *index < destination->used && at(destination, *index)->ref == ref &&
           !at(destination, *index)->settled;
}

bool dd_outcomes_settle(dd_outcomes_t *self, dd_bytes_t name, uint32_t ref, dd_error_t error)
{
    uint32_t index;
    destination_t *to = find(self, name);
    if (!find_open(to, ref, &index))
        return false;
    settle(self, to, index, error);
    tidy(self, to);
    return true;
}

void dd_outcomes_cancel(dd_outcomes_t *self, dd_bytes_t name, uint32_t ref)
{
    uint32_t index;
    destination_t *to = find(self, name);
    if (!find_open(to, ref, &index))
        return;
    close_one(self, to, index);
    tidy(self, to);
}

bool dd_outcomes_abandon(dd_outcomes_t *self, size_t most)
{
    while (self->open && most > 0) {
        destination_t *destination = self->open;
        for (uint32_t i = 0; i < destination->used && most > 0; i++, most--)
            settle(self, destination, i, DD_E_UNKNOWN);
        tidy(self, destination);
    }
    return self->open;
}

static bool is_older(const open_t *self, uint64_t now_ms, uint64_t limit_ms)
{
    uint64_t age_ms = (now_ms - self->since_ms) & SINCE_MASK;
    return age_ms >= limit_ms && age_ms <= SINCE_MASK / 2; /* else its time is still to come */
}

/* Settles up to *most of one destination's that are too old. True if none is left. */
static bool expire(dd_outcomes_t *self, destination_t *destination, uint64_t now_ms,
    uint64_t limit_ms, size_t *most)
{
    uint32_t i = 0;
    bool is_old = true;
    for (; i<destination->used && * most> 0; i++, --*most) {
        is_old = is_older(at(destination, i), now_ms, limit_ms);
        if (!is_old)
            break;
        settle(self, destination, i, DD_E_UNKNOWN);
    }
    is_old &= i < destination->used;
    if (i > 0)
        tidy(self, destination);
    return !is_old;
}

bool dd_outcomes_expire(dd_outcomes_t *self, uint64_t now_ms, uint64_t limit_ms, size_t most)
{
    if (self->unseen == 0)
        self->unseen = HASH_COUNT(self->by_name) - self->idle_count;
    while (self->open && self->unseen > 0 && most > 0) {
        destination_t *destination = self->open;
        if (!expire(self, destination, now_ms, limit_ms, &most))
            break;
        most -= most > 0;
        self->unseen--;
        if (destination == self->open) { /* it has younger ones */
            DL_DELETE(self->open, destination);
            DL_APPEND(self->open, destination);
        }
    }
    if (!self->open)
        self->unseen = 0;
    return self->unseen > 0;
}

/* ---- Room ---------------------------------------------------------------------------------- */

bool dd_outcomes_is_full(const dd_outcomes_t *self)
{
    return self->full;
}

void dd_outcomes_watch(dd_outcomes_t *self, dd_bytes_t destination)
{
    self->watched = destination.size > 0 ? find(self, destination) : NULL;
}

bool dd_outcomes_is_crowded(const dd_outcomes_t *self)
{
    return self->watched;
}
