/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_inherited - what programs get from those who start them: standard files that are closed,
 * signals that are ignored, core files
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "scene.h"
#include "shell.h"

/* A condition for wait_until(): the program's standard files are open, and none is a socket, an
   event or a file of its own. */
static bool has_standard_files(void *program)
{
    char path[64], target[64];
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
        snprintf(path, sizeof path, "/proc/%d/fd/%d", program_pid(program), fd);
        ssize_t size = readlink(path, target, sizeof target - 1);
        target[size < 0 ? 0 : size] = '\0';
        if (strcmp(target, "/dev/null") != 0)
            return false;
    }
    return true;
}

static void closed_standard_files_are_opened(void **state)
{
    if (geteuid() != 0)
        skip(); /* programs that hold keys show their descriptors to root alone */
    static const char *const LINES[] = {
        "ddbroker -k $DIR/broker-keys.json -r tcp://127.0.0.1:0 -l debug <&- >&- 2>&-",
        "ddbroker -k $DIR/broker-keys.json -r tcp://127.0.0.1:0 </dev/null >/dev/null 2>&-",
        "ddperf -d $DD_BROKER --count 1000000 --rate 100 <&- >&- 2>&-",
        "ddtui -d ipc://$DIR/nothing -n cli1 -t 1000 <&- >&- 2>&-",
    };
    harness_t *harness = *state;
    broker_start(harness, "broker0", NULL, NULL, NULL);
    shell_open(harness, "broker0", "a");
    for (size_t i = 0; i < COUNT(LINES); i++) {
        program_t *program = shell_start(LINES[i]);
        if (!wait_until(has_standard_files, program, HARNESS_DEADLINE))
            fail_msg("without its standard files: %s", LINES[i]);
        assert_int_equal(program_wait(program, 0), -1);
        program_kill(program);
    }
}

/* A condition for wait_until(): the program may write no core file, and could not get that back. */
static bool has_no_core_files(void *program)
{
    char path[64], line[128] = "";
    unsigned soft = 1, hard = 1;
    snprintf(path, sizeof path, "/proc/%d/limits", program_pid(program));
    FILE *limits = fopen(path, "r");
    while (limits && fgets(line, sizeof line, limits) &&
           sscanf(line, "Max core file size %u %u", &soft, &hard) != 2)
        ;
    if (limits)
        fclose(limits);
    return soft == 0 && hard == 0;
}

/* They would hold keys. */
static void programs_write_no_core_files(void **state)
{
    static const char *const LINES[] = {
        "ddbroker -k $DIR/broker-keys.json -r tcp://127.0.0.1:0",
        "ddperf -d $DD_BROKER --count 1000000 --rate 100",
        "ddtui -l cli1",
        "ddkeys -d $DIR/asks <>$DIR/nobody-writes",
    };
    harness_t *harness = *state;
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_CORE, &limit);
    broker_start(harness, "broker0", NULL, NULL, NULL);
    shell_open(harness, "broker0", "a");
    shell_check("mkfifo $DIR/nobody-writes", DONE, "", "");
    for (size_t i = 0; i < COUNT(LINES); i++) {
        program_t *program = shell_start(LINES[i]);
        if (!wait_until(has_no_core_files, program, HARNESS_DEADLINE))
            fail_msg("may write core files: %s", LINES[i]);
        program_kill(program);
    }
}

/* Without standard files, what is printed would be an error, or would go into a key file. */
static void keys_are_made_without_standard_files(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "broker0", NULL, NULL, NULL);
    shell_open(harness, "broker0", "a");
    shell_check("ddkeys -t a,b -d $DIR/new <&- >&- 2>&-", DONE, "", "");
    shell_check("ddkeys rotate -d $DIR/new a <&- >&- 2>&-", DONE, "", "");
    shell_check("ddkeys check $DIR/new >/dev/null", DONE, "", "");
}

/* A line of shell with one of our programs that ignores such a signal. */
static program_t *start_ignoring(const char *number, const char *line)
{
    char command[256];
    snprintf(command, sizeof command, "env --ignore-signal=%s %s", number, line);
    return shell_start(command);
}

/* As nohup(1) and a shell's background jobs have it. */
static void ignored_signals_stay_ignored(void **state)
{
    static const struct {
        int number;
        const char *name;
    } SIGNALS[] = {{SIGHUP, "HUP"}, {SIGINT, "INT"}};
    harness_t *harness = *state;
    broker_start(harness, "broker0", NULL, NULL, NULL);
    shell_open(harness, "broker0", "a");
    client_t *good = client_open(harness, "broker0", "a", "good");
    for (size_t i = 0; i < COUNT(SIGNALS); i++) {
        program_t *listener = start_ignoring(SIGNALS[i].name, "ddtui -l cli1");
        assert_true(program_expect(listener, "registered as ", HARNESS_DEADLINE));
        program_signal(listener, SIGNALS[i].number);
        assert_int_equal(client_send(good, "cli1", "still there"), DD_OK);
        assert_true(program_expect(listener, "still there", HARNESS_DEADLINE));
        shell_stop(listener);
    }
}

/* A signal that is ignored, and then one that isn't, which is taken later: that alone is the end.
 */
static void ignored_signals_end_no_program(void **state)
{
    static const struct {
        const char *line;
        int end;
    } PROGRAMS[] = {
        {"ddbroker -k $DIR/broker-keys.json -r tcp://127.0.0.1:0", 0},
        {"ddperf -d $DD_BROKER --count 1000000 --rate 100", 128 + SIGTERM},
        {"ddkeys -d $DIR/asks <>$DIR/nobody-writes", 128 + SIGTERM},
    };
    harness_t *harness = *state;
    broker_start(harness, "broker0", NULL, NULL, NULL);
    shell_open(harness, "broker0", "a");
    shell_check("mkfifo $DIR/nobody-writes", DONE, "", "");
    for (size_t i = 0; i < COUNT(PROGRAMS); i++) {
        program_t *program = start_ignoring("HUP,INT", PROGRAMS[i].line);
        if (!wait_until(has_no_core_files, program, HARNESS_DEADLINE) ||
            (i == 0 && !program_expect(program, "listening on", HARNESS_DEADLINE)))
            fail_msg("doesn't begin: %s", PROGRAMS[i].line);
        program_signal(program, SIGHUP);
        program_signal(program, SIGINT);
        program_signal(program, SIGTERM);
        assert_int_equal(program_wait(program, HARNESS_DEADLINE), PROGRAMS[i].end);
        assert_false(program_said(program, "SIGINT"));
        assert_false(program_said(program, "reload"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(closed_standard_files_are_opened),
        SCENE(keys_are_made_without_standard_files),
        SCENE(programs_write_no_core_files),
        SCENE(ignored_signals_stay_ignored),
        SCENE(ignored_signals_end_no_program),
    };
    return cmocka_run_group_tests_name("inherited", tests, NULL, NULL);
}
