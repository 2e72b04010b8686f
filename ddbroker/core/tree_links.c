/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tree_links - child brokers and the parent
 *
 * A link that comes up tells all it has and then SYNCED; one that goes down is forgotten whole. No
 * state of a link outlives its connection.
 */
#include "tree_links.h"

#include "beneath.h"
#include "losses.h"
#include "resync.h"
#include "standing.h"

static bool holds_id(const uint8_t *ids, size_t size, const uint8_t *id)
{
    for (size_t at = 0; at + DD_BROKER_ID_SIZE <= size; at += DD_BROKER_ID_SIZE)
        if (memcmp(ids + at, id, DD_BROKER_ID_SIZE) == 0)
            return true;
    return false;
}

/* A limit of 0 says nothing. */
static void set_payload_max(peer_t *link, const dd_record_t *record)
{
    if (record->limit > 0)
        link->payload_max = record->limit;
}

static void add_link(core_t *self, peer_t *link)
{
    link->state = PEER_READY;
    link->since_ms = self->now_ms;
    link->scope_number = self->scope_number;
    link->link_number = ++self->links_ever;
    self->unsynced += link->role == ROLE_CHILD;
    if (link->role == ROLE_CHILD)
        link->departures = departures_new();
    DL_APPEND2(self->links, link, prev_link, next_link);
}

/* ---- A child ------------------------------------------------------------------------------- */

/* ADMIT: the child's scope, and the ids of this broker and of all above it. */
static void admit(core_t *self, peer_t *child)
{
    uint8_t ids[DD_BROKER_ID_SIZE + sizeof self->ancestors];
    memcpy(ids, self->id, DD_BROKER_ID_SIZE);
    memcpy(ids + DD_BROKER_ID_SIZE, self->ancestors, self->ancestors_size);
    child->heartbeat = self->settings.heartbeat;
    dd_record_t record = {.type = DD_ADMIT,
        .heartbeat = child->heartbeat,
        .limit = self->settings.payload_max,
        .window = child->window,
        .name = dd_bytes_of(self->name),
        .scope = dd_scope_bytes(&child->scope),
        .id = dd_bytes(ids, DD_BROKER_ID_SIZE + self->ancestors_size)};
    core_tell(self, child, &record);
}

static void admit_all(core_t *self)
{
    peer_t *link;
    DL_FOREACH2 (self->links, link, next_link)
        if (link->role == ROLE_CHILD)
            admit(self, link);
}

static bool scope_is_free(const core_t *self, const dd_scope_t *scope)
{
    peer_t *link;
    DL_FOREACH2 (self->links, link, next_link)
        if (link->role == ROLE_CHILD && !link->ending && strcmp(link->scope.text, scope->text) == 0)
            return false;
    return true;
}

/* The scope a child had before if it is a free one directly beneath this broker, else the lowest
   free one. */
static bool choose_scope(const core_t *self, peer_t *child, dd_bytes_t before)
{
    dd_bytes_t own = dd_scope_bytes(&self->scope);
    if (dd_scope_parse(&child->scope, before) && dd_scope_covers(own, before) &&
        dd_scope_depth(before) == dd_scope_depth(own) + 1 && scope_is_free(self, &child->scope))
        return true;
    for (unsigned number = 1; dd_scope_child(&child->scope, &self->scope, number); number++)
        if (scope_is_free(self, &child->scope))
            return true;
    return false;
}

static bool give_scope(core_t *self, peer_t *child, const dd_record_t *record)
{
    if (record->flags & DD_FLAG_AUTO_SCOPE) {
        if (choose_scope(self, child, record->scope))
            return true;
        core_end(self, child, DD_E_SCOPE_INVALID, "no number is free beneath scope %s",
            self->scope.text);
        return false;
    }
    if (!dd_scope_parse(&child->scope, record->scope)) {
        core_end(self, child, DD_E_SCOPE_INVALID,
            "a broker's scope is a path of 1 to %d numbers like /1/2/3/", DD_SCOPE_DEPTH_MAX);
        return false;
    }
    if (!dd_scope_covers(dd_scope_bytes(&self->scope), dd_scope_bytes(&child->scope)))
        core_remark(self, child, DD_LOG_WARNING,
            "%s has scope %s, which isn't beneath this broker's %s: subscriptions by scope may "
            "not mean what they say",
            child->name.text, child->scope.text, self->scope.text);
    return true;
}

/* Whether somebody looks for a child that has left: it said nothing, and neither it nor another of
   its name is here. */
static bool is_missed(const core_t *self, const peer_t *child)
{
    if (child->leaving || child->ending == DD_E_CLOSED || child->ending == DD_E_DRAINING ||
        self->drain != DRAIN_NOT)
        return false;
    const peer_t *link;
    DL_FOREACH2 (self->links, link, next_link)
        if (link->role == ROLE_CHILD && !link->ending &&
            (memcmp(link->id, child->id, sizeof link->id) == 0 ||
                strcmp(link->name.text, child->name.text) == 0))
            return false;
    return true;
}

/* The same broker on a connection that it has left. */
static void end_stale(core_t *self, const uint8_t *id)
{
    peer_t *link;
    DL_FOREACH2 (self->links, link, next_link)
        if (link->role == ROLE_CHILD && memcmp(link->id, id, DD_BROKER_ID_SIZE) == 0)
            core_end(self, link, DD_E_UNKNOWN_PEER, "the same broker joined again");
}

/* This broker has joined itself: the parent that it is trying to join is no other. */
static void note_oneself(core_t *self, const peer_t *child)
{
    parents_t *parents = &self->parents;
    const char *endpoint = parents_chosen(parents);
    if (!endpoint || parents->joined || parents->health[parents->chosen] == PARENT_ITSELF)
        return;
    parents->health[parents->chosen] = PARENT_ITSELF;
    core_event(self, child, DD_LOG_WARNING, "parent %s is this broker itself, and is passed over",
        endpoint);
}

static bool may_join(core_t *self, peer_t *child, const dd_record_t *record)
{
    if (record->id.size != DD_BROKER_ID_SIZE || !dd_broker_valid(record->name)) {
        core_end(self, child, DD_E_NAME_INVALID,
            "a broker's name is 1 to %d bytes without white space and control characters",
            DD_BROKER_MAX);
        return false;
    }
    peer_set_name(child, record->name);
    descendants_id(child->id, record->id.data);
    set_payload_max(child, record);
    if (holds_id(self->id, sizeof self->id, child->id))
        note_oneself(self, child);
    if (self->drain != DRAIN_NOT)
        core_end(self, child, DD_E_DRAINING, "the broker is shutting down");
    else if (holds_id(self->id, sizeof self->id, child->id) ||
             holds_id(self->ancestors, self->ancestors_size, child->id))
        core_end(self, child, DD_E_LOOP, "it is this broker itself or one above it");
    return !child->ending;
}

void tree_links_join(core_t *self, peer_t *child, const dd_record_t *record)
{
    if (!may_join(self, child, record))
        return;
    end_stale(self, child->id);
    if (!give_scope(self, child, record))
        return;
    child->moved = record->flags & DD_FLAG_MOVED;
    self->moved |= child->moved;
    add_link(self, child);
    child->window = self->settings.window_link;
    beneath_add(self, child, record->id.data);
    lost_brokers_back(&self->lost, child->name.text, child->id);
    core_event(self, child, DD_LOG_NOTICE, "broker %s joined with scope %s", child->name.text,
        child->scope.text);
    admit(self, child);
    child->window_from = child->outbox.taken + child->outbox.bytes;
    resync_begin(self, child);
}

/* ---- The parent ---------------------------------------------------------------------------- */

void tree_links_ask(core_t *self, peer_t *parent)
{
    bool moved = self->uplink > 0 || self->moved;
    dd_record_t record = {.type = DD_JOIN,
        .flags = (self->auto_scope ? DD_FLAG_AUTO_SCOPE : 0) | (moved ? DD_FLAG_MOVED : 0),
        .limit = self->settings.payload_max,
        .id = dd_bytes(self->secret, sizeof self->secret),
        .name = dd_bytes_of(self->name),
        .scope = dd_scope_bytes(&self->scope)};
    core_tell(self, parent, &record);
}

/* What subscriptions and children's scopes were made from has changed: all come again. */
static void change_scope(core_t *self, const dd_scope_t *scope)
{
    self->scope = *scope;
    core_event(
        self, self->parent, DD_LOG_NOTICE, "the parent gave this broker scope %s", scope->text);
    self->scope_number++;
    peer_t *link;
    DL_FOREACH2 (self->links, link, next_link) /* at once: they hold scopes beneath the old one */
        standing_check(self, link);
    standing_changed(self);
}

static bool is_valid_admit(const dd_record_t *record, dd_scope_t *scope)
{
    return record->id.size >= DD_BROKER_ID_SIZE && record->id.size % DD_BROKER_ID_SIZE == 0 &&
           dd_broker_valid(record->name) && dd_scope_parse(scope, record->scope);
}

static void set_ancestors(core_t *self, dd_bytes_t ids)
{
    if (dd_bytes_equal(ids, dd_bytes(self->ancestors, self->ancestors_size)))
        return;
    if (ids.size > 0)
        memcpy(self->ancestors, ids.data, ids.size);
    self->ancestors_size = ids.size;
    admit_all(self);
}

/* The parent is there: tells it all that is beneath and wanted here. */
static void begin(core_t *self, peer_t *parent, const dd_record_t *record)
{
    peer_set_name(parent, record->name);
    memcpy(parent->id, record->id.data, DD_BROKER_ID_SIZE);
    parent->outbox.window.size = record->window;
    add_link(self, parent);
    self->is_root = false;
    core_event(
        self, parent, DD_LOG_NOTICE, "joined parent %s as %s", parent->name.text, self->scope.text);
    self->uplink++;
    if (!self->passages)
        self->passages = passages_new();
    resync_begin(self, parent);
}

static bool is_child(const core_t *self, const uint8_t *id)
{
    peer_t *link;
    DL_FOREACH2 (self->links, link, next_link)
        if (link->role == ROLE_CHILD && !link->ending &&
            memcmp(link->id, id, DD_BROKER_ID_SIZE) == 0)
            return true;
    return false;
}

/* Two brokers have joined each other at once. Both see the same two ids: the one with the smaller
   id stays the root and leaves its parent, the other stays beneath it. */
static bool stays_root(const core_t *self, const dd_record_t *admit)
{
    return is_child(self, admit->id.data) &&
           memcmp(self->id, admit->id.data, DD_BROKER_ID_SIZE) < 0;
}

/* The ids above this broker. Where it is about to become the lower one of two that joined each
   other, the upper one still counts it, and what is above it, among its own. */
static dd_bytes_t ids_above(const core_t *self, const dd_record_t *admit)
{
    dd_bytes_t ids = admit->id;
    if (!is_child(self, ids.data))
        return ids;
    for (size_t at = 0; at < ids.size; at += DD_BROKER_ID_SIZE)
        if (memcmp(ids.data + at, self->id, DD_BROKER_ID_SIZE) == 0)
            return dd_bytes(ids.data, at);
    return ids;
}

void tree_links_admit(core_t *self, peer_t *parent, const dd_record_t *record)
{
    dd_scope_t scope;
    if (!is_valid_admit(record, &scope)) {
        core_end(self, parent, DD_E_MALFORMED, "it admitted this broker in a way that can't be");
        return;
    }
    if (stays_root(self, record)) {
        core_end(self, parent, DD_E_LOOP, "it is beneath this broker, which stays the root");
        return;
    }
    dd_bytes_t above = ids_above(self, record);
    if (holds_id(above.data, above.size, self->id)) {
        core_end(self, parent, DD_E_LOOP, "this broker is above its own parent");
        return;
    }
    if (above.size > sizeof self->ancestors) {
        core_end(
            self, parent, DD_E_HOP_LIMIT, "there are more than %d brokers above", DD_ANCESTORS_MAX);
        return;
    }
    if (strcmp(scope.text, self->scope.text) != 0)
        change_scope(self, &scope);
    set_ancestors(self, above);
    parent->heartbeat = dd_heartbeat(record->heartbeat);
    set_payload_max(parent, record);
    if (parent->state == PEER_NEW)
        begin(self, parent, record);
    standing_show(self);
}

void tree_links_ping(core_t *self)
{
    peer_t *parent = self->parent;
    if (!core_parent_listens(self))
        return;
    parent->pinged_ms = self->now_ms;
    parent->pinged_us = self->now_us;
    parent->pinged = true;
    dd_record_t ping = {.type = DD_PING, .number = self->now_us};
    /* Whose word waits for the parent to take what came before is still there. In a drain the
       answer must come after that. */
    if (self->drain != DRAIN_NOT || !dd_outbox_is_held(&parent->outbox))
        core_tell(self, parent, &ping);
    else if (dd_outbox_put_ahead(&parent->outbox, &ping))
        core_touch(self, parent);
}

/* ---- Both ---------------------------------------------------------------------------------- */

void tree_links_synced(core_t *self, peer_t *link, const dd_record_t *record)
{
    (void)record;
    if (link->synced)
        return;
    self->unsynced -= link->role == ROLE_CHILD;
    link->synced = true;
    if (link->moved)
        losses_subtree_moved(self, link);
    char text[PEER_TEXT_MAX];
    core_remark(self, link, DD_LOG_INFO, "%s has told all it has; %zu names are known",
        peer_text(link, text), directory_count(&self->directory));
}

void tree_links_forget(core_t *self, peer_t *link)
{
    DL_DELETE2(self->links, link, prev_link, next_link);
    resync_end(self, link);
    self->unsynced -= link->role == ROLE_CHILD && !link->synced;
    if (link->role == ROLE_CHILD && is_missed(self, link))
        lost_brokers_add(&self->lost, link->name.text, link->id, self->now_ms);
    if (link->role == ROLE_PARENT)
        set_ancestors(self, dd_bytes(NULL, 0));
}
