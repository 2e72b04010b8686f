/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_contests - names that two clients of one broker want: who is there keeps it, who is gone
 * loses it
 */
#include "tests/unit/ddbroker/contest.h"

/* ---- At one broker -------------------------------------------------------------------------- */

static void test_who_answers_keeps_its_name(void **state)
{
    (void)state;
    place_t place = place_new();
    actor_t *other = actor_new_hello(place.broker, "a", "x", INSTANCE(1 << 20, 1));
    actor_expect_end(other, DD_E_NAME_TAKEN);
    assert_reached(place.broker, place.holder);
    tree_destroy(&place.tree);
}

static void test_who_was_silent_for_long_has_a_second(void **state)
{
    (void)state;
    place_t place = place_new();
    vanish(place.holder);
    tree_pass(place.tree, HEARTBEAT * 3 / 2);
    actor_t *other = newcomer(place.broker, 1);
    tree_pass(place.tree, 1000 - 1);
    actor_expect_nothing(other);
    tree_pass(place.tree, 1);
    actor_expect(other, DD_WELCOME);
    assert_int_equal(actor_peer(place.holder)->state, PEER_ENDED);
    assert_int_equal(actor_peer(place.holder)->ending, DD_E_TIMEOUT);
    assert_reached(place.broker, other);
    tree_destroy(&place.tree);
}

/* Its answer may be on a line that has stopped for a moment. */
static void test_who_was_heard_lately_has_until_it_counts_as_gone(void **state)
{
    (void)state;
    place_t place = place_new();
    vanish(place.holder);
    tree_pass(place.tree, HEARTBEAT * 3 / 2 - 1);
    actor_t *other = newcomer(place.broker, 1);
    tree_pass(place.tree, HEARTBEAT * 3 / 2);
    actor_expect_nothing(other);
    tree_pass(place.tree, SCAN + TICK);
    actor_expect(other, DD_WELCOME);
    assert_reached(place.broker, other);
    tree_destroy(&place.tree);
}

static void test_a_late_answer_is_one(void **state)
{
    (void)state;
    place_t place = place_new();
    vanish(place.holder);
    tree_pass(place.tree, HEARTBEAT);
    actor_t *other = newcomer(place.broker, 1);
    tree_pass(place.tree, HEARTBEAT);
    actor_expect_nothing(other);
    actor_say(place.holder, &(dd_record_t){.type = DD_PONG});
    actor_expect_end(other, DD_E_NAME_TAKEN);
    tree_destroy(&place.tree);
}

/* Its PONG is behind something else it has said. */
static void test_whatever_it_says_shows_that_it_is_there(void **state)
{
    (void)state;
    place_t place = place_new();
    vanish(place.holder);
    actor_t *other = newcomer(place.broker, 1);
    tree_pass(place.tree, TICK);
    say_ping(place.holder);
    tree_pass(place.tree, TICK);
    actor_expect_end(other, DD_E_NAME_TAKEN);
    tree_destroy(&place.tree);
}

static uint64_t received;

static bool more_has_come(const peer_t *peer, dd_traffic_t *traffic)
{
    bool is_holder = peer->entries != NULL;
    *traffic = (dd_traffic_t){.received = is_holder ? received += 1000 : 0};
    return true;
}

/* And behind a message that takes its time on the line. */
static void test_bytes_that_come_show_that_it_is_there(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->look = more_has_come;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *holder = actor_client(broker, "a", "x");
    vanish(holder);
    tree_pass(tree, 10 * HEARTBEAT);
    actor_t *other = newcomer(broker, 1);
    tree_pass(tree, HEARTBEAT + 2 * SCAN + TICK);
    actor_expect_end(other, DD_E_NAME_TAKEN);
    assert_int_equal(actor_peer(holder)->state, PEER_READY);
    tree_destroy(&tree);
}

/* ---- Those who wait ------------------------------------------------------------------------- */

static unsigned count_pings(actor_t *actor)
{
    unsigned count = 0;
    while (actor_find(actor, DD_PING))
        count++;
    return count;
}

/* Whoever has a key could have a client asked without end. */
static void test_a_flood_of_claims_asks_once(void **state)
{
    (void)state;
    place_t place = place_new();
    actor_faint(place.holder);
    actor_t *first = newcomer(place.broker, 0);
    for (unsigned i = 1; i < 1000; i++)
        actor_leave(actor_new_hello(place.broker, "a", "x", INSTANCE(1 << 20 | i, 1)));
    assert_int_equal(count_pings(place.holder), 1);
    actor_say(place.holder, &(dd_record_t){.type = DD_PONG});
    actor_expect_end(first, DD_E_NAME_TAKEN);
    for (unsigned i = 1000; i < 2000; i++) /* the answer holds for a second */
        actor_expect_end(
            actor_new_hello(place.broker, "a", "x", INSTANCE(1 << 20 | i, 1)), DD_E_NAME_TAKEN);
    assert_int_equal(count_pings(place.holder), 0);
    tree_pass(place.tree, 1000 + TICK);
    newcomer(place.broker, 2000);
    assert_int_equal(count_pings(place.holder), 1);
    tree_destroy(&place.tree);
}

static void test_the_first_who_waits_gets_the_name(void **state)
{
    (void)state;
    place_t place = place_new();
    actor_t *waiting[8];
    vanish(place.holder);
    for (unsigned i = 0; i < COUNT(waiting); i++)
        waiting[i] = newcomer(place.broker, i);
    actor_expect_end(
        actor_new_hello(place.broker, "a", "x", INSTANCE(1 << 20 | 99, 1)), DD_E_NAME_TAKEN);
    actor_leave(waiting[0]);
    actor_say(waiting[1], &(dd_record_t){.type = DD_BYE});
    tree_pass(place.tree, 3 * HEARTBEAT + SCAN + TICK);
    actor_expect(waiting[2], DD_WELCOME);
    for (unsigned i = 3; i < COUNT(waiting); i++)
        actor_expect_end(waiting[i], DD_E_NAME_TAKEN);
    assert_reached(place.broker, waiting[2]);
    tree_destroy(&place.tree);
}

static void test_who_waits_is_told_that_it_is_not_forgotten(void **state)
{
    (void)state;
    place_t place = place_new();
    vanish(place.holder);
    actor_t *other = newcomer(place.broker, 1);
    actor_faint(other);
    for (unsigned i = 0; i < 6; i++) {
        tree_pass(place.tree, 2000);
        actor_expect(other, DD_PING);
        actor_expect_nothing(other);
        actor_say(other, &(dd_record_t){.type = DD_PONG});
    }
    tree_destroy(&place.tree);
}

/* It would be taken for the first connection's rival, which is no more. */
static void test_who_waits_and_comes_again_waits_in_its_own_place(void **state)
{
    (void)state;
    place_t place = place_new();
    vanish(place.holder);
    actor_t *before = newcomer(place.broker, 1), *other = newcomer(place.broker, 2);
    actor_t *again = actor_new_hello(place.broker, "a", "x", INSTANCE(1 << 20 | 1, 2));
    actor_expect_end(before, DD_E_UNKNOWN_PEER);
    tree_pass(place.tree, 3 * HEARTBEAT + SCAN + TICK);
    assert_non_null(actor_find(again, DD_WELCOME));
    actor_expect_end(other, DD_E_NAME_TAKEN);
    tree_destroy(&place.tree);
}

static void test_who_waits_may_say_nothing_but_pong_and_goodbye(void **state)
{
    static const uint8_t TYPES[] = {DD_HELLO, DD_SEND, DD_PING, DD_SUBSCRIBE, DD_DRAIN};
    (void)state;
    for (size_t i = 0; i < COUNT(TYPES); i++) {
        place_t place = place_new();
        vanish(place.holder);
        actor_t *other = newcomer(place.broker, 1);
        actor_say(other, &(dd_record_t){.type = TYPES[i],
                             .ref = 1,
                             .name = B("y"),
                             .destination = B("y"),
                             .topic = B("t"),
                             .scope = B("all")});
        actor_expect_end(other, DD_E_UNKNOWN_PEER);
        tree_pass(place.tree, 3 * HEARTBEAT + SCAN + TICK);
        assert_null(directory_find(&place.broker->core->directory, B("a.x")));
        tree_destroy(&place.tree);
    }
}

/* The one who has the name comes back itself. */
static void test_who_comes_back_keeps_its_name_against_those_who_wait(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *holder = actor_new_hello(broker, "a", "x", INSTANCE(7, 1));
    actor_expect(holder, DD_WELCOME);
    vanish(holder);
    actor_t *other = newcomer(broker, 1);
    actor_t *back = actor_new_hello(broker, "a", "x", INSTANCE(7, 2));
    actor_expect(back, DD_WELCOME);
    actor_expect_end(other, DD_E_NAME_TAKEN);
    assert_reached(broker, back);
    tree_destroy(&tree);
}

static void test_who_leaves_leaves_its_name_to_who_waits(void **state)
{
    (void)state;
    place_t place = place_new();
    vanish(place.holder);
    actor_t *other = newcomer(place.broker, 1);
    actor_leave(place.holder);
    tree_run(place.tree);
    actor_expect(other, DD_WELCOME);
    assert_reached(place.broker, other);
    tree_destroy(&place.tree);
}

/* ---- Old clients ---------------------------------------------------------------------------- */

static void make_old(actor_t *actor)
{
    actor_peer(actor)->protocol = 4;
}

static void test_an_old_holder_is_not_asked_but_listened_to(void **state)
{
    (void)state;
    place_t place = place_new();
    make_old(place.holder);
    actor_faint(place.holder);
    actor_t *other = newcomer(place.broker, 1);
    tree_pass(place.tree, 1500);
    say_ping(place.holder);
    tree_pass(place.tree, TICK);
    actor_expect_end(other, DD_E_NAME_TAKEN);
    assert_int_equal(count_pings(place.holder), 0);
    tree_pass(place.tree, 1250);
    other = newcomer(place.broker, 2);
    tree_pass(place.tree, 3000 - 1500 - 1);
    actor_expect_nothing(other);
    tree_pass(place.tree, TICK);
    actor_expect(other, DD_WELCOME);
    tree_destroy(&place.tree);
}

static void test_an_old_newcomer_does_not_wait(void **state)
{
    (void)state;
    place_t place = place_new();
    vanish(place.holder);
    for (unsigned i = 0; i < 100; i++) {
        actor_t *other = actor_connect(place.broker, "a");
        make_old(other);
        actor_hello(other, "x", INSTANCE(1 << 20 | i, 1));
        tree_pass(place.tree, 700);
        if (actor_peer(other)->state == PEER_READY)
            break;
        actor_expect_end(other, DD_E_NAME_TAKEN);
    }
    assert_true(
        directory_find(&place.broker->core->directory, B("a.x"))->via != actor_peer(place.holder));
    tree_destroy(&place.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_answers_keeps_its_name),
        cmocka_unit_test(test_who_was_silent_for_long_has_a_second),
        cmocka_unit_test(test_who_was_heard_lately_has_until_it_counts_as_gone),
        cmocka_unit_test(test_a_late_answer_is_one),
        cmocka_unit_test(test_whatever_it_says_shows_that_it_is_there),
        cmocka_unit_test(test_bytes_that_come_show_that_it_is_there),
        cmocka_unit_test(test_a_flood_of_claims_asks_once),
        cmocka_unit_test(test_the_first_who_waits_gets_the_name),
        cmocka_unit_test(test_who_waits_is_told_that_it_is_not_forgotten),
        cmocka_unit_test(test_who_waits_and_comes_again_waits_in_its_own_place),
        cmocka_unit_test(test_who_waits_may_say_nothing_but_pong_and_goodbye),
        cmocka_unit_test(test_who_comes_back_keeps_its_name_against_those_who_wait),
        cmocka_unit_test(test_who_leaves_leaves_its_name_to_who_waits),
        cmocka_unit_test(test_an_old_holder_is_not_asked_but_listened_to),
        cmocka_unit_test(test_an_old_newcomer_does_not_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
