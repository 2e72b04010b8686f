/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * descriptors - whether the process may open more files
 */
#include "descriptors.h"

#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "libdd/base/problem.h"

/* A socket and its monitor take 4, a context's first socket some 8 more. */
#define ROOM 24

dd_error_t dd_descriptors_check(dd_problem_t *problem)
{
    int opened[ROOM];
    size_t count = 0;
    while (count < ROOM && (opened[count] = eventfd(0, EFD_CLOEXEC)) >= 0)
        count++;
    for (size_t i = 0; i < count; i++)
        close(opened[i]);
    if (count == ROOM)
        return DD_OK;
    struct rlimit limit = {.rlim_cur = 0};
    getrlimit(RLIMIT_NOFILE, &limit);
    return dd_problem(problem, DD_E_LIMIT,
        "no descriptors are left for a connection; raise RLIMIT_NOFILE, which is %llu (ulimit -n)",
        (unsigned long long)limit.rlim_cur);
}

rlim_t dd_descriptors_end(rlim_t limit)
{
    char line[256];
    unsigned long long size = limit;
    FILE *status = fopen("/proc/self/status", "re");
    while (status && fgets(line, sizeof line, status) && sscanf(line, "FDSize: %llu", &size) != 1)
        ;
    if (status)
        fclose(status);
    return size < limit ? (rlim_t)size : limit;
}

size_t dd_descriptors_count(rlim_t begin, rlim_t end)
{
    size_t count = 0;
    for (rlim_t fd = begin; fd < end; fd++)
        count += dup2((int)fd, (int)fd) >= 0; /* which changes nothing */
    return count;
}
