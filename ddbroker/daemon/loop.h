/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * loop - the broker as a process: has it built up, waits for what happens, and has it ended in
 * order
 */
#ifndef LOOP_H_INCLUDED
#define LOOP_H_INCLUDED

#include "config.h"

/* Exit statuses of the program. */
enum { LOOP_STOPPED = 0, LOOP_FAILED = 1, LOOP_WRONG_USAGE = 2 };

/*
 * Runs the broker until it is told to end. *config has been read from argc and argv, which a reload
 * reads again. No thread may have been started before.
 *
 * LOOP_STOPPED after a drain, LOOP_FAILED if the broker couldn't start, which the log then says, or
 * was told twice to end.
 */
int loop_run(config_t *config, int argc, char **argv);

#endif
