/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * config_file - reads a configuration file in ZeroMQ's property language
 *
 * Only "name = value" lines, those of a section being indented by four spaces beneath its own;
 * quotes around a value are allowed, and comments behind '#'. zconfig(3) does the reading, a line
 * at a time, so that each error has its line.
 */
#ifndef CONFIG_FILE_H_INCLUDED
#define CONFIG_FILE_H_INCLUDED

#include "libdd/include/dd.h"

/* Takes one setting, which may be indented by four spaces beneath another; or returns an error with
 *problem saying why not. */
typedef dd_error_t(config_file_setting_t)(
    void *arg, bool indented, const char *name, const char *value, dd_problem_t *problem);

/* Is told a mistake, which begins with the file's name and the line. */
typedef void(config_file_mistake_t)(void *arg, const dd_problem_t *problem);

/* After so many mistakes the rest of a file isn't looked at. */
#define CONFIG_FILE_MISTAKES 20

/* Reads a file to its end, past mistakes. Returns the first one's error. */
dd_error_t config_file_read(
    const char *path, config_file_setting_t *setting, config_file_mistake_t *mistake, void *arg);

#endif
