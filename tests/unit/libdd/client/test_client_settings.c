/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_client_settings - keys that are in no file, and what a client tells a log
 */
#include "tests/unit/libdd/client.h"

#define LIKE(text) text, strlen(text)

static void test_keys_from_memory(void **state)
{
    broker_t *broker = *state;
    other_t after = other_of(B_FILE);
    char keys[] = A_FILE;
    dd_client_t *client =
        dd_client_new_with_keys(broker->endpoint, keys, sizeof keys - 1, "cli1", NULL);
    assert_non_null(client);
    memset(keys, 0, sizeof keys);
    assert_int_equal(dd_client_start(client), DD_OK);
    broker_admit(broker, "a");
    expect_event(client, DD_EVENT_REGISTERED);
    assert_int_equal(dd_client_set_keys_from(client, LIKE(A_BEGUN_FILE), NULL), DD_OK);
    broker_expect(broker, DD_PROVE);
    assert_int_equal(dd_client_set_keys_from(client, LIKE(A_FINISHED_FILE), NULL), DD_OK);
    broker_expect(broker, DD_PROVE);
    assert_int_equal(dd_client_notify(client, "cli2", "hello", 5, 0, NULL), DD_OK);
    assert_string_equal(opened(&after, "cli1", broker_expect(broker, DD_SEND).payload), "hello");
    other_end(&after);
    say_goodbye(broker, client);
}

static void test_keys_from_memory_that_cannot_be(void **state)
{
    broker_t *broker = *state;
    static const struct {
        const char *keys;
        size_t size;
        dd_error_t error;
        const char *words;
    } CASES[] = {
        {NULL, 0, DD_E_ARGUMENT, "needed"},
        {"", 0, DD_E_KEYS, "the keys that were given"},
        {"{}", 2, DD_E_KEYS, "the keys that were given"},
        {A_FILE, sizeof A_FILE / 2, DD_E_KEYS, "the keys that were given"},
        {BROKER_FILE, sizeof BROKER_FILE - 1, DD_E_KEYS, "a broker's keys"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_problem_t problem = {0};
        assert_null(dd_client_new_with_keys(
            broker->endpoint, CASES[i].keys, CASES[i].size, "cli1", &problem));
        assert_int_equal(problem.error, CASES[i].error);
        assert_non_null(strstr(problem.text, CASES[i].words));
    }
    dd_client_t *client = client_of(broker, "a.json");
    dd_problem_t problem;
    assert_int_equal(dd_client_set_keys_from(client, LIKE(B_FILE), &problem), DD_E_KEYS);
    assert_non_null(strstr(problem.text, "no key in common"));
    assert_int_equal(dd_client_set_keys_from(client, "", 0, NULL), DD_E_KEYS);
    dd_client_destroy(&client);
}

/* ---- Handlers -------------------------------------------------------------------------------- */

static void count(dd_client_t *client, const dd_event_t *event, void *arg)
{
    (void)client;
    assert_int_equal(event->type, DD_EVENT_GAP);
    ++*(unsigned *)arg;
}

static void test_a_handler_takes_events_of_its_type(void **state)
{
    broker_t *broker = *state;
    unsigned gaps = 0;
    const dd_record_t gap = {
        .type = DD_GAP, .number = 3, .topic = dd_bytes_of("t"), .scope = dd_bytes_of("/")};
    dd_client_t *client = client_of(broker, "a.json");
    assert_int_equal(dd_client_on(client, 0, count, &gaps), DD_E_ARGUMENT);
    assert_int_equal(dd_client_on(client, DD_EVENT_REPLY + 1, count, &gaps), DD_E_ARGUMENT);
    assert_int_equal(dd_client_on(client, DD_EVENT_REGISTERED, count, &gaps), DD_OK);
    assert_int_equal(dd_client_on(client, DD_EVENT_REGISTERED, NULL, NULL), DD_OK);
    assert_int_equal(dd_client_on(client, DD_EVENT_GAP, count, &gaps), DD_OK);
    assert_int_equal(dd_client_start(client), DD_OK);
    assert_int_equal(dd_client_on(client, DD_EVENT_GAP, NULL, NULL), DD_E_ARGUMENT);
    broker_admit(broker, "a");
    expect_event(client, DD_EVENT_REGISTERED);
    broker_say(broker, gap);
    broker_say(broker, gap);
    broker_say(broker,
        (dd_record_t){.type = DD_UNPUBLISHED, .code = DD_E_LIMIT, .topic = dd_bytes_of("t")});
    expect_event(client, DD_EVENT_ERROR);
    assert_int_equal(gaps, 2);
    say_goodbye(broker, client);
}

/* ---- Logs ------------------------------------------------------------------------------------ */

typedef struct {
    dd_client_t *client; /* called from within the log */
    char lines[4096];
} told_t;

static void keep_line(void *arg, dd_log_level_t level, const char *text)
{
    told_t *self = arg;
    size_t size = strlen(self->lines);
    dd_client_rtt_us(self->client);
    snprintf(self->lines + size, sizeof self->lines - size, "%d %s\n", (int)level, text);
}

static void expect_line(const told_t *told, const char *line)
{
    if (!strstr(told->lines, line))
        print_error("no '%s' in:\n%s", line, told->lines);
    assert_non_null(strstr(told->lines, line));
}

static void test_a_log_hears_of_what_goes_on(void **state)
{
    broker_t *broker = *state;
    char line[256];
    told_t told = {.client = client_of(broker, "a.json")};
    assert_int_equal(dd_client_set_log(told.client, keep_line, &told), DD_OK);
    assert_int_equal(dd_client_start(told.client), DD_OK);
    assert_int_equal(dd_client_set_log(told.client, NULL, NULL), DD_E_ARGUMENT);
    broker_admit(broker, "a");
    expect_event(told.client, DD_EVENT_REGISTERED);
    broker_say(broker,
        (dd_record_t){
            .type = DD_GAP, .number = 3, .topic = dd_bytes_of("t"), .scope = dd_bytes_of("/")});
    expect_event(told.client, DD_EVENT_GAP);
    broker_say(broker,
        (dd_record_t){
            .type = DD_ERROR, .code = DD_E_REFUSED, .text = dd_bytes_of("no\x1b[31m more")});
    expect_event(told.client, DD_EVENT_CLOSED);
    assert_null(dd_client_receive(told.client, 0));
    dd_client_destroy(&told.client);
    snprintf(line, sizeof line, "%d connecting to %s\n", DD_LOG_INFO, broker->endpoint);
    expect_line(&told, line);
    snprintf(line, sizeof line, "%d registered as a.cli1 at broker0, %s\n", DD_LOG_NOTICE,
        broker->endpoint);
    expect_line(&told, line);
    expect_line(&told, "1 3 publications on t within / were lost\n");
    expect_line(&told, "0 ended: no?[31m more\n");
}

static void test_a_log_hears_of_each_attempt(void **state)
{
    broker_t *broker = *state;
    told_t told = {.client = dd_client_new("tcp://127.0.0.1:1,tcp://127.0.0.1:2",
                       path_of(broker, "a.json"), "cli1", NULL)};
    assert_non_null(told.client);
    assert_int_equal(dd_client_set_log(told.client, keep_line, &told), DD_OK);
    assert_int_equal(dd_client_start(told.client), DD_OK);
    for (int i = 0; i < 2; i++)
        expect_event(told.client, DD_EVENT_DISCONNECTED);
    dd_client_destroy(&told.client);
    expect_line(&told, "3 connecting to tcp://127.0.0.1:1\n");
    expect_line(&told, "3 connecting to tcp://127.0.0.1:2\n");
    expect_line(&told, "1 disconnected: tcp://127.0.0.1:2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        client_test(test_keys_from_memory),
        client_test(test_keys_from_memory_that_cannot_be),
        client_test(test_a_handler_takes_events_of_its_type),
        client_test(test_a_log_hears_of_what_goes_on),
        client_test(test_a_log_hears_of_each_attempt),
    };
    return cmocka_run_group_tests_name("client_settings", tests, NULL, NULL);
}
