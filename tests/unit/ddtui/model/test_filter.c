/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_filter - which texts a filter wants, whatever bytes they are made of
 */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddtui/model/filter.h"
#include "tests/unit/unit.h"

static bool wants(const char *filter, const char *text, size_t size)
{
    filter_t self;
    /* Of just that size, so that sanitizers see whoever reads on. */
    char *copy = malloc(size + 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    filter_set(&self, filter);
    bool wanted = filter_wants(&self, copy, size);
    free(copy);
    return wanted;
}

static void test_what_is_wanted(void **state)
{
    (void)state;
    static const struct {
        const char *filter;
        const char *text;
        bool wanted;
    } CASES[] = {
        {"", "anything", true},
        {"", "", true},
        {"a", "", false},
        {"cli1", "a.cli10 broker0", true},
        {"cli1", "a.cli2", false},
        {"CLI", "a.cli2", true},
        {"cli", "A.CLI2", true},
        {"aab", "aaab", true}, /* begins again within what looked like it */
        {"ab", "a", false},
        {"ÅÄ", "xåäx", true},
        {"Σ", "σ", true},
        {"漢", "口漢字", true},
        {"a b", "a b", true},
        {"!cli", "!cli", true},
        {"!cli", "sender", false},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        if (wants(CASES[i].filter, CASES[i].text, strlen(CASES[i].text)) != CASES[i].wanted)
            fail_msg("\"%s\" in \"%s\"", CASES[i].filter, CASES[i].text);
    }
}

/* A byte that belongs to no character stands for itself, and a NUL doesn't end a text. */
static void test_any_bytes(void **state)
{
    (void)state;
    static const struct {
        const char *filter;
        const char *text;
        size_t size;
        bool wanted;
    } CASES[] = {
        {"b", "a\0b", 3, true},
        {"b",
            "\xff\xfe\xc3"
            "b",
            4, true},
        {"\xff", "a\xff", 2, true},
        {"\xc3", "\xc3\xa5", 2, false}, /* half a character isn't in the whole one */
        {"å", "a\xc3", 2, false},       /* nor the other way around */
        {"ab", "a", 1, false},
    };
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_int_equal(wants(CASES[i].filter, CASES[i].text, CASES[i].size), CASES[i].wanted);
}

static void test_long_filters_are_cut(void **state)
{
    (void)state;
    char text[2 * FILTER_ROOM];
    filter_t self;
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    filter_set(&self, text);
    assert_int_equal(self.length, FILTER_MAX);
    assert_true(filter_wants(&self, text, FILTER_MAX));
    assert_false(filter_wants(&self, text, FILTER_MAX - 1));
    /* As many of the longest characters fit. */
    for (size_t i = 0; i < FILTER_MAX; i++)
        memcpy(text + 4 * i, "\xf0\x9f\x98\x80", 4);
    text[4 * FILTER_MAX] = '\0';
    filter_set(&self, text);
    assert_int_equal(self.length, FILTER_MAX);
    assert_string_equal(self.text, text);
}

int main(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_wanted),
        cmocka_unit_test(test_any_bytes),
        cmocka_unit_test(test_long_filters_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
