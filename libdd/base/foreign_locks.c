/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * foreign_locks - calls of other libraries that take a lock of their own for the whole process
 */
#include "foreign_locks.h"

#include <pthread.h>
#include <sodium.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void hold(void)
{
    pthread_mutex_lock(&lock);
}

static void release(void)
{
    pthread_mutex_unlock(&lock);
}

static void watch_forks(void)
{
    pthread_atfork(hold, release, release);
}

void dd_foreign_locks_enter(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, watch_forks);
    pthread_mutex_lock(&lock);
}

void dd_foreign_locks_leave(void)
{
    pthread_mutex_unlock(&lock);
}

bool dd_foreign_locks_sodium(void)
{
    dd_foreign_locks_enter();
    bool begun = sodium_init() >= 0;
    dd_foreign_locks_leave();
    return begun;
}
