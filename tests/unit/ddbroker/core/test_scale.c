/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_scale - a hundred thousand names and subscriptions come, go and come again
 *
 * What is asserted is that nothing gets lost; what it costs is only printed.
 */
#include <stdio.h>
#include <time.h>

#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

#define MANY 100000

static uint64_t start_ns;

static uint64_t cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* Prints what each of MANY cost since the last call. */
static void lap(const char *what)
{
    uint64_t now = cpu_ns();
    print_message("%-40s %5llu ns each\n", what, (unsigned long long)(now - start_ns) / MANY);
    start_ns = cpu_ns();
}

static void test_names_beneath_a_child_go_and_come_again(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_link = 64 << 20;
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *middle = broker_new(tree, "middle", root, "/1/1/");
    actor_t *child = actor_child(middle, 1, "/1/1/1/"), *sender = actor_client(root, "a", "sender");
    char name[32];
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "a.client%u", i);
        actor_add(child, &(dd_record_t){.type = DD_ADD_CLIENT, .number = i, .name = B(name)});
    }
    start_ns = cpu_ns();
    tree_run(tree);
    lap("names told to two brokers");
    assert_int_equal(directory_count(&root->core->directory), MANY + 1);
    broker_cut(middle);
    tree_run(tree);
    lap("names forgotten with their link");
    assert_int_equal(directory_count(&root->core->directory), 1);
    broker_join(middle, root);
    tree_run(tree);
    lap("names told again after a cut");
    assert_int_equal(directory_count(&root->core->directory), MANY + 1);
    actor_send(sender, "client77777", "hello", 1);
    assert_bytes(actor_find(child, DD_FORWARD)->destination, "a.client77777");
    start_ns = cpu_ns();
    actor_leave(child);
    tree_run(tree);
    lap("names dropped one by one above");
    assert_int_equal(directory_count(&root->core->directory), 1);
    assert_int_equal(directory_count(&middle->core->directory), 0);
    assert_non_null(middle->uplink);
    tree_destroy(&tree);
}

static void test_subscriptions_go_and_come_again(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_link = tree_settings(tree)->outbox_client = 64 << 20;
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *leaf = broker_new(tree, "leaf", root, "/1/1/");
    actor_t *listener = actor_client(leaf, "a", "listener");
    actor_t *publisher = actor_client(root, "a", "publisher");
    char topic[32];
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(topic, sizeof topic, "topic%u", i);
        actor_add(listener, &(dd_record_t){.type = DD_SUBSCRIBE,
                                .ref = 1,
                                .topic = B(topic),
                                .scope = B(i % 2 ? "all" : "noscope")});
    }
    start_ns = cpu_ns();
    tree_run(tree);
    lap("subscriptions made");
    assert_int_equal(root->core->links->subscription_count, MANY);
    actor_skip(listener);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(topic, sizeof topic, "topic%u", i);
        actor_add(
            publisher, &(dd_record_t){.type = DD_PUBLISH, .topic = B(topic), .payload = B("news")});
    }
    start_ns = cpu_ns();
    tree_run(tree);
    lap("publications among them");
    for (unsigned i = 0; i < MANY; i++)
        actor_expect(listener, DD_PUBLICATION);
    actor_expect_nothing(listener);
    start_ns = cpu_ns();
    broker_cut(leaf);
    tree_run(tree);
    lap("subscriptions forgotten with their link and told of it");
    assert_null(root->core->interests.by_key.first);
    for (unsigned i = 0; i < MANY; i++)
        actor_expect(listener, DD_GAP);
    broker_join(leaf, root);
    tree_run(tree);
    lap("subscriptions told again after a cut");
    actor_publish(publisher, "topic99999", "news");
    actor_expect(listener, DD_PUBLICATION);
    start_ns = cpu_ns();
    actor_leave(listener);
    tree_run(tree);
    lap("subscriptions dropped one by one above");
    assert_null(root->core->interests.by_key.first);
    assert_null(leaf->core->interests.by_key.first);
    tree_destroy(&tree);
}

/* Each publication looks first whether a gap can be told: not at all the other subscriptions. */
static void test_a_slow_client_with_many_subscriptions(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *slow = actor_client(broker, "a", "slow");
    actor_t *publisher = actor_client(broker, "a", "publisher");
    char topic[32];
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(topic, sizeof topic, "topic%u", i);
        actor_add(slow,
            &(dd_record_t){.type = DD_SUBSCRIBE, .ref = 1, .topic = B(topic), .scope = B("all")});
    }
    tree_run(tree);
    actor_skip(slow);
    actor_hold(slow, true);
    for (unsigned i = 0; i < MANY; i++) {
        snprintf(topic, sizeof topic, "topic%u", MANY - 1 - i / 10 * 10);
        actor_add(
            publisher, &(dd_record_t){.type = DD_PUBLISH, .topic = B(topic), .payload = B(topic)});
    }
    start_ns = cpu_ns();
    tree_run(tree);
    lap("publications to one who doesn't read");
    actor_hold(slow, false);
    tree_run(tree);
    uint64_t got = 0, lost = 0;
    const dd_record_t *record;
    while ((record = actor_next(slow))) {
        got += record->type == DD_PUBLICATION;
        lost += record->number;
    }
    assert_true(lost > 0);
    assert_int_equal(got + lost, MANY);
    tree_destroy(&tree);
}

static void test_fifty_brokers(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *brokers[50];
    actor_t *listeners[50];
    for (int i = 0; i < 50; i++) {
        char name[32];
        snprintf(name, sizeof name, "b%d", i);
        brokers[i] =
            broker_new(tree, name, i == 0 ? NULL : brokers[(i - 1) / 7], i == 0 ? "/1/" : "auto");
        listeners[i] = actor_client(brokers[i], "a", name);
        actor_subscribe(listeners[i], "topic", "all");
        actor_skip(listeners[i]);
    }
    actor_publish(listeners[49], "topic", "news");
    for (int i = 0; i < 50; i++) {
        actor_expect(listeners[i], DD_PUBLICATION);
        actor_expect_nothing(listeners[i]);
    }
    actor_say(listeners[7], &(dd_record_t){.type = DD_INSPECT, .ref = 1, .text = B("tree")});
    for (int i = 0; i < 50; i++)
        actor_expect(listeners[7], DD_REPORT);
    actor_expect_nothing(listeners[7]);
    tree_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_beneath_a_child_go_and_come_again),
        cmocka_unit_test(test_subscriptions_go_and_come_again),
        cmocka_unit_test(test_a_slow_client_with_many_subscriptions),
        cmocka_unit_test(test_fifty_brokers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
