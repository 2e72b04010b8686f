/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_passages - what comes again from another parent is passed over, and nothing else is
 */
#include <stdio.h>
#include <stdlib.h>

#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

/* Sealed payloads: nonce, authenticator, and what is encrypted. */
#define NONCE "nonce of 24 bytes: 12345"
#define TAG "authenticator 16"
#define OTHER_TAG "Authenticator 16"
#define SEALED NONCE TAG "news"

/* ---- The module ------------------------------------------------------------------------------ */

static dd_record_t numbered(char payload[64], unsigned number)
{
    int size = snprintf(payload, 64, NONCE "%016u", number);
    return (dd_record_t){.type = DD_RELAY,
        .tenant = B("a"),
        .source = B("a.x"),
        .topic = B("t"),
        .payload = dd_bytes(payload, (size_t)size)};
}

/* How many of them had passed another link. */
static unsigned pass(passages_t *self, unsigned first, unsigned count, uint32_t link)
{
    unsigned again = 0;
    for (unsigned i = first; i < first + count; i++) {
        char payload[64];
        dd_record_t relay = numbered(payload, i);
        again += passages_again(self, &relay, link);
    }
    return again;
}

static void test_very_many_are_remembered_and_the_latest_of_more(void **state)
{
    const unsigned few = PASSAGES_MAX / 4, many = 4 * PASSAGES_MAX;
    (void)state;
    passages_t *self = passages_new();
    assert_int_equal(pass(self, 0, few, 1), 0);
    assert_in_range(pass(self, 0, few, 2), few - few / 20, few);
    assert_int_equal(pass(self, few, many, 2), 0);
    assert_in_range(pass(self, many, few, 3), few - few / 20, few);
    assert_int_equal(pass(self, 0, few, 4), 0);
    free(self);
}

static void test_that_it_comes_again_is_said_once_of_each_link(void **state)
{
    (void)state;
    passages_t *self = passages_new();
    for (uint32_t link = 1; link <= 600; link++) {
        assert_int_equal(pass(self, 7, 1, link), link > 1);
        assert_int_equal(pass(self, 7, 1, link), 0);
    }
    free(self);
}

/* ---- A broker with one parent after the other -------------------------------------------------
 */

typedef struct {
    tree_t *tree;
    broker_t *broker;
    actor_t *parent;
    actor_t *listeners[3];
} scene_t;

static scene_t scene_new(void)
{
    static const char *const TENANTS[] = {"a", "b", "public"};
    scene_t self = {.tree = tree_new()};
    self.parent = actor_new_parent(self.tree, &self.broker);
    for (int i = 0; i < 3; i++) {
        self.listeners[i] = actor_client(self.broker, TENANTS[i], "listener");
        actor_want(actor_want(self.listeners[i], "t", "all"), "u", "all");
    }
    return self;
}

static void move(scene_t *self)
{
    actor_leave(self->parent);
    self->parent = actor_parent(self->broker);
    actor_admit(self->parent, "anotherparentpar", "/1/1/");
    actor_skip(self->parent);
    tree_run(self->tree);
    for (int i = 0; i < 3; i++)
        actor_skip(self->listeners[i]); /* GAPs */
}

static dd_record_t relay_of(
    const char *tenant, const char *source, const char *topic, const char *payload)
{
    return (dd_record_t){.type = DD_RELAY,
        .tenant = B(tenant),
        .source = B(source),
        .topic = B(topic),
        .scope = B("/1/"),
        .payload = B(payload)};
}

/* How many get what comes from the parent. */
static int heard(scene_t *self, const dd_record_t *relay)
{
    int count = 0;
    actor_say(self->parent, relay);
    for (int i = 0; i < 3; i++) {
        count += actor_find(self->listeners[i], DD_PUBLICATION) != NULL;
        actor_expect_nothing(self->listeners[i]);
    }
    return count;
}

static void test_what_a_former_parent_sent_is_passed_over_once_and_counted_nowhere(void **state)
{
    (void)state;
    scene_t self = scene_new();
    dd_record_t relay = relay_of("a", "a.far", "t", SEALED);
    assert_int_equal(heard(&self, &relay), 1);
    move(&self);
    counts_t before = self.broker->core->count;
    assert_int_equal(heard(&self, &relay), 0);
    assert_memory_equal(&self.broker->core->count, &before, sizeof before);
    assert_int_equal(heard(&self, &relay), 1); /* whatever that is, it is another one */
    tree_destroy(&self.tree);
}

static void test_what_one_parent_sends_twice_is_its_own_affair(void **state)
{
    (void)state;
    scene_t self = scene_new();
    dd_record_t relay = relay_of("a", "a.far", "t", SEALED);
    for (int i = 0; i < 3; i++)
        assert_int_equal(heard(&self, &relay), 1);
    tree_destroy(&self.tree);
}

/* Whoever has seen another one's sealed payload can say the same bytes, but under no other name
   than its own. */
static void test_what_differs_in_anything_is_another_one(void **state)
{
    static const struct {
        const char *tenant, *source, *topic, *payload;
    } OTHERS[] = {
        {"a", "a.near", "t", SEALED},
        {"a", "a.far", "u", SEALED},
        {"b", "b.far", "t", SEALED},
        {"public", "public.far", "t", SEALED},
        {"a", "a.far", "t", NONCE OTHER_TAG "news"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(OTHERS); i++) {
        scene_t self = scene_new();
        dd_record_t mine = relay_of("a", "a.far", "t", SEALED);
        dd_record_t other =
            relay_of(OTHERS[i].tenant, OTHERS[i].source, OTHERS[i].topic, OTHERS[i].payload);
        assert_int_equal(heard(&self, &other), 1);
        move(&self);
        assert_int_equal(heard(&self, &mine), 1);
        tree_destroy(&self.tree);
    }
}

static void test_what_is_too_short_to_be_sealed_is_never_passed_over(void **state)
{
    (void)state;
    scene_t self = scene_new();
    dd_record_t relay = relay_of("a", "a.far", "t", "a text of 39 bytes: not even a payload.");
    assert_int_equal(relay.payload.size, 39);
    assert_int_equal(heard(&self, &relay), 1);
    move(&self);
    assert_int_equal(heard(&self, &relay), 1);
    tree_destroy(&self.tree);
}

/* Its source isn't beneath the broker any more, which would be enough to pass it over. */
static void test_what_was_sent_to_a_former_parent_doesnt_come_back_from_the_next(void **state)
{
    (void)state;
    scene_t self = scene_new();
    actor_t *publisher = actor_client(self.broker, "a", "brief");
    actor_say(self.parent,
        &(dd_record_t){
            .type = DD_ADD_INTEREST, .tenant = B("a"), .topic = B("t"), .scope = B("/")});
    actor_publish(publisher, "t", SEALED);
    actor_expect(self.listeners[0], DD_PUBLICATION);
    assert_non_null(actor_find(self.parent, DD_RELAY));
    actor_leave(publisher);
    move(&self);
    dd_record_t relay = relay_of("a", "a.brief", "t", SEALED);
    assert_int_equal(heard(&self, &relay), 0);
    tree_destroy(&self.tree);
}

static void test_a_minute_after_a_move_nothing_is_passed_over(void **state)
{
    (void)state;
    scene_t self = scene_new();
    dd_record_t first = relay_of("a", "a.far", "t", SEALED);
    dd_record_t second = relay_of("a", "a.far", "u", SEALED);
    assert_int_equal(heard(&self, &first) + heard(&self, &second), 2);
    move(&self);
    for (int i = 0; i < 20; i++) {
        tree_pass(self.tree, i < 19 ? 3000 : 2999);
        actor_say(self.parent, &(dd_record_t){.type = DD_PONG});
        for (int k = 0; k < 3; k++)
            actor_say(self.listeners[k], &(dd_record_t){.type = DD_PING});
    }
    for (int k = 0; k < 3; k++)
        actor_skip(self.listeners[k]);
    assert_int_equal(heard(&self, &first), 0);
    tree_pass(self.tree, 1);
    assert_int_equal(heard(&self, &second), 1);
    tree_destroy(&self.tree);
}

static void test_without_memory_it_may_come_twice(void **state)
{
    (void)state;
    memory_limit_begin(0);
    assert_null(passages_new());
    memory_limit_end();
    assert_int_equal(pass(NULL, 0, 2, 1) + pass(NULL, 0, 2, 2), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_very_many_are_remembered_and_the_latest_of_more),
        cmocka_unit_test(test_that_it_comes_again_is_said_once_of_each_link),
        cmocka_unit_test(test_what_a_former_parent_sent_is_passed_over_once_and_counted_nowhere),
        cmocka_unit_test(test_what_one_parent_sends_twice_is_its_own_affair),
        cmocka_unit_test(test_what_differs_in_anything_is_another_one),
        cmocka_unit_test(test_what_is_too_short_to_be_sealed_is_never_passed_over),
        cmocka_unit_test(test_what_was_sent_to_a_former_parent_doesnt_come_back_from_the_next),
        cmocka_unit_test(test_a_minute_after_a_move_nothing_is_passed_over),
        cmocka_unit_test(test_without_memory_it_may_come_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
