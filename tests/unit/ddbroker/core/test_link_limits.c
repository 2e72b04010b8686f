/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_link_limits - how much a link may tell of, and of whom no more once a tenant has gone
 */
#include <stdio.h>

#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

#define MOST 3

static void add_client(actor_t *child, uint64_t number)
{
    char name[32];
    snprintf(name, sizeof name, "a.c%u", (unsigned)number);
    actor_add_client(child, name, number);
}

static void add_interest(actor_t *link, unsigned number)
{
    char topic[32];
    snprintf(topic, sizeof topic, "t%u", number);
    actor_say(link, &(dd_record_t){.type = DD_ADD_INTEREST,
                        .tenant = B("a"),
                        .topic = dd_bytes_of(topic),
                        .scope = B("/")});
}

/* ---- How much -------------------------------------------------------------------------------- */

static void test_a_child_that_tells_of_too_many_clients_is_ended(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->link_names_max = MOST;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *child = actor_child(broker, 1, "/1/1/"), *other = actor_child(broker, 2, "/1/2/");
    for (uint64_t i = 1; i <= MOST; i++)
        add_client(child, i);
    add_client(child, MOST); /* told again */
    actor_say(child, &(dd_record_t){.type = DD_DROP_CLIENT, .number = 1, .name = B("a.c1")});
    add_client(child, 1);
    actor_expect_nothing(child);
    add_client(child, MOST + 1);
    actor_expect_end(child, DD_E_LIMIT);
    assert_true(tree_logged(tree, "it tells of more than 3 clients, its link-names-max"));
    for (uint64_t i = 1; i <= MOST; i++) /* which are free again */
        add_client(other, i);
    actor_expect_nothing(other);
    tree_destroy(&tree);
}

/* Those that move to it count as well. */
static void test_clients_that_move_count_where_they_are(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->link_names_max = MOST;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *child = actor_child(broker, 1, "/1/1/"), *other = actor_child(broker, 2, "/1/2/");
    for (uint64_t i = 1; i <= MOST; i++)
        add_client(child, i);
    for (uint64_t i = 1; i <= MOST; i++)
        add_client(other, i);
    actor_skip(child);
    for (uint64_t i = 10; i < 10 + MOST; i++)
        add_client(child, i);
    actor_expect_nothing(child);
    add_client(other, 10);
    actor_expect_end(other, DD_E_LIMIT);
    tree_destroy(&tree);
}

static void test_a_link_that_tells_of_too_many_interests_is_ended(void **state)
{
    (void)state;
    for (int of_parent = 0; of_parent < 2; of_parent++) {
        tree_t *tree = tree_new();
        tree_settings(tree)->link_interests_max = MOST;
        broker_t *broker;
        actor_t *parent = actor_new_parent(tree, &broker);
        actor_t *child = actor_child(broker, 1, "/1/1/1/");
        actor_t *link = of_parent ? parent : child;
        actor_skip(parent);
        for (unsigned i = 1; i <= MOST; i++)
            add_interest(link, i);
        add_interest(link, 1);
        assert_int_equal(actor_peer(link)->subscription_count, MOST);
        actor_skip(link);
        add_interest(link, MOST + 1);
        actor_expect_error(link, DD_E_LIMIT, 0);
        if (of_parent)
            assert_int_equal(broker->parent_left, DD_E_LIMIT);
        tree_destroy(&tree);
    }
}

/* ---- Whom ------------------------------------------------------------------------------------ */

/* A child with the old keys can't keep the clients of a tenant that has gone. */
static void test_a_removed_tenant_is_removed_beneath_children(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = actor_new_parent(tree, &broker), *child = actor_child(broker, 1, "/1/1/1/");
    actor_t *public = actor_client(broker, "public", "x");
    actor_add_client(child, "b.under", 7);
    actor_add_client(child, "a.under", 8);
    actor_skip(parent);
    dd_keyring_t *fewer = tenants_keyring("a,ab,public");
    core_set_keyring(broker->core, fewer, tree_now(tree));
    tree_run(tree);
    const dd_record_t *record = actor_expect(child, DD_DROP_CLIENT);
    assert_bytes(record->name, "b.under");
    assert_int_equal(record->number, 7);
    assert_int_equal(record->code, DD_E_REFUSED);
    actor_expect_nothing(child);
    assert_bytes(actor_expect(parent, DD_DROP_CLIENT)->name, "b.under");
    actor_expect_nothing(parent);
    actor_say(child,
        &(dd_record_t){
            .type = DD_FORWARD, .ref = 1, .source = B("b.under"), .destination = B("public.x")});
    actor_expect_nothing(public);
    actor_add_client(child, "b.under", 9);
    assert_int_equal(actor_expect(child, DD_DROP_CLIENT)->code, DD_E_REFUSED);
    core_set_keyring(broker->core, tree_keyring(tree), tree_now(tree));
    actor_add_client(child, "b.under", 10);
    actor_expect_nothing(child);
    tree_destroy(&tree);
    dd_keyring_destroy(&fewer);
}

/* In the whole tree, with brokers that were not told of it. */
static void test_a_removed_tenants_clients_are_ended_by_brokers_with_old_keys(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *client = actor_client(pair.left_leaf, "b", "x");
    actor_t *other = actor_client(pair.left_leaf, "a", "x");
    dd_keyring_t *fewer = tenants_keyring("a,ab,public");
    core_set_keyring(pair.root->core, fewer, tree_now(pair.tree));
    tree_run(pair.tree);
    actor_expect_end(client, DD_E_REFUSED);
    actor_expect_nothing(other);
    tree_destroy(&pair.tree);
    dd_keyring_destroy(&fewer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_child_that_tells_of_too_many_clients_is_ended),
        cmocka_unit_test(test_clients_that_move_count_where_they_are),
        cmocka_unit_test(test_a_link_that_tells_of_too_many_interests_is_ended),
        cmocka_unit_test(test_a_removed_tenant_is_removed_beneath_children),
        cmocka_unit_test(test_a_removed_tenants_clients_are_ended_by_brokers_with_old_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
