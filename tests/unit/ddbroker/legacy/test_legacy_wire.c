/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_legacy_wire - messages of protocols 3 and 4 are read, and become records
 */
#include "ddbroker/legacy/legacy_wire.h"
#include "tests/unit/ddbroker/legacy_frames.h"
#include "tests/unit/unit.h"

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
    {"FORWARD", LEGACY_OF_BROKERS, 5, {F(V4), F(COMMAND("\x01")), F(COOKIE), F("a.x"), F("a.y")}},
    {"ADDDCL", LEGACY_OF_BROKERS, 3, {F(V4), F(COMMAND("\x04")), F(COOKIE)}},
    {"ADDBR", LEGACY_OF_BROKERS, 3, {F(V4), F(COMMAND("\x05")), F(HASH64)}},
    {"UNREGDCLI", LEGACY_OF_BROKERS, 4, {F(V4), F(COMMAND("\x07")), F(COOKIE), F("a.x")}},
    {"UNREGBR", LEGACY_OF_BROKERS, 3, {F(V4), F(COMMAND("\x08")), F(COOKIE)}},
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
    {"UNREG without a cookie", LEGACY_VALID, 2, {F(V4), F(COMMAND("\x06"))}},
    {"UNREG as clients in Java say it", LEGACY_VALID, 4,
        {F(V4), F(COMMAND("\x06")), F(COOKIE), F("cli")}},
    {"UNREG as clients in Python said it in 2016", LEGACY_VALID, 5,
        {F(V3), F(COMMAND("\x06")), F("a"), F("cli"), F(COOKIE)}},

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

static void test_fields_are_read(void **state)
{
    (void)state;
    legacy_request_t request;
    const frame_t login[] = {F(V3), F(COMMAND("\x0e")), F(COOKIE), F(HASH64), F("cli")};
    assert_int_equal(read_frames(&request, login, 5), LEGACY_VALID);
    assert_int_equal(request.version, LEGACY_VERSION_3);
    assert_int_equal(request.command, LEGACY_CHALLOK);
    assert_true(request.cookie == COOKIE_NUMBER);
    legacy_frames_assert_bytes(request.hash, HASH64);
    legacy_frames_assert_bytes(request.name, "cli");

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

#define LARGE SEALED SEALED SEALED
#define TEXT64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define TOPIC256 TEXT64 TEXT64 TEXT64 TEXT64

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
    {LEGACY_SEND, "a", "", "", DD_E_TOO_LARGE, LARGE},
    {LEGACY_PUB, "a", TOPIC256, "", DD_E_TOPIC_INVALID, SEALED},
    {LEGACY_SUB, "a", TOPIC256, "/", DD_E_TOPIC_INVALID, NULL},
    {LEGACY_UNSUB, "a", TOPIC256, "/", DD_E_TOPIC_INVALID, NULL},
    {LEGACY_SUB, "a", "t", TOPIC256, DD_E_SCOPE_INVALID, NULL},
    {LEGACY_UNSUB, "a", "t", TOPIC256, DD_E_SCOPE_INVALID, NULL},
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
        dd_problem_t problem = {.error = DD_OK};
        bool done =
            legacy_to_record(&request, dd_bytes_of(asking->tenant), PAYLOAD_MAX, &record, &problem);
        if (problem.error != asking->error || done != (problem.error == DD_OK))
            fail_msg("number %zu: %s", i, dd_strerror(problem.error));
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
    dd_problem_t problem;
    assert_true(legacy_to_record(&request, dd_bytes_of("a"), PAYLOAD_MAX, &record, &problem));
    assert_int_equal(record.type, DD_SEND);
    assert_int_equal(record.flags, 0);
    legacy_frames_assert_bytes(record.destination, "public.x");
    legacy_frames_assert_bytes(record.payload, SEALED);

    request = (legacy_request_t){
        .command = LEGACY_PUB, .topic = dd_bytes_of("t$"), .payload = dd_bytes_of(SEALED)};
    assert_true(legacy_to_record(&request, dd_bytes_of("a"), PAYLOAD_MAX, &record, &problem));
    assert_int_equal(record.type, DD_PUBLISH);
    legacy_frames_assert_bytes(
        record.topic, "t$"); /* a '$' means nothing: it would forge the scope */
}

/* What a client of old is told in words. */
static void test_what_is_too_long_is_told_with_its_limit(void **state)
{
    (void)state;
    static const struct {
        legacy_request_t request;
        const char *text;
    } CASES[] = {
        {{.command = LEGACY_SEND, .name = {(const uint8_t *)TOPIC256, 256}},
            "a name of 256 bytes: this broker takes 255 at most"},
        {{.command = LEGACY_PUB, .topic = {(const uint8_t *)TOPIC256, 256}},
            "a topic of 256 bytes: this broker takes 255 at most"},
        {{.command = LEGACY_SUB, .scope = {(const uint8_t *)TOPIC256, 256}},
            "a scope of 256 bytes: this broker takes 255 at most"},
        {{.command = LEGACY_SEND, .payload = {(const uint8_t *)LARGE, 120}},
            "a payload of 120 bytes: this broker takes 100 at most"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_record_t record;
        dd_problem_t problem;
        assert_false(
            legacy_to_record(&CASES[i].request, dd_bytes_of("a"), PAYLOAD_MAX, &record, &problem));
        assert_string_equal(problem.text, CASES[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages_are_read_or_refused),
        cmocka_unit_test(test_fields_are_read),
        cmocka_unit_test(test_broken_messages_do_no_harm),
        cmocka_unit_test(test_requests_become_records),
        cmocka_unit_test(test_record_has_what_was_asked),
        cmocka_unit_test(test_what_is_too_long_is_told_with_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
