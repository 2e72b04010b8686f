/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * arrivals - notifications that came, for each to be taken once and acknowledged
 */
#include "arrivals.h"

#include <stdlib.h>

#include "libdd/base/hash.h"

/* Ranges to acknowledge, of all senders; a place for so many is had at first. */
#define RANGES_MAX 65536
#define RANGES_MIN 4
/* Runs of one sender that are remembered, so that a late message of theirs is known as such. */
#define RUNS_KEPT 4

typedef struct {
    uint32_t first;
    uint32_t last;
} range_t;

typedef struct sender {
    UT_hash_handle hh;
    struct sender *prev, *next; /* in the order of their latest notifications, the last one first */
    struct sender *prev_owed, *next_owed; /* of those with something to acknowledge */
    range_t *ranges;                      /* to acknowledge, rising; NULL if nothing is */
    unsigned begin;                       /* place of the first one */
    unsigned count;
    unsigned room;
    uint32_t ref;             /* of the latest in the run at hand */
    uint32_t runs[RUNS_KEPT]; /* the one at hand, then those of other random bits; 0: none */
    uint8_t size;
    uint8_t name[];
} sender_t;

struct dd_arrivals {
    sender_t *by_name;
    sender_t *senders; /* the latest first */
    sender_t *owed;
    size_t senders_max;
    size_t ranges; /* of all senders */
    size_t pending;
};

dd_arrivals_t *dd_arrivals_new(size_t senders_max)
{
    dd_arrivals_t *self = calloc(1, sizeof *self);
    if (self)
        self->senders_max = senders_max;
    return self;
}

static range_t *range_at(const sender_t *sender, unsigned index)
{
    return &sender->ranges[sender->begin + index];
}

static uint32_t range_size(const range_t *range)
{
    return range->last - range->first + 1;
}

/* Nothing is to be acknowledged to it any more. */
static void settle(dd_arrivals_t *self, sender_t *sender)
{
    if (!sender->ranges)
        return;
    for (unsigned i = 0; i < sender->count; i++)
        self->pending -= range_size(range_at(sender, i));
    self->ranges -= sender->count;
    free(sender->ranges);
    sender->ranges = NULL;
    sender->begin = sender->count = sender->room = 0;
    DL_DELETE2(self->owed, sender, prev_owed, next_owed);
}

static void forget(dd_arrivals_t *self, sender_t *sender)
{
    settle(self, sender);
    HASH_DEL(self->by_name, sender);
    DL_DELETE(self->senders, sender);
    free(sender);
}

void dd_arrivals_destroy(dd_arrivals_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    while ((*self_p)->senders)
        forget(*self_p, (*self_p)->senders);
    free(*self_p);
    *self_p = NULL;
}

size_t dd_arrivals_pending(const dd_arrivals_t *self)
{
    return self->pending;
}

/* ---- Senders ------------------------------------------------------------------------------- */

static sender_t *find(dd_arrivals_t *self, dd_bytes_t name)
{
    sender_t *latest = self->senders, *found;
    if (latest && dd_bytes_equal(name, dd_bytes(latest->name, latest->size)))
        return latest;
    HASH_FIND(hh, self->by_name, name.data, name.size, found);
    return found;
}

/* NULL when out of memory. */
static sender_t *add(dd_arrivals_t *self, const dd_record_t *data)
{
    dd_bytes_t name = data->source;
    sender_t *sender = name.size <= UINT8_MAX ? calloc(1, sizeof *sender + name.size) : NULL;
    if (!sender)
        return NULL;
    sender->runs[0] = data->run;
    sender->ref = data->ref - 1;
    sender->size = (uint8_t)name.size;
    if (name.size > 0)
        memcpy(sender->name, name.data, name.size);
    HASH_ADD_KEYPTR(hh, self->by_name, sender->name, name.size, sender);
    if (!sender->hh.tbl) {
        free(sender);
        return NULL;
    }
    DL_PREPEND(self->senders, sender);
    if (HASH_COUNT(self->by_name) > self->senders_max)
        forget(self, self->senders->prev);
    return sender;
}

static void make_latest(dd_arrivals_t *self, sender_t *sender)
{
    if (self->senders == sender)
        return;
    DL_DELETE(self->senders, sender);
    DL_PREPEND(self->senders, sender);
}

/* ---- Taking -------------------------------------------------------------------------------- */

/* Where the latest run of those random bits is; RUNS_KEPT if none is known. */
static unsigned find_run(const sender_t *sender, uint32_t run)
{
    unsigned i = 0;
    while (i < RUNS_KEPT && !dd_run_is_of_same(run, sender->runs[i]))
        i++;
    return i;
}

/* Whether the number is above the sender's last. One of a run that is over comes too late. */
static bool is_new(const sender_t *sender, const dd_record_t *data)
{
    if (data->run == sender->runs[0])
        return (int32_t)(data->ref - sender->ref) > 0;
    unsigned i = find_run(sender, data->run);
    return i == RUNS_KEPT || dd_run_is_later(data->run, sender->runs[i]);
}

static void change_run(dd_arrivals_t *self, sender_t *sender, uint32_t run)
{
    unsigned i = find_run(sender, run);
    if (i > 0)
        settle(self, sender); /* nobody waits for what that one sent */
    if (i == RUNS_KEPT)
        i--;
    memmove(sender->runs + 1, sender->runs, i * sizeof *sender->runs);
    sender->runs[0] = run;
}

/* Room for one more range. */
static bool make_room(sender_t *sender)
{
    if (sender->begin + sender->count < sender->room)
        return true;
    if (sender->begin > sender->room / 2) {
        memmove(sender->ranges, range_at(sender, 0), sender->count * sizeof *sender->ranges);
        sender->begin = 0;
        return true;
    }
    unsigned room = sender->room > 0 ? 2 * sender->room : RANGES_MIN;
    range_t *ranges = realloc(sender->ranges, room * sizeof *ranges);
    if (!ranges)
        return false;
    sender->ranges = ranges;
    sender->room = room;
    return true;
}

/* Notes that the ref is to be acknowledged. Without room it is not: its sender learns that nobody
   knows. */
static void owe(dd_arrivals_t *self, sender_t *sender, uint32_t ref)
{
    range_t *last = sender->count > 0 ? range_at(sender, sender->count - 1) : NULL;
    bool is_owed = sender->ranges;
    if (last && last->last + 1 == ref) {
        last->last = ref;
    } else if (self->ranges < RANGES_MAX && make_room(sender)) {
        *range_at(sender, sender->count++) = (range_t){ref, ref};
        self->ranges++;
    } else {
        return;
    }
    self->pending++;
    if (!is_owed)
        DL_APPEND2(self->owed, sender, prev_owed, next_owed);
}

bool dd_arrivals_take(dd_arrivals_t *self, const dd_record_t *data)
{
    if (data->run == 0)
        return true;
    sender_t *sender = find(self, data->source);
    if (!sender)
        sender = add(self, data);
    if (!sender)
        return true; /* out of memory: it isn't acknowledged, but that is no reason to lose it */
    if (!is_new(sender, data))
        return false;
    if (sender->runs[0] != data->run)
        change_run(self, sender, data->run);
    make_latest(self, sender);
    sender->ref = data->ref;
    if (!(data->flags & DD_FLAG_TRACE)) /* which a RECEIPT answers */
        owe(self, sender, data->ref);
    return true;
}

/* Index of the first range that doesn't end before the ref. */
static unsigned first_not_before(const sender_t *sender, uint32_t ref)
{
    unsigned low = 0, high = sender->count;
    while (low < high) {
        unsigned middle = low + (high - low) / 2;
        if ((int32_t)(range_at(sender, middle)->last - ref) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void remove_range(dd_arrivals_t *self, sender_t *sender, unsigned index)
{
    range_t *range = range_at(sender, index);
    memmove(range, range + 1, (--sender->count - index) * sizeof *range);
    self->ranges--;
    if (sender->count == 0)
        settle(self, sender);
}

/* Makes a range two, of which the first one ends with the ref. False without room. */
static bool split(dd_arrivals_t *self, sender_t *sender, unsigned index, uint32_t ref)
{
    if (!make_room(sender))
        return false;
    range_t *range = range_at(sender, index);
    memmove(range + 1, range, (sender->count++ - index) * sizeof *range);
    range[0].last = ref;
    range[1].first = ref + 1;
    self->ranges++;
    return true;
}

void dd_arrivals_exclude(dd_arrivals_t *self, dd_bytes_t source, uint32_t ref)
{
    sender_t *sender = find(self, source);
    unsigned index = sender ? first_not_before(sender, ref) : 0;
    if (!sender || index == sender->count || (int32_t)(ref - range_at(sender, index)->first) < 0)
        return;
    /* Without room for two ranges, what is before the ref is excluded as well. */
    if (ref != range_at(sender, index)->last)
        split(self, sender, index, ref);
    range_t *range = range_at(sender, index);
    if (ref == range->last && ref != range->first) {
        range->last--;
        self->pending--;
        return;
    }
    self->pending -= ref - range->first + 1u;
    range->first = ref + 1;
    if (range_size(range) == 0)
        remove_range(self, sender, index);
}

/* ---- Acknowledging ------------------------------------------------------------------------- */

/* Takes out the oldest ranges of a sender, as many as one ACK has. Returns their size in bytes. */
static size_t take_ranges(dd_arrivals_t *self, sender_t *sender, uint8_t room[DD_ARRIVALS_ROOM])
{
    dd_writer_t writer = dd_writer(room, DD_ARRIVALS_ROOM);
    unsigned count = sender->count < DD_ACK_RANGES_MAX ? sender->count : DD_ACK_RANGES_MAX;
    for (unsigned i = 0; i < count; i++) {
        const range_t *range = range_at(sender, i);
        dd_write_u32(&writer, range->first);
        dd_write_u32(&writer, range->last);
        self->pending -= range_size(range);
    }
    self->ranges -= count;
    sender->begin += count;
    sender->count -= count;
    return (size_t)(writer.at - room);
}

bool dd_arrivals_next(dd_arrivals_t *self, dd_record_t *ack, uint8_t room[DD_ARRIVALS_ROOM])
{
    sender_t *sender = self->owed;
    if (!sender)
        return false;
    *ack = (dd_record_t){.type = DD_ACK,
        .run = sender->runs[0],
        .destination = dd_bytes(sender->name, sender->size),
        .payload = dd_bytes(room, take_ranges(self, sender, room))};
    if (sender->count == 0)
        settle(self, sender);
    return true;
}

void dd_arrivals_forget_pending(dd_arrivals_t *self)
{
    while (self->owed)
        settle(self, self->owed);
}
