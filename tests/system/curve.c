/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * curve - a connection to a broker without ZeroMQ: ZMTP 3 (RFC 23) and CURVE (RFC 26) by hand
 */
#include "curve.h"

#include <endian.h>
#include <errno.h>
#include <poll.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "libdd/base/buffer.h"
#include "libdd/keys/keyring.h"

#define BODY_MAX (64 * 1024)
#define ROOM (BODY_MAX + 256)
#define MAC crypto_box_MACBYTES
#define KEY crypto_box_PUBLICKEYBYTES
#define GREETING_SIZE 64
/* WELCOME as a frame: two bytes of header, the command's name, half a nonce, a box. */
#define HALF_NONCE 16
#define COOKIE_SIZE 96
#define WELCOME_START 10
#define WELCOME_SIZE (WELCOME_START + HALF_NONCE + MAC + KEY + COOKIE_SIZE)
/* Of ZMTP's frames. */
enum { FLAG_LONG = 2, FLAG_COMMAND = 4 };
/* Of what is boxed in a MESSAGE. */
enum { BOXED_MORE = 1, BOXED_COMMAND = 2 };

struct curve {
    int fd;
    uint64_t count; /* of nonces used */
    dd_keyring_t *keyring;
    uint8_t public_key[KEY]; /* of this connection's own pair */
    uint8_t secret_key[KEY];
    uint8_t broker_key[KEY]; /* the broker's for this connection */
    uint8_t cookie[COOKIE_SIZE];
    uint8_t frame[ROOM];
};

static void be_patient(int fd)
{
    const int little = 64 << 10; /* the kernel shall not hold much that the broker hasn't read */
    struct timeval patience = {.tv_sec = HARNESS_DEADLINE / 1000};
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &little, sizeof little);
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
}

static bool put(const curve_t *self, const void *data, size_t size)
{
    const uint8_t *at = data;
    while (size > 0) {
        ssize_t sent = send(self->fd, at, size, MSG_NOSIGNAL);
        if (sent <= 0)
            return false;
        at += sent;
        size -= (size_t)sent;
    }
    return true;
}

static void get(const curve_t *self, void *data, size_t size)
{
    assert_int_equal(recv(self->fd, data, size, MSG_WAITALL), size);
}

/* ZMTP's numbers begin with their high byte, ours with the low one. */
static void write_number(dd_writer_t *writer, uint64_t value)
{
    value = htobe64(value);
    dd_write_bytes(writer, dd_bytes(&value, sizeof value));
}

/* A frame begins with its flags and the size of the rest. */
static dd_writer_t begin(curve_t *self, uint8_t flags, size_t size)
{
    dd_writer_t writer = dd_writer(self->frame, ROOM);
    dd_write_u8(&writer, flags | FLAG_LONG);
    write_number(&writer, size);
    return writer;
}

static size_t written(const uint8_t *start, const dd_writer_t *writer)
{
    return (size_t)(writer->at - start);
}

static bool flush(const curve_t *self, const dd_writer_t *writer)
{
    return put(self, self->frame, written(self->frame, writer));
}

static void write_text(dd_writer_t *writer, const char *text)
{
    dd_write_bytes(writer, dd_bytes_of(text));
}

/* Adds the counting half of a nonce, and what is boxed with it for that key. */
static void write_box(
    curve_t *self, dd_writer_t *writer, const char *prefix, dd_bytes_t plain, const uint8_t *to)
{
    static uint8_t box[ROOM + MAC];
    uint8_t nonce[crypto_box_NONCEBYTES];
    dd_writer_t nonces = dd_writer(nonce, sizeof nonce);
    write_text(&nonces, prefix);
    write_number(&nonces, ++self->count);
    write_number(writer, self->count);
    assert_int_equal(crypto_box_easy(box, plain.data, plain.size, nonce, to, self->secret_key), 0);
    dd_write_bytes(writer, dd_bytes(box, plain.size + MAC));
}

/* ---- Handshake ---------------------------------------------------------------------------------
 */

static void greet(const curve_t *self)
{
    uint8_t greeting[GREETING_SIZE] = "\xff\0\0\0\0\0\0\0\x01\x7f\x03\0CURVE";
    assert_true(put(self, greeting, sizeof greeting));
    get(self, greeting, sizeof greeting);
}

static void say_hello(curve_t *self)
{
    static const uint8_t zeros[73]; /* the rest of version 1.0, and padding */
    dd_writer_t writer = begin(self, FLAG_COMMAND, 200);
    write_text(&writer, "\x05HELLO\x01");
    dd_write_bytes(&writer, dd_bytes(zeros, sizeof zeros));
    dd_write_bytes(&writer, dd_bytes(self->public_key, KEY));
    write_box(self, &writer, "CurveZMQHELLO---", dd_bytes(zeros, 64),
        dd_keyring_broker_key(self->keyring));
    assert_true(flush(self, &writer));
}

static void hear_welcome(curve_t *self)
{
    uint8_t frame[WELCOME_SIZE], plain[KEY + COOKIE_SIZE],
        nonce[crypto_box_NONCEBYTES] = "WELCOME-";
    get(self, frame, sizeof frame);
    memcpy(nonce + 8, frame + WELCOME_START, HALF_NONCE);
    assert_int_equal(
        crypto_box_open_easy(plain, frame + WELCOME_START + HALF_NONCE, MAC + sizeof plain, nonce,
            dd_keyring_broker_key(self->keyring), self->secret_key),
        0);
    memcpy(self->broker_key, plain, KEY);
    memcpy(self->cookie, plain + KEY, COOKIE_SIZE);
}

/* Proves that the owner of the key file stands behind this connection's key. */
static void write_vouch(const curve_t *self, dd_writer_t *writer)
{
    uint8_t nonce[crypto_box_NONCEBYTES] = "VOUCH---", plain[2 * KEY], box[sizeof plain + MAC];
    randombytes_buf(nonce + 8, HALF_NONCE);
    memcpy(plain, self->public_key, KEY);
    memcpy(plain + KEY, dd_keyring_broker_key(self->keyring), KEY);
    assert_int_equal(crypto_box_easy(box, plain, sizeof plain, nonce, self->broker_key,
                         dd_keyring_secret_key(self->keyring)),
        0);
    dd_write_bytes(writer, dd_bytes(nonce + 8, HALF_NONCE));
    dd_write_bytes(writer, dd_bytes(box, sizeof box));
}

static void initiate(curve_t *self, dd_bytes_t properties)
{
    static uint8_t plain[BODY_MAX];
    dd_writer_t inner = dd_writer(plain, sizeof plain);
    dd_write_bytes(&inner, dd_bytes(dd_keyring_public_key(self->keyring), KEY));
    write_vouch(self, &inner);
    write_text(&inner, "\x0bSocket-Type");
    dd_write_bytes(&inner, dd_bytes("\0\0\0\x06"
                                    "DEALER",
                               10));
    dd_write_bytes(&inner, properties);
    dd_writer_t writer =
        begin(self, FLAG_COMMAND, 9 + COOKIE_SIZE + 8 + MAC + written(plain, &inner));
    write_text(&writer, "\x08INITIATE");
    dd_write_bytes(&writer, dd_bytes(self->cookie, COOKIE_SIZE));
    write_box(self, &writer, "CurveZMQINITIATE", dd_bytes(plain, written(plain, &inner)),
        self->broker_key);
    flush(self, &writer);
}

/* READY comes when the broker has let us in. */
static void hear_ready(const curve_t *self)
{
    uint8_t header[8];
    get(self, header, sizeof header);
    assert_memory_equal(header + 2, "\x05READY", 6);
}

/* ---- The connection ----------------------------------------------------------------------------
 */

curve_t *curve_open(harness_t *harness, const char *broker, const char *owner)
{
    return curve_open_at(harness, harness_endpoint(harness, broker), owner);
}

curve_t *curve_open_with(
    harness_t *harness, const char *endpoint, const char *owner, dd_bytes_t properties)
{
    dd_problem_t problem;
    curve_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->keyring = dd_keyring_load(harness_keys(harness, owner), &problem);
    if (!self->keyring)
        fail_msg("%s", problem.text);
    crypto_box_keypair(self->public_key, self->secret_key);
    self->fd = harness_connect(endpoint);
    be_patient(self->fd);
    greet(self);
    say_hello(self);
    hear_welcome(self);
    initiate(self, properties);
    return self;
}

curve_t *curve_open_at(harness_t *harness, const char *endpoint, const char *owner)
{
    curve_t *self = curve_open_with(harness, endpoint, owner, dd_bytes(NULL, 0));
    hear_ready(self);
    return self;
}

bool curve_is_over(void *curve)
{
    const curve_t *self = curve;
    uint8_t bytes[1024];
    ssize_t size;
    while ((size = recv(self->fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        ;
    return size == 0 || (errno != EAGAIN && errno != EINTR);
}

/* The flags stand in the box, too. */
static bool send_flagged(curve_t *self, const void *data, size_t size, uint8_t flags)
{
    static uint8_t plain[1 + BODY_MAX];
    assert_in_range(size, 0, BODY_MAX);
    plain[0] = flags;
    memcpy(plain + 1, data, size);
    dd_writer_t writer = begin(self, 0, 8 + 8 + MAC + 1 + size);
    write_text(&writer, "\x07MESSAGE");
    write_box(self, &writer, "CurveZMQMESSAGEC", dd_bytes(plain, 1 + size), self->broker_key);
    return flush(self, &writer);
}

bool curve_send(curve_t *self, const void *data, size_t size, bool more)
{
    return send_flagged(self, data, size, more ? BOXED_MORE : 0);
}

bool curve_ping(curve_t *self)
{
    static const char PING[] = "\4PING\0"; /* without a time to live */
    return send_flagged(self, PING, sizeof PING, BOXED_COMMAND);
}

bool curve_is_full(const curve_t *self)
{
    struct pollfd item = {.fd = self->fd, .events = POLLOUT};
    return poll(&item, 1, 0) == 0;
}

void curve_reset(curve_t **self_p)
{
    const struct linger at_once = {.l_onoff = 1};
    setsockopt((*self_p)->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    curve_close(self_p);
}

void curve_close(curve_t **self_p)
{
    curve_t *self = *self_p;
    close(self->fd);
    dd_keyring_destroy(&self->keyring);
    free(self);
    *self_p = NULL;
}
