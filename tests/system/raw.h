/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * raw - a connection to a broker that says what no library would
 *
 * It has an owner's keys, and sends whatever records, frames and messages a test wants. It answers
 * nothing by itself, no heartbeats either.
 */
#ifndef RAW_H_INCLUDED
#define RAW_H_INCLUDED

#include "harness.h"
#include "libdd/protocol/record.h"

typedef struct raw raw_t;

/* Connects with an owner's key file, see harness_keys(), and waits until the handshake is done. */
raw_t *raw_open(harness_t *harness, const char *broker, const char *owner);
/* The same, and registers under that name. */
raw_t *raw_register(harness_t *harness, const char *broker, const char *owner, const char *name);
void raw_close(raw_t **self_p);
/* A condition for wait_until(): the connection is over. */
bool raw_is_lost(void *raw);

/* Makes a frame with one record, which must fit; gives its size. */
#define RAW_FRAME_MAX 8192
size_t raw_frame(const dd_record_t *record, uint8_t frame[RAW_FRAME_MAX]);

/* Sends one frame with one record. */
void raw_say(raw_t *self, const dd_record_t *record);
/* Sends one frame of a message; `more` when the message goes on. False if it can't be sent within
   the harness's deadline, since the connection is gone or the broker doesn't read on. */
bool raw_send(raw_t *self, const void *data, size_t size, bool more);

/* The next record that comes: false at the deadline. It is valid until the next call. */
bool raw_hear(raw_t *self, dd_record_t *record, int deadline_ms);
/* Passes over records until one of that type comes; none within the harness's deadline fails the
   test. */
void raw_await(raw_t *self, uint8_t type, dd_record_t *record);

#endif
