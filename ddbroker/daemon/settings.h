/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * settings - what the core is to know of the configuration and of the process that it runs in
 */
#ifndef SETTINGS_H_INCLUDED
#define SETTINGS_H_INCLUDED

#include "loop_state.h"

/* ZeroMQ's threads: those that serve everybody, and then one that only reserved endpoints have. */
size_t settings_threads(const config_t *config);

/* Raises the process's limit of open files to what the configuration asks for, as far as it may be
   raised, and notes how many connections fit. A failure if those are too few to begin with. */
dd_error_t settings_raise_descriptors(loop_t *self, dd_problem_t *problem);

/* After a reload: HTTP that was turned on takes its descriptors from those for connections, and
   gives them back. */
void settings_share_descriptors(loop_t *self);

/* For core_new() and core_set_limits(). The log says so if fewer clients fit than the configuration
   asks for. The core calls back into the loop, which is lent. */
core_settings_t settings_of_core(loop_t *self);

#endif
