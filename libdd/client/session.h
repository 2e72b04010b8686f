/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session - the client's side of a connection as a state machine
 *
 * Decides when to connect, says what a client has to say, answers what a broker may say, and keeps
 * what outlives a connection: the subscriptions. It knows no socket and no clock: its owner makes
 * the connections it wants, brings it frames and the time, and sends what is in its outbox. What
 * the application is to know goes out through one callback.
 *
 * Not thread-safe. Times are microseconds of a clock that never jumps.
 */
#ifndef DD_SESSION_H_INCLUDED
#define DD_SESSION_H_INCLUDED

#include "event.h"
#include "libdd/base/pulse.h"
#include "libdd/protocol/endpoint.h"
#include "libdd/protocol/outbox.h"

typedef struct dd_session dd_session_t;

typedef enum {
    DD_SESSION_IDLE, /* not started */
    DD_SESSION_PAUSE,
    DD_SESSION_CONNECTING,  /* waits for a connection to be ready */
    DD_SESSION_REGISTERING, /* has said HELLO */
    DD_SESSION_REGISTERED,
    DD_SESSION_SETTLING, /* is about to leave: sends nothing new, and waits for what it has sent */
    DD_SESSION_PARTING,  /* has said DRAIN, and waits until all that was for it has come */
    DD_SESSION_ENDING,   /* the connection is over; what it left is still being told */
    DD_SESSION_LEAVING,  /* has said BYE, and waits for the broker's */
    DD_SESSION_CLOSED    /* for good */
} dd_session_state_t;

/* Takes news for the application. Called only from within calls that say so. */
typedef void(dd_emit_t)(void *arg, const dd_news_t *news);

/* Says what the connection has carried; false if that isn't known. */
typedef bool(dd_look_t)(void *arg, dd_traffic_t *traffic);

/* Makes a proof (libdd/keys/proof.h) for who has registered as that instance; false if there is
   nothing to prove. */
typedef bool(dd_prove_t)(void *arg, uint64_t instance, uint8_t *proof);

typedef struct {
    const char *name;  /* wanted, or "auto"; copied */
    uint64_t instance; /* random; tells this client from another one of its name */
    bool operator_key; /* an operator sends and subscribes nothing, and has no tenant */
    const dd_endpoints_t *endpoints; /* of brokers, in order; lent until the session is destroyed */
    size_t outbox;                   /* bytes that may wait for the network */
    dd_emit_t *emit;
    dd_look_t *look;   /* NULL if nothing is known of connections */
    dd_prove_t *prove; /* NULL if there never is anything to prove */
    void *arg;         /* for all of them */
    uint32_t (*random)(void);
} dd_session_settings_t;

/* NULL when out of memory. */
dd_session_t *dd_session_new(const dd_session_settings_t *settings);
void dd_session_destroy(dd_session_t **self_p);

/* Before the start: the tenant that the broker must say we are of; copied. */
void dd_session_set_tenant(dd_session_t *self, const char *tenant);
/* And that it does nothing but ask: DD_E_ARGUMENT if it has subscriptions. */
dd_error_t dd_session_set_observer(dd_session_t *self);

dd_session_state_t dd_session_state(const dd_session_t *self);

/* ---- For the owner of the connection. These may emit. -------------------------------------- */

void dd_session_start(dd_session_t *self);

/* Whether there is to be a connection. When this turns false, the one there is gets closed; between
   two connections there is always a dd_session_tick() at which it is false. */
bool dd_session_wants_connection(const dd_session_t *self);

/* Where that is to go to. */
const char *dd_session_endpoint(const dd_session_t *self);

/* The connection is ready. */
void dd_session_connected(dd_session_t *self, uint64_t now_us);

/* It failed or ended. */
void dd_session_lost(dd_session_t *self, dd_error_t error, const char *text);

/* One frame from the broker, whatever it holds. */
void dd_session_input(dd_session_t *self, const void *data, size_t size, uint64_t now_us);

/* The broker's silence means nothing, since what it says is left unread: the application is behind.
   Outcomes may be among it, so that no notification is given up either. To be called once more when
   it is read again. */
void dd_session_unheard(dd_session_t *self, uint64_t now_us);

/* Does what is due. While DD_SESSION_ENDING each call tells of one frame's unsent notifications, so
   that an application that is behind isn't flooded: hold the calls back for it. */
void dd_session_tick(dd_session_t *self, uint64_t now_us);
/* When the next tick is due, UINT64_MAX for never. */
uint64_t dd_session_due(const dd_session_t *self);

/* Leaves for good, in order: what was sent is waited for until then at the latest, then what is on
   its way to here, then the broker's farewell. DD_SESSION_CLOSED comes when that is done, or at
   most a second after the time given. */
void dd_session_leave(dd_session_t *self, uint64_t until_us, uint64_t now_us);

/* There may be something else to prove now. What there is at a registration is proven then. */
void dd_session_prove(dd_session_t *self);

/* To be sent while there is a connection. Its limit may be changed. */
dd_outbox_t *dd_session_outbox(dd_session_t *self);

/* Round trip of the last PING, 0 before the first. */
uint64_t dd_session_rtt_us(const dd_session_t *self);

/* ---- For the application. dd.h says what they do and return. ------------------------------- */

/* Sends a SEND, which gets a ref of its own, or a PUBLISH. The payload is sealed already,
   destination or topic have been checked. wanted: a SEND's delivery is told as well. */
dd_error_t dd_session_send(dd_session_t *self, dd_record_t *record, bool wanted);

/* Sends a SEND as a request, which gets a ref of its own. Its end is emitted once, as a
   DD_EVENT_REPLY for that handler: with the reply, or without one by that time at the latest.
   Errors as dd_session_send(), and DD_E_LIMIT. */
dd_error_t dd_session_request(
    dd_session_t *self, dd_record_t *record, uint64_t until_us, dd_handler_t handler);
/* Nobody waits for that one's reply any more, and nothing is told of it. */
void dd_session_forget_request(dd_session_t *self, uint32_t ref);

/* The application, or its keys, can't read the notification of that number from that source. */
void dd_session_unreadable(dd_session_t *self, uint32_t ref, dd_bytes_t source);

/* Notifications that were sent and are not settled yet. */
size_t dd_session_unsettled(const dd_session_t *self);

/* Before the start: for how long a notification may stay without an outcome, which is unknown then.
 */
void dd_session_set_outcome_limit(dd_session_t *self, uint64_t limit_us);

/* Whether who got DD_E_OUTBOX_FULL because of open notifications would get it again. */
bool dd_session_is_congested(const dd_session_t *self);

/* The application has the notification of that number from that source. */
void dd_session_receipt(dd_session_t *self, uint32_t ref, dd_bytes_t source);

/* Publications for it go to the handler, if that isn't {0}. */
dd_error_t dd_session_subscribe_to(
    dd_session_t *self, const char *topic, const char *scope, dd_handler_t handler);
static inline dd_error_t dd_session_subscribe(
    dd_session_t *self, const char *topic, const char *scope)
{
    return dd_session_subscribe_to(self, topic, scope, (dd_handler_t){0});
}
/* May emit: what the broker doesn't know of needs no answer from it. */
dd_error_t dd_session_unsubscribe(dd_session_t *self, const char *topic, const char *scope);

/* INSPECT or CONTROL; sets its ref. */
dd_error_t dd_session_ask(dd_session_t *self, dd_record_t *question, uint64_t now_us);

#endif
