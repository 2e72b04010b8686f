/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * options - the command line, and the help that describes it
 */
#ifndef OPTIONS_H_INCLUDED
#define OPTIONS_H_INCLUDED

#include <stdbool.h>
#include <stdio.h>

typedef enum { COMMAND_MAKE, COMMAND_ADD, COMMAND_ROTATE, COMMAND_SHOW, COMMAND_CHECK } command_t;

/* Strings belong to argv. */
typedef struct {
    command_t command;
    const char *directory;
    const char *tenants; /* NULL: to be read from standard input */
    const char *operand; /* TENANT or FILE */
    bool force;
    bool secret;
} options_t;

/* Exit status of a wrong command line. */
#define EXIT_USAGE 2

/* Reads the command line. -1 to go on, or the status to exit with: help or version was printed, or
   what is wrong was said on stderr. */
int options_read(options_t *self, int argc, char **argv);

void options_print_help(FILE *stream);

#endif
