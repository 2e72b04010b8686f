/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_model - reports become rows, rows become a tree, and hostile ones do no harm
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ddtui/model/columns.h"
#include "ddtui/model/report_parser.h"
#include "ddtui/script/output.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* ---- The tree ----------------------------------------------------------------------------- */

typedef struct {
    const char *id, *parent, *name, *scope;
} node_t;

static void add_node(model_t *model, const node_t *node)
{
    broker_t broker = {0};
    snprintf(broker.id, sizeof broker.id, "%s", node->id);
    snprintf(broker.parent, sizeof broker.parent, "%s", node->parent);
    snprintf(broker.name, sizeof broker.name, "%s", node->name);
    snprintf(broker.scope, sizeof broker.scope, "%s", node->scope);
    assert_int_equal(model_add(model, VIEW_TREE, &broker), DD_OK);
}

/* The tree as a line: "root(broker1(broker0)broker2)". */
static void sketch(const model_t *model, char *out, size_t room)
{
    size_t used = 0;
    unsigned depth = 0;
    out[0] = '\0';
    for (size_t i = 0; i < model_count(model, VIEW_TREE); i++) {
        const broker_t *broker = model_row(model, VIEW_TREE, i);
        for (; depth > broker->depth; depth--)
            used += (size_t)snprintf(out + used, room - used, ")");
        const char *opening = broker->depth > depth ? "(" : i > 0 ? " " : "";
        assert_true(broker->depth <= depth + 1);
        depth = broker->depth;
        used += (size_t)snprintf(out + used, room - used, "%s%s", opening, broker->name);
    }
    for (; depth > 0; depth--)
        used += (size_t)snprintf(out + used, room - used, ")");
}

static void test_tree(void **state)
{
    (void)state;
    static const struct {
        node_t nodes[6];
        const char *tree;
    } CASES[] = {
        {{{0}}, ""},
        {{{"1", "", "root", "/1/"}}, "root"},
        {{{"3", "2", "leaf", "/1/2/3/"}, {"1", "", "root", "/1/"}, {"2", "1", "mid", "/1/2/"}},
            "root(mid(leaf))"},
        /* Children by their scope's numbers, not its letters. */
        {{{"1", "", "root", "/1/"}, {"2", "1", "ten", "/1/10/"}, {"3", "1", "two", "/1/2/"},
             {"4", "3", "leaf", "/1/2/1/"}},
            "root(two(leaf) ten)"},
        /* Two trees, and one whose parent isn't known. */
        {{{"1", "", "b", "/2/"}, {"2", "", "a", "/1/"}, {"3", "9", "orphan", "/3/4/"}},
            "a b orphan"},
        /* Their own parent; parents in a circle, and a child of one of them. */
        {{{"1", "1", "self", "/1/"}}, "self"},
        {{{"1", "2", "x", "/1/"}, {"2", "1", "y", "/2/"}, {"3", "2", "z", "/3/"}}, "x(y(z))"},
        /* One id twice: the later report counts. */
        {{{"1", "", "old", "/1/"}, {"1", "", "new", "/1/"}}, "new"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        model_t *model = model_new();
        for (size_t j = 0; j < COUNT(CASES[i].nodes) && CASES[i].nodes[j].id; j++)
            add_node(model, &CASES[i].nodes[j]);
        char out[256];
        assert_int_equal(model_arrange(model), DD_OK);
        sketch(model, out, sizeof out);
        assert_string_equal(out, CASES[i].tree);
        model_destroy(&model);
        assert_null(model);
    }
    model_destroy(NULL);
}

/* A chain as long as the table holds, which is not the end of the stack either. */
static void test_tree_has_a_limit(void **state)
{
    (void)state;
    model_t *model = model_new();
    for (unsigned i = 0; i < MODEL_BROKERS_MAX; i++) {
        char id[16], parent[16];
        snprintf(id, sizeof id, "%u", i);
        snprintf(parent, sizeof parent, "%u", i - 1);
        add_node(model, &(node_t){id, i > 0 ? parent : "", "broker", "/1/"});
    }
    broker_t more = {.id = "one more"};
    assert_int_equal(model_add(model, VIEW_TREE, &more), DD_E_LIMIT);
    assert_int_equal(model_arrange(model), DD_OK);
    const broker_t *last = model_row(model, VIEW_TREE, MODEL_BROKERS_MAX - 1);
    assert_int_equal(last->depth, MODEL_BROKERS_MAX - 1);
    model_destroy(&model);
}

static void test_rows_have_a_limit(void **state)
{
    (void)state;
    model_t *model = model_new();
    subscription_t row = {.topic = "t"};
    for (size_t i = 0; i < MODEL_ROWS_MAX; i++)
        assert_int_equal(model_add(model, VIEW_SUBSCRIPTIONS, &row), DD_OK);
    assert_int_equal(model_add(model, VIEW_SUBSCRIPTIONS, &row), DD_E_LIMIT);
    model_destroy(&model);
}

/* ---- Reports ------------------------------------------------------------------------------ */

#define TREE_REPORT                                                                                \
    "{\"broker\":\"broker0\",\"id\":\"00112233445566778899aabbccddeeff\",\"parent\":null,"         \
    "\"scope\":\"/1/2/3/\",\"version\":\"1.0.0\",\"state\":\"ok\",\"uptime_ms\":273600000,"        \
    "\"outbox\":3,\"clients\":41,\"subscriptions\":9,\"children\":2,\"in\":5,\"out\":6,\"in_"      \
    "bytes\":70,"                                                                                  \
    "\"out_bytes\":80,\"refused\":1,\"dropped\":0,\"rtt_us\":null}"
#define CLIENTS_REPORT                                                                             \
    "{\"broker\":\"broker0\",\"scope\":\"/1/2/3/\",\"clients\":["                                  \
    "{\"tenant\":\"a\",\"name\":\"cli10\",\"since_ms\":1,\"outbox\":123456,\"new\":[{}]},"         \
    "{\"tenant\":\"a\",\"name\":\"cli9\",\"since_ms\":2}]}"
#define SUBSCRIPTIONS_REPORT                                                                       \
    "{\"broker\":\"broker0\",\"scope\":\"/1/2/3/\",\"subscriptions\":["                            \
    "{\"tenant\":\"a\",\"client\":\"cli1\",\"topic\":\"alarms\",\"scope\":\"/*/\",\"path\":\"/1/"  \
    "\""                                                                                           \
    "}]}"

#define EVENTS_REPORT                                                                              \
    "{\"broker\":\"broker0\",\"broker_id\":\"1\",\"events\":["                                     \
    "{\"at_ms\":50,\"age_ms\":20,\"level\":\"info\",\"tenant\":\"a\",\"text\":\"new\\u001b\"},"    \
    "{\"at_ms\":10,\"age_ms\":60,\"level\":\"notice\",\"tenant\":\"*\",\"text\":\"old\"}]}"

static void test_reports_are_read(void **state)
{
    (void)state;
    model_t *model = model_new();
    assert_int_equal(report_parser_report(model, VIEW_TREE, TREE_REPORT, NULL), DD_OK);
    const broker_t *broker = model_row(model, VIEW_TREE, 0);
    assert_string_equal(broker->name, "broker0");
    assert_string_equal(broker->parent, "");
    assert_string_equal(broker->scope, "/1/2/3/");
    assert_int_equal(broker->clients, 41);
    assert_int_equal(broker->traffic.out_bytes, 80);
    assert_true(broker->rtt_us == MODEL_UNKNOWN);

    assert_int_equal(report_parser_report(model, VIEW_CLIENTS, CLIENTS_REPORT, NULL), DD_OK);
    assert_int_equal(model_arrange(model), DD_OK);
    assert_int_equal(model_count(model, VIEW_CLIENTS), 2);
    const client_t *client = model_row(model, VIEW_CLIENTS, 0);
    assert_string_equal(client->name, "cli9");
    assert_string_equal(client->broker, "broker0");
    assert_string_equal(client->scope, "/1/2/3/");
    assert_true(client->idle_ms == MODEL_UNKNOWN);

    assert_int_equal(
        report_parser_report(model, VIEW_SUBSCRIPTIONS, SUBSCRIPTIONS_REPORT, NULL), DD_OK);
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
        dd_error_t error = report_parser_report(model, CASES[i].view, CASES[i].json, NULL);
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
                report_parser_report(model, REPORTS[i].view, json, NULL);
            }
            json[size] = '\0';
            assert_int_equal(
                report_parser_report(model, REPORTS[i].view, json, NULL), DD_E_MALFORMED);
            json[size] = kept;
        }
        free(json);
        model_destroy(&model);
    }
}

/* ---- What is shown ------------------------------------------------------------------------ */

static void test_values_in_words(void **state)
{
    (void)state;
    static const struct {
        column_kind_t kind;
        uint64_t value;
        const char *text;
    } CASES[] = {
        {COLUMN_COUNT, 0, "0"},
        {COLUMN_COUNT, 1234567, "1234567"},
        {COLUMN_COUNT, MODEL_UNKNOWN, "-"},
        {COLUMN_US, 99, "<0.1ms"},
        {COLUMN_US, 100, "0.1ms"},
        {COLUMN_US, 12399, "12.3ms"},
        {COLUMN_US, 999999, "999.9ms"},
        {COLUMN_US, 1999999, "1s"},
        {COLUMN_FINE, 0, "0.00ms"},
        {COLUMN_FINE, 12349, "12.34ms"},
        {COLUMN_FINE, MODEL_UNKNOWN, "-"},
        {COLUMN_WHEN, 0, "1970-01-01T00:00:00.000Z"},
        {COLUMN_WHEN, 1795356199123, "2026-11-22T14:03:19.123Z"},
        {COLUMN_WHEN, MODEL_UNKNOWN, "-"},
        {COLUMN_MS, 0, "0s"},
        {COLUMN_MS, 59999, "59s"},
        {COLUMN_MS, 60000, "1m00s"},
        {COLUMN_MS, 3599999, "59m59s"},
        {COLUMN_MS, 3600000 + 300000, "1h05m"},
        {COLUMN_MS, 86400000ull * 3 + 3600000 * 4, "3d04h"},
        {COLUMN_MS, MODEL_UNKNOWN - 1, "213503982d08h"},
        {COLUMN_BYTES, 9999, "9999B"},
        {COLUMN_BYTES, 12345, "12.3kB"},
        {COLUMN_BYTES, 999999, "999.9kB"},
        {COLUMN_BYTES, 1000000, "1.0MB"},
        {COLUMN_BYTES, MODEL_UNKNOWN - 1, "18.4EB"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        column_t column = {.kind = CASES[i].kind};
        char out[COLUMN_TEXT_ROOM];
        column_text(&column, &CASES[i].value, out, sizeof out);
        assert_string_equal(out, CASES[i].text);
    }
}

/* What a view prints in a style. The caller frees it. */
static char *printed(model_t *model, view_t view, output_style_t style)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_int_equal(model_arrange(model), DD_OK);
    assert_true(output_view(out, model, view, style));
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
    report_parser_report(model, VIEW_TREE, TREE_REPORT, NULL);
    report_parser_report(model, VIEW_TREE,
        "{\"broker\":\"evil\\u001b[2J\",\"id\":\"2\","
        "\"parent\":\"00112233445566778899aabbccddeeff\"}",
        NULL);
    assert_prints(model, VIEW_TREE, OUTPUT_TABS,
        "broker0\t/1/2/3/\tok\t3d04h\t-\t41\t9\t5\t6\t1\t0\n"
        "  evil\\x1b[2J\t-\t-\t-\t-\t-\t-\t-\t-\t-\t-\n");
    char *aligned = printed(model, VIEW_TREE, OUTPUT_ALIGNED);
    assert_memory_equal(aligned, "BROKER                    SCOPE", 31);
    assert_non_null(
        strstr(aligned, "\nbroker0                   /1/2/3/           ok        3d04h"));
    assert_non_null(strstr(aligned, "\n  evil\\x1b[2J             -"));
    free(aligned);

    report_parser_report(model, VIEW_SUBSCRIPTIONS, SUBSCRIPTIONS_REPORT, NULL);
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
    event_dedup_t *follow, const char *report, output_style_t style, const char *expected)
{
    char *text;
    size_t size;
    model_t *model = model_new();
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(report_parser_report(model, VIEW_EVENTS, report, NULL), DD_OK);
    assert_int_equal(model_arrange(model), DD_OK);
    assert_true(output_events(out, model, follow, style));
    assert_int_equal(fclose(out), 0);
    assert_string_equal(text, expected);
    free(text);
    model_destroy(&model);
}

static void test_events_are_printed_once(void **state)
{
    (void)state;
    event_dedup_t *follow = event_dedup_new();
    assert_prints_events(follow, EVENTS_REPORT, OUTPUT_TABS,
        "-\tnotice\tbroker0\t*\told\n-\tinfo\tbroker0\ta\tnew\\x1b\n");
    assert_prints_events(follow, EVENTS_REPORT, OUTPUT_TABS, "");
    assert_prints_events(follow, MORE_EVENTS_REPORT, OUTPUT_JSON,
        "{\"time\":null,\"age_ms\":10,\"level\":null,\"broker\":\"broker0\",\"tenant\":null,"
        "\"text\":\"newest\",\"at_ms\":60,\"broker_id\":\"1\"}\n");
    event_dedup_destroy(&follow);
}

static void test_orders_are_printed(void **state)
{
    (void)state;
    static const char *const LINES[] = {[OUTPUT_TABS] = "drain\tx\\x1b\ty\tdone\n",
        [OUTPUT_ALIGNED] = "drain\tx\\x1b\ty\tdone\n",
        [OUTPUT_JSON] = "{\"what\":\"drain\",\"argument\":\"x\\u001b\",\"broker\":\"y\","
                        "\"done\":true}\n"};
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
    report_parser_report(model, VIEW_TREE, TREE_REPORT, NULL);
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
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_tree_has_a_limit),
        cmocka_unit_test(test_rows_have_a_limit),
        cmocka_unit_test(test_reports_are_read),
        cmocka_unit_test(test_reports_that_are_none),
        cmocka_unit_test(test_damaged_reports),
        cmocka_unit_test(test_values_in_words),
        cmocka_unit_test(test_views_are_printed),
        cmocka_unit_test(test_events_are_printed_once),
        cmocka_unit_test(test_orders_are_printed),
        cmocka_unit_test(test_json_has_all_of_a_report),
        cmocka_unit_test(test_messages_are_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
