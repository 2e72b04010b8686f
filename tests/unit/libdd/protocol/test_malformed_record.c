/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_malformed_record - bytes that are no record do no harm
 */
#include <stdlib.h>

#include "tests/unit/libdd/records.h"
#include "tests/unit/unit.h"

static void test_cut_at_every_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORD_TYPE_COUNT; i++) {
        uint8_t frame[RECORD_FRAME_MAX];
        dd_record_t record = record_full(RECORD_TYPES[i].type), after;
        size_t size = record_encode(&record, frame);
        for (size_t cut = 0; cut < size; cut++)
            assert_int_equal(record_decode(frame, cut, &after), -1);
        assert_int_equal(record_decode(frame, size, &after), 1);
    }
}

/* The same with a length that fits what is left: only a payload may be shorter or longer. */
static void test_wrong_lengths(void **state)
{
    (void)state;
    for (size_t i = 0; i < RECORD_TYPE_COUNT; i++) {
        uint8_t frame[RECORD_FRAME_MAX];
        dd_record_t record = record_full(RECORD_TYPES[i].type), after;
        size_t size = record_encode(&record, frame);
        size_t before_payload = size - (record_ends_with_payload(i) ? record.payload.size : 0);
        for (size_t cut = DD_FRAME_HEADER + 4; cut < size; cut++) {
            record_set_length(frame, cut - DD_FRAME_HEADER - 4);
            assert_int_equal(record_decode(frame, cut, &after),
                record_ends_with_payload(i) && cut >= before_payload ? 1 : -1);
        }
        record_set_length(frame, size - DD_FRAME_HEADER - 4 + 1);
        frame[size] = 0;
        assert_int_equal(
            record_decode(frame, size + 1, &after), record_ends_with_payload(i) ? 1 : -1);
        record_set_length(frame, UINT32_MAX);
        assert_int_equal(record_decode(frame, size, &after), -1);
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
        assert_int_equal(
            record_decode((const uint8_t *)FRAMES[i].bytes, FRAMES[i].size, &record), -1);
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
        assert_int_equal(record_decode(frame, sizeof frame, &record), -1);
    }
}

/* A large frame is one record, and not very many that keep a receiver from everybody else. */
static void test_large_frames_of_many_records(void **state)
{
    (void)state;
    static uint8_t frame[DD_FRAME_TARGET + 64] = {DD_FRAME_MAGIC, DD_FRAME_VERSION};
    dd_reader_t reader;
    for (size_t at = DD_FRAME_HEADER; at + DD_RECORD_HEADER <= sizeof frame;
         at += DD_RECORD_HEADER) {
        frame[at] = 2;
        frame[at + 4] = DD_SYNCED;
    }
    size_t size = DD_FRAME_TARGET - (DD_FRAME_TARGET - DD_FRAME_HEADER) % DD_RECORD_HEADER;
    assert_true(dd_frame_open(&reader, frame, size));
    assert_false(dd_frame_open(&reader, frame, size + DD_RECORD_HEADER));
    record_set_length(frame, sizeof frame - DD_FRAME_HEADER - 4);
    assert_true(dd_frame_open(&reader, frame, sizeof frame));
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
    for (size_t i = 0; i < RECORD_FIELD_COUNT; i++) {
        if (RECORD_FIELDS[i].size > 0)
            continue;
        dd_bytes_t bytes =
            *(const dd_bytes_t *)(const void *)((const uint8_t *)record + RECORD_FIELDS[i].offset);
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
        record_set_length(bytes, round % 3 == 0 ? size - 6 : next_random(&seed) % size);
        bytes[6] = RECORD_TYPES[next_random(&seed) % RECORD_TYPE_COUNT].type;
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
        uint8_t frame[RECORD_FRAME_MAX];
        dd_record_t record = record_full(RECORD_TYPES[round % RECORD_TYPE_COUNT].type);
        size_t size = record_encode(&record, frame);
        for (unsigned damage = next_random(&seed) % 4; damage > 0; damage--)
            frame[next_random(&seed) % size] = (uint8_t)next_random(&seed);
        records += read_random(frame, size);
    }
    assert_in_range(records, 50000, 200000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_wrong_lengths),
        cmocka_unit_test(test_frames_that_are_none),
        cmocka_unit_test(test_unknown_types),
        cmocka_unit_test(test_large_frames_of_many_records),
        cmocka_unit_test(test_random_bytes),
        cmocka_unit_test(test_damaged_frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
