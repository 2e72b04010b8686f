/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * old_greeting - gives peers of ZMTP 1 and 2 a routing id that says their connection
 *
 * libzmq doesn't tell which connection the messages of such a peer come over, but it takes the
 * routing id that the peer says of itself. So that is replaced on its way to libzmq. Who speaks
 * ZMTP 3 isn't touched.
 */
#ifndef OLD_GREETING_H_INCLUDED
#define OLD_GREETING_H_INCLUDED

#include <stdint.h>
#include <sys/types.h>

#include "libdd/base/buffer.h"

/* A byte 1, the descriptor, and a number that nobody can guess. */
#define OLD_GREETING_ID 9

typedef enum {
    GREETING_BEGINS,
    GREETING_SIGNATURE, /* of ZMTP 2 and later */
    GREETING_HEAD,      /* of the frame with the id */
    GREETING_ID,
    GREETING_ANSWER, /* ours is to be given instead */
    GREETING_OVER
} greeting_stage_t;

/* Begins with all zero. */
typedef struct {
    uint8_t stage;    /* a greeting_stage_t */
    uint8_t revision; /* as the greeting says; 0: ZMTP 1 */
    uint8_t count;    /* bytes of the signature or the head so far */
    uint8_t head[2];
    uint8_t skip; /* bytes of the id that are still to be passed over */
    uint32_t number;
} old_greeting_t;

static inline bool old_greeting_is_over(const old_greeting_t *self)
{
    return self->stage == GREETING_OVER;
}

/* Reads as recv(2) does, as long as the greeting isn't over. */
ssize_t old_greeting_read(old_greeting_t *self, int fd, void *data, size_t size);

/* Once it is over: bytes of it that are still to come before the first frame, and whether frames
   are those of ZMTP 1. */
size_t old_greeting_rest(const old_greeting_t *self);
bool old_greeting_is_1(const old_greeting_t *self);

/* Whether the peer speaks ZMTP 1 or 2, as far as it has said anything. */
bool old_greeting_is_old(const old_greeting_t *self);

/* Whether that is the id that was given to the connection. */
bool old_greeting_gave(const old_greeting_t *self, int fd, dd_bytes_t id);

/* The descriptor that an id of this form says; -1 for another. */
int old_greeting_fd(dd_bytes_t id);

#endif
