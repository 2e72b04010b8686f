/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_screen_charset - UTF-8 where the terminal shows it, and what stands for it elsewhere
 */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "ddtui/terminal/screen_charset.h"
#include "tests/unit/unit.h"

static bool is_utf8(const char *locale, const char *term)
{
    setenv("LC_ALL", locale, 1);
    setenv("TERM", term, 1);
    screen_charset_begin();
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static void test_terminals_of_today_show_utf8_in_any_locale(void **state)
{
    (void)state;
    static const char *const LOCALES[] = {"", "C", "POSIX", "nonsense", "C.UTF-8"};
    static const char *const TERMS[] = {
        "xterm-256color", "screen", "tmux-256color", "rxvt", "foot", "vte-256color", "alacritty"};
    for (size_t i = 0; i < sizeof LOCALES / sizeof LOCALES[0]; i++)
        for (size_t j = 0; j < sizeof TERMS / sizeof TERMS[0]; j++)
            assert_true(is_utf8(LOCALES[i], TERMS[j]));
}

static void test_old_terminals_show_it_if_the_locale_says_so(void **state)
{
    (void)state;
    static const char *const TERMS[] = {"vt100", "vt220-w", "linux", "ansi", "sun", "wy60"};
    for (size_t i = 0; i < sizeof TERMS / sizeof TERMS[0]; i++) {
        assert_false(is_utf8("C", TERMS[i]));
        assert_false(is_utf8("nonsense", TERMS[i]));
        assert_true(is_utf8("C.UTF-8", TERMS[i]));
    }
}

static void assert_fits(wchar_t character, wchar_t expected, bool expected_frame)
{
    bool frame;
    assert_int_equal(screen_charset_fit(character, &frame), expected);
    assert_int_equal(frame, expected_frame);
}

static void test_what_utf8_has_is_itself(void **state)
{
    (void)state;
    assert_true(is_utf8("C", "xterm"));
    for (const wchar_t *at = L"a─│▲…å漢⣿"; *at != L'\0'; at++)
        assert_fits(*at, *at, false);
}

static void test_what_curves_are_drawn_with(void **state)
{
    (void)state;
    static const struct {
        const char *locale, *term;
        glyphs_t glyphs;
    } CASES[] = {{"C", "xterm", GLYPHS_BRAILLE}, {"C.UTF-8", "vt100", GLYPHS_BRAILLE},
        {"C.UTF-8", "linux", GLYPHS_BLOCKS}, {"C", "linux", GLYPHS_ASCII},
        {"C", "vt100", GLYPHS_ASCII}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        is_utf8(CASES[i].locale, CASES[i].term);
        assert_int_equal(screen_charset_glyphs(), CASES[i].glyphs);
    }
}

static void test_what_stands_for_the_others(void **state)
{
    (void)state;
    assert_false(is_utf8("C", "vt100"));
    assert_fits(L'a', L'a', false);
    assert_fits(L'─', L'q', true);
    assert_fits(L'┘', L'j', true);
    assert_fits(L'▲', L'^', false);
    assert_fits(L'…', L'~', false);
    assert_fits(L'█', L'#', false);
    assert_fits(L'å', L'?', false);
    assert_fits(L'漢', L'?', false);
    assert_fits(0x2800, L' ', false);
    assert_fits(0x2801, L'.', false);
    assert_fits(0x28ff, L'#', false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_terminals_of_today_show_utf8_in_any_locale),
        cmocka_unit_test(test_old_terminals_show_it_if_the_locale_says_so),
        cmocka_unit_test(test_what_utf8_has_is_itself),
        cmocka_unit_test(test_what_curves_are_drawn_with),
        cmocka_unit_test(test_what_stands_for_the_others),
    };
    return cmocka_run_group_tests_name("screen_charset", tests, NULL, NULL);
}
