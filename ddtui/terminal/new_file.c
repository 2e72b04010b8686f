/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * new_file - writes what the user wants to keep into a file that wasn't there before
 */
#include "new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libdd/base/problem.h"

#define NAME_ROOM 256

/* The home directory of who is named by that many bytes, or of this user for none; or NULL. */
static const char *home_of(const char *name, size_t size)
{
    char user[NAME_ROOM];
    const char *home = getenv("HOME");
    if (size == 0 && home && home[0] == '/')
        return home;
    if (size >= sizeof user)
        return NULL;
    memcpy(user, name, size);
    user[size] = '\0';
    const struct passwd *entry = size == 0 ? getpwuid(getuid()) : getpwnam(user);
    return entry ? entry->pw_dir : NULL;
}

bool new_file_path(const char *typed, char out[PATH_MAX], dd_problem_t *problem)
{
    const char *home = "", *rest = typed;
    if (typed[0] == '~') {
        size_t size = strcspn(typed + 1, "/");
        home = home_of(typed + 1, size);
        rest = typed + 1 + size;
    }
    if (!home) {
        dd_problem(problem, DD_E_FILE, "%s: nobody has a home directory of that name", typed);
        return false;
    }
    if (snprintf(out, PATH_MAX, "%s%s", home, rest) < PATH_MAX)
        return true;
    dd_problem(problem, DD_E_FILE, "%s", strerror(ENAMETOOLONG));
    return false;
}

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
