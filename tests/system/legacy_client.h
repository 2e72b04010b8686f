/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_client - a client of protocol 3 or 4, as those in Python, Java and C are
 *
 * It talks to a broker's legacy endpoint step by step, so that a test can say what no real client
 * would. What is expected and doesn't come within HARNESS_DEADLINE fails the test. Payloads are
 * sealed and opened with libsodium's own functions.
 */
#ifndef LEGACY_CLIENT_H_INCLUDED
#define LEGACY_CLIENT_H_INCLUDED

#include "libdd/keys/keyring.h"

#define LEGACY_V3 0x0d0d0003u
#define LEGACY_V4 0x0d0d0004u

enum {
    CMD_SEND = 0,
    CMD_PING = 2,
    CMD_ADDLCL = 3,
    CMD_UNREG = 6,
    CMD_DATA = 9,
    CMD_ERROR = 10,
    CMD_REGOK = 11,
    CMD_PONG = 12,
    CMD_CHALL = 13,
    CMD_CHALLOK = 14,
    CMD_PUB = 15,
    CMD_SUB = 16,
    CMD_UNSUB = 17,
    CMD_SUBOK = 23
};

typedef struct legacy_client legacy_client_t;

/* Connects. keyfile is a tenant's or the public tenant's. */
legacy_client_t *legacy_client_new(
    void *context, const char *endpoint, const char *keyfile, uint32_t version);
/* What was said leaves even after legacy_client_destroy(). */
void legacy_client_linger(legacy_client_t *self);
/* Drops the connection without a word. NULL and *self_p == NULL are fine. */
void legacy_client_destroy(legacy_client_t **self_p);

/* Says everything in that version from now on, and expects it. */
void legacy_client_speak(legacy_client_t *self, uint32_t version);

/* ---- Saying ------------------------------------------------------------------------------- */

/* Sends frames as they are. */
void legacy_client_raw(legacy_client_t *self, const dd_bytes_t *frames, size_t count);
/* The same behind version and command. */
void legacy_client_say(
    legacy_client_t *self, uint32_t command, const dd_bytes_t *frames, size_t count);

/* ADDLCL, and what was challenged decrypted, which is the cookie from now on. */
void legacy_client_ask(legacy_client_t *self);
/* CHALLOK with that cookie, the own hash and a name. */
void legacy_client_answer(legacy_client_t *self, const char *name);
/* Both, and REGOK. */
void legacy_client_login(legacy_client_t *self, const char *name);

void legacy_client_ping(legacy_client_t *self);
void legacy_client_unreg(legacy_client_t *self);
void legacy_client_notify(legacy_client_t *self, const char *destination, const char *text);
void legacy_client_publish(legacy_client_t *self, const char *topic, const char *text);
void legacy_client_subscribe(legacy_client_t *self, const char *topic, const char *scope);
void legacy_client_unsubscribe(legacy_client_t *self, const char *topic, const char *scope);

/* As CHALLOK and every request have it. */
dd_bytes_t legacy_client_cookie(const legacy_client_t *self);
dd_bytes_t legacy_client_hash(const legacy_client_t *self);

/* ---- Hearing ------------------------------------------------------------------------------ */

/* Takes the next message; false if none comes in that many ms. */
bool legacy_client_next(legacy_client_t *self, int deadline_ms);
/* Of the message taken last: its command, and the frames behind it. */
uint32_t legacy_client_command(const legacy_client_t *self);
size_t legacy_client_frames(const legacy_client_t *self);
dd_bytes_t legacy_client_frame(legacy_client_t *self, size_t index);

/* A payload, opened as one from that source. The text is the client's, until the next call. */
const char *legacy_client_open(legacy_client_t *self, size_t index, const char *source);

/* The next message is this one. An empty text stands for any. */
void legacy_client_expect(legacy_client_t *self, uint32_t command, size_t frames);
void legacy_client_expect_data(legacy_client_t *self, const char *source, const char *text);
void legacy_client_expect_pub(
    legacy_client_t *self, const char *source, const char *topic, const char *text);
void legacy_client_expect_subok(legacy_client_t *self, const char *topic, const char *scope);
void legacy_client_expect_error(legacy_client_t *self, uint32_t code, const char *text);
/* The broker answers a PING, and has said nothing before that. */
void legacy_client_expect_silence(legacy_client_t *self);

#endif
