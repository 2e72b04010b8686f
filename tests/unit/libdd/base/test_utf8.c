/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_utf8 - what is a character, and how many cells it takes
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/utf8.h"
#include "tests/unit/unit.h"

/* ---- Bytes and characters -------------------------------------------------------------------- */

/* The least and the greatest character of each length, and what lies beside the surrogates. */
static const struct {
    const char *bytes;
    size_t size;
    uint32_t character;
} CHARACTERS[] = {
    {BYTES("\0"), 0},
    {BYTES("a"), 'a'},
    {BYTES("\x7f"), 0x7F},
    {BYTES("\xc2\x80"), 0x80},
    {BYTES("å"), 0xE5},
    {BYTES("\xdf\xbf"), 0x7FF},
    {BYTES("\xe0\xa0\x80"), 0x800},
    {BYTES("漢"), 0x6F22},
    {BYTES("\xed\x9f\xbf"), 0xD7FF},
    {BYTES("\xee\x80\x80"), 0xE000},
    {BYTES("\xef\xbf\xbf"), 0xFFFF},
    {BYTES("\xf0\x90\x80\x80"), 0x10000},
    {BYTES("🚀"), 0x1F680},
    {BYTES("\xf4\x8f\xbf\xbf"), 0x10FFFF},
};

static void test_decode(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(CHARACTERS); i++) {
        uint8_t *exact =
            malloc(CHARACTERS[i].size); /* so that the sanitizers see a byte too many */
        assert_non_null(exact);
        memcpy(exact, CHARACTERS[i].bytes, CHARACTERS[i].size);
        uint32_t character = 0xFFFFFFFF;
        assert_int_equal(dd_utf8_decode(exact, CHARACTERS[i].size, &character), CHARACTERS[i].size);
        assert_int_equal(character, CHARACTERS[i].character);
        free(exact);
    }
}

static void test_encode(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(CHARACTERS); i++) {
        char out[DD_UTF8_MAX + 1];
        memset(out, '#', sizeof out);
        assert_int_equal(dd_utf8_encode(CHARACTERS[i].character, out), CHARACTERS[i].size);
        assert_memory_equal(out, CHARACTERS[i].bytes, CHARACTERS[i].size);
        assert_int_equal(out[CHARACTERS[i].size], '\0');
    }
    static const uint32_t NONE[] = {0xD800, 0xDBFF, 0xDC00, 0xDFFF, 0x110000, 0xFFFFFFFF};
    for (size_t i = 0; i < COUNT(NONE); i++) {
        char out[DD_UTF8_MAX + 1] = "#";
        assert_int_equal(dd_utf8_encode(NONE[i], out), 0);
        assert_string_equal(out, "#");
    }
}

static void test_every_character_is_read_back(void **state)
{
    (void)state;
    for (uint32_t character = 0; character <= 0x10FFFF; character++) {
        char out[DD_UTF8_MAX + 1];
        size_t size = dd_utf8_encode(character, out);
        bool surrogate = character >= 0xD800 && character <= 0xDFFF;
        assert_int_equal(size > 0, !surrogate);
        uint32_t decoded = 0;
        if (size > 0) {
            assert_int_equal(dd_utf8_decode((const uint8_t *)out, size, &decoded), size);
            assert_int_equal(decoded, character);
        }
    }
}

static const struct {
    const char *bytes;
    size_t size;
} NO_CHARACTERS[] = {
    {BYTES("\x80")},                                    /* nothing begun */
    {BYTES("\xbf")},                                    /* nothing begun */
    {BYTES("\xc0\x80")},                                /* overlong NUL */
    {BYTES("\xc1\xbf")},                                /* overlong, the greatest of two bytes */
    {BYTES("\xe0\x80\xaf")},                            /* overlong '/' */
    {BYTES("\xe0\x9f\xbf")},                            /* overlong, the greatest of three bytes */
    {BYTES("\xf0\x80\x80\xaf")},                        /* overlong '/' */
    {BYTES("\xf0\x8f\xbf\xbf")},                        /* overlong, the greatest of four bytes */
    {BYTES("\xed\xa0\x80")},                            /* the first surrogate */
    {BYTES("\xed\xbf\xbf")},                            /* the last surrogate */
    {BYTES("\xf4\x90\x80\x80")},                        /* U+110000 */
    {BYTES("\xf7\xbf\xbf\xbf")},                        /* all bits of four bytes */
    {BYTES("\xf8\x88\x80\x80\x80")},                    /* five bytes */
    {BYTES("\xfc\x84\x80\x80\x80\x80")},                /* six bytes */
    {BYTES("\xfe")}, {BYTES("\xff")}, {BYTES("\xc3(")}, /* no continuation, in each place */
    {BYTES("\xe2(\xa1")}, {BYTES("\xe2\x82(")}, {BYTES("\xf0(\x8c\xbc")}, {BYTES("\xf0\x90(\xbc")},
    {BYTES("\xf0\x90\x8c(")}, {BYTES("\xc3\xc3\xa5")}, /* another begins instead */
};

static void test_what_is_no_character(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(NO_CHARACTERS); i++) {
        uint32_t character;
        assert_int_equal(dd_utf8_decode((const uint8_t *)NO_CHARACTERS[i].bytes,
                             NO_CHARACTERS[i].size, &character),
            0);
        assert_false(dd_utf8_valid(NO_CHARACTERS[i].bytes, NO_CHARACTERS[i].size));
    }
}

static void test_cut_at_every_byte(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(CHARACTERS); i++) {
        for (size_t size = 1; size < CHARACTERS[i].size; size++) {
            uint8_t *cut = malloc(size);
            uint32_t character;
            assert_non_null(cut);
            memcpy(cut, CHARACTERS[i].bytes, size);
            assert_int_equal(dd_utf8_decode(cut, size, &character), 0);
            assert_false(dd_utf8_valid(cut, size));
            free(cut);
        }
    }
}

static void test_valid(void **state)
{
    (void)state;
    assert_true(dd_utf8_valid("", 0));
    assert_true(dd_utf8_valid(NULL, 0));
    assert_true(dd_utf8_valid(BYTES("å\0✓\x1b")));
    assert_false(dd_utf8_valid(BYTES("ok\xff")));
    assert_false(dd_utf8_valid(BYTES("ok\xe6\xbc")));
    assert_false(dd_utf8_valid(BYTES("ok\xe6\xbcok")));
}

static void test_cut_between_characters(void **state)
{
    (void)state;
    static const char TEXT[] = "aå漢🚀b"; /* 1, 2, 3, 4 and 1 bytes */
    static const size_t CUTS[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 11, 11};
    for (size_t max = 0; max < COUNT(CUTS); max++)
        assert_int_equal(dd_utf8_cut(TEXT, sizeof TEXT - 1, max), CUTS[max]);
    /* Where no character begins nearby, it is no UTF-8, and any place is as good. */
    assert_int_equal(dd_utf8_cut("\x80\x80\x80\x80\x80\x80", 6, 5), 5);
    assert_int_equal(dd_utf8_cut("\x80\x80\x80", 3, 2), 2);
}

static void test_lower(void **state)
{
    (void)state;
    static const uint32_t PAIRS[][2] = {{'A', 'a'}, {'z', 'z'}, {'[', '['}, {0xC5, 0xE5},
        {0x0416, 0x0436}, {0x6F22, 0x6F22}, {0x10FFFF, 0x10FFFF}};
    for (size_t i = 0; i < COUNT(PAIRS); i++)
        assert_int_equal(dd_utf8_lower(PAIRS[i][0]), PAIRS[i][1]);
}

/* ---- Cells ----------------------------------------------------------------------------------- */

static void test_width(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t width;
    } CASES[] = {
        {"", 0}, {"abc", 3}, {"å", 1}, {"漢字", 4}, {"한", 2}, {"ｗ", 2}, {"🚀", 2},
        {"e\xcc\x81", 1},         /* an accent of its own */
        {"e\xcc\x81\xcc\x82", 1}, /* two of them */
        {"\xe2\x9c\x93", 1},      /* a sign */
        {"\xcd\xb8", 1},          /* not assigned */
        {"\xff\xfe", 2},          /* no UTF-8 */
        {"\x1b", 1},              /* a control character */
        {"漢\xe5", 3},            /* cut */
    };
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_int_equal(dd_utf8_width(CASES[i].text), CASES[i].width);
}

static void test_prefix(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t width, size;
    } CASES[] = {{"", 3, 0}, {"abc", 0, 0}, {"abc", 2, 2}, {"abc", 9, 3}, {"漢字", 1, 0},
        {"漢字", 2, 3}, {"漢字", 3, 3}, {"漢字", 4, 6}, {"e\xcc\x81x", 1, 3}, {"\xff\xff", 1, 1}};
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_int_equal(dd_utf8_prefix(CASES[i].text, CASES[i].width), CASES[i].size);
}

/* A text in a column of that width. */
typedef struct {
    const char *text;
    size_t width;
    const char *fitted;
} fitted_t;

static void check_fitted(const fitted_t *cases, size_t count,
    void (*fit)(const char *text, size_t width, char *out, size_t room))
{
    for (size_t i = 0; i < count; i++) {
        char out[64];
        fit(cases[i].text, cases[i].width, out, sizeof out);
        assert_string_equal(out, cases[i].fitted);
        assert_int_equal(dd_utf8_width(out), cases[i].width);
    }
}

static void test_fit(void **state)
{
    (void)state;
    static const fitted_t CASES[] = {
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
    check_fitted(CASES, COUNT(CASES), dd_utf8_fit);
}

static void test_names_are_cut_in_the_middle(void **state)
{
    (void)state;
    static const fitted_t CASES[] = {
        {"abc", 5, "abc  "},
        {"abc", 3, "abc"},
        {"sensor-00001234", 8, "sens…234"},
        {"sensor-00001234", 7, "sen…234"},
        {"abcd", 3, "a…d"},
        {"abcd", 2, "a…"},
        {"abcd", 0, ""},
        {"漢字漢字", 6, "漢…字 "}, /* no half of a wide character */
        {"xyze\xcc\x81", 3, "x…e\xcc\x81"},
        {"xyzzze\xcc\x81", 2, "x…"},
    };
    check_fitted(CASES, COUNT(CASES), dd_utf8_fit_name);
}

/* A program that never called setlocale() counts the same cells, and what it had set stays set. */
static void test_cells_in_any_locale(void **state)
{
    static const char *const LOCALES[] = {"C", "C.UTF-8"};
    for (size_t i = 0; i < COUNT(LOCALES); i++) {
        assert_non_null(setlocale(LC_ALL, LOCALES[i]));
        size_t most = MB_CUR_MAX;
        test_width(state);
        test_fit(state);
        test_lower(state);
        assert_int_equal(MB_CUR_MAX, most);
    }
    setlocale(LC_ALL, "C");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_decode),
        cmocka_unit_test(test_encode),
        cmocka_unit_test(test_every_character_is_read_back),
        cmocka_unit_test(test_what_is_no_character),
        cmocka_unit_test(test_cut_at_every_byte),
        cmocka_unit_test(test_valid),
        cmocka_unit_test(test_cut_between_characters),
        cmocka_unit_test(test_lower),
        cmocka_unit_test(test_width),
        cmocka_unit_test(test_prefix),
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_names_are_cut_in_the_middle),
        cmocka_unit_test(test_cells_in_any_locale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
