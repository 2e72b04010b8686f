/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_tenant_totals - what clients did is kept after they have left, apart for each tenant
 */
#include "ddbroker/core/tenant_totals.h"

#include <stdio.h>

#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

static const peer_count_t ONE = {.in = 1, .out = 2, .in_bytes = 3, .out_bytes = 4, .dropped_ms = 5};

static void test_tenants_are_kept_apart(void **state)
{
    (void)state;
    tenant_totals_t *totals = NULL;
    assert_int_equal(tenant_totals_of(totals, B("a")).left.in, 0);
    tenant_totals_left(&totals, B("a"), &ONE);
    tenant_totals_left(&totals, B("a"), &ONE);
    tenant_totals_left(&totals, B("ab"), &ONE);
    tenant_totals_left(&totals, B(""), &ONE); /* links and operators */
    static const struct {
        const char *tenant; /* "": all */
        uint64_t in;
    } CASES[] = {{"a", 2}, {"ab", 1}, {"b", 0}, {"", 4}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        tallied_t sum = tenant_totals_of(totals, B(CASES[i].tenant));
        assert_int_equal(sum.left.in, CASES[i].in);
        assert_int_equal(sum.left.out, 2 * CASES[i].in);
        assert_int_equal(sum.left.in_bytes, 3 * CASES[i].in);
        assert_int_equal(sum.left.out_bytes, 4 * CASES[i].in);
        assert_int_equal(sum.left.dropped_ms, CASES[i].in > 0 ? 5 : 0);
    }
    tenant_totals_destroy(&totals);
    assert_null(totals);
    tenant_totals_destroy(&totals);
}

static void test_refusals_are_counted_by_code(void **state)
{
    (void)state;
    tenant_totals_t *totals = NULL;
    tenant_totals_refused(&totals, B("a"), DD_E_LIMIT);
    tenant_totals_refused(&totals, B("a"), DD_E_LIMIT);
    tenant_totals_refused(&totals, B("a"), TENANT_TOTALS_REASONS - 1);
    tenant_totals_refused(&totals, B("b"), DD_E_LIMIT);
    /* Codes that no broker gives to others, and what a peer made up, are counted as one. */
    tenant_totals_refused(&totals, B("a"), TENANT_TOTALS_REASONS);
    tenant_totals_refused(&totals, B("a"), DD_E_CLOSED);
    tenant_totals_refused(&totals, B("a"), (dd_error_t)UINT16_MAX);
    tallied_t sum = tenant_totals_of(totals, B("a"));
    uint64_t all = 0;
    for (size_t code = 0; code < TENANT_TOTALS_REASONS; code++)
        all += sum.refused[code];
    assert_int_equal(all, 6);
    assert_int_equal(sum.refused[DD_E_LIMIT], 2);
    assert_int_equal(sum.refused[TENANT_TOTALS_REASONS - 1], 1);
    assert_int_equal(sum.refused[0], 3);
    assert_int_equal(tenant_totals_of(totals, B("")).refused[DD_E_LIMIT], 3);
    tenant_totals_destroy(&totals);
}

/* The longest name is a tenant of its own, not one with its first bytes. */
static void test_the_longest_names_differ(void **state)
{
    (void)state;
    tenant_totals_t *totals = NULL;
    char name[DD_TENANT_MAX];
    memset(name, 'x', sizeof name);
    tenant_totals_left(&totals, dd_bytes(name, sizeof name), &ONE);
    tenant_totals_left(&totals, dd_bytes(name, sizeof name - 1), &ONE);
    assert_int_equal(tenant_totals_of(totals, dd_bytes(name, sizeof name)).left.in, 1);
    assert_int_equal(tenant_totals_of(totals, dd_bytes(name, sizeof name - 1)).left.in, 1);
    tenant_totals_destroy(&totals);
}

/* What finds no room is forgotten, and nothing else. */
static void test_out_of_memory_forgets_the_newest(void **state)
{
    (void)state;
    tenant_totals_t *totals = NULL;
    for (unsigned number = 0; number < 100; number++) {
        char name[16];
        snprintf(name, sizeof name, "%u", number);
        for (size_t allowed = 0;; allowed++) {
            memory_limit_begin(allowed);
            tenant_totals_left(&totals, B(name), &ONE);
            if (!memory_limit_end())
                break;
            assert_int_equal(tenant_totals_of(totals, B(name)).left.in, 0);
            assert_int_equal(tenant_totals_of(totals, B("")).left.in, number);
            memory_limit_begin(allowed);
            tenant_totals_refused(&totals, B(name), DD_E_LIMIT);
            assert_true(memory_limit_end());
        }
        assert_int_equal(tenant_totals_of(totals, B(name)).left.in, 1);
    }
    assert_int_equal(tenant_totals_of(totals, B("")).refused[DD_E_LIMIT], 0);
    tenant_totals_destroy(&totals);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tenants_are_kept_apart),
        cmocka_unit_test(test_refusals_are_counted_by_code),
        cmocka_unit_test(test_the_longest_names_differ),
        cmocka_unit_test(test_out_of_memory_forgets_the_newest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
