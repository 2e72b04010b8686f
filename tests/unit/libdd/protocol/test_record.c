/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_record - the native protocol: each type there and back, and bytes that are no record
 */
#include <stdio.h>
#include <stdlib.h>

#include "libdd/protocol/record.h"
#include "tests/unit/unit.h"

#define FRAME_MAX 4096

/* ---- What the protocol says ------------------------------------------------------------------ */

/* Fields by name, for the table below. */
static const struct {
    const char *name;
    size_t offset;
    size_t size; /* of an integer; 0 for a string */
} FIELDS[] = {
    {"hops", offsetof(dd_record_t, hops), 1},
    {"code", offsetof(dd_record_t, code), 2},
    {"suffix", offsetof(dd_record_t, suffix), 1},
    {"links", offsetof(dd_record_t, links), 2},
    {"ref", offsetof(dd_record_t, ref), 4},
    {"run", offsetof(dd_record_t, run), 4},
    {"re", offsetof(dd_record_t, re), 4},
    {"features", offsetof(dd_record_t, features), 4},
    {"window", offsetof(dd_record_t, window), 4},
    {"heartbeat", offsetof(dd_record_t, heartbeat), 4},
    {"limit", offsetof(dd_record_t, limit), 4},
    {"first", offsetof(dd_record_t, first), 4},
    {"number", offsetof(dd_record_t, number), 8},
    {"id", offsetof(dd_record_t, id), 0},
    {"tenant", offsetof(dd_record_t, tenant), 0},
    {"name", offsetof(dd_record_t, name), 0},
    {"source", offsetof(dd_record_t, source), 0},
    {"destination", offsetof(dd_record_t, destination), 0},
    {"topic", offsetof(dd_record_t, topic), 0},
    {"scope", offsetof(dd_record_t, scope), 0},
    {"text", offsetof(dd_record_t, text), 0},
    {"payload", offsetof(dd_record_t, payload), 0},
};

static const struct {
    uint8_t type;
    const char *name;
    const char *fields; /* in order, each followed by a space */
} TYPES[] = {
    {1, "HELLO", "number features name "},
    {2, "WELCOME", "heartbeat limit window features tenant name id source scope "},
    {3, "JOIN", "features limit id name scope "},
    {4, "ADMIT", "heartbeat limit window features name scope id "},
    {5, "PING", "number "},
    {6, "PONG", "number "},
    {7, "BYE", "code text "},
    {8, "ERROR", "code ref text "},
    {9, "TAKEN", "number "},
    {10, "DRAIN", "code text "},
    {16, "SEND", "ref run re destination payload "},
    {17, "DATA", "ref run re source payload "},
    {18, "FORWARD", "hops ref run re source destination payload "},
    {19, "RECEIPT", "hops code ref source destination "},
    {20, "HOP", "hops code ref number name scope destination text "},
    {21, "ACK", "hops run source destination payload "},
    {32, "SUBSCRIBE", "ref topic scope "},
    {33, "UNSUBSCRIBE", "ref topic scope "},
    {34, "SUBSCRIBED", "ref topic scope "},
    {35, "UNSUBSCRIBED", "ref topic scope "},
    {36, "PUBLISH", "topic payload "},
    {37, "PUBLICATION", "suffix source topic scope payload "},
    {38, "RELAY", "hops suffix tenant source topic scope payload "},
    {39, "GAP", "number tenant topic scope "},
    {48, "ADD_CLIENT", "number name "},
    {49, "DROP_CLIENT", "number code name "},
    {50, "ADD_INTEREST", "tenant topic scope "},
    {51, "DROP_INTEREST", "tenant topic scope "},
    {52, "SYNCED", ""},
    {53, "CONTEST", "number name "},
    {54, "KEPT", "number name "},
    {55, "GONE", "number name "},
    {64, "INSPECT", "hops ref number tenant id first limit text "},
    {65, "REPORT", "links ref number payload "},
    {66, "CONTROL", "hops ref number source id name text "},
};

static bool has_field(size_t type, size_t field)
{
    char word[32];
    snprintf(word, sizeof word, "%s ", FIELDS[field].name);
    const char *found = strstr(TYPES[type].fields, word);
    return found && (found == TYPES[type].fields || found[-1] == ' ');
}

static bool ends_with_payload(size_t type)
{
    return strstr(TYPES[type].fields, "payload ") != NULL;
}

/* A record with every field different from every other, whether the type has it or not. */
static dd_record_t full_record(uint8_t type)
{
    static const char *const STRINGS[] = {"0123456789abcdef", "tenant", "the-name", "the-source",
        "the-destination", "topic", "/1/2/", "some words", "\x00\xff payload"};
    dd_record_t record = {.type = type, .flags = 0x55};
    size_t string = 0;
    for (size_t i = 0; i < COUNT(FIELDS); i++) {
        uint8_t *place = (uint8_t *)&record + FIELDS[i].offset;
        if (FIELDS[i].size > 0) {
            memset(place, (int)(0x11 + i), FIELDS[i].size);
        } else {
            dd_bytes_t bytes = dd_bytes_of(STRINGS[string]);
            if (bytes.size == 0)
                bytes.size = 10;
            *(dd_bytes_t *)(void *)place = bytes;
            string++;
        }
    }
    return record;
}

/* Encodes a frame of one record; returns its size. */
static size_t encode(const dd_record_t *record, uint8_t frame[FRAME_MAX])
{
    size_t size = dd_record_size(record);
    assert_in_range(size, DD_RECORD_HEADER, FRAME_MAX - DD_FRAME_HEADER);
    frame[0] = DD_FRAME_MAGIC;
    frame[1] = DD_FRAME_VERSION;
    dd_record_write(record, frame + DD_FRAME_HEADER, size);
    return DD_FRAME_HEADER + size;
}

/* Reads a frame to its end or first fault, from memory of exactly its size, so that a sanitizer
   sees every step beyond it. The number of records, or -1. */
static int decode(const uint8_t *frame, size_t size, dd_record_t *last)
{
    uint8_t *exact = malloc(size > 0 ? size : 1);
    assert_non_null(exact);
    memcpy(exact, frame, size);
    dd_reader_t reader;
    int count = -1;
    if (dd_frame_open(&reader, exact, size)) {
        for (count = 0; dd_frame_more(&reader); count++) {
            if (dd_frame_next(&reader, last) != DD_OK) {
                count = -1;
                break;
            }
            assert_true(count < FRAME_MAX);
        }
    }
    free(exact);
    return count;
}

/* The field of that name, which ends at a space. */
static size_t field_named(const char *name)
{
    size_t length = strcspn(name, " ");
    for (size_t i = 0; i < COUNT(FIELDS); i++)
        if (strlen(FIELDS[i].name) == length && strncmp(FIELDS[i].name, name, length) == 0)
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
    const uint8_t *place = (const uint8_t *)record + FIELDS[field].offset;
    if (FIELDS[field].size > 0) { /* all bytes of it are the same */
        memcpy(at, place, FIELDS[field].size);
        return at + FIELDS[field].size;
    }
    dd_bytes_t bytes = *(const dd_bytes_t *)(const void *)place;
    if (strcmp(FIELDS[field].name, "payload") != 0) {
        bool is_long =
            strcmp(FIELDS[field].name, "id") == 0 || strcmp(FIELDS[field].name, "text") == 0;
        at = put_number(at, bytes.size, is_long ? 2 : 1);
    }
    memcpy(at, bytes.data, bytes.size);
    return at + bytes.size;
}

/* What the table above says a frame of this record is; returns its size. */
static size_t encode_by_table(size_t type, const dd_record_t *record, uint8_t *frame)
{
    uint8_t *at = frame + DD_FRAME_HEADER + DD_RECORD_HEADER;
    const char *name = TYPES[type].fields;
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

static bool field_equal(size_t field, const dd_record_t *a, const dd_record_t *b)
{
    const uint8_t *at_a = (const uint8_t *)a + FIELDS[field].offset;
    const uint8_t *at_b = (const uint8_t *)b + FIELDS[field].offset;
    if (FIELDS[field].size > 0)
        return memcmp(at_a, at_b, FIELDS[field].size) == 0;
    return dd_bytes_equal(
        *(const dd_bytes_t *)(const void *)at_a, *(const dd_bytes_t *)(const void *)at_b);
}

static void test_every_type_there_and_back(void **state)
{
    (void)state;
    static const dd_record_t NOTHING = {0};
    for (size_t i = 0; i < COUNT(TYPES); i++) {
        uint8_t frame[FRAME_MAX], expected[FRAME_MAX];
        dd_record_t before = full_record(TYPES[i].type), after;
        assert_string_equal(dd_record_name(TYPES[i].type), TYPES[i].name);
        size_t size = encode(&before, frame);
        assert_int_equal(size, encode_by_table(i, &before, expected));
        assert_memory_equal(frame, expected, size);
        dd_reader_t reader;
        assert_true(dd_frame_open(&reader, frame, size));
        assert_int_equal(dd_frame_next(&reader, &after), DD_OK);
        assert_false(dd_frame_more(&reader));
        assert_int_equal(after.type, before.type);
        assert_int_equal(after.flags, before.flags);
        for (size_t field = 0; field < COUNT(FIELDS); field++)
            assert_true(field_equal(field, &after, has_field(i, field) ? &before : &NOTHING));
    }
}

static void test_there_are_no_other_types(void **state)
{
    (void)state;
    size_t known = 0;
    for (unsigned type = 0; type < 256; type++)
        known += dd_record_name((uint8_t)type) != NULL;
    assert_int_equal(known, COUNT(TYPES));
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
             .re = 6,
             .destination = dd_bytes_of("cli2"),
             .payload = dd_bytes_of("sealed")},
            "\xDD\x05\x19\0\0\0\x10\x01\x07\0\0\0\x05\0\0\0\x06\0\0\0\x04"
            "cli2sealed",
            31},
        {{.type = DD_PUBLISH, .topic = dd_bytes_of("t")}, "\xDD\x05\x04\0\0\0\x24\0\x01t", 10},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        uint8_t frame[FRAME_MAX];
        assert_int_equal(encode(&CASES[i].record, frame), CASES[i].size);
        assert_memory_equal(frame, CASES[i].bytes, CASES[i].size);
    }
}

static void test_several_records(void **state)
{
    (void)state;
    uint8_t frame[FRAME_MAX] = {DD_FRAME_MAGIC, DD_FRAME_VERSION};
    size_t size = DD_FRAME_HEADER;
    for (size_t i = 0; i < COUNT(TYPES); i++) {
        dd_record_t record = full_record(TYPES[i].type);
        dd_record_write(&record, frame + size, dd_record_size(&record));
        size += dd_record_size(&record);
    }
    dd_reader_t reader;
    assert_true(dd_frame_open(&reader, frame, size));
    for (size_t i = 0; i < COUNT(TYPES); i++) {
        dd_record_t record;
        assert_true(dd_frame_more(&reader));
        assert_int_equal(dd_frame_next(&reader, &record), DD_OK);
        assert_int_equal(record.type, TYPES[i].type);
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
    for (size_t i = 0; i < COUNT(TYPES); i++) {
        dd_record_t record = {.type = TYPES[i].type};
        if (!ends_with_payload(i))
            continue;
        record.tenant = dd_bytes(text, DD_TENANT_MAX);
        record.source = record.destination = dd_bytes(text, DD_NAME_MAX);
        record.topic = dd_bytes(text, DD_TOPIC_MAX);
        record.scope = dd_bytes(text, DD_SCOPE_MAX);
        assert_in_range(dd_record_size(&record), 1, DD_RECORD_OVERHEAD);
    }
}

/* ---- What is no record ----------------------------------------------------------------------- */

static void test_cut_at_every_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(TYPES); i++) {
        uint8_t frame[FRAME_MAX];
        dd_record_t record = full_record(TYPES[i].type), after;
        size_t size = encode(&record, frame);
        for (size_t cut = 0; cut < size; cut++)
            assert_int_equal(decode(frame, cut, &after), -1);
        assert_int_equal(decode(frame, size, &after), 1);
    }
}

static void set_length(uint8_t *frame, size_t length)
{
    for (int i = 0; i < 4; i++)
        frame[DD_FRAME_HEADER + i] = (uint8_t)(length >> (8 * i));
}

/* The same with a length that fits what is left: only a payload may be shorter or longer. */
static void test_wrong_lengths(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(TYPES); i++) {
        uint8_t frame[FRAME_MAX];
        dd_record_t record = full_record(TYPES[i].type), after;
        size_t size = encode(&record, frame);
        size_t before_payload = size - (ends_with_payload(i) ? record.payload.size : 0);
        for (size_t cut = DD_FRAME_HEADER + 4; cut < size; cut++) {
            set_length(frame, cut - DD_FRAME_HEADER - 4);
            assert_int_equal(
                decode(frame, cut, &after), ends_with_payload(i) && cut >= before_payload ? 1 : -1);
        }
        set_length(frame, size - DD_FRAME_HEADER - 4 + 1);
        frame[size] = 0;
        assert_int_equal(decode(frame, size + 1, &after), ends_with_payload(i) ? 1 : -1);
        set_length(frame, UINT32_MAX);
        assert_int_equal(decode(frame, size, &after), -1);
    }
}

static void test_frames_that_are_none(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
    } FRAMES[] = {{"", 0}, {"\xDD", 1}, {"\xDD\x05", 2}, {"\xDD\x04\x02\0\0\0\x34\0", 8},
        {"\xDD\x06\x02\0\0\0\x34\0", 8}, {"\xDE\x05\x02\0\0\0\x34\0", 8}, {"\xDD\x05\0\0\0\0", 6},
        {"\xDD\x05\x01\0\0\0\x34", 7}, {"\xDD\x05\x02\0\0\0\x34\0\0", 9},
        {"\x04\0\x0d\x0d\0\0\0\0", 8}};
    dd_record_t record;
    for (size_t i = 0; i < COUNT(FRAMES); i++)
        assert_int_equal(decode((const uint8_t *)FRAMES[i].bytes, FRAMES[i].size, &record), -1);
}

/* Unknown types can be passed over if their sender says so. */
static void test_unknown_types(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        if (dd_record_name((uint8_t)type))
            continue;
        uint8_t frame[] = {DD_FRAME_MAGIC, DD_FRAME_VERSION, 4, 0, 0, 0, (uint8_t)type, 0x81, 'x',
            'y', 2, 0, 0, 0, DD_SYNCED, 0};
        dd_reader_t reader;
        dd_record_t record;
        assert_true(dd_frame_open(&reader, frame, sizeof frame));
        assert_int_equal(dd_frame_next(&reader, &record), DD_OK);
        assert_int_equal(record.type, type);
        assert_int_equal(record.payload.size, 0);
        assert_int_equal(dd_frame_next(&reader, &record), DD_OK);
        assert_int_equal(record.type, DD_SYNCED);
        frame[7] = 0x01;
        assert_int_equal(decode(frame, sizeof frame, &record), -1);
    }
}

/* ---- Random bytes ---------------------------------------------------------------------------- */

/* A generator of our own, so that a failure comes again. */
static uint32_t next_random(uint64_t *seed)
{
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*seed >> 33);
}

/* Whatever was read is inside the frame. */
static void check_inside(const dd_record_t *record, const uint8_t *frame, size_t size)
{
    for (size_t i = 0; i < COUNT(FIELDS); i++) {
        if (FIELDS[i].size > 0)
            continue;
        dd_bytes_t bytes =
            *(const dd_bytes_t *)(const void *)((const uint8_t *)record + FIELDS[i].offset);
        assert_true(
            bytes.size == 0 || (bytes.data >= frame && bytes.data + bytes.size <= frame + size));
    }
}

static unsigned read_random(const uint8_t *bytes, size_t size)
{
    uint8_t *frame = malloc(size);
    assert_non_null(frame);
    memcpy(frame, bytes, size);
    dd_reader_t reader;
    dd_record_t record;
    unsigned records = 0;
    bool valid = dd_frame_open(&reader, frame, size);
    while (valid && dd_frame_more(&reader)) {
        valid = dd_frame_next(&reader, &record) == DD_OK;
        if (valid) {
            check_inside(&record, frame, size);
            records++;
        }
    }
    free(frame);
    return records;
}

static void test_random_bytes(void **state)
{
    (void)state;
    uint64_t seed = 1;
    uint8_t bytes[128];
    unsigned records = 0;
    for (unsigned round = 0; round < 200000; round++) {
        size_t size = 8 + next_random(&seed) % (sizeof bytes - 8);
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)next_random(&seed);
        bytes[0] = DD_FRAME_MAGIC;
        bytes[1] = DD_FRAME_VERSION;
        /* Lengths and types that aren't hopeless from the start. */
        set_length(bytes, round % 3 == 0 ? size - 6 : next_random(&seed) % size);
        bytes[6] = TYPES[next_random(&seed) % COUNT(TYPES)].type;
        records += read_random(bytes, size);
    }
    assert_true(records > 1000); /* it did get somewhere */
}

/* Valid frames with a few bytes changed get deeper. */
static void test_damaged_frames(void **state)
{
    (void)state;
    uint64_t seed = 2;
    unsigned records = 0;
    for (unsigned round = 0; round < 200000; round++) {
        uint8_t frame[FRAME_MAX];
        dd_record_t record = full_record(TYPES[round % COUNT(TYPES)].type);
        size_t size = encode(&record, frame);
        for (unsigned damage = next_random(&seed) % 4; damage > 0; damage--)
            frame[next_random(&seed) % size] = (uint8_t)next_random(&seed);
        records += read_random(frame, size);
    }
    assert_in_range(records, 50000, 200000);
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
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_wrong_lengths),
        cmocka_unit_test(test_frames_that_are_none),
        cmocka_unit_test(test_unknown_types),
        cmocka_unit_test(test_random_bytes),
        cmocka_unit_test(test_damaged_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
