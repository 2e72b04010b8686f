/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session - a session to test with, brought to where a test begins, and what came out of it
 */
#ifndef TEST_SESSION_H_INCLUDED
#define TEST_SESSION_H_INCLUDED

#include <stdio.h>
#include <stdlib.h>

#include "libdd/client/session.h"
#include "libdd/keys/box.h"
#include "tests/unit/unit.h"

#define MS 1000u
#define HEARTBEAT (2000 * MS)
#define INSTANCE 0x123456789ABC7777u
#define NEWS_MAX 256

typedef struct {
    dd_session_t *session;
    dd_endpoints_t endpoints;
    uint64_t now_us;
    dd_traffic_t *traffic;           /* of the connection; NULL if it isn't known */
    dd_event_node_t *news[NEWS_MAX]; /* emitted; all kept to the end */
    unsigned emitted;
    unsigned seen;     /* by next_news() */
    dd_frame_t *frame; /* taken from the outbox, being read */
    dd_reader_t reader;
} fixture_t;

static inline void keep(void *arg, const dd_news_t *news)
{
    fixture_t *self = arg;
    assert_true(self->emitted < NEWS_MAX);
    dd_event_node_t *node = dd_event_new(news, 0);
    assert_non_null(node);
    self->news[self->emitted++] = node;
}

static inline bool look(void *arg, dd_traffic_t *traffic)
{
    const fixture_t *self = arg;
    if (self->traffic)
        *traffic = *self->traffic;
    return self->traffic;
}

static inline uint32_t no_random(void)
{
    return 0;
}

static inline fixture_t *fixture_at(
    const char *endpoints, bool operator_key, uint64_t instance, size_t outbox)
{
    fixture_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    assert_int_equal(dd_endpoints_add(&self->endpoints, endpoints, NULL), DD_OK);
    dd_session_settings_t settings = {.name = "cli1",
        .endpoints = &self->endpoints,
        .instance = instance,
        .operator_key = operator_key,
        .outbox = outbox,
        .emit = keep,
        .look = look,
        .arg = self,
        .random = no_random};
    self->now_us = 1000 * MS;
    self->session = dd_session_new(&settings);
    assert_non_null(self->session);
    return self;
}

static inline fixture_t *fixture(bool operator_key, uint64_t instance, size_t outbox)
{
    return fixture_at("tcp://127.0.0.1:5555", operator_key, instance, outbox);
}

static inline fixture_t *client_of(const char *endpoints)
{
    return fixture_at(endpoints, false, INSTANCE, 1 << 20);
}

static inline fixture_t *client(void)
{
    return fixture(false, INSTANCE, 1 << 20);
}

static inline void finish(fixture_t *self)
{
    for (unsigned i = 0; i < self->emitted; i++) {
        dd_event_t *event = &self->news[i]->event;
        dd_event_destroy(&event);
    }
    dd_frame_free(self->frame);
    dd_session_destroy(&self->session);
    assert_null(self->session);
    free(self);
}

static inline dd_error_t ask(
    dd_session_t *session, const char *what, uint64_t now_us, uint32_t *ref)
{
    dd_record_t question = {.type = DD_INSPECT, .text = dd_bytes_of(what)};
    dd_error_t error = dd_session_ask(session, &question, now_us);
    *ref = question.ref;
    return error;
}

/* The next news, which must be of that type. */
static const dd_event_node_t *next_node(fixture_t *self, dd_event_type_t type)
{
    assert_true(self->seen < self->emitted);
    const dd_event_node_t *node = self->news[self->seen++];
    assert_int_equal(node->event.type, type);
    return node;
}

static const dd_event_t *next_news(fixture_t *self, dd_event_type_t type)
{
    return &next_node(self, type)->event;
}

static inline void no_news(const fixture_t *self)
{
    assert_int_equal(self->seen, self->emitted);
}

/* The next record that the session has put into its outbox; false if there is none. */
static inline bool take_record(fixture_t *self, dd_record_t *record)
{
    while (!self->frame || !dd_frame_more(&self->reader)) {
        dd_frame_free(self->frame);
        self->frame = dd_outbox_take(dd_session_outbox(self->session));
        if (!self->frame)
            return false;
        assert_true(dd_frame_open(&self->reader, self->frame->data, self->frame->size));
    }
    assert_int_equal(dd_frame_next(&self->reader, record), DD_OK);
    return true;
}

static inline dd_record_t sent(fixture_t *self, dd_record_type_t type)
{
    dd_record_t record;
    assert_true(take_record(self, &record));
    assert_int_equal(record.type, type);
    return record;
}

static inline void nothing_sent(fixture_t *self)
{
    dd_record_t record;
    assert_false(take_record(self, &record));
}

static inline bool bytes_are(dd_bytes_t bytes, const char *text)
{
    return dd_bytes_equal(bytes, dd_bytes_of(text));
}

/* Brings a frame of one record. */
static inline void hear(fixture_t *self, dd_record_t record)
{
    uint8_t frame[4096] = {DD_FRAME_MAGIC, DD_FRAME_VERSION};
    size_t size = dd_record_size(&record);
    assert_in_range(size, 1, sizeof frame - DD_FRAME_HEADER);
    dd_record_write(&record, frame + DD_FRAME_HEADER, size);
    dd_session_input(self->session, frame, DD_FRAME_HEADER + size, self->now_us);
}

static inline void tick_after(fixture_t *self, uint64_t us)
{
    self->now_us += us;
    dd_session_tick(self->session, self->now_us);
}

static const uint8_t BROKER_ID[DD_BROKER_ID_SIZE] = "0123456789abcdef";

static inline dd_record_t welcome(void)
{
    return (dd_record_t){.type = DD_WELCOME,
        .heartbeat = HEARTBEAT / MS,
        .limit = 1000,
        .tenant = dd_bytes_of("a"),
        .name = dd_bytes_of("cli1"),
        .id = dd_bytes(BROKER_ID, sizeof BROKER_ID),
        .source = dd_bytes_of("broker0"),
        .scope = dd_bytes_of("/1/2/3/")};
}

/* Brings a session that is to connect to where it waits for WELCOME. */
static inline void say_hello(fixture_t *self)
{
    assert_int_equal(dd_session_state(self->session), DD_SESSION_CONNECTING);
    assert_true(dd_session_wants_connection(self->session));
    dd_session_connected(self->session, self->now_us);
    sent(self, DD_HELLO);
    nothing_sent(self);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERING);
}

static inline void be_welcome(fixture_t *self, dd_record_t welcome)
{
    say_hello(self);
    hear(self, welcome);
    assert_int_equal(dd_session_state(self->session), DD_SESSION_REGISTERED);
    next_news(self, DD_EVENT_REGISTERED);
    sent(self, DD_PING);
}

static inline void be_registered(fixture_t *self)
{
    be_welcome(self, welcome());
}

/* To its broker it is a client of public. */
static inline fixture_t *registered_as_public(void)
{
    fixture_t *self = client();
    dd_record_t record = welcome();
    record.tenant = dd_bytes_of("public");
    dd_session_start(self->session);
    be_welcome(self, record);
    return self;
}

static inline fixture_t *registered(void)
{
    fixture_t *self = client();
    dd_session_start(self->session);
    be_registered(self);
    return self;
}

static inline dd_error_t inspect(fixture_t *self, uint32_t *ref)
{
    return ask(self->session, "tree", self->now_us, ref);
}

/* Ticks until all that an ended connection leaves has been told. */
static inline void end_it(fixture_t *self)
{
    assert_int_equal(dd_session_state(self->session), DD_SESSION_ENDING);
    assert_false(dd_session_wants_connection(self->session));
    assert_int_equal(dd_session_due(self->session), 0);
    while (dd_session_state(self->session) == DD_SESSION_ENDING)
        tick_after(self, 0);
}

/* The same, when the application is told of the end with that error. */
static inline void end_with(fixture_t *self, dd_error_t error)
{
    end_it(self);
    assert_int_equal(next_news(self, DD_EVENT_DISCONNECTED)->error, error);
}

/* From the pause to the next attempt; returns how long it was in ms. */
static inline uint64_t wait_for_attempt(fixture_t *self)
{
    assert_int_equal(dd_session_state(self->session), DD_SESSION_PAUSE);
    assert_false(dd_session_wants_connection(self->session));
    uint64_t due_us = dd_session_due(self->session);
    uint64_t pause_us = due_us - self->now_us;
    if (pause_us > 0) {
        tick_after(self, pause_us - 1);
        assert_int_equal(dd_session_state(self->session), DD_SESSION_PAUSE);
        tick_after(self, 1);
    } else {
        tick_after(self, 0);
    }
    assert_int_equal(dd_session_state(self->session), DD_SESSION_CONNECTING);
    return pause_us / MS;
}

/* A whole connection's end, up to the next attempt. */
static inline void lose(fixture_t *self, const char *why)
{
    dd_session_lost(self->session, DD_E_NETWORK, why);
    end_it(self);
    wait_for_attempt(self);
}

#endif
