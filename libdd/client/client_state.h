/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * client_state - a client's state, as the callers' side and its thread share it
 */
#ifndef DD_CLIENT_STATE_H_INCLUDED
#define DD_CLIENT_STATE_H_INCLUDED

#include <pthread.h>

#include "client_keys.h"
#include "event_queue.h"
#include "libdd/protocol/endpoint.h"
#include "session.h"

/* Payloads up to this are sealed without an allocation. */
#define SEALED_AT_HAND 4096

/* A caller that waits for the end of its request. */
typedef struct dd_waiter {
    struct dd_waiter *next;
    uintptr_t number;
    dd_event_t *reply;
} dd_waiter_t;

/* Locks are taken in the order seal_lock, lock, and then the queue's own. */
struct dd_client {
    /* These don't change after dd_client_start(). */
    dd_endpoints_t endpoints;
    bool is_operator;
    unsigned forks; /* of the process that it was made in */
    void *context;
    dd_handler_t handler;                      /* of all events, or none: they go to the queue */
    dd_handler_t handlers[DD_EVENT_REPLY + 1]; /* of events of one type, or none */
    dd_log_t *log;                             /* or NULL */
    void *log_arg;
    bool started;
    pthread_t thread;
    int wake_fd; /* an eventfd that ends the thread's sleep */

    bool kept; /* the thread's alone: the event of the callback that runs is another's now, who may
                  have freed it */

    dd_event_queue_t *queue;

    pthread_mutex_t seal_lock; /* guards sealing with the keys and the room for what it makes */
    uint8_t sealed[SEALED_AT_HAND];

    pthread_mutex_t lock; /* guards what follows */
    dd_session_t *session;
    dd_client_keys_t *keys;         /* changes with both locks; its box seals with the first */
    dd_client_keys_t *retired;      /* those before, which the thread may still use, and frees */
    dd_login_t login;               /* with which of the keys to connect */
    uint8_t shown_key[DD_KEY_SIZE]; /* the own public key, of the connection */
    dd_event_list_t news;           /* emitted by the session, not yet delivered */
    int fd;               /* of the connection, to be looked at only; -1 if it isn't known */
    bool asleep;          /* the thread won't look at the outbox before it is woken */
    dd_problem_t reason;  /* for the last end of a connection that was told */
    bool closing;         /* dd_client_close() has been called */
    bool stopping;        /* dd_client_destroy() waits for the thread */
    uint64_t unread_us;   /* since when events are full and nothing is read; 0: it is read */
    unsigned drainers;    /* callers in dd_client_drain() and the like */
    pthread_cond_t left;  /* told to drainers: bytes may have left the outbox, outcomes come */
    dd_waiter_t *waiters; /* callers in dd_client_request() */
    uintptr_t last_waiter;
    pthread_cond_t replied; /* told to waiters: one of them has its reply */
};

/* Ends the thread's sleep, now or the next one. Any thread, with or without the lock. */
void dd_client_wake(dd_client_t *self);

/* Ends a call that took the lock: the thread may have something to send or to tell. */
void dd_client_unlock(dd_client_t *self);

/* Whether it was made before a fork that this process comes from: its thread isn't here, and its
   locks may be held by nobody. */
bool dd_client_is_inherited(const dd_client_t *self);

/* Whether this is the client's own thread. */
bool dd_client_is_mine(const dd_client_t *self);

/* The clock's time in timeout_ms, or as good as never for a negative one. */
uint64_t dd_client_deadline(int timeout_ms);

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

/* Waits for such a condition until that time at the latest. With the lock. */
void dd_client_await(dd_client_t *self, pthread_cond_t *condition, uint64_t until_us);

/* What the thread runs. */
void *dd_client_run(void *client);

#endif
