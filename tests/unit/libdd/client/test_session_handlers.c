/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_session_handlers - what a broker may say to a client, and what it may not
 */
#include "tests/unit/libdd/session.h"

/* ---- What the broker brings ------------------------------------------------------------------ */

static void test_brings_messages(void **state)
{
    (void)state;
    fixture_t *self = registered();
    hear(self, (dd_record_t){.type = DD_DATA,
                   .flags = DD_FLAG_RECEIPT,
                   .ref = 5,
                   .source = dd_bytes_of("public.x"),
                   .payload = dd_bytes_of("sealed")});
    const dd_event_node_t *node = next_node(self, DD_EVENT_NOTIFICATION);
    assert_true(node->wants_receipt);
    assert_int_equal(node->event.ref, 5);
    assert_string_equal(node->event.source, "public.x");
    assert_int_equal(node->sealed.size, 6);

    hear(self, (dd_record_t){.type = DD_DATA, .source = dd_bytes_of("cli2")});
    assert_false(next_node(self, DD_EVENT_NOTIFICATION)->wants_receipt);

    hear(self, (dd_record_t){.type = DD_PUBLICATION,
                   .source = dd_bytes_of("cli2"),
                   .topic = dd_bytes_of("alarms"),
                   .scope = dd_bytes_of("/1/2/"),
                   .payload = dd_bytes_of("sealed")});
    node = next_node(self, DD_EVENT_PUBLICATION);
    assert_string_equal(node->event.source, "cli2");
    assert_string_equal(node->event.topic, "alarms");
    assert_string_equal(node->event.scope, "/1/2/");
    assert_int_equal(node->sealed.size, 6);

    dd_record_t sent = {.type = DD_SEND, .destination = dd_bytes_of("cli2")};
    assert_int_equal(dd_session_send(self->session, &sent, false), DD_OK);
    hear(self, (dd_record_t){.type = DD_RECEIPT, .ref = sent.ref, .source = dd_bytes_of("cli2")});
    const dd_event_t *event = next_news(self, DD_EVENT_RECEIPT);
    assert_int_equal(event->ref, sent.ref);
    assert_string_equal(event->source, "cli2");

    hear(self, (dd_record_t){.type = DD_GAP,
                   .number = 1234567890123,
                   .topic = dd_bytes_of("alarms"),
                   .scope = dd_bytes_of("/")});
    event = next_news(self, DD_EVENT_GAP);
    assert_true(event->number == 1234567890123);
    assert_string_equal(event->topic, "alarms");

    sent = (dd_record_t){.type = DD_SEND, .destination = dd_bytes_of("cli9")};
    assert_int_equal(dd_session_send(self->session, &sent, false), DD_OK);
    hear(self, (dd_record_t){.type = DD_ERROR,
                   .code = DD_E_NO_DESTINATION,
                   .ref = sent.ref,
                   .text = dd_bytes_of("cli9")});
    event = next_news(self, DD_EVENT_ERROR);
    assert_int_equal(event->error, DD_E_NO_DESTINATION);
    assert_int_equal(event->ref, sent.ref);
    assert_string_equal(event->text, "cli9");
    finish(self);
}

static void test_brings_hops(void **state)
{
    (void)state;
    fixture_t *self = registered();
    dd_record_t traced = {.type = DD_SEND, .destination = dd_bytes_of("cli9")};
    assert_int_equal(dd_session_send(self->session, &traced, false), DD_OK);
    dd_record_t hop = {.type = DD_HOP,
        .code = DD_E_OVERLOADED,
        .ref = traced.ref,
        .number = 2,
        .name = dd_bytes_of("broker1"),
        .scope = dd_bytes_of("/1/2/"),
        .text = dd_bytes_of("refused")};
    hear(self, hop);
    const dd_event_t *event = next_news(self, DD_EVENT_HOP);
    assert_int_equal(event->error, DD_E_OVERLOADED);
    assert_int_equal(event->ref, traced.ref);
    assert_int_equal(event->number, 2);
    assert_string_equal(event->source, "broker1");
    assert_string_equal(event->scope, "/1/2/");
    assert_string_equal(event->text, "refused");
    hop.code = DD_OK;
    hear(self, hop);
    assert_int_equal(next_news(self, DD_EVENT_HOP)->error, DD_OK);
    finish(self);
}

static void test_answers_traces_by_itself(void **state)
{
    (void)state;
    fixture_t *self = registered();
    hear(self, (dd_record_t){.type = DD_DATA,
                   .flags = DD_FLAG_RECEIPT | DD_FLAG_TRACE,
                   .ref = 12,
                   .source = dd_bytes_of("cli2")});
    no_news(self);
    dd_record_t receipt = sent(self, DD_RECEIPT);
    assert_int_equal(receipt.ref, 12);
    assert_true(bytes_are(receipt.destination, "cli2"));
    finish(self);
}

/* The broker hands on what others say, and isn't left for what can't be in it, nor for answers to
   what was never sent. */
static void test_what_others_say_ends_no_connection(void **state)
{
    (void)state;
    static const dd_record_t RECORDS[] = {
        {.type = DD_DATA},
        {.type = DD_DATA, .source = {(const uint8_t *)"a\0b", 3}},
        {.type = DD_DATA, .source = {(const uint8_t *)"\xff", 1}},
        {.type = DD_RECEIPT, .source = {(const uint8_t *)"a b", 3}},
        {.type = DD_RECEIPT, .ref = 1, .source = {(const uint8_t *)"\x1b", 1}},
        {.type = DD_RECEIPT, .ref = 2, .source = {(const uint8_t *)"x", 1}},
        {.type = DD_ACK, .source = {(const uint8_t *)"a b", 3}},
        {.type = DD_PUBLICATION,
            .topic = {(const uint8_t *)"t", 1},
            .scope = {(const uint8_t *)"/", 1}},
        {.type = DD_PUBLICATION,
            .source = {(const uint8_t *)"x", 1},
            .scope = {(const uint8_t *)"/", 1}},
        {.type = DD_PUBLICATION,
            .source = {(const uint8_t *)"x", 1},
            .topic = {(const uint8_t *)"t", 1}},
        {.type = DD_HOP, .ref = 1, .name = {(const uint8_t *)"b", 1}},
        {.type = DD_HOP, .ref = 1, .scope = {(const uint8_t *)"/1/", 3}},
        {.type = DD_HOP,
            .ref = 2,
            .name = {(const uint8_t *)"b", 1},
            .scope = {(const uint8_t *)"/1/", 3}},
        {.type = DD_ERROR, .code = DD_E_REFUSED, .ref = 2, .text = {(const uint8_t *)"x", 1}},
        {.type = DD_REPORT, .ref = 2, .payload = {(const uint8_t *)"{}", 2}},
    };
    fixture_t *self = registered();
    dd_record_t sent_one = {.type = DD_SEND, .destination = dd_bytes_of("x")};
    assert_int_equal(dd_session_send(self->session, &sent_one, false), DD_OK);
    for (size_t i = 0; i < COUNT(RECORDS); i++) {
        dd_record_t record = RECORDS[i];
        record.ref += sent_one.ref - 1; /* 1: the one that was sent; 2: the next */
        hear(self, record);
        no_news(self);
        assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
    }
    finish(self);
}

static void test_what_the_broker_says_is_checked(void **state)
{
    (void)state;
    static const dd_record_t RECORDS[] = {
        {.type = DD_SUBSCRIBED, .topic = {(const uint8_t *)"t", 1}},
        {.type = DD_UNSUBSCRIBED, .scope = {(const uint8_t *)"/", 1}},
        {.type = DD_GAP, .topic = {(const uint8_t *)"\x1b", 1}, .scope = {(const uint8_t *)"/", 1}},
    };
    for (size_t i = 0; i < COUNT(RECORDS); i++) {
        fixture_t *self = registered();
        hear(self, RECORDS[i]);
        no_news(self);
        end_with(self, DD_E_MALFORMED);
        wait_for_attempt(self);
        finish(self);
    }
}

/* ---- What has no place ----------------------------------------------------------------------- */

/* Types that a broker may send before and after WELCOME; no other may come. */
static const struct {
    dd_record_type_t type;
    bool registering, registered;
} PLACES[] = {{DD_WELCOME, true, false}, {DD_PING, true, true}, {DD_PONG, false, true},
    {DD_BYE, true, true}, {DD_ERROR, true, true}, {DD_DATA, false, true}, {DD_RECEIPT, false, true},
    {DD_HOP, false, true}, {DD_ACK, false, true}, {DD_TAKEN, false, true}, {DD_DRAIN, false, true},
    {DD_SUBSCRIBED, false, true}, {DD_UNSUBSCRIBED, false, true}, {DD_PUBLICATION, false, true},
    {DD_GAP, false, true}, {DD_UNPUBLISHED, false, true}, {DD_REPORT, false, true}};

static bool has_place(uint8_t type, bool when_registered)
{
    for (size_t i = 0; i < COUNT(PLACES); i++)
        if (PLACES[i].type == type)
            return when_registered ? PLACES[i].registered : PLACES[i].registering;
    return false;
}

static void check_place(uint8_t type, uint8_t flags, bool when_registered)
{
    fixture_t *self = client();
    dd_session_start(self->session);
    if (when_registered)
        be_registered(self);
    else
        say_hello(self);
    dd_record_t record = welcome();
    record.type = type;
    record.flags = flags;
    record.code = DD_E_DRAINING;
    record.topic = dd_bytes_of("t");
    hear(self, record);
    if (!has_place(type, when_registered))
        end_with(self, DD_E_PROTOCOL);
    else if (type != DD_BYE && type != DD_ERROR)
        assert_int_not_equal(dd_session_state(self->session), DD_SESSION_ENDING);
    finish(self);
}

static void test_each_record_has_its_place(void **state)
{
    (void)state;
    unsigned types = 0;
    for (unsigned type = 0; type < 256; type++) {
        if (!dd_record_name((uint8_t)type))
            continue;
        types++;
        check_place((uint8_t)type, 0, false);
        check_place((uint8_t)type, 0, true);
        check_place((uint8_t)type, DD_FLAG_OPTIONAL, true);
    }
    assert_true(types > COUNT(PLACES));
}

static void test_unknown_optional_records_are_skipped(void **state)
{
    (void)state;
    uint8_t frame[] = {DD_FRAME_MAGIC, DD_FRAME_VERSION, 5, 0, 0, 0, 200, DD_FLAG_OPTIONAL, 'a',
        'b', 'c', 10, 0, 0, 0, DD_PING, 0, 7, 0, 0, 0, 0, 0, 0, 0};
    fixture_t *self = registered();
    dd_session_input(self->session, frame, sizeof frame, self->now_us);
    assert_int_equal(sent(self, DD_PONG).number, 7);
    frame[7] = 0;
    dd_session_input(self->session, frame, sizeof frame, self->now_us);
    end_with(self, DD_E_MALFORMED);
    nothing_sent(self);
    finish(self);
}

static void test_malformed_frames_end(void **state)
{
    (void)state;
    static const struct {
        size_t size;
        uint8_t bytes[16];
    } FRAMES[] = {{0, {0}}, {1, {DD_FRAME_MAGIC}}, {2, {DD_FRAME_MAGIC, DD_FRAME_VERSION}},
        {4, {0x0d, 0x00, 0x0d, 0x0d}}, {8, {DD_FRAME_MAGIC, 4, 2, 0, 0, 0, DD_SYNCED, 0}},
        {3, {DD_FRAME_MAGIC, DD_FRAME_VERSION, 1}},
        {8, {DD_FRAME_MAGIC, DD_FRAME_VERSION, 255, 255, 255, 255, DD_PING, 0}}};
    for (size_t i = 0; i < COUNT(FRAMES); i++) {
        fixture_t *self = registered();
        dd_session_input(self->session, FRAMES[i].bytes, FRAMES[i].size, self->now_us);
        end_with(self, DD_E_MALFORMED);
        wait_for_attempt(self);
        finish(self);
    }
}

/* Nothing of a frame counts after the record that ended the connection. */
static void test_the_rest_of_a_frame_is_dropped(void **state)
{
    (void)state;
    fixture_t *self = registered();
    uint8_t frame[64] = {DD_FRAME_MAGIC, DD_FRAME_VERSION};
    dd_record_t error = {.type = DD_ERROR, .code = DD_E_DRAINING};
    dd_record_t ping = {.type = DD_PING};
    size_t at = DD_FRAME_HEADER;
    dd_record_write(&error, frame + at, dd_record_size(&error));
    at += dd_record_size(&error);
    dd_record_write(&ping, frame + at, dd_record_size(&ping));
    at += dd_record_size(&ping);
    dd_session_input(self->session, frame, at, self->now_us);
    nothing_sent(self);
    end_with(self, DD_E_DRAINING);
    finish(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_brings_messages),
        cmocka_unit_test(test_brings_hops),
        cmocka_unit_test(test_answers_traces_by_itself),
        cmocka_unit_test(test_what_others_say_ends_no_connection),
        cmocka_unit_test(test_what_the_broker_says_is_checked),
        cmocka_unit_test(test_each_record_has_its_place),
        cmocka_unit_test(test_unknown_optional_records_are_skipped),
        cmocka_unit_test(test_malformed_frames_end),
        cmocka_unit_test(test_the_rest_of_a_frame_is_dropped),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
