/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_held - how many bytes ZeroMQ holds that are to be sent to a client
 *
 * ZeroMQ's own limit counts messages, however large.
 */
#ifndef LEGACY_HELD_H_INCLUDED
#define LEGACY_HELD_H_INCLUDED

#include <stdbool.h>
#include <zmq.h>

#include "libdd/base/buffer.h"

typedef struct legacy_held legacy_held_t;

/* NULL when out of memory. */
legacy_held_t *legacy_held_new(void);
/* ZeroMQ may hold something yet. Takes *self_p == NULL. */
void legacy_held_destroy(legacy_held_t **self_p);

/* Whether one more message may be sent. */
bool legacy_held_has_room(const legacy_held_t *self);

/* Makes a frame of these bytes that is counted until ZeroMQ has sent it. False for one that is too
   small for that, or when out of memory. */
bool legacy_held_frame(legacy_held_t *self, dd_bytes_t data, zmq_msg_t *frame);

#endif
