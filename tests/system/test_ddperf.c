/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_ddperf - ddperf as users run it, on one broker and through a tree
 */
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "scene.h"

/* ---- the report ------------------------------------------------------------------------------ */

static json_object *read_report(program_t *program)
{
    json_object *report = json_tokener_parse(program_stdout(program));
    if (!report)
        fail_msg("no report, but: %s%s", program_stdout(program), program_stderr(program));
    return report;
}

static double figure(json_object *report, const char *name)
{
    json_object *member;
    if (!json_object_object_get_ex(report, name, &member))
        fail_msg("the report has no %s", name);
    return json_object_get_double(member);
}

#define assert_figure(report, name, value) assert_true(figure(report, name) == (value))

/* Every message arrived, once and in order, and that took so long at least. */
static void assert_clean(program_t *program, double received, double seconds)
{
    if (program_wait(program, HARNESS_DEADLINE) != 0)
        fail_msg("%s%s", program_stdout(program), program_stderr(program));
    json_object *report = read_report(program);
    assert_figure(report, "received", received);
    assert_figure(report, "lost", 0);
    assert_figure(report, "duplicated", 0);
    assert_figure(report, "reordered", 0);
    assert_figure(report, "refused", 0);
    assert_figure(report, "unknown", 0);
    /* A fast machine has 0 here: three decimals are shown. */
    assert_true(figure(report, "seconds") >= seconds);
    json_object_put(report);
}

/* ---- one broker ------------------------------------------------------------------------------ */

static const struct {
    const char *arguments[12];
    double received;
    double seconds; /* at least, where a rate says so */
} RUNS[] = {
    {{"--count", "20000"}, 20000, 0},
    {{"--count", "5001", "--senders", "3", "--receivers", "4"}, 15003, 0},
    {{"--count", "20000", "--receivers", "50"}, 20000, 0},
    {{"--count", "3", "--receivers", "5"}, 3, 0},
    {{"--count", "4", "--size", "1000000"}, 4, 0},
    {{"--count", "100", "--rate", "1000", "--size", "16"}, 100, 0.098},
    {{"--mode", "publish", "--count", "3000", "--senders", "2", "--receivers", "3"}, 18000, 0},
    {{"--mode", "latency", "--count", "200"}, 200, 0},
    {{"--mode", "latency", "--count", "50", "--senders", "2", "--receivers", "2"}, 100, 0},
};

static program_t *perf(harness_t *harness, const char *const more[])
{
    const char *arguments[32] = {"ddperf", "--json", "-k", harness_keys(harness, "a")};
    size_t count = 4;
    for (size_t i = 0; more[i]; i++)
        arguments[count++] = more[i];
    return program_spawn_array(harness, arguments);
}

static void all_modes(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "broker", NULL, NULL, NULL);
    for (size_t i = 0; i < COUNT(RUNS); i++) {
        const char *arguments[16] = {"-d", harness_endpoint(harness, "broker")};
        memcpy(arguments + 2, RUNS[i].arguments, sizeof RUNS[i].arguments);
        assert_clean(perf(harness, arguments), RUNS[i].received, RUNS[i].seconds);
    }
}

/* Two runs at one time leave each other's messages alone. */
static void side_by_side(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "broker", NULL, NULL, NULL);
    const char *const arguments[] = {
        "-d", harness_endpoint(harness, "broker"), "--count", "20000", NULL};
    program_t *one = perf(harness, arguments), *other = perf(harness, arguments);
    assert_clean(one, 20000, 0);
    assert_clean(other, 20000, 0);
}

static void connecting(void **state)
{
    harness_t *harness = *state;
    program_t *broker = broker_start(harness, "broker", NULL, NULL, NULL);
    char pid[16];
    snprintf(pid, sizeof pid, "%d", program_pid(broker));
    const char *const arguments[] = {"-d", harness_endpoint(harness, "broker"), "--mode", "connect",
        "--receivers", "50", "--pid", pid, NULL};
    program_t *program = perf(harness, arguments);
    assert_int_equal(program_wait(program, HARNESS_DEADLINE), 0);
    json_object *report = read_report(program);
    assert_figure(report, "registered", 50);
    assert_true(figure(report, "connect_cpu") > 0);
    assert_true(figure(report, "idle_cpu") >= 0);
    assert_true(figure(report, "broker_memory") > 0);
    assert_true(figure(report, "client_memory") > 0);
    json_object_put(report);
}

static void report_for_people(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "broker", NULL, NULL, NULL);
    program_t *program = program_run(harness, NULL, HARNESS_DEADLINE, "ddperf", "-d",
        harness_endpoint(harness, "broker"), "-k", harness_keys(harness, "a"), "--count", "1000",
        NULL);
    assert_int_equal(program_wait(program, 0), 0);
    assert_true(program_said(program, "lost                        0"));
    assert_true(program_said(program, " messages/s\n"));
    assert_string_equal(program_stderr(program), ""); /* progress is for terminals */
}

/* ---- a tree ---------------------------------------------------------------------------------- */

/* Through three brokers and back; the senders are on both leaves. */
static void through_a_tree(void **state)
{
    static const char *const MODES[] = {"notify", "publish", "latency"};
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    broker_start(harness, "left", "root", "/1/1/", NULL);
    broker_start(harness, "right", "root", "/1/2/", NULL);
    for (size_t i = 0; i < 3; i++) {
        const char *const arguments[] = {"-d", harness_endpoint(harness, "left"), "-d",
            harness_endpoint(harness, "root"), "--receivers-at", harness_endpoint(harness, "right"),
            "--count", "500", "--senders", "2", "--mode", MODES[i], NULL};
        assert_clean(perf(harness, arguments), 1000, 0);
    }
}

/* ---- failures -------------------------------------------------------------------------------- */

static program_t *watch_clients(harness_t *harness, const char *broker)
{
    return program_spawn(harness, "ddtui", "-d", harness_endpoint(harness, broker), "-k",
        harness_keys(harness, "a"), "--clients", "--watch", "1", NULL);
}

/* A broker that dies takes messages with it: the report says so, and the status. */
static void broken_runs_are_told(void **state)
{
    harness_t *harness = *state;
    program_t *broker = broker_start(harness, "broker", NULL, NULL, NULL);
    char pid[16]; /* which goes on when the broker is gone */
    snprintf(pid, sizeof pid, "%d", (int)getpid());
    const char *const arguments[] = {"-d", harness_endpoint(harness, "broker"), "--mode", "publish",
        "--count", "1000000", "--rate", "1000", "--pid", pid, NULL};
    program_t *listener = program_spawn(harness, "ddtui", "-d", harness_endpoint(harness, "broker"),
        "-k", harness_keys(harness, "a"), "-s", "ddperf-@noscope", NULL);
    assert_true(program_expect(listener, "subscribed\t", HARNESS_DEADLINE));
    program_t *program = perf(harness, arguments);
    /* It has begun: this is the message with the number 5, and none that only looks for receivers.
     */
    assert_true(
        program_expect(listener, "\\x00\\x00\\x00\\x00\\x05\\x00\\x00\\x00", HARNESS_DEADLINE));
    program_kill(broker);
    assert_int_equal(program_wait(program, HARNESS_DEADLINE), 1);
    if (!program_said(program, "gives up"))
        fail_msg("%s", program_stderr(program));
}

/* The receivers are told that they may have missed publications of a broker that died, though none
   of theirs were there. */
static void gaps_are_counted(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    program_t *leaf = broker_start(harness, "leaf", "root", "/1/1/", NULL);
    assert_true(program_expect(leaf, "joined parent", HARNESS_DEADLINE));
    const char *const arguments[] = {"-d", harness_endpoint(harness, "root"), "--mode", "publish",
        "--count", "500", "--rate", "100", "--receivers", "2", NULL};
    program_t *program = perf(harness, arguments);
    assert_true(program_expect(watch_clients(harness, "root"), "-s0", HARNESS_DEADLINE));
    program_kill(leaf);
    assert_int_equal(program_wait(program, HARNESS_DEADLINE), 0);
    json_object *report = read_report(program);
    assert_figure(report, "received", 1000);
    assert_figure(report, "lost", 0);
    assert_figure(report, "gaps", 2);
    json_object_put(report);
}

static void keys_of_strangers(void **state)
{
    harness_t *harness = *state;
    harness_t *other = harness_new("a");
    broker_start(harness, "broker", NULL, NULL, NULL);
    program_t *program = program_run(harness, NULL, HARNESS_DEADLINE, "ddperf", "-d",
        harness_endpoint(harness, "broker"), "-k", harness_keys(other, "a"), "--count", "10", NULL);
    assert_int_equal(program_wait(program, 0), 1);
    assert_true(program_said(program, "key"));
    assert_string_equal(program_stdout(program), "");
    harness_destroy(&other);
}

/* A run goes on while its tenant's keys are replaced. */
static void other_keys(void **state)
{
    harness_t *harness = *state;
    const char *const rate[] = {"--count", "5000", "--rate", "500", "--receivers", "2", NULL};
    static const char *const STEPS[] = {"rotate", "finish"};
    program_t *broker = broker_start(harness, "broker", NULL, NULL, NULL);
    harness_leave_terminal();
    setenv("DD_BROKER", harness_endpoint(harness, "broker"), 1);
    program_t *program = perf(harness, rate);
    for (size_t i = 0; i < COUNT(STEPS); i++) {
        program_t *keys = program_run(harness, NULL, HARNESS_DEADLINE, "ddkeys", STEPS[i], "a",
            "-d", harness_path(harness, "."), NULL);
        assert_int_equal(program_wait(keys, 0), 0);
        harness_reload(broker, "log reloaded");
        harness_reload(program, "keys reloaded");
        assert_true(
            program_expect(program, "keys reloaded", HARNESS_DEADLINE)); /* of its other half */
    }
    assert_clean(program, 5000, 0);
}

static void wrong_lines(void **state)
{
    harness_t *harness = *state;
    const char *keys = harness_keys(harness, "a");
    const struct {
        const char *keys, *option, *value;
        int status;
        const char *says;
    } LINES[] = {
        {keys, "--mode", "fast", 2, "notify"},
        {keys, "--size", "1", 2, "16 to 16777216"},
        {"/nowhere/keys.json", "--size", "16", 1, "/nowhere/keys.json"},
    };
    for (size_t i = 0; i < COUNT(LINES); i++) {
        program_t *program = program_run(harness, NULL, HARNESS_DEADLINE, "ddperf", "-k",
            LINES[i].keys, LINES[i].option, LINES[i].value, NULL);
        assert_int_equal(program_wait(program, 0), LINES[i].status);
        assert_true(program_said(program, LINES[i].says));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(all_modes),
        SCENE(side_by_side),
        SCENE(connecting),
        SCENE(report_for_people),
        SCENE(through_a_tree),
        SCENE(broken_runs_are_told),
        SCENE(gaps_are_counted),
        SCENE(keys_of_strangers),
        SCENE(other_keys),
        SCENE(wrong_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
