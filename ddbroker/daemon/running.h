/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * running - the broker that already runs with the same configuration file
 */
#ifndef RUNNING_H_INCLUDED
#define RUNNING_H_INCLUDED

#include <sys/types.h>

#include "config.h"

/* The process that listens on an endpoint, if it is such a broker; 0 if it isn't, or if it can't be
   told. */
pid_t running_holder(const config_t *config, const char *endpoint);

#endif
