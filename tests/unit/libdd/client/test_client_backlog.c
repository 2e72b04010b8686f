/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_client_backlog - a client whose network, application, or receivers are slow
 */
#include "tests/unit/libdd/client.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        client_test(test_full_outbox),
        client_test(test_a_deaf_receiver),
        client_test(test_drain_waits_for_outcomes),
        client_test(test_slow_application),
        client_test(test_slow_network),
        client_test(test_a_window_is_kept_to),
        client_test(test_drain_waits_for_no_window_that_is_not_read_of),
        client_test(test_unsent_notifications_come_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
