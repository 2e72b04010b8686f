/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outbox - records that wait to be sent to one peer
 */
#include "outbox.h"

#include <stdlib.h>

/* What a frame begins with at least, so that an idle peer's PONG doesn't cost a page. */
#define CAPACITY_MIN 256

void dd_outbox_init(dd_outbox_t *self, size_t limit)
{
    *self = (dd_outbox_t){.limit = limit, .hint = CAPACITY_MIN};
}

void dd_outbox_clear(dd_outbox_t *self)
{
    dd_frame_t *frame;
    while ((frame = dd_outbox_take(self)))
        dd_frame_free(frame);
}

void dd_frame_free(dd_frame_t *frame)
{
    free(frame);
}

void dd_outbox_join(dd_outbox_t *self, dd_outbox_group_t *group)
{
    if (self->group) {
        self->group->bytes -= self->bytes;
        self->group->members--;
    }
    self->group = group;
    if (group) {
        group->bytes += self->bytes;
        group->members++;
    }
}

/* Bytes come, or with a negative number go. */
static void count(dd_outbox_t *self, ptrdiff_t bytes)
{
    self->bytes += (size_t)bytes;
    if (self->group)
        self->group->bytes += (size_t)bytes;
}

void dd_outbox_give(dd_outbox_t *self, dd_frame_t *frame)
{
    count(self, (ptrdiff_t)frame->size);
    if (self->last)
        self->last->next = frame;
    else
        self->first = frame;
    self->last = frame;
}

/* A frame without records. */
static dd_frame_t *make_frame(size_t capacity)
{
    dd_frame_t *frame = malloc(sizeof *frame + capacity);
    if (!frame)
        return NULL;
    *frame = (dd_frame_t){.size = DD_FRAME_HEADER, .capacity = capacity};
    frame->data[0] = DD_FRAME_MAGIC;
    frame->data[1] = DD_FRAME_VERSION;
    return frame;
}

static dd_frame_t *new_frame(dd_outbox_t *self, size_t size)
{
    size_t capacity = DD_FRAME_HEADER + size;
    dd_frame_t *frame = make_frame(capacity < self->hint ? self->hint : capacity);
    if (frame)
        dd_outbox_give(self, frame);
    return frame;
}

/* Whether so many bytes are within the limit, or at most so far beyond it. The limit may be so high
   that nothing can be added to it. */
static bool is_within(size_t bytes, size_t limit, size_t beyond)
{
    return bytes <= limit || bytes - limit <= beyond;
}

static bool fits(const dd_outbox_t *self, size_t size, size_t beyond)
{
    const dd_outbox_group_t *group = self->group;
    size_t excused = dd_outbox_excused(self);
    size_t counted = self->bytes > excused ? self->bytes - excused : 0;
    if (!is_within(counted + size, self->limit, beyond))
        return false;
    if (group && beyond > 0)
        beyond += group->members * DD_OUTBOX_MEMBER_RESERVE;
    return !group || is_within(group->bytes + size, group->limit, beyond);
}

void dd_outbox_set_limit(dd_outbox_t *self, size_t limit)
{
    self->limit = limit;
    if (!fits(self, 0, 0))
        self->excused_end = self->taken + self->bytes;
}

void dd_outbox_expect(dd_outbox_t *self, size_t size)
{
    size_t most = DD_FRAME_TARGET - DD_FRAME_HEADER;
    size_t capacity = DD_FRAME_HEADER + (size < most ? size : most);
    if (self->hint < capacity)
        self->hint = capacity;
}

/* Room for size more bytes in the newest frame, counted as used. A frame that is full is never made
   larger, which would copy it: the next one begins with twice its room. */
static uint8_t *reserve(dd_outbox_t *self, size_t size, size_t beyond)
{
    if (!fits(self, size, beyond))
        return NULL;
    dd_frame_t *frame = self->last;
    if (frame && frame->size + size > frame->capacity) {
        dd_outbox_expect(self, 2 * frame->capacity - DD_FRAME_HEADER);
        frame = NULL;
    }
    if (!frame)
        frame = new_frame(self, size);
    if (!frame)
        return NULL;
    uint8_t *place = frame->data + frame->size;
    frame->size += size;
    count(self, (ptrdiff_t)size);
    return place;
}

static dd_error_t append(dd_outbox_t *self, const dd_record_t *record, size_t beyond)
{
    size_t size = dd_record_size(record);
    if (size == 0)
        return DD_E_ARGUMENT;
    uint8_t *place = reserve(self, size, beyond);
    if (!place)
        return DD_E_OVERLOADED;
    dd_record_write(record, place, size);
    return DD_OK;
}

dd_error_t dd_outbox_append(dd_outbox_t *self, const dd_record_t *record)
{
    return append(self, record, 0);
}

dd_error_t dd_outbox_append_urgent(dd_outbox_t *self, const dd_record_t *record)
{
    return append(self, record, DD_OUTBOX_RESERVE);
}

dd_error_t dd_outbox_append_bytes(dd_outbox_t *self, dd_bytes_t encoded)
{
    uint8_t *place = reserve(self, encoded.size, 0);
    if (!place)
        return DD_E_OVERLOADED;
    memcpy(place, encoded.data, encoded.size);
    return DD_OK;
}

dd_error_t dd_outbox_write(
    dd_outbox_t *self, const dd_record_t *record, dd_outbox_need_t need, dd_bytes_t *copy)
{
    if (copy && copy->size > 0)
        return dd_outbox_append_bytes(self, *copy);
    dd_error_t error = append(self, record, dd_outbox_reserve(need));
    if (error == DD_OK && copy)
        *copy = dd_outbox_newest(self, dd_record_size(record));
    return error;
}

bool dd_outbox_put_ahead(dd_outbox_t *self, const dd_record_t *record)
{
    size_t size = dd_record_size(record);
    dd_frame_t *frame = make_frame(DD_FRAME_HEADER + size);
    if (!frame)
        return false;
    frame->ahead = true;
    frame->size += size;
    dd_record_write(record, frame->data + DD_FRAME_HEADER, size);
    dd_frame_free(self->ahead);
    self->ahead = frame;
    return true;
}

static dd_frame_t *take_first(dd_outbox_t *self)
{
    dd_frame_t *frame = self->first;
    self->first = frame->next;
    if (!self->first)
        self->last = NULL;
    frame->next = NULL;
    count(self, -(ptrdiff_t)frame->size);
    self->taken += frame->size;
    if (frame->size < self->hint / 4 && self->hint > CAPACITY_MIN)
        self->hint /= 2;
    return frame;
}

dd_frame_t *dd_outbox_take(dd_outbox_t *self)
{
    if (dd_outbox_empty(self))
        return NULL;
    dd_frame_t *frame = self->ahead;
    if (frame)
        self->ahead = NULL;
    else
        frame = take_first(self);
    self->window.sent += dd_window_count(frame->size);
    return frame;
}

void dd_outbox_untake(dd_outbox_t *self, dd_frame_t *frame)
{
    self->window.sent -= dd_window_count(frame->size);
    if (frame->ahead) {
        self->ahead = frame;
        return;
    }
    count(self, (ptrdiff_t)frame->size);
    self->taken -= frame->size;
    frame->next = self->first;
    self->first = frame;
    if (!self->last)
        self->last = frame;
}
