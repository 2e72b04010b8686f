/*
 * script_state - what a script is at, as its own files share it
 *
 * script.c has the time and the end, script_acts.c what is sent and asked, script_events.c what
 * comes back.
 */
#ifndef SCRIPT_STATE_H_INCLUDED
#define SCRIPT_STATE_H_INCLUDED

#include "input.h"
#include "print.h"
#include "script.h"

#define ECHO_SIZE 16
#define SHOWN_ROOM 1024

typedef enum {
    CONNECTING,  /* not registered */
    SUBSCRIBING, /* until the broker has confirmed all subscriptions */
    ACTING,      /* sent and asked; until all of it is answered */
    LISTENING
} phase_t;

typedef struct {
    const options_t *options;
    dd_client_t *client;
    model_t *model;
    input_t input; /* what to send */
    print_style_t style;
    phase_t phase;
    bool ended;
    status_t status;            /* once it has ended */
    uint64_t started_ms;        /* what --timeout counts from */
    uint64_t sent_ms;           /* when the phase ACTING began */
    bool was_registered;        /* ever */
    char reason[SHOWN_ROOM];    /* of the last connection's end; "" before the first */
    char self[DD_NAME_MAX + 1]; /* a destination that means this client */
    size_t unconfirmed;         /* subscriptions */
    uint64_t payload_max;
    uint32_t notify_ref;     /* of the notification while it has no answer, else 0 */
    uint32_t echo_ref;       /* of the notification to itself, while it is on its way, else 0 */
    uint8_t echo[ECHO_SIZE]; /* what that notification holds */
    uint32_t inspect_ref;    /* of the question while it has no full answer, else 0 */
    uint64_t silent;         /* brokers that have not answered it */
    uint64_t unreadable;     /* reports that were none */
    uint64_t printed;        /* messages */
} script_t;

/* ---- script.c */

uint64_t script_now_ms(void);

/* Text of a peer, fit for a terminal. */
const char *script_shown(const char *text, char room[SHOWN_ROOM]);

/* Says what is good to know, unless --quiet; nothing has failed. */
__attribute__((format(printf, 2, 3))) void script_note(
    const script_t *self, const char *format, ...);

/* Ends. The first status is the one that counts. */
void script_end(script_t *self, status_t status);

/* Says why and ends. */
__attribute__((format(printf, 3, 4))) void script_fail(
    script_t *self, status_t status, const char *format, ...);

/* Writes to standard output, however slow its reader is. Stops for a signal, when the time for
   listening is over, and, with an end, when the output takes no more. */
void script_write(script_t *self, const char *data, size_t size);

/* ---- script_acts.c */

/* Goes on to the next phase, or the end, as far as all is there for it. */
void script_advance(script_t *self);

/* A call into the client library has failed: "can't <what> '<object>'". */
void script_call_failed(script_t *self, dd_error_t error, const char *what, const char *object);

/* The question of a view has ended with status, for now: prints what has been reported. */
void script_end_view(script_t *self, status_t status);

/* A notification or a publication, a gap: prints it, if it is wanted. */
void script_print(script_t *self, const dd_event_t *event);

/* Whether --count is reached. */
bool script_is_enough(const script_t *self);

/* ---- script_events.c */

/* Takes the events that wait, within reason. */
void script_take_events(script_t *self);

#endif
