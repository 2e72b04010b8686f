/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_state - what the files of the legacy endpoint share
 *
 * legacy.c has the whole, legacy_receive.c what comes in, legacy_send.c what goes out,
 * legacy_route.c who has begun to log in, and legacy_admission.c who may stay. Only they include
 * this. Each calls only those that are named after it.
 */
#ifndef LEGACY_STATE_H_INCLUDED
#define LEGACY_STATE_H_INCLUDED

#include "ddbroker/net/connections.h"
#include "legacy.h"
#include "legacy_held.h"
#include "legacy_login.h"

/* ms that a stranger has to log in, and one that was ended to leave. */
#define LEGACY_LOGIN_LIMIT 10000

typedef enum {
    LEGACY_ROUTE_STRANGER, /* has begun to log in */
    LEGACY_ROUTE_CLIENT,   /* has logged in */
    LEGACY_ROUTE_ENDED,    /* a client that the core has ended */
    LEGACY_ROUTE_LEAVING,  /* both sides have said their last word */
    LEGACY_ROUTE_GONE, /* its connection is over; its last messages are perhaps still to be read */
    LEGACY_ROUTE_STATES
} legacy_route_state_t;

/* One who has begun to log in; its key in the hash is ZeroMQ's routing id. */
typedef struct legacy_route {
    transport_route_t base; /* first */
    UT_hash_handle hh;
    legacy_route_state_t state;
    struct legacy_route *prev, *next; /* among those in the same state */
    struct legacy_route *prev_blocked, *next_blocked;
    bool blocked;             /* ZeroMQ takes no more for it now */
    bool taken_nearby;        /* see legacy_recipient_t */
    int fd;                   /* of its connection */
    input_account_t *account; /* of its connection; NULL once that is over */
    legacy_held_t *held;      /* what ZeroMQ holds of what it was sent; NULL before */
    uint32_t version;
    uint64_t since_ms;        /* in its state since */
    uint64_t cookie;          /* of the tenant, once logged in */
    uint8_t key[DD_KEY_SIZE]; /* of the tenant that the challenge is for */
    peer_t *peer;             /* NULL until it logs in */
    uint8_t id_size;
    uint8_t id[];
} legacy_route_t;

typedef struct {
    transport_t transport; /* first */
    void *socket;
    connections_t *connections; /* each owned by its route */
    core_t *core;
    log_t *log;
    const dd_keyring_t *keyring;
    legacy_login_t *login; /* NULL after running out of memory */
    legacy_route_t *routes;
    legacy_route_t *in_state[LEGACY_ROUTE_STATES]; /* those that came into the state first */
    legacy_route_t *blocked;
    size_t peers;      /* routes that have one */
    uint64_t retry_ms; /* when the blocked ones are tried again */
    uint64_t now_ms;   /* of the call at hand */
    uint32_t payload_max;
    mode_t ipc_mode;
    uint64_t frame_max; /* bytes of the largest that ZeroMQ takes */
    uint64_t input_max; /* bytes that a client may have here untaken */
    uint8_t *frame;     /* a native frame of one record, on its way to the core */
} legacy_t;

/* ---- legacy_receive.c ---------------------------------------------------------------------- */

/* Takes in a bounded number of messages, and forgets those who are gone. True if there may be more.
 */
bool legacy_receive(legacy_t *self);

/* ---- legacy_send.c ------------------------------------------------------------------------- */

/* DD_E_OVERLOADED: ZeroMQ takes no more for it now, and nothing was sent. DD_E_UNKNOWN_PEER: it is
   gone. */
dd_error_t legacy_send(legacy_t *self, dd_bytes_t id, const legacy_message_t *message);

/* Sends what the core has for a peer. */
void legacy_send_outbox(legacy_t *self, legacy_route_t *route);

/* Gives those who were blocked back to the core, for another try. */
void legacy_send_retry(legacy_t *self);

/* ---- legacy_route.c ------------------------------------------------------------------------ */

/* A new stranger's route; fd is what ZeroMQ tells of the connection. To be called right after
   legacy_route_watch(). NULL when out of memory, or for what a connection left behind that is gone.
 */
legacy_route_t *legacy_route_new(legacy_t *self, dd_bytes_t id, int fd);

/* The route of a routing id, or NULL. */
legacy_route_t *legacy_route_find(const legacy_t *self, dd_bytes_t id);

/* Puts it into another state, but into that of the gone with legacy_route_depart(). */
void legacy_route_become(legacy_t *self, legacy_route_t *route, legacy_route_state_t state);

/* The core has a peer for it from now on. */
void legacy_route_log_in(legacy_t *self, legacy_route_t *route, peer_t *peer);

/* ZeroMQ takes no more for it now. */
void legacy_route_block(legacy_t *self, legacy_route_t *route);

/* ZeroMQ is to be asked again whether it takes something for it. */
void legacy_route_unblock(legacy_t *self, legacy_route_t *route);

/* Its connection is over. */
void legacy_route_depart(legacy_t *self, legacy_route_t *route);

/* Forgotten here and by the core. */
void legacy_route_lose(legacy_t *self, legacy_route_t *route);

/* Takes in which connections are gone, so that their clients' names are free. */
void legacy_route_watch(legacy_t *self);

/* ---- legacy_admission.c -------------------------------------------------------------------- */

/* Cuts the connections of strangers: of those that wait the longest while they are too many, since
   a client logs in at once; and of those that took too long. */
void legacy_admission_make_room(legacy_t *self);
void legacy_admission_tick(legacy_t *self);
/* Cuts those, of clients too, that have sent more than they may. */
void legacy_admission_cut_refused(legacy_t *self);

#endif
