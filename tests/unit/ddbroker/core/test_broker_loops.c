/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_broker_loops - brokers never stay in a loop, and a tree is only so deep
 */
#include <stdio.h>

#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

#define ID_A "aaaaaaaaaaaaaaaa"

static void test_a_broker_is_not_its_own_parent(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *client = actor_client(broker, "a", "x");
    broker_join(broker, broker);
    tree_run(tree);
    assert_null(broker->uplink);
    assert_int_equal(broker->parent_left, DD_E_LOOP);
    actor_expect_nothing(client);
    tree_destroy(&tree);
}

static void test_a_broker_does_not_join_one_beneath_it(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *middle = broker_new(tree, "middle", root, "/1/1/");
    broker_t *leaf = broker_new(tree, "leaf", middle, "/1/1/1/");
    broker_join(root, leaf);
    tree_run(tree);
    assert_null(root->uplink);
    assert_int_equal(root->parent_left, DD_E_LOOP);
    assert_non_null(middle->uplink);
    assert_non_null(leaf->uplink);
    tree_destroy(&tree);
}

static bool is_in_loop(broker_t *const brokers[], size_t count, const int parents[])
{
    for (size_t start = 0; start < count; start++) {
        size_t at = start;
        for (size_t steps = 0; brokers[at]->uplink; steps++) {
            at = (size_t)parents[at];
            if (steps > count)
                return true;
        }
    }
    return false;
}

/* All join at once, so that none can know of the loop when it is admitted. What they carry
   meanwhile goes round, but not for ever. */
static void test_loops_formed_at_once_are_found(void **state)
{
    static const int PARENTS[] = {1, 2, 3, 4, 0};
    (void)state;
    for (uint32_t seed = 1; seed <= 400; seed++) {
        size_t count = 2 + seed % 4;
        int parents[5];
        tree_t *tree = tree_new();
        broker_t *brokers[5];
        actor_t *clients[5];
        tree_seed(tree, seed);
        tree_settings(tree)->has_parent = true;
        for (size_t i = 0; i < count; i++) {
            char name[32];
            snprintf(name, sizeof name, "b%zu", i);
            brokers[i] = broker_new(tree, name, NULL, "/1/");
            clients[i] = actor_client(brokers[i], "a", name);
            actor_subscribe(clients[i], "topic", "all");
            actor_skip(clients[i]);
            parents[i] = i + 1 == count ? 0 : PARENTS[i];
        }
        for (size_t i = 0; i < count; i++)
            broker_join(brokers[i], brokers[parents[i]]);
        for (uint32_t steps = tree_random(tree, 30); steps > 0; steps--)
            tree_step(tree);
        actor_add(clients[0],
            &(dd_record_t){.type = DD_PUBLISH, .topic = B("topic"), .payload = B("news")});
        actor_add(
            clients[0], &(dd_record_t){.type = DD_SEND, .ref = 1, .destination = B("nobody")});
        tree_run(tree);
        assert_false(is_in_loop(brokers, count, parents));
        for (size_t i = 0; i < count; i++) {
            clients[i]->read = 0;
            int copies = 0;
            while (actor_find(clients[i], DD_PUBLICATION))
                copies++;
            assert_in_range(copies, 0, DD_HOPS_MAX);
            assert_int_equal(actor_peer(clients[i])->state, PEER_READY);
        }
        tree_destroy(&tree);
    }
}

/* Two that list each other settle at once, whoever is heard first: one is the root and says so, the
   other is beneath it, and each reaches what is at the other. */
static void test_of_two_that_join_each_other_one_is_the_root(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 200; seed++) {
        tree_t *tree = tree_new();
        tree_seed(tree, seed);
        tree_settings(tree)->has_parent = true;
        broker_t *a = broker_new(tree, "a", NULL, "/1/"), *b = broker_new(tree, "b", NULL, "/1/");
        actor_t *at_a = actor_client(a, "a", "x"), *at_b = actor_client(b, "a", "y");
        broker_join(a, b);
        for (uint32_t steps = tree_random(tree, 3); steps > 0; steps--)
            tree_step(tree);
        broker_join(b, a);
        tree_run(tree);
        assert_true((a->uplink == NULL) != (b->uplink == NULL));
        const broker_t *root = a->uplink ? b : a;
        assert_int_equal(root->parent_left, DD_E_LOOP);
        actor_send(at_a, "y", "hello", 1);
        actor_expect(at_b, DD_DATA);
        actor_send(at_b, "x", "hello", 1);
        actor_expect(at_a, DD_DATA);
        actor_send(at_a, "nobody", "hello", 2);
        actor_expect_error(at_a, DD_E_NO_DESTINATION, 2);
        tree_destroy(&tree);
    }
}

static size_t count_events(const broker_t *broker, dd_log_level_t least)
{
    size_t count = 0;
    for (const event_t *event = broker->core->events.newest; event; event = event->older)
        count += event->level <= least;
    return count;
}

/* As a root and its standby are to be configured: the one above asks for ever, and that is no news.
 */
static void test_a_root_and_its_standby_warn_of_no_loop(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->has_parent = true;
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *standby = broker_new(tree, "standby", root, "/1/");
    broker_join(root, standby);
    tree_run(tree);
    assert_int_equal(root->parent_left, DD_E_LOOP);
    assert_string_equal(
        root->core->events.newest->text, "this broker is the root: its parent is beneath it");
    size_t at_root = count_events(root, DD_LOG_INFO);
    size_t at_standby = count_events(standby, DD_LOG_INFO);
    for (int i = 0; i < 3; i++) {
        broker_join(root, standby);
        tree_run(tree);
        assert_int_equal(root->parent_left, DD_E_LOOP);
    }
    assert_int_equal(count_events(root, DD_LOG_INFO), at_root);
    assert_int_equal(count_events(standby, DD_LOG_INFO), at_standby);
    assert_int_equal(count_events(root, DD_LOG_WARNING), 0);
    assert_int_equal(count_events(standby, DD_LOG_WARNING), 0);
    tree_destroy(&tree);
}

static void test_a_loop_that_forms_above_is_left(void **state)
{
    (void)state;
    orphan_t orphan = orphan_new("/1/1/");
    broker_t *leaf = broker_new(orphan.tree, "leaf", orphan.broker, "/1/1/1/");
    const uint8_t *secret = actor_expect(orphan.parent, DD_JOIN)->id.data;
    actor_admit(orphan.parent, ID_A, "/1/1/");
    actor_skip(orphan.parent);
    uint8_t ids[2 * DD_BROKER_ID_SIZE];
    memcpy(ids, ID_A, DD_BROKER_ID_SIZE);
    descendants_id(ids + DD_BROKER_ID_SIZE, secret);
    actor_say(orphan.parent, &(dd_record_t){.type = DD_ADMIT,
                                 .name = B("parent"),
                                 .scope = B("/1/1/"),
                                 .id = dd_bytes(ids, sizeof ids)});
    actor_expect_error(orphan.parent, DD_E_LOOP, 0);
    assert_int_equal(orphan.broker->parent_left, DD_E_LOOP);
    assert_non_null(leaf->uplink);
    tree_destroy(&orphan.tree);
}

/* It hears so from this broker: its own word that it isn't beneath itself is not waited for. */
static void test_a_broker_above_cannot_join_beneath(void **state)
{
    static const char SECRETS[][DD_BROKER_ID_SIZE + 1] = {"aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"};
    (void)state;
    orphan_t orphan = orphan_new("/1/1/");
    uint8_t ids[2 * DD_BROKER_ID_SIZE];
    const void *own = actor_expect(orphan.parent, DD_JOIN)->id.data;
    const void *const ABOVE[] = {SECRETS[0], SECRETS[1], own};
    for (size_t i = 0; i < COUNT(SECRETS); i++)
        descendants_id(ids + i * DD_BROKER_ID_SIZE, ABOVE[i]);
    actor_say(orphan.parent, &(dd_record_t){.type = DD_ADMIT,
                                 .name = B("parent"),
                                 .scope = B("/1/1/"),
                                 .id = dd_bytes(ids, sizeof ids)});
    for (size_t i = 0; i < COUNT(ABOVE); i++) {
        actor_t *child = actor_connect(orphan.broker, KEY_OF_BROKERS);
        dd_record_t join = {.type = DD_JOIN, .name = B("child"), .scope = B("/1/1/1/")};
        join.id = dd_bytes(ABOVE[i], DD_BROKER_ID_SIZE);
        actor_say(child, &join);
        actor_expect_end(child, DD_E_LOOP);
    }
    actor_t *child = actor_connect(orphan.broker, KEY_OF_BROKERS);
    actor_join(child, "cccccccccccccccc", "child", "/1/1/1/", false);
    actor_expect(child, DD_ADMIT);
    tree_destroy(&orphan.tree);
}

static void test_all_beneath_learn_who_is_above(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *top = broker_new(tree, "top", NULL, "/1/");
    broker_t *root = broker_new(tree, "root", NULL, "/1/1/");
    broker_t *middle = broker_new(tree, "middle", root, "/1/1/1/");
    actor_t *child = actor_child(middle, 1, "/1/1/1/1/");
    broker_join(root, top);
    tree_run(tree);
    assert_int_equal(actor_expect(child, DD_ADMIT)->id.size, 3 * DD_BROKER_ID_SIZE);
    actor_expect_nothing(child);
    broker_join(top, middle);
    tree_run(tree);
    assert_int_equal(top->parent_left, DD_E_LOOP);
    broker_cut(root);
    tree_run(tree);
    assert_int_equal(actor_expect(child, DD_ADMIT)->id.size, 2 * DD_BROKER_ID_SIZE);
    broker_join(top, middle); /* now it may */
    tree_run(tree);
    assert_non_null(top->uplink);
    tree_destroy(&tree);
}

/* A record gets from the deepest broker of one branch to the deepest of another. */
static void test_the_deepest_tree_is_reached_from_end_to_end(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/"), *ends[2];
    char name[32];
    for (int branch = 0; branch < 2; branch++) {
        ends[branch] = root;
        for (int depth = 1; depth <= DD_ANCESTORS_MAX; depth++) {
            snprintf(name, sizeof name, "b%d-%d", branch, depth);
            ends[branch] = broker_new(tree, name, ends[branch], "/1/");
        }
    }
    broker_t *over = broker_new(tree, "over", ends[0], "/1/");
    assert_null(over->uplink);
    assert_int_equal(over->parent_left, DD_E_HOP_LIMIT);
    actor_t *left = actor_client(ends[0], "a", "left"),
            *right = actor_client(ends[1], "a", "right");
    actor_subscribe(right, "topic", "all");
    actor_skip(right);
    actor_publish(left, "topic", "news");
    assert_bytes(actor_expect(right, DD_PUBLICATION)->payload, "news");
    actor_say(
        left, &(dd_record_t){
                  .type = DD_SEND, .flags = DD_FLAG_RECEIPT, .ref = 1, .destination = B("right")});
    actor_expect(right, DD_DATA);
    actor_say(right, &(dd_record_t){.type = DD_RECEIPT, .ref = 1, .destination = B("left")});
    actor_expect(left, DD_RECEIPT);
    actor_say(left, &(dd_record_t){.type = DD_INSPECT, .ref = 2, .text = B("tree")});
    for (int i = 0; i < 1 + 2 * DD_ANCESTORS_MAX; i++)
        actor_expect(left, DD_REPORT);
    actor_expect_nothing(left);
    tree_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_broker_is_not_its_own_parent),
        cmocka_unit_test(test_a_broker_does_not_join_one_beneath_it),
        cmocka_unit_test(test_loops_formed_at_once_are_found),
        cmocka_unit_test(test_of_two_that_join_each_other_one_is_the_root),
        cmocka_unit_test(test_a_root_and_its_standby_warn_of_no_loop),
        cmocka_unit_test(test_a_loop_that_forms_above_is_left),
        cmocka_unit_test(test_a_broker_above_cannot_join_beneath),
        cmocka_unit_test(test_all_beneath_learn_who_is_above),
        cmocka_unit_test(test_the_deepest_tree_is_reached_from_end_to_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
