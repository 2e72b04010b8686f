/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * process - the processes of this machine, and what they have used
 */
#include "process.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
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

static bool is_named(const char *pid, const char *name)
{
    char path[300], found[64] = "";
    snprintf(path, sizeof path, "/proc/%s/comm", pid);
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    bool same = fgets(found, sizeof found, file) && strcspn(found, "\n") == strlen(name) &&
                strncmp(found, name, strlen(name)) == 0;
    fclose(file);
    return same;
}

void process_each_named(const char *name, void (*each)(void *arg, const char *pid), void *arg)
{
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    while (processes && (entry = readdir(processes)))
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9' && is_named(entry->d_name, name))
            each(arg, entry->d_name);
    if (processes)
        closedir(processes);
}
