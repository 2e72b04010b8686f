/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * member - one client of a run
 */
#include "member.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include <utlist.h>

/* Those of this process. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static member_t *members;

/* Once: a thousand clients say no more than one. */
static void complain(const dd_event_t *event)
{
    static atomic_flag has_complained = ATOMIC_FLAG_INIT;
    if (!atomic_flag_test_and_set(&has_complained))
        fprintf(stderr, "ddperf: %s\n", event->text[0] ? event->text : dd_strerror(event->error));
}

static void on_event(dd_client_t *client, const dd_event_t *event, void *arg)
{
    (void)client;
    member_t *self = arg;
    switch (event->type) {
    case DD_EVENT_REGISTERED:
        if (!self->was_registered)
            sem_post(self->registered);
        self->was_registered = true;
        break;
    case DD_EVENT_DISCONNECTED:
    case DD_EVENT_CLOSED:
        complain(event);
        break;
    default:
        self->take(self->arg, event);
    }
}

bool member_init(member_t *self, const run_t *run, const char *endpoint, const char *name,
    member_event_t *take, void *arg, sem_t *registered)
{
    dd_problem_t problem;
    *self = (member_t){.take = take, .arg = arg, .registered = registered};
    self->client = dd_client_new(endpoint, run->options->keyfile, name, &problem);
    if (self->client && dd_client_set_callback(self->client, on_event, self) == DD_OK) {
        pthread_mutex_lock(&lock);
        DL_APPEND(members, self);
        pthread_mutex_unlock(&lock);
        return true;
    }
    fprintf(stderr, "ddperf: %s\n", problem.text);
    return false;
}

void member_clear(member_t *self)
{
    pthread_mutex_lock(&lock);
    if (self->prev)
        DL_DELETE(members, self);
    self->prev = NULL;
    pthread_mutex_unlock(&lock);
    dd_client_destroy(&self->client);
}

void member_all_take_keys(const char *keyfile)
{
    dd_problem_t problem = {0};
    const member_t *member;
    pthread_mutex_lock(&lock);
    DL_FOREACH (members, member)
        if (dd_client_set_keys(member->client, keyfile, &problem) != DD_OK)
            break;
    pthread_mutex_unlock(&lock);
    if (problem.error == DD_OK)
        fputs("ddperf: keys reloaded\n", stderr);
    else
        fprintf(stderr, "ddperf: the keys in use stay: %s\n", problem.text);
}

bool member_start(member_t *self)
{
    dd_error_t error = dd_client_start(self->client);
    if (error != DD_OK)
        fprintf(stderr, "ddperf: can't start a client: %s\n", dd_strerror(error));
    return error == DD_OK;
}

bool member_await(sem_t *registered)
{
    if (run_wait(registered, RUN_PATIENCE))
        return true;
    fprintf(stderr, "ddperf: no client could register for %d s\n", RUN_PATIENCE / 1000);
    return false;
}
