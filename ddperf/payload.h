/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * payload - what stands in a measured message, so that its receiver can tell which one it is
 *
 * A header, and zeros up to the size that was asked for.
 */
#ifndef PAYLOAD_H_INCLUDED
#define PAYLOAD_H_INCLUDED

#include "libdd/base/buffer.h"

/* Bytes of the header, and so of the smallest message. */
#define PAYLOAD_HEADER 16
/* The number of messages that are sent until all receivers are known to be reached. They are
   acknowledged at once and not counted. */
#define PAYLOAD_PROBE UINT64_MAX

typedef struct {
    uint32_t run;    /* drawn for each run, to leave out what isn't of this one */
    uint32_t client; /* the sender's or, in an acknowledgement, the receiver's index */
    uint64_t number; /* in the stream, from 0 */
} payload_t;

/* Writes the header; data has room for it. */
void payload_write(const payload_t *self, void *data);

/* False if the bytes aren't a message of this run. */
bool payload_read(payload_t *self, uint32_t run, const void *data, size_t size);

#endif
