/*
 * notes - what the console has to say: the newest is its status line, all are among the events
 */
#ifndef NOTES_H_INCLUDED
#define NOTES_H_INCLUDED

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#define NOTES_MAX 500
#define NOTE_ROOM 512

typedef enum { NOTE_PLAIN, NOTE_GOOD, NOTE_WARNING, NOTE_BAD } note_kind_t;

typedef struct {
    note_kind_t kind;
    uint64_t serial; /* counts all that were ever taken */
    int64_t wall_ms;
    char text[NOTE_ROOM]; /* one line, fit for a terminal */
} note_t;

typedef struct notes notes_t;

/* NULL when out of memory. */
notes_t *notes_new(void);
void notes_destroy(notes_t **self_p);

/* What doesn't fit is cut. Texts from outside have been escaped before. */
__attribute__((format(printf, 4, 0))) void notes_vadd(
    notes_t *self, int64_t wall_ms, note_kind_t kind, const char *format, va_list arguments);
void notes_clear(notes_t *self);

size_t notes_count(const notes_t *self);
/* The newest is number 0. Valid until the next change. */
const note_t *notes_at(const notes_t *self, size_t number);

#endif
