/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_outcomes - what was sent is settled once, whatever anybody says of it
 */
#include <stdio.h>
#include <stdlib.h>

#include "libdd/client/outcomes.h"
#include "tests/unit/unit.h"

#define X dd_bytes_of("x")
#define Y dd_bytes_of("y")

typedef struct {
    dd_outcomes_t *outcomes;
    char said[4096]; /* "x 3 delivered, " for each that was settled */
    size_t size;
    size_t settled;
} fixture_t;

static const char *word(dd_error_t error)
{
    return error == DD_OK ? "delivered" : error == DD_E_UNKNOWN ? "unknown" : "refused";
}

static void settle(void *arg, const dd_outcome_t *outcome)
{
    fixture_t *self = arg;
    self->settled++;
    if (self->size > sizeof self->said - 300)
        return;
    self->size += (size_t)snprintf(self->said + self->size, sizeof self->said - self->size,
        "%s%.*s %u %s%s", self->size > 0 ? ", " : "", (int)outcome->destination.size,
        (const char *)outcome->destination.data, outcome->ref, word(outcome->error),
        outcome->wanted ? "!" : "");
}

static fixture_t *fixture(void)
{
    fixture_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->outcomes = dd_outcomes_new(settle, self);
    assert_non_null(self->outcomes);
    return self;
}

static void finish(fixture_t *self)
{
    dd_outcomes_destroy(&self->outcomes);
    assert_null(self->outcomes);
    dd_outcomes_destroy(&self->outcomes);
    free(self);
}

static void open_one(fixture_t *self, dd_bytes_t destination, uint32_t ref)
{
    assert_int_equal(dd_outcomes_open(self->outcomes, destination, ref, false, 0), DD_OK);
}

/* What was settled since the last look. */
static void expect(fixture_t *self, const char *text)
{
    assert_string_equal(self->said, text);
    self->said[self->size = 0] = '\0';
}

/* ranges: pairs; count: of the numbers. */
static dd_error_t acknowledge(
    fixture_t *self, dd_bytes_t destination, const uint32_t *numbers, size_t count)
{
    uint8_t bytes[64 * sizeof *numbers];
    dd_writer_t writer = dd_writer(bytes, sizeof bytes);
    for (size_t i = 0; i < count; i++)
        dd_write_u32(&writer, numbers[i]);
    assert_false(writer.failed);
    return dd_outcomes_acknowledge(
        self->outcomes, destination, dd_bytes(bytes, (size_t)(writer.at - bytes)));
}

#define ACK(self, destination, ...)                                                                \
    acknowledge(self, destination, (const uint32_t[]){__VA_ARGS__},                                \
        sizeof((const uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t))

/* ---- Acknowledgements ------------------------------------------------------------------------ */

static void test_what_is_acknowledged_is_delivered(void **state)
{
    (void)state;
    fixture_t *self = fixture();
    for (uint32_t ref = 1; ref <= 6; ref++)
        open_one(self, ref % 2 ? X : Y, ref);
    assert_int_equal(dd_outcomes_open(self->outcomes, X, 7, true, 0), DD_OK);
    assert_int_equal(ACK(self, X, 1, 1, 3, 3), DD_OK);
    expect(self, "x 1 delivered, x 3 delivered");
    assert_int_equal(ACK(self, X, 1, 7), DD_OK);
    expect(self, "x 5 delivered, x 7 delivered!");
    assert_int_equal(dd_outcomes_count(self->outcomes), 3);
    assert_int_equal(ACK(self, X, 1, 7), DD_OK); /* once more */
    expect(self, "");
    assert_int_equal(ACK(self, Y, 2, 6), DD_OK);
    expect(self, "y 2 delivered, y 4 delivered, y 6 delivered");
    assert_int_equal(dd_outcomes_count(self->outcomes), 0);
    finish(self);
}

static void test_what_is_passed_over_is_unknown(void **state)
{
    (void)state;
    fixture_t *self = fixture();
    for (uint32_t ref = 1; ref <= 6; ref++)
        open_one(self, X, ref);
    assert_int_equal(ACK(self, X, 2, 2, 4, 5), DD_OK);
    expect(self, "x 1 unknown, x 2 delivered, x 3 unknown, x 4 delivered, x 5 delivered");
    assert_int_equal(dd_outcomes_count(self->outcomes), 1);
    finish(self);
}

static void test_acks_that_lie_touch_nobody_else(void **state)
{
    (void)state;
    fixture_t *self = fixture();
    assert_int_equal(ACK(self, X, 1, 1), DD_OK); /* nothing was ever sent to it */
    for (uint32_t ref = 10; ref <= 12; ref++)
        open_one(self, X, ref);
    assert_int_equal(ACK(self, Y, 10, 12), DD_OK); /* another's */
    assert_int_equal(ACK(self, X, 1, 9), DD_OK);   /* from before */
    assert_int_equal(ACK(self, dd_bytes(NULL, 0), 10, 12), DD_OK);
    expect(self, "");
    assert_int_equal(ACK(self, X, 11, 1000), DD_OK); /* beyond the newest */
    expect(self, "x 10 unknown, x 11 delivered, x 12 delivered");
    open_one(self, X, 13);
    assert_int_equal(
        ACK(self, X, 14, 20), DD_OK); /* only beyond it: never sent, so not delivered */
    expect(self, "x 13 unknown");
    finish(self);
}

static void test_ranges_that_can_not_be(void **state)
{
    static const uint32_t RANGES[][4] = {
        {2, 1, 3, 4},          /* ends before it begins */
        {2, 3, 3, 4},          /* overlap */
        {4, 4, 2, 2},          /* not rising */
        {2, 3, 2, 3},          /* twice */
        {1, 2, 4, 0x80000005}, /* more than half of all numbers */
    };
    (void)state;
    for (size_t i = 0; i < sizeof RANGES / sizeof RANGES[0]; i++) {
        fixture_t *self = fixture();
        for (uint32_t ref = 1; ref <= 6; ref++)
            open_one(self, X, ref);
        assert_int_equal(acknowledge(self, X, RANGES[i], 4), DD_E_MALFORMED);
        size_t left = dd_outcomes_count(self->outcomes);
        assert_int_equal(left + self->settled, 6);
        assert_true(dd_outcomes_settle(self->outcomes, X, 6, DD_E_OVERLOADED));
        finish(self);
    }
    fixture_t *self = fixture();
    open_one(self, X, 1);
    uint8_t bytes[64] = {1};
    for (size_t size = 0; size < 8; size++)
        assert_int_equal(
            dd_outcomes_acknowledge(self->outcomes, X, dd_bytes(bytes, size)), DD_E_MALFORMED);
    expect(self, "");
    assert_int_equal(ACK(self, X, 1, 1, 5), DD_E_MALFORMED); /* whole ranges before the odd rest */
    expect(self, "x 1 delivered");
    finish(self);
}

static void test_refs_wrap(void **state)
{
    static const uint32_t REFS[] = {UINT32_MAX - 2, UINT32_MAX - 1, UINT32_MAX, 1, 2, 3};
    (void)state;
    fixture_t *self = fixture();
    for (size_t i = 0; i < 6; i++)
        open_one(self, X, REFS[i]);
    assert_false(dd_outcomes_settle(self->outcomes, X, 0, DD_E_OVERLOADED));
    assert_true(dd_outcomes_settle(self->outcomes, X, 1, DD_E_OVERLOADED));
    expect(self, "x 1 refused");
    assert_int_equal(ACK(self, X, UINT32_MAX - 1, 2), DD_OK);
    expect(self, "x 4294967293 unknown, x 4294967294 delivered, x 4294967295 delivered, "
                 "x 2 delivered");
    assert_int_equal(ACK(self, X, UINT32_MAX - 1, 2), DD_OK);
    assert_int_equal(dd_outcomes_count(self->outcomes), 1);
    finish(self);
}

/* ---- Other outcomes -------------------------------------------------------------------------- */

static void test_each_is_settled_once(void **state)
{
    (void)state;
    fixture_t *self = fixture();
    for (uint32_t ref = 1; ref <= 5; ref++)
        open_one(self, X, ref);
    assert_true(dd_outcomes_settle(self->outcomes, X, 3, DD_E_OVERLOADED));
    assert_false(dd_outcomes_settle(self->outcomes, X, 3, DD_E_NO_DESTINATION));
    assert_false(dd_outcomes_settle(self->outcomes, Y, 4, DD_E_NO_DESTINATION));
    assert_false(dd_outcomes_settle(self->outcomes, X, 6, DD_E_NO_DESTINATION));
    dd_outcomes_cancel(self->outcomes, X, 3);
    dd_outcomes_cancel(self->outcomes, X, 5); /* it could not be sent: no word of it */
    dd_outcomes_cancel(self->outcomes, X, 5);
    expect(self, "x 3 refused");
    assert_int_equal(ACK(self, X, 1, 5), DD_OK);
    expect(self, "x 1 delivered, x 2 delivered, x 4 delivered");
    assert_false(dd_outcomes_abandon(self->outcomes, 100));
    expect(self, "");
    finish(self);
}

static void test_abandons_a_bounded_number(void **state)
{
    (void)state;
    fixture_t *self = fixture();
    for (uint32_t ref = 1; ref <= 1000; ref++)
        open_one(self, ref % 3 ? X : Y, ref);
    assert_true(dd_outcomes_settle(self->outcomes, X, 1, DD_E_OVERLOADED));
    for (size_t left = 999; left > 0; left = dd_outcomes_count(self->outcomes)) {
        bool more = dd_outcomes_abandon(self->outcomes, 64);
        assert_in_range(left - dd_outcomes_count(self->outcomes), 1, 64);
        assert_int_equal(more, dd_outcomes_count(self->outcomes) > 0);
    }
    assert_int_equal(self->settled, 1000);
    finish(self);
}

static void test_expires_what_is_old(void **state)
{
    (void)state;
    fixture_t *self = fixture();
    static const uint64_t TIMES[] = {1000, 2000, 3000};
    uint64_t start = (1u << 30) - 1500; /* the bits that are kept of it wrap */
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(
            dd_outcomes_open(self->outcomes, X, i + 1, false, start + TIMES[i]), DD_OK);
        assert_int_equal(
            dd_outcomes_open(self->outcomes, Y, i + 10, false, start + TIMES[i] + 500), DD_OK);
    }
    assert_false(dd_outcomes_expire(self->outcomes, start + 5999, 5000, 100));
    expect(self, "");
    assert_false(dd_outcomes_expire(self->outcomes, start + 6000, 5000, 100));
    expect(self, "x 1 unknown");
    assert_false(dd_outcomes_expire(self->outcomes, start + 7500, 5000, 100));
    expect(self, "x 2 unknown, y 10 unknown, y 11 unknown");
    assert_int_equal(ACK(self, X, 1, 3), DD_OK); /* too late but for the last */
    expect(self, "x 3 delivered");
    assert_false(dd_outcomes_expire(self->outcomes, start + 100000, 5000, 100));
    expect(self, "y 12 unknown");
    assert_false(dd_outcomes_expire(self->outcomes, start + 100000, 5000, 100));
    finish(self);
}

/* Each call is bounded, and all together come to every destination. */
static void test_expires_a_bounded_number(void **state)
{
    (void)state;
    char name[16];
    fixture_t *self = fixture();
    uint32_t ref = 0;
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "d%d", i);
        for (int k = 0; k <= i % 5; k++)
            assert_int_equal(
                dd_outcomes_open(self->outcomes, dd_bytes_of(name), ++ref, false, i % 2 ? 0 : 5000),
                DD_OK);
    }
    size_t before = 0, calls = 1;
    for (; dd_outcomes_expire(self->outcomes, 10000, 10000, 7); calls++) {
        assert_in_range(self->settled - before, 0, 7);
        before = self->settled;
    }
    assert_in_range(calls, 1000 / 7, 3000);
    assert_int_equal(self->settled, 1500);
    while (dd_outcomes_expire(self->outcomes, 15000, 10000, 7))
        ;
    assert_int_equal(dd_outcomes_count(self->outcomes), 0);
    assert_int_equal(self->settled, ref);
    finish(self);
}

/* ---- Limits ---------------------------------------------------------------------------------- */

static void test_a_destination_has_a_limit(void **state)
{
    (void)state;
    fixture_t *self = fixture();
    uint32_t ref = 0;
    while (ref < DD_OUTCOMES_PER_DESTINATION)
        open_one(self, X, ++ref);
    assert_int_equal(dd_outcomes_open(self->outcomes, X, ref + 1, false, 0), DD_E_OVERLOADED);
    open_one(self, Y, ref + 2); /* others aren't hindered */
    assert_false(dd_outcomes_is_full(self->outcomes));
    assert_false(dd_outcomes_is_crowded(self->outcomes));
    dd_outcomes_watch(self->outcomes, X);
    assert_true(dd_outcomes_is_crowded(self->outcomes));
    assert_int_equal(ACK(self, X, 1, ref / 2 - 1), DD_OK);
    assert_true(dd_outcomes_is_crowded(self->outcomes));
    assert_int_equal(ACK(self, X, ref / 2, ref / 2), DD_OK);
    assert_false(dd_outcomes_is_crowded(self->outcomes));
    open_one(self, X, ref + 3);
    assert_false(dd_outcomes_is_crowded(self->outcomes)); /* until it is full again */
    dd_outcomes_watch(self->outcomes, X);
    dd_outcomes_watch(self->outcomes, (dd_bytes_t){0});
    assert_false(dd_outcomes_is_crowded(self->outcomes));
    while (dd_outcomes_abandon(self->outcomes, 1000))
        ;
    assert_int_equal(self->settled, DD_OUTCOMES_PER_DESTINATION + 2);
    finish(self);
}

static void test_all_together_have_a_limit(void **state)
{
    (void)state;
    char name[16];
    fixture_t *self = fixture();
    uint32_t ref = 0;
    for (int i = 0; ref < DD_OUTCOMES_MAX; i = (i + 1) % 1000) {
        snprintf(name, sizeof name, "d%d", i);
        for (int k = 0; k < 64 && ref < DD_OUTCOMES_MAX; k++)
            open_one(self, dd_bytes_of(name), ++ref);
    }
    assert_false(dd_outcomes_is_full(self->outcomes));
    assert_int_equal(dd_outcomes_open(self->outcomes, X, ++ref, false, 0), DD_E_OUTBOX_FULL);
    assert_true(dd_outcomes_is_full(self->outcomes));
    while (dd_outcomes_count(self->outcomes) > DD_OUTCOMES_MAX / 2 + 1)
        dd_outcomes_abandon(
            self->outcomes, dd_outcomes_count(self->outcomes) - DD_OUTCOMES_MAX / 2 - 1);
    assert_true(dd_outcomes_is_full(self->outcomes));
    dd_outcomes_abandon(self->outcomes, 1);
    assert_false(dd_outcomes_is_full(self->outcomes));
    open_one(self, X, ++ref);
    finish(self);
}

/* Destinations without anything open are forgotten in the end, and begin anew. */
static void test_many_destinations_one_after_the_other(void **state)
{
    (void)state;
    char name[16];
    fixture_t *self = fixture();
    for (uint32_t i = 1; i < 20000; i++) {
        snprintf(name, sizeof name, "d%u", i % 5000);
        open_one(self, dd_bytes_of(name), i);
        dd_outcomes_watch(self->outcomes, dd_bytes_of(name));
        assert_int_equal(ACK(self, dd_bytes_of(name), i, i), DD_OK);
        assert_false(dd_outcomes_is_crowded(self->outcomes));
    }
    assert_int_equal(dd_outcomes_count(self->outcomes), 0);
    finish(self);
}

static void test_destinations_that_are_no_names(void **state)
{
    (void)state;
    static char name[300];
    memset(name, 'n', sizeof name - 1);
    fixture_t *self = fixture();
    assert_int_equal(dd_outcomes_open(self->outcomes, dd_bytes(name, 255), 1, false, 0), DD_OK);
    assert_int_equal(
        dd_outcomes_open(self->outcomes, dd_bytes(name, 256), 2, false, 0), DD_E_MEMORY);
    open_one(self, dd_bytes_of(""), 3);
    assert_true(dd_outcomes_settle(self->outcomes, dd_bytes_of(""), 3, DD_E_NAME_INVALID));
    finish(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_acknowledged_is_delivered),
        cmocka_unit_test(test_what_is_passed_over_is_unknown),
        cmocka_unit_test(test_acks_that_lie_touch_nobody_else),
        cmocka_unit_test(test_ranges_that_can_not_be),
        cmocka_unit_test(test_refs_wrap),
        cmocka_unit_test(test_each_is_settled_once),
        cmocka_unit_test(test_abandons_a_bounded_number),
        cmocka_unit_test(test_expires_what_is_old),
        cmocka_unit_test(test_expires_a_bounded_number),
        cmocka_unit_test(test_a_destination_has_a_limit),
        cmocka_unit_test(test_all_together_have_a_limit),
        cmocka_unit_test(test_many_destinations_one_after_the_other),
        cmocka_unit_test(test_destinations_that_are_no_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
