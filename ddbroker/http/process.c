/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * process - what this process takes of the machine
 */
#include "process.h"

#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libdd/net/descriptors.h"

#define DESCRIPTORS "/proc/self/fd"
/* Descriptors that are counted in a step. */
#define COUNTED_AT_ONCE 500

static uint64_t memory(void)
{
    unsigned long long size, resident = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    if (fscanf(file, "%llu %llu", &size, &resident) != 2)
        resident = 0;
    fclose(file);
    return resident * (uint64_t)sysconf(_SC_PAGESIZE);
}

static uint64_t us_of(struct timeval time)
{
    return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_usec;
}

void process_begin(process_t *self, uint64_t started_ms)
{
    struct rusage usage = {.ru_maxrss = 0};
    struct rlimit limit = {.rlim_cur = 0};
    struct stat status;
    getrusage(RUSAGE_SELF, &usage);
    getrlimit(RLIMIT_NOFILE, &limit);
    *self = (process_t){.figures = {.memory = memory(),
                            .cpu_us = us_of(usage.ru_utime) + us_of(usage.ru_stime),
                            .started_ms = started_ms,
                            .descriptors_max = limit.rlim_cur}};
    /* Linux has told the number so since 6.2; before, they must be counted. */
    if (stat(DESCRIPTORS, &status) == 0 && status.st_size > 0)
        self->figures.descriptors = (uint64_t)status.st_size;
    else
        self->end = dd_descriptors_end(limit.rlim_cur);
}

/* To list the folder instead would take ten times as long. */
bool process_go_on(process_t *self)
{
    rlim_t begin = self->next;
    self->next = begin + COUNTED_AT_ONCE < self->end ? begin + COUNTED_AT_ONCE : self->end;
    self->figures.descriptors += dd_descriptors_count(begin, self->next);
    return self->next < self->end;
}
