/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_topics - topics of several brokers as one row each, who publishes on them, and their rates
 */
#include "tests/unit/ddtui/topics.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddtui/model/columns.h"
#include "ddtui/model/report_parser.h"
#include "ddtui/model/topic_rates.h"
#include "ddtui/model/topic_sums.h"
#include "tests/unit/unit.h"

/* What as many brokers report, summed up. */
static model_t *reported(const char *const reports[], size_t count)
{
    model_t *model = model_new();
    assert_non_null(model);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(report_parser_report(model, VIEW_TOPICS, reports[i], "", NULL), DD_OK);
    assert_int_equal(model_arrange(model), DD_OK);
    return model;
}

#define reports(...)                                                                               \
    reported((const char *const[]){__VA_ARGS__},                                                   \
        sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static const topic_t *topic_at(const model_t *model, size_t index)
{
    assert_true(index < model_count(model, VIEW_TOPICS));
    return model_row(model, VIEW_TOPICS, index);
}

static void assert_text(const topic_t *topic, const char *field, const char *expected)
{
    char text[COLUMN_TEXT_ROOM];
    column_text(columns_find(columns_of(VIEW_TOPICS), field), topic, text, sizeof text);
    assert_string_equal(text, expected);
}

/* ---- Sums ----------------------------------------------------------------------------------- */

static void test_brokers_are_summed_up(void **state)
{
    (void)state;
    model_t *model = reports(
        TOPICS_REPORT("1", TOPIC_ROW("a", "alarms", 30, 300, 2, 1,
                               TOPIC_PUBLISHER("a.x", 10) "," TOPIC_PUBLISHER("public.y", 20))),
        TOPICS_REPORT("2", TOPIC_ROW("b", "alarms", 1, 1, 0, 0, "") "," TOPIC_ROW(
                               "a", "alarms", 70, 700, 3, 2, TOPIC_PUBLISHER("a.z", 70))),
        TOPICS_REPORT("3", TOPIC_ROW("a", "zebra", 0, 0, 0, 5, "")));
    assert_int_equal(model_count(model, VIEW_TOPICS), 3);
    const topic_t *alarms = topic_at(model, 0);
    assert_text(alarms, "tenant", "a");
    assert_text(alarms, "topic", "alarms");
    assert_text(alarms, "publications", "100");
    assert_text(alarms, "bytes", "1000B");
    assert_text(alarms, "lost", "5");
    assert_text(alarms, "subscribers", "3");
    assert_text(alarms, "publishers", "z 70%, public.y 20%, x 10%"); /* who publishes most first */
    assert_text(alarms, "publications_per_s", "-");
    assert_text(topic_at(model, 1), "topic", "zebra");
    assert_text(topic_at(model, 1), "publishers", "");
    assert_text(topic_at(model, 2), "tenant", "b");
    assert_int_equal(model_arrange(model), DD_OK); /* once more, and nothing counts twice */
    assert_text(topic_at(model, 0), "publications", "100");
    model_destroy(&model);
}

static void test_others_have_a_row_of_their_own(void **state)
{
    (void)state;
    model_t *model = reports(
        TOPICS_REPORT("1", TOPIC_ROW("a", "t", 1, 1, 0, 0, "") "," TOPIC_REST("a", 5, 50, 1)),
        TOPICS_REPORT("2", TOPIC_REST("a", 6, 60, 0) "," TOPIC_REST("b", 9, 90, 0)));
    assert_int_equal(model_count(model, VIEW_TOPICS), 3);
    assert_text(topic_at(model, 0), "topic", "-");
    assert_text(topic_at(model, 0), "publications", "11");
    assert_text(topic_at(model, 0), "subscribers", "-");
    assert_text(topic_at(model, 0), "publishers", "-");
    assert_text(topic_at(model, 1), "topic", "t");
    assert_text(topic_at(model, 2), "tenant", "b");
    struct json_object *object = columns_json(columns_of(VIEW_TOPICS), topic_at(model, 0));
    assert_string_equal(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN),
        "{\"tenant\":\"a\",\"topic\":null,\"publications\":11,\"bytes\":110,\"subscribers\":null,"
        "\"lost\":1,\"publications_per_s\":null,\"bytes_per_s\":null,\"lost_per_s\":null,"
        "\"lost_since_ms\":null,\"lost_age_ms\":null,\"publishers\":null}");
    json_object_put(object);
    model_destroy(&model);
}

/* Of all brokers that lost some: the first and the last time. One that doesn't tell may have been
   before and after. */
static void test_when_something_was_lost_is_summed_up(void **state)
{
    (void)state;
    model_t *model = reports(TOPICS_REPORT("1", TOPIC_ROW("a", "t", 1, 1, 0, 0, "")),
        TOPICS_REPORT("2", TOPIC_LOST_ROW("a", "t", 5, 9000, 4000)),
        TOPICS_REPORT("3", TOPIC_LOST_ROW("a", "t", 1, 8000, 3000)),
        TOPICS_REPORT("4", TOPIC_LOST_ROW("a", "t", 0, null, null)));
    assert_int_equal(topic_at(model, 0)->lost_since_ms, 9000);
    assert_int_equal(topic_at(model, 0)->lost_age_ms, 3000);
    model_destroy(&model);
    model = reports(TOPICS_REPORT("1", TOPIC_LOST_ROW("a", "t", 5, 9000, 4000)),
        TOPICS_REPORT("2", TOPIC_ROW("a", "t", 1, 1, 7, 0, "")),
        TOPICS_REPORT("3", TOPIC_LOST_ROW("a", "t", 1, 8000, 3000)));
    assert_int_equal(topic_at(model, 0)->lost, 13);
    assert_int_equal(topic_at(model, 0)->lost_since_ms, MODEL_UNKNOWN);
    assert_int_equal(topic_at(model, 0)->lost_age_ms, MODEL_UNKNOWN);
    model_destroy(&model);
}

/* Of one who has moved, both counts are its own. */
static void test_publishers_of_several_brokers(void **state)
{
    (void)state;
    model_t *model =
        reports(TOPICS_REPORT("1",
                    TOPIC_ROW("a", "t", 100, 0, 0, 0,
                        TOPIC_PUBLISHER("a.p1", 40) "," TOPIC_PUBLISHER("a.p2",
                            30) "," TOPIC_PUBLISHER("a.p3", 20) "," TOPIC_PUBLISHER("a.p4", 10))),
            TOPICS_REPORT("2", TOPIC_ROW("a", "t", 100, 0, 0, 0,
                                   TOPIC_PUBLISHER("a.p1", 20) "," TOPIC_PUBLISHER(
                                       "a.p5", 75) "," TOPIC_PUBLISHER("a.p6", 5))));
    assert_text(topic_at(model, 0), "publishers", "p5 37%, p1 30%, p2 15%, p3 10%, p4 5%, p6 2%");
    model_destroy(&model);
}

/* Who isn't named, or not surely, is among the others; all together are never more than there was.
 */
static void test_publishers_that_are_not_named(void **state)
{
    (void)state;
    model_t *model = reports(
        TOPICS_REPORT("1", TOPIC_ROW("a", "t", 300, 0, 0, 0,
                               TOPIC_PUBLISHER("a.p1", 100) "," TOPIC_PUBLISHER("a.p2", 80))),
        TOPICS_REPORT("2", TOPIC_ROW("a", "u", 300, 0, 0, 0,
                               TOPIC_PUBLISHER("a.p1", 299) "," TOPIC_PUBLISHER("a.p2", 1))));
    assert_text(topic_at(model, 0), "publishers", "p1 33%, p2 26%, others 40%");
    assert_text(topic_at(model, 1), "publishers", "p1 99%, p2 <1%");
    assert_int_equal(topic_sums_others(topic_at(model, 0)), 120);
    assert_int_equal(topic_sums_others(topic_at(model, 1)), 0);
    model_destroy(&model);
}

static void test_shares(void **state)
{
    (void)state;
    static const struct {
        uint64_t all, part;
        const char *share;
    } CASES[] = {{0, 0, "0%"}, {0, 5, "0%"}, {MODEL_UNKNOWN, 5, "0%"}, {200, 1, "<1%"},
        {3, 1, "33%"}, {3, 2, "66%"}, {5, 5, "100%"}, {10, 15, "100%"}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        const topic_t topic = {.publications = CASES[i].all};
        char share[TOPIC_SUMS_SHARE_ROOM];
        topic_sums_share(&topic, CASES[i].part, share);
        assert_string_equal(share, CASES[i].share);
    }
}

static void test_the_model_has_a_limit_of_topics(void **state)
{
    (void)state;
    model_t *model = model_new();
    topic_t row = {.tenant = "a"};
    for (size_t i = 0; i < MODEL_TOPICS_MAX; i++)
        assert_int_equal(model_add(model, VIEW_TOPIC_PARTS, &row), DD_OK);
    assert_int_equal(model_add(model, VIEW_TOPIC_PARTS, &row), DD_E_LIMIT);
    model_destroy(&model);
}

static void test_reports_that_are_none(void **state)
{
    (void)state;
    static const char *const REPORTS[] = {
        "{\"topics\":[{}]}",
        "{\"topics\":[{\"topic\":\"t\"}]}",
        "{\"topics\":[{\"tenant\":\"a\",\"topic\":7}]}",
        "{\"topics\":[{\"tenant\":\"a\",\"publications\":-1}]}",
        "{\"topics\":[{\"tenant\":\"a\",\"publishers\":{}}]}",
        "{\"topics\":[{\"tenant\":\"a\",\"publishers\":[7]}]}",
        "{\"topics\":[{\"tenant\":\"a\",\"publishers\":[{}]}]}",
        "{\"topics\":[{\"tenant\":\"a\",\"publishers\":[{\"name\":\"x\"}]}]}",
        "{\"topics\":[{\"tenant\":\"a\",\"publishers\":[{\"name\":1,\"publications\":1}]}]}",
        "{\"topics\":[{\"tenant\":\"a\",\"publishers\":[{\"name\":\"x\",\"publications\":-1}]}]}",
    };
    model_t *model = model_new();
    for (size_t i = 0; i < COUNT(REPORTS); i++)
        assert_int_equal(
            report_parser_report(model, VIEW_TOPICS, REPORTS[i], "", NULL), DD_E_MALFORMED);
    /* More than there is room for aren't nonsense. */
    static const char MANY[] = TOPICS_REPORT(
        "1", TOPIC_ROW("a", "t", 9, 9, 0, 0,
                 TOPIC_PUBLISHER("a.1", 1) "," TOPIC_PUBLISHER("a.2", 1) "," TOPIC_PUBLISHER(
                     "a.3", 1) "," TOPIC_PUBLISHER("a.4", 1) "," TOPIC_PUBLISHER("a.5",
                     1) "," TOPIC_PUBLISHER("a.6", 1) "," TOPIC_PUBLISHER("a.7",
                     1) "," TOPIC_PUBLISHER("a.8", 1) "," TOPIC_PUBLISHER("a.9", 1)));
    assert_int_equal(report_parser_report(model, VIEW_TOPICS, MANY, "", NULL), DD_OK);
    assert_int_equal(model_arrange(model), DD_OK);
    assert_int_equal(topic_at(model, 0)->publishers.count, MODEL_PUBLISHERS);
    model_destroy(&model);
}

/* ---- Rates ---------------------------------------------------------------------------------- */

/* Two seconds later. */
static model_t *rated(model_t *now, model_t *before)
{
    topic_rates_set(now, before, 2000);
    assert_int_equal(model_arrange(now), DD_OK);
    model_destroy(&before);
    return now;
}

static void test_rates_are_differences(void **state)
{
    (void)state;
    model_t *model = rated(
        reports(
            TOPICS_REPORT("1", TOPIC_ROW("a", "t", 300, 9000, 40, 1, TOPIC_PUBLISHER("a.x", 300))),
            TOPICS_REPORT("2", TOPIC_ROW("a", "t", 50, 500, 0, 1, TOPIC_PUBLISHER("a.y", 50)))),
        reports(
            TOPICS_REPORT("1", TOPIC_ROW("a", "t", 100, 5000, 20, 1, TOPIC_PUBLISHER("a.x", 100))),
            TOPICS_REPORT("2", TOPIC_ROW("a", "t", 30, 300, 0, 1, TOPIC_PUBLISHER("a.y", 40)))));
    const topic_t *topic = topic_at(model, 0);
    assert_int_equal(topic->rate, 110);
    assert_int_equal(topic->bytes_rate, 2100);
    assert_int_equal(topic->lost_rate, 10);
    assert_int_equal(topic->publishers.rows[0].rate, 100);
    assert_int_equal(topic->publishers.rows[1].rate, 5);
    topic_rates_stop(model);
    assert_int_equal(topic_at(model, 0)->rate, MODEL_UNKNOWN);
    assert_int_equal(topic_at(model, 0)->publishers.rows[0].rate, MODEL_UNKNOWN);
    model_destroy(&model);
}

/* Reports take their time, of different length. */
static void test_since_when_does_not_waver(void **state)
{
    static const struct {
        const char *now;
        uint64_t since_ms;
    } CASES[] = {{TOPICS_REPORT("1", TOPIC_LOST_ROW("a", "t", 9, 6900, 1)), 7000},
        {TOPICS_REPORT("1", TOPIC_LOST_ROW("a", "t", 9, 7300, 1)), 7000},
        {TOPICS_REPORT("1", TOPIC_LOST_ROW("a", "t", 9, 15000, 1)), 15000},
        {TOPICS_REPORT("1", TOPIC_LOST_ROW("a", "t", 9, null, null)), MODEL_UNKNOWN}};
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        model_t *model = rated(reports(CASES[i].now),
            reports(TOPICS_REPORT("1", TOPIC_LOST_ROW("a", "t", 5, 5000, 4000))));
        assert_int_equal(topic_at(model, 0)->lost_since_ms, CASES[i].since_ms);
        model_destroy(&model);
    }
}

/* One that didn't answer, or has just come, counts for the sums and not for the rates. */
static void test_brokers_that_come_and_go_make_no_rates(void **state)
{
    (void)state;
    model_t *model = rated(reports(TOPICS_REPORT("1", TOPIC_ROW("a", "t", 30, 0, 0, 0, "")),
                               TOPICS_REPORT("3", TOPIC_ROW("a", "t", 5000, 0, 0, 0, ""))),
        reports(TOPICS_REPORT("1", TOPIC_ROW("a", "t", 10, 0, 0, 0, "")),
            TOPICS_REPORT("2", TOPIC_ROW("a", "t", 9000, 0, 0, 0, ""))));
    assert_int_equal(topic_at(model, 0)->publications, 14030);
    assert_int_equal(topic_at(model, 0)->rate, 10);
    model_destroy(&model);
}

/* What a broker has counted stays, as long as the console sees it, when it is started anew. */
static void test_a_restart_does_not_take_back_what_was_lost(void **state)
{
    (void)state;
    static const char BEFORE[] = TOPICS_REPORT("1", TOPIC_LOST_ROW("a", "t", 230399, 900000, 2000));
    static const char ANEW[] = TOPICS_REPORT("2", TOPIC_LOST_ROW("a", "t", 502, 3000, 1000));
    model_t *model = rated(reports(ANEW), reports(BEFORE));
    model = rated(reports(ANEW), model); /* and not only for one round */
    const topic_t *topic = topic_at(model, 0);
    assert_int_equal(topic->lost, 230901);
    assert_int_equal(topic->lost_since_ms, 904000);
    assert_int_equal(topic->lost_age_ms, 1000);
    assert_int_equal(topic->publications, 1200);
    assert_int_equal(topic->lost_rate, 0);
    /* One that only was silent counts for itself again, and that is no rate. */
    model = rated(reports(ANEW, BEFORE), model);
    assert_int_equal(topic_at(model, 0)->lost, 230901);
    assert_int_equal(topic_at(model, 0)->lost_rate, 0);
    model_destroy(&model);
    /* A day later nobody wants to know it any more. */
    model = rated(reports(ANEW), reports(BEFORE));
    for (int i = 0; i < 25; i++) {
        model_t *now = reports(ANEW);
        topic_rates_set(now, model, 3600000);
        assert_int_equal(model_arrange(now), DD_OK);
        model_destroy(&model);
        model = now;
    }
    assert_int_equal(topic_at(model, 0)->lost, 502);
    model_destroy(&model);
}

/* What a topic had is the others' when it makes room: that was published before. */
static void test_topics_that_make_room_are_no_rate_of_the_others(void **state)
{
    (void)state;
    model_t *model = rated(reports(TOPICS_REPORT("1", TOPIC_ROW("a", "back", 6, 0, 0, 0,
                                                          "") "," TOPIC_REST("a", 1530, 0, 0))),
        reports(TOPICS_REPORT("1", TOPIC_ROW("a", "gone", 1000, 0, 0, 0, "") "," TOPIC_ROW("a",
                                       "back", 400, 0, 0, 0, "") "," TOPIC_REST("a", 100, 0, 0))));
    assert_text(topic_at(model, 0), "topic", "-");
    assert_int_equal(topic_at(model, 0)->rate, 15);
    assert_int_equal(topic_at(model, 1)->rate, MODEL_UNKNOWN);
    model_destroy(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_brokers_are_summed_up),
        cmocka_unit_test(test_others_have_a_row_of_their_own),
        cmocka_unit_test(test_when_something_was_lost_is_summed_up),
        cmocka_unit_test(test_publishers_of_several_brokers),
        cmocka_unit_test(test_publishers_that_are_not_named),
        cmocka_unit_test(test_shares),
        cmocka_unit_test(test_the_model_has_a_limit_of_topics),
        cmocka_unit_test(test_reports_that_are_none),
        cmocka_unit_test(test_rates_are_differences),
        cmocka_unit_test(test_since_when_does_not_waver),
        cmocka_unit_test(test_brokers_that_come_and_go_make_no_rates),
        cmocka_unit_test(test_a_restart_does_not_take_back_what_was_lost),
        cmocka_unit_test(test_topics_that_make_room_are_no_rate_of_the_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
