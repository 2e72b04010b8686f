/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * case_roots - several parents, spare roots, and moves
 */
#include <signal.h>
#include <stdio.h>

#include "cases.h"

/* ms until all reach each other: after kill -9, after a host has vanished, or only its kernel goes
   on, after two roots have met, and after a move. */
#define KILLED_LIMIT 1000
#define VANISHED_LIMIT 10000
#define STOPPED_LIMIT 15000
#define MEETING_LIMIT 5000
#define MOVE_LIMIT 1000

/* ---- What is there to be tested ------------------------------------------------------------ */

/* Whether brokers take several parents and clients several endpoints. Needs the harness. */
static bool takes_several(stage_t *stage)
{
    static const char ONE[] = "tcp://127.0.0.1:1", BOTH[] = "tcp://127.0.0.1:1,tcp://127.0.0.1:2";
    dd_problem_t problem;
    program_t *program = program_run(stage->harness, NULL, HARNESS_DEADLINE, "ddbroker", "-d", ONE,
        "-d", "tcp://127.0.0.1:2", "-s", "/1/", "-k", harness_keys(stage->harness, "broker"),
        "--check-config", NULL);
    dd_client_t *client =
        dd_client_new(BOTH, harness_keys(stage->harness, "a"), "client", &problem);
    bool several = program_wait(program, 0) == 0 && client;
    dd_client_destroy(&client);
    return several;
}

#define ONLY_ONE "this build takes only one parent and one endpoint"

/* ---- Spare roots --------------------------------------------------------------------------- */

/* The root's clients have the spare to go to; others stay where they are. */
static void crowd_of_six(stage_t *stage, const char *way_to_root)
{
    char either[160];
    crowd_plan_t plan = stage_plan();
    const char *spare = stage_endpoint(stage, "spare");
    snprintf(either, sizeof either, "%s,%s", way_to_root, spare);
    plan.endpoints[0] = either;
    plan.endpoints[1] = spare;
    plan.endpoints[2] = stage_endpoint(stage, "mid");
    plan.endpoints[3] = stage_endpoint(stage, "leaf");
    plan.endpoints[4] = stage_endpoint(stage, "twin");
    plan.endpoints[5] = stage_endpoint(stage, "other");
    stage_crowd_as(stage, &plan);
}

static void stop(program_t *program)
{
    program_signal(program, SIGSTOP);
}

/* What befalls the root is for good: it ends when the case does. */
static int lose_root(stage_t *stage, void (*befall)(program_t *root), int limit_ms)
{
    stage_open(stage);
    if (!takes_several(stage))
        return stage_skip(stage, ONLY_ONE);
    stage_six(stage, NULL);
    crowd_of_six(stage, stage_endpoint(stage, "root"));
    crowd_await_load(stage->crowd, STAGE_BETWEEN);
    befall(stage_program(stage, "root"));
    stage_heal(stage, limit_ms);
    return stage_close(stage);
}

int case_root_killed(stage_t *stage)
{
    return lose_root(stage, program_kill, KILLED_LIMIT);
}

int case_root_stopped(stage_t *stage)
{
    return lose_root(stage, stop, STOPPED_LIMIT);
}

int case_root_vanished(stage_t *stage)
{
    stage_open(stage);
    if (!takes_several(stage))
        return stage_skip(stage, ONLY_ONE);
    proxy_t *proxy = proxy_new(stage_endpoint(stage, "root"));
    stage_six(stage, proxy_endpoint(proxy));
    crowd_of_six(stage, proxy_endpoint(proxy));
    crowd_await_load(stage->crowd, STAGE_BETWEEN);
    proxy_vanish(proxy);
    stage_heal(stage, VANISHED_LIMIT);
    int status = stage_close(stage);
    proxy_destroy(&proxy);
    return status;
}

/* Each of the two is the other's parent. */
static void marry(stage_t *stage)
{
    const char *root = stage_endpoint(stage, "root"), *spare = stage_endpoint(stage, "spare");
    const char *roots[] = {root, spare, NULL};
    stage_add(stage, "root", "/1/", (const char *[]){spare, NULL});
    stage_add(stage, "spare", "/1/", (const char *[]){root, NULL});
    stage_add(stage, "mid", "/1/2/", roots);
    stage_add(stage, "other", "/1/5/", roots);
}

int case_both_roots(stage_t *stage)
{
    static const char *const ROOTS[] = {"root", "spare"};
    stage_open(stage);
    if (!takes_several(stage))
        return stage_skip(stage, ONLY_ONE);
    marry(stage);
    stage_crowd(stage);
    for (unsigned i = 0; i < stage->times && !stage->off; i++) {
        crowd_await_load(stage->crowd, STAGE_BETWEEN);
        program_kill(stage_program(stage, "root"));
        program_kill(stage_program(stage, "spare"));
        stage_begin(stage, ROOTS[i % 2]);
        stage_begin(stage, ROOTS[(i + 1) % 2]);
        stage_await(stage, "root");
        stage_await(stage, "spare");
        stage_heal(stage, MEETING_LIMIT);
    }
    return stage_close(stage);
}

/* ---- Moves --------------------------------------------------------------------------------- */

/* The middle with its leaves goes to and fro between the root and the other one. */
static int move_often(stage_t *stage, void (*move)(stage_t *stage, const char *to))
{
    stage_five(stage, NULL);
    stage_crowd(stage);
    for (unsigned i = 0; i < stage->times && !stage->off; i++) {
        crowd_await_load(stage->crowd, STAGE_BETWEEN);
        move(stage, i % 2 ? "root" : "other");
        stage_heal(stage, MOVE_LIMIT);
    }
    return stage_close(stage);
}

static void await_joining(stage_t *stage, const char *name, const char *parent)
{
    char text[64];
    snprintf(text, sizeof text, "joined parent %s", parent);
    if (!program_expect(stage_program(stage, name), text, HARNESS_DEADLINE))
        stage_fail(stage, "%s didn't move to %s", name, parent);
}

/* By its file; at that endpoint is that parent. */
static void move_to(stage_t *stage, const char *name, const char *parent, const char *endpoint)
{
    stage_set_parents(stage, name, (const char *[]){endpoint, NULL});
    program_signal(stage_program(stage, name), SIGHUP);
    await_joining(stage, name, parent);
}

static void move_by_file(stage_t *stage, const char *to)
{
    move_to(stage, "mid", to, stage_endpoint(stage, to));
}

int case_move_by_file(stage_t *stage)
{
    stage_open(stage);
    return takes_several(stage) ? move_often(stage, move_by_file) : stage_skip(stage, ONLY_ONE);
}

/* The tree with a proxy between the root and the middle alone; NULL if there is to be no such case.
 */
static proxy_t *five_with_a_line(stage_t *stage)
{
    stage_open(stage);
    if (!takes_several(stage))
        return NULL;
    proxy_t *proxy = proxy_new(stage_endpoint(stage, "root"));
    stage_five(stage, NULL);
    move_to(stage, "mid", "root", proxy_endpoint(proxy));
    stage_crowd(stage);
    return proxy;
}

static int close_both(stage_t *stage, proxy_t *proxy)
{
    int status = stage_close(stage);
    proxy_destroy(&proxy);
    return status;
}

/* The line to the parent is dead when the middle leaves it, so that the parent hears of that last.
   It is there again when the middle comes back. */
int case_move_unnoticed(stage_t *stage)
{
    proxy_t *proxy = five_with_a_line(stage);
    if (!proxy)
        return stage_skip(stage, ONLY_ONE);
    for (unsigned i = 0; i < stage->times && !stage->off; i++) {
        bool leaves = i % 2 == 0;
        crowd_await_load(stage->crowd, STAGE_BETWEEN);
        proxy_stop(proxy, leaves ? PROXY_THERE | PROXY_BACK : 0);
        if (leaves)
            move_to(stage, "mid", "other", stage_endpoint(stage, "other"));
        else
            move_to(stage, "mid", "root", proxy_endpoint(proxy));
        stage_heal(stage, MOVE_LIMIT);
    }
    return close_both(stage, proxy);
}

/* The leaf leaves the middle, or comes back to it, while the middle can't tell the root. What it
   has had from the one by then is still on its way to the other. */
int case_move_untold(stage_t *stage)
{
    proxy_t *proxy = five_with_a_line(stage);
    if (!proxy)
        return stage_skip(stage, ONLY_ONE);
    for (unsigned i = 0; i < stage->times && !stage->off; i++) {
        const char *to = i % 2 == 0 ? "other" : "mid";
        crowd_await_load(stage->crowd, STAGE_BETWEEN);
        proxy_stop(proxy, PROXY_THERE | PROXY_BACK);
        crowd_await_load(stage->crowd, STAGE_BETWEEN);
        move_to(stage, "leaf", to, stage_endpoint(stage, to));
        crowd_await_load(stage->crowd, STAGE_BETWEEN);
        proxy_stop(proxy, 0);
        stage_heal(stage, STAGE_BACK_LIMIT);
    }
    return close_both(stage, proxy);
}

static void move_by_operator(stage_t *stage, const char *to)
{
    char order[128];
    snprintf(order, sizeof order, "mid=%s", stage_endpoint(stage, to));
    program_t *program = program_run(stage->harness, NULL, HARNESS_DEADLINE, "ddtui", "-d",
        stage_endpoint(stage, "root"), "--operator-keys", harness_keys(stage->harness, "operator"),
        "--move", order, NULL);
    if (program_wait(program, 0) != 0)
        stage_fail(stage, "ddtui --move %s: %s", order, program_stderr(program));
    else
        await_joining(stage, "mid", to);
}

int case_move_by_operator(stage_t *stage)
{
    stage_open(stage);
    program_t *help = program_run(stage->harness, NULL, HARNESS_DEADLINE, "ddtui", "--help", NULL);
    return program_said(help, "--move") ? move_often(stage, move_by_operator)
                                        : stage_skip(stage, "this ddtui has no --move");
}
