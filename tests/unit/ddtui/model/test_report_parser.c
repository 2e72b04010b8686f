/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_report_parser - reports become rows, and hostile ones do no harm
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddtui/model/report_parser.h"
#include "tests/unit/ddtui/reports.h"
#include "tests/unit/unit.h"

static void test_reports_are_read(void **state)
{
    (void)state;
    model_t *model = model_new();
    assert_int_equal(report_parser_report(model, VIEW_TREE, TREE_REPORT, "", NULL), DD_OK);
    const broker_t *broker = model_row(model, VIEW_TREE, 0);
    assert_string_equal(broker->name, "broker0");
    assert_string_equal(broker->parent, "");
    assert_string_equal(broker->scope, "/1/2/3/");
    assert_int_equal(broker->clients, 41);
    assert_int_equal(broker->traffic.out_bytes, 80);
    assert_true(broker->rtt_us == MODEL_UNKNOWN);

    assert_int_equal(report_parser_report(model, VIEW_CLIENTS, CLIENTS_REPORT, "", NULL), DD_OK);
    assert_int_equal(model_arrange(model), DD_OK);
    assert_int_equal(model_count(model, VIEW_CLIENTS), 2);
    const client_t *client = model_row(model, VIEW_CLIENTS, 0);
    assert_string_equal(client->name, "cli9");
    assert_string_equal(client->broker, "broker0");
    assert_string_equal(client->scope, "/1/2/3/");
    assert_true(client->idle_ms == MODEL_UNKNOWN);

    assert_int_equal(
        report_parser_report(model, VIEW_SUBSCRIPTIONS, SUBSCRIPTIONS_REPORT, "", NULL), DD_OK);
    const subscription_t *subscription = model_row(model, VIEW_SUBSCRIPTIONS, 0);
    assert_string_equal(subscription->topic, "alarms");
    assert_string_equal(subscription->scope, "/*/");
    assert_string_equal(subscription->path, "/1/");
    assert_string_equal(subscription->broker, "broker0");
    model_destroy(&model);
}

#define LONG "0123456789012345678901234567890123456789012345678901234567890123456789"

static void test_reports_that_are_none(void **state)
{
    (void)state;
    static const struct {
        view_t view;
        const char *json;
    } CASES[] = {
        {VIEW_TREE, ""},
        {VIEW_TREE, "null"},
        {VIEW_TREE, "5"},
        {VIEW_TREE, "[]"},
        {VIEW_TREE, "{}"},
        {VIEW_TREE, "{\"broker\":\"x\"}"},
        {VIEW_TREE, "{\"id\":\"1\"}"},
        {VIEW_TREE, "{\"broker\":\"\",\"id\":\"1\"}"},
        {VIEW_TREE, "{\"broker\":null,\"id\":\"1\"}"},
        {VIEW_TREE, "{\"broker\":7,\"id\":\"1\"}"},
        {VIEW_TREE, "{\"broker\":\"x\",\"id\":\"1\"} more"},
        {VIEW_TREE, "{\"broker\":\"x\",\"id\":\"1\""},
        {VIEW_TREE, "{\"broker\":\"x\\u0000y\",\"id\":\"1\"}"},
        {VIEW_TREE, "{\"broker\":\"\xff\",\"id\":\"1\"}"},
        {VIEW_TREE, "{\"broker\":\"" LONG "\",\"id\":\"1\"}"},
        {VIEW_TREE, "{\"broker\":\"x\",\"id\":\"" LONG "\"}"},
        {VIEW_TREE, "{\"broker\":\"x\",\"id\":\"1\",\"clients\":-1}"},
        {VIEW_TREE, "{\"broker\":\"x\",\"id\":\"1\",\"clients\":1.5}"},
        {VIEW_TREE, "{\"broker\":\"x\",\"id\":\"1\",\"clients\":\"5\"}"},
        {VIEW_TREE, "{\"broker\":\"x\",\"id\":\"1\",\"clients\":{}}"},
        {VIEW_TREE, "{\"broker\":\"x\",\"id\":\"1\",\"new\":[[[[[[[[1]]]]]]]]}"},
        {VIEW_CLIENTS, "{}"},
        {VIEW_CLIENTS, "{\"clients\":null}"},
        {VIEW_CLIENTS, "{\"clients\":{}}"},
        {VIEW_CLIENTS, "{\"clients\":[null]}"},
        {VIEW_CLIENTS, "{\"clients\":[{}]}"},
        {VIEW_CLIENTS, "{\"clients\":[[]]}"},
        {VIEW_CLIENTS, "{\"clients\":[{\"tenant\":\"a\"}]}"},
        {VIEW_CLIENTS, "{\"broker\":5,\"clients\":[{\"name\":\"x\"}]}"},
        {VIEW_SUBSCRIPTIONS, "{\"subscriptions\":[{\"client\":\"x\"}]}"},
        {VIEW_SUBSCRIPTIONS, CLIENTS_REPORT},
    };
    model_t *model = model_new();
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_error_t error = report_parser_report(model, CASES[i].view, CASES[i].json, "", NULL);
        if (error != DD_E_MALFORMED)
            print_error("taken for a report: %s\n", CASES[i].json);
        assert_int_equal(error, DD_E_MALFORMED);
        assert_int_equal(model_count(model, CASES[i].view), 0);
    }
    model_destroy(&model);
}

/* Cut anywhere, a report is none; with any byte changed it does no harm. */
static void test_damaged_reports(void **state)
{
    (void)state;
    static const struct {
        view_t view;
        const char *json;
    } REPORTS[] = {{VIEW_TREE, TREE_REPORT}, {VIEW_CLIENTS, CLIENTS_REPORT},
        {VIEW_SUBSCRIPTIONS, SUBSCRIPTIONS_REPORT}, {VIEW_EVENTS, EVENTS_REPORT}};
    srand(11);
    for (size_t i = 0; i < COUNT(REPORTS); i++) {
        model_t *model = model_new();
        char *json = strdup(REPORTS[i].json);
        assert_non_null(json);
        for (size_t size = strlen(json); size-- > 0;) {
            char kept = json[size];
            for (int round = 0; round < 20; round++) {
                json[size] = (char)(rand() % 255 + 1);
                report_parser_report(model, REPORTS[i].view, json, "", NULL);
            }
            json[size] = '\0';
            assert_int_equal(
                report_parser_report(model, REPORTS[i].view, json, "", NULL), DD_E_MALFORMED);
            json[size] = kept;
        }
        free(json);
        model_destroy(&model);
    }
}

static void test_what_stood_before_a_fault_is_kept(void **state)
{
    (void)state;
    static const char REPORT[] = "{\"clients\":[{\"name\":\"one\"},{\"name\":\"two\"},"
                                 "{\"name\":3},{\"name\":\"four\"}]}";
    model_t *model = model_new();
    assert_int_equal(report_parser_report(model, VIEW_CLIENTS, REPORT, "", NULL), DD_E_MALFORMED);
    assert_int_equal(model_count(model, VIEW_CLIENTS), 2);
    model_destroy(&model);
}

static void test_how_many_rows_there_are(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        uint64_t rows;
    } CASES[] = {
        {"{\"rows\":70000,\"clients\":[]}", 70000},
        {"{\"clients\":[]}", 0},
        {"{\"rows\":null,\"clients\":[]}", 0},
        {"{\"rows\":-5,\"clients\":[]}", 0},
        {"{\"rows\":[],\"clients\":[]}", 0},
        {"{\"rows\":18446744073709551615,\"clients\":[]}", UINT64_MAX},
        {"no report", 0},
        {"[]", 0},
    };
    model_t *model = model_new();
    for (size_t i = 0; i < COUNT(CASES); i++) {
        report_head_t head = {.rows = 7};
        report_parser_report(model, VIEW_CLIENTS, CASES[i].json, "", &head);
        assert_true(head.rows == CASES[i].rows);
    }
    model_destroy(&model);
}

/* ---- Controls ----------------------------------------------------------------------------- */

static void test_reports_on_controls(void **state)
{
    (void)state;
    static const char NONSENSE[] = "its answer makes no sense";
    static const struct {
        const char *json;
        bool done;
        const char *failure;
    } CASES[] = {
        {"{\"done\":true}", true, NULL},
        {"{\"done\":true,\"failure\":\"none\"}", true, NULL},
        {"{\"done\":false,\"failure\":\"no such client\"}", false, "no such client"},
        {"{\"failure\":\"no such client\"}", false, "no such client"},
        {"{\"done\":false}", false, NONSENSE},
        {"{\"done\":null,\"failure\":5}", false, NONSENSE},
        {"{}", false, NONSENSE},
        {"[]", false, NONSENSE},
        {"", false, NONSENSE},
        {"{\"done\":true", false, NONSENSE},
        {"{\"done\":true} more", false, NONSENSE},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char failure[64];
        assert_int_equal(
            report_parser_control(CASES[i].json, failure, sizeof failure), CASES[i].done);
        if (CASES[i].failure)
            assert_string_equal(failure, CASES[i].failure);
    }
}

static void test_failures_are_escaped(void **state)
{
    (void)state;
    char failure[16];
    assert_false(report_parser_control(
        "{\"failure\":\"\\u001b[2J, and more than there is room for\"}", failure, sizeof failure));
    assert_memory_equal(failure, "\\x1b[2J", 7);
    assert_in_range(strlen(failure), 7, sizeof failure - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_reports_are_read),
        cmocka_unit_test(test_reports_that_are_none),
        cmocka_unit_test(test_damaged_reports),
        cmocka_unit_test(test_what_stood_before_a_fault_is_kept),
        cmocka_unit_test(test_how_many_rows_there_are),
        cmocka_unit_test(test_reports_on_controls),
        cmocka_unit_test(test_failures_are_escaped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
