/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * actor - clients, operators and brokers that say what a test wants
 */
#include <stdio.h>
#include <stdlib.h>

#include "tree_state.h"

static actor_t *actor_new(tree_t *tree, end_t *end)
{
    actor_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->tree = tree;
    self->end = end;
    end->actor = self;
    dd_outbox_init(&self->outbox, SIZE_MAX / 2);
    DL_APPEND(tree->actors, self);
    return self;
}

actor_t *actor_connect(broker_t *broker, const char *name)
{
    uint8_t key[DD_KEY_SIZE];
    wire_t *wire = wire_new(broker->tree);
    end_t *there = &wire->ends[1];
    tenants_key(name, key);
    there->broker = broker;
    there->peer = core_connect(broker->core, key, there, broker->tree->now_ms);
    if (there->peer)
        return actor_new(broker->tree, &wire->ends[0]);
    wire_break(wire);
    return NULL;
}

actor_t *actor_parent(broker_t *broker)
{
    wire_t *wire = wire_new(broker->tree);
    end_t *there = &wire->ends[0];
    there->broker = broker;
    there->peer = core_connect_parent(broker->core, there, broker->tree->now_ms);
    assert_non_null(there->peer);
    broker->uplink = there;
    actor_t *self = actor_new(broker->tree, &wire->ends[1]);
    tree_run(broker->tree);
    return self;
}

void actor_leave(actor_t *self)
{
    if (self->end)
        wire_break(self->end->wire);
}

actor_t *actor_new_hello(broker_t *broker, const char *key, const char *name, uint64_t instance)
{
    actor_t *self = actor_connect(broker, key);
    assert_non_null(self);
    actor_hello(self, name, instance);
    return self;
}

actor_t *actor_client(broker_t *broker, const char *tenant, const char *name)
{
    static uint64_t last;
    last += 1 << 16;
    actor_t *self = actor_new_hello(broker, tenant, name, last);
    actor_expect(self, DD_WELCOME);
    return self;
}

actor_t *actor_operator(broker_t *broker)
{
    return actor_client(broker, KEY_OF_OPERATORS, "operator");
}

actor_t *actor_observer(broker_t *broker, const char *key, const char *name)
{
    actor_t *self = actor_connect(broker, key);
    actor_say(
        self, &(dd_record_t){.type = DD_HELLO, .features = DD_OBSERVES, .name = dd_bytes_of(name)});
    actor_expect(self, DD_WELCOME);
    return self;
}

actor_t *actor_child(broker_t *broker, uint8_t id, const char *scope)
{
    char ids[DD_BROKER_ID_SIZE + 1] = {0}, name[32];
    actor_t *self = actor_connect(broker, KEY_OF_BROKERS);
    memset(ids, id, DD_BROKER_ID_SIZE);
    snprintf(name, sizeof name, "child%u", id);
    actor_join(self, ids, name, scope, false);
    actor_expect(self, DD_ADMIT);
    actor_find(self, DD_SYNCED);
    actor_say(self, &(dd_record_t){.type = DD_SYNCED});
    return self;
}

actor_t *actor_new_parent(tree_t *tree, broker_t **broker)
{
    tree_settings(tree)->has_parent = true;
    *broker = broker_new(tree, "broker", NULL, "/1/1/");
    actor_t *self = actor_parent(*broker);
    actor_admit(self, "parentparentpare", "/1/1/");
    actor_skip(self);
    return self;
}

peer_t *actor_peer(const actor_t *self)
{
    return end_other(self->end)->peer;
}

/* ---- Saying --------------------------------------------------------------------------------- */

void actor_add(actor_t *self, const dd_record_t *record)
{
    assert_int_equal(dd_outbox_append(&self->outbox, record), DD_OK);
}

void actor_say(actor_t *self, const dd_record_t *record)
{
    actor_add(self, record);
    tree_run(self->tree);
}

void actor_say_bytes(actor_t *self, const void *data, size_t size)
{
    dd_frame_t *frame = calloc(1, sizeof *frame + size);
    assert_non_null(frame);
    frame->size = frame->capacity = size;
    memcpy(frame->data, data, size);
    end_put(end_other(self->end), frame);
    tree_run(self->tree);
}

void actor_hello(actor_t *self, const char *name, uint64_t instance)
{
    actor_say(
        self, &(dd_record_t){.type = DD_HELLO, .number = instance, .name = dd_bytes_of(name)});
}

void actor_send(actor_t *self, const char *destination, const char *text, uint32_t ref)
{
    actor_say(self, &(dd_record_t){.type = DD_SEND,
                        .ref = ref,
                        .destination = dd_bytes_of(destination),
                        .payload = dd_bytes_of(text)});
}

void actor_subscribe(actor_t *self, const char *topic, const char *scope)
{
    actor_say(self, &(dd_record_t){.type = DD_SUBSCRIBE,
                        .ref = 1,
                        .topic = dd_bytes_of(topic),
                        .scope = dd_bytes_of(scope)});
}

actor_t *actor_want(actor_t *self, const char *topic, const char *scope)
{
    actor_subscribe(self, topic, scope);
    assert_bytes(actor_expect(self, DD_SUBSCRIBED)->topic, topic);
    return self;
}

void actor_unsubscribe(actor_t *self, const char *topic, const char *scope)
{
    actor_say(self, &(dd_record_t){.type = DD_UNSUBSCRIBE,
                        .ref = 2,
                        .topic = dd_bytes_of(topic),
                        .scope = dd_bytes_of(scope)});
}

void actor_join(actor_t *child, const char *id, const char *name, const char *scope, bool is_auto)
{
    actor_say(child, &(dd_record_t){.type = DD_JOIN,
                         .flags = is_auto ? DD_FLAG_AUTO_SCOPE : 0,
                         .id = dd_bytes_of(id),
                         .name = dd_bytes_of(name),
                         .scope = dd_bytes_of(scope)});
}

void actor_add_admit(actor_t *parent, const char *ids, const char *scope)
{
    actor_add(parent, &(dd_record_t){.type = DD_ADMIT,
                          .heartbeat = 5000,
                          .name = dd_bytes_of("parent"),
                          .scope = dd_bytes_of(scope),
                          .id = dd_bytes_of(ids)});
}

void actor_admit(actor_t *parent, const char *ids, const char *scope)
{
    actor_add_admit(parent, ids, scope);
    actor_say(parent, &(dd_record_t){.type = DD_SYNCED});
}

void actor_add_client(actor_t *child, const char *name, uint64_t instance)
{
    actor_say(child,
        &(dd_record_t){.type = DD_ADD_CLIENT, .number = instance, .name = dd_bytes_of(name)});
}

void actor_publish(actor_t *self, const char *topic, const char *text)
{
    actor_say(
        self, &(dd_record_t){
                  .type = DD_PUBLISH, .topic = dd_bytes_of(topic), .payload = dd_bytes_of(text)});
}

/* ---- Hearing -------------------------------------------------------------------------------- */

void actor_faint(actor_t *self)
{
    self->faint = true;
}

/* As a library does it. */
static bool answer_ping(actor_t *self, const dd_record_t *record)
{
    bool connected = self->end == &self->end->wire->ends[0];
    if (record->type != DD_PING || !connected || self->faint)
        return false;
    actor_add(self, &(dd_record_t){.type = DD_PONG, .number = record->number});
    end_put_all(end_other(self->end), &self->outbox);
    return true;
}

static dd_record_t *new_record(actor_t *self)
{
    if (self->count == self->room) {
        self->room = self->room ? 2 * self->room : 16;
        self->records = realloc(self->records, self->room * sizeof *self->records);
        assert_non_null(self->records);
    }
    return &self->records[self->count++];
}

void actor_take(actor_t *self, dd_frame_t *frame)
{
    dd_reader_t reader;
    assert_true(dd_frame_open(&reader, frame->data, frame->size));
    while (dd_frame_more(&reader)) {
        dd_record_t *record = new_record(self);
        assert_int_equal(dd_frame_next(&reader, record), DD_OK);
        self->count -= answer_ping(self, record);
    }
    frame->next = self->frames;
    self->frames = frame;
}

const dd_record_t *actor_next(actor_t *self)
{
    return self->read < self->count ? &self->records[self->read++] : NULL;
}

const dd_record_t *actor_expect(actor_t *self, uint8_t type)
{
    const dd_record_t *record = actor_next(self);
    if (!record)
        fail_msg("heard nothing instead of %s", dd_record_name(type));
    else if (record->type != type)
        fail_msg("heard %s (%u, %.*s) instead of %s", dd_record_name(record->type), record->code,
            (int)record->text.size, (const char *)record->text.data, dd_record_name(type));
    return record;
}

const dd_record_t *actor_find(actor_t *self, uint8_t type)
{
    const dd_record_t *record;
    while ((record = actor_next(self)) && record->type != type)
        ;
    return record;
}

void actor_expect_nothing(actor_t *self)
{
    const dd_record_t *record = actor_next(self);
    if (record)
        fail_msg("heard %s (%u, %.*s)", dd_record_name(record->type), record->code,
            (int)record->text.size, (const char *)record->text.data);
}

void actor_expect_error(actor_t *self, dd_error_t code, uint32_t ref)
{
    const dd_record_t *record = actor_expect(self, DD_ERROR);
    assert_int_equal(record->code, code);
    assert_int_equal(record->ref, ref);
}

void actor_expect_end(actor_t *self, dd_error_t code)
{
    actor_expect_error(self, code, 0);
    assert_int_equal(actor_peer(self)->state, PEER_ENDED);
}

void actor_skip(actor_t *self)
{
    self->read = self->count;
}

void bytes_are(dd_bytes_t bytes, const char *text, const char *file, int line)
{
    if (dd_bytes_equal(bytes, dd_bytes_of(text)))
        return;
    print_error("'%.*s' is not '%s'\n", (int)bytes.size, (const char *)bytes.data, text);
    _fail(file, line);
}
