/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config_options - the table of all that a broker can be told, and how each value is written
 *
 * The command line, the file and --help follow the table, and tests hold the manual pages against
 * it.
 */
#ifndef CONFIG_OPTIONS_H_INCLUDED
#define CONFIG_OPTIONS_H_INCLUDED

#include "config.h"

/* No more options than this, so that a word has a bit for each. */
#define CONFIG_OPTIONS_MAX 32

/* How an option's value is written. */
typedef enum {
    KIND_FLAG, /* has none; command line only */
    KIND_NAME,
    KIND_ENDPOINT,  /* to connect to */
    KIND_ENDPOINTS, /* to listen on; may be given several times */
    KIND_PATH,
    KIND_SCOPE,
    KIND_LEVEL,
    KIND_SIZE,  /* 500, 64k, 16M */
    KIND_TIME,  /* 100ms, 5s, 1min */
    KIND_COUNT, /* 500 */
    KINDS
} kind_t;

typedef struct {
    const char *name; /* --name on the command line, name in the file */
    char flag;        /* the short one, or 0 */
    bool in_file;
    bool reloads; /* a running broker takes a new value */
    kind_t kind;
    size_t offset;     /* of its field in config_t */
    const char *least; /* limits, written as the kind is; NULL for kinds that have none */
    const char *most;
    const char *fallback; /* the default, or NULL */
    const char *help;
} config_option_t;

/* The option of an index from 0; NULL past the end. */
const config_option_t *config_option_at(size_t index);
/* NULL if there is none of that name. */
const config_option_t *config_option_named(const char *name);

/* Takes one value for an option into its field, wherever it comes from. DD_E_ARGUMENT with
 *problem saying what to write instead. */
dd_error_t config_option_set(
    config_t *config, const config_option_t *option, const char *text, dd_problem_t *problem);

/* Whether two configurations agree in an option. */
bool config_option_same(const config_option_t *option, const config_t *a, const config_t *b);

/* Exchanges their values of an option that reloads. */
void config_option_swap(const config_option_t *option, config_t *a, config_t *b);

/* The text for --help. The caller frees it; NULL when out of memory. */
char *config_option_help(void);

#endif
