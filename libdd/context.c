/*
 * context - the one ZeroMQ context that all clients of a process share
 */
#include "context.h"

#include <errno.h>
#include <pthread.h>
#include <zmq.h>

#include "heap.h"
#include "problem.h"

/* ZeroMQ's default of 1023 would do for 341 clients: each takes three. */
#define SOCKETS_MAX 32768

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static void *context;
static unsigned users;

void *dd_context_acquire(dd_problem_t *problem)
{
    pthread_mutex_lock(&lock);
    if (!context && (context = zmq_ctx_new())) {
        zmq_ctx_set(context, ZMQ_MAX_SOCKETS, SOCKETS_MAX);
        dd_heap_keep();
    }
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
