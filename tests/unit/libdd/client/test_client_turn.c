/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_client_turn - a client's connection: lost and made again, many callers, the end
 */
#include <dirent.h>

#include "tests/unit/libdd/client.h"

/* ---- Connections that fail and come back ----------------------------------------------------- */

static void expect_disconnected(dd_client_t *client, dd_error_t error, const char *words)
{
    dd_event_t *event = next_event(client, DD_EVENT_DISCONNECTED);
    assert_int_equal(event->error, error);
    assert_non_null(strstr(event->text, words));
    dd_event_destroy(&event);
}

/* Attempts that found nobody before that are passed over. */
static void expect_return(dd_client_t *client)
{
    dd_event_type_t type = DD_EVENT_DISCONNECTED;
    while (type == DD_EVENT_DISCONNECTED) {
        dd_event_t *event = dd_client_receive(client, DEADLINE);
        assert_non_null(event);
        type = event->type;
        dd_event_destroy(&event);
    }
    assert_int_equal(type, DD_EVENT_REGISTERED);
}

static void test_comes_back(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = client_of(broker, "a.json");
    assert_int_equal(dd_client_subscribe(client, "alarms", "region"), DD_OK);
    assert_int_equal(dd_client_start(client), DD_OK);
    for (unsigned i = 1; i <= 3; i++) {
        broker_admit(broker, "a");
        assert_int_equal(broker->instance & 0xFFFF, i);
        broker_expect(broker, DD_SUBSCRIBE);
        expect_return(client);
        broker_stop(broker);
        expect_disconnected(client, DD_E_NETWORK, "ended the connection");
        assert_int_equal(dd_client_notify(client, "cli2", "x", 1, 0, NULL), DD_E_NOT_CONNECTED);
        broker_run(broker);
    }
    dd_client_destroy(&client);
}

static void test_starts_before_the_broker(void **state)
{
    broker_t *broker = *state;
    broker_stop(broker);
    dd_client_t *client = client_of(broker, "a.json");
    assert_int_equal(dd_client_start(client), DD_OK);
    expect_disconnected(client, DD_E_NETWORK, "doesn't answer");
    assert_null(dd_client_receive(client, 0));
    broker_run(broker);
    broker_admit(broker, "a");
    expect_event(client, DD_EVENT_REGISTERED);
    say_goodbye(broker, client);
}

static void test_a_refused_key_may_be_let_in_later(void **state)
{
    broker_t *broker = *state;
    broker->verdict = "400";
    dd_client_t *client = client_of(broker, "a.json");
    assert_int_equal(dd_client_start(client), DD_OK);
    expect_disconnected(client, DD_E_REFUSED, "doesn't take this key");
    broker->verdict = "200";
    broker_admit(broker, "a");
    expect_event(client, DD_EVENT_REGISTERED);
    say_goodbye(broker, client);
}

static void test_a_taken_name_ends_it(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = client_of(broker, "a.json");
    assert_int_equal(dd_client_start(client), DD_OK);
    broker_expect(broker, DD_HELLO);
    broker_say(broker, (dd_record_t){.type = DD_ERROR,
                           .code = DD_E_NAME_TAKEN,
                           .text = dd_bytes_of("a.cli1 is registered already")});
    dd_event_t *event = next_event(client, DD_EVENT_CLOSED);
    assert_int_equal(event->error, DD_E_NAME_TAKEN);
    assert_string_equal(event->text, "a.cli1 is registered already");
    dd_event_destroy(&event);
    assert_int_equal(dd_client_notify(client, "cli2", "x", 1, 0, NULL), DD_E_CLOSED);
    assert_int_equal(dd_client_subscribe(client, "t", "all"), DD_E_CLOSED);
    assert_false(broker_hears(broker, 300)); /* ample for a retry, whose pause is 100 ms at most */
    dd_client_destroy(&client);
}

/* A last word that comes with the end of the connection is heard. */
static void test_last_words(void **state)
{
    broker_t *broker = *state;
    for (int i = 0; i < 20; i++) {
        dd_client_t *client = registered(broker);
        int linger = DEADLINE;
        zmq_setsockopt(broker->router, ZMQ_LINGER, &linger, sizeof linger);
        for (int j = 0; j < 10; j++)
            broker_put(
                broker, (dd_record_t){
                            .type = DD_GAP, .topic = dd_bytes_of("t"), .scope = dd_bytes_of("/")});
        broker_say(broker, (dd_record_t){.type = DD_ERROR, .code = DD_E_NAME_TAKEN});
        broker_stop(broker);
        for (int j = 0; j < 10; j++)
            expect_event(client, DD_EVENT_GAP);
        expect_event(client, DD_EVENT_CLOSED);
        dd_client_destroy(&client);
        broker_run(broker);
    }
}

static void test_silence_ends_the_connection(void **state)
{
    broker_t *broker = *state;
    broker->heartbeat = 100;
    dd_client_t *client = registered(broker);
    expect_disconnected(client, DD_E_TIMEOUT, "silent");
    broker->heartbeat = 60000; /* nothing of that now */
    broker_admit(broker, "a");
    expect_event(client, DD_EVENT_REGISTERED);
    say_goodbye(broker, client);
}

static void test_malformed_messages_end_the_connection(void **state)
{
    static const struct {
        size_t size;
        const char *bytes;
        int more; /* sends it twice, as one message of two frames */
    } MESSAGES[] = {{0, "", 0}, {5, "hello", 0}, {8, "\xDD\x05\x02\0\0\0\x34\0", ZMQ_SNDMORE},
        {8, "\xDD\x05\x02\0\0\0\xC8\0", 0}};
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    for (size_t i = 0; i < COUNT(MESSAGES); i++) {
        zmq_send(broker->router, broker->route, broker->route_size, ZMQ_SNDMORE);
        zmq_send(broker->router, MESSAGES[i].bytes, MESSAGES[i].size, MESSAGES[i].more);
        if (MESSAGES[i].more)
            zmq_send(broker->router, MESSAGES[i].bytes, MESSAGES[i].size, 0);
        expect_disconnected(client, DD_E_MALFORMED, "what a broker doesn't send");
        broker_admit(broker, "a");
        expect_event(client, DD_EVENT_REGISTERED);
    }
    say_goodbye(broker, client);
}

/* How many sockets this process has, the broker's included. */
static unsigned count_sockets(void)
{
    unsigned count = 0;
    struct dirent *entry;
    char link[16];
    DIR *directory = opendir("/proc/self/fd");
    assert_non_null(directory);
    while ((entry = readdir(directory)))
        count += readlinkat(dirfd(directory), entry->d_name, link, sizeof link) > 6 &&
                 memcmp(link, "socket", 6) == 0;
    closedir(directory);
    return count;
}

/* ZeroMQ closes a connection that has ended, and what is closed isn't told of: whoever comes to
   look only then hears of it all the same, and doesn't wait for a heartbeat. */
static void test_an_end_while_nobody_looked_is_found(void **state)
{
    broker_t *broker = *state;
    broker->heartbeat = 60 * 60 * 1000;
    dd_loop_t *loop = dd_loop_new(NULL);
    dd_client_t *client = client_of(broker, "a.json");
    unsigned sockets = count_sockets();
    assert_int_equal(dd_client_set_loop(client, loop), DD_OK);
    assert_int_equal(dd_client_start(client), DD_OK);
    while (!broker_hears(broker, 1))
        assert_int_equal(dd_loop_run_once(loop, 1), DD_OK);
    broker_admit(broker, "a");
    expect_event(client, DD_EVENT_REGISTERED);
    broker_stop(broker);
    uint64_t until_us = dd_clock_us() + DEADLINE * 1000;
    while (count_sockets() > sockets) /* the listener has gone, too, but one is watched */
        assert_true(dd_clock_us() < until_us);
    expect_disconnected(client, DD_E_NETWORK, "ended the connection");
    dd_client_destroy(&client);
    dd_loop_destroy(&loop);
    broker_run(broker);
}

/* ---- Many callers ---------------------------------------------------------------------------- */

enum { CALLERS = 4, CALLS = 5000 };

typedef struct {
    dd_client_t *client;
    uint32_t refs[CALLS];
    pthread_t thread;
} caller_t;

static void *call_often(void *arg)
{
    caller_t *self = arg;
    for (uint32_t i = 0; i < CALLS; i++)
        if (dd_client_notify(self->client, "cli2", &i, sizeof i, 0, &self->refs[i]) != DD_OK)
            self->refs[i] = 0;
    return NULL;
}

static int compare_refs(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(uint32_t));
}

static void test_many_callers(void **state)
{
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    caller_t *callers = calloc(CALLERS, sizeof *callers);
    for (int i = 0; i < CALLERS; i++) {
        callers[i].client = client;
        assert_int_equal(pthread_create(&callers[i].thread, NULL, call_often, &callers[i]), 0);
    }
    uint32_t *refs = calloc(CALLERS * CALLS, sizeof *refs);
    other_t a = other_of(A_FILE);
    for (int i = 0; i < CALLERS * CALLS; i++) {
        dd_record_t record = broker_expect(broker, DD_SEND);
        assert_in_range(number_of(opened(&a, "cli1", record.payload)), 0, CALLS - 1);
        refs[i] = record.ref;
    }
    uint32_t *given = calloc(CALLERS * CALLS, sizeof *given);
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(callers[i].thread, NULL);
        memcpy(given + i * CALLS, callers[i].refs, sizeof callers[i].refs);
    }
    qsort(refs, CALLERS * CALLS, sizeof *refs, compare_refs);
    qsort(given, CALLERS * CALLS, sizeof *given, compare_refs);
    assert_memory_equal(refs, given, CALLERS * CALLS * sizeof *refs);
    for (int i = 1; i < CALLERS * CALLS; i++)
        assert_int_not_equal(refs[i], refs[i - 1]);
    free(given);
    free(refs);
    free(callers);
    other_end(&a);
    say_goodbye(broker, client);
}

/* Returns in how many frames a loop of so many calls goes out. */
static unsigned frames_for(broker_t *broker, dd_client_t *client, uint32_t notifications)
{
    unsigned before = broker->frames;
    for (uint32_t i = 0; i < notifications; i++)
        assert_int_equal(dd_client_notify(client, "cli2", &i, sizeof i, 0, NULL), DD_OK);
    read_numbers(broker, notifications);
    return broker->frames - before;
}

/* A loop of calls goes out in far fewer frames, as soon as the caller gets ahead of the client's
   thread. */
static void test_batches(void **state)
{
    enum { NOTIFICATIONS = 50000 };
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    uint64_t until_us = dd_clock_us() + DEADLINE * 1000;
    while (frames_for(broker, client, NOTIFICATIONS) > NOTIFICATIONS / 10)
        assert_true(dd_clock_us() < until_us);
    say_goodbye(broker, client);
}

/* ---- The end --------------------------------------------------------------------------------- */

static void test_destroy_in_every_state(void **state)
{
    broker_t *broker = *state;
    destroy_soon(client_of(broker, "a.json"));

    dd_client_t *client = client_of(broker, "a.json");
    assert_int_equal(dd_client_start(client), DD_OK);
    destroy_soon(client);

    client = client_of(broker, "a.json");
    assert_int_equal(dd_client_start(client), DD_OK);
    broker_expect(broker, DD_HELLO);
    destroy_soon(client);
    broker_expect(broker, DD_BYE);

    client = registered(broker);
    destroy_soon(client);
    broker_expect(broker, DD_DRAIN);
    broker_expect(broker, DD_BYE);

    client = registered(broker);
    broker_say(broker, (dd_record_t){.type = DD_ERROR, .code = DD_E_NAME_TAKEN});
    expect_event(client, DD_EVENT_CLOSED);
    destroy_soon(client);

    client = registered(broker);
    broker_stop(broker);
    expect_event(client, DD_EVENT_DISCONNECTED);
    destroy_soon(client);

    client = client_of(broker, "a.json");
    assert_int_equal(dd_client_start(client), DD_OK);
    expect_event(client, DD_EVENT_DISCONNECTED);
    destroy_soon(client);
    broker_run(broker);
}

/* Whoever has heard the broker's answer doesn't go on waiting for it: not always, on a busy
   machine, but in the end. */
static void test_destroy_ends_with_the_answer(void **state)
{
    broker_t *broker = *state;
    uint64_t until_us = dd_clock_us() + DEADLINE * 1000;
    while (say_goodbye(broker, registered(broker)) >= LEAVE)
        assert_true(dd_clock_us() < until_us);
}

/* However much is still on its way: the broker gets all of it. */
static void test_destroy_sends_the_rest(void **state)
{
    enum { NOTIFICATIONS = 20000 };
    broker_t *broker = *state;
    dd_client_t *client = registered(broker);
    for (uint32_t i = 0; i < NOTIFICATIONS; i++)
        assert_int_equal(dd_client_notify(client, "cli2", &i, sizeof i, 0, NULL), DD_OK);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, time_destroy, client), 0);
    read_numbers(broker, NOTIFICATIONS);
    broker_expect(broker, DD_DRAIN);
    broker_say(broker, (dd_record_t){.type = DD_DRAIN});
    broker_expect(broker, DD_BYE);
    broker_say(broker, (dd_record_t){.type = DD_BYE});
    pthread_join(thread, NULL);
}

/* A broker that doesn't read can't hold up the end. */
static void test_destroy_gives_up(void **state)
{
    enum { LIMIT = 1 << 20 };
    broker_t *broker = *state;
    broker->heartbeat = 60000;
    dd_client_t *client = registered_within(broker, LIMIT, 1 << 20);
    fill_all(client, LIMIT);
    destroy_soon(client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        client_test(test_comes_back),
        client_test(test_starts_before_the_broker),
        client_test(test_a_refused_key_may_be_let_in_later),
        client_test(test_a_taken_name_ends_it),
        client_test(test_last_words),
        client_test(test_silence_ends_the_connection),
        client_test(test_malformed_messages_end_the_connection),
        client_test(test_an_end_while_nobody_looked_is_found),
        client_test(test_many_callers),
        client_test(test_batches),
        client_test(test_destroy_in_every_state),
        client_test(test_destroy_ends_with_the_answer),
        client_test(test_destroy_sends_the_rest),
        client_test(test_destroy_gives_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
