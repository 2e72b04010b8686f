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

/* Takes one setting, which may be indented by four spaces beneath another; what it returns instead
 * of DD_OK, with *problem filled, ends the reading. */
typedef dd_error_t(config_file_setting_t)(
    void *arg, bool indented, const char *name, const char *value, dd_problem_t *problem);

/* Reads a file. On an error *problem begins with the file's name and the line. */
dd_error_t config_file_read(
    const char *path, config_file_setting_t *setting, void *arg, dd_problem_t *problem);

#endif
