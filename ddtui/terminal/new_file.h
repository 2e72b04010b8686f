/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * new_file - writes what the user wants to keep into a file that wasn't there before
 *
 * It stands here since the console itself touches no files but its history.
 */
#ifndef NEW_FILE_H_INCLUDED
#define NEW_FILE_H_INCLUDED

#include <stdbool.h>
#include <stdio.h>

#include "libdd/include/dd.h"

/* Writes the content; false with errno set if that fails. */
typedef bool(new_file_content_t)(void *arg, FILE *out);

/* Writes a new file, which its owner alone can read. A file that is there, or a link, is never
   written to. DD_E_FILE with *problem filled; then there is no file. */
dd_error_t new_file_write(
    const char *path, new_file_content_t *content, void *arg, dd_problem_t *problem);

#endif
