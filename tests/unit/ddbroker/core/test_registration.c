/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_registration - names: who gets one, who keeps it, and who has to go
 */
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

/* The actor is reached under the name from everywhere in the tree, and nobody else is. */
static void assert_reached(pair_t *pair, actor_t *actor, const char *tenant, const char *name)
{
    broker_t *const FROM[] = {
        pair->root, pair->left, pair->right, pair->left_leaf, pair->right_leaf};
    for (size_t i = 0; i < 5; i++) {
        actor_t *sender = actor_client(FROM[i], tenant, "sender");
        actor_send(sender, name, FROM[i]->name, 1);
        const dd_record_t *data = actor_expect(actor, DD_DATA);
        assert_bytes(data->payload, FROM[i]->name);
        actor_expect_nothing(sender);
        actor_leave(sender);
        tree_run(pair->tree);
    }
    actor_expect_nothing(actor);
}

/* ---- HELLO ---------------------------------------------------------------------------------- */

static void test_names_that_may_be(void **state)
{
    static const struct {
        const char *key, *name;
        bool valid;
    } CASES[] = {
        {"a", "x", true},
        {"a", "x.y:z", true},
        {"a", "b.x", true}, /* a client of a, whatever it looks like */
        {"a", "public", true},
        {"a", "\xC3\xA5\xE6\xBC\xA2", true},
        {"a", LONGEST_NAME, true},
        {"a", LONGEST_NAME "n", false},
        {"a", "", false},
        {"a", "x y", false},
        {"a", "x\n", false},
        {"a", "\x1B[2J", false},
        {"a", "\xFF", false},
        {"a", "public.x", false},
        {"public", "x", true},
        {"public", "a", true},
        {"public", "c.x", true}, /* there is no tenant c */
        {"public", "abc.x", true},
        {"public", "a:x", true},
        {"public", "a.x", false},
        {"public", "ab.x", false},
        {"public", "b.x.y", false},
        {"public", "public.x", false},
        {KEY_OF_OPERATORS, "a.x", true},
        {KEY_OF_OPERATORS, "x y", false},
        {KEY_OF_OPERATORS, "", false},
    };
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    for (size_t i = 0; i < COUNT(CASES); i++) {
        actor_t *actor = actor_new_hello(broker, CASES[i].key, CASES[i].name, INSTANCE(1, 1));
        if (CASES[i].valid)
            assert_bytes(actor_expect(actor, DD_WELCOME)->name, CASES[i].name);
        else
            actor_expect_end(actor, DD_E_NAME_INVALID);
    }
    tree_destroy(&tree);
}

static void test_welcome_says_all_there_is_to_know(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/2/");
    const dd_record_t *welcome =
        actor_expect(actor_new_hello(broker, "ab", "x", INSTANCE(1, 1)), DD_WELCOME);
    assert_bytes(welcome->tenant, "ab");
    assert_bytes(welcome->name, "x");
    assert_bytes(welcome->source, "broker");
    assert_bytes(welcome->scope, "/1/2/");
    assert_int_equal(welcome->heartbeat, 5000);
    assert_int_equal(welcome->limit, 1 << 20);
    assert_int_equal(welcome->id.size, DD_BROKER_ID_SIZE);
    welcome = actor_expect(actor_new_hello(broker, KEY_OF_OPERATORS, "op", 0), DD_WELCOME);
    assert_bytes(welcome->tenant, "");
    tree_destroy(&tree);
}

static void test_auto_gives_everybody_a_name(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    for (unsigned i = 0; i < 100; i++) {
        actor_t *actor = actor_new_hello(broker, "a", DD_AUTO_NAME, INSTANCE(i, 1));
        dd_bytes_t name = actor_expect(actor, DD_WELCOME)->name;
        char text[DD_CLIENT_MAX + 1];
        dd_bytes_copy(name, text, sizeof text);
        assert_string_not_equal(text, DD_AUTO_NAME);
        actor_t *sender = actor_client(broker, "a", "sender");
        actor_send(sender, text, "hello", 1);
        actor_expect(actor, DD_DATA);
        actor_leave(sender);
    }
    tree_destroy(&tree);
}

static void test_a_name_is_one_clients_in_one_tenant(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_client(broker, "a", "x");
    actor_expect_end(actor_new_hello(broker, "a", "x", INSTANCE(9, 1)), DD_E_NAME_TAKEN);
    actor_client(broker, "ab", "x");
    actor_client(broker, "b", "x");
    actor_client(broker, "public", "x");
    actor_client(broker, "a", "x.x");
    actor_operator(broker);
    actor_operator(broker); /* they have no names to be reached by */
    tree_destroy(&tree);
}

/* ---- A client comes back -------------------------------------------------------------------- */

static void test_the_later_instance_takes_the_name_over(void **state)
{
    static const struct {
        uint64_t before, after;
        bool takes;
    } CASES[] = {
        {INSTANCE(7, 1), INSTANCE(7, 2), true},
        {INSTANCE(7, 1), INSTANCE(7, 1), false},
        {INSTANCE(7, 2), INSTANCE(7, 1), false},
        {INSTANCE(7, 1), INSTANCE(8, 2), false},
        {INSTANCE(7, 0xFFFF), INSTANCE(7, 0), true}, /* the count has gone round */
        {INSTANCE(7, 0), INSTANCE(7, 0xFFFF), false},
        {INSTANCE(7, 0xFFFF), INSTANCE(8, 0), false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        tree_t *tree = tree_new();
        broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
        actor_t *before = actor_new_hello(broker, "a", "x", CASES[i].before);
        actor_expect(before, DD_WELCOME);
        actor_t *after = actor_new_hello(broker, "a", "x", CASES[i].after);
        if (CASES[i].takes) {
            actor_expect_end(before, DD_E_UNKNOWN_PEER);
            actor_expect(after, DD_WELCOME);
        } else {
            actor_expect_nothing(before);
            actor_expect_end(after, DD_E_NAME_TAKEN);
        }
        actor_send(actor_client(broker, "a", "sender"), "x", "hello", 1);
        actor_expect(CASES[i].takes ? after : before, DD_DATA);
        tree_destroy(&tree);
    }
}

static void test_a_client_may_move_to_any_broker(void **state)
{
    (void)state;
    for (unsigned from = 0; from < 5; from++) {
        for (unsigned to = 0; to < 5; to++) {
            pair_t pair = pair_new();
            broker_t *const BROKERS[] = {
                pair.root, pair.left, pair.right, pair.left_leaf, pair.right_leaf};
            actor_t *before = actor_new_hello(BROKERS[from], "a", "x", INSTANCE(7, 1));
            actor_expect(before, DD_WELCOME);
            actor_t *after = actor_new_hello(BROKERS[to], "a", "x", INSTANCE(7, 2));
            actor_expect(after, DD_WELCOME);
            actor_expect_end(before, DD_E_UNKNOWN_PEER);
            assert_reached(&pair, after, "a", "x");
            tree_destroy(&pair.tree);
        }
    }
}

/* The word that the old connection has to go may arrive after the client has come back to the very
   same broker: it is about the old one. */
static void test_a_client_that_moves_fast_is_not_taken_for_its_past(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 300; seed++) {
        pair_t pair = pair_new();
        broker_t *const BROKERS[] = {
            pair.root, pair.left, pair.right, pair.left_leaf, pair.right_leaf};
        actor_t *actor = NULL;
        tree_seed(pair.tree, seed);
        for (unsigned move = 1; move <= 8; move++) {
            actor = actor_connect(BROKERS[tree_random(pair.tree, 5)], "a");
            actor_add(actor,
                &(dd_record_t){
                    .type = DD_HELLO, .number = INSTANCE(7, move), .name = dd_bytes_of("x")});
            /* It hears its WELCOME before it moves on. */
            while (actor_peer(actor)->state == PEER_NEW)
                assert_true(tree_step(pair.tree));
            for (uint32_t steps = tree_random(pair.tree, 6); steps > 0; steps--)
                tree_step(pair.tree);
        }
        tree_run(pair.tree);
        actor_expect(actor, DD_WELCOME);
        assert_reached(&pair, actor, "a", "x");
        tree_destroy(&pair.tree);
    }
}

/* ---- Two clients, one name ------------------------------------------------------------------ */

static void test_the_first_at_the_common_ancestor_stays(void **state)
{
    (void)state;
    for (unsigned first = 0; first < 5; first++) {
        for (unsigned second = 0; second < 5; second++) {
            pair_t pair = pair_new();
            broker_t *const BROKERS[] = {
                pair.root, pair.left, pair.right, pair.left_leaf, pair.right_leaf};
            actor_t *stays = actor_client(BROKERS[first], "a", "x");
            actor_t *goes = actor_connect(BROKERS[second], "a");
            actor_hello(goes, "x", INSTANCE(1 << 20, 1));
            assert_int_equal(actor_find(goes, DD_ERROR)->code, DD_E_NAME_TAKEN);
            assert_int_equal(actor_peer(goes)->state, PEER_ENDED);
            assert_reached(&pair, stays, "a", "x");
            tree_destroy(&pair.tree);
        }
    }
}

static void test_names_given_while_cut_off_are_contested_on_the_return(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    broker_cut(pair.left);
    actor_t *stays = actor_client(pair.right_leaf, "a", "x");
    actor_t *goes = actor_client(pair.left_leaf, "a", "x");
    actor_t *other = actor_client(pair.left_leaf, "b", "x");
    broker_join(pair.left, pair.root);
    tree_run(pair.tree);
    actor_expect_end(goes, DD_E_NAME_TAKEN);
    actor_expect_nothing(other);
    assert_reached(&pair, stays, "a", "x");
    tree_destroy(&pair.tree);
}

/* Whoever comes in whatever order: in the end one of them has the name, and is reached. */
static void test_contests_in_any_order_leave_one(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 300; seed++) {
        pair_t pair = pair_new();
        broker_t *const BROKERS[] = {
            pair.root, pair.left, pair.right, pair.left_leaf, pair.right_leaf};
        actor_t *actors[4];
        tree_seed(pair.tree, seed);
        for (unsigned i = 0; i < 4; i++) {
            actors[i] = actor_connect(BROKERS[tree_random(pair.tree, 5)], "a");
            actor_add(actors[i],
                &(dd_record_t){
                    .type = DD_HELLO, .number = INSTANCE(i + 1, 1), .name = dd_bytes_of("x")});
            for (uint32_t steps = tree_random(pair.tree, 5); steps > 0; steps--)
                tree_step(pair.tree);
        }
        tree_run(pair.tree);
        actor_t *winner = NULL;
        for (unsigned i = 0; i < 4; i++) {
            if (actor_peer(actors[i])->state == PEER_READY) {
                assert_null(winner);
                winner = actors[i];
                actor_expect(winner, DD_WELCOME);
            } else {
                assert_int_equal(actor_find(actors[i], DD_ERROR)->code, DD_E_NAME_TAKEN);
            }
        }
        assert_non_null(winner);
        assert_reached(&pair, winner, "a", "x");
        tree_destroy(&pair.tree);
    }
}

static void test_a_name_is_free_once_its_client_has_gone(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *first = actor_client(pair.left_leaf, "a", "x");
    actor_leave(first);
    tree_run(pair.tree);
    actor_t *second = actor_client(pair.right_leaf, "a", "x");
    assert_reached(&pair, second, "a", "x");
    broker_kill(pair.right_leaf);
    tree_run(pair.tree);
    assert_reached(
        &(pair_t){pair.tree, pair.root, pair.left, pair.right, pair.left_leaf, pair.root},
        actor_client(pair.root, "a", "x"), "a", "x");
    tree_destroy(&pair.tree);
}

/* Its connection is over, but what it said last is still to be read: its name is free, and what it
   said counts. */
static void test_a_client_that_is_gone_but_not_forgotten(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *first = actor_client(broker, "a", "x"), *other = actor_client(broker, "a", "y");
    core_gone(actor_peer(first));
    actor_send(first, "y", "last words", 1);
    assert_bytes(actor_expect(other, DD_DATA)->payload, "last words");
    actor_t *second = actor_client(broker, "a", "x");
    actor_expect_end(first, DD_E_UNKNOWN_PEER);
    actor_leave(first);
    actor_send(other, "x", "hello", 1);
    actor_expect(second, DD_DATA);
    actor_expect_end(actor_new_hello(broker, "a", "x", INSTANCE(1 << 20, 1)), DD_E_NAME_TAKEN);
    tree_destroy(&tree);
}

/* ---- New keys ------------------------------------------------------------------------------- */

static void test_a_new_tenant_takes_names_from_public_clients(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *foreign = actor_client(broker, "public", "c.x");
    actor_t *plain = actor_client(broker, "public", "cx");
    dd_keyring_t *more = tenants_keyring("a,ab,b,c,public");
    core_set_keyring(broker->core, more, tree_now(tree));
    tree_run(tree);
    actor_expect_end(foreign, DD_E_NAME_INVALID);
    actor_expect_nothing(plain);
    tree_destroy(&tree);
    dd_keyring_destroy(&more);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names_that_may_be),
        cmocka_unit_test(test_welcome_says_all_there_is_to_know),
        cmocka_unit_test(test_auto_gives_everybody_a_name),
        cmocka_unit_test(test_a_name_is_one_clients_in_one_tenant),
        cmocka_unit_test(test_the_later_instance_takes_the_name_over),
        cmocka_unit_test(test_a_client_may_move_to_any_broker),
        cmocka_unit_test(test_a_client_that_moves_fast_is_not_taken_for_its_past),
        cmocka_unit_test(test_the_first_at_the_common_ancestor_stays),
        cmocka_unit_test(test_names_given_while_cut_off_are_contested_on_the_return),
        cmocka_unit_test(test_contests_in_any_order_leave_one),
        cmocka_unit_test(test_a_name_is_free_once_its_client_has_gone),
        cmocka_unit_test(test_a_client_that_is_gone_but_not_forgotten),
        cmocka_unit_test(test_a_new_tenant_takes_names_from_public_clients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
