/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frame_walk - where the frames of a ZMTP stream begin
 *
 * A frame of ZMTP 2 and 3 begins with flags, one of which says whether its size has one byte or
 * eight; one of ZMTP 1 with its size, which counts the flags behind it.
 *
 * Pure.
 */
#ifndef FRAME_WALK_H_INCLUDED
#define FRAME_WALK_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_WALK_HEAD 9

typedef struct {
    uint64_t rest;  /* bytes that come before the next frame */
    uint64_t first; /* of the first frame; 0 before that */
    uint64_t size;  /* of the frame that began last */
    bool is_1;      /* ZMTP 1 */
    uint8_t count;  /* bytes of the next frame's head so far */
    uint8_t head[FRAME_WALK_HEAD];
} frame_walk_t;

/* Goes on by what was read; how many frames begin there whose head is whole. */
size_t frame_walk(frame_walk_t *self, const uint8_t *data, size_t size);

#endif
