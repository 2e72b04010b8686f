/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stranger_turns - strangers are read in turn with those who are known
 *
 * A thread of ZeroMQ's goes round all descriptors on which there is something, and a handshake
 * takes it about as long as twenty messages: where hundreds come at once, messages would wait for
 * all of them. So in each round strangers have some time, and who comes later finds nothing to read
 * and is asked again in the next one.
 *
 * When a round ends can't be seen where it is read. But nobody is asked twice in one: when somebody
 * who was put off is asked again, the next one has begun.
 *
 * Each thread has rounds of its own. Pure but for that: the time comes in.
 */
#ifndef STRANGER_TURNS_H_INCLUDED
#define STRANGER_TURNS_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

/* us of a round after which no other stranger is read. */
#define STRANGER_TURNS_SHARE 250u
/* us after which a round is over in any case: one may pass in which no stranger is put off. */
#define STRANGER_TURNS_ROUND 1000u

/* Whether a stranger may be read now. *put_off is its own, and 0 in the beginning. */
bool stranger_turns_take(uint64_t *put_off, uint64_t now_us);

#endif
