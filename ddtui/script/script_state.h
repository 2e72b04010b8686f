/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * script_state - what a script is at, and what all its steps do: say, fail, end, and print
 *
 * script.c has the time, the signals and the end; it calls script_events.c, which takes what comes
 * back. Below these stand script_send.c, which sends and prints messages, then script_name.c, which
 * finds out whether the own name is another's, script_poll.c, which asks the brokers and prints
 * what they report, and script_control.c, which tells a broker what to do. Each calls only those
 * after it, and all call script_state.c.
 */
#ifndef SCRIPT_STATE_H_INCLUDED
#define SCRIPT_STATE_H_INCLUDED

#include "ddtui/model/health_check.h"
#include "key_role.h"
#include "message_input.h"
#include "output.h"
#include "script.h"

#define ECHO_SIZE 16
#define SHOWN_ROOM 1024
/* Bytes of the longest failure in words. */
#define FAILURE_ROOM (2 * SHOWN_ROOM)

typedef enum {
    CONNECTING,  /* not registered */
    SUBSCRIBING, /* until the broker has confirmed all subscriptions */
    CONFIRMING,  /* until it is known that no other client of the tree has the name */
    ACTING,      /* sent and asked; until all of it is answered */
    FAILING,     /* something failed as it does when the connection ends; until it is known why */
    RESTING,     /* between two rounds of --watch */
    LISTENING,
    ENDED /* for good: no other phase comes after it */
} phase_t;

/* The own name in the tree. */
typedef enum {
    NAME_ASKED,     /* whether another has it */
    NAME_CONTESTED, /* another is being asked whether it is still there */
    NAME_OURS       /* as far as is known */
} name_state_t;

/* Something to be printed. */
typedef struct {
    FILE *stream;
    char *text; /* once the stream is closed */
    size_t size;
} output_t;

typedef struct {
    const options_t *options;
    dd_client_t *client;
    model_t *model;       /* of the round at hand; NULL before the first */
    model_t *before;      /* of the last one that was whole before it; NULL if there was none */
    bool arranged;        /* the model is, and whole */
    event_dedup_t *dedup; /* for --events */
    trace_t trace;
    health_check_t check;  /* the last one, for --check */
    message_input_t input; /* what to send */
    output_style_t style;
    key_role_t role;
    phase_t phase;
    exit_status_t status;           /* once it has ended, or fails */
    char failure[FAILURE_ROOM];     /* while it fails: in words; "": those of the trace */
    uint64_t failure_due_ms;        /* and when that is all that will be known */
    int signal_fd;                  /* readable once a signal has asked for the end; or -1 */
    uint64_t started_ms;            /* what --timeout counts from */
    bool was_registered;            /* ever */
    char reason[SHOWN_ROOM];        /* of the last connection's end; "" before the first */
    char own_name[DD_NAME_MAX + 1]; /* a destination that means this client */
    size_t unconfirmed;             /* subscriptions */
    uint64_t payload_max;
    name_state_t name;
    uint32_t name_ref;          /* of the question about it */
    bool name_is_cut;           /* a broker on the way up has said that it has no parent now */
    uint64_t name_due_ms;       /* when it is asked again, or done without an answer */
    uint32_t notify_ref;        /* of the notification while it has no outcome, or no receipt if one
                                   is waited for, else 0 */
    uint32_t echo_ref;          /* of the notification to itself, while it is on its way, else 0 */
    uint8_t echo[ECHO_SIZE];    /* what that notification holds */
    uint32_t inspect_ref;       /* of the question while it has no full answer, else 0 */
    uint64_t silent;            /* brokers that have not answered it */
    uint64_t unreadable;        /* reports that were none */
    uint64_t rounds;            /* that are over */
    uint64_t round_ms;          /* when the round at hand began, or the next one is to begin */
    uint64_t round_ended_ms;    /* when the last one was over */
    uint64_t asked_wall_ms;     /* when the question was asked, since 1970 */
    uint64_t asked_us;          /* the same, by the clock that only goes forward */
    exit_status_t round_status; /* of the last one */
    char order_broker[DD_BROKER_MAX + 1];
    uint32_t order_ref; /* of what a broker was told to do, while it has no answer, else 0 */
    uint64_t printed;   /* messages */
} script_t;

/* ---- Time: script_state.c */

uint64_t script_now_ms(void);

/* Whether it asks again and again. */
bool script_watches(const script_t *self);
/* Whether all that is left to do is to listen. */
bool script_only_listens(const script_t *self);
/* Whether it goes on until somebody has seen enough. */
bool script_goes_on(const script_t *self);
/* Whether --count messages are printed. */
bool script_is_enough(const script_t *self);

/* ms for an answer. In a watch, --timeout is about the whole. */
uint64_t script_limit_ms(const script_t *self);
/* When it has gone on for long enough; UINT64_MAX for never. */
uint64_t script_end_due_ms(const script_t *self);
/* For poll(): ms until `due_ms`, -1 for ever. */
int script_pause_until(uint64_t due_ms);

/* ---- Words */

/* Text of a peer, fit for a terminal. */
const char *script_shown(const char *text, char room[SHOWN_ROOM]);

/* Says what is good to know, unless --quiet or --check; nothing has failed. */
__attribute__((format(printf, 2, 3))) void script_note(
    const script_t *self, const char *format, ...);

/* Says what isn't as it should be. */
__attribute__((format(printf, 1, 2))) void script_complain(const char *format, ...);

/* ---- The end */

/* Goes on to a phase, unless it has ended. */
void script_enter(script_t *self, phase_t phase);

/* Ends. The first status is the one that counts. */
void script_end(script_t *self, exit_status_t status);

/* Says why and ends. */
__attribute__((format(printf, 3, 4))) void script_fail(
    script_t *self, exit_status_t status, const char *format, ...);

/* Something has failed, perhaps because the connection has ended, and the reason of that is still
   to come: the reason for which the client was closed is what counts then. Waits for that. */
__attribute__((format(printf, 3, 4))) void script_fail_with_reason(
    script_t *self, exit_status_t status, const char *format, ...);
/* Whether that may be how the end of the connection shows itself first. */
bool script_is_end(dd_error_t error);

/* A call into the client library has failed: "can't <what> '<object>'". */
void script_call_failed(script_t *self, dd_error_t error, const char *what, const char *object);

/* ---- Output */

/* Cells of a line, if standard output is a terminal that says so, else 0. */
unsigned script_width(void);

/* What is printed goes into a stream, NULL when out of memory, and then out as a whole; printed:
   whether the stream took all of it. */
FILE *script_open(output_t *self);
void script_close(script_t *self, output_t *output, bool printed);

/* Prints what a check has found, and a check that came to nothing. */
void script_print_check(script_t *self);
void script_fail_check(script_t *self, health_check_state_t state, const char *text);

/* ---- script_control.c */

/* All that can be known of the brokers is: tells the one that is meant what to do. */
void script_give_order(script_t *self);

/* Takes the report of a broker on what it was told to do. */
void script_take_control_report(script_t *self, const dd_event_t *event);

/* ---- script_poll.c */

/* Begins a round: asks the brokers what the options want to know. */
void script_ask(script_t *self);

/* Takes a report of the round at hand. */
void script_take_report(script_t *self, const dd_event_t *event);

/* The round is over, whether or not all have answered: prints what is known, and ends, or rests
   until the next one. */
void script_end_round(script_t *self);

/* A round is over and printed: rests until the next one, or ends if that was the last. */
void script_rest(script_t *self);

/* ---- script_name.c */

/* Whether another client with the own name would make a difference. */
bool script_name_matters(const script_t *self);

/* Goes on to CONFIRMING and asks, so that self->name becomes NAME_OURS in the end, unless this
   client is ended for it. */
void script_ask_for_name(script_t *self);

/* Takes an event if it is about that. */
bool script_take_name(script_t *self, const dd_event_t *event);

/* When script_look_at_name() is due; UINT64_MAX for never. */
uint64_t script_name_due_ms(const script_t *self);
void script_look_at_name(script_t *self);

/* ---- script_send.c */

/* Goes on to the next phase, or the end, as far as all is there for it. */
void script_advance(script_t *self);

/* The trace is over: prints it and ends. */
void script_end_trace(script_t *self);

/* What script_fail_with_reason() waits for has not come: ends with what had failed. */
void script_fail_without_reason(script_t *self);

/* A notification or a publication, a gap: prints it, if it is wanted. */
void script_print(script_t *self, const dd_event_t *event);

/* ---- script_events.c */

/* Takes the events that wait, within reason. */
void script_take_events(script_t *self);

#endif
