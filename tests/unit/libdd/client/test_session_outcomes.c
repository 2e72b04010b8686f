/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_session_outcomes - what became of notifications: told by a session, and told to others
 */
#include "libdd/client/session_state.h"
#include "tests/unit/libdd/session.h"

/* ms for which a notification may be open, when nobody says otherwise. */
#define LIMIT 60000

static uint32_t send_to(fixture_t *self, const char *destination, bool wanted)
{
    dd_record_t record = {.type = DD_SEND, .destination = dd_bytes_of(destination)};
    assert_int_equal(dd_session_send(self->session, &record, wanted), DD_OK);
    return record.ref;
}

/* The same, and it has left. Returns the record. */
static dd_record_t send_off(fixture_t *self, const char *destination, bool wanted)
{
    send_to(self, destination, wanted);
    return sent(self, DD_SEND);
}

static void hear_ack(
    fixture_t *self, const char *source, uint32_t run, uint32_t first, uint32_t last)
{
    uint8_t range[DD_ACK_RANGE_SIZE];
    dd_writer_t writer = dd_writer(range, sizeof range);
    dd_write_u32(&writer, first);
    dd_write_u32(&writer, last);
    hear(self, (dd_record_t){.type = DD_ACK,
                   .run = run,
                   .source = dd_bytes_of(source),
                   .payload = dd_bytes(range, sizeof range)});
}

static void hear_data(fixture_t *self, const char *source, uint32_t run, uint32_t ref)
{
    hear(self,
        (dd_record_t){.type = DD_DATA, .run = run, .ref = ref, .source = dd_bytes_of(source)});
}

static void expect_error(fixture_t *self, dd_error_t error, uint32_t ref, const char *about)
{
    const dd_event_t *event = next_news(self, DD_EVENT_ERROR);
    assert_int_equal(event->error, error);
    assert_int_equal(event->ref, ref);
    assert_string_equal(event->text, about);
}

/* Lets time pass with the broker alive. */
static void pass(fixture_t *self, uint64_t ms)
{
    for (uint64_t i = 0; i < ms; i += 1000) {
        hear(self, (dd_record_t){.type = DD_PONG});
        tick_after(self, (ms - i < 1000 ? ms - i : 1000) * MS);
        dd_outbox_clear(dd_session_outbox(self->session));
    }
}

/* ---- Of what was sent ------------------------------------------------------------------------ */

static void test_a_delivery_is_told_to_who_wants_it(void **state)
{
    (void)state;
    fixture_t *self = registered();
    dd_record_t first = send_off(self, "cli2", false), second = send_off(self, "cli2", true);
    assert_int_equal(dd_session_unsettled(self->session), 2);
    hear_ack(self, "cli2", first.run, first.ref, second.ref);
    assert_int_equal(dd_session_unsettled(self->session), 0);
    const dd_event_t *event = next_news(self, DD_EVENT_DELIVERED);
    assert_int_equal(event->ref, second.ref);
    assert_string_equal(event->source, "cli2");
    no_news(self);
    finish(self);
}

static void test_a_hole_is_unknown(void **state)
{
    (void)state;
    fixture_t *self = registered();
    dd_record_t first = send_off(self, "cli2", true), second = send_off(self, "cli2", true);
    hear_ack(self, "cli2", first.run, second.ref, second.ref);
    expect_error(self, DD_E_UNKNOWN, first.ref, "cli2");
    assert_int_equal(next_news(self, DD_EVENT_DELIVERED)->ref, second.ref);
    hear(self, (dd_record_t){.type = DD_ERROR,
                   .code = DD_E_OVERLOADED,
                   .ref = first.ref,
                   .text = dd_bytes_of("cli2")}); /* it has had its outcome */
    no_news(self);
    finish(self);
}

static void test_a_receipt_is_an_outcome(void **state)
{
    (void)state;
    fixture_t *self = registered();
    dd_record_t record = send_off(self, "cli2", true);
    hear(self, (dd_record_t){.type = DD_RECEIPT, .ref = record.ref, .source = dd_bytes_of("cli2")});
    next_news(self, DD_EVENT_DELIVERED);
    next_news(self, DD_EVENT_RECEIPT);
    hear_ack(self, "cli2", record.run, record.ref, record.ref);
    no_news(self);
    finish(self);
}

/* Meant for an earlier process of this name, whose refs may be the same. */
static void test_the_acks_of_another_process_mean_nothing(void **state)
{
    (void)state;
    fixture_t *self = registered();
    dd_record_t record = send_off(self, "cli2", true);
    hear_ack(self, "cli2", record.run ^ 0x100, record.ref, record.ref);
    hear_ack(self, "cli2", 0, record.ref, record.ref);
    no_news(self);
    hear_ack(self, "cli2", record.run + 1, record.ref, record.ref); /* a later run of this one */
    next_news(self, DD_EVENT_DELIVERED);
    finish(self);
}

static void test_acks_that_can_not_be_harm_nobody(void **state)
{
    (void)state;
    static const uint8_t BYTES[16] = {1};
    fixture_t *self = registered();
    dd_record_t record = send_off(self, "cli2", true);
    for (size_t size = 0; size < sizeof BYTES; size++)
        hear(self, (dd_record_t){.type = DD_ACK,
                       .run = record.run,
                       .source = dd_bytes_of("cli3"),
                       .payload = dd_bytes(BYTES, size)});
    hear_ack(self, "cli3", record.run, record.ref, record.ref);
    hear_ack(self, "cli2", record.run, record.ref + 1, record.ref);
    no_news(self);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
    assert_int_equal(dd_session_unsettled(self->session), 1);
    finish(self);
}

/* A public client has two ways to write its tenant's names, and brokers show one. */
static void test_names_in_full_are_the_same_destination(void **state)
{
    (void)state;
    fixture_t *self = registered_as_public();
    uint32_t run = send_off(self, "public.x", true).run;
    uint32_t refs[] = {send_to(self, "x", true), send_to(self, "public.x", true),
        send_to(self, "a.x", true), send_to(self, "public.x", true)};
    hear_ack(self, "x", run, refs[0] - 1, refs[1]);
    for (int i = 0; i < 3; i++)
        assert_string_equal(next_news(self, DD_EVENT_DELIVERED)->source, "x");
    hear_ack(self, "a.x", run, refs[2], refs[2]);
    assert_string_equal(next_news(self, DD_EVENT_DELIVERED)->source, "a.x");
    hear(self, (dd_record_t){.type = DD_ERROR,
                   .code = DD_E_TOO_LARGE,
                   .ref = refs[3],
                   .text = dd_bytes_of("public.x")});
    expect_error(self, DD_E_TOO_LARGE, refs[3], "x");
    finish(self);
}

/* ---- Ends ------------------------------------------------------------------------------------ */

/* What is still here was not sent; what has left may have arrived. */
static void test_a_lost_connection_leaves_no_doubt_but_of_what_was_under_way(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint32_t gone = send_off(self, "cli2", true).ref, here = send_to(self, "cli2", true);
    dd_session_lost(self->session, DD_E_NETWORK, "gone");
    end_it(self);
    expect_error(self, DD_E_NOT_CONNECTED, here, "cli2");
    expect_error(self, DD_E_UNKNOWN, gone, "cli2");
    next_news(self, DD_EVENT_DISCONNECTED);
    no_news(self);
    wait_for_attempt(self);
    be_registered(self);
    hear_ack(self, "cli2", 0, gone, here);
    no_news(self);
    finish(self);
}

static unsigned counted;

static void count(void *arg, const dd_news_t *news)
{
    (void)arg;
    counted += news->type == DD_EVENT_ERROR && news->error == DD_E_UNKNOWN;
}

static uint32_t rising(void)
{
    static uint32_t number;
    return number += 0x1000;
}

static fixture_t *counting(void)
{
    fixture_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->now_us = 1000 * MS;
    assert_int_equal(dd_endpoints_add(&self->endpoints, "ipc://broker", NULL), DD_OK);
    self->session = dd_session_new(&(dd_session_settings_t){.endpoints = &self->endpoints,
        .name = "cli1",
        .instance = INSTANCE,
        .outbox = 64 << 20,
        .emit = count,
        .random = rising});
    assert_non_null(self->session);
    dd_session_start(self->session);
    say_hello(self);
    hear(self, welcome());
    dd_outbox_clear(dd_session_outbox(self->session));
    counted = 0;
    return self;
}

static void send_many(fixture_t *self, const char *destination, unsigned number)
{
    for (unsigned i = 0; i < number; i++) {
        send_to(self, destination, false);
        dd_outbox_clear(dd_session_outbox(self->session));
    }
}

/* An application isn't flooded with what nobody knows. */
static void test_unknown_ones_are_told_in_portions(void **state)
{
    (void)state;
    fixture_t *self = counting();
    send_many(self, "x", 10000);
    send_many(self, "y", 10000);
    pass(self, LIMIT - 1000);
    assert_int_equal(counted, 0);
    self->now_us += 1000 * MS;
    hear(self, (dd_record_t){.type = DD_PONG});
    while (counted < 10000) {
        unsigned before = counted;
        assert_true(dd_session_due(self->session) <= self->now_us);
        tick_after(self, 0);
        assert_in_range(counted - before, 1, 256);
    }
    dd_session_lost(self->session, DD_E_NETWORK, "gone");
    while (dd_session_state(self->session) == DD_SESSION_ENDING) {
        unsigned before = counted;
        tick_after(self, 0);
        assert_in_range(counted - before, 0, 256);
    }
    assert_int_equal(counted, 20000);
    finish(self);
}

static void test_an_open_one_is_given_up_in_time(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint32_t ref = send_off(self, "cli2", false).ref;
    pass(self, LIMIT - 1000);
    no_news(self);
    pass(self, 2000);
    expect_error(self, DD_E_UNKNOWN, ref, "cli2");
    no_news(self);

    dd_session_set_outcome_limit(self->session, 10000 * MS);
    ref = send_off(self, "cli2", false).ref;
    pass(self, 12000);
    expect_error(self, DD_E_UNKNOWN, ref, "cli2");

    /* Within three keepalives the connection itself may turn out to be lost. */
    dd_session_set_outcome_limit(self->session, 1 * MS);
    ref = send_off(self, "cli2", false).ref;
    pass(self, 3 * HEARTBEAT / MS - 1000);
    no_news(self);
    pass(self, 2000);
    expect_error(self, DD_E_UNKNOWN, ref, "cli2");
    finish(self);
}

/* At 50,000 bytes a second one of 5 MB takes 100 seconds, and one behind it in the outbox as well.
 */
static void test_a_large_one_has_the_time_that_a_slow_line_needs(void **state)
{
    (void)state;
    static uint8_t payload[5000000];
    fixture_t *self = registered();
    dd_record_t large = {.type = DD_SEND,
        .destination = dd_bytes_of("cli2"),
        .payload = dd_bytes(payload, sizeof payload)};
    self->session->sealed_max = sizeof payload;
    dd_outbox_set_limit(dd_session_outbox(self->session), 2 * sizeof payload);
    assert_int_equal(dd_session_send(self->session, &large, true), DD_OK);
    uint32_t behind = send_to(self, "cli3", true);
    dd_outbox_clear(dd_session_outbox(self->session));
    uint32_t after = send_to(self, "cli3", true), elsewhere = send_to(self, "cli4", true);
    pass(self, LIMIT + 2000);
    expect_error(self, DD_E_UNKNOWN, elsewhere, "cli4");
    pass(self, 96000);
    no_news(self);
    pass(self, 4000);
    expect_error(self, DD_E_UNKNOWN, large.ref, "cli2");
    expect_error(self, DD_E_UNKNOWN, behind, "cli3");
    expect_error(self, DD_E_UNKNOWN, after, "cli3");
    no_news(self);
    finish(self);
}

/* What was told first counts. */
static void test_what_arrives_after_all_was_told_as_unknown(void **state)
{
    (void)state;
    fixture_t *self = registered();
    dd_record_t record = send_off(self, "cli2", true);
    pass(self, LIMIT + 2000);
    expect_error(self, DD_E_UNKNOWN, record.ref, "cli2");
    hear_ack(self, "cli2", record.run, record.ref, record.ref);
    no_news(self);
    finish(self);
}

/* While the application is behind, nothing is read, and outcomes wait among the rest. */
static void test_nothing_is_given_up_unheard(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint32_t ref = send_off(self, "cli2", true).ref;
    for (int i = 0; i < 100; i++) {
        self->now_us += 1000 * MS;
        dd_session_unheard(self->session, self->now_us);
        tick_after(self, 0);
    }
    no_news(self);
    pass(self, 2000);
    expect_error(self, DD_E_UNKNOWN, ref, "cli2");
    finish(self);
}

/* ---- Numbers --------------------------------------------------------------------------------- */

static void test_a_run_for_each_registration(void **state)
{
    (void)state;
    fixture_t *self = counting();
    dd_record_t before = send_off(self, "cli2", false);
    assert_int_not_equal(before.run, 0);
    for (int i = 0; i < 400; i++) {
        lose(self, "gone");
        say_hello(self);
        hear(self, welcome());
        sent(self, DD_PING);
        dd_record_t now = send_off(self, "cli2", false);
        assert_true((int32_t)(now.ref - before.ref) > 0);
        /* A receiver that has slept for a hundred of them can still tell which came later. */
        if (dd_run_is_of_same(now.run, before.run)) {
            assert_int_equal(now.run, before.run + 1);
        } else {
            assert_int_equal(before.run & DD_RUN_COUNT, DD_RUN_COUNT / 2);
            assert_int_equal(now.run & DD_RUN_COUNT, 1);
        }
        before = now;
    }
    finish(self);
}

/* A receiver can tell later from earlier by half of all refs; nothing that is open is lost by it.
 */
static void test_another_run_before_refs_go_round(void **state)
{
    (void)state;
    fixture_t *self = registered();
    dd_record_t first = send_off(self, "cli2", true);
    self->session->last_ref = first.ref + (1u << 30) - 3;
    dd_record_t last = send_off(self, "cli2", true);
    assert_int_equal(last.run, first.run);
    dd_record_t next = send_off(self, "cli2", true);
    assert_int_equal(next.run, first.run + 1);
    hear_ack(self, "cli2", next.run, last.ref, next.ref);
    expect_error(self, DD_E_UNKNOWN, first.ref, "cli2");
    assert_int_equal(next_news(self, DD_EVENT_DELIVERED)->ref, last.ref);
    assert_int_equal(next_news(self, DD_EVENT_DELIVERED)->ref, next.ref);
    finish(self);
}

/* ---- Of what came ---------------------------------------------------------------------------- */

static void test_acknowledges_within_50_ms(void **state)
{
    (void)state;
    fixture_t *self = registered();
    for (uint32_t ref = 1; ref <= 5; ref++)
        hear_data(self, ref % 2 ? "x" : "y", 0x101, ref);
    assert_int_equal(self->emitted - self->seen, 5);
    tick_after(self, 49 * MS);
    nothing_sent(self);
    assert_int_equal(dd_session_due(self->session), self->now_us + 1 * MS);
    tick_after(self, 1 * MS);
    dd_record_t ack = sent(self, DD_ACK);
    assert_int_equal(ack.run, 0x101);
    assert_true(bytes_are(ack.destination, "x"));
    assert_int_equal(ack.payload.size, 3 * DD_ACK_RANGE_SIZE);
    ack = sent(self, DD_ACK);
    assert_true(bytes_are(ack.destination, "y"));
    nothing_sent(self);
    assert_true(dd_session_due(self->session) > self->now_us + 1000 * MS);
    hear_data(self, "x", 0x101, 5); /* again: neither shown nor acknowledged */
    tick_after(self, 100 * MS);
    nothing_sent(self);
    finish(self);
}

static void test_acknowledges_many_at_once(void **state)
{
    (void)state;
    fixture_t *self = registered();
    for (uint32_t ref = 1; ref <= 64; ref++)
        hear_data(self, "x", 0x101, ref);
    tick_after(self, 0);
    assert_int_equal(sent(self, DD_ACK).payload.size, DD_ACK_RANGE_SIZE);
    nothing_sent(self);
    finish(self);
}

/* What can't be acknowledged for lack of room is tried again, but not without a pause. */
static void test_a_full_outbox_does_not_keep_the_thread_busy(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint8_t payload[900] = {0};
    dd_session_outbox(self->session)->limit = 1000;
    dd_record_t record = {.type = DD_PUBLISH,
        .topic = dd_bytes_of("t"),
        .payload = dd_bytes(payload, sizeof payload)};
    assert_int_equal(dd_session_send(self->session, &record, false), DD_OK);
    hear_data(self, "x", 0x101, 1);
    for (int i = 0; i < 3; i++) {
        tick_after(self, 50 * MS);
        assert_int_equal(dd_session_due(self->session), self->now_us + 50 * MS);
    }
    sent(self, DD_PUBLISH);
    nothing_sent(self);
    tick_after(self, 50 * MS);
    sent(self, DD_ACK); /* however small the limit is */
    finish(self);
}

static void test_what_can_not_be_read_is_said_to_be_so(void **state)
{
    (void)state;
    fixture_t *self = registered();
    for (uint32_t ref = 1; ref <= 3; ref++)
        hear_data(self, "x", 0x101, ref);
    dd_session_unreadable(self->session, 2, dd_bytes_of("x"));
    dd_record_t receipt = sent(self, DD_RECEIPT);
    assert_int_equal(receipt.code, DD_E_UNREADABLE);
    assert_int_equal(receipt.ref, 2);
    assert_true(bytes_are(receipt.destination, "x"));
    tick_after(self, 50 * MS);
    assert_int_equal(sent(self, DD_ACK).payload.size, 2 * DD_ACK_RANGE_SIZE);
    finish(self);
}

static void test_another_connection_acknowledges_nothing_of_this_one(void **state)
{
    (void)state;
    fixture_t *self = registered();
    hear_data(self, "x", 0x101, 1);
    next_news(self, DD_EVENT_NOTIFICATION);
    lose(self, "gone");
    next_news(self, DD_EVENT_DISCONNECTED);
    be_registered(self);
    tick_after(self, 100 * MS);
    nothing_sent(self);
    hear_data(self, "x", 0x101, 1); /* but it isn't taken again */
    no_news(self);
    finish(self);
}

static void test_leaving_acknowledges_first(void **state)
{
    (void)state;
    fixture_t *self = registered();
    hear_data(self, "x", 0x101, 1);
    dd_session_leave(self->session, self->now_us, self->now_us);
    sent(self, DD_ACK);
    sent(self, DD_DRAIN);
    nothing_sent(self);
    hear_data(self, "x", 0x101, 2); /* it was on its way, and counts */
    hear(self, (dd_record_t){.type = DD_DRAIN});
    next_news(self, DD_EVENT_NOTIFICATION);
    sent(self, DD_ACK);
    sent(self, DD_BYE);
    nothing_sent(self);
    finish(self);
}

/* ---- Limits ---------------------------------------------------------------------------------- */

static dd_error_t try_to_send(fixture_t *self, const char *destination)
{
    dd_record_t record = {.type = DD_SEND, .destination = dd_bytes_of(destination)};
    return dd_session_send(self->session, &record, false);
}

static void test_a_deaf_receiver_stops_only_what_goes_to_it(void **state)
{
    (void)state;
    fixture_t *self = counting();
    for (unsigned i = 0; i < DD_OUTCOMES_PER_DESTINATION; i++)
        send_to(self, "deaf", false);
    assert_false(dd_session_is_congested(self->session));
    /* What is in the outbox may go yet. */
    assert_int_equal(try_to_send(self, "deaf"), DD_E_OUTBOX_FULL);
    assert_true(dd_session_is_congested(self->session));
    assert_int_equal(try_to_send(self, "other"), DD_OK);
    dd_outbox_clear(dd_session_outbox(self->session));
    assert_false(dd_session_is_congested(self->session));
    assert_int_equal(try_to_send(self, "deaf"), DD_E_OVERLOADED);
    assert_int_equal(try_to_send(self, "other"), DD_OK);
    assert_false(dd_session_is_congested(self->session));
    finish(self);
}

static void test_all_together_have_a_limit(void **state)
{
    (void)state;
    char name[16];
    fixture_t *self = counting();
    for (unsigned i = 0; i < DD_OUTCOMES_MAX / 1024; i++) {
        snprintf(name, sizeof name, "d%u", i);
        send_many(self, name, 1024);
    }
    assert_false(dd_session_is_congested(self->session));
    assert_int_equal(try_to_send(self, "x"), DD_E_OUTBOX_FULL);
    assert_true(dd_session_is_congested(self->session));
    pass(self, LIMIT);
    while (dd_session_is_congested(self->session))
        tick_after(self, 1 * MS);
    assert_in_range(counted, DD_OUTCOMES_MAX / 2, DD_OUTCOMES_MAX / 2 + 256);
    assert_int_equal(try_to_send(self, "x"), DD_OK);
    finish(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_delivery_is_told_to_who_wants_it),
        cmocka_unit_test(test_a_hole_is_unknown),
        cmocka_unit_test(test_a_receipt_is_an_outcome),
        cmocka_unit_test(test_the_acks_of_another_process_mean_nothing),
        cmocka_unit_test(test_acks_that_can_not_be_harm_nobody),
        cmocka_unit_test(test_names_in_full_are_the_same_destination),
        cmocka_unit_test(test_a_lost_connection_leaves_no_doubt_but_of_what_was_under_way),
        cmocka_unit_test(test_unknown_ones_are_told_in_portions),
        cmocka_unit_test(test_a_large_one_has_the_time_that_a_slow_line_needs),
        cmocka_unit_test(test_what_arrives_after_all_was_told_as_unknown),
        cmocka_unit_test(test_an_open_one_is_given_up_in_time),
        cmocka_unit_test(test_nothing_is_given_up_unheard),
        cmocka_unit_test(test_a_run_for_each_registration),
        cmocka_unit_test(test_another_run_before_refs_go_round),
        cmocka_unit_test(test_acknowledges_within_50_ms),
        cmocka_unit_test(test_acknowledges_many_at_once),
        cmocka_unit_test(test_a_full_outbox_does_not_keep_the_thread_busy),
        cmocka_unit_test(test_what_can_not_be_read_is_said_to_be_so),
        cmocka_unit_test(test_another_connection_acknowledges_nothing_of_this_one),
        cmocka_unit_test(test_leaving_acknowledges_first),
        cmocka_unit_test(test_a_deaf_receiver_stops_only_what_goes_to_it),
        cmocka_unit_test(test_all_together_have_a_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
