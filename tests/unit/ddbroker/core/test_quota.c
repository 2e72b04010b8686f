/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_quota - what a tenant may use: rates with a burst, places, and who has which limits
 */
#include "ddbroker/core/quota.h"

#include "tests/unit/unit.h"

/* How many of so many are let through at once. */
static unsigned take(quota_bucket_t *bucket, uint64_t now_ms, unsigned wanted)
{
    unsigned taken = 0;
    for (unsigned i = 0; i < wanted; i++)
        taken += quota_bucket_take(bucket, 100, 2000, now_ms, 1);
    return taken;
}

static void test_a_rate_holds_and_what_was_not_used_is_caught_up(void **state)
{
    (void)state;
    quota_bucket_t bucket = {.level = 200 * 1000, .at_ms = 5000};
    assert_int_equal(take(&bucket, 5000, 1000), 200);
    unsigned taken = 0;
    for (uint64_t ms = 1; ms <= 10000; ms++)
        taken += take(&bucket, 5000 + ms, 10);
    assert_in_range(taken, 999, 1001);
    assert_in_range(take(&bucket, 16000, 1000), 99, 101);
    assert_int_equal(take(&bucket, 86400000, 1000), 200); /* not a day's */
}

static void test_without_a_rate_there_is_no_limit(void **state)
{
    (void)state;
    quota_bucket_t bucket = {.level = 0};
    for (int i = 0; i < 1000; i++)
        assert_true(quota_bucket_take(&bucket, 0, 0, 1, UINT32_MAX));
}

/* Or it could never be sent. */
static void test_one_that_is_larger_than_the_bucket_goes_through_and_is_owed(void **state)
{
    (void)state;
    quota_bucket_t bucket = {.level = 1, .at_ms = 0};
    assert_true(quota_bucket_take(&bucket, 1000, 100, 0, 16u << 20));
    assert_false(quota_bucket_take(&bucket, 1000, 100, 16777000, 1));
    assert_true(quota_bucket_take(&bucket, 1000, 100, 16777300, 1));
}

/* As much as can be configured, and a clock that has run for long. */
static void test_the_largest_rates_do_not_overflow(void **state)
{
    (void)state;
    quota_bucket_t bucket = {.level = 0};
    for (uint64_t now = 1; now < UINT64_MAX / 4; now *= 3)
        assert_true(quota_bucket_take(&bucket, UINT64_C(1) << 42, 60000, now, 1));
    assert_true(bucket.level > 0);
}

static void test_a_message_over_one_rate_is_not_counted_for_the_other(void **state)
{
    (void)state;
    quota_rules_t rules = {.usual = {.messages = 10, .bytes = 1000, .burst = 1000}};
    quotas_t quotas = {.rules = rules};
    quota_t *quota = quotas_of(&quotas, B("a"), 1);
    for (int i = 0; i < 5; i++)
        assert_true(quota_take_message(quota, 200, 1));
    for (int i = 0; i < 100; i++)
        assert_false(quota_take_message(quota, 1, 1));
    assert_int_equal(quota->messages.level, 5000);
    assert_true(quota_take_message(quota, 0, 2));
    quotas_destroy(&quotas);
}

static void test_a_fair_tenant_leaves_as_much_as_it_has(void **state)
{
    (void)state;
    quota_t first = {.limits = {.clients = QUOTA_FAIR}}, second = first, third = first;
    quota_t *tenants[] = {&first, &second, &third};
    uint64_t places = 100;
    for (size_t i = 0; i < 3; i++)
        for (; quota_has_place(tenants[i], places); places--)
            tenants[i]->clients++;
    assert_int_equal(first.clients, quota_places(&first.limits, 100));
    assert_int_equal(first.clients, 51);
    assert_int_equal(second.clients, 25);
    assert_int_equal(third.clients, 13);
    assert_int_equal(places, 11);
}

static void test_a_number_of_clients_is_that_number(void **state)
{
    static const struct {
        uint64_t limit, used, free, most;
        bool may;
    } CASES[] = {{5, 4, 1, 5, true}, {5, 5, 10, 5, false}, {5, 4, 0, 5, false},
        {0, 90, 1, 100, true}, {0, 99, 0, 100, false}, {500, 99, 1, 100, true},
        {QUOTA_FAIR, 0, 0, 51, false}};
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        quota_t quota = {.limits = {.clients = CASES[i].limit}, .clients = CASES[i].used};
        assert_int_equal(quota_has_place(&quota, CASES[i].free), CASES[i].may);
        assert_int_equal(quota_places(&quota.limits, 100), CASES[i].most);
    }
    assert_int_equal(quota_places(&(quota_limits_t){.clients = QUOTA_FAIR}, 1), 1);
}

static void test_exceptions_hold_for_their_tenant_and_new_rules_for_all(void **state)
{
    (void)state;
    const quota_exception_t exceptions[] = {
        {.tenant = "ab", .limits = {.clients = 7, .outbox = 70}},
        {.tenant = "b", .limits = {.clients = 8, .outbox = 80}}};
    quota_rules_t rules = {.usual = {.clients = 3, .outbox = 30},
        .exceptions = exceptions,
        .exception_count = COUNT(exceptions)};
    quotas_t quotas = {.rules = {.usual = {.clients = 1}}};
    quota_t *a = quotas_of(&quotas, B("a"), 1), *ab = quotas_of(&quotas, B("ab"), 1);
    assert_int_equal(ab->limits.clients, 1);
    quotas_set_rules(&quotas, &rules);
    assert_int_equal(a->limits.clients, 3);
    assert_int_equal(a->outbox.limit, 30);
    assert_int_equal(ab->limits.clients, 7);
    assert_int_equal(ab->outbox.limit, 70);
    assert_null(quotas_find(&quotas, B("b")));
    assert_int_equal(quotas_of(&quotas, B("b"), 1)->limits.clients, 8);
    assert_ptr_equal(quotas_find(&quotas, B("a")), a);
    quotas_destroy(&quotas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_rate_holds_and_what_was_not_used_is_caught_up),
        cmocka_unit_test(test_without_a_rate_there_is_no_limit),
        cmocka_unit_test(test_one_that_is_larger_than_the_bucket_goes_through_and_is_owed),
        cmocka_unit_test(test_the_largest_rates_do_not_overflow),
        cmocka_unit_test(test_a_message_over_one_rate_is_not_counted_for_the_other),
        cmocka_unit_test(test_a_fair_tenant_leaves_as_much_as_it_has),
        cmocka_unit_test(test_a_number_of_clients_is_that_number),
        cmocka_unit_test(test_exceptions_hold_for_their_tenant_and_new_rules_for_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
