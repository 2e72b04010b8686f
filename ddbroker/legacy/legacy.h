/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy - the sockets' side of clients that speak protocols 3 and 4
 *
 * A ROUTER of its own, without encryption. Who has logged in is a client like any other to the
 * core: requests become records, and the records for it become messages again, so that all rules
 * hold for both. Not thread-safe.
 */
#ifndef LEGACY_H_INCLUDED
#define LEGACY_H_INCLUDED

#include "ddbroker/core/core.h"
#include "ddbroker/log.h"
#include "libdd/net/socket.h"

typedef struct legacy legacy_t;

/* The core, the log, and the keyring until legacy_set_keyring() are lent. NULL with *problem
   filled. */
legacy_t *legacy_new(void *context, core_t *core, log_t *log, const dd_keyring_t *keyring,
    uint32_t payload_max, dd_problem_t *problem);
/* Ends all connections; the core forgets them. */
void legacy_destroy(legacy_t **self_p, uint64_t now_ms);

/* Begins to listen, and warns in the log of what that means. */
dd_error_t legacy_listen(legacy_t *self, const char *endpoint, dd_problem_t *problem);

/* New keys, to log in with from now on. */
void legacy_set_keyring(legacy_t *self, const dd_keyring_t *keyring);

/* To poll for input: messages, and news of connections. */
void *legacy_socket(const legacy_t *self);
void *legacy_monitor(const legacy_t *self);

/* Takes in which connections are gone, so that their clients' names are free. */
void legacy_watch(legacy_t *self, uint64_t now_ms);

/* Takes in a bounded number of messages, and forgets those who are gone. True if there may be more.
 */
bool legacy_work(legacy_t *self, uint64_t now_ms);

/* Ends who takes too long to log in; call it several times a second. */
void legacy_tick(legacy_t *self, uint64_t now_ms);

/* Sends what the core has for a peer whose protocol is an old one; to be called for each such that
   core_next_dirty() gives. One that ZeroMQ takes no more for now is blocked: it goes back to the
   core with legacy_retry(). */
void legacy_flush(legacy_t *self, peer_t *peer, uint64_t now_ms);

/* Whether some peer is blocked, so that legacy_retry() wants to be called within a ms. */
bool legacy_blocked(const legacy_t *self);
void legacy_retry(legacy_t *self, uint64_t now_ms);

/* Connections that are open, those that haven't logged in included. */
size_t legacy_connections(const legacy_t *self);

#endif
