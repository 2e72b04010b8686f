/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * poller - waits for many descriptors, at a cost that only those have that something happens to
 *
 * Each is told of once when something happens to it, and not again before something else does: who
 * is told and doesn't look at once has to remember it. That fits ZeroMQ's descriptors, which are
 * readable when a socket's state has changed (socket.h).
 *
 * Descriptors that are closed leave by themselves, unless a child of this process has them, too.
 * Then they may still be told of: hence numbers and not addresses of who is watched.
 */
#ifndef DD_POLLER_H_INCLUDED
#define DD_POLLER_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Tags that are told of at a time. */
#define DD_POLLER_AT_ONCE 64

typedef struct {
    int fd;      /* an epoll instance; itself readable while there is something to tell of */
    int wake_fd; /* an eventfd */
} dd_poller_t;

/* False for want of descriptors; then there is nothing to clear. */
bool dd_poller_init(dd_poller_t *self);
void dd_poller_clear(dd_poller_t *self);

/* Watches one for events as poll(2) has them, under a tag that isn't 0. One that is watched already
   gets the new tag. */
bool dd_poller_watch(dd_poller_t *self, int fd, short events, uint64_t tag);
/* Watches it no more. It must be open, and not have been closed meanwhile by somebody else. */
void dd_poller_forget(dd_poller_t *self, int fd);

/* Ends a wait, now or the next one. Any thread. */
void dd_poller_wake(dd_poller_t *self);

/* Waits for up to timeout_us (0: not at all, UINT64_MAX: for ever), which is exact when it is less
   than a millisecond and may be up to one late else. How many tags there are, some of them perhaps
   0; -1 when a signal was handled. */
int dd_poller_wait(dd_poller_t *self, uint64_t timeout_us, uint64_t tags[DD_POLLER_AT_ONCE]);

#endif
