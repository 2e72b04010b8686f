/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * contest - names that two clients want, as the tests of that share it
 */
#ifndef CONTEST_H_INCLUDED
#define CONTEST_H_INCLUDED

#include "ddbroker/core/core_state.h"
#include "tests/unit/unit.h"
#include "tree.h"

#define HEARTBEAT 5000
#define TICK 250
#define SCAN 500

/* A broker and a client who has the name x. */
typedef struct {
    tree_t *tree;
    broker_t *broker;
    actor_t *holder;
} place_t;

static inline place_t place_new(void)
{
    place_t self = {.tree = tree_new()};
    self.broker = broker_new(self.tree, "broker", NULL, "/1/");
    self.holder = actor_client(self.broker, "a", "x");
    return self;
}

/* From now on nothing comes from there any more. */
static inline void vanish(actor_t *actor)
{
    actor_faint(actor);
    actor_hold(actor, true);
}

static inline void say_ping(actor_t *actor)
{
    actor_say(actor, &(dd_record_t){.type = DD_PING});
}

/* Who comes with the key of tenant a, wants the name x, and waits. */
static inline actor_t *newcomer(broker_t *broker, unsigned client)
{
    actor_t *self = actor_new_hello(broker, "a", "x", INSTANCE(1 << 20 | client, 1));
    actor_expect_nothing(self);
    assert_int_equal(actor_peer(self)->state, PEER_WAITING);
    return self;
}

static inline void assert_reached(broker_t *from, actor_t *actor)
{
    actor_t *sender = actor_client(from, "a", "sender");
    actor_send(sender, "x", "hello", 1);
    assert_non_null(actor_find(actor, DD_DATA));
    actor_expect_nothing(sender);
    actor_leave(sender);
    tree_run(from->tree);
}

#endif
