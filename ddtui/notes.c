/*
 * notes - what the console has to say: the newest is its status line, all are among the events
 */
#include "notes.h"

#include <stdio.h>
#include <stdlib.h>

struct notes {
    note_t ring[NOTES_MAX];
    uint64_t serial;
    size_t count;
};

notes_t *notes_new(void)
{
    return calloc(1, sizeof(notes_t));
}

void notes_destroy(notes_t **self_p)
{
    if (!self_p)
        return;
    free(*self_p);
    *self_p = NULL;
}

void notes_vadd(
    notes_t *self, int64_t wall_ms, note_kind_t kind, const char *format, va_list arguments)
{
    note_t *note = &self->ring[self->serial % NOTES_MAX];
    note->kind = kind;
    note->serial = self->serial++;
    note->wall_ms = wall_ms;
    vsnprintf(note->text, sizeof note->text, format, arguments);
    if (self->count < NOTES_MAX)
        self->count++;
}

void notes_clear(notes_t *self)
{
    self->count = 0;
}

size_t notes_count(const notes_t *self)
{
    return self->count;
}

const note_t *notes_at(const notes_t *self, size_t number)
{
    return &self->ring[(self->serial - 1 - number) % NOTES_MAX];
}
