/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_legacy_answers - records become messages of protocols 3 and 4
 */
#include <sodium.h>

#include "ddbroker/legacy/legacy_wire.h"
#include "libdd/protocol/scope.h"
#include "tests/unit/ddbroker/legacy_frames.h"
#include "tests/unit/unit.h"

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
    dd_keyring_t *keyring = dd_keyring_parse("test.json", BROKER_FILE, strlen(BROKER_FILE), NULL);
    assert_non_null(keyring);
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
    dd_problem_t problem;
    assert_true(legacy_to_record(&request, CLIENT.tenant, PAYLOAD_MAX, &record, &problem));
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
        legacy_frames_assert_bytes(message.frames[2], "t");
        legacy_frames_assert_bytes(message.frames[3], SCOPES[i].asked);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_records_become_messages),
        cmocka_unit_test(test_scopes_are_shown_as_asked),
        cmocka_unit_test(test_errors_answer_what_was_asked),
        cmocka_unit_test(test_long_texts_are_cut),
    };
    return sodium_init() < 0 || cmocka_run_group_tests(tests, NULL, NULL);
}
