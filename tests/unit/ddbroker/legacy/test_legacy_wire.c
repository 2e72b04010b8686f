/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_legacy_wire - messages of protocols 3 and 4, read and written
 */
#include <stdio.h>

#include <sodium.h>

#include "ddbroker/legacy/legacy_login.h"
#include "ddbroker/legacy/legacy_wire.h"
#include "libdd/protocol/scope.h"
#include "tests/unit/libdd/keys.h"
#include "tests/unit/unit.h"

/* Frames as literals: a payload that could be one, a cookie, the versions and some commands. */
#define V3 "\x03\x00\x0d\x0d"
#define V4 "\x04\x00\x0d\x0d"
#define COMMAND(number) number "\x00\x00\x00"
#define COOKIE "\x01\x02\x03\x04\x05\x06\x07\x08"
#define COOKIE_NUMBER 0x0807060504030201u
#define SEALED "0123456789012345678901234567890123456789"
#define HASH64 A_HASH

typedef struct {
    const char *bytes;
    size_t size;
} frame_t;

#define F(text)                                                                                    \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }

#define FRAMES_MAX 8

typedef struct {
    const char *what;
    legacy_verdict_t verdict;
    size_t count;
    frame_t frames[FRAMES_MAX];
} reading_t;

static const reading_t READINGS[] = {
    {"nothing", LEGACY_MALFORMED, 0, {{NULL, 0}}},
    {"an empty version", LEGACY_MALFORMED, 1, {F("")}},
    {"a short version", LEGACY_MALFORMED, 1, {F("\x04\x00\x0d")}},
    {"a long version", LEGACY_MALFORMED, 1, {F("\x04\x00\x0d\x0d\x00")}},
    {"version 5", LEGACY_OTHER_VERSION, 1, {F("\x05\x00\x0d\x0d")}},
    {"version 2 and what looks like PING", LEGACY_OTHER_VERSION, 3,
        {F("\x02\x00\x0d\x0d"), F(COMMAND("\x02")), F(COOKIE)}},
    {"no command", LEGACY_MALFORMED, 1, {F(V4)}},
    {"an empty command", LEGACY_MALFORMED, 2, {F(V4), F("")}},
    {"a short command", LEGACY_MALFORMED, 3, {F(V4), F("\x02\x00\x00"), F(COOKIE)}},
    {"a long command", LEGACY_MALFORMED, 3, {F(V4), F("\x02\x00\x00\x00\x00"), F(COOKIE)}},
    {"the largest command", LEGACY_MALFORMED, 3, {F(V4), F("\xff\xff\xff\xff"), F(COOKIE)}},
    {"an unknown command", LEGACY_MALFORMED, 3, {F(V4), F(COMMAND("\x12")), F(COOKIE)}},
    {"FORWARD", LEGACY_MALFORMED, 5, {F(V4), F(COMMAND("\x01")), F(COOKIE), F("a.x"), F("a.y")}},
    {"ADDDCL", LEGACY_MALFORMED, 3, {F(V4), F(COMMAND("\x04")), F(COOKIE)}},
    {"ADDBR", LEGACY_MALFORMED, 3, {F(V4), F(COMMAND("\x05")), F(HASH64)}},
    {"UNREGDCLI", LEGACY_MALFORMED, 4, {F(V4), F(COMMAND("\x07")), F(COOKIE), F("a.x")}},
    {"UNREGBR", LEGACY_MALFORMED, 3, {F(V4), F(COMMAND("\x08")), F(COOKIE)}},
    {"DATA, which brokers say", LEGACY_MALFORMED, 4,
        {F(V4), F(COMMAND("\x09")), F("x"), F(SEALED)}},
    {"SUBOK, which brokers say", LEGACY_MALFORMED, 4, {F(V4), F(COMMAND("\x17")), F("t"), F("/")}},

    {"PING", LEGACY_VALID, 3, {F(V4), F(COMMAND("\x02")), F(COOKIE)}},
    {"PING of version 3", LEGACY_VALID, 3, {F(V3), F(COMMAND("\x02")), F(COOKIE)}},
    {"PING without a cookie", LEGACY_MALFORMED, 2, {F(V4), F(COMMAND("\x02"))}},
    {"PING with an empty cookie", LEGACY_MALFORMED, 3, {F(V4), F(COMMAND("\x02")), F("")}},
    {"PING with a short cookie", LEGACY_MALFORMED, 3, {F(V4), F(COMMAND("\x02")), F("1234567")}},
    {"PING with a long cookie", LEGACY_MALFORMED, 3, {F(V4), F(COMMAND("\x02")), F("123456789")}},
    {"PING and more", LEGACY_MALFORMED, 4, {F(V4), F(COMMAND("\x02")), F(COOKIE), F("")}},

    {"ADDLCL", LEGACY_VALID, 3, {F(V4), F(COMMAND("\x03")), F(HASH64)}},
    {"ADDLCL without a hash", LEGACY_MALFORMED, 2, {F(V4), F(COMMAND("\x03"))}},
    {"ADDLCL with an empty hash", LEGACY_MALFORMED, 3, {F(V4), F(COMMAND("\x03")), F("")}},
    {"ADDLCL with a long hash", LEGACY_MALFORMED, 3, {F(V4), F(COMMAND("\x03")), F(HASH64 "0")}},
    {"ADDLCL and more", LEGACY_MALFORMED, 4, {F(V4), F(COMMAND("\x03")), F(HASH64), F("x")}},

    {"UNREG", LEGACY_VALID, 3, {F(V4), F(COMMAND("\x06")), F(COOKIE)}},
    {"UNREG without a cookie", LEGACY_MALFORMED, 2, {F(V4), F(COMMAND("\x06"))}},

    {"CHALLOK", LEGACY_VALID, 5, {F(V4), F(COMMAND("\x0e")), F(COOKIE), F(HASH64), F("cli")}},
    {"a bare CHALLOK", LEGACY_MALFORMED, 2, {F(V4), F(COMMAND("\x0e"))}},
    {"CHALLOK without a name", LEGACY_MALFORMED, 4,
        {F(V4), F(COMMAND("\x0e")), F(COOKIE), F(HASH64)}},
    {"CHALLOK of empty frames", LEGACY_MALFORMED, 5,
        {F(V4), F(COMMAND("\x0e")), F(""), F(""), F("")}},

    {"SEND", LEGACY_VALID, 5, {F(V4), F(COMMAND("\x00")), F(COOKIE), F("x"), F(SEALED)}},
    {"SEND without a payload", LEGACY_MALFORMED, 4, {F(V4), F(COMMAND("\x00")), F(COOKIE), F("x")}},
    {"SEND with less than a payload", LEGACY_MALFORMED, 5,
        {F(V4), F(COMMAND("\x00")), F(COOKIE), F("x"),
            F("012345678901234567890123456789012345678")}},
    {"SEND and more", LEGACY_MALFORMED, 6,
        {F(V4), F(COMMAND("\x00")), F(COOKIE), F("x"), F(SEALED), F("")}},

    {"PUB", LEGACY_VALID, 6, {F(V4), F(COMMAND("\x0f")), F(COOKIE), F("t"), F(""), F(SEALED)}},
    {"PUB without the empty frame", LEGACY_MALFORMED, 5,
        {F(V4), F(COMMAND("\x0f")), F(COOKIE), F("t"), F(SEALED)}},
    {"PUB with a full empty frame", LEGACY_MALFORMED, 6,
        {F(V4), F(COMMAND("\x0f")), F(COOKIE), F("t"), F("/"), F(SEALED)}},
    {"PUB and more", LEGACY_MALFORMED, 7,
        {F(V4), F(COMMAND("\x0f")), F(COOKIE), F("t"), F(""), F(SEALED), F("")}},

    {"SUB", LEGACY_VALID, 5, {F(V4), F(COMMAND("\x10")), F(COOKIE), F("t"), F("/*/")}},
    {"SUB without a scope", LEGACY_MALFORMED, 4, {F(V4), F(COMMAND("\x10")), F(COOKIE), F("t")}},
    {"UNSUB", LEGACY_VALID, 5, {F(V4), F(COMMAND("\x11")), F(COOKIE), F("t"), F("/*/")}},
    {"UNSUB as clients in Python say it at their end", LEGACY_NOTHING, 3,
        {F(V4), F(COMMAND("\x11")), F("t/*/")}},
    {"UNSUB without a scope", LEGACY_MALFORMED, 4, {F(V4), F(COMMAND("\x11")), F(COOKIE), F("t")}},
};

static legacy_verdict_t read_frames(legacy_request_t *request, const frame_t *frames, size_t count)
{
    dd_bytes_t bytes[FRAMES_MAX];
    for (size_t i = 0; i < count; i++)
        bytes[i] = dd_bytes(frames[i].bytes, frames[i].size);
    return legacy_read(request, bytes, count);
}

static void test_messages_are_read_or_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(READINGS); i++) {
        const reading_t *reading = &READINGS[i];
        legacy_request_t request;
        if (read_frames(&request, reading->frames, reading->count) != reading->verdict)
            fail_msg("%s: not the verdict that was due", reading->what);
    }
}

static void assert_bytes(dd_bytes_t bytes, const char *text)
{
    if (!dd_bytes_equal(bytes, dd_bytes_of(text)))
        fail_msg("\"%.*s\" instead of \"%s\"", (int)bytes.size, (const char *)bytes.data, text);
}

static void test_fields_are_read(void **state)
{
    (void)state;
    legacy_request_t request;
    const frame_t login[] = {F(V3), F(COMMAND("\x0e")), F(COOKIE), F(HASH64), F("cli")};
    assert_int_equal(read_frames(&request, login, 5), LEGACY_VALID);
    assert_int_equal(request.version, LEGACY_VERSION_3);
    assert_int_equal(request.command, LEGACY_CHALLOK);
    assert_true(request.cookie == COOKIE_NUMBER);
    assert_bytes(request.hash, HASH64);
    assert_bytes(request.name, "cli");

    const frame_t other[] = {F("\x07\x00\x00\x00")};
    assert_int_equal(read_frames(&request, other, 1), LEGACY_OTHER_VERSION);
    assert_int_equal(request.version, 7);
}

/* Every message cut at every frame and at every byte of its last frame: whatever comes of it, it is
   read without harm. */
static void test_broken_messages_do_no_harm(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(READINGS); i++) {
        frame_t frames[FRAMES_MAX];
        legacy_request_t request;
        for (size_t count = 0; count <= READINGS[i].count; count++) {
            memcpy(frames, READINGS[i].frames, sizeof frames);
            read_frames(&request, frames, count);
            for (; count > 0 && frames[count - 1].size > 0; frames[count - 1].size--)
                read_frames(&request, frames, count);
        }
    }
}

/* ---- requests to records --------------------------------------------------------------------- */

#define PAYLOAD_MAX 100
#define LARGE SEALED SEALED SEALED

typedef struct {
    legacy_command_t command;
    const char *tenant, *topic, *scope;
    dd_error_t error;
    const char *payload;
} asking_t;

static const asking_t ASKINGS[] = {
    {LEGACY_SUB, "a", "t", "/", DD_OK, NULL},
    {LEGACY_SUB, "a", "t", "/*/", DD_OK, NULL},
    {LEGACY_SUB, "a", "t", "/*/*/", DD_OK, NULL},
    {LEGACY_SUB, "a", "t", "/*/*/*/", DD_OK, NULL},
    {LEGACY_SUB, "a", "t", "noscope", DD_OK, NULL},
    {LEGACY_SUB, "a", "t", "/1/2/3/", DD_OK, NULL},
    {LEGACY_SUB, "a", "t", "/1/*/", DD_OK, NULL},
    {LEGACY_SUB, "a", "t", "/*/*/*/*/*/*/*/*/", DD_OK, NULL},
    {LEGACY_SUB, "a", "t", "/*/*/*/*/*/*/*/*/*/", DD_E_SCOPE_INVALID, NULL},
    {LEGACY_SUB, "a", "t", "", DD_E_SCOPE_INVALID, NULL},
    {LEGACY_SUB, "a", "t", "/1", DD_E_SCOPE_INVALID, NULL},
    {LEGACY_SUB, "a", "t", "1/", DD_E_SCOPE_INVALID, NULL},
    {LEGACY_SUB, "a", "t", "/x/", DD_E_SCOPE_INVALID, NULL},
    {LEGACY_SUB, "a", "t", "/**/", DD_E_SCOPE_INVALID, NULL},
    {LEGACY_SUB, "a", "t", "/01/", DD_E_SCOPE_INVALID, NULL},
    {LEGACY_SUB, "a", "t", "/65536/", DD_E_SCOPE_INVALID, NULL},
    {LEGACY_SUB, "a", "t", "all", DD_E_SCOPE_INVALID, NULL},
    {LEGACY_SUB, "a", "t", "region", DD_E_SCOPE_INVALID, NULL},
    {LEGACY_UNSUB, "a", "t", "/*/", DD_OK, NULL},
    {LEGACY_PUB, "a", "t", "", DD_OK, SEALED},
    {LEGACY_PUB, "a", "public.t", "", DD_OK, SEALED},
    {LEGACY_PUB, "a", "t$", "", DD_OK, SEALED},
    {LEGACY_PUB, "a", "public", "", DD_E_TOPIC_INVALID, SEALED},
    {LEGACY_PUB, "a", "public.public", "", DD_E_TOPIC_INVALID, SEALED},
    {LEGACY_PUB, "a", "", "", DD_E_TOPIC_INVALID, SEALED},
    {LEGACY_PUB, "a", "two words", "", DD_E_TOPIC_INVALID, SEALED},
    {LEGACY_PUB, "public", "a.t", "", DD_OK, SEALED},
    {LEGACY_PUB, "a", "t", "", DD_E_TOO_LARGE, LARGE},
    {LEGACY_SEND, "a", "", "", DD_OK, LARGE}, /* the core answers that with ERROR 2 */
    {LEGACY_PING, "a", "", "", DD_OK, NULL},
    {LEGACY_UNREG, "a", "", "", DD_OK, NULL},
};

static void test_requests_become_records(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ASKINGS); i++) {
        const asking_t *asking = &ASKINGS[i];
        legacy_request_t request = {.command = asking->command,
            .name = dd_bytes_of("x"),
            .topic = dd_bytes_of(asking->topic),
            .scope = dd_bytes_of(asking->scope),
            .payload = dd_bytes_of(asking->payload ? asking->payload : "")};
        dd_record_t record;
        dd_error_t error;
        bool done =
            legacy_to_record(&request, dd_bytes_of(asking->tenant), PAYLOAD_MAX, &record, &error);
        if (error != asking->error || done != (error == DD_OK))
            fail_msg("number %zu: %s", i, dd_strerror(error));
        if (done)
            assert_true(dd_record_size(&record) > 0);
    }
}

static void test_record_has_what_was_asked(void **state)
{
    (void)state;
    legacy_request_t request = {
        .command = LEGACY_SEND, .name = dd_bytes_of("public.x"), .payload = dd_bytes_of(SEALED)};
    dd_record_t record;
    dd_error_t error;
    assert_true(legacy_to_record(&request, dd_bytes_of("a"), PAYLOAD_MAX, &record, &error));
    assert_int_equal(record.type, DD_SEND);
    assert_int_equal(record.flags, 0);
    assert_bytes(record.destination, "public.x");
    assert_bytes(record.payload, SEALED);

    request = (legacy_request_t){
        .command = LEGACY_PUB, .topic = dd_bytes_of("t$"), .payload = dd_bytes_of(SEALED)};
    assert_true(legacy_to_record(&request, dd_bytes_of("a"), PAYLOAD_MAX, &record, &error));
    assert_int_equal(record.type, DD_PUBLISH);
    assert_bytes(record.topic, "t$"); /* a '$' means nothing: it would forge the scope */
}

/* ---- records to messages --------------------------------------------------------------------- */

static dd_keyring_t *broker_keyring(void)
{
    dd_keyring_t *keyring = dd_keyring_parse("test.json", BROKER_FILE, strlen(BROKER_FILE), NULL);
    assert_non_null(keyring);
    return keyring;
}

/* What a record says to a client of version 4, or of the version that is named. */
typedef struct {
    const char *what;
    const char *tenant;
    dd_record_t record;
    size_t count; /* of frames; 0 for no message */
    frame_t frames[FRAMES_MAX];
    uint32_t version;
    bool taken_nearby;
} saying_t;

#define WORD(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define RECORD(...)                                                                                \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static const saying_t SAYINGS[] = {
    {"WELCOME", "a", RECORD(.type = DD_WELCOME, .name = WORD("cli")), 4,
        {F(V4), F(COMMAND("\x0b")), F(COOKIE), F("cli")}, 0, false},
    {"WELCOME, version 3", "a", RECORD(.type = DD_WELCOME, .name = WORD("cli")), 3,
        {F(V3), F(COMMAND("\x0b")), F(COOKIE)}, LEGACY_VERSION_3, false},
    {"PONG", "a", RECORD(.type = DD_PONG), 2, {F(V4), F(COMMAND("\x0c"))}, 0, false},
    {"DATA", "a", RECORD(.type = DD_DATA, .source = WORD("public.x"), .payload = WORD(SEALED)), 4,
        {F(V4), F(COMMAND("\x09")), F("public.x"), F(SEALED)}, 0, false},
    {"DATA of a trace", "a",
        RECORD(.type = DD_DATA, .flags = DD_FLAG_TRACE, .source = WORD("x"),
            .payload = WORD(SEALED)),
        0, {{NULL, 0}}, 0, false},
    {"DATA that can't be decrypted", "a",
        RECORD(.type = DD_DATA, .source = WORD("x"), .payload = WORD("short")), 0, {{NULL, 0}}, 0,
        false},
    {"PUBLICATION", "a",
        RECORD(.type = DD_PUBLICATION, .source = WORD("x"), .topic = WORD("t"),
            .scope = WORD("/1/"), .payload = WORD(SEALED)),
        5, {F(V4), F(COMMAND("\x0f")), F("x"), F("t"), F(SEALED)}, 0, false},
    {"PUBLICATION of a tenant for public", "public",
        RECORD(.type = DD_PUBLICATION, .source = WORD("a.x"), .topic = WORD("t"),
            .scope = WORD("/1/"), .payload = WORD(SEALED)),
        5, {F(V4), F(COMMAND("\x0f")), F("a.x"), F("public.t"), F(SEALED)}, 0, false},
    {"PUBLICATION of public, whose client has a dot", "public",
        RECORD(.type = DD_PUBLICATION, .source = WORD("c.x"), .topic = WORD("t"),
            .scope = WORD("/1/"), .payload = WORD(SEALED)),
        5, {F(V4), F(COMMAND("\x0f")), F("c.x"), F("t"), F(SEALED)}, 0, false},
    {"PUBLICATION in a tenant, whose client looks like another tenant's", "a",
        RECORD(.type = DD_PUBLICATION, .source = WORD("b.x"), .topic = WORD("t"),
            .scope = WORD("/1/"), .payload = WORD(SEALED)),
        5, {F(V4), F(COMMAND("\x0f")), F("b.x"), F("t"), F(SEALED)}, 0, false},
    {"ERROR: the name is taken here", "a",
        RECORD(.type = DD_ERROR, .code = DD_E_NAME_TAKEN, .text = WORD("is taken")), 4,
        {F(V4), F(COMMAND("\x0a")), F(COMMAND("\x01")), F("local")}, 0, true},
    {"ERROR: the name is taken elsewhere", "a",
        RECORD(.type = DD_ERROR, .code = DD_E_NAME_TAKEN, .text = WORD("is taken")), 4,
        {F(V4), F(COMMAND("\x0a")), F(COMMAND("\x01")), F("remote")}, 0, false},
    {"ERROR: ended for another reason", "a",
        RECORD(.type = DD_ERROR, .code = DD_E_MALFORMED, .text = WORD("because")), 4,
        {F(V4), F(COMMAND("\x0a")), F(COMMAND("\x01")), F("because")}, 0, false},
    {"ERROR: the broker doesn't know it", "a", RECORD(.type = DD_ERROR, .code = DD_E_UNKNOWN_PEER),
        0, {{NULL, 0}}, 0, false},
    {"BYE", "a", RECORD(.type = DD_BYE, .code = DD_E_DRAINING), 0, {{NULL, 0}}, 0, false},
    {"GAP", "a", RECORD(.type = DD_GAP, .number = 7, .topic = WORD("t"), .scope = WORD("/")), 0,
        {{NULL, 0}}, 0, false},
    {"UNSUBSCRIBED", "a", RECORD(.type = DD_UNSUBSCRIBED, .topic = WORD("t"), .scope = WORD("/")),
        0, {{NULL, 0}}, 0, false},
    {"REPORT", "a", RECORD(.type = DD_REPORT), 0, {{NULL, 0}}, 0, false},
    {"an unknown record", "a", RECORD(.type = 255), 0, {{NULL, 0}}, 0, false},
};

static void assert_message(
    const char *what, const legacy_message_t *message, const frame_t *frames, size_t count)
{
    if (message->count != count)
        fail_msg("%s: %zu frames instead of %zu", what, message->count, count);
    for (size_t i = 0; i < count; i++)
        if (!dd_bytes_equal(message->frames[i], dd_bytes(frames[i].bytes, frames[i].size)))
            fail_msg("%s: frame %zu is another", what, i);
}

static void test_records_become_messages(void **state)
{
    (void)state;
    dd_keyring_t *keyring = broker_keyring();
    for (size_t i = 0; i < COUNT(SAYINGS); i++) {
        const saying_t *saying = &SAYINGS[i];
        legacy_recipient_t recipient = {
            .version = saying->version ? saying->version : LEGACY_VERSION_4,
            .cookie = COOKIE_NUMBER,
            .tenant = dd_bytes_of(saying->tenant),
            .name = dd_bytes_of("a.cli"),
            .taken_nearby = saying->taken_nearby,
            .keyring = keyring};
        legacy_message_t message;
        bool said = legacy_from_record(&message, &recipient, &saying->record);
        if (said != (saying->count > 0))
            fail_msg("%s: %s", saying->what, said ? "said" : "not said");
        if (said)
            assert_message(saying->what, &message, saying->frames, saying->count);
    }
    dd_keyring_destroy(&keyring);
}

/* ---- answers that depend on what was asked ------------------------------------------------- */

static const legacy_recipient_t CLIENT = {.version = LEGACY_VERSION_4,
    .cookie = COOKIE_NUMBER,
    .tenant = WORD("a"),
    .name = WORD("a.cli"),
    .taken_nearby = false,
    .keyring = NULL};

/* The ref that the request's record has. */
static uint32_t ref_of(legacy_command_t command, const char *scope)
{
    legacy_request_t request = {.command = command,
        .topic = dd_bytes_of("t"),
        .scope = dd_bytes_of(scope),
        .payload = dd_bytes_of(SEALED)};
    dd_record_t record;
    dd_error_t error;
    assert_true(legacy_to_record(&request, CLIENT.tenant, PAYLOAD_MAX, &record, &error));
    return record.ref;
}

static const struct {
    const char *own, *asked;
} SCOPES[] = {
    {"/1/2/3/", "/"},
    {"/1/2/3/", "/*/"},
    {"/1/2/3/", "/*/*/"},
    {"/1/2/3/", "/*/*/*/"},
    {"/10/200/65535/", "/*/*/*/"},
    {"/10/200/65535/", "/10/*/7/"},
    {"/10/200/65535/", "/*/200/*/"},
    {"/10/200/65535/", "/10/200/65535/"},
    {"/10/200/65535/", "/7/8/9/10/11/12/13/14/"},
    {"/10/20/30/40/50/60/70/80/", "/*/*/*/*/*/*/*/*/"},
    {"/10/20/30/40/50/60/70/80/", "/10/*/30/*/50/*/70/*/"},
    {"/1/", "noscope"},
};

static void test_scopes_are_shown_as_asked(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(SCOPES); i++) {
        dd_scope_t own, pattern, path;
        assert_true(dd_scope_parse(&own, dd_bytes_of(SCOPES[i].own)));
        assert_true(dd_scope_parse_pattern(&pattern, dd_bytes_of(SCOPES[i].asked)));
        assert_true(dd_scope_resolve(&path, &pattern, &own));
        dd_record_t record = {.type = DD_SUBSCRIBED,
            .ref = ref_of(LEGACY_SUB, SCOPES[i].asked),
            .topic = dd_bytes_of("t"),
            .scope = dd_scope_bytes(&path)};
        legacy_message_t message;
        assert_true(legacy_from_record(&message, &CLIENT, &record));
        assert_int_equal(message.count, 4);
        assert_bytes(message.frames[2], "t");
        assert_bytes(message.frames[3], SCOPES[i].asked);
    }
}

static void test_errors_answer_what_was_asked(void **state)
{
    (void)state;
    dd_record_t record = {.type = DD_ERROR,
        .code = DD_E_NO_DESTINATION,
        .ref = ref_of(LEGACY_SEND, ""),
        .text = dd_bytes_of("public.x")};
    legacy_message_t message;
    const frame_t nobody[] = {
        F(V4), F(COMMAND("\x0a")), F(COMMAND("\x02")), F("public.x"), F("cli")};
    assert_true(legacy_from_record(&message, &CLIENT, &record));
    assert_message("no destination", &message, nobody, COUNT(nobody));

    record.code = DD_E_SCOPE_INVALID;
    record.ref = ref_of(LEGACY_SUB, "/*/*/*/");
    assert_true(legacy_from_record(&message, &CLIENT, &record));
    assert_int_equal(message.count, 4);
    assert_true(dd_bytes_equal(message.frames[2], dd_bytes("\x04\x00\x00\x00", 4)));
    assert_true(message.frames[3].size > 0);

    record.code = DD_E_NOT_SUBSCRIBED;
    record.ref = ref_of(LEGACY_UNSUB, "/");
    assert_false(legacy_from_record(&message, &CLIENT, &record));
}

static void test_long_texts_are_cut(void **state)
{
    (void)state;
    char text[60000];
    memset(text, 'x', sizeof text);
    dd_record_t record = {
        .type = DD_ERROR, .code = DD_E_REFUSED, .text = dd_bytes(text, sizeof text)};
    legacy_message_t message;
    assert_true(legacy_from_record(&message, &CLIENT, &record));
    assert_true(message.frames[3].size > 0 && message.frames[3].size < sizeof message.text);
}

/* ---- login ----------------------------------------------------------------------------------- */

static void test_challenge_is_opened_by_the_tenant_alone(void **state)
{
    (void)state;
    dd_keyring_t *keyring = broker_keyring();
    dd_keyring_t *a = dd_keyring_parse("a.json", A_FILE, strlen(A_FILE), NULL);
    dd_keyring_t *b = dd_keyring_parse("b.json", B_FILE, strlen(B_FILE), NULL);
    legacy_login_t *login = legacy_login_new(keyring);
    assert_non_null(login);
    uint8_t first[LEGACY_CHALLENGE_SIZE], second[LEGACY_CHALLENGE_SIZE], cookie[8];
    const dd_tenant_t *tenant = legacy_login_challenge(login, dd_bytes_of(A_HASH), first);
    assert_non_null(tenant);
    assert_string_equal(tenant->name, "a");
    const uint8_t *box = first + crypto_box_NONCEBYTES;
    size_t size = sizeof first - crypto_box_NONCEBYTES;
    assert_int_equal(crypto_box_open_easy(cookie, box, size, first, dd_keyring_broker_key(a),
                         dd_keyring_secret_key(a)),
        0);
    dd_reader_t reader = dd_reader(cookie, sizeof cookie);
    assert_true(dd_read_u64(&reader) == 16856119424031212349u);
    assert_int_not_equal(crypto_box_open_easy(cookie, box, size, first, dd_keyring_broker_key(b),
                             dd_keyring_secret_key(b)),
        0);
    legacy_login_challenge(login, dd_bytes_of(A_HASH), second);
    assert_int_not_equal(memcmp(first, second, sizeof first), 0);
    legacy_login_destroy(&login);
    assert_null(login);
    dd_keyring_destroy(&b);
    dd_keyring_destroy(&a);
    dd_keyring_destroy(&keyring);
}

static void test_nobody_logs_in_without_a_secret(void **state)
{
    (void)state;
    dd_keyring_t *keyring = broker_keyring();
    legacy_login_t *login = legacy_login_new(keyring);
    assert_non_null(login);
    uint8_t challenge[LEGACY_CHALLENGE_SIZE];
    assert_null(legacy_login_challenge(login, dd_bytes_of("nobody"), challenge));
    assert_null(legacy_login_challenge(login, dd_bytes_of("dd"), challenge));
    assert_null(legacy_login_challenge(login, dd_bytes("", 0), challenge));
    /* The cookie of this tenant is 0. */
    assert_null(legacy_login_challenge(login, dd_bytes_of(PUBLIC_HASH), challenge));
    legacy_login_destroy(&login);
    legacy_login_destroy(&login);
    dd_keyring_destroy(&keyring);
}

static void test_cookies_are_compared(void **state)
{
    (void)state;
    assert_true(legacy_cookie_equal(COOKIE_NUMBER, COOKIE_NUMBER));
    for (unsigned bit = 0; bit < 64; bit++)
        assert_false(legacy_cookie_equal(COOKIE_NUMBER, COOKIE_NUMBER ^ 1ull << bit));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages_are_read_or_refused),
        cmocka_unit_test(test_fields_are_read),
        cmocka_unit_test(test_broken_messages_do_no_harm),
        cmocka_unit_test(test_requests_become_records),
        cmocka_unit_test(test_record_has_what_was_asked),
        cmocka_unit_test(test_records_become_messages),
        cmocka_unit_test(test_scopes_are_shown_as_asked),
        cmocka_unit_test(test_errors_answer_what_was_asked),
        cmocka_unit_test(test_long_texts_are_cut),
        cmocka_unit_test(test_challenge_is_opened_by_the_tenant_alone),
        cmocka_unit_test(test_nobody_logs_in_without_a_secret),
        cmocka_unit_test(test_cookies_are_compared),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
