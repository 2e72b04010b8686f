/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_columns - fields are read, ordered, and put into words and JSON
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddtui/model/columns.h"
#include "ddtui/model/trace.h"
#include "tests/unit/unit.h"

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

static bool read_turns(broker_t *broker, const char *json)
{
    json_object *object = json_tokener_parse(json);
    assert_non_null(object);
    columns_clear(columns_of(VIEW_TREE), broker);
    bool good = columns_read(columns_of(VIEW_TREE), broker, object);
    json_object_put(object);
    return good;
}

static void test_the_lengths_of_turns(void **state)
{
    static const struct {
        const char *report; /* its turns_us */
        bool good;
        const char *text;
    } CASES[] = {
        {"[48211,12,0,0,3,0,0,0,0,0,0,0,0,0,1,1]", true,
            "48211 up to 64us, 12 up to 128us, 3 up to 1ms, 1 up to 1s, 1 longer than 1s"},
        {"[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]", true, ""},
        {"null", true, "-"},
        {"[1,2,3]", true, "-"},
        {"[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,-1]", false, "-"},
        {"[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,\"1\"]", false, "-"},
        {"7", false, "-"},
    };
    (void)state;
    const column_t *column = columns_find(columns_of(VIEW_TREE), "turns_us");
    for (size_t i = 0; i < COUNT(CASES); i++) {
        broker_t broker;
        char report[256], text[COLUMN_TEXT_ROOM];
        snprintf(report, sizeof report, "{\"turns_us\":%s}", CASES[i].report);
        assert_int_equal(read_turns(&broker, report), CASES[i].good);
        column_text(column, &broker, text, sizeof text);
        assert_string_equal(text, CASES[i].text);
        json_object *object = columns_json(columns_of(VIEW_TREE), &broker);
        const char *shown = json_object_to_json_string_ext(
            json_object_object_get(object, "turns_us"), JSON_C_TO_STRING_PLAIN);
        assert_string_equal(shown, text[0] == '-' ? "null" : CASES[i].report);
        json_object_put(object);
    }
}

static void test_texts_are_escaped(void **state)
{
    (void)state;
    broker_t broker = {.name = "evil\x1b[2J", .scope = "/1/2/"};
    const columns_t *columns = columns_of(VIEW_TREE);
    char out[COLUMN_TEXT_ROOM];
    column_text(columns_find(columns, "broker"), &broker, out, sizeof out);
    assert_string_equal(out, "evil\\x1b[2J");
    column_text(columns_find(columns, "state"), &broker, out, sizeof out);
    assert_string_equal(out, "-");
    column_text(columns_find(columns, "scope"), &broker, out, 4);
    assert_string_equal(out, "/1/");
}

/* ---- The tables --------------------------------------------------------------------------- */

static const struct {
    view_t view;
    const char *name;
    size_t row_size;
} TABLES[] = {{VIEW_TREE, "tree", sizeof(broker_t)}, {VIEW_CLIENTS, "clients", sizeof(client_t)},
    {VIEW_SUBSCRIPTIONS, "subscriptions", sizeof(subscription_t)},
    {VIEW_EVENTS, "events", sizeof(happening_t)}, {VIEW_TOPICS, "topics", sizeof(topic_t)},
    {VIEW_TOPIC_PARTS, "topics", sizeof(topic_t)}};

static void assert_agrees(const columns_t *columns, size_t row_size)
{
    bool has_key = false;
    for (size_t i = 0; i < columns->count; i++) {
        const column_t *column = &columns->columns[i];
        assert_ptr_equal(columns_find(columns, column->field), column); /* no name twice */
        assert_true(column->offset + (column->kind == COLUMN_TEXT ? column->room : 8) <= row_size);
        assert_true(!column->title || column->width >= strlen(column->title));
        has_key |= column->key;
    }
    assert_true(has_key);
    assert_null(columns_find(columns, "no such field"));
}

static void test_tables_agree_with_themselves(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(TABLES); i++) {
        assert_string_equal(columns_of(TABLES[i].view)->name, TABLES[i].name);
        assert_agrees(columns_of(TABLES[i].view), TABLES[i].row_size);
    }
    assert_agrees(&HOP_COLUMNS, sizeof(hop_t));
}

static void test_rows_begin_unknown(void **state)
{
    (void)state;
    broker_t broker;
    memset(&broker, 'x', sizeof broker);
    columns_clear(columns_of(VIEW_TREE), &broker);
    for (size_t i = 0; i < columns_of(VIEW_TREE)->count; i++) {
        char out[COLUMN_TEXT_ROOM];
        column_text(&columns_of(VIEW_TREE)->columns[i], &broker, out, sizeof out);
        assert_string_equal(out, "-");
    }
    assert_false(columns_complete(columns_of(VIEW_TREE), &broker));
}

/* ---- Reading ------------------------------------------------------------------------------ */

static bool read_client(client_t *client, const char *json)
{
    struct json_object *object = json_tokener_parse(json);
    assert_non_null(object);
    bool good = columns_read(columns_of(VIEW_CLIENTS), client, object);
    json_object_put(object);
    return good;
}

static void test_fields_are_read(void **state)
{
    (void)state;
    client_t client;
    columns_clear(columns_of(VIEW_CLIENTS), &client);
    assert_true(read_client(&client, "{\"name\":\"cli1\",\"in\":5,\"outbox\":18446744073709551615,"
                                     "\"new in some version\":{}}"));
    assert_string_equal(client.name, "cli1");
    assert_int_equal(client.traffic.in, 5);
    assert_true(client.idle_ms == MODEL_UNKNOWN);
    /* Another object adds to it, and null takes a value back. */
    assert_true(read_client(&client, "{\"tenant\":\"a\",\"in\":null}"));
    assert_string_equal(client.name, "cli1");
    assert_string_equal(client.tenant, "a");
    assert_true(client.traffic.in == MODEL_UNKNOWN);
}

static void test_values_that_cannot_be(void **state)
{
    (void)state;
    static const char *const CASES[] = {"{\"name\":5}", "{\"name\":[]}", "{\"in\":-1}",
        "{\"in\":1.5}", "{\"in\":\"1\"}", "{\"in\":true}", "{\"name\":\"a\\u0000b\"}"};
    char json[DD_TENANT_MAX + 64];
    client_t client;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        columns_clear(columns_of(VIEW_CLIENTS), &client);
        assert_false(read_client(&client, CASES[i]));
    }
    for (int more = 0; more <= 1; more++) { /* as long as there is room, and one byte longer */
        snprintf(json, sizeof json, "{\"tenant\":\"%0*d\"}", DD_TENANT_MAX + more, 0);
        assert_int_equal(read_client(&client, json), more == 0);
    }
}

static void test_what_the_console_works_out_is_not_read(void **state)
{
    (void)state;
    client_t client;
    columns_clear(columns_of(VIEW_CLIENTS), &client);
    assert_true(read_client(&client, "{\"in_rate\":5,\"out_rate\":\"nonsense\"}"));
    assert_true(client.traffic.in_rate == MODEL_UNKNOWN);
}

static void test_what_makes_a_row(void **state)
{
    (void)state;
    subscription_t row = {.client = "cli1"};
    assert_false(columns_complete(columns_of(VIEW_SUBSCRIPTIONS), &row));
    snprintf(row.topic, sizeof row.topic, "t");
    assert_true(columns_complete(columns_of(VIEW_SUBSCRIPTIONS), &row));
    row.client[0] = '\0';
    assert_false(columns_complete(columns_of(VIEW_SUBSCRIPTIONS), &row));
}

/* ---- Orders and JSON ---------------------------------------------------------------------- */

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

static void test_orders(void **state)
{
    (void)state;
    static const struct {
        const char *field;
        client_t left, right;
        int order;
    } CASES[] = {
        {"name", {.name = "cli9"}, {.name = "cli10"}, -1},
        {"name", {.name = "b"}, {.name = "a"}, 1},
        {"name", {.name = "a"}, {.name = "a"}, 0},
        {"name", {.name = ""}, {.name = "a"}, 1}, /* what isn't known comes last */
        {"outbox", {.outbox = 9}, {.outbox = 10}, -1},
        {"outbox", {.outbox = MODEL_UNKNOWN}, {.outbox = 10}, 1},
        {"outbox", {.outbox = MODEL_UNKNOWN}, {.outbox = MODEL_UNKNOWN}, 0},
        {"outbox", {.outbox = 0}, {.outbox = MODEL_UNKNOWN - 1}, -1},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        const column_t *column = columns_find(columns_of(VIEW_CLIENTS), CASES[i].field);
        assert_int_equal(
            sign(column_compare(column, &CASES[i].left, &CASES[i].right)), CASES[i].order);
        assert_int_equal(
            sign(column_compare(column, &CASES[i].right, &CASES[i].left)), -CASES[i].order);
    }
}

static void test_json(void **state)
{
    (void)state;
    happening_t event;
    columns_clear(columns_of(VIEW_EVENTS), &event);
    snprintf(event.text, sizeof event.text, "\x1b \"quoted\"");
    event.time_ms = 1795356199123;
    event.age_ms = 0;
    struct json_object *object = columns_json(columns_of(VIEW_EVENTS), &event);
    assert_string_equal(json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN),
        "{\"time\":\"2026-11-22T14:03:19.123Z\",\"age_ms\":0,\"level\":null,\"broker\":null,"
        "\"tenant\":null,\"text\":\"\\u001b \\\"quoted\\\"\",\"at_ms\":null,\"broker_id\":null}");
    json_object_put(object);
    client_t client = {.name = "cli1"};
    object = columns_json(columns_of(VIEW_CLIENTS), &client);
    assert_null(json_object_object_get(object, "in_rate")); /* a rate is in no JSON */
    json_object_put(object);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_in_words),
        cmocka_unit_test(test_the_lengths_of_turns),
        cmocka_unit_test(test_texts_are_escaped),
        cmocka_unit_test(test_tables_agree_with_themselves),
        cmocka_unit_test(test_rows_begin_unknown),
        cmocka_unit_test(test_fields_are_read),
        cmocka_unit_test(test_values_that_cannot_be),
        cmocka_unit_test(test_what_the_console_works_out_is_not_read),
        cmocka_unit_test(test_what_makes_a_row),
        cmocka_unit_test(test_orders),
        cmocka_unit_test(test_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
