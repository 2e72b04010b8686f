/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_views - what ddtui shows of a tree of brokers: events, tables again and again, traces
 *
 * Each test has a tree of its own, see scene.h and shell.h.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"
#include "shell.h"

static size_t count_of(const char *text, const char *part)
{
    size_t count = 0;
    for (; (text = strstr(text, part)); text += strlen(part))
        count++;
    return count;
}

/* ---- Events ------------------------------------------------------------------------------- */

static void test_events(void **state)
{
    harness_t *harness = *state;
    client_open(harness, "other", "a", "cli2");
    client_open(harness, "twin", "b", "cli3");
    shell_check("ddtui -q --events | grep -v auto- | grep client | cut -f 2-", DONE,
        "info\tother\ta\tclient a.cli2 registered\n", "");
    /* How old they are is only known to a few ms, and so which of two brokers' comes first. */
    shell_check("ddtui -q $OPERATOR --events | grep 'client [ab].cli' | cut -f 2- | sort", DONE,
        "info\tother\ta\tclient a.cli2 registered\ninfo\ttwin\tb\tclient b.cli3 registered\n", "");
    shell_check("ddtui -q --events | grep -c 'notice.*\\*.*joined parent'", DONE, "4\n", "");
    /* The oldest comes first, and times are times. */
    shell_check("ddtui -q --events | cut -f 1 | sort -c", DONE, "", "");
    shell_check("ddtui -q --events | head -n 1 | cut -f 1 | date -u -f - +%Z", DONE, "UTC\n", "");
    struct json_object *events = shell_objects(shell_run("ddtui -q --events --json | grep a.cli2"));
    assert_int_equal(json_object_array_length(events), 1);
    struct json_object *event = json_object_array_get_idx(events, 0);
    shell_field(events, 0, "level", "info");
    shell_field(events, 0, "broker", "other");
    shell_field(events, 0, "tenant", "a");
    shell_field(events, 0, "text", "client a.cli2 registered");
    assert_true(json_object_object_get_ex(event, "age_ms", NULL));
    json_object_put(events);
}

static void test_events_are_followed(void **state)
{
    harness_t *harness = *state;
    client_open(harness, "other", "a", "early");
    program_t *follower = shell_start("ddtui -q --events --watch 0.1");
    assert_true(program_expect(follower, "client a.early registered\n", HARNESS_DEADLINE));
    client_open(harness, "twin", "a", "late");
    assert_true(program_expect(follower, "client a.late registered\n", HARNESS_DEADLINE));
    client_open(harness, "root", "a", "last");
    assert_true(program_expect(follower, "client a.last registered\n", HARNESS_DEADLINE));
    shell_stop(follower);
    static const char *const ONCE[] = {
        "a.early registered", "a.late registered", "a.last registered", "mid\t*\tjoined parent"};
    for (size_t i = 0; i < COUNT(ONCE); i++)
        assert_int_equal(count_of(program_stdout(follower), ONCE[i]), 1);
    assert_null(strstr(program_stdout(follower), "\n\n"));
    shell_check("ddtui -q --events -t 4 | grep -c a.late", DONE, "1\n", "");
}

/* ---- Topics ------------------------------------------------------------------------------- */

static void publish(client_t *client, const char *topic, int count)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(dd_client_publish(client_handle(client), topic, "12345678", 8), DD_OK);
}

/* Publications count at their publisher's broker, subscribers at theirs. */
static void test_topics(void **state)
{
    harness_t *harness = *state;
    client_t *reader = client_open(harness, "twin", "a", "reader");
    client_subscribe(reader, "alarms", "all");
    publish(client_open(harness, "other", "a", "cli2"), "alarms", 3);
    publish(client_open(harness, "root", "a", "cli3"), "alarms", 1);
    publish(client_open(harness, "root", "b", "cli4"), "news", 1);
    assert_true(shell_prints(
        "ddtui -q --topics | cut -f 1-3,5-", "a\talarms\t4\t1\t0\t-\t-\t-\tcli2 75%, cli3 25%\n"));
    assert_true(shell_prints("ddtui -q $OPERATOR --topics | cut -f 1-3,10",
        "a\talarms\t4\tcli2 75%, cli3 25%\nb\tnews\t1\tcli4 100%\n"));
    struct json_object *topics = shell_objects(shell_run("ddtui -q --topics --json"));
    shell_field(topics, 0, "topic", "alarms");
    shell_field(topics, 0, "publications", "4");
    shell_field(topics, 0, "subscribers", "1");
    json_object_put(topics);
}

/* Nothing of them is lost for the sum. */
static void test_topics_that_are_not_told_apart_are_one_row(void **state)
{
    harness_t *harness = *state;
    client_t *client = client_open(harness, "other", "a", "cli2");
    for (int i = 0; i < 600; i++) {
        char topic[16];
        snprintf(topic, sizeof topic, "t%d", i);
        publish(client, topic, 1);
    }
    assert_true(shell_prints("ddtui -q --topics | awk '{n += $3} END {print NR, n}'", "513 600\n"));
    shell_check("ddtui -q --topics | head -n 1 | cut -f 1-3,5,10", DONE, "a\t-\t88\t-\t-\n", "");
    shell_check("ddtui -q --topics --json | grep -c '\"topic\":null'", DONE, "1\n", "");
}

static void test_topics_have_rates_in_a_watch(void **state)
{
    harness_t *harness = *state;
    client_t *client = client_open(harness, "other", "a", "cli2");
    publish(client, "alarms", 1);
    assert_true(shell_prints("ddtui -q --topics | cut -f 2", "alarms\n"));
    program_t *watch = shell_start("ddtui -q --topics --watch 0.1");
    assert_true(program_expect(watch, "a\talarms\t1\t", HARNESS_DEADLINE));
    assert_true(program_expect(watch, "\t-\t-\t-\tcli2 100%\n", HARNESS_DEADLINE));
    assert_true(program_expect(watch, "\t0\t0\t0\tcli2 100%\n", HARNESS_DEADLINE));
    publish(client, "alarms", 4);
    assert_true(program_expect(watch, "a\talarms\t5\t", HARNESS_DEADLINE));
    shell_stop(watch);
}

/* ---- Watching ----------------------------------------------------------------------------- */

static void test_watch(void **state)
{
    harness_t *harness = *state;
    client_open(harness, "leaf", "a", "cli1");
    client_open(harness, "other", "a", "cli2");
    shell_check("ddtui -q --clients --watch 0.1 -c 3 | cut -f 2,3", DONE,
        "cli1\tleaf\ncli2\tother\n\ncli1\tleaf\ncli2\tother\n\ncli1\tleaf\ncli2\tother\n", "");
    shell_check("ddtui -q --tree --json --watch 0.1 -c 2 | wc -l", DONE, "10\n", "");
    shell_check("ddtui -q --tree --watch 0.1 | head -n 1 | cut -f 1", DONE, "root\n", "");
    shell_check("ddtui -q --tree --watch 100 -c 2 -t 4", TIMEOUT, NULL, "1 of 2 rounds within 4");
    shell_check("ddtui -q --tree --watch 100 -t 4 >/dev/null", DONE, "", "");
    shell_check("ddtui -q --tree --watch 0.01", USAGE, "", "0.1 seconds");
}

/* A watch goes on where it was when its broker comes back. */
static void test_watch_outlives_its_broker(void **state)
{
    harness_t *harness = *state;
    program_t *watch = shell_start("ddtui --tree --watch 0.1");
    assert_true(program_expect(watch, "leaf\t/1/2/3/\tok", HARNESS_DEADLINE));
    broker_start(harness, "leaf", "mid", "/1/2/3/", NULL); /* kills the old one */
    assert_true(program_expect(watch, "connection lost: ", HARNESS_DEADLINE));
    assert_true(program_expect(watch, "registered as ", HARNESS_DEADLINE));
    assert_true(program_expect(watch, "leaf\t/1/2/3/\tok", HARNESS_DEADLINE));
    shell_stop(watch);
}

/* ---- Traces ------------------------------------------------------------------------------- */

/* Without the times, which differ. */
#define TRACE(options) "ddtui -q --trace " options " | sed 's/[0-9.]*ms/T/g'"

static void test_trace(void **state)
{
    harness_t *harness = *state;
    client_open(harness, "other", "a", "cli2");
    shell_check(TRACE("cli2"), DONE,
        "1\tleaf\t/1/2/3/\tup to parent mid\tT\tT\n"
        "2\tmid\t/1/2/\tup to parent root\tT\tT\n"
        "3\troot\t/1/\tdown to broker other\tT\tT\n"
        "4\tother\t/1/5/\there: client a.cli2\tT\tT\n"
        "delivered\tcli2\tT\n",
        "");
    shell_check(TRACE("cli1 cli1"), DONE,
        "1\tleaf\t/1/2/3/\there: client a.cli1\tT\tT\ndelivered\tcli1\tT\n", "");
    shell_check("ddtui -q --trace cli2", DONE, NULL, "");
    struct json_object *lines = shell_objects(shell_run("ddtui -q --trace cli2 --json"));
    assert_int_equal(json_object_array_length(lines), 5);
    struct json_object *hop = json_object_array_get_idx(lines, 2), *step;
    shell_field(lines, 2, "hop", "3");
    shell_field(lines, 2, "broker", "root");
    shell_field(lines, 2, "decision", "down to broker other");
    assert_true(json_object_object_get_ex(hop, "step_us", &step));
    assert_true(json_object_get_int64(step) < (int64_t)HARNESS_DEADLINE * 1000);
    shell_field(lines, 4, "destination", "cli2");
    shell_field(lines, 4, "delivered", "true");
    json_object_put(lines);
}

static void test_trace_to_nobody(void **state)
{
    (void)state;
    shell_check("ddtui -q --trace nobody", NO_DESTINATION, NULL, "");
    shell_check(TRACE("nobody"), DONE,
        "1\tleaf\t/1/2/3/\tup to parent mid\tT\tT\n"
        "2\tmid\t/1/2/\tup to parent root\tT\tT\n"
        "3\troot\t/1/\trefused: no such destination\tT\tT\n"
        "undelivered\tnobody\tT\tno such destination\n",
        "");
    shell_check("ddtui -q --trace 'a b'", USAGE, "", "can't trace 'a b'");
    shell_check("ddtui -q $OPERATOR --trace x", REFUSED, "", "can't trace 'x'");
}

static void test_trace_across_a_cut(void **state)
{
    harness_t *harness = *state;
    client_t *client = client_open(harness, "leaf", "a", "below");
    client_open(harness, "other", "a", "cli2");
    client_reach(client, "cli2");
    program_kill(harness_broker(harness, "mid"));
    assert_true(shell_prints("ddtui -q --tree | grep -c 'leaf.*cut off'", "1\n"));
    shell_check("ddtui -q --trace cli2", FAILED, NULL, "");
    shell_check(TRACE("cli2"), DONE,
        "1\tleaf\t/1/2/3/\trefused: not known now: the broker has lost its parent, or has just "
        "started\tT\tT\n"
        "undelivered\tcli2\tT\tnot known now: the broker has lost its parent, or has just "
        "started\n",
        "");
    assert_true(
        shell_prints(TRACE("below -d $ROOT"), "1\troot\t/1/\trefused: no such destination\tT\tT\n"
                                              "undelivered\tbelow\tT\tno such destination\n"));
}

/* The broker, or the receiver, has stopped, and nobody knows yet. */
static void test_trace_that_is_lost(void **state)
{
    harness_t *harness = *state;
    program_t *mid = harness_broker(harness, "mid");
    program_signal(mid, SIGSTOP);
    program_t *trace = shell_run("ddtui -q --trace cli2 -t 1");
    program_signal(mid, SIGCONT);
    shell_end(trace, TIMEOUT);
    assert_non_null(strstr(program_stdout(trace), "1\tleaf\t/1/2/3/\tup to parent mid\t"));
    assert_non_null(
        strstr(program_stdout(trace), "\ttimed out: nothing was heard after broker leaf\n"));
    program_t *cli2 = shell_listen("ddtui -l cli2", 0);
    program_signal(cli2, SIGSTOP);
    trace = shell_run("ddtui -q --trace cli2 -t 1");
    program_signal(cli2, SIGCONT);
    shell_end(trace, TIMEOUT);
    assert_non_null(strstr(program_stdout(trace), "here: client a.cli2"));
    shell_stop(cli2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE(test_events),
        TREE(test_events_are_followed),
        TREE(test_topics),
        TREE(test_topics_that_are_not_told_apart_are_one_row),
        TREE(test_topics_have_rates_in_a_watch),
        TREE(test_watch),
        TREE(test_watch_outlives_its_broker),
        TREE(test_trace),
        TREE(test_trace_to_nobody),
        TREE(test_trace_across_a_cut),
        TREE(test_trace_that_is_lost),
    };
    return cmocka_run_group_tests_name("views", tests, NULL, NULL);
}
