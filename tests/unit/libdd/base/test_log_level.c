/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_log_level - names of levels
 */
#include <string.h>

#include "libdd/base/log_level.h"
#include "tests/unit/unit.h"

static void names_are_levels(void **state)
{
    (void)state;
    size_t count = 0;
    for (; DD_LOG_LEVEL_NAMES[count]; count++) {
        dd_log_level_t level;
        assert_true(dd_log_level_parse(&level, dd_bytes_of(DD_LOG_LEVEL_NAMES[count])));
        assert_int_equal(level, count);
        assert_string_equal(dd_log_level_name(level), DD_LOG_LEVEL_NAMES[count]);
    }
    dd_log_level_t level;
    assert_int_equal(count, DD_LOG_DEBUG + 1);
    assert_null(dd_log_level_name(DD_LOG_DEBUG + 1));
    assert_false(dd_log_level_parse(&level, dd_bytes_of("loud")));
    assert_false(dd_log_level_parse(&level, dd_bytes_of("")));
}

static void the_list_has_the_names(void **state)
{
    (void)state;
    char list[128] = "";
    for (size_t i = 0; DD_LOG_LEVEL_NAMES[i]; i++)
        strcat(strcat(list, i == 0              ? ""
                            : i == DD_LOG_DEBUG ? " or "
                                                : ", "),
            DD_LOG_LEVEL_NAMES[i]);
    assert_string_equal(list, DD_LOG_LEVELS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_levels),
        cmocka_unit_test(the_list_has_the_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
