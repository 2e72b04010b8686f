/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_protocol - dd-protocol(7) says what the code does
 */
#include <ctype.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/visit.h"
#include "tests/unit/unit.h"

#define CELLS 4
#define CELL_SIZE 128
#define ROWS_MAX 64

/* ---- The page's tables ---------------------------------------------------------------------- */

typedef struct {
    char cells[CELLS][CELL_SIZE];
} row_t;

typedef struct {
    row_t rows[ROWS_MAX];
    size_t count;
} table_t;

static char *read_file(const char *path)
{
    static char text[65536];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    assert_true(size < sizeof text - 1);
    text[size] = '\0';
    fclose(file);
    return text;
}

/* Splits ".It a Ta b Ta c" into its cells. */
static void read_row(row_t *row, const char *line)
{
    const char *at = line + strlen(".It ");
    memset(row, 0, sizeof *row);
    for (size_t i = 0; i < CELLS && at; i++) {
        const char *end = strstr(at, " Ta");
        size_t size = end ? (size_t)(end - at) : strlen(at);
        assert_true(size < CELL_SIZE);
        memcpy(row->cells[i], at, size);
        at = end && end[3] == ' ' ? end + 4 : NULL;
    }
}

/* The rows of the table whose head begins with this cell. */
static table_t read_table(const char *head)
{
    table_t table = {.count = 0};
    char first[CELL_SIZE];
    bool inside = false;
    snprintf(first, sizeof first, ".It Sy %s Ta ", head);
    char *save, *text = read_file("man/dd-protocol.7");
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        if (strncmp(line, first, strlen(first)) == 0)
            inside = true;
        else if (inside && strncmp(line, ".El", 3) == 0)
            break;
        else if (inside && strncmp(line, ".It ", 4) == 0)
            read_row(&table.rows[table.count++], line);
    }
    assert_true(table.count > 0);
    return table;
}

static const row_t *find_row(const table_t *table, const char *first)
{
    for (size_t i = 0; i < table->count; i++)
        if (strcmp(table->rows[i].cells[0], first) == 0)
            return &table->rows[i];
    return NULL;
}

/* ---- Records -------------------------------------------------------------------------------- */

/* A record with something else in every field. */
static dd_record_t full_record(uint8_t type)
{
    return (dd_record_t){.type = type,
        .flags = 0x7A,
        .hops = 0x11,
        .code = 0x2221,
        .links = 0x3332,
        .suffix = 0x1F,
        .run = 0xA4A3A2A1,
        .re = 0xB4B3B2B1,
        .features = 0xC4C3C2C1,
        .window = 0xD4D3D2D1,
        .ref = 0x44434241,
        .heartbeat = 0x54535251,
        .limit = 0x64636261,
        .first = 0x74737271,
        .number = 0x8887868584838281,
        .id = B("id"),
        .tenant = B("tenant"),
        .name = B("name"),
        .source = B("source"),
        .destination = B("destination"),
        .topic = B("topic"),
        .scope = B("scope"),
        .text = B("text"),
        .payload = B("payload")};
}

static uint64_t number_in(const dd_record_t *record, const char *field)
{
    const struct {
        const char *name;
        uint64_t value;
    } NUMBERS[] = {{"hops", record->hops}, {"code", record->code}, {"links", record->links},
        {"suffix", record->suffix}, {"run", record->run}, {"re", record->re},
        {"features", record->features}, {"window", record->window}, {"ref", record->ref},
        {"heartbeat", record->heartbeat}, {"limit", record->limit}, {"first", record->first},
        {"number", record->number}};
    for (size_t i = 0; i < COUNT(NUMBERS); i++)
        if (strcmp(NUMBERS[i].name, field) == 0)
            return NUMBERS[i].value;
    fail_msg("the page has a number '%s'", field);
    return 0;
}

/* Writes a field as the page says: "str8 name". */
static void write_field(dd_writer_t *writer, const dd_record_t *record, const char *field)
{
    char kind[16], name[32];
    assert_int_equal(sscanf(field, "%15s %31s", kind, name), 2);
    if (kind[0] == 'u') {
        uint64_t number = number_in(record, name);
        for (int bit = 0; bit < atoi(kind + 1); bit += 8)
            dd_write_u8(writer, (uint8_t)(number >> bit));
        return;
    }
    /* A field of bytes holds its own name. */
    if (strcmp(kind, "str8") == 0)
        dd_write_u8(writer, (uint8_t)strlen(name));
    else if (strcmp(kind, "str16") == 0)
        dd_write_u16(writer, (uint16_t)strlen(name));
    else
        assert_string_equal(kind, "blob");
    dd_write_bytes(writer, B(name));
}

static size_t write_record(uint8_t *bytes, const dd_record_t *record, char *fields)
{
    dd_writer_t writer = dd_writer(bytes + sizeof(uint32_t), 512);
    dd_write_u8(&writer, record->type);
    dd_write_u8(&writer, record->flags);
    char *save;
    for (char *field = strtok_r(fields, ",", &save); field; field = strtok_r(NULL, ",", &save))
        write_field(&writer, record, field);
    assert_false(writer.failed);
    size_t size = (size_t)(writer.at - bytes);
    writer = dd_writer(bytes, sizeof(uint32_t));
    dd_write_u32(&writer, (uint32_t)(size - sizeof(uint32_t)));
    return size;
}

static void test_records_have_the_fields_of_the_page(void **state)
{
    (void)state;
    table_t table = read_table("type");
    size_t types = 0;
    for (unsigned type = 0; type < 256; type++)
        types += dd_record_name((uint8_t)type) != NULL;
    assert_int_equal(table.count, types);
    for (size_t i = 0; i < table.count; i++) {
        uint8_t expected[600], bytes[600];
        row_t row = table.rows[i];
        uint8_t type = (uint8_t)atoi(row.cells[0]);
        assert_string_equal(dd_record_name(type), row.cells[1]);
        dd_record_t record = full_record(type);
        size_t size = write_record(expected, &record, row.cells[3]);
        if (dd_record_size(&record) != size)
            fail_msg("%s has other fields", row.cells[1]);
        dd_record_write(&record, bytes, size);
        assert_memory_equal(bytes, expected, size);
    }
}

/* Whether the broker takes the record from that role, now or once it is registered. */
static bool is_taken(uint8_t type, role_t role)
{
    bool taken = false;
    for (int registered = 0; registered < 2; registered++) {
        visit_t visit = visit_new(role, registered);
        dd_error_t why = DD_OK;
        dd_record_t record = visit_record(type);
        actor_say(visit.actor, &record);
        taken |=
            !visit_was_ended(&visit, &why) || (why != DD_E_PROTOCOL && why != DD_E_UNKNOWN_PEER);
        visit_end(&visit);
    }
    return taken;
}

static void test_records_come_from_those_on_the_page(void **state)
{
    static const struct {
        char letter;
        role_t role;
    } ROLES[] = {{'c', ROLE_CLIENT}, {'o', ROLE_OPERATOR}, {'d', ROLE_CHILD}, {'p', ROLE_PARENT}};
    (void)state;
    table_t table = read_table("type");
    for (size_t i = 0; i < table.count; i++) {
        const char *by = table.rows[i].cells[2];
        assert_int_equal(strspn(by, "codpb"), strlen(by));
        for (size_t k = 0; k < 4; k++)
            if (is_taken((uint8_t)atoi(table.rows[i].cells[0]), ROLES[k].role) !=
                (strchr(by, ROLES[k].letter) != NULL))
                fail_msg("%s from '%c'", table.rows[i].cells[1], ROLES[k].letter);
    }
}

/* ---- Numbers that have names ---------------------------------------------------------------- */

/* Every "PREFIX_NAME = number" of a header, with a number below `end`, is a row with the name in
   one cell and the number in another; and there are no more rows. */
static void check_names(
    const table_t *table, const char *header, const char *prefix, unsigned long end, size_t name)
{
    char *save, *text = read_file(header);
    size_t found = 0;
    for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
        line += strspn(line, " ");
        char *equals = strstr(line, " = ");
        if (strncmp(line, prefix, strlen(prefix)) != 0 || !equals)
            continue;
        unsigned long number = strtoul(equals + 3, NULL, 0);
        if (number >= end)
            continue;
        *equals = '\0';
        size_t i = 0;
        while (i < table->count && strtoul(table->rows[i].cells[0], NULL, 0) != number)
            i++;
        assert_true(i < table->count);
        assert_string_equal(table->rows[i].cells[1], line + name);
        found++;
    }
    assert_int_equal(found, table->count);
}

static void test_codes_and_flags_are_those_of_the_headers(void **state)
{
    (void)state;
    table_t table = read_table("code");
    check_names(&table, "libdd/include/dd.h", "DD_E_", DD_E_ARGUMENT, 0);
    table = read_table("flag");
    check_names(&table, "libdd/protocol/record.h", "DD_FLAG_", 256, strlen("DD_FLAG_"));
}

static void test_limits_are_those_of_the_headers(void **state)
{
    static const struct {
        const char *what;
        long limit;
    } LIMITS[] = {
        {"bytes of a tenant's name", DD_TENANT_MAX},
        {"bytes of a client's name", DD_CLIENT_MAX},
        {"bytes of a broker's name", DD_BROKER_MAX},
        {"bytes of a topic", DD_TOPIC_MAX},
        {"numbers in a scope", DD_SCOPE_DEPTH_MAX},
        {"largest number in a scope", DD_SCOPE_NUMBER_MAX},
        {"links a record passes", DD_HOPS_MAX},
        {"brokers above a broker", DD_ANCESTORS_MAX},
        {"ranges in an ACK", DD_ACK_RANGES_MAX},
        {"ms between PINGs, at least", DD_HEARTBEAT_LEAST},
        {"ms between PINGs, at most", DD_HEARTBEAT_MOST},
        {"questions of a client in ten seconds", 64},
        {"questions of an operator in ten seconds", QUOTA_OPERATOR_QUESTIONS},
        {"questions of a link in ten seconds", 4000},
        {"brokers beneath a child", 10000},
        {"operators and children beyond the clients, at least", CORE_RESERVED},
        {"bytes of a payload, if nothing else is configured", DD_PAYLOAD_DEFAULT},
        {"bytes of a payload, at most", DD_PAYLOAD_MAX},
    };
    (void)state;
    table_t table = read_table("what");
    assert_int_equal(table.count, COUNT(LIMITS));
    for (size_t i = 0; i < table.count; i++) {
        const row_t *row = find_row(&table, LIMITS[i].what);
        assert_non_null(row);
        assert_int_equal(atol(row->cells[1]), LIMITS[i].limit);
    }
}

/* ---- Reports -------------------------------------------------------------------------------- */

static bool is_type(json_object *value, const char *type)
{
    switch (json_object_get_type(value)) {
    case json_type_null:
        return strstr(type, "or null");
    case json_type_boolean:
        return strcmp(type, "boolean") == 0;
    case json_type_int:
        return strncmp(type, "number", 6) == 0;
    case json_type_string:
        return strncmp(type, "text", 4) == 0;
    case json_type_array:
        return strncmp(type, "list", 4) == 0;
    default:
        return false;
    }
}

/* Every member of the object is in one of the tables, and has the type that stands there. */
static size_t check_members(
    json_object *object, const char *list, const table_t tables[], size_t count)
{
    size_t found = 0;
    json_object_object_foreach(object, name, value)
    {
        const row_t *row = NULL;
        if (strcmp(name, list) == 0)
            continue;
        for (size_t i = 0; i < count && !row; i++)
            row = find_row(&tables[i], name);
        if (!row || !is_type(value, row->cells[1]))
            fail_msg("'%s' of %s is not as the page says", name, list);
        found++;
    }
    return found;
}

static json_object *ask(actor_t *actor, const dd_record_t *question)
{
    actor_skip(actor);
    actor_say(actor, question);
    dd_bytes_t payload = actor_expect(actor, DD_REPORT)->payload;
    char text[4096];
    dd_bytes_copy(payload, text, sizeof text);
    json_object *report = json_tokener_parse(text);
    assert_non_null(report);
    return report;
}

static void check_page(actor_t *actor, const char *what)
{
    table_t tables[] = {read_table("report"), read_table("page")}, rows = read_table(what);
    json_object *report = ask(actor, &(dd_record_t){.type = DD_INSPECT, .ref = 1, .text = B(what)});
    assert_int_equal(check_members(report, what, tables, 2), tables[0].count + tables[1].count);
    json_object *row = json_object_array_get_idx(json_object_object_get(report, what), 0);
    assert_non_null(row);
    assert_int_equal(check_members(row, "", &rows, 1), rows.count);
    json_object_put(report);
}

static void test_reports_have_the_members_of_the_page(void **state)
{
    static const char *const LISTS[] = {"clients", "subscriptions", "events", "quotas"};
    (void)state;
    visit_t visit = visit_new(ROLE_OPERATOR, true);
    table_t tables[] = {read_table("report"), read_table("tree")};
    json_object *report =
        ask(visit.actor, &(dd_record_t){.type = DD_INSPECT, .ref = 1, .text = B("tree")});
    assert_int_equal(check_members(report, "", tables, 2), tables[0].count + tables[1].count);
    json_object_put(report);
    actor_subscribe(visit.bystander, "topic", "all");
    actor_expect(visit.bystander, DD_SUBSCRIBED);
    for (size_t i = 0; i < COUNT(LISTS); i++)
        check_page(visit.actor, LISTS[i]);
    visit_end(&visit);
}

static void test_controls_are_those_of_the_page(void **state)
{
    (void)state;
    visit_t visit = visit_new(ROLE_OPERATOR, true);
    table_t tables[] = {read_table("report"), read_table("control")}, words = read_table("text");
    for (size_t i = 0; i < words.count; i++) {
        dd_record_t record = {.type = DD_CONTROL, .ref = 1, .name = B("wrong")};
        record.id = broker_id(visit.broker);
        record.text = B(words.rows[i].cells[0]);
        json_object *report = ask(visit.actor, &record);
        assert_int_equal(check_members(report, "", tables, 2), tables[0].count + tables[1].count);
        assert_string_not_equal(
            json_object_get_string(json_object_object_get(report, "failure")), "no such control");
        json_object_put(report);
    }
    visit_end(&visit);
}

/* ---- Examples ------------------------------------------------------------------------------- */

/* Reads the frame in hexadecimal that begins at the text's next "DD 05"; NULL if there is none. */
static char *read_example(char *text, uint8_t *bytes, size_t *size)
{
    char *at = strstr(text, "\nDD 05");
    for (*size = 0; at; (*size)++) {
        at += strspn(at, " \n");
        if (!isxdigit(at[0]) || !isxdigit(at[1]))
            break;
        bytes[*size] = (uint8_t)strtoul(at, &at, 16);
    }
    return at;
}

static void test_the_examples_do_what_the_page_says(void **state)
{
    (void)state;
    uint8_t bytes[128];
    size_t size;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *actor = actor_connect(broker, "a");
    char *at = read_example(read_file("man/dd-protocol.7"), bytes, &size);
    actor_say_bytes(actor, bytes, size);
    assert_bytes(actor_expect(actor, DD_WELCOME)->name, "cli1");
    assert_int_equal(actor_peer(actor)->instance, 0x123456789abc0001);
    at = read_example(at, bytes, &size);
    actor_say_bytes(actor, bytes, size);
    assert_bytes(actor_expect(actor, DD_SUBSCRIBED)->topic, "t");
    assert_bytes(actor_expect(actor, DD_PUBLICATION)->payload, "hi");
    actor_expect_nothing(actor);
    assert_null(read_example(at, bytes, &size));
    tree_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records_have_the_fields_of_the_page),
        cmocka_unit_test(test_records_come_from_those_on_the_page),
        cmocka_unit_test(test_codes_and_flags_are_those_of_the_headers),
        cmocka_unit_test(test_limits_are_those_of_the_headers),
        cmocka_unit_test(test_reports_have_the_members_of_the_page),
        cmocka_unit_test(test_controls_are_those_of_the_page),
        cmocka_unit_test(test_the_examples_do_what_the_page_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
