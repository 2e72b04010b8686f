/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * drain - orderly ends: of this broker, and of those who leave it
 */
#include "drain.h"

#include "remains.h"
#include "tree_links.h"

/* ms for those beneath to leave, once they are asked; for the parent's answer before goodbye; and
   for its goodbye. */
#define BENEATH_LIMIT 2000
#define PARENT_LIMIT 500

/* ms within which what the parent has sent last is acknowledged by those beneath, which libraries
   do after 50. */
#define ACKNOWLEDGE_LIMIT 60

#define WHY "the broker is shutting down"

/* ---- Those who leave ----------------------------------------------------------------------- */

/* What is asked of it goes on being answered, but nobody finds it any more, and nothing new is sent
   to it. */
static void let_go(core_t *self, peer_t *peer)
{
    if (peer->leaving)
        return;
    peer->leaving = true;
    remains_begin(self, peer);
    core_tell(self, peer, &(dd_record_t){.type = DD_DRAIN});
}

void drain_leave_parent(core_t *self)
{
    if (core_parent_ready(self))
        let_go(self, self->parent);
}

static void go_away(core_t *self, peer_t *parent, uint16_t code)
{
    parent->asked_to_go = dd_wire_error(code, DD_E_DRAINING);
    drain_leave_parent(self);
}

void drain_record(core_t *self, peer_t *peer, const dd_record_t *record)
{
    if (peer->role != ROLE_PARENT)
        let_go(self, peer);
    else if (record->code != DD_OK)
        go_away(self, peer, record->code);
    else if (peer->leaving)
        peer->bye_ms = self->now_ms + ACKNOWLEDGE_LIMIT;
}

void drain_say_bye(core_t *self)
{
    self->parent->bye_ms = 0;
    core_tell(self, self->parent, &(dd_record_t){.type = DD_BYE});
}

/* ---- This broker --------------------------------------------------------------------------- */

/* Clients of old protocols can't be asked, and who isn't registered has nothing to finish. */
void drain_begin(core_t *self)
{
    const dd_record_t request = {.type = DD_DRAIN, .code = DD_E_DRAINING, .text = dd_bytes_of(WHY)};
    self->drain = DRAIN_BENEATH;
    self->drain_ms = self->now_ms + BENEATH_LIMIT;
    peer_t *peer;
    DL_FOREACH (self->peers, peer) {
        if (peer->state == PEER_READY && !peer_is_old(peer))
            core_tell(self, peer, &request);
        else if (peer->state != PEER_ENDED)
            core_end(self, peer, DD_E_DRAINING, WHY);
    }
}

static bool is_alone(const core_t *self)
{
    const peer_t *peer;
    DL_FOREACH (self->peers, peer)
        if (peer->state != PEER_ENDED)
            return false;
    return true;
}

static void end_all(core_t *self)
{
    peer_t *peer;
    DL_FOREACH (self->peers, peer) {
        if (peer->state == PEER_ENDED)
            continue;
        peer->farewell = DD_BYE;
        core_end(self, peer, DD_E_DRAINING, WHY);
    }
}

/* All beneath have left, or their time is over. What the parent sent before it heard of that comes
   before the answer to this PING. */
static void turn_to_parent(core_t *self)
{
    end_all(self);
    self->drain = DRAIN_ABOVE;
    self->drain_ms = self->now_ms + PARENT_LIMIT;
    tree_links_ping(self);
}

static void leave_parent(core_t *self)
{
    if (core_parent_listens(self))
        core_tell(self, self->parent,
            &(dd_record_t){.type = DD_BYE, .code = DD_E_DRAINING, .text = dd_bytes_of(WHY)});
    self->drain = DRAIN_LEAVING;
    self->drain_ms = self->now_ms + PARENT_LIMIT;
}

void drain_go_on(core_t *self)
{
    bool late = self->now_ms >= self->drain_ms;
    if (self->drain == DRAIN_BENEATH && (late || is_alone(self)))
        turn_to_parent(self);
    if (self->drain == DRAIN_ABOVE && (late || !core_parent_listens(self) || !self->parent->pinged))
        leave_parent(self);
    if (self->drain == DRAIN_LEAVING && (late || !core_parent_listens(self)))
        self->drain = DRAIN_DONE;
}
