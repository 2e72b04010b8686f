/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config_options - the table of all that a broker can be told, and how each value is written
 *
 * The command line and the file follow the table, and a test holds ddbroker.conf(5) against it.
 */
#ifndef CONFIG_OPTIONS_H_INCLUDED
#define CONFIG_OPTIONS_H_INCLUDED

#include "config.h"
#include "libdd/base/options.h"

/* How an option's value is kept, and compared. */
typedef enum {
    KIND_NONE,      /* not compared */
    KIND_TEXT,      /* char *, the config's own */
    KIND_ENDPOINTS, /* config_list_t */
    KIND_PARENTS,   /* dd_endpoints_t */
    KIND_NUMBER     /* uint64_t */
} kind_t;

typedef struct {
    dd_option_t option; /* its name is the setting's in the file, too */
    kind_t kind;
    bool in_file;
    bool reloads;      /* a running broker takes a new value */
    const char *least; /* limits, written as values are; NULL for what has none */
    const char *most;
} config_option_t;

/* All of them, and the broker's name as an operand. */
extern const dd_options_t CONFIG_OPTIONS;

/* The option of an index from 0; NULL past the end. */
const config_option_t *config_option_at(size_t index);
/* The setting of that name in the file; NULL if there is none. */
const config_option_t *config_option_in_file(const char *name);

/* The setting that was meant by a name that none has; NULL if none is similar. */
const config_option_t *config_option_nearest(const char *name);

/* Whether two configurations agree in an option. */
bool config_option_same(const config_option_t *option, const config_t *a, const config_t *b);

/* Whether it is about what each tenant may use. */
bool config_option_is_quota(const config_option_t *option);
/* The value of one that is kept as a number. */
uint64_t config_option_number(const config_option_t *option, const config_t *config);

/* The value of one that is kept as a list to listen on. */
const config_list_t *config_option_list(const config_option_t *option, const config_t *config);

/* Exchanges their values of an option that reloads. */
void config_option_swap(const config_option_t *option, config_t *a, config_t *b);

#endif
