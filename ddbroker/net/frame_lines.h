/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frame_lines - frames that have come and wait to be taken in: tenants in turn
 *
 * ZeroMQ hands out frames of all connections in turn, so that who has a hundred connections has a
 * hundred frames taken in for one of another's. Here they wait in lines, one for each tenant,
 * for each operator and for each link. The lines have their turns, and within a line the
 * connections. How many bytes may wait is input_account's matter: what waits here isn't taken yet.
 */
#ifndef FRAME_LINES_H_INCLUDED
#define FRAME_LINES_H_INCLUDED

#include <zmq.h>

#include "ddbroker/core/quota.h"
#include "libdd/base/table.h"
#include "libdd/include/dd.h"

typedef struct waiting_frame waiting_frame_t;
typedef struct frame_source frame_source_t;

typedef struct frame_line {
    dd_member_t member;             /* first; of an owner's */
    frame_source_t *sources;        /* that have something waiting, the next one first */
    struct frame_line *prev, *next; /* among those that have */
    char owner[QUOTA_NAME_MAX + 1];
} frame_line_t;

/* One connection's part. */
struct frame_source {
    frame_line_t *line;
    frame_line_t own; /* of a link */
    waiting_frame_t *first, *last;
    size_t begun; /* bytes of the next frame that have been taken in; 0 if it is whole */
    frame_source_t *prev, *next; /* in its line, while something waits */
};

/* Begins with all zero. */
typedef struct {
    dd_table_t owners;     /* all that were here since the start */
    frame_line_t *waiting; /* lines in which something waits, the next one first */
} frame_lines_t;

/* For a connection whose peer_owner() is that one. The source is the caller's, and stays where it
   is. False when out of memory. */
bool frame_lines_enter(frame_lines_t *self, frame_source_t *source, const char *owner);
/* Frees what still waits of it. */
void frame_lines_leave(frame_lines_t *self, frame_source_t *source);

/* A frame has come, or with another result than DD_OK what can't be one. The message is moved;
   false when out of memory. */
bool frame_lines_add(
    frame_lines_t *self, frame_source_t *source, zmq_msg_t *frame, dd_error_t result);

/* Takes out the next frame, for the caller to close. Whose it is; NULL if none waits. */
frame_source_t *frame_lines_next(frame_lines_t *self, zmq_msg_t *frame, dd_error_t *result);

/* The frame that was taken out last from that source isn't done with, but for so many bytes: what
   is left of it is the source's next one. The message is moved; false when out of memory. */
bool frame_lines_return(
    frame_lines_t *self, frame_source_t *source, zmq_msg_t *frame, size_t begun);

/* Frees the lines. All sources must have left. */
void frame_lines_clear(frame_lines_t *self);

/* Whether a frame of it waits; and of any. */
static inline bool frame_source_waits(const frame_source_t *self)
{
    return self->first;
}
static inline bool frame_lines_wait(const frame_lines_t *self)
{
    return self->waiting;
}

#endif
