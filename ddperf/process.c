/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * process - what processes of this machine have used
 */
#include "process.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

/* The same sum of utime and stime that /proc/PID/stat gives in ticks of 10 ms, but finer. */
uint64_t process_cpu_us(const pid_t *pids, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        clockid_t clock;
        struct timespec used;
        if (clock_getcpuclockid(pids[i], &clock) == 0 && clock_gettime(clock, &used) == 0)
            sum += (uint64_t)used.tv_sec * 1000000 + (uint64_t)used.tv_nsec / 1000;
    }
    return sum;
}

uint64_t process_memory(const pid_t *pids, size_t count)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < count; i++) {
        char path[64];
        unsigned long pages;
        snprintf(path, sizeof path, "/proc/%d/statm", (int)pids[i]);
        FILE *file = fopen(path, "re");
        if (!file)
            continue;
        if (fscanf(file, "%*u %lu", &pages) == 1)
            sum += (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
        fclose(file);
    }
    return sum;
}
