/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * turns - who may dial now
 */
#include "turns.h"

#include <pthread.h>
#include <stddef.h>
#include <string.h>
#include <sys/eventfd.h>

#include <utlist.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static dd_turn_t *turns; /* all that were asked for, of whatever endpoint */

/* Grants turns of an endpoint as far as there are some. With the lock. */
static void grant(const char *endpoint, const dd_turn_t *asking)
{
    unsigned granted = 0;
    dd_turn_t *turn;
    DL_FOREACH (turns, turn) {
        if (strcmp(turn->endpoint, endpoint) != 0)
            continue;
        if (!turn->granted && granted < DD_TURNS_MAX) {
            turn->granted = true;
            if (turn != asking && turn->wake_fd >= 0)
                eventfd_write(turn->wake_fd, 1);
        }
        granted += turn->granted;
    }
}

void dd_turn_ask(dd_turn_t *self, const char *endpoint, int wake_fd)
{
    *self = (dd_turn_t){.endpoint = endpoint, .wake_fd = wake_fd};
    pthread_mutex_lock(&lock);
    DL_APPEND(turns, self);
    grant(endpoint, self);
    pthread_mutex_unlock(&lock);
}

bool dd_turn_granted(dd_turn_t *self)
{
    pthread_mutex_lock(&lock);
    bool granted = self->granted;
    pthread_mutex_unlock(&lock);
    return granted;
}

void dd_turn_end(dd_turn_t *self)
{
    if (!self->endpoint)
        return;
    pthread_mutex_lock(&lock);
    DL_DELETE(turns, self);
    if (self->granted)
        grant(self->endpoint, NULL);
    pthread_mutex_unlock(&lock);
    *self = (dd_turn_t){0};
}

void dd_turns_begin_anew(void)
{
    pthread_mutex_init(&lock, NULL);
    turns = NULL;
}
