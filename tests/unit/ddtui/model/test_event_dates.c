/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_event_dates - when the brokers' events happened, by this machine's clock
 */
#include <stdio.h>

#include "ddtui/model/event_dates.h"
#include "tests/unit/unit.h"

#define START 1763820202000

/* The event of that time since the broker's start, in a report that took so long to come. */
static int64_t date(event_dates_t *dates, const char *id, uint64_t at_ms, uint64_t age_ms, int took)
{
    happening_t event = {.at_ms = at_ms, .age_ms = age_ms};
    snprintf(event.broker_id, sizeof event.broker_id, "%s", id);
    return event_dates_of(dates, &event, START + (int64_t)(at_ms + age_ms) + took) - START;
}

static void test_the_quickest_report_dates_events(void **state)
{
    (void)state;
    event_dates_t *dates = event_dates_new();
    event_dates_look(dates);
    assert_int_equal(date(dates, "aa", 1000, 500, 80), 1080); /* as far as is known by then */
    event_dates_look(dates);
    assert_int_equal(date(dates, "aa", 2000, 500, 3), 2003);
    event_dates_look(dates);
    assert_int_equal(date(dates, "aa", 3000, 500, 900), 3003 + EVENT_DATES_DRIFT);
    assert_int_equal(date(dates, "aa", 3001, 499, 900), 3004 + EVENT_DATES_DRIFT);
    assert_int_equal(date(dates, "bb", 3000, 500, 7), 3007);
    event_dates_destroy(&dates);
}

/* Whoever looks sees one order of what happened at two brokers. */
static void test_slow_reports_do_not_change_the_order(void **state)
{
    static const int TOOK[][2] = {{40, 2}, {2, 40}, {300, 300}};
    (void)state;
    for (size_t i = 0; i < COUNT(TOOK); i++) {
        event_dates_t *dates = event_dates_new();
        event_dates_look(dates);
        date(dates, "aa", 100, 0, 1);
        date(dates, "bb", 100, 0, 2);
        event_dates_look(dates);
        int64_t cause = date(dates, "aa", 5000, 100, TOOK[i][0]);
        assert_true(cause < date(dates, "bb", 5010, 90, TOOK[i][1]));
        event_dates_destroy(&dates);
    }
}

static void test_a_clock_that_was_set_counts_anew(void **state)
{
    (void)state;
    event_dates_t *dates = event_dates_new();
    event_dates_look(dates);
    date(dates, "aa", 1000, 0, 1);
    event_dates_look(dates);
    assert_int_equal(date(dates, "aa", 2000, 0, 3600000), 3602000);
    event_dates_look(dates);
    assert_int_equal(date(dates, "aa", 3000, 0, -3600000), 3000 - 3600000);
    event_dates_destroy(&dates);
}

static void test_what_can_not_be_is_not_counted_with(void **state)
{
    (void)state;
    event_dates_t *dates = event_dates_new();
    happening_t event = {.at_ms = UINT64_MAX, .age_ms = 10};
    assert_true(event_dates_of(dates, &event, START) == START - 10);
    event = (happening_t){.at_ms = 10, .age_ms = UINT64_MAX};
    assert_true(event_dates_of(dates, &event, START) == START);
    event = (happening_t){.at_ms = (uint64_t)START - 1, .age_ms = (uint64_t)START - 1};
    assert_true(event_dates_of(dates, &event, START) == 1);
    event_dates_destroy(&dates);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_quickest_report_dates_events),
        cmocka_unit_test(test_slow_reports_do_not_change_the_order),
        cmocka_unit_test(test_a_clock_that_was_set_counts_anew),
        cmocka_unit_test(test_what_can_not_be_is_not_counted_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
