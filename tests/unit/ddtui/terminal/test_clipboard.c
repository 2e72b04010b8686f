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

static void test_multiplexers_are_told_of(void **state)
{
    (void)state;
    unsetenv("STY");
    unsetenv("TMUX");
    assert_string_equal(clipboard_advice(), "");
    setenv("STY", "1.x", 1);
    assert_non_null(strstr(clipboard_advice(), "screen"));
    setenv("TMUX", "/tmp/x,1,0", 1);
    assert_non_null(strstr(clipboard_advice(), "set-clipboard"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_sequence),
        cmocka_unit_test(test_what_is_too_long_isnt_sent),
        cmocka_unit_test(test_multiplexers_are_told_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
