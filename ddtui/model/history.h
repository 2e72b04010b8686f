/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * history - what was typed into fields before, also in earlier runs
 *
 * The file has one line for each entry, the newest first: the kind's name, a tab, the text. Message
 * texts are never written to it.
 */
#ifndef HISTORY_H_INCLUDED
#define HISTORY_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>

/* Entries kept of each kind, and bytes of one with its NUL. */
#define HISTORY_MAX 100
#define HISTORY_ROOM 512

typedef enum {
    HISTORY_DESTINATION,
    HISTORY_TOPIC,
    HISTORY_SCOPE,
    HISTORY_FILTER,
    HISTORY_FILE,
    HISTORY_COMMAND,
    HISTORY_KINDS,
    HISTORY_NONE = HISTORY_KINDS
} history_kind_t;

typedef struct history history_t;

/* Reads the file of that path, which may be missing, and which may hold anything; NULL keeps it all
   in memory. NULL when out of memory. */
history_t *history_new(const char *path);
void history_destroy(history_t **self_p);

/* Writes the path of the user's history into out: below $XDG_STATE_HOME, or else ~/.local/state.
   False if the user has neither, or it doesn't fit. */
bool history_path(char *out, size_t room);

/* Puts a text to the front of its kind, and writes the file if that changed something: with what
   other consoles have added since, as a whole, and readable for its owner alone. False if the file
   couldn't be written; the text is remembered all the same. */
bool history_add(history_t *self, history_kind_t kind, const char *text);

size_t history_count(const history_t *self, history_kind_t kind);
/* The newest is number 0. */
const char *history_at(const history_t *self, history_kind_t kind, size_t number);

#endif
