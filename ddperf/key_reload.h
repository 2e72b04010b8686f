/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * key_reload - SIGHUP has all clients of a run read their key file again
 *
 * So a run can go on while a tenant's keys are replaced. A run that has a terminal ends with that,
 * and one that is to ignore the signal goes on ignoring it.
 */
#ifndef KEY_RELOAD_H_INCLUDED
#define KEY_RELOAD_H_INCLUDED

#include "run.h"

/* Before other threads and processes are made, which inherit it: whether SIGHUP is to be that. */
bool key_reload_begin(void);

/* In each of the two processes, if so: waits for the signal on a thread of its own. The receivers'
   process passes it on. */
void key_reload_watch(const run_t *run);

#endif
