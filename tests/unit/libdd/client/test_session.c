/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_session - the client's side of a connection: how it begins, ends, and begins again
 */
#include "tests/unit/libdd/session.h"

/* ---- Registration ---------------------------------------------------------------------------- */

static void test_registers(void **state)
{
    (void)state;
    fixture_t *self = client();
    assert_int_equal(dd_session_state(self->session), DD_SESSION_IDLE);
    assert_false(dd_session_wants_connection(self->session));
    tick_after(self, 1);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_IDLE);

    dd_session_start(self->session);
    assert_true(dd_session_wants_connection(self->session));
    assert_true(dd_session_due(self->session) == UINT64_MAX);
    dd_session_connected(self->session, self->now_us);
    dd_record_t hello = sent(self, DD_HELLO);
    assert_true(hello.number == 0x123456789ABC0001u);
    assert_int_equal(hello.features, 0);
    assert_true(bytes_are(hello.name, "cli1"));
    no_news(self);

    hear(self, welcome());
    const dd_event_t *event = next_news(self, DD_EVENT_REGISTERED);
    assert_string_equal(event->source, "a.cli1");
    assert_string_equal(event->text, "broker0");
    assert_string_equal(event->scope, "/1/2/3/");
    assert_int_equal(event->number, 1000 - DD_BOX_OVERHEAD);
    assert_true(sent(self, DD_PING).number == self->now_us);
    nothing_sent(self);
    no_news(self);
    finish(self);
}

static void test_counts_registrations(void **state)
{
    (void)state;
    fixture_t *self = client();
    dd_session_start(self->session);
    for (unsigned i = 1; i <= 0x10001; i++) {
        dd_session_connected(self->session, self->now_us);
        assert_true(sent(self, DD_HELLO).number == (0x123456789ABC0000u | (i & 0xFFFF)));
        dd_session_lost(self->session, DD_E_NETWORK, "gone");
        end_it(self);
        wait_for_attempt(self);
    }
    finish(self);
}

/* Whenever it registers. */
static void test_an_observer_says_so(void **state)
{
    (void)state;
    fixture_t *self = client();
    assert_int_equal(dd_session_set_observer(self->session), DD_OK);
    dd_session_start(self->session);
    for (int i = 0; i < 2; i++) {
        dd_session_connected(self->session, self->now_us);
        assert_int_equal(sent(self, DD_HELLO).features, DD_OBSERVES);
        dd_session_lost(self->session, DD_E_NETWORK, "gone");
        end_it(self);
        wait_for_attempt(self);
    }
    finish(self);
}

static void test_operator_has_no_tenant(void **state)
{
    (void)state;
    fixture_t *self = fixture(true, INSTANCE, 1 << 20);
    dd_session_start(self->session);
    say_hello(self);
    dd_record_t record = welcome();
    record.tenant.size = 0;
    record.limit = DD_BOX_OVERHEAD - 1;
    hear(self, record);
    const dd_event_t *event = next_news(self, DD_EVENT_REGISTERED);
    assert_string_equal(event->source, "cli1");
    assert_int_equal(event->number, 0);
    assert_int_equal(dd_session_subscribe(self->session, "t", "all"), DD_E_REFUSED);
    finish(self);
}

static void no_tenant(dd_record_t *record)
{
    record->tenant.size = 0;
}
static void dotted_tenant(dd_record_t *record)
{
    record->tenant = dd_bytes_of("a.b");
}
static void no_name(dd_record_t *record)
{
    record->name.size = 0;
}
static void control_in_name(dd_record_t *record)
{
    record->name = dd_bytes_of("cli\x1b[2J");
}
static void no_broker(dd_record_t *record)
{
    record->source.size = 0;
}
static void no_scope(dd_record_t *record)
{
    record->scope = dd_bytes_of("/");
}
static void bad_scope(dd_record_t *record)
{
    record->scope = dd_bytes_of("/1/2");
}
static void short_id(dd_record_t *record)
{
    record->id.size--;
}
static void no_id(dd_record_t *record)
{
    record->id.size = 0;
}

static void test_refuses_bad_welcome(void **state)
{
    (void)state;
    static void (*const SPOIL[])(dd_record_t *) = {no_tenant, dotted_tenant, no_name,
        control_in_name, no_broker, no_scope, bad_scope, short_id, no_id};
    for (size_t i = 0; i < COUNT(SPOIL); i++) {
        fixture_t *self = client();
        dd_session_start(self->session);
        say_hello(self);
        dd_record_t record = welcome();
        SPOIL[i](&record);
        hear(self, record);
        end_with(self, DD_E_MALFORMED);
        wait_for_attempt(self);
        finish(self);
    }
}

static void test_refuses_other_tenant(void **state)
{
    (void)state;
    fixture_t *self = client();
    dd_session_set_tenant(self->session, "b");
    dd_session_start(self->session);
    say_hello(self);
    hear(self, welcome());
    end_it(self);
    const dd_event_t *event = next_news(self, DD_EVENT_CLOSED);
    assert_int_equal(event->error, DD_E_REFUSED);
    assert_string_equal(event->text, "the key file is of tenant a, not of b");
    assert_int_equal(dd_session_state(self->session), DD_SESSION_CLOSED);
    finish(self);

    self = client();
    dd_session_set_tenant(self->session, "a");
    dd_session_start(self->session);
    be_registered(self);
    finish(self);
}

static void test_gives_up_waiting_for_welcome(void **state)
{
    (void)state;
    fixture_t *self = client();
    dd_session_start(self->session);
    say_hello(self);
    assert_true(dd_session_due(self->session) == self->now_us + 5000 * MS);
    tick_after(self, 5000 * MS - 1);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERING);
    tick_after(self, 1);
    end_with(self, DD_E_TIMEOUT);
    finish(self);
}

/* ---- Ends ------------------------------------------------------------------------------------ */

/* What an ERROR with ref 0, or a BYE, does. */
static const struct {
    uint16_t code;
    dd_error_t error;
    bool final; /* as an ERROR; a BYE never is */
} ENDINGS[] = {
    {DD_E_NAME_TAKEN, DD_E_NAME_TAKEN, true},
    {DD_E_NAME_INVALID, DD_E_NAME_INVALID, true},
    {DD_E_REFUSED, DD_E_REFUSED, true},
    {DD_E_UNKNOWN_PEER, DD_E_UNKNOWN_PEER, false},
    {DD_E_DRAINING, DD_E_DRAINING, false},
    {DD_E_LIMIT, DD_E_LIMIT, false},
    {DD_E_MALFORMED, DD_E_MALFORMED, false},
    {DD_E_OVERLOADED, DD_E_OVERLOADED, false},
    {60, 60, false},
    /* What means something in this process only, or nothing, isn't taken at its word. */
    {0, DD_E_PROTOCOL, false},
    {DD_E_DECRYPT, DD_E_PROTOCOL, false},
    {DD_E_CLOSED, DD_E_PROTOCOL, false},
    {UINT16_MAX, DD_E_PROTOCOL, false},
};

static void check_ending(size_t i, dd_record_type_t type, bool when_registered)
{
    fixture_t *self = client();
    dd_session_start(self->session);
    if (when_registered)
        be_registered(self);
    else
        say_hello(self);
    hear(self, (dd_record_t){
                   .type = (uint8_t)type, .code = ENDINGS[i].code, .text = dd_bytes_of("because")});
    no_news(self);
    end_it(self);
    bool final = ENDINGS[i].final && type == DD_ERROR;
    const dd_event_t *event = next_news(self, final ? DD_EVENT_CLOSED : DD_EVENT_DISCONNECTED);
    assert_int_equal(event->error, ENDINGS[i].error);
    assert_string_equal(event->text, "because");
    assert_int_equal(dd_session_state(self->session), final ? DD_SESSION_CLOSED : DD_SESSION_PAUSE);
    if (!final)
        wait_for_attempt(self);
    finish(self);
}

static void test_endings(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ENDINGS); i++) {
        check_ending(i, DD_ERROR, false);
        check_ending(i, DD_ERROR, true);
        check_ending(i, DD_BYE, false);
        check_ending(i, DD_BYE, true);
    }
}

static void test_closed_is_for_good(void **state)
{
    (void)state;
    fixture_t *self = registered();
    hear(self, (dd_record_t){.type = DD_ERROR, .code = DD_E_NAME_TAKEN});
    end_it(self);
    next_news(self, DD_EVENT_CLOSED);
    tick_after(self, 3600u * 1000 * MS);
    dd_session_connected(self->session, self->now_us);
    hear(self, welcome());
    dd_session_lost(self->session, DD_E_NETWORK, "gone");
    dd_session_start(self->session);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_CLOSED);
    assert_false(dd_session_wants_connection(self->session));
    assert_true(dd_session_due(self->session) == UINT64_MAX);
    no_news(self);
    nothing_sent(self);

    uint32_t ref;
    dd_record_t record = {.type = DD_SEND};
    assert_int_equal(dd_session_send(self->session, &record, false), DD_E_CLOSED);
    assert_int_equal(dd_session_subscribe(self->session, "t", "all"), DD_E_CLOSED);
    assert_int_equal(dd_session_unsubscribe(self->session, "t", "all"), DD_E_CLOSED);
    assert_int_equal(ask(self->session, "tree", 0, &ref), DD_E_CLOSED);
    finish(self);
}

static void test_comes_back_at_once_when_forgotten(void **state)
{
    (void)state;
    fixture_t *self = registered();
    tick_after(self, 1000 * MS);
    hear(self, (dd_record_t){.type = DD_ERROR, .code = DD_E_UNKNOWN_PEER});
    end_it(self);
    assert_int_equal(wait_for_attempt(self), 0);
    next_news(self, DD_EVENT_DISCONNECTED);
    finish(self);
}

static void test_a_broker_that_always_forgets_gets_pauses(void **state)
{
    (void)state;
    fixture_t *self = registered();
    hear(self, (dd_record_t){.type = DD_ERROR, .code = DD_E_UNKNOWN_PEER});
    end_it(self);
    assert_int_equal(wait_for_attempt(self), 50);
    say_hello(self);
    hear(self, (dd_record_t){.type = DD_ERROR, .code = DD_E_UNKNOWN_PEER});
    end_it(self);
    assert_int_equal(wait_for_attempt(self), 100);
    finish(self);
}

static void test_pauses_grow_and_start_over(void **state)
{
    (void)state;
    static const uint64_t PAUSES[] = {50, 100, 200, 400, 800, 1600, 2500, 2500};
    fixture_t *self = client();
    dd_session_start(self->session);
    for (size_t i = 0; i < COUNT(PAUSES); i++) {
        dd_session_lost(self->session, DD_E_NETWORK, "nobody there");
        end_it(self);
        assert_int_equal(wait_for_attempt(self), PAUSES[i]);
    }
    next_news(self, DD_EVENT_DISCONNECTED);
    be_registered(self);
    dd_session_lost(self->session, DD_E_NETWORK, "gone");
    end_it(self);
    assert_int_equal(wait_for_attempt(self), PAUSES[0]);
    finish(self);
}

static void test_tells_a_reason_once(void **state)
{
    (void)state;
    fixture_t *self = client();
    dd_session_start(self->session);
    lose(self, "nobody there");
    assert_string_equal(next_news(self, DD_EVENT_DISCONNECTED)->text, "nobody there");
    lose(self, "nobody there");
    lose(self, "nobody there");
    no_news(self);
    lose(self, "another key");
    assert_string_equal(next_news(self, DD_EVENT_DISCONNECTED)->text, "another key");
    be_registered(self);
    lose(self, "another key");
    assert_string_equal(next_news(self, DD_EVENT_DISCONNECTED)->text, "another key");
    lose(self, "another key");
    no_news(self);
    finish(self);
}

/* ---- Several endpoints --------------------------------------------------------------------- */

static void expect_endpoint(fixture_t *self, const char *endpoint)
{
    assert_string_equal(dd_session_endpoint(self->session), endpoint);
}

static uint64_t lose_one(fixture_t *self, const char *why)
{
    dd_session_lost(self->session, DD_E_NETWORK, why);
    end_it(self);
    return wait_for_attempt(self);
}

static void test_all_endpoints_are_tried_before_a_pause(void **state)
{
    (void)state;
    static const char *const ENDPOINTS[] = {"tcp://a:1", "tcp://b:1", "tcp://c:1"};
    fixture_t *self = client_of("tcp://a:1,tcp://b:1,tcp://c:1");
    dd_session_start(self->session);
    for (size_t i = 0; i < 6; i++) {
        expect_endpoint(self, ENDPOINTS[i % 3]);
        assert_int_equal(lose_one(self, ENDPOINTS[i % 3]), i == 2 ? 50 : i == 5 ? 100 : 0);
    }
    /* Each is told of once, though they take turns. */
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(next_news(self, DD_EVENT_DISCONNECTED)->text, ENDPOINTS[i]);
    no_news(self);

    lose_one(self, ENDPOINTS[0]);
    be_registered(self);
    expect_endpoint(self, "tcp://b:1");
    assert_int_equal(lose_one(self, "gone"), 0);
    expect_endpoint(self, "tcp://c:1");
    assert_int_equal(lose_one(self, "gone"), 0);
    expect_endpoint(self, "tcp://a:1");
    assert_int_equal(lose_one(self, "gone"), 50);
    expect_endpoint(self, "tcp://b:1");
    finish(self);
}

static void test_goes_on_at_once_from_a_broker_that_drains(void **state)
{
    (void)state;
    fixture_t *self = client_of("tcp://a:1,tcp://b:1");
    dd_session_start(self->session);
    be_registered(self);
    assert_string_equal(self->news[self->seen - 1]->event.endpoint, "tcp://a:1");
    hear(self, (dd_record_t){.type = DD_BYE, .code = DD_E_DRAINING});
    end_it(self);
    assert_int_equal(wait_for_attempt(self), 0);
    next_news(self, DD_EVENT_DISCONNECTED);
    expect_endpoint(self, "tcp://b:1");
    be_registered(self);
    /* One that has forgotten the client is there: it stays. */
    self->now_us += 1000 * MS;
    hear(self, (dd_record_t){.type = DD_ERROR, .code = DD_E_UNKNOWN_PEER});
    end_it(self);
    assert_int_equal(wait_for_attempt(self), 0);
    expect_endpoint(self, "tcp://b:1");
    finish(self);
}

/* ---- The end --------------------------------------------------------------------------------- */

/* Brings a registered session to where it waits for the broker's farewell. */
static fixture_t *leaving(void)
{
    fixture_t *self = registered();
    dd_session_leave(self->session, self->now_us, self->now_us);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_PARTING);
    sent(self, DD_DRAIN);
    hear(self, (dd_record_t){.type = DD_DRAIN});
    assert_int_equal(dd_session_state(self->session), DD_SESSION_LEAVING);
    assert_true(dd_session_wants_connection(self->session));
    sent(self, DD_BYE);
    return self;
}

static void left(fixture_t *self)
{
    assert_int_equal(dd_session_state(self->session), DD_SESSION_CLOSED);
    assert_false(dd_session_wants_connection(self->session));
    no_news(self);
    nothing_sent(self);
    finish(self);
}

static void test_leaves_when_the_broker_says_goodbye(void **state)
{
    (void)state;
    fixture_t *self = leaving();
    hear(self, (dd_record_t){.type = DD_DATA, .source = dd_bytes_of("cli2")});
    hear(self, (dd_record_t){.type = DD_ERROR, .code = DD_E_NO_DESTINATION, .ref = 7});
    assert_int_equal(dd_session_state(self->session), DD_SESSION_LEAVING);
    hear(self, (dd_record_t){.type = DD_BYE});
    left(self);

    self = leaving();
    hear(self, (dd_record_t){.type = DD_ERROR, .code = DD_E_NAME_TAKEN});
    left(self);

    self = leaving();
    dd_session_lost(self->session, DD_E_NETWORK, "gone");
    left(self);

    self = leaving();
    dd_session_input(self->session, "hello", 5, self->now_us);
    left(self);
}

static void test_nothing_can_be_asked_after_leaving(void **state)
{
    (void)state;
    fixture_t *self = leaving();
    uint32_t ref;
    dd_record_t record = {.type = DD_SEND};
    assert_int_equal(dd_session_send(self->session, &record, false), DD_E_CLOSED);
    assert_int_equal(dd_session_subscribe(self->session, "t", "all"), DD_E_CLOSED);
    assert_int_equal(dd_session_unsubscribe(self->session, "t", "all"), DD_E_CLOSED);
    assert_int_equal(inspect(self, &ref), DD_E_CLOSED);
    hear(self, (dd_record_t){.type = DD_BYE});
    left(self);
}

static void test_leaves_after_a_second(void **state)
{
    (void)state;
    fixture_t *self = leaving();
    assert_true(dd_session_due(self->session) == self->now_us + 1000 * MS);
    tick_after(self, 1000 * MS - 1);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_LEAVING);
    tick_after(self, 1);
    left(self);
}

static void test_leaves_at_once_when_unknown(void **state)
{
    (void)state;
    fixture_t *self = client();
    dd_session_start(self->session);
    dd_session_leave(self->session, self->now_us, self->now_us);
    left(self);

    self = client();
    dd_session_start(self->session);
    say_hello(self);
    dd_session_leave(self->session, self->now_us, self->now_us);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_LEAVING);
    sent(self, DD_BYE); /* it may be registered by now */
    hear(self, welcome());
    hear(self, (dd_record_t){.type = DD_BYE});
    left(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_registers),
        cmocka_unit_test(test_counts_registrations),
        cmocka_unit_test(test_an_observer_says_so),
        cmocka_unit_test(test_operator_has_no_tenant),
        cmocka_unit_test(test_refuses_bad_welcome),
        cmocka_unit_test(test_refuses_other_tenant),
        cmocka_unit_test(test_gives_up_waiting_for_welcome),
        cmocka_unit_test(test_endings),
        cmocka_unit_test(test_closed_is_for_good),
        cmocka_unit_test(test_comes_back_at_once_when_forgotten),
        cmocka_unit_test(test_a_broker_that_always_forgets_gets_pauses),
        cmocka_unit_test(test_pauses_grow_and_start_over),
        cmocka_unit_test(test_tells_a_reason_once),
        cmocka_unit_test(test_all_endpoints_are_tried_before_a_pause),
        cmocka_unit_test(test_goes_on_at_once_from_a_broker_that_drains),
        cmocka_unit_test(test_leaves_when_the_broker_says_goodbye),
        cmocka_unit_test(test_nothing_can_be_asked_after_leaving),
        cmocka_unit_test(test_leaves_after_a_second),
        cmocka_unit_test(test_leaves_at_once_when_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
