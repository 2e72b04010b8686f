/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * routing_ids - which routing ids a ROUTER can have given to its connections
 *
 * ZeroMQ numbers connections as they have shaken hands: a zero byte and 32 bits, one more each time
 * from anywhere on. A peer may also name an id of its own, and may do so in that form. ZeroMQ takes
 * it; and when it comes to give that number itself, it ends the whole process (libzmq 4.3.4). So
 * ids that weren't given are found as soon as their peers say something, and their connections cut.
 *
 * What is left is a blind hit: a claim of a number that is given next, by a peer that says nothing
 * until then. With r such claims a second that each last L seconds, and n connections a second that
 * are numbered meanwhile, one in 2^32 / (r * n * L) seconds hits. At the native endpoint the rates
 * are those at which one tenant may connect, and L is the time in which a client has to speak;
 * at a legacy endpoint r * L is never more than the strangers that may be there.
 *
 * Pure: knows numbers only.
 */
#ifndef ROUTING_IDS_H_INCLUDED
#define ROUTING_IDS_H_INCLUDED

#include "libdd/base/buffer.h"

/* What is known of the numbers given so far. */
typedef struct {
    uint32_t newest;   /* the last one that was seen */
    uint32_t accepted; /* connections so far, counted on past 2^32 */
    uint32_t ceiling;  /* no number given is later than this and `accepted` more */
} routing_ids_t;

/* The same at the moment in which a connection was accepted. */
typedef struct {
    uint32_t newest;
    uint32_t accepted;
    uint32_t silent; /* connections without a number, as far as is known; this one included */
} routing_ids_then_t;

/* Begins with a number that was just given. */
void routing_ids_init(routing_ids_t *self, uint32_t number);

/* One more connection was accepted; so many have said nothing yet, this one included. */
routing_ids_then_t routing_ids_accept(routing_ids_t *self, size_t silent);

/* The number in an id of ZeroMQ's form; false if it has another. */
bool routing_ids_number(dd_bytes_t id, uint32_t *number);

/* Whether ZeroMQ can have given the number to a connection that was accepted then. then is NULL for
   one of which that isn't known. If so, more is known of the numbers from now on. */
bool routing_ids_take(routing_ids_t *self, const routing_ids_then_t *then, uint32_t number);

#endif
