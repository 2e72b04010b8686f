/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client_state - a client's state, as the callers' side and its turns share it
 */
#ifndef DD_CLIENT_STATE_H_INCLUDED
#define DD_CLIENT_STATE_H_INCLUDED

#include <pthread.h>
#include <stdatomic.h>

#include "client_keys.h"
#include "event_queue.h"
#include "libdd/net/dialer.h"
#include "libdd/protocol/endpoint.h"
#include "loop.h"
#include "session.h"

/* A caller that waits for the end of its request. */
typedef struct dd_waiter {
    struct dd_waiter *next;
    uintptr_t number;
    dd_event_t *reply;
} dd_waiter_t;

/* What only the client's turns know. */
typedef struct {
    dd_dialer_t *dial;                 /* NULL between connections */
    const dd_client_keys_t *dial_keys; /* what that was made with */
    bool connected;                    /* the session knows that it is */
    bool lost;          /* it is over; what came before is perhaps still to be read */
    bool blocked;       /* ZeroMQ takes no more frames now */
    bool deaf;          /* the application is behind: nothing more is read */
    bool told;          /* the dialer has news */
    bool ready;         /* the socket has a frame, or room for one */
    bool stirred;       /* it was used since it was found empty: its descriptor doesn't tell */
    uint64_t looked_us; /* at the connection, for the last time */
    bool has_read;      /* something, in this turn */
    uint64_t sent;      /* what had been taken out of the outbox at the last turn */
    unsigned streaming; /* turns in a row that have sent much */
    int watched[DD_DIALER_NEWS_MAX]; /* descriptors of monitors that are watched */
    size_t watched_count;
    bool watches_socket; /* and the connection's own descriptors */
    bool has_line;
    int line;       /* if so, another descriptor of the connection, which is this client's alone */
    bool unwatched; /* the system watches no more: a look now and then must do */
} dd_client_turns_t;

/* Locks are taken in the order seal_lock, lock, and then the queue's own. */
struct dd_client {
    /* These don't change after dd_client_start(). */
    dd_endpoints_t *endpoints;
    bool is_operator;
    unsigned forks;                            /* of the process that it was made in */
    dd_handler_t handler;                      /* of all events, or none: they go to the queue */
    dd_handler_t handlers[DD_EVENT_REPLY + 1]; /* of events of one type, or none */
    dd_log_t *log;                             /* or NULL */
    void *log_arg;
    atomic_bool started; /* changes with the lock */
    dd_loop_t *loop;

    dd_loop_member_t member;
    dd_client_turns_t turns;
    bool kept; /* the turns' alone: the event of the callback that runs is another's now, who may
                  have freed it */

    dd_event_queue_t *queue;

    pthread_mutex_t seal_lock; /* guards sealing with the keys */

    pthread_mutex_t lock; /* guards what follows */
    dd_session_t *session;
    dd_client_keys_t *keys;         /* changes with both locks; its box seals with the first */
    dd_client_keys_t *retired;      /* those before, which a turn may still use, and frees */
    dd_login_t login;               /* with which of the keys to connect */
    uint8_t shown_key[DD_KEY_SIZE]; /* the own public key, of the connection */
    dd_event_list_t news;           /* emitted by the session, not yet delivered */
    int fd;               /* of the connection, to be looked at only; -1 if it isn't known */
    bool asleep;          /* nobody looks at the outbox before a turn is asked for */
    dd_problem_t reason;  /* for the last end of a connection that was told */
    bool closing;         /* dd_client_close() has been called */
    bool stopping;        /* dd_client_destroy() waits for the last turn */
    bool stopped;         /* that has been */
    uint64_t unread_us;   /* since when events are full and nothing is read; 0: it is read */
    unsigned drainers;    /* callers in dd_client_drain() and the like */
    pthread_cond_t left;  /* told to drainers: bytes may have left the outbox, outcomes come */
    dd_waiter_t *waiters; /* callers in dd_client_request() */
    uintptr_t last_waiter;
    pthread_cond_t replied; /* told to waiters: one of them has its reply */
};

/* Asks for a turn. Any thread, with or without the lock. */
void dd_client_wake(dd_client_t *self);

/* Ends a call that took the lock: there may be something to send or to tell. */
void dd_client_unlock(dd_client_t *self);

/* Whether it was made before a fork that this process comes from: nobody gives it turns here, and
   its locks may be held by nobody. */
bool dd_client_is_inherited(const dd_client_t *self);

/* Whether this is within a callback of the client's. */
bool dd_client_is_mine(const dd_client_t *self);

/* How a record is sent. */
typedef struct {
    bool wanted;       /* its delivery is told as well */
    uint64_t until_us; /* for a request: when its time is over; else 0 */
    dd_handler_t handler;
} dd_sending_t;

/* Seals a payload for whom the broker shows under that name, and sends it with the record, whose
   destination or topic is valid. */
dd_error_t dd_client_send(dd_client_t *self, dd_bytes_t shown, const void *data, size_t size,
    dd_record_t *record, const dd_sending_t *how);

/* What its loop calls; dd_client_start() begins it. */
dd_loop_next_t dd_client_turn(void *client, unsigned told, uint64_t now_us);
void dd_client_left(void *client);

#endif
