/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_table_layout - tables that fit the terminal
 */
#include <string.h>

#include "ddtui/script/table_layout.h"
#include "tests/unit/unit.h"

/* Cells that a line takes. */
static unsigned width_of(const table_layout_t *layout, const columns_t *columns)
{
    unsigned width = 0;
    for (size_t i = 0; i < columns->count; i++)
        if (layout->widths[i] > 0)
            width += layout->widths[i] + (width > 0 ? layout->gap : 0);
    return width;
}

static unsigned width_at(const table_layout_t *layout, const columns_t *columns, const char *field)
{
    return layout->widths[columns_find(columns, field) - columns->columns];
}

/* A table whose values are all so wide. */
static table_layout_t layout_of(const columns_t *columns, unsigned needed, unsigned limit)
{
    unsigned all[TABLE_COLUMNS_MAX];
    table_layout_t layout;
    for (size_t i = 0; i < TABLE_COLUMNS_MAX; i++)
        all[i] = needed;
    table_layout_make(&layout, columns, all, limit);
    return layout;
}

static void test_no_line_is_wrapped(void **state)
{
    (void)state;
    for (view_t view = VIEW_TREE; view < VIEWS; view++)
        for (unsigned limit = 1; limit <= 300; limit++)
            for (unsigned needed = 0; needed <= 40; needed += 5) {
                table_layout_t layout = layout_of(columns_of(view), needed, limit);
                assert_int_equal(width_of(&layout, columns_of(view)), limit);
            }
}

static void test_without_a_terminal_all_is_as_the_table_says(void **state)
{
    (void)state;
    table_layout_t layout = layout_of(columns_of(VIEW_TREE), 70, 0);
    assert_int_equal(width_at(&layout, columns_of(VIEW_TREE), "broker"), 24);
    assert_int_equal(width_at(&layout, columns_of(VIEW_TREE), "dropped"), 7);
}

static void test_where_there_is_room_nothing_is_cut(void **state)
{
    (void)state;
    table_layout_t layout = layout_of(columns_of(VIEW_TREE), 40, 500);
    assert_int_equal(width_at(&layout, columns_of(VIEW_TREE), "broker"), 40);
    assert_int_equal(width_at(&layout, columns_of(VIEW_TREE), "state"), 40);
}

/* Figures are never cut: they are seen, or left out. What tells of losses stays. */
static void test_in_80_columns_losses_are_seen(void **state)
{
    (void)state;
    const columns_t *columns = columns_of(VIEW_TREE);
    unsigned needed[TABLE_COLUMNS_MAX] = {0};
    needed[0] = 30;
    needed[1] = 30;
    for (size_t i = 2; i < columns->count; i++)
        needed[i] = 7;
    table_layout_t layout;
    table_layout_make(&layout, columns, needed, 80);
    assert_int_equal(layout.gap, 1);
    assert_in_range(width_at(&layout, columns, "broker"), 12, 29);
    assert_int_equal(width_at(&layout, columns, "state"), 7);
    assert_in_range(width_at(&layout, columns, "dropped"), 7, 80);
    assert_int_equal(width_at(&layout, columns, "refused"), 7);
    assert_int_equal(width_at(&layout, columns, "subscriptions"), 0);
}

/* The text of events goes before who they are about. */
static void test_events_keep_their_text(void **state)
{
    (void)state;
    const columns_t *columns = columns_of(VIEW_EVENTS);
    unsigned needed[TABLE_COLUMNS_MAX] = {24, 0, 8, 16, 12, 60};
    table_layout_t layout;
    table_layout_make(&layout, columns, needed, 80);
    assert_int_equal(width_at(&layout, columns, "time"), 24);
    assert_in_range(width_at(&layout, columns, "text"), 30, 60);
    table_layout_make(&layout, columns, needed, 60);
    assert_in_range(width_at(&layout, columns, "text"), 15, 60);
    table_layout_make(&layout, columns, needed, 200);
    assert_in_range(width_at(&layout, columns, "text"), 120, 140);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_no_line_is_wrapped),
        cmocka_unit_test(test_without_a_terminal_all_is_as_the_table_says),
        cmocka_unit_test(test_where_there_is_room_nothing_is_cut),
        cmocka_unit_test(test_in_80_columns_losses_are_seen),
        cmocka_unit_test(test_events_keep_their_text),
    };
    return cmocka_run_group_tests_name("table_layout", tests, NULL, NULL);
}
