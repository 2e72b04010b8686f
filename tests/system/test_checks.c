/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_checks - ddtui --check in all its states
 *
 * Each test has a tree of its own, see scene.h and shell.h.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"
#include "shell.h"

/* Exit statuses of --check. */
enum { OK, WARNING, CRITICAL, CHECK_UNKNOWN };

/* ---- Checks ------------------------------------------------------------------------------- */

static void test_check_ok(void **state)
{
    harness_t *harness = *state;
    client_open(harness, "other", "a", "cli2");
    client_open(harness, "other", "b", "cli3");
    shell_check(
        "ddtui --check | cut -d '|' -f 1", DONE, "DOUBLEDECKER OK - 5 brokers, 1 client \n", "");
    shell_check("ddtui --check $OPERATOR", OK, NULL, "");
    assert_true(shell_prints("ddtui --check $OPERATOR | cut -d ' ' -f 1-6,8-12",
        "DOUBLEDECKER OK - 5 brokers, 2 | brokers=5 silent=0 cut_off=0 draining=0\n"));
    struct json_object *lines = shell_objects(shell_run("ddtui --check --json"));
    shell_field(lines, 0, "state", "OK");
    shell_field(lines, 0, "status", "0");
    shell_field(lines, 0, "brokers", "5");
    json_object_put(lines);
}

static void test_check_is_critical_with_half_the_tree_dead(void **state)
{
    harness_t *harness = *state;
    program_t *twin = harness_broker(harness, "twin");
    program_signal(twin, SIGSTOP);
    assert_true(shell_prints("ddtui --check -t 1 >$DIR/out; echo $? $(cut -d ' ' -f 1-15 $DIR/out)",
        "2 DOUBLEDECKER CRITICAL - 1 broker did not answer; 4 brokers, 0 clients | brokers=4 "
        "silent=1\n"));
    program_signal(twin, SIGCONT);
    program_kill(harness_broker(harness, "mid"));
    assert_true(shell_prints("ddtui -q --tree | grep -c 'leaf.*cut off'", "1\n"));
    program_t *check = shell_run("ddtui --check");
    shell_end(check, CRITICAL);
    assert_non_null(
        strstr(program_stdout(check), "DOUBLEDECKER CRITICAL - leaf: cut off; 1 broker, "
                                      "0 clients | brokers=1 silent=0 cut_off=1 "));
    check = shell_run("ddtui --check -d $ROOT");
    shell_end(check, CRITICAL);
    assert_non_null(strstr(program_stdout(check), "DOUBLEDECKER CRITICAL - mid: gone for "));
    assert_non_null(strstr(program_stdout(check), " gone=1 "));
}

static void test_check_minds_its_limits(void **state)
{
    (void)state;
    shell_check("ddtui --check --expect-brokers 5 >/dev/null", OK, "", "");
    shell_check("ddtui --check --expect-brokers 6 | cut -d ';' -f 1", DONE,
        "DOUBLEDECKER CRITICAL - 5 of 6 brokers\n", "");
    shell_check("ddtui --check --warning brokers=4 >/dev/null", WARNING, "", "");
    shell_check(
        "ddtui --check --warning brokers=4 --critical brokers=~:4 >/dev/null", CRITICAL, "", "");
    shell_check(
        "ddtui --check --warning time=0 | grep -o 'time=[0-9]*us;0$' | wc -l", DONE, "1\n", "");
    shell_check(
        "ddtui --check --critical rtt=60000000 --warning outbox=10000 >/dev/null", OK, "", "");
}

/* A monitor looks every minute of the year: nobody is to read of it, and nobody is kept from a
   name. */
static void test_looks_leave_no_trace(void **state)
{
    harness_t *harness = *state;
    client_t *client = client_open(harness, "leaf", "a", "monitor");
    static const char *const LOOKS[] = {"--check", "--tree", "--clients", "--subscriptions",
        "--events", "--check $OPERATOR", "--tree $OPERATOR", "--events $OPERATOR"};
    const char *count = "ddtui -q --events $OPERATOR | wc -l";
    char *before = strdup(program_stdout(shell_run(count)));
    for (size_t i = 0; i < COUNT(LOOKS); i++) {
        char line[256];
        snprintf(line, sizeof line, "ddtui -q %s monitor >$DIR/look", LOOKS[i]);
        shell_check(line, DONE, "", "");
    }
    shell_check(count, DONE, before, "");
    shell_check(
        "ddtui -q --events $OPERATOR | grep -c 'client a.monitor registered'", DONE, "1\n", "");
    shell_check("ddtui -q -n monitor -m hello sender", DONE, "", "");
    client_expect(client, "sender", "hello");
    free(before);
}

static void test_check_warns_of_losses(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "small", NULL, "/9/", "--client-outbox", "1100k", NULL);
    setenv("SMALL", harness_endpoint(harness, "small"), 1);
    program_t *stopped = shell_listen("ddtui -d $SMALL -s t stopped", 1);
    program_signal(stopped, SIGSTOP);
    shell_check("ddtui -d $SMALL --check >/dev/null", OK, "", "");
    shell_run("for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do"
              " head -c 900000 /dev/zero | ddtui -q -d $SMALL -p t; done");
    program_t *check = shell_run("ddtui -d $SMALL --check");
    shell_end(check, WARNING);
    assert_non_null(strstr(program_stdout(check), "small: dropped publications "));
    shell_check("ddtui -d $SMALL $OPERATOR --check >/dev/null", WARNING, "", "");
    shell_check("ddtui -d $SMALL -k $DIR/b-keys.json --check >/dev/null", OK, "", "");
    program_signal(stopped, SIGCONT);
    shell_stop(stopped);
}

static void test_check_is_critical(void **state)
{
    (void)state;
    shell_check("ddtui --check -d ipc://$DIR/nothing -t 0.3 | sed 's/ipc.*/X/'", DONE,
        "DOUBLEDECKER CRITICAL - no answer from X\n", "");
    shell_check("ddtui --check -d ipc://$DIR/nothing -t 0.3", CRITICAL, NULL, "");
    shell_check("mkdir $DIR/other && ddkeys -t a -d $DIR/other >/dev/null 2>&1 &&"
                " ddtui --check -k $DIR/other/a-keys.json",
        CRITICAL, NULL, "");
}

static void test_check_does_not_know(void **state)
{
    (void)state;
    static const char *const LINES[] = {"ddtui --check --what", "ddtui --what --check",
        "ddtui --check --tree", "ddtui --check --warning x=1", "ddtui --check --critical rtt=x",
        "ddtui --check -k $DIR/nothing.json", "ddtui --check -k /dev/null",
        "ddtui --check -d nonsense", "ddtui --check 'a name'"};
    for (size_t i = 0; i < COUNT(LINES); i++) {
        program_t *check = shell_run(LINES[i]);
        shell_end(check, CHECK_UNKNOWN);
        assert_memory_equal(program_stdout(check), "DOUBLEDECKER UNKNOWN - ", 23);
        assert_string_equal(strchr(program_stdout(check), '\n'), "\n");
        assert_string_equal(program_stderr(check), "");
    }
    shell_check("DD_KEYS= ddtui --check", CHECK_UNKNOWN, NULL, "");
    shell_check("ddtui --check --what --json | cut -c 1-30", DONE,
        "{\"state\":\"UNKNOWN\",\"status\":3,\n", "");
}

static void test_check_goes_on(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "single", NULL, "/8/", NULL);
    setenv("SINGLE", harness_endpoint(harness, "single"), 1);
    program_t *check = shell_start("ddtui --check --watch 0.1 -d $SINGLE");
    assert_true(program_expect(check, "DOUBLEDECKER OK - 1 broker", HARNESS_DEADLINE));
    program_kill(harness_broker(harness, "single"));
    assert_true(program_expect(check, "DOUBLEDECKER CRITICAL - no answer", HARNESS_DEADLINE));
    broker_start(harness, "single", NULL, "/8/", NULL);
    assert_true(program_expect(check, "DOUBLEDECKER OK - 1 broker", HARNESS_DEADLINE));
    shell_stop(check);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE(test_check_ok),
        TREE(test_check_is_critical_with_half_the_tree_dead),
        TREE(test_check_minds_its_limits),
        TREE(test_looks_leave_no_trace),
        TREE(test_check_warns_of_losses),
        TREE(test_check_is_critical),
        TREE(test_check_does_not_know),
        TREE(test_check_goes_on),
    };
    return cmocka_run_group_tests_name("checks", tests, NULL, NULL);
}
