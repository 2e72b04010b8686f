/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_stranger_turns - a round of ZeroMQ's threads isn't longer for many handshakes
 */
#include "ddbroker/net/stranger_turns.h"
#include "tests/unit/unit.h"

#define STRANGERS 100
#define HANDSHAKE 100u /* us */

/* The clock goes on from test to test, as it does for a thread. */
static uint64_t now_us = 1000000;

/* All who are still to be read are asked in a round; those who are read are done. The number of
   these. */
static size_t go_round(uint64_t put_off[STRANGERS], bool done[STRANGERS])
{
    size_t read = 0;
    for (size_t i = 0; i < STRANGERS; i++) {
        if (done[i] || !stranger_turns_take(&put_off[i], now_us))
            continue;
        done[i] = true;
        read++;
        now_us += HANDSHAKE;
    }
    return read;
}

static void test_a_round_has_time_for_some_strangers(void **state)
{
    enum { EACH = (STRANGER_TURNS_SHARE + HANDSHAKE - 1) / HANDSHAKE };
    uint64_t put_off[STRANGERS] = {0};
    bool done[STRANGERS] = {false};
    (void)state;
    now_us += STRANGER_TURNS_ROUND;
    for (size_t left = STRANGERS, read; left > 0; left -= read) {
        read = go_round(put_off, done);
        assert_int_equal(read, left < EACH ? left : EACH);
    }
}

/* Then nobody was put off who could be asked again. */
static void test_after_some_time_it_is_another_round(void **state)
{
    uint64_t one = 0, other = 0;
    (void)state;
    now_us += STRANGER_TURNS_ROUND;
    assert_true(stranger_turns_take(&one, now_us));
    now_us += STRANGER_TURNS_ROUND;
    assert_true(stranger_turns_take(&other, now_us));
    assert_true(stranger_turns_take(&one, now_us));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_round_has_time_for_some_strangers),
        cmocka_unit_test(test_after_some_time_it_is_another_round),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
