/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_poller - when which question is due, and when its answers become rows
 */
#include <stdio.h>
#include <string.h>

#include "ddtui/model/poller.h"
#include "tests/unit/unit.h"

#define ALL                                                                                        \
    (1u << VIEW_TREE | 1u << VIEW_CLIENTS | 1u << VIEW_SUBSCRIPTIONS | 1u << VIEW_EVENTS |         \
        1u << VIEW_TOPICS)

static poller_t *started(void)
{
    poller_t *self = poller_new();
    assert_non_null(self);
    return self;
}

/* The report of one broker, after which so many are still to come. */
static bool report(poller_t *self, uint32_t ref, const char *json, uint64_t left, uint64_t now_ms)
{
    dd_event_t event = {
        .type = DD_EVENT_REPORT, .ref = ref, .source = "", .text = json, .number = left};
    return poller_report(self, &event, now_ms);
}

/* A report of one broker with this many notifications in and out. */
static const char *broker(unsigned id, unsigned traffic)
{
    static char json[128];
    snprintf(json, sizeof json, "{\"broker\":\"b%u\",\"id\":\"%u\",\"in\":%u,\"out\":%u}", id, id,
        traffic, 2 * traffic);
    return json;
}

static size_t broker_count(const poller_t *self)
{
    return model_count(poller_model(self, VIEW_TREE), VIEW_TREE);
}

/* ---- Questions ------------------------------------------------------------------------------ */

static void test_each_view_is_asked_in_turn(void **state)
{
    (void)state;
    static const char *const WHAT[VIEWS] = {[VIEW_TREE] = "tree",
        [VIEW_CLIENTS] = "clients",
        [VIEW_SUBSCRIPTIONS] = "subscriptions",
        [VIEW_EVENTS] = "events",
        [VIEW_TOPICS] = "topics"};
    poller_t *self = started();
    assert_int_equal(poller_due(self, 0, 0), VIEW_NONE);
    for (view_t view = VIEW_TREE; view <= VIEW_TOPICS; view++) {
        assert_int_equal(poller_due(self, ALL, 0), view);
        assert_string_equal(poller_question(self, view).what, WHAT[view]);
        assert_null(poller_question(self, view).broker);
        poller_asked(self, view, (uint32_t)view, 0);
    }
    assert_int_equal(poller_due(self, ALL, 0), VIEW_NONE);
    assert_int_equal(poller_question(self, VIEW_EVENTS).rows, POLLER_EVENTS);
    assert_int_equal(poller_question(self, VIEW_CLIENTS).rows, POLLER_PAGE);
    assert_int_equal(poller_question(self, VIEW_TREE).rows, 0); /* each has one */
    poller_destroy(&self);
    assert_null(self);
    poller_destroy(&self);
    poller_destroy(NULL);
}

static void test_a_pause_comes_between(void **state)
{
    (void)state;
    poller_t *self = started();
    poller_asked(self, VIEW_TREE, 1, 0);
    assert_int_equal(poller_due(self, 1u << VIEW_TREE, 10 * POLLER_PAUSE), VIEW_NONE);
    assert_true(report(self, 1, broker(1, 0), 0, 100));
    assert_int_equal(poller_due(self, 1u << VIEW_TREE, POLLER_PAUSE - 1), VIEW_NONE);
    assert_int_equal(poller_due(self, 1u << VIEW_TREE, POLLER_PAUSE), VIEW_TREE);
    poller_destroy(&self);
}

/* A tree that takes long to answer is asked less often. */
static void test_slow_trees_are_asked_less_often(void **state)
{
    (void)state;
    poller_t *self = started();
    poller_asked(self, VIEW_TREE, 1, 0);
    assert_true(report(self, 1, broker(1, 0), 0, 2000));
    assert_int_equal(poller_due(self, 1u << VIEW_TREE, 7999), VIEW_NONE);
    assert_int_equal(poller_due(self, 1u << VIEW_TREE, 8000), VIEW_TREE);
    poller_destroy(&self);
}

static void test_what_could_not_be_asked_is_tried_again(void **state)
{
    (void)state;
    poller_t *self = started();
    poller_asked(self, VIEW_TREE, 0, 0);
    assert_int_equal(poller_due(self, 1u << VIEW_TREE, POLLER_PAUSE - 1), VIEW_NONE);
    assert_int_equal(poller_due(self, 1u << VIEW_TREE, POLLER_PAUSE), VIEW_TREE);
    poller_asked(self, VIEW_TREE, 5, 2000);
    assert_false(poller_failed(self, 6, 2000)); /* nobody's */
    assert_false(poller_failed(self, 0, 2000));
    assert_true(poller_failed(self, 5, 2000));
    assert_false(report(self, 5, broker(1, 0), 0, 2000));
    assert_int_equal(poller_due(self, 1u << VIEW_TREE, 2000 + POLLER_PAUSE), VIEW_TREE);
    poller_destroy(&self);
}

/* A new connection knows nothing of what was asked; the rows stay to be looked at. */
static void test_a_restart_forgets_questions(void **state)
{
    (void)state;
    poller_t *self = started();
    poller_asked(self, VIEW_TREE, 1, 0);
    assert_true(report(self, 1, broker(1, 0), 0, 0));
    poller_asked(self, VIEW_TREE, 2, 1000);
    poller_restart(self);
    assert_false(report(self, 2, broker(2, 0), 0, 1000));
    assert_int_equal(broker_count(self), 1);
    assert_int_equal(poller_due(self, ALL, 1000), VIEW_TREE);
    poller_destroy(&self);
}

/* ---- Answers -------------------------------------------------------------------------------- */

static void test_rows_change_with_the_last_answer(void **state)
{
    (void)state;
    poller_t *self = started();
    assert_false(poller_last(self, VIEW_TREE)->any);
    poller_asked(self, VIEW_TREE, 1, 0);
    assert_false(report(self, 1, broker(1, 0), 1, 10));
    assert_false(report(self, 9, broker(3, 0), 0, 10));
    assert_int_equal(broker_count(self), 0);
    assert_true(report(self, 1, broker(2, 0), 0, 20));
    assert_int_equal(broker_count(self), 2);
    assert_true(poller_last(self, VIEW_TREE)->any);
    assert_int_equal(poller_last(self, VIEW_TREE)->finished_ms, 20);
    assert_int_equal(poller_last(self, VIEW_TREE)->silent, 0);
    assert_false(report(self, 1, broker(3, 0), 0, 30)); /* the round is over */
    poller_destroy(&self);
}

static void test_silent_brokers_are_waited_for(void **state)
{
    (void)state;
    poller_t *self = started();
    poller_asked(self, VIEW_TREE, 1, 0);
    assert_false(report(self, 1, broker(1, 0), 3, 10));
    assert_false(poller_tick(self, POLLER_LIMIT - 1));
    assert_true(poller_tick(self, POLLER_LIMIT));
    assert_int_equal(poller_last(self, VIEW_TREE)->silent, 3);
    assert_int_equal(broker_count(self), 1);
    assert_false(poller_tick(self, 2 * POLLER_LIMIT));
    poller_destroy(&self);
}

/* When nobody answers, at least the one that was asked is silent. */
static void test_nobody_answers(void **state)
{
    (void)state;
    poller_t *self = started();
    poller_asked(self, VIEW_TREE, 1, 0);
    assert_true(poller_tick(self, POLLER_LIMIT));
    assert_int_equal(poller_last(self, VIEW_TREE)->silent, 1);
    poller_destroy(&self);
}

/* Then what was known stays, but for the rates, and isn't called current. */
static void test_what_nobody_answers_tells_nothing_of_brokers(void **state)
{
    (void)state;
    poller_t *self = started();
    for (uint32_t ref = 1; ref <= 2; ref++) {
        poller_asked(self, VIEW_TREE, ref, 1000 * ref);
        assert_true(report(self, ref, broker(1, ref), 0, 1000 * ref));
    }
    const broker_t *row = model_row(poller_model(self, VIEW_TREE), VIEW_TREE, 0);
    assert_true(row->traffic.in_rate != MODEL_UNKNOWN);
    poller_asked(self, VIEW_TREE, 3, 3000);
    assert_true(poller_tick(self, 3000 + POLLER_LIMIT));
    assert_false(poller_last(self, VIEW_TREE)->current);
    row = model_row(poller_model(self, VIEW_TREE), VIEW_TREE, 0);
    assert_int_equal(row->silent_ms, 0);
    assert_true(row->traffic.in_rate == MODEL_UNKNOWN);
    poller_asked(self, VIEW_TREE, 4, 7000);
    assert_true(report(self, 4, broker(1, 4), 0, 7000));
    assert_true(poller_last(self, VIEW_TREE)->current);
    poller_restart(self); /* nor after the connection was lost */
    assert_false(poller_last(self, VIEW_TREE)->current);
    poller_destroy(&self);
}

/* One that hangs doesn't keep the others from being asked. */
static void test_a_silent_broker_does_not_slow_the_rounds(void **state)
{
    (void)state;
    poller_t *self = started();
    poller_asked(self, VIEW_TREE, 1, 0);
    assert_false(report(self, 1, broker(1, 0), 1, 10));
    assert_true(poller_tick(self, POLLER_LIMIT));
    assert_int_equal(poller_due(self, 1u << VIEW_TREE, POLLER_LIMIT), VIEW_TREE);
    poller_destroy(&self);
}

static void test_unreadable_reports_are_counted(void **state)
{
    (void)state;
    poller_t *self = started();
    poller_asked(self, VIEW_TREE, 1, 0);
    assert_false(report(self, 1, "no report", 2, 10));
    assert_false(report(self, 1, "{}", 1, 10));
    assert_true(report(self, 1, broker(1, 0), 0, 10));
    assert_int_equal(poller_last(self, VIEW_TREE)->unreadable, 2);
    assert_false(poller_last(self, VIEW_TREE)->full);
    assert_int_equal(broker_count(self), 1);
    poller_asked(self, VIEW_TREE, 2, 2000); /* the next round begins from nothing */
    assert_true(report(self, 2, broker(1, 0), 0, 2000));
    assert_int_equal(poller_last(self, VIEW_TREE)->unreadable, 0);
    poller_destroy(&self);
}

static void test_frozen_rows_stay(void **state)
{
    (void)state;
    poller_t *self = started();
    poller_asked(self, VIEW_TREE, 1, 0);
    poller_freeze(self, true);
    assert_false(report(self, 1, broker(1, 0), 0, 10));
    assert_int_equal(broker_count(self), 0);
    assert_int_equal(poller_due(self, ALL, 100000), VIEW_NONE);
    poller_freeze(self, false);
    assert_int_equal(poller_due(self, ALL, 100000), VIEW_TREE);
    poller_destroy(&self);
}

/* ---- Curves --------------------------------------------------------------------------------- */

/* A round in which the broker of that id has so much traffic. */
static void run_round(poller_t *self, unsigned id, unsigned traffic, uint64_t now_ms)
{
    static uint32_t ref = 1000;
    poller_asked(self, VIEW_TREE, ++ref, now_ms);
    assert_true(report(self, ref, broker(id, traffic), 0, now_ms));
}

static void test_curves_hold_the_newest_rates(void **state)
{
    (void)state;
    poller_t *self = started();
    unsigned rounds = POLLER_SAMPLES + 10, traffic = 0;
    for (unsigned i = 0; i <= rounds; i++) {
        traffic += i;
        run_round(self, 1, traffic, 1000 * i);
    }
    const samples_t *samples = poller_samples(self, "1");
    assert_non_null(samples);
    assert_int_equal(samples->count, POLLER_SAMPLES);
    for (unsigned i = 0; i < POLLER_SAMPLES; i++) {
        assert_int_equal(samples->in[i], rounds - POLLER_SAMPLES + 1 + i);
        assert_int_equal(samples->out[i], 2 * samples->in[i]);
    }
    assert_null(poller_samples(self, "2"));
    poller_destroy(&self);
}

/* Ids come and go with each start of a broker: their curves go with them. */
static void test_curves_go_with_their_brokers(void **state)
{
    (void)state;
    poller_t *self = started();
    run_round(self, 1, 0, 0);
    assert_non_null(poller_samples(self, "1"));
    run_round(self, 2, 0, 1000);
    assert_non_null(poller_samples(self, "1")); /* silent, but shown */
    run_round(self, 2, 0, 10000000);
    assert_null(poller_samples(self, "1"));
    assert_non_null(poller_samples(self, "2"));
    poller_destroy(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_view_is_asked_in_turn),
        cmocka_unit_test(test_a_pause_comes_between),
        cmocka_unit_test(test_slow_trees_are_asked_less_often),
        cmocka_unit_test(test_what_could_not_be_asked_is_tried_again),
        cmocka_unit_test(test_a_restart_forgets_questions),
        cmocka_unit_test(test_rows_change_with_the_last_answer),
        cmocka_unit_test(test_silent_brokers_are_waited_for),
        cmocka_unit_test(test_nobody_answers),
        cmocka_unit_test(test_what_nobody_answers_tells_nothing_of_brokers),
        cmocka_unit_test(test_a_silent_broker_does_not_slow_the_rounds),
        cmocka_unit_test(test_unreadable_reports_are_counted),
        cmocka_unit_test(test_frozen_rows_stay),
        cmocka_unit_test(test_curves_hold_the_newest_rates),
        cmocka_unit_test(test_curves_go_with_their_brokers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
