/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * command_line - what can be typed behind a ':', as data: commands, their arguments, and what these
 * may be
 *
 * A command is a word of the table, or a start of it that no other begins with; the arguments are
 * parted by blanks, and the last one may hold blanks where the table says so.
 */
#ifndef COMMAND_LINE_H_INCLUDED
#define COMMAND_LINE_H_INCLUDED

#include "completion.h"

/* Bytes of a line, with its NUL. */
#define COMMAND_LINE_ROOM 4096
#define COMMAND_ARGUMENTS 2

typedef enum {
    COMMAND_BROKERS, /* these show a page, with a filter if there is one */
    COMMAND_CLIENTS,
    COMMAND_SUBSCRIPTIONS,
    COMMAND_TOPICS,
    COMMAND_MESSAGES,
    COMMAND_EVENTS,
    COMMAND_HELP,
    COMMAND_BROKER, /* these select a row */
    COMMAND_CLIENT,
    COMMAND_TREE,
    COMMAND_CONNECT,
    COMMAND_RELOAD,
    COMMAND_FILTER,
    COMMAND_NOTIFY,
    COMMAND_PUBLISH,
    COMMAND_SUBSCRIBE,
    COMMAND_UNSUBSCRIBE,
    COMMAND_TRACE,
    COMMAND_MOVE,
    COMMAND_DRAIN,
    COMMAND_END,
    COMMAND_LOG_LEVEL,
    COMMAND_EXPORT,
    COMMAND_SAVE,
    COMMAND_COPY,
    COMMAND_FREEZE,
    COMMAND_MOUSE,
    COMMAND_CLEAR,
    COMMAND_QUIT,
    COMMANDS
} command_id_t;

typedef struct {
    const char *name;
    const char *arguments; /* for a person; "" for none */
    const char *help;
    size_t least; /* arguments that must be there */
    size_t most;
    bool rest;      /* the last one is all that follows */
    bool private;   /* and goes into no file */
    unsigned needs; /* rights, all of them */
    completion_source_t completions[COMMAND_ARGUMENTS];
} command_spec_t;

extern const command_spec_t COMMAND_SPECS[COMMANDS];

/* A line that was read; texts are its own. */
typedef struct {
    command_id_t id;
    char arguments[COMMAND_ARGUMENTS][COMMAND_LINE_ROOM]; /* "" where there is none */
    size_t count;
} command_words_t;

/* Reads a line without its ':'. False with why filled: a sentence, escaped. */
#define COMMAND_WHY_ROOM 256
bool command_line_read(
    command_words_t *self, const char *line, unsigned rights, char why[COMMAND_WHY_ROOM]);

/* Bytes of a tree's name. */
#define TREE_NAME_MAX 63
/* Names of the trees that can be chosen; ends with NULL. NULL: there are none. */
typedef const char *const *tree_names_t;

/* Offers what the last word of the line may become; *start is where it begins. While the command
   itself is typed, lines of the history that begin so come first, with *start 0. */
void command_line_complete(completions_t *self, const char *line, size_t *start, unsigned rights,
    const session_view_t *session, const history_t *history, tree_names_t trees);

/* The views to ask for that, as bits 1 << view. */
unsigned command_line_views(const char *line, unsigned rights);

/* Bytes of a line that may go into the history. */
size_t command_line_public(const char *line, unsigned rights);

#endif
