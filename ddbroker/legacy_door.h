/*
 * legacy_door - connections at the legacy endpoint, and who of them hasn't logged in
 *
 * ZeroMQ lets in whoever comes. Strangers, those who haven't logged in or whom the broker has
 * ended, are bounded here in number, in time and in what they may send: beyond that their
 * connection is cut. Not thread-safe.
 */
#ifndef LEGACY_DOOR_H_INCLUDED
#define LEGACY_DOOR_H_INCLUDED

#include "hash.h"
#include "log.h"

/* ms that a stranger has to log in. */
#define LEGACY_LOGIN_LIMIT 10000

typedef struct legacy_door legacy_door_t;

/* One connection that ZeroMQ has accepted. */
typedef struct connection {
    UT_hash_handle hh;
    struct connection *prev, *next; /* among the strangers, or the gone */
    int fd;
    uint64_t since_ms; /* a stranger since */
    uint64_t bytes;    /* had been received from it then */
    bool greeted; /* has shaken hands as ZeroMQ 4 and later do; older ones make no news of it */
    bool stranger;
    bool gone;   /* closed */
    void *route; /* the owner's, who sets it; NULL before the first message */
} connection_t;

/* For a socket that isn't bound yet. The log is lent. NULL if that can't be. */
legacy_door_t *legacy_door_new(void *context, void *socket, log_t *log);
/* Before the socket is closed. */
void legacy_door_destroy(legacy_door_t **self_p);

/* To poll for input, then to call legacy_door_watch(). */
void *legacy_door_monitor(const legacy_door_t *self);

/* Takes in which connections came and went. */
void legacy_door_watch(legacy_door_t *self, uint64_t now_ms);

/* The connection that a message came over; NULL if its file descriptor isn't known: libzmq tells
   none for clients that speak ZMTP 2 or 1, as Java's do. */
connection_t *legacy_door_find(const legacy_door_t *self, int fd);

/* Somebody with a route logged in, or is a stranger again. connection is NULL for those without. */
void legacy_door_trust(
    legacy_door_t *self, connection_t *connection, bool trusted, uint64_t now_ms);

/* The route is done with. The connection is a stranger's, or, if it is gone, freed; it may be NULL.
 */
void legacy_door_leave(legacy_door_t *self, connection_t *connection, uint64_t now_ms);

/* The route of a connection that is gone, to be done with before the next call; NULL when there is
   none. */
void *legacy_door_gone(const legacy_door_t *self);

/* Cuts the connections of strangers that took too long. */
void legacy_door_tick(legacy_door_t *self, uint64_t now_ms);

/* Connections that are open. */
size_t legacy_door_count(const legacy_door_t *self);

#endif
