/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_backoff - pauses that grow, within their bounds
 */
#include "libdd/base/backoff.h"
#include "tests/unit/unit.h"

static void test_pauses_grow_to_the_most(void **state)
{
    (void)state;
    static const uint32_t CEILINGS[] = {100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000};
    static const uint32_t RANDOMS[] = {0, 1, 49, 50, 51, 12345, UINT32_MAX};
    for (size_t i = 0; i < COUNT(RANDOMS); i++) {
        dd_backoff_t backoff = {0};
        for (size_t j = 0; j < COUNT(CEILINGS); j++)
            assert_in_range(dd_backoff_next(&backoff, RANDOMS[i]), CEILINGS[j] / 2, CEILINGS[j]);
        dd_backoff_reset(&backoff);
        assert_in_range(dd_backoff_next(&backoff, RANDOMS[i]), 50, 100);
    }
}

/* Both bounds are met, so that clients spread over the whole range. */
static void test_pauses_use_the_range(void **state)
{
    (void)state;
    dd_backoff_t backoff = {0};
    assert_int_equal(dd_backoff_next(&backoff, 0), 50);
    dd_backoff_reset(&backoff);
    assert_int_equal(dd_backoff_next(&backoff, 50), 100);
    dd_backoff_reset(&backoff);
    assert_int_equal(dd_backoff_next(&backoff, 51), 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pauses_grow_to_the_most),
        cmocka_unit_test(test_pauses_use_the_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
