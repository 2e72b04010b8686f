/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_fair_share - who wants little gets it all, the others the same
 */
#include "ddtui/model/fair_share.h"
#include "tests/unit/unit.h"

static void test_shares(void **state)
{
    (void)state;
    static const struct {
        uint64_t amounts[4];
        size_t count;
        uint64_t room;
        uint64_t share;
    } CASES[] = {
        {{0}, 0, 0, UINT64_MAX},
        {{5}, 1, 5, UINT64_MAX},
        {{6}, 1, 5, 5},
        {{100, 1, 100, 3}, 4, 104, 50},
        {{100, 1, 100, 3}, 4, 204, UINT64_MAX},
        {{7, 7, 7, 7}, 4, 10, 2},
        {{UINT64_MAX, UINT64_MAX}, 2, 0, 0},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        uint64_t amounts[4];
        memcpy(amounts, CASES[i].amounts, sizeof amounts);
        assert_true(fair_share(amounts, CASES[i].count, CASES[i].room) == CASES[i].share);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_shares)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
