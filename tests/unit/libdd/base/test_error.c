/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_error - every error has a text of its own
 */
#include <stdio.h>
#include <string.h>

#include "libdd/base/problem.h"
#include "tests/unit/unit.h"

#define UNKNOWN "unknown error"

static void test_texts_are_distinct(void **state)
{
    (void)state;
    const int ranges[][2] = {{DD_OK, DD_E_NOT_SUBSCRIBED}, {DD_E_ARGUMENT, DD_E_FORKED}};
    const char *seen[DD_E_FORKED + 1];
    size_t count = 0;
    for (size_t r = 0; r < 2; r++) {
        for (int number = ranges[r][0]; number <= ranges[r][1]; number++) {
            const char *text = dd_strerror((dd_error_t)number);
            assert_string_not_equal(text, UNKNOWN);
            assert_int_not_equal(text[strlen(text) - 1], '.');
            for (size_t i = 0; i < count; i++)
                assert_string_not_equal(text, seen[i]);
            seen[count++] = text;
        }
    }
}

static void test_unknown_numbers(void **state)
{
    (void)state;
    const int numbers[] = {-1, DD_E_MOVED + 1, DD_E_ARGUMENT - 1, DD_E_FORKED + 1, 100000};
    for (size_t i = 0; i < COUNT(numbers); i++)
        assert_string_equal(dd_strerror((dd_error_t)numbers[i]), UNKNOWN);
}

static void test_problem(void **state)
{
    (void)state;
    dd_problem_t problem = {0};
    assert_int_equal(dd_problem(&problem, DD_E_KEYS, "%s: %d", "file", 7), DD_E_KEYS);
    assert_int_equal(problem.error, DD_E_KEYS);
    assert_string_equal(problem.text, "file: 7");
    assert_int_equal(dd_problem(NULL, DD_E_FILE, "nobody listens"), DD_E_FILE);
}

static void test_problem_is_cut(void **state)
{
    (void)state;
    dd_problem_t problem;
    dd_problem(&problem, DD_E_KEYS, "%01000d", 0);
    assert_int_equal(strlen(problem.text), sizeof problem.text - 1);
    /* An "å" of two bytes that fits with the first of them only is left out. */
    dd_problem(&problem, DD_E_KEYS, "%0*då", (int)sizeof problem.text - 2, 0);
    assert_int_equal(strlen(problem.text), sizeof problem.text - 2);
}

static void test_problem_disarms_control_characters(void **state)
{
    (void)state;
    static const char *const TEXTS[][2] = {{"a\033[2Jb\n\x7f", "a?[2Jb??"},
        {"csi \xC2\x9B"
         "2J",
            "csi ??2J"},
        {"å ✓ 漢", "å ✓ 漢"}, {"\xC2", "?"},
        {"\xE2\x80\xAE"
         "desrever",
            "???desrever"},
        {"no-break\xC2\xA0space", "no-break\xC2\xA0space"}};
    for (size_t i = 0; i < COUNT(TEXTS); i++) {
        dd_problem_t problem;
        dd_problem(&problem, DD_E_KEYS, "%s", TEXTS[i][0]);
        assert_string_equal(problem.text, TEXTS[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_texts_are_distinct),
        cmocka_unit_test(test_unknown_numbers),
        cmocka_unit_test(test_problem),
        cmocka_unit_test(test_problem_is_cut),
        cmocka_unit_test(test_problem_disarms_control_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
