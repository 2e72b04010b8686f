/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * log - what the broker tells its operator: one line for each event
 *
 *     2026-11-22T21:19:00.123Z notice  listening on tcp://0.0.0.0:5555
 *
 * Lines go to a file or to standard error; where that is the systemd journal, a line carries its
 * level as the journal reads it, and no time. Whatever a line was made of, it stays one line and
 * can't steer a terminal: see dd_escape_text(). Nothing here waits or fails: what can't be written
 * (a full disk, a pipe that nobody reads) is counted, and the count is written once there is room.
 *
 * Not thread-safe.
 */
#ifndef LOG_H_INCLUDED
#define LOG_H_INCLUDED

#include "libdd/base/log_level.h"
#include "libdd/include/dd.h"

typedef struct log log_t;

/* Whether log_new() can open that file; nothing is made or written. *problem is filled if not. */
dd_error_t log_try(const char *path, dd_problem_t *problem);

/* Begins to log to a file, which is made if it isn't there and appended to; path NULL is standard
   error. With level DD_LOG_QUIET no line is written. NULL with *problem filled if the file can't be
   opened. */
log_t *log_new(const char *path, dd_log_level_t level, dd_problem_t *problem);
void log_destroy(log_t **self_p);

/* Changes level and file, and opens the file anew even if its name is the same, since the old one
   may have been moved away. On failure the log goes on as it was. */
dd_error_t log_reopen(log_t *self, const char *path, dd_log_level_t level, dd_problem_t *problem);

dd_log_level_t log_level(const log_t *self);
void log_set_level(log_t *self, dd_log_level_t level);

/* Writes one line if its level is wanted. */
__attribute__((format(printf, 3, 4))) void log_write(
    log_t *self, dd_log_level_t level, const char *format, ...);

/* The same for what strangers can cause at will, of which only so many lines are written: see
   flood.h. Lines of the same format are of the same kind. source: the address, or "" if that isn't
   known. */
__attribute__((format(printf, 4, 5))) void log_flood(
    log_t *self, const char *source, dd_log_level_t level, const char *format, ...);

/* Says how many lines of each flood were left out, once its while is over; call it often. */
void log_tick(log_t *self, uint64_t now_ms);

#endif
