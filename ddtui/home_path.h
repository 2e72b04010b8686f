/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * home_path - paths as a user means them
 */
#ifndef HOME_PATH_H_INCLUDED
#define HOME_PATH_H_INCLUDED

#include <limits.h>
#include <stdbool.h>

#include "libdd/include/dd.h"

/* "~" and "~/" at a path's start are the home directory, "~NAME/" that of another user. False with
 *problem filled if nobody has that name, or it gets too long. */
bool home_path(const char *typed, char out[PATH_MAX], dd_problem_t *problem);

#endif
