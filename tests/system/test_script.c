/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_script - ddtui as scripts use it: every flag, format and exit status, against real brokers
 *
 * Commands are lines of shell, as a user writes them. DD_BROKER is the lowest of three brokers,
 * $ROOT the highest, and DD_KEYS the keys of tenant a; $DIR has all key files.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"
#include "shell.h"

static harness_t *harness;
static program_t *leaf;

static int start_all(void **state)
{
    (void)state;
    harness = harness_new("a,b");
    broker_start(harness, "root", NULL, "/1/", NULL);
    broker_start(harness, "mid", "root", "/1/2/", NULL);
    leaf = broker_start(harness, "leaf", "mid", "/1/2/3/", NULL);
    shell_open(harness, "leaf", "a");
    setenv("ROOT", harness_endpoint(harness, "root"), 1);
    assert_true(shell_prints("ddtui -q --tree | grep -c ok", "3\n"));
    return 0;
}

static int stop_all(void **state)
{
    (void)state;
    harness_destroy(&harness);
    return 0;
}

/* ---- Notifications ------------------------------------------------------------------------ */

static void test_notify(void **state)
{
    (void)state;
    program_t *cli2 = shell_listen("ddtui -l -d $ROOT cli2 a", 0);
    shell_check("ddtui -n cli2 -m hello cli1", DONE, "", "registered as a.cli1 at leaf /1/2/3/\n");
    assert_true(program_expect(cli2, "notify\tcli1\thello\n", HARNESS_DEADLINE));
    shell_check("ddtui --notify=cli2 --message=again --wait cli1", DONE, "", "delivered\tcli2\n");
    assert_true(program_expect(cli2, "notify\tcli1\tagain\n", HARNESS_DEADLINE));
    shell_check("DD_NAME=me ddtui -q -n cli2 -m '' -w", DONE, "", "");
    assert_true(program_expect(cli2, "notify\tme\t\n", HARNESS_DEADLINE));
    shell_stop(cli2);
}

static void test_text_from_standard_input(void **state)
{
    (void)state;
    program_t *cli2 = shell_listen("ddtui -l cli2", 0);
    shell_check("printf 'one\\ntwo' | ddtui -n cli2 -w cli1", DONE, "", "delivered");
    assert_true(program_expect(cli2, "notify\tcli1\tone\\x0atwo\n", HARNESS_DEADLINE));
    shell_check("printf 'å\\\\\\377\\0\\033' | ddtui -n cli2 -m - -w cli1", DONE, "", "delivered");
    assert_true(program_expect(cli2, "notify\tcli1\tå\\\\\\xff\\x00\\x1b\n", HARNESS_DEADLINE));
    shell_check("ddtui -n cli2 -w cli1 </dev/null", DONE, "", "delivered");
    assert_true(program_expect(cli2, "notify\tcli1\t\n", HARNESS_DEADLINE));
    shell_check("ddtui -n cli2 </", FAILED, "", "can't read standard input");
    shell_stop(cli2);
}

static void test_largest_message(void **state)
{
    (void)state;
    program_t *cli2 = shell_listen("ddtui -l cli2", 0);
    shell_check("head -c 900000 /dev/zero | ddtui -n cli2 -w cli1", DONE, "", "delivered");
    shell_check("head -c 1100000 /dev/zero | ddtui -n cli2 -w cli1", FAILED, "",
        "the message has 1100000 bytes; this broker carries ");
    shell_check(
        "head -c 1100000 /dev/zero | ddtui -p topic", FAILED, "", "the message has 1100000 bytes");
    shell_check("head -c 17000000 /dev/zero | ddtui -n cli2", FAILED, "",
        "standard input is longer than 16777216 bytes");
    shell_stop(cli2);
}

/* A receiver that stands still takes what the connection takes, and says nothing of it. */
static void test_receiver_that_does_not_read(void **state)
{
    (void)state;
    program_t *cli2 = shell_listen("ddtui -l cli2", 0);
    program_signal(cli2, SIGSTOP);
    shell_check("ddtui -n cli2 -m hi -w -t 2", TIMEOUT, "",
        "no receipt from cli2 within 2 s: it may or may not have arrived");
    shell_check("ddtui -n cli2 -m hi -t 2", TIMEOUT, "",
        "no word from cli2 within 2 s: it may or may not have arrived");
    program_signal(cli2, SIGCONT);
    shell_check("ddtui -n cli2 -m hi", DONE, "", "");
    shell_stop(cli2);
}

static void test_public(void **state)
{
    (void)state;
    program_t *cli2 = shell_listen("ddtui -l -s news -k $DIR/public-keys.json x.y", 1);
    shell_check("ddtui -n public.x.y -m hi -w cli1", DONE, "", "delivered\tpublic.x.y\n");
    assert_true(program_expect(cli2, "notify\ta.cli1\thi\n", HARNESS_DEADLINE));
    shell_check("ddtui -p public.news -m new cli1", DONE, "", "");
    assert_true(program_expect(cli2, "pub\ta.cli1\tnews\tnew\n", HARNESS_DEADLINE));
    shell_check("ddtui -k $DIR/public-keys.json -p news -m own x.z public", DONE, "", "public.x.z");
    assert_true(program_expect(cli2, "pub\tx.z\tnews\town\n", HARNESS_DEADLINE));
    shell_stop(cli2);
}

/* ---- Publications ------------------------------------------------------------------------- */

static void test_subscribe(void **state)
{
    (void)state;
    program_t *wide = shell_listen("ddtui -s alarms -s news@noscope sub1", 2);
    program_t *narrow = shell_listen("ddtui -s alarms@node -s alarms@/1/2/ sub2", 2);
    assert_true(program_said(wide, "subscribed\talarms\t/\n"));
    assert_true(program_said(wide, "subscribed\tnews\tnoscope\n"));
    assert_true(program_said(narrow, "subscribed\talarms\t/1/2/3/\n"));
    shell_check("ddtui -p alarms -m near cli1", DONE, "", "");
    shell_check("ddtui -d $ROOT -p alarms -m far cli1", DONE, "", "");
    shell_check("ddtui -d $ROOT -p newsletter -m more cli1", DONE, "", "");
    shell_check("ddtui -p alarms -m last cli1", DONE, "", "");
    assert_true(program_expect(wide, "pub\tcli1\talarms\tnear\n", HARNESS_DEADLINE));
    assert_true(program_expect(wide, "pub\tcli1\talarms\tfar\n", HARNESS_DEADLINE));
    assert_true(program_expect(wide, "pub\tcli1\tnewsletter\tmore\n", HARNESS_DEADLINE));
    assert_true(program_expect(narrow, "last\n", HARNESS_DEADLINE));
    assert_string_equal(
        program_stdout(narrow), "pub\tcli1\talarms\tnear\npub\tcli1\talarms\tlast\n");
    shell_stop(wide);
    shell_stop(narrow);
}

static void test_own_publication_comes_back(void **state)
{
    (void)state;
    shell_check(
        "ddtui -s echo -p echo -m hi -c 1 cli1", DONE, "pub\tcli1\techo\thi\n", "subscribed");
    shell_check("ddtui -l -n cli1 -m hi -c 1 cli1", DONE, "notify\tcli1\thi\n", "registered");
}

static void test_count(void **state)
{
    (void)state;
    program_t *sub = shell_listen("ddtui -s t -l -c 2 sub", 1);
    shell_check("ddtui -p t -m 1 cli1", DONE, "", "");
    shell_check("ddtui -n sub -m 2 cli1", DONE, "", "");
    shell_end(sub, DONE);
    assert_string_equal(program_stdout(sub), "pub\tcli1\tt\t1\nnotify\tcli1\t2\n");
    shell_check("ddtui -s t -c 1 -t 1.5", TIMEOUT, "", "0 of 1 messages within 1.5 s");
    shell_check("ddtui -l -t 1.5", DONE, "", "registered");
}

static void test_notifications_need_listen(void **state)
{
    (void)state;
    program_t *sub = shell_listen("ddtui -s t -c 1 sub", 1);
    shell_check("ddtui -n sub -m unseen -w", DONE, "", "delivered");
    shell_check("ddtui -p t -m seen cli1", DONE, "", "");
    shell_end(sub, DONE);
    assert_string_equal(program_stdout(sub), "pub\tcli1\tt\tseen\n");
}

/* ---- JSON --------------------------------------------------------------------------------- */

static void test_json_messages(void **state)
{
    (void)state;
    program_t *sub = shell_listen("ddtui --json -l -s t -c 4 sub", 1);
    shell_check("ddtui -n sub -m 'quote \" and å' -w cli1", DONE, "", "");
    shell_check("printf '\\377\\0' | ddtui -n sub -w cli1", DONE, "", "");
    shell_check("printf 'nul\\0' | ddtui -p t cli1", DONE, "", "");
    shell_check("printf '\\300' | ddtui -d $ROOT -p t cli1", DONE, "", "");
    shell_end(sub, DONE);
    static const char *const FIELDS[][2] = {
        {"text", "quote \" and å"}, {"data64", "/wA="}, {"text", "nul"}, {"data64", "wA=="}};
    struct json_object *lines = shell_objects(sub);
    assert_int_equal(json_object_array_length(lines), COUNT(FIELDS));
    for (size_t i = 0; i < COUNT(FIELDS); i++) {
        shell_field(lines, i, "type", i < 2 ? "notification" : "publication");
        shell_field(lines, i, "source", "cli1");
        shell_field(lines, i, FIELDS[i][0], FIELDS[i][1]);
    }
    struct json_object *text;
    json_object_object_get_ex(json_object_array_get_idx(lines, 2), "text", &text);
    assert_int_equal(json_object_get_string_len(text), 4);
    shell_field(lines, 2, "topic", "t");
    shell_field(lines, 2, "scope", "/1/2/3/");
    shell_field(lines, 3, "scope", "/1/");
    json_object_put(lines);
}

/* ---- Views -------------------------------------------------------------------------------- */

static void test_tree(void **state)
{
    (void)state;
    shell_check("ddtui -q --tree | cut -f 1-3", DONE,
        "root\t/1/\tok\n  mid\t/1/2/\tok\n    leaf\t/1/2/3/\tok\n", "");
    shell_check("ddtui -q -k $DIR/operator-keys.json -d $ROOT --tree | wc -l", DONE, "3\n", "");
    program_t *program = shell_run("ddtui -q --tree --json cli1");
    struct json_object *lines = shell_objects(program);
    assert_int_equal(json_object_array_length(lines), 3);
    struct json_object *parent;
    shell_field(lines, 1, "broker", "mid");
    shell_field(lines, 1, "version", DD_VERSION);
    json_object_object_get_ex(json_object_array_get_idx(lines, 2), "parent", &parent);
    shell_field(lines, 1, "id", json_object_get_string(parent));
    json_object_put(lines);
}

/* What every other client on the tree makes no difference to: the lines of these tests' clients. */
static void test_clients_and_subscriptions(void **state)
{
    (void)state;
    program_t *ours = shell_listen("ddtui -d $ROOT -s x@region -s y view1", 2);
    program_t *theirs = shell_listen("ddtui -k $DIR/b-keys.json -s z view2", 1);
    shell_check(
        "ddtui -q --clients | grep view | cut -f 1-4,7", DONE, "a\tview1\troot\t/1/\t2\n", "");
    shell_check("ddtui -q --subscriptions | grep view", DONE,
        "a\tview1\tx\t/*/\t/1/\troot\na\tview1\ty\t/\t/\troot\n", "");
    shell_check("ddtui -q -k $DIR/operator-keys.json --clients | grep view | cut -f 1-4", DONE,
        "a\tview1\troot\t/1/\nb\tview2\tleaf\t/1/2/3/\n", "");
    shell_check("ddtui -q -k $DIR/operator-keys.json --subscriptions | grep view2", DONE,
        "b\tview2\tz\t/\t/\tleaf\n", "");
    shell_stop(ours);
    program_t *program = shell_run("ddtui -q -k $DIR/operator-keys.json --subscriptions --json");
    struct json_object *lines = shell_objects(program);
    assert_int_equal(json_object_array_length(lines), 1);
    shell_field(lines, 0, "client", "view2");
    json_object_put(lines);
    shell_stop(theirs);
}

static void test_broker_that_does_not_answer(void **state)
{
    (void)state;
    program_signal(leaf, SIGSTOP);
    program_t *program = shell_run("ddtui -d $ROOT --tree -t 1");
    program_signal(leaf, SIGCONT);
    shell_end(program, TIMEOUT);
    assert_non_null(strstr(program_stderr(program), "1 broker did not answer within 1 s\n"));
    assert_non_null(strstr(program_stdout(program), "root\t/1/\tok\t"));
    assert_non_null(strstr(program_stdout(program), "\n  mid\t/1/2/\tok\t"));
    assert_null(strstr(program_stdout(program), "leaf"));
}

/* ---- What goes wrong ---------------------------------------------------------------------- */

static void test_command_lines(void **state)
{
    (void)state;
    shell_check("ddtui </dev/null", FAILED, "", "needs a terminal");
    shell_check("ddtui -n a -n b -m hi", USAGE, "", "--notify is given twice");
    shell_check("ddtui -p a -p b -m hi", USAGE, "", "--publish is given twice");
    shell_check("ddtui -n a -m hi -m you", USAGE, "", "--message is given twice");
    shell_check("ddtui --what", USAGE, "", "--what");
    shell_check("ddtui --tree -l", USAGE, "", "stand alone");
    shell_check("DD_KEYS= ddtui -l", USAGE, "", "no key file");
    shell_check("ddtui -l 'a name'", USAGE, "", "name");
    shell_check("ddtui -d nonsense -l", USAGE, "", "nonsense");
    shell_check("ddtui -n 'a b' -m x", USAGE, "", "can't notify 'a b'");
    shell_check("ddtui -p 'a b' -m x", USAGE, "", "can't publish on 'a b'");
    shell_check("ddtui -s x@/1/2/3/4/*/ -t 60", USAGE, "", "scope"); /* deeper than the broker */
    shell_check("ddtui --version", DONE, "ddtui " DD_VERSION "\n", "");
    shell_check("ddtui --help | head -n 1", DONE, "usage: ddtui [OPTION]... [NAME [TENANT]]\n", "");
    shell_check("ddtui --help >/dev/full", FAILED, "", "");
}

static void test_nobody_there(void **state)
{
    (void)state;
    static const char *const LINES[] = {
        "ddtui -n nobody -m hi",
        "ddtui -n nobody -m hi -w",
        "ddtui -d $ROOT -n nobody -m hi",
        "ddtui -n public.nobody -m hi -w",
        "ddtui -s t -n nobody -m hi",
    };
    for (size_t i = 0; i < COUNT(LINES); i++)
        shell_check(LINES[i], NO_DESTINATION, "", "nobody\n");
}

static void test_refused(void **state)
{
    (void)state;
    shell_check("ddtui -l cli1 b", REFUSED, "", "tenant a");
    program_t *first = shell_listen("ddtui -l twin", 0);
    shell_check(
        "ddtui -d $ROOT -n twin -m hi -w", DONE, "", ""); /* by now the root knows the first */
    shell_check("ddtui -d $ROOT -n twin -m hi twin", REFUSED, "", "twin");
    shell_stop(first);
    shell_check(
        "ddtui -k $DIR/operator-keys.json -n cli1 -m hi", REFUSED, "", "can't notify 'cli1'");
}

/* A handshake that is cut says nothing of keys for sure: the broker may be stopping. */
static void test_a_broker_with_another_key(void **state)
{
    (void)state;
    shell_check("mkdir $DIR/other && ddkeys -t a -d $DIR/other >&2 &&"
                " ddtui -k $DIR/other/a-keys.json -n cli1 -m hi --timeout 1",
        TIMEOUT, "", "it has another broker key than this key file says");
}

static void test_nobody_answers(void **state)
{
    (void)state;
    shell_check(
        "ddtui -d ipc://$DIR/nothing -n x -m hi -t 0.3", TIMEOUT, "", "no answer from ipc:///");
    shell_check("ddtui -d ipc://$DIR/nothing -l -t 0.3", TIMEOUT, "", "within 0.3 s");
    shell_check("ddtui -q -d ipc://$DIR/nothing -p t -m hi", TIMEOUT, "", "within 5 s: ");
}

static void test_files(void **state)
{
    (void)state;
    shell_check("ddtui -k $DIR/nothing.json -l", FAILED, "", "nothing.json");
    shell_check("DD_KEYS= ddtui -l cli1 nobodys", FAILED, "", "/nobodys-keys.json");
    shell_check("ddtui -k /dev/null -l", FAILED, "", "/dev/null");
    shell_check("ddtui --tree >/dev/full", FAILED, NULL, "can't write the output");
    shell_check("ddtui --tree >&-", FAILED, "", "standard output is closed");
    shell_check("ddtui -l -t 1 >&-", FAILED, "", "standard output is closed");
    shell_check("ddtui --check >&-", 3, "", "standard output is closed");
    shell_check("ddtui -n cli1 -m hi cli1 >&-", DONE, "", "registered");
}

/* Sends to a client that stands still, until its broker has no more room for it. */
static void fill_up(const char *broker, const char *name)
{
    static const uint8_t PAYLOAD[900000];
    dd_event_t *event = NULL;
    client_t *filler = client_open(harness, broker, "a", "filler");
    while (!event) {
        assert_int_equal(
            dd_client_notify(client_handle(filler), name, PAYLOAD, sizeof PAYLOAD, 0, NULL), DD_OK);
        client_tell(filler, "filler", "the broker has seen it");
        client_expect(filler, "filler", "the broker has seen it");
        event = client_take(filler, EVENT(DD_EVENT_ERROR), 0);
    }
    assert_int_equal(event->error, DD_E_OVERLOADED);
    dd_event_destroy(&event);
}

static void test_limits(void **state)
{
    (void)state;
    program_t *broker = broker_start(harness, "small", NULL, "/9/", "--subscriptions-max", "1",
        "--client-outbox", "1100k", NULL);
    setenv("SMALL", harness_endpoint(harness, "small"), 1);
    shell_check("ddtui -d $SMALL -s x -s y", OVERLOADED, "", "limit");
    program_t *stopped = shell_listen("ddtui -d $SMALL -l stopped", 0);
    program_signal(stopped, SIGSTOP);
    fill_up("small", "stopped");
    shell_check(
        "head -c 900000 /dev/zero | ddtui -q -d $SMALL -n stopped", OVERLOADED, "", "stopped");
    program_signal(stopped, SIGCONT);
    shell_stop(stopped);
    program_kill(broker);
}

/* ---- Ends --------------------------------------------------------------------------------- */

static void test_signals(void **state)
{
    (void)state;
    static const int SIGNALS[] = {SIGTERM, SIGINT};
    for (size_t i = 0; i < COUNT(SIGNALS); i++) {
        program_t *program = shell_listen("ddtui -l", 0);
        program_signal(program, SIGNALS[i]);
        shell_end(program, DONE);
    }
    program_t *program = shell_listen("ddtui -l -c 1", 0);
    program_signal(program, SIGTERM);
    shell_end(program, FAILED);
    assert_true(program_said(program, "interrupted"));
}

/* As of a service. */
static void test_reads_its_keys_again_without_a_terminal(void **state)
{
    (void)state;
    harness_leave_terminal();
    shell_check("cp $DIR/a-keys.json $DIR/copy.json", DONE, "", "");
    program_t *program = shell_listen("ddtui -l -k $DIR/copy.json listener", 0);
    harness_reload(program, "keys reloaded");
    shell_check("cp $DIR/b-keys.json $DIR/copy.json", DONE, "", "");
    harness_reload(program, "the keys in use stay: ");
    shell_check("ddtui -n listener -m 'still there' -w", DONE, "", "");
    assert_true(program_expect(program, "still there", HARNESS_DEADLINE));
    shell_stop(program);
}

/* Whoever reads the output goes away: the end comes with no further message. */
static void test_closed_pipe(void **state)
{
    (void)state;
    program_t *program = program_spawn(
        harness, "/bin/sh", "-c", "{ ddtui -l sub; echo status $? >&2; } | head -n 1", NULL);
    assert_true(program_expect(program, "registered as ", HARNESS_DEADLINE));
    shell_check("ddtui -n sub -m first -w cli1", DONE, "", "");
    shell_end(program, DONE);
    assert_string_equal(program_stdout(program), "notify\tcli1\tfirst\n");
    assert_true(program_said(program, "status 0\n"));
    shell_check("ddtui --tree | true", DONE, "", "");
    shell_check("{ ddtui -n nobody -m hi; echo status $? >&2; } | true", DONE, "", "status 3");
}

/* A reader that stands still holds up the output, not the end. */
static void test_blocked_output(void **state)
{
    (void)state;
    program_t *slow = program_spawn(harness, "/bin/sh", "-c",
        "mkfifo $DIR/pipe && exec 8<>$DIR/pipe && exec ddtui -l slow >&8", NULL);
    assert_true(program_expect(slow, "registered as ", HARNESS_DEADLINE));
    shell_check("head -c 500000 /dev/zero | ddtui -n slow -w", DONE, "", "delivered");
    shell_check("ddtui -n slow -m hi -w -t 1", TIMEOUT, "", "no receipt");
    shell_stop(slow);
}

static void test_quiet(void **state)
{
    (void)state;
    program_t *program = shell_run("ddtui -q -s t -t 1.5");
    shell_end(program, DONE);
    assert_string_equal(program_stderr(program), "");
    program = shell_run("ddtui -q -n nobody -m hi");
    shell_end(program, NO_DESTINATION);
    assert_string_equal(program_stderr(program), "ddtui: no such destination: nobody\n");
}

static void test_lost_connection(void **state)
{
    (void)state;
    program_t *broker = broker_start(harness, "single", NULL, "/7/", NULL);
    setenv("SINGLE", harness_endpoint(harness, "single"), 1);
    program_t *sub = shell_listen("ddtui -d $SINGLE -l -s t sub", 1);
    program_kill(broker);
    assert_true(program_expect(sub, "connection lost: ", HARNESS_DEADLINE));
    broker = broker_start(harness, "single", NULL, "/7/", NULL);
    assert_true(program_expect(sub, "registered as a.sub at single", HARNESS_DEADLINE));
    assert_true(program_expect(sub, "subscribed\tt\t/\n", HARNESS_DEADLINE));
    shell_check("ddtui -d $SINGLE -p t -m back cli1", DONE, "", "");
    assert_true(program_expect(sub, "pub\tcli1\tt\tback\n", HARNESS_DEADLINE));

    program_kill(broker);
    assert_true(program_expect(sub, "connection lost: ", HARNESS_DEADLINE));
    shell_stop(sub);
}

/* The broker ends with a notification that it has, and nobody knows whether it went on. */
static void test_what_nobody_knows(void **state)
{
    (void)state;
    static const char *const WAYS[] = {"", "-w"};
    for (size_t i = 0; i < COUNT(WAYS); i++) {
        char line[200];
        program_t *broker = broker_start(harness, "mortal", NULL, "/8/", NULL);
        setenv("MORTAL", harness_endpoint(harness, "mortal"), 1);
        program_t *sub = shell_listen("ddtui -d $MORTAL -l sub", 0);
        program_signal(sub, SIGSTOP);
        snprintf(line, sizeof line, "ddtui -d $MORTAL -n sub -m hi -t 60 %s cli1", WAYS[i]);
        program_t *waits = shell_listen(line, 0);
        /* The question for its name, and this. */
        assert_true(shell_prints("ddtui -q -d $MORTAL --clients --json look | "
                                 "grep '\"name\":\"cli1\"' | grep -c '\"in\":2,'",
            "1\n"));
        program_kill(broker);
        shell_end(waits, IN_DOUBT);
        assert_true(program_said(waits, "ddtui: it may or may not have arrived: sub\n"));
        program_signal(sub, SIGCONT);
        shell_stop(sub);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_notify),
        cmocka_unit_test(test_text_from_standard_input),
        cmocka_unit_test(test_largest_message),
        cmocka_unit_test(test_receiver_that_does_not_read),
        cmocka_unit_test(test_public),
        cmocka_unit_test(test_subscribe),
        cmocka_unit_test(test_own_publication_comes_back),
        cmocka_unit_test(test_count),
        cmocka_unit_test(test_notifications_need_listen),
        cmocka_unit_test(test_json_messages),
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_clients_and_subscriptions),
        cmocka_unit_test(test_broker_that_does_not_answer),
        cmocka_unit_test(test_command_lines),
        cmocka_unit_test(test_nobody_there),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_a_broker_with_another_key),
        cmocka_unit_test(test_nobody_answers),
        cmocka_unit_test(test_files),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_signals),
        cmocka_unit_test(test_reads_its_keys_again_without_a_terminal),
        cmocka_unit_test(test_closed_pipe),
        cmocka_unit_test(test_blocked_output),
        cmocka_unit_test(test_quiet),
        cmocka_unit_test(test_lost_connection),
        cmocka_unit_test(test_what_nobody_knows),
    };
    return cmocka_run_group_tests_name("script", tests, start_all, stop_all);
}
