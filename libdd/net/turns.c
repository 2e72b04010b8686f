/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * turns - who may dial now
 */
#include "turns.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/hash.h"

/* Those who dial an endpoint, and those who wait for that. It is there as long as there are some.
   Whoever waits is never looked at before it is his turn, so that ten thousand may. */
struct dd_line {
    UT_hash_handle hh;
    dd_turn_t *waiting;
    unsigned dialing;
    char endpoint[];
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static dd_line_t *lines;

/* With the lock, as all that follows. NULL when out of memory. */
static dd_line_t *find_line(const char *endpoint)
{
    dd_line_t *line;
    size_t size = strlen(endpoint);
    HASH_FIND(hh, lines, endpoint, size, line);
    if (line || !(line = calloc(1, sizeof *line + size + 1)))
        return line;
    memcpy(line->endpoint, endpoint, size);
    HASH_ADD_KEYPTR(hh, lines, line->endpoint, size, line);
    if (line->hh.tbl)
        return line;
    free(line);
    return NULL;
}

static void drop_line(dd_line_t *line)
{
    if (line->dialing > 0 || line->waiting)
        return;
    HASH_DEL(lines, line);
    free(line);
}

static void grant_next(dd_line_t *line)
{
    dd_turn_t *next = line->waiting;
    if (!next || line->dialing == DD_TURNS_MAX)
        return;
    DL_DELETE(line->waiting, next);
    line->dialing++;
    next->granted = true;
    dd_waker_wake(&next->waker);
}

/* Where there is no memory for a line, nobody waits in it. */
void dd_turn_ask(dd_turn_t *self, const char *endpoint, dd_waker_t waker)
{
    pthread_mutex_lock(&lock);
    dd_line_t *line = find_line(endpoint);
    *self = (dd_turn_t){.line = line, .waker = waker};
    self->granted = !line || line->dialing < DD_TURNS_MAX;
    if (!self->granted)
        DL_APPEND(line->waiting, self);
    else if (line)
        line->dialing++;
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
    dd_line_t *line = self->line;
    pthread_mutex_lock(&lock);
    if (line && self->granted)
        line->dialing--;
    else if (line)
        DL_DELETE(line->waiting, self);
    if (line) {
        grant_next(line);
        drop_line(line);
    }
    pthread_mutex_unlock(&lock);
    *self = (dd_turn_t){0};
}

void dd_turns_begin_anew(void)
{
    pthread_mutex_init(&lock, NULL);
    lines = NULL;
}
