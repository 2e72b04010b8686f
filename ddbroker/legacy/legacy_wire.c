/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_wire - messages of protocols 3 and 4 <-> records of the native protocol
 */
#include "legacy_wire.h"

#include <stdio.h>

#include "libdd/base/problem.h"
#include "libdd/protocol/scope.h"
#include "libdd/protocol/topic.h"

/* What an answer's ref says of the request. A client's SUBOK shows the scope as it was asked for,
   and the native answer as it was resolved: the low bits remember which steps were a '*'. */
#define REF_SEND 0x100u
#define REF_SUBSCRIBE 0x200u
#define REF_UNSUBSCRIBE 0x300u
#define REF_KIND 0xF00u

/* ---- Reading ------------------------------------------------------------------------------- */

/* What a frame holds, and with it how large it may be. */
typedef enum { COOKIE, HASH, NAME, TOPIC, SCOPE, EMPTY, PAYLOAD } kind_t;

static const struct {
    size_t least, most;
    size_t offset; /* in legacy_request_t */
} KINDS[] = {
    [COOKIE] = {sizeof(uint64_t), sizeof(uint64_t), offsetof(legacy_request_t, cookie)},
    [HASH] = {1, DD_HASH_SIZE, offsetof(legacy_request_t, hash)},
    /* What is too long for a record is answered, as what is too large. */
    [NAME] = {0, SIZE_MAX, offsetof(legacy_request_t, name)},
    [TOPIC] = {0, SIZE_MAX, offsetof(legacy_request_t, topic)},
    [SCOPE] = {0, SIZE_MAX, offsetof(legacy_request_t, scope)},
    [EMPTY] = {0, 0, 0},
    /* Less can't be decrypted, and some old clients don't check. */
    [PAYLOAD] = {DD_BOX_OVERHEAD, SIZE_MAX, offsetof(legacy_request_t, payload)},
};

#define HEAD 2 /* version and command */

static const struct {
    uint8_t count; /* of frames behind the head; 0 for what isn't a client's to say */
    uint8_t kinds[LEGACY_FRAMES_MAX - HEAD];
} REQUESTS[] = {
    [LEGACY_SEND] = {3, {COOKIE, NAME, PAYLOAD}},
    [LEGACY_PING] = {1, {COOKIE}},
    [LEGACY_ADDLCL] = {1, {HASH}},
    [LEGACY_UNREG] = {1, {COOKIE}},
    [LEGACY_CHALLOK] = {3, {COOKIE, HASH, NAME}},
    [LEGACY_PUB] = {4, {COOKIE, TOPIC, EMPTY, PAYLOAD}},
    [LEGACY_SUB] = {3, {COOKIE, TOPIC, SCOPE}},
    [LEGACY_UNSUB] = {3, {COOKIE, TOPIC, SCOPE}},
};

static bool read_u32(dd_bytes_t frame, uint32_t *number)
{
    dd_reader_t reader = dd_reader(frame.data, frame.size);
    *number = dd_read_u32(&reader);
    return !reader.failed && dd_reader_left(&reader) == 0;
}

static bool read_frame(legacy_request_t *self, kind_t kind, dd_bytes_t frame)
{
    if (frame.size < KINDS[kind].least || frame.size > KINDS[kind].most)
        return false;
    void *field = (uint8_t *)self + KINDS[kind].offset;
    dd_reader_t reader = dd_reader(frame.data, frame.size);
    if (kind == COOKIE)
        *(uint64_t *)field = dd_read_u64(&reader);
    else if (kind != EMPTY)
        *(dd_bytes_t *)field = frame;
    return true;
}

/* Whether brokers of old say that to each other. */
static bool is_of_brokers(uint32_t command)
{
    static const uint32_t COMMANDS[] = {
        LEGACY_FORWARD, LEGACY_ADDDCL, LEGACY_ADDBR, LEGACY_UNREGDCLI, LEGACY_UNREGBR};
    for (size_t i = 0; i < sizeof COMMANDS / sizeof COMMANDS[0]; i++)
        if (COMMANDS[i] == command)
            return true;
    return false;
}

static bool read_fields(legacy_request_t *self, const dd_bytes_t *frames, size_t count)
{
    if (count != REQUESTS[self->command].count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!read_frame(self, REQUESTS[self->command].kinds[i], frames[i]))
            return false;
    return true;
}

legacy_verdict_t legacy_read(legacy_request_t *self, const dd_bytes_t *frames, size_t count)
{
    uint32_t command;
    *self = (legacy_request_t){.version = 0};
    if (count == 0 || !read_u32(frames[0], &self->version))
        return LEGACY_MALFORMED;
    if (self->version != LEGACY_VERSION_3 && self->version != LEGACY_VERSION_4)
        return LEGACY_OTHER_VERSION;
    if (count < HEAD || !read_u32(frames[1], &command))
        return LEGACY_MALFORMED;
    if (is_of_brokers(command))
        return LEGACY_OF_BROKERS;
    if (command >= sizeof REQUESTS / sizeof REQUESTS[0] || REQUESTS[command].count == 0)
        return LEGACY_MALFORMED;
    self->command = (legacy_command_t)command;
    /* Clients in Python leave the cookie and the scope out in places, and expect nothing of it. */
    if (command == LEGACY_UNSUB && count == HEAD + 1)
        return LEGACY_NOTHING;
    /* Of which there are several forms, and whoever says it leaves. */
    if (command == LEGACY_UNREG)
        return LEGACY_VALID;
    return read_fields(self, frames + HEAD, count - HEAD) ? LEGACY_VALID : LEGACY_MALFORMED;
}

/* ---- Requests to records ------------------------------------------------------------------- */

/* Whether the scope is written the one way that can be shown again in the answer: not in the words
   of the native protocol, and without leading zeros. */
static bool scope_valid(dd_bytes_t scope)
{
    dd_scope_t pattern;
    return dd_scope_parse_pattern(&pattern, scope) &&
           dd_bytes_equal(scope, dd_scope_bytes(&pattern));
}

/* A bit for each step of a scope that is a '*', the first step's the lowest. */
static uint32_t stars_of(dd_bytes_t scope)
{
    uint32_t stars = 0;
    unsigned step = 0;
    for (size_t i = 1; i < scope.size; i++) {
        if (scope.data[i] == '*')
            stars |= 1u << step;
        step += scope.data[i] == '/';
    }
    return stars;
}

/* That it fits a record: names and topics of old clients have any length. */
static dd_error_t check_sizes(
    const legacy_request_t *self, uint32_t payload_max, dd_problem_t *problem)
{
    const struct {
        const char *what;
        dd_bytes_t field;
        size_t most;
        dd_error_t error;
    } LIMITS[] = {{"name", self->name, UINT8_MAX, DD_E_NAME_INVALID},
        {"topic", self->topic, UINT8_MAX, DD_E_TOPIC_INVALID},
        {"scope", self->scope, UINT8_MAX, DD_E_SCOPE_INVALID},
        {"payload", self->payload, payload_max, DD_E_TOO_LARGE}};
    for (size_t i = 0; i < sizeof LIMITS / sizeof LIMITS[0]; i++)
        if (LIMITS[i].field.size > LIMITS[i].most)
            return dd_problem(problem, LIMITS[i].error,
                "a %s of %zu bytes: this broker takes %zu at most", LIMITS[i].what,
                LIMITS[i].field.size, LIMITS[i].most);
    return DD_OK;
}

static dd_error_t check(
    const legacy_request_t *self, dd_bytes_t tenant, uint32_t payload_max, dd_problem_t *problem)
{
    dd_bytes_t to_tenant, to_topic;
    dd_error_t error = check_sizes(self, payload_max, problem);
    if (error != DD_OK)
        return error;
    if (self->command == LEGACY_SUB && !scope_valid(self->scope))
        error = DD_E_SCOPE_INVALID;
    if (self->command == LEGACY_PUB && !dd_topic_route(tenant, self->topic, &to_tenant, &to_topic))
        error = DD_E_TOPIC_INVALID;
    return error == DD_OK ? DD_OK : dd_problem(problem, error, "%s", dd_strerror(error));
}

bool legacy_to_record(const legacy_request_t *self, dd_bytes_t tenant, uint32_t payload_max,
    dd_record_t *record, dd_problem_t *problem)
{
    static const struct {
        uint8_t type;
        uint32_t ref;
    } RECORDS[] = {
        [LEGACY_SEND] = {DD_SEND, REF_SEND},
        [LEGACY_PING] = {DD_PING, 0},
        [LEGACY_UNREG] = {DD_BYE, 0},
        [LEGACY_PUB] = {DD_PUBLISH, 0},
        [LEGACY_SUB] = {DD_SUBSCRIBE, REF_SUBSCRIBE},
        [LEGACY_UNSUB] = {DD_UNSUBSCRIBE, REF_UNSUBSCRIBE},
    };
    if (check(self, tenant, payload_max, problem) != DD_OK)
        return false;
    *record = (dd_record_t){.type = RECORDS[self->command].type,
        .ref = RECORDS[self->command].ref,
        .destination = self->name,
        .topic = self->topic,
        .scope = self->scope,
        .payload = self->payload};
    if (self->command == LEGACY_SUB)
        record->ref |= stars_of(self->scope);
    return true;
}

/* ---- Writing ------------------------------------------------------------------------------- */

static void add(legacy_message_t *self, dd_bytes_t frame)
{
    self->frames[self->count++] = frame;
}

static dd_writer_t number_writer(legacy_message_t *self)
{
    return dd_writer(self->numbers + self->numbers_size, sizeof self->numbers - self->numbers_size);
}

static void add_number(legacy_message_t *self, size_t size)
{
    add(self, dd_bytes(self->numbers + self->numbers_size, size));
    self->numbers_size += size;
}

static void add_u32(legacy_message_t *self, uint32_t number)
{
    dd_writer_t writer = number_writer(self);
    dd_write_u32(&writer, number);
    add_number(self, sizeof number);
}

static void add_u64(legacy_message_t *self, uint64_t number)
{
    dd_writer_t writer = number_writer(self);
    dd_write_u64(&writer, number);
    add_number(self, sizeof number);
}

static void begin(legacy_message_t *self, uint32_t version, legacy_command_t command)
{
    self->count = 0;
    self->numbers_size = 0;
    add_u32(self, version);
    add_u32(self, command);
}

void legacy_write_error(
    legacy_message_t *self, uint32_t version, legacy_error_t code, const char *text)
{
    begin(self, version, LEGACY_ERROR);
    add_u32(self, code);
    snprintf(self->text, sizeof self->text, "%s", text);
    add(self, dd_bytes_of(self->text));
}

void legacy_write_challenge(legacy_message_t *self, uint32_t version, dd_bytes_t challenge)
{
    begin(self, version, LEGACY_CHALL);
    add(self, challenge);
}

/* ---- Records to messages ------------------------------------------------------------------- */

typedef bool(from_record_t)(
    legacy_message_t *self, const legacy_recipient_t *recipient, const dd_record_t *record);

static bool from_welcome(
    legacy_message_t *self, const legacy_recipient_t *recipient, const dd_record_t *record)
{
    begin(self, recipient->version, LEGACY_REGOK);
    add_u64(self, recipient->cookie);
    if (recipient->version == LEGACY_VERSION_4)
        add(self, record->name);
    return true;
}

static bool from_pong(
    legacy_message_t *self, const legacy_recipient_t *recipient, const dd_record_t *record)
{
    (void)record;
    begin(self, recipient->version, LEGACY_PONG);
    return true;
}

/* A trace is for the library alone, and no library of old knows it. */
static bool from_data(
    legacy_message_t *self, const legacy_recipient_t *recipient, const dd_record_t *record)
{
    if (record->flags & DD_FLAG_TRACE || record->payload.size < DD_BOX_OVERHEAD)
        return false;
    begin(self, recipient->version, LEGACY_DATA);
    add(self, record->source);
    add(self, record->payload);
    return true;
}

/* A tenant's publication on "public.x" is one on "x" to the public tenant's native clients. */
static bool is_from_tenant(const legacy_recipient_t *recipient, dd_bytes_t source)
{
    dd_bytes_t tenant, client;
    return dd_bytes_equal(recipient->tenant, dd_bytes_of(DD_PUBLIC)) &&
           dd_name_split(source, &tenant, &client) &&
           dd_keyring_has_tenant(recipient->keyring, tenant);
}

static bool from_publication(
    legacy_message_t *self, const legacy_recipient_t *recipient, const dd_record_t *record)
{
    if (record->payload.size < DD_BOX_OVERHEAD)
        return false;
    begin(self, recipient->version, LEGACY_PUB);
    add(self, record->source);
    if (is_from_tenant(recipient, record->source)) {
        snprintf(self->text, sizeof self->text, DD_PUBLIC ".%.*s", (int)record->topic.size,
            (const char *)record->topic.data);
        add(self, dd_bytes_of(self->text));
    } else {
        add(self, record->topic);
    }
    add(self, record->payload);
    return true;
}

/* Writes the resolved path with a '*' again where there was one. */
static void unresolve(char *text, dd_bytes_t path, uint32_t stars)
{
    unsigned step = 0;
    bool begins = false; /* a step begins here */
    for (size_t i = 0; i < path.size; i++) {
        uint8_t byte = path.data[i];
        bool starred = i > 0 && byte != '/' && stars & 1u << step;
        if (!starred)
            *text++ = (char)byte;
        else if (begins)
            *text++ = '*';
        begins = byte == '/';
        step += i > 0 && byte == '/';
    }
    *text = '\0';
}

static bool from_subscribed(
    legacy_message_t *self, const legacy_recipient_t *recipient, const dd_record_t *record)
{
    if (record->scope.size > DD_SCOPE_MAX)
        return false;
    unresolve(self->text, record->scope, record->ref & ~REF_KIND);
    begin(self, recipient->version, LEGACY_SUBOK);
    add(self, record->topic);
    add(self, dd_bytes_of(self->text));
    return true;
}

/* The connection has ended. That the broker doesn't know it any more must not be told again and
   again: any message would keep a client from noticing it. */
static bool from_end(
    legacy_message_t *self, const legacy_recipient_t *recipient, const dd_record_t *record)
{
    char text[256];
    if (record->code == DD_E_UNKNOWN_PEER)
        return false;
    dd_bytes_copy(record->text, text, sizeof text);
    if (record->code == DD_E_NAME_TAKEN)
        snprintf(text, sizeof text, "%s", recipient->taken_nearby ? "local" : "remote");
    legacy_write_error(self, recipient->version, LEGACY_E_LOGIN, text);
    return true;
}

static bool from_error(
    legacy_message_t *self, const legacy_recipient_t *recipient, const dd_record_t *record)
{
    switch (record->ref & REF_KIND) {
    case REF_SEND:
        begin(self, recipient->version, LEGACY_ERROR);
        add_u32(self, LEGACY_E_DESTINATION);
        add(self, record->text);
        add(self, dd_name_shown(recipient->name, recipient->tenant));
        return true;
    case REF_SUBSCRIBE:
        legacy_write_error(
            self, recipient->version, LEGACY_E_TOPIC, dd_strerror((dd_error_t)record->code));
        return true;
    case REF_UNSUBSCRIBE:
        return false;
    default:
        return from_end(self, recipient, record);
    }
}

static bool from_unpublished(
    legacy_message_t *self, const legacy_recipient_t *recipient, const dd_record_t *record)
{
    legacy_write_error(
        self, recipient->version, LEGACY_E_TOPIC, dd_strerror((dd_error_t)record->code));
    return true;
}

bool legacy_from_record(
    legacy_message_t *self, const legacy_recipient_t *recipient, const dd_record_t *record)
{
    static from_record_t *const MESSAGES[] = {
        [DD_WELCOME] = from_welcome,
        [DD_PONG] = from_pong,
        [DD_ERROR] = from_error,
        [DD_DATA] = from_data,
        [DD_SUBSCRIBED] = from_subscribed,
        [DD_PUBLICATION] = from_publication,
        [DD_UNPUBLISHED] = from_unpublished,
    };
    return record->type < sizeof MESSAGES / sizeof MESSAGES[0] && MESSAGES[record->type] &&
           MESSAGES[record->type](self, recipient, record);
}
