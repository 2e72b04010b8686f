/*
 * uplink - the sockets' side of the parent: keeps one connection to it, for ever
 *
 * While there is none, it tries again after growing, jittered pauses. The log hears of changes and
 * then of a failure that goes on once a minute, not of every attempt. Not thread-safe.
 */
#ifndef UPLINK_H_INCLUDED
#define UPLINK_H_INCLUDED

#include "core.h"
#include "libdd/dial.h"
#include "log.h"

typedef struct uplink uplink_t;

/* Everything is lent, the endpoint too. NULL with *problem filled when out of memory. */
uplink_t *uplink_new(void *context, core_t *core, log_t *log, const char *endpoint,
    uint32_t payload_max, dd_problem_t *problem);
/* Ends the connection; the core forgets the parent. */
void uplink_destroy(uplink_t **self_p, uint64_t now_ms);

/* To poll for input while there is a dial; NULL otherwise. They may change with each call of
   uplink_work(). */
void *uplink_socket(const uplink_t *self);
void *uplink_monitor(const uplink_t *self);

/* Takes in a bounded number of frames and what happened to the connection, and dials when it is
   time, with the keyring as it then is. True if there may be more frames. */
bool uplink_work(uplink_t *self, const dd_keyring_t *keyring, uint64_t now_ms);

/* When uplink_work() is to be called at the latest, if no socket asks for it before. */
uint64_t uplink_due(const uplink_t *self);

/* Sends what the core has for the parent, when core_next_dirty() gives it. A parent that ZeroMQ
   takes no more for now is blocked: it goes back to the core with uplink_retry(). */
void uplink_flush(uplink_t *self);

/* Whether it is blocked, so that uplink_retry() wants to be called within a ms. */
bool uplink_blocked(const uplink_t *self);
void uplink_retry(uplink_t *self);

/* No further attempts, since the broker is shutting down. */
void uplink_drain(uplink_t *self);
/* Whether there is a connection that the parent has not yet let go. */
bool uplink_connected(const uplink_t *self);

#endif
