/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_threshold - ranges as plugins for monitors take them
 */
#include "ddtui/model/threshold.h"
#include "tests/unit/unit.h"

static void test_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t good, bad;
    } CASES[] = {
        {"10", 0, 11},
        {"10", 10, 11},
        {"0", 0, 1},
        {"10:", 10, 9},
        {"10:", UINT64_MAX, 0},
        {"~:10", 0, 11},
        {":10", 10, 11},
        {"10:20", 10, 9},
        {"10:20", 20, 21},
        {"@10:20", 9, 10},
        {"@10:20", 21, 20},
        {"@10", 11, 0},
        {"@5:", 4, UINT64_MAX},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        threshold_t threshold;
        assert_true(threshold_read(&threshold, CASES[i].text));
        assert_false(threshold_alerts(&threshold, CASES[i].good));
        assert_true(threshold_alerts(&threshold, CASES[i].bad));
        assert_string_equal(threshold.text, CASES[i].text);
    }
}

static void test_what_is_no_range(void **state)
{
    (void)state;
    static const char *const TEXTS[] = {"", "x", "1x", "-1", "+1", " 1", "1 ", "1.5", "20:10", "~",
        "~10", "@", "1:2:3", "1:x", "10:-1", "18446744073709551616", "1:18446744073709551616",
        "@@1", "~:~"};
    for (size_t i = 0; i < COUNT(TEXTS); i++) {
        threshold_t threshold;
        assert_false(threshold_read(&threshold, TEXTS[i]));
    }
}

static void test_none_takes_all(void **state)
{
    (void)state;
    threshold_t none = {.text = NULL};
    assert_false(threshold_alerts(&none, 0) || threshold_alerts(&none, UINT64_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ranges),
        cmocka_unit_test(test_what_is_no_range),
        cmocka_unit_test(test_none_takes_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
