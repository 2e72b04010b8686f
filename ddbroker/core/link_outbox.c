/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * link_outbox - what waits for another broker, shared fairly by tenants
 */
#include "link_outbox.h"

#include <stdlib.h>

#include "libdd/base/hash.h"
#include "libdd/protocol/name.h"

/* One tenant's; it is there while something waits. */
typedef struct {
    UT_hash_handle hh;
    dd_outbox_t queue;
    uint64_t served; /* bytes that have had their turn; begins with what others have had by then */
    char tenant[DD_TENANT_MAX + 1];
} share_t;

struct link_outbox {
    dd_outbox_t *outbox;
    dd_outbox_group_t waiting; /* in all queues */
    share_t *shares;           /* by tenant */
    share_t *latest;           /* that something was appended to; NULL if it is gone */
    dd_outbox_t own;           /* what the broker itself says */
    uint64_t served;           /* of the share that had its turn last */
    uint64_t order;            /* of the frame that was begun last */
};

link_outbox_t *link_outbox_new(dd_outbox_t *outbox)
{
    link_outbox_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->outbox = outbox;
    self->waiting.limit = SIZE_MAX / 2;
    dd_outbox_init(&self->own, SIZE_MAX / 2);
    dd_outbox_join(&self->own, &self->waiting);
    return self;
}

static void remove_share(link_outbox_t *self, share_t *share)
{
    if (self->latest == share)
        self->latest = NULL;
    HASH_DEL(self->shares, share);
    dd_outbox_clear(&share->queue);
    dd_outbox_join(&share->queue, NULL);
    free(share);
}

void link_outbox_destroy(link_outbox_t **self_p)
{
    if (!*self_p)
        return;
    while ((*self_p)->shares)
        remove_share(*self_p, (*self_p)->shares);
    dd_outbox_clear(&(*self_p)->own);
    free(*self_p);
    *self_p = NULL;
}

size_t link_outbox_bytes(const link_outbox_t *self)
{
    return self->outbox->bytes + self->waiting.bytes;
}

/* ---- Room ---------------------------------------------------------------------------------- */

/* Whether the outbox takes more; an empty one does. */
static bool is_open(const link_outbox_t *self)
{
    size_t quarter = self->outbox->limit / 4;
    size_t stage = quarter < LINK_OUTBOX_STAGE ? quarter : LINK_OUTBOX_STAGE;
    return self->outbox->bytes == 0 || self->outbox->bytes < stage;
}

/* What counts of so many bytes that wait. */
static size_t counted(const link_outbox_t *self, size_t waiting)
{
    size_t excused = dd_outbox_excused(self->outbox);
    return waiting > excused ? waiting - excused : 0;
}

/* All goes through the outbox, whose count of what was taken serves for the queues, too. */
void link_outbox_set_limit(link_outbox_t *self, size_t limit)
{
    self->outbox->limit = limit;
    if (counted(self, link_outbox_bytes(self)) > limit)
        self->outbox->excused_end = self->outbox->taken + link_outbox_bytes(self);
}

/* The limit may be so high that nothing can be added to it. */
static size_t raised(size_t limit, size_t beyond)
{
    return limit < SIZE_MAX - beyond ? limit + beyond : limit;
}

/* Whether so many bytes more can wait if so many of the same tenant's do already. */
static bool has_room(const link_outbox_t *self, size_t waiting, size_t size, dd_outbox_need_t need)
{
    size_t limit = self->outbox->limit, all = counted(self, link_outbox_bytes(self)) + size;
    size_t shared = raised(limit, need == DD_OUTBOX_USUAL ? 0 : DD_OUTBOX_RESERVE);
    return all <= raised(limit, dd_outbox_reserve(need)) &&
           (need == DD_OUTBOX_URGENT || counted(self, waiting) <= shared - all);
}

static share_t *find(const link_outbox_t *self, dd_bytes_t tenant)
{
    share_t *share = self->latest;
    if (share && dd_bytes_equal(dd_bytes_of(share->tenant), tenant))
        return share;
    HASH_FIND(hh, self->shares, tenant.data, tenant.size, share);
    return share;
}

size_t link_outbox_waiting(const link_outbox_t *self, dd_bytes_t tenant)
{
    const share_t *share = find(self, tenant);
    return tenant.size == 0 ? self->own.bytes : share ? share->queue.bytes : 0;
}

bool link_outbox_has_room(const link_outbox_t *self, dd_bytes_t tenant, size_t size)
{
    const share_t *share = find(self, tenant);
    return has_room(self, share ? share->queue.bytes : 0, size, DD_OUTBOX_USUAL);
}

/* ---- In ------------------------------------------------------------------------------------ */

/* Whose records it is among: his who said it, or who asked for it. Empty for the broker's own. */
static dd_bytes_t tenant_of(const dd_record_t *record)
{
    dd_bytes_t tenant = {0}, client;
    switch (record->type) {
    case DD_FORWARD:
    case DD_RELAY:
        dd_name_split(record->source, &tenant, &client);
        return tenant;
    case DD_RECEIPT:
    case DD_HOP:
    case DD_ACK:
        dd_name_split(record->destination, &tenant, &client);
        return tenant;
    case DD_ADD_CLIENT:
    case DD_DROP_CLIENT:
    case DD_CONTEST:
    case DD_KEPT:
    case DD_GONE:
        dd_name_split(record->name, &tenant, &client);
        return tenant;
    default:
        return record->tenant;
    }
}

/* It is behind all that waits already. */
static dd_error_t append_own(link_outbox_t *self, const dd_record_t *record, dd_outbox_need_t need)
{
    size_t size = dd_record_size(record);
    if (self->waiting.bytes == 0)
        return dd_outbox_write(self->outbox, record, need, NULL);
    if (!has_room(self, self->own.bytes, size, need))
        return DD_E_OVERLOADED;
    dd_frame_t *last = self->own.last;
    if (last && last->order < self->order)
        last->capacity = last->size; /* what others have begun since may go between */
    dd_error_t error = dd_outbox_write(&self->own, record, need, NULL);
    if (error == DD_OK)
        self->own.last->order = ++self->order;
    return error;
}

static share_t *add_share(link_outbox_t *self, dd_bytes_t tenant)
{
    share_t *share = calloc(1, sizeof *share);
    if (!share)
        return NULL;
    share->served = self->served;
    dd_bytes_copy(tenant, share->tenant, sizeof share->tenant);
    dd_outbox_init(&share->queue, SIZE_MAX / 2);
    HASH_ADD(hh, self->shares, tenant, tenant.size, share);
    if (!share->hh.tbl) {
        free(share);
        return NULL;
    }
    dd_outbox_join(&share->queue, &self->waiting);
    return share;
}

static dd_error_t append_to_share(link_outbox_t *self, dd_bytes_t tenant, const dd_record_t *record,
    dd_outbox_need_t need, dd_bytes_t *copy)
{
    share_t *share = find(self, tenant);
    size_t size = dd_record_size(record);
    if (!has_room(self, share ? share->queue.bytes : 0, size, need))
        return DD_E_OVERLOADED;
    if (!share && !(share = add_share(self, tenant)))
        return DD_E_OVERLOADED;
    dd_error_t error = dd_outbox_write(&share->queue, record, need, copy);
    if (error != DD_OK) {
        if (dd_outbox_empty(&share->queue))
            remove_share(self, share);
        return error;
    }
    self->latest = share;
    if (share->queue.last->order == 0)
        share->queue.last->order = ++self->order;
    return DD_OK;
}

dd_error_t link_outbox_append(
    link_outbox_t *self, const dd_record_t *record, dd_outbox_need_t need, dd_bytes_t *copy)
{
    if (self->waiting.bytes == 0 && is_open(self))
        return dd_outbox_write(self->outbox, record, need, copy);
    dd_bytes_t tenant = tenant_of(record);
    if (tenant.size == 0 || tenant.size > DD_TENANT_MAX)
        return append_own(self, record, need);
    if (is_open(self) && !find(self, tenant))
        return has_room(self, 0, dd_record_size(record), need)
                   ? dd_outbox_write(self->outbox, record, need, copy)
                   : DD_E_OVERLOADED;
    return append_to_share(self, tenant, record, need, copy);
}

/* ---- Out ----------------------------------------------------------------------------------- */

/* The share whose turn it is: the one that has had the least. */
static share_t *next_share(const link_outbox_t *self)
{
    share_t *least = self->shares, *share, *next;
    HASH_ITER (hh, self->shares, share, next)
        if (share->served < least->served)
            least = share;
    return least;
}

/* Whether all has gone that was to be sent before the broker's own next frame. */
static bool is_own_due(const link_outbox_t *self)
{
    const share_t *share, *next;
    if (dd_outbox_empty(&self->own))
        return false;
    HASH_ITER (hh, self->shares, share, next)
        if (share->queue.first->order < self->own.first->order)
            return false;
    return true;
}

static void move_from(link_outbox_t *self, share_t *share)
{
    dd_frame_t *frame = dd_outbox_take(&share->queue);
    self->served = share->served;
    share->served += frame->size;
    dd_outbox_give(self->outbox, frame);
    if (dd_outbox_empty(&share->queue))
        remove_share(self, share);
}

bool link_outbox_refill(link_outbox_t *self)
{
    while (self->waiting.bytes > 0 && is_open(self)) {
        if (is_own_due(self))
            dd_outbox_give(self->outbox, dd_outbox_take(&self->own));
        else
            move_from(self, next_share(self));
    }
    return !dd_outbox_empty(self->outbox);
}
