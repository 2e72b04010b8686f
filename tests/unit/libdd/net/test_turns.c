/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_turns - how many dial at a time
 */
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "libdd/net/turns.h"
#include "tests/unit/unit.h"

static void test_no_more_than_so_many_and_in_order(void **state)
{
    (void)state;
    static dd_turn_t turns[DD_TURNS_MAX + 2], other;
    eventfd_t wakes;
    int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    for (size_t i = 0; i < DD_TURNS_MAX + 2; i++) {
        dd_turn_ask(&turns[i], "tcp://a:1", dd_waker_of(wake_fd));
        assert_int_equal(dd_turn_granted(&turns[i]), i < DD_TURNS_MAX);
    }
    /* Another broker has places of its own; and who has one at once isn't woken for it. */
    dd_turn_ask(&other, "tcp://b:1", dd_waker_of(wake_fd));
    assert_true(dd_turn_granted(&other));
    assert_int_equal(eventfd_read(wake_fd, &wakes), -1);

    dd_turn_end(&turns[7]);
    assert_true(dd_turn_granted(&turns[DD_TURNS_MAX]));
    assert_false(dd_turn_granted(&turns[DD_TURNS_MAX + 1]));
    assert_int_equal(eventfd_read(wake_fd, &wakes), 0);
    dd_turn_end(&turns[7]); /* it has none any more */
    assert_false(dd_turn_granted(&turns[DD_TURNS_MAX + 1]));

    /* Who gives up waiting frees no place. */
    dd_turn_end(&turns[DD_TURNS_MAX + 1]);
    assert_int_equal(eventfd_read(wake_fd, &wakes), -1);
    for (size_t i = 0; i < DD_TURNS_MAX + 2; i++)
        dd_turn_end(&turns[i]);
    dd_turn_end(&other);
    close(wake_fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_no_more_than_so_many_and_in_order)};
    return cmocka_run_group_tests_name("turns", tests, NULL, NULL);
}
