/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_frames - messages of protocols 3 and 4 as literals
 */
#ifndef LEGACY_FRAMES_H_INCLUDED
#define LEGACY_FRAMES_H_INCLUDED

#include "libdd/base/buffer.h"
#include "tests/unit/libdd/keys.h"

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

/* Bytes that a test's clients may send at once. */
#define PAYLOAD_MAX 100

void legacy_frames_assert_bytes(dd_bytes_t bytes, const char *text);

#endif
