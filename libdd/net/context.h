/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * context - ZeroMQ contexts, and the one that all clients of a process share
 */
#ifndef DD_CONTEXT_H_INCLUDED
#define DD_CONTEXT_H_INCLUDED

#include "libdd/include/dd.h"

/* A context set up as this project needs it, for zmq_ctx_term(). NULL with errno set. */
void *dd_context_new(void);

/* The shared one, made for the first who asks; each call needs a dd_context_release(). On failure
   it is NULL, and *problem filled. Any thread. */
void *dd_context_acquire(dd_problem_t *problem);

/* The last one ends the context, and waits for what lingering sockets still have to send. */
void dd_context_release(void);

/* How often this process has come out of a fork since the first dd_context_acquire(): what was made
   at another number belongs to another process, whose threads aren't here. */
unsigned dd_context_forks(void);

#endif
