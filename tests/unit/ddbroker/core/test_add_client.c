/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_add_client - what links may say of names
 */
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

static void drop(actor_t *link, const char *name, uint64_t instance)
{
    actor_say(link,
        &(dd_record_t){.type = DD_DROP_CLIENT, .number = instance, .name = dd_bytes_of(name)});
}

static void expect_drop(actor_t *link, const char *name, uint64_t instance, dd_error_t why)
{
    const dd_record_t *record = actor_expect(link, DD_DROP_CLIENT);
    assert_bytes(record->name, name);
    assert_int_equal(record->number, instance);
    assert_int_equal(record->code, why);
}

static void test_a_child_brings_clients_of_known_tenants_only(void **state)
{
    static const char *const NAMES[] = {"c.x", "abc.x", "A.x", "a", "a.", ".x", "", "a.x y",
        "a.public.x", "public.a.x", "a.\xFF", "dd.x", "a." LONGEST_NAME "n"};
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *child = actor_child(broker, 1, "/1/1/");
    size_t count = COUNT(NAMES);
    for (size_t i = 0; i < count; i++) {
        actor_add_client(child, NAMES[i], 5);
        expect_drop(child, NAMES[i], 5, DD_E_REFUSED);
    }
    assert_int_equal(actor_peer(child)->count.refused, count);
    assert_null(actor_peer(child)->entries);
    actor_add_client(child, "a." LONGEST_NAME, 5);
    actor_expect_nothing(child);
    tree_destroy(&tree);
}

static void test_the_client_of_an_unknown_tenant_is_told_of_its_key(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *leaf = broker_new(tree, "leaf", root, "/1/1/");
    dd_keyring_t *without = tenants_keyring("ab,b,public");
    core_set_keyring(root->core, without, tree_now(tree));
    actor_t *actor = actor_client(leaf, "a", "x");
    actor_expect_end(actor, DD_E_REFUSED);
    actor_client(leaf, "ab", "x");
    tree_destroy(&tree);
    dd_keyring_destroy(&without);
}

static void test_a_child_drops_its_own_names_only(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *one = actor_child(broker, 1, "/1/1/"), *two = actor_child(broker, 2, "/1/2/");
    actor_t *local = actor_new_hello(broker, "a", "local", 4),
            *sender = actor_client(broker, "a", "sender");
    actor_expect(local, DD_WELCOME);
    actor_add_client(one, "a.x", 3);
    drop(two, "a.x", 3);
    drop(two, "a.local", 4);
    drop(two, "a.nobody", 4);
    drop(one, "a.x", 2);
    actor_send(sender, "x", "hello", 1);
    actor_expect(one, DD_FORWARD);
    actor_send(sender, "local", "hello", 1);
    actor_expect(local, DD_DATA);
    drop(one, "a.x", 3);
    actor_send(sender, "x", "hello", 2);
    actor_expect_error(sender, DD_E_NO_DESTINATION, 2);
    tree_destroy(&tree);
}

/* In a loop that has not been found yet, a broker hears of its own clients from a child. */
static void test_a_name_that_comes_round_a_loop_is_no_rival(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *child = actor_child(broker, 1, "/1/1/");
    actor_t *local = actor_new_hello(broker, "a", "x", INSTANCE(7, 3));
    actor_expect(local, DD_WELCOME);
    actor_add_client(child, "a.x", INSTANCE(7, 3));
    actor_expect_nothing(child);
    actor_expect_nothing(local);
    assert_null(actor_peer(child)->entries);
    actor_add_client(child, "a.x", INSTANCE(7, 2)); /* what is left of it elsewhere */
    expect_drop(child, "a.x", INSTANCE(7, 2), DD_E_NAME_TAKEN);
    actor_add_client(child, "a.x", INSTANCE(7, 4)); /* it has moved */
    actor_expect_end(local, DD_E_UNKNOWN_PEER);
    tree_destroy(&tree);
}

/* A subtree has gone to another parent, and the old one has not noticed. */
static void test_what_was_said_last_of_a_client_is_true(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *one = actor_child(broker, 1, "/1/1/"), *two = actor_child(broker, 2, "/1/2/");
    actor_t *sender = actor_client(broker, "a", "sender");
    actor_add_client(one, "a.x", INSTANCE(7, 3));
    actor_add_client(two, "a.x", INSTANCE(7, 3));
    expect_drop(one, "a.x", INSTANCE(7, 3), DD_E_MOVED);
    actor_expect_nothing(two);
    drop(one, "a.x", INSTANCE(7, 3)); /* which means nothing any more */
    actor_send(sender, "x", "hello", 1);
    actor_expect(two, DD_FORWARD);
    actor_leave(one);
    tree_run(tree);
    actor_send(sender, "x", "hello", 2);
    actor_expect(two, DD_FORWARD);
    tree_destroy(&tree);
}

/* A stale word went up another way: the broker that has the client says so again. */
static void test_the_broker_of_a_client_insists_that_it_is_there(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = actor_new_parent(tree, &broker);
    actor_t *local = actor_new_hello(broker, "a", "x", INSTANCE(7, 3));
    actor_expect(local, DD_WELCOME);
    actor_skip(parent);
    actor_say(parent, &(dd_record_t){.type = DD_DROP_CLIENT,
                          .number = INSTANCE(7, 3),
                          .code = DD_E_MOVED,
                          .name = dd_bytes_of("a.x")});
    const dd_record_t *record = actor_expect(parent, DD_ADD_CLIENT);
    assert_bytes(record->name, "a.x");
    assert_int_equal(record->number, INSTANCE(7, 3));
    actor_expect_nothing(local);
    tree_destroy(&tree);
}

static void test_a_subtree_that_moved_is_reached_though_nobody_noticed(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *sender = actor_client(pair.root, "a", "sender");
    actor_t *moved = actor_client(pair.left_leaf, "a", "x");
    broker_move(pair.left_leaf, pair.right);
    tree_run(pair.tree);
    actor_send(sender, "x", "hello", 1);
    actor_expect(moved, DD_DATA);
    actor_expect_nothing(sender);
    actor_expect_nothing(moved);
    tree_destroy(&pair.tree);
}

static void test_the_parent_ends_the_instance_it_means(void **state)
{
    static const struct {
        dd_error_t said, told;
    } CASES[] = {{DD_E_NAME_TAKEN, DD_E_NAME_TAKEN}, {DD_E_UNKNOWN_PEER, DD_E_UNKNOWN_PEER},
        {DD_E_REFUSED, DD_E_REFUSED}, {DD_OK, DD_E_NAME_TAKEN}, {DD_E_MEMORY, DD_E_NAME_TAKEN}};
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        tree_t *tree = tree_new();
        broker_t *broker;
        actor_t *parent = actor_new_parent(tree, &broker);
        actor_t *local = actor_new_hello(broker, "a", "x", INSTANCE(7, 3));
        actor_expect(local, DD_WELCOME);
        actor_t *child = actor_child(broker, 1, "/1/1/1/");
        actor_add_client(child, "a.y", INSTANCE(8, 3));
        actor_skip(parent);
        drop(parent, "a.x", INSTANCE(7, 2));
        drop(parent, "a.y", INSTANCE(8, 2));
        drop(parent, "a.nobody", 0);
        actor_expect_nothing(local);
        actor_expect_nothing(child);
        dd_record_t record = {.type = DD_DROP_CLIENT, .code = (uint16_t)CASES[i].said};
        record.number = INSTANCE(7, 3);
        record.name = dd_bytes_of("a.x");
        actor_say(parent, &record);
        actor_expect_end(local, CASES[i].told);
        record.number = INSTANCE(8, 3);
        record.name = dd_bytes_of("a.y");
        actor_say(parent, &record);
        expect_drop(child, "a.y", INSTANCE(8, 3), CASES[i].said);
        assert_null(actor_peer(child)->entries);
        tree_destroy(&tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_child_brings_clients_of_known_tenants_only),
        cmocka_unit_test(test_the_client_of_an_unknown_tenant_is_told_of_its_key),
        cmocka_unit_test(test_a_child_drops_its_own_names_only),
        cmocka_unit_test(test_a_name_that_comes_round_a_loop_is_no_rival),
        cmocka_unit_test(test_what_was_said_last_of_a_client_is_true),
        cmocka_unit_test(test_the_broker_of_a_client_insists_that_it_is_there),
        cmocka_unit_test(test_a_subtree_that_moved_is_reached_though_nobody_noticed),
        cmocka_unit_test(test_the_parent_ends_the_instance_it_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
