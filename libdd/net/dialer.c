/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dialer - one connection to a broker, from the look at its host's name to its end
 */
#include "dialer.h"

#include <stdio.h>
#include <stdlib.h>

#include "connection.h"
#include "descriptors.h"
#include "libdd/base/clock.h"
#include "libdd/base/problem.h"
#include "resolver.h"
#include "turns.h"

/* ms within which a name must be answered. The system asks the second name server after 5 s. */
#define LOOKUP_LIMIT 6000

typedef enum { LOOKING_UP, WAITING, DIALING, CONNECTED, LOST } phase_t;

struct dd_dialer {
    dd_dialer_settings_t settings;
    char endpoint[DD_ENDPOINT_MAX + 1];
    phase_t phase;
    uint64_t due_ms;     /* LOOKING_UP: end of patience; DIALING: when the next address is tried */
    dd_lookup_t *lookup; /* LOOKING_UP */
    dd_turn_t turn;      /* WAITING and DIALING */
    dd_endpoints_t *found;                      /* the addresses, up to and with DIALING */
    size_t tried;                               /* of those, with the key at hand */
    dd_login_t login;                           /* the keys at hand */
    bool all_keys;                              /* no other is to be tried */
    dd_connection_t *racing[DD_DIALER_AT_ONCE]; /* DIALING */
    dd_connection_t *connection;                /* CONNECTED, and LOST after that */
    dd_problem_t reason;
};

/* ---- Phases -------------------------------------------------------------------------------- */

static void end_race(dd_dialer_t *self)
{
    for (size_t i = 0; i < DD_DIALER_AT_ONCE; i++)
        dd_connection_destroy(&self->racing[i]);
    dd_lookup_destroy(&self->lookup);
    dd_turn_end(&self->turn);
    free(self->found);
    self->found = NULL;
    self->due_ms = UINT64_MAX;
}

static void lose(dd_dialer_t *self, const dd_problem_t *reason)
{
    self->reason = *reason;
    self->phase = LOST;
    end_race(self);
}

static void wait_for_turn(dd_dialer_t *self)
{
    self->phase = WAITING;
    self->due_ms = UINT64_MAX;
    dd_turn_ask(&self->turn, self->endpoint, self->settings.waker);
}

static void look_up(dd_dialer_t *self, uint64_t now_ms)
{
    dd_problem_t problem;
    if (dd_resolve_at_once(self->endpoint, self->found)) {
        wait_for_turn(self);
        return;
    }
    self->due_ms = now_ms + LOOKUP_LIMIT;
    self->lookup = dd_lookup_new(self->endpoint, self->settings.waker, &problem);
    if (!self->lookup)
        lose(self, &problem);
}

static void take_addresses(dd_dialer_t *self, uint64_t now_ms)
{
    dd_error_t result = DD_OK;
    dd_problem_t problem;
    bool done = dd_lookup_done(self->lookup, self->found, &result, &problem);
    if (!done && now_ms >= self->due_ms)
        result = dd_resolve_timeout(self->endpoint, &problem);
    if (result != DD_OK)
        lose(self, &problem);
    else if (done)
        wait_for_turn(self);
}

/* A refusal says more than that nobody is there, and else the best address counts. */
static void note_reason(dd_dialer_t *self, const dd_problem_t *reason)
{
    if (self->reason.error == DD_OK ||
        (reason->error == DD_E_REFUSED && self->reason.error != DD_E_REFUSED))
        self->reason = *reason;
}

static void win(dd_dialer_t *self, size_t winner)
{
    self->connection = self->racing[winner];
    self->racing[winner] = NULL;
    self->phase = CONNECTED;
    end_race(self);
}

/* How many still run. */
static size_t watch_race(dd_dialer_t *self, uint64_t now_ms)
{
    size_t running = 0;
    for (size_t i = 0; self->phase == DIALING && i < DD_DIALER_AT_ONCE; i++) {
        dd_connection_state_t state = DD_CONNECTION_LOST;
        if (self->racing[i])
            state = dd_connection_watch(self->racing[i], now_ms);
        running += state == DD_CONNECTION_OPENING;
        if (state == DD_CONNECTION_READY) {
            win(self, i);
        } else if (self->racing[i] && state == DD_CONNECTION_LOST) {
            note_reason(self, dd_connection_reason(self->racing[i]));
            dd_connection_destroy(&self->racing[i]);
            self->due_ms = 0; /* the next one needn't wait */
        }
    }
    return running;
}

/* When all addresses have been tried, all are tried with the next key. */
static void count_try(dd_dialer_t *self)
{
    if (++self->tried < self->found->count)
        return;
    self->all_keys = !dd_keyring_next_broker(self->settings.keyring, &self->login);
    if (!self->all_keys)
        self->tried = 0;
}

/* Tries the next address where there is a place for it. */
static void try_next(dd_dialer_t *self, uint64_t now_ms)
{
    dd_problem_t problem;
    dd_connection_t *next = NULL;
    size_t place = 0;
    while (self->racing[place])
        place++;
    if (dd_descriptors_check(&problem) == DD_OK)
        next = dd_connection_new(self->settings.context, self->found->items[self->tried],
            self->endpoint, self->settings.keyring, self->login, self->settings.payload_max,
            &problem);
    self->racing[place] = next;
    count_try(self);
    if (!next)
        note_reason(self, &problem);
    self->due_ms = next ? now_ms + DD_DIALER_STAGGER : 0;
}

/* One that was just begun is watched, too: ZeroMQ tells of a change only to those who have looked
   before. */
static void race(dd_dialer_t *self, uint64_t now_ms)
{
    size_t running = watch_race(self, now_ms);
    while (self->phase == DIALING && running < DD_DIALER_AT_ONCE && now_ms >= self->due_ms &&
           !self->all_keys) {
        try_next(self, now_ms);
        running = watch_race(self, now_ms);
    }
    if (self->phase != DIALING)
        return;
    if (running == 0)
        lose(self, &self->reason);
    else if (running == DD_DIALER_AT_ONCE || self->all_keys)
        self->due_ms = UINT64_MAX;
}

/* ---- The whole ----------------------------------------------------------------------------- */

dd_dialer_t *dd_dialer_new(
    const dd_dialer_settings_t *settings, const char *endpoint, dd_problem_t *problem)
{
    if (dd_endpoint_check(endpoint, problem) != DD_OK)
        return NULL;
    dd_dialer_t *self = calloc(1, sizeof *self);
    if (self)
        self->found = calloc(1, sizeof *self->found);
    if (!self || !self->found) {
        dd_problem(problem, DD_E_MEMORY, "out of memory for a connection to %s", endpoint);
        free(self);
        return NULL;
    }
    self->settings = *settings;
    self->login.own = settings->own_key;
    snprintf(self->endpoint, sizeof self->endpoint, "%s", endpoint);
    look_up(self, dd_clock_us() / 1000);
    dd_dialer_watch(self);
    return self;
}

void dd_dialer_destroy(dd_dialer_t **self_p)
{
    if (!self_p || !*self_p)
        return;
    end_race(*self_p);
    dd_connection_destroy(&(*self_p)->connection);
    free(*self_p);
    *self_p = NULL;
}

void dd_dialer_linger(dd_dialer_t *self, int ms)
{
    if (self->connection)
        zmq_setsockopt(dd_connection_socket(self->connection), ZMQ_LINGER, &ms, sizeof ms);
}

void *dd_dialer_socket(const dd_dialer_t *self)
{
    return self->connection ? dd_connection_socket(self->connection) : NULL;
}

nfds_t dd_dialer_news(const dd_dialer_t *self, struct pollfd news[DD_DIALER_NEWS_MAX])
{
    nfds_t count = 0;
    if (self->connection)
        news[count++] = dd_connection_news(self->connection);
    for (size_t i = 0; i < DD_DIALER_AT_ONCE; i++)
        if (self->racing[i])
            news[count++] = dd_connection_news(self->racing[i]);
    return count;
}

uint64_t dd_dialer_due(const dd_dialer_t *self)
{
    return self->phase == CONNECTED ? dd_connection_due(self->connection) : self->due_ms;
}

static void watch_connection(dd_dialer_t *self, uint64_t now_ms)
{
    if (dd_connection_watch(self->connection, now_ms) == DD_CONNECTION_LOST)
        lose(self, dd_connection_reason(self->connection));
}

dd_dialer_state_t dd_dialer_watch(dd_dialer_t *self)
{
    uint64_t now_ms = dd_clock_us() / 1000;
    if (self->phase == LOOKING_UP)
        take_addresses(self, now_ms);
    if (self->phase == WAITING && dd_turn_granted(&self->turn)) {
        self->phase = DIALING;
        self->due_ms = 0;
    }
    if (self->phase == DIALING)
        race(self, now_ms);
    if (self->phase == CONNECTED)
        watch_connection(self, now_ms);
    if (self->phase == LOST)
        return DD_DIALER_LOST;
    return self->phase == CONNECTED ? DD_DIALER_CONNECTED : DD_DIALER_CONNECTING;
}

const dd_problem_t *dd_dialer_reason(const dd_dialer_t *self)
{
    return &self->reason;
}
