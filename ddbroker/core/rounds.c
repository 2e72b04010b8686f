/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rounds - looks at every peer but the parent, some at a time
 */
#include "rounds.h"

#include "core_state.h"

/* What it costs to end a peer, in units of a step; to look at one costs 1. */
#define END_UNITS 8

/* A round that was begun again while it was under way goes past the end. */
static peer_t *next_peer(core_t *core, round_t *self)
{
    peer_t *peer = self->peer.at ? self->peer.at : core->peers;
    if (peer)
        cursor_set(&core->cursors, &self->peer, peer->next);
    return peer;
}

static job_state_t step(void *context, job_t *job)
{
    core_t *core = context;
    round_t *self = (round_t *)job;
    for (int units = core_step_units(core); units > 0 && self->left > 0; units--) {
        peer_t *peer = next_peer(core, self);
        self->left = peer ? self->left - 1 : 0;
        if (!peer)
            break;
        self->look(core, peer);
        units -= peer->ending ? END_UNITS : 0;
    }
    return self->left > 0 ? JOB_GOES_ON : JOB_DONE;
}

static void done(void *context, job_t *job)
{
    core_t *core = context;
    cursor_set(&core->cursors, &((round_t *)job)->peer, NULL);
    jobs_remove(&core->jobs, job);
}

void rounds_begin(core_t *core, round_t *self, round_look_t *look)
{
    self->left = core->connections;
    if (self->job.line)
        return;
    self->job = (job_t){.step = step, .done = done};
    self->look = look;
    cursor_set(&core->cursors, &self->peer, core->peers);
    jobs_add_own(&core->jobs, JOBS_ROUNDS, &self->job);
}
