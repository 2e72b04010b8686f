/*
 * live - the console's picture of the tree, kept up to date by what the client library tells
 *
 * Events and the time go in; what the screens show comes out. It asks and sends nothing itself, but
 * is told what was asked and sent, and makes notes of what became of it. No sockets, no screen, no
 * clock.
 */
#ifndef LIVE_H_INCLUDED
#define LIVE_H_INCLUDED

#include "keymap.h"
#include "messages.h"
#include "notes.h"
#include "own.h"
#include "rounds.h"
#include "trace.h"

typedef enum { LINK_CONNECTING, LINK_REGISTERED, LINK_CLOSED } link_state_t;

/* The connection to the broker that is the door to the tree. Texts are as the broker gave them. */
typedef struct {
    link_state_t state;
    char tenant[DD_TENANT_MAX + 1]; /* "" for an operator */
    char name[DD_NAME_MAX + 1];     /* the full one */
    char broker[DD_BROKER_MAX + 1];
    char scope[DD_SCOPE_MAX + 1];
    dd_error_t error;       /* why there is none */
    char reason[NOTE_ROOM]; /* and in words, escaped; "" if nothing was heard yet */
    uint64_t rtt_us;        /* 0: not known */
    uint64_t payload_max;   /* bytes */
} link_t;

typedef struct live live_t;

/* NULL when out of memory. */
live_t *live_new(bool is_operator);
void live_destroy(live_t **self_p);

/* ---- What goes in --------------------------------------------------------------------------- */

/* Time passes: of a clock that never jumps, and since 1970. Comes before all else. */
void live_tick(live_t *self, uint64_t now_us, int64_t wall_ms);
void live_event(live_t *self, const dd_event_t *event);
void live_set_rtt(live_t *self, uint64_t rtt_us);

/* A notification of that ref is on its way. */
void live_sent(live_t *self, uint32_t ref, const char *destination, bool receipt);
/* A trace of that ref is on its way. */
void live_traced(live_t *self, uint32_t ref, const char *destination);
/* A broker has been told to do something. */
void live_controlled(live_t *self, uint32_t ref, const char *what, const char *object);
/* The client has been told to subscribe, or no longer to. */
void live_subscribed(live_t *self, const char *topic, const char *scope);
void live_unsubscribed(live_t *self, const char *topic, const char *scope);

/* Something else that the user is to know. */
__attribute__((format(printf, 3, 4))) void live_note(
    live_t *self, note_kind_t kind, const char *format, ...);

/* Holds still what is shown. */
void live_freeze(live_t *self, bool frozen);
/* Forgets the messages, or what happened here. */
void live_clear(live_t *self, page_t page);

/* ---- What comes out: valid until something goes in ------------------------------------------ */

/* Another number after each change of what a page shows. */
uint64_t live_version(const live_t *self, page_t page);
uint64_t live_now_ms(const live_t *self);
int64_t live_wall_ms(const live_t *self);
bool live_is_frozen(const live_t *self);
bool live_is_operator(const live_t *self);

const link_t *live_link(const live_t *self);
/* Questions and their rows. */
rounds_t *live_rounds(const live_t *self);
/* How long ago a broker's row was reported, by the row's own word for the last round. */
uint64_t live_silence(const live_t *self, const broker_t *broker);
const messages_t *live_messages(const live_t *self);
notes_t *live_notes(const live_t *self);
const owns_t *live_owns(const live_t *self);
const trace_t *live_trace(const live_t *self);
/* The destination of the last notification if there is none such, else NULL. */
const char *live_missed(const live_t *self);

/* Whether a client is this one. */
bool live_is_own(const live_t *self, const char *tenant, const char *client);
/* How this client would write a client's name: bare inside its tenant. */
void live_shown_name(
    const live_t *self, const char *tenant, const char *client, char out[DD_NAME_MAX + 1]);

#endif
