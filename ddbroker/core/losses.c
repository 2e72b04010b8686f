/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * losses - publications that a peer missed: counted, or perhaps missed, and told in a GAP
 *
 * What is lost to a full outbox is counted. What a link has lost when it ends nobody can count: who
 * holds an interest that it was told of gets a GAP of number 0, and so do all beyond the other
 * links. These are all holders of all interests but the ended link itself, so that it is enough to
 * count the links that have ended: a subscription is unsure while it hasn't been told of the last.
 *
 * Nothing is left out for its path. An ended child's scope doesn't say what was beneath it: brokers
 * may have scopes that aren't beneath their parents', and a standby root has its parent's.
 */
#include "losses.h"

static bool is_unsure(const core_t *self, const subscription_t *subscription)
{
    uint64_t missed = self->interests.cuts - subscription->cuts;
    bool spared = subscription->key.peer->spared_cut == self->interests.cuts;
    return missed > (spared ? 1 : 0);
}

/* Whether there is something to tell. These stand first in their peer's list, so that a peer that
   doesn't read costs the same, however many others it has. */
static bool is_due(const core_t *self, const subscription_t *subscription)
{
    return subscription->lost > 0 || is_unsure(self, subscription);
}

static void put_first(core_t *self, subscription_t *subscription)
{
    peer_t *peer = subscription->key.peer;
    peer->lossy = true;
    if (is_due(self, subscription))
        return;
    cursor_pass(&self->interests.held_cursors, subscription, subscription->next);
    DL_DELETE(peer->subscriptions, subscription);
    DL_PREPEND(peer->subscriptions, subscription);
}

/* Once nothing is left to tell of it. */
static void put_last(core_t *self, subscription_t *subscription)
{
    peer_t *peer = subscription->key.peer;
    if (is_due(self, subscription))
        return;
    cursor_pass(&self->interests.held_cursors, subscription, subscription->next);
    DL_DELETE(peer->subscriptions, subscription);
    DL_APPEND(peer->subscriptions, subscription);
}

/* ---- What is lost -------------------------------------------------------------------------- */

void losses_count(core_t *self, subscription_t *subscription, uint64_t count)
{
    put_first(self, subscription);
    interest_count_lost(&subscription->lost, count);
    topics_lost(subscription->topic, count, self->now_ms);
}

/* Also if the last one is one that it was spared. */
static void make_unsure(core_t *self, subscription_t *subscription)
{
    put_first(self, subscription);
    subscription->cuts = subscription->key.peer->cuts = self->interests.cuts - 2;
}

static void wake(core_t *self, peer_t *peer)
{
    if (peer->state != PEER_READY || !peer->subscriptions || peer->cuts == self->interests.cuts)
        return;
    peer->lossy = true;
    losses_go_on(self, peer);
}

static uint64_t cut(core_t *self)
{
    self->cut_stamp = self->publications;
    return ++self->interests.cuts;
}

/* The count alone makes all unsure, and before its next publication each peer is told. Those that
   get none are looked for here; what they are told is worked out as their outboxes have room. */
void losses_suspect(core_t *self)
{
    cut(self);
    rounds_begin(self, &self->losses_round, wake);
    if (self->parent)
        wake(self, self->parent);
}

/* Those beneath the child were told when it left the parent it had. */
void losses_subtree_moved(core_t *self, peer_t *child)
{
    child->spared_cut = cut(self);
    if (self->parent && !self->parent->synced)
        self->parent->doubted = true;
}

void losses_got_late(core_t *self, subscription_t *holder, uint64_t stamp)
{
    if (stamp <= self->cut_stamp && !holder->key.peer->absent)
        make_unsure(self, holder);
}

void losses_wanted(core_t *self, subscription_t *subscription)
{
    const peer_t *peer = subscription->key.peer;
    if (peer->doubted && !peer->synced)
        make_unsure(self, subscription);
}

void losses_spread(core_t *self, subscription_t *holder, uint64_t count, uint64_t stamp)
{
    peer_t *peer = holder->key.peer;
    if (peer->absent || (count > 0 && peer->stamp == stamp))
        return;
    peer->stamp = stamp;
    if (count > 0)
        losses_count(self, holder, count);
    else
        make_unsure(self, holder);
    core_touch(self, peer);
}

/* ---- Telling ------------------------------------------------------------------------------- */

static dd_record_t gap(const subscription_t *subscription, uint64_t number)
{
    interest_key_t key = interest_key(subscription->key.interest);
    return (dd_record_t){.type = DD_GAP,
        .number = number,
        .tenant = key.tenant,
        .topic = key.topic,
        .scope = key.path};
}

/* How much was lost, and that it may have been more, are told apart, the number first. Who was
   warned, and has got nothing since, needs no other word. */
static bool tell(core_t *self, peer_t *peer, subscription_t *subscription)
{
    dd_record_t record = gap(subscription, subscription->lost);
    bool counted = subscription->lost > 0, needed = counted || !subscription->warned;
    if (needed && core_send(self, peer, &record) != DD_OK)
        return false;
    if (counted)
        subscription->lost = 0;
    else {
        subscription->warned = !peer_is_link(peer);
        subscription->cuts = self->interests.cuts;
    }
    put_last(self, subscription);
    return true;
}

void losses_tell_last(core_t *self, const subscription_t *subscription)
{
    dd_record_t record = gap(subscription, 0);
    if (is_unsure(self, subscription) && !subscription->warned)
        core_tell(self, subscription->key.peer, &record);
}

static void pass_over(core_t *self, subscription_t *subscription)
{
    subscription->cuts = self->interests.cuts;
    put_last(self, subscription);
}

/* Whether one of the stamped interests in the same topic brings all that this one does. */
static bool is_within_another(const core_t *self, const interest_t *interest, uint64_t stamp)
{
    interest_key_t key = interest_key(interest);
    interest_match_t match = interest_match(&self->interests, key.tenant, key.topic, 0, key.path);
    const interest_t *other;
    while ((other = interest_next(&match)))
        if (other != interest && other->stamp == stamp && other->topic_size == interest->topic_size)
            return true;
    return false;
}

/* Subscriptions of a client of which the widest are looked for: one with more is told by each. */
#define WIDEST_OF 500

/* A client gets one copy of a publication, however many of its subscriptions match; and it is told
   once that it may have missed some, by the widest of its subscriptions to the topic. (A link is
   told by each: what is beyond it may have any one of them.) */
static void keep_widest(core_t *self, peer_t *client)
{
    uint64_t stamp = ++self->publications;
    subscription_t *subscription, *next;
    DL_FOREACH_SAFE (client->subscriptions, subscription, next) {
        if (!is_due(self, subscription))
            break;
        if (subscription->key.interest->stamp == stamp)
            pass_over(self, subscription); /* the same, by another pattern */
        else if (is_unsure(self, subscription))
            subscription->key.interest->stamp = stamp;
    }
    DL_FOREACH_SAFE (client->subscriptions, subscription, next) {
        if (!is_due(self, subscription))
            return;
        if (is_unsure(self, subscription) &&
            is_within_another(self, subscription->key.interest, stamp))
            pass_over(self, subscription);
    }
}

typedef enum { TOLD_ALL, TOLD_SOME, NO_ROOM } telling_t;

/* What there is to tell of so many subscriptions. */
static telling_t tell_some(core_t *self, peer_t *peer, int units)
{
    bool few = !peer_is_link(peer) && peer->subscription_count <= WIDEST_OF;
    if (peer->absent || peer_is_told_names(peer))
        return TOLD_ALL;
    if (peer->cuts != self->interests.cuts && few)
        keep_widest(self, peer);
    peer->cuts = self->interests.cuts;
    for (; peer->subscriptions && is_due(self, peer->subscriptions); units--) {
        if (units <= 0)
            return TOLD_SOME;
        if (!tell(self, peer, peer->subscriptions))
            return NO_ROOM;
    }
    peer->lossy = false;
    return TOLD_ALL;
}

static bool tell_whole(core_t *self, peer_t *peer, subscription_t *subscription)
{
    while (is_due(self, subscription))
        if (!tell(self, peer, subscription))
            return false;
    return true;
}

/* By all interests that the publication meets: beyond a link there may be somebody for each, and of
   a client the widest tells for others. A link has many more to tell than these. */
static bool tell_link_met(core_t *self, peer_t *link, interest_match_t match)
{
    interest_t *interest;
    while ((interest = interest_next(&match))) {
        dd_scope_t path;
        dd_scope_parse_pattern(&path, interest_key(interest).path);
        subscription_t *met = interest_held(&self->interests, link, interest, &path);
        if (met && !tell_whole(self, link, met))
            return false;
    }
    return true;
}

static bool tell_client_met(core_t *self, peer_t *client, interest_match_t match)
{
    interest_t *interest;
    uint64_t stamp = ++self->publications;
    while ((interest = interest_next(&match)))
        interest->stamp = stamp;
    subscription_t *subscription, *next;
    DL_FOREACH_SAFE (client->subscriptions, subscription, next) {
        if (!is_due(self, subscription))
            break;
        if (subscription->key.interest->stamp == stamp && !tell_whole(self, client, subscription))
            return false;
    }
    return true;
}

bool losses_tell(core_t *self, peer_t *peer, interest_match_t match)
{
    switch (tell_some(self, peer, core_step_units(self))) {
    case TOLD_ALL:
        return true;
    case TOLD_SOME:
        losses_go_on(self, peer);
        return peer_is_link(peer) ? tell_link_met(self, peer, match)
                                  : tell_client_met(self, peer, match);
    default:
        return false;
    }
}

/* ---- A few at a time ----------------------------------------------------------------------- */

static job_state_t step(void *context, job_t *job)
{
    core_t *self = context;
    (void)job;
    for (int units = core_step_units(self); units > 0 && self->lossy; units--) {
        peer_t *peer = self->lossy;
        telling_t told = tell_some(self, peer, 1);
        losses_forget(self, peer);
        if (told == TOLD_SOME)
            losses_go_on(self, peer);
    }
    return self->lossy ? JOB_GOES_ON : JOB_DONE;
}

static void done(void *context, job_t *job)
{
    jobs_remove(&((core_t *)context)->jobs, job);
}

void losses_go_on(core_t *self, peer_t *peer)
{
    if (peer->in_lossy || peer->absent)
        return;
    peer->in_lossy = true;
    DL_APPEND2(self->lossy, peer, prev_lossy, next_lossy);
    if (self->losses.line)
        return;
    self->losses = (job_t){.step = step, .done = done};
    jobs_add_own(&self->jobs, JOBS_LOSSES, &self->losses);
}

void losses_forget(core_t *self, peer_t *peer)
{
    if (!peer->in_lossy)
        return;
    peer->in_lossy = false;
    DL_DELETE2(self->lossy, peer, prev_lossy, next_lossy);
}
