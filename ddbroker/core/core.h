/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * core - the broker's state and rules, without sockets, files and clocks
 *
 * The sockets layer (listener, parent_link) tells the core of connections, frames and time; the
 * core answers by appending records to peers' outboxes and listing those peers as dirty.
 * dd-protocol(7) has the rules; each group of records has its own file, and dispatch.c lists them.
 *
 * Not thread-safe: all calls come from one thread.
 */
#ifndef CORE_H_INCLUDED
#define CORE_H_INCLUDED

#include "libdd/base/log_level.h"
#include "parents.h"
#include "peer.h"

/* Takes one line about one event: who, what, why. Never holds a secret or a payload. */
typedef void(core_log_t)(void *arg, dd_log_level_t level, const char *line);

/* What an operator may ask of the daemon around the core. */
typedef enum { CONTROL_DRAIN, CONTROL_LOG_LEVEL } core_control_t;
/* Does what an operator asks for, now or later; level counts with CONTROL_LOG_LEVEL alone. Called
   from inside the core: must not call back into it. */
typedef void(core_obey_t)(void *arg, core_control_t control, dd_log_level_t level);

/* Says what a peer's connection has carried; false if that isn't known. Called from inside the
   core: must not call back into it. */
typedef bool(core_look_t)(const peer_t *peer, dd_traffic_t *traffic);

/* Sizes are bytes, times ms. */
typedef struct {
    const char *name;   /* of the broker */
    const char *scope;  /* a path, or "auto": from the parent; "/1/" without one */
    bool has_parent;    /* a parent is configured, reachable or not */
    uint32_t settle;    /* after the start, within which not all that is beneath can be known */
    uint32_t heartbeat; /* between two PINGs of a peer, DD_HEARTBEAT_LEAST.._MOST; it is lost
                           after three. A new one holds for connections that come later */
    uint32_t payload_max;
    size_t outbox_client;       /* limit of a client's outbox */
    size_t outbox_link;         /* of a child's or the parent's */
    uint32_t window_client;     /* what clients and operators may send untaken (window.h); 0: any
                                   number. A new one holds for those that register later */
    uint32_t window_link;       /* what children may */
    size_t clients_max;         /* connections of clients, operators and children together, but
                                   for CORE_RESERVED more of operators and children */
    unsigned subscriptions_max; /* per client */
    size_t link_names_max;      /* clients beneath one child */
    size_t link_interests_max;  /* interests that one link tells of */
    unsigned step_units;        /* names or the like in a step of long work; 0: as suits a broker */
    quota_rules_t quotas; /* of tenants; the exceptions are lent until core_destroy(), or until
                             core_set_limits() brings others */
    core_log_t *log;
    void *log_arg;
    core_obey_t *obey;
    void *obey_arg;
    core_look_t *look; /* NULL if nothing is known of connections */
} core_settings_t;

/* Places beyond clients_max that no client gets: an operator and a child broker can always come. */
#define CORE_RESERVED 16

typedef struct core core_t;

/* A broker without peers. Settings and strings in them are copied; the keyring is lent until
   core_set_keyring() or core_destroy(). NULL when out of memory. */
core_t *core_new(const core_settings_t *settings, const dd_keyring_t *keyring, uint64_t now_ms);
void core_destroy(core_t **self_p);

/* Whether someone with this public key may make a connection now; clients says whether tenants may
   at all. Each time it is granted counts as one of those that a tenant may make in a second. */
typedef enum { CORE_ADMITTED, CORE_UNKNOWN_KEY, CORE_NO_ROOM, CORE_NO_CLIENTS } core_admission_t;
core_admission_t core_admit(
    core_t *self, const uint8_t key[DD_KEY_SIZE], bool clients, uint64_t now_ms);

/* Whose a public key is, in words: "tenant a", "an operator", "a broker"; "" if nobody's. */
#define CORE_HOLDER_ROOM (DD_TENANT_MAX + 16)
void core_holder(const core_t *self, const uint8_t key[DD_KEY_SIZE], char out[CORE_HOLDER_ROOM]);

/* Someone was refused a connection: tells it among the events of operators, but not in the log.
   address: "" where there is none; key: as ddkeys shows it, "" for none. */
void core_refused_connection(
    core_t *self, const char *address, const char *key, const char *why, uint64_t now_ms);

/* A new connection from someone with this public key; route is the caller's, kept in peer->route.
   NULL if the key isn't in the keyring, or without memory. One for whom there is no place any more
   is ended with DD_E_LIMIT at once. */
peer_t *core_connect(core_t *self, const uint8_t key[DD_KEY_SIZE], void *route, uint64_t now_ms);

/* The connection to the parent is ready: JOIN is in the returned peer's outbox. */
peer_t *core_connect_parent(core_t *self, void *route, uint64_t now_ms);

/* The broker itself asks, as an operator would, over no connection: what comes of core_ask() waits
   in the outbox of the returned peer, which is dirty then. core_disconnect() ends it. NULL when out
   of memory. */
peer_t *core_connect_self(core_t *self, void *route, uint64_t now_ms);
/* Has such a peer ask every broker of the tree for that; see dd-protocol(7) on INSPECT. */
void core_ask(core_t *self, peer_t *peer, const char *what, uint32_t ref, uint64_t now_ms);

/* One frame from a peer. Whatever it holds, only that peer may suffer. */
void core_input(core_t *self, peer_t *peer, const void *data, size_t size, uint64_t now_ms);
/* The same of what is left of a frame from there on (0 for all of it), as far as the turn at hand
   has time for: one record at least. How far it came; size once the frame is done with. */
size_t core_input_from(
    core_t *self, peer_t *peer, const void *data, size_t size, size_t at, uint64_t now_ms);

/* The peer sent something that is no frame at all, or too many frames: ends it with DD_E_MALFORMED.
 */
void core_bad_input(core_t *self, peer_t *peer, uint64_t now_ms);

/* The peer asked for what the sockets layer itself refused: counts it. */
void core_refused(core_t *self, peer_t *peer, dd_error_t code);

/* Whether a client of that full name is registered at this very broker. */
bool core_serves(const core_t *self, dd_bytes_t name);

/* The peer's connection is over, but what it said last may still have to be read, so that
   core_disconnect() comes later. Its name may be taken by others from now on. */
void core_gone(peer_t *peer);

/* The peer's connection is gone: forgets all that it was and frees it. Its route is the caller's to
   free. Unsent notifications are returned to their senders. */
void core_disconnect(core_t *self, peer_t *peer, uint64_t now_ms);

/* The time in microseconds, of any clock that never jumps, ahead of the calls made at that time. It
   serves to measure the link to the parent, and nothing else. */
void core_clock(core_t *self, uint64_t now_us);

/* Heartbeats and expiry; call at least four times a second. */
void core_tick(core_t *self, uint64_t now_ms);

/* Does some of the work that takes long, such as to tell a link of all names, or to answer
   questions: as much as others can be kept waiting for. To be called at each turn. */
void core_work(core_t *self, uint64_t now_ms);
/* When it is to be called at the latest, though nothing has come; UINT64_MAX for never. */
uint64_t core_due(const core_t *self);
/* Whether this turn has had enough of work: nothing more should be taken in before what it caused
   has been sent. */
bool core_has_enough(const core_t *self);
/* Whether the network is behind with what was sent: then what tenants wait for waits. */
void core_set_behind(core_t *self, bool behind);
/* Whether there is anything of theirs, waiting or not. */
bool core_is_waited_for(const core_t *self);
/* Whether there is more of that to be done now. */
bool core_is_busy(const core_t *self);

/* A turn of the loop, in which all this is called, took so long. */
void core_turn(core_t *self, uint64_t us);

/* Takes the next peer off the list of those with something to send; NULL at its end. */
peer_t *core_next_dirty(core_t *self);

/* ZeroMQ took no more for this peer: it goes back on the list, for a later round. */
void core_not_flushed(core_t *self, peer_t *peer);

/* The outbox has been sent: tells of publications that were lost while it was full. */
void core_flushed(core_t *self, peer_t *peer);

/* Who may be this broker's parent: for the link to it, which notes there how it fares. */
parents_t *core_parents(core_t *self);

/* The parent that was chosen has admitted this broker. */
void core_parent_joined(core_t *self, uint64_t now_ms);
/* It couldn't be joined, or is lost: parents_failed(), with the reason in words. */
bool core_parent_failed(core_t *self, parent_health_t health, const char *why, uint64_t now_ms);

/* Another list of parents. The link to the one at hand is left for it if that isn't in it. */
void core_set_parents(core_t *self, const dd_endpoints_t *parents);

/* Takes leave of the parent, for another one. It is over when core_parent_ended() says so. */
void core_leave_parent(core_t *self, uint64_t now_ms);

/* True when the parent's connection is to be closed: it was ended, by either side. *why (of the
   parent peer) says the reason; DD_E_LOOP asks for a long pause before the next attempt. */
bool core_parent_ended(const core_t *self, dd_error_t *why);

/* Reload: new settings that may change while running (heartbeat, limits) and new keys. Peers whose
   key is no longer there are ended with DD_E_REFUSED, some at a time, but before anything that they
   still say is heard. The old keyring may be freed afterwards. */
void core_set_keyring(core_t *self, const dd_keyring_t *keyring, uint64_t now_ms);
void core_set_limits(core_t *self, const core_settings_t *settings);

/* Shutting down: asks all who are beneath to leave, and then leaves the parent, so that nothing
   that is on its way is lost. New registrations are refused from now. */
void core_drain(core_t *self, uint64_t now_ms);
/* Takes the next step of that if it is time for it; to be called whenever something has come.
   Whether all have left and all was sent. */
bool core_drained(core_t *self, uint64_t now_ms);

/* Connections that hold a place, the parent not counted. */
size_t core_connections(const core_t *self);

/* The broker's scope at this moment, canonical. */
const char *core_scope(const core_t *self);

/* Says something in the broker's log and, to operators, among its events. */
__attribute__((format(printf, 3, 4))) void core_log(
    core_t *self, dd_log_level_t level, const char *format, ...);

#endif
