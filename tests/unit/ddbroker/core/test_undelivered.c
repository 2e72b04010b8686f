/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_undelivered - a notification that can't be delivered comes back to its sender with a reason
 */
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

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
    assert_int_equal(actor_expect(actor, DD_UNPUBLISHED)->code, DD_E_TOO_LARGE);
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
    assert_in_range(refused, 100, MANY - 40);
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

/* ---- Whatever happens ----------------------------------------------------------------------- */

#define SENT_MAX 500
#define GONE 5

/* What became of each notification: received, or returned to its sender. */
typedef struct {
    pair_t pair;
    actor_t *actors[5];
    uint32_t sent;
    uint8_t senders[SENT_MAX + 1]; /* GONE once it has left */
    uint8_t outcomes[SENT_MAX + 1];
} ledger_t;

static broker_t *broker_at(const ledger_t *self, uint32_t i)
{
    broker_t *const BROKERS[] = {self->pair.root, self->pair.left, self->pair.right,
        self->pair.left_leaf, self->pair.right_leaf};
    return BROKERS[i];
}

static void come(ledger_t *self, uint32_t i)
{
    char name[] = {(char)('a' + i), '\0'};
    self->actors[i] = actor_client(broker_at(self, i), "a", name);
}

/* Enters what an actor heard since. */
static void enter(ledger_t *self, uint32_t i)
{
    const dd_record_t *record;
    while ((record = actor_next(self->actors[i]))) {
        assert_true(record->type == DD_DATA || record->type == DD_ERROR);
        assert_true(record->ref > 0 && record->ref <= self->sent);
        self->outcomes[record->ref]++;
    }
}

static void send_somebody(ledger_t *self)
{
    static const uint8_t PAYLOAD[500];
    char name[] = {(char)('a' + tree_random(self->pair.tree, 5)), '\0'};
    uint32_t sender = tree_random(self->pair.tree, 5);
    self->senders[++self->sent] = (uint8_t)sender;
    actor_say(self->actors[sender], &(dd_record_t){.type = DD_SEND,
                                        .ref = self->sent,
                                        .destination = B(name),
                                        .payload = dd_bytes(PAYLOAD, sizeof PAYLOAD)});
}

/* One leaves with what it has heard, and another of its name comes. */
static void replace(ledger_t *self, uint32_t i)
{
    enter(self, i);
    actor_leave(self->actors[i]);
    tree_run(self->pair.tree);
    for (uint32_t ref = 1; ref <= self->sent; ref++)
        if (self->senders[ref] == i)
            self->senders[ref] = GONE;
    come(self, i);
}

static void hold_something(ledger_t *self, uint32_t what, bool slow)
{
    if (what < 5)
        actor_hold(self->actors[what], slow);
    else if (what < 9)
        broker_hold_up(broker_at(self, what - 4), slow);
    else
        broker_hold_down(broker_at(self, what - 8), slow);
}

/* Whoever is slow or leaves: a notification is received or returned, and never both. */
static void test_every_notification_has_one_outcome(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 60; seed++) {
        static ledger_t ledger;
        ledger = (ledger_t){.pair = pair_new()};
        tree_seed(ledger.pair.tree, seed);
        for (uint32_t i = 0; i < 5; i++) {
            core_settings_t settings = broker_at(&ledger, i)->settings;
            settings.outbox_client = settings.outbox_link = 6000;
            core_set_limits(broker_at(&ledger, i)->core, &settings);
            come(&ledger, i);
        }
        while (ledger.sent < SENT_MAX) {
            if (tree_random(ledger.pair.tree, 40) == 0)
                replace(&ledger, tree_random(ledger.pair.tree, 5));
            if (tree_random(ledger.pair.tree, 8) == 0)
                hold_something(
                    &ledger, tree_random(ledger.pair.tree, 13), tree_random(ledger.pair.tree, 2));
            send_somebody(&ledger);
        }
        for (uint32_t what = 0; what < 13; what++)
            hold_something(&ledger, what, false);
        tree_run(ledger.pair.tree);
        for (uint32_t i = 0; i < 5; i++)
            enter(&ledger, i);
        for (uint32_t ref = 1; ref <= ledger.sent; ref++)
            assert_true(ledger.outcomes[ref] == 1 ||
                        (ledger.outcomes[ref] == 0 && ledger.senders[ref] == GONE));
        tree_destroy(&ledger.pair.tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_nowhere),
        cmocka_unit_test(test_a_subtree_that_is_cut_off),
        cmocka_unit_test(test_before_the_first_contact_with_the_parent),
        cmocka_unit_test(test_payloads_have_a_limit),
        cmocka_unit_test(test_a_slow_client_hurts_only_those_who_send_to_it),
        cmocka_unit_test(test_a_slow_link_hurts_only_what_goes_over_it),
        cmocka_unit_test(test_who_does_not_read_its_errors_is_ended),
        cmocka_unit_test(test_what_waits_for_a_client_that_goes_is_returned),
        cmocka_unit_test(test_what_waits_for_a_link_that_goes_is_returned),
        cmocka_unit_test(test_every_notification_has_one_outcome),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
