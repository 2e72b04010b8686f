/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * outbox - records that wait to be sent to one peer
 *
 * Records are packed into frames of about DD_FRAME_TARGET bytes as they are appended; the sockets
 * layer takes the frames out, oldest first, as far as the receiver's window lets them go. What
 * waits is limited in bytes: one slow peer costs its own traffic, nobody else's.
 */
#ifndef DD_OUTBOX_H_INCLUDED
#define DD_OUTBOX_H_INCLUDED

#include "record.h"
#include "window.h"

/* Room beyond the limit for records that tell of a loss (ERROR, RECEIPT, GAP, PONG, BYE). */
#define DD_OUTBOX_RESERVE (64u * 1024)

typedef struct dd_frame {
    struct dd_frame *next;
    size_t size;
    size_t capacity;
    uint64_t order; /* for who has several outboxes; 0 in the beginning */
    bool kept;      /* for socket.c: the message around it is closed, but the frame lives on */
    bool ahead;     /* see dd_outbox_put_ahead() */
    uint8_t data[]; /* begins with the frame header */
} dd_frame_t;

/* Outboxes whose bytes are limited together, too. */
typedef struct {
    size_t bytes; /* in all of them */
    size_t limit;
    size_t members;
} dd_outbox_group_t;

/* Room beyond a group's limit for each of its members, besides DD_OUTBOX_RESERVE for all. */
#define DD_OUTBOX_MEMBER_RESERVE 4096u

typedef struct {
    dd_frame_t *first;
    dd_frame_t *last;         /* the one that is appended to */
    dd_frame_t *ahead;        /* goes before the first, and isn't counted; NULL for none */
    dd_window_t window;       /* the receiver's; every frame that is taken out counts as sent */
    size_t bytes;             /* in all frames that wait for their turn */
    size_t limit;             /* to be changed with dd_outbox_set_limit() once something waits */
    uint64_t taken;           /* bytes so far */
    uint64_t excused_end;     /* until so many are taken, what is left of them doesn't count */
    size_t hint;              /* capacity to begin the next frame with: what the last ones needed */
    dd_outbox_group_t *group; /* that it belongs to; NULL for none */
} dd_outbox_t;

void dd_outbox_init(dd_outbox_t *self, size_t limit);
void dd_outbox_clear(dd_outbox_t *self);

/* Makes it one of a group, which must outlive it; or, with NULL, one of none. */
void dd_outbox_join(dd_outbox_t *self, dd_outbox_group_t *group);

/* What waits already, if it is more than the new limit, doesn't count against it: it had its room,
   and as it is sent its room goes. */
void dd_outbox_set_limit(dd_outbox_t *self, size_t limit);

/* Bytes that wait and don't count. */
static inline size_t dd_outbox_excused(const dd_outbox_t *self)
{
    return self->excused_end > self->taken ? (size_t)(self->excused_end - self->taken) : 0;
}

/* So many bytes are about to be appended: the next frame begins with room for them, or for as many
   as fit. */
void dd_outbox_expect(dd_outbox_t *self, size_t size);

/* DD_OK, DD_E_OVERLOADED when a limit is reached or memory is out, or DD_E_ARGUMENT for a record
   that can't be written; then nothing was appended. */
dd_error_t dd_outbox_append(dd_outbox_t *self, const dd_record_t *record);
/* The same, using the reserve. */
dd_error_t dd_outbox_append_urgent(dd_outbox_t *self, const dd_record_t *record);
/* Appends one record that is already encoded: a publication is written once and copied to all. */
dd_error_t dd_outbox_append_bytes(dd_outbox_t *self, dd_bytes_t encoded);

/* How much it matters that a record gets through: those that tell of a result, or of something that
   must not be missed, may use the reserve. */
typedef enum { DD_OUTBOX_USUAL, DD_OUTBOX_RESULT, DD_OUTBOX_URGENT } dd_outbox_need_t;

/* The bytes beyond the limit that it may use. Third parties can have a peer told any number of
   results: they get half, so that they can't use up what is for the rest. */
static inline size_t dd_outbox_reserve(dd_outbox_need_t need)
{
    return need == DD_OUTBOX_USUAL    ? 0
           : need == DD_OUTBOX_RESULT ? DD_OUTBOX_RESERVE / 2
                                      : DD_OUTBOX_RESERVE;
}

/* One of these three: if *copy (may be NULL) holds bytes, they are the record, encoded already, and
   else it gets them. They stay valid until the outbox is sent. */
dd_error_t dd_outbox_write(
    dd_outbox_t *self, const dd_record_t *record, dd_outbox_need_t need, dd_bytes_t *copy);

/* The last size bytes, which the record appended last takes. They stay where they are until the
   frame is freed. */
static inline dd_bytes_t dd_outbox_newest(const dd_outbox_t *self, size_t size)
{
    return dd_bytes(self->last->data + self->last->size - size, size);
}

/* Puts a record into a frame of its own that goes before all others, whatever the limits and the
   window: what says that its sender is there, or has room. It takes the place of one that is still
   there. False when out of memory. */
bool dd_outbox_put_ahead(dd_outbox_t *self, const dd_record_t *record);

static inline bool dd_outbox_empty(const dd_outbox_t *self)
{
    return !self->first && !self->ahead;
}

/* Whether something waits for the receiver to say that it has taken more. */
static inline bool dd_outbox_is_held(const dd_outbox_t *self)
{
    return self->first && !dd_window_lets(&self->window, self->first->size);
}

/* Whether a frame may be sent now. */
static inline bool dd_outbox_may_send(const dd_outbox_t *self)
{
    return self->ahead || (self->first && !dd_outbox_is_held(self));
}

/* Takes out the frame that is to be sent next, whether it may go or not; the caller then owns it.
   NULL if there is none. */
dd_frame_t *dd_outbox_take(dd_outbox_t *self);
/* Puts a frame back that could not be sent, as the next one. */
void dd_outbox_untake(dd_outbox_t *self, dd_frame_t *frame);

/* Adds a frame of another outbox as the newest one, whatever the limits. */
void dd_outbox_give(dd_outbox_t *self, dd_frame_t *frame);

/* Frees a frame that was taken out. */
void dd_frame_free(dd_frame_t *frame);

#endif
