/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * program - how the programs begin and end
 *
 * For programs alone: the library touches neither the standard files nor the limits of the process
 * that uses it.
 */
#ifndef DD_PROGRAM_H_INCLUDED
#define DD_PROGRAM_H_INCLUDED

#include <stdbool.h>

/*
 * To be called first of all in main(), with the name that its messages begin with. False, which
 * standard error then says, if libsodium can't be used; the program is to end with EXIT_FAILURE.
 *
 * Opens those of descriptors 0, 1 and 2 that are closed, as /dev/null: whoever started the program
 * may have closed them, and the next file or socket would take their numbers and get what is
 * written there.
 *
 * Lets nobody look into this process but root: no core file is written, not even by a handler of
 * core files that ignores their limit, and processes of the same user can neither trace it nor read
 * its memory. Children keep the limit, and until they execute another program all of it.
 */
bool dd_program_begin(const char *name);

/* Whether the program was started with a standard output. What is written to one that was closed
   goes nowhere, and who was to read it should know. */
bool dd_program_has_output(void);

/* Whether there is a terminal that this process belongs to. To one without, SIGHUP doesn't say that
   its terminal is gone, but to read its files again. */
bool dd_program_has_terminal(void);

/* Whether the signal is ignored, as nohup(1) and a shell's background jobs want it. Such a one
   isn't to be handled; that is asked before anything else is done with the signal. */
bool dd_program_ignores(int signal_number);

/* The status to end with: the one that is given, or EXIT_FAILURE, and standard error then says so,
   if not all of standard output could be written. */
int dd_program_end(const char *name, int status);

#endif
