/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_samples - tests of percentiles
 */
#include "ddperf/samples.h"
#include "tests/unit/unit.h"

/* The figures are halves at most, so equal is equal. */
static void expect(const percentiles_t *self, const percentiles_t *wanted)
{
    assert_true(self->p50 == wanted->p50);
    assert_true(self->p90 == wanted->p90);
    assert_true(self->p99 == wanted->p99);
    assert_true(self->p99_9 == wanted->p99_9);
    assert_true(self->max == wanted->max);
}

static void test_without_samples(void **state)
{
    (void)state;
    percentiles_t result = samples_percentiles(NULL, 0);
    expect(&result, &(percentiles_t){0});
}

static void test_one_sample(void **state)
{
    (void)state;
    uint32_t samples[] = {7};
    percentiles_t result = samples_percentiles(samples, 1);
    expect(&result, &(percentiles_t){7, 7, 7, 7, 7});
}

/* 1 to 1000, whatever their order: so many permille are at most so many. */
static void test_many_samples(void **state)
{
    (void)state;
    uint32_t samples[1000];
    for (uint32_t i = 0; i < 1000; i++)
        samples[i] = (i * 7) % 1000 + 1;
    percentiles_t result = samples_percentiles(samples, 1000);
    expect(&result, &(percentiles_t){500, 900, 990, 999, 1000});
}

/* Of three samples two thirds are at most the second, and all at most the third. */
static void test_few_samples(void **state)
{
    (void)state;
    uint32_t samples[] = {UINT32_MAX, 10, 20};
    percentiles_t result = samples_percentiles(samples, 3);
    expect(&result, &(percentiles_t){20, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX});
}

static void test_scale(void **state)
{
    (void)state;
    percentiles_t result = {2, 4, 6, 8, 11};
    samples_scale(&result, 0.5);
    expect(&result, &(percentiles_t){1, 2, 3, 4, 5.5});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_samples),
        cmocka_unit_test(test_one_sample),
        cmocka_unit_test(test_many_samples),
        cmocka_unit_test(test_few_samples),
        cmocka_unit_test(test_scale),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
