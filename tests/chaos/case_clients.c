/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * case_clients - clients that don't read, that want the same name, or that all come at once
 */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cases.h"
#include "libdd/base/clock.h"

/* ---- A consumer that stops ----------------------------------------------------------------- */

typedef struct {
    crowd_t *crowd;
    uint64_t refused, gaps; /* before */
} patience_t;

static bool is_refused(void *arg)
{
    const patience_t *self = arg;
    return crowd_figures(self->crowd).refused > self->refused;
}

static bool has_missed(void *arg)
{
    const patience_t *self = arg;
    return crowd_figures(self->crowd).gaps > self->gaps;
}

/* Its senders are refused as soon as there is no room for more, and it is told what it has missed;
   others get all. */
static void stop_consumer(stage_t *stage)
{
    ledger_figures_t before = crowd_figures(stage->crowd);
    patience_t patience = {stage->crowd, before.refused, before.gaps};
    crowd_leave_unread(stage->crowd, 0, true);
    if (!wait_until(is_refused, &patience, HARNESS_DEADLINE))
        stage_fail(stage, "nobody was refused");
    stage_let_pass(stage->seconds * 1000);
    crowd_leave_unread(stage->crowd, 0, false);
    if (!wait_until(has_missed, &patience, HARNESS_DEADLINE))
        stage_fail(stage, "it wasn't told of a gap");
    stage_heal(stage, STAGE_BACK_LIMIT);
}

int case_consumer_stopped(stage_t *stage)
{
    crowd_plan_t plan = stage_plan();
    plan.size = 16000;
    plan.events = 65536;
    stage->settings = "payload-max = 64k\nclient-outbox = 128k\n";
    stage_open(stage);
    stage_five(stage, NULL);
    stage_crowd_as(stage, &plan);
    for (unsigned i = 0; i < stage->times && !stage->off; i++)
        stop_consumer(stage);
    stage_expect_calm(stage, true);
    return stage_close(stage);
}

/* ---- Names --------------------------------------------------------------------------------- */

/* What a client that wants a name has come to. */
typedef struct {
    dd_client_t *handle;
    bool registered;
    bool lost;  /* its connection, after it was registered */
    bool ended; /* by NAME_TAKEN */
} claim_t;

static void claim(stage_t *stage, claim_t *self, const char *broker)
{
    dd_problem_t problem;
    *self = (claim_t){.handle = dd_client_new(stage_endpoint(stage, broker),
                          harness_keys(stage->harness, "a"), "wanted", &problem)};
    if (!self->handle || dd_client_start(self->handle) != DD_OK)
        exit(EXIT_FAILURE);
}

static void hear(claim_t *self)
{
    dd_event_t *event;
    while ((event = dd_client_receive(self->handle, 0))) {
        self->registered = self->registered || event->type == DD_EVENT_REGISTERED;
        self->lost = self->lost || (self->registered && event->type == DD_EVENT_DISCONNECTED);
        self->ended =
            self->ended || (event->type == DD_EVENT_CLOSED && event->error == DD_E_NAME_TAKEN);
        dd_event_destroy(&event);
    }
}

static bool is_decided(void *arg)
{
    claim_t *self = arg;
    hear(self);
    return self->registered || self->ended;
}

/* One has the name and the other was ended. */
static bool one_has_it(void *arg)
{
    claim_t *claims = arg;
    hear(&claims[0]);
    hear(&claims[1]);
    return claims[0].ended != claims[1].ended && claims[claims[0].ended ? 1 : 0].registered;
}

/* Who has the name keeps it. */
static void ask_for_what_is_held(stage_t *stage)
{
    claim_t claims[2];
    claim(stage, &claims[0], "leaf");
    if (!wait_until(is_decided, &claims[0], HARNESS_DEADLINE) || !claims[0].registered)
        stage_fail(stage, "a free name wasn't given");
    claim(stage, &claims[1], "other");
    if (!wait_until(one_has_it, claims, HARNESS_DEADLINE))
        stage_fail(stage, "nobody, or both, have a name that was held");
    if (claims[0].lost || claims[0].ended)
        stage_fail(stage, "who had a name lost it");
    dd_client_destroy(&claims[1].handle);
    dd_client_destroy(&claims[0].handle);
}

static void ask_at_once(stage_t *stage)
{
    claim_t claims[2];
    claim(stage, &claims[0], "leaf");
    claim(stage, &claims[1], "other");
    if (!wait_until(one_has_it, claims, HARNESS_DEADLINE))
        stage_fail(stage, "%d and %d of two at once have a name, %d and %d were ended",
            claims[0].registered, claims[1].registered, claims[0].ended, claims[1].ended);
    dd_client_destroy(&claims[0].handle);
    dd_client_destroy(&claims[1].handle);
}

int case_names(stage_t *stage)
{
    stage_open(stage);
    stage_five(stage, NULL);
    stage_crowd(stage);
    for (unsigned i = 0; i < stage->times && !stage->off; i++) {
        ask_for_what_is_held(stage);
        ask_at_once(stage);
    }
    stage_heal(stage, STAGE_BACK_LIMIT);
    stage_expect_calm(stage, false);
    return stage_close(stage);
}

/* ---- Storms -------------------------------------------------------------------------------- */

#define STORM_CLIENTS 2000u
#define STORM_DEADLINE 100000
/* All are back within so many times what their connections cost. */
#define STORM_FACTOR 1.3

/* Shared by the processes of a storm. */
typedef struct {
    atomic_uint registered;
    atomic_uint failed; /* clients that could not even be made */
    char endpoint[64], keys[512];
} storm_t;

/* What the callback of one client knows. */
typedef struct {
    storm_t *storm;
    bool registered;
} drop_t;

static void count_drop(dd_client_t *client, const dd_event_t *event, void *arg)
{
    drop_t *self = arg;
    (void)client;
    if (event->type == DD_EVENT_REGISTERED && !self->registered)
        self->storm->registered++;
    if (event->type == DD_EVENT_DISCONNECTED && self->registered)
        self->storm->registered--;
    if (event->type == DD_EVENT_REGISTERED || event->type == DD_EVENT_DISCONNECTED)
        self->registered = event->type == DD_EVENT_REGISTERED;
}

static void make_drop(storm_t *storm, drop_t *self, unsigned number)
{
    char name[32];
    dd_problem_t problem;
    self->storm = storm;
    snprintf(name, sizeof name, "drop%u", number);
    dd_client_t *client = dd_client_new(storm->endpoint, storm->keys, name, &problem);
    if (!client || dd_client_set_callback(client, count_drop, self) != DD_OK ||
        dd_client_start(client) != DD_OK)
        storm->failed++;
}

/* In a process of its own, which ends by being killed. */
static void hold_clients(storm_t *storm, unsigned first, unsigned count)
{
    drop_t *drops = calloc(count, sizeof *drops);
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (unsigned i = 0; drops && i < count; i++)
        make_drop(storm, &drops[i], first + i);
    for (;;)
        pause();
}

static bool all_registered(void *arg)
{
    const storm_t *self = arg;
    return self->registered == STORM_CLIENTS;
}

/* us of CPU that a process has used. */
static double cpu_of(pid_t pid)
{
    char path[64];
    unsigned long user = 0, kernel = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
    FILE *file = fopen(path, "r");
    if (!file)
        return 0;
    if (fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
            &kernel) != 2)
        user = kernel = 0;
    fclose(file);
    return (double)(user + kernel) * 1e6 / (double)sysconf(_SC_CLK_TCK);
}

/* us of the broker and of the processes that hold its clients. */
static double cpu_of_all(stage_t *stage, const pid_t *holders, unsigned count)
{
    double sum = cpu_of(program_pid(stage_program(stage, "root")));
    for (unsigned i = 0; i < count; i++)
        sum += cpu_of(holders[i]);
    return sum;
}

static void raise_limit(void)
{
    struct rlimit limit;
    getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static storm_t *share_storm(stage_t *stage)
{
    storm_t *storm =
        mmap(NULL, sizeof *storm, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (storm == MAP_FAILED)
        exit(EXIT_FAILURE);
    snprintf(storm->endpoint, sizeof storm->endpoint, "%s", stage_endpoint(stage, "root"));
    snprintf(storm->keys, sizeof storm->keys, "%s", harness_keys(stage->harness, "a"));
    return storm;
}

/* Kills the broker and waits until all are back. */
static void storm_once(stage_t *stage, storm_t *storm, double limit_ms)
{
    program_kill(stage_program(stage, "root"));
    stage_start(stage, "root");
    uint64_t begun_us = dd_clock_us();
    bool back = wait_until(all_registered, storm, STORM_DEADLINE);
    double took_ms = (double)(dd_clock_us() - begun_us) / 1000;
    if (!back)
        stage_fail(stage, "only %u of %u are back after %.0f ms", storm->registered, STORM_CLIENTS,
            took_ms);
    else
        stage_remark(stage, "all %u back in %.0f ms of %.0f", STORM_CLIENTS, took_ms, limit_ms);
    if (stage->timed && took_ms > limit_ms)
        stage_fail(stage, "too late");
}

static int storm(stage_t *stage, unsigned processes)
{
    pid_t holders[8];
    stage_open(stage);
    raise_limit();
    stage_add(stage, "root", "/1/", (const char *[]){NULL});
    storm_t *storm = share_storm(stage);
    for (unsigned i = 0; i < processes; i++)
        if ((holders[i] = fork()) == 0)
            hold_clients(storm, i * (STORM_CLIENTS / processes), STORM_CLIENTS / processes);
    if (!wait_until(all_registered, storm, STORM_DEADLINE))
        stage_fail(stage, "only %u of %u ever came, %u could not be made", storm->registered,
            STORM_CLIENTS, storm->failed);
    double cpu_us = cpu_of_all(stage, holders, processes);
    stage_remark(stage, "%.2f ms of CPU a connection", cpu_us / STORM_CLIENTS / 1000);
    for (unsigned i = 0; i < stage->times && !stage->off; i++)
        storm_once(
            stage, storm, STORM_FACTOR * cpu_us / 1000 / (double)sysconf(_SC_NPROCESSORS_ONLN));
    for (unsigned i = 0; i < processes; i++) {
        kill(holders[i], SIGKILL);
        waitpid(holders[i], NULL, 0);
    }
    return stage_close(stage);
}

int case_storm_of_one(stage_t *stage)
{
    return storm(stage, 1);
}

int case_storm_of_eight(stage_t *stage)
{
    return storm(stage, 8);
}
