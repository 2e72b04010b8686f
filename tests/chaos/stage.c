/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stage - what a case of chaos is played on: brokers of a tree, a crowd of clients, and the figures
 */
#include "stage.h"

#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "libdd/base/clock.h"

/* ms: more than anything takes that comes back at all. */
#define HEAL_DEADLINE 60000
/* ms: a library knows of everything after a minute, and tells it. */
#define SETTLE_DEADLINE 75000

void stage_open(stage_t *self)
{
    self->begun_us = dd_clock_us();
    self->harness = harness_new("a,b");
}

__attribute__((format(printf, 3, 0))) static void add_words(
    stage_t *self, const char *before, const char *format, va_list arguments)
{
    size_t used = strlen(self->remark), room = sizeof self->remark;
    snprintf(self->remark + used, room - used, "%s", before);
    used = strlen(self->remark);
    vsnprintf(self->remark + used, room - used, format, arguments);
}

void stage_remark(stage_t *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_words(self, "; ", format, arguments);
    va_end(arguments);
}

void stage_fail(stage_t *self, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_words(self, "; OFF: ", format, arguments);
    va_end(arguments);
    self->off = true;
}

static void begin_line(const stage_t *self, const char *verdict)
{
    printf("%-4s %-16s ", verdict, self->name);
}

int stage_skip(stage_t *self, const char *why)
{
    harness_destroy(&self->harness);
    begin_line(self, "skip");
    printf("%s\n", why);
    return STAGE_SKIPPED;
}

static void print_figures(const ledger_figures_t *figures)
{
    printf("accepted %" PRIu64 " = delivered %" PRIu64 " + refused %" PRIu64 " + unknown %" PRIu64
           " + silent %" PRIu64,
        figures->accepted, figures->delivered, figures->refused, figures->unknown, figures->silent);
    printf("; published %" PRIu64 ", copies %" PRIu64 ", missing %" PRIu64 ", untold %" PRIu64,
        figures->published, figures->copies, figures->missing, figures->untold);
    printf("; gaps %" PRIu64 ", disconnections %" PRIu64, figures->gaps, figures->disconnections);
    printf("; duplicated %" PRIu64 ", reordered %" PRIu64 ", crossed %" PRIu64 ", wrong %" PRIu64
           ", odd %" PRIu64,
        figures->duplicated, figures->reordered, figures->crossed, figures->wrong, figures->odd);
}

static void print_line(stage_t *self, const ledger_figures_t *figures)
{
    begin_line(self, self->off ? "OFF" : "ok");
    if (self->crowd)
        print_figures(figures);
    if (self->heals > 0 || self->worst_ms < 0)
        printf("; reached again %u times, in %d ms at most", self->heals, self->worst_ms);
    if (self->slowest_end_ms > 0)
        printf("; shut down in %u ms at most", self->slowest_end_ms);
    printf("%s; %u s\n", self->remark, (unsigned)((dd_clock_us() - self->begun_us) / 1000000));
}

int stage_close(stage_t *self)
{
    ledger_figures_t figures = {0};
    if (self->crowd) {
        crowd_settle(self->crowd, SETTLE_DEADLINE);
        figures = crowd_figures(self->crowd);
        self->off = self->off || !ledger_figures_hold(&figures);
    }
    print_line(self, &figures);
    if (self->crowd && self->off)
        crowd_print_faults(self->crowd, stdout);
    fflush(stdout);
    crowd_destroy(&self->crowd);
    harness_destroy(&self->harness);
    return self->off ? STAGE_OFF : STAGE_OK;
}

/* ---- Brokers ------------------------------------------------------------------------------- */

static stage_broker_t *find(stage_t *self, const char *name)
{
    for (unsigned i = 0; i < self->broker_count; i++)
        if (strcmp(self->brokers[i].name, name) == 0)
            return &self->brokers[i];
    return NULL;
}

/* The broker of that name, with a port of its own. */
static stage_broker_t *reserve(stage_t *self, const char *name)
{
    stage_broker_t *broker = find(self, name);
    if (broker)
        return broker;
    assert_true(self->broker_count < STAGE_BROKERS_MAX);
    harness_reserve(self->harness, name);
    broker = &self->brokers[self->broker_count++];
    *broker = (stage_broker_t){.name = name};
    return broker;
}

const char *stage_endpoint(stage_t *self, const char *name)
{
    reserve(self, name);
    return harness_endpoint(self->harness, name);
}

static const char *config_path(stage_t *self, const stage_broker_t *broker)
{
    char file[64];
    snprintf(file, sizeof file, "%s.conf", broker->name);
    return harness_path(self->harness, file);
}

void stage_set_parents(stage_t *self, const char *name, const char *const parents[])
{
    stage_broker_t *broker = reserve(self, name);
    FILE *file = fopen(config_path(self, broker), "w");
    assert_non_null(file);
    for (unsigned i = 0; parents[i]; i++)
        fprintf(file, "parent = %s\n", parents[i]);
    fputs(self->settings ? self->settings : "", file);
    assert_int_equal(fclose(file), 0);
}

void stage_begin(stage_t *self, const char *name)
{
    stage_broker_t *broker = find(self, name);
    char binary[512] = "ddbroker";
    if (self->build)
        snprintf(binary, sizeof binary, "%s/bin/ddbroker", self->build);
    if (broker->program)
        program_kill(broker->program);
    broker->program = program_spawn(self->harness, binary, "-r",
        harness_endpoint(self->harness, name), "-k", harness_keys(self->harness, "broker"), "-s",
        broker->scope, "-c", config_path(self, broker), name, NULL);
}

void stage_await(stage_t *self, const char *name)
{
    assert_true(program_expect(find(self, name)->program, "listening on ", HARNESS_DEADLINE));
}

void stage_start(stage_t *self, const char *name)
{
    stage_begin(self, name);
    stage_await(self, name);
}

void stage_add(stage_t *self, const char *name, const char *scope, const char *const parents[])
{
    stage_set_parents(self, name, parents);
    find(self, name)->scope = scope;
    stage_start(self, name);
}

program_t *stage_program(stage_t *self, const char *name)
{
    return find(self, name)->program;
}

void stage_shut_down(stage_t *self, const char *name)
{
    program_t *program = stage_program(self, name);
    uint64_t begun_us = dd_clock_us();
    program_signal(program, SIGTERM);
    int status = program_wait(program, HARNESS_DEADLINE);
    unsigned took_ms = (unsigned)((dd_clock_us() - begun_us) / 1000);
    if (took_ms > self->slowest_end_ms)
        self->slowest_end_ms = took_ms;
    if (status != 0)
        stage_fail(self, "%s ended with status %d", name, status);
}

/* What is beneath the root, or beneath several. */
static void add_the_others(stage_t *self, const char *const roots[])
{
    const char *middle[] = {stage_endpoint(self, "mid"), NULL};
    stage_add(self, "mid", "/1/2/", roots);
    stage_add(self, "leaf", "/1/2/3/", middle);
    stage_add(self, "twin", "/1/2/4/", middle);
    stage_add(self, "other", "/1/5/", roots);
}

void stage_five(stage_t *self, const char *way_to_root)
{
    stage_add(self, "root", "/1/", (const char *[]){NULL});
    add_the_others(
        self, (const char *[]){way_to_root ? way_to_root : stage_endpoint(self, "root"), NULL});
}

void stage_six(stage_t *self, const char *way_to_root)
{
    const char *root = way_to_root ? way_to_root : stage_endpoint(self, "root");
    stage_add(self, "root", "/1/", (const char *[]){NULL});
    stage_add(self, "spare", "/1/", (const char *[]){root, NULL});
    add_the_others(self, (const char *[]){root, stage_endpoint(self, "spare"), NULL});
}

/* ---- Clients ------------------------------------------------------------------------------- */

crowd_plan_t stage_plan(void)
{
    return (crowd_plan_t){
        .tenants = 2, .each = 1, .notifications = 1000, .publications = 200, .size = 64};
}

void stage_crowd_as(stage_t *self, const crowd_plan_t *plan)
{
    crowd_plan_t whole = *plan;
    for (unsigned i = 0; !plan->endpoints[0] && i < self->broker_count; i++)
        whole.endpoints[i] = harness_endpoint(self->harness, self->brokers[i].name);
    self->crowd = crowd_new(self->harness, &whole);
    if (crowd_reach(self->crowd, HEAL_DEADLINE) < 0)
        stage_fail(self, "they never reached each other, %u of %u are there",
            crowd_registered(self->crowd), crowd_size(self->crowd));
    crowd_settle(self->crowd, HARNESS_DEADLINE);
    self->before = crowd_figures(self->crowd);
    crowd_load(self->crowd, true);
}

void stage_crowd(stage_t *self)
{
    crowd_plan_t plan = stage_plan();
    stage_crowd_as(self, &plan);
}

void stage_heal(stage_t *self, int limit_ms)
{
    if (self->off)
        return; /* who doesn't come back once isn't waited for again and again */
    int took = crowd_reach(self->crowd, HEAL_DEADLINE);
    self->heals += took >= 0;
    if (took < 0 || took > self->worst_ms)
        self->worst_ms = took;
    if (took < 0)
        stage_fail(self, "they don't reach each other, %u of %u are there",
            crowd_registered(self->crowd), crowd_size(self->crowd));
    else if (self->timed && limit_ms > 0 && took > limit_ms)
        stage_fail(self, "more than %d ms", limit_ms);
}

void stage_expect_calm(stage_t *self, bool full)
{
    crowd_settle(self->crowd, SETTLE_DEADLINE);
    ledger_figures_t now = crowd_figures(self->crowd);
    uint64_t lost = now.disconnections - self->before.disconnections;
    uint64_t unknown = full ? 0 : now.unknown - self->before.unknown;
    uint64_t refused = full ? 0 : now.refused - self->before.refused;
    uint64_t missing = full ? 0 : now.missing - self->before.missing;
    if (lost + unknown + refused + missing > 0)
        stage_fail(self,
            "without reason %" PRIu64 " disconnections, %" PRIu64 " unknown, %" PRIu64
            " refused, %" PRIu64 " missing",
            lost, unknown, refused, missing);
}

void stage_let_pass(unsigned ms)
{
    const struct timespec time = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};
    nanosleep(&time, NULL);
}
