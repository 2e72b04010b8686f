/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_client - a client of protocol 3 or 4, as those in Python, Java and C are
 */
#include "legacy_client.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <zmq.h>

#include <cmocka.h>

#include "harness.h"

#define HEAD 2 /* version and command */
#define FRAMES_MAX 8
#define OVERHEAD (crypto_box_NONCEBYTES + crypto_box_MACBYTES)

struct legacy_client {
    void *socket;
    dd_keyring_t *keyring;
    uint32_t version;
    uint8_t cookie[8];
    char hash[DD_HASH_SIZE + 1];
    zmq_msg_t frames[FRAMES_MAX]; /* of the message taken last */
    size_t count;
    char text[1 << 17]; /* the last payload that was opened */
};

legacy_client_t *legacy_client_new(
    void *context, const char *endpoint, const char *keyfile, uint32_t version)
{
    dd_problem_t problem;
    int none = 0;
    legacy_client_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->version = version;
    self->keyring = dd_keyring_load(keyfile, &problem);
    if (!self->keyring)
        fail_msg("%s", problem.text);
    sodium_bin2hex(
        self->hash, sizeof self->hash, dd_keyring_public_key(self->keyring), DD_KEY_SIZE);
    self->socket = zmq_socket(context, ZMQ_DEALER);
    assert_non_null(self->socket);
    assert_int_equal(zmq_setsockopt(self->socket, ZMQ_LINGER, &none, sizeof none), 0);
    assert_int_equal(zmq_connect(self->socket, endpoint), 0);
    return self;
}

void legacy_client_linger(legacy_client_t *self)
{
    int deadline = HARNESS_DEADLINE;
    assert_int_equal(zmq_setsockopt(self->socket, ZMQ_LINGER, &deadline, sizeof deadline), 0);
}

static void forget_message(legacy_client_t *self)
{
    for (size_t i = 0; i < self->count; i++)
        zmq_msg_close(&self->frames[i]);
    self->count = 0;
}

void legacy_client_destroy(legacy_client_t **self_p)
{
    legacy_client_t *self = *self_p;
    if (!self)
        return;
    forget_message(self);
    zmq_close(self->socket);
    dd_keyring_destroy(&self->keyring);
    free(self);
    *self_p = NULL;
}

void legacy_client_speak(legacy_client_t *self, uint32_t version)
{
    self->version = version;
}

/* ---- Saying ------------------------------------------------------------------------------- */

void legacy_client_raw(legacy_client_t *self, const dd_bytes_t *frames, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_true(zmq_send(self->socket, frames[i].data, frames[i].size,
                        i + 1 < count ? ZMQ_SNDMORE : 0) >= 0);
}

static dd_bytes_t number(uint8_t bytes[4], uint32_t value)
{
    dd_writer_t writer = dd_writer(bytes, 4);
    dd_write_u32(&writer, value);
    return dd_bytes(bytes, 4);
}

void legacy_client_say(
    legacy_client_t *self, uint32_t command, const dd_bytes_t *frames, size_t count)
{
    uint8_t head[HEAD][4];
    dd_bytes_t all[FRAMES_MAX] = {number(head[0], self->version), number(head[1], command)};
    assert_true(HEAD + count <= FRAMES_MAX);
    for (size_t i = 0; i < count; i++)
        all[HEAD + i] = frames[i];
    legacy_client_raw(self, all, HEAD + count);
}

dd_bytes_t legacy_client_cookie(const legacy_client_t *self)
{
    return dd_bytes(self->cookie, sizeof self->cookie);
}

dd_bytes_t legacy_client_hash(const legacy_client_t *self)
{
    return dd_bytes_of(self->hash);
}

void legacy_client_ask(legacy_client_t *self)
{
    dd_bytes_t hash = legacy_client_hash(self);
    legacy_client_say(self, CMD_ADDLCL, &hash, 1);
    legacy_client_expect(self, CMD_CHALL, 1);
    dd_bytes_t challenge = legacy_client_frame(self, 0);
    assert_int_equal(challenge.size, sizeof self->cookie + OVERHEAD);
    assert_int_equal(
        crypto_box_open_easy(self->cookie, challenge.data + crypto_box_NONCEBYTES,
            challenge.size - crypto_box_NONCEBYTES, challenge.data,
            dd_keyring_broker_key(self->keyring), dd_keyring_secret_key(self->keyring)),
        0);
}

void legacy_client_answer(legacy_client_t *self, const char *name)
{
    const dd_bytes_t frames[] = {
        legacy_client_cookie(self), legacy_client_hash(self), dd_bytes_of(name)};
    legacy_client_say(self, CMD_CHALLOK, frames, 3);
}

void legacy_client_login(legacy_client_t *self, const char *name)
{
    legacy_client_ask(self);
    legacy_client_answer(self, name);
    legacy_client_expect(self, CMD_REGOK, self->version == LEGACY_V4 ? 2 : 1);
    assert_true(dd_bytes_equal(legacy_client_frame(self, 0), legacy_client_cookie(self)));
}

void legacy_client_ping(legacy_client_t *self)
{
    dd_bytes_t cookie = legacy_client_cookie(self);
    legacy_client_say(self, CMD_PING, &cookie, 1);
}

void legacy_client_unreg(legacy_client_t *self)
{
    dd_bytes_t cookie = legacy_client_cookie(self);
    legacy_client_say(self, CMD_UNREG, &cookie, 1);
}

/* The public key of whoever is named so by the broker. */
static const uint8_t *key_of(const legacy_client_t *self, const char *name)
{
    const char *dot = strchr(name, '.');
    dd_bytes_t first = dd_bytes(name, dot ? (size_t)(dot - name) : 0);
    if (dd_keyring_kind(self->keyring) == DD_KEYS_PUBLIC) {
        const dd_tenant_t *tenant = dd_keyring_tenant_by_name(self->keyring, first);
        return tenant ? tenant->public_key : dd_keyring_public_key(self->keyring);
    }
    return dd_bytes_equal(first, dd_bytes_of("public")) ? dd_keyring_tenant_public(self->keyring)
                                                        : dd_keyring_public_key(self->keyring);
}

static dd_bytes_t seal(const legacy_client_t *self, const char *to, const char *text, uint8_t *out)
{
    randombytes_buf(out, crypto_box_NONCEBYTES);
    assert_int_equal(crypto_box_easy(out + crypto_box_NONCEBYTES, (const uint8_t *)text,
                         strlen(text), out, key_of(self, to), dd_keyring_secret_key(self->keyring)),
        0);
    return dd_bytes(out, strlen(text) + OVERHEAD);
}

void legacy_client_notify(legacy_client_t *self, const char *destination, const char *text)
{
    uint8_t *sealed = malloc(strlen(text) + OVERHEAD);
    assert_non_null(sealed);
    const dd_bytes_t frames[] = {legacy_client_cookie(self), dd_bytes_of(destination),
        seal(self, destination, text, sealed)};
    legacy_client_say(self, CMD_SEND, frames, 3);
    free(sealed);
}

void legacy_client_publish(legacy_client_t *self, const char *topic, const char *text)
{
    uint8_t *sealed = malloc(strlen(text) + OVERHEAD);
    assert_non_null(sealed);
    const dd_bytes_t frames[] = {legacy_client_cookie(self), dd_bytes_of(topic), dd_bytes("", 0),
        seal(self, topic, text, sealed)};
    legacy_client_say(self, CMD_PUB, frames, 4);
    free(sealed);
}

void legacy_client_subscribe(legacy_client_t *self, const char *topic, const char *scope)
{
    const dd_bytes_t frames[] = {
        legacy_client_cookie(self), dd_bytes_of(topic), dd_bytes_of(scope)};
    legacy_client_say(self, CMD_SUB, frames, 3);
}

void legacy_client_unsubscribe(legacy_client_t *self, const char *topic, const char *scope)
{
    const dd_bytes_t frames[] = {
        legacy_client_cookie(self), dd_bytes_of(topic), dd_bytes_of(scope)};
    legacy_client_say(self, CMD_UNSUB, frames, 3);
}

/* ---- Hearing ------------------------------------------------------------------------------ */

bool legacy_client_next(legacy_client_t *self, int deadline_ms)
{
    zmq_pollitem_t item = {.socket = self->socket, .events = ZMQ_POLLIN};
    forget_message(self);
    if (zmq_poll(&item, 1, deadline_ms) <= 0)
        return false;
    do {
        assert_true(self->count < FRAMES_MAX);
        zmq_msg_t *frame = &self->frames[self->count++];
        zmq_msg_init(frame);
        assert_true(zmq_msg_recv(frame, self->socket, 0) >= 0);
    } while (zmq_msg_more(&self->frames[self->count - 1]));
    return true;
}

static uint32_t number_at(const legacy_client_t *self, size_t index)
{
    assert_true(index < self->count);
    zmq_msg_t *frame = (zmq_msg_t *)&self->frames[index];
    dd_reader_t reader = dd_reader(zmq_msg_data(frame), zmq_msg_size(frame));
    uint32_t value = dd_read_u32(&reader);
    assert_false(reader.failed || dd_reader_left(&reader) > 0);
    return value;
}

uint32_t legacy_client_command(const legacy_client_t *self)
{
    assert_int_equal(number_at(self, 0), self->version);
    return number_at(self, 1);
}

size_t legacy_client_frames(const legacy_client_t *self)
{
    assert_true(self->count >= HEAD);
    return self->count - HEAD;
}

dd_bytes_t legacy_client_frame(legacy_client_t *self, size_t index)
{
    assert_true(HEAD + index < self->count);
    zmq_msg_t *frame = &self->frames[HEAD + index];
    return dd_bytes(zmq_msg_data(frame), zmq_msg_size(frame));
}

static const char *text_at(legacy_client_t *self, size_t index)
{
    dd_bytes_copy(legacy_client_frame(self, index), self->text, sizeof self->text);
    return self->text;
}

const char *legacy_client_open(legacy_client_t *self, size_t index, const char *source)
{
    dd_bytes_t sealed = legacy_client_frame(self, index);
    assert_true(sealed.size >= OVERHEAD && sealed.size - OVERHEAD < sizeof self->text);
    assert_int_equal(crypto_box_open_easy((uint8_t *)self->text,
                         sealed.data + crypto_box_NONCEBYTES, sealed.size - crypto_box_NONCEBYTES,
                         sealed.data, key_of(self, source), dd_keyring_secret_key(self->keyring)),
        0);
    self->text[sealed.size - OVERHEAD] = '\0';
    return self->text;
}

void legacy_client_expect(legacy_client_t *self, uint32_t command, size_t frames)
{
    assert_true(legacy_client_next(self, HARNESS_DEADLINE));
    if (legacy_client_command(self) != command || legacy_client_frames(self) != frames)
        fail_msg("command %u with %zu frames instead of %u with %zu; the last: %s",
            legacy_client_command(self), legacy_client_frames(self), command, frames,
            self->count > HEAD ? text_at(self, self->count - HEAD - 1) : "");
}

void legacy_client_expect_data(legacy_client_t *self, const char *source, const char *text)
{
    legacy_client_expect(self, CMD_DATA, 2);
    assert_string_equal(text_at(self, 0), source);
    assert_string_equal(legacy_client_open(self, 1, source), text);
}

void legacy_client_expect_pub(
    legacy_client_t *self, const char *source, const char *topic, const char *text)
{
    legacy_client_expect(self, CMD_PUB, 3);
    assert_string_equal(text_at(self, 0), source);
    assert_string_equal(text_at(self, 1), topic);
    assert_string_equal(legacy_client_open(self, 2, source), text);
}

void legacy_client_expect_subok(legacy_client_t *self, const char *topic, const char *scope)
{
    legacy_client_expect(self, CMD_SUBOK, 2);
    assert_string_equal(text_at(self, 0), topic);
    assert_string_equal(text_at(self, 1), scope);
}

void legacy_client_expect_error(legacy_client_t *self, uint32_t code, const char *text)
{
    assert_true(legacy_client_next(self, HARNESS_DEADLINE));
    assert_int_equal(legacy_client_command(self), CMD_ERROR);
    assert_true(legacy_client_frames(self) >= 2);
    assert_int_equal(number_at(self, HEAD), code);
    if (text[0])
        assert_string_equal(text_at(self, 1), text);
    else
        assert_true(legacy_client_frame(self, 1).size > 0);
}

void legacy_client_expect_silence(legacy_client_t *self)
{
    legacy_client_ping(self);
    legacy_client_expect(self, CMD_PONG, 0);
}
