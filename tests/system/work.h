/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * work - what a program does, as the kernel counts it: not how long it takes, which is the
 * machine's
 *
 * Counts are those of its first thread alone.
 */
#ifndef WORK_H_INCLUDED
#define WORK_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t wakes;  /* times that it had waited for something, and went on */
    uint64_t writes; /* calls that write */
    uint64_t bytes;  /* that they wrote */
} work_t;

/* False if this kernel doesn't count that. */
bool work_of(int pid, work_t *work);
/* What was done from one moment to a later one. */
work_t work_between(const work_t *before, const work_t *after);

/* The most memory that a program ever had, in KiB; 0 if that isn't known. */
uint64_t work_memory_most(int pid);

#endif
