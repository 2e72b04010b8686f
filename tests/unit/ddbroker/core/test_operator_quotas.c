/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_operator_quotas - what the holder of one operator's key may use of a broker
 */
#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

/* An operator is called as a tenant is, whose key is that of "x". */
#define KEYS TENANTS_ALL ",zoe=x,@zoe=r,@boss"

typedef struct {
    tree_t *tree;
    broker_t *broker;
    dd_keyring_t *keyring;
} scene_t;

static scene_t scene_new(unsigned places, const quota_limits_t *limits)
{
    scene_t self = {.tree = tree_new(), .keyring = tenants_keyring(KEYS)};
    tree_settings(self.tree)->clients_max = places;
    tree_settings(self.tree)->quotas.usual = *limits;
    self.broker = broker_new(self.tree, "broker", NULL, "/1/");
    core_set_keyring(self.broker->core, self.keyring, tree_now(self.tree));
    return self;
}

static void scene_end(scene_t *self)
{
    tree_destroy(&self->tree);
    dd_keyring_destroy(&self->keyring);
}

static core_admission_t admit(const scene_t *self, const char *name)
{
    uint8_t key[DD_KEY_SIZE];
    tenants_key(name, key);
    return core_admit(self->broker->core, key, true, tree_now(self->tree));
}

static void test_an_operator_does_not_take_all_places(void **state)
{
    enum { PLACES = 20 };
    (void)state;
    scene_t self = scene_new(PLACES, &(quota_limits_t){.clients = QUOTA_FAIR});
    unsigned got = 0;
    for (; got <= PLACES + CORE_RESERVED && admit(&self, "zoe") == CORE_ADMITTED; got++)
        actor_new_hello(self.broker, "zoe", "x", 1);
    assert_int_equal(got, (PLACES + CORE_RESERVED) / 2 + 1);
    assert_int_equal(admit(&self, "a"), CORE_ADMITTED);
    assert_int_equal(admit(&self, "boss"), CORE_ADMITTED);
    assert_int_equal(admit(&self, KEY_OF_OPERATORS), CORE_ADMITTED);
    assert_int_equal(admit(&self, KEY_OF_BROKERS), CORE_ADMITTED);
    actor_t *late = actor_connect(self.broker, "zoe");
    tree_run(self.tree);
    actor_expect_end(late, DD_E_LIMIT);
    scene_end(&self);
}

static void test_an_operator_connects_so_often_in_a_second(void **state)
{
    (void)state;
    scene_t self =
        scene_new(1000, &(quota_limits_t){.clients = QUOTA_FAIR, .connects = 1, .burst = 1000});
    for (int i = 0; i < 2 * QUOTA_OPERATOR_CONNECTS; i++)
        assert_int_equal(admit(&self, "zoe"), CORE_ADMITTED);
    assert_int_equal(admit(&self, "zoe"), CORE_NO_ROOM);
    assert_int_equal(admit(&self, "boss"), CORE_ADMITTED);
    assert_int_equal(admit(&self, "a"), CORE_ADMITTED);
    scene_end(&self);
}

static void test_what_waits_for_an_operator_is_limited_together(void **state)
{
    enum { MANY = 50, LIMIT = 100000 };
    (void)state;
    scene_t self = scene_new(1000, &(quota_limits_t){.clients = QUOTA_FAIR, .outbox = LIMIT});
    actor_t *boss = actor_new_hello(self.broker, "boss", "x", 1);
    actor_t *actors[MANY];
    for (int i = 0; i < MANY; i++) {
        actors[i] = actor_new_hello(self.broker, "zoe", "x", 1);
        actor_skip(actors[i]);
    }
    const quota_t *quota = actor_peer(actors[0])->quota;
    assert_int_equal(quota->outbox.limit, LIMIT);
    for (int i = 0; i < MANY; i++)
        assert_ptr_equal(actor_peer(actors[i])->quota, quota);
    assert_ptr_not_equal(actor_peer(boss)->quota, quota);
    assert_int_equal(quota->clients, MANY);
    for (int i = 0; i < MANY; i++)
        actor_leave(actors[i]);
    assert_int_equal(quota->clients, 0);
    scene_end(&self);
}

/* By that they have their turns. */
static void test_an_operators_connections_are_one_owners(void **state)
{
    (void)state;
    scene_t self = scene_new(1000, &(quota_limits_t){.clients = QUOTA_FAIR});
    actor_t *one = actor_new_hello(self.broker, "zoe", "x", 1);
    actor_t *other = actor_observer(self.broker, "zoe", "x");
    actor_t *client = actor_client(self.broker, "x", "x");
    actor_t *child = actor_child(self.broker, 1, "/1/1/");
    assert_string_equal(peer_owner(actor_peer(one)), "/zoe");
    assert_string_equal(peer_owner(actor_peer(other)), "/zoe");
    assert_string_equal(peer_owner(actor_peer(client)), "zoe");
    assert_string_equal(peer_owner(actor_peer(child)), "");
    scene_end(&self);
}

static void ask(actor_t *actor, unsigned questions)
{
    for (uint32_t ref = 1; ref <= questions; ref++)
        actor_say(actor, &(dd_record_t){.type = DD_INSPECT, .ref = ref, .text = B("tree")});
    tree_run(actor->tree);
}

/* With any number of consoles, so that some is left for others of what a link may ask. */
static void test_an_operator_asks_so_much_in_ten_seconds(void **state)
{
    enum { CONSOLES = 50, EACH = 60, REFUSED = CONSOLES * EACH - QUOTA_OPERATOR_QUESTIONS };
    (void)state;
    scene_t self = scene_new(1000, &(quota_limits_t){.clients = QUOTA_FAIR});
    actor_t *other = actor_operator(self.broker);
    unsigned refused = 0;
    for (int i = 0; i < CONSOLES; i++) {
        actor_t *console = actor_observer(self.broker, "zoe", "x");
        ask(console, EACH);
        const dd_record_t *record;
        while ((record = actor_next(console)))
            refused += record->type == DD_ERROR && record->code == DD_E_LIMIT;
    }
    assert_int_equal(refused, REFUSED);
    ask(other, 1);
    tree_pass(self.tree, 10); /* all answers have a part of the time */
    assert_non_null(actor_find(other, DD_REPORT));
    scene_end(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_operator_does_not_take_all_places),
        cmocka_unit_test(test_an_operator_connects_so_often_in_a_second),
        cmocka_unit_test(test_what_waits_for_an_operator_is_limited_together),
        cmocka_unit_test(test_an_operators_connections_are_one_owners),
        cmocka_unit_test(test_an_operator_asks_so_much_in_ten_seconds),
    };
    return cmocka_run_group_tests_name("operator_quotas", tests, NULL, NULL);
}
