/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client - clients to test with, at a scripted broker
 */
#ifndef TEST_CLIENT_H_INCLUDED
#define TEST_CLIENT_H_INCLUDED

#include <poll.h>

#include "broker.h"

/* A client of the tenant whose key file that is, not yet started. */
static inline dd_client_t *client_of(broker_t *broker, const char *keys)
{
    dd_problem_t problem = {0};
    dd_client_t *self = dd_client_new(broker->endpoint, path_of(broker, keys), "cli1", &problem);
    assert_string_equal(problem.text, "");
    assert_non_null(self);
    return self;
}

/* There is one, of that type. One of another type says why it came. */
static inline void assert_event(const dd_event_t *event, dd_event_type_t type)
{
    assert_non_null(event);
    if (event->type != type)
        print_error("event of type %d: %s\n", (int)event->type, event->text ? event->text : "");
    assert_int_equal(event->type, type);
}

/* The next event, which must be of that type. */
static inline dd_event_t *next_event(dd_client_t *client, dd_event_type_t type)
{
    dd_event_t *event = dd_client_receive(client, DEADLINE);
    assert_event(event, type);
    return event;
}

static inline void expect_event(dd_client_t *client, dd_event_type_t type)
{
    dd_event_t *event = next_event(client, type);
    dd_event_destroy(&event);
    assert_null(event);
}

/* A client of tenant a that is registered. */
static inline dd_client_t *registered(broker_t *broker)
{
    dd_client_t *self = client_of(broker, "a.json");
    assert_int_equal(dd_client_start(self), DD_OK);
    broker_admit(broker, "a");
    expect_event(self, DD_EVENT_REGISTERED);
    return self;
}

static inline bool is_readable(int fd)
{
    struct pollfd item = {.fd = fd, .events = POLLIN};
    return poll(&item, 1, 0) == 1;
}

/* Somebody else's view of payloads: the box of a key file. */
typedef struct {
    dd_keyring_t *keyring;
    dd_box_t *box;
} other_t;

static inline other_t other_of(const char *file)
{
    other_t self = {.keyring = dd_keyring_parse("test.json", file, strlen(file), NULL)};
    assert_non_null(self.keyring);
    self.box = dd_box_new(self.keyring);
    assert_non_null(self.box);
    return self;
}

static inline void other_end(other_t *self)
{
    dd_box_destroy(&self->box);
    dd_keyring_destroy(&self->keyring);
}

/* What a payload says to one who is shown that source. Valid until the next call. */
static inline const char *opened(const other_t *self, const char *source, dd_bytes_t sealed)
{
    static char text[4096];
    assert_in_range(sealed.size, DD_BOX_OVERHEAD, sizeof text);
    const dd_box_key_t *key = dd_box_peer(self->box, dd_bytes_of(source));
    assert_int_equal(dd_box_open(self->box, key, sealed, (uint8_t *)text), DD_OK);
    text[sealed.size - DD_BOX_OVERHEAD] = '\0';
    return text;
}

/* A payload for whom that one knows as `destination`. Valid until the next call. */
static inline dd_bytes_t sealed(const other_t *self, const char *destination, const char *text)
{
    static uint8_t room[4096];
    size_t size = strlen(text);
    assert_in_range(size, 0, sizeof room - DD_BOX_OVERHEAD);
    dd_box_seal(self->box, dd_box_peer(self->box, dd_bytes_of(destination)), text, size, room);
    return dd_bytes(room, size + DD_BOX_OVERHEAD);
}

static inline int broker_setup(void **state)
{
    *state = broker_new();
    return 0;
}

static inline int broker_teardown(void **state)
{
    broker_destroy(*state);
    return 0;
}

/* Destroys a client, on any thread; returns how many ms that took. */
static inline void *time_destroy(void *client)
{
    dd_client_t *self = client;
    uint64_t before_us = dd_clock_us();
    dd_client_destroy(&self);
    return (void *)(uintptr_t)((dd_clock_us() - before_us) / 1000);
}

/* ms that a client waits for the answer to its leave. */
#define LEAVE 1000

/* The same, and it must not wait for what may take for ever. */
static inline void destroy_soon(dd_client_t *client)
{
    assert_in_range((uintptr_t)time_destroy(client), 0, DEADLINE);
}

/* A registered client takes leave of the broker, in a thread. Returns what that returns. */
static inline void *take_leave(broker_t *broker, dd_client_t *client, void *(*leave)(void *client))
{
    pthread_t thread;
    void *result;
    assert_int_equal(pthread_create(&thread, NULL, leave, client), 0);
    for (uint8_t type; (type = broker_next(broker).type) != DD_BYE;)
        if (type == DD_DRAIN)
            broker_say(broker, (dd_record_t){.type = DD_DRAIN});
    broker_say(broker, (dd_record_t){.type = DD_BYE});
    assert_int_equal(pthread_join(thread, &result), 0);
    return result;
}

/* Destroys it. Returns how many ms that took. */
static inline uintptr_t say_goodbye(broker_t *broker, dd_client_t *client)
{
    return (uintptr_t)take_leave(broker, client, time_destroy);
}

static inline uint32_t number_of(const void *data)
{
    uint32_t number;
    memcpy(&number, data, sizeof number);
    return number;
}

/* Notifies with numbered payloads of 1000 bytes until the outbox is full. */
static inline uint32_t fill_outbox(dd_client_t *client)
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
static inline uint32_t fill_all(dd_client_t *client, size_t limit)
{
    uint32_t sent = 0;
    do
        sent += fill_outbox(client);
    while (dd_client_drain(client, limit / 2, 2000) == DD_OK);
    return sent;
}

/* Reads numbered notifications from the client at the broker, and checks that none is missing. */
static inline void read_numbers(broker_t *broker, uint32_t count)
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
static inline dd_client_t *registered_within(broker_t *broker, size_t outbox, size_t events)
{
    dd_client_t *self = client_of(broker, "a.json");
    assert_int_equal(dd_client_set_limits(self, outbox, events), DD_OK);
    assert_int_equal(dd_client_start(self), DD_OK);
    broker_admit(broker, "a");
    expect_event(self, DD_EVENT_REGISTERED);
    return self;
}

/* A test with a broker of its own. */
#define client_test(function)                                                                      \
    cmocka_unit_test_setup_teardown(function, broker_setup, broker_teardown)

#endif
