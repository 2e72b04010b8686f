/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * crowd - many clients that send to each other, and the ledger of it
 *
 * At each endpoint and of each tenant there are equally many clients, and those of different
 * tenants have the same names. Each subscribes to one of two topics, everywhere, and publishes on
 * both. A thread of the crowd's own sends for all of them, takes what comes, and keeps the ledger.
 *
 * To reach each other means: for every two clients of a tenant, a notification sent since then has
 * arrived, and for every subscription a publication of each client.
 */
#ifndef CROWD_H_INCLUDED
#define CROWD_H_INCLUDED

#include <stdbool.h>
#include <stddef.h>

#include "ledger.h"
#include "tests/system/harness.h"

typedef struct crowd crowd_t;

#define CROWD_ENDPOINTS_MAX 8

typedef struct {
    const char *endpoints[CROWD_ENDPOINTS_MAX]; /* as for dd_client_new(), ended with NULL */
    unsigned tenants;                           /* 1 or 2, of the harness's a and b */
    unsigned each;                              /* clients of a tenant at an endpoint */
    double notifications, publications;         /* a second, of all together */
    size_t size;                                /* bytes of a payload; at least 16 */
    size_t events;                              /* bytes that may wait in a client; 0: default */
} crowd_plan_t;

/* Starts all clients. They don't send yet. */
crowd_t *crowd_new(harness_t *harness, const crowd_plan_t *plan);
void crowd_destroy(crowd_t **self_p);

/* Begins or ends to send as the plan says. */
void crowd_load(crowd_t *self, bool on);
/* Waits until so many more notifications have been taken by the libraries. */
void crowd_await_load(crowd_t *self, unsigned notifications);
/* Has a client's events wait, or taken again. Clients count from 0: endpoint by endpoint of the
   first tenant, then of the second. */
void crowd_leave_unread(crowd_t *self, unsigned client, bool unread);

/* Has a client take its tenant's key file anew. */
dd_error_t crowd_take_keys(crowd_t *self, unsigned client, dd_problem_t *problem);

/* Waits until all have reached each other from now on. ms that it took; -1 at the deadline. */
int crowd_reach(crowd_t *self, int deadline_ms);
/* Clients that are registered and have their subscriptions. */
unsigned crowd_registered(crowd_t *self);
unsigned crowd_size(const crowd_t *self);

/* Stops sending and waits until nothing is open any more. What follows a notification that was lost
   tells of it, so clients send where something is open. False at the deadline. */
bool crowd_settle(crowd_t *self, int deadline_ms);
ledger_figures_t crowd_figures(crowd_t *self);
/* The first of what must not be, a line each, and who isn't reached, if that was awaited. */
void crowd_print_faults(crowd_t *self, FILE *file);

#endif
