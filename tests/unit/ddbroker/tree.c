/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tree - brokers' cores in memory, joined by wires
 */
#include "tree.h"

#include <stdlib.h>

#include "tree_state.h"

#define TICK 250

static void take_line(void *arg, dd_log_level_t level, const char *line)
{
    tree_t *self = arg;
    (void)level;
    size_t size = strlen(line) + 1;
    if (self->log_size + size > TREE_LOG_SIZE)
        self->log_size = 0;
    memcpy(self->log + self->log_size, line, size);
    self->log_size += size;
}

bool tree_logged(tree_t *self, const char *text)
{
    bool found = false;
    for (size_t at = 0; at < self->log_size; at += strlen(self->log + at) + 1)
        found = found || strstr(self->log + at, text);
    self->log_size = 0;
    return found;
}

tree_t *tree_new(void)
{
    tree_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->keyring = tenants_keyring(TENANTS_ALL);
    assert_non_null(self->keyring);
    self->now_ms = 1000000;
    self->random = 1;
    self->settings = (core_settings_t){.heartbeat = 5000,
        .payload_max = 1 << 20,
        .outbox_client = 1 << 20,
        .outbox_link = 4 << 20,
        .clients_max = 100000,
        .subscriptions_max = 100000,
        .link_names_max = 100000,
        .link_interests_max = 100000,
        .log = take_line,
        .log_arg = self};
    return self;
}

static void free_actor(actor_t *actor)
{
    dd_outbox_clear(&actor->outbox);
    while (actor->frames) {
        dd_frame_t *frame = actor->frames;
        actor->frames = frame->next;
        dd_frame_free(frame);
    }
    free(actor->records);
    free(actor);
}

void tree_destroy(tree_t **self_p)
{
    tree_t *self = *self_p;
    while (self->brokers)
        broker_kill(self->brokers);
    while (self->actors) {
        actor_t *actor = self->actors;
        DL_DELETE(self->actors, actor);
        free_actor(actor);
    }
    dd_keyring_destroy(&self->keyring);
    free(self);
    *self_p = NULL;
}

core_settings_t *tree_settings(tree_t *self)
{
    return &self->settings;
}

const dd_keyring_t *tree_keyring(const tree_t *self)
{
    return self->keyring;
}

uint64_t tree_now(const tree_t *self)
{
    return self->now_ms;
}

void tree_seed(tree_t *self, uint32_t seed)
{
    self->random = seed ? seed : 1;
}

/* Marsaglia's xorshift: repeatable, and random enough to shuffle. */
uint32_t tree_random(tree_t *self, uint32_t below)
{
    self->random ^= self->random << 13;
    self->random ^= self->random >> 17;
    self->random ^= self->random << 5;
    return self->random % below;
}

/* ---- Wires ---------------------------------------------------------------------------------- */

wire_t *wire_new(tree_t *tree)
{
    wire_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->tree = tree;
    self->ends[0].wire = self->ends[1].wire = self;
    DL_APPEND(tree->wires, self);
    return self;
}

void end_put(end_t *self, dd_frame_t *frame)
{
    tree_t *tree = self->wire->tree;
    frame->next = NULL;
    if (self->first)
        self->last->next = frame;
    else
        self->first = frame;
    self->last = frame;
    if (self->ready)
        return;
    self->ready = true;
    DL_APPEND(tree->ready, self);
    tree->ready_count++;
}

void end_put_all(end_t *self, dd_outbox_t *outbox)
{
    dd_frame_t *frame;
    while (dd_outbox_may_send(outbox) && (frame = dd_outbox_take(outbox)))
        end_put(self, frame);
}

static dd_frame_t *end_get(end_t *self)
{
    tree_t *tree = self->wire->tree;
    dd_frame_t *frame = self->first;
    self->first = frame->next;
    if (self->first)
        return frame;
    self->ready = false;
    DL_DELETE(tree->ready, self);
    tree->ready_count--;
    return frame;
}

static void forget_end(end_t *self)
{
    while (self->first)
        dd_frame_free(end_get(self));
    if (self->broker && self->broker->uplink == self)
        self->broker->uplink = NULL;
    if (self->actor)
        self->actor->end = NULL;
}

void wire_break(wire_t *self)
{
    DL_DELETE(self->tree->wires, self);
    for (int i = 0; i < 2; i++)
        forget_end(&self->ends[i]);
    for (int i = 0; i < 2; i++)
        if (self->ends[i].peer)
            core_disconnect(self->ends[i].broker->core, self->ends[i].peer, self->tree->now_ms);
    free(self);
}

/* ---- Motion --------------------------------------------------------------------------------- */

static void deliver(end_t *end)
{
    dd_frame_t *frame = end_get(end);
    if (end->broker)
        broker_take(end, frame);
    else
        actor_take(end->actor, frame);
}

static void flush_all(tree_t *self)
{
    actor_t *actor;
    DL_FOREACH (self->actors, actor)
        if (actor->end)
            end_put_all(end_other(actor->end), &actor->outbox);
    broker_t *broker;
    DL_FOREACH (self->brokers, broker)
        broker_flush(broker);
}

static uint32_t count_busy(const tree_t *self)
{
    uint32_t count = 0;
    const broker_t *broker;
    DL_FOREACH (self->brokers, broker)
        count += core_is_busy(broker->core);
    return count;
}

/* One of the busy brokers goes on. */
static void work(tree_t *self, uint32_t skip)
{
    broker_t *broker = self->brokers;
    while (!core_is_busy(broker->core) || skip-- > 0)
        broker = broker->next;
    broker_work(broker);
}

static bool step(tree_t *self)
{
    uint32_t busy = count_busy(self);
    if (self->ready_count + busy == 0)
        return false;
    uint32_t skip = tree_random(self, self->ready_count + busy);
    if (skip >= self->ready_count) {
        work(self, skip - self->ready_count);
        return true;
    }
    end_t *end = self->ready;
    for (; skip > 0; skip--)
        end = end->next;
    deliver(end);
    return true;
}

bool tree_step(tree_t *self)
{
    flush_all(self);
    return step(self);
}

void tree_run(tree_t *self)
{
    flush_all(self);
    unsigned steps = 0;
    while (step(self))
        assert_true(++steps < 10000000); /* else something goes round for ever */
}

void tree_pass(tree_t *self, uint64_t ms)
{
    for (uint64_t end = self->now_ms + ms; self->now_ms < end;) {
        self->now_ms += end - self->now_ms < TICK ? end - self->now_ms : TICK;
        broker_t *broker;
        DL_FOREACH (self->brokers, broker) {
            core_tick(broker->core, self->now_ms);
            if (self->now_ms >= core_due(broker->core))
                core_work(broker->core, self->now_ms);
        }
        tree_run(self);
    }
}
