/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_clipboard - texts go to the terminal's clipboard by OSC 52, and none that terminals cut
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddtui/terminal/clipboard.h"
#include "tests/unit/unit.h"

static void test_the_sequence(void **state)
{
    (void)state;
    char *text = NULL;
    size_t size;
    FILE *terminal = open_memstream(&text, &size);
    assert_true(clipboard_copy(terminal, "hello å\0x", 10));
    assert_true(clipboard_copy(terminal, "", 0));
    fclose(terminal);
    assert_string_equal(text, "\033]52;c;aGVsbG8gw6UAeA==\a\033]52;c;\a");
    free(text);
}

static void test_what_is_too_long_isnt_sent(void **state)
{
    (void)state;
    char *text = NULL, *much = calloc(1, CLIPBOARD_MAX + 1);
    size_t size;
    FILE *terminal = open_memstream(&text, &size);
    assert_false(clipboard_copy(terminal, much, CLIPBOARD_MAX + 1));
    fflush(terminal);
    assert_int_equal(size, 0);
    assert_true(clipboard_copy(terminal, much, CLIPBOARD_MAX));
    fclose(terminal);
    free(text);
    free(much);
}

/* Columns of a note in a terminal of 80. */
#define NOTE_WIDTH 69

/* After each copy it was in the way. */
static void test_multiplexers_are_told_of_once(void **state)
{
    (void)state;
    static const char *const CASES[][3] = {
        {NULL, NULL, ""}, {"STY", "1.x", "screen"}, {"TMUX", "/tmp/x,1,0", "set-clipboard"}};
    unsetenv("STY");
    unsetenv("TMUX");
    for (size_t i = 0; i < COUNT(CASES); i++) {
        bool advised = false;
        char words[CLIPBOARD_WORDS_ROOM];
        if (CASES[i][0])
            setenv(CASES[i][0], CASES[i][1], 1);
        clipboard_words(12345, &advised, words);
        assert_non_null(strstr(words, "12345 bytes sent"));
        assert_non_null(strstr(words, CASES[i][2]));
        assert_true(strlen(words) <= NOTE_WIDTH);
        clipboard_words(5, &advised, words);
        assert_string_equal(words, "5 bytes sent to the clipboard");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sequence),
        cmocka_unit_test(test_what_is_too_long_isnt_sent),
        cmocka_unit_test(test_multiplexers_are_told_of_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
