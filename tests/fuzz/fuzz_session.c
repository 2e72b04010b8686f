/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz_session - a client's session under any order of calls, with any frames from the broker
 *
 * The input is a list of steps, each a byte that says which and a byte of argument. A frame's
 * argument is its length; its bytes follow, without the frame header.
 */
#include "libdd/client/session.h"
#include "tests/fuzz/fuzz.h"

/* Small, so that it fills up. */
#define OUTBOX 4096

typedef struct {
    dd_session_t *session;
    uint64_t now_us;
    bool leaves;
    bool silent; /* it has left: nothing may be emitted */
} fuzz_t;

/* Makes an event of it, as the client would. */
static void keep(void *arg, const dd_news_t *news)
{
    const fuzz_t *self = arg;
    check(!self->silent);
    check(news->type >= DD_EVENT_REGISTERED && news->type <= DD_EVENT_REPLY);
    dd_event_node_t *node = dd_event_new(news, 0);
    dd_event_t *event = node ? &node->event : NULL;
    dd_event_destroy(&event);
}

static uint32_t no_random(void)
{
    return 0;
}

/* Sends what is in the outbox, all of which must be records. */
static void flush(fuzz_t *self)
{
    dd_frame_t *frame;
    while ((frame = dd_outbox_take(dd_session_outbox(self->session)))) {
        dd_reader_t reader;
        dd_record_t record;
        check(dd_frame_open(&reader, frame->data, frame->size));
        while (dd_frame_more(&reader))
            check(dd_frame_next(&reader, &record) == DD_OK);
        dd_frame_free(frame);
    }
}

static void hear(fuzz_t *self, dd_bytes_t records)
{
    uint8_t *frame = malloc(DD_FRAME_HEADER + records.size);
    check(frame != NULL);
    frame[0] = DD_FRAME_MAGIC;
    frame[1] = DD_FRAME_VERSION;
    if (records.size > 0)
        memcpy(frame + DD_FRAME_HEADER, records.data, records.size);
    dd_session_input(self->session, frame, DD_FRAME_HEADER + records.size, self->now_us);
    free(frame);
}

static void send(fuzz_t *self, uint8_t argument)
{
    static const uint8_t PAYLOAD[UINT8_MAX];
    dd_record_t record = {.type = argument & 1 ? DD_SEND : DD_PUBLISH,
        .flags = argument & 2 ? DD_FLAG_RECEIPT : 0,
        .destination = dd_bytes_of("cli2"),
        .topic = dd_bytes_of("alarms"),
        .payload = dd_bytes(PAYLOAD, argument)};
    if (argument & 4 && record.type == DD_SEND)
        dd_session_request(self->session, &record, self->now_us + argument, (dd_handler_t){0});
    else
        dd_session_send(self->session, &record, false);
}

static void subscribe(fuzz_t *self, uint8_t argument)
{
    static const char *const SCOPES[] = {"all", "region", "node", "noscope", "/1/*/", "nowhere"};
    char topic[] = {(char)('a' + argument % 8), '\0'};
    const char *scope = SCOPES[argument / 8 % (sizeof SCOPES / sizeof *SCOPES)];
    if (argument & 0x80)
        dd_session_unsubscribe(self->session, topic, scope);
    else
        dd_session_subscribe(self->session, topic, scope);
}

static void ask(fuzz_t *self)
{
    dd_record_t question = {.type = DD_INSPECT, .text = dd_bytes_of("tree")};
    dd_session_ask(self->session, &question, self->now_us);
}

/* One step; `rest` moves past what it takes. */
static void step(fuzz_t *self, uint8_t which, uint8_t argument, dd_reader_t *rest)
{
    switch (which % 12) {
    case 0:
    case 1:
        hear(self, dd_read_bytes(rest, argument));
        break;
    case 2:
        self->now_us += (uint64_t)argument * argument * 1000;
        dd_session_tick(self->session, self->now_us);
        break;
    case 3:
        dd_session_start(self->session);
        break;
    case 4:
        dd_session_connected(self->session, self->now_us);
        break;
    case 5:
        dd_session_lost(self->session, DD_E_NETWORK, "gone");
        break;
    case 6:
        send(self, argument);
        break;
    case 7:
        subscribe(self, argument);
        break;
    case 8:
        ask(self);
        break;
    case 9:
        flush(self);
        break;
    case 10:
        dd_session_receipt(self->session, argument, dd_bytes_of("cli2"));
        dd_session_unreadable(self->session, argument, dd_bytes_of("cli3"));
        if (argument % 2)
            dd_session_unheard(self->session, self->now_us);
        break;
    default:
        if (argument == 'L') {
            dd_session_leave(self->session, self->now_us, self->now_us);
            self->leaves = true;
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_t self = {.now_us = 1000000};
    static const dd_endpoints_t ENDPOINTS = {.count = 1, .items = {"tcp://127.0.0.1:5555"}};
    dd_session_settings_t settings = {.name = "cli1",
        .endpoints = &ENDPOINTS,
        .instance = 0x123456789ABC0000,
        .outbox = OUTBOX,
        .emit = keep,
        .arg = &self,
        .random = no_random};
    self.session = dd_session_new(&settings);
    check(self.session != NULL);
    dd_reader_t reader = dd_reader(data, size);
    while (dd_reader_left(&reader) >= 2 && !reader.failed) {
        uint8_t which = dd_read_u8(&reader);
        step(&self, which, dd_read_u8(&reader), &reader);
        check(dd_session_state(self.session) <= DD_SESSION_CLOSED);
        /* Until then it takes what is on its way, and acknowledges it. */
        self.silent = self.leaves && dd_session_state(self.session) == DD_SESSION_CLOSED;
        check(
            dd_session_outbox(self.session)->bytes <= OUTBOX + DD_OUTBOX_RESERVE + DD_FRAME_TARGET);
    }
    flush(&self);
    dd_session_destroy(&self.session);
    return 0;
}
