/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_truth - in floods and outages the console says what it knows, and no more
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/system/scene.h"
#include "tests/system/terminal.h"

static const int SIZES[][2] = {{24, 80}, {50, 200}};

static void subscribe(terminal_t *terminal, const char *topic)
{
    terminal_press(terminal, "s");
    terminal_type(terminal, topic);
    terminal_press(terminal, "Enter Enter");
}

/* ---- Messages ------------------------------------------------------------------------------- */

enum { WORDS = 20, NOISE = 2000 };

static void test_notifications_come_through_a_flood(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    client_t *client = client_open(harness, "root", "a", "cli2");
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal =
            terminal_console_at(harness, SIZES[size][0], SIZES[size][1], "root", "a");
        subscribe(terminal, "noisy");
        terminal_expect(terminal, "subscribed to noisy within /");
        terminal_press(terminal, "4 /");
        terminal_type(terminal, "a word");
        terminal_press(terminal, "Enter");
        client_flood(client, "con", WORDS, NOISE);
        terminal_expect(terminal, "20 of ");
        terminal_expect(terminal, "with \"a word\"");
        terminal_press(terminal, "Home");
        terminal_expect(terminal, "notify cli2");
        terminal_close(&terminal);
    }
}

static void test_outcomes_and_what_one_has(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal =
            terminal_console_at(harness, SIZES[size][0], SIZES[size][1], "root", "a");
        subscribe(terminal, "alarms");
        terminal_expect(terminal, "subscribed to alarms within /");
        subscribe(terminal, "alarms");
        terminal_expect(terminal, "already subscribed to alarms within /");
        terminal_press(terminal, "n");
        terminal_type(terminal, "nobody");
        terminal_press(terminal, "Tab x Enter");
        terminal_expect(terminal, "not delivered to nobody: no such destination");
        terminal_press(terminal, "5");
        terminal_expect(terminal, "error   this console");
        terminal_close(&terminal);
    }
}

/* Keys that are meant for an open message don't end the console. */
static void test_an_open_message_is_closed(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    client_t *client = client_open(harness, "root", "a", "cli2");
    terminal_t *terminal = terminal_console_at(harness, 24, 80, "root", "a");
    assert_int_equal(client_send(client, "con", "a word"), DD_OK);
    terminal_press(terminal, "4 Enter");
    terminal_expect(terminal, "Messages: details");
    terminal_press(terminal, "q");
    terminal_expect_gone(terminal, "details");
    terminal_expect(terminal, "4 Messages");
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "Messages: details");
    terminal_press(terminal, "C-c");
    terminal_expect_gone(terminal, "details");
    terminal_press(terminal, "q");
    terminal_expect(terminal, "ended with 0");
    terminal_close(&terminal);
}

/* ---- Brokers -------------------------------------------------------------------------------- */

static void test_one_that_hangs(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    client_open(harness, "leaf", "a", "cli2");
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal =
            terminal_console_at(harness, SIZES[size][0], SIZES[size][1], "root", "a");
        terminal_press(terminal, "2");
        terminal_expect(terminal, "│cli2");
        program_signal(harness_broker(harness, "mid"), SIGSTOP);
        terminal_expect(terminal, "unknown ");
        terminal_expect_not(terminal, "left ");
        terminal_press(terminal, "1");
        terminal_expect(terminal, "GONE 1");
        terminal_expect(terminal, "behind mid");
        terminal_expect(terminal, "/1/5/"); /* the others are well */
        terminal_expect(terminal, "ok ");
        terminal_expect_not(terminal, "as it was");
        program_signal(harness_broker(harness, "mid"), SIGCONT);
        terminal_expect_gone(terminal, "GONE");
        terminal_expect_gone(terminal, "behind");
        terminal_press(terminal, "2");
        terminal_expect_gone(terminal, "unknown");
        terminal_expect(terminal, "│cli2");
        terminal_close(&terminal);
    }
}

static void test_the_own_one_is_lost(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal =
            terminal_console_at(harness, SIZES[size][0], SIZES[size][1], "other", "operator");
        terminal_expect(terminal, "/1/2/3/");
        program_kill(harness_broker(harness, "other"));
        terminal_expect(terminal, "as it was 1");
        terminal_expect(terminal, "unknown 1");
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, "stopped");
        terminal_press(terminal, "Escape");
        terminal_expect_gone(terminal, "details");
        terminal_expect_not(terminal, "GONE");
        terminal_expect_not(terminal, "stale");
        terminal_expect_not(terminal, " ok ");
        terminal_press(terminal, "5");
        terminal_expect(terminal, "connection lost");
        terminal_expect_not(terminal, "Events  0");
        scene_broker(harness, "other", "root", "/1/5/");
        terminal_press(terminal, "1");
        terminal_expect_gone(terminal, "as it was");
        terminal_expect_gone(terminal, "unknown");
        terminal_close(&terminal);
    }
}

/* How an outage went stands among the events when it is over; and one that left in order hasn't
   vanished. */
static void test_events_of_an_outage(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    terminal_t *terminal = terminal_console_at(harness, 24, 80, "root", "operator");
    terminal_press(terminal, "5 /");
    terminal_type(terminal, "leaf ");
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "joined parent mid as /1/2/3/");
    program_signal(harness_broker(harness, "leaf"), SIGTERM);
    terminal_expect(terminal, "broker leaf ended");
    terminal_expect(terminal, "joined parent mid as /1/2/3/");
    terminal_press(terminal, "1");
    terminal_expect(terminal, "drained");
    program_kill(harness_broker(harness, "twin"));
    program_kill(harness_broker(harness, "root"));
    terminal_expect(terminal, "as it was ");
    broker_start(harness, "root", NULL, "/1/", NULL);
    terminal_expect_gone(terminal, "as it was");
    terminal_press(terminal, "5 Escape l /");
    terminal_type(terminal, "twin");
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "broker twin is gone");
    terminal_expect(terminal, "joined parent mid as /1/2/4/"); /* twin's own word */
    terminal_press(terminal, "Escape l");
    terminal_expect(terminal, "Warnings and errors");
    terminal_expect(terminal, "connection lost");
    terminal_expect(terminal, "parent root is gone"); /* mid's, which it kept */
    terminal_expect_not(terminal, "joined parent");
    terminal_close(&terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(test_notifications_come_through_a_flood),
        SCENE(test_outcomes_and_what_one_has),
        SCENE(test_an_open_message_is_closed),
        SCENE(test_one_that_hangs),
        SCENE(test_the_own_one_is_lost),
        SCENE(test_events_of_an_outage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
