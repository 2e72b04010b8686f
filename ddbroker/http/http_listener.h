/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * http_listener - the socket that monitors connect to
 */
#ifndef HTTP_LISTENER_H_INCLUDED
#define HTTP_LISTENER_H_INCLUDED

#include <stddef.h>

#include "libdd/include/dd.h"

/* Listens at an address like "127.0.0.1:9080", "[::1]:9080" or "*:9080", without blocking. *fd is
   the caller's, and shown gets where that is, with the port that a port 0 became. */
dd_error_t http_listener_open(
    const char *address, int *fd, char *shown, size_t room, dd_problem_t *problem);

/* Accepts a connection, for whom no more than a little waits in the kernel. -1, with errno, if
   there is none. */
int http_listener_accept(int fd);

/* Whether somebody waits to be accepted. */
bool http_listener_is_knocked_at(int fd);

#endif
