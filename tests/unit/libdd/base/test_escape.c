/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_escape - text from outside is shown, not obeyed
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"
#include "tests/unit/unit.h"

static void test_escape(void **state)
{
    (void)state;
    static const struct {
        const char *data;
        size_t size;
        const char *escaped;
    } CASES[] = {
        {BYTES(""), ""}, {BYTES("hello world"), "hello world"},
        {BYTES("å ✓ 漢 🚀 ⚠️"), "å ✓ 漢 🚀 ⚠️"}, {BYTES("a\\b"), "a\\\\b"},
        {BYTES("\\x41"), "\\\\x41"}, {BYTES("a\tb\nc\rd"), "a\\x09b\\x0ac\\x0dd"},
        {BYTES("a\0b"), "a\\x00b"}, {BYTES("\x1b[31m"), "\\x1b[31m"}, {BYTES("\x7f"), "\\x7f"},
        {BYTES("\xc2\x9b"
               "31m"),
            "\\xc2\\x9b31m"},                                /* CSI in one character */
        {BYTES("\xe2\x80\xae"), "\\xe2\\x80\\xae"},          /* right-to-left override */
        {BYTES("\xe2\x81\xa6"), "\\xe2\\x81\\xa6"},          /* left-to-right isolate */
        {BYTES("\xe2\x80\xa8"), "\\xe2\\x80\\xa8"},          /* line separator */
        {BYTES("\xef\xbb\xbf"), "\\xef\\xbb\\xbf"},          /* byte order mark */
        {BYTES("\xd8\x9c"), "\\xd8\\x9c"},                   /* Arabic letter mark */
        {BYTES("\xe3\x85\xa4"), "\\xe3\\x85\\xa4"},          /* a letter that isn't seen */
        {BYTES("\xe2\x80\x8d"), "\\xe2\\x80\\x8d"},          /* a joiner */
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
        size_t length = dd_escape_text(CASES[i].data, CASES[i].size, out, sizeof out);
        assert_string_equal(out, CASES[i].escaped);
        assert_int_equal(length, strlen(CASES[i].escaped));
    }
}

static void test_escape_needs_no_more_than_it_says(void **state)
{
    (void)state;
    char data[256], out[DD_ESCAPE_MAX * sizeof data + 1];
    memset(data, 0xFF, sizeof data);
    assert_int_equal(
        dd_escape_text(data, sizeof data, out, sizeof out), DD_ESCAPE_MAX * sizeof data);
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
        dd_escape_text(DATA, sizeof DATA - 1, out, CASES[i].room);
        assert_string_equal(out, CASES[i].escaped);
        free(out);
    }
    assert_int_equal(dd_escape_text("abc", 3, NULL, 0), 0);
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
            text += DD_ESCAPE_MAX;
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
        uint8_t data[24], back[DD_ESCAPE_MAX * sizeof data];
        char out[DD_ESCAPE_MAX * sizeof data + 1];
        size_t size = (size_t)rand() % sizeof data;
        for (size_t i = 0; i < size; i++)
            data[i] = (uint8_t)(rand() % 3 ? rand() : rand() % 128);
        size_t length = dd_escape_text(data, size, out, sizeof out);
        assert_true(dd_utf8_valid(out, length));
        for (size_t i = 0; i < length; i++)
            assert_true((unsigned char)out[i] >= 0x20 && out[i] != 0x7F);
        assert_int_equal(unescape(out, back), size);
        assert_memory_equal(back, data, size);
    }
}

/* What acts, and its neighbours that don't. */
static void test_what_acts(void **state)
{
    (void)state;
    static const struct {
        uint32_t before, first, last, after; /* before and after are shown */
    } RANGES[] = {
        {' ', 0x00, 0x1F, ' '},
        {'~', 0x7F, 0x9F, 0xA0},
        {0xAC, 0xAD, 0xAD, 0xAE},
        {0x34E, 0x34F, 0x34F, 0x350},
        {0x61B, 0x61C, 0x61C, 0x61D},
        {0x115E, 0x115F, 0x1160, 0x1161},
        {0x17B3, 0x17B4, 0x17B5, 0x17B6},
        {0x180D, 0x180E, 0x180E, 0x180F},
        {0x200A, 0x200B, 0x200F, 0x2010},
        {0x2027, 0x2028, 0x202E, 0x202F},
        {0x205F, 0x2060, 0x206F, 0x2070},
        {0x3163, 0x3164, 0x3164, 0x3165},
        {0xFEFE, 0xFEFF, 0xFEFF, 0xFF00},
        {0xFF9F, 0xFFA0, 0xFFA0, 0xFFA1},
        {0xFFEF, 0xFFF0, 0xFFFB, 0xFFFC},
        {0xFFFD, 0xFFFE, 0xFFFF, 0x10000},
        {0x1BC9F, 0x1BCA0, 0x1BCA3, 0x1BCA4},
        {0x1D172, 0x1D173, 0x1D17A, 0x1D17B},
        {0xDFFFF, 0xE0000, 0xE0FFF, 0xE1000},
    };
    for (size_t i = 0; i < COUNT(RANGES); i++) {
        assert_false(dd_escape_acts(RANGES[i].before));
        assert_false(dd_escape_acts(RANGES[i].after));
        for (uint32_t c = RANGES[i].first; c <= RANGES[i].last; c++)
            assert_true(dd_escape_acts(c));
    }
    assert_false(dd_escape_acts(0x301));  /* an accent */
    assert_false(dd_escape_acts(0xFE0F)); /* the picture of what stands before */
    assert_false(dd_escape_acts(0x10FFFF));
}

/* The locale of the program decides nothing. */
static void test_escape_in_any_locale(void **state)
{
    static const char *const LOCALES[] = {"C", "C.UTF-8"};
    for (size_t i = 0; i < COUNT(LOCALES); i++) {
        assert_non_null(setlocale(LC_ALL, LOCALES[i]));
        test_escape(state);
        test_what_acts(state);
    }
    setlocale(LC_ALL, "C");
}

static void test_json(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {
        {"", ""},
        {"{\"a\": \"\\\"\\n\\\\ å 漢 🚀\"}", "{\"a\": \"\\\"\\n\\\\ å 漢 🚀\"}"},
        {"\x7f", "\\u007f"},
        {"\xc2\x9b"
         "2J",
            "\\u009b2J"},
        {"\xe2\x80\xae", "\\u202e"},
        {"\xf3\xa0\x81\x81", "\\udb40\\udc41"},
        {"\xff.\xe6\xbc", "\\ufffd.\\ufffd\\ufffd"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char out[128];
        assert_int_equal(dd_escape_json(CASES[i][0], out, sizeof out), strlen(CASES[i][1]));
        assert_string_equal(out, CASES[i][1]);
        assert_true(strlen(out) <= DD_ESCAPE_JSON_MAX * strlen(CASES[i][0]));
    }
    char data[64], out[DD_ESCAPE_JSON_MAX * sizeof data + 1];
    memset(data, 0x7F, sizeof data - 1);
    data[sizeof data - 1] = '\0';
    assert_int_equal(dd_escape_json(data, out, sizeof out), DD_ESCAPE_JSON_MAX * (sizeof data - 1));
}

static void test_mask(void **state)
{
    (void)state;
    static const struct {
        const char *text, *masked;
    } CASES[] = {
        {"", ""},
        {"å ✓ 漢 \\ ~", "å ✓ 漢 \\ ~"},
        {"a\x1b[2J\n\x7f", "a?[2J??"},
        {"\xc2\x9b"
         "2J",
            "??2J"},
        {"\xe2\x80\xae.", "???."},
        {"\xf3\xa0\x81\x81.", "????."},
        {"\xff\xc3z", "??z"},
        {"\xe6\xbc", "??"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char text[32];
        strcpy(text, CASES[i].text);
        dd_escape_mask(text);
        assert_string_equal(text, CASES[i].masked);
        dd_escape_mask(text);
        assert_string_equal(text, CASES[i].masked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_escape),
        cmocka_unit_test(test_escape_needs_no_more_than_it_says),
        cmocka_unit_test(test_escape_stops_where_the_room_ends),
        cmocka_unit_test(test_escaped_bytes_can_be_read_back),
        cmocka_unit_test(test_what_acts),
        cmocka_unit_test(test_escape_in_any_locale),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_mask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
