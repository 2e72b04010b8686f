/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * process - what processes of this machine have used
 *
 * They are read from the kernel each time; the processes needn't belong to this one.
 */
#ifndef PROCESS_H_INCLUDED
#define PROCESS_H_INCLUDED

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* CPU time in microseconds that all threads of some processes have used, together. A process that
   isn't there has used none. */
uint64_t process_cpu_us(const pid_t *pids, size_t count);

/* Bytes of memory that they have in use (the resident set). */
uint64_t process_memory(const pid_t *pids, size_t count);

#endif
