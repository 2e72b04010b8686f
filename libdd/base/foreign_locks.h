/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * foreign_locks - calls of other libraries that take a lock of their own for the whole process
 *
 * If one of them runs in a thread while another forks, the child finds its lock held for ever:
 * sodium_init(), json-c's parser, which has the C library change the locale, and zmq_ctx_new(),
 * which calls the first. So they are called between these two, for which a fork waits. Any thread;
 * not one within another.
 */
#ifndef DD_FOREIGN_LOCKS_H_INCLUDED
#define DD_FOREIGN_LOCKS_H_INCLUDED

#include <stdbool.h>

void dd_foreign_locks_enter(void);
void dd_foreign_locks_leave(void);

/* sodium_init() between them; false if libsodium can't be used. */
bool dd_foreign_locks_sodium(void);

#endif
