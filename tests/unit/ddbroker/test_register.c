/*
 * test_register - names: who gets one, who keeps it, and who has to go
 */
#include "tree.h"

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

/* Some client's instance, after so many registrations. */
#define INSTANCE(client, count) ((uint64_t)(client) << 16 | (uint16_t)(count))

#define LONGEST                                                                                    \
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" \
    "nnn"                                                                                          \
    "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn" \
    "nnn"

static actor_t *hello(broker_t *broker, const char *key, const char *name, uint64_t instance)
{
    actor_t *actor = actor_connect(broker, key);
    actor_hello(actor, name, instance);
    return actor;
}

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
        {"a", LONGEST, true},
        {"a", LONGEST "n", false},
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
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        actor_t *actor = hello(broker, CASES[i].key, CASES[i].name, INSTANCE(1, 1));
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
    const dd_record_t *welcome = actor_expect(hello(broker, "ab", "x", INSTANCE(1, 1)), DD_WELCOME);
    assert_bytes(welcome->tenant, "ab");
    assert_bytes(welcome->name, "x");
    assert_bytes(welcome->source, "broker");
    assert_bytes(welcome->scope, "/1/2/");
    assert_int_equal(welcome->heartbeat, 5000);
    assert_int_equal(welcome->limit, 1 << 20);
    assert_int_equal(welcome->id.size, DD_BROKER_ID_SIZE);
    welcome = actor_expect(hello(broker, KEY_OF_OPERATORS, "op", 0), DD_WELCOME);
    assert_bytes(welcome->tenant, "");
    tree_destroy(&tree);
}

static void test_auto_gives_everybody_a_name(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    for (unsigned i = 0; i < 100; i++) {
        actor_t *actor = hello(broker, "a", DD_AUTO_NAME, INSTANCE(i, 1));
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
    actor_expect_end(hello(broker, "a", "x", INSTANCE(9, 1)), DD_E_NAME_TAKEN);
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
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        tree_t *tree = tree_new();
        broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
        actor_t *before = hello(broker, "a", "x", CASES[i].before);
        actor_expect(before, DD_WELCOME);
        actor_t *after = hello(broker, "a", "x", CASES[i].after);
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
            actor_t *before = hello(BROKERS[from], "a", "x", INSTANCE(7, 1));
            actor_expect(before, DD_WELCOME);
            actor_t *after = hello(BROKERS[to], "a", "x", INSTANCE(7, 2));
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
    actor_expect_end(hello(broker, "a", "x", INSTANCE(1 << 20, 1)), DD_E_NAME_TAKEN);
    tree_destroy(&tree);
}

/* ---- What links may say of names ------------------------------------------------------------ */

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
        "a.public.x", "public.a.x", "a.\xFF", "dd.x", "a." LONGEST "n"};
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *child = actor_child(broker, 1, "/1/1/");
    size_t count = sizeof NAMES / sizeof NAMES[0];
    for (size_t i = 0; i < count; i++) {
        actor_add_client(child, NAMES[i], 5);
        expect_drop(child, NAMES[i], 5, DD_E_REFUSED);
    }
    assert_int_equal(actor_peer(child)->count.refused, count);
    assert_null(actor_peer(child)->entries);
    actor_add_client(child, "a." LONGEST, 5);
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
    actor_t *local = hello(broker, "a", "local", 4), *sender = actor_client(broker, "a", "sender");
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
    actor_t *local = hello(broker, "a", "x", INSTANCE(7, 3));
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

static void test_the_parent_ends_the_instance_it_means(void **state)
{
    static const struct {
        dd_error_t said, told;
    } CASES[] = {{DD_E_NAME_TAKEN, DD_E_NAME_TAKEN}, {DD_E_UNKNOWN_PEER, DD_E_UNKNOWN_PEER},
        {DD_E_REFUSED, DD_E_REFUSED}, {DD_OK, DD_E_NAME_TAKEN}, {DD_E_MEMORY, DD_E_NAME_TAKEN}};
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        tree_t *tree = tree_new();
        broker_t *broker;
        actor_t *parent = actor_new_parent(tree, &broker);
        actor_t *local = hello(broker, "a", "x", INSTANCE(7, 3));
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
        cmocka_unit_test(test_a_child_brings_clients_of_known_tenants_only),
        cmocka_unit_test(test_the_client_of_an_unknown_tenant_is_told_of_its_key),
        cmocka_unit_test(test_a_child_drops_its_own_names_only),
        cmocka_unit_test(test_a_name_that_comes_round_a_loop_is_no_rival),
        cmocka_unit_test(test_the_parent_ends_the_instance_it_means),
        cmocka_unit_test(test_a_new_tenant_takes_names_from_public_clients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
