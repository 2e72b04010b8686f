/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stage - what a case of chaos is played on: brokers of a tree, a crowd of clients, and the figures
 *
 * Every case has a process of its own. What can only fail through the machine, or a program that
 * doesn't start, ends it with a text on standard error.
 */
#ifndef STAGE_H_INCLUDED
#define STAGE_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>

#include "crowd.h"
#include "proxy.h"
#include "tests/system/harness.h"

/* What a case ends with. */
enum { STAGE_OK = 0, STAGE_OFF = 1, STAGE_SKIPPED = 77 };

#define STAGE_BROKERS_MAX 8
/* ms until all is well after a fault is over: brokers and clients come back after pauses of up to
   five seconds. */
#define STAGE_BACK_LIMIT 6000
/* Notifications before each fault. */
#define STAGE_BETWEEN 500

/* A broker, as it is started each time. Its parents are in a configuration file, so that
   it can be moved. */
typedef struct {
    const char *name;
    const char *scope;
    program_t *program;
} stage_broker_t;

typedef struct {
    const char *name; /* of the case */
    unsigned times;   /* how often it does what it does */
    unsigned seconds; /* how long a fault lasts that lasts */
    bool timed;       /* whether times that are too long are wrong, and not only printed */
    harness_t *harness;
    crowd_t *crowd;
    const char *settings; /* further lines of all configuration files; may be NULL */
    const char *build;    /* folder of the brokers' binaries; NULL: that of all tests */
    stage_broker_t brokers[STAGE_BROKERS_MAX];
    unsigned broker_count;
    uint64_t begun_us;
    ledger_figures_t before; /* as the load began */
    int worst_ms;            /* that it took until all reached each other again; -1: never */
    unsigned heals;          /* times that they did */
    unsigned slowest_end_ms; /* of brokers that were shut down */
    bool off;
    char remark[256]; /* what else is to be told */
} stage_t;

/* Begins a case with keys for the tenants a and b. */
void stage_open(stage_t *self);
/* Prints the case's line, ends all programs, and returns STAGE_OK or STAGE_OFF. */
int stage_close(stage_t *self);
/* Prints the case's line with a reason, before there is a crowd. Also without stage_open(). */
int stage_skip(stage_t *self, const char *why);

/* Adds words to the line. */
__attribute__((format(printf, 2, 3))) void stage_remark(stage_t *self, const char *format, ...);
/* The case is off, and why. */
__attribute__((format(printf, 2, 3))) void stage_fail(stage_t *self, const char *format, ...);

/* ---- Brokers ------------------------------------------------------------------------------ */

/* Where the broker of that name will listen, whether it is there or not. */
const char *stage_endpoint(stage_t *self, const char *name);
/* Adds a broker beneath endpoints, ended with NULL, and starts it. */
void stage_add(stage_t *self, const char *name, const char *scope, const char *const parents[]);
/* Starts one that was added, again, and waits until it listens. */
void stage_start(stage_t *self, const char *name);
/* The two halves of it. */
void stage_begin(stage_t *self, const char *name);
void stage_await(stage_t *self, const char *name);
/* Other parents, from the next start, or SIGHUP, on. */
void stage_set_parents(stage_t *self, const char *name, const char *const parents[]);
program_t *stage_program(stage_t *self, const char *name);
/* Shuts it down in order and waits for its end. */
void stage_shut_down(stage_t *self, const char *name);

/* The tree that most cases have; root may be reached by the others through a proxy.
 *
 *     root /1/ -+- mid /1/2/ -+- leaf /1/2/3/
 *               |             +- twin /1/2/4/
 *               +- other /1/5/
 */
void stage_five(stage_t *self, const char *way_to_root);
/* The same, with a spare beside the root, of which it is a child and which takes its place. All
   others have both as parents. */
void stage_six(stage_t *self, const char *way_to_root);

/* ---- Clients ------------------------------------------------------------------------------ */

/* Clients of two tenants at each broker of stage_five(), some hundred messages a second. Sends
   when all have reached each other. */
void stage_crowd(stage_t *self);
/* The same with a plan of one's own; endpoints[0] NULL: those of all brokers. */
void stage_crowd_as(stage_t *self, const crowd_plan_t *plan);
crowd_plan_t stage_plan(void);
/* Waits until all have reached each other anew, and keeps the longest time that it took. More
   than limit_ms is wrong, where times count. 0: no limit. */
void stage_heal(stage_t *self, int limit_ms);
/* Ends the load. Since it began no connection was lost; and, unless an outbox was full, where there
   is no room for acknowledgements either, every notification was delivered and no publication is
   missing. */
void stage_expect_calm(stage_t *self, bool full);
/* Only for faults that last for a certain time. */
void stage_let_pass(unsigned ms);

#endif
