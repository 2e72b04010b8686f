/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_notifications - notifications and receipts find their way, within walls
 */
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

static void send_flags(actor_t *actor, const char *destination, uint8_t flags, uint32_t ref)
{
    actor_say(actor,
        &(dd_record_t){.type = DD_SEND, .flags = flags, .ref = ref, .destination = B(destination)});
}

/* ---- Rule 1: walls -------------------------------------------------------------------------- */

enum { A_X, AB_X, B_X, PUBLIC_X, A_BX, PUBLIC_CX, RECEIVERS, NOBODY };

static const struct {
    const char *key, *name;
} WHO[RECEIVERS] = {
    [A_X] = {"a", "x"},
    [AB_X] = {"ab", "x"},
    [B_X] = {"b", "x"},
    [PUBLIC_X] = {"public", "x"},
    [A_BX] = {"a", "b.x"},
    [PUBLIC_CX] = {"public", "c.x"},
};

static const struct {
    const char *from, *to;
    int reaches;
    const char *shown; /* to the receiver, as the source */
} WALLS[] = {
    {"a", "x", A_X, "s"},
    {"a", "public.x", PUBLIC_X, "a.s"},
    {"a", "b.x", A_BX, "s"},
    {"a", "ab.x", NOBODY, NULL},
    {"a", "a.x", NOBODY, NULL},
    {"a", "public", NOBODY, NULL},
    {"a", "public.", NOBODY, NULL},
    {"a", "public.c.x", PUBLIC_CX, "a.s"},
    {"a", "public.public.x", NOBODY, NULL},
    {"ab", "x", AB_X, "s"},
    {"ab", "b.x", NOBODY, NULL},
    {"ab", "public.x", PUBLIC_X, "ab.s"},
    {"b", "x", B_X, "s"},
    {"b", ".x", NOBODY, NULL},
    {"public", "x", PUBLIC_X, "s"},
    {"public", "public.x", PUBLIC_X, "s"},
    {"public", "a.x", A_X, "public.s"},
    {"public", "ab.x", AB_X, "public.s"},
    {"public", "a.b.x", A_BX, "public.s"},
    {"public", "c.x", PUBLIC_CX, "s"},
    {"public", "abc.x", NOBODY, NULL},
    {"public", "A.x", NOBODY, NULL},
};

static void check_walls(broker_t *from, broker_t *to)
{
    actor_t *receivers[RECEIVERS];
    for (size_t i = 0; i < RECEIVERS; i++)
        receivers[i] = actor_client(to, WHO[i].key, WHO[i].name);
    for (size_t i = 0; i < COUNT(WALLS); i++) {
        actor_t *sender = actor_client(from, WALLS[i].from, "s");
        actor_send(sender, WALLS[i].to, "hello", 1);
        if (WALLS[i].reaches == NOBODY) {
            actor_expect_error(sender, DD_E_NO_DESTINATION, 1);
        } else {
            const dd_record_t *data = actor_expect(receivers[WALLS[i].reaches], DD_DATA);
            assert_bytes(data->source, WALLS[i].shown);
            assert_bytes(data->payload, "hello");
        }
        actor_expect_nothing(sender);
        for (size_t k = 0; k < RECEIVERS; k++)
            actor_expect_nothing(receivers[k]);
        actor_leave(sender);
    }
}

static void test_walls_within_a_broker_and_across_the_tree(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    check_walls(pair.root, pair.root);
    tree_destroy(&pair.tree);
    pair = pair_new();
    check_walls(pair.left_leaf, pair.right_leaf);
    tree_destroy(&pair.tree);
}

/* The name under which a receiver sees its sender reaches that sender. */
static void test_the_source_shown_is_where_an_answer_goes(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *receivers[RECEIVERS];
    for (size_t i = 0; i < RECEIVERS; i++)
        receivers[i] = actor_client(pair.right_leaf, WHO[i].key, WHO[i].name);
    for (size_t i = 0; i < COUNT(WALLS); i++) {
        if (WALLS[i].reaches == NOBODY)
            continue;
        actor_t *sender = actor_client(pair.left_leaf, WALLS[i].from, "s");
        actor_send(sender, WALLS[i].to, "hello", 1);
        char source[DD_NAME_MAX + 1];
        actor_t *receiver = receivers[WALLS[i].reaches];
        dd_bytes_copy(actor_expect(receiver, DD_DATA)->source, source, sizeof source);
        actor_send(receiver, source, "answer", 1);
        assert_bytes(actor_expect(sender, DD_DATA)->payload, "answer");
        actor_leave(sender);
    }
    tree_destroy(&pair.tree);
}

static void test_destinations_that_are_no_names(void **state)
{
    (void)state;
    char name[256];
    pair_t pair = pair_new();
    actor_t *actor = actor_client(pair.root, "a", "s");
    actor_send(actor, "", "hello", 1);
    actor_expect_error(actor, DD_E_NAME_INVALID, 1);
    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    actor_send(actor, name, "hello", 2);
    actor_expect_error(actor, DD_E_NAME_INVALID, 2);
    name[DD_CLIENT_MAX] = '\0';
    actor_send(actor, name, "hello", 3);
    actor_expect_error(actor, DD_E_NO_DESTINATION, 3);
    tree_destroy(&pair.tree);
}

/* ---- Ways ----------------------------------------------------------------------------------- */

static void test_every_broker_reaches_every_other(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    broker_t *const BROKERS[] = {pair.root, pair.left, pair.right, pair.left_leaf, pair.right_leaf};
    actor_t *actors[5];
    for (size_t i = 0; i < 5; i++)
        actors[i] = actor_client(BROKERS[i], "a", BROKERS[i]->name);
    for (size_t from = 0; from < 5; from++) {
        for (size_t to = 0; to < 5; to++) {
            actor_send(actors[from], BROKERS[to]->name, "hello", 1);
            assert_bytes(actor_expect(actors[to], DD_DATA)->source, BROKERS[from]->name);
        }
    }
    for (size_t i = 0; i < 5; i++)
        actor_expect_nothing(actors[i]);
    tree_destroy(&pair.tree);
}

static void test_notifications_keep_their_order(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *sender = actor_client(pair.left_leaf, "a", "s");
    actor_t *receiver = actor_client(pair.right_leaf, "a", "x");
    for (uint32_t i = 0; i < 5000; i++) {
        actor_add(sender, &(dd_record_t){.type = DD_SEND, .ref = i, .destination = B("x")});
        if (i % 64 == 0)
            tree_step(pair.tree);
    }
    tree_run(pair.tree);
    for (uint32_t i = 0; i < 5000; i++)
        assert_int_equal(actor_expect(receiver, DD_DATA)->ref, i);
    actor_expect_nothing(receiver);
    actor_expect_nothing(sender);
    tree_destroy(&pair.tree);
}

/* Who was just started, or is still being told what is beneath, can't say that nobody is there. */
static void test_what_is_not_known_yet_is_not_denied(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->settle = 5000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *sender = actor_client(broker, "a", "s");
    actor_send(sender, "nobody", "hello", 1);
    actor_expect_error(sender, DD_E_UPLINK_DOWN, 1);
    tree_pass(tree, 5000);
    actor_send(sender, "nobody", "hello", 2);
    actor_expect_error(sender, DD_E_NO_DESTINATION, 2);
    actor_t *child = actor_connect(broker, KEY_OF_BROKERS);
    actor_join(child, "cccccccccccccccc", "child", "/1/1/", false);
    actor_send(sender, "nobody", "hello", 3);
    actor_expect_error(sender, DD_E_UPLINK_DOWN, 3);
    actor_say(child, &(dd_record_t){.type = DD_SYNCED});
    actor_say(child, &(dd_record_t){.type = DD_SYNCED}); /* once more means no more */
    actor_send(sender, "nobody", "hello", 4);
    actor_expect_error(sender, DD_E_NO_DESTINATION, 4);
    child = actor_connect(broker, KEY_OF_BROKERS);
    actor_join(child, "dddddddddddddddd", "other", "/1/2/", false);
    actor_leave(child);
    tree_run(tree);
    actor_send(sender, "nobody", "hello", 5);
    actor_expect_error(sender, DD_E_NO_DESTINATION, 5);
    tree_destroy(&tree);
}

static void test_flags_that_mean_nothing_here_are_not_passed_on(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *sender = actor_client(pair.left_leaf, "a", "s");
    actor_t *receiver = actor_client(pair.right_leaf, "a", "x");
    send_flags(sender, "x", 0xFF & ~(DD_FLAG_TRACE), 1);
    assert_int_equal(
        actor_expect(receiver, DD_DATA)->flags, DD_FLAG_RECEIPT | DD_FLAG_REQUEST | DD_FLAG_REPLY);
    tree_destroy(&pair.tree);
}

/* ---- Receipts ------------------------------------------------------------------------------- */

static void test_receipts_come_back_across_the_tree_and_its_walls(void **state)
{
    static const struct {
        const char *from, *to_key, *to, *seen, *back;
    } CASES[] = {
        {"a", "a", "x", "s", "x"},
        {"a", "public", "public.x", "a.s", "public.x"},
        {"public", "a", "a.x", "public.s", "a.x"},
        {"public", "public", "x", "s", "x"},
    };
    (void)state;
    for (size_t i = 0; i < 2 * COUNT(CASES); i++) {
        size_t k = i / 2;
        pair_t pair = pair_new();
        actor_t *sender = actor_client(pair.left_leaf, CASES[k].from, "s");
        actor_t *receiver =
            actor_client(i % 2 ? pair.right_leaf : pair.left_leaf, CASES[k].to_key, "x");
        send_flags(sender, CASES[k].to, DD_FLAG_RECEIPT, 77);
        const dd_record_t *data = actor_expect(receiver, DD_DATA);
        assert_bytes(data->source, CASES[k].seen);
        assert_int_equal(data->flags, DD_FLAG_RECEIPT);
        actor_expect_nothing(sender);
        actor_say(receiver,
            &(dd_record_t){.type = DD_RECEIPT, .ref = data->ref, .destination = data->source});
        const dd_record_t *receipt = actor_expect(sender, DD_RECEIPT);
        assert_int_equal(receipt->ref, 77);
        assert_int_equal(receipt->code, DD_OK);
        assert_bytes(receipt->source, CASES[k].back);
        actor_expect_nothing(sender);
        actor_expect_nothing(receiver);
        tree_destroy(&pair.tree);
    }
}

static void test_a_client_may_notify_itself(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *actor = actor_client(pair.left_leaf, "a", "s");
    send_flags(actor, "s", DD_FLAG_RECEIPT, 5);
    actor_expect(actor, DD_DATA);
    actor_say(actor, &(dd_record_t){.type = DD_RECEIPT, .ref = 5, .destination = B("s")});
    assert_int_equal(actor_expect(actor, DD_RECEIPT)->ref, 5);
    tree_destroy(&pair.tree);
}

/* ---- Traces --------------------------------------------------------------------------------- */

static void expect_hop(actor_t *actor, uint64_t number, const char *name, const char *decision)
{
    const dd_record_t *hop = actor_expect(actor, DD_HOP);
    assert_int_equal(hop->ref, 3);
    assert_int_equal(hop->number, number);
    assert_bytes(hop->name, name);
    assert_bytes(hop->text, decision);
}

static void test_a_trace_tells_every_step(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *sender = actor_client(pair.left_leaf, "a", "s");
    actor_t *receiver = actor_client(pair.right, "public", "x");
    send_flags(sender, "public.x", DD_FLAG_TRACE, 3);
    expect_hop(sender, 1, "left-leaf", "up to parent left");
    expect_hop(sender, 2, "left", "up to parent root");
    expect_hop(sender, 3, "root", "down to broker right");
    expect_hop(sender, 4, "right", "here: client public.x");
    actor_expect_nothing(sender);
    assert_int_equal(actor_expect(receiver, DD_DATA)->flags, DD_FLAG_TRACE);
    send_flags(sender, "nobody", DD_FLAG_TRACE, 3);
    actor_expect(sender, DD_HOP);
    actor_expect(sender, DD_HOP);
    expect_hop(sender, 3, "root", "refused: no such destination");
    actor_expect_error(sender, DD_E_NO_DESTINATION, 3);
    actor_expect_nothing(sender);
    tree_destroy(&pair.tree);
}

/* That there is nobody is what it was to find out. */
static void test_how_a_trace_ends_is_no_refusal(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *sender = actor_client(pair.left_leaf, "a", "s");
    send_flags(sender, "nobody", DD_FLAG_TRACE, 3);
    actor_skip(sender);
    assert_int_equal(actor_peer(sender)->count.refused, 0);
    actor_send(sender, "nobody", "hello", 4);
    assert_int_equal(actor_peer(sender)->count.refused, 1);
    tree_destroy(&pair.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walls_within_a_broker_and_across_the_tree),
        cmocka_unit_test(test_the_source_shown_is_where_an_answer_goes),
        cmocka_unit_test(test_destinations_that_are_no_names),
        cmocka_unit_test(test_every_broker_reaches_every_other),
        cmocka_unit_test(test_notifications_keep_their_order),
        cmocka_unit_test(test_what_is_not_known_yet_is_not_denied),
        cmocka_unit_test(test_flags_that_mean_nothing_here_are_not_passed_on),
        cmocka_unit_test(test_receipts_come_back_across_the_tree_and_its_walls),
        cmocka_unit_test(test_a_client_may_notify_itself),
        cmocka_unit_test(test_a_trace_tells_every_step),
        cmocka_unit_test(test_how_a_trace_ends_is_no_refusal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
