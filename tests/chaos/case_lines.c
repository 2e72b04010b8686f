/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * case_lines - bad lines between brokers
 */
#include "cases.h"

/* Bytes a second of a slow line, bytes of what goes over it, and how late a late one is. */
#define SLOW 50000
#define LARGE 20000
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
        crowd_begin_reaching(stage->crowd);
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
        crowd_begin_reaching(stage->crowd);
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
    crowd_begin_reaching(stage->crowd);
    stage_heal(stage, STAGE_BACK_LIMIT);
    stage_expect_calm(stage, false);
    return close_both(stage, proxy);
}

/* What the line doesn't carry waits in the broker, and is refused when that is full. Others aren't
   held up. */
int case_slow_line(stage_t *stage)
{
    crowd_plan_t plan = stage_plan();
    stage_open(stage);
    const char *mid = stage_endpoint(stage, "mid"), *leaf = stage_endpoint(stage, "leaf");
    proxy_t *proxy = proxy_new(mid);
    proxy_set_rate(proxy, SLOW);
    stage_add(stage, "mid", "/1/2/", (const char *[]){NULL});
    stage_add(stage, "leaf", "/1/2/3/", (const char *[]){proxy_endpoint(proxy), NULL});
    plan = (crowd_plan_t){.endpoints = {mid, leaf},
        .tenants = 2,
        .each = 2,
        .notifications = 10,
        .publications = 2,
        .size = LARGE};
    stage_crowd_as(stage, &plan);
    stage_let_pass(stage->seconds * 1000);
    crowd_load(stage->crowd, false);
    crowd_begin_reaching(stage->crowd);
    stage_heal(stage, 0);
    return close_both(stage, proxy);
}
