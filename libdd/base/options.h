/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options - command lines, all of whose words stand in one table
 *
 * A program declares a table of what it can be told; from that come reading, --help, --version, and
 * what the shell completes. The order of words is free, "--" ends the options, a long name may be
 * shortened as long as no other begins so, letters may stand together as in -fd DIR, and an
 * argument may follow its option in the same word or in the next. What doesn't repeat may be given
 * once, with or without an argument. --help and --version are
 * everybody's and stand in no table.
 *
 * The shells' scripts in share/completions call a program as
 *
 *     PROGRAM --complete WORD... CURRENT
 *
 * with the words before the one that is being typed, and that one. The answer's first line is
 * "words", "files" or "directories", a space, and the bytes at the start of CURRENT that stay as
 * they are. Then come, for "words", the whole words that CURRENT may become, one a line, each with
 * a tab and a description, if it has one.
 */
#ifndef DD_OPTIONS_H_INCLUDED
#define DD_OPTIONS_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "libdd/include/dd.h"

/* Entries of one table at most. */
#define DD_OPTIONS_MAX 60

typedef struct dd_option dd_option_t;
typedef struct dd_suggestions dd_suggestions_t;

/* Takes an argument, NULL for an option that has none, into values, which are the program's. If it
   is no good, returns an error with *problem saying why and what to write, but not of which option
   it speaks: the reader knows where it stood. */
typedef dd_error_t(dd_option_set_t)(
    void *values, const dd_option_t *option, const char *argument, dd_problem_t *problem);

/* Calls dd_suggest() for arguments that suit; values have what the words before said. */
typedef void(dd_option_suggest_t)(const void *values, dd_suggestions_t *suggestions);

/* What an argument is, for who completes it. */
typedef enum {
    DD_TAKES_TEXT, /* anything; `words` and `suggest` are suggestions */
    DD_TAKES_WORD, /* one of `words`, and nothing else */
    DD_TAKES_FILE,
    DD_TAKES_DIRECTORY
} dd_takes_t;

/* An option, or, without a name, an operand: a word that stands for itself. Operands come in the
   table's order. */
struct dd_option {
    char letter;          /* the short one; '\0': none */
    char also;            /* another letter that is understood, but isn't told of; '\0': none */
    const char *name;     /* the long one, without "--"; NULL: this is an operand */
    const char *argument; /* what it is called, like "FILE"; NULL: there is none */
    const char *help;     /* without a period */
    const char *fallback; /* the argument that counts when there is none; or NULL */
    const char *variable; /* of the environment, which counts before the fallback; or NULL */
    bool repeats;         /* may be given more than once */
    bool required;        /* of an operand: can't be left out */
    uint32_t commands;    /* bits of the commands' indexes that it belongs to; 0: to all */
    dd_takes_t takes;
    const char *const *words;     /* ends with NULL; or NULL */
    char behind;                  /* the words stand behind this character; '\0': alone */
    dd_option_suggest_t *suggest; /* or NULL */
    dd_option_set_t *set;
    size_t offset; /* of its field among the values, for `set` */
};

typedef struct {
    const char *name; /* "" for what is done without a command: always the first */
    const char *help;
} dd_command_t;

/* A word of a program before this one, and what to do instead: the end of a sentence. */
typedef struct {
    const char *word; /* an option as it was written, "-w", or the name of a setting */
    const char *instead;
} dd_former_t;

/* A program's command line. Entries of the table may be larger than dd_option_t, which then stands
   at their beginning. */
typedef struct {
    const char *program;
    const char *summary; /* what it does, a sentence or two; lines end with '\n' */
    const void *table;
    size_t entry_size;
    size_t count;
    const dd_command_t *commands; /* NULL: the first operand is no command */
    size_t command_count;
    const dd_former_t *former; /* ends with a word NULL; or NULL */
    const char *notes;         /* what the help ends with */
} dd_options_t;

/* The members of dd_options_t that tell of a table; one with too many entries doesn't compile. */
#define DD_OPTIONS_TABLE(entries)                                                                  \
    .table = (entries), .entry_size = sizeof(entries)[0],                                          \
    .count = sizeof(entries) / sizeof(entries)[0] +                                                \
             0 * sizeof(char[sizeof(entries) / sizeof(entries)[0] <= DD_OPTIONS_MAX ? 1 : -1])

/* What a command line said. */
typedef struct {
    uint64_t options; /* bits of the table's indexes */
    size_t command;   /* index of the command */
} dd_given_t;

typedef enum {
    DD_OPTIONS_TAKEN,
    DD_OPTIONS_ANSWERED, /* it asked for help, version or completion, and has it */
    DD_OPTIONS_WRONG
} dd_options_outcome_t;

/*
 * Reads a command line into values; help and the like go to out. Goes on after a mistake, so that
 * what else is wanted is known; *problem, which may be NULL, then has the first one, as a whole
 * sentence for a person. argv is not changed, and the values may point into it.
 */
dd_options_outcome_t dd_options_read(const dd_options_t *self, int argc, char *const argv[],
    void *values, dd_given_t *given, FILE *out, dd_problem_t *problem);

/* Takes from the environment and from the fallbacks what isn't given. A variable that is set to
   nothing counts as not set. */
dd_error_t dd_options_fill(
    const dd_options_t *self, const dd_given_t *given, void *values, dd_problem_t *problem);

void dd_options_help(const dd_options_t *self, FILE *out);

/* Whether the entry of that name has been given; for an operand, what its argument is called. */
bool dd_options_given(const dd_options_t *self, const dd_given_t *given, const char *name);

/* Notes that it has been. */
void dd_options_give(const dd_options_t *self, dd_given_t *given, const char *name);

/* Which option was meant by a name that none has: the most similar one of those that suit, or NULL
   if none is similar. */
typedef bool(dd_option_suits_t)(const dd_option_t *option);
const char *dd_options_nearest(const dd_options_t *self, const char *typed, size_t size,
    dd_option_suits_t *suits /* NULL: all do */);

/* What to do instead of a former word, of so many bytes; NULL if it is none. */
const char *dd_options_former(const dd_options_t *self, const char *word, size_t size);

/* Takes one argument, wherever it comes from, as a dd_option_set_t does. A word may be shortened as
   long as no other begins so. */
dd_error_t dd_option_take(
    const dd_option_t *option, void *values, const char *argument, dd_problem_t *problem);

/* For bool and const char * fields. */
dd_option_set_t dd_option_set_flag;
dd_option_set_t dd_option_set_text;

/* Reads the digits that a text begins with. Returns what stands behind them, or NULL if there are
   none or they don't fit into 64 bits. */
const char *dd_option_digits(const char *text, uint64_t *number);

/* "'x' is no good; write a number": the way to say so. Returns DD_E_ARGUMENT. */
dd_error_t dd_option_refuse(const char *argument, const char *expected, dd_problem_t *problem);

/* Offers a whole argument; one that doesn't suit what has been typed is left out. */
void dd_suggest(dd_suggestions_t *suggestions, const char *argument);

#endif
