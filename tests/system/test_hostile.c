/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_hostile - bytes that no client sends: each ends one connection, and nobody else notices
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "curve.h"
#include "raw.h"
#include "scene.h"

/* Connections that are left open in the middle of their handshake. */
#define HALVES 40
/* Frames of one message, where one is right. */
#define FRAMES_MANY 5000

/* ---- Without a key ------------------------------------------------------------------------ */

/* Whether the broker has closed the connection; what it says before is passed over. */
static bool is_closed(void *arg)
{
    char bytes[256];
    ssize_t size;
    while ((size = recv(*(int *)arg, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        ;
    return size == 0 || errno != EAGAIN;
}

#define BYTES(text) text, sizeof(text) - 1
/* ZMTP 3.0: signature, version, mechanism in 20 bytes, as-server, filler. */
#define SIGNATURE "\xff\0\0\0\0\0\0\0\x01\x7f"
#define REST(mechanism) "\x03\0" mechanism "\0" FILLER
#define FILLER "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define CURVE "CURVE\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
#define NOTHING "NULL\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

static const struct {
    const char *bytes;
    size_t size;
} GARBAGE[] = {
    {BYTES("")}, {BYTES("\xff")}, {BYTES(SIGNATURE)},
    {BYTES("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")},
    {BYTES("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03 a TLS hello, more or less")},
    {BYTES("\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")},
    {BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")},
    {BYTES("\x01\0\x05hello")},                               /* ZMTP 1.0 */
    {BYTES(SIGNATURE "\x01\x05\0\x05hello")},                 /* ZMTP 2.0 */
    {BYTES(SIGNATURE REST(NOTHING))},                         /* no security */
    {BYTES(SIGNATURE REST(NOTHING) "\x04\x05\x05READY")},     /* and ready */
    {BYTES(SIGNATURE REST(CURVE))},                           /* and no more */
    {BYTES(SIGNATURE REST(CURVE) "\x04\x05\x05HELLO")},       /* without what belongs to it */
    {BYTES(SIGNATURE REST(CURVE) "\x04\x05\x05READY")},       /* out of turn */
    {BYTES(SIGNATURE REST(CURVE) "\x04\xff\x05HELLO\x01\0")}, /* cut short */
    {BYTES(SIGNATURE REST(CURVE) "\x06\x7f\xff\xff\xff\xff\xff\xff\xff")}, /* a huge command */
    {BYTES(SIGNATURE REST(CURVE) "\0\x02hi")}, /* a message before the end */
};

/* The broker closes all of them, those that just stand still after some seconds. */
static void strangers_are_shown_the_door(void **state)
{
    int strangers[COUNT(GARBAGE)];
    harness_t *self = *state;
    program_t *broker = broker_start(self, "broker0", NULL, NULL, NULL);
    client_t *good = client_open(self, "broker0", "a", "good");
    for (size_t i = 0; i < COUNT(GARBAGE); i++) {
        strangers[i] = harness_connect(harness_endpoint(self, "broker0"));
        ssize_t sent = send(strangers[i], GARBAGE[i].bytes, GARBAGE[i].size, MSG_NOSIGNAL);
        assert_int_equal(sent, GARBAGE[i].size);
        client_deliver(good, good, "hi");
    }
    for (size_t i = 0; i < COUNT(GARBAGE); i++) {
        if (!wait_until(is_closed, &strangers[i], HARNESS_DEADLINE))
            fail_msg("stranger %zu is still connected", i);
        close(strangers[i]);
    }
    client_deliver(good, good, "hi");
    assert_int_equal(program_wait(broker, 0), -1);
}

/* Half handshakes don't keep others from coming in. */
static void half_handshakes_hold_nobody_up(void **state)
{
    int halves[HALVES];
    harness_t *self = *state;
    broker_start(self, "broker0", NULL, NULL, NULL);
    for (size_t i = 0; i < HALVES; i++) {
        static const char HALF[] = SIGNATURE REST(CURVE);
        halves[i] = harness_connect(harness_endpoint(self, "broker0"));
        assert_true(send(halves[i], HALF, i % sizeof HALF, MSG_NOSIGNAL) >= 0);
    }
    client_t *good = client_open(self, "broker0", "a", "good");
    client_deliver(good, good, "hi");
    for (size_t i = 0; i < HALVES; i++)
        close(halves[i]);
    client_deliver(good, good, "hi");
}

/* ---- With a tenant's key ------------------------------------------------------------------ */

static const struct {
    const char *bytes;
    size_t size;
} FRAMES[] = {
    {BYTES("")}, {BYTES("\xdd")}, {BYTES("\xdd\x05")}, /* no record */
    {BYTES("\xdd\x06\x02\0\0\0\x34\0")},               /* another version */
    {BYTES("\x05\xdd\x02\0\0\0\x34\0")},               /* another protocol */
    {BYTES("\xdd\x05\0\0\0\0")},                       /* a record without a type */
    {BYTES("\xdd\x05\x02\0\0\0\x05")},                 /* cut short */
    {BYTES("\xdd\x05\xff\xff\xff\xff\x05\0")},         /* longer than anything */
    {BYTES("\xdd\x05\x0a\0\0\0\x05\0\x01\x02")},       /* longer than the frame */
    {BYTES("\xdd\x05\x02\0\0\0\x05\0")},               /* PING without its number */
    {BYTES("\xdd\x05\x02\0\0\0\xc8\0")},               /* a type that isn't known */
    {BYTES("\xdd\x05\x07\0\0\0\x10\0\x01\0\0\0\xff")}, /* SEND with a name beyond its end */
    {BYTES("\xdd\x05\x02\0\0\0\xc8\x80\xff")},         /* something optional, then garbage */
};

/* Registered or not: such a frame ends who sent it, and is counted as what it is. */
static void malformed_frames_end_their_sender(void **state)
{
    harness_t *self = *state;
    broker_start(self, "broker0", NULL, NULL, NULL);
    client_t *good = client_open(self, "broker0", "a", "good");
    for (size_t i = 0; i < 2 * COUNT(FRAMES); i++) {
        dd_record_t answer;
        raw_t *bad =
            i % 2 ? raw_open(self, "broker0", "a") : raw_register(self, "broker0", "a", "bad");
        assert_true(raw_send(bad, FRAMES[i / 2].bytes, FRAMES[i / 2].size, false));
        raw_await(bad, DD_ERROR, &answer);
        if (answer.code != DD_E_MALFORMED || answer.ref != 0)
            fail_msg("frame %zu: error %u", i / 2, answer.code);
        client_deliver(good, good, "hi");
        raw_close(&bad);
    }
}

/* What is marked as optional is passed over, however much of it there is. */
static void optional_records_are_passed_over(void **state)
{
    static const uint8_t OPTIONAL[] = {2, 0, 0, 0, 200, DD_FLAG_OPTIONAL};
    static uint8_t frame[DD_FRAME_HEADER + 5000 * sizeof OPTIONAL] = {
        DD_FRAME_MAGIC, DD_FRAME_VERSION};
    harness_t *self = *state;
    broker_start(self, "broker0", NULL, NULL, NULL);
    raw_t *odd = raw_register(self, "broker0", "a", "odd");
    for (size_t at = DD_FRAME_HEADER; at < sizeof frame; at += sizeof OPTIONAL)
        memcpy(frame + at, OPTIONAL, sizeof OPTIONAL);
    assert_true(raw_send(odd, frame, sizeof frame, false));
    dd_record_t answer;
    raw_say(odd, &(dd_record_t){.type = DD_PING, .number = 77});
    assert_true(raw_hear(odd, &answer, HARNESS_DEADLINE));
    assert_int_equal(answer.type, DD_PONG);
    assert_int_equal(answer.number, 77);
    raw_close(&odd);
}

/* A message of very many frames is one peer's error and nobody else's burden. */
static void too_many_frames_end_one_peer(void **state)
{
    harness_t *self = *state;
    program_t *broker = broker_start(self, "broker0", NULL, NULL, "-l", "info", NULL);
    client_t *good = client_open(self, "broker0", "a", "good");
    raw_t *bad = raw_register(self, "broker0", "b", "bad");
    for (int i = 0; i < FRAMES_MANY; i++)
        assert_true(raw_send(bad, BYTES("\xdd\x05\x02\0\0\0\x34\0"), i < FRAMES_MANY - 1));
    dd_record_t answer;
    raw_await(bad, DD_ERROR, &answer);
    assert_int_equal(answer.code, DD_E_MALFORMED);
    assert_true(program_expect(broker, "none of its protocol", HARNESS_DEADLINE));
    client_deliver(good, good, "hi");
    raw_close(&bad);
}

/* Sends more of a message that never ends: a condition for wait_until(), that this was stopped. */
static bool is_stopped(void *curve)
{
    static const uint8_t part[32 * 1024];
    for (int i = 0; i < 32; i++)
        if (!curve_send(curve, part, sizeof part, true))
            return true;
    return false;
}

/* Where a broker listens besides its port, and where its peers of a test come in. */
typedef struct {
    const char *ipc, *endpoint;
} place_t;

static place_t place_of(harness_t *self, bool ipc)
{
    static char text[512];
    snprintf(text, sizeof text, "ipc://%s", harness_path(self, "broker0.ipc"));
    return (place_t){text, ipc ? text : harness_reserve(self, "broker0")};
}

/* ZeroMQ keeps all frames of a message until the last one has come. */
static void cut_messages_without_end(harness_t *self, bool ipc)
{
    place_t place = place_of(self, ipc);
    program_t *broker = broker_start(
        self, "broker0", NULL, NULL, "--payload-max", "1k", "-l", "info", "-r", place.ipc, NULL);
    client_t *good = client_open(self, "broker0", "a", "good");
    curve_t *stranger = curve_open_at(self, place.endpoint, "b");
    assert_true(wait_until(is_stopped, stranger, HARNESS_DEADLINE));
    assert_true(program_expect(broker, "cut a connection: it sends too much", HARNESS_DEADLINE));

    curve_t *registered = curve_open_at(self, place.endpoint, "b");
    dd_record_t hello = {.type = DD_HELLO, .number = 1, .name = dd_bytes_of("bad")};
    uint8_t frame[RAW_FRAME_MAX];
    size_t size = raw_frame(&hello, frame);
    assert_true(curve_send(registered, frame, size, false));
    assert_true(program_expect(broker, "client b.bad registered", HARNESS_DEADLINE));
    assert_true(wait_until(is_stopped, registered, HARNESS_DEADLINE));
    assert_true(program_expect(broker, "cut client b.bad: it doesn't keep", HARNESS_DEADLINE));
    client_deliver(good, good, "hi");
    curve_close(&stranger);
    curve_close(&registered);
}

/* Properties of one letter and no value, each of which takes ZeroMQ hundreds of bytes. */
static dd_bytes_t many_properties(void)
{
    static uint8_t bytes[8 * 4096];
    for (unsigned i = 0; i < sizeof bytes / 8; i++)
        memcpy(bytes + 8 * i,
            (uint8_t[]){3, 'A' + i / 4096 % 16, 'A' + i / 64 % 64, 'A' + i % 64, 0, 0, 0, 0}, 8);
    return dd_bytes(bytes, sizeof bytes);
}

/* What a peer tells of itself in its handshake ZeroMQ keeps as long as the connection lives. */
static void large_handshakes_are_cut(void **state)
{
    harness_t *self = *state;
    program_t *broker = broker_start(self, "broker0", NULL, NULL, "-l", "info", NULL);
    client_t *good = client_open(self, "broker0", "a", "good");
    curve_t *large =
        curve_open_with(self, harness_endpoint(self, "broker0"), "b", many_properties());
    dd_record_t hello = {.type = DD_HELLO, .number = 1, .name = dd_bytes_of("large")};
    uint8_t frame[RAW_FRAME_MAX];
    curve_send(large, frame, raw_frame(&hello, frame), false);
    assert_true(wait_until(curve_is_over, large, HARNESS_DEADLINE));
    client_deliver(good, good, "hi");
    assert_false(program_said(broker, "client b.large registered"));
    curve_close(&large);
}

static void messages_without_end_are_cut(void **state)
{
    cut_messages_without_end(*state, false);
}

static void messages_without_end_are_cut_at_ipc(void **state)
{
    cut_messages_without_end(*state, true);
}

/* Of what all may have on their way to a broker, one tenant has a part, however many connections it
   spreads that over, none of which sends more than it may. */
static void pieces_of_messages_leave_others_room(void **state)
{
    enum { MANY = 8, PIECES = 8, PIECE_SIZE = 32 << 10 };
    static const uint8_t piece[PIECE_SIZE];
    static char large[100000];
    harness_t *self = *state;
    program_t *broker = broker_start(self, "broker0", NULL, NULL, "-l", "info", "--input-max", "1M",
        "--payload-max", "200k", NULL);
    client_t *good = client_open(self, "broker0", "a", "good");
    curve_t *bad[MANY];
    for (unsigned i = 0; i < MANY; i++) {
        dd_record_t hello = {.type = DD_HELLO, .number = i << 20, .name = dd_bytes_of("auto")};
        uint8_t frame[RAW_FRAME_MAX];
        bad[i] = curve_open(self, "broker0", "b");
        assert_true(curve_send(bad[i], frame, raw_frame(&hello, frame), false));
    }
    for (int i = 0; i < MANY; i++)
        for (int sent = 0; sent < PIECES && curve_send(bad[i], piece, PIECE_SIZE, true); sent++)
            ;
    assert_true(program_expect(broker, ": its tenant has too much on its way", HARNESS_DEADLINE));
    memset(large, 'x', sizeof large - 1);
    client_deliver(good, good, large);
    for (int i = 0; i < MANY; i++)
        curve_close(&bad[i]);
}

/* A key is no licence to hold connections: one that says nothing, and one that doesn't leave after
   it was ended, are cut. */
static void idle_connections_are_cut(void **state)
{
    harness_t *self = *state;
    broker_start(self, "broker0", NULL, NULL, "--heartbeat", "1s", NULL);
    client_t *good = client_open(self, "broker0", "a", "good");
    raw_t *silent = raw_open(self, "broker0", "b");
    raw_t *ended = raw_open(self, "broker0", "b");
    assert_true(raw_send(ended, BYTES("nonsense"), false));
    dd_record_t answer;
    raw_await(ended, DD_ERROR, &answer);
    assert_int_equal(answer.code, DD_E_MALFORMED);
    assert_true(wait_until(raw_is_lost, ended, HARNESS_DEADLINE));
    assert_true(wait_until(raw_is_lost, silent, HARNESS_DEADLINE));
    client_deliver(good, good, "hi");
    raw_close(&silent);
    raw_close(&ended);
}

/* ---- Sizes -------------------------------------------------------------------------------- */

/* A frame with one notification to good that has that many bytes of payload. */
static uint8_t *large_frame(size_t payload, size_t *size)
{
    uint8_t *bytes = calloc(1, payload);
    assert_non_null(bytes);
    dd_record_t record = {.type = DD_SEND,
        .ref = 9,
        .destination = dd_bytes_of("nobody"),
        .payload = dd_bytes(bytes, payload)};
    *size = DD_FRAME_HEADER + dd_record_size(&record);
    uint8_t *frame = calloc(1, *size);
    assert_non_null(frame);
    frame[0] = DD_FRAME_MAGIC;
    frame[1] = DD_FRAME_VERSION;
    dd_record_write(&record, frame + DD_FRAME_HEADER, *size - DD_FRAME_HEADER);
    free(bytes);
    return frame;
}

/* The error that a notification of that size to nobody gets. */
static dd_error_t send_large(raw_t *self, size_t payload)
{
    size_t size;
    dd_record_t answer;
    uint8_t *frame = large_frame(payload, &size);
    assert_true(raw_send(self, frame, size, false));
    free(frame);
    raw_await(self, DD_ERROR, &answer);
    return (dd_error_t)answer.code;
}

static void payloads_have_a_largest_size(void **state)
{
    harness_t *self = *state;
    broker_start(self, "broker0", NULL, NULL, "--payload-max", "64k", NULL);
    raw_t *large = raw_register(self, "broker0", "a", "large");
    assert_int_equal(send_large(large, 64 << 10), DD_E_NO_DESTINATION);
    assert_int_equal(send_large(large, (64 << 10) + 1), DD_E_TOO_LARGE);
    assert_int_equal(send_large(large, 1), DD_E_NO_DESTINATION);
    raw_close(&large);
}

/* What is larger than any frame can be isn't even taken in: the connection ends. */
static void frames_beyond_all_measure_end_the_connection(void **state)
{
    harness_t *self = *state;
    program_t *broker =
        broker_start(self, "broker0", NULL, NULL, "-l", "info", "--payload-max", "64k", NULL);
    client_t *good = client_open(self, "broker0", "a", "good");
    raw_t *huge = raw_register(self, "broker0", "a", "huge");
    size_t size;
    uint8_t *frame = large_frame(4 << 20, &size);
    assert_true(raw_send(huge, frame, size, false));
    assert_true(program_expect(broker, "client a.huge is gone", HARNESS_DEADLINE));
    client_deliver(good, good, "hi");
    free(frame);
    raw_close(&huge);
}

/* ---- Somebody who doesn't listen ---------------------------------------------------------- */

static bool is_ended(void *arg)
{
    return program_said(arg, "client a.deaf ended: it doesn't read what it is told");
}

/* Who asks without end and never reads an answer is ended before that costs much. */
static void who_asks_and_never_listens_is_ended(void **state)
{
    static uint8_t frame[32 << 10] = {DD_FRAME_MAGIC, DD_FRAME_VERSION};
    harness_t *self = *state;
    program_t *broker = broker_start(self, "broker0", NULL, NULL, "-l", "info", "--payload-max",
        "1k", "--client-outbox", "64k", NULL);
    client_t *good = client_open(self, "broker0", "a", "good");
    raw_t *deaf = raw_register(self, "broker0", "a", "deaf");
    const dd_record_t ping = {.type = DD_PING};
    size_t size = dd_record_size(&ping), at = DD_FRAME_HEADER;
    for (; at + size <= sizeof frame; at += size)
        dd_record_write(&ping, frame + at, size);
    for (int sent = 0; !is_ended(broker); sent++) {
        assert_in_range(sent, 0, 5000);
        assert_true(raw_send(deaf, frame, at, false));
        client_deliver(good, good, "hi");
    }
    client_deliver(good, good, "hi");
    raw_close(&deaf);
}

/* ---- More than the broker can take --------------------------------------------------------- */

/* Each frame takes the broker about a ms, since all who publish get everything. */
#define PUBLISHERS 40
#define PUBLICATIONS 150

static bool curve_say(curve_t *self, const dd_record_t *record)
{
    uint8_t frame[RAW_FRAME_MAX];
    return curve_send(self, frame, raw_frame(record, frame), false);
}

/* Sends until nothing is read any more, with ZeroMQ's own signs of life in between. */
static void publish_without_end(curve_t *self)
{
    static uint8_t frame[32 << 10] = {DD_FRAME_MAGIC, DD_FRAME_VERSION};
    const dd_record_t record = {
        .type = DD_PUBLISH, .topic = dd_bytes_of("t"), .payload = dd_bytes_of("of some length")};
    size_t at = DD_FRAME_HEADER, size = dd_record_size(&record);
    for (int i = 0; i < PUBLICATIONS; i++, at += size)
        dd_record_write(&record, frame + at, size);
    while (!curve_is_full(self) && curve_send(self, frame, at, false) && curve_ping(self))
        ;
}

/* Connections that are reset while ZeroMQ doesn't read from them: it aborts when it comes to answer
   what it has read. */
static void reset_under_overload(harness_t *self, bool ipc)
{
    place_t place = place_of(self, ipc);
    program_t *broker =
        broker_start(self, "broker0", NULL, NULL, "--heartbeat", "100ms", "-r", place.ipc, NULL);
    curve_t *publishers[PUBLISHERS];
    for (size_t i = 0; i < PUBLISHERS; i++)
        publishers[i] = curve_open_at(self, place.endpoint, "b");
    for (size_t i = 0; i < PUBLISHERS; i++) {
        const dd_record_t hello = {
            .type = DD_HELLO, .number = i << 20, .name = dd_bytes_of("auto")};
        const dd_record_t subscribe = {
            .type = DD_SUBSCRIBE, .topic = dd_bytes_of("t"), .scope = dd_bytes_of("all")};
        /* Unless it was cut, since its turn here came too late. */
        if (curve_say(publishers[i], &hello) && curve_say(publishers[i], &subscribe))
            publish_without_end(publishers[i]);
    }
    for (size_t i = 0; i < PUBLISHERS; i++)
        curve_reset(&publishers[i]);
    client_open(self, "broker0", "a", "good");
    assert_int_equal(program_wait(broker, 0), -1);
}

static void resets_under_overload(void **state)
{
    reset_under_overload(*state, false);
}

static void resets_under_overload_at_ipc(void **state)
{
    reset_under_overload(*state, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(strangers_are_shown_the_door),
        SCENE(half_handshakes_hold_nobody_up),
        SCENE(malformed_frames_end_their_sender),
        SCENE(optional_records_are_passed_over),
        SCENE(too_many_frames_end_one_peer),
        SCENE(messages_without_end_are_cut),
        SCENE(large_handshakes_are_cut),
        SCENE(messages_without_end_are_cut_at_ipc),
        SCENE(pieces_of_messages_leave_others_room),
        SCENE(idle_connections_are_cut),
        SCENE(payloads_have_a_largest_size),
        SCENE(frames_beyond_all_measure_end_the_connection),
        SCENE(who_asks_and_never_listens_is_ended),
        SCENE(resets_under_overload),
        SCENE(resets_under_overload_at_ipc),
    };
    return cmocka_run_group_tests_name("hostile", tests, NULL, NULL);
}
