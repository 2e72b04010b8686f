/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options_state - a command line's table, and how far it is read, as the files of options share it
 */
#ifndef DD_OPTIONS_STATE_H_INCLUDED
#define DD_OPTIONS_STATE_H_INCLUDED

#include "options.h"

/* Bytes of a list of names or words in a message. */
#define LIST_ROOM 256
/* Bytes of "--" and a name. */
#define TITLE_ROOM 40

typedef struct {
    const dd_options_t *options;
    void *values;
    dd_given_t *given;
    dd_problem_t *problem;
    bool wrong;                 /* *problem has the first mistake */
    bool operands_only;         /* "--" has been read */
    bool has_command;           /* it has been read, too */
    size_t operands;            /* read so far, without the command */
    const dd_option_t *waiting; /* for its argument, the next word */
    const dd_option_t *asked;   /* --help or --version, and nothing counts any more */
} reader_t;

/* Everybody's options, which come behind the table's own: --help and --version. */
extern const dd_option_t DD_OPTIONS_STANDARD[];
bool dd_option_is_standard(const dd_option_t *option);

/* The entry of that index; NULL past the last. */
const dd_option_t *dd_options_at(const dd_options_t *self, size_t index);

/* Its bit in dd_given_t; 0 for a standard one. */
uint64_t dd_options_bit(const dd_options_t *self, const dd_option_t *option);

bool dd_option_belongs(const dd_option_t *option, size_t command);

/* What the option is called where one speaks of it. */
const char *dd_option_title(const dd_option_t *option, char room[TITLE_ROOM]);

const dd_option_t *dd_options_find_letter(const dd_options_t *self, char letter);

/* The option of that number among those with the whole name, or, if there is none, among those
   whose names begin so; NULL past the last. */
const dd_option_t *dd_options_find_name(
    const dd_options_t *self, const char *start, size_t size, size_t number);

/* The operand of that number that a command takes. */
const dd_option_t *dd_options_find_operand(const dd_options_t *self, size_t command, size_t number);

/* Adds one of count words to a list like "a, b or c". */
void dd_options_add_word(
    char list[LIST_ROOM], const char *prefix, const char *word, size_t index, size_t count);

/* Writes all words as such a list. */
void dd_options_list_words(char list[LIST_ROOM], const char *const *words);

/* Writes what the typed word may become, all words before which have been read. */
void dd_options_complete(const reader_t *reader, const char *typed, FILE *out);

#endif
