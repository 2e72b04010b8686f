/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_tree_order - an order becomes a tree's, and what is no tree is left alone
 */
#include <stdint.h>

#include "ddtui/ui/tree_order.h"
#include "tests/unit/unit.h"

#define NONE SIZE_MAX

static void test_what_stands_below(void **state)
{
    (void)state;
    static const struct {
        size_t count;
        size_t above[5];
        size_t order[5];
    } CASES[] = {
        {0, {0}, {0}},
        {1, {NONE}, {0}},
        {3, {NONE, NONE, NONE}, {0, 1, 2}},
        {5, {3, 2, NONE, NONE, 0}, {2, 1, 3, 0, 4}},
        {5, {1, 2, 3, 4, NONE}, {4, 3, 2, 1, 0}},
        {5, {4, 4, 4, 4, NONE}, {4, 0, 1, 2, 3}},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        size_t order[5];
        assert_true(tree_order(CASES[i].above, CASES[i].count, order));
        for (size_t place = 0; place < CASES[i].count; place++)
            assert_int_equal(order[place], CASES[i].order[place]);
    }
}

static void test_what_stands_below_itself_is_no_tree(void **state)
{
    (void)state;
    size_t order[3];
    assert_false(tree_order((const size_t[]){NONE, 2, 1}, 3, order));
    assert_false(tree_order((const size_t[]){0}, 1, order));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_stands_below),
        cmocka_unit_test(test_what_stands_below_itself_is_no_tree),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
