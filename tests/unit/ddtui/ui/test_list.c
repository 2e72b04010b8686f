/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_list - the selection follows its row, filters stay, orders hold
 */
#include "tests/unit/ddtui/scripted.h"

/* Rows of numbers. */
typedef struct {
    int numbers[100];
    size_t count;
} numbers_t;

static size_t count(const void *source)
{
    return ((const numbers_t *)source)->count;
}

static int number(const void *source, size_t index)
{
    return ((const numbers_t *)source)->numbers[index];
}

static uint64_t identity(const void *source, size_t index)
{
    return (uint64_t)number(source, index);
}

static size_t text(const void *source, size_t index, char *out, size_t room)
{
    return (size_t)snprintf(out, room, "Number %d", number(source, index));
}

static int compare(const void *source, size_t a, size_t b, size_t column)
{
    (void)column;
    return number(source, a) - number(source, b);
}

static const list_ops_t OPS = {
    .count = count, .identity = identity, .text = text, .compare = compare};

static int selected(const list_t *list, const numbers_t *numbers)
{
    return number(numbers, list_selected_index(list));
}

static void test_the_selection_follows_its_row(void **state)
{
    (void)state;
    numbers_t numbers = {{5, 6, 7}, 3};
    list_t *list = list_new(&OPS, false);
    list_update(list, &numbers);
    assert_int_equal(selected(list, &numbers), 5);
    assert_true(list_act(list, ACT_DOWN));
    numbers = (numbers_t){{1, 2, 6, 5}, 4};
    list_update(list, &numbers);
    assert_int_equal(selected(list, &numbers), 6);
    numbers = (numbers_t){{1, 2, 5}, 3}; /* it is gone: what is in its place */
    list_update(list, &numbers);
    assert_int_equal(selected(list, &numbers), 5);
    numbers = (numbers_t){{1}, 1};
    list_update(list, &numbers);
    assert_int_equal(selected(list, &numbers), 1);
    numbers.count = 0;
    list_update(list, &numbers);
    assert_true(list_selected(list) == LIST_NONE);
    assert_true(list_selected_index(list) == LIST_NONE);
    assert_true(list_act(list, ACT_DOWN));
    list_destroy(&list);
}

static void test_a_rolling_list(void **state)
{
    (void)state;
    numbers_t numbers = {{1, 2}, 2};
    list_t *list = list_new(&OPS, true);
    list_update(list, &numbers);
    assert_int_equal(selected(list, &numbers), 2);
    numbers = (numbers_t){{1, 2, 3}, 3};
    list_update(list, &numbers);
    assert_int_equal(selected(list, &numbers), 3);
    list_act(list, ACT_UP); /* holds on to its row from now */
    numbers = (numbers_t){{2, 3, 4}, 3};
    list_update(list, &numbers);
    assert_int_equal(selected(list, &numbers), 2);
    list_act(list, ACT_LAST);
    numbers = (numbers_t){{3, 4, 5}, 3};
    list_update(list, &numbers);
    assert_int_equal(selected(list, &numbers), 5);
    list_destroy(&list);
}

static void test_filters(void **state)
{
    (void)state;
    static const struct {
        const char *filter;
        size_t rows;
    } CASES[] = {
        {"", 4}, {"number", 4}, {"R 1", 3}, {"12", 1}, {"!12", 3}, {"nothing", 0}, {"!", 4}};
    numbers_t numbers = {{1, 12, 123456, 31}, 4};
    numbers.numbers[2] = 13;
    list_t *list = list_new(&OPS, false);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        list_set_filter(list, CASES[i].filter);
        list_update(list, &numbers);
        assert_int_equal(list_count(list), CASES[i].rows);
        numbers.numbers[3]++; /* a refresh keeps the filter */
        list_update(list, &numbers);
        assert_int_equal(list_count(list), CASES[i].rows);
    }
    list_destroy(&list);
}

/* Rows that the filter wants can be gone to, with all others around them. */
static void test_what_is_found_among_all(void **state)
{
    (void)state;
    static const struct {
        action_t action;
        int selected;
    } STEPS[] = {{ACT_FIND_NEXT, 12}, {ACT_FIND_NEXT, 21}, {ACT_FIND_NEXT, 12},
        {ACT_FIND_PREVIOUS, 21}, {ACT_DOWN, 5}, {ACT_FIND_PREVIOUS, 21}, {ACT_FIRST, 1},
        {ACT_FIND_PREVIOUS, 21}};
    numbers_t numbers = {{1, 12, 3, 21, 5}, 5};
    list_t *list = list_new(&OPS, false);
    list_show_all(list, true); /* without a filter that means nothing */
    list_update(list, &numbers);
    list_act(list, ACT_FIND_NEXT);
    assert_int_equal(selected(list, &numbers), 1);
    list_set_filter(list, "2");
    list_update(list, &numbers);
    assert_int_equal(list_count(list), 2);
    list_show_all(list, true);
    list_update(list, &numbers);
    list_select(list, 0);
    assert_int_equal(list_count(list), 5);
    assert_int_equal(list_found(list), 2);
    for (size_t i = 0; i < COUNT(STEPS); i++) {
        assert_true(list_act(list, STEPS[i].action));
        assert_int_equal(selected(list, &numbers), STEPS[i].selected);
    }
    list_set_filter(list, ""); /* ends it */
    list_set_filter(list, "2");
    list_update(list, &numbers);
    assert_int_equal(list_count(list), 2);
    list_destroy(&list);
}

static void test_orders(void **state)
{
    (void)state;
    numbers_t numbers = {{3, 1, 2}, 3};
    list_t *list = list_new(&OPS, false);
    list_set_order(list, 0, false);
    list_update(list, &numbers);
    assert_int_equal(number(&numbers, list_index(list, 0)), 1);
    assert_int_equal(number(&numbers, list_index(list, 2)), 3);
    list_set_order(list, 0, true);
    list_update(list, &numbers);
    assert_int_equal(number(&numbers, list_index(list, 0)), 3);
    list_set_order(list, LIST_NONE, false);
    list_update(list, &numbers);
    assert_int_equal(number(&numbers, list_index(list, 1)), 1);
    list_destroy(&list);
}

/* Rows of a tree: what stands below one is numbered from ten times that on. */
static size_t parent(const void *source, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (number(source, i) == number(source, index) / 10)
            return i;
    return LIST_NONE;
}

static void assert_order(const list_t *list, const numbers_t *numbers, const int *order)
{
    for (size_t i = 0; i < list_count(list); i++)
        assert_int_equal(number(numbers, list_index(list, i)), order[i]);
}

static void test_a_tree_is_ordered_among_siblings(void **state)
{
    (void)state;
    list_ops_t ops = OPS;
    ops.parent = parent;
    numbers_t numbers = {{1, 12, 121, 11, 112, 111, 2, 21}, 8};
    list_t *list = list_new(&ops, false);
    list_set_order(list, 0, false);
    list_update(list, &numbers);
    assert_order(list, &numbers, (const int[]){1, 11, 111, 112, 12, 121, 2, 21});
    list_set_order(list, 0, true);
    list_update(list, &numbers);
    assert_order(list, &numbers, (const int[]){2, 21, 1, 12, 121, 11, 112, 111});
    list_set_filter(list, "/1$/"); /* without 11's brother, and 21 below nobody */
    list_update(list, &numbers);
    assert_order(list, &numbers, (const int[]){21, 1, 121, 11, 111});
    list_destroy(&list);
}

static void test_the_selection_is_visible(void **state)
{
    (void)state;
    numbers_t numbers = {.count = 100};
    for (int i = 0; i < 100; i++)
        numbers.numbers[i] = i;
    list_t *list = list_new(&OPS, false);
    list_update(list, &numbers);
    static const action_t ACTIONS[] = {ACT_DOWN, ACT_PAGE_DOWN, ACT_PAGE_DOWN, ACT_UP, ACT_LAST,
        ACT_PAGE_UP, ACT_PAGE_DOWN, ACT_PAGE_DOWN, ACT_FIRST, ACT_UP};
    for (size_t i = 0; i < COUNT(ACTIONS); i++) {
        list_act(list, ACTIONS[i]);
        for (size_t height = 29; height > 1; height -= 7) {
            size_t top = list_top(list, height);
            assert_in_range(list_selected(list), top, top + height - 1);
            assert_true(top + height <= 100);
        }
    }
    assert_int_equal(list_top(list, 200), 0);
    list_destroy(&list);
}

/* Whatever comes after it, and also when it is gone: another one isn't what was looked at. */
static void test_a_held_row_stays(void **state)
{
    (void)state;
    numbers_t numbers = {{1, 2}, 2};
    list_t *list = list_new(&OPS, true);
    list_update(list, &numbers);
    list_hold(list, true);
    numbers = (numbers_t){{1, 2, 3}, 3};
    list_update(list, &numbers);
    assert_int_equal(selected(list, &numbers), 2);
    numbers = (numbers_t){{3, 4}, 2};
    list_update(list, &numbers);
    assert_true(list_selected(list) == LIST_NONE);
    assert_true(list_selected_index(list) == LIST_NONE);
    list_hold(list, false);
    list_update(list, &numbers);
    assert_int_equal(selected(list, &numbers), 4);
    list_destroy(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_selection_follows_its_row),
        cmocka_unit_test(test_a_rolling_list),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_what_is_found_among_all),
        cmocka_unit_test(test_orders),
        cmocka_unit_test(test_a_tree_is_ordered_among_siblings),
        cmocka_unit_test(test_the_selection_is_visible),
        cmocka_unit_test(test_a_held_row_stays),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
