/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_forward - what links may say about notifications
 */
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

static void forward(actor_t *link, const char *source, const char *destination, uint8_t hops)
{
    actor_say(link, &(dd_record_t){.type = DD_FORWARD,
                        .hops = hops,
                        .ref = 1,
                        .source = B(source),
                        .destination = B(destination),
                        .payload = B("hello")});
}

static void test_a_child_forwards_for_those_beneath_it_only(void **state)
{
    static const struct {
        const char *source, *destination;
        bool passes;
    } CASES[] = {
        {"a.mine", "a.x", true},
        {"a.mine", "public.x", true},
        {"a.mine", "b.x", false}, /* across tenants */
        {"a.mine", "ab.x", false},
        {"a.x", "a.x", false},      /* this broker's own client */
        {"a.theirs", "a.x", false}, /* another child's */
        {"a.nobody", "a.x", false},
        {"public.mine", "b.x", true},
        {"c.mine", "public.x", false}, /* no such tenant */
        {"mine", "a.x", false},
        {"a.mine", "x", false},
        {"", "a.x", false},
        {"a.mine", "", false},
    };
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *child = actor_child(broker, 1, "/1/1/"), *sibling = actor_child(broker, 2, "/1/2/");
    static const char *const KEYS[] = {"a", "ab", "b", "public"};
    actor_t *receivers[4];
    for (size_t i = 0; i < 4; i++)
        receivers[i] = actor_client(broker, KEYS[i], "x");
    actor_add_client(child, "a.mine", 1);
    actor_add_client(child, "public.mine", 1);
    actor_add_client(sibling, "a.theirs", 1);
    uint64_t refused = 0;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        forward(child, CASES[i].source, CASES[i].destination, 1);
        unsigned got = 0;
        for (size_t k = 0; k < 4; k++)
            got += actor_find(receivers[k], DD_DATA) != NULL;
        assert_int_equal(got, CASES[i].passes);
        refused += !CASES[i].passes;
        assert_int_equal(actor_peer(child)->count.refused, refused);
        assert_int_equal(actor_peer(child)->state, PEER_READY);
        actor_expect_nothing(child);
        actor_expect_nothing(sibling);
    }
    tree_destroy(&tree);
}

static void test_the_parent_forwards_within_walls(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = actor_new_parent(tree, &broker), *client = actor_client(broker, "a", "x");
    actor_skip(parent);
    forward(parent, "b.far", "a.x", 1);
    forward(parent, "ab.far", "a.x", 1);
    actor_expect_nothing(client);
    assert_int_equal(actor_peer(parent)->count.refused, 2);
    forward(parent, "public.far", "a.x", 1);
    assert_bytes(actor_expect(client, DD_DATA)->source, "public.far");
    forward(parent, "a.far", "a.gone", 1); /* it doesn't go up again */
    const dd_record_t *record = actor_expect(parent, DD_RECEIPT);
    assert_int_equal(record->code, DD_E_NO_DESTINATION);
    assert_bytes(record->source, "a.gone");
    assert_bytes(record->destination, "a.far");
    actor_expect_nothing(parent);
    tree_destroy(&tree);
}

static void test_hops_are_limited(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = actor_new_parent(tree, &broker), *child = actor_child(broker, 1, "/1/1/1/");
    actor_t *client = actor_client(broker, "a", "x");
    actor_add_client(child, "a.low", 1);
    actor_skip(parent);
    forward(parent, "a.far", "a.x", DD_HOPS_MAX); /* it is there */
    actor_expect(client, DD_DATA);
    forward(parent, "a.far", "a.low", DD_HOPS_MAX - 1);
    assert_int_equal(actor_expect(child, DD_FORWARD)->hops, DD_HOPS_MAX);
    static const uint8_t TOO_FAR[] = {DD_HOPS_MAX, DD_HOPS_MAX + 1, UINT8_MAX};
    for (size_t i = 0; i < 3; i++) {
        forward(parent, "a.far", "a.low", TOO_FAR[i]);
        assert_int_equal(actor_expect(parent, DD_RECEIPT)->code, DD_E_HOP_LIMIT);
        actor_expect_nothing(child);
    }
    tree_destroy(&tree);
}

/* Names are what it must be told of. */
static void test_a_deaf_link_is_ended_and_its_names_are_free(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_link = 1000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *child = actor_child(broker, 1, "/1/1/"), *client = actor_client(broker, "a", "s");
    actor_add_client(child, "a.x", 1);
    actor_hold(child, true);
    for (int i = 0; i < 10000; i++)
        actor_add_client(child, "a.s", 1);
    assert_int_equal(actor_peer(child)->ending, DD_E_OVERLOADED);
    actor_client(broker, "a", "x");
    actor_send(client, "x", "hello", 1);
    actor_expect_nothing(client);
    tree_destroy(&tree);
}

/* A tenant's results on a link that doesn't take them are its own loss. */
static void test_no_tenant_ends_a_link_with_results_that_nobody_reads(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_link = 1000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *child = actor_child(broker, 1, "/1/1/"), *client = actor_client(broker, "b", "s");
    actor_add_client(child, "a.x", 1);
    actor_add_client(child, "b.x", 1);
    actor_hold(child, true);
    for (int i = 0; i < 10000; i++)
        forward(child, "a.x", "a.nobody", 1);
    assert_int_equal(actor_peer(child)->state, PEER_READY);
    forward(child, "b.x", "b.nobody", 1);
    actor_hold(child, false);
    tree_run(tree);
    unsigned results = 0, of_b = 0;
    const dd_record_t *record;
    while ((record = actor_next(child))) {
        assert_int_equal(record->type, DD_RECEIPT);
        results++;
        of_b += dd_bytes_equal(record->destination, B("b.x"));
    }
    assert_in_range(results, 100, 9000);
    assert_int_equal(of_b, 1);
    actor_send(client, "x", "hello", 1);
    actor_find(child, DD_FORWARD);
    tree_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_child_forwards_for_those_beneath_it_only),
        cmocka_unit_test(test_the_parent_forwards_within_walls),
        cmocka_unit_test(test_hops_are_limited),
        cmocka_unit_test(test_a_deaf_link_is_ended_and_its_names_are_free),
        cmocka_unit_test(test_no_tenant_ends_a_link_with_results_that_nobody_reads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
