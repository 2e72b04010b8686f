/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_client_connect - clients that wait until they are registered
 */
#include "libdd/base/problem.h"
#include "tests/unit/libdd/client.h"

/* ms */
#define SHORT 50

typedef struct {
    dd_client_t *client;
    dd_error_t error;
    dd_problem_t problem;
    pthread_t thread;
} caller_t;

static void *run_connect(void *arg)
{
    caller_t *self = arg;
    self->error = dd_client_connect(self->client, DEADLINE, &self->problem);
    return NULL;
}

static void begin(caller_t *self, dd_client_t *client)
{
    *self = (caller_t){.client = client};
    assert_int_equal(pthread_create(&self->thread, NULL, run_connect, self), 0);
}

static void end(caller_t *self, dd_error_t error)
{
    assert_int_equal(pthread_join(self->thread, NULL), 0);
    if (self->error != error)
        print_error("%s\n", self->problem.text);
    assert_int_equal(self->error, error);
    assert_int_equal(self->problem.error, error);
}

static void test_connects(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = client_of(broker, "a.json");
    caller_t caller;
    begin(&caller, client);
    broker_admit(broker, "a");
    end(&caller, DD_OK);
    assert_int_equal(dd_client_notify(client, "x", "", 0, 0, NULL), DD_OK);
    assert_int_equal(dd_client_connect(client, 0, NULL), DD_OK);
    assert_int_equal(dd_client_start(client), DD_E_ARGUMENT);
    expect_event(client, DD_EVENT_REGISTERED);
    say_goodbye(broker, client);
}

static void test_says_at_once_that_it_is_refused(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = client_of(broker, "a.json");
    caller_t caller;
    begin(&caller, client);
    broker_expect(broker, DD_HELLO);
    broker_say(broker,
        (dd_record_t){
            .type = DD_ERROR, .code = DD_E_NAME_TAKEN, .text = dd_bytes_of("cli1 is taken")});
    end(&caller, DD_E_NAME_TAKEN);
    assert_string_equal(caller.problem.text, "cli1 is taken");
    assert_int_equal(dd_client_connect(client, -1, NULL), DD_E_NAME_TAKEN);
    dd_client_destroy(&client);
}

static void test_says_that_nobody_is_there(void **state)
{
    broker_t *broker = *state;
    dd_problem_t problem;
    dd_client_t *client =
        dd_client_new("tcp://127.0.0.1:1", path_of(broker, "a.json"), "cli1", NULL);
    assert_non_null(client);
    assert_int_equal(dd_client_start(client), DD_OK);
    expect_event(client, DD_EVENT_DISCONNECTED);
    assert_int_equal(dd_client_connect(client, SHORT, &problem), DD_E_NETWORK);
    assert_non_null(strstr(problem.text, "tcp://127.0.0.1:1"));
    dd_client_destroy(&client);
}

static void test_says_that_nobody_answers(void **state)
{
    broker_t *broker = *state;
    dd_problem_t problem;
    dd_client_t *client = client_of(broker, "a.json");
    assert_int_equal(dd_client_connect(client, 0, &problem), DD_E_TIMEOUT);
    assert_non_null(strstr(problem.text, broker->endpoint));
    caller_t caller;
    begin(&caller, client);
    broker_admit(broker, "a");
    end(&caller, DD_OK);
    say_goodbye(broker, client);
}

/* One of them starts it. */
static void test_two_threads_connect_at_once(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = client_of(broker, "a.json");
    caller_t callers[2];
    for (size_t i = 0; i < COUNT(callers); i++)
        begin(&callers[i], client);
    broker_admit(broker, "a");
    for (size_t i = 0; i < COUNT(callers); i++)
        end(&callers[i], DD_OK);
    say_goodbye(broker, client);
}

static void test_who_waits_is_told_of_the_end(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = client_of(broker, "a.json");
    caller_t caller;
    begin(&caller, client);
    broker_expect(broker, DD_HELLO);
    dd_client_close(client, 0);
    end(&caller, DD_E_CLOSED);
    assert_int_equal(dd_client_connect(client, -1, NULL), DD_E_CLOSED);
    dd_client_destroy(&client);
}

/* The callback's own client would never get any further. */
static void connect_within(dd_client_t *client, const dd_event_t *event, void *arg)
{
    dd_problem_t problem;
    if (event->type == DD_EVENT_REGISTERED)
        *(dd_error_t *)arg = dd_client_connect(client, -1, &problem);
}

static void test_a_callback_cannot_wait(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = client_of(broker, "a.json");
    dd_error_t within = DD_OK;
    assert_int_equal(dd_client_set_callback(client, connect_within, &within), DD_OK);
    caller_t caller;
    begin(&caller, client);
    broker_admit(broker, "a");
    end(&caller, DD_OK);
    say_goodbye(broker, client);
    assert_int_equal(within, DD_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        client_test(test_connects),
        client_test(test_says_at_once_that_it_is_refused),
        client_test(test_says_that_nobody_is_there),
        client_test(test_says_that_nobody_answers),
        client_test(test_two_threads_connect_at_once),
        client_test(test_who_waits_is_told_of_the_end),
        client_test(test_a_callback_cannot_wait),
    };
    return cmocka_run_group_tests_name("client_connect", tests, NULL, NULL);
}
