/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * case_faults - brokers that are killed, stopped, shut down, told to read their files again
 */
#include <signal.h>

#include "cases.h"

int case_no_fault(stage_t *stage)
{
    stage_open(stage);
    stage_five(stage, NULL);
    stage_crowd(stage);
    stage_let_pass(stage->seconds * 1000);
    stage_heal(stage, STAGE_BACK_LIMIT);
    stage_expect_calm(stage, false);
    return stage_close(stage);
}

/* Has something happen to the broker of that name again and again. */
static int befall(stage_t *stage, const char *name, void (*fault)(stage_t *stage, const char *name))
{
    stage_open(stage);
    stage_five(stage, NULL);
    stage_crowd(stage);
    for (unsigned i = 0; i < stage->times && !stage->off; i++) {
        crowd_await_load(stage->crowd, STAGE_BETWEEN);
        fault(stage, name);
        stage_heal(stage, STAGE_BACK_LIMIT);
    }
    return stage_close(stage);
}

/* ---- kill -9 ------------------------------------------------------------------------------- */

static void kill_it(stage_t *stage, const char *name)
{
    program_kill(stage_program(stage, name));
    stage_start(stage, name);
}

int case_kill_leaf(stage_t *stage)
{
    return befall(stage, "leaf", kill_it);
}

int case_kill_mid(stage_t *stage)
{
    return befall(stage, "mid", kill_it);
}

int case_kill_root(stage_t *stage)
{
    return befall(stage, "root", kill_it);
}

/* ---- SIGSTOP ------------------------------------------------------------------------------- */

static void stop_it(stage_t *stage, const char *name)
{
    program_signal(stage_program(stage, name), SIGSTOP);
    stage_let_pass(stage->seconds * 1000);
    program_signal(stage_program(stage, name), SIGCONT);
}

int case_stop_leaf(stage_t *stage)
{
    return befall(stage, "leaf", stop_it);
}

int case_stop_mid(stage_t *stage)
{
    return befall(stage, "mid", stop_it);
}

int case_stop_root(stage_t *stage)
{
    return befall(stage, "root", stop_it);
}

/* ---- SIGTERM ------------------------------------------------------------------------------- */

static void shut_it_down(stage_t *stage, const char *name)
{
    stage_shut_down(stage, name);
    stage_start(stage, name);
}

int case_term_leaf(stage_t *stage)
{
    return befall(stage, "leaf", shut_it_down);
}

int case_term_mid(stage_t *stage)
{
    return befall(stage, "mid", shut_it_down);
}

int case_term_root(stage_t *stage)
{
    return befall(stage, "root", shut_it_down);
}

/* ---- SIGHUP -------------------------------------------------------------------------------- */

/* Nobody loses anything. */
int case_hangups(stage_t *stage)
{
    stage_open(stage);
    stage_five(stage, NULL);
    stage_crowd(stage);
    for (unsigned i = 0; i < stage->times && !stage->off; i++) {
        program_t *program = stage_program(stage, stage->brokers[i % stage->broker_count].name);
        program_signal(program, SIGHUP);
        if (!program_expect(program, "log reloaded", HARNESS_DEADLINE))
            stage_fail(stage, "the files weren't reloaded");
    }
    stage_heal(stage, STAGE_BACK_LIMIT);
    stage_expect_calm(stage, false);
    return stage_close(stage);
}
