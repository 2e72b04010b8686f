/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_trouble - trouble is counted, found, named and explained, on small screens and large ones
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/system/scene.h"
#include "tests/system/terminal.h"

static const int SIZES[][2] = {{24, 80}, {50, 200}};

static void filter(terminal_t *terminal, const char *text)
{
    terminal_press(terminal, "Escape /");
    terminal_expect(terminal, "Filter:");
    terminal_type(terminal, text);
    terminal_press(terminal, "Enter");
    terminal_expect_gone(terminal, "Filter:");
}

/* ---- What is gone --------------------------------------------------------------------------- */

static void expect_on_every_screen(terminal_t *terminal, const char *text)
{
    for (char key = '1'; key <= '7'; key++) {
        terminal_press(terminal, (char[]){key, '\0'});
        terminal_expect(terminal, text);
    }
    terminal_press(terminal, "1");
}

static void filter_what_is_gone(terminal_t *terminal)
{
    static const char *const FILTERS[] = {
        "gone", "state:gone", "/gone [0-9]+s/", "!state:ok", "GONE scope:/1/", "!mid !root !leaf"};
    for (size_t i = 0; i < COUNT(FILTERS); i++) {
        filter(terminal, FILTERS[i]);
        terminal_expect(terminal, "Tree  2 of 5 with");
        terminal_expect(terminal, "other ");
        terminal_expect(terminal, "twin ");
        terminal_expect_not(terminal, "▾ root");
    }
    filter(terminal, "broker:other state:gone");
    terminal_expect(terminal, "Tree  1 of 5 with");
    terminal_press(terminal, "Escape /");
    terminal_type(terminal, "/gone(/");
    terminal_press(terminal, "Enter"); /* which doesn't take it */
    terminal_expect(terminal, "Unmatched (");
    terminal_expect(terminal, "Filter:");
    terminal_press(terminal, "Escape");
    terminal_expect(terminal, "Tree  5");
}

static void go_through_trouble(terminal_t *terminal)
{
    static const char *const BROKERS[] = {"broker        twin", "broker        other"};
    terminal_press(terminal, "7");
    for (size_t i = 0; i < COUNT(BROKERS); i++) {
        terminal_press(terminal, "! Enter");
        terminal_expect(terminal, "Tree: details");
        terminal_expect(terminal, BROKERS[i]);
        terminal_press(terminal, "Escape");
        terminal_expect_gone(terminal, "details");
    }
}

static void test_what_is_gone_is_counted_and_found(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal =
            terminal_console_at(harness, SIZES[size][0], SIZES[size][1], "root", "operator");
        terminal_expect(terminal, "Tree  5");
        terminal_expect_not(terminal, "2 gone");
        terminal_press(terminal, "!");
        terminal_expect(terminal, "nothing that is shown here is in trouble");
        program_kill(harness_broker(harness, "other"));
        program_kill(harness_broker(harness, "twin"));
        terminal_expect(terminal, "! 2 gone"); /* with the key that leads there */
        expect_on_every_screen(terminal, "2 gone");
        filter_what_is_gone(terminal);
        go_through_trouble(terminal);
        scene_broker(harness, "other", "root", "/1/5/");
        scene_broker(harness, "twin", "mid", "/1/2/4/");
        terminal_expect_gone(terminal, "2 gone");
        terminal_close(&terminal);
    }
}

static void test_the_prompt_says_what_can_be_asked(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal =
            terminal_console_at(harness, SIZES[size][0], SIZES[size][1], "root", "a");
        terminal_press(terminal, "/");
        terminal_expect(terminal, "state:gone broker:east /regex/ !not");
        terminal_press(terminal, "Escape 2 /");
        terminal_expect(terminal, "tenant:a broker:east state:left /regex/ !not");
        terminal_type(terminal, "/(/");
        terminal_expect(terminal, "Unmatched ( or \\(");
        terminal_close(&terminal);
    }
}

/* ---- Losses --------------------------------------------------------------------------------- */

#define LARGE 200000

/* More than the slow one, which takes nothing, has room for. */
static void publish_much(client_t *client)
{
    static char text[LARGE];
    for (int i = 0; i < 60; i++)
        while (dd_client_publish(client_handle(client), "news", text, sizeof text) != DD_OK)
            dd_client_drain(client_handle(client), 0, 100);
}

typedef struct {
    terminal_t *terminal;
    client_t *client;
    const char *shown;
} dropping_t;

static bool is_shown_dropping(void *arg)
{
    dropping_t *self = arg;
    publish_much(self->client);
    return strstr(terminal_screen(self->terminal), self->shown) != NULL;
}

static void drop_until(terminal_t *terminal, client_t *client, const char *shown)
{
    dropping_t dropping = {terminal, client, shown};
    if (!wait_until(is_shown_dropping, &dropping, HARNESS_DEADLINE))
        fail_msg("doesn't show \"%s\":\n%s", shown, terminal_screen(terminal));
}

/* Which broker, for whom, and among the events since when. */
static void test_who_loses_messages(void **state)
{
    harness_t *harness = *state;
    static const int WIDTHS[] = {80, 120, 140, 200};
    broker_start(harness, "root", NULL, "/1/", "--client-outbox", "1100k", NULL);
    client_subscribe(client_open(harness, "root", "a", "slow"), "news", "all");
    client_t *client = client_open(harness, "root", "a", "loud");
    for (size_t i = 0; i < COUNT(WIDTHS); i++) {
        terminal_t *terminal = terminal_console_at(harness, 24, WIDTHS[i], "root", "operator");
        terminal_expect(terminal, "DROPPED");
        drop_until(terminal, client, "DROPPING");
        terminal_expect(terminal, "1 dropping");
        filter(terminal, "state:drop");
        terminal_expect(terminal, "Tree  1 of 1");
        terminal_press(terminal, "Escape !"); /* the broker is selected already */
        terminal_expect(terminal, "a.slow");
        terminal_expect(terminal, "DROPPED");
        drop_until(terminal, client, "DROPPING");
        terminal_press(
            terminal, "End Enter"); /* "!" may have come between two times that it lost */
        terminal_expect(terminal, "name          slow");
        terminal_press(terminal, "Escape 5 /");
        terminal_type(terminal, "level:warning want of room");
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, "client a.slow lost");
        terminal_close(&terminal);
    }
}

/* To a console that was opened when the client was gone, and nobody else loses anything. */
static void test_who_has_lost_messages_before(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", "--client-outbox", "1100k", NULL);
    client_t *slow = client_open(harness, "root", "a", "slow");
    client_subscribe(slow, "news", "all");
    terminal_t *terminal = terminal_console_at(harness, 24, 80, "root", "operator");
    drop_until(terminal, client_open(harness, "root", "a", "loud"), "DROPPING");
    client_close(&slow);
    terminal_close(&terminal);
    for (size_t i = 0; i < COUNT(SIZES); i++) {
        terminal = terminal_console_at(harness, SIZES[i][0], SIZES[i][1], "root", "operator");
        terminal_expect(terminal, "Tree  1");
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, "Lost by its clients");
        terminal_expect(terminal, "a.slow lost ");
        terminal_expect(terminal, " since ");
        terminal_expect(terminal, "there any more");
        terminal_press(terminal, "Escape 3 T");
        terminal_expect(terminal, "news");
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, " since ");
        terminal_close(&terminal);
    }
}

/* ---- Columns -------------------------------------------------------------------------------- */

static void test_what_is_ordered_by_is_shown(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal =
            terminal_console_at(harness, SIZES[size][0], SIZES[size][1], "root", "a");
        terminal_expect(terminal, "Tree  5");
        terminal_press(terminal, "o");
        terminal_expect(terminal, "Order by");
        terminal_expect(terminal, "REFUSED");
        terminal_press(terminal, "Down Down Down Down Down Down Down Down Down Enter");
        terminal_expect(terminal, "REFUSED▼");
        terminal_expect(terminal, "DROPPED");
        terminal_press(terminal, "r");
        terminal_expect(terminal, "REFUSED▲");
        terminal_expect(terminal, "▾ root"); /* with those below it below */
        terminal_press(terminal, "o Up Up Up Up Up Up Up Up Enter r");
        terminal_expect(terminal, "BROKER▼");
        terminal_press(terminal, "Home Down Enter");
        terminal_expect(terminal, "broker        other"); /* before mid now */
        terminal_close(&terminal);
    }
}

static void test_columns_that_do_not_fit_are_scrolled_to(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    terminal_t *terminal = terminal_console_at(harness, 24, 80, "root", "a");
    terminal_expect(terminal, "Tree  5");
    terminal_expect_not(terminal, "OUTBOX");
    terminal_press(terminal, "Right");
    terminal_expect(terminal, "OUTBOX");
    terminal_expect(terminal, "▾ root");
    terminal_expect_not(terminal, "DROPPED");
    terminal_press(terminal, "Left");
    terminal_expect(terminal, "DROPPED");
    terminal_expect(terminal, "▾ root"); /* nothing was folded */
    terminal_close(&terminal);
}

/* ---- No connection -------------------------------------------------------------------------- */

static void test_why_there_is_no_connection(void **state)
{
    harness_t *harness = *state;
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal = terminal_console(
            harness, SIZES[size][0], SIZES[size][1], "tcp://127.0.0.1:1", "a", "con", "", "");
        terminal_expect(terminal,
            "│ Not connected: tcp://127.0.0.1:1 doesn't answer; does a broker run there?");
        terminal_press(terminal, "7");
        terminal_expect(
            terminal, " Not connected: tcp://127.0.0.1:1 doesn't answer; does a broker run there?");
        terminal_close(&terminal);
    }
}

/* ---- An open message ------------------------------------------------------------------------ */

static void test_searching_in_an_open_message(void **state)
{
    harness_t *harness = *state;
    char text[4000];
    memset(text, '\n', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    memcpy(text + 3000, "a query here", 12);
    broker_start(harness, "root", NULL, "/1/", NULL);
    client_t *client = client_open(harness, "root", "a", "cli2");
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal =
            terminal_console_at(harness, SIZES[size][0], SIZES[size][1], "root", "a");
        assert_int_equal(client_send(client, "con", text), DD_OK);
        terminal_press(terminal, "4 Enter");
        terminal_expect(terminal, "Messages: details");
        terminal_expect_not(terminal, "a query here");
        terminal_press(terminal, "/");
        terminal_expect(terminal, "Search:");
        terminal_type(terminal, "query");
        terminal_expect(terminal, "a query here");
        terminal_press(terminal, "Enter");
        terminal_expect_gone(terminal, "Search:");
        terminal_expect(terminal, "Messages: details");
        terminal_close(&terminal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(test_what_is_gone_is_counted_and_found),
        SCENE(test_the_prompt_says_what_can_be_asked),
        SCENE(test_who_loses_messages),
        SCENE(test_who_has_lost_messages_before),
        SCENE(test_what_is_ordered_by_is_shown),
        SCENE(test_columns_that_do_not_fit_are_scrolled_to),
        SCENE(test_why_there_is_no_connection),
        SCENE(test_searching_in_an_open_message),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
