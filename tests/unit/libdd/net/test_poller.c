/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_poller - a wait for many descriptors
 */
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "libdd/base/clock.h"
#include "libdd/net/poller.h"
#include "tests/deadline.h"
#include "tests/unit/unit.h"

static uint64_t tags[DD_POLLER_AT_ONCE];

static int told_now(dd_poller_t *self)
{
    return dd_poller_wait(self, 0, tags);
}

/* Each change is told once, whether or not somebody has looked what it is. */
static void test_tells_once_of_each_change(void **state)
{
    (void)state;
    dd_poller_t self;
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert_true(dd_poller_init(&self));
    assert_true(dd_poller_watch(&self, fd, POLLIN, 7));
    assert_int_equal(told_now(&self), 0);
    for (int i = 0; i < 3; i++) {
        eventfd_write(fd, 1);
        assert_int_equal(told_now(&self), 1);
        assert_int_equal(tags[0], 7);
        assert_int_equal(told_now(&self), 0);
    }
    /* Who is watched anew is told of what is there. */
    assert_true(dd_poller_watch(&self, fd, POLLIN, 8));
    assert_int_equal(told_now(&self), 1);
    assert_int_equal(tags[0], 8);
    dd_poller_forget(&self, fd);
    eventfd_write(fd, 1);
    assert_int_equal(told_now(&self), 0);
    close(fd);
    dd_poller_clear(&self);
}

static void test_a_wake_ends_a_wait(void **state)
{
    (void)state;
    dd_poller_t self;
    assert_true(dd_poller_init(&self));
    for (int i = 0; i < 3; i++) {
        dd_poller_wake(&self);
        dd_poller_wake(&self);
        struct pollfd item = {.fd = self.fd, .events = POLLIN};
        assert_int_equal(poll(&item, 1, 0), 1);
        assert_int_equal(dd_poller_wait(&self, DEADLINE * 1000, tags), 1);
        assert_int_equal(tags[0], 0);
        assert_int_equal(told_now(&self), 0);
        assert_int_equal(poll(&item, 1, 0), 0);
    }
    dd_poller_clear(&self);
}

static void test_nothing_comes_too_early(void **state)
{
    static const uint64_t TIMES[] = {1, 50, 999, 1000, 1001, 2500};
    (void)state;
    dd_poller_t self;
    assert_true(dd_poller_init(&self));
    for (size_t i = 0; i < COUNT(TIMES); i++) {
        uint64_t before_us = dd_clock_us();
        assert_int_equal(dd_poller_wait(&self, TIMES[i], tags), 0);
        assert_true(dd_clock_us() - before_us >= TIMES[i]);
    }
    dd_poller_clear(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tells_once_of_each_change),
        cmocka_unit_test(test_a_wake_ends_a_wait),
        cmocka_unit_test(test_nothing_comes_too_early),
    };
    return cmocka_run_group_tests_name("poller", tests, NULL, NULL);
}
