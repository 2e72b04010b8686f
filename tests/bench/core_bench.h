/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * core_bench - a broker's core without sockets, with peers that speak to it, and what that costs
 *
 * Records go in as frames, and what the core sends is thrown away. The figures are CPU time of one
 * thread, of the core alone. Whatever goes wrong ends the process with a word on standard error.
 */
#ifndef CORE_BENCH_H_INCLUDED
#define CORE_BENCH_H_INCLUDED

#include "ddbroker/core/core.h"

/* Messages of a bench_traffic_t. */
#define BENCH_MESSAGES 1000000
/* Bytes of a sealed message of 64. */
#define BENCH_PAYLOAD 104
/* Names or topics that a child tells of in a row, which are one or two frames. */
#define BENCH_FRAME_NAMES 1000

typedef struct {
    core_t *core;
    dd_outbox_t outbox; /* what a peer is about to say to the core */
    uint64_t spent;     /* microseconds of all turns */
    uint64_t stall;     /* of the longest one, during which no other traffic moves */
    uint64_t turns;
    uint64_t sent; /* bytes to all peers */
    double memory; /* MB when the phase began */
} bench_t;

/* What brokers have whose keys don't matter. */
extern dd_keyring_t *bench_keyring;

/* Ends the process if it isn't so. */
void bench_check(bool ok, const char *what);
/* Microseconds of CPU time so far: what other processes do doesn't count. */
uint64_t bench_clock_us(void);

/* A core with room for everything. */
void bench_open(bench_t *self, bool has_parent);
void bench_close(bench_t *self);

/* ---- turns ----------------------------------------------------------------------------------- */

/* Appends a record to what is about to be said. */
void bench_add(bench_t *self, const dd_record_t *record);
/* The core hears from the peer all that was added, a turn for each frame or for what a
   turn has time for. */
void bench_hear(bench_t *self, peer_t *peer);
/* Both. */
void bench_say(bench_t *self, peer_t *peer, const dd_record_t *record);
/* The end of a turn that began then: as in the loop, some long work, and all is sent. */
void bench_end_turn(bench_t *self, uint64_t began);
/* Turns until nothing is left to be done. */
void bench_rest(bench_t *self);

/* ---- peers ----------------------------------------------------------------------------------- */

peer_t *bench_client_of(bench_t *self, const char *tenant, const char *name);
/* The same, of the tenant a. */
peer_t *bench_client(bench_t *self, const char *name);

/* The child of that number joins. */
peer_t *bench_child(bench_t *self, unsigned number);
/* It tells of clients, "client-0" of the tenant a and so on, from that one on, or of subscribers to
   topics of these names. */
void bench_tell_names(bench_t *self, peer_t *child, unsigned first, unsigned count);
void bench_tell_topics(bench_t *self, peer_t *child, unsigned first, unsigned count);
/* And takes them back. */
void bench_drop_names(bench_t *self, peer_t *child, unsigned first, unsigned count);
void bench_drop_topics(bench_t *self, peer_t *child, unsigned first, unsigned count);
/* It has told all. */
void bench_synced(bench_t *self, peer_t *child);
peer_t *bench_parent(bench_t *self);

/* ---- messages -------------------------------------------------------------------------------- */

typedef struct {
    dd_record_type_t type; /* SEND or PUBLISH */
    unsigned names;
    unsigned active; /* of them; messages go to these at random */
} bench_traffic_t;

/* Nanoseconds for each of BENCH_MESSAGES from a client, who comes for them. */
double bench_time_traffic(bench_t *self, const bench_traffic_t *traffic);

/* ---- phases ---------------------------------------------------------------------------------- */

/* What comes from here on is reckoned together. */
void bench_begin(bench_t *self);
/* Prints what that cost, and that it took so much more memory, or gave so much back. */
void bench_print(const bench_t *self, const char *what);
/* The same, with so many bytes of text that came of it instead. */
void bench_print_text(const bench_t *self, const char *what, double size);
/* The same, for each of so many. */
void bench_print_each(const bench_t *self, const char *what, double count);

#endif
