/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tree_state - a tree's wires, as the files that make up its brokers and actors share them
 */
#ifndef TREE_STATE_H_INCLUDED
#define TREE_STATE_H_INCLUDED

#include "libdd/base/hash.h"
#include "tests/unit/unit.h"
#include "tree.h"

#define TREE_LOG_SIZE 65536

/* One end of a wire: a broker with its peer, or an actor. */
struct end {
    wire_t *wire;
    broker_t *broker;
    peer_t *peer; /* NULL once the broker has forgotten the connection */
    actor_t *actor;
    dd_frame_t *first, *last; /* on their way to this end */
    bool held;                /* it reads nothing */
    bool ready;               /* it has frames, and is in the tree's list of such ends */
    end_t *prev, *next;       /* in that list */
};

/* The first end is the one that connected. */
struct wire {
    end_t ends[2];
    tree_t *tree;
    wire_t *prev, *next;
};

struct tree {
    core_settings_t settings;
    dd_keyring_t *keyring;
    broker_t *brokers;
    actor_t *actors;
    wire_t *wires;
    end_t *ready;
    unsigned ready_count;
    uint64_t now_ms;
    uint32_t random; /* state of the generator */
    size_t log_size;
    char log[TREE_LOG_SIZE]; /* lines, each with its NUL */
};

static inline end_t *end_other(end_t *self)
{
    return &self->wire->ends[self == &self->wire->ends[0]];
}

wire_t *wire_new(tree_t *tree);
/* Both ends forget it; what is on it is lost. Frees it. */
void wire_break(wire_t *self);

/* A frame sets out for this end, which then owns it. */
void end_put(end_t *self, dd_frame_t *frame);
/* Everything that waits in an outbox sets out for this end. */
void end_put_all(end_t *self, dd_outbox_t *outbox);

/* All that is on its way to this end is lost. */
void end_lose_all(end_t *self);

/* What the core has for its peers sets out for them. */
void broker_flush(broker_t *self);
/* It goes on with what takes long. */
void broker_work(broker_t *self);
/* A frame arrives at a broker's, or at an actor's, end. */
void broker_take(end_t *end, dd_frame_t *frame);
void actor_take(actor_t *self, dd_frame_t *frame);

#endif
