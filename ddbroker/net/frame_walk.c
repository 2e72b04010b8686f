/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frame_walk - where the frames of a ZMTP stream begin
 */
#include "frame_walk.h"

#include <endian.h>
#include <string.h>

#define LONG 2 /* the flag; in ZMTP 1 a size of 255 says the same */

static size_t head_size(const frame_walk_t *self)
{
    if (self->is_1)
        return self->head[0] == UINT8_MAX ? FRAME_WALK_HEAD : 1;
    return self->head[0] & LONG ? FRAME_WALK_HEAD : 2;
}

static uint64_t body_size(const frame_walk_t *self)
{
    uint64_t size;
    if (self->count < FRAME_WALK_HEAD)
        return self->head[self->count - 1];
    memcpy(&size, self->head + 1, sizeof size);
    return be64toh(size);
}

size_t frame_walk(frame_walk_t *self, const uint8_t *data, size_t size)
{
    size_t frames = 0;
    for (size_t at = 0; at < size;) {
        uint64_t step = self->rest < size - at ? self->rest : size - at;
        self->rest -= step;
        at += (size_t)step;
        if (at == size)
            break;
        self->head[self->count++] = data[at++];
        if (self->count < head_size(self))
            continue;
        self->rest = self->size = body_size(self);
        if (self->first == 0)
            self->first = self->rest;
        self->count = 0;
        frames++;
    }
    return frames;
}
