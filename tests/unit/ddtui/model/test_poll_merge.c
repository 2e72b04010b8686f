/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_poll_merge - what a round takes over from the one before: rates, and rows that have fallen
 * silent
 */
#include <stdio.h>
#include <string.h>

#include "ddtui/model/poll_merge.h"
#include "tests/unit/unit.h"

static model_t *arranged(view_t view, const void *rows, size_t count, size_t size)
{
    model_t *model = model_new();
    assert_non_null(model);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(model_add(model, view, (const char *)rows + i * size), DD_OK);
    assert_int_equal(model_arrange(model), DD_OK);
    return model;
}

#define brokers(...)                                                                               \
    arranged(VIEW_TREE, (broker_t[]){__VA_ARGS__},                                                 \
        sizeof((broker_t[]){__VA_ARGS__}) / sizeof(broker_t), sizeof(broker_t))
#define clients(...)                                                                               \
    arranged(VIEW_CLIENTS, (client_t[]){__VA_ARGS__},                                              \
        sizeof((client_t[]){__VA_ARGS__}) / sizeof(client_t), sizeof(client_t))

static void add_brokers(answered_t *answered, const model_t *model)
{
    for (size_t i = 0; i < model_count(model, VIEW_CLIENTS); i++) {
        const client_t *client = model_row(model, VIEW_CLIENTS, i);
        answered_add(answered, client->broker_id, client->broker, client->scope);
    }
}

/* A round which the brokers of `before` have answered, too, if they all are there. */
static void merge_round(
    model_t *now, model_t *before, view_t view, uint64_t elapsed_ms, bool all_there)
{
    answered_t *answered = answered_new();
    answered_ask(answered);
    add_brokers(answered, now);
    if (all_there)
        add_brokers(answered, before);
    assert_int_equal(poll_merge_carry(now, before, view, elapsed_ms, answered), DD_OK);
    answered_destroy(&answered);
    model_destroy(&before);
}

static void merge(model_t *now, model_t *before, view_t view, uint64_t elapsed_ms)
{
    merge_round(now, before, view, elapsed_ms, true);
}

static const broker_t *broker_at(const model_t *model, size_t index)
{
    assert_true(index < model_count(model, VIEW_TREE));
    return model_row(model, VIEW_TREE, index);
}

static const client_t *client_at(const model_t *model, size_t index)
{
    assert_true(index < model_count(model, VIEW_CLIENTS));
    return model_row(model, VIEW_CLIENTS, index);
}

/* ---- Rates ---------------------------------------------------------------------------------- */

static void test_rates(void **state)
{
    (void)state;
    static const struct {
        uint64_t before, now, elapsed_ms, rate;
    } CASES[] = {
        {100, 1100, 2000, 500},
        {100, 100, 1000, 0},
        {0, 1, 3000, 0},
        {0, 2, 3000, 1},                  /* rounded */
        {1100, 100, 1000, MODEL_UNKNOWN}, /* the counter began anew */
        {MODEL_UNKNOWN, 100, 1000, MODEL_UNKNOWN},
        {100, MODEL_UNKNOWN, 1000, MODEL_UNKNOWN},
        {100, 200, 0, MODEL_UNKNOWN},
        {0, UINT64_C(1) << 62, 1000, UINT64_C(1) << 62},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        model_t *before = brokers({.id = "1", .traffic.in = CASES[i].before});
        model_t *now = brokers({.id = "1", .traffic.in = CASES[i].now});
        merge(now, before, VIEW_TREE, CASES[i].elapsed_ms);
        assert_true(broker_at(now, 0)->traffic.in_rate == CASES[i].rate);
        model_destroy(&now);
        before = clients({.name = "c", .broker = "b", .traffic.out = CASES[i].before});
        now = clients({.name = "c", .broker = "b", .traffic.out = CASES[i].now});
        merge(now, before, VIEW_CLIENTS, CASES[i].elapsed_ms);
        assert_true(client_at(now, 0)->traffic.out_rate == CASES[i].rate);
        model_destroy(&now);
    }
}

/* What was dropped and refused stays worth a word for a while, from round to round. */
static void test_troubles_stay_for_a_while(void **state)
{
    (void)state;
    const broker_t broker = {.id = "1", .traffic.dropped = 5, .traffic.refused = 7};
    broker_t worse = broker;
    worse.traffic.dropped = 25;
    model_t *now = brokers(worse), *before;
    merge(now, brokers(broker), VIEW_TREE, 2000);
    assert_int_equal(broker_at(now, 0)->traffic.dropped_rate, 10);
    assert_int_equal(broker_at(now, 0)->traffic.dropping_ms, MODEL_TROUBLE_STAYS);
    assert_int_equal(broker_at(now, 0)->traffic.refused_rate, 0);
    assert_int_equal(broker_at(now, 0)->traffic.refusing_ms, 0);
    before = now;
    merge(now = brokers(worse), before, VIEW_TREE, 3000);
    assert_int_equal(broker_at(now, 0)->traffic.dropped_rate, 0);
    assert_int_equal(broker_at(now, 0)->traffic.dropping_ms, MODEL_TROUBLE_STAYS - 3000);
    before = now;
    merge(now = brokers(worse), before, VIEW_TREE, 2 * MODEL_TROUBLE_STAYS);
    assert_int_equal(broker_at(now, 0)->traffic.dropping_ms, 0);
    model_destroy(&now);
}

/* What is back after a silence has counted for longer than since the last round. */
static void test_no_rate_after_a_silence(void **state)
{
    (void)state;
    model_t *now = brokers({.id = "1", .traffic.in = 500, .traffic.in_rate = MODEL_UNKNOWN});
    merge(now, brokers({.id = "1", .silent_ms = 1000, .traffic.in = 100}), VIEW_TREE, 1000);
    assert_true(broker_at(now, 0)->traffic.in_rate == MODEL_UNKNOWN);
    assert_int_equal(broker_at(now, 0)->silent_ms, 0);
    model_destroy(&now);
}

/* ---- Brokers -------------------------------------------------------------------------------- */

static void test_silent_brokers_stay_for_a_while(void **state)
{
    (void)state;
    static const broker_t ROOT = {.id = "1", .name = "root", .scope = "/1/"};
    model_t *now = brokers(ROOT);
    merge(now,
        brokers(
            ROOT, {.id = "2", .parent = "1", .name = "leaf", .scope = "/1/2/", .traffic.in = 5}),
        VIEW_TREE, POLL_MERGE_BROKER_STAYS);
    assert_int_equal(model_count(now, VIEW_TREE), 2);
    assert_string_equal(broker_at(now, 1)->name, "leaf");
    assert_int_equal(broker_at(now, 1)->silent_ms, POLL_MERGE_BROKER_STAYS);
    assert_int_equal(broker_at(now, 1)->depth, 1); /* at its place in the tree */
    assert_true(broker_at(now, 1)->traffic.in_rate == MODEL_UNKNOWN);
    model_t *later = brokers(ROOT);
    merge(later, now, VIEW_TREE, 1);
    assert_int_equal(model_count(later, VIEW_TREE), 1);
    model_destroy(&later);
}

/* A broker that was started anew has another id. */
static void test_a_successor_takes_the_place(void **state)
{
    (void)state;
    model_t *now = brokers({.id = "2", .name = "b", .scope = "/1/"});
    merge(now, brokers({.id = "1", .name = "b", .scope = "/1/"}), VIEW_TREE, 1000);
    assert_int_equal(model_count(now, VIEW_TREE), 1);
    model_destroy(&now);
    now = brokers({.id = "2", .name = "b", .scope = "/2/"}); /* only its name is the same */
    merge(now, brokers({.id = "1", .name = "b", .scope = "/1/"}), VIEW_TREE, 1000);
    assert_int_equal(model_count(now, VIEW_TREE), 2);
    model_destroy(&now);
}

/* ---- Clients -------------------------------------------------------------------------------- */

static void test_silent_clients_stay_for_a_while(void **state)
{
    (void)state;
    model_t *now = clients({.tenant = "a", .name = "one", .broker = "b"});
    merge(now,
        clients({.tenant = "a", .name = "one", .broker = "b"},
            {.tenant = "a", .name = "two", .broker = "b"},
            {.tenant = "b", .name = "one", .broker = "b"}),
        VIEW_CLIENTS, POLL_MERGE_CLIENT_STAYS);
    assert_int_equal(model_count(now, VIEW_CLIENTS), 3);
    assert_int_equal(client_at(now, 0)->silent_ms, 0);
    assert_int_equal(client_at(now, 1)->silent_ms, POLL_MERGE_CLIENT_STAYS);
    assert_string_equal(client_at(now, 2)->tenant, "b"); /* the same name, another client */
    model_t *later = clients({.tenant = "a", .name = "one", .broker = "b"});
    merge(later, now, VIEW_CLIENTS, 1);
    assert_int_equal(model_count(later, VIEW_CLIENTS), 1);
    model_destroy(&later);
}

static void test_a_client_that_moved_leaves_no_row(void **state)
{
    (void)state;
    model_t *now = clients({.tenant = "a",
        .name = "x",
        .broker = "b2",
        .traffic.in = 9,
        .traffic.in_rate = MODEL_UNKNOWN});
    merge(now, clients({.tenant = "a", .name = "x", .broker = "b1", .traffic.in = 5}), VIEW_CLIENTS,
        1000);
    assert_int_equal(model_count(now, VIEW_CLIENTS), 1);
    assert_string_equal(client_at(now, 0)->broker, "b2");
    assert_true(client_at(now, 0)->traffic.in_rate == MODEL_UNKNOWN); /* another's counters */
    model_destroy(&now);
}

/* At two brokers for a moment, each row has its own rate. */
static void test_a_client_at_two_brokers(void **state)
{
    (void)state;
    model_t *now = clients({.name = "x", .broker = "b1", .traffic.in = 10},
        {.name = "x", .broker = "b2", .traffic.in = 200});
    merge(now,
        clients({.name = "x", .broker = "b1", .traffic.in = 5},
            {.name = "x", .broker = "b2", .traffic.in = 100}),
        VIEW_CLIENTS, 1000);
    assert_int_equal(model_count(now, VIEW_CLIENTS), 2);
    assert_int_equal(client_at(now, 0)->traffic.in_rate, 5);
    assert_int_equal(client_at(now, 1)->traffic.in_rate, 100);
    model_destroy(&now);
}

/* Names are walked through in the order in which rows stand, numbers as numbers. */
static void test_many_names_in_their_order(void **state)
{
    (void)state;
    model_t *before = model_new(), *now = model_new();
    for (unsigned i = 0; i < 1000; i++) {
        client_t client = {.tenant = "a", .broker = "b", .traffic.in = i};
        snprintf(client.name, sizeof client.name, "c%u", i);
        assert_int_equal(model_add(before, VIEW_CLIENTS, &client), DD_OK);
        client.traffic.in = 2 * i;
        if (i % 3 != 0)
            assert_int_equal(model_add(now, VIEW_CLIENTS, &client), DD_OK);
    }
    assert_int_equal(model_arrange(before), DD_OK);
    assert_int_equal(model_arrange(now), DD_OK);
    merge(now, before, VIEW_CLIENTS, 1000);
    assert_int_equal(model_count(now, VIEW_CLIENTS), 1000);
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(client_at(now, i)->silent_ms, i % 3 == 0 ? 1000 : 0);
        if (i % 3 != 0)
            assert_int_equal(client_at(now, i)->traffic.in_rate, i);
    }
    model_destroy(&now);
}

/* ---- The rest ------------------------------------------------------------------------------- */

static void test_other_rows_are_as_reported(void **state)
{
    (void)state;
    static const subscription_t ROW = {.client = "c", .topic = "t"};
    model_t *now = model_new();
    merge(now, arranged(VIEW_SUBSCRIPTIONS, &ROW, 1, sizeof ROW), VIEW_SUBSCRIPTIONS, 1000);
    assert_int_equal(model_count(now, VIEW_SUBSCRIPTIONS), 0);
    model_destroy(&now);
}

/* Silent rows that there is no room for are missing, and that is told. */
static void test_no_room_for_the_silent(void **state)
{
    (void)state;
    model_t *before = model_new(), *now = model_new();
    for (unsigned i = 0; i <= MODEL_BROKERS_MAX; i++) {
        broker_t broker = {.scope = "/1/"};
        snprintf(broker.id, sizeof broker.id, "%u", i);
        snprintf(broker.name, sizeof broker.name, "b%u", i);
        model_add(i == 0 ? before : now, VIEW_TREE, &broker);
    }
    assert_int_equal(model_arrange(before), DD_OK);
    assert_int_equal(model_arrange(now), DD_OK);
    assert_int_equal(poll_merge_carry(now, before, VIEW_TREE, 1000, NULL), DD_E_LIMIT);
    assert_int_equal(model_count(now, VIEW_TREE), MODEL_BROKERS_MAX);
    model_destroy(&before);
    model_destroy(&now);
}

/* So that it keeps its place, and what it has lost is known. */
static void test_one_that_is_cut_off_stays_below_its_parent(void **state)
{
    (void)state;
    const broker_t root = {.id = "aa", .name = "root", .state = "ok"};
    const broker_t mid = {.id = "bb", .name = "mid", .parent = "aa", .state = "ok"};
    const broker_t leaf = {.id = "cc", .name = "leaf", .parent = "bb", .state = "ok"};
    const broker_t alone = {.id = "cc", .name = "leaf", .state = "cut off"};
    model_t *before = brokers(root, mid, leaf);
    for (int i = 0; i < 2; i++) {
        model_t *now = brokers(alone);
        merge(now, before, VIEW_TREE, 1000);
        assert_string_equal(broker_at(now, 2)->name, "leaf");
        assert_int_equal(broker_at(now, 2)->depth, 2);
        assert_int_equal(broker_at(now, 1)->fate, BROKER_GONE);
        assert_int_equal(broker_at(now, 0)->fate, BROKER_BEHIND);
        assert_string_equal(broker_at(now, 0)->behind, "mid");
        before = now;
    }
    model_destroy(&before);
}

/* Its parent misses it, though nobody looked when it was lost. */
static void test_one_that_was_lost_before(void **state)
{
    (void)state;
    const lost_t east = {.name = "east", .id = "ee", .age_ms = 700000};
    const broker_t root = {.id = "aa", .name = "root", .state = "ok", .lost = {east}};
    const broker_t back = {.id = "ff", .name = "east", .parent = "aa", .state = "ok"};
    model_t *before = model_new();
    for (int i = 0; i < 2; i++) {
        model_t *now = brokers(root);
        merge(now, before, VIEW_TREE, 1000);
        assert_int_equal(model_count(now, VIEW_TREE), 2);
        assert_string_equal(broker_at(now, 1)->name, "east");
        assert_int_equal(broker_at(now, 1)->fate, BROKER_GONE);
        assert_int_equal(broker_at(now, 1)->depth, 1);
        assert_int_equal(broker_at(now, 1)->silent_ms, 700000);
        assert_true(broker_at(now, 1)->clients == MODEL_UNKNOWN);
        before = now;
    }
    model_t *now = brokers(root, back); /* started anew, and the report is older than that */
    merge(now, before, VIEW_TREE, 1000);
    assert_int_equal(model_count(now, VIEW_TREE), 2);
    assert_int_equal(broker_at(now, 1)->fate, BROKER_REPORTS);
    model_destroy(&now);
}

/* Of those whose broker doesn't answer nobody knows whether they have left. */
static void test_clients_of_a_silent_broker_are_unknown(void **state)
{
    (void)state;
    const client_t cli1 = {.tenant = "a", .name = "cli1", .broker = "east", .scope = "/1/2/"};
    const client_t cli2 = {.tenant = "a", .name = "cli2", .broker = "west", .scope = "/1/3/"};
    model_t *before = clients(cli1, cli2);
    model_t *now = clients(cli2);
    merge_round(now, before, VIEW_CLIENTS, 4000, false);
    assert_int_equal(client_at(now, 0)->fate, CLIENT_UNKNOWN);
    assert_int_equal(client_at(now, 0)->silent_ms, 4000);
    assert_int_equal(client_at(now, 1)->fate, CLIENT_HERE);
    for (int i = 0; i < 30; i++) { /* it isn't forgotten with those that have left */
        before = now;
        now = clients(cli2);
        merge_round(now, before, VIEW_CLIENTS, 4000, false);
    }
    assert_int_equal(client_at(now, 0)->silent_ms, 31 * 4000);
    before = now;
    now = clients(cli2);
    merge_round(now, before, VIEW_CLIENTS, 1000, true); /* the broker is back, without it */
    assert_int_equal(client_at(now, 0)->fate, CLIENT_LEFT);
    assert_int_equal(client_at(now, 0)->silent_ms, 1000);
    before = now;
    now = clients(cli2);
    merge_round(now, before, VIEW_CLIENTS, 1000, false); /* what is known stays so */
    assert_int_equal(client_at(now, 0)->fate, CLIENT_LEFT);
    model_destroy(&now);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_troubles_stay_for_a_while),
        cmocka_unit_test(test_no_rate_after_a_silence),
        cmocka_unit_test(test_silent_brokers_stay_for_a_while),
        cmocka_unit_test(test_a_successor_takes_the_place),
        cmocka_unit_test(test_silent_clients_stay_for_a_while),
        cmocka_unit_test(test_a_client_that_moved_leaves_no_row),
        cmocka_unit_test(test_a_client_at_two_brokers),
        cmocka_unit_test(test_many_names_in_their_order),
        cmocka_unit_test(test_other_rows_are_as_reported),
        cmocka_unit_test(test_no_room_for_the_silent),
        cmocka_unit_test(test_one_that_is_cut_off_stays_below_its_parent),
        cmocka_unit_test(test_one_that_was_lost_before),
        cmocka_unit_test(test_clients_of_a_silent_broker_are_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
