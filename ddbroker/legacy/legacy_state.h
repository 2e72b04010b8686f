/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_state - what the files of the legacy endpoint share
 *
 * legacy.c has the whole and the routes, legacy_in.c what comes in, legacy_out.c what goes out, and
 * legacy_door.c who may stay. Only they include this.
 */
#ifndef LEGACY_STATE_H_INCLUDED
#define LEGACY_STATE_H_INCLUDED

#include "ddbroker/net/connections.h"
#include "legacy.h"
#include "legacy_login.h"

/* ms that a stranger has to log in, and one that was ended to leave. */
#define LEGACY_LOGIN_LIMIT 10000

/* One who has begun to log in; its key in the hash is ZeroMQ's routing id. */
typedef struct legacy_route {
    UT_hash_handle hh;
    struct legacy_route *prev, *next; /* among the strangers, the longest first */
    struct legacy_route *prev_blocked, *next_blocked;
    struct legacy_route *prev_gone, *next_gone;
    bool stranger; /* hasn't logged in, or was ended by the core */
    bool blocked;
    bool gone;         /* its connection is over; its last messages are perhaps still to be read */
    bool leaving;      /* both sides have said their last word */
    bool hidden;       /* a client whose connection isn't known */
    bool taken_nearby; /* see legacy_recipient_t */
    int fd;            /* of its connection; -1 if unknown */
    uint32_t version;
    uint64_t since_ms;        /* a stranger since */
    uint64_t cookie;          /* of the tenant, once logged in */
    uint8_t key[DD_KEY_SIZE]; /* of the tenant that the challenge is for */
    peer_t *peer;             /* NULL until it logs in */
    uint8_t id_size;
    uint8_t id[];
} legacy_route_t;

struct legacy {
    void *socket;
    connections_t *connections; /* each owned by its route */
    core_t *core;
    log_t *log;
    const dd_keyring_t *keyring;
    legacy_login_t *login; /* NULL after running out of memory */
    legacy_route_t *routes;
    legacy_route_t *strangers;
    legacy_route_t *blocked;
    legacy_route_t *gone;
    size_t hidden;     /* routes that are */
    uint64_t retry_ms; /* when the blocked ones are tried again */
    uint64_t now_ms;   /* of the call at hand */
    uint32_t payload_max;
    uint8_t *frame; /* a native frame of one record, on its way to the core */
};

/* A new stranger's route; fd is what ZeroMQ tells of the connection. NULL when out of memory, or
   for what a connection left behind that is gone. */
legacy_route_t *legacy_route_new(legacy_t *self, dd_bytes_t id, int fd);

/* The route of a routing id, or NULL. */
legacy_route_t *legacy_route_find(const legacy_t *self, dd_bytes_t id);

/* It has logged in, or is a stranger again. */
void legacy_route_trust(legacy_t *self, legacy_route_t *route, bool trusted);

/* ZeroMQ is to be asked again whether it takes something for it. */
void legacy_route_unblock(legacy_t *self, legacy_route_t *route);

/* Its connection is over. */
void legacy_route_depart(legacy_t *self, legacy_route_t *route);

/* Forgotten here and by the core. */
void legacy_route_lose(legacy_t *self, legacy_route_t *route);

/* DD_E_OVERLOADED: ZeroMQ takes no more for it now, and nothing was sent. DD_E_UNKNOWN_PEER: it is
   gone. */
dd_error_t legacy_send(legacy_t *self, dd_bytes_t id, const legacy_message_t *message);

/* Cuts the connections of strangers: of those that wait the longest while they are too many, since
   a client logs in at once; and of those that took too long or sent too much. */
void legacy_admission_make_room(legacy_t *self);
void legacy_admission_tick(legacy_t *self);

#endif
