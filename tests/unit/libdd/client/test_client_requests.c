/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_client_requests - requests and replies of clients at a scripted broker
 */
#include "tests/unit/libdd/client.h"

/* ms */
#define SHORT 50

/* A caller that waits in a thread of its own. */
typedef struct {
    dd_client_t *client;
    int timeout_ms;
    dd_error_t error;
    dd_event_t *reply;
    pthread_t thread;
} caller_t;

static void *run_request(void *arg)
{
    caller_t *self = arg;
    self->error =
        dd_client_request(self->client, "cli2", "hello", 5, self->timeout_ms, &self->reply);
    return NULL;
}

static void begin(caller_t *self, dd_client_t *client, int timeout_ms)
{
    *self = (caller_t){.client = client, .timeout_ms = timeout_ms};
    assert_int_equal(pthread_create(&self->thread, NULL, run_request, self), 0);
}

static void end(caller_t *self, dd_error_t error)
{
    assert_int_equal(pthread_join(self->thread, NULL), 0);
    assert_int_equal(self->error, error);
    assert_true(!self->reply == (error != DD_OK));
}

static dd_record_t expect_request(broker_t *broker)
{
    dd_record_t record = broker_expect(broker, DD_SEND);
    assert_int_equal(record.flags, DD_FLAG_REQUEST);
    return record;
}

static void reply_to(broker_t *broker, uint32_t re, dd_bytes_t payload)
{
    broker_say(broker, (dd_record_t){.type = DD_DATA,
                           .flags = DD_FLAG_REPLY,
                           .ref = 7,
                           .re = re,
                           .source = dd_bytes_of("cli2"),
                           .payload = payload});
}

static void test_a_caller_gets_the_reply(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    other_t a = other_of(A_FILE);
    caller_t caller;
    begin(&caller, client, DEADLINE);
    dd_record_t record = expect_request(broker);
    assert_string_equal(opened(&a, "cli1", record.payload), "hello");
    reply_to(broker, record.ref, sealed(&a, "cli1", "welcome"));
    end(&caller, DD_OK);
    assert_int_equal(caller.reply->type, DD_EVENT_REPLY);
    assert_string_equal(caller.reply->data, "welcome");
    assert_string_equal(caller.reply->source, "cli2");
    dd_event_destroy(&caller.reply);
    assert_null(dd_client_receive(client, 0));
    other_end(&a);
    say_goodbye(broker, client);
}

static void test_callers_get_their_own_replies(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    other_t a = other_of(A_FILE);
    caller_t callers[2];
    uint32_t refs[COUNT(callers)];
    for (size_t i = 0; i < COUNT(callers); i++) {
        begin(&callers[i], client, DEADLINE);
        refs[i] = expect_request(broker).ref;
    }
    reply_to(broker, refs[1], sealed(&a, "cli1", "second"));
    end(&callers[1], DD_OK);
    reply_to(broker, refs[0], sealed(&a, "cli1", "first"));
    end(&callers[0], DD_OK);
    assert_string_equal(callers[0].reply->data, "first");
    assert_string_equal(callers[1].reply->data, "second");
    for (size_t i = 0; i < COUNT(callers); i++)
        dd_event_destroy(&callers[i].reply);
    other_end(&a);
    say_goodbye(broker, client);
}

static void test_a_caller_waits_no_longer_than_it_wants(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    other_t a = other_of(A_FILE);
    caller_t caller;
    begin(&caller, client, SHORT);
    uint32_t ref = expect_request(broker).ref;
    end(&caller, DD_E_TIMEOUT);
    reply_to(broker, ref, sealed(&a, "cli1", "late"));
    broker_say(broker, (dd_record_t){.type = DD_UNPUBLISHED, .code = 8, .topic = dd_bytes_of("t")});
    dd_event_t *event = next_event(client, DD_EVENT_ERROR);
    assert_string_equal(event->topic, "t"); /* the first thing to hear of */
    dd_event_destroy(&event);
    other_end(&a);
    say_goodbye(broker, client);
}

static void *close_it(void *client)
{
    dd_client_close(client, DEADLINE);
    return NULL;
}

static void test_a_caller_hears_why_there_is_no_reply(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    other_t b = other_of(B_FILE);
    caller_t caller;
    begin(&caller, client, DEADLINE);
    dd_record_t record = expect_request(broker);
    broker_say(broker, (dd_record_t){.type = DD_ERROR,
                           .code = DD_E_NO_DESTINATION,
                           .ref = record.ref,
                           .text = dd_bytes_of("cli2")});
    end(&caller, DD_E_NO_DESTINATION);

    begin(&caller, client, DEADLINE);
    record = expect_request(broker);
    reply_to(broker, record.ref, sealed(&b, "x", "of other keys"));
    end(&caller, DD_E_DECRYPT);
    record = broker_expect(broker, DD_RECEIPT);
    assert_int_equal(record.code, DD_E_UNREADABLE);
    assert_int_equal(record.ref, 7);

    begin(&caller, client, DEADLINE);
    expect_request(broker);
    take_leave(broker, client, close_it); /* to destroy it is the last that may be called */
    end(&caller, DD_E_CLOSED);
    dd_client_destroy(&client);
    other_end(&b);
}

static void test_a_caller_is_told_at_once_what_cannot_be(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = client_of(broker, "a.json");
    dd_event_t *reply = NULL;
    assert_int_equal(dd_client_request(client, "a b", "", 0, -1, &reply), DD_E_NAME_INVALID);
    assert_int_equal(dd_client_request(client, "x", "", 0, -1, &reply), DD_E_NOT_CONNECTED);
    assert_null(reply);
    assert_int_equal(
        dd_client_send_request(client, "x", "", 0, -1, NULL, NULL, NULL), DD_E_NOT_CONNECTED);
    dd_client_destroy(&client);
    client = client_of(broker, "operator.json");
    assert_int_equal(dd_client_request(client, "x", "", 0, -1, &reply), DD_E_REFUSED);
    dd_client_destroy(&client);
}

/* ---- Without waiting ------------------------------------------------------------------------- */

typedef struct {
    pthread_mutex_t lock;
    pthread_cond_t more;
    unsigned calls;
    dd_error_t error;
    char text[32];
    dd_error_t within; /* of a call that can't be made there */
} seen_t;

static void see(dd_client_t *client, const dd_event_t *event, void *arg)
{
    seen_t *self = arg;
    dd_event_t *reply;
    pthread_mutex_lock(&self->lock);
    self->calls++;
    self->error = event->error;
    snprintf(self->text, sizeof self->text, "%s", (const char *)event->data);
    self->within = dd_client_request(client, "x", "", 0, -1, &reply);
    pthread_cond_signal(&self->more);
    pthread_mutex_unlock(&self->lock);
}

static void await_calls(seen_t *self, unsigned calls)
{
    pthread_mutex_lock(&self->lock);
    while (self->calls < calls)
        pthread_cond_wait(&self->more, &self->lock);
    pthread_mutex_unlock(&self->lock);
}

static void test_a_callback_gets_the_reply(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    other_t a = other_of(A_FILE);
    seen_t seen = {.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};
    uint32_t ref;
    assert_int_equal(
        dd_client_send_request(client, "cli2", "hello", 5, DEADLINE, see, &seen, &ref), DD_OK);
    assert_int_equal(expect_request(broker).ref, ref);
    reply_to(broker, ref, sealed(&a, "cli1", "welcome"));
    await_calls(&seen, 1);
    assert_int_equal(seen.error, DD_OK);
    assert_string_equal(seen.text, "welcome");
    assert_int_equal(seen.within, DD_E_ARGUMENT);

    assert_int_equal(
        dd_client_send_request(client, "cli2", "hello", 5, SHORT, see, &seen, NULL), DD_OK);
    expect_request(broker);
    await_calls(&seen, 2);
    assert_int_equal(seen.error, DD_E_TIMEOUT);
    assert_string_equal(seen.text, "");
    assert_null(dd_client_receive(client, 0));
    other_end(&a);
    say_goodbye(broker, client);
}

static void test_without_a_callback_the_reply_is_an_event(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    other_t a = other_of(A_FILE);
    uint32_t ref;
    assert_int_equal(
        dd_client_send_request(client, "cli2", "hello", 5, -1, NULL, NULL, &ref), DD_OK);
    reply_to(broker, expect_request(broker).ref, sealed(&a, "cli1", "welcome"));
    dd_event_t *event = next_event(client, DD_EVENT_REPLY);
    assert_int_equal(event->ref, ref);
    assert_string_equal(event->data, "welcome");
    assert_int_equal(dd_client_reply(client, event, "", 0), DD_E_ARGUMENT);
    dd_event_destroy(&event);
    other_end(&a);
    say_goodbye(broker, client);
}

static void test_replies(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    other_t public = other_of(PUBLIC_FILE);
    broker_say(broker, (dd_record_t){.type = DD_DATA,
                           .flags = DD_FLAG_REQUEST,
                           .ref = 99,
                           .source = dd_bytes_of("public.x"),
                           .payload = sealed(&public, "a.cli1", "who is there?")});
    dd_event_t *event = next_event(client, DD_EVENT_NOTIFICATION);
    assert_true(event->is_request);
    assert_string_equal(event->data, "who is there?");
    assert_int_equal(dd_client_reply(client, event, "me", 2), DD_OK);
    dd_event_destroy(&event);
    dd_record_t record = broker_expect(broker, DD_SEND);
    assert_int_equal(record.flags, DD_FLAG_REPLY);
    assert_int_equal(record.re, 99);
    assert_true(dd_bytes_equal(record.destination, dd_bytes_of("public.x")));
    assert_string_equal(opened(&public, "a.cli1", record.payload), "me");
    other_end(&public);
    say_goodbye(broker, client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        client_test(test_a_caller_gets_the_reply),
        client_test(test_callers_get_their_own_replies),
        client_test(test_a_caller_waits_no_longer_than_it_wants),
        client_test(test_a_caller_hears_why_there_is_no_reply),
        client_test(test_a_caller_is_told_at_once_what_cannot_be),
        client_test(test_a_callback_gets_the_reply),
        client_test(test_without_a_callback_the_reply_is_an_event),
        client_test(test_replies),
    };
    return cmocka_run_group_tests_name("client_requests", tests, NULL, NULL);
}
