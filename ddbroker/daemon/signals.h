/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * signals - what signals and operators have the broker do: reload and shut down
 */
#ifndef SIGNALS_H_INCLUDED
#define SIGNALS_H_INCLUDED

#include "loop_state.h"

/* Has signals come by a descriptor, self->signals, to be polled for input. To be called before the
   first thread starts, so that none of ZeroMQ's takes a signal. */
dd_error_t signals_open(loop_t *self, dd_problem_t *problem);

/* Does what signals and operators have asked for. */
void signals_take(loop_t *self);

#endif
