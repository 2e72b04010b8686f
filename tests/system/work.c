/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * work - what a program does, as the kernel counts it
 */
#include "work.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINE_ROOM 256

/* The number behind a name in a file of lines "NAME: NUMBER". */
static bool read_number(const char *path, const char *name, uint64_t *number)
{
    char line[LINE_ROOM];
    size_t size = strlen(name);
    FILE *file = fopen(path, "r");
    bool found = false;
    while (file && !found && fgets(line, sizeof line, file))
        found = strncmp(line, name, size) == 0 && line[size] == ':' &&
                sscanf(line + size + 1, "%" SCNu64, number) == 1;
    if (file)
        fclose(file);
    return found;
}

bool work_of(int pid, work_t *work)
{
    char status[64], io[64];
    snprintf(status, sizeof status, "/proc/%d/task/%d/status", pid, pid);
    snprintf(io, sizeof io, "/proc/%d/task/%d/io", pid, pid);
    return read_number(status, "voluntary_ctxt_switches", &work->wakes) &&
           read_number(io, "syscw", &work->writes) && read_number(io, "wchar", &work->bytes);
}

work_t work_between(const work_t *before, const work_t *after)
{
    return (work_t){
        after->wakes - before->wakes, after->writes - before->writes, after->bytes - before->bytes};
}

uint64_t work_memory_most(int pid)
{
    char status[64];
    uint64_t most = 0;
    snprintf(status, sizeof status, "/proc/%d/status", pid);
    read_number(status, "VmHWM", &most);
    return most;
}
