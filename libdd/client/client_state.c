/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client_state - a client's state, as the callers' side and its turns share it
 */
#include "client_state.h"

#include "libdd/net/context.h"

bool dd_client_is_inherited(const dd_client_t *self)
{
    return self->forks != dd_context_forks();
}

bool dd_client_is_mine(const dd_client_t *self)
{
    return self->started && !dd_client_is_inherited(self) &&
           dd_loop_is_in_turn(self->loop, &self->member);
}

void dd_client_wake(dd_client_t *self)
{
    dd_loop_call(self->loop, &self->member, 0);
}

void dd_client_unlock(dd_client_t *self)
{
    bool wake = self->asleep || self->news.first;
    self->asleep = false;
    pthread_mutex_unlock(&self->lock);
    if (wake)
        dd_client_wake(self);
}
