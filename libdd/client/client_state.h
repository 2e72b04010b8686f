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

/* Locks are taken in the order seal_lock, lock, and then the queue's own. */
struct dd_client {
    /* These don't change after dd_client_start(). */
    dd_endpoints_t endpoints;
    bool is_operator;
    void *context;
    dd_event_callback_t *callback; /* or NULL: events go to the queue */
    void *callback_arg;
    bool started;
    pthread_t thread;
    int wake_fd; /* an eventfd that ends the thread's sleep */

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
    int fd;              /* of the connection, to be looked at only; -1 if it isn't known */
    bool asleep;         /* the thread won't look at the outbox before it is woken */
    bool closing;        /* dd_client_close() has been called */
    bool stopping;       /* dd_client_destroy() waits for the thread */
    uint64_t unread_us;  /* since when events are full and nothing is read; 0: it is read */
    unsigned drainers;   /* callers in dd_client_drain() */
    pthread_cond_t left; /* told to drainers: bytes may have left the outbox, outcomes come */
};

/* Ends the thread's sleep, now or the next one. Any thread, with or without the lock. */
void dd_client_wake(dd_client_t *self);

/* What the thread runs. */
void *dd_client_run(void *client);

#endif
