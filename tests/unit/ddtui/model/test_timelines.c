/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_timelines - what is kept of the last 15 minutes, of what, and how much of it
 */
#include <stdio.h>
#include <string.h>

#include "ddtui/model/timelines.h"
#include "tests/unit/unit.h"

#define NOW 5000000 /* ms */
#define STEP(ms) ((ms) / TIMELINE_STEP)

static const topic_t TOPIC = {.tenant = "a", .topic = "t"};

static model_t *one_row(view_t view, const void *row)
{
    model_t *model = model_new();
    assert_non_null(model);
    assert_int_equal(model_add(model, view, row), DD_OK);
    return model;
}

/* A round of that one row. */
static void take(
    timelines_t *self, view_t view, const void *row, uint64_t from_ms, uint64_t until_ms)
{
    model_t *model = one_row(view, row);
    timelines_take(self, view, model, from_ms, until_ms);
    model_destroy(&model);
}

static void take_topic(timelines_t *self, uint64_t rate, uint64_t from_ms, uint64_t until_ms)
{
    topic_t topic = TOPIC;
    topic.rate = rate;
    topic.bytes_rate = 100 * rate;
    topic.lost_rate = MODEL_UNKNOWN;
    take(self, VIEW_TOPICS, &topic, from_ms, until_ms);
}

static double at(
    const timelines_t *self, view_t view, const void *row, figure_t figure, uint64_t ms)
{
    return timeline_highest(timelines_find(self, view, row), figure, STEP(ms), STEP(ms) + 1);
}

static void assert_topic(const timelines_t *self, uint64_t ms, int rate)
{
    assert_int_equal((int)at(self, VIEW_TOPICS, &TOPIC, FIGURE_IN, ms), rate);
}

/* With plenty of room it has one before it is shown. */
static void test_what_is_not_shown_makes_way(void **state)
{
    (void)state;
    timelines_t *self = timelines_new();
    topic_t other = TOPIC;
    take_topic(self, 5, NOW, NOW + 1000);
    assert_topic(self, NOW + 1000, 5);
    for (int i = 1; i <= TIMELINES_MAX; i++) {
        snprintf(other.topic, sizeof other.topic, "t%d", i);
        timelines_show(self, VIEW_TOPICS, &other);
    }
    assert_null(timelines_find(self, VIEW_TOPICS, &TOPIC));
    snprintf(other.topic, sizeof other.topic, "t1");
    assert_non_null(timelines_find(self, VIEW_TOPICS, &other));
    timelines_destroy(&self);
}

/* All there is room for was shown. */
static void fill(timelines_t *self)
{
    topic_t other = TOPIC;
    for (int i = 0; i < TIMELINES_UNSEEN; i++) {
        snprintf(other.topic, sizeof other.topic, "other%d", i);
        timelines_show(self, VIEW_TOPICS, &other);
    }
}

static void test_of_many_only_what_is_shown_has_one(void **state)
{
    (void)state;
    timelines_t *self = timelines_new();
    fill(self);
    take_topic(self, 5, NOW, NOW + 1000);
    assert_null(timelines_find(self, VIEW_TOPICS, &TOPIC));
    assert_int_equal(timeline_newest(NULL), 0);
    assert_true(timeline_highest(NULL, FIGURE_IN, 0, 100) < 0);
    timelines_show(self, VIEW_TOPICS, &TOPIC);
    assert_int_equal(timeline_newest(timelines_find(self, VIEW_TOPICS, &TOPIC)), 0);
    assert_topic(self, NOW, -1);
    take_topic(self, 7, NOW + 1000, NOW + 2000);
    assert_topic(self, NOW + 2000, 7);
    assert_topic(self, NOW + 1000, -1);
    assert_topic(self, NOW + 3000, -1);
    assert_int_equal((int)at(self, VIEW_TOPICS, &TOPIC, FIGURE_OUT, NOW + 2000), 700);
    assert_true(at(self, VIEW_TOPICS, &TOPIC, FIGURE_DROPPED, NOW + 2000) < 0);
    assert_int_equal(timeline_newest(timelines_find(self, VIEW_TOPICS, &TOPIC)), STEP(NOW + 2000));
    timelines_destroy(&self);
    assert_null(self);
    timelines_destroy(&self);
}

/* A round of a large tree takes long; what was not asked for isn't known. */
static void test_rounds_of_any_length(void **state)
{
    (void)state;
    timelines_t *self = timelines_new();
    timelines_show(self, VIEW_TOPICS, &TOPIC);
    take_topic(self, 3, NOW, NOW + 5000);
    for (uint64_t ms = 1000; ms <= 5000; ms += 1000)
        assert_topic(self, NOW + ms, 3);
    take_topic(self, 4, NOW + 5000, NOW + 5400); /* in a step that was known */
    assert_topic(self, NOW + 5000, 4);
    take_topic(self, 9, NOW + 5400, NOW + 5400 + TIMELINE_SPAN_MAX + 1000);
    for (uint64_t ms = 6000; ms <= TIMELINE_SPAN_MAX + 6400; ms += 1000)
        assert_topic(self, NOW + ms, -1);
    take_topic(self, MODEL_UNKNOWN, NOW + 40000, NOW + 41000);
    assert_topic(self, NOW + 41000, -1);
    take_topic(self, 0, NOW + 41000, NOW + 42000);
    assert_topic(self, NOW + 42000, 0);
    timelines_destroy(&self);
}

static void test_fifteen_minutes_are_kept(void **state)
{
    (void)state;
    const uint64_t last = 2 * TIMELINE_STEPS;
    timelines_t *self = timelines_new();
    timelines_show(self, VIEW_TOPICS, &TOPIC);
    for (uint64_t step = 1; step <= last; step++)
        take_topic(self, step, (step - 1) * TIMELINE_STEP, step * TIMELINE_STEP);
    const timeline_t *timeline = timelines_find(self, VIEW_TOPICS, &TOPIC);
    assert_topic(self, (last - TIMELINE_STEPS) * TIMELINE_STEP, -1);
    assert_topic(self, (last - TIMELINE_STEPS + 1) * TIMELINE_STEP, TIMELINE_STEPS + 1);
    assert_int_equal((int)timeline_highest(timeline, FIGURE_IN, 0, UINT64_MAX), last);
    /* After an hour without any, there is nothing of before. */
    take_topic(self, 1, NOW + 3600000, NOW + 3601000);
    assert_int_equal((int)timeline_highest(timeline, FIGURE_IN, 0, UINT64_MAX), 1);
    timelines_destroy(&self);
}

static void test_what_a_silent_row_says_is_of_before(void **state)
{
    (void)state;
    timelines_t *self = timelines_new();
    client_t client = {.tenant = "a", .name = "x", .traffic = {.in_rate = 1, .dropped_rate = 20}};
    timelines_show(self, VIEW_CLIENTS, &client);
    take(self, VIEW_CLIENTS, &client, NOW, NOW + 1000);
    assert_int_equal((int)at(self, VIEW_CLIENTS, &client, FIGURE_DROPPED, NOW + 1000), 20);
    assert_true(at(self, VIEW_CLIENTS, &client, FIGURE_RTT, NOW + 1000) < 0);
    client.silent_ms = 1;
    take(self, VIEW_CLIENTS, &client, NOW + 1000, NOW + 3000);
    assert_true(at(self, VIEW_CLIENTS, &client, FIGURE_IN, NOW + 3000) < 0);
    timelines_destroy(&self);
}

/* They need no showing as long as there is room, but leave some. */
static void test_brokers_have_theirs_from_the_start(void **state)
{
    (void)state;
    timelines_t *self = timelines_new();
    model_t *model = model_new();
    broker_t broker = {.rtt_us = 300};
    for (int i = 0; i < TIMELINES_MAX; i++) {
        snprintf(broker.id, sizeof broker.id, "%03d", i);
        assert_int_equal(model_add(model, VIEW_TREE, &broker), DD_OK);
    }
    timelines_take(self, VIEW_TREE, model, NOW, NOW + 1000);
    const broker_t *last = model_row(model, VIEW_TREE, TIMELINES_BROKERS - 1);
    assert_int_equal((int)at(self, VIEW_TREE, last, FIGURE_RTT, NOW + 1000), 300);
    assert_null(timelines_find(self, VIEW_TREE, last + 1));
    model_destroy(&model);
    timelines_destroy(&self);
}

static void test_what_was_shown_longest_ago_makes_room(void **state)
{
    (void)state;
    timelines_t *self = timelines_new();
    timelines_show(self, VIEW_TOPICS, &TOPIC);
    topic_t other = TOPIC;
    for (int i = 1; i < TIMELINES_MAX; i++) {
        snprintf(other.topic, sizeof other.topic, "t%d", i);
        timelines_show(self, VIEW_TOPICS, &other);
    }
    timelines_show(self, VIEW_TOPICS, &TOPIC);
    snprintf(other.topic, sizeof other.topic, "one more");
    timelines_show(self, VIEW_TOPICS, &other);
    assert_non_null(timelines_find(self, VIEW_TOPICS, &other));
    assert_non_null(timelines_find(self, VIEW_TOPICS, &TOPIC));
    snprintf(other.topic, sizeof other.topic, "t1");
    assert_null(timelines_find(self, VIEW_TOPICS, &other));
    snprintf(other.topic, sizeof other.topic, "t2");
    assert_non_null(timelines_find(self, VIEW_TOPICS, &other));
    timelines_destroy(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_of_many_only_what_is_shown_has_one),
        cmocka_unit_test(test_what_is_not_shown_makes_way),
        cmocka_unit_test(test_rounds_of_any_length),
        cmocka_unit_test(test_fifteen_minutes_are_kept),
        cmocka_unit_test(test_what_a_silent_row_says_is_of_before),
        cmocka_unit_test(test_brokers_have_theirs_from_the_start),
        cmocka_unit_test(test_what_was_shown_longest_ago_makes_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
