/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * event_queue - events that wait for the application
 */
#include "event_queue.h"

#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* ms between two looks of who waits without a descriptor. */
#define LOOK_INTERVAL 10

struct dd_event_queue {
    size_t limit;
    pthread_mutex_t lock; /* guards what follows */
    int fd; /* an eventfd, not 0 while the list isn't empty; -1: nobody needs it yet */
    dd_event_list_t list;
    bool wanted; /* it was found full */
    bool ended;
    unsigned waiters;
};

dd_event_queue_t *dd_event_queue_new(void)
{
    dd_event_queue_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->fd = -1;
    pthread_mutex_init(&self->lock, NULL);
    return self;
}

void dd_event_queue_destroy(dd_event_queue_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    dd_event_list_clear(&(*self_p)->list);
    pthread_mutex_destroy(&(*self_p)->lock);
    if ((*self_p)->fd >= 0)
        close((*self_p)->fd);
    free(*self_p);
    *self_p = NULL;
}

void dd_event_queue_set_limit(dd_event_queue_t *self, size_t limit)
{
    self->limit = limit;
}

void dd_event_queue_put(dd_event_queue_t *self, dd_event_list_t *news)
{
    if (!news->first)
        return;
    pthread_mutex_lock(&self->lock);
    if (!self->list.first && self->fd >= 0)
        eventfd_write(self->fd, 1);
    dd_event_list_join(&self->list, news);
    pthread_mutex_unlock(&self->lock);
}

bool dd_event_queue_is_full(dd_event_queue_t *self)
{
    pthread_mutex_lock(&self->lock);
    self->wanted = self->list.bytes >= self->limit;
    bool full = self->wanted;
    pthread_mutex_unlock(&self->lock);
    return full;
}

/* The end makes the descriptor readable only while somebody waits here, so that no one who polls it
   finds it so for ever. With the lock. */
static void show(dd_event_queue_t *self)
{
    eventfd_t count;
    bool readable = self->list.first || (self->ended && self->waiters > 0);
    if (self->fd < 0)
        return;
    eventfd_read(self->fd, &count);
    if (readable)
        eventfd_write(self->fd, 1);
}

int dd_event_queue_fd(dd_event_queue_t *self)
{
    pthread_mutex_lock(&self->lock);
    if (self->fd < 0) {
        self->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        show(self);
    }
    int fd = self->fd;
    pthread_mutex_unlock(&self->lock);
    return fd;
}

/* With the lock. */
static bool is_over(const dd_event_queue_t *self)
{
    return self->ended && !self->list.first;
}

bool dd_event_queue_is_over(dd_event_queue_t *self)
{
    pthread_mutex_lock(&self->lock);
    bool over = is_over(self);
    pthread_mutex_unlock(&self->lock);
    return over;
}

void dd_event_queue_end(dd_event_queue_t *self)
{
    pthread_mutex_lock(&self->lock);
    if (!self->ended) {
        self->ended = true;
        show(self);
    }
    pthread_mutex_unlock(&self->lock);
}

/* Counts who waits. Whether there is something to wait for. */
static bool begin_waiting(dd_event_queue_t *self)
{
    pthread_mutex_lock(&self->lock);
    bool ended = is_over(self);
    self->waiters += !ended;
    pthread_mutex_unlock(&self->lock);
    return !ended;
}

static bool end_waiting(dd_event_queue_t *self)
{
    pthread_mutex_lock(&self->lock);
    self->waiters--;
    bool ended = is_over(self);
    if (ended)
        show(self);
    pthread_mutex_unlock(&self->lock);
    return !ended;
}

bool dd_event_queue_wait(dd_event_queue_t *self, int timeout_ms)
{
    if (!begin_waiting(self))
        return false;
    struct pollfd item = {.fd = dd_event_queue_fd(self), .events = POLLIN};
    if (item.fd < 0 && (timeout_ms < 0 || timeout_ms > LOOK_INTERVAL))
        timeout_ms = LOOK_INTERVAL;
    bool interrupted = poll(&item, 1, timeout_ms) < 0;
    return end_waiting(self) && !interrupted;
}

dd_event_node_t *dd_event_queue_take(dd_event_queue_t *self, bool *room)
{
    pthread_mutex_lock(&self->lock);
    dd_event_node_t *node = dd_event_list_take(&self->list);
    if (node && !self->list.first)
        show(self);
    *room = self->wanted && self->list.bytes <= self->limit / 2;
    if (*room)
        self->wanted = false;
    pthread_mutex_unlock(&self->lock);
    return node;
}
