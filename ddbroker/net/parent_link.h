/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * parent_link - the sockets' side of the parent: keeps one connection to it, for ever
 *
 * While there is none, it tries again after growing, jittered pauses. The log hears of changes and
 * then of a failure that goes on once a minute, not of every attempt. Not thread-safe.
 */
#ifndef PARENT_LINK_H_INCLUDED
#define PARENT_LINK_H_INCLUDED

#include "ddbroker/core/core.h"
#include "ddbroker/log.h"
#include "libdd/net/dialer.h"

typedef struct parent_link parent_link_t;

/* Everything is lent, the endpoint too. NULL with *problem filled when out of memory. */
parent_link_t *parent_link_new(void *context, core_t *core, log_t *log, const char *endpoint,
    uint32_t payload_max, dd_problem_t *problem);
/* Ends the connection; the core forgets the parent. */
void parent_link_destroy(parent_link_t **self_p, uint64_t now_ms);

/* To poll for input while there is a dial; NULL otherwise. They may change with each call of
   parent_link_work(). */
void *parent_link_socket(const parent_link_t *self);
void *parent_link_monitor(const parent_link_t *self);

/* Takes in a bounded number of frames and what happened to the connection, and dials when it is
   time, with the keyring as it then is. True if there may be more frames. */
bool parent_link_work(parent_link_t *self, const dd_keyring_t *keyring, uint64_t now_ms);

/* When parent_link_work() is to be called at the latest, if no socket asks for it before. */
uint64_t parent_link_due(const parent_link_t *self);

/* Sends what the core has for the parent, when core_next_dirty() gives it. A parent that ZeroMQ
   takes no more for now is blocked: it goes back to the core with parent_link_retry(). */
void parent_link_flush(parent_link_t *self);

/* Whether it is blocked, so that parent_link_retry() wants to be called within a ms. */
bool parent_link_blocked(const parent_link_t *self);
void parent_link_retry(parent_link_t *self);

/* No further attempts, since the broker is shutting down. */
void parent_link_drain(parent_link_t *self);
/* Whether there is a connection that the parent has not yet let go. */
bool parent_link_connected(const parent_link_t *self);

#endif
