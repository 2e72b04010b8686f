/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_query - what is typed as a filter, and which rows it wants
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "ddtui/model/query.h"
#include "tests/unit/unit.h"

/* A row with the fields that lists have. */
static size_t text_of(const void *row, const char *field, char *out, size_t room)
{
    (void)row;
    static const char *const FIELDS[][2] = {
        {"tenant", "a"}, {"state", "GONE 12s"}, {"broker", "east-1"}, {"scope", "/1/12/"}};
    for (size_t i = 0; field && i < COUNT(FIELDS); i++)
        if (strcmp(FIELDS[i][0], field) == 0)
            return (size_t)snprintf(out, room, "%s", FIELDS[i][1]);
    return field ? SIZE_MAX
                 : (size_t)snprintf(out, room, "a east-1 /1/12/ GONE 12s see http://x/ at 12:30");
}

static bool wants(const char *typed)
{
    query_t self = {.count = 0};
    query_set(&self, typed);
    bool wanted = query_wants(&self, text_of, NULL);
    query_clear(&self);
    return wanted;
}

static void test_what_is_wanted(void **state)
{
    (void)state;
    static const struct {
        const char *typed;
        bool wanted;
    } CASES[] = {
        {"", true},
        {"   ", true},
        {"gone", true},
        {"gone east", true}, /* both, in whichever order */
        {"gone west", false},
        {"!gone", false},
        {"!west", true},
        {"!west gone", true},
        {"!", true}, /* nothing is left out yet */
        {"state:gone", true},
        {"STATE:Gone", true},
        {"state:east", false},
        {"broker:east", true},
        {"tenant:a broker:east state:gone", true},
        {"tenant:b broker:east", false},
        {"!tenant:b", true},
        {"!state:gone", false},
        {"state:", true}, /* not yet */
        {"/e.st-[0-9]/", true},
        {"/^GONE/", false},
        {"state:/^gone [0-9]+s$/", true},
        {"!state:/^ok$/", true},
        {"/one 12/", true}, /* a blank inside */
        {"/one 12/ !west", true},
        {"/e.st", true},  /* while it is typed */
        {"/1/1/", false}, /* a scope, no pattern */
        {"/1/12/", true},
        {"scope:/1/12/", true},
        {"scope:/1/2/", false},
        {"http://x/", true}, /* no field, so a text */
        {"!http://x/", false},
        {"http:/y/", false},
        {"12:30", true},
        {"12:31", false},
    };
    for (size_t i = 0; i < COUNT(CASES); i++)
        if (wants(CASES[i].typed) != CASES[i].wanted)
            fail_msg("\"%s\"", CASES[i].typed);
}

static void test_a_pattern_that_is_none_is_told_and_leaves_nothing_out(void **state)
{
    (void)state;
    query_t self = {.count = 0};
    query_set(&self, "/east(/");
    assert_true(self.problem[0] != '\0');
    assert_true(query_wants(&self, text_of, NULL));
    query_set(&self, "/east(/ west");
    assert_false(query_wants(&self, text_of, NULL));
    query_set(&self, "/east/");
    assert_string_equal(self.problem, "");
    query_clear(&self);
}

static void test_anchors_are_those_of_the_text(void **state)
{
    (void)state;
    query_t self = {.count = 0};
    query_set(&self, "/b$/");
    assert_true(query_wants_text(&self, "ab"));
    assert_false(query_wants_text(&self, "ba"));
    query_clear(&self);
}

static void test_too_many_terms_are_left_out(void **state)
{
    (void)state;
    query_t self = {.count = 0};
    query_set(&self, "a a a a a a a a /nothing/ nothing");
    assert_int_equal(self.count, QUERY_TERMS_MAX);
    assert_true(query_wants(&self, text_of, NULL));
    query_clear(&self);
}

static void test_what_is_marked(void **state)
{
    (void)state;
    query_t self = {.count = 0};
    query_set(&self, "Gone state:12 !west /regex/");
    assert_int_equal(self.count, 4);
    assert_string_equal(query_marks(&self, 0), "Gone");
    assert_string_equal(query_marks(&self, 1), "12");
    assert_string_equal(query_marks(&self, 2), ""); /* it is in no row that is shown */
    assert_string_equal(query_marks(&self, 3), "");
    assert_true(query_looks_for(&self));
    query_set(&self, "!west");
    assert_false(query_looks_for(&self));
    query_clear(&self);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_wanted),
        cmocka_unit_test(test_a_pattern_that_is_none_is_told_and_leaves_nothing_out),
        cmocka_unit_test(test_anchors_are_those_of_the_text),
        cmocka_unit_test(test_too_many_terms_are_left_out),
        cmocka_unit_test(test_what_is_marked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
