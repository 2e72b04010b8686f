/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_held - how many bytes ZeroMQ holds that are to be sent to a client
 */
#include "legacy_held.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a frame from which on it is counted; of smaller ones there are never many. */
#define LARGE 4096
/* Bytes with which one more message may be sent. */
#define HELD_MAX (256u << 10)

/* ZeroMQ's threads free what they have sent, perhaps after the route. */
struct legacy_held {
    _Atomic size_t bytes;
    _Atomic size_t users; /* the route, and each frame */
};

typedef struct {
    legacy_held_t *held;
    size_t size;
    uint8_t data[];
} large_t;

legacy_held_t *legacy_held_new(void)
{
    legacy_held_t *self = malloc(sizeof *self);
    if (self)
        *self = (legacy_held_t){.users = 1};
    return self;
}

static void release(legacy_held_t *self)
{
    if (atomic_fetch_sub(&self->users, 1) == 1)
        free(self);
}

void legacy_held_destroy(legacy_held_t **self_p)
{
    if (*self_p)
        release(*self_p);
    *self_p = NULL;
}

bool legacy_held_has_room(const legacy_held_t *self)
{
    return atomic_load(&self->bytes) < HELD_MAX;
}

static void free_large(void *data, void *hint)
{
    large_t *large = hint;
    (void)data;
    atomic_fetch_sub(&large->held->bytes, large->size);
    release(large->held);
    free(large);
}

bool legacy_held_frame(legacy_held_t *self, dd_bytes_t data, zmq_msg_t *frame)
{
    large_t *large = data.size >= LARGE ? malloc(sizeof *large + data.size) : NULL;
    if (!large || zmq_msg_init_data(frame, large->data, data.size, free_large, large) != 0) {
        free(large);
        return false;
    }
    large->held = self;
    large->size = data.size;
    memcpy(large->data, data.data, data.size);
    atomic_fetch_add(&self->bytes, data.size);
    atomic_fetch_add(&self->users, 1);
    return true;
}
