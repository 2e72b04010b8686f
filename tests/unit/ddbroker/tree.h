/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tree - brokers' cores in memory, joined by wires, and actors who play the other ends
 *
 * A wire carries frames between two ends, in order; between wires the order is drawn, from a seed
 * that repeats. Time stands still unless a test lets it pass. Nothing moves but in tree_run() and
 * in what says that it runs the tree.
 *
 * An actor is a client, an operator, or a broker of a test's own making: it says and hears records.
 * What fails here fails the test.
 */
#ifndef TREE_H_INCLUDED
#define TREE_H_INCLUDED

#include "ddbroker/core/core.h"
#include "tenants.h"

typedef struct tree tree_t;
typedef struct wire wire_t;
typedef struct end end_t;

typedef struct broker {
    tree_t *tree;
    struct broker *prev, *next;
    core_t *core;
    core_settings_t settings;
    char name[DD_BROKER_MAX + 1];
    end_t *uplink;          /* its end of the wire to its parent; NULL without one */
    dd_error_t parent_left; /* why the parent's connection ended last */
    unsigned drains;        /* times that an operator had it drained */
    dd_log_level_t level;   /* as an operator set it */
} broker_t;

typedef struct actor {
    tree_t *tree;
    struct actor *prev, *next;
    end_t *end;         /* NULL after actor_leave() */
    dd_outbox_t outbox; /* what it will say */
    dd_frame_t *frames; /* heard; the records point into them */
    dd_record_t *records;
    size_t count, room;
    size_t read; /* records that the test has taken */
    bool faint;  /* it answers no PING */
} actor_t;

/* ---- The tree ------------------------------------------------------------------------------- */

/* With TENANTS_ALL. It owns its brokers and actors. */
tree_t *tree_new(void);
void tree_destroy(tree_t **self_p);

/* For brokers made from now on; has defaults. */
core_settings_t *tree_settings(tree_t *self);
/* What they begin with, as long as nobody loads another. */
const dd_keyring_t *tree_keyring(const tree_t *self);
uint64_t tree_now(const tree_t *self);
uint32_t tree_random(tree_t *self, uint32_t below);
/* Another order between wires. */
void tree_seed(tree_t *self, uint32_t seed);

/* Carries frames until all is quiet. tree_step() carries one; false if there is none. */
void tree_run(tree_t *self);
bool tree_step(tree_t *self);
/* Lets time pass, with a tick every 250 ms, and runs. */
void tree_pass(tree_t *self, uint64_t ms);

/* Whether a line with this text was logged by any broker since the last call. */
bool tree_logged(tree_t *self, const char *text);

/* ---- Brokers -------------------------------------------------------------------------------- */

/* A broker, joined to its parent if that isn't NULL; runs the tree. */
broker_t *broker_new(tree_t *tree, const char *name, broker_t *parent, const char *scope);
/* By which questions and orders name it; valid as long as the broker is. */
dd_bytes_t broker_id(const broker_t *self);
/* Ends it as a crash would: all its wires break. Frees it. */
void broker_kill(broker_t *self);
/* Lays the wire to a parent; doesn't run the tree. */
void broker_join(broker_t *self, broker_t *parent);
/* The wire to the parent breaks, and what is on it is lost. */
void broker_cut(broker_t *self);
/* It goes to another parent, and the one it had doesn't notice. Doesn't run the tree. */
void broker_move(broker_t *self, broker_t *parent);
/* The same, and what is on its way to the one it had is lost; that one thinks that it is there
   until it was silent for too long. */
void broker_desert(broker_t *self, broker_t *parent);
/* What it sends to its parent, or its parent to it, stays in the outbox while this is held. */
void broker_hold_up(broker_t *self, bool hold);
void broker_hold_down(broker_t *self, bool hold);

/* A tree often needed: a root, two middle brokers, and a leaf beneath each. */
typedef struct {
    tree_t *tree;
    broker_t *root, *left, *right, *left_leaf, *right_leaf;
} pair_t;

pair_t pair_new(void);

/* A broker whose parent is an actor, who has said nothing yet. */
typedef struct {
    tree_t *tree;
    broker_t *broker;
    struct actor *parent;
} orphan_t;

orphan_t orphan_new(const char *scope);

/* ---- Actors --------------------------------------------------------------------------------- */

/* Connects with a tenant's key, or one of KEY_OF_. NULL if the broker takes no connection. */
actor_t *actor_connect(broker_t *broker, const char *key);
/* The broker connects to the actor as its parent. */
actor_t *actor_parent(broker_t *broker);
/* The connection breaks. The actor keeps what it has heard, until the tree is destroyed. */
void actor_leave(actor_t *self);

/* Some client's instance, after so many registrations. */
#define INSTANCE(client, count) ((uint64_t)(client) << 16 | (uint16_t)(count))
/* A client's name of DD_CLIENT_MAX bytes. */
#define TEN "nnnnnnnnnn"
#define LONGEST_NAME TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN

/* A connection that has said HELLO, whatever came of it. Runs the tree. */
actor_t *actor_new_hello(broker_t *broker, const char *key, const char *name, uint64_t instance);
/* A registered client; fails the test if the broker doesn't agree. Runs the tree. */
actor_t *actor_client(broker_t *broker, const char *tenant, const char *name);
actor_t *actor_operator(broker_t *broker);
/* One that only asks, with a tenant's key or KEY_OF_OPERATORS. */
actor_t *actor_observer(broker_t *broker, const char *key, const char *name);
/* A child of the test's own making, joined with an id of sixteen bytes like this one. */
actor_t *actor_child(broker_t *broker, uint8_t id, const char *scope);

/* A broker of scope /1/1/ whose parent is an actor, who has admitted it. */
actor_t *actor_new_parent(tree_t *tree, broker_t **broker);

/* Its peer at the broker, for a look. */
peer_t *actor_peer(const actor_t *self);

/* Appends a record to what the actor will say. */
void actor_add(actor_t *self, const dd_record_t *record);
/* Says it, all that was added before it, and runs the tree. */
void actor_say(actor_t *self, const dd_record_t *record);
/* Says bytes as one frame, and runs the tree. */
void actor_say_bytes(actor_t *self, const void *data, size_t size);
/* While held, the actor doesn't read: what it is told stays in its outbox at the broker. */
void actor_hold(actor_t *self, bool hold);

/* Frequent things to say; these run the tree. */
void actor_hello(actor_t *self, const char *name, uint64_t instance);
void actor_send(actor_t *self, const char *destination, const char *text, uint32_t ref);
void actor_subscribe(actor_t *self, const char *topic, const char *scope);
void actor_unsubscribe(actor_t *self, const char *topic, const char *scope);
void actor_publish(actor_t *self, const char *topic, const char *text);
/* The same for actors who are brokers. A parent has told all it has when it admits one. ids: of the
 * parent and all above it. */
void actor_join(actor_t *child, const char *id, const char *name, const char *scope, bool is_auto);
void actor_admit(actor_t *parent, const char *ids, const char *scope);
/* It has more to tell, in the same frame. */
void actor_add_admit(actor_t *parent, const char *ids, const char *scope);
void actor_add_client(actor_t *child, const char *name, uint64_t instance);

/* Subscribes, and reads the answer. Returns the actor. */
actor_t *actor_want(actor_t *self, const char *topic, const char *scope);

/* Who has connected to a broker answers its PINGs, of which the test hears nothing, until then. */
void actor_faint(actor_t *self);

/* The next record; NULL if there is none. Valid until the actor hears more; its bytes, as long as
   the tree. */
const dd_record_t *actor_next(actor_t *self);
/* The next one, which must be of the type. */
const dd_record_t *actor_expect(actor_t *self, uint8_t type);
/* The next one of the type; those before it are passed over. NULL if there is none. */
const dd_record_t *actor_find(actor_t *self, uint8_t type);
/* There is none. */
void actor_expect_nothing(actor_t *self);
/* The next must be an ERROR with this code and ref. */
void actor_expect_error(actor_t *self, dd_error_t code, uint32_t ref);
/* The broker has ended it, for this reason. */
void actor_expect_end(actor_t *self, dd_error_t code);
/* Passes over all that was heard. */
void actor_skip(actor_t *self);

#define assert_bytes(bytes, text) bytes_are(bytes, text, __FILE__, __LINE__)
void bytes_are(dd_bytes_t bytes, const char *text, const char *file, int line);

#endif
