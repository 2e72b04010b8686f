/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_session_subscriptions - subscriptions across connections, and what they may have missed
 */
#include "tests/unit/libdd/session.h"

static dd_record_t sent_subscribe(fixture_t *self, const char *topic, const char *pattern)
{
    dd_record_t record = sent(self, DD_SUBSCRIBE);
    assert_int_not_equal(record.ref, 0);
    assert_true(bytes_are(record.topic, topic));
    assert_true(bytes_are(record.scope, pattern));
    return record;
}

static void test_subscribes_on_each_connection(void **state)
{
    (void)state;
    static const char *const WISHES[][3] = {{"one", "region", "/*/"}, {"two", "/1/02/", "/1/2/"},
        {"one", "noscope", "noscope"}, {"one", "all", "/"}};
    fixture_t *self = client();
    for (size_t i = 0; i < COUNT(WISHES); i++)
        assert_int_equal(dd_session_subscribe(self->session, WISHES[i][0], WISHES[i][1]), DD_OK);
    nothing_sent(self);
    dd_session_start(self->session);
    for (int connection = 0; connection < 3; connection++) {
        be_registered(self);
        for (size_t i = 0; i < COUNT(WISHES); i++)
            sent_subscribe(self, WISHES[i][0], WISHES[i][2]);
        nothing_sent(self);
        tick_after(self, 1);
        nothing_sent(self);
        lose(self, "gone");
        next_news(self, DD_EVENT_DISCONNECTED);
    }
    finish(self);
}

static void test_subscribes_while_registered(void **state)
{
    (void)state;
    fixture_t *self = registered();
    assert_int_equal(dd_session_subscribe(self->session, "one", "node"), DD_OK);
    dd_record_t record = sent_subscribe(self, "one", "/*/*/*/");
    hear(self, (dd_record_t){.type = DD_SUBSCRIBED,
                   .ref = record.ref,
                   .topic = dd_bytes_of("one"),
                   .scope = dd_bytes_of("/1/2/3/")});
    const dd_event_t *event = next_news(self, DD_EVENT_SUBSCRIBED);
    assert_string_equal(event->topic, "one");
    assert_string_equal(event->scope, "/1/2/3/");

    /* Again is asked again, and kept once. */
    assert_int_equal(dd_session_subscribe(self->session, "one", "/*/*/*/"), DD_OK);
    sent_subscribe(self, "one", "/*/*/*/");
    nothing_sent(self);
    lose(self, "gone");
    next_news(self, DD_EVENT_DISCONNECTED);
    be_registered(self);
    sent_subscribe(self, "one", "/*/*/*/");
    nothing_sent(self);
    finish(self);
}

static void agree(fixture_t *self, const dd_record_t *subscribe, const char *path)
{
    hear(self, (dd_record_t){.type = DD_SUBSCRIBED,
                   .ref = subscribe->ref,
                   .topic = subscribe->topic,
                   .scope = dd_bytes_of(path)});
    next_news(self, DD_EVENT_SUBSCRIBED);
}

static void expect_gap(fixture_t *self, const char *topic, const char *path)
{
    const dd_event_t *event = next_news(self, DD_EVENT_GAP);
    assert_true(event->number == 0);
    assert_string_equal(event->topic, topic);
    assert_string_equal(event->scope, path);
    no_news(self);
}

/* Each subscription that there was before tells so, once. */
static void test_publications_may_be_missing_after_another_connection(void **state)
{
    (void)state;
    fixture_t *self = registered();
    assert_int_equal(dd_session_subscribe(self->session, "one", "region"), DD_OK);
    assert_int_equal(dd_session_subscribe(self->session, "two", "all"), DD_OK);
    for (int i = 0; i < 3; i++) {
        dd_record_t one = sent_subscribe(self, "one", "/*/");
        agree(self, &one, "/1/");
        if (i > 0)
            expect_gap(self, "one", "/1/");
        dd_record_t two = sent_subscribe(self, "two", "/");
        agree(self, &two, "/");
        if (i > 0)
            expect_gap(self, "two", "/");
        agree(self, &two, "/"); /* whatever for */
        no_news(self);
        lose(self, "gone");
        next_news(self, DD_EVENT_DISCONNECTED);
        be_registered(self);
    }
    finish(self);
}

/* One that the broker had not yet agreed to, one that is wanted once more, one that is new and one
   that was taken back and is new. */
static void test_which_subscriptions_may_be_missing_publications(void **state)
{
    (void)state;
    fixture_t *self = registered();
    static const char *const TOPICS[] = {"early", "again", "new", "back"};
    static const bool MISSING[] = {true, true, false, false};
    for (int i = 0; i < 4; i++)
        if (i != 2)
            assert_int_equal(dd_session_subscribe(self->session, TOPICS[i], "all"), DD_OK);
    sent_subscribe(self, "early", "/");
    sent_subscribe(self, "again", "/");
    sent_subscribe(self, "back", "/");
    lose(self, "gone");
    next_news(self, DD_EVENT_DISCONNECTED);
    assert_int_equal(dd_session_subscribe(self->session, "again", "all"), DD_OK);
    assert_int_equal(dd_session_subscribe(self->session, "new", "all"), DD_OK);
    assert_int_equal(dd_session_unsubscribe(self->session, "back", "all"), DD_OK);
    next_news(self, DD_EVENT_UNSUBSCRIBED);
    assert_int_equal(dd_session_subscribe(self->session, "back", "all"), DD_OK);
    be_registered(self);
    for (int i = 0; i < 4; i++) {
        dd_record_t subscribe = sent_subscribe(self, TOPICS[i], "/");
        agree(self, &subscribe, "/");
        if (MISSING[i])
            expect_gap(self, TOPICS[i], "/");
        no_news(self);
    }
    finish(self);
}

/* The broker ended it before it agreed. */
static void test_missing_publications_are_told_by_the_connection_that_holds(void **state)
{
    (void)state;
    fixture_t *self = registered();
    assert_int_equal(dd_session_subscribe(self->session, "one", "all"), DD_OK);
    dd_record_t subscribe = sent_subscribe(self, "one", "/");
    agree(self, &subscribe, "/");
    for (int i = 0; i < 2; i++) {
        lose(self, "gone");
        next_news(self, DD_EVENT_DISCONNECTED);
        be_registered(self);
        subscribe = sent_subscribe(self, "one", "/");
    }
    assert_int_equal(dd_session_subscribe(self->session, "one", "all"), DD_OK);
    agree(self, &subscribe, "/"); /* the earlier one, which is known no more */
    no_news(self);
    subscribe = sent_subscribe(self, "one", "/");
    agree(self, &subscribe, "/");
    expect_gap(self, "one", "/");
    finish(self);
}

static void test_unsubscribes(void **state)
{
    (void)state;
    fixture_t *self = registered();
    assert_int_equal(dd_session_unsubscribe(self->session, "one", "all"), DD_E_NOT_SUBSCRIBED);
    assert_int_equal(dd_session_subscribe(self->session, "one", "cluster"), DD_OK);
    assert_int_equal(dd_session_subscribe(self->session, "two", "cluster"), DD_OK);
    sent(self, DD_SUBSCRIBE);
    sent(self, DD_SUBSCRIBE);
    assert_int_equal(dd_session_unsubscribe(self->session, "one", "all"), DD_E_NOT_SUBSCRIBED);
    assert_int_equal(dd_session_unsubscribe(self->session, "one", "/*/*/"), DD_OK);
    dd_record_t record = sent(self, DD_UNSUBSCRIBE);
    assert_true(bytes_are(record.topic, "one"));
    assert_true(bytes_are(record.scope, "/*/*/"));
    no_news(self);
    hear(self, (dd_record_t){.type = DD_UNSUBSCRIBED,
                   .ref = record.ref,
                   .topic = dd_bytes_of("one"),
                   .scope = dd_bytes_of("/1/2/")});
    assert_string_equal(next_news(self, DD_EVENT_UNSUBSCRIBED)->scope, "/1/2/");
    assert_int_equal(dd_session_unsubscribe(self->session, "one", "cluster"), DD_E_NOT_SUBSCRIBED);

    /* Full: nothing changes. */
    size_t limit = dd_session_outbox(self->session)->limit;
    dd_session_outbox(self->session)->limit = 0;
    assert_int_equal(dd_session_unsubscribe(self->session, "two", "cluster"), DD_E_OUTBOX_FULL);
    dd_session_outbox(self->session)->limit = limit;
    lose(self, "gone");
    next_news(self, DD_EVENT_DISCONNECTED);

    /* Not connected: it is done at once. */
    assert_int_equal(dd_session_unsubscribe(self->session, "two", "cluster"), DD_OK);
    const dd_event_t *event = next_news(self, DD_EVENT_UNSUBSCRIBED);
    assert_string_equal(event->topic, "two");
    assert_string_equal(event->scope, "/*/*/");
    be_registered(self);
    nothing_sent(self);
    finish(self);
}

static void test_a_refused_subscription_is_forgotten(void **state)
{
    (void)state;
    fixture_t *self = registered();
    assert_int_equal(dd_session_subscribe(self->session, "one", "node"), DD_OK);
    uint32_t ref = sent(self, DD_SUBSCRIBE).ref;
    hear(self, (dd_record_t){.type = DD_ERROR,
                   .code = DD_E_SCOPE_INVALID,
                   .ref = ref,
                   .text = dd_bytes_of("too deep")});
    const dd_event_t *event = next_news(self, DD_EVENT_ERROR);
    assert_int_equal(event->error, DD_E_SCOPE_INVALID);
    assert_int_equal(event->ref, 0);
    assert_string_equal(event->topic, "one");
    assert_string_equal(event->scope, "/*/*/*/");
    assert_string_equal(event->text, "too deep");
    lose(self, "gone");
    next_news(self, DD_EVENT_DISCONNECTED);
    be_registered(self);
    nothing_sent(self);
    finish(self);
}

/* The wish goes on: later, and after others. */
static void test_a_subscription_that_came_too_fast_is_asked_for_again(void **state)
{
    (void)state;
    fixture_t *self = registered();
    assert_int_equal(dd_session_subscribe(self->session, "one", "all"), DD_OK);
    uint32_t ref = sent(self, DD_SUBSCRIBE).ref;
    hear(self, (dd_record_t){.type = DD_ERROR, .code = DD_E_RATE_LIMITED, .ref = ref});
    no_news(self);
    assert_int_equal(dd_session_subscribe(self->session, "two", "all"), DD_OK);
    nothing_sent(self);
    uint64_t pause = dd_session_due(self->session) - self->now_us;
    assert_in_range(pause, 500 * MS, 1500 * MS);
    tick_after(self, pause - 1);
    nothing_sent(self);
    tick_after(self, 1);
    dd_record_t again = sent(self, DD_SUBSCRIBE);
    assert_true(bytes_are(again.topic, "one"));
    assert_int_not_equal(again.ref, ref);
    assert_true(bytes_are(sent(self, DD_SUBSCRIBE).topic, "two"));
    nothing_sent(self);
    assert_true(dd_session_due(self->session) > self->now_us);
    /* Another connection is another chance. */
    hear(self, (dd_record_t){.type = DD_ERROR, .code = DD_E_RATE_LIMITED, .ref = again.ref});
    lose(self, "gone");
    next_news(self, DD_EVENT_DISCONNECTED);
    be_registered(self);
    assert_true(bytes_are(sent(self, DD_SUBSCRIBE).topic, "two"));
    assert_true(bytes_are(sent(self, DD_SUBSCRIBE).topic, "one"));
    finish(self);
}

static void test_a_publication_that_was_refused_is_told_by_its_topic(void **state)
{
    (void)state;
    fixture_t *self = registered();
    hear(self,
        (dd_record_t){
            .type = DD_UNPUBLISHED, .code = DD_E_RATE_LIMITED, .topic = dd_bytes_of("public.t")});
    const dd_event_t *event = next_news(self, DD_EVENT_ERROR);
    assert_int_equal(event->error, DD_E_RATE_LIMITED);
    assert_int_equal(event->ref, 0);
    assert_string_equal(event->topic, "public.t");
    assert_string_equal(event->scope, "");
    assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
    hear(self, (dd_record_t){.type = DD_UNPUBLISHED, .topic = dd_bytes_of("two words")});
    assert_int_equal(dd_session_state(self->session), DD_SESSION_ENDING);
    finish(self);
}

static void test_bad_subscriptions(void **state)
{
    (void)state;
    static const struct {
        const char *topic, *scope;
        dd_error_t error;
    } CASES[] = {{"", "all", DD_E_TOPIC_INVALID}, {"a b", "all", DD_E_TOPIC_INVALID},
        {"public", "all", DD_E_TOPIC_INVALID}, {"public.x", "all", DD_E_TOPIC_INVALID},
        {"x", "", DD_E_SCOPE_INVALID}, {"x", "everywhere", DD_E_SCOPE_INVALID},
        {"x", "/1", DD_E_SCOPE_INVALID}, {"x", "/1/65536/", DD_E_SCOPE_INVALID}};
    fixture_t *self = client();
    for (size_t i = 0; i < COUNT(CASES); i++) {
        assert_int_equal(
            dd_session_subscribe(self->session, CASES[i].topic, CASES[i].scope), CASES[i].error);
        assert_int_equal(
            dd_session_unsubscribe(self->session, CASES[i].topic, CASES[i].scope), CASES[i].error);
    }
    finish(self);
}

/* With room for few records at a time, all are sent in the end, in order. */
static void test_subscriptions_wait_for_room(void **state)
{
    (void)state;
    enum { WISHES = 100 };
    fixture_t *self = client();
    char topic[24];
    for (int i = 0; i < WISHES; i++) {
        snprintf(topic, sizeof topic, "topic-%d", i);
        assert_int_equal(dd_session_subscribe(self->session, topic, "all"), DD_OK);
    }
    dd_session_outbox(self->session)->limit = 100;
    dd_session_start(self->session);
    be_registered(self);
    /* One that waits can still be taken back, without a word to the broker. */
    assert_int_equal(dd_session_unsubscribe(self->session, "topic-99", "all"), DD_OK);
    assert_string_equal(next_news(self, DD_EVENT_UNSUBSCRIBED)->topic, "topic-99");
    int rounds = 0;
    for (int i = 0; i < WISHES - 1; rounds++) {
        dd_record_t record;
        while (take_record(self, &record)) {
            snprintf(topic, sizeof topic, "topic-%d", i++);
            assert_int_equal(record.type, DD_SUBSCRIBE);
            assert_true(bytes_are(record.topic, topic));
        }
        assert_true(rounds < WISHES);
        tick_after(self, 1);
    }
    assert_true(rounds > 10);
    nothing_sent(self);
    finish(self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_subscribes_on_each_connection),
        cmocka_unit_test(test_subscribes_while_registered),
        cmocka_unit_test(test_publications_may_be_missing_after_another_connection),
        cmocka_unit_test(test_which_subscriptions_may_be_missing_publications),
        cmocka_unit_test(test_missing_publications_are_told_by_the_connection_that_holds),
        cmocka_unit_test(test_unsubscribes),
        cmocka_unit_test(test_a_refused_subscription_is_forgotten),
        cmocka_unit_test(test_a_subscription_that_came_too_fast_is_asked_for_again),
        cmocka_unit_test(test_a_publication_that_was_refused_is_told_by_its_topic),
        cmocka_unit_test(test_bad_subscriptions),
        cmocka_unit_test(test_subscriptions_wait_for_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
