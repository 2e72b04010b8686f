/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * senders - the process that sends
 */
#ifndef SENDERS_H_INCLUDED
#define SENDERS_H_INCLUDED

#include "run.h"

/* Does all that the senders have to do, in a process of its own, until shared->end. Returns the
   status that this process is to exit with; the results are in run->shared. */
int senders_run(const run_t *run);

#endif
