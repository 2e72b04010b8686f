/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session_state - a session's state, as its own files share it
 */
#ifndef DD_SESSION_STATE_H_INCLUDED
#define DD_SESSION_STATE_H_INCLUDED

#include "libdd/base/backoff.h"
#include "libdd/protocol/arrivals.h"
#include "outcomes.h"
#include "requests.h"
#include "session.h"
#include "subscriptions.h"

/* One millisecond. */
#define MS 1000u
/* Questions that may be under way at a time. */
#define QUESTIONS_MAX 32

/* States in which the client is registered, be it about to leave, so that the broker says anything
   to it and takes its answers. */
#define REGISTERED                                                                                 \
    (1u << DD_SESSION_REGISTERED | 1u << DD_SESSION_SETTLING | 1u << DD_SESSION_PARTING)

/* Within which the broker must answer HELLO, or say that it is about to. */
#define REGISTER_LIMIT (5000 * MS)
/* Within which the broker must answer a DRAIN, and a BYE. */
#define LEAVE_LIMIT (1000 * MS)
/* Within which a notification is acknowledged if there is room for that. */
#define ACKNOWLEDGE_LIMIT (50 * MS)

/* UNSUBSCRIBEs whose refusal is still told to the application; of more, the oldest aren't. */
#define UNSUBSCRIBES_MAX 32

typedef struct {
    uint32_t ref;         /* 0: free */
    uint32_t outstanding; /* brokers that are known to be still to answer */
    uint64_t until_us;
} question_t;

struct dd_session {
    dd_emit_t *emit;
    dd_look_t *look;
    dd_prove_t *prove;
    void *arg;
    uint32_t (*random)(void);
    char name[DD_CLIENT_MAX + 1];
    char tenant[DD_TENANT_MAX + 1]; /* that we must be of; empty: any */
    bool operator_key;
    bool observes;
    uint64_t instance; /* counts up with each HELLO */
    bool is_public;    /* registered as a client of the public tenant */

    dd_session_state_t state;
    uint64_t now_us; /* of the call at hand */
    uint64_t due_us; /* PAUSE: next attempt; REGISTERED: next PING; else: end of patience */
    dd_backoff_t backoff;
    const dd_endpoints_t *endpoints;
    size_t endpoint; /* of those, the one to connect to */
    size_t failures; /* one after the other, since it was registered last */

    /* of the connection at hand */
    uint64_t registered_us;
    uint64_t heard_us;     /* last sign of life from the broker */
    uint64_t heartbeat_us; /* between two PINGs */
    dd_pulse_t pulse;      /* of one that is silent */
    uint64_t look_us;      /* when to look for it next */
    uint64_t rtt_us;
    size_t sealed_max; /* largest payload the broker takes */
    dd_outbox_t outbox;

    /* of its end */
    bool was_registered;
    bool is_final;        /* don't come back */
    bool leaves;          /* the application wants to be gone, and hears no more of it */
    uint64_t part_us;     /* SETTLING: when to go on, whatever is unsettled */
    uint64_t unpublished; /* publications that were not sent any more */
    dd_problem_t reason;
    unsigned told[DD_ENDPOINTS_MAX]; /* of each endpoint, a hash of the reason that the application
                                        knows of; 0: none */

    uint32_t last_ref;
    uint32_t refs;           /* given so far, as long as they can be told from those before */
    uint32_t run;            /* of what is sent; see arrivals.h */
    uint32_t run_began;      /* ref before the run's first one */
    dd_outcomes_t *outcomes; /* of notifications that were sent */
    dd_requests_t *requests; /* of those, the ones that a reply is waited for */
    uint64_t outcome_limit_ms;
    uint64_t subscribe_us;   /* until then no subscription is asked for */
    uint64_t expire_us;      /* when to look next for those that are older than that */
    dd_arrivals_t *arrivals; /* of notifications that came */
    uint64_t acknowledge_us; /* when to acknowledge them at the latest; 0: nothing is to be */
    uint32_t unsubscribes[UNSUBSCRIBES_MAX]; /* their refs */
    unsigned unsubscribe;                    /* place of the next one */
    dd_subscriptions_t *subscriptions;
    question_t questions[QUESTIONS_MAX];
};

/* A number for what is sent next; never 0. */
uint32_t dd_session_next_ref(dd_session_t *self);

/* Begins another run, of which the latest ref is the first. */
void dd_session_next_run(dd_session_t *self);

/* Appends what the application asks for: DD_OK, or DD_E_OUTBOX_FULL. */
dd_error_t dd_session_append(dd_session_t *self, const dd_record_t *record);

void dd_session_emit_error(dd_session_t *self, dd_error_t error, uint32_t ref, dd_bytes_t text);

/* The name as brokers show it to this client, which may have been given in full. */
dd_bytes_t dd_session_shown(const dd_session_t *self, dd_bytes_t name);

/* Ends the connection, and at the next ticks all that belonged to it. */
void dd_session_end(dd_session_t *self, dd_error_t error, const char *text);

/* Sends nothing new from now on; what was sent is waited for until then. */
void dd_session_settle_until(dd_session_t *self, uint64_t until_us);

/* Says BYE, and waits for the broker's. */
void dd_session_say_bye(dd_session_t *self);

/* Sends a PING or PONG, before all that waits for the broker to take what was sent. */
void dd_session_say_alive(dd_session_t *self, const dd_record_t *record);

/* Sends a PING; the next is due a heartbeat later. */
void dd_session_ping(dd_session_t *self);

/* Takes one record from the broker. DD_OK, or what the broker did wrong. */
dd_error_t dd_session_handle(dd_session_t *self, const dd_record_t *record);

/* The broker has room for more. DD_OK, or what it did wrong. */
dd_error_t dd_session_taken(dd_session_t *self, const dd_record_t *record);

/* Acknowledges what came, as far as the outbox has room. */
void dd_session_acknowledge(dd_session_t *self);

/* Sends the subscriptions that the broker doesn't know of yet, as far as the outbox has room. */
void dd_session_send_subscriptions(dd_session_t *self);

/* Ends a request whose outcome is settled, with the reply or with the error why there is none. */
void dd_session_end_request(
    dd_session_t *self, dd_request_t *request, dd_error_t error, const dd_record_t *reply);
/* Ends one with the reply, which says as well that it was delivered. */
void dd_session_take_reply(dd_session_t *self, dd_request_t *request, const dd_record_t *reply);
/* Ends up to so many of those whose time is over. */
void dd_session_expire_requests(dd_session_t *self, uint64_t now_us, size_t most);
/* Ends all, since the client does. */
void dd_session_close_requests(dd_session_t *self);

/* The question of that ref, or, for 0, a free place. NULL if there is none. */
question_t *dd_session_find_question(dd_session_t *self, uint32_t ref);
/* Gives up the questions whose time is over, and says why. */
void dd_session_drop_questions(dd_session_t *self, uint64_t now_us, dd_error_t error);

#endif
