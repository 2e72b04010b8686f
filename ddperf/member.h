/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * member - one client of a run
 *
 * A dd_client_t with its callback, and what every client of a run has to care for: that it gets
 * registered, and that nobody has to guess why it doesn't.
 */
#ifndef MEMBER_H_INCLUDED
#define MEMBER_H_INCLUDED

#include <semaphore.h>

#include "libdd/include/dd.h"
#include "run.h"

/* Takes notifications, publications and errors, on the client's thread. */
typedef void(member_event_t)(void *arg, const dd_event_t *event);

typedef struct member {
    dd_client_t *client;
    member_event_t *take;
    void *arg;
    sem_t *registered; /* posted once, when it is */
    bool was_registered;
    struct member *prev, *next; /* of all members */
} member_t;

/* Clients that may be about to register. More at once, and a broker can't answer each in time. */
#define MEMBERS_AT_ONCE 32

/* Makes the client, not yet connected. False, after saying why. `self` stays where it is. */
bool member_init(member_t *self, const run_t *run, const char *endpoint, const char *name,
    member_event_t *take, void *arg, sem_t *registered);
/* Fine for a member that is all zero. */
void member_clear(member_t *self);

/* Has all members read their key file again, and says what comes of it. Any thread. */
void member_all_take_keys(const char *keyfile);

/* Connects. False, after saying why. */
bool member_start(member_t *self);

/* Waits until one more is registered. False, after saying so, when none was for too long. */
bool member_await(sem_t *registered);

#endif
