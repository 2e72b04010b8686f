/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * running - the broker that already runs with the same configuration file
 */
#include "running.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_options.h"
#include "libdd/base/processes.h"
#include "libdd/net/ipc.h"

/* Words of a command line that are looked at, and their bytes. */
#define WORDS_MAX 256
#define WORDS_ROOM 8192
/* In /proc/net/tcp: a socket that listens. */
#define LISTENS 0x0a

typedef struct {
    const config_t *config;
    const char *endpoint;
    pid_t holder;
} search_t;

/* ---- Whether it runs with the same file ---------------------------------------------------- */

/* The words with which a process was started, in text. */
static int words_of(const char *pid, char text[WORDS_ROOM], char *words[WORDS_MAX + 1])
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%.16s/cmdline", pid);
    FILE *file = fopen(path, "re");
    size_t size = file ? fread(text, 1, WORDS_ROOM - 1, file) : 0;
    int count = 0;
    if (file)
        fclose(file);
    text[size] = '\0';
    for (size_t at = 0; at < size && count < WORDS_MAX; at += strlen(text + at) + 1)
        words[count++] = text + at;
    words[count] = NULL;
    return count;
}

static bool is_same_file(const char *one, const char *other)
{
    struct stat a, b;
    return stat(one, &a) == 0 && stat(other, &b) == 0 && a.st_dev == b.st_dev &&
           a.st_ino == b.st_ino;
}

static bool runs_with(const char *pid, const char *file)
{
    char text[WORDS_ROOM], *words[WORDS_MAX + 1];
    int count = words_of(pid, text, words);
    config_t config = {.name = NULL};
    dd_given_t given;
    bool same = dd_options_read(&CONFIG_OPTIONS, count, words, &config, &given, stdout, NULL) ==
                    DD_OPTIONS_TAKEN &&
                !config.only_check && config.file && is_same_file(config.file, file);
    config_clear(&config);
    return same;
}

/* ---- Whether it listens there -------------------------------------------------------------- */

/* Whether one of its descriptors is that socket. Only root may look; of others' it is believed,
   since the account is the right one. */
static bool has_socket(const char *pid, unsigned long inode)
{
    char folder[64], wanted[64], path[350], target[64];
    struct dirent *entry;
    snprintf(folder, sizeof folder, "/proc/%.16s/fd", pid);
    snprintf(wanted, sizeof wanted, "socket:[%lu]", inode);
    DIR *descriptors = opendir(folder);
    bool has = !descriptors;
    while (descriptors && !has && (entry = readdir(descriptors))) {
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        ssize_t size = readlink(path, target, sizeof target - 1);
        has = size == (ssize_t)strlen(wanted) && memcmp(target, wanted, strlen(wanted)) == 0;
    }
    if (descriptors)
        closedir(descriptors);
    return has;
}

/* The account that a process has, which the owner of /proc/PID doesn't tell of one that keeps
   others out. */
static bool is_of_account(const char *pid, unsigned account)
{
    char path[64], line[256];
    unsigned found = 0;
    bool told = false;
    snprintf(path, sizeof path, "/proc/%.16s/status", pid);
    FILE *file = fopen(path, "re");
    while (file && !told && fgets(line, sizeof line, file))
        told = sscanf(line, "Uid: %u", &found) == 1;
    if (file)
        fclose(file);
    return told && found == account;
}

/* Looks through the kernel's table of TCP sockets. */
static bool listens_in(const char *table, const char *pid, unsigned port)
{
    char line[512];
    bool listens = false;
    FILE *file = fopen(table, "re");
    while (file && !listens && fgets(line, sizeof line, file)) {
        unsigned own_port, state, account;
        unsigned long inode;
        if (sscanf(line, " %*u: %*[0-9A-F]:%x %*s %x %*s %*s %*s %u %*u %lu", &own_port, &state,
                &account, &inode) == 4)
            listens = own_port == port && state == LISTENS && is_of_account(pid, account) &&
                      has_socket(pid, inode);
    }
    if (file)
        fclose(file);
    return listens;
}

static bool listens_on(const char *pid, const char *endpoint)
{
    dd_bytes_t host, port;
    pid_t listener;
    const char *path = dd_ipc_path(endpoint);
    if (path)
        return dd_ipc_connect(path, &listener) == 0 && listener == atoi(pid);
    if (!dd_endpoint_split(dd_bytes_of(endpoint), &host, &port))
        return false;
    unsigned number = (unsigned)strtoul((const char *)port.data, NULL, 10);
    return listens_in("/proc/net/tcp", pid, number) || listens_in("/proc/net/tcp6", pid, number);
}

/* ---- The whole ----------------------------------------------------------------------------- */

static void look_at(void *arg, const char *pid)
{
    search_t *self = arg;
    if (self->holder == 0 && atoi(pid) != getpid() && runs_with(pid, self->config->file) &&
        listens_on(pid, self->endpoint))
        self->holder = atoi(pid);
}

pid_t running_holder(const config_t *config, const char *endpoint)
{
    search_t self = {.config = config, .endpoint = endpoint};
    if (config->file)
        dd_processes_named("ddbroker", look_at, &self);
    return self.holder;
}
