/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * waker - how whoever sleeps is told, from another thread, that there is something for it
 */
#ifndef DD_WAKER_H_INCLUDED
#define DD_WAKER_H_INCLUDED

#include <stdint.h>
#include <sys/eventfd.h>

/* All zero wakes nobody. What is called may take locks of its own, but not wait. */
typedef struct {
    void (*wake)(void *arg);
    void *arg;
} dd_waker_t;

static inline void dd_waker_write(void *arg)
{
    eventfd_write((int)(intptr_t)arg, 1);
}

/* One that writes to an eventfd. */
static inline dd_waker_t dd_waker_of(int fd)
{
    return (dd_waker_t){dd_waker_write, (void *)(intptr_t)fd};
}

static inline void dd_waker_wake(const dd_waker_t *self)
{
    if (self->wake)
        self->wake(self->arg);
}

#endif
