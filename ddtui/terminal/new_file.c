/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * new_file - writes what the user wants to keep into a file that wasn't there before
 */
#include "new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "libdd/base/problem.h"

/* Closes fd in any case. */
static bool fill(int fd, new_file_content_t *content, void *arg)
{
    FILE *file = fdopen(fd, "w");
    if (!file) {
        close(fd);
        return false;
    }
    bool written = content(arg, file);
    int error = errno;
    if (fclose(file) != 0)
        return false;
    errno = error;
    return written;
}

dd_error_t new_file_write(
    const char *path, new_file_content_t *content, void *arg, dd_problem_t *problem)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return dd_problem(problem, DD_E_FILE, "%s: %s", path, strerror(errno));
    if (fill(fd, content, arg))
        return DD_OK;
    dd_problem(problem, DD_E_FILE, "%s: %s", path, strerror(errno));
    unlink(path);
    return DD_E_FILE;
}
