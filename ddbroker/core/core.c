/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * core - the broker's state and rules, without sockets, files and clocks
 */
#include "core.h"

#include <sodium.h>
#include <stdlib.h>

#include "admission.h"
#include "contests.h"
#include "dispatch.h"
#include "drain.h"
#include "drop_notes.h"
#include "fanout.h"
#include "inspect.h"
#include "losses.h"
#include "notifications.h"
#include "operators.h"
#include "publications.h"
#include "refusal_notes.h"
#include "registration.h"
#include "remains.h"
#include "rotation.h"
#include "standing.h"
#include "tree_links.h"

/* A peer that was silent for so many heartbeats is lost. */
#define HEARTBEATS_MISSED 3
/* ms between two looks at all peers. */
#define SCAN_INTERVAL 500
/* ms between two answers to somebody who was told already that the broker doesn't know it. */
#define COMPLAINT_INTERVAL 1000

/* Steps of long work in a turn. Together they take about a quarter of a ms. */
#define STEPS_AT_ONCE 4

/* ---- Sending ------------------------------------------------------------------------------- */

peer_t *core_next_dirty(core_t *self)
{
    peer_t *peer = self->dirty;
    if (peer) {
        core_untouch(self, peer);
        return peer;
    }
    fanout_turn(self);
    self->work = 0;
    return NULL;
}

void core_not_flushed(core_t *self, peer_t *peer)
{
    core_touch(self, peer);
}

/* Tells a peer how much was taken in from it, once it has been told its window. What fails for want
   of memory goes with its next frame, which is a PING at the latest. */
static void tell_taken(core_t *self, peer_t *peer)
{
    if (peer->state != PEER_READY || !dd_window_is_due(peer->window, peer->taken - peer->told) ||
        peer->outbox.taken < peer->window_from)
        return;
    const dd_record_t record = {.type = DD_TAKEN, .number = peer->taken};
    if (!dd_outbox_put_ahead(&peer->outbox, &record))
        return;
    peer->told = peer->taken;
    core_touch(self, peer);
}

void core_flushed(core_t *self, peer_t *peer)
{
    if (dd_outbox_is_held(&peer->outbox))
        return; /* its TAKEN has it sent on */
    tell_taken(self, peer);
    if (peer->shares && link_outbox_refill(peer->shares))
        core_touch(self, peer);
    if (peer->lossy)
        losses_go_on(self, peer);
    jobs_resume(&self->jobs, &peer->waiting);
}

/* ---- What peers don't get ------------------------------------------------------------------- */

static void tell_of_troubles(core_t *self, peer_t *peer)
{
    drop_notes_tell_of_peer(self, peer);
    refusal_notes_tell_of_peer(self, peer);
}

/* Before the word of its end, which is the last one about a peer. */
static void tell_last_troubles(core_t *self, peer_t *peer)
{
    if (peer->state != PEER_READY)
        return;
    drop_notes_tell_last(self, peer);
    refusal_notes_tell_last(self, peer);
}

/* ---- Ending peers -------------------------------------------------------------------------- */

/* Takes back all that the broker knows through a registered peer. */
static void forget(core_t *self, peer_t *peer)
{
    if (peer->state == PEER_WAITING)
        contests_withdraw(self, dd_name_bytes(&peer->name), peer, peer->instance);
    if (peer->state != PEER_READY)
        return;
    peer->state = PEER_ENDED; /* first, so that nothing below is told to it */
    if (peer->role == ROLE_CLIENT)
        peer->quota->registered--;
    rotation_count(self, peer);
    inspect_forget(self, peer);
    losses_forget(self, peer);
    if (peer_is_link(peer)) {
        tree_links_forget(self, peer);
        losses_suspect(self);
    }
    remains_begin(self, peer);
}

static bool is_broker(const peer_t *peer, const uint8_t *id)
{
    return memcmp(peer->id, id, DD_BROKER_ID_SIZE) == 0;
}

/* A root asks a parent that is beneath it again and again, and so does a broker that is told of
   itself as a parent. That is as they are configured, and told once where it shows first. */
static bool log_end_of_loop(core_t *self, const peer_t *peer)
{
    if (peer->ending != DD_E_LOOP)
        return false;
    if (peer == self->parent) {
        core_event(self, peer, self->is_root ? DD_LOG_DEBUG : DD_LOG_NOTICE,
            "this broker is the root: its parent is beneath it");
        return true;
    }
    bool is_known =
        is_broker(peer, self->id) || (self->parent && is_broker(self->parent, peer->id));
    if (is_known)
        core_event(self, peer, DD_LOG_DEBUG, "broker %s has asked to join, and stays above",
            peer->name.text);
    return is_known;
}

static void log_end(core_t *self, const peer_t *peer)
{
    char text[PEER_TEXT_MAX];
    bool closed = peer->ending == DD_E_CLOSED; /* which says no more than the words do */
    bool expected = closed || peer->ending == DD_E_DRAINING;
    if (log_end_of_loop(self, peer))
        return;
    if (expected && peer->role == ROLE_OBSERVER) {
        core_event(self, peer, DD_LOG_DEBUG, "%s has looked: %s", peer_text(peer, text), peer->why);
        return;
    }
    core_event(self, peer, expected ? DD_LOG_INFO : DD_LOG_WARNING, "%s ended: %s%s%s%s",
        peer_text(peer, text), peer->why, closed ? "" : " (",
        closed ? "" : dd_strerror(peer->ending), closed ? "" : ")");
}

static void log_gone(core_t *self, const peer_t *peer)
{
    char text[PEER_TEXT_MAX];
    if (peer->role == ROLE_OBSERVER)
        core_event(self, peer, DD_LOG_DEBUG, "%s has looked", peer_text(peer, text));
    else
        core_event(self, peer, peer_is_link(peer) ? DD_LOG_WARNING : DD_LOG_INFO, "%s is gone",
            peer_text(peer, text));
}

static void end(core_t *self, peer_t *peer)
{
    if (peer->state == PEER_ENDED)
        return;
    tell_last_troubles(self, peer);
    log_end(self, peer);
    forget(self, peer);
    peer->state = PEER_ENDED;
    peer->complained_ms = self->now_ms;
    dd_record_t record = {.type = peer->farewell,
        .code = peer->ending == DD_E_CLOSED ? DD_OK : (uint16_t)peer->ending,
        .text = dd_bytes_of(peer->why)};
    if (peer->farewell)
        core_append(self, peer, &record, DD_OUTBOX_URGENT, NULL);
}

/* Ends whom core_end() named; that may name others. */
static void reap(core_t *self)
{
    while (self->ending) {
        peer_t *peer = self->ending;
        LL_DELETE2(self->ending, peer, next_ending);
        end(self, peer);
    }
}

/* ---- Connections --------------------------------------------------------------------------- */

static peer_t *new_peer(core_t *self, role_t role, void *route)
{
    peer_t *peer = calloc(1, sizeof *peer);
    if (!peer)
        return NULL;
    peer->role = role;
    peer->protocol = DD_FRAME_VERSION;
    peer->payload_max = UINT32_MAX;
    peer->keys = self->keys;
    peer->farewell = DD_ERROR;
    peer->route = route;
    peer->since_ms = peer->heard_ms = self->now_ms;
    peer->heartbeat = self->settings.heartbeat;
    dd_outbox_init(&peer->outbox,
        role & ROLE_LINK ? self->settings.outbox_link : self->settings.outbox_client);
    if (!(role & ROLE_LINK) || (peer->shares = link_outbox_new(&peer->outbox)))
        return peer;
    free(peer);
    return NULL;
}

/* Makes a peer one of its tenant's, or with NULL an operator's. False when out of memory. */
static bool set_owner(core_t *self, peer_t *peer, const dd_tenant_t *tenant)
{
    if (tenant)
        memcpy(peer->tenant, tenant->name, sizeof peer->tenant);
    peer->quota = tenant ? quotas_of(&self->quotas, peer_tenant(peer), self->now_ms)
                         : operators_quota(self, peer->key);
    if (peer->quota)
        dd_outbox_join(&peer->outbox, &peer->quota->outbox);
    return peer->quota;
}

peer_t *core_connect(core_t *self, const uint8_t key[DD_KEY_SIZE], void *route, uint64_t now_ms)
{
    self->now_ms = now_ms;
    const dd_tenant_t *tenant;
    int role = standing_role(self, key, &tenant);
    peer_t *peer = role == 0 ? NULL : new_peer(self, (role_t)role, route);
    if (!peer)
        return NULL;
    memcpy(peer->key, key, DD_KEY_SIZE);
    if (role != ROLE_CHILD && !set_owner(self, peer, tenant)) {
        free(peer);
        return NULL;
    }
    DL_APPEND(self->peers, peer);
    admission_take_place(self, peer);
    reap(self);
    return peer;
}

peer_t *core_connect_parent(core_t *self, void *route, uint64_t now_ms)
{
    self->now_ms = now_ms;
    peer_t *peer = new_peer(self, ROLE_PARENT, route);
    if (!peer)
        return NULL;
    memcpy(peer->key, dd_keyring_broker_key(self->keyring), DD_KEY_SIZE);
    self->parent = peer;
    tree_links_ask(self, peer);
    reap(self);
    return peer;
}

peer_t *core_connect_self(core_t *self, void *route, uint64_t now_ms)
{
    self->now_ms = now_ms;
    peer_t *peer = new_peer(self, ROLE_OPERATOR, route);
    if (!peer)
        return NULL;
    peer->is_self = true;
    peer->state = PEER_READY;
    peer_set_name(peer, dd_bytes_of(self->name));
    return peer;
}

void core_ask(core_t *self, peer_t *peer, const char *what, uint32_t ref, uint64_t now_ms)
{
    self->now_ms = now_ms;
    const dd_record_t record = {.type = DD_INSPECT, .ref = ref, .text = dd_bytes_of(what)};
    inspect_question(self, peer, &record);
    reap(self);
}

/* Somebody goes on talking after it was ended: says so again, but not for every frame. */
static void complain(core_t *self, peer_t *peer)
{
    if (peer->role == ROLE_PARENT || self->now_ms < peer->complained_ms + COMPLAINT_INTERVAL)
        return;
    peer->complained_ms = self->now_ms;
    dd_record_t record = {.type = DD_ERROR, .code = DD_E_UNKNOWN_PEER};
    core_append(self, peer, &record, DD_OUTBOX_URGENT, NULL);
}

/* Whether all that was taken in is valid. */
static bool take_records(core_t *self, peer_t *peer, dd_reader_t *frame)
{
    bool valid = true;
    while (valid && dd_frame_more(frame) && !peer->ending) {
        dd_record_t record;
        valid = dd_frame_next(frame, &record) == DD_OK;
        if (valid)
            dispatch_record(self, peer, &record);
        if (self->ending)
            reap(self); /* the next record counts on it */
        if (core_is_worn(self))
            break;
    }
    return valid;
}

size_t core_input_from(
    core_t *self, peer_t *peer, const void *data, size_t size, size_t at, uint64_t now_ms)
{
    self->now_ms = now_ms;
    if (peer->state == PEER_ENDED) {
        complain(self, peer);
        return size;
    }
    peer->heard_ms = now_ms;
    standing_check(self, peer);
    dd_reader_t frame = dd_reader((const uint8_t *)data + at, size - at);
    bool valid = at > 0 || dd_frame_open(&frame, data, size);
    if (!valid || !take_records(self, peer, &frame))
        core_end(self, peer, DD_E_MALFORMED, "it sent bytes that are no record");
    reap(self);
    if (!peer->ending && dd_frame_more(&frame))
        return size - dd_reader_left(&frame);
    peer->taken += dd_window_count(size);
    tell_taken(self, peer);
    return size;
}

void core_input(core_t *self, peer_t *peer, const void *data, size_t size, uint64_t now_ms)
{
    size_t at = 0;
    do
        at = core_input_from(self, peer, data, size, at, now_ms);
    while (at < size);
}

void core_bad_input(core_t *self, peer_t *peer, uint64_t now_ms)
{
    self->now_ms = now_ms;
    if (peer->state == PEER_ENDED)
        return;
    core_end(self, peer, DD_E_MALFORMED, "it sent a message that is none of its protocol");
    reap(self);
}

void core_refused(core_t *self, peer_t *peer, dd_error_t code)
{
    core_count_refused(self, peer, code);
}

bool core_serves(const core_t *self, dd_bytes_t name)
{
    const entry_t *entry = directory_find(&self->directory, name);
    return entry && !peer_is_link(entry->via);
}

void core_gone(peer_t *peer)
{
    peer->gone = true;
}

void core_disconnect(core_t *self, peer_t *peer, uint64_t now_ms)
{
    self->now_ms = now_ms;
    tell_last_troubles(self, peer);
    if (peer->state != PEER_ENDED && !peer->is_self)
        log_gone(self, peer);
    forget(self, peer);
    if (peer == self->parent) {
        self->is_root = peer->ending == DD_E_LOOP;
        self->parent = NULL;
    } else if (!peer->is_self) {
        cursor_pass(&self->cursors, peer, peer->next);
        DL_DELETE(self->peers, peer);
        admission_leave_place(self, peer);
    }
    core_untouch(self, peer);
    peer->route = NULL;
    remains_free(self, peer);
    reap(self);
}

parents_t *core_parents(core_t *self)
{
    return &self->parents;
}

void core_parent_joined(core_t *self, uint64_t now_ms)
{
    self->now_ms = now_ms;
    parents_joined(&self->parents, now_ms);
    move_joined(self);
}

bool core_parent_failed(core_t *self, parent_health_t health, const char *why, uint64_t now_ms)
{
    self->now_ms = now_ms;
    move_failed(self, why);
    bool all_tried = parents_failed(&self->parents, health, now_ms);
    if (all_tried)
        move_all_tried(self);
    return all_tried;
}

void core_set_parents(core_t *self, const dd_endpoints_t *parents)
{
    move_forget(self);
    self->settings.has_parent = parents->count > 0;
    parents_set(&self->parents, parents);
}

void core_leave_parent(core_t *self, uint64_t now_ms)
{
    self->now_ms = now_ms;
    if (core_parent_ready(self))
        drain_leave_parent(self);
    else if (self->parent && !self->parent->leaving)
        core_end(self, self->parent, DD_E_CLOSED, "this broker moves to another parent");
    reap(self);
}

/* Answers wait for the next ms. */
static bool rests(const core_t *self)
{
    return self->jobs.tenant_ring && !self->is_behind && !core_may_answer(self);
}

/* When the parent is said goodbye to. */
static uint64_t bye_due(const core_t *self)
{
    return self->parent && self->parent->bye_ms > 0 ? self->parent->bye_ms : UINT64_MAX;
}

uint64_t core_due(const core_t *self)
{
    uint64_t answers_ms = rests(self) ? self->answering.at_ms + 1 : UINT64_MAX;
    uint64_t bye_ms = bye_due(self);
    return bye_ms < answers_ms ? bye_ms : answers_ms;
}

bool core_parent_ended(const core_t *self, dd_error_t *why)
{
    if (!self->parent || self->parent->state != PEER_ENDED)
        return false;
    *why = self->parent->ending;
    return true;
}

/* ---- Time ---------------------------------------------------------------------------------- */

/* A peer isn't silent while one message takes its time on the line. The parent, and a client of an
   old protocol, speak when they are spoken to, which may wait for such a message the other way. */
static bool is_alive(core_t *self, peer_t *peer)
{
    dd_traffic_t traffic;
    bool is_asked = peer->role == ROLE_PARENT || peer_is_old(peer);
    return self->settings.look && self->settings.look(peer, &traffic) &&
           dd_pulse_feel(&peer->pulse, &traffic, is_asked, &peer->heard_ms, self->now_ms) !=
               DD_PULSE_NONE;
}

static void check_heard(core_t *self, peer_t *peer)
{
    tell_of_troubles(self, peer);
    uint64_t silence = self->now_ms - peer->heard_ms;
    if (peer->state == PEER_ENDED || silence <= peer->heartbeat || is_alive(self, peer))
        return;
    if (silence > HEARTBEATS_MISSED * (uint64_t)peer->heartbeat)
        core_end(self, peer, DD_E_TIMEOUT, "nothing was heard of it for %llu ms",
            (unsigned long long)silence);
}

/* What tenants wait for waits while the network is behind, and while it has had its part of the
   time. */
static bool step(core_t *self)
{
    return !self->is_behind && core_may_answer(self) ? jobs_step(&self->jobs, self)
                                                     : jobs_step_own(&self->jobs, self);
}

void core_work(core_t *self, uint64_t now_ms)
{
    self->now_ms = now_ms;
    if (now_ms >= bye_due(self))
        drain_say_bye(self);
    if (self->jobs.tenant_ring)
        quota_bucket_fill(&self->answering, CORE_ANSWERS_RATE, CORE_ANSWERS_BURST, now_ms);
    for (int i = 0; i < STEPS_AT_ONCE && (i == 0 || !core_is_worn(self)) && step(self); i++)
        reap(self);
    if (!self->is_behind)
        fanout_work(self);
}

bool core_has_enough(const core_t *self)
{
    return fanout_is_tired(self) || core_is_worn(self);
}

bool core_is_waited_for(const core_t *self)
{
    return self->jobs.tenant_ring || jobs_left(&self->fanouts.jobs);
}

void core_set_behind(core_t *self, bool behind)
{
    self->is_behind = behind;
}

bool core_is_busy(const core_t *self)
{
    bool waits =
        jobs_left(&self->fanouts.jobs) || (self->jobs.tenant_ring && core_may_answer(self));
    return self->jobs.own_ring || (!self->is_behind && waits);
}

void core_turn(core_t *self, uint64_t us)
{
    turns_add(&self->turns, us);
}

void core_clock(core_t *self, uint64_t now_us)
{
    self->now_us = now_us;
}

void core_tick(core_t *self, uint64_t now_ms)
{
    self->now_ms = now_ms;
    if (self->parent && self->now_ms >= self->parent->pinged_ms + self->parent->heartbeat)
        tree_links_ping(self);
    if (now_ms >= self->scanned_ms + SCAN_INTERVAL) {
        self->scanned_ms = now_ms;
        rounds_begin(self, &self->heard_round, check_heard);
        if (self->parent)
            check_heard(self, self->parent);
        inspect_expire(self);
        lost_brokers_expire(&self->lost, now_ms);
        drop_notes_tell_of_all(self);
        strangers_tell(&self->strangers, &self->events, now_ms);
        core_tell_floods(self);
    }
    contests_tick(self);
    reap(self);
}

/* ---- The broker as a whole ----------------------------------------------------------------- */

static void set_quotas(core_t *self, const quota_rules_t *rules)
{
    const quota_rules_t of_operators = quota_rules_of_operators(rules);
    quotas_set_rules(&self->quotas, rules);
    quotas_set_rules(&self->operators, &of_operators);
}

/* The log has more of it already. Whoever sees the broker may know: what was counted before is
   gone. */
static void note_start(core_t *self)
{
    char text[EVENT_TEXT_MAX];
    snprintf(text, sizeof text, "broker %s has started: version %s", self->name, DD_VERSION);
    event_history_add(&self->events, self->now_ms, DD_LOG_NOTICE, EVENT_FOR_ALL, text);
}

core_t *core_new(const core_settings_t *settings, const dd_keyring_t *keyring, uint64_t now_ms)
{
    core_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->settings = *settings;
    dd_bytes_copy(dd_bytes_of(settings->name), self->name, sizeof self->name);
    self->settings.name = self->name;
    self->settings.scope = NULL; /* the caller's string; parsed below */
    set_quotas(self, &settings->quotas);
    self->keyring = keyring;
    self->started_ms = self->now_ms = self->scanned_ms = now_ms;
    self->answering = (quota_bucket_t){(int64_t)CORE_ANSWERS_RATE * CORE_ANSWERS_BURST, now_ms};
    randombytes_buf(self->secret, sizeof self->secret);
    descendants_id(self->id, self->secret);
    self->left = departures_new();
    self->auto_scope = !dd_scope_parse(&self->scope, dd_bytes_of(settings->scope));
    /* Until a parent gives it one, an "auto" broker is its own region 0, which no parent gives. */
    if (self->auto_scope)
        dd_scope_parse(&self->scope, dd_bytes_of(settings->has_parent ? "/0/" : "/1/"));
    note_start(self);
    return self;
}

void core_destroy(core_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    core_t *self = *self_p;
    self->settings.log = NULL; /* it ends in order: nothing to tell of each peer */
    if (self->parent)
        core_disconnect(self, self->parent, self->now_ms);
    while (self->peers)
        core_disconnect(self, self->peers, self->now_ms);
    while (jobs_step(&self->jobs, self) || jobs_step(&self->fanouts.jobs, self))
        ;
    free(self->left);
    free(self->passages);
    quotas_destroy(&self->quotas);
    quotas_destroy(&self->operators);
    topics_destroy(&self->topics);
    event_history_clear(&self->events);
    floods_clear(&self->floods);
    free(self);
    *self_p = NULL;
}

typedef struct {
    const dd_keyring_t *old, *new;
} keyrings_t;

/* Of a tenant that has just gone there is something to tell yet; of one that went before there
   isn't. */
static bool keeps_events(void *arg, dd_bytes_t tenant)
{
    const keyrings_t *keyrings = arg;
    return !dd_tenant_valid(tenant) || dd_keyring_has_tenant(keyrings->old, tenant) ||
           dd_keyring_has_tenant(keyrings->new, tenant);
}

void core_set_keyring(core_t *self, const dd_keyring_t *keyring, uint64_t now_ms)
{
    self->now_ms = now_ms;
    event_history_forget(&self->events, keeps_events, &(keyrings_t){self->keyring, keyring});
    self->keyring = keyring;
    self->keys++;
    standing_changed(self);
    standing_show(self);
    name_round_begin(self);
}

static void set_outbox_limit(core_t *self, peer_t *peer)
{
    if (peer->shares)
        link_outbox_set_limit(peer->shares, self->settings.outbox_link);
    else
        dd_outbox_set_limit(&peer->outbox, self->settings.outbox_client);
}

void core_set_limits(core_t *self, const core_settings_t *settings)
{
    self->settings.heartbeat = settings->heartbeat;
    self->settings.outbox_client = settings->outbox_client;
    self->settings.outbox_link = settings->outbox_link;
    self->settings.window_client = settings->window_client;
    self->settings.window_link = settings->window_link;
    self->settings.clients_max = settings->clients_max;
    self->settings.subscriptions_max = settings->subscriptions_max;
    self->settings.link_names_max = settings->link_names_max;
    self->settings.link_interests_max = settings->link_interests_max;
    set_quotas(self, &settings->quotas);
    peer_t *link;
    DL_FOREACH2 (self->links, link, next_link)
        set_outbox_limit(self, link);
    rounds_begin(self, &self->limits_round, set_outbox_limit);
}

void core_drain(core_t *self, uint64_t now_ms)
{
    self->now_ms = now_ms;
    drain_begin(self);
    reap(self);
}

bool core_drained(core_t *self, uint64_t now_ms)
{
    self->now_ms = now_ms;
    drain_go_on(self);
    reap(self);
    return self->drain == DRAIN_DONE && !self->dirty;
}

size_t core_connections(const core_t *self)
{
    return self->connections;
}

const char *core_scope(const core_t *self)
{
    return self->scope.text;
}
