/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_arrivals - notifications are taken once, in order, and acknowledged
 */
#include <stdio.h>
#include <stdlib.h>

#include "libdd/protocol/arrivals.h"
#include "tests/unit/unit.h"

#define SENDERS 8
/* A run of some process, counted. */
#define RUN(process, count) ((uint32_t)(process) << 8 | (count))

static dd_arrivals_t *arrivals(void)
{
    dd_arrivals_t *self = dd_arrivals_new(SENDERS);
    assert_non_null(self);
    return self;
}

static bool take_flags(
    dd_arrivals_t *self, const char *source, uint32_t run, uint32_t ref, uint8_t flags)
{
    return dd_arrivals_take(self, &(dd_record_t){.type = DD_DATA,
                                      .flags = flags,
                                      .run = run,
                                      .ref = ref,
                                      .source = dd_bytes_of(source)});
}

static bool take(dd_arrivals_t *self, const char *source, uint32_t run, uint32_t ref)
{
    return take_flags(self, source, run, ref, 0);
}

/* The next ACK, as "1-3 5-5". */
static const char *ranges(const dd_record_t *ack)
{
    static char text[1024];
    size_t size = 0;
    text[0] = '\0';
    dd_reader_t reader = dd_reader(ack->payload.data, ack->payload.size);
    while (dd_reader_left(&reader) > 0) {
        uint32_t first = dd_read_u32(&reader), last = dd_read_u32(&reader);
        size += (size_t)snprintf(
            text + size, sizeof text - size, "%s%u-%u", size > 0 ? " " : "", first, last);
    }
    assert_false(reader.failed);
    return text;
}

static void expect_ack(dd_arrivals_t *self, const char *sender, uint32_t run, const char *text)
{
    dd_record_t ack;
    uint8_t room[DD_ARRIVALS_ROOM];
    assert_true(dd_arrivals_next(self, &ack, room));
    assert_int_equal(ack.type, DD_ACK);
    assert_int_equal(ack.run, run);
    assert_true(dd_bytes_equal(ack.destination, dd_bytes_of(sender)));
    assert_string_equal(ranges(&ack), text);
}

static void expect_none(dd_arrivals_t *self)
{
    dd_record_t ack;
    uint8_t room[DD_ARRIVALS_ROOM];
    assert_int_equal(dd_arrivals_pending(self), 0);
    assert_false(dd_arrivals_next(self, &ack, room));
}

/* ---- Taking ---------------------------------------------------------------------------------- */

static void test_takes_once_and_in_order(void **state)
{
    (void)state;
    dd_arrivals_t *self = arrivals();
    assert_true(take(self, "x", RUN(1, 1), 10));
    assert_false(take(self, "x", RUN(1, 1), 10));
    assert_false(take(self, "x", RUN(1, 1), 9));
    assert_true(take(self, "x", RUN(1, 1), 12));
    assert_false(take(self, "x", RUN(1, 1), 11));
    assert_true(take(self, "y", RUN(1, 1), 11)); /* another sender has numbers of its own */
    assert_true(take(self, "x", RUN(1, 1), 12u + INT32_MAX));
    expect_ack(self, "x", RUN(1, 1), "10-10 12-12 2147483659-2147483659");
    expect_ack(self, "y", RUN(1, 1), "11-11");
    expect_none(self);
    dd_arrivals_destroy(&self);
    assert_null(self);
    dd_arrivals_destroy(&self);
}

static void test_what_has_no_number_is_always_taken(void **state)
{
    (void)state;
    dd_arrivals_t *self = arrivals();
    for (int i = 0; i < 3; i++)
        assert_true(take(self, "x", 0, 5));
    expect_none(self);
    dd_arrivals_destroy(&self);
}

/* Senders never use ref 0. */
static void test_numbers_wrap(void **state)
{
    (void)state;
    dd_arrivals_t *self = arrivals();
    assert_true(take(self, "x", RUN(1, 1), UINT32_MAX - 1));
    assert_true(take(self, "x", RUN(1, 1), UINT32_MAX));
    assert_true(take(self, "x", RUN(1, 1), 1));
    assert_true(take(self, "x", RUN(1, 1), 2));
    assert_false(take(self, "x", RUN(1, 1), UINT32_MAX));
    expect_ack(self, "x", RUN(1, 1), "4294967294-4294967295 1-2");
    dd_arrivals_destroy(&self);
}

static void test_a_sender_that_registers_again(void **state)
{
    (void)state;
    dd_arrivals_t *self = arrivals();
    assert_true(take(self, "x", RUN(1, 1), 10));
    assert_true(take(self, "x", RUN(1, 3), 12));
    assert_false(take(self, "x", RUN(1, 2), 13)); /* came by a slower way */
    assert_false(take(self, "x", RUN(1, 1), 11));
    assert_true(take(self, "x", RUN(1, 3), 14));
    expect_ack(self, "x", RUN(1, 3), "10-10 12-12 14-14");
    /* The count wraps. */
    for (unsigned count = 3; count < 600; count += 100)
        assert_true(take(self, "x", RUN(1, count & DD_RUN_COUNT), 20 + count));
    dd_arrivals_destroy(&self);
}

/* Its numbers may be any, and what is still owed to the earlier one is nobody's. */
static void test_a_sender_that_starts_anew(void **state)
{
    (void)state;
    dd_arrivals_t *self = arrivals();
    assert_true(take(self, "x", RUN(1, 9), 1000));
    assert_true(take(self, "x", RUN(2, 1), 7));
    assert_int_equal(dd_arrivals_pending(self), 1);
    assert_false(take(self, "x", RUN(1, 9), 1001));
    assert_false(take(self, "x", RUN(1, 9), 8));
    assert_true(take(self, "x", RUN(2, 1), 8));
    expect_ack(self, "x", RUN(2, 1), "7-8");
    expect_none(self);
    dd_arrivals_destroy(&self);
}

/* In quick succession, as in a loop of crashes: a late message of each must not pass for the
   newest. */
static void test_a_sender_that_starts_anew_several_times(void **state)
{
    (void)state;
    dd_arrivals_t *self = arrivals();
    for (uint32_t process = 1; process <= 4; process++)
        assert_true(take(self, "x", RUN(process, 1), 100));
    for (uint32_t process = 1; process < 4; process++)
        assert_false(take(self, "x", RUN(process, 1), 101));
    assert_true(take(self, "x", RUN(4, 1), 101));
    dd_arrivals_destroy(&self);
}

/* Two clients share a name, one at a time: whoever registers anew is heard. */
static void test_a_name_that_is_taken_over_and_back(void **state)
{
    (void)state;
    dd_arrivals_t *self = arrivals();
    for (uint32_t count = 1; count < 6; count++) {
        assert_true(take(self, "x", RUN(1, count), 10 * count));
        assert_true(take(self, "x", RUN(2, count), 5 * count));
        assert_false(take(self, "x", RUN(1, count), 10 * count + 1));
    }
    dd_arrivals_destroy(&self);
}

/* It knows nothing of what came before it, but what it takes is in order. */
static void test_a_receiver_that_starts_anew(void **state)
{
    (void)state;
    dd_arrivals_t *self = arrivals();
    assert_true(take(self, "x", RUN(1, 1), 10));
    dd_arrivals_destroy(&self);
    self = arrivals();
    assert_true(take(self, "x", RUN(1, 1), 15));
    assert_false(take(self, "x", RUN(1, 1), 14));
    expect_ack(self, "x", RUN(1, 1), "15-15");
    dd_arrivals_destroy(&self);
}

/* "x" of the tenant and "public.x" are two clients. */
static void test_names_of_tenant_and_public(void **state)
{
    (void)state;
    dd_arrivals_t *self = arrivals();
    assert_true(take(self, "x", RUN(1, 1), 10));
    assert_true(take(self, "public.x", RUN(1, 1), 5));
    assert_true(take(self, "x", RUN(1, 1), 11));
    expect_ack(self, "x", RUN(1, 1), "10-11");
    expect_ack(self, "public.x", RUN(1, 1), "5-5");
    dd_arrivals_destroy(&self);
}

/* The sender that was silent longest is forgotten, with what was owed to it. */
static void test_senders_are_limited(void **state)
{
    (void)state;
    char name[16];
    dd_arrivals_t *self = arrivals();
    for (int i = 0; i < SENDERS; i++) {
        snprintf(name, sizeof name, "s%d", i);
        assert_true(take(self, name, RUN(1, 1), 5));
    }
    assert_true(take(self, "s0", RUN(1, 1), 6));
    assert_true(take(self, "another", RUN(1, 1), 5));
    assert_int_equal(dd_arrivals_pending(self), SENDERS + 1);
    assert_false(take(self, "s0", RUN(1, 1), 5));
    assert_true(take(self, "s1", RUN(1, 1), 5)); /* not known any more */
    expect_ack(self, "s0", RUN(1, 1), "5-6");
    dd_arrivals_destroy(&self);
}

static void test_the_longest_name(void **state)
{
    (void)state;
    char name[300] = {0};
    dd_arrivals_t *self = arrivals();
    memset(name, 'n', 255);
    assert_true(take(self, name, RUN(1, 1), 5));
    expect_ack(self, name, RUN(1, 1), "5-5");
    memset(name, 'n', 256); /* no record can hold it; it is taken, and that is all */
    assert_true(take(self, name, RUN(1, 1), 5));
    expect_none(self);
    dd_arrivals_destroy(&self);
}

/* ---- Acknowledging --------------------------------------------------------------------------- */

/* A sender that takes turns among receivers leaves a hole after every number. */
static void test_many_holes_make_many_acks(void **state)
{
    (void)state;
    dd_arrivals_t *self = arrivals();
    for (uint32_t i = 0; i < 1000; i++)
        assert_true(take(self, "x", RUN(1, 1), 1 + 10 * i));
    assert_int_equal(dd_arrivals_pending(self), 1000);
    dd_record_t ack;
    uint8_t room[DD_ARRIVALS_ROOM];
    uint32_t next = 1, acks = 0;
    for (; dd_arrivals_next(self, &ack, room); acks++) {
        dd_reader_t reader = dd_reader(ack.payload.data, ack.payload.size);
        assert_in_range(ack.payload.size, DD_ACK_RANGE_SIZE, sizeof room);
        for (; dd_reader_left(&reader) > 0; next += 10) {
            assert_int_equal(dd_read_u32(&reader), next);
            assert_int_equal(dd_read_u32(&reader), next);
        }
        if (acks == 0) /* what comes between two of them is not forgotten */
            assert_true(take(self, "x", RUN(1, 1), 10001));
    }
    assert_int_equal(next, 10011);
    assert_int_equal(acks, (1001 + DD_ACK_RANGES_MAX - 1) / DD_ACK_RANGES_MAX);
    expect_none(self);
    dd_arrivals_destroy(&self);
}

static void test_holes_are_limited(void **state)
{
    (void)state;
    dd_arrivals_t *self = arrivals();
    for (uint32_t i = 0; i < 100000; i++)
        assert_true(take(self, i % 2 ? "x" : "y", RUN(1, 1), 1 + 10 * i));
    assert_int_equal(dd_arrivals_pending(self), 65536);
    dd_arrivals_forget_pending(self);
    expect_none(self);
    assert_true(take(self, "x", RUN(1, 1), 1000001));
    expect_ack(self, "x", RUN(1, 1), "1000001-1000001");
    dd_arrivals_destroy(&self);
}

static void test_traces_are_not_acknowledged(void **state)
{
    (void)state;
    dd_arrivals_t *self = arrivals();
    assert_true(take_flags(self, "x", RUN(1, 1), 1, DD_FLAG_TRACE));
    expect_none(self);
    assert_true(take(self, "x", RUN(1, 1), 2));
    assert_true(take_flags(self, "x", RUN(1, 1), 3, DD_FLAG_TRACE));
    assert_true(take(self, "x", RUN(1, 1), 4));
    assert_false(take_flags(self, "x", RUN(1, 1), 4, DD_FLAG_TRACE));
    expect_ack(self, "x", RUN(1, 1), "2-2 4-4");
    expect_none(self);
    dd_arrivals_destroy(&self);
}

static void test_what_is_excluded_is_not_acknowledged(void **state)
{
    static const struct {
        uint32_t refs[4]; /* excluded; 0: none */
        const char *left;
    } CASES[] = {
        {{1}, "2-5 7-9"},
        {{3}, "1-2 4-5 7-9"},
        {{5}, "1-4 7-9"},
        {{7, 8, 9}, "1-5"},
        {{9, 8, 7}, "1-5"},
        {{2, 4}, "1-1 3-3 5-5 7-9"},
        {{2, 2}, "1-1 3-5 7-9"},
        {{6, 10, 100, UINT32_MAX}, "1-5 7-9"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        dd_arrivals_t *self = arrivals();
        for (uint32_t ref = 1; ref < 10; ref++)
            assert_true(ref == 6 || take(self, "x", RUN(1, 1), ref));
        for (size_t k = 0; k < 4 && CASES[i].refs[k] != 0; k++)
            dd_arrivals_exclude(self, dd_bytes_of("x"), CASES[i].refs[k]);
        dd_arrivals_exclude(self, dd_bytes_of("y"), 1);
        expect_ack(self, "x", RUN(1, 1), CASES[i].left);
        expect_none(self);
        assert_false(
            take(self, "x", RUN(1, 1), CASES[i].refs[0] % 9)); /* it was taken all the same */
        dd_arrivals_destroy(&self);
    }
}

static void test_everything_can_be_excluded(void **state)
{
    (void)state;
    dd_arrivals_t *self = arrivals();
    for (uint32_t ref = 1; ref < 1000; ref++)
        assert_true(take(self, "x", RUN(1, 1), ref));
    for (uint32_t ref = 2; ref < 1000; ref += 2)
        dd_arrivals_exclude(self, dd_bytes_of("x"), ref);
    assert_int_equal(dd_arrivals_pending(self), 500);
    for (uint32_t ref = 999; ref > 0; ref -= ref > 1 ? 2 : 1)
        dd_arrivals_exclude(self, dd_bytes_of("x"), ref);
    expect_none(self);
    assert_true(take(self, "x", RUN(1, 1), 1000));
    expect_ack(self, "x", RUN(1, 1), "1000-1000");
    dd_arrivals_destroy(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_takes_once_and_in_order),
        cmocka_unit_test(test_what_has_no_number_is_always_taken),
        cmocka_unit_test(test_numbers_wrap),
        cmocka_unit_test(test_a_sender_that_registers_again),
        cmocka_unit_test(test_a_sender_that_starts_anew),
        cmocka_unit_test(test_a_sender_that_starts_anew_several_times),
        cmocka_unit_test(test_a_name_that_is_taken_over_and_back),
        cmocka_unit_test(test_a_receiver_that_starts_anew),
        cmocka_unit_test(test_names_of_tenant_and_public),
        cmocka_unit_test(test_senders_are_limited),
        cmocka_unit_test(test_the_longest_name),
        cmocka_unit_test(test_many_holes_make_many_acks),
        cmocka_unit_test(test_holes_are_limited),
        cmocka_unit_test(test_traces_are_not_acknowledged),
        cmocka_unit_test(test_what_is_excluded_is_not_acknowledged),
        cmocka_unit_test(test_everything_can_be_excluded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
