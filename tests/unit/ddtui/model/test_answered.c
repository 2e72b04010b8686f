/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_answered - only who has answered all questions of a round has reported all it has
 */
#include "ddtui/model/answered.h"

#include "tests/unit/unit.h"

static void test_all_questions(void **state)
{
    (void)state;
    answered_t *answered = answered_new();
    assert_non_null(answered);
    answered_ask(answered);
    answered_add(answered, "aa", "east", "/1/2/");
    answered_add(answered, "aa", "east", "/1/2/"); /* in several reports */
    answered_add(answered, "bb", "west", "/1/3/");
    assert_true(answered_has(answered, "aa", "east", "/1/2/"));
    assert_false(answered_has(answered, "cc", "north", "/1/4/"));
    answered_ask(answered);
    assert_false(answered_has(answered, "aa", "east", "/1/2/"));
    answered_add(answered, "aa", "east", "/1/2/");
    answered_ask(answered);
    answered_add(answered, "aa", "east", "/1/2/");
    answered_add(answered, "bb", "west", "/1/3/"); /* after one that it left out */
    assert_true(answered_has(answered, "aa", "east", "/1/2/"));
    assert_false(answered_has(answered, "bb", "west", "/1/3/"));
    answered_destroy(&answered);
    answered_destroy(&answered);
}

static void test_one_that_was_started_anew_speaks_for_the_one_before(void **state)
{
    (void)state;
    answered_t *answered = answered_new();
    answered_ask(answered);
    answered_add(answered, "new", "east", "/1/2/");
    assert_true(answered_has(answered, "old", "east", "/1/2/"));
    assert_false(answered_has(answered, "old", "east", "/1/3/"));
    assert_false(answered_has(answered, "", "east", ""));
    answered_destroy(&answered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_questions),
        cmocka_unit_test(test_one_that_was_started_anew_speaks_for_the_one_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
