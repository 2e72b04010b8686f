/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_windows - what may be on its way to a broker untaken: what it grants and tells, and how it
 * keeps to what its parent grants
 */
#include <stdio.h>

#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

#define WINDOW 4000

/* A root that grants so much to all. */
static broker_t *granting(tree_t *tree, uint32_t window)
{
    tree_settings(tree)->window_client = tree_settings(tree)->window_link = window;
    return broker_new(tree, "root", NULL, "/1/");
}

/* ---- What is granted and told --------------------------------------------------------------- */

static void test_windows_are_told_and_stay(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = granting(tree, 100000);
    root->settings.window_link = 200000;
    core_set_limits(root->core, &root->settings);
    actor_t *client = actor_new_hello(root, "a", "x", INSTANCE(1, 1));
    assert_int_equal(actor_expect(client, DD_WELCOME)->window, 100000);
    assert_int_equal(actor_peer(client)->window, 100000);
    actor_t *child = actor_connect(root, KEY_OF_BROKERS);
    actor_join(child, "childchildchildc", "child", "/1/1/", false);
    assert_int_equal(actor_expect(child, DD_ADMIT)->window, 200000);

    /* Another one is for those who come later. */
    root->settings.window_client = root->settings.window_link = 0;
    core_set_limits(root->core, &root->settings);
    actor_t *later = actor_new_hello(root, "a", "y", INSTANCE(2, 1));
    assert_int_equal(actor_expect(later, DD_WELCOME)->window, 0);
    broker_t *above = broker_new(tree, "above", NULL, "/");
    broker_join(root, above);
    tree_run(tree);
    actor_find(child, DD_SYNCED);
    assert_int_equal(actor_find(child, DD_ADMIT)->window, 200000);
    tree_destroy(&tree);
}

/* As the window counts the frame of one record. */
static uint64_t count_of(const dd_record_t *record)
{
    return dd_window_count(DD_FRAME_HEADER + dd_record_size(record));
}

static void test_a_quarter_that_was_taken_is_told(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    actor_t *client = actor_client(granting(tree, WINDOW), "a", "x");
    const dd_record_t publication = {
        .type = DD_PUBLISH, .topic = dd_bytes_of("t"), .payload = dd_bytes_of("something")};
    uint64_t taken = actor_peer(client)->taken, told = 0;
    assert_true(taken > dd_window_count(DD_FRAME_HEADER)); /* the HELLO */
    for (int i = 0; i < 100; i++) {
        actor_say(client, &publication);
        taken += count_of(&publication);
        if (taken - told >= WINDOW / 4) {
            assert_int_equal(actor_expect(client, DD_TAKEN)->number, taken);
            told = taken;
        }
        actor_expect_nothing(client);
    }
    tree_destroy(&tree);
}

static void test_no_window_is_not_told_of(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    actor_t *client = actor_client(granting(tree, 0), "a", "x");
    for (int i = 0; i < 100; i++)
        actor_publish(client, "t", "something");
    actor_expect_nothing(client);
    tree_destroy(&tree);
}

/* However much waits for a peer, and even if there is room for nothing, it hears that it may send
   before all that; of several only the last. */
static void test_taken_overtakes_what_waits(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 2000;
    broker_t *root = granting(tree, WINDOW);
    actor_t *client = actor_client(root, "a", "x");
    actor_t *other = actor_client(root, "a", "y");
    actor_hold(client, true);
    for (uint32_t i = 1; i <= 100; i++)
        actor_send(other, "x", "something for it", i);
    for (int i = 0; i < 100; i++)
        actor_publish(client, "t", "something");
    assert_int_not_equal(actor_peer(client)->state, PEER_ENDED);
    uint64_t told = actor_peer(client)->told;
    actor_hold(client, false);
    tree_run(tree);
    assert_int_equal(actor_expect(client, DD_TAKEN)->number, told);
    actor_expect(client, DD_DATA);
    assert_null(actor_find(client, DD_TAKEN));
    tree_destroy(&tree);
}

/* A client can't know of a window before it is told of it. */
static void test_nothing_is_told_before_the_welcome(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = granting(tree, 8);
    actor_t *client = actor_connect(root, "a");
    actor_hold(client, true);
    actor_hello(client, "x", INSTANCE(1, 1));
    actor_publish(client, "t", "something");
    actor_hold(client, false);
    tree_run(tree);
    actor_expect(client, DD_WELCOME);
    assert_int_equal(actor_expect(client, DD_TAKEN)->number, actor_peer(client)->taken);

    actor_t *child = actor_connect(root, KEY_OF_BROKERS);
    actor_hold(child, true);
    actor_join(child, "childchildchildc", "child", "/1/1/", false);
    actor_hold(child, false);
    tree_run(tree);
    actor_expect(child, DD_ADMIT);
    assert_non_null(actor_find(child, DD_TAKEN));
    tree_destroy(&tree);
}

/* ---- What the parent grants ----------------------------------------------------------------- */

/* A broker with a client, whose parent is an actor that grants so much. */
typedef struct {
    orphan_t orphan;
    actor_t *client;
    uint64_t taken; /* by the parent */
    uint32_t sent, heard;
} beneath_t;

static beneath_t beneath_new(uint32_t window)
{
    beneath_t self = {.orphan = orphan_new("/1/1/")};
    self.client = actor_client(self.orphan.broker, "a", "x");
    actor_add(self.orphan.parent, &(dd_record_t){.type = DD_ADMIT,
                                      .heartbeat = 1000,
                                      .window = window,
                                      .name = dd_bytes_of("parent"),
                                      .scope = dd_bytes_of("/1/1/"),
                                      .id = dd_bytes_of("parentparentpare")});
    actor_say(self.orphan.parent, &(dd_record_t){.type = DD_SYNCED});
    actor_find(self.orphan.parent, DD_SYNCED);
    return self;
}

static dd_window_t *window_of(const beneath_t *self)
{
    return &actor_peer(self->orphan.parent)->outbox.window;
}

static void say_taken(beneath_t *self)
{
    self->taken = window_of(self)->sent;
    actor_say(
        self->orphan.parent, &(dd_record_t){.type = DD_TAKEN, .number = window_of(self)->sent});
}

/* Notifications to somebody above. */
static void send_up(beneath_t *self, uint32_t count)
{
    char text[32];
    while (count-- > 0) {
        snprintf(text, sizeof text, "%u", ++self->sent);
        actor_send(self->client, "above", text, self->sent);
    }
}

/* Reads those that have come, which must be in order. */
static void hear_up(beneath_t *self)
{
    const dd_record_t *record;
    char text[32];
    while ((record = actor_find(self->orphan.parent, DD_FORWARD))) {
        snprintf(text, sizeof text, "%u", ++self->heard);
        assert_bytes(record->payload, text);
    }
}

/* Takes what has come, again and again, until that was all. */
static void take_all(beneath_t *self)
{
    while (self->heard < self->sent) {
        uint32_t before = self->heard;
        say_taken(self);
        hear_up(self);
        assert_true(self->heard > before);
        assert_true(window_of(self)->sent - self->taken <=
                    dd_window_most(WINDOW, DD_FRAME_TARGET) - DD_WINDOW_SIGNS);
    }
}

static void test_a_child_sends_what_the_window_holds(void **state)
{
    (void)state;
    beneath_t self = beneath_new(WINDOW);
    send_up(&self, 1000);
    assert_true(window_of(&self)->sent <= WINDOW);
    hear_up(&self);
    assert_in_range(self.heard, 1, 100);
    take_all(&self);
    assert_int_equal(self.heard, 1000);
    tree_destroy(&self.orphan.tree);
}

static void test_a_parent_without_a_window_gets_all(void **state)
{
    (void)state;
    beneath_t self = beneath_new(0);
    send_up(&self, 1000);
    hear_up(&self);
    assert_int_equal(self.heard, 1000);
    tree_destroy(&self.orphan.tree);
}

/* Its PINGs don't wait for the parent to take what came before, and there is one of them at a time.
 */
static void test_a_child_that_waits_is_not_taken_for_dead(void **state)
{
    (void)state;
    beneath_t self = beneath_new(WINDOW);
    send_up(&self, 1000);
    hear_up(&self);
    actor_skip(self.orphan.parent);
    for (int i = 0; i < 10; i++) {
        tree_pass(self.orphan.tree, 1000);
        const dd_record_t *ping = actor_expect(self.orphan.parent, DD_PING);
        actor_expect_nothing(self.orphan.parent);
        actor_say(self.orphan.parent, &(dd_record_t){.type = DD_PONG, .number = ping->number});
    }
    take_all(&self);
    tree_destroy(&self.orphan.tree);
}

/* The answer to its last PING says that the parent has heard of all before. */
static void test_the_ping_of_a_drain_overtakes_nothing(void **state)
{
    (void)state;
    beneath_t self = beneath_new(WINDOW);
    send_up(&self, 1000);
    hear_up(&self);
    assert_true(self.heard < self.sent);
    core_drain(self.orphan.broker->core, tree_now(self.orphan.tree));
    actor_leave(self.client);
    tree_run(self.orphan.tree);
    core_drained(self.orphan.broker->core, tree_now(self.orphan.tree));
    tree_run(self.orphan.tree);
    assert_true(self.orphan.broker->core->parent->pinged);
    assert_null(actor_find(self.orphan.parent, DD_PING));
    take_all(&self);
    tree_destroy(&self.orphan.tree);
}

static void end_with(uint64_t (*number)(const dd_window_t *))
{
    beneath_t self = beneath_new(WINDOW);
    send_up(&self, 10);
    say_taken(&self);
    send_up(&self, 1);
    assert_non_null(self.orphan.broker->uplink);
    actor_say(
        self.orphan.parent, &(dd_record_t){.type = DD_TAKEN, .number = number(window_of(&self))});
    assert_int_equal(self.orphan.broker->parent_left, DD_E_PROTOCOL);
    tree_destroy(&self.orphan.tree);
}

static uint64_t less_than_before(const dd_window_t *window)
{
    return window->taken - 1;
}

static uint64_t more_than_was_sent(const dd_window_t *window)
{
    return window->sent + 1;
}

static void test_a_parent_that_takes_what_cannot_be_is_left(void **state)
{
    (void)state;
    end_with(less_than_before);
    end_with(more_than_was_sent);
}

/* ---- Both ----------------------------------------------------------------------------------- */

/* However small windows are, and whatever comes first: all arrives, in order. */
static void test_trees_of_any_windows_carry_all(void **state)
{
    static const uint32_t WINDOWS[] = {1, 64, 100, 1000, 33000, 1 << 20};
    static const uint8_t LARGE[100000];
    (void)state;
    for (size_t i = 0; i < COUNT(WINDOWS); i++) {
        tree_t *tree = tree_new();
        tree_seed(tree, (uint32_t)i + 1);
        tree_settings(tree)->window_link = WINDOWS[i];
        broker_t *root = broker_new(tree, "root", NULL, "/1/");
        broker_t *middle = broker_new(tree, "middle", root, "/1/1/");
        broker_t *leaf = broker_new(tree, "leaf", middle, "/1/1/1/");
        actor_t *sender = actor_client(leaf, "a", "x");
        actor_t *receiver = actor_client(root, "a", "y");
        for (uint32_t ref = 1; ref <= 1000; ref++)
            actor_add(sender, &(dd_record_t){.type = DD_SEND,
                                  .ref = ref,
                                  .destination = dd_bytes_of("y"),
                                  .payload = dd_bytes(LARGE, ref % 100 ? ref : sizeof LARGE)});
        tree_run(tree);
        for (uint32_t ref = 1; ref <= 1000; ref++)
            assert_int_equal(actor_find(receiver, DD_DATA)->ref, ref);
        tree_destroy(&tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_windows_are_told_and_stay),
        cmocka_unit_test(test_a_quarter_that_was_taken_is_told),
        cmocka_unit_test(test_no_window_is_not_told_of),
        cmocka_unit_test(test_taken_overtakes_what_waits),
        cmocka_unit_test(test_nothing_is_told_before_the_welcome),
        cmocka_unit_test(test_a_child_sends_what_the_window_holds),
        cmocka_unit_test(test_a_parent_without_a_window_gets_all),
        cmocka_unit_test(test_a_child_that_waits_is_not_taken_for_dead),
        cmocka_unit_test(test_the_ping_of_a_drain_overtakes_nothing),
        cmocka_unit_test(test_a_parent_that_takes_what_cannot_be_is_left),
        cmocka_unit_test(test_trees_of_any_windows_carry_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
