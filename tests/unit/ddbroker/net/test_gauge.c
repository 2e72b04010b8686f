/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Marks through ZeroMQ's threads
 */
#include "ddbroker/net/gauge.h"

#include <poll.h>
#include <zmq.h>

#include "ddbroker/net/input_account.h"
#include "libdd/base/clock.h"
#include "tests/deadline.h"
#include "tests/unit/unit.h"

enum { THREADS = 2 };

static void *context_of(int threads)
{
    void *context = zmq_ctx_new();
    assert_non_null(context);
    assert_int_equal(zmq_ctx_set(context, ZMQ_IO_THREADS, threads), 0);
    return context;
}

static void wait_for_marks(gauge_t *gauge)
{
    uint64_t until_us = dd_clock_us() + DEADLINE * 1000;
    while (gauge_is_behind(gauge)) {
        assert_true(dd_clock_us() < until_us);
        poll(NULL, 0, 1);
    }
}

static void test_who_is_told_nothing_is_not_behind(void **state)
{
    (void)state;
    void *context = context_of(THREADS);
    gauge_t *gauge = gauge_new(context, THREADS);
    assert_non_null(gauge);
    assert_false(gauge_is_behind(gauge));
    assert_null(gauge_socket(gauge, 0));
    gauge_mark(gauge);
    assert_non_null(gauge_socket(gauge, THREADS - 1));
    assert_null(gauge_socket(gauge, THREADS));
    gauge_destroy(&gauge);
    assert_null(gauge);
    zmq_ctx_term(context);
}

/* Far more of them than a connection may bring whose input is limited and not taken. */
static void test_marks_come_back_for_ever(void **state)
{
    enum { MARKS = 2 * INPUT_STRANGER / INPUT_FRAME };
    (void)state;
    input_account_set_max(0); /* it's there, as in the broker */
    void *context = context_of(THREADS);
    gauge_t *gauge = gauge_new(context, THREADS);
    assert_non_null(gauge);
    for (unsigned i = 0; i < MARKS; i++) {
        gauge_mark(gauge);
        wait_for_marks(gauge);
    }
    gauge_destroy(&gauge);
    zmq_ctx_term(context);
}

static void test_without_a_gauge_nobody_is_behind(void **state)
{
    (void)state;
    gauge_mark(NULL);
    assert_false(gauge_is_behind(NULL));
    assert_null(gauge_socket(NULL, 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_told_nothing_is_not_behind),
        cmocka_unit_test(test_marks_come_back_for_ever),
        cmocka_unit_test(test_without_a_gauge_nobody_is_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
