/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_session_calls - what an application may send and ask, and what becomes of it
 */
#include "tests/unit/libdd/session.h"

/* ---- Sending --------------------------------------------------------------------------------- */

static void test_sends(void **state)
{
    (void)state;
    fixture_t *self = registered();
    dd_record_t record = {.type = DD_SEND,
        .flags = DD_FLAG_RECEIPT,
        .destination = dd_bytes_of("cli2"),
        .payload = dd_bytes_of("sealed")};
    assert_int_equal(dd_session_send(self->session, &record, false), DD_OK);
    dd_record_t out = sent(self, DD_SEND);
    assert_int_equal(out.ref, record.ref);
    assert_int_not_equal(out.ref, 0);
    assert_int_equal(out.flags, DD_FLAG_RECEIPT);
    assert_true(bytes_are(out.destination, "cli2"));
    assert_true(bytes_are(out.payload, "sealed"));

    record = (dd_record_t){
        .type = DD_PUBLISH, .topic = dd_bytes_of("alarms"), .payload = dd_bytes_of("sealed")};
    assert_int_equal(dd_session_send(self->session, &record, false), DD_OK);
    out = sent(self, DD_PUBLISH);
    assert_true(bytes_are(out.topic, "alarms"));
    assert_true(bytes_are(out.payload, "sealed"));

    dd_session_receipt(self->session, 99, dd_bytes_of("cli3"));
    out = sent(self, DD_RECEIPT);
    assert_int_equal(out.ref, 99);
    assert_true(bytes_are(out.destination, "cli3"));
    finish(self);
}

static void test_refs_skip_zero(void **state)
{
    (void)state;
    fixture_t *self = fixture(false, (uint64_t)(UINT32_MAX - 1) << 16, 1 << 20);
    dd_session_start(self->session);
    be_registered(self);
    static const uint32_t REFS[] = {UINT32_MAX, 1, 2};
    for (size_t i = 0; i < COUNT(REFS); i++) {
        dd_record_t record = {.type = DD_SEND};
        assert_int_equal(dd_session_send(self->session, &record, false), DD_OK);
        assert_int_equal(record.ref, REFS[i]);
    }
    finish(self);
}

static void test_refuses_to_send(void **state)
{
    (void)state;
    uint8_t payload[1001] = {0};
    uint32_t ref;
    fixture_t *self = client();
    dd_record_t record = {.type = DD_SEND};
    assert_int_equal(dd_session_send(self->session, &record, false), DD_E_NOT_CONNECTED);
    dd_session_start(self->session);
    say_hello(self);
    assert_int_equal(dd_session_send(self->session, &record, false), DD_E_NOT_CONNECTED);
    assert_int_equal(ask(self->session, "tree", 0, &ref), DD_E_NOT_CONNECTED);
    dd_session_receipt(self->session, 1, dd_bytes_of("cli3"));
    nothing_sent(self);

    hear(self, welcome());
    sent(self, DD_PING);
    record.payload = dd_bytes(payload, 1001);
    assert_int_equal(dd_session_send(self->session, &record, false), DD_E_TOO_LARGE);
    record.payload.size = 1000;
    assert_int_equal(dd_session_send(self->session, &record, false), DD_OK);
    dd_session_outbox(self->session)->limit = 1500;
    assert_int_equal(dd_session_send(self->session, &record, false), DD_E_OUTBOX_FULL);
    finish(self);
}

static void test_returns_what_was_not_sent(void **state)
{
    (void)state;
    static const uint8_t PAYLOAD[900];
    fixture_t *self = registered();
    uint32_t refs[100];
    for (unsigned i = 0; i < COUNT(refs); i++) {
        dd_record_t record = {.type = DD_SEND,
            .destination = dd_bytes_of(i % 2 ? "odd" : "even"),
            .payload = dd_bytes(PAYLOAD, sizeof PAYLOAD)};
        assert_int_equal(dd_session_send(self->session, &record, false), DD_OK);
        refs[i] = record.ref;
    }
    for (int i = 0; i < 3; i++) {
        dd_record_t record = {.type = DD_PUBLISH, .topic = dd_bytes_of("alarms")};
        assert_int_equal(dd_session_send(self->session, &record, false), DD_OK);
    }
    dd_session_lost(self->session, DD_E_NETWORK, "gone");
    no_news(self);
    tick_after(self, 0);
    assert_in_range(self->emitted - self->seen, 1, COUNT(refs) - 1); /* a frame at a time */
    end_it(self);
    for (unsigned i = 0; i < COUNT(refs); i++) {
        const dd_event_t *event = next_news(self, DD_EVENT_ERROR);
        assert_int_equal(event->error, DD_E_NOT_CONNECTED);
        assert_int_equal(event->ref, refs[i]);
        assert_string_equal(event->text, i % 2 ? "odd" : "even");
    }
    assert_int_equal(next_news(self, DD_EVENT_DISCONNECTED)->number, 3);
    nothing_sent(self);

    /* The next connection has nothing of it. */
    wait_for_attempt(self);
    be_registered(self);
    nothing_sent(self);
    lose(self, "gone");
    assert_int_equal(next_news(self, DD_EVENT_DISCONNECTED)->number, 0);
    no_news(self);
    finish(self);
}

/* ---- Questions ------------------------------------------------------------------------------- */

static void report(fixture_t *self, uint32_t ref, uint16_t links, uint8_t flags)
{
    hear(self, (dd_record_t){.type = DD_REPORT,
                   .flags = flags,
                   .links = links,
                   .ref = ref,
                   .id = dd_bytes(BROKER_ID, sizeof BROKER_ID),
                   .payload = dd_bytes_of("{}")});
}

static void test_counts_who_is_to_answer(void **state)
{
    (void)state;
    /* A root with two children, one of which has one; its answer takes two reports. */
    static const struct {
        uint16_t links;
        uint8_t flags;
        unsigned outstanding;
    } REPORTS[] = {{2, DD_FLAG_LAST, 2}, {0, 0, 2}, {1, DD_FLAG_LAST, 2}, {0, DD_FLAG_LAST, 1},
        {7, 0, 1}, {0, DD_FLAG_LAST, 0}};
    fixture_t *self = registered();
    uint32_t ref;
    assert_int_equal(ask(self->session, "tree", self->now_us, &ref), DD_OK);
    dd_record_t record = sent(self, DD_INSPECT);
    assert_int_equal(record.ref, ref);
    assert_true(bytes_are(record.text, "tree"));
    report(self, ref + 1, 0, DD_FLAG_LAST);
    report(self, 0, 0, DD_FLAG_LAST);
    no_news(self);
    for (size_t i = 0; i < COUNT(REPORTS); i++) {
        report(self, ref, REPORTS[i].links, REPORTS[i].flags);
        const dd_event_t *event = next_news(self, DD_EVENT_REPORT);
        assert_int_equal(event->ref, ref);
        assert_int_equal(event->number, REPORTS[i].outstanding);
        assert_string_equal(event->text, "{}");
    }
    report(self, ref, 0, DD_FLAG_LAST);
    no_news(self);
    tick_after(self, 1);
    no_news(self);
    finish(self);
}

static void test_questions_end(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint32_t refused, unanswered, cut;
    assert_int_equal(ask(self->session, "x", self->now_us, &refused), DD_OK);
    assert_int_equal(ask(self->session, "tree", self->now_us, &unanswered), DD_OK);
    hear(self, (dd_record_t){.type = DD_ERROR, .code = DD_E_PROTOCOL, .ref = refused});
    assert_int_equal(next_news(self, DD_EVENT_ERROR)->ref, refused);

    for (unsigned beat = 0; beat < 14; beat++) {
        hear(self, (dd_record_t){.type = DD_PONG});
        tick_after(self, 1000 * MS);
    }
    assert_int_equal(ask(self->session, "tree", self->now_us, &cut), DD_OK);
    no_news(self);
    assert_in_range(dd_session_due(self->session), self->now_us, self->now_us + 1000 * MS);
    hear(self, (dd_record_t){.type = DD_PONG});
    tick_after(self, 1000 * MS);
    const dd_event_t *event = next_news(self, DD_EVENT_ERROR);
    assert_int_equal(event->error, DD_E_TIMEOUT);
    assert_int_equal(event->ref, unanswered);
    no_news(self);

    lose(self, "gone");
    event = next_news(self, DD_EVENT_ERROR);
    assert_int_equal(event->error, DD_E_NOT_CONNECTED);
    assert_int_equal(event->ref, cut);
    next_news(self, DD_EVENT_DISCONNECTED);
    no_news(self);
    finish(self);
}

static void test_questions_are_limited(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint32_t ref;
    unsigned asked = 0;
    while (asked < 1000 && ask(self->session, "tree", self->now_us, &ref) == DD_OK)
        asked++;
    assert_int_equal(asked, 32);
    assert_int_equal(ask(self->session, "tree", self->now_us, &ref), DD_E_LIMIT);
    finish(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sends),
        cmocka_unit_test(test_refs_skip_zero),
        cmocka_unit_test(test_refuses_to_send),
        cmocka_unit_test(test_returns_what_was_not_sent),
        cmocka_unit_test(test_counts_who_is_to_answer),
        cmocka_unit_test(test_questions_end),
        cmocka_unit_test(test_questions_are_limited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
