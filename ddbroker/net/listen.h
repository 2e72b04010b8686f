/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * listen - where a broker's ROUTER listens, and whether it could
 */
#ifndef LISTEN_H_INCLUDED
#define LISTEN_H_INCLUDED

#include <stdbool.h>
#include <sys/types.h>

#include "libdd/include/dd.h"
#include "libdd/protocol/endpoint.h"

/* Begins to listen. *shown gets where, in the words that were told, but with the port that it got:
   ZeroMQ's own words are hard to read, "tcp://[::ffff:127.0.0.1]:5555". At an ipc path only a
   socket that nobody listens on any more is replaced; the new one lets those connect that mode
   says. */
dd_error_t listen_begin(void *socket, const char *endpoint, mode_t mode,
    char shown[DD_ENDPOINT_MAX + 1], dd_problem_t *problem);

typedef enum {
    LISTEN_POSSIBLE,
    LISTEN_TAKEN, /* somebody else listens there */
    LISTEN_IMPOSSIBLE
} listen_outcome_t;

/* What that would come to; *problem is filled if it isn't possible. Listens over TCP until the
   socket is closed, so that two endpoints that can't stand together are found. At an ipc path
   nothing changes, since what is there may be needed, and a new socket would stay behind. */
listen_outcome_t listen_try(void *socket, const char *endpoint, dd_problem_t *problem);

/* Whether both are one ipc path, however they are spelled and through whatever links: then only one
   can be listened on. */
bool listen_same_path(const char *one, const char *other);

#endif
