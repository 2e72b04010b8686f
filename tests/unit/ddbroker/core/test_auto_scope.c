/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_auto_scope - brokers get their scope from their parent
 */
#include <stdio.h>

#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

#define ID_A "aaaaaaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbbbbbb"

static void test_auto_gives_the_lowest_free_number(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/7/");
    broker_t *brokers[4];
    static const char *const SCOPES[] = {"/7/1/", "/7/2/", "/7/3/", "/7/4/"};
    for (size_t i = 0; i < 4; i++) {
        char name[32];
        snprintf(name, sizeof name, "b%zu", i);
        brokers[i] = broker_new(tree, name, root, "auto");
        assert_string_equal(core_scope(brokers[i]->core), SCOPES[i]);
    }
    broker_kill(brokers[1]);
    broker_kill(brokers[2]);
    broker_new(tree, "fixed", root, "/7/2/");
    assert_string_equal(core_scope(broker_new(tree, "new", root, "auto")->core), "/7/3/");
    tree_destroy(&tree);
}

static void test_auto_is_kept_over_a_new_connection(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/7/");
    broker_t *first = broker_new(tree, "first", root, "auto");
    broker_t *second = broker_new(tree, "second", root, "auto");
    actor_t *client = actor_client(second, "a", "x");
    broker_cut(first);
    broker_cut(second);
    tree_run(tree);
    broker_join(second, root);
    tree_run(tree);
    assert_string_equal(core_scope(second->core), "/7/2/");
    broker_join(first, root);
    tree_run(tree);
    assert_string_equal(core_scope(first->core), "/7/1/");
    actor_expect_nothing(client);
    tree_destroy(&tree);
}

static void test_a_scope_from_before_is_kept_only_if_it_fits(void **state)
{
    static const struct {
        const char *before, *given;
    } CASES[] = {{"/7/5/", "/7/5/"}, {"/7/1/", "/7/2/"}, {"/8/5/", "/7/2/"}, {"/7/", "/7/2/"},
        {"/7/5/1/", "/7/2/"}, {"/77/5/", "/7/2/"}, {"", "/7/2/"}, {"junk", "/7/2/"}};
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        tree_t *tree = tree_new();
        broker_t *root = broker_new(tree, "root", NULL, "/7/");
        actor_child(root, 1, "/7/1/");
        actor_t *child = actor_connect(root, KEY_OF_BROKERS);
        actor_join(child, ID_A, "child", CASES[i].before, true);
        assert_bytes(actor_expect(child, DD_ADMIT)->scope, CASES[i].given);
        tree_destroy(&tree);
    }
}

static void test_auto_ends_where_scopes_get_too_deep(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/2/3/4/5/6/7/8/");
    actor_t *child = actor_connect(root, KEY_OF_BROKERS);
    actor_join(child, ID_A, "child", "/0/", true);
    actor_expect_end(child, DD_E_SCOPE_INVALID);
    tree_destroy(&tree);
}

static void test_a_scope_from_elsewhere_is_taken_with_a_warning(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_child(root, 1, "/1/1/");
    assert_false(tree_logged(tree, "isn't beneath"));
    actor_child(root, 2, "/2/1/");
    assert_true(tree_logged(tree, "isn't beneath"));
    tree_destroy(&tree);
}

/* Subscriptions and the children's scopes were made from the old one. */
static void test_a_new_scope_ends_clients_and_children(void **state)
{
    (void)state;
    orphan_t orphan = orphan_new("auto");
    assert_int_equal(actor_expect(orphan.parent, DD_JOIN)->flags, DD_FLAG_AUTO_SCOPE);
    actor_t *client = actor_client(orphan.broker, "a", "x");
    actor_t *child = actor_child(orphan.broker, 1, "/0/1/");
    actor_t *waiting = actor_connect(orphan.broker, "a");
    actor_admit(orphan.parent, ID_A, "/3/4/");
    assert_string_equal(core_scope(orphan.broker->core), "/3/4/");
    actor_expect_end(client, DD_E_UNKNOWN_PEER);
    assert_int_equal(actor_find(child, DD_ERROR)->code, DD_E_UNKNOWN_PEER);
    actor_expect_nothing(waiting);
    assert_int_equal(actor_peer(orphan.parent)->state, PEER_READY);
    actor_skip(orphan.parent);
    client = actor_client(orphan.broker, "a", "x");
    assert_bytes(actor_expect(orphan.parent, DD_ADD_CLIENT)->name, "a.x");
    actor_admit(orphan.parent, ID_A ID_B, "/3/4/"); /* nothing new but the brokers above */
    actor_expect_nothing(client);
    actor_admit(orphan.parent, ID_A ID_B, "/3/5/");
    actor_expect_end(client, DD_E_UNKNOWN_PEER);
    tree_destroy(&orphan.tree);
}

static void test_scopes_settle_however_deep_the_tree(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 50; seed++) {
        tree_t *tree = tree_new();
        tree_seed(tree, seed);
        broker_t *brokers[5];
        tree_settings(tree)->has_parent = true;
        for (int i = 4; i > 0; i--) {
            char name[32];
            snprintf(name, sizeof name, "b%d", i);
            brokers[i] = broker_new(tree, name, NULL, "auto");
        }
        tree_settings(tree)->has_parent = false;
        brokers[0] = broker_new(tree, "b0", NULL, "/9/");
        for (int i = 1; i < 5; i++)
            broker_join(brokers[i], brokers[i - 1]);
        for (int round = 0; round < 10; round++) {
            tree_run(tree);
            for (int i = 1; i < 5; i++)
                if (!brokers[i]->uplink)
                    broker_join(brokers[i], brokers[i - 1]);
        }
        assert_string_equal(core_scope(brokers[4]->core), "/9/1/1/1/1/");
        tree_destroy(&tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_auto_gives_the_lowest_free_number),
        cmocka_unit_test(test_auto_is_kept_over_a_new_connection),
        cmocka_unit_test(test_a_scope_from_before_is_kept_only_if_it_fits),
        cmocka_unit_test(test_auto_ends_where_scopes_get_too_deep),
        cmocka_unit_test(test_a_scope_from_elsewhere_is_taken_with_a_warning),
        cmocka_unit_test(test_a_new_scope_ends_clients_and_children),
        cmocka_unit_test(test_scopes_settle_however_deep_the_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
