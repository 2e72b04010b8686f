/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_tree_links - brokers join, tell all they have, leave, and come back
 */
#include <stdio.h>

#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

#define ID_A "aaaaaaaaaaaaaaaa"
#define ID_B "bbbbbbbbbbbbbbbb"

/* ---- Joining -------------------------------------------------------------------------------- */

static void test_join_is_answered_with_all_there_is_to_know(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *middle = broker_new(tree, "middle", root, "/1/2/");
    actor_subscribe(actor_client(root, "a", "x"), "topic", "noscope");
    actor_t *child = actor_connect(middle, KEY_OF_BROKERS);
    actor_join(child, ID_A, "child", "/1/2/3/", false);
    const dd_record_t *record = actor_expect(child, DD_ADMIT);
    assert_bytes(record->name, "middle");
    assert_bytes(record->scope, "/1/2/3/");
    assert_int_equal(record->heartbeat, 5000);
    assert_int_equal(record->id.size, 2 * DD_BROKER_ID_SIZE); /* middle, then root */
    assert_memory_not_equal(
        record->id.data, record->id.data + DD_BROKER_ID_SIZE, DD_BROKER_ID_SIZE);
    record = actor_expect(child, DD_ADD_INTEREST);
    assert_bytes(record->tenant, "a");
    assert_bytes(record->topic, "topic");
    assert_bytes(record->scope, "noscope");
    actor_expect(child, DD_SYNCED);
    actor_expect_nothing(child);
    tree_destroy(&tree);
}

static void test_joins_that_cannot_be(void **state)
{
    static const struct {
        const char *id, *name, *scope;
        dd_error_t code;
    } CASES[] = {
        {"", "child", "/1/1/", DD_E_NAME_INVALID},
        {"short", "child", "/1/1/", DD_E_NAME_INVALID},
        {ID_A ID_B, "child", "/1/1/", DD_E_NAME_INVALID},
        {ID_A, "", "/1/1/", DD_E_NAME_INVALID},
        {ID_A, "two words", "/1/1/", DD_E_NAME_INVALID},
        {ID_A, "new\nline", "/1/1/", DD_E_NAME_INVALID},
        {ID_A, "child", "", DD_E_SCOPE_INVALID},
        {ID_A, "child", "/", DD_E_SCOPE_INVALID},
        {ID_A, "child", "/1/*/", DD_E_SCOPE_INVALID},
        {ID_A, "child", "noscope", DD_E_SCOPE_INVALID},
        {ID_A, "child", "/1/2/3/4/5/6/7/8/9/", DD_E_SCOPE_INVALID},
        {ID_A, "child", "/65536/", DD_E_SCOPE_INVALID},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        tree_t *tree = tree_new();
        broker_t *root = broker_new(tree, "root", NULL, "/1/");
        actor_t *child = actor_connect(root, KEY_OF_BROKERS);
        actor_join(child, CASES[i].id, CASES[i].name, CASES[i].scope, false);
        actor_expect_end(child, CASES[i].code);
        actor_expect_nothing(child);
        tree_destroy(&tree);
    }
}

static void test_admissions_that_cannot_be(void **state)
{
    static const struct {
        const char *ids, *name, *scope;
    } CASES[] = {
        {"", "parent", "/1/1/"},
        {"short", "parent", "/1/1/"},
        {ID_A "short", "parent", "/1/1/"},
        {ID_A, "", "/1/1/"},
        {ID_A, "two words", "/1/1/"},
        {ID_A, "parent", ""},
        {ID_A, "parent", "/"},
        {ID_A, "parent", "noscope"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        orphan_t orphan = orphan_new("/1/1/");
        actor_t *client = actor_client(orphan.broker, "a", "x");
        actor_say(orphan.parent, &(dd_record_t){.type = DD_ADMIT,
                                     .id = B(CASES[i].ids),
                                     .name = B(CASES[i].name),
                                     .scope = B(CASES[i].scope)});
        assert_int_equal(orphan.broker->parent_left, DD_E_MALFORMED);
        actor_expect_nothing(client);
        tree_destroy(&orphan.tree);
    }
}

static void test_a_broker_tells_its_parent_all_it_has(void **state)
{
    (void)state;
    orphan_t orphan = orphan_new("/1/1/");
    const dd_record_t *record = actor_expect(orphan.parent, DD_JOIN);
    assert_bytes(record->name, "orphan");
    assert_bytes(record->scope, "/1/1/");
    assert_int_equal(record->flags, 0);
    assert_int_equal(record->id.size, DD_BROKER_ID_SIZE);
    actor_t *client = actor_client(orphan.broker, "a", "x");
    actor_subscribe(client, "topic", "all");
    actor_t *child = actor_child(orphan.broker, 1, "/1/1/1/");
    actor_add_client(child, "b.y", 5);
    actor_expect_nothing(orphan.parent); /* not before it is admitted */
    actor_admit(orphan.parent, ID_A, "/1/1/");
    record = actor_expect(orphan.parent, DD_ADD_BROKER);
    assert_int_equal(record->id.size, DD_BROKER_ID_SIZE);
    assert_int_equal(record->id.data[0], 1); /* as the child said it */
    assert_bytes(actor_expect(orphan.parent, DD_ADD_CLIENT)->name, "a.x");
    record = actor_expect(orphan.parent, DD_ADD_CLIENT);
    assert_bytes(record->name, "b.y");
    assert_int_equal(record->number, 5);
    assert_bytes(actor_expect(orphan.parent, DD_ADD_INTEREST)->topic, "topic");
    actor_expect(orphan.parent, DD_SYNCED);
    actor_expect_nothing(orphan.parent);
    tree_destroy(&orphan.tree);
}

/* What there is to tell may be more than an outbox is to hold: ending the link for it would help
   nobody. */
static void test_a_sync_fits_whatever_the_outbox(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_link = 1000;
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *leaf = broker_new(tree, "leaf", NULL, "/1/1/");
    actor_t *client = actor_client(leaf, "a", "x");
    char text[32];
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "topic%d", i);
        actor_subscribe(client, text, "all");
    }
    broker_join(leaf, root);
    tree_run(tree);
    assert_non_null(leaf->uplink);
    actor_t *publisher = actor_client(root, "a", "publisher");
    actor_publish(publisher, "topic4999", "news");
    assert_non_null(actor_find(client, DD_PUBLICATION));
    tree_destroy(&tree);
}

/* Nor does it when a lower limit is read meanwhile; once what waited is sent, that limit holds. */
static void test_a_sync_that_waits_outlives_a_reload(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_link = 1 << 20;
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *client = actor_client(root, "a", "x");
    char text[32];
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "topic%d", i);
        actor_subscribe(client, text, "all");
    }
    actor_t *child = actor_connect(root, KEY_OF_BROKERS);
    actor_hold(child, true);
    actor_join(child, ID_A, "child", "/1/1/", false);
    const dd_outbox_t *outbox = &actor_peer(child)->outbox;
    assert_true(outbox->bytes > DD_OUTBOX_RESERVE + 1000);
    tree_settings(tree)->outbox_link = 2000;
    core_set_limits(root->core, tree_settings(tree));
    assert_true(dd_outbox_excused(outbox) > DD_OUTBOX_RESERVE);
    actor_subscribe(client, "another", "all");
    assert_int_equal(actor_peer(child)->state, PEER_READY);
    assert_int_equal(outbox->limit, 2000);
    actor_hold(child, false);
    tree_run(tree);
    actor_expect(child, DD_ADMIT);
    actor_skip(child);
    assert_int_equal(dd_outbox_excused(outbox), 0);
    actor_subscribe(client, "last", "all");
    actor_expect(child, DD_ADD_INTEREST);
    tree_destroy(&tree);
}

static void test_a_broker_that_joins_again_takes_its_own_place(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *before = actor_child(root, 'b', "/1/1/");
    actor_add_client(before, "a.x", 5);
    actor_t *after = actor_child(root, 'b', "/1/1/");
    actor_expect_end(before, DD_E_UNKNOWN_PEER);
    actor_t *sender = actor_client(root, "a", "sender");
    actor_send(sender, "x", "hello", 1);
    actor_expect_error(sender, DD_E_NO_DESTINATION, 1);
    actor_add_client(after, "a.x", 5);
    actor_expect_nothing(after);
    actor_send(sender, "x", "hello", 2);
    actor_expect(after, DD_FORWARD);
    tree_destroy(&tree);
}

/* ---- Coming back ---------------------------------------------------------------------------- */

static void test_nothing_of_a_lost_child_is_kept(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *other = broker_new(tree, "other", root, "/1/2/");
    actor_t *child = actor_child(root, 1, "/1/1/");
    actor_t *publisher = actor_client(other, "a", "publisher");
    actor_add_client(child, "a.x", 5);
    actor_say(child,
        &(dd_record_t){
            .type = DD_ADD_INTEREST, .tenant = B("a"), .topic = B("topic"), .scope = B("/")});
    actor_publish(publisher, "topic", "news");
    actor_expect(child, DD_RELAY);
    actor_leave(child);
    tree_run(tree);
    actor_send(publisher, "x", "hello", 1);
    actor_expect_error(publisher, DD_E_NO_DESTINATION, 1);
    actor_publish(publisher, "topic", "news");
    actor_expect_nothing(publisher);
    tree_destroy(&tree);
}

static void test_a_tree_heals_around_a_middle_broker_that_comes_back(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *middle = broker_new(tree, "middle", root, "/1/1/");
    broker_t *leaf = broker_new(tree, "leaf", middle, "/1/1/1/");
    actor_t *high = actor_client(root, "a", "high"), *low = actor_client(leaf, "a", "low");
    actor_subscribe(high, "topic", "all");
    actor_subscribe(low, "topic", "all");
    actor_skip(high);
    actor_skip(low);
    for (int round = 0; round < 3; round++) {
        broker_kill(middle);
        tree_run(tree);
        assert_null(leaf->uplink);
        assert_int_equal(actor_expect(high, DD_GAP)->number, 0);
        assert_int_equal(actor_expect(low, DD_GAP)->number, 0);
        actor_send(high, "low", "hello", 1);
        actor_expect_error(high, DD_E_NO_DESTINATION, 1);
        actor_send(low, "high", "hello", 1);
        actor_expect_error(low, DD_E_UPLINK_DOWN, 1);
        middle = broker_new(tree, "middle", root, "/1/1/");
        broker_join(leaf, middle);
        tree_run(tree);
        actor_send(high, "low", "hello", 2);
        actor_expect(low, DD_DATA);
        actor_publish(low, "topic", "news");
        actor_expect(high, DD_PUBLICATION);
        actor_expect(low, DD_PUBLICATION);
        actor_expect_nothing(high);
        actor_expect_nothing(low);
    }
    tree_destroy(&tree);
}

static void test_a_parent_that_says_goodbye_is_left(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *leaf = broker_new(tree, "leaf", root, "/1/1/");
    core_drain(root->core, tree_now(tree));
    tree_pass(tree, 500);
    assert_null(leaf->uplink);
    assert_int_equal(leaf->parent_left, DD_E_DRAINING);
    assert_int_equal(core_connections(root->core), 0);
    tree_destroy(&tree);
}

static void test_a_child_that_says_goodbye_is_let_go(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *leaf = broker_new(tree, "leaf", root, "/1/1/");
    core_drain(leaf->core, tree_now(tree));
    tree_run(tree);
    assert_null(leaf->uplink); /* it needs not wait for the end of its patience */
    assert_int_equal(core_connections(root->core), 0);
    tree_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_join_is_answered_with_all_there_is_to_know),
        cmocka_unit_test(test_joins_that_cannot_be),
        cmocka_unit_test(test_admissions_that_cannot_be),
        cmocka_unit_test(test_a_broker_tells_its_parent_all_it_has),
        cmocka_unit_test(test_a_sync_fits_whatever_the_outbox),
        cmocka_unit_test(test_a_sync_that_waits_outlives_a_reload),
        cmocka_unit_test(test_a_broker_that_joins_again_takes_its_own_place),
        cmocka_unit_test(test_nothing_of_a_lost_child_is_kept),
        cmocka_unit_test(test_a_tree_heals_around_a_middle_broker_that_comes_back),
        cmocka_unit_test(test_a_parent_that_says_goodbye_is_left),
        cmocka_unit_test(test_a_child_that_says_goodbye_is_let_go),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
