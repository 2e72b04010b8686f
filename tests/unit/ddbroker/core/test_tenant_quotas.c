/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_tenant_quotas - a broker's tenants under their quotas, and the others beside them
 */
#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

typedef struct {
    tree_t *tree;
    broker_t *broker;
    actor_t *greedy, *sibling; /* of tenant a */
    actor_t *other;            /* of tenant b */
} scene_t;

static scene_t scene_new(const quota_limits_t *limits)
{
    scene_t self = {.tree = tree_new()};
    tree_settings(self.tree)->quotas.usual = *limits;
    self.broker = broker_new(self.tree, "broker", NULL, "/1/");
    self.greedy = actor_client(self.broker, "a", "greedy");
    self.sibling = actor_client(self.broker, "a", "sibling");
    self.other = actor_client(self.broker, "b", "other");
    return self;
}

static uint64_t refused_for_rate(scene_t *self, const char *tenant)
{
    const quota_t *quota = quotas_find(&self->broker->core->quotas, dd_bytes_of(tenant));
    return quota->refused_for.of[DD_E_RATE_LIMITED];
}

static void test_over_a_rate_each_kind_is_answered_and_nobody_is_ended(void **state)
{
    (void)state;
    scene_t self = scene_new(&(quota_limits_t){.messages = 2, .burst = 1000});
    actor_want(actor_want(self.other, "t", "all"), "u", "all");
    tree_pass(self.tree, 1000);
    actor_skip(self.other);
    actor_send(self.greedy, "sibling", "one", 1);
    actor_send(self.greedy, "sibling", "two", 2);
    actor_send(self.greedy, "sibling", "three", 3);
    assert_bytes(actor_expect(self.sibling, DD_DATA)->payload, "one");
    assert_bytes(actor_expect(self.sibling, DD_DATA)->payload, "two");
    actor_expect_nothing(self.sibling);
    actor_expect_error(self.greedy, DD_E_RATE_LIMITED, 3);
    actor_publish(self.sibling, "t", "news"); /* the tenant's, whoever sends */
    const dd_record_t *record = actor_expect(self.sibling, DD_UNPUBLISHED);
    assert_int_equal(record->code, DD_E_RATE_LIMITED);
    assert_bytes(record->topic, "t");
    actor_subscribe(self.greedy, "t", "all");
    actor_expect_error(self.greedy, DD_E_RATE_LIMITED, 1);
    assert_int_equal(refused_for_rate(&self, "a"), 3);
    assert_int_equal(refused_for_rate(&self, "b"), 0);
    actor_publish(self.other, "t", "of b");
    assert_bytes(actor_expect(self.other, DD_PUBLICATION)->payload, "of b");
    tree_pass(self.tree, 1000);
    actor_send(self.greedy, "sibling", "four", 4);
    assert_bytes(actor_expect(self.sibling, DD_DATA)->payload, "four");
    tree_destroy(&self.tree);
}

static void test_bytes_are_counted_as_well_as_messages(void **state)
{
    (void)state;
    scene_t self = scene_new(&(quota_limits_t){.bytes = 10, .burst = 1000});
    actor_send(self.greedy, "sibling", "0123456789ab", 1);
    actor_expect(self.sibling, DD_DATA);
    actor_send(self.greedy, "sibling", "c", 2);
    actor_expect_error(self.greedy, DD_E_RATE_LIMITED, 2);
    tree_destroy(&self.tree);
}

/* The broker that they are connected to has counted them. */
static void test_what_comes_over_a_link_is_not_counted(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *lax = broker_new(tree, "root", NULL, "/1/");
    tree_settings(tree)->quotas.usual = (quota_limits_t){.messages = 1, .burst = 1000};
    broker_t *strict = broker_new(tree, "strict", lax, "/1/1/");
    actor_t *sender = actor_client(lax, "a", "sender");
    actor_t *receiver = actor_want(actor_client(strict, "a", "receiver"), "t", "all");
    for (uint32_t ref = 1; ref <= 10; ref++) {
        actor_send(sender, "receiver", "news", ref);
        actor_publish(sender, "t", "news");
        actor_expect(receiver, DD_DATA);
        actor_expect(receiver, DD_PUBLICATION);
    }
    actor_expect_nothing(sender);
    tree_destroy(&tree);
}

static void test_subscriptions_of_all_clients_count_together(void **state)
{
    (void)state;
    scene_t self = scene_new(&(quota_limits_t){.subscriptions = 3});
    actor_want(actor_want(self.greedy, "t", "all"), "u", "all");
    actor_want(self.sibling, "t", "all");
    actor_subscribe(self.sibling, "u", "all");
    actor_expect_error(self.sibling, DD_E_LIMIT, 1);
    actor_want(self.sibling, "t", "all"); /* it has that already */
    actor_want(actor_want(self.other, "t", "all"), "u", "all");
    actor_unsubscribe(self.greedy, "t", "all");
    actor_expect(self.greedy, DD_UNSUBSCRIBED);
    actor_want(self.sibling, "u", "all");
    actor_leave(self.greedy);
    actor_want(self.sibling, "v", "all");
    actor_subscribe(self.sibling, "w", "all");
    actor_expect_error(self.sibling, DD_E_LIMIT, 1);
    tree_destroy(&self.tree);
}

#define PIECE 1000
#define PIECES 100

static void fill(actor_t *from, const char *to)
{
    char text[PIECE + 1];
    memset(text, 'x', PIECE);
    text[PIECE] = '\0';
    for (uint32_t ref = 1; ref <= PIECES; ref++)
        actor_send(from, to, text, ref);
}

/* Clients of one tenant that don't read cost its own traffic, and at most so many bytes. */
static void test_outboxes_of_all_clients_are_limited_together(void **state)
{
    (void)state;
    enum { LIMIT = 20 * PIECE };
    scene_t self = scene_new(&(quota_limits_t){.outbox = LIMIT});
    actor_hold(self.greedy, true);
    fill(self.sibling, "greedy");
    actor_t *third = actor_client(self.broker, "a", "third");
    actor_hold(third, true);
    actor_skip(self.sibling);
    fill(self.sibling, "third");
    for (int i = 0; i < PIECES; i++)
        assert_int_equal(actor_expect(self.sibling, DD_ERROR)->code, DD_E_OVERLOADED);
    const quota_t *quota = quotas_find(&self.broker->core->quotas, B("a"));
    assert_in_range(quota->outbox.bytes, LIMIT - 2 * PIECE, LIMIT);
    assert_int_equal(quota->outbox.bytes,
        actor_peer(self.greedy)->outbox.bytes + actor_peer(third)->outbox.bytes);
    /* They are told what they must be told, all the same. */
    actor_say(third, &(dd_record_t){.type = DD_PING, .number = 5});
    actor_t *late = actor_client(self.broker, "b", "late");
    fill(self.other, "late");
    for (int i = 0; i < PIECES; i++)
        actor_expect(late, DD_DATA);
    actor_expect_nothing(self.other);
    actor_hold(third, false);
    tree_run(self.tree);
    actor_expect(third, DD_PONG);
    actor_leave(self.greedy);
    tree_run(self.tree);
    assert_int_equal(quota->outbox.bytes, 0);
    fill(self.sibling, "third");
    for (int i = 0; i < PIECES; i++)
        actor_expect(third, DD_DATA);
    tree_destroy(&self.tree);
}

static core_admission_t admit(scene_t *self, const char *key)
{
    uint8_t bytes[DD_KEY_SIZE];
    tenants_key(key, bytes);
    return core_admit(self->broker->core, bytes, true, tree_now(self->tree));
}

static void test_too_many_connections_at_once_are_refused(void **state)
{
    (void)state;
    scene_t self = scene_new(&(quota_limits_t){.connects = 5, .burst = 2000});
    for (int i = 0; i < 10; i++)
        assert_int_equal(admit(&self, "a"), CORE_ADMITTED);
    assert_int_equal(admit(&self, "a"), CORE_NO_ROOM);
    assert_int_equal(admit(&self, "b"), CORE_ADMITTED);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(admit(&self, KEY_OF_OPERATORS), CORE_ADMITTED);
        assert_int_equal(admit(&self, KEY_OF_BROKERS), CORE_ADMITTED);
    }
    assert_int_equal(admit(&self, "foreign"), CORE_UNKNOWN_KEY);
    tree_pass(self.tree, 1000);
    for (int i = 0; i < 5; i++)
        assert_int_equal(admit(&self, "a"), CORE_ADMITTED);
    assert_int_equal(admit(&self, "a"), CORE_NO_ROOM);
    tree_destroy(&self.tree);
}

/* Without descriptors for more. */
static void test_a_closed_door_is_closed_for_tenants_only(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        core_admission_t answer;
    } CASES[] = {{"a", CORE_NO_CLIENTS}, {KEY_OF_OPERATORS, CORE_ADMITTED},
        {KEY_OF_BROKERS, CORE_ADMITTED}, {"foreign", CORE_UNKNOWN_KEY}};
    scene_t self = scene_new(&(quota_limits_t){.clients = 0});
    for (size_t i = 0; i < COUNT(CASES); i++) {
        uint8_t key[DD_KEY_SIZE];
        tenants_key(CASES[i].key, key);
        assert_int_equal(core_admit(self.broker->core, key, false, 1), CASES[i].answer);
    }
    tree_destroy(&self.tree);
}

/* All places that it can get, with nothing else to hold it back. */
static void test_one_tenant_does_not_take_all_places(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->clients_max = 20;
    tree_settings(tree)->quotas.usual.clients = QUOTA_FAIR;
    scene_t self = {.tree = tree, .broker = broker_new(tree, "broker", NULL, "/1/")};
    unsigned got = 0;
    for (; admit(&self, "a") == CORE_ADMITTED; got++)
        actor_client(self.broker, "a", DD_AUTO_NAME);
    assert_int_equal(got, 11);
    actor_t *late = actor_connect(self.broker, "a");
    tree_run(tree);
    const dd_record_t *record = actor_expect(late, DD_ERROR);
    assert_int_equal(record->code, DD_E_LIMIT);
    assert_bytes(record->text, "no room for more clients of tenant a, or for anybody");
    actor_client(self.broker, "b", "first");
    actor_client(self.broker, "ab", "first");
    tree_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_over_a_rate_each_kind_is_answered_and_nobody_is_ended),
        cmocka_unit_test(test_bytes_are_counted_as_well_as_messages),
        cmocka_unit_test(test_what_comes_over_a_link_is_not_counted),
        cmocka_unit_test(test_subscriptions_of_all_clients_count_together),
        cmocka_unit_test(test_outboxes_of_all_clients_are_limited_together),
        cmocka_unit_test(test_too_many_connections_at_once_are_refused),
        cmocka_unit_test(test_a_closed_door_is_closed_for_tenants_only),
        cmocka_unit_test(test_one_tenant_does_not_take_all_places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
