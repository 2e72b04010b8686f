/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options - the command line
 */
#ifndef OPTIONS_H_INCLUDED
#define OPTIONS_H_INCLUDED

#include <stdbool.h>

#include "libdd/base/options.h"

typedef enum {
    COMMAND_MAKE,
    COMMAND_ADD,
    COMMAND_OPERATOR,
    COMMAND_ROTATE,
    COMMAND_SWITCH,
    COMMAND_FINISH,
    COMMAND_REMOVE,
    COMMAND_SHOW,
    COMMAND_CHECK
} command_t;

/* Strings belong to argv. */
typedef struct {
    command_t command;
    const char *directory;
    const char *tenants; /* NULL: to be read from standard input */
    const char *operand; /* TENANT, NAME, FILE or DIR */
    bool force;
    bool secret;
    bool read_only;
} options_t;

/* Reads the command line. What it asks for, like help, is printed; *problem says what is wrong. */
dd_options_outcome_t options_read(
    options_t *self, int argc, char *const argv[], dd_problem_t *problem);

#endif
