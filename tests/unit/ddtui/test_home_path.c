/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_home_path - a tilde at a path's start is a home directory
 */
#include <stdlib.h>
#include <string.h>

#include "ddtui/home_path.h"
#include "tests/unit/unit.h"

static void test_a_tilde_is_the_home_directory(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {{"~/a", "/home/x/a"}, {"~", "/home/x"}, {"a~", "a~"},
        {"/b", "/b"}, {"./~/a", "./~/a"}, {"~root/a", "/root/a"}};
    char path[PATH_MAX];
    dd_problem_t problem;
    setenv("HOME", "/home/x", 1);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        assert_true(home_path(CASES[i][0], path, &problem));
        assert_string_equal(path, CASES[i][1]);
    }
    assert_false(home_path("~no-such-user/a", path, &problem));
    assert_non_null(strstr(problem.text, "~no-such-user"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tilde_is_the_home_directory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
