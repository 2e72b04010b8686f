/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rounds - looks at every peer but the parent, some at a time
 */
#ifndef ROUNDS_H_INCLUDED
#define ROUNDS_H_INCLUDED

#include "cursor.h"
#include "jobs.h"
#include "peer.h"

typedef struct core core_t;

/* Looks at one peer, and may name it to core_end(). */
typedef void(round_look_t)(core_t *core, peer_t *peer);

typedef struct {
    job_t job;
    round_look_t *look;
    cursor_t peer; /* the next one */
    size_t left;   /* peers to be looked at before it is over */
} round_t;

/* All peers that there are now will be looked at; even if it was under way. A round is always for
   the same look. */
void rounds_begin(core_t *core, round_t *self, round_look_t *look);

#endif
