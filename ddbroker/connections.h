/*
 * connections - the connections of a ROUTER, by file descriptor, as its monitor tells of them
 *
 * ZeroMQ shows a connection only when its first message comes, and never that it has gone; its
 * monitor does. Not thread-safe.
 */
#ifndef CONNECTIONS_H_INCLUDED
#define CONNECTIONS_H_INCLUDED

#include "log.h"

typedef struct connections connections_t;

/* For a socket that isn't bound yet. The log is lent. NULL, with zmq_errno() saying why, if that
   can't be. */
connections_t *connections_new(void *context, void *socket, log_t *log);
/* Before the socket is closed. */
void connections_destroy(connections_t **self_p);

/* To poll for input, then to call connections_next_gone(). */
void *connections_monitor(const connections_t *self);

/* Connections that are open, those in their handshake and those without an owner included. */
size_t connections_count(const connections_t *self);

/* Takes in news until a connection that has an owner is gone: gives that owner, which then has
   none. NULL when there is no more news. */
void *connections_next_gone(connections_t *self, uint64_t now_ms);

/* The first message of a connection says whose it is. Gives the former owner if that one's end was
   missed, else NULL. fd may be -1, unknown. */
void *connections_own(connections_t *self, int fd, void *owner);
/* The owner is done with it, before its end. */
void connections_disown(connections_t *self, int fd, const void *owner);

/* Ends a connection from this side: its end then comes as news. */
void connections_cut(connections_t *self, int fd);
/* Does so to all that have been open for longer than limit ms and have no owner. */
void connections_cut_silent(connections_t *self, uint64_t limit, uint64_t now_ms);

#endif
