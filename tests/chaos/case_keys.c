/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * case_keys - keys that are changed under load
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "cases.h"

/* ---- The brokers' own pair ----------------------------------------------------------------- */

static void keep_copy(stage_t *stage)
{
    program_t *copying = program_run(stage->harness, NULL, HARNESS_DEADLINE, "/bin/cp",
        harness_keys(stage->harness, "a"), harness_path(stage->harness, "before.json"), NULL);
    if (program_wait(copying, 0) != 0)
        exit(EXIT_FAILURE);
}

static void change_keys(stage_t *stage, const char *step)
{
    program_t *changing = program_run(stage->harness, NULL, HARNESS_DEADLINE, "ddkeys", step, "dd",
        "-d", harness_path(stage->harness, ""), NULL);
    if (program_wait(changing, 0) != 0)
        stage_fail(stage, "ddkeys %s: %s", step, program_stderr(changing));
}

/* Somebody new comes, with a key file. */
static void visit(stage_t *stage, const char *broker, const char *keyfile)
{
    program_t *visitor = program_run(stage->harness, NULL, HARNESS_DEADLINE, "ddtui", "-q", "-d",
        stage_endpoint(stage, broker), "-k", keyfile, "--tree", NULL);
    if (program_wait(visitor, 0) != 0)
        stage_fail(stage, "%s isn't let in at %s: %s", keyfile, broker, program_stderr(visitor));
}

/* A client's file is good at a broker that has taken the same step, the one before, or the next. */
static void reload(stage_t *stage, const char *broker)
{
    program_t *program = stage_program(stage, broker);
    program_signal(program, SIGHUP);
    if (!program_expect(program, "log reloaded", HARNESS_DEADLINE))
        stage_fail(stage, "%s hasn't taken the keys", broker);
    visit(stage, broker, harness_path(stage->harness, "before.json"));
}

/* From the root on, or towards it. */
static void take_step(stage_t *stage, const char *step, bool down)
{
    unsigned count = stage->broker_count;
    keep_copy(stage);
    change_keys(stage, step);
    visit(stage, "mid", harness_keys(stage->harness, "a"));
    for (unsigned i = 0; i < count && !stage->off; i++)
        reload(stage, stage->brokers[down ? i : count - 1 - i].name);
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
        take_step(stage, STEPS[i % COUNT(STEPS)], i % 2 == 0);
    stage_heal(stage, STAGE_BACK_LIMIT);
    stage_expect_calm(stage, false);
    crowd_load(stage->crowd, true);
    program_kill(stage_program(stage, "mid"));
    stage_start(stage, "mid");
    stage_heal(stage, STAGE_BACK_LIMIT);
    return stage_close(stage);
}
