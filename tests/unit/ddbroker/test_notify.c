/*
 * test_notify - notifications reach the one they are for, or their sender hears why not
 */
#include <stdio.h>

#include "tree.h"

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define B(text) dd_bytes_of(text)

static void send_flags(actor_t *actor, const char *destination, uint8_t flags, uint32_t ref)
{
    actor_say(actor,
        &(dd_record_t){.type = DD_SEND, .flags = flags, .ref = ref, .destination = B(destination)});
}

static void forward(actor_t *link, const char *source, const char *destination, uint8_t hops)
{
    actor_say(link, &(dd_record_t){.type = DD_FORWARD,
                        .hops = hops,
                        .ref = 1,
                        .source = B(source),
                        .destination = B(destination),
                        .payload = B("hello")});
}

static void add_name(actor_t *child, const char *name)
{
    actor_say(child, &(dd_record_t){.type = DD_ADD_CLIENT, .number = 1, .name = B(name)});
}

/* A broker whose parent is played by an actor. */
static actor_t *new_parent(tree_t *tree, broker_t **broker)
{
    tree_settings(tree)->has_parent = true;
    *broker = broker_new(tree, "broker", NULL, "/1/1/");
    actor_t *parent = actor_parent(*broker);
    actor_say(parent, &(dd_record_t){.type = DD_ADMIT,
                          .heartbeat = 5000,
                          .name = B("parent"),
                          .scope = B("/1/1/"),
                          .id = B("parentparentpare")});
    actor_skip(parent);
    return parent;
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
    for (size_t i = 0; i < sizeof WALLS / sizeof WALLS[0]; i++) {
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
    for (size_t i = 0; i < sizeof WALLS / sizeof WALLS[0]; i++) {
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

static void test_flags_that_mean_nothing_here_are_not_passed_on(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *sender = actor_client(pair.left_leaf, "a", "s");
    actor_t *receiver = actor_client(pair.right_leaf, "a", "x");
    send_flags(sender, "x", 0xFF & ~(DD_FLAG_TRACE), 1);
    assert_int_equal(actor_expect(receiver, DD_DATA)->flags, DD_FLAG_RECEIPT);
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
    for (size_t i = 0; i < 2 * sizeof CASES / sizeof CASES[0]; i++) {
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

/* Whoever makes up a receipt can do so in its own name only, and only within its walls. */
static void test_receipts_that_nobody_asked_for(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *a = actor_client(pair.left_leaf, "a", "s"), *b = actor_client(pair.root, "b", "s");
    actor_t *liar = actor_client(pair.right_leaf, "a", "liar");
    static const char *const NAMES[] = {"b.s", "", "nobody", "public.nobody"};
    for (size_t i = 0; i < 4; i++)
        actor_say(liar, &(dd_record_t){.type = DD_RECEIPT,
                            .code = DD_E_NAME_TAKEN,
                            .source = B("a.other"),
                            .destination = B(NAMES[i])});
    actor_expect_nothing(a);
    actor_expect_nothing(b);
    actor_say(liar, &(dd_record_t){.type = DD_RECEIPT,
                        .code = DD_E_NAME_TAKEN,
                        .source = B("a.other"),
                        .destination = B("s")});
    const dd_record_t *receipt = actor_expect(a, DD_RECEIPT);
    assert_int_equal(receipt->code, DD_OK);
    assert_bytes(receipt->source, "liar");
    actor_expect_nothing(liar);
    tree_destroy(&pair.tree);
}

static void test_links_pass_no_receipt_across_tenants(void **state)
{
    static const char *const SOURCES[] = {"b.x", "ab.x", "x", "", ".x", "a"};
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = new_parent(tree, &broker), *child = actor_child(broker, 1, "/1/1/1/");
    actor_t *client = actor_client(broker, "a", "s");
    actor_t *const LINKS[] = {parent, child};
    for (size_t i = 0; i < 12; i++) {
        dd_record_t record = {.type = DD_RECEIPT, .ref = 1, .destination = B("a.s")};
        record.source = B(SOURCES[i / 2]);
        actor_say(LINKS[i % 2], &record);
        actor_expect_nothing(client);
    }
    assert_int_equal(actor_peer(child)->count.refused, 6);
    actor_say(child, &(dd_record_t){.type = DD_RECEIPT,
                         .code = DD_E_OVERLOADED,
                         .ref = 9,
                         .source = B("public.x"),
                         .destination = B("a.s")});
    actor_expect_error(client, DD_E_OVERLOADED, 9);
    tree_destroy(&tree);
}

/* ---- What can't be delivered ---------------------------------------------------------------- */

static void test_who_is_nowhere(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    broker_t *const BROKERS[] = {pair.root, pair.left, pair.right, pair.left_leaf, pair.right_leaf};
    for (size_t i = 0; i < 5; i++) {
        actor_t *sender = actor_client(BROKERS[i], "a", "s");
        actor_send(sender, "nobody", "hello", 7);
        const dd_record_t *error = actor_expect(sender, DD_ERROR);
        assert_int_equal(error->code, DD_E_NO_DESTINATION);
        assert_int_equal(error->ref, 7);
        assert_bytes(error->text, "nobody");
        actor_send(sender, "public.nobody", "hello", 8);
        assert_bytes(actor_expect(sender, DD_ERROR)->text, "public.nobody");
        actor_leave(sender);
        tree_run(pair.tree);
    }
    tree_destroy(&pair.tree);
}

/* Cut off, a broker can't know who is above; what is beneath it is served as ever. */
static void test_a_subtree_that_is_cut_off(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *low = actor_client(pair.left_leaf, "a", "low");
    actor_t *middle = actor_client(pair.left, "a", "middle");
    actor_t *high = actor_client(pair.root, "a", "high");
    broker_cut(pair.left);
    tree_run(pair.tree);
    actor_send(low, "high", "hello", 1);
    actor_expect_error(low, DD_E_UPLINK_DOWN, 1);
    actor_send(middle, "high", "hello", 2);
    actor_expect_error(middle, DD_E_UPLINK_DOWN, 2);
    actor_send(high, "low", "hello", 3);
    actor_expect_error(high, DD_E_NO_DESTINATION, 3);
    actor_send(low, "middle", "hello", 4);
    actor_expect(middle, DD_DATA);
    actor_send(middle, "low", "hello", 5);
    actor_expect(low, DD_DATA);
    broker_join(pair.left, pair.root);
    tree_run(pair.tree);
    actor_send(low, "nobody", "hello", 6);
    actor_expect_error(low, DD_E_NO_DESTINATION, 6);
    actor_send(low, "high", "hello", 7);
    actor_expect(high, DD_DATA);
    tree_destroy(&pair.tree);
}

/* A broker that is to have a parent doesn't pretend to be the root before the first contact. */
static void test_before_the_first_contact_with_the_parent(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->has_parent = true;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/1/");
    actor_t *client = actor_client(broker, "a", "s");
    actor_send(client, "x", "hello", 1);
    actor_expect_error(client, DD_E_UPLINK_DOWN, 1);
    actor_parent(broker); /* connected, but it has not admitted anybody */
    actor_send(client, "x", "hello", 2);
    actor_expect_error(client, DD_E_UPLINK_DOWN, 2);
    tree_destroy(&tree);
}

static void test_payloads_have_a_limit(void **state)
{
    static uint8_t payload[1001];
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->payload_max = 1000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *actor = actor_client(broker, "a", "s");
    dd_record_t record = {.type = DD_SEND, .ref = 1, .destination = B("s")};
    record.payload = dd_bytes(payload, 1000);
    actor_say(actor, &record);
    assert_int_equal(actor_expect(actor, DD_DATA)->payload.size, 1000);
    record.payload = dd_bytes(payload, 1001);
    actor_say(actor, &record);
    actor_expect_error(actor, DD_E_TOO_LARGE, 1);
    actor_say(
        actor, &(dd_record_t){.type = DD_PUBLISH, .topic = B("t"), .payload = record.payload});
    actor_expect_end(actor, DD_E_TOO_LARGE);
    tree_destroy(&tree);
}

/* ---- Who doesn't read ----------------------------------------------------------------------- */

#define MANY 200

/* Sends MANY notifications of 100 bytes from sender to "x"; how many were refused as OVERLOADED. */
static uint32_t flood(actor_t *sender)
{
    static const uint8_t PAYLOAD[100];
    uint32_t refused = 0;
    for (uint32_t i = 0; i < MANY; i++)
        actor_say(sender, &(dd_record_t){.type = DD_SEND,
                              .ref = i + 1,
                              .destination = B("x"),
                              .payload = dd_bytes(PAYLOAD, sizeof PAYLOAD)});
    const dd_record_t *record;
    while ((record = actor_next(sender))) {
        assert_int_equal(record->type, DD_ERROR);
        assert_int_equal(record->code, DD_E_OVERLOADED);
        refused++;
    }
    return refused;
}

static void check_received(actor_t *receiver, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(actor_expect(receiver, DD_DATA)->ref, i + 1);
    actor_expect_nothing(receiver);
}

static void test_a_slow_client_hurts_only_those_who_send_to_it(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 10000;
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *leaf = broker_new(tree, "leaf", root, "/1/1/");
    actor_t *slow = actor_client(leaf, "a", "x"), *other = actor_client(leaf, "a", "y");
    actor_t *sender = actor_client(root, "a", "s");
    actor_hold(slow, true);
    uint32_t refused = flood(sender);
    assert_in_range(refused, 100, MANY - 50);
    actor_send(sender, "y", "hello", 1);
    actor_expect(other, DD_DATA);
    actor_expect_nothing(sender);
    assert_int_equal(actor_peer(slow)->state, PEER_READY);
    actor_hold(slow, false);
    tree_run(tree);
    check_received(slow, MANY - refused);
    assert_int_equal(flood(sender), 0);
    tree_destroy(&tree);
}

/* down: the receiver is beneath the slow link; else above it. */
static void check_slow_link(bool down)
{
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_link = 10000;
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *leaf = broker_new(tree, "leaf", root, "/1/1/");
    actor_t *receiver = actor_client(down ? leaf : root, "a", "x");
    actor_t *sender = actor_client(down ? root : leaf, "a", "s");
    actor_t *other = actor_client(down ? root : leaf, "a", "y");
    if (down)
        broker_hold_down(leaf, true);
    else
        broker_hold_up(leaf, true);
    uint32_t refused = flood(sender);
    assert_in_range(refused, 100, MANY - 50);
    actor_send(sender, "y", "hello", 1);
    actor_expect(other, DD_DATA);
    if (down)
        broker_hold_down(leaf, false);
    else
        broker_hold_up(leaf, false);
    tree_run(tree);
    check_received(receiver, MANY - refused);
    assert_non_null(leaf->uplink);
    tree_destroy(&tree);
}

static void test_a_slow_link_hurts_only_what_goes_over_it(void **state)
{
    (void)state;
    check_slow_link(true);
    check_slow_link(false);
}

static void test_who_does_not_read_its_errors_is_ended(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 1000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *deaf = actor_client(broker, "a", "deaf"), *other = actor_client(broker, "a", "other");
    actor_hold(deaf, true);
    for (int i = 0; i < 10000; i++)
        actor_send(deaf, "nobody", "", 1);
    assert_int_equal(actor_peer(deaf)->state, PEER_ENDED);
    assert_int_equal(actor_peer(deaf)->ending, DD_E_OVERLOADED);
    assert_true(actor_peer(deaf)->outbox.bytes <= 1000 + DD_OUTBOX_RESERVE);
    actor_send(other, "deaf", "hello", 1);
    actor_expect_error(other, DD_E_NO_DESTINATION, 1);
    actor_send(other, "other", "hello", 2);
    actor_expect(other, DD_DATA);
    tree_destroy(&tree);
}

/* Errors that nobody reads may come from others' doing too. */
static void test_a_deaf_link_is_ended_and_its_names_are_free(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_link = 1000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *child = actor_child(broker, 1, "/1/1/"), *client = actor_client(broker, "a", "s");
    add_name(child, "a.x");
    actor_hold(child, true);
    for (int i = 0; i < 10000; i++)
        forward(child, "a.x", "a.nobody", 1);
    assert_int_equal(actor_peer(child)->ending, DD_E_OVERLOADED);
    actor_client(broker, "a", "x");
    actor_send(client, "x", "hello", 1);
    actor_expect_nothing(client);
    tree_destroy(&tree);
}

/* ---- What was never sent -------------------------------------------------------------------- */

static void test_what_waits_for_a_client_that_goes_is_returned(void **state)
{
    static const struct {
        const char *key, *to, *about;
    } SENDERS[] = {
        {"a", "x", "x"}, {"public", "a.x", "a.x"}, {"a", "x", "x"}, {"public", "a.x", "a.x"}};
    (void)state;
    pair_t pair = pair_new();
    actor_t *receiver = actor_client(pair.left_leaf, "a", "x"), *senders[4];
    actor_hold(receiver, true);
    for (size_t i = 0; i < 4; i++) {
        broker_t *broker = i < 2 ? pair.left_leaf : pair.right_leaf;
        senders[i] = actor_client(broker, SENDERS[i].key, i < 2 ? "near" : "far");
        for (uint32_t ref = 1; ref <= 3; ref++)
            actor_send(senders[i], SENDERS[i].to, "hello", ref);
        actor_expect_nothing(senders[i]);
    }
    actor_leave(receiver);
    tree_run(pair.tree);
    for (size_t i = 0; i < 4; i++) {
        for (uint32_t ref = 1; ref <= 3; ref++) {
            const dd_record_t *error = actor_expect(senders[i], DD_ERROR);
            assert_int_equal(error->code, DD_E_NO_DESTINATION);
            assert_int_equal(error->ref, ref);
            assert_bytes(error->text, SENDERS[i].about);
        }
        actor_expect_nothing(senders[i]);
    }
    tree_destroy(&pair.tree);
}

static void test_what_waits_for_a_link_that_goes_is_returned(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *low = actor_client(pair.left_leaf, "a", "low");
    actor_t *high = actor_client(pair.right_leaf, "a", "high");
    broker_hold_down(pair.left, true);
    actor_send(high, "low", "hello", 1);
    actor_send(high, "low", "hello", 2);
    broker_hold_up(pair.left, true);
    actor_send(low, "high", "hello", 3);
    actor_send(low, "high", "hello", 4);
    broker_cut(pair.left);
    tree_run(pair.tree);
    actor_expect_error(high, DD_E_NO_DESTINATION, 1);
    actor_expect_error(high, DD_E_NO_DESTINATION, 2);
    actor_expect_error(low, DD_E_UPLINK_DOWN, 3);
    actor_expect_error(low, DD_E_UPLINK_DOWN, 4);
    actor_expect_nothing(high);
    actor_expect_nothing(low);
    tree_destroy(&pair.tree);
}

/* ---- Rule 2: links speak for what is beneath them ------------------------------------------- */

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
    add_name(child, "a.mine");
    add_name(child, "public.mine");
    add_name(sibling, "a.theirs");
    uint64_t refused = 0;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        forward(child, CASES[i].source, CASES[i].destination, 1);
        unsigned got = 0;
        for (size_t k = 0; k < 4; k++)
            got += actor_find(receivers[k], DD_DATA) != NULL;
        assert_int_equal(got, CASES[i].passes);
        assert_int_equal(tree_logged(tree, "forwards for a client"), !CASES[i].passes);
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
    actor_t *parent = new_parent(tree, &broker), *client = actor_client(broker, "a", "x");
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
    actor_t *parent = new_parent(tree, &broker), *child = actor_child(broker, 1, "/1/1/1/");
    actor_t *client = actor_client(broker, "a", "x");
    add_name(child, "a.low");
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
        actor_say(child, &(dd_record_t){.type = DD_RECEIPT,
                             .hops = TOO_FAR[i],
                             .source = B("a.low"),
                             .destination = B("a.far")});
        actor_expect_nothing(parent);
    }
    tree_destroy(&tree);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_walls_within_a_broker_and_across_the_tree),
        cmocka_unit_test(test_the_source_shown_is_where_an_answer_goes),
        cmocka_unit_test(test_destinations_that_are_no_names),
        cmocka_unit_test(test_every_broker_reaches_every_other),
        cmocka_unit_test(test_notifications_keep_their_order),
        cmocka_unit_test(test_flags_that_mean_nothing_here_are_not_passed_on),
        cmocka_unit_test(test_receipts_come_back_across_the_tree_and_its_walls),
        cmocka_unit_test(test_a_client_may_notify_itself),
        cmocka_unit_test(test_receipts_that_nobody_asked_for),
        cmocka_unit_test(test_links_pass_no_receipt_across_tenants),
        cmocka_unit_test(test_who_is_nowhere),
        cmocka_unit_test(test_a_subtree_that_is_cut_off),
        cmocka_unit_test(test_before_the_first_contact_with_the_parent),
        cmocka_unit_test(test_payloads_have_a_limit),
        cmocka_unit_test(test_a_slow_client_hurts_only_those_who_send_to_it),
        cmocka_unit_test(test_a_slow_link_hurts_only_what_goes_over_it),
        cmocka_unit_test(test_who_does_not_read_its_errors_is_ended),
        cmocka_unit_test(test_a_deaf_link_is_ended_and_its_names_are_free),
        cmocka_unit_test(test_what_waits_for_a_client_that_goes_is_returned),
        cmocka_unit_test(test_what_waits_for_a_link_that_goes_is_returned),
        cmocka_unit_test(test_a_child_forwards_for_those_beneath_it_only),
        cmocka_unit_test(test_the_parent_forwards_within_walls),
        cmocka_unit_test(test_hops_are_limited),
        cmocka_unit_test(test_a_trace_tells_every_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
