/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * broker - a core in a tree, with what the sockets layer would do for it
 */
#include <stdlib.h>

#include "ddbroker/core/core_state.h"
#include "tree_state.h"

static void obey(void *arg, core_control_t control, dd_log_level_t level)
{
    broker_t *self = arg;
    if (control == CONTROL_DRAIN)
        self->drains++;
    else
        self->level = level;
}

broker_t *broker_new(tree_t *tree, const char *name, broker_t *parent, const char *scope)
{
    broker_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->tree = tree;
    dd_bytes_copy(dd_bytes_of(name), self->name, sizeof self->name);
    self->settings = tree->settings;
    self->settings.name = self->name;
    self->settings.scope = scope;
    self->settings.has_parent |= parent != NULL;
    self->settings.obey = obey;
    self->settings.obey_arg = self;
    self->core = core_new(&self->settings, tree->keyring, tree->now_ms);
    assert_non_null(self->core);
    DL_APPEND(tree->brokers, self);
    if (parent) {
        broker_join(self, parent);
        tree_run(tree);
    }
    return self;
}

dd_bytes_t broker_id(const broker_t *self)
{
    return dd_bytes(self->core->id, DD_BROKER_ID_SIZE);
}

void broker_join(broker_t *self, broker_t *parent)
{
    uint8_t key[DD_KEY_SIZE];
    wire_t *wire = wire_new(self->tree);
    end_t *lower = &wire->ends[0], *upper = &wire->ends[1];
    tenants_key(KEY_OF_BROKERS, key);
    assert_null(self->uplink);
    self->uplink = lower;
    lower->broker = self;
    upper->broker = parent;
    upper->peer = core_connect(parent->core, key, upper, self->tree->now_ms);
    lower->peer = core_connect_parent(self->core, lower, self->tree->now_ms);
    assert_non_null(upper->peer);
    assert_non_null(lower->peer);
}

void broker_cut(broker_t *self)
{
    assert_non_null(self->uplink);
    wire_break(self->uplink->wire);
}

void broker_kill(broker_t *self)
{
    wire_t *wire, *next;
    DL_FOREACH_SAFE (self->tree->wires, wire, next)
        if (wire->ends[0].broker == self || wire->ends[1].broker == self)
            wire_break(wire);
    DL_DELETE(self->tree->brokers, self);
    core_destroy(&self->core);
    free(self);
}

static void hold(end_t *end, bool held)
{
    end_t *other = end_other(end);
    end->held = held;
    if (!held && other->peer)
        core_not_flushed(other->broker->core, other->peer);
}

void broker_hold_up(broker_t *self, bool held)
{
    hold(end_other(self->uplink), held);
}

void broker_hold_down(broker_t *self, bool held)
{
    hold(self->uplink, held);
}

void actor_hold(actor_t *self, bool held)
{
    hold(self->end, held);
}

/* The core forgets a connection; the other end still gets what was sent. */
static void leave(end_t *end)
{
    core_disconnect(end->broker->core, end->peer, end->wire->tree->now_ms);
    end->peer = NULL;
}

void broker_move(broker_t *self, broker_t *parent)
{
    end_t *before = self->uplink;
    self->uplink = NULL;
    leave(before);
    broker_join(self, parent);
}

/* The wire goes once both ends have left it. */
static void free_left(wire_t *wire)
{
    for (int i = 0; i < 2; i++)
        if (wire->ends[i].peer || wire->ends[i].actor)
            return;
    wire_break(wire);
}

/* What is left of the wire when its lower broker hung up: the upper one still reads what came
   before. */
static void read_rest(end_t *upper)
{
    if (upper->first || end_other(upper)->peer || end_other(upper)->actor)
        return;
    broker_t *broker = upper->broker;
    if (upper->peer)
        leave(upper);
    free_left(upper->wire);
    broker_flush(broker);
}

/* The broker hangs up where its core wants the parent's connection closed. */
static void hang_up(broker_t *self)
{
    end_t *uplink = self->uplink;
    if (!uplink || !core_parent_ended(self->core, &self->parent_left))
        return;
    self->uplink = NULL;
    leave(uplink);
    if (end_other(uplink)->broker)
        read_rest(end_other(uplink));
    broker_flush(self);
}

static void send_all(broker_t *self)
{
    peer_t *peer;
    core_drained(self->core, self->tree->now_ms); /* goes on with that, if it is draining */
    while ((peer = core_next_dirty(self->core))) {
        end_t *there = end_other(peer->route);
        if (there->held)
            continue;
        end_put_all(there, &peer->outbox);
        core_flushed(self->core, peer);
    }
}

void broker_flush(broker_t *self)
{
    send_all(self);
    hang_up(self);
}

void broker_work(broker_t *self)
{
    core_work(self->core, self->tree->now_ms);
    broker_flush(self);
}

void broker_take(end_t *end, dd_frame_t *frame)
{
    broker_t *self = end->broker;
    if (end->peer)
        core_input(self->core, end->peer, frame->data, frame->size, self->tree->now_ms);
    dd_frame_free(frame);
    send_all(self);
    if (end == &end->wire->ends[1])
        read_rest(end);
    hang_up(self);
}

pair_t pair_new(void)
{
    pair_t self = {.tree = tree_new()};
    self.root = broker_new(self.tree, "root", NULL, "/1/");
    self.left = broker_new(self.tree, "left", self.root, "/1/1/");
    self.right = broker_new(self.tree, "right", self.root, "/1/2/");
    self.left_leaf = broker_new(self.tree, "left-leaf", self.left, "/1/1/1/");
    self.right_leaf = broker_new(self.tree, "right-leaf", self.right, "/1/2/1/");
    return self;
}

orphan_t orphan_new(const char *scope)
{
    orphan_t self = {.tree = tree_new()};
    tree_settings(self.tree)->has_parent = true;
    self.broker = broker_new(self.tree, "orphan", NULL, scope);
    self.parent = actor_parent(self.broker);
    return self;
}
