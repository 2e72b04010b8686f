/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * arrivals - notifications that came, for each to be taken once and acknowledged
 */
#include "arrivals.h"

#include <stdlib.h>

#include "libdd/base/hash.h"

typedef struct {
    uint32_t first;
    uint32_t last;
} range_t;

typedef struct sender {
    UT_hash_handle hh;
    struct sender *prev, *next; /* in the order of their latest notifications, the last one first */
    struct sender *prev_owed, *next_owed; /* of those with something to acknowledge */
    range_t *ranges;                      /* to acknowledge; NULL if nothing is */
    unsigned count;                       /* of them */
    uint32_t run;
    uint32_t ref;    /* of the latest in this run */
    uint32_t former; /* the run before this one, if other random bits; 0 if there was none */
    uint8_t size;
    uint8_t name[];
} sender_t;

struct dd_arrivals {
    sender_t *by_name;
    sender_t *senders; /* the latest first */
    sender_t *owed;
    size_t pending;
};

dd_arrivals_t *dd_arrivals_new(void)
{
    return calloc(1, sizeof(dd_arrivals_t));
}

/* Nothing is to be acknowledged to it any more. */
static void settle(dd_arrivals_t *self, sender_t *sender)
{
    if (!sender->ranges)
        return;
    for (unsigned i = 0; i < sender->count; i++)
        self->pending -= sender->ranges[i].last - sender->ranges[i].first + 1u;
    free(sender->ranges);
    sender->ranges = NULL;
    sender->count = 0;
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
    sender->run = data->run;
    sender->ref = data->ref - 1;
    sender->size = (uint8_t)name.size;
    memcpy(sender->name, name.data, name.size);
    HASH_ADD_KEYPTR(hh, self->by_name, sender->name, name.size, sender);
    if (!sender->hh.tbl) {
        free(sender);
        return NULL;
    }
    DL_PREPEND(self->senders, sender);
    if (HASH_COUNT(self->by_name) > DD_ARRIVALS_SENDERS_MAX)
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

/* Whether the number is above the sender's last. One of a run that is over comes too late. */
static bool is_new(const sender_t *sender, const dd_record_t *data)
{
    if (data->run == sender->run)
        return (int32_t)(data->ref - sender->ref) > 0;
    if (!dd_run_is_of_same(data->run, sender->run))
        return !dd_run_is_of_same(data->run, sender->former);
    return (int16_t)(uint16_t)(data->run - sender->run) > 0;
}

static void change_run(dd_arrivals_t *self, sender_t *sender, const dd_record_t *data)
{
    if (!dd_run_is_of_same(data->run, sender->run)) {
        settle(self, sender); /* nobody waits for what that one sent */
        sender->former = sender->run;
    }
    sender->run = data->run;
}

/* Notes that the ref is to be acknowledged. Without memory, or with too many holes, the oldest are
   not: their sender learns that nobody knows. */
static void owe(dd_arrivals_t *self, sender_t *sender, uint32_t ref)
{
    range_t *last = sender->count > 0 ? &sender->ranges[sender->count - 1] : NULL;
    if (last && last->last + 1 == ref) {
        last->last = ref;
        self->pending++;
        return;
    }
    if (!sender->ranges) {
        sender->ranges = malloc(DD_ACK_RANGES_MAX * sizeof *sender->ranges);
        if (!sender->ranges)
            return;
        DL_APPEND2(self->owed, sender, prev_owed, next_owed);
    } else if (sender->count == DD_ACK_RANGES_MAX) {
        self->pending -= sender->ranges[0].last - sender->ranges[0].first + 1u;
        memmove(sender->ranges, sender->ranges + 1, --sender->count * sizeof *sender->ranges);
    }
    sender->ranges[sender->count++] = (range_t){ref, ref};
    self->pending++;
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
    if (sender->run != data->run)
        change_run(self, sender, data);
    make_latest(self, sender);
    sender->ref = data->ref;
    if (!(data->flags & DD_FLAG_TRACE)) /* which a RECEIPT answers */
        owe(self, sender, data->ref);
    return true;
}

/* Cuts a range in two; the part before it is dropped if there is no room for one more. */
static void cut(dd_arrivals_t *self, sender_t *sender, unsigned index, uint32_t ref)
{
    range_t *range = &sender->ranges[index];
    if (ref != range->first && ref != range->last && sender->count < DD_ACK_RANGES_MAX) {
        memmove(range + 1, range, (sender->count++ - index) * sizeof *range);
        range[0].last = ref - 1;
        range[1].first = ref + 1;
        self->pending--;
    } else if (ref == range->last && ref != range->first) {
        range->last--;
        self->pending--;
    } else {
        self->pending -= ref - range->first + 1u;
        range->first = ref + 1;
        if (range->first == range->last + 1)
            memmove(range, range + 1, (--sender->count - index) * sizeof *range);
    }
    if (sender->count == 0)
        settle(self, sender);
}

void dd_arrivals_exclude(dd_arrivals_t *self, dd_bytes_t source, uint32_t ref)
{
    sender_t *sender = find(self, source);
    for (unsigned i = 0; sender && i < sender->count; i++) {
        const range_t *range = &sender->ranges[i];
        if (ref - range->first <= range->last - range->first) {
            cut(self, sender, i, ref);
            return;
        }
    }
}

/* ---- Acknowledging ------------------------------------------------------------------------- */

bool dd_arrivals_next(dd_arrivals_t *self, dd_record_t *ack, uint8_t room[DD_ARRIVALS_ROOM])
{
    sender_t *sender = self->owed;
    if (!sender)
        return false;
    dd_writer_t writer = dd_writer(room, DD_ARRIVALS_ROOM);
    for (unsigned i = 0; i < sender->count; i++) {
        dd_write_u32(&writer, sender->ranges[i].first);
        dd_write_u32(&writer, sender->ranges[i].last);
    }
    *ack = (dd_record_t){.type = DD_ACK,
        .run = sender->run,
        .destination = dd_bytes(sender->name, sender->size),
        .payload = dd_bytes(room, (size_t)(writer.at - room))};
    settle(self, sender);
    return true;
}

void dd_arrivals_forget_pending(dd_arrivals_t *self)
{
    while (self->owed)
        settle(self, self->owed);
}
