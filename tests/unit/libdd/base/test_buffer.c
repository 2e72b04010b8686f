/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_buffer - byte cursors: values, ends, and failures that stick
 */
#include "libdd/base/buffer.h"
#include "tests/unit/unit.h"

static void test_integers_are_little_endian(void **state)
{
    (void)state;
    static const uint8_t BYTES[] = {
        0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0x10, 0x32, 0x54, 0x76, 0x98, 0xBA, 0xDC};
    uint8_t room[sizeof BYTES];
    dd_writer_t writer = dd_writer(room, sizeof room);
    dd_write_u8(&writer, 0x01);
    dd_write_u16(&writer, 0x4523);
    dd_write_u32(&writer, 0xCDAB8967);
    dd_write_u64(&writer, 0xDCBA9876543210EF);
    assert_false(writer.failed);
    assert_ptr_equal(writer.at, writer.end);
    assert_memory_equal(room, BYTES, sizeof BYTES);

    dd_reader_t reader = dd_reader(BYTES, sizeof BYTES);
    assert_int_equal(dd_read_u8(&reader), 0x01);
    assert_int_equal(dd_read_u16(&reader), 0x4523);
    assert_int_equal(dd_read_u32(&reader), 0xCDAB8967);
    assert_true(dd_read_u64(&reader) == 0xDCBA9876543210EF);
    assert_false(reader.failed);
    assert_int_equal(dd_reader_left(&reader), 0);
}

static void test_a_reader_that_failed_stays_so(void **state)
{
    (void)state;
    static const uint8_t BYTES[] = {1, 2, 3};
    dd_reader_t reader = dd_reader(BYTES, sizeof BYTES);
    assert_int_equal(dd_read_u8(&reader), 1);
    assert_int_equal(dd_read_u32(&reader), 0);
    assert_true(reader.failed);
    assert_int_equal(dd_read_u8(&reader), 0);
    assert_int_equal(dd_read_bytes(&reader, 0).size, 0);
    assert_null(dd_read_bytes(&reader, 1).data);
    assert_true(reader.failed);

    reader = dd_reader(BYTES, sizeof BYTES);
    assert_int_equal(dd_read_bytes(&reader, SIZE_MAX).size, 0);
    assert_true(reader.failed);
    reader = dd_reader(BYTES, sizeof BYTES);
    dd_bytes_t bytes = dd_read_bytes(&reader, 3);
    assert_ptr_equal(bytes.data, BYTES);
    assert_int_equal(bytes.size, 3);
    assert_int_equal(dd_read_bytes(&reader, 0).size, 0);
    assert_false(reader.failed);
}

static void test_a_writer_that_failed_stays_so(void **state)
{
    (void)state;
    uint8_t room[5] = {9, 9, 9, 9, 9};
    dd_writer_t writer = dd_writer(room, 4);
    dd_write_u16(&writer, 0);
    dd_write_u32(&writer, 0);
    assert_true(writer.failed);
    dd_write_u8(&writer, 0);
    dd_write_bytes(&writer, dd_bytes_of(""));
    assert_true(writer.failed);
    static const uint8_t WRITTEN[] = {0, 0, 9, 9, 9};
    assert_memory_equal(room, WRITTEN, sizeof room);

    writer = dd_writer(room, 4);
    dd_write_bytes(&writer, dd_bytes_of("four"));
    dd_write_bytes(&writer, (dd_bytes_t){0});
    assert_false(writer.failed);
    assert_memory_equal(room, "four\x09", 5);
    dd_write_u8(&writer, 1);
    assert_true(writer.failed);
}

static void test_bytes(void **state)
{
    (void)state;
    char text[4];
    dd_bytes_copy(dd_bytes_of("abcdef"), text, sizeof text);
    assert_string_equal(text, "abc");
    dd_bytes_copy(dd_bytes_of("abc"), text, sizeof text);
    assert_string_equal(text, "abc");
    dd_bytes_copy((dd_bytes_t){0}, text, sizeof text);
    assert_string_equal(text, "");

    assert_true(dd_bytes_equal(dd_bytes_of("a"), dd_bytes_of("a")));
    assert_false(dd_bytes_equal(dd_bytes_of("a"), dd_bytes_of("b")));
    assert_false(dd_bytes_equal(dd_bytes_of("a"), dd_bytes_of("aa")));
    assert_true(dd_bytes_equal(dd_bytes_of(""), (dd_bytes_t){0}));
    assert_false(dd_bytes_equal(dd_bytes("a\0b", 3), dd_bytes("a\0c", 3)));
}

static void test_how_bytes_begin(void **state)
{
    (void)state;
    assert_true(dd_bytes_begin(dd_bytes_of("abc"), dd_bytes_of("ab")));
    assert_true(dd_bytes_begin(dd_bytes_of("abc"), dd_bytes_of("abc")));
    assert_false(dd_bytes_begin(dd_bytes_of("abc"), dd_bytes_of("abcd")));
    assert_false(dd_bytes_begin(dd_bytes_of("abc"), dd_bytes_of("b")));
    assert_true(dd_bytes_begin((dd_bytes_t){0}, (dd_bytes_t){0}));
    assert_false(dd_bytes_begin((dd_bytes_t){0}, dd_bytes_of("a")));

    dd_bytes_t bytes = dd_bytes_of("abc");
    assert_false(dd_bytes_strip(&bytes, "bc"));
    assert_true(dd_bytes_equal(bytes, dd_bytes_of("abc")));
    assert_true(dd_bytes_strip(&bytes, "ab"));
    assert_true(dd_bytes_equal(bytes, dd_bytes_of("c")));
    assert_true(dd_bytes_strip(&bytes, "c"));
    assert_int_equal(bytes.size, 0);
    assert_false(dd_bytes_strip(&bytes, "c"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_integers_are_little_endian),
        cmocka_unit_test(test_a_reader_that_failed_stays_so),
        cmocka_unit_test(test_a_writer_that_failed_stays_so),
        cmocka_unit_test(test_bytes),
        cmocka_unit_test(test_how_bytes_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
