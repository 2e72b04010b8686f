/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frame_lines - frames that have come and wait to be taken in: tenants in turn
 */
#include "frame_lines.h"

#include <stdlib.h>

#include <utlist.h>

struct waiting_frame {
    waiting_frame_t *next;
    zmq_msg_t message;
    dd_error_t result;
};

/* ---- Sources ------------------------------------------------------------------------------- */

static frame_line_t *line_of(frame_lines_t *self, const char *owner)
{
    dd_bytes_t name = dd_bytes_of(owner);
    frame_line_t *line = dd_table_find(&self->owners, name.data, name.size);
    return line ? line : DD_TABLE_MAKE(&self->owners, frame_line_t, owner, name);
}

bool frame_lines_enter(frame_lines_t *self, frame_source_t *source, const char *owner)
{
    *source = (frame_source_t){.line = NULL};
    source->line = owner[0] ? line_of(self, owner) : &source->own;
    return source->line;
}

/* It has something waiting from now on. */
static void line_up(frame_lines_t *self, frame_source_t *source)
{
    frame_line_t *line = source->line;
    if (!line->sources)
        DL_APPEND(self->waiting, line);
    DL_APPEND(line->sources, source);
}

static void step_out(frame_lines_t *self, frame_source_t *source)
{
    frame_line_t *line = source->line;
    DL_DELETE(line->sources, source);
    if (!line->sources)
        DL_DELETE(self->waiting, line);
}

void frame_lines_leave(frame_lines_t *self, frame_source_t *source)
{
    if (source->first)
        step_out(self, source);
    while (source->first) {
        waiting_frame_t *frame = source->first;
        source->first = frame->next;
        zmq_msg_close(&frame->message);
        free(frame);
    }
}

void frame_lines_clear(frame_lines_t *self)
{
    while (self->owners.first)
        dd_table_unmake(&self->owners, self->owners.first);
}

/* ---- Frames -------------------------------------------------------------------------------- */

static waiting_frame_t *keep(zmq_msg_t *frame, dd_error_t result)
{
    waiting_frame_t *waiting = malloc(sizeof *waiting);
    if (!waiting)
        return NULL;
    *waiting = (waiting_frame_t){.result = result};
    zmq_msg_init(&waiting->message);
    zmq_msg_move(&waiting->message, frame);
    return waiting;
}

bool frame_lines_add(
    frame_lines_t *self, frame_source_t *source, zmq_msg_t *frame, dd_error_t result)
{
    waiting_frame_t *waiting = keep(frame, result);
    if (!waiting)
        return false;
    if (source->first) {
        source->last->next = waiting;
    } else {
        source->first = waiting;
        line_up(self, source);
    }
    source->last = waiting;
    return true;
}

bool frame_lines_return(frame_lines_t *self, frame_source_t *source, zmq_msg_t *frame, size_t begun)
{
    waiting_frame_t *waiting = keep(frame, DD_OK);
    if (!waiting)
        return false;
    bool waits = source->first;
    waiting->next = source->first;
    source->first = waiting;
    source->begun = begun;
    if (waits)
        return true;
    source->last = waiting;
    line_up(self, source);
    return true;
}

/* Who has had its turn comes last again. */
static void pass_turn(frame_lines_t *self, frame_source_t *source)
{
    frame_line_t *line = source->line;
    DL_DELETE(line->sources, source);
    if (source->first)
        DL_APPEND(line->sources, source);
    DL_DELETE(self->waiting, line);
    if (line->sources)
        DL_APPEND(self->waiting, line);
}

frame_source_t *frame_lines_next(frame_lines_t *self, zmq_msg_t *frame, dd_error_t *result)
{
    if (!self->waiting)
        return NULL;
    frame_source_t *source = self->waiting->sources;
    waiting_frame_t *waiting = source->first;
    source->first = waiting->next;
    pass_turn(self, source);
    *result = waiting->result;
    zmq_msg_move(frame, &waiting->message);
    zmq_msg_close(&waiting->message);
    free(waiting);
    return source;
}
