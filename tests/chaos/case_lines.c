/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * case_lines - bad lines between brokers
 */
#include <stdio.h>
#include <stdlib.h>

#include "cases.h"
#include "libdd/base/clock.h"

/* Bytes a second of a slow line, bytes of what goes over it, and ms that a late one takes. */
#define SLOW 50000
#define LESS_SLOW 500000 /* what the kernel holds for a line is megabytes, and has to pass, too */
#define LARGE 20000
#define VERY_LARGE 900000
#define LATE 200

/* The tree with a proxy between the root and those beneath it. */
static proxy_t *five_with_a_proxy(stage_t *stage)
{
    stage_open(stage);
    proxy_t *proxy = proxy_new(stage_endpoint(stage, "root"));
    stage_five(stage, proxy_endpoint(proxy));
    return proxy;
}

static int close_both(stage_t *stage, proxy_t *proxy)
{
    int status = stage_close(stage);
    proxy_destroy(&proxy);
    return status;
}

static int cut_one_way(stage_t *stage, unsigned direction)
{
    proxy_t *proxy = five_with_a_proxy(stage);
    stage_crowd(stage);
    for (unsigned i = 0; i < stage->times && !stage->off; i++) {
        crowd_await_load(stage->crowd, STAGE_BETWEEN);
        proxy_stop(proxy, direction);
        stage_let_pass(stage->seconds * 1000);
        proxy_stop(proxy, 0);
        stage_heal(stage, STAGE_BACK_LIMIT);
    }
    return close_both(stage, proxy);
}

int case_one_way_up(stage_t *stage)
{
    return cut_one_way(stage, PROXY_THERE);
}

int case_one_way_down(stage_t *stage)
{
    return cut_one_way(stage, PROXY_BACK);
}

int case_dropped_line(stage_t *stage)
{
    proxy_t *proxy = five_with_a_proxy(stage);
    stage_crowd(stage);
    for (unsigned i = 0; i < stage->times && !stage->off; i++) {
        crowd_await_load(stage->crowd, STAGE_BETWEEN);
        proxy_drop(proxy);
        stage_heal(stage, STAGE_BACK_LIMIT);
    }
    return close_both(stage, proxy);
}

int case_late_line(stage_t *stage)
{
    proxy_t *proxy = five_with_a_proxy(stage);
    proxy_set_delay(proxy, LATE);
    stage_crowd(stage);
    stage_let_pass(stage->seconds * 1000);
    stage_heal(stage, STAGE_BACK_LIMIT);
    stage_expect_calm(stage, false);
    return close_both(stage, proxy);
}

/* ---- Slow lines ---------------------------------------------------------------------------- */

/* A leaf with a slow line, and load for a while, until all has come. */
static int play_slow_line(stage_t *stage, const crowd_plan_t *plan, unsigned rate, bool full)
{
    stage_open(stage);
    proxy_t *proxy = proxy_new(stage_endpoint(stage, "mid"));
    proxy_set_rate(proxy, rate);
    stage_add(stage, "mid", "/1/2/", (const char *[]){NULL});
    stage_add(stage, "leaf", "/1/2/3/", (const char *[]){proxy_endpoint(proxy), NULL});
    stage_crowd_as(stage, plan);
    stage_let_pass(stage->seconds * 1000);
    crowd_load(stage->crowd, false);
    stage_heal(stage, 0);
    stage_expect_calm(stage, full);
    return close_both(stage, proxy);
}

/* The line carries all, if one waits. */
int case_slow_line(stage_t *stage)
{
    const crowd_plan_t plan = {
        .tenants = 2, .each = 2, .notifications = 4, .publications = 1, .size = LARGE};
    return play_slow_line(stage, &plan, SLOW, false);
}

/* Messages each of which takes longer than a peer may be silent. */
int case_large_on_slow(stage_t *stage)
{
    const crowd_plan_t plan = {
        .tenants = 1, .each = 2, .notifications = 0.1, .publications = 0.05, .size = VERY_LARGE};
    return play_slow_line(stage, &plan, SLOW, false);
}

/* More than the line carries: it waits in the brokers until there is no room, and is refused then,
   or told as missing. */
int case_full_line(stage_t *stage)
{
    const crowd_plan_t plan = {
        .tenants = 2, .each = 2, .notifications = 400, .publications = 20, .size = LARGE};
    stage->settings = "payload-max = 32k\nlink-outbox = 256k\n";
    return play_slow_line(stage, &plan, LESS_SLOW, true);
}

/* ---- One message that takes longer than outcomes are waited for ---------------------------- */

/* What is just below the largest that there can be takes 64 s. */
#define HUGE 16000000
#define HUGE_RATE 250000
#define HUGE_LIMIT 100000

typedef struct {
    dd_client_t *handle;
    bool registered, delivered, other; /* other: any outcome but that */
    uint32_t ref;
} giant_t;

static void hear(giant_t *self)
{
    dd_event_t *event;
    while ((event = dd_client_receive(self->handle, 0))) {
        bool mine = self->ref > 0 && event->ref == self->ref;
        self->registered |= event->type == DD_EVENT_REGISTERED;
        self->delivered |= event->type == DD_EVENT_DELIVERED && mine;
        self->other |= event->type == DD_EVENT_ERROR || event->type == DD_EVENT_DISCONNECTED;
        dd_event_destroy(&event);
    }
}

static bool is_there(void *arg)
{
    giant_t *self = arg;
    hear(self);
    return self->registered;
}

static bool both_are_settled(void *arg)
{
    giant_t *giants = arg;
    hear(&giants[0]);
    hear(&giants[1]);
    return giants[0].other || giants[1].other || (giants[0].delivered && giants[1].delivered);
}

static void register_giant(stage_t *stage, giant_t *self, const char *endpoint, const char *name)
{
    dd_problem_t problem;
    *self = (giant_t){
        .handle = dd_client_new(endpoint, harness_keys(stage->harness, "a"), name, &problem)};
    if (!self->handle || dd_client_start(self->handle) != DD_OK ||
        !wait_until(is_there, self, HARNESS_DEADLINE))
        exit(EXIT_FAILURE);
}

/* Each to the other: the one's line is slow for its own broker, the other's far behind it. */
int case_huge_on_slow(stage_t *stage)
{
    giant_t giants[2];
    char *payload = calloc(1, HUGE);
    stage->settings = "payload-max = 16M\nclient-outbox = 32M\n";
    stage_open(stage);
    proxy_t *proxy = proxy_new(stage_endpoint(stage, "leaf"));
    proxy_set_rate(proxy, HUGE_RATE);
    stage_add(stage, "mid", "/1/2/", (const char *[]){NULL});
    stage_add(stage, "leaf", "/1/2/3/", (const char *[]){stage_endpoint(stage, "mid"), NULL});
    register_giant(stage, &giants[0], proxy_endpoint(proxy), "slow");
    register_giant(stage, &giants[1], stage_endpoint(stage, "mid"), "fast");
    uint64_t begun_us = dd_clock_us();
    if (dd_client_notify(
            giants[0].handle, "fast", payload, HUGE, DD_WANT_OUTCOME, &giants[0].ref) != DD_OK ||
        dd_client_notify(
            giants[1].handle, "slow", payload, HUGE, DD_WANT_OUTCOME, &giants[1].ref) != DD_OK)
        stage_fail(stage, "it wasn't taken");
    else if (!wait_until(both_are_settled, giants, HUGE_LIMIT) || giants[0].other ||
             giants[1].other)
        stage_fail(stage, "delivered %d and %d, something else %d and %d", giants[0].delivered,
            giants[1].delivered, giants[0].other, giants[1].other);
    stage_remark(stage, "after %.1f s", (double)(dd_clock_us() - begun_us) / 1e6);
    dd_client_destroy(&giants[0].handle);
    dd_client_destroy(&giants[1].handle);
    free(payload);
    return close_both(stage, proxy);
}
