/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_session_requests - requests as a session keeps them: each ends once
 */
#include "libdd/client/session_state.h"
#include "tests/unit/libdd/session.h"

#define TIMEOUT (5000 * MS)

static void nobody(dd_client_t *client, const dd_event_t *event, void *arg)
{
    (void)client, (void)event, (void)arg;
}

static dd_error_t try_request(fixture_t *self, const char *destination, uint32_t *ref)
{
    dd_record_t record = {
        .type = DD_SEND, .flags = DD_FLAG_REQUEST, .destination = dd_bytes_of(destination)};
    dd_error_t error = dd_session_request(
        self->session, &record, self->now_us + TIMEOUT, (dd_handler_t){nobody, self});
    *ref = record.ref;
    return error;
}

static uint32_t request(fixture_t *self, const char *destination)
{
    uint32_t ref;
    assert_int_equal(try_request(self, destination, &ref), DD_OK);
    dd_record_t record = sent(self, DD_SEND);
    assert_int_equal(record.flags, DD_FLAG_REQUEST);
    assert_int_equal(record.ref, ref);
    return ref;
}

static void hear_reply(fixture_t *self, const char *source, uint32_t re)
{
    static uint32_t number = 1;
    hear(self, (dd_record_t){.type = DD_DATA,
                   .flags = DD_FLAG_REPLY,
                   .run = 0x101,
                   .ref = number++,
                   .re = re,
                   .source = dd_bytes_of(source),
                   .payload = dd_bytes_of("sealed")});
}

static const dd_event_node_t *expect_end(fixture_t *self, uint32_t ref, dd_error_t error)
{
    const dd_event_node_t *node = next_node(self, DD_EVENT_REPLY);
    assert_int_equal(node->event.ref, ref);
    assert_int_equal(node->event.error, error);
    assert_ptr_equal(node->handler.callback, nobody);
    assert_ptr_equal(node->handler.arg, self);
    return node;
}

/* Lets time pass with the broker alive. */
static void pass(fixture_t *self, uint64_t us)
{
    for (uint64_t step; us > 0; us -= step) {
        step = us < 1000 * MS ? us : 1000 * MS;
        hear(self, (dd_record_t){.type = DD_PONG});
        tick_after(self, step);
        dd_outbox_clear(dd_session_outbox(self->session));
    }
}

static void test_a_reply_ends_a_request(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint32_t first = request(self, "cli2"), second = request(self, "cli2");
    hear_reply(self, "cli2", second);
    const dd_event_node_t *node = expect_end(self, second, DD_OK);
    assert_string_equal(node->event.source, "cli2");
    assert_int_equal(node->sealed.size, 6);
    assert_int_equal(dd_session_unsettled(self->session), 1);
    hear_reply(self, "cli2", first);
    expect_end(self, first, DD_OK);
    assert_int_equal(dd_session_unsettled(self->session), 0);
    hear_reply(self, "cli2", first); /* again */
    pass(self, 2 * TIMEOUT);
    no_news(self);
    finish(self);
}

static void test_replies_that_nobody_asked_for_are_passed_over(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint32_t ref = request(self, "cli2");
    hear_reply(self, "cli3", ref); /* others don't know the number, and may guess it */
    hear_reply(self, "public.cli2", ref);
    hear_reply(self, "cli2", ref + 1);
    hear_reply(self, "cli2", 0);
    no_news(self);
    hear_reply(self, "cli2", ref);
    expect_end(self, ref, DD_OK);
    finish(self);
}

static void test_a_request_ends_when_its_time_is_over(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint32_t ref = request(self, "cli2");
    pass(self, TIMEOUT - 1);
    no_news(self);
    assert_int_equal(dd_session_due(self->session), self->now_us + 1);
    tick_after(self, 1);
    assert_string_equal(expect_end(self, ref, DD_E_TIMEOUT)->event.source, "cli2");
    hear_reply(self, "cli2", ref);
    hear(self,
        (dd_record_t){
            .type = DD_ERROR, .code = DD_E_OVERLOADED, .ref = ref, .text = dd_bytes_of("cli2")});
    pass(self, 70000 * MS); /* its outcome, too, is nothing to tell of */
    no_news(self);
    finish(self);
}

static void test_times_of_requests_are_kept_in_their_order(void **state)
{
    (void)state;
    static const uint64_t SECONDS[] = {3, 1, 2, 1, 5, 4}, ORDER[] = {1, 3, 2, 0, 5, 4};
    uint32_t refs[COUNT(SECONDS)];
    fixture_t *self = registered();
    for (size_t i = 0; i < COUNT(SECONDS); i++) {
        dd_record_t record = {.type = DD_SEND, .destination = dd_bytes_of("x")};
        assert_int_equal(dd_session_request(self->session, &record,
                             self->now_us + SECONDS[i] * 1000 * MS, (dd_handler_t){nobody, self}),
            DD_OK);
        refs[i] = record.ref;
    }
    pass(self, TIMEOUT);
    for (size_t i = 0; i < COUNT(ORDER); i++)
        expect_end(self, refs[ORDER[i]], DD_E_TIMEOUT);
    no_news(self);
    finish(self);
}

static void test_a_refused_request_ends_once(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint32_t ref = request(self, "cli2");
    dd_record_t refusal = {
        .type = DD_ERROR, .code = DD_E_NO_DESTINATION, .ref = ref, .text = dd_bytes_of("cli2")};
    hear(self, refusal);
    expect_end(self, ref, DD_E_NO_DESTINATION);
    hear(self, refusal);
    hear_reply(self, "cli2", ref);
    pass(self, 2 * TIMEOUT);
    no_news(self);
    finish(self);
}

static void test_a_request_on_its_way_is_unknown_when_the_connection_ends(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint32_t first = request(self, "cli2"), second;
    assert_int_equal(try_request(self, "cli3", &second), DD_OK); /* doesn't leave */
    dd_session_lost(self->session, DD_E_NETWORK, "gone");
    end_it(self);
    expect_end(self, second, DD_E_NOT_CONNECTED);
    expect_end(self, first, DD_E_UNKNOWN);
    next_news(self, DD_EVENT_DISCONNECTED);
    no_news(self);
    assert_int_equal(try_request(self, "cli2", &first), DD_E_NOT_CONNECTED);
    finish(self);
}

/* It has it, and this client comes back under its name. */
static void test_a_request_that_was_delivered_outlives_the_connection(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint32_t ref = request(self, "cli2");
    hear(self, (dd_record_t){.type = DD_RECEIPT, .ref = ref, .source = dd_bytes_of("cli2")});
    next_news(self, DD_EVENT_RECEIPT);
    lose(self, "gone");
    next_news(self, DD_EVENT_DISCONNECTED);
    be_registered(self);
    hear_reply(self, "cli2", ref);
    expect_end(self, ref, DD_OK);
    finish(self);
}

static void test_requests_end_with_the_client(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint32_t ref = request(self, "cli2");
    dd_session_leave(self->session, self->now_us + TIMEOUT, self->now_us);
    expect_end(self, ref, DD_E_CLOSED);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_PARTING);
    assert_int_equal(try_request(self, "cli2", &ref), DD_E_CLOSED);
    finish(self);

    self = registered();
    ref = request(self, "cli2");
    hear(self, (dd_record_t){.type = DD_RECEIPT, .ref = ref, .source = dd_bytes_of("cli2")});
    next_news(self, DD_EVENT_RECEIPT);
    hear(self, (dd_record_t){.type = DD_ERROR, .code = DD_E_REFUSED});
    end_it(self);
    expect_end(self, ref, DD_E_CLOSED);
    next_news(self, DD_EVENT_CLOSED);
    finish(self);
}

static void test_a_forgotten_request_is_not_told_of(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint32_t ref = request(self, "cli2");
    dd_session_forget_request(self->session, ref);
    dd_session_forget_request(self->session, ref);
    dd_session_forget_request(self->session, 0);
    hear_reply(self, "cli2", ref);
    pass(self, 70000 * MS);
    no_news(self);
    finish(self);
}

static void test_requests_have_a_limit(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint32_t ref;
    dd_session_outbox(self->session)->limit = 64 << 20;
    for (unsigned i = 0; i < DD_REQUESTS_MAX; i++)
        assert_int_equal(try_request(self, i % 2 ? "x" : "y", &ref), DD_OK);
    assert_int_equal(try_request(self, "x", &ref), DD_E_LIMIT);
    dd_session_forget_request(self->session, ref - 1);
    assert_int_equal(try_request(self, "x", &ref), DD_OK);
    finish(self);
}

/* The public tenant's clients may be named in full. */
static void test_the_source_is_compared_as_brokers_show_it(void **state)
{
    (void)state;
    fixture_t *self = registered_as_public();
    uint32_t ref = request(self, "public.cli2");
    hear_reply(self, "cli2", ref);
    expect_end(self, ref, DD_OK);
    finish(self);
}

/* A full outbox leaves nothing behind. */
static void test_a_request_that_has_no_room_is_none(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint32_t ref;
    dd_session_outbox(self->session)->limit = 1;
    assert_int_equal(try_request(self, "cli2", &ref), DD_E_OUTBOX_FULL);
    assert_int_equal(dd_session_unsettled(self->session), 0);
    hear_reply(self, "cli2", ref);
    no_news(self);
    finish(self);
}

static void test_shows_a_request(void **state)
{
    (void)state;
    fixture_t *self = registered();
    hear(self, (dd_record_t){.type = DD_DATA,
                   .flags = DD_FLAG_REQUEST,
                   .run = 0x101,
                   .ref = 77,
                   .source = dd_bytes_of("x")});
    const dd_event_t *event = next_news(self, DD_EVENT_NOTIFICATION);
    assert_true(event->is_request);
    assert_int_equal(event->ref, 77);
    hear(self, (dd_record_t){.type = DD_DATA, .run = 0x101, .ref = 78, .source = dd_bytes_of("x")});
    assert_false(next_news(self, DD_EVENT_NOTIFICATION)->is_request);
    finish(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_reply_ends_a_request),
        cmocka_unit_test(test_replies_that_nobody_asked_for_are_passed_over),
        cmocka_unit_test(test_a_request_ends_when_its_time_is_over),
        cmocka_unit_test(test_times_of_requests_are_kept_in_their_order),
        cmocka_unit_test(test_a_refused_request_ends_once),
        cmocka_unit_test(test_a_request_on_its_way_is_unknown_when_the_connection_ends),
        cmocka_unit_test(test_a_request_that_was_delivered_outlives_the_connection),
        cmocka_unit_test(test_requests_end_with_the_client),
        cmocka_unit_test(test_a_forgotten_request_is_not_told_of),
        cmocka_unit_test(test_requests_have_a_limit),
        cmocka_unit_test(test_the_source_is_compared_as_brokers_show_it),
        cmocka_unit_test(test_a_request_that_has_no_room_is_none),
        cmocka_unit_test(test_shows_a_request),
    };
    return cmocka_run_group_tests_name("session_requests", tests, NULL, NULL);
}
