/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stream_counts - which messages of a numbered stream have arrived
 *
 * A bit for each message tells one that comes twice from one that is late.
 */
#ifndef STREAM_COUNTS_H_INCLUDED
#define STREAM_COUNTS_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

typedef struct {
    uint64_t expected; /* messages in the whole stream, numbered from 0 */
    uint64_t received; /* different ones */
    uint64_t duplicated;
    uint64_t reordered; /* came after one with a higher number */
    uint64_t next;      /* one above the highest number so far */
    uint8_t *seen;      /* a bit for each number */
} stream_counts_t;

/* False when out of memory. */
bool stream_counts_init(stream_counts_t *self, uint64_t expected);
void stream_counts_clear(stream_counts_t *self);

/* Takes in the arrival of a message. Numbers that the stream can't have are passed over. */
void stream_counts_take(stream_counts_t *self, uint64_t number);

#endif
