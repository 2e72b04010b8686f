/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_output - views, events, messages and orders as lines of text and of JSON
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddtui/model/columns.h"
#include "ddtui/model/report_parser.h"
#include "ddtui/script/output.h"
#include "tests/unit/ddtui/reports.h"
#include "tests/unit/unit.h"

/* What a view prints in a style. The caller frees it. */
static char *printed(model_t *model, view_t view, output_style_t style)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_int_equal(model_arrange(model), DD_OK);
    assert_true(output_view(out, model, view, style, 0));
    assert_int_equal(fclose(out), 0);
    return text;
}

static void assert_prints(model_t *model, view_t view, output_style_t style, const char *expected)
{
    char *text = printed(model, view, style);
    assert_string_equal(text, expected);
    free(text);
}

static void test_views_are_printed(void **state)
{
    (void)state;
    model_t *model = model_new();
    assert_prints(model, VIEW_TREE, OUTPUT_TABS, "");
    report_parser_report(model, VIEW_TREE, TREE_REPORT, "", NULL);
    report_parser_report(model, VIEW_TREE,
        "{\"broker\":\"evil\\u001b[2J\",\"id\":\"2\","
        "\"parent\":\"00112233445566778899aabbccddeeff\"}",
        "", NULL);
    assert_prints(model, VIEW_TREE, OUTPUT_TABS,
        "broker0\t/1/2/3/\tok\t3d04h\t-\t41\t9\t5\t6\t1\t0\n"
        "  evil\\x1b[2J\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\n");
    char *aligned = printed(model, VIEW_TREE, OUTPUT_ALIGNED);
    assert_memory_equal(aligned, "BROKER                    SCOPE", 31);
    assert_non_null(
        strstr(aligned, "\nbroker0                   /1/2/3/           ok        3d04h"));
    assert_non_null(strstr(aligned, "\n  evil\\x1b[2J             -"));
    free(aligned);

    report_parser_report(model, VIEW_SUBSCRIPTIONS, SUBSCRIPTIONS_REPORT, "", NULL);
    assert_prints(model, VIEW_SUBSCRIPTIONS, OUTPUT_TABS, "a\tcli1\talarms\t/*/\t/1/\tbroker0\n");
    assert_prints(model, VIEW_SUBSCRIPTIONS, OUTPUT_JSON,
        "{\"tenant\":\"a\",\"client\":\"cli1\",\"topic\":\"alarms\",\"scope\":\"/*/\","
        "\"path\":\"/1/\",\"broker\":\"broker0\"}\n");
    model_destroy(&model);
}

#define MORE_EVENTS_REPORT                                                                         \
    "{\"broker\":\"broker0\",\"broker_id\":\"1\",\"events\":["                                     \
    "{\"at_ms\":60,\"age_ms\":10,\"text\":\"newest\"},{\"at_ms\":50,\"age_ms\":20,\"text\":"       \
    "\"new\"}]}"

static void assert_prints_events(
    event_dedup_t *dedup, const char *report, output_style_t style, const char *expected)
{
    char *text;
    size_t size;
    model_t *model = model_new();
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(report_parser_report(model, VIEW_EVENTS, report, "", NULL), DD_OK);
    assert_int_equal(model_arrange(model), DD_OK);
    assert_true(output_events(out, model, dedup, style, 0));
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, expected);
    free(text);
    model_destroy(&model);
}

static void test_events_are_printed_once(void **state)
{
    (void)state;
    event_dedup_t *dedup = event_dedup_new();
    assert_prints_events(dedup, EVENTS_REPORT, OUTPUT_TABS,
        "-\tnotice\tbroker0\t*\told\n-\tinfo\tbroker0\ta\tnew\\x1b\n");
    assert_prints_events(dedup, EVENTS_REPORT, OUTPUT_TABS, "");
    assert_prints_events(dedup, MORE_EVENTS_REPORT, OUTPUT_JSON,
        "{\"time\":null,\"age_ms\":10,\"level\":null,\"broker\":\"broker0\",\"tenant\":null,"
        "\"text\":\"newest\",\"at_ms\":60,\"broker_id\":\"1\"}\n");
    event_dedup_destroy(&dedup);
}

static void test_orders_are_printed(void **state)
{
    (void)state;
    static const char *const LINES[] = {[OUTPUT_TABS] = "drain\tx\\x1b\ty\tdone\n",
        [OUTPUT_ALIGNED] = "drain\tx\\x1b\ty\tdone\n",
        [OUTPUT_JSON] = ("{\"what\":\"drain\",\"argument\":\"x\\u001b\",\"broker\":\"y\","
                         "\"done\":true}\n")};
    for (output_style_t style = OUTPUT_TABS; style <= OUTPUT_JSON; style++) {
        char *text;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        assert_true(output_order(out, "drain", "x\x1b", "y", style));
        assert_int_equal(fclose(out), 0);
        assert_string_equal(text, LINES[style]);
        free(text);
    }
}

/* Every field of a report comes out of --json as it went in. */
static void test_json_has_all_of_a_report(void **state)
{
    (void)state;
    model_t *model = model_new();
    report_parser_report(model, VIEW_TREE, TREE_REPORT, "", NULL);
    char *text = printed(model, VIEW_TREE, OUTPUT_JSON);
    struct json_object *before = json_tokener_parse(TREE_REPORT);
    struct json_object *after = json_tokener_parse(text);
    json_object_object_foreach(before, field, value)
    {
        struct json_object *out;
        assert_true(json_object_object_get_ex(after, field, &out));
        assert_true(json_object_equal(value, out));
    }
    json_object_put(before);
    json_object_put(after);
    free(text);
    model_destroy(&model);
}

static void test_messages_are_printed(void **state)
{
    (void)state;
    static const struct {
        dd_event_t event;
        output_style_t style;
        const char *line;
    } CASES[] = {
        {{.type = DD_EVENT_NOTIFICATION, .source = "cli2", .data = "hi\tyou", .size = 6},
            OUTPUT_TABS, "notify\tcli2\thi\\x09you\n"},
        {{.type = DD_EVENT_PUBLICATION,
             .source = "cli2",
             .topic = "alarms",
             .scope = "/1/",
             .data = "",
             .size = 0},
            OUTPUT_TABS, "pub\tcli2\talarms\t\n"},
        {{.type = DD_EVENT_GAP, .topic = "alarms", .scope = "/1/", .number = 7}, OUTPUT_TABS,
            "gap\talarms\t7\n"},
        {{.type = DD_EVENT_GAP, .topic = "alarms", .scope = "/1/"}, OUTPUT_TABS,
            "gap\talarms\t0\tsome may be missing\n"},
        {{.type = DD_EVENT_GAP, .topic = "t", .scope = "/1/"}, OUTPUT_JSON,
            "{\"type\":\"gap\",\"topic\":\"t\",\"scope\":\"/1/\",\"number\":0,"
            "\"text\":\"some may be missing\"}\n"},
        {{.type = DD_EVENT_NOTIFICATION, .source = "b.x", .data = "\"å/\0\n", .size = 6},
            OUTPUT_JSON,
            "{\"type\":\"notification\",\"source\":\"b.x\",\"text\":\"\\\"å/\\u0000\\n\"}\n"},
        {{.type = DD_EVENT_PUBLICATION,
             .source = "cli2",
             .topic = "t",
             .scope = "/1/2/",
             .data = "\xff\x00",
             .size = 2},
            OUTPUT_JSON,
            "{\"type\":\"publication\",\"source\":\"cli2\",\"topic\":\"t\",\"scope\":\"/1/2/\","
            "\"data64\":\"/wA=\"}\n"},
        {{.type = DD_EVENT_GAP, .topic = "t", .scope = "/1/", .number = 7}, OUTPUT_JSON,
            "{\"type\":\"gap\",\"topic\":\"t\",\"scope\":\"/1/\",\"number\":7}\n"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char *text;
        size_t size;
        FILE *out = open_memstream(&text, &size);
        assert_non_null(out);
        assert_true(output_event(out, &CASES[i].event, CASES[i].style));
        assert_int_equal(fclose(out), 0);
        assert_string_equal(text, CASES[i].line);
        free(text);
    }
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_views_are_printed),
        cmocka_unit_test(test_events_are_printed_once),
        cmocka_unit_test(test_orders_are_printed),
        cmocka_unit_test(test_json_has_all_of_a_report),
        cmocka_unit_test(test_messages_are_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
