/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_standing - what is said of a broker by its row, and by how old that is
 */
#include "ddtui/model/standing.h"
#include "tests/unit/unit.h"

static void test_what_is_said_by_fate_and_age(void **state)
{
    static const struct {
        broker_fate_t fate;
        uint64_t fate_ms, silent_ms, age_ms;
        standing_t standing;
    } CASES[] = {{BROKER_REPORTS, 0, 0, 0, STANDING_REPORTS},
        {BROKER_REPORTS, 0, 0, 60000, STANDING_REPORTS}, /* the round is old, and current */
        {BROKER_REPORTS, 0, 2000, 499, STANDING_REPORTS},
        {BROKER_REPORTS, 0, 2000, 500, STANDING_LATE}, {BROKER_GONE, 9000, 9000, 0, STANDING_LATE},
        {BROKER_GONE, 9000, 9000, 1000, STANDING_GONE},
        {BROKER_BEHIND, 3000, 12000, 0, STANDING_LATE},
        {BROKER_BEHIND, 12000, 12000, 0, STANDING_BEHIND},
        {BROKER_DRAINED, 0, 1, 0, STANDING_DRAINED}};
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        const broker_t broker = {
            .fate = CASES[i].fate, .fate_ms = CASES[i].fate_ms, .silent_ms = CASES[i].silent_ms};
        const sight_t tree = {.is_current = true, .finished_ms = 1000, .age_ms = CASES[i].age_ms};
        const sight_t old = {.finished_ms = 1000, .age_ms = CASES[i].age_ms};
        assert_int_equal(standing_of(&broker, &tree), CASES[i].standing);
        assert_int_equal(standing_of(&broker, &old), STANDING_UNKNOWN);
    }
}

static void test_one_that_is_missed_is_gone_at_once(void **state)
{
    (void)state;
    const sight_t tree = {.is_current = true, .finished_ms = 1000};
    broker_t broker = {.missed_ms = 1001};
    assert_int_equal(standing_of(&broker, &tree), STANDING_GONE);
    broker.fate = BROKER_BEHIND; /* whoever says so can't know */
    assert_int_equal(standing_of(&broker, &tree), STANDING_REPORTS);
    broker = (broker_t){.missed_ms = 999}; /* it has reported since */
    assert_int_equal(standing_of(&broker, &tree), STANDING_REPORTS);
}

static void test_silence_grows_with_the_age_of_the_round(void **state)
{
    (void)state;
    const sight_t current = {.is_current = true, .age_ms = 700}, old = {.age_ms = 700};
    assert_int_equal(standing_silence(0, &current), 0);
    assert_int_equal(standing_silence(300, &current), 1000);
    assert_int_equal(standing_silence(0, &old), 700);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_said_by_fate_and_age),
        cmocka_unit_test(test_one_that_is_missed_is_gone_at_once),
        cmocka_unit_test(test_silence_grows_with_the_age_of_the_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
