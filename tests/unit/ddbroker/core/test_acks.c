/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_acks - acknowledgements find their way back, and can't hurt anybody
 */
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

#define RUN 0x12345601
#define RANGE_MOST (DD_ACK_RANGES_MAX * DD_ACK_RANGE_SIZE)

static const uint8_t RANGES[RANGE_MOST + DD_ACK_RANGE_SIZE] = {1, 0, 0, 0, 2};

static void send_numbered(actor_t *sender, const char *destination, uint32_t ref)
{
    actor_say(sender,
        &(dd_record_t){.type = DD_SEND, .ref = ref, .run = RUN, .destination = B(destination)});
}

static void say_ack(actor_t *actor, const char *source, const char *destination, size_t size)
{
    actor_say(actor, &(dd_record_t){.type = DD_ACK,
                         .run = RUN,
                         .source = B(source),
                         .destination = B(destination),
                         .payload = dd_bytes(RANGES, size)});
}

static void acknowledge(actor_t *client, const char *sender)
{
    say_ack(client, "", sender, DD_ACK_RANGE_SIZE);
}

static void expect_ack(actor_t *sender, const char *source)
{
    const dd_record_t *ack = actor_expect(sender, DD_ACK);
    assert_int_equal(ack->run, RUN);
    assert_bytes(ack->source, source);
    assert_int_equal(ack->payload.size, DD_ACK_RANGE_SIZE);
    assert_memory_equal(ack->payload.data, RANGES, DD_ACK_RANGE_SIZE);
    actor_expect_nothing(sender);
}

/* ---- Ways back ------------------------------------------------------------------------------- */

static void test_acks_come_back_across_the_tree_and_its_walls(void **state)
{
    static const struct {
        const char *from, *to_key, *to, *seen, *back;
    } CASES[] = {
        {"a", "a", "x", "s", "x"},
        {"a", "public", "public.x", "a.s", "public.x"},
        {"public", "a", "a.x", "public.s", "a.x"},
        {"public", "public", "x", "s", "x"},
        {"public", "public", "public.x", "s", "x"},
    };
    (void)state;
    for (size_t i = 0; i < 2 * sizeof CASES / sizeof CASES[0]; i++) {
        size_t k = i / 2;
        pair_t pair = pair_new();
        actor_t *sender = actor_client(pair.left_leaf, CASES[k].from, "s");
        actor_t *receiver =
            actor_client(i % 2 ? pair.right_leaf : pair.left_leaf, CASES[k].to_key, "x");
        send_numbered(sender, CASES[k].to, 1);
        const dd_record_t *data = actor_expect(receiver, DD_DATA);
        assert_int_equal(data->run, RUN);
        assert_int_equal(data->ref, 1);
        assert_bytes(data->source, CASES[k].seen);
        /* Whatever it says of itself, it speaks for itself. */
        say_ack(receiver, "a.other", CASES[k].seen, DD_ACK_RANGE_SIZE);
        expect_ack(sender, CASES[k].back);
        actor_expect_nothing(receiver);
        tree_destroy(&pair.tree);
    }
}

static void test_acks_for_who_is_not_there(void **state)
{
    static const char *const NAMES[] = {"", "nobody", "public.nobody", "b.s", "public.", "s"};
    (void)state;
    pair_t pair = pair_new();
    actor_t *sender = actor_client(pair.left_leaf, "a", "s");
    actor_t *stranger = actor_client(pair.root, "b", "s");
    actor_t *receiver = actor_client(pair.right_leaf, "a", "x");
    for (uint32_t i = 0; i < 6; i++)
        send_numbered(sender, "x", i + 1);
    actor_leave(sender);
    tree_run(pair.tree);
    for (size_t i = 0; i < 6; i++)
        acknowledge(receiver, NAMES[i]);
    actor_expect_nothing(stranger);
    assert_int_equal(actor_peer(receiver)->state, PEER_READY);
    tree_destroy(&pair.tree);
}

/* ---- Who may --------------------------------------------------------------------------------- */

static void test_nobody_acknowledges_more_often_than_it_was_handed_something(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *sender = actor_client(pair.left_leaf, "a", "s");
    actor_t *receiver = actor_client(pair.right_leaf, "a", "x");
    acknowledge(receiver, "s");
    actor_expect_nothing(sender);
    send_numbered(sender, "x", 1);
    send_numbered(sender, "x", 2);
    for (int i = 0; i < 4; i++)
        acknowledge(receiver, "s");
    actor_expect(sender, DD_ACK);
    expect_ack(sender, "x");
    tree_destroy(&pair.tree);
}

static void test_a_child_acknowledges_for_those_beneath_it(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *child = actor_child(root, 7, "/1/1/"), *other = actor_child(root, 8, "/1/2/");
    actor_t *sender = actor_client(root, "a", "s");
    actor_client(root, "a", "here");
    actor_add_client(child, "a.x", INSTANCE(1, 1));
    actor_add_client(other, "a.y", INSTANCE(2, 1));
    static const char *const SOURCES[] = {"a.y", "a.here", "a.nobody", "b.x", "x", "", "a.x"};
    for (uint32_t i = 0; i < 7; i++)
        send_numbered(sender, "x", i + 1);
    for (size_t i = 0; i < 7; i++)
        say_ack(child, SOURCES[i], "a.s", DD_ACK_RANGE_SIZE);
    expect_ack(sender, "x");
    say_ack(child, "a.x", "a.s", DD_ACK_RANGE_SIZE); /* it was handed seven */
    say_ack(other, "a.y", "a.s", DD_ACK_RANGE_SIZE); /* and this one nothing */
    actor_expect_nothing(sender);
    tree_destroy(&tree);
}

static void test_the_parent_acknowledges_for_those_that_are_not_beneath(void **state)
{
    (void)state;
    broker_t *broker;
    tree_t *tree = tree_new();
    actor_t *parent = actor_new_parent(tree, &broker);
    actor_t *sender = actor_client(broker, "a", "s");
    actor_client(broker, "a", "here");
    for (uint32_t i = 0; i < 3; i++)
        send_numbered(sender, "x", i + 1);
    say_ack(parent, "a.here", "a.s", DD_ACK_RANGE_SIZE);
    say_ack(parent, "b.x", "a.s", DD_ACK_RANGE_SIZE);
    actor_expect_nothing(sender);
    say_ack(parent, "a.x", "a.s", DD_ACK_RANGE_SIZE);
    expect_ack(sender, "x");
    say_ack(parent, "a.x", "a.s", DD_ACK_RANGE_SIZE);
    actor_expect_nothing(sender);
    tree_destroy(&tree);
}

static void test_acks_that_can_not_be_end_who_says_them(void **state)
{
    static const size_t SIZES[] = {0, 1, 7, 9, RANGE_MOST - 1, RANGE_MOST + DD_ACK_RANGE_SIZE};
    (void)state;
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        tree_t *tree = tree_new();
        broker_t *root = broker_new(tree, "root", NULL, "/1/");
        actor_t *sender = actor_client(root, "a", "s"), *receiver = actor_client(root, "a", "x");
        send_numbered(sender, "x", 1);
        actor_expect(receiver, DD_DATA);
        say_ack(receiver, "", "s", SIZES[i]);
        actor_expect_end(receiver, DD_E_MALFORMED);
        actor_expect_nothing(sender);
        actor_t *child = actor_child(root, 7, "/1/1/");
        say_ack(child, "a.x", "a.s", SIZES[i]);
        actor_expect_end(child, DD_E_MALFORMED);
        tree_destroy(&tree);
    }
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *sender = actor_client(root, "a", "s"), *receiver = actor_client(root, "a", "x");
    send_numbered(sender, "x", 1);
    say_ack(receiver, "", "s", RANGE_MOST);
    assert_int_equal(actor_expect(sender, DD_ACK)->payload.size, RANGE_MOST);
    tree_destroy(&tree);
}

/* A sender that doesn't read loses acknowledgements, and nothing else happens to it. */
static void test_acks_without_room_are_dropped(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 1000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *sender = actor_client(broker, "a", "s"), *receiver = actor_client(broker, "a", "x");
    actor_hold(sender, true);
    for (uint32_t i = 0; i < 10000; i++) {
        send_numbered(sender, "x", i + 1);
        acknowledge(receiver, "s");
    }
    assert_int_equal(actor_peer(sender)->state, PEER_READY);
    assert_true(actor_peer(sender)->outbox.bytes <= 1000);
    actor_hold(sender, false);
    tree_run(tree);
    unsigned acks = 0;
    while (actor_next(sender))
        acks++;
    assert_in_range(acks, 10, 1000 / DD_ACK_RANGE_SIZE);
    send_numbered(sender, "x", 1);
    acknowledge(receiver, "s");
    expect_ack(sender, "x");
    tree_destroy(&tree);
}

/* Nor does a link end for them. */
static void test_acks_without_room_on_a_link_are_dropped(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_link = 1000;
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *leaf = broker_new(tree, "leaf", root, "/1/1/");
    actor_t *sender = actor_client(root, "a", "s"), *receiver = actor_client(leaf, "a", "x");
    broker_hold_up(leaf, true);
    for (uint32_t i = 0; i < 10000; i++) {
        send_numbered(sender, "x", i + 1);
        acknowledge(receiver, "s");
    }
    broker_hold_up(leaf, false);
    tree_run(tree);
    unsigned acks = 0;
    while (actor_next(sender))
        acks++;
    assert_in_range(acks, 10, 1000 / DD_ACK_RANGE_SIZE);
    assert_non_null(leaf->uplink);
    tree_destroy(&tree);
}

/* ---- What can't be read ---------------------------------------------------------------------- */

static void test_a_receiver_may_say_that_it_can_not_read(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *sender = actor_client(pair.left_leaf, "public", "s");
    actor_t *receiver = actor_client(pair.right_leaf, "a", "x");
    for (int i = 0; i < 3; i++)
        send_numbered(sender, "a.x", 5);
    for (uint16_t code = DD_E_UNKNOWN; code <= DD_E_RATE_LIMITED; code++)
        actor_say(receiver,
            &(dd_record_t){
                .type = DD_RECEIPT, .code = code, .ref = 5, .destination = B("public.s")});
    /* Only that; any other word of it means that it has the notification. */
    assert_int_equal(actor_expect(sender, DD_RECEIPT)->ref, 5);
    const dd_record_t *error = actor_expect(sender, DD_ERROR);
    assert_int_equal(error->code, DD_E_UNREADABLE);
    assert_int_equal(error->ref, 5);
    assert_bytes(error->text, "a.x");
    actor_expect(sender, DD_RECEIPT);
    actor_expect_nothing(sender);
    tree_destroy(&pair.tree);
}

/* ---- Old clients ----------------------------------------------------------------------------- */

static actor_t *old_client(broker_t *broker, const char *tenant, const char *name, uint8_t protocol)
{
    actor_t *self = actor_client(broker, tenant, name);
    actor_peer(self)->protocol = protocol;
    return self;
}

static void ping(actor_t *actor)
{
    actor_say(actor, &(dd_record_t){.type = DD_PING});
}

static void expect_ranges(actor_t *sender, const char *source, uint32_t first, uint32_t last)
{
    const dd_record_t *ack = actor_expect(sender, DD_ACK);
    assert_bytes(ack->source, source);
    assert_int_equal(ack->run, RUN);
    dd_reader_t reader = dd_reader(ack->payload.data, ack->payload.size);
    assert_int_equal(dd_read_u32(&reader), first);
    assert_int_equal(dd_read_u32(&reader), last);
    assert_int_equal(dd_reader_left(&reader), 0);
}

/* It pings only some time after a PONG: then it has read what came before that one. */
static void test_an_old_client_is_acknowledged_when_it_has_read(void **state)
{
    (void)state;
    for (uint8_t protocol = 3; protocol <= 4; protocol++) {
        pair_t pair = pair_new();
        actor_t *sender = actor_client(pair.left_leaf, "public", "s");
        actor_t *old = old_client(pair.right_leaf, "a", "x", protocol);
        ping(old);
        send_numbered(sender, "a.x", 1);
        send_numbered(sender, "a.x", 2);
        ping(old); /* which may have crossed them */
        actor_expect_nothing(sender);
        send_numbered(sender, "a.x", 3);
        ping(old);
        expect_ranges(sender, "a.x", 1, 2);
        actor_expect_nothing(sender);
        ping(old);
        expect_ranges(sender, "a.x", 3, 3);
        ping(old);
        actor_expect_nothing(sender);
        tree_destroy(&pair.tree);
    }
}

static void test_an_old_client_that_goes_acknowledges_nothing(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *sender = actor_client(broker, "a", "s"), *old = old_client(broker, "a", "x", 4);
    send_numbered(sender, "x", 1);
    ping(old);
    actor_leave(old);
    tree_run(tree);
    actor_expect_nothing(sender);
    tree_destroy(&tree);
}

/* What its full outbox has refused is refused, also when it goes on reading. */
static void test_an_old_client_is_not_acknowledged_for_what_it_did_not_get(void **state)
{
    static const uint8_t PAYLOAD[600];
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 1000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *sender = actor_client(broker, "a", "s"), *old = old_client(broker, "a", "x", 3);
    actor_hold(old, true);
    for (uint32_t ref = 1; ref <= 3; ref++)
        actor_say(sender, &(dd_record_t){.type = DD_SEND,
                              .ref = ref,
                              .run = RUN,
                              .destination = B("x"),
                              .payload = dd_bytes(PAYLOAD, sizeof PAYLOAD)});
    actor_expect_error(sender, DD_E_OVERLOADED, 2);
    actor_expect_error(sender, DD_E_OVERLOADED, 3);
    actor_hold(old, false);
    tree_run(tree);
    ping(old);
    ping(old);
    expect_ranges(sender, "x", 1, 1);
    actor_expect_nothing(sender);
    tree_destroy(&tree);
}

/* Never twice, never out of order, whatever way a notification took. */
static void test_an_old_client_gets_nothing_twice(void **state)
{
    static const uint32_t REFS[] = {5, 5, 4, 6};
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *sender = actor_client(broker, "a", "s"), *old = old_client(broker, "a", "x", 4);
    for (size_t i = 0; i < 4; i++)
        send_numbered(sender, "x", REFS[i]);
    assert_int_equal(actor_expect(old, DD_DATA)->ref, 5);
    assert_int_equal(actor_expect(old, DD_DATA)->ref, 6);
    actor_expect_nothing(old);
    tree_destroy(&tree);
}

static void test_a_trace_to_an_old_client_ends_at_its_broker(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *sender = actor_client(pair.left, "a", "s");
    actor_t *old = old_client(pair.left_leaf, "a", "x", 4);
    actor_say(sender, &(dd_record_t){.type = DD_SEND,
                          .flags = DD_FLAG_TRACE | DD_FLAG_RECEIPT,
                          .ref = 9,
                          .run = RUN,
                          .destination = B("x")});
    assert_bytes(actor_expect(sender, DD_HOP)->text, "down to broker left-leaf");
    const dd_record_t *hop = actor_expect(sender, DD_HOP);
    assert_bytes(hop->text, "here: client a.x, whose protocol has no traces");
    assert_int_equal(hop->code, DD_OK);
    const dd_record_t *receipt = actor_expect(sender, DD_RECEIPT);
    assert_int_equal(receipt->ref, 9);
    assert_bytes(receipt->source, "x");
    actor_expect_nothing(sender);
    actor_expect_nothing(old);
    ping(old);
    ping(old);
    actor_expect_nothing(sender);
    tree_destroy(&pair.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_acks_come_back_across_the_tree_and_its_walls),
        cmocka_unit_test(test_acks_for_who_is_not_there),
        cmocka_unit_test(test_nobody_acknowledges_more_often_than_it_was_handed_something),
        cmocka_unit_test(test_a_child_acknowledges_for_those_beneath_it),
        cmocka_unit_test(test_the_parent_acknowledges_for_those_that_are_not_beneath),
        cmocka_unit_test(test_acks_that_can_not_be_end_who_says_them),
        cmocka_unit_test(test_acks_without_room_are_dropped),
        cmocka_unit_test(test_acks_without_room_on_a_link_are_dropped),
        cmocka_unit_test(test_a_receiver_may_say_that_it_can_not_read),
        cmocka_unit_test(test_an_old_client_is_acknowledged_when_it_has_read),
        cmocka_unit_test(test_an_old_client_that_goes_acknowledges_nothing),
        cmocka_unit_test(test_an_old_client_is_not_acknowledged_for_what_it_did_not_get),
        cmocka_unit_test(test_an_old_client_gets_nothing_twice),
        cmocka_unit_test(test_a_trace_to_an_old_client_ends_at_its_broker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
