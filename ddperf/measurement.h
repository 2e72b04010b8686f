/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * measurement - makes one run: starts its two processes, waits for its end, and prints the report
 */
#ifndef MEASUREMENT_H_INCLUDED
#define MEASUREMENT_H_INCLUDED

#include "options.h"

/* Measures and prints; returns the status to exit with. What can't be is said on stderr. Comes
   before any thread, since it forks. */
int measurement_run(const options_t *options);

#endif
