/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_timers - which of many is due first
 */
#include <stdlib.h>

#include "libdd/base/timers.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

enum { TIMERS = 1000 };

static dd_timer_t timers[TIMERS];

/* Looks at each: what a heap is for. */
static uint64_t earliest(void)
{
    uint64_t due_us = UINT64_MAX;
    for (size_t i = 0; i < TIMERS; i++)
        if (timers[i].place > 0 && timers[i].due_us < due_us)
            due_us = timers[i].due_us;
    return due_us;
}

static void test_the_first_is_the_earliest(void **state)
{
    (void)state;
    dd_timers_t self = {0};
    assert_true(dd_timers_reserve(&self, TIMERS));
    srand(1);
    for (size_t i = 0; i < 20 * TIMERS; i++) {
        dd_timer_t *timer = &timers[(unsigned)rand() % TIMERS];
        if (rand() % 4 == 0)
            dd_timers_cancel(&self, timer);
        else
            dd_timers_set(&self, timer, (unsigned)rand() % 5000);
        assert_true(dd_timers_due(&self) == earliest());
    }
    uint64_t before_us = 0;
    while (dd_timers_first(&self)) {
        assert_in_range(dd_timers_due(&self), before_us, 5000);
        before_us = dd_timers_due(&self);
        dd_timers_cancel(&self, dd_timers_first(&self));
    }
    dd_timers_clear(&self);
}

static void test_never_is_not_set(void **state)
{
    (void)state;
    dd_timers_t self = {0};
    dd_timer_t timer = {0};
    assert_true(dd_timers_due(&self) == UINT64_MAX);
    assert_true(dd_timers_reserve(&self, 1));
    dd_timers_set(&self, &timer, UINT64_MAX);
    assert_null(dd_timers_first(&self));
    dd_timers_set(&self, &timer, 7);
    assert_ptr_equal(dd_timers_first(&self), &timer);
    dd_timers_set(&self, &timer, UINT64_MAX);
    assert_null(dd_timers_first(&self));
    dd_timers_cancel(&self, &timer);
    dd_timers_clear(&self);
}

static void test_room_is_made_before(void **state)
{
    (void)state;
    dd_timers_t self = {0};
    memory_limit_begin(0);
    assert_false(dd_timers_reserve(&self, 1));
    assert_true(memory_limit_end());
    assert_true(dd_timers_reserve(&self, 100));
    memory_limit_begin(0);
    assert_true(dd_timers_reserve(&self, 100));
    for (size_t i = 0; i < 100; i++)
        dd_timers_set(&self, &timers[i], i);
    assert_false(memory_limit_end());
    for (size_t i = 0; i < 100; i++)
        dd_timers_cancel(&self, &timers[i]);
    dd_timers_clear(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_is_the_earliest),
        cmocka_unit_test(test_never_is_not_set),
        cmocka_unit_test(test_room_is_made_before),
    };
    return cmocka_run_group_tests_name("timers", tests, NULL, NULL);
}
