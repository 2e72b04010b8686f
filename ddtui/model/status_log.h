/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * status_log - what the console has to say: the newest is its status line
 *
 * A ring of notes: the oldest make room for the newest. What happened in the tree is among the
 * events, too; what the user mistyped or copied, an aside, is not.
 */
#ifndef STATUS_LOG_H_INCLUDED
#define STATUS_LOG_H_INCLUDED

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STATUS_LOG_MAX 500
#define NOTE_ROOM 512
/* Bytes of a name or topic, escaped, in a note. */
#define NOTE_WORD_ROOM 256

typedef enum { NOTE_PLAIN, NOTE_GOOD, NOTE_WARNING, NOTE_BAD } note_kind_t;

typedef struct {
    note_kind_t kind;
    uint64_t serial; /* counts all that were ever taken */
    int64_t wall_ms;
    bool is_aside;        /* only for whoever sits at the console */
    bool over;            /* it was true then, and isn't any more */
    uint64_t times;       /* it was said; it stands here once, as it was said last */
    char text[NOTE_ROOM]; /* one line, fit for a terminal */
} note_t;

typedef struct status_log status_log_t;

/* NULL when out of memory. */
status_log_t *status_log_new(void);
void status_log_destroy(status_log_t **self_p);

/* What doesn't fit is cut. What is said again right away makes no further note. Texts from outside
 * have been escaped before. */
__attribute__((format(printf, 4, 0))) void status_log_vadd(
    status_log_t *self, int64_t wall_ms, note_kind_t kind, const char *format, va_list arguments);
__attribute__((format(printf, 4, 5))) void status_log_add(
    status_log_t *self, int64_t wall_ms, note_kind_t kind, const char *format, ...);
/* The same for an aside. */
__attribute__((format(printf, 4, 0))) void status_log_vsay(
    status_log_t *self, int64_t wall_ms, note_kind_t kind, const char *format, va_list arguments);
/* Such a text, escaped into the room. */
const char *note_word(const char *text, char room[NOTE_WORD_ROOM]);
/* The note of a serial isn't true any more, if it is still there. */
void status_log_end(status_log_t *self, uint64_t serial);
void status_log_clear(status_log_t *self);

size_t status_log_count(const status_log_t *self);
/* Another number after each note, also one that was said again. */
uint64_t status_log_version(const status_log_t *self);
/* The newest is number 0. Valid until the next change. */
const note_t *status_log_at(const status_log_t *self, size_t number);

#endif
