/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_paste - what is pasted, and how it ends when the terminal doesn't say so
 */
#include "ddtui/terminal/paste.h"
#include "tests/unit/unit.h"

#define BEGIN 5000000

static void test_the_terminal_says_where_it_ends(void **state)
{
    (void)state;
    paste_t paste = {0};
    assert_int_equal(paste_pause_ms(&paste, BEGIN), -1);
    paste_begin(&paste, BEGIN);
    assert_true(paste.runs);
    paste_end(&paste);
    assert_false(paste.runs);
    assert_int_equal(paste_pause_ms(&paste, BEGIN), -1);
}

static void test_a_second_of_silence_ends_it(void **state)
{
    (void)state;
    paste_t paste = {0};
    paste_begin(&paste, BEGIN);
    paste_take(&paste, 'a', BEGIN + 900000);
    paste_wait(&paste, BEGIN + 900000 + PASTE_SILENCE - 1);
    assert_true(paste.runs);
    assert_int_equal(paste_pause_ms(&paste, BEGIN + 900000), 1001);
    paste_wait(&paste, BEGIN + 900000 + PASTE_SILENCE);
    assert_false(paste.runs);
}

static void test_escape_and_control_c_end_it_when_nothing_follows(void **state)
{
    (void)state;
    static const ui_key_t KEYS[] = {UI_ESCAPE, UI_CTRL('C')};
    for (size_t i = 0; i < 2; i++) {
        paste_t paste = {0};
        paste_begin(&paste, BEGIN);
        paste_take(&paste, KEYS[i], BEGIN);
        paste_wait(&paste, BEGIN + PASTE_SILENCE_AFTER_KEY - 1);
        assert_true(paste.runs);
        paste_wait(&paste, BEGIN + PASTE_SILENCE_AFTER_KEY);
        assert_false(paste.runs);
    }
}

/* A pasted text that holds an Esc must not be able to press keys with what is behind it. */
static void test_an_escape_within_the_text_does_not_end_it(void **state)
{
    (void)state;
    paste_t paste = {0};
    paste_begin(&paste, BEGIN);
    paste_take(&paste, UI_ESCAPE, BEGIN);
    paste_take(&paste, 'q', BEGIN + 10);
    paste_wait(&paste, BEGIN + 2 * PASTE_SILENCE_AFTER_KEY);
    assert_true(paste.runs);
}

/* The program didn't run for long, but what came in the meantime is there: that is no silence. */
static void test_a_program_that_stood_still_is_no_silence(void **state)
{
    (void)state;
    paste_t paste = {0};
    paste_begin(&paste, BEGIN);
    paste_take(&paste, 'a', BEGIN + 10 * PASTE_SILENCE);
    paste_wait(&paste, BEGIN + 10 * PASTE_SILENCE);
    assert_true(paste.runs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_terminal_says_where_it_ends),
        cmocka_unit_test(test_a_second_of_silence_ends_it),
        cmocka_unit_test(test_escape_and_control_c_end_it_when_nothing_follows),
        cmocka_unit_test(test_an_escape_within_the_text_does_not_end_it),
        cmocka_unit_test(test_a_program_that_stood_still_is_no_silence),
    };
    return cmocka_run_group_tests_name("paste", tests, NULL, NULL);
}
