/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * poller - waits for many descriptors, at a cost that only those have that something happens to
 */
#include "poller.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define MS 1000u

_Static_assert(POLLIN == EPOLLIN && POLLRDHUP == EPOLLRDHUP, "poll's events are epoll's");

bool dd_poller_init(dd_poller_t *self)
{
    self->fd = epoll_create1(EPOLL_CLOEXEC);
    self->wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (self->fd >= 0 && self->wake_fd >= 0 && dd_poller_watch(self, self->wake_fd, POLLIN, 0))
        return true;
    dd_poller_clear(self);
    return false;
}

void dd_poller_clear(dd_poller_t *self)
{
    if (self->fd >= 0)
        close(self->fd);
    if (self->wake_fd >= 0)
        close(self->wake_fd);
    self->fd = self->wake_fd = -1;
}

bool dd_poller_watch(dd_poller_t *self, int fd, short events, uint64_t tag)
{
    struct epoll_event event = {.events = EPOLLET | (uint32_t)events, .data.u64 = tag};
    return epoll_ctl(self->fd, EPOLL_CTL_ADD, fd, &event) == 0 ||
           (errno == EEXIST && epoll_ctl(self->fd, EPOLL_CTL_MOD, fd, &event) == 0);
}

void dd_poller_forget(dd_poller_t *self, int fd)
{
    epoll_ctl(self->fd, EPOLL_CTL_DEL, fd, NULL);
}

/* Nobody reads it: each time that it is written to is told of. */
void dd_poller_wake(dd_poller_t *self)
{
    eventfd_write(self->wake_fd, 1);
}

/* As exactly as epoll_wait(2) can't. False when a signal was handled. */
static bool nap(int fd, uint64_t us)
{
    struct pollfd item = {.fd = fd, .events = POLLIN};
    const struct timespec time = {.tv_nsec = (long)us * 1000};
    return ppoll(&item, 1, &time, NULL) >= 0;
}

/* Rounded up, so that nothing comes too early. */
static int to_ms(uint64_t us)
{
    return us / MS >= INT_MAX ? -1 : (int)((us + MS - 1) / MS);
}

int dd_poller_wait(dd_poller_t *self, uint64_t timeout_us, uint64_t tags[DD_POLLER_AT_ONCE])
{
    struct epoll_event events[DD_POLLER_AT_ONCE];
    bool short_one = timeout_us > 0 && timeout_us < MS;
    if (short_one && !nap(self->fd, timeout_us))
        return -1;
    int count = epoll_wait(self->fd, events, DD_POLLER_AT_ONCE, short_one ? 0 : to_ms(timeout_us));
    for (int i = 0; i < count; i++)
        tags[i] = events[i].data.u64;
    return count;
}
