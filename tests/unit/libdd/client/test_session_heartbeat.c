/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_session_heartbeat - what a session does in a broker's silence, and what it takes for life
 */
#include "tests/unit/libdd/session.h"

static void test_pings_and_measures(void **state)
{
    (void)state;
    fixture_t *self = registered();
    assert_int_equal(dd_session_rtt_us(self->session), 0);
    uint64_t pinged_us = self->now_us;
    self->now_us += 321;
    hear(self, (dd_record_t){.type = DD_PONG, .number = pinged_us});
    assert_int_equal(dd_session_rtt_us(self->session), 321);
    hear(self, (dd_record_t){.type = DD_PONG, .number = self->now_us + 1});
    assert_int_equal(dd_session_rtt_us(self->session), 321);

    assert_true(dd_session_due(self->session) == pinged_us + HEARTBEAT);
    tick_after(self, HEARTBEAT - 322);
    nothing_sent(self);
    tick_after(self, 1);
    assert_true(sent(self, DD_PING).number == self->now_us);
    nothing_sent(self);
    no_news(self);
    finish(self);
}

static void test_answers_pings(void **state)
{
    (void)state;
    fixture_t *self = client();
    dd_session_start(self->session);
    say_hello(self);
    hear(self, (dd_record_t){.type = DD_PING, .number = 4711});
    assert_int_equal(sent(self, DD_PONG).number, 4711);
    finish(self);
}

/* It finds out whether another client of the name is still there. */
static void test_a_broker_that_pings_is_about_to_answer(void **state)
{
    (void)state;
    fixture_t *self = client();
    dd_session_start(self->session);
    say_hello(self);
    for (int i = 0; i < 10; i++) {
        tick_after(self, 5000 * MS - 1);
        assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERING);
        hear(self, (dd_record_t){.type = DD_PING, .number = 4711});
    }
    tick_after(self, 5000 * MS);
    assert_int_not_equal(dd_session_state(self->session), DD_SESSION_REGISTERING);
    finish(self);
}

static void test_silence_ends(void **state)
{
    (void)state;
    fixture_t *self = registered();
    tick_after(self, 3 * HEARTBEAT - 1);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
    hear(self, (dd_record_t){.type = DD_PONG});
    tick_after(self, 3 * HEARTBEAT - 1);
    dd_session_unheard(self->session, self->now_us);
    tick_after(self, 3 * HEARTBEAT - 1);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
    tick_after(self, 1);
    end_with(self, DD_E_TIMEOUT);
    finish(self);
}

/* Lets time pass as the session's owner does, who ticks when it is due; beats are heartbeats. */
static void live_on(fixture_t *self, unsigned beats, void (*carry)(dd_traffic_t *traffic))
{
    for (uint64_t end_us = self->now_us + beats * HEARTBEAT; self->now_us < end_us;) {
        uint64_t due_us = dd_session_due(self->session);
        assert_true(due_us > self->now_us); /* no loop goes round in vain */
        tick_after(self, due_us < end_us ? due_us - self->now_us : end_us - self->now_us);
        carry(self->traffic);
    }
}

static void carry_nothing(dd_traffic_t *traffic)
{
    (void)traffic;
}

static void carry_in(dd_traffic_t *traffic)
{
    traffic->received += 1000;
}

static void carry_out(dd_traffic_t *traffic)
{
    traffic->acknowledged += 1000;
    traffic->waiting = true;
}

static void carry_all_out(dd_traffic_t *traffic)
{
    traffic->acknowledged += 1000;
    traffic->waiting = false;
}

/* One message may take as long as the line needs, in both directions. */
static void test_a_message_on_a_slow_line_is_life(void **state)
{
    (void)state;
    static void (*const WAYS[])(dd_traffic_t *) = {carry_in, carry_out};
    for (size_t i = 0; i < COUNT(WAYS); i++) {
        fixture_t *self = registered();
        dd_traffic_t traffic = {0};
        self->traffic = &traffic;
        live_on(self, 100, WAYS[i]);
        assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
        tick_after(self, 0);
        live_on(self, 2, carry_nothing);
        assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
        live_on(self, 1, carry_nothing);
        tick_after(self, HEARTBEAT);
        assert_int_not_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
        finish(self);
    }
}

/* Whatever the kernel of a stopped broker takes. */
static void test_a_broker_that_has_our_ping_must_answer(void **state)
{
    (void)state;
    fixture_t *self = registered();
    dd_traffic_t traffic = {0};
    self->traffic = &traffic;
    live_on(self, 2, carry_all_out);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
    live_on(self, 1, carry_all_out);
    tick_after(self, 1);
    assert_int_not_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
    finish(self);
}

/* The process was stopped for long: what the broker has said meanwhile is still to be read. */
static void test_who_slept_looks_twice(void **state)
{
    (void)state;
    fixture_t *self = registered();
    dd_traffic_t traffic = {0};
    self->traffic = &traffic;
    tick_after(self, 100 * HEARTBEAT);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
    hear(self, (dd_record_t){.type = DD_PONG});
    tick_after(self, HEARTBEAT);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
    tick_after(self, 100 * HEARTBEAT);
    tick_after(self, HEARTBEAT / 4);
    assert_int_not_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
    finish(self);
}

static void test_heartbeat_has_bounds(void **state)
{
    (void)state;
    static const struct {
        uint32_t told, kept;
    } BEATS[] = {
        {0, 100}, {99, 100}, {100, 100}, {60000, 60000}, {60001, 60000}, {UINT32_MAX, 60000}};
    for (size_t i = 0; i < COUNT(BEATS); i++) {
        fixture_t *self = client();
        dd_session_start(self->session);
        say_hello(self);
        dd_record_t record = welcome();
        record.heartbeat = BEATS[i].told;
        hear(self, record);
        assert_true(dd_session_due(self->session) == self->now_us + BEATS[i].kept * MS);
        finish(self);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pings_and_measures),
        cmocka_unit_test(test_answers_pings),
        cmocka_unit_test(test_a_broker_that_pings_is_about_to_answer),
        cmocka_unit_test(test_silence_ends),
        cmocka_unit_test(test_a_message_on_a_slow_line_is_life),
        cmocka_unit_test(test_a_broker_that_has_our_ping_must_answer),
        cmocka_unit_test(test_who_slept_looks_twice),
        cmocka_unit_test(test_heartbeat_has_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
