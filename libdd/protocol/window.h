/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * window - how much may be on its way to a broker that it hasn't said to have taken in
 *
 * What a client sends to its broker, and a broker to its parent, is counted on both sides by whole
 * frames since the connection began. The receiver says TAKEN whenever it has taken a quarter of the
 * window since it last said so. The sender lets a frame go if the window holds it together with
 * what is untaken, or if less than a quarter is untaken: the receiver won't tell of that, so that a
 * frame that is larger than the window would wait for ever.
 *
 * Hence nobody waits in vain: who may not send has a quarter or more untaken, and once that has
 * come the receiver says so. And no more is untaken than dd_window_most().
 */
#ifndef DD_WINDOW_H_INCLUDED
#define DD_WINDOW_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a frame counts besides its bytes: what ZeroMQ and CURVE add to it, and the broker's cost of
   keeping it, so that tiny frames are bounded as well. */
#define DD_WINDOW_FRAME 64u
/* Room beyond the window for signs of life, which are sent whatever is untaken. */
#define DD_WINDOW_SIGNS 4096u

/* A window of 0 bytes is none. */
typedef struct {
    uint32_t size;
    uint64_t sent;  /* since the connection began */
    uint64_t taken; /* of that, as the receiver says */
} dd_window_t;

static inline uint64_t dd_window_count(size_t frame)
{
    return (uint64_t)frame + DD_WINDOW_FRAME;
}

/* Rounded up, so that it is never nothing. */
static inline uint64_t dd_window_quarter(uint32_t size)
{
    return ((uint64_t)size + 3) / 4;
}

/* For the receiver: whether so much that it has taken in and not told of is to be told. */
static inline bool dd_window_is_due(uint32_t size, uint64_t untold)
{
    return size > 0 && untold >= dd_window_quarter(size);
}

/* The most that can be untaken if the largest frame has so many bytes. */
uint64_t dd_window_most(uint32_t size, size_t largest);

/* For the sender: whether a frame of so many bytes may go. */
bool dd_window_lets(const dd_window_t *self, size_t frame);

/* The receiver says to have taken so much. False if that can't be, since it is less than it said
   before or more than was sent. */
bool dd_window_taken(dd_window_t *self, uint64_t taken);

#endif
