/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_stream_counts - tests of which messages of a stream have arrived
 */
#include "ddperf/stream_counts.h"
#include "tests/unit/unit.h"

#define STREAM 10

static const struct {
    const char *name;
    uint64_t arrivals[16];
    unsigned count;
    stream_counts_t result; /* .expected and .seen aside */
} CASES[] = {
    {"nothing", {0}, 0, {0}},
    {"all in order", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 10, {.received = 10, .next = 10}},
    {"one missing", {0, 1, 2, 4, 5, 6, 7, 8, 9}, 9, {.received = 9, .next = 10}},
    {"the last missing", {0, 1, 2}, 3, {.received = 3, .next = 3}},
    {"two exchanged", {0, 2, 1, 3}, 4, {.received = 4, .reordered = 1, .next = 4}},
    {"one much too late", {1, 2, 3, 4, 0}, 5, {.received = 5, .reordered = 1, .next = 5}},
    {"backwards", {3, 2, 1, 0}, 4, {.received = 4, .reordered = 3, .next = 4}},
    {"one twice", {0, 1, 1, 2}, 4, {.received = 3, .duplicated = 1, .next = 3}},
    {"an old one twice", {0, 1, 2, 0}, 4, {.received = 3, .duplicated = 1, .next = 3}},
    {"one three times", {5, 5, 5}, 3, {.received = 1, .duplicated = 2, .next = 6}},
    {"late and twice", {1, 0, 0}, 3, {.received = 2, .duplicated = 1, .reordered = 1, .next = 2}},
    {"not of the stream", {10, 11, UINT64_MAX}, 3, {0}},
};

static void test_cases(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        stream_counts_t tally;
        assert_true(stream_counts_init(&tally, STREAM));
        for (unsigned k = 0; k < CASES[i].count; k++)
            stream_counts_take(&tally, CASES[i].arrivals[k]);
        const stream_counts_t *result = &CASES[i].result;
        if (tally.received != result->received || tally.duplicated != result->duplicated ||
            tally.reordered != result->reordered || tally.next != result->next)
            fail_msg("%s: %u received, %u duplicated, %u reordered, next %u", CASES[i].name,
                (unsigned)tally.received, (unsigned)tally.duplicated, (unsigned)tally.reordered,
                (unsigned)tally.next);
        stream_counts_clear(&tally);
    }
}

/* Every number has a bit of its own, in streams of every length. */
static void test_bits(void **state)
{
    (void)state;
    for (uint64_t length = 0; length <= 70; length++) {
        stream_counts_t tally;
        assert_true(stream_counts_init(&tally, length));
        for (uint64_t number = 0; number < length; number++)
            stream_counts_take(&tally, number);
        assert_int_equal(tally.received, length);
        assert_int_equal(tally.duplicated + tally.reordered, 0);
        for (uint64_t number = 0; number < length; number++)
            stream_counts_take(&tally, number);
        assert_int_equal(tally.received, length);
        assert_int_equal(tally.duplicated, length);
        stream_counts_clear(&tally);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_cases), cmocka_unit_test(test_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
