/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_client_thread - a client's connection: lost and made again, slow sides, many callers, the
 * end
 */
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
    expect_disconnected(client, DD_E_REFUSED, "refuses this key");
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

/* ---- Slow sides ------------------------------------------------------------------------------ */

static uint32_t number_of(const void *data)
{
    uint32_t number;
    memcpy(&number, data, sizeof number);
    return number;
}

/* Notifies with numbered payloads of 1000 bytes until the outbox is full. */
static uint32_t fill_outbox(dd_client_t *client)
{
    uint8_t payload[1000] = {0};
    uint32_t sent = 0;
    for (;; sent++) {
        memcpy(payload, &sent, sizeof sent);
        dd_error_t error = dd_client_notify(client, "cli2", payload, sizeof payload, 0, NULL);
        if (error == DD_E_OUTBOX_FULL)
            return sent;
        assert_int_equal(error, DD_OK);
        assert_true(sent < 1000000);
    }
}

/* Fills the outbox and all that the network takes, which the broker doesn't read: until no room is
   made for a while. Returns how many notifications that took. */
static uint32_t fill_all(dd_client_t *client, size_t limit)
{
    uint32_t sent = 0;
    do
        sent += fill_outbox(client);
    while (dd_client_drain(client, limit / 2, 2000) == DD_OK);
    return sent;
}

/* Reads numbered notifications from the client at the broker, and checks that none is missing. */
static void read_numbers(broker_t *broker, uint32_t count)
{
    other_t a = other_of(A_FILE);
    for (uint32_t i = 0; i < count; i++) {
        dd_record_t record = broker_expect(broker, DD_SEND);
        assert_int_equal(number_of(opened(&a, "cli1", record.payload)), i);
    }
    other_end(&a);
}

/* A client of tenant a that is registered, for which no more than that waits: bytes in its outbox
   and of its events. */
static dd_client_t *registered_within(broker_t *broker, size_t outbox, size_t events)
{
    dd_client_t *self = client_of(broker, "a.json");
    assert_int_equal(dd_client_set_limits(self, outbox, events), DD_OK);
    assert_int_equal(dd_client_start(self), DD_OK);
    broker_admit(broker, "a");
    expect_event(self, DD_EVENT_REGISTERED);
    return self;
}

static void test_full_outbox(void **state)
{
    enum { LIMIT = 1 << 20 };
    broker_t *broker = *state;
    broker->heartbeat = 60000;
    dd_client_t *client = registered_within(broker, LIMIT, 1 << 20);
    uint32_t sent = fill_all(client, LIMIT);
    assert_int_equal(dd_client_drain(client, 0, 0), DD_E_TIMEOUT);
    assert_int_equal(dd_client_drain(client, 2 * LIMIT, 0), DD_OK);
    for (uint32_t i = 0; i < sent; i++)
        broker_expect(broker, DD_SEND);
    assert_int_equal(dd_client_drain(client, 0, DEADLINE), DD_OK);
    say_goodbye(broker, client);
}

enum { FLOOD = 20000, FLOOD_SIZE = 1000 };

/* Numbered notifications. */
static dd_outbox_t make_flood(void)
{
    dd_outbox_t flood;
    dd_outbox_init(&flood, SIZE_MAX / 2);
    other_t a = other_of(A_FILE);
    char text[FLOOD_SIZE + 1];
    for (uint32_t i = 0; i < FLOOD; i++) {
        snprintf(text, sizeof text, "%0*u", FLOOD_SIZE, i);
        dd_record_t record = {
            .type = DD_DATA, .source = dd_bytes_of("cli2"), .payload = sealed(&a, "cli1", text)};
        assert_int_equal(dd_outbox_append(&flood, &record), DD_OK);
    }
    other_end(&a);
    return flood;
}

/* The next notification of a flood. What ZeroMQ had no room for is offered again while it is waited
   for: the client may have read all that is on its way. */
static dd_event_t *next_of_flood(broker_t *broker, dd_client_t *client)
{
    uint64_t until_us = dd_clock_us() + DEADLINE * 1000;
    dd_event_t *event;
    do {
        broker_flush(broker);
        event = dd_client_receive(client, 10);
    } while (!event && dd_clock_us() < until_us);
    assert_event(event, DD_EVENT_NOTIFICATION);
    return event;
}

static void test_slow_application(void **state)
{
    enum { HEARTBEAT = 1000 };
    broker_t *broker = *state;
    dd_outbox_t flood = make_flood();
    broker->heartbeat = HEARTBEAT;
    dd_client_t *client = registered_within(broker, 1 << 20, 200000);
    broker->outbox = flood;
    /* It stops reading, for longer than its patience: ZeroMQ and the system hold far less than all.
     */
    uint64_t until_us = dd_clock_us() + 4 * HEARTBEAT * 1000;
    while (!broker_flush(broker) && dd_clock_us() < until_us)
        broker_hears(broker, 10); /* its PINGs go on */
    assert_false(dd_outbox_empty(&broker->outbox));
    broker->reader = (dd_reader_t){0};

    for (uint32_t i = 0; i < FLOOD; i++) {
        dd_event_t *event = next_of_flood(broker, client);
        assert_int_equal(strtoul(event->data, NULL, 10), i);
        assert_int_equal(event->size, FLOOD_SIZE);
        dd_event_destroy(&event);
    }
    assert_true(dd_outbox_empty(&broker->outbox));
    say_goodbye(broker, client);
}

/* The receiver of that SEND has it and those after it. */
static void acknowledge(
    broker_t *broker, const char *source, const dd_record_t *first, uint32_t count)
{
    uint8_t range[DD_ACK_RANGE_SIZE];
    dd_writer_t writer = dd_writer(range, sizeof range);
    dd_write_u32(&writer, first->ref);
    dd_write_u32(&writer, first->ref + count - 1);
    broker_say(broker, (dd_record_t){.type = DD_ACK,
                           .run = first->run,
                           .source = dd_bytes_of(source),
                           .payload = dd_bytes(range, sizeof range)});
}

typedef struct {
    dd_client_t *client;
    unsigned sent, drained;
    dd_error_t error;
    atomic_bool done;
} to_deaf_t;

/* Sends until there is another error than that of a full outbox. */
static void *send_to_deaf(void *arg)
{
    to_deaf_t *self = arg;
    while (self->error == DD_OK) {
        self->error = dd_client_notify(self->client, "deaf", "x", 1, 0, NULL);
        self->sent += self->error == DD_OK;
        if (self->error == DD_E_OUTBOX_FULL) {
            self->drained++;
            self->error = dd_client_drain(self->client, SIZE_MAX, DEADLINE);
        }
    }
    self->done = true;
    return NULL;
}

/* A receiver that acknowledges nothing: what goes to it ends, what goes to others doesn't, and
   nobody turns in circles meanwhile. */
static void test_a_deaf_receiver(void **state)
{
    enum { MANY = 65536 };
    broker_t *broker = *state;
    broker->heartbeat = 60000;
    to_deaf_t deaf = {.client = registered(broker)};
    pthread_t sender;
    assert_int_equal(pthread_create(&sender, NULL, send_to_deaf, &deaf), 0);
    dd_record_t first = broker_expect(broker, DD_SEND);
    while (!deaf.done)
        broker_hears(broker, 10);
    pthread_join(sender, NULL);
    assert_int_equal(deaf.error, DD_E_OVERLOADED);
    assert_int_equal(deaf.sent, MANY);
    assert_in_range(deaf.drained, 0, 2);
    assert_int_equal(dd_client_notify(deaf.client, "other", "x", 1, 0, NULL), DD_OK);
    assert_int_equal(dd_client_drain(deaf.client, 0, DEADLINE), DD_OK);
    acknowledge(broker, "deaf", &first, 1);
    dd_error_t error;
    while ((error = dd_client_notify(deaf.client, "deaf", "x", 1, 0, NULL)) == DD_E_OVERLOADED)
        broker_hears(broker, 1);
    assert_int_equal(error, DD_OK);
    destroy_soon(deaf.client);
}

/* Outcomes are waited for, but not for an application that doesn't let them be read. */
static void test_drain_waits_for_outcomes(void **state)
{
    enum { LIMIT = 256 << 20 };
    broker_t *broker = *state;
    broker->heartbeat = 60000;
    dd_client_t *client = registered_within(broker, LIMIT, 1);
    uint32_t sent = fill_outbox(client);
    assert_in_range(sent, 1000, 65536);
    assert_int_equal(dd_client_drain(client, SIZE_MAX, 0), DD_E_TIMEOUT);
    broker_say(broker,
        (dd_record_t){.type = DD_GAP, .topic = dd_bytes_of("t"), .scope = dd_bytes_of("/1/")});
    assert_int_equal(dd_client_drain(client, SIZE_MAX, DEADLINE), DD_E_OVERLOADED);
    expect_event(client, DD_EVENT_GAP);
    assert_int_equal(dd_client_drain(client, SIZE_MAX, 100), DD_E_TIMEOUT);
    dd_record_t first = broker_expect(broker, DD_SEND);
    acknowledge(broker, "cli2", &first, sent / 2);
    assert_int_equal(dd_client_drain(client, SIZE_MAX, DEADLINE), DD_OK);
    destroy_soon(client);
}

/* A broker that is heard of late, since the PINGs wait behind all that is to go through a slow
   network, isn't one that is silent. */
static void test_slow_network(void **state)
{
    enum { HEARTBEAT = 1000, RATE = 2500 };                    /* ms; bytes in a ms */
    enum { SIZE = 1000, COUNT = 5 * HEARTBEAT * RATE / SIZE }; /* for longer than the patience */
    static const uint8_t PAYLOAD[SIZE];
    broker_t *broker = *state;
    broker_narrow(broker);
    broker->heartbeat = HEARTBEAT;
    dd_client_t *client = registered_within(broker, 16 << 20, 1 << 20);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(dd_client_notify(client, "cli2", PAYLOAD, SIZE, 0, NULL), DD_OK);
    uint64_t before_us = dd_clock_us();
    for (uint64_t i = 0; i < COUNT; i++) {
        broker_expect(broker, DD_SEND);
        while (dd_clock_us() - before_us < i * SIZE * 1000 / RATE)
            poll(NULL, 0, 1);
    }
    assert_null(dd_client_receive(client, 0));
    say_goodbye(broker, client);
}

static void say_taken(broker_t *broker)
{
    broker_say(broker, (dd_record_t){.type = DD_TAKEN, .number = broker->taken});
}

/* Nothing is sent beyond the window, until the broker says that it has taken what came. */
static void test_a_window_is_kept_to(void **state)
{
    enum { WINDOW = 50000, SIZE = 1000, COUNT = 1000 };
    static const uint8_t PAYLOAD[SIZE];
    broker_t *broker = *state;
    broker->heartbeat = 60000;
    broker->window = WINDOW;
    dd_client_t *client = registered_within(broker, 16 << 20, 1 << 20);
    for (int i = 0; i < COUNT; i++)
        assert_int_equal(dd_client_notify(client, "cli2", PAYLOAD, SIZE, 0, NULL), DD_OK);
    uint64_t said = 0;
    for (int i = 0; i < COUNT; i++) {
        broker_expect(broker, DD_SEND);
        assert_true(broker->taken - said <= dd_window_most(WINDOW, DD_FRAME_TARGET));
        if (dd_frame_more(&broker->reader) || broker_hears(broker, 10))
            continue;
        assert_int_equal(dd_client_drain(client, 0, 0), i + 1 == COUNT ? DD_OK : DD_E_TIMEOUT);
        say_taken(broker);
        said = broker->taken;
    }
    broker->window = 0;
    say_goodbye(broker, client);
}

/* Whether the next frame is a PING and nothing else. */
static bool hears_ping(broker_t *broker)
{
    dd_record_t record;
    assert_true(broker_hears(broker, DEADLINE));
    assert_int_equal(dd_frame_next(&broker->reader, &record), DD_OK);
    return record.type == DD_PING && !dd_frame_more(&broker->reader);
}

/* An application that waits for room and leaves its events unread hears that this is in vain: the
   word that there is room is behind them. Its broker hears that it is there, all the while. */
static void test_drain_waits_for_no_window_that_is_not_read_of(void **state)
{
    broker_t *broker = *state;
    broker->heartbeat = 1000;
    broker->window = 50000;
    dd_client_t *client = registered_within(broker, 1 << 20, 1);
    broker_say(broker,
        (dd_record_t){.type = DD_GAP, .topic = dd_bytes_of("t"), .scope = dd_bytes_of("/1/")});
    fill_outbox(client);
    assert_int_equal(dd_client_drain(client, 0, DEADLINE), DD_E_OVERLOADED);
    for (int pings = 0; pings < 4;)
        pings += hears_ping(broker);
    broker->reader = (dd_reader_t){0};
    broker->window = 0;
    destroy_soon(client);
}

static void test_unsent_notifications_come_back(void **state)
{
    enum { LIMIT = 4 << 20 };
    broker_t *broker = *state;
    broker->heartbeat = 60000;
    /* Room for few of the errors at a time: they wait for the application. */
    dd_client_t *client = registered_within(broker, LIMIT, 10000);
    fill_all(client, LIMIT);
    broker_stop(broker);
    assert_int_equal(dd_client_drain(client, 0, -1), DD_E_NOT_CONNECTED); /* and doesn't wait */
    dd_event_t *event;
    /* First those that are known not to have left, then those that nobody acknowledged. */
    unsigned errors = 0, unknown = 0;
    uint32_t ref = 0;
    while ((event = dd_client_receive(client, DEADLINE)) && event->type == DD_EVENT_ERROR) {
        if (event->error == DD_E_UNKNOWN && unknown++ == 0)
            ref = event->ref - 1;
        assert_int_equal(event->error, unknown > 0 ? DD_E_UNKNOWN : DD_E_NOT_CONNECTED);
        assert_true(errors == 0 || (int32_t)(event->ref - ref) > 0);
        ref = event->ref;
        errors += event->error == DD_E_NOT_CONNECTED;
        dd_event_destroy(&event);
    }
    assert_true(unknown > 0);
    assert_int_equal(event->type, DD_EVENT_DISCONNECTED);
    dd_event_destroy(&event);
    assert_in_range(errors, LIMIT / 2 / 1100, LIMIT / 1000);
    dd_client_destroy(&client);
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
        client_test(test_full_outbox),
        client_test(test_a_deaf_receiver),
        client_test(test_drain_waits_for_outcomes),
        client_test(test_slow_application),
        client_test(test_slow_network),
        client_test(test_a_window_is_kept_to),
        client_test(test_drain_waits_for_no_window_that_is_not_read_of),
        client_test(test_unsent_notifications_come_back),
        client_test(test_many_callers),
        client_test(test_batches),
        client_test(test_destroy_in_every_state),
        client_test(test_destroy_ends_with_the_answer),
        client_test(test_destroy_sends_the_rest),
        client_test(test_destroy_gives_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
