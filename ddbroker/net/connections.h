/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * connections - the connections of a ROUTER, by file descriptor, as its monitor tells of them
 *
 * ZeroMQ shows a connection only when its first message comes, and never that it has gone; its
 * monitor does. Strangers are those that have no owner, or one who is in doubt. Not thread-safe.
 */
#ifndef CONNECTIONS_H_INCLUDED
#define CONNECTIONS_H_INCLUDED

#include "ddbroker/log.h"
#include "input_account.h"
#include "libdd/base/buffer.h"
#include "libdd/base/hash.h"
#include "libdd/net/monitor.h"
#include "libdd/net/traffic.h"
#include "routing_ids.h"

typedef struct connections connections_t;

typedef struct connection {
    UT_hash_handle hh;
    struct connection *prev, *next; /* of the strangers, the longest first */
    int fd;
    bool stranger;            /* is in that list */
    bool cut;                 /* has been ended; the news of it is still to come */
    uint64_t since_ms;        /* a stranger since */
    void *owner;              /* NULL before the first message */
    int64_t number;           /* ZeroMQ's for the owner, see connections_own() */
    input_account_t *account; /* what has come in; NULL if nobody counts it */
    routing_ids_then_t then;
} connection_t;

/* For a socket that isn't bound yet. A stranger may bring so many bytes. handshakes says what is
   told of those, bits of ZMQ_EVENT_HANDSHAKE_...; who speaks an older ZMTP than 3 makes wrong news
   of failing. The log is lent. NULL, with zmq_errno() saying why, if that can't be. */
connections_t *connections_new(
    void *context, void *socket, log_t *log, uint64_t stranger, int handshakes);
/* Before the socket is closed. */
void connections_destroy(connections_t **self_p);

/* Endpoints that news tells of from now on are of that kind; without it, of kind 0. News of those
   before must have been taken in. */
void connections_begin_kind(connections_t *self, unsigned kind);

/* From now on new connections have to do with what the socket has been set to since: where it
   listens on endpoints of the kind at hand, ZeroMQ does so anew, and the connections that there are
   stay. News must have been taken in before, and is to be taken in then. */
dd_error_t connections_listen_anew(connections_t *self, dd_problem_t *problem);

/* To poll for input, then to call connections_next_gone(). */
void *connections_monitor(const connections_t *self);

/* Where accounts of these connections are told at their limit, to poll for input; then
   connections_next_refused() is to be called. */
int connections_refusals(const connections_t *self);
/* The next connection that is to be cut for what it sends, to be asked before messages are taken;
   NULL if there is none. */
connection_t *connections_next_refused(connections_t *self, input_fault_t *why);
/* All messages that were there have been taken. */
void connections_drained(connections_t *self);

/* Connections that are open, those in their handshake and those without an owner included. */
size_t connections_count(const connections_t *self);

/* Takes in news until a connection that has an owner is gone: gives that owner, which then has
   none. NULL when there is no more news. */
void *connections_next_gone(connections_t *self, uint64_t now_ms);
/* Bytes of the frame that the connection brought last that was given last, whole or not; 0 if that
   isn't known. */
uint64_t connections_last_frame(const connections_t *self);

/*
 * The first message of a connection, with a routing id, says whose it is. False when the connection
 * isn't there any more, and the message is only what it has left to be read: the table doesn't have
 * the descriptor, or has it for a later connection. *former gets the owner that has taken this
 * connection for its own in that way, which has none then, or else NULL.
 */
bool connections_own(connections_t *self, int fd, dd_bytes_t id, void *owner, void **former);
/*
 * Whether the peer of the connection has taken a routing id that isn't its own: one of the form in
 * which ZeroMQ gives them, which it can't have given to that connection. fd is -1 where the
 * connection isn't known. Its peer is not to be served, and the connection to be cut: the process
 * would end when ZeroMQ comes to give that id.
 */
bool connections_is_claimed(connections_t *self, int fd, dd_bytes_t id);
/* Cuts it, whoever it is; nothing if it isn't known. */
void connections_cut_fd(connections_t *self, int fd);
/* The connection of that descriptor if it is still that owner's, else NULL. A descriptor says
   nothing by itself, since a later connection may have it. */
connection_t *connections_of(const connections_t *self, int fd, const void *owner);

/* The owner has proved itself: it is no stranger any more. */
void connections_trust(connections_t *self, int fd, const void *owner);
/* The owner has yet to prove itself, or is no longer wanted: a stranger from now on. */
void connections_doubt(connections_t *self, int fd, const void *owner, uint64_t now_ms);
/* The owner is done with it, before its end. */
void connections_disown(connections_t *self, int fd, const void *owner);

/* The first of the strangers, for DL_FOREACH_SAFE(), and how many they are. */
connection_t *connections_strangers(const connections_t *self);
size_t connections_stranger_count(const connections_t *self);

/* Ends a connection from this side: its end then comes as news. It is no stranger any more. */
void connections_cut(connections_t *self, connection_t *connection);
/* Does so to those that have been strangers for longest, until no more than so many connections
   stay or there are no strangers. */
void connections_make_room(connections_t *self, size_t most);
/* Does so to all that have been strangers for longer than limit ms. */
void connections_cut_strangers(connections_t *self, uint64_t limit, uint64_t now_ms);

#endif
