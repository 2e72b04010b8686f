/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_line_editor - typing, moving and erasing by whole characters
 */
#include "tests/unit/ddtui/scripted.h"

static line_editor_t *typed(const char *text)
{
    line_editor_t *field = line_editor_new(40);
    line_editor_set(field, text);
    return field;
}

static void test_editing(void **state)
{
    (void)state;
    static const struct {
        const char *before;
        action_t actions[6]; /* up to ACT_NONE, and then an 'x' is typed */
        const char *after;
    } CASES[] = {
        {"", {ACT_NONE}, "x"},
        {"ab", {ACT_LEFT}, "axb"},
        {"ab", {ACT_LEFT, ACT_LEFT, ACT_LEFT}, "xab"},
        {"ab", {ACT_FIRST}, "xab"},
        {"ab", {ACT_FIRST, ACT_RIGHT}, "axb"},
        {"ab", {ACT_FIRST, ACT_LAST, ACT_RIGHT}, "abx"},
        {"å✓漢", {ACT_ERASE}, "å✓x"},
        {"å✓漢", {ACT_LEFT, ACT_ERASE}, "åx漢"},
        {"å✓漢", {ACT_FIRST, ACT_ERASE_NEXT}, "x✓漢"},
        {"e\xcc\x81y", {ACT_LEFT, ACT_ERASE}, "xy"}, /* an accent goes with its letter */
        {"one two  ", {ACT_ERASE_WORD}, "one x"},
        {"one two", {ACT_ERASE_ALL}, "x"},
        {"", {ACT_ERASE, ACT_ERASE_NEXT, ACT_ERASE_WORD}, "x"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        line_editor_t *field = typed(CASES[i].before);
        for (size_t a = 0; CASES[i].actions[a] != ACT_NONE; a++)
            assert_true(line_editor_act(field, CASES[i].actions[a]));
        assert_true(line_editor_type(field, 'x'));
        assert_string_equal(line_editor_text(field), CASES[i].after);
        line_editor_destroy(&field);
    }
}

static void test_what_can_not_be_typed(void **state)
{
    (void)state;
    static const uint32_t NONE[] = {0, 0xd800, 0x110000, UI_UP, UINT32_MAX};
    line_editor_t *field = typed("");
    for (size_t i = 0; i < COUNT(NONE); i++)
        assert_false(line_editor_type(field, NONE[i]));
    assert_string_equal(line_editor_text(field), "");
    line_editor_destroy(&field);
    field = line_editor_new(3);
    assert_true(line_editor_type(field, 'a'));
    assert_false(line_editor_type(field, 0x6f22 + 0x10000)); /* four bytes */
    assert_true(line_editor_type(field, 0xe5));
    assert_false(line_editor_type(field, 'b'));
    assert_string_equal(line_editor_text(field), "aå");
    line_editor_set(field, "toolong");
    assert_string_equal(line_editor_text(field), "too");
    line_editor_set(field, "\xff");
    assert_string_equal(line_editor_text(field), "");
    line_editor_destroy(&field);
}

static void test_the_cursor_is_always_visible(void **state)
{
    (void)state;
    line_editor_t *field = typed("one 漢字漢字漢字漢字");
    canvas_t *canvas = canvas_new(1, 12);
    rect_t area = {0, 2, 1, 8};
    for (int i = 0; i < 30; i++) {
        int column = line_editor_draw(field, canvas, area, STYLE_FIELD);
        assert_in_range(column, 2, 9);
        line_editor_act(field, i < 15 ? ACT_LEFT : ACT_RIGHT);
    }
    line_editor_set(field, "a\nb\tc");
    assert_int_equal(line_editor_draw(field, canvas, area, STYLE_FIELD), 7);
    assert_shows(canvas, "a␊b␉c");
    /* What a terminal would obey or not show has a cell and is seen. */
    line_editor_set(field, "a\xe2\x80\xae\xe2\x80\x8d\x7f");
    assert_int_equal(line_editor_draw(field, canvas, area, STYLE_FIELD), 6);
    assert_shows(canvas, "a???");
    canvas_destroy(&canvas);
    line_editor_destroy(&field);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_editing),
        cmocka_unit_test(test_what_can_not_be_typed),
        cmocka_unit_test(test_the_cursor_is_always_visible),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
