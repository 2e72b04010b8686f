/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * case_keys - keys that are changed under load, as ddkeys(1) says
 */
#include <signal.h>
#include <stdlib.h>

#include "cases.h"

/* Notifications between two clients that take new keys. */
#define BETWEEN_CLIENTS 50

static void change_keys(stage_t *stage, const char *step, const char *whose)
{
    program_t *changing = program_run(stage->harness, NULL, HARNESS_DEADLINE, "ddkeys", step, whose,
        "-d", harness_path(stage->harness, ""), NULL);
    if (program_wait(changing, 0) != 0)
        stage_fail(stage, "ddkeys %s: %s", step, program_stderr(changing));
}

static void reload_brokers(stage_t *stage)
{
    for (unsigned i = 0; i < stage->broker_count && !stage->off; i++) {
        program_t *program = stage_program(stage, stage->brokers[i].name);
        program_signal(program, SIGHUP);
        if (!program_expect(program, "log reloaded", HARNESS_DEADLINE))
            stage_fail(stage, "%s hasn't taken the keys", stage->brokers[i].name);
    }
}

/* One after the other, so that there are always some of both kinds. */
static void reload_clients(stage_t *stage)
{
    dd_problem_t problem;
    for (unsigned i = 0; i < crowd_size(stage->crowd) && !stage->off; i++) {
        if (crowd_take_keys(stage->crowd, i, &problem) != DD_OK)
            stage_fail(stage, "client %u can't take its keys: %s", i, problem.text);
        crowd_await_load(stage->crowd, BETWEEN_CLIENTS);
    }
}

static void take_step(stage_t *stage, const char *step, const char *tenant)
{
    change_keys(stage, step, tenant);
    reload_brokers(stage);
    crowd_await_load(stage->crowd, STAGE_BETWEEN);
    reload_clients(stage);
}

/* Who has no part in it: who hasn't the new file isn't let in after the end, and hears why. */
static void ask_with(
    stage_t *stage, const char *broker, const char *keyfile, int status, const char *text)
{
    program_t *visitor = program_run(stage->harness, NULL, HARNESS_DEADLINE, "ddtui", "-q", "-d",
        stage_endpoint(stage, broker), "-k", keyfile, "--tree", NULL);
    if (program_wait(visitor, 0) != status || !program_said(visitor, text))
        stage_fail(stage, "who comes with %s hears: %s", keyfile, program_stderr(visitor));
}

static void keep_copy(stage_t *stage)
{
    program_t *copying = program_run(stage->harness, NULL, HARNESS_DEADLINE, "/bin/cp",
        harness_keys(stage->harness, "a"), harness_path(stage->harness, "before.json"), NULL);
    if (program_wait(copying, 0) != 0)
        exit(EXIT_FAILURE);
}

/* ---- A tenant's ---------------------------------------------------------------------------- */

/* Nobody loses anything, nor the connection. */
int case_rotation(stage_t *stage)
{
    stage_open(stage);
    stage_five(stage, NULL);
    stage_crowd(stage);
    for (unsigned i = 0; i < stage->times && !stage->off; i++) {
        keep_copy(stage);
        take_step(stage, "rotate", "a");
        ask_with(stage, "mid", harness_path(stage->harness, "before.json"), 0, "root");
        take_step(stage, "finish", "a");
        ask_with(
            stage, "mid", harness_path(stage->harness, "before.json"), 4, "doesn't take this key");
        ask_with(stage, "mid", harness_keys(stage->harness, "a"), 0, "root");
    }
    stage_heal(stage, STAGE_BACK_LIMIT);
    stage_expect_calm(stage, false);
    return stage_close(stage);
}

/* ---- The brokers' own pair ----------------------------------------------------------------- */

/* A client's file is good at a broker that has taken the same step, the one before, or the next. */
static void reload_broker(stage_t *stage, const char *name)
{
    program_t *program = stage_program(stage, name);
    program_signal(program, SIGHUP);
    if (!program_expect(program, "log reloaded", HARNESS_DEADLINE))
        stage_fail(stage, "%s hasn't taken the keys", name);
    ask_with(stage, name, harness_path(stage->harness, "before.json"), 0, "root");
}

/* In the order of brokers from the root on, or towards it. */
static void take_step_of_brokers(stage_t *stage, const char *step, bool down)
{
    unsigned count = stage->broker_count;
    keep_copy(stage);
    change_keys(stage, step, "dd");
    ask_with(stage, "mid", harness_keys(stage->harness, "a"), 0, "root");
    for (unsigned i = 0; i < count && !stage->off; i++)
        reload_broker(stage, stage->brokers[down ? i : count - 1 - i].name);
    reload_clients(stage);
    crowd_await_load(stage->crowd, STAGE_BETWEEN);
}

/* Nobody loses anything, nor the connection; and who comes anew comes in. */
int case_new_pair(stage_t *stage)
{
    static const char *const STEPS[] = {"rotate", "switch", "finish"};
    stage_open(stage);
    stage_five(stage, NULL);
    stage_crowd(stage);
    for (unsigned i = 0; i < COUNT(STEPS) * stage->times && !stage->off; i++)
        take_step_of_brokers(stage, STEPS[i % COUNT(STEPS)], i % 2 == 0);
    stage_heal(stage, STAGE_BACK_LIMIT);
    stage_expect_calm(stage, false);
    return stage_close(stage);
}
