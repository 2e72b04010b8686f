/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_record - the native protocol: each type there and back
 */
#include <stdio.h>

#include "tests/unit/libdd/records.h"
#include "tests/unit/unit.h"

/* ---- What the protocol says ------------------------------------------------------------------ */

/* The field of that name, which ends at a space. */
static size_t field_named(const char *name)
{
    size_t length = strcspn(name, " ");
    for (size_t i = 0; i < RECORD_FIELD_COUNT; i++)
        if (strlen(RECORD_FIELDS[i].name) == length &&
            strncmp(RECORD_FIELDS[i].name, name, length) == 0)
            return i;
    fail_msg("no field is called %s", name);
    return 0;
}

/* Writes a number of so many bytes, the lowest first. */
static uint8_t *put_number(uint8_t *at, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        *at++ = (uint8_t)(number >> (8 * i));
    return at;
}

static uint8_t *put_field(uint8_t *at, size_t field, const dd_record_t *record)
{
    const uint8_t *place = (const uint8_t *)record + RECORD_FIELDS[field].offset;
    if (RECORD_FIELDS[field].size > 0) { /* all bytes of it are the same */
        memcpy(at, place, RECORD_FIELDS[field].size);
        return at + RECORD_FIELDS[field].size;
    }
    dd_bytes_t bytes = *(const dd_bytes_t *)(const void *)place;
    if (strcmp(RECORD_FIELDS[field].name, "payload") != 0) {
        bool is_long = strcmp(RECORD_FIELDS[field].name, "id") == 0 ||
                       strcmp(RECORD_FIELDS[field].name, "text") == 0;
        at = put_number(at, bytes.size, is_long ? 2 : 1);
    }
    memcpy(at, bytes.data, bytes.size);
    return at + bytes.size;
}

/* What the table above says a frame of this record is; returns its size. */
static size_t encode_by_table(size_t type, const dd_record_t *record, uint8_t *frame)
{
    uint8_t *at = frame + DD_FRAME_HEADER + DD_RECORD_HEADER;
    const char *name = RECORD_TYPES[type].fields;
    for (; *name; name = strchr(name, ' ') + 1)
        at = put_field(at, field_named(name), record);
    size_t size = (size_t)(at - frame);
    put_number(frame, DD_FRAME_MAGIC | DD_FRAME_VERSION << 8, 2);
    put_number(frame + 2, size - DD_FRAME_HEADER - 4, 4);
    frame[6] = record->type;
    frame[7] = record->flags;
    return size;
}

/* ---- There and back -------------------------------------------------------------------------- */

static bool has_field(size_t type, size_t field)
{
    char word[32];
    snprintf(word, sizeof word, "%s ", RECORD_FIELDS[field].name);
    const char *found = strstr(RECORD_TYPES[type].fields, word);
    return found && (found == RECORD_TYPES[type].fields || found[-1] == ' ');
}

static bool field_equal(size_t field, const dd_record_t *a, const dd_record_t *b)
{
    const uint8_t *at_a = (const uint8_t *)a + RECORD_FIELDS[field].offset;
    const uint8_t *at_b = (const uint8_t *)b + RECORD_FIELDS[field].offset;
    if (RECORD_FIELDS[field].size > 0)
        return memcmp(at_a, at_b, RECORD_FIELDS[field].size) == 0;
    return dd_bytes_equal(
        *(const dd_bytes_t *)(const void *)at_a, *(const dd_bytes_t *)(const void *)at_b);
}

static void test_every_type_there_and_back(void **state)
{
    (void)state;
    static const dd_record_t NOTHING = {0};
    for (size_t i = 0; i < RECORD_TYPE_COUNT; i++) {
        uint8_t frame[RECORD_FRAME_MAX], expected[RECORD_FRAME_MAX];
        dd_record_t before = record_full(RECORD_TYPES[i].type), after;
        assert_string_equal(dd_record_name(RECORD_TYPES[i].type), RECORD_TYPES[i].name);
        size_t size = record_encode(&before, frame);
        assert_int_equal(size, encode_by_table(i, &before, expected));
        assert_memory_equal(frame, expected, size);
        dd_reader_t reader;
        assert_true(dd_frame_open(&reader, frame, size));
        assert_int_equal(dd_frame_next(&reader, &after), DD_OK);
        assert_false(dd_frame_more(&reader));
        assert_int_equal(after.type, before.type);
        assert_int_equal(after.flags, before.flags);
        for (size_t field = 0; field < RECORD_FIELD_COUNT; field++)
            assert_true(field_equal(field, &after, has_field(i, field) ? &before : &NOTHING));
    }
}

static void test_there_are_no_other_types(void **state)
{
    (void)state;
    size_t known = 0;
    for (unsigned type = 0; type < 256; type++)
        known += dd_record_name((uint8_t)type) != NULL;
    assert_int_equal(known, RECORD_TYPE_COUNT);
    assert_int_equal(dd_record_size(&(dd_record_t){.type = 0}), 0);
    assert_int_equal(dd_record_size(&(dd_record_t){.type = 255}), 0);
}

/* Some records byte by byte, so that writer and reader can't be wrong together. */
static void test_bytes_on_the_wire(void **state)
{
    (void)state;
    const struct {
        dd_record_t record;
        const char *bytes;
        size_t size;
    } CASES[] = {
        {{.type = DD_SYNCED}, "\xDD\x05\x02\0\0\0\x34\0", 8},
        {{.type = DD_PING, .number = 0x0102030405060708},
            "\xDD\x05\x0A\0\0\0\x05\0\x08\x07\x06\x05\x04\x03\x02\x01", 16},
        {{.type = DD_ERROR, .code = 0x0201, .ref = 0x06050403, .text = dd_bytes_of("no")},
            "\xDD\x05\x0C\0\0\0\x08\0\x01\x02\x03\x04\x05\x06\x02\0no", 18},
        {{.type = DD_SEND,
             .flags = DD_FLAG_RECEIPT,
             .ref = 7,
             .run = 5,
             .destination = dd_bytes_of("cli2"),
             .payload = dd_bytes_of("sealed")},
            "\xDD\x05\x15\0\0\0\x10\x01\x07\0\0\0\x05\0\0\0\x04"
            "cli2sealed",
            27},
        {{.type = DD_SEND, .flags = DD_FLAG_REPLY, .ref = 7, .re = 6},
            "\xDD\x05\x0F\0\0\0\x10\x20\x07\0\0\0\0\0\0\0\x06\0\0\0\0", 21},
        {{.type = DD_PUBLISH, .topic = dd_bytes_of("t")}, "\xDD\x05\x04\0\0\0\x24\0\x01t", 10},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        uint8_t frame[RECORD_FRAME_MAX];
        assert_int_equal(record_encode(&CASES[i].record, frame), CASES[i].size);
        assert_memory_equal(frame, CASES[i].bytes, CASES[i].size);
    }
}

static void test_several_records(void **state)
{
    (void)state;
    uint8_t frame[RECORD_FRAME_MAX] = {DD_FRAME_MAGIC, DD_FRAME_VERSION};
    size_t size = DD_FRAME_HEADER;
    for (size_t i = 0; i < RECORD_TYPE_COUNT; i++) {
        dd_record_t record = record_full(RECORD_TYPES[i].type);
        dd_record_write(&record, frame + size, dd_record_size(&record));
        size += dd_record_size(&record);
    }
    dd_reader_t reader;
    assert_true(dd_frame_open(&reader, frame, size));
    for (size_t i = 0; i < RECORD_TYPE_COUNT; i++) {
        dd_record_t record;
        assert_true(dd_frame_more(&reader));
        assert_int_equal(dd_frame_next(&reader, &record), DD_OK);
        assert_int_equal(record.type, RECORD_TYPES[i].type);
    }
    assert_false(dd_frame_more(&reader));
}

/* ---- Lengths --------------------------------------------------------------------------------- */

static void test_longest_strings(void **state)
{
    (void)state;
    static uint8_t text[UINT16_MAX + 1];
    dd_record_t record = {.type = DD_HELLO, .name = {text, UINT8_MAX}};
    assert_int_equal(dd_record_size(&record), DD_RECORD_HEADER + 8 + 4 + 1 + UINT8_MAX);
    record.name.size++;
    assert_int_equal(dd_record_size(&record), 0);
    record = (dd_record_t){.type = DD_BYE, .text = {text, UINT16_MAX}};
    assert_int_equal(dd_record_size(&record), DD_RECORD_HEADER + 2 + 2 + UINT16_MAX);
    record.text.size++;
    assert_int_equal(dd_record_size(&record), 0);
    record = (dd_record_t){.type = DD_PUBLISH, .payload = {text, (size_t)UINT32_MAX}};
    assert_int_equal(dd_record_size(&record), 0);
}

/* What a record takes beside its payload is within what sockets allow for it. */
static void test_overhead(void **state)
{
    (void)state;
    static uint8_t text[UINT8_MAX];
    for (size_t i = 0; i < RECORD_TYPE_COUNT; i++) {
        dd_record_t record = {.type = RECORD_TYPES[i].type};
        if (!record_ends_with_payload(i))
            continue;
        record.tenant = dd_bytes(text, DD_TENANT_MAX);
        record.source = record.destination = dd_bytes(text, DD_NAME_MAX);
        record.topic = dd_bytes(text, DD_TOPIC_MAX);
        record.scope = dd_bytes(text, DD_SCOPE_MAX);
        assert_in_range(dd_record_size(&record), 1, DD_RECORD_OVERHEAD);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_type_there_and_back),
        cmocka_unit_test(test_there_are_no_other_types),
        cmocka_unit_test(test_bytes_on_the_wire),
        cmocka_unit_test(test_several_records),
        cmocka_unit_test(test_longest_strings),
        cmocka_unit_test(test_overhead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
