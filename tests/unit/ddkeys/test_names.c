/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_names - lists of tenants, and files named after them
 */
#include <stdio.h>
#include <string.h>

#include "ddkeys/names.h"
#include "tests/unit/unit.h"

#define LONGEST "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-123456789"

static void test_good_lists(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        const char *names[4];
    } LISTS[] = {
        {"a", {"a"}},
        {"a,b,c", {"a", "b", "c"}},
        {"a,b,c\n", {"a", "b", "c"}},
        {" a ,\tb\r\n,  c  ", {"a", "b", "c"}},
        {"abc,ab,abcd", {"abc", "ab", "abcd"}},
        {"Public,publics,d-d", {"Public", "publics", "d-d"}},
        {"åäö,漢字", {"åäö", "漢字"}},
        {LONGEST, {LONGEST}},
    };
    for (size_t i = 0; i < COUNT(LISTS); i++) {
        dd_problem_t problem = {0};
        names_t *names = names_new(dd_bytes_of(LISTS[i].list), &problem);
        if (names == NULL)
            print_error("%s: %s\n", LISTS[i].list, problem.text);
        assert_non_null(names);
        for (size_t at = 0; at < names->count; at++)
            assert_string_equal(names->at[at], LISTS[i].names[at]);
        assert_null(LISTS[i].names[names->count]);
        names_destroy(&names);
        assert_null(names);
        names_destroy(&names);
    }
    names_destroy(NULL);
}

static void test_bad_lists(void **state)
{
    (void)state;
    static const struct {
        const char *list;
        const char *complaint;
    } LISTS[] = {
        {"", "no tenant is named"},
        {" \t\r\n", "no tenant is named"},
        {",", "\"\" is not a tenant's name"},
        {"a,", "\"\" is not a tenant's name"},
        {",a", "\"\" is not a tenant's name"},
        {"a,,b", "\"\" is not a tenant's name"},
        {"a b", "\"a b\" is not a tenant's name"},
        {"a.b", "\"a.b\" is not a tenant's name"},
        {"a:b", "\"a:b\" is not a tenant's name"},
        {"a,x/y", "\"x/y\" is not a tenant's name"},
        {"../etc", "\"../etc\" is not a tenant's name"},
        {"a\nb", "is not a tenant's name"},
        {"\xff", "is not a tenant's name"},
        {LONGEST "x", "is not a tenant's name"},
        {"a,b,a", "\"a\" is named twice"},
        {"a, a", "\"a\" is named twice"},
        {"public", "no tenant can be called \"public\""},
        {"a,operator", "no tenant can be called \"operator\""},
        {"broker,a", "no tenant can be called \"broker\""},
        {"dd", "no tenant can be called \"dd\""},
    };
    for (size_t i = 0; i < COUNT(LISTS); i++) {
        dd_problem_t problem = {0};
        assert_null(names_new(dd_bytes_of(LISTS[i].list), &problem));
        if (strstr(problem.text, LISTS[i].complaint) == NULL)
            print_error("\"%s\": %s\n", LISTS[i].list, problem.text);
        assert_non_null(strstr(problem.text, LISTS[i].complaint));
        assert_int_equal(problem.error, DD_E_NAME_INVALID);
    }
    assert_null(names_new(dd_bytes("a\0b", 3), NULL));
    assert_null(names_new((dd_bytes_t){0}, NULL));
}

static void test_files(void **state)
{
    (void)state;
    assert_string_equal(names_file("a").text, "a-keys.json");
    assert_string_equal(names_file(LONGEST).text, LONGEST "-keys.json");
    assert_string_equal(names_aside("a-keys.json").text, ".a-keys.json.new");
    assert_string_equal(names_aside(names_file(LONGEST).text).text, "." LONGEST "-keys.json.new");

    static const struct {
        const char *entry;
        bool is_file, is_aside;
    } ENTRIES[] = {{"a-keys.json", true, false}, {"-keys.json", true, false},
        {"keys.json", false, false}, {"a-keys.json.new", false, false},
        {".a-keys.json.new", false, true}, {".a-keys.json", false, false}, {"", false, false}};
    for (size_t i = 0; i < COUNT(ENTRIES); i++) {
        assert_int_equal(names_is_file(ENTRIES[i].entry), ENTRIES[i].is_file);
        assert_int_equal(names_is_aside(ENTRIES[i].entry), ENTRIES[i].is_aside);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_lists),
        cmocka_unit_test(test_bad_lists),
        cmocka_unit_test(test_files),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
