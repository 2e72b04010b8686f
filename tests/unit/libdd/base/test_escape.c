/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_escape - text from outside is shown, not obeyed
 */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "libdd/base/escape.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])
/* A literal with its size, NULs in it included. */
#define BYTES(literal) literal, sizeof(literal) - 1

static void test_escape(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        size_t size;
        const char *escaped;
    } CASES[] = {
        {BYTES(""), ""}, {BYTES("hello world"), "hello world"},
        {BYTES("å ✓ 漢 👩‍🚀"), "å ✓ 漢 👩‍🚀"}, {BYTES("a\\b"), "a\\\\b"},
        {BYTES("\\x41"), "\\\\x41"}, {BYTES("a\tb\nc\rd"), "a\\x09b\\x0ac\\x0dd"},
        {BYTES("a\0b"), "a\\x00b"}, {BYTES("\x1b[31m"), "\\x1b[31m"}, {BYTES("\x7f"), "\\x7f"},
        {BYTES("\xc2\x9b"
               "31m"),
            "\\xc2\\x9b31m"},                                /* CSI in one character */
        {BYTES("\xe2\x80\xae"), "\\xe2\\x80\\xae"},          /* right-to-left override */
        {BYTES("\xe2\x81\xa6"), "\\xe2\\x81\\xa6"},          /* left-to-right isolate */
        {BYTES("\xe2\x80\xa8"), "\\xe2\\x80\\xa8"},          /* line separator */
        {BYTES("\xef\xbb\xbf"), "\\xef\\xbb\\xbf"},          /* byte order mark */
        {BYTES("\xf3\xa0\x81\x81"), "\\xf3\\xa0\\x81\\x81"}, /* a tag */
        {BYTES("\xff"), "\\xff"},                            /* never in UTF-8 */
        {BYTES("\x80z"), "\\x80z"},                          /* no first byte */
        {BYTES("\xc3"), "\\xc3"},                            /* cut off */
        {BYTES("\xc0\xaf"), "\\xc0\\xaf"},                   /* overlong '/' */
        {BYTES("\xed\xa0\x80"), "\\xed\\xa0\\x80"},          /* a surrogate */
        {BYTES("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80"}, /* beyond Unicode */
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char out[64];
        size_t length = dd_text_escape(CASES[i].data, CASES[i].size, out, sizeof out);
        assert_string_equal(out, CASES[i].escaped);
        assert_int_equal(length, strlen(CASES[i].escaped));
    }
}

static void test_escape_needs_no_more_than_it_says(void **state)
{
    (void)state;
    char data[256], out[DD_TEXT_ESCAPED_MAX * sizeof data + 1];
    memset(data, 0xFF, sizeof data);
    assert_int_equal(
        dd_text_escape(data, sizeof data, out, sizeof out), DD_TEXT_ESCAPED_MAX * sizeof data);
}

/* Whole characters and whole escapes only, at every size of the room. */
static void test_escape_stops_where_the_room_ends(void **state)
{
    (void)state;
    static const char DATA[] = "a漢\x1b"
                               "b";
    static const struct {
        size_t room;
        const char *escaped;
    } CASES[] = {{1, ""}, {2, "a"}, {3, "a"}, {4, "a"}, {5, "a漢"}, {8, "a漢"}, {9, "a漢\\x1b"},
        {10, "a漢\\x1b"
             "b"}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char *out = malloc(CASES[i].room); /* so that the sanitizers see a byte too many */
        assert_non_null(out);
        dd_text_escape(DATA, sizeof DATA - 1, out, CASES[i].room);
        assert_string_equal(out, CASES[i].escaped);
        free(out);
    }
    assert_int_equal(dd_text_escape("abc", 3, NULL, 0), 0);
}

/* From what is escaped the bytes can be read back. */
static size_t unescape(const char *text, uint8_t *out)
{
    size_t size = 0;
    while (*text != '\0') {
        unsigned value = 0;
        if (text[0] == '\\' && text[1] == 'x') {
            assert_int_equal(sscanf(text, "\\x%2x", &value), 1);
            out[size++] = (uint8_t)value;
            text += DD_TEXT_ESCAPED_MAX;
        } else {
            text += *text == '\\';
            out[size++] = (uint8_t)*text++;
        }
    }
    return size;
}

static void test_escaped_bytes_can_be_read_back(void **state)
{
    (void)state;
    srand(7);
    for (int round = 0; round < 20000; round++) {
        uint8_t data[24], back[DD_TEXT_ESCAPED_MAX * sizeof data];
        char out[DD_TEXT_ESCAPED_MAX * sizeof data + 1];
        size_t size = (size_t)rand() % sizeof data;
        for (size_t i = 0; i < size; i++)
            data[i] = (uint8_t)(rand() % 3 ? rand() : rand() % 128);
        size_t length = dd_text_escape(data, size, out, sizeof out);
        assert_true(dd_text_is_utf8(out, length));
        for (size_t i = 0; i < length; i++)
            assert_true((unsigned char)out[i] >= 0x20 && out[i] != 0x7F);
        assert_int_equal(unescape(out, back), size);
        assert_memory_equal(back, data, size);
    }
}

static void test_is_utf8(void **state)
{
    (void)state;
    assert_true(dd_text_is_utf8("", 0));
    assert_true(dd_text_is_utf8(BYTES("å\0✓\x1b")));
    assert_false(dd_text_is_utf8(BYTES("ok\xff")));
    assert_false(dd_text_is_utf8(BYTES("ok\xe6\xbc")));
}

static void test_width(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t width;
    } CASES[] = {{"", 0}, {"abc", 3}, {"å", 1}, {"漢字", 4}, {"e\xcc\x81", 1}, {"✓", 1},
        {"\xcd\xb8", 1} /* not assigned */};
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_int_equal(dd_text_width(CASES[i].text), CASES[i].width);
}

static void test_fit(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t width;
        const char *fitted;
    } CASES[] = {
        {"abc", 5, "abc  "},
        {"abc", 3, "abc"},
        {"abcd", 3, "ab…"},
        {"abcd", 1, "…"},
        {"abcd", 0, ""},
        {"", 2, "  "},
        {"漢字", 5, "漢字 "},
        {"漢字", 4, "漢字"},
        {"漢字", 3, "漢…"},
        {"漢字", 2, "… "}, /* no half of a wide character */
        {"e\xcc\x81xyz", 3, "e\xcc\x81x…"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char out[64];
        dd_text_fit(CASES[i].text, CASES[i].width, out, sizeof out);
        assert_string_equal(out, CASES[i].fitted);
        assert_int_equal(dd_text_width(out), CASES[i].width);
    }
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escape),
        cmocka_unit_test(test_escape_needs_no_more_than_it_says),
        cmocka_unit_test(test_escape_stops_where_the_room_ends),
        cmocka_unit_test(test_escaped_bytes_can_be_read_back),
        cmocka_unit_test(test_is_utf8),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
