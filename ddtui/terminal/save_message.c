/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * save_message - writes a message's payload to a file
 */
#include "save_message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "libdd/base/problem.h"

/* Closes fd in any case. */
static bool write_payload(const message_t *message, int fd)
{
    FILE *file = fdopen(fd, "w");
    if (!file) {
        close(fd);
        return false;
    }
    bool written = fwrite(message->data, 1, message->size, file) == message->size;
    return fclose(file) == 0 && written;
}

dd_error_t save_message(const message_t *message, const char *path, dd_problem_t *problem)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return dd_problem(problem, DD_E_FILE, "%s: %s", path, strerror(errno));
    if (write_payload(message, fd))
        return DD_OK;
    dd_problem(problem, DD_E_FILE, "%s: %s", path, strerror(errno));
    unlink(path);
    return DD_E_FILE;
}
