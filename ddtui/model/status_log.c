/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * status_log - what the console has to say: the newest is its status line
 */
#include "status_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/escape.h"

struct status_log {
    note_t ring[STATUS_LOG_MAX];
    uint64_t serial;
    uint64_t version;
    size_t count;
};

status_log_t *status_log_new(void)
{
    return calloc(1, sizeof(status_log_t));
}

void status_log_destroy(status_log_t **self_p)
{
    if (!self_p)
        return;
    free(*self_p);
    *self_p = NULL;
}

static bool is_same(const note_t *self, const note_t *other)
{
    return self->kind == other->kind && self->is_aside == other->is_aside &&
           strcmp(self->text, other->text) == 0;
}

static void add(status_log_t *self, note_t *note)
{
    note_t *last = &self->ring[(self->serial + STATUS_LOG_MAX - 1) % STATUS_LOG_MAX];
    self->version++;
    if (self->count > 0 && is_same(last, note)) {
        last->wall_ms = note->wall_ms;
        last->over = false;
        last->times++;
        return;
    }
    note->serial = self->serial;
    self->ring[self->serial++ % STATUS_LOG_MAX] = *note;
    if (self->count < STATUS_LOG_MAX)
        self->count++;
}

void status_log_vadd(
    status_log_t *self, int64_t wall_ms, note_kind_t kind, const char *format, va_list arguments)
{
    note_t note = {.kind = kind, .wall_ms = wall_ms, .times = 1};
    vsnprintf(note.text, sizeof note.text, format, arguments);
    add(self, &note);
}

void status_log_vsay(
    status_log_t *self, int64_t wall_ms, note_kind_t kind, const char *format, va_list arguments)
{
    note_t note = {.kind = kind, .wall_ms = wall_ms, .is_aside = true, .times = 1};
    vsnprintf(note.text, sizeof note.text, format, arguments);
    add(self, &note);
}

void status_log_add(status_log_t *self, int64_t wall_ms, note_kind_t kind, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    status_log_vadd(self, wall_ms, kind, format, arguments);
    va_end(arguments);
}

const char *note_word(const char *text, char room[NOTE_WORD_ROOM])
{
    dd_escape_text(text, strlen(text), room, NOTE_WORD_ROOM);
    return room;
}

void status_log_end(status_log_t *self, uint64_t serial)
{
    if (serial < self->serial && self->serial - serial <= self->count)
        self->ring[serial % STATUS_LOG_MAX].over = true;
}

void status_log_clear(status_log_t *self)
{
    self->count = 0;
}

size_t status_log_count(const status_log_t *self)
{
    return self->count;
}

uint64_t status_log_version(const status_log_t *self)
{
    return self->version;
}

const note_t *status_log_at(const status_log_t *self, size_t number)
{
    return &self->ring[(self->serial - 1 - number) % STATUS_LOG_MAX];
}
