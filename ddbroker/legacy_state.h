/*
 * legacy_state - what the files of the legacy endpoint share
 *
 * legacy.c has the whole and the routes, legacy_in.c what comes in and legacy_out.c what goes out.
 */
#ifndef LEGACY_STATE_H_INCLUDED
#define LEGACY_STATE_H_INCLUDED

#include "legacy.h"
#include "legacy_door.h"
#include "legacy_login.h"

/* One who has begun to log in; its key in the hash is ZeroMQ's routing id. */
typedef struct legacy_route {
    UT_hash_handle hh;
    struct legacy_route *prev, *next; /* among the strangers, the longest first */
    struct legacy_route *prev_blocked, *next_blocked;
    bool stranger; /* hasn't logged in, or was ended by the core */
    bool blocked;
    bool leaving;      /* both sides have said their last word */
    bool taken_nearby; /* see legacy_recipient_t */
    uint32_t version;
    uint64_t since_ms;        /* a stranger since */
    uint64_t cookie;          /* of the tenant, once logged in */
    uint8_t key[DD_KEY_SIZE]; /* of the tenant that the challenge is for */
    peer_t *peer;             /* NULL until it logs in */
    connection_t *connection; /* NULL if it can't be found */
    uint8_t id_size;
    uint8_t id[];
} legacy_route_t;

struct legacy {
    void *socket;
    core_t *core;
    log_t *log;
    const dd_keyring_t *keyring;
    legacy_login_t *login; /* NULL after running out of memory */
    legacy_door_t *door;
    legacy_route_t *routes;
    legacy_route_t *strangers;
    legacy_route_t *blocked;
    uint64_t retry_ms; /* when the blocked ones are tried again */
    uint64_t now_ms;   /* of the call at hand */
    uint32_t payload_max;
    uint8_t *frame; /* a native frame of one record, on its way to the core */
};

/* A new stranger's route; fd is what ZeroMQ tells of the connection. NULL when out of memory. */
legacy_route_t *legacy_route_new(legacy_t *self, dd_bytes_t id, int fd);

/* The route of a routing id, or NULL. */
legacy_route_t *legacy_route_find(const legacy_t *self, dd_bytes_t id);

/* It has logged in, or is a stranger again. */
void legacy_route_trust(legacy_t *self, legacy_route_t *route, bool trusted);

/* Forgotten here, by the core, and at the door. */
void legacy_route_lose(legacy_t *self, legacy_route_t *route);

/* ZeroMQ is to be asked again whether it takes something for it. */
void legacy_route_unblock(legacy_t *self, legacy_route_t *route);

/* Loses those whose connection is gone. All that they sent before has been read by then. */
void legacy_lose_gone(legacy_t *self);

/* DD_E_OVERLOADED: ZeroMQ takes no more for it now, and nothing was sent. DD_E_UNKNOWN_PEER: it is
   gone. */
dd_error_t legacy_send(legacy_t *self, dd_bytes_t id, const legacy_message_t *message);

#endif
