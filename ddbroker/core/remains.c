/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * remains - what is left of a peer that nothing is reached through any more
 */
#include "remains.h"

#include <stdlib.h>

#include "beneath.h"
#include "contests.h"
#include "foreign.h"
#include "notifications.h"
#include "old_clients.h"
#include "publications.h"
#include "registration.h"

/* What is done at once is so small a part of a step, and enough for most clients. */
#define PART_AT_ONCE 8

/* Gives back what a frame holds that a gone peer never got. That is notifications only: of
   publications that it missed, the other broker tells all beyond a link that may be missing some,
   and a client's library tells itself. */
static int return_frame(core_t *self, const peer_t *peer, const dd_frame_t *unsent, int units)
{
    dd_reader_t frame;
    dd_record_t record;
    bool valid = dd_frame_open(&frame, unsent->data, unsent->size);
    for (; valid && dd_frame_more(&frame) && dd_frame_next(&frame, &record) == DD_OK; units--)
        notifications_return(self, peer, &record);
    return units;
}

static dd_frame_t *take_unsent(peer_t *peer)
{
    if (peer->shares)
        link_outbox_refill(peer->shares);
    return dd_outbox_take(&peer->outbox);
}

static int return_unsent(core_t *self, peer_t *peer, int units)
{
    dd_frame_t *unsent;
    while (units > 0 && (unsent = take_unsent(peer))) {
        units = return_frame(self, peer, unsent, units - 1);
        dd_frame_free(unsent);
    }
    return units;
}

/* True if nothing is left. */
static bool remove_some(core_t *self, peer_t *peer, int units)
{
    units = publications_forget(self, peer, units);
    units = registration_forget(self, peer, units);
    if (peer->state == PEER_ENDED) /* else it only leaves, and still answers for those beneath it */
        units = beneath_forget(self, peer, units);
    if (peer->over)
        units = return_unsent(self, peer, units);
    return units > 0;
}

static job_state_t step(void *core, job_t *job)
{
    peer_t *peer = (peer_t *)((char *)job - offsetof(peer_t, remains));
    return remove_some(core, peer, core_step_units(core)) ? JOB_DONE : JOB_GOES_ON;
}

static void done(void *core, job_t *job)
{
    core_t *self = core;
    peer_t *peer = (peer_t *)((char *)job - offsetof(peer_t, remains));
    jobs_remove(&self->jobs, job);
    if (!peer->over)
        return;
    old_clients_forget(peer);
    dd_outbox_join(&peer->outbox, NULL);
    link_outbox_destroy(&peer->shares);
    foreign_clear(peer);
    free(peer->departures);
    free(peer);
}

static void go_on(core_t *self, peer_t *peer)
{
    if (peer_is_link(peer))
        contests_forget(self, peer);
    if (peer->remains.line)
        return;
    peer->remains = (job_t){.step = step, .done = done};
    if (remove_some(self, peer, 1 + core_step_units(self) / PART_AT_ONCE))
        done(self, &peer->remains);
    else
        jobs_add_own(&self->jobs, JOBS_REMAINS, &peer->remains);
}

void remains_begin(core_t *self, peer_t *peer)
{
    peer->absent = true;
    go_on(self, peer);
}

void remains_free(core_t *self, peer_t *peer)
{
    peer->absent = peer->over = true;
    go_on(self, peer);
}
