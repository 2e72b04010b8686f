/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session_view - the console's picture of the tree, kept up to date by what the client library
 * tells
 *
 * Events and the time go in; what the screens show comes out. It asks and sends nothing itself, but
 * is told what was asked and sent, and makes notes of what became of it. No sockets, no screen, no
 * clock.
 */
#ifndef SESSION_VIEW_H_INCLUDED
#define SESSION_VIEW_H_INCLUDED

#include "event_archive.h"
#include "libdd/protocol/endpoint.h"
#include "messages.h"
#include "own_subscriptions.h"
#include "poller.h"
#include "standing.h"
#include "status_log.h"
#include "timelines.h"
#include "trace.h"

typedef enum { LINK_CONNECTING, LINK_REGISTERED, LINK_CLOSED } link_state_t;

/* The connection to the broker that is the door to the tree. Texts are as the broker gave them. */
typedef struct {
    link_state_t state;
    char tenant[DD_TENANT_MAX + 1]; /* "" for an operator */
    char name[DD_NAME_MAX + 1];     /* the full one */
    char broker[DD_BROKER_MAX + 1];
    char scope[DD_SCOPE_MAX + 1];
    char endpoint[DD_ENDPOINT_MAX + 1]; /* where that broker is */
    dd_error_t error;                   /* why there is none */
    char reason[NOTE_ROOM];             /* and in words, escaped; "" if nothing was heard yet */
    uint64_t rtt_us;                    /* 0: not known */
    uint64_t payload_max;               /* bytes */
} link_t;

/* What changes by itself, and has a version of its own. */
typedef enum {
    PART_TREE,
    PART_CLIENTS,
    PART_SUBSCRIPTIONS,
    PART_TOPICS,
    PART_MESSAGES,
    PART_EVENTS,
    PART_TRACE,
    PARTS
} session_part_t;

typedef struct session_view session_view_t;

/* NULL when out of memory. */
session_view_t *session_view_new(bool is_operator);
void session_view_destroy(session_view_t **self_p);

/* ---- What goes in --------------------------------------------------------------------------- */

/* Time passes: of a clock that never jumps, and since 1970. Comes before all else. */
void session_view_tick(session_view_t *self, uint64_t now_us, int64_t wall_ms);
void session_view_event(session_view_t *self, const dd_event_t *event);
void session_view_set_rtt(session_view_t *self, uint64_t rtt_us);

/* A notification of that ref is on its way. */
void session_view_sent(session_view_t *self, uint32_t ref, const char *destination, bool receipt);
/* A trace of that ref is on its way. */
void session_view_traced(session_view_t *self, uint32_t ref, const char *destination);
/* A broker has been told to do something. */
void session_view_controlled(
    session_view_t *self, uint32_t ref, const char *what, const char *object);
/* The client has been told to subscribe, or no longer to. */
void session_view_subscribed(session_view_t *self, const char *topic, const char *scope);
void session_view_unsubscribed(session_view_t *self, const char *topic, const char *scope);

/* Another client takes the place of the one whose events came in: it has told of nothing yet, and
   what the other one had sent is answered by nobody. */
void session_view_go_elsewhere(session_view_t *self);

/* Something else that the user is to know. */
__attribute__((format(printf, 3, 4))) void session_view_note(
    session_view_t *self, note_kind_t kind, const char *format, ...);

/* And what is for nobody but who sits at the console: it isn't among the events. */
__attribute__((format(printf, 3, 4))) void session_view_say(
    session_view_t *self, note_kind_t kind, const char *format, ...);

/* Holds still what is shown. */
void session_view_freeze(session_view_t *self, bool frozen);
/* Forgets the messages, or the events and notes; the other parts can't be cleared. */
void session_view_clear(session_view_t *self, session_part_t part);

/* ---- What comes out: valid until something goes in ------------------------------------------ */

/* Another number after each change of that part, and of any. */
uint64_t session_view_version(const session_view_t *self, session_part_t part);
uint64_t session_view_revision(const session_view_t *self);
uint64_t session_view_now_ms(const session_view_t *self);
int64_t session_view_wall_ms(const session_view_t *self);
bool session_view_is_frozen(const session_view_t *self);
bool session_view_is_operator(const session_view_t *self);

const link_t *session_view_link(const session_view_t *self);
/* Whose questions the caller asks the brokers, and the rows that answer them. */
poller_t *session_view_poller(const session_view_t *self);
/* The rows of a view, as poller_model() has them. */
size_t session_view_row_count(const session_view_t *self, view_t view);
const void *session_view_row(const session_view_t *self, view_t view, size_t index);
/* Whether the rows of a view are what is, and not what was when the connection was lost, or the own
   broker fell silent; and how long ago that was seen, in ms. */
bool session_view_is_current(const session_view_t *self, view_t view);
uint64_t session_view_age(const session_view_t *self, view_t view);
/* When, since 1970, something was that the rows of a view say is so many ms ago. */
int64_t session_view_when(const session_view_t *self, view_t view, uint64_t ago_ms);
/* How a broker is, as far as is known now, and for how long it hasn't reported, in ms; 0 if it
   does. */
standing_t session_view_standing(const session_view_t *self, const broker_t *broker);
uint64_t session_view_silence(const session_view_t *self, const broker_t *broker);
/* And the same of a client. */
client_fate_t session_view_client_fate(const session_view_t *self, const client_t *client);
uint64_t session_view_client_silence(const session_view_t *self, const client_t *client);
const event_archive_t *session_view_events(const session_view_t *self);
/* What its broker said last of a client, behind the client's name; NULL if that was nothing. */
const char *session_view_last_words(const session_view_t *self, const client_t *client);
/* Figures of the last 15 minutes; whoever shows a row says so there. */
timelines_t *session_view_timelines(const session_view_t *self);
const messages_t *session_view_messages(const session_view_t *self);
status_log_t *session_view_status_log(const session_view_t *self);
const own_subscriptions_t *session_view_own_subscriptions(const session_view_t *self);
const trace_t *session_view_trace(const session_view_t *self);
/* The destination of the last notification if there is none such, else NULL. */
const char *session_view_missed(const session_view_t *self);

/* Whether a client is this one. */
bool session_view_is_own(const session_view_t *self, const char *tenant, const char *client);
/* How this client would write a client's name: bare inside its tenant. */
void session_view_shown_name(
    const session_view_t *self, const char *tenant, const char *client, char out[DD_NAME_MAX + 1]);

#endif
