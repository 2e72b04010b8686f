/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * startup - builds the broker's process up and takes it down
 */
#ifndef STARTUP_H_INCLUDED
#define STARTUP_H_INCLUDED

#include "loop_state.h"

/* Builds everything up but the log, which must be there. On an error *problem is filled, and what
   was built is for startup_undo(). */
dd_error_t startup_begin(loop_t *self, dd_problem_t *problem);

/* Takes everything down, the log too, in whatever state. */
void startup_undo(loop_t *self);

#endif
