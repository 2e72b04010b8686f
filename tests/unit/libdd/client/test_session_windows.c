/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_session_windows - a client keeps to what its broker says that may be on its way
 */
#include "tests/unit/libdd/session.h"

#define WINDOW 4000

/* What the connection lets through is taken out here. */
static unsigned flush(fixture_t *self)
{
    dd_outbox_t *outbox = dd_session_outbox(self->session);
    unsigned frames = 0;
    for (; dd_outbox_may_send(outbox); frames++)
        dd_frame_free(dd_outbox_take(outbox));
    return frames;
}

/* Registered at a broker that grants so much. */
static fixture_t *granted(uint32_t window)
{
    fixture_t *self = client();
    dd_session_start(self->session);
    say_hello(self);
    dd_record_t record = welcome();
    record.window = window;
    hear(self, record);
    next_news(self, DD_EVENT_REGISTERED);
    flush(self);
    return self;
}

static const dd_window_t *window_of(const fixture_t *self)
{
    return &dd_session_outbox(self->session)->window;
}

static void publish(fixture_t *self)
{
    static const uint8_t PAYLOAD[500];
    dd_record_t record = {.type = DD_PUBLISH,
        .topic = dd_bytes_of("t"),
        .payload = dd_bytes(PAYLOAD, sizeof PAYLOAD)};
    assert_int_equal(dd_session_send(self->session, &record, false), DD_OK);
}

/* Until something has to wait. */
static void fill(fixture_t *self)
{
    while (!dd_outbox_is_held(dd_session_outbox(self->session))) {
        publish(self);
        flush(self);
    }
}

static void hear_taken(fixture_t *self, uint64_t number)
{
    hear(self, (dd_record_t){.type = DD_TAKEN, .number = number});
}

static void test_sends_what_the_window_holds(void **state)
{
    (void)state;
    fixture_t *self = granted(WINDOW);
    assert_true(window_of(self)->sent > 2 * DD_WINDOW_FRAME); /* HELLO and PING */
    fill(self);
    assert_in_range(window_of(self)->sent, WINDOW - 600, WINDOW);
    assert_int_equal(flush(self), 0);
    hear_taken(self, window_of(self)->sent / 2);
    assert_int_equal(flush(self), 1);
    hear_taken(self, window_of(self)->sent);
    assert_false(dd_outbox_is_held(dd_session_outbox(self->session)));
    finish(self);
}

static void test_a_broker_without_a_window_gets_all(void **state)
{
    (void)state;
    fixture_t *self = granted(0);
    for (int i = 0; i < 1000; i++) {
        publish(self);
        assert_int_equal(flush(self), 1);
    }
    finish(self);
}

/* The next connection is another one. */
static void test_a_window_ends_with_its_connection(void **state)
{
    (void)state;
    fixture_t *self = granted(WINDOW);
    fill(self);
    tick_after(self, HEARTBEAT);
    dd_session_lost(self->session, DD_E_NETWORK, "gone");
    end_it(self);
    assert_int_equal(next_news(self, DD_EVENT_DISCONNECTED)->number, 1);
    wait_for_attempt(self);
    be_registered(self);
    assert_int_equal(window_of(self)->size, 0);
    assert_true(window_of(self)->sent < 1000);
    hear_taken(self, window_of(self)->sent);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
    finish(self);
}

/* Its words wait for the broker to take what came before, but not the sign that it is there: one,
   however long nobody takes it. */
static void test_a_client_that_waits_says_that_it_is_there(void **state)
{
    (void)state;
    fixture_t *self = granted(WINDOW);
    fill(self);
    for (int i = 0; i < 10; i++) {
        tick_after(self, HEARTBEAT);
        hear(self,
            (dd_record_t){.type = DD_GAP, .topic = dd_bytes_of("t"), .scope = dd_bytes_of("/1/")});
        if (i % 2 == 0)
            continue;
        assert_int_equal(flush(self), 1);
    }
    tick_after(self, HEARTBEAT);
    assert_true(sent(self, DD_PING).number == self->now_us);
    hear(self, (dd_record_t){.type = DD_PING, .number = 77});
    assert_int_equal(sent(self, DD_PONG).number, 77);
    sent(self, DD_PUBLISH);
    finish(self);
}

static void test_a_broker_that_takes_what_cannot_be_is_left(void **state)
{
    (void)state;
    for (int more = 0; more < 2; more++) {
        fixture_t *self = granted(WINDOW);
        publish(self);
        flush(self);
        hear_taken(self, window_of(self)->sent - 1);
        assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
        hear_taken(self, more ? window_of(self)->sent + 1 : window_of(self)->sent - 2);
        end_with(self, DD_E_PROTOCOL);
        finish(self);
    }
}

/* A goodbye that had to wait goes as soon as the broker has taken what came before. */
static void test_a_goodbye_waits_for_its_turn(void **state)
{
    (void)state;
    fixture_t *self = granted(WINDOW);
    fill(self);
    dd_session_leave(self->session, self->now_us, self->now_us);
    while (dd_session_state(self->session) != DD_SESSION_LEAVING)
        tick_after(self, 100 * MS);
    assert_int_equal(flush(self), 0);
    hear_taken(self, window_of(self)->sent);
    assert_true(flush(self) > 0);
    assert_true(dd_outbox_empty(dd_session_outbox(self->session)));
    hear(self, (dd_record_t){.type = DD_BYE});
    assert_int_equal(dd_session_state(self->session), DD_SESSION_CLOSED);
    finish(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sends_what_the_window_holds),
        cmocka_unit_test(test_a_broker_without_a_window_gets_all),
        cmocka_unit_test(test_a_window_ends_with_its_connection),
        cmocka_unit_test(test_a_client_that_waits_says_that_it_is_there),
        cmocka_unit_test(test_a_broker_that_takes_what_cannot_be_is_left),
        cmocka_unit_test(test_a_goodbye_waits_for_its_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
