/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * home_path - paths as a user means them
 */
#include "home_path.h"

#include <errno.h>
#include <pwd.h>
#include <stdio.h>
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

bool home_path(const char *typed, char out[PATH_MAX], dd_problem_t *problem)
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
