/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_canvas - what is drawn stands where it should, and nothing outside of its area
 */
#include "tests/unit/ddtui/scripted.h"

static void assert_row(const canvas_t *canvas, int row, const char *expected)
{
    char *line = canvas_row(canvas, row);
    assert_non_null(line);
    assert_string_equal(line, expected);
    free(line);
}

static void test_text_is_clipped_to_its_area(void **state)
{
    (void)state;
    static const struct {
        rect_t area;
        int row;
        int column;
        const char *text;
        const char *expected; /* row 0 of a canvas of 10 columns */
    } CASES[] = {
        {{0, 0, 1, 10}, 0, 0, "hello", "hello"}, {{0, 2, 1, 4}, 0, 0, "hello", "  hell"},
        {{0, 2, 1, 4}, 0, -2, "hello", "  llo"}, {{0, 2, 1, 4}, 0, 3, "hello", "     h"},
        {{0, 2, 1, 4}, 1, 0, "hello", ""}, {{0, 2, 1, 4}, -1, 0, "hello", ""},
        {{0, -2, 1, 5}, 0, 0, "hello", "llo"}, {{0, 8, 5, 50}, 0, 0, "hello", "        he"},
        {{-1, 0, 2, 10}, 1, 0, "hello", "hello"}, {{0, 0, 0, 0}, 0, 0, "hello", ""},
        {{0, 0, 1, 3}, 0, 0, "漢字", "漢"}, /* no half of a character */
        {{0, 1, 1, 9}, 0, -1, "漢字", "  字"},
        {{0, 0, 1, 10}, 0, 0, "a\x1b[31mb\tc\x7f\xff", "a?[31mb?c?"},
        {{0, 0, 1, 10}, 0, 0, "a\xe2\x80\xaeo\xe3\x85\xa4l", "a?o?l"}, /* turns, hides */
        {{0, 0, 1, 10}, 0, 0, "e\xcc\x81x", "e\xcc\x81x"},             /* a combining accent */
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        canvas_t *canvas = canvas_new(1, 10);
        canvas_text(
            canvas, CASES[i].area, CASES[i].row, CASES[i].column, STYLE_PLAIN, CASES[i].text);
        assert_row(canvas, 0, CASES[i].expected);
        canvas_destroy(&canvas);
    }
}

static void test_half_overwritten_wide_characters_vanish(void **state)
{
    (void)state;
    canvas_t *canvas = canvas_new(1, 6);
    rect_t all = canvas_all(canvas);
    canvas_text(canvas, all, 0, 0, STYLE_PLAIN, "漢字漢");
    canvas_text(canvas, all, 0, 1, STYLE_PLAIN, "x");
    assert_row(canvas, 0, " x字漢");
    canvas_text(canvas, all, 0, 2, STYLE_PLAIN, "y");
    assert_row(canvas, 0, " xy 漢");
    canvas_text(canvas, all, 0, 3, STYLE_PLAIN, "字");
    assert_row(canvas, 0, " xy字");
    canvas_destroy(&canvas);
}

static void test_many_marks_on_one_character(void **state)
{
    (void)state;
    char text[512] = "e";
    for (int i = 0; i < 200; i++)
        strcat(text, "\xcc\x81");
    canvas_t *canvas = canvas_new(1, 4);
    canvas_text(canvas, canvas_all(canvas), 0, 0, STYLE_PLAIN, text);
    assert_int_equal(wcslen(canvas_cell(canvas, 0, 0)->text), CANVAS_MARKS);
    canvas_destroy(&canvas);
}

static void test_boxes(void **state)
{
    (void)state;
    canvas_t *canvas = canvas_new(3, 12);
    rect_t inside = canvas_box(canvas, canvas_all(canvas), "Title that is long");
    assert_int_equal(inside.row, 1);
    assert_int_equal(inside.height, 1);
    assert_int_equal(inside.width, 10);
    assert_row(canvas, 0, "┌─ Title t─┐");
    assert_row(canvas, 1, "│          │");
    assert_row(canvas, 2, "└──────────┘");
    inside = canvas_box(canvas, (rect_t){0, 0, 1, 1}, NULL);
    assert_int_equal(inside.height, 0);
    canvas_destroy(&canvas);
}

static void test_found_text_is_marked(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *what;
        const char *marks; /* '#' where it is marked */
    } CASES[] = {
        {"one two one", "one", "###     ###"},
        {"one two one", "ONE", "###     ###"},
        {"Ångström", "ångs", "####    "},
        {"漢字 x", "字", "  ## "},
        {"one", "", "   "},
        {"one", "onex", "   "},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        canvas_t *canvas = canvas_new(1, 20);
        canvas_text(canvas, canvas_all(canvas), 0, 0, STYLE_PLAIN, CASES[i].line);
        canvas_mark_text(canvas, canvas_all(canvas), 0, CASES[i].what);
        for (size_t column = 0; column < strlen(CASES[i].marks); column++)
            assert_int_equal((canvas_cell(canvas, 0, (int)column)->style & STYLE_FOUND) != 0,
                CASES[i].marks[column] == '#');
        canvas_destroy(&canvas);
    }
}

static void test_areas(void **state)
{
    (void)state;
    rect_t area = {2, 3, 10, 20};
    rect_t top = rect_cut_top(&area, 4), right = rect_cut_right(&area, 5);
    rect_t bottom = rect_cut_bottom(&area, 100), left = rect_cut_left(&area, -1);
    assert_int_equal(top.height, 4);
    assert_int_equal(top.width, 20);
    assert_int_equal(right.column, 18);
    assert_int_equal(right.height, 6);
    assert_int_equal(bottom.height, 6);
    assert_int_equal(left.width, 0);
    assert_int_equal(area.height, 0);
    rect_t middle = rect_centre((rect_t){0, 0, 10, 20}, 4, 100);
    assert_int_equal(middle.row, 3);
    assert_int_equal(middle.width, 20);
    assert_true(rect_has(middle, 6, 19));
    assert_false(rect_has(middle, 7, 19));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_text_is_clipped_to_its_area),
        cmocka_unit_test(test_half_overwritten_wide_characters_vanish),
        cmocka_unit_test(test_many_marks_on_one_character),
        cmocka_unit_test(test_boxes),
        cmocka_unit_test(test_found_text_is_marked),
        cmocka_unit_test(test_areas),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
