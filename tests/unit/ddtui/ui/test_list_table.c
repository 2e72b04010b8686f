/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_list_table - which columns a table has at which width, and how its rows are drawn and
 * ordered
 */
#include "ddtui/ui/list_table.h"
#include "tests/unit/ddtui/scripted.h"

static void test_table_layout(void **state)
{
    (void)state;
    static const list_table_column_t LAYOUT[] = {{NULL, "A", 10, 1, LIST_TABLE_REST, false},
        {NULL, "B", 5, 2, 0, true}, {NULL, "C", 5, 3, 8, false}, {NULL, "D", 5, 1, 0, false}};
    static const list_table_t WIDTHS_OF = {.columns = LAYOUT, .count = 4};
    static const struct {
        int width;
        int widths[4];
    } CASES[] = {
        {28, {10, 5, 5, 5}},
        {27, {15, 5, 0, 5}},
        {21, {15, 0, 0, 5}},
        {16, {10, 0, 0, 5}},
        {5, {10, 0, 0, 5}}, /* the canvas cuts it */
        {40, {19, 5, 8, 5}},
        {0, {10, 0, 0, 5}},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        int widths[LIST_TABLE_COLUMNS_MAX];
        assert_int_equal(list_table_layout(&WIDTHS_OF, CASES[i].width, LIST_NONE, 0, widths), 0);
        for (size_t column = 0; column < 4; column++)
            assert_int_equal(widths[column], CASES[i].widths[column]);
    }
}

/* ---- A table of clients --------------------------------------------------------------------- */

enum { COLUMN_MARK, COLUMN_NAME, COLUMN_OUTBOX };

static const list_table_column_t COLUMNS[] = {
    [COLUMN_MARK] = {NULL, "", 1, 2, 0, false},
    [COLUMN_NAME] = {"name", "CLIENT", 8, 1, 0, false},
    [COLUMN_OUTBOX] = {"outbox", "OUTBOX", 7, 1, 0, true},
};

static const client_t CLIENTS[] = {{.name = "cli2", .outbox = 123456},
    {.name = "a-very-long-name", .outbox = 7}, {.name = "cli10", .outbox = MODEL_UNKNOWN}};
#define CLIENT_COUNT (COUNT(CLIENTS))

static const void *row_at(const void *source, size_t index)
{
    return (const client_t *)source + index;
}

static size_t count(const void *source)
{
    (void)source;
    return CLIENT_COUNT;
}

static uint64_t identity(const void *source, size_t index)
{
    (void)source;
    return index;
}

static size_t row_text(const void *source, size_t index, char *out, size_t room)
{
    const client_t *client = row_at(source, index);
    return (size_t)snprintf(out, room, "%s", client->name);
}

static bool cell(const void *source, size_t index, size_t column, char *out, size_t room)
{
    (void)source;
    if (column == COLUMN_MARK)
        snprintf(out, room, "%s", index == 0 ? "●" : "");
    return column == COLUMN_MARK;
}

static unsigned style(const void *source, size_t index, size_t column)
{
    (void)source;
    return index == 1 && column == COLUMN_OUTBOX ? STYLE_BAD : STYLE_PLAIN;
}

static const list_table_t TABLE = {.view = VIEW_CLIENTS,
    .columns = COLUMNS,
    .count = 3,
    .row = row_at,
    .cell = cell,
    .style = style};

static int compare(const void *source, size_t a, size_t b, size_t column)
{
    return list_table_compare(&TABLE, source, a, b, column);
}

static bool known(const void *source, size_t index, size_t column)
{
    return list_table_known(&TABLE, source, index, column);
}

static const list_ops_t LIST = {
    .count = count, .identity = identity, .text = row_text, .compare = compare};

static list_t *list_of_clients(void)
{
    list_t *list = list_new(&LIST, false);
    assert_non_null(list);
    list_update(list, CLIENTS);
    return list;
}

static void assert_row(const canvas_t *canvas, int row, const char *expected)
{
    char *line = canvas_row(canvas, row);
    assert_string_equal(line, expected);
    free(line);
}

static void test_drawing(void **state)
{
    (void)state;
    canvas_t *canvas = canvas_new(5, 20);
    list_t *list = list_of_clients();
    rect_t rows = list_table_draw(&TABLE, CLIENTS, list, canvas, canvas_all(canvas));
    assert_int_equal(rows.row, 1);
    assert_int_equal(rows.height, 4);
    assert_row(canvas, 0, "  CLIENT    OUTBOX");
    assert_row(canvas, 1, "● cli2     123.4kB");
    assert_row(canvas, 2, "  a-ve…ame      7B");
    assert_row(canvas, 3, "  cli10          -");
    assert_row(canvas, 4, "");
    assert_int_equal(canvas_cell(canvas, 0, 2)->style, STYLE_TITLE);
    assert_int_equal(canvas_cell(canvas, 1, 2)->style, STYLE_PLAIN | STYLE_SELECTED);
    assert_int_equal(canvas_cell(canvas, 2, 17)->style, STYLE_BAD);
    list_destroy(&list);
    canvas_destroy(&canvas);
}

/* Only so many rows as there is room for, and those around the selection. */
static void test_only_what_is_visible(void **state)
{
    (void)state;
    canvas_t *canvas = canvas_new(2, 20);
    list_t *list = list_of_clients();
    list_select(list, 2);
    list_table_draw(&TABLE, CLIENTS, list, canvas, canvas_all(canvas));
    assert_row(canvas, 1, "  cli10          -");
    list_table_draw(&TABLE, CLIENTS, list, canvas, (rect_t){0, 0, 1, 20}); /* only titles */
    list_table_draw(&TABLE, CLIENTS, list, canvas, (rect_t){0, 0, 0, 0});
    list_destroy(&list);
    canvas_destroy(&canvas);
}

static void test_what_is_found_is_marked(void **state)
{
    (void)state;
    canvas_t *canvas = canvas_new(5, 20);
    list_t *list = list_of_clients();
    list_set_filter(list, "LI1");
    list_update(list, CLIENTS);
    list_table_draw(&TABLE, CLIENTS, list, canvas, canvas_all(canvas));
    assert_row(canvas, 1, "  cli10          -");
    assert_false(canvas_cell(canvas, 1, 2)->style & STYLE_FOUND);
    assert_true(canvas_cell(canvas, 1, 3)->style & STYLE_FOUND);
    list_destroy(&list);
    canvas_destroy(&canvas);
}

static void test_orders(void **state)
{
    (void)state;
    static const struct {
        size_t column;
        bool reverse;
        size_t indices[CLIENT_COUNT];
        const char *titles;
    } CASES[] = {
        {COLUMN_NAME, false, {1, 0, 2}, "  CLIENT▲   OUTBOX"},
        {COLUMN_NAME, true, {2, 0, 1}, "  CLIENT▼   OUTBOX"},
        {COLUMN_OUTBOX, false, {1, 0, 2}, "  CLIENT   OUTBOX▲"},
        {COLUMN_MARK, false, {0, 1, 2}, "▲ CLIENT    OUTBOX"}, /* no field: as they came */
    };
    canvas_t *canvas = canvas_new(5, 20);
    list_t *list = list_of_clients();
    for (size_t i = 0; i < COUNT(CASES); i++) {
        list_set_order(list, CASES[i].column, CASES[i].reverse);
        list_update(list, CLIENTS);
        for (size_t position = 0; position < CLIENT_COUNT; position++)
            assert_int_equal(list_index(list, position), CASES[i].indices[position]);
        canvas_fill(canvas, canvas_all(canvas), STYLE_PLAIN);
        list_table_draw(&TABLE, CLIENTS, list, canvas, canvas_all(canvas));
        assert_row(canvas, 0, CASES[i].titles);
    }
    list_destroy(&list);
    canvas_destroy(&canvas);
}

static void test_the_column_at_a_place(void **state)
{
    (void)state;
    list_t *list = list_of_clients();
    static const size_t WIDE[] = {0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3};
    for (int at = 0; at < (int)(COUNT(WIDE)); at++)
        assert_int_equal(
            list_table_column_at(&TABLE, CLIENTS, list, (rect_t){1, 0, 4, 18}, at), WIDE[at]);
    assert_int_equal(list_table_column_at(&TABLE, CLIENTS, list, (rect_t){1, 0, 4, 16}, 0),
        COLUMN_NAME); /* the mark has left */
    assert_int_equal(
        list_table_column_at(&TABLE, CLIENTS, list, (rect_t){1, 0, 4, 16}, 7), COLUMN_NAME);
    assert_int_equal(
        list_table_column_at(&TABLE, CLIENTS, list, (rect_t){1, 0, 4, 16}, 8), COLUMN_OUTBOX);
    list_destroy(&list);
}

/* What is ordered by has a place, with its arrow, and so have the columns that name a row; what
   doesn't fit stands on the sheets behind the first. */
static void test_sheets(void **state)
{
    (void)state;
    static const list_table_column_t LAYOUT[] = {{NULL, "A", 6, 1, 0, false},
        {NULL, "B", 5, 3, 0, true}, {NULL, "C", 5, 4, 0, true}, {NULL, "D", 5, 2, 0, true},
        {NULL, "LONG", 4, 5, 0, true}};
    static const list_table_t SHEETS = {.columns = LAYOUT, .count = 5};
    static const struct {
        size_t order, sheet;
        size_t shown; /* the sheet that it is */
        int widths[5];
    } CASES[] = {
        {LIST_NONE, 0, 0, {6, 0, 0, 5, 0}},
        {LIST_NONE, 1, 1, {6, 5, 0, 0, 0}},
        {LIST_NONE, 2, 2, {6, 0, 5, 0, 0}},
        {LIST_NONE, 3, 3, {6, 0, 0, 0, 4}},
        {LIST_NONE, 4, 3, {6, 0, 0, 0, 4}}, /* there is no other */
        {2, 0, 0, {6, 0, 5, 0, 0}},
        {2, 1, 1, {6, 5, 5, 0, 0}}, /* each sheet has it, and one other at least */
        {4, 0, 0, {6, 0, 0, 0, 5}},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        int widths[LIST_TABLE_COLUMNS_MAX];
        assert_int_equal(
            list_table_layout(&SHEETS, 12, CASES[i].order, CASES[i].sheet, widths), CASES[i].shown);
        for (size_t column = 0; column < 5; column++)
            assert_int_equal(widths[column], CASES[i].widths[column]);
    }
    assert_int_equal(list_table_needs(&SHEETS, 2), 12);
    assert_int_equal(list_table_needs(&SHEETS, 5), 29);
}

/* What isn't known stands last, whichever way the rows are ordered. */
static void test_what_is_unknown_stands_last(void **state)
{
    (void)state;
    static const size_t ORDERS[2][CLIENT_COUNT] = {{1, 0, 2}, {0, 1, 2}};
    list_ops_t ops = LIST;
    ops.known = known;
    list_t *list = list_new(&ops, false);
    for (int reverse = 0; reverse < 2; reverse++) {
        list_set_order(list, COLUMN_OUTBOX, reverse);
        list_update(list, CLIENTS);
        for (size_t i = 0; i < CLIENT_COUNT; i++)
            assert_int_equal(list_index(list, i), ORDERS[reverse][i]);
    }
    list_destroy(&list);
}

static void test_words_and_fields(void **state)
{
    (void)state;
    char text[COLUMN_TEXT_ROOM];
    assert_int_equal(list_table_named(&TABLE, "client"), COLUMN_NAME);
    assert_int_equal(list_table_named(&TABLE, "name"), COLUMN_NAME);
    assert_int_equal(list_table_named(&TABLE, "tenant"), TABLE.count);
    assert_true(list_table_words(&TABLE, CLIENTS, 0, COLUMN_MARK, text, sizeof text));
    assert_string_equal(text, "●");
    assert_true(list_table_words(&TABLE, CLIENTS, 0, COLUMN_NAME, text, sizeof text));
    assert_string_equal(text, "cli2");
    assert_false(list_table_words(&TABLE, CLIENTS, 0, COLUMN_OUTBOX, text, sizeof text));
    list_table_cell(&TABLE, CLIENTS, 0, COLUMN_OUTBOX, text, sizeof text);
    assert_string_equal(text, "123.4kB");
}

static void test_the_bar(void **state)
{
    (void)state;
    static const struct {
        size_t first, visible, count;
        const char *bar; /* the rows between the frame's */
    } CASES[] = {
        {0, 8, 8, "        "}, /* all is visible */
        {0, 8, 16, "####    "},
        {8, 8, 16, "    ####"},
        {4, 8, 16, "  ####  "},
        {0, 8, 100000, "#       "},
        {99992, 8, 100000, "       #"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        canvas_t *canvas = canvas_new(10, 5);
        list_table_draw_bar(
            canvas, canvas_all(canvas), CASES[i].first, CASES[i].visible, CASES[i].count);
        for (int row = 0; row < 10; row++) {
            bool inside = row > 0 && row < 9;
            assert_int_equal(canvas_cell(canvas, row, 4)->text[0] == L'█',
                inside && CASES[i].bar[row - 1] == '#');
        }
        canvas_destroy(&canvas);
    }
    canvas_t *canvas = canvas_new(10, 5);
    list_table_draw_bar(canvas, (rect_t){0, 0, 2, 5}, 0, 1, 10); /* no room for one */
    assert_hides(canvas, "█");
    canvas_destroy(&canvas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_table_layout),
        cmocka_unit_test(test_drawing),
        cmocka_unit_test(test_only_what_is_visible),
        cmocka_unit_test(test_what_is_found_is_marked),
        cmocka_unit_test(test_orders),
        cmocka_unit_test(test_the_column_at_a_place),
        cmocka_unit_test(test_sheets),
        cmocka_unit_test(test_what_is_unknown_stands_last),
        cmocka_unit_test(test_words_and_fields),
        cmocka_unit_test(test_the_bar),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
