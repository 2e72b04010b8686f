/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * processes - which processes of this machine are of a program
 */
#include "processes.h"

#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

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

void dd_processes_named(const char *name, void (*each)(void *arg, const char *pid), void *arg)
{
    DIR *processes = opendir("/proc");
    struct dirent *entry;
    while (processes && (entry = readdir(processes)))
        if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9' && is_named(entry->d_name, name))
            each(arg, entry->d_name);
    if (processes)
        closedir(processes);
}
