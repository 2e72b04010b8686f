/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script - what ddtui does without its screen: send, listen, print and end
 */
#ifndef SCRIPT_H_INCLUDED
#define SCRIPT_H_INCLUDED

#include "ddtui/options.h"

/* Exit statuses, but for --check, which has its own; ddtui(1) promises them. */
typedef enum {
    STATUS_DONE = 0,
    STATUS_FAILED = 1,
    STATUS_USAGE = 2,
    STATUS_NO_DESTINATION = 3,
    STATUS_REFUSED = 4,
    STATUS_TIMEOUT = 5,
    STATUS_OVERLOADED = 6
} status_t;

/* Does all that the options ask for and returns the exit status. Data goes to standard output, all
   else to standard error. Takes SIGINT, SIGTERM, SIGHUP and SIGPIPE; once in a process. */
int script_run(const options_t *options);

/* Says that the command line can't be, in the way that it asks for, and returns the exit status. */
int script_refuse(const options_t *options, const dd_problem_t *problem);

/* The status that says why something failed. */
status_t script_status_of(dd_error_t error);

#endif
