/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_trace - the way of a notification: its steps, its end, and how both are printed
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddtui/script/output.h"
#include "tests/unit/unit.h"

#define BEGAN 1000000
#define REF 7

static void hear(trace_t *trace, uint64_t number, const char *broker, uint64_t after_us)
{
    dd_event_t hop = {.type = DD_EVENT_HOP,
        .ref = REF,
        .number = number,
        .source = broker,
        .scope = "/1/",
        .text = "up to parent x",
        .time_us = BEGAN + after_us};
    assert_true(trace_event(trace, &hop));
}

static void finish(trace_t *trace, dd_error_t error, const char *source, uint64_t after_us)
{
    dd_event_t end = {.type = error == DD_OK ? DD_EVENT_RECEIPT : DD_EVENT_ERROR,
        .error = error,
        .ref = REF,
        .source = source,
        .text = source,
        .time_us = BEGAN + after_us};
    assert_true(trace_event(trace, &end));
}

static void assert_prints(const trace_t *trace, output_style_t style, const char *expected)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_true(output_trace(out, trace, style, 0));
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, expected);
    free(text);
}

static void test_steps(void **state)
{
    (void)state;
    trace_t trace = {0};
    trace_begin(&trace, REF, "cli2", BEGAN);
    hear(&trace, 1, "one", 250);
    hear(&trace, 3, "three", 700);
    hear(&trace, 2, "two", 900); /* comes late, and stands where it belongs */
    static const uint64_t STEPS[] = {250, 650, 0};
    for (size_t i = 0; i < COUNT(STEPS); i++) {
        assert_int_equal(trace.hops[i].number, i + 1);
        assert_int_equal(trace.hops[i].step_us, STEPS[i]);
    }
    dd_event_t other = {.type = DD_EVENT_RECEIPT, .ref = REF + 1, .source = "cli2"};
    assert_false(trace_event(&trace, &other));
    assert_int_equal(trace.state, TRACE_RUNNING);
}

static void test_arrived(void **state)
{
    (void)state;
    trace_t trace = {0};
    trace_begin(&trace, REF, "cli\x1b", BEGAN);
    hear(&trace, 1, "one\t", 250);
    hear(&trace, 2, "two", 12345);
    finish(&trace, DD_OK, "cli\x1b", 20000);
    assert_prints(&trace, OUTPUT_TABS,
        "1\tone\\x09\t/1/\tup to parent x\t0.25ms\t0.25ms\n"
        "2\ttwo\t/1/\tup to parent x\t12.09ms\t12.34ms\n"
        "delivered\tcli\\x1b\t20.00ms\n");
    assert_prints(&trace, OUTPUT_JSON,
        "{\"hop\":1,\"broker\":\"one\\t\",\"scope\":\"/1/\",\"decision\":\"up to parent x\","
        "\"step_us\":250,\"heard_us\":250}\n"
        "{\"hop\":2,\"broker\":\"two\",\"scope\":\"/1/\",\"decision\":\"up to parent x\","
        "\"step_us\":12095,\"heard_us\":12345}\n"
        "{\"destination\":\"cli\\u001b\",\"delivered\":true,\"error\":null,\"heard_us\":20000}\n");
}

static void test_why_not(void **state)
{
    (void)state;
    static const struct {
        size_t hops;
        dd_error_t error;
        const char *why;
    } CASES[] = {
        {2, DD_E_NO_DESTINATION, "no such destination"},
        {1, DD_E_UPLINK_DOWN, "not known now: the broker has lost its parent, or has just started"},
        {2, DD_E_TIMEOUT, "timed out: nothing was heard after broker x\\x1b"},
        {0, DD_E_TIMEOUT, "timed out"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        trace_t trace = {0};
        char why[TRACE_WHY_ROOM];
        trace_begin(&trace, REF, "nobody", BEGAN);
        for (size_t j = 1; j <= CASES[i].hops; j++)
            hear(&trace, j, "x\x1b", 100 * j);
        trace_stop(&trace, CASES[i].error, BEGAN + 5000);
        assert_int_equal(trace.state, TRACE_FAILED);
        assert_string_equal(trace_why(&trace, why), CASES[i].why);
    }
}

static void test_failed(void **state)
{
    (void)state;
    trace_t trace = {0};
    trace_begin(&trace, REF, "nobody", BEGAN);
    finish(&trace, DD_E_NO_DESTINATION, "nobody", 1500);
    assert_prints(&trace, OUTPUT_TABS, "undelivered\tnobody\t1.50ms\tno such destination\n");
    assert_prints(&trace, OUTPUT_JSON,
        "{\"destination\":\"nobody\",\"delivered\":false,\"error\":\"no such destination\","
        "\"heard_us\":1500}\n");
    assert_prints(&trace, OUTPUT_ALIGNED,
        "#    BROKER            SCOPE         WHAT IT DID                               "
        "THIS STEP   ALL SO FAR\n"
        "undelivered  nobody  1.50ms  no such destination\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_arrived),
        cmocka_unit_test(test_why_not),
        cmocka_unit_test(test_failed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
