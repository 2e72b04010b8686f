/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_heartbeats - who is silent is asked, and lost in time, and whatever shows life counts
 */
#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/visit.h"
#include "tests/unit/unit.h"

static void ping(actor_t *actor)
{
    actor_say(actor, &(dd_record_t){.type = DD_PING, .number = 77});
    assert_int_equal(actor_expect(actor, DD_PONG)->number, 77);
}

static void test_the_silent_are_lost_after_three_heartbeats(void **state)
{
    static const role_t ROLES[] = {ROLE_CLIENT, ROLE_OPERATOR, ROLE_CHILD};
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        bool registered = i >= 3;
        visit_t visit = visit_new(ROLES[i % 3], registered);
        for (int beat = 0; registered && beat < 8; beat++) {
            tree_pass(visit.tree, 5000);
            ping(visit.actor);
            ping(visit.bystander);
        }
        tree_pass(visit.tree, 15000);
        actor_expect_nothing(visit.actor);
        ping(visit.bystander);
        tree_pass(visit.tree, 1250);
        actor_expect_end(visit.actor, DD_E_TIMEOUT);
        visit_end(&visit);
    }
}

static dd_traffic_t each_look; /* what a connection carries from one look to the next */
static dd_traffic_t carried;

static bool look(const peer_t *peer, dd_traffic_t *traffic)
{
    (void)peer;
    carried.received += each_look.received;
    carried.acknowledged += each_look.acknowledged;
    carried.waiting = each_look.waiting;
    *traffic = carried;
    return true;
}

/* One message may take as long as the line needs. Who speaks by itself isn't excused by what we
   send; the parent, and an old client, wait for that. */
static void test_bytes_are_life(void **state)
{
    static const struct {
        role_t role;
        uint8_t protocol;
        dd_traffic_t each_look;
        bool lives;
    } CASES[] = {
        {ROLE_CLIENT, 5, {0, 0, false, 0}, false},
        {ROLE_CLIENT, 5, {1, 0, false, 0}, true},
        {ROLE_CLIENT, 5, {0, 1, true, 0}, false},
        {ROLE_CLIENT, 4, {1, 0, false, 0}, true},
        {ROLE_CLIENT, 4, {0, 1, true, 0}, true},
        {ROLE_CLIENT, 4, {0, 1, false, 0}, false},
        {ROLE_CHILD, 5, {1, 0, false, 0}, true},
        {ROLE_CHILD, 5, {0, 1, true, 0}, false},
        {ROLE_PARENT, 5, {1, 0, false, 0}, true},
        {ROLE_PARENT, 5, {0, 1, true, 0}, true},
        {ROLE_PARENT, 5, {0, 1, false, 0}, false},
        {ROLE_PARENT, 5, {0, 0, true, 0}, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        tree_t *tree = tree_new();
        broker_t *broker;
        tree_settings(tree)->look = look;
        actor_t *parent = actor_new_parent(tree, &broker);
        actor_t *actor = CASES[i].role == ROLE_PARENT  ? parent
                         : CASES[i].role == ROLE_CHILD ? actor_child(broker, 1, "/1/1/1/")
                                                       : actor_client(broker, "a", "x");
        actor_peer(actor)->protocol = CASES[i].protocol;
        each_look = CASES[i].each_look;
        tree_pass(tree, 10 * 5000);
        bool lives = actor->end && actor_peer(actor) && actor_peer(actor)->state == PEER_READY;
        if (lives != CASES[i].lives)
            fail_msg("case %zu lives: %d", i, lives);
        tree_destroy(&tree);
    }
}

/* Whatever the broker's heartbeat is: such a client pings 1.5 s after each PONG. */
static void test_an_old_client_has_six_seconds(void **state)
{
    static const uint32_t HEARTBEATS[] = {DD_HEARTBEAT_LEAST, 200, 2000, 2500};
    (void)state;
    for (size_t i = 0; i < COUNT(HEARTBEATS); i++) {
        tree_t *tree = tree_new();
        tree_settings(tree)->heartbeat = HEARTBEATS[i];
        broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
        actor_t *old = actor_connect(broker, "a");
        actor_peer(old)->protocol = 4;
        actor_hello(old, "old", 1);
        actor_expect(old, DD_WELCOME);
        for (int ping = 0; ping < 4; ping++) {
            tree_pass(tree, 1500);
            actor_say(old, &(dd_record_t){.type = DD_PING});
            actor_expect(old, DD_PONG);
        }
        tree_pass(tree, 6000);
        actor_expect_nothing(old);
        tree_pass(tree, 3000);
        actor_expect_end(old, DD_E_TIMEOUT);
        tree_destroy(&tree);
    }
}

/* Within eight seconds by default. */
static void test_a_host_that_vanished_is_noticed_soon(void **state)
{
    enum { HEARTBEAT = 2500, LIMIT = 8000 };
    (void)state;
    for (unsigned phase = 0; phase < 4; phase++) {
        tree_t *tree = tree_new();
        tree_settings(tree)->look = look;
        tree_settings(tree)->heartbeat = HEARTBEAT;
        each_look = (dd_traffic_t){0};
        broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
        tree_pass(tree, phase * 125);
        actor_t *actor = actor_client(broker, "a", "x");
        tree_pass(tree, 3 * HEARTBEAT);
        actor_expect_nothing(actor);
        tree_pass(tree, LIMIT - 3 * HEARTBEAT);
        actor_expect_end(actor, DD_E_TIMEOUT);
        tree_destroy(&tree);
    }
}

static void test_a_parent_is_pinged_as_often_as_it_asked(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->has_parent = true;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *parent = actor_parent(broker);
    actor_say(parent, &(dd_record_t){.type = DD_ADMIT,
                          .heartbeat = 1000,
                          .name = B("parent"),
                          .scope = B("/1/"),
                          .id = B("parentparentpare")});
    actor_skip(parent);
    for (int i = 0; i < 10; i++) {
        tree_pass(tree, 1000);
        actor_say(parent,
            &(dd_record_t){.type = DD_PONG, .number = actor_expect(parent, DD_PING)->number});
        actor_expect_nothing(parent);
    }
    tree_pass(tree, 4250);
    assert_int_equal(actor_find(parent, DD_ERROR)->code, DD_E_TIMEOUT);
    assert_int_equal(broker->parent_left, DD_E_TIMEOUT);
    tree_destroy(&tree);
}

static void test_the_link_to_the_parent_is_measured(void **state)
{
    (void)state;
    static const struct {
        uint64_t number, at_us, rtt_us;
    } PONGS[] = {{5000, 5345, 345}, {4999, 5400, 345}, {5001, 6000, 345}, {5000, 6001, 1001},
        {5000, 5000, 1001}, {UINT64_MAX, 6001, 1001}};
    visit_t visit = visit_new(ROLE_PARENT, true);
    const peer_t *parent = actor_peer(visit.actor);
    core_clock(visit.broker->core, 5000);
    tree_pass(visit.tree, parent->heartbeat);
    assert_int_equal(actor_find(visit.actor, DD_PING)->number, 5000);
    assert_int_equal(parent->rtt_us, 0);
    for (size_t i = 0; i < COUNT(PONGS); i++) {
        core_clock(visit.broker->core, PONGS[i].at_us);
        actor_say(visit.actor, &(dd_record_t){.type = DD_PONG, .number = PONGS[i].number});
        assert_int_equal(parent->rtt_us, PONGS[i].rtt_us);
    }
    visit_end(&visit);
}

static void test_a_heartbeat_that_cannot_be_is_made_one_that_can(void **state)
{
    (void)state;
    visit_t visit = visit_new(ROLE_PARENT, true);
    peer_t *parent = actor_peer(visit.actor);
    dd_record_t record = visit_record(DD_ADMIT);
    record.id = B("parentparentpare");
    actor_say(visit.actor, &record);
    assert_int_equal(parent->heartbeat, DD_HEARTBEAT_LEAST);
    record.heartbeat = UINT32_MAX;
    actor_say(visit.actor, &record);
    assert_int_equal(parent->heartbeat, DD_HEARTBEAT_MOST);
    visit_end(&visit);
}

/* A client keeps to the heartbeat that its WELCOME asked for: a shorter one, come by a reload, must
   not make it look lost. */
static void test_a_new_heartbeat_holds_for_new_connections(void **state)
{
    (void)state;
    visit_t visit = visit_new(ROLE_CLIENT, true);
    core_settings_t settings = visit.broker->settings;
    settings.heartbeat = 100;
    core_set_limits(visit.broker->core, &settings);
    actor_t *hasty = actor_connect(visit.broker, "a");
    actor_hello(hasty, "hasty", 1 << 16);
    assert_int_equal(actor_expect(hasty, DD_WELCOME)->heartbeat, 100);
    tree_pass(visit.tree, 5000);
    actor_expect_nothing(visit.actor);
    actor_expect_end(hasty, DD_E_TIMEOUT);
    visit_end(&visit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_silent_are_lost_after_three_heartbeats),
        cmocka_unit_test(test_bytes_are_life),
        cmocka_unit_test(test_an_old_client_has_six_seconds),
        cmocka_unit_test(test_a_host_that_vanished_is_noticed_soon),
        cmocka_unit_test(test_a_parent_is_pinged_as_often_as_it_asked),
        cmocka_unit_test(test_the_link_to_the_parent_is_measured),
        cmocka_unit_test(test_a_heartbeat_that_cannot_be_is_made_one_that_can),
        cmocka_unit_test(test_a_new_heartbeat_holds_for_new_connections),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
