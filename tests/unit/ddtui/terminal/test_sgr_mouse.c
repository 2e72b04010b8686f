/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_sgr_mouse - reports of the mouse in numbers
 */
#include "ddtui/terminal/sgr_mouse.h"
#include "tests/unit/unit.h"

/* What a report comes to; what follows its end doesn't belong to it. */
static sgr_mouse_state_t take(sgr_mouse_t *mouse, const char *text)
{
    sgr_mouse_state_t state = SGR_MOUSE_MORE;
    sgr_mouse_begin(mouse);
    for (; *text != '\0' && state == SGR_MOUSE_MORE; text++)
        state = sgr_mouse_take(mouse, (ui_key_t)*text);
    if (state != SGR_MOUSE_MORE)
        assert_int_equal(sgr_mouse_take(mouse, '1'), SGR_MOUSE_NONE);
    return state;
}

static void test_buttons_and_places(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        mouse_t mouse;
        int row;
        int column;
    } CASES[] = {
        {"0;1;1M", MOUSE_CLICK, 0, 0}, {"0;480;120M", MOUSE_CLICK, 119, 479},
        {"4;7;3M", MOUSE_CLICK, 2, 6}, /* with Shift */
        {"64;5;6M", MOUSE_WHEEL_UP, 5, 4}, {"65;5;6M", MOUSE_WHEEL_DOWN, 5, 4},
        {"81;5;6M", MOUSE_WHEEL_DOWN, 5, 4}, /* with Control */
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        sgr_mouse_t mouse;
        assert_int_equal(take(&mouse, CASES[i].text), SGR_MOUSE_DONE);
        assert_int_equal(mouse.mouse, CASES[i].mouse);
        assert_int_equal(mouse.row, CASES[i].row);
        assert_int_equal(mouse.column, CASES[i].column);
    }
}

static void test_what_says_nothing(void **state)
{
    (void)state;
    static const char *const CASES[] = {"0;1;1m", /* let go */
        "2;1;1M",                                 /* another button */
        "35;1;1M",                                /* moved */
        "0;0;1M", "0;1M", "M", "0;1;1;1M", "0;1;10000M", "99999999999999999999;1;1M", "0;-1;1M",
        "x", "0;1;1\033"};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        sgr_mouse_t mouse;
        assert_int_equal(take(&mouse, CASES[i]), SGR_MOUSE_VOID);
    }
}

static void test_outside_of_a_report_characters_are_no_part_of_one(void **state)
{
    (void)state;
    sgr_mouse_t mouse = {0};
    assert_int_equal(sgr_mouse_take(&mouse, '0'), SGR_MOUSE_NONE);
    assert_int_equal(take(&mouse, "0;1;"), SGR_MOUSE_MORE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_buttons_and_places),
        cmocka_unit_test(test_what_says_nothing),
        cmocka_unit_test(test_outside_of_a_report_characters_are_no_part_of_one),
    };
    return cmocka_run_group_tests_name("sgr_mouse", tests, NULL, NULL);
}
