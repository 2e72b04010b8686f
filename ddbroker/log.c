/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * log - what the broker tells its operator: one line for each event
 */
#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "flood.h"
#include "libdd/base/clock.h"
#include "libdd/base/escape.h"
#include "libdd/base/problem.h"
#include "libdd/protocol/name.h"

/* Shorter than PIPE_BUF, so that a pipe that is ready takes a line whole, without waiting. */
#define LINE_MAX_SIZE 2048
struct log {
    int fd;
    bool journal;         /* fd is the systemd journal */
    bool torn;            /* the last line ends before its end */
    dd_log_level_t level; /* the least important one that is written */
    uint64_t lost;        /* lines that couldn't be written since the last that could */
    uint64_t now_ms;      /* as log_tick() said last */
    floods_t floods;
};

/* The journal's numbers for the levels. */
static const int JOURNAL[] = {
    [DD_LOG_ERROR] = 3,
    [DD_LOG_WARNING] = 4,
    [DD_LOG_NOTICE] = 5,
    [DD_LOG_INFO] = 6,
    [DD_LOG_DEBUG] = 7,
};

/* ---- Where lines go ------------------------------------------------------------------------ */

/* systemd gives the journal's device and inode, so that a program whose standard error was
   redirected since doesn't take a file for the journal. */
static bool is_journal(int fd)
{
    const char *stream = getenv("JOURNAL_STREAM");
    unsigned long long device, inode;
    struct stat status;
    return stream && sscanf(stream, "%llu:%llu", &device, &inode) == 2 && fstat(fd, &status) == 0 &&
           status.st_dev == device && status.st_ino == inode;
}

/* Whether a file ends in the middle of a line, as it does where the disk was full and the broker
   ended meanwhile. */
static bool ends_torn(const char *path)
{
    char last = '\n';
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return false;
    bool ends = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0 &&
                pread(fd, &last, 1, status.st_size - 1) == 1;
    close(fd);
    return ends && last != '\n';
}

/* O_NONBLOCK, lest a path that is a pipe holds the broker until somebody reads it. */
#define OPEN_FLAGS (O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

static dd_error_t refuse(const char *path, dd_problem_t *problem)
{
    return dd_problem(problem, DD_E_FILE, "can't open the log file %s: %s", path, strerror(errno));
}

static int open_log(const char *path, dd_problem_t *problem)
{
    int fd = open(path, OPEN_FLAGS | O_CREAT, 0640);
    if (fd < 0)
        refuse(path, problem);
    return fd;
}

/* Whether a file that isn't there can be made. */
static bool can_be_made(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? strndup(path, (size_t)(slash - path + 1)) : strdup(".");
    bool can = folder && path[strlen(path) - 1] != '/' && euidaccess(folder, W_OK | X_OK) == 0;
    free(folder);
    return can;
}

dd_error_t log_try(const char *path, dd_problem_t *problem)
{
    int fd = open(path, OPEN_FLAGS);
    if (fd >= 0)
        close(fd);
    bool can = fd >= 0 || (errno == ENOENT && can_be_made(path));
    return can ? DD_OK : refuse(path, problem);
}

dd_error_t log_reopen(log_t *self, const char *path, dd_log_level_t level, dd_problem_t *problem)
{
    int fd = path ? open_log(path, problem) : STDERR_FILENO;
    if (fd < 0)
        return DD_E_FILE;
    if (self->fd != STDERR_FILENO)
        close(self->fd);
    self->fd = fd;
    self->torn = path && ends_torn(path);
    self->journal = is_journal(fd);
    self->level = level;
    return DD_OK;
}

dd_log_level_t log_level(const log_t *self)
{
    return self->level;
}

void log_set_level(log_t *self, dd_log_level_t level)
{
    self->level = level;
}

log_t *log_new(const char *path, dd_log_level_t level, dd_problem_t *problem)
{
    log_t *self = calloc(1, sizeof *self);
    if (!self) {
        dd_problem(problem, DD_E_MEMORY, "out of memory");
        return NULL;
    }
    self->fd = STDERR_FILENO;
    if (log_reopen(self, path, level, problem) != DD_OK)
        log_destroy(&self);
    return self;
}

void log_destroy(log_t **self_p)
{
    log_t *self = *self_p;
    if (!self)
        return;
    if (self->fd != STDERR_FILENO)
        close(self->fd);
    floods_clear(&self->floods);
    free(self);
    *self_p = NULL;
}

/* ---- Lines --------------------------------------------------------------------------------- */

/* What stands before the message. */
static size_t prefix(const log_t *self, dd_log_level_t level, char *text, size_t room)
{
    if (self->journal)
        return (size_t)snprintf(text, room, "<%d>", JOURNAL[level]);
    struct tm utc;
    uint64_t now_ms = dd_clock_wall_ms();
    gmtime_r(&(time_t){(time_t)(now_ms / 1000)}, &utc);
    size_t used = strftime(text, room, "%Y-%m-%dT%H:%M:%S", &utc);
    used += (size_t)snprintf(text + used, room - used, ".%03uZ %-7s ", (unsigned)(now_ms % 1000),
        dd_log_level_name(level));
    return used;
}

/* Writes without ever waiting. A pipe or terminal that is ready takes PIPE_BUF bytes at once; files
   always are. Standard error isn't made non-blocking, since others share it. */
static bool put(log_t *self, const char *line, size_t size)
{
    struct pollfd ready = {.fd = self->fd, .events = POLLOUT};
    if (poll(&ready, 1, 0) != 1 || !(ready.revents & POLLOUT))
        return false;
    ssize_t written = write(self->fd, line, size);
    if (written > 0)
        self->torn = line[written - 1] != '\n';
    return written == (ssize_t)size;
}

/* What was written of a line that found no more room is a line of its own. */
static bool put_line(log_t *self, const char *line, size_t size)
{
    return (!self->torn || put(self, "\n", 1)) && put(self, line, size);
}

static bool write_line(log_t *self, dd_log_level_t level, const char *message)
{
    char line[LINE_MAX_SIZE];
    size_t used = prefix(self, level, line, sizeof line);
    used += dd_escape_text(message, strlen(message), line + used, sizeof line - used - 1);
    line[used++] = '\n';
    return put_line(self, line, used);
}

static void write_message(log_t *self, dd_log_level_t level, const char *message)
{
    if (self->lost > 0) {
        char text[80];
        snprintf(text, sizeof text, "%llu lines before this one could not be written",
            (unsigned long long)self->lost);
        if (write_line(self, DD_LOG_WARNING, text))
            self->lost = 0;
    }
    if (!write_line(self, level, message))
        self->lost++;
}

static bool is_wanted(const log_t *self, dd_log_level_t level)
{
    return self->level != DD_LOG_QUIET && level <= self->level;
}

void log_write(log_t *self, dd_log_level_t level, const char *format, ...)
{
    if (!is_wanted(self, level))
        return;
    char message[LINE_MAX_SIZE];
    va_list list;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    write_message(self, level, message);
}

/* ---- Floods -------------------------------------------------------------------------------- */

void log_flood(log_t *self, const char *source, dd_log_level_t level, const char *format, ...)
{
    if (!is_wanted(self, level))
        return;
    char message[LINE_MAX_SIZE];
    va_list list;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    flood_line_t line = {FLOOD_OF_STRANGERS, source, format, level, message};
    if (floods_admit(&self->floods, &line, self->now_ms))
        write_message(self, level, message);
}

void log_tick(log_t *self, uint64_t now_ms)
{
    flood_rest_t rest;
    self->now_ms = now_ms;
    while (floods_rest(&self->floods, &rest, now_ms))
        log_write(self, rest.level, "%s", rest.text);
}
