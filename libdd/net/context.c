/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * context - ZeroMQ contexts, and the one that all clients of a process share
 */
#include "context.h"

#include <errno.h>
#include <pthread.h>
#include <zmq.h>

#include "libdd/base/foreign_locks.h"
#include "libdd/base/malloc_tuning.h"
#include "libdd/base/problem.h"
#include "resolver.h"
#include "turns.h"

/* ZeroMQ's default of 1023 would do for 341 clients: each takes three. */
#define SOCKETS_MAX 32768
/* libzmq 4.3.4 knows it, Debian's zmq.h names it only among the drafts. Without it, a connection
   doesn't count who still uses the buffer it reads into, and takes a page of memory less. What is
   copied instead are frames below 8 KB, which CURVE copies anyway. */
#define ZERO_COPY_RECEIVE 10

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *context;
static unsigned users;
static unsigned forks;

/* In a child, which has none of the threads and finds locks as others held them. What was there is
   the parent's. */
static void begin_anew(void)
{
    pthread_mutex_init(&lock, NULL);
    context = NULL;
    users = 0;
    forks++;
    dd_turns_begin_anew();
    dd_resolver_begin_anew();
}

static void watch_forks(void)
{
    pthread_atfork(NULL, NULL, begin_anew);
}

unsigned dd_context_forks(void)
{
    return forks;
}

void *dd_context_new(void)
{
    dd_malloc_tuning_keep();
    dd_foreign_locks_enter();
    void *self = zmq_ctx_new();
    dd_foreign_locks_leave();
    if (self)
        zmq_ctx_set(self, ZERO_COPY_RECEIVE, 0);
    return self;
}

void *dd_context_acquire(dd_problem_t *problem)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
    pthread_mutex_lock(&lock);
    if (!context && (context = dd_context_new()))
        zmq_ctx_set(context, ZMQ_MAX_SOCKETS, SOCKETS_MAX);
    void *result = context;
    if (result)
        users++;
    else
        dd_problem(problem, DD_E_NETWORK, "can't start ZeroMQ: %s", zmq_strerror(zmq_errno()));
    pthread_mutex_unlock(&lock);
    return result;
}

void dd_context_release(void)
{
    pthread_mutex_lock(&lock);
    void *last = --users == 0 ? context : NULL;
    if (last)
        context = NULL;
    pthread_mutex_unlock(&lock);
    while (last && zmq_ctx_term(last) != 0 && zmq_errno() == EINTR)
        ;
}
