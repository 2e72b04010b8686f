/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script - what ddtui does without its screen: send, listen, print and end
 *
 * One thread, which sleeps until there is an event of the client library, a signal, or something is
 * due. Each time it takes what has come and then looks at the time.
 */
#ifndef SCRIPT_H_INCLUDED
#define SCRIPT_H_INCLUDED

#include "ddtui/options.h"
#include "exit_status.h"

/* Does all that the options ask for and returns the exit status. Data goes to standard output, all
   else to standard error. Takes SIGINT, SIGTERM, SIGHUP and SIGPIPE; once in a process. */
int script_run(const options_t *options);

/* Says that the command line can't be, in the way that it asks for, and returns the exit status. */
int script_refuse(const options_t *options, const dd_problem_t *problem);

#endif
