/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * process - what this process takes of the machine
 */
#ifndef PROCESS_H_INCLUDED
#define PROCESS_H_INCLUDED

#include <sys/resource.h>

#include "metrics.h"

/* A look that takes several steps, since descriptors may be many. Begins as zeros. */
typedef struct {
    metrics_process_t figures;
    rlim_t next, end; /* descriptors that are still to be counted */
} process_t;

/* started_ms: since 1970. */
void process_begin(process_t *self, uint64_t started_ms);
/* Goes on for a little while; false when all is known. */
bool process_go_on(process_t *self);

#endif
