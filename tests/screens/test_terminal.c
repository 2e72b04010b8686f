/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_terminal - what the console does to its terminal, what that does to it, and how it ends
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/system/scene.h"
#include "tests/system/terminal.h"

static terminal_t *open_console(
    harness_t *harness, int rows, int columns, const char *options, const char *variables)
{
    terminal_t *terminal = terminal_console(
        harness, rows, columns, harness_endpoint(harness, "root"), "a", "cli1", options, variables);
    terminal_expect(terminal, "registered as a.cli1 at root");
    return terminal;
}

static void test_resize_in_the_middle_of_a_form(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    terminal_t *terminal = open_console(harness, 24, 80, "", "");
    terminal_press(terminal, "s");
    terminal_type(terminal, "tøpic");
    terminal_press(terminal, "Tab Down Down");
    terminal_expect(terminal, "Scope        cluster");
    static const int SIZES[][2] = {{15, 60}, {50, 200}, {24, 80}};
    for (size_t i = 0; i < COUNT(SIZES); i++) {
        terminal_resize(terminal, 10, 40);
        terminal_expect(terminal, "40x10 is too small");
        terminal_resize(terminal, SIZES[i][0], SIZES[i][1]);
        terminal_expect(terminal, "Topic        tøpic");
        terminal_expect(terminal, "Scope        cluster");
        terminal_expect(terminal, "[ Subscribe ]");
    }
    terminal_press(terminal, "Up Up Enter");
    terminal_expect(terminal, "subscribed to tøpic within /");
    terminal_close(&terminal);
}

static void test_a_storm_of_sizes(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    terminal_t *terminal = open_console(harness, 24, 80, "", "");
    int pid = terminal_pid(terminal);
    terminal_press(terminal, "n");
    for (int i = 0; i < 2000; i++)
        kill(pid, i % 3 ? SIGWINCH : SIGCONT);
    for (int i = 0; i < 60; i++)
        terminal_resize(terminal, 15 + i % 40, 60 + 3 * i % 150);
    terminal_resize(terminal, 24, 80);
    terminal_expect(terminal, "[ Notify ]");
    terminal_press(terminal, "Escape q");
    terminal_expect(terminal, "ended with 0");
    terminal_close(&terminal);
}

static void test_every_end_gives_the_terminal_back(void **state)
{
    harness_t *harness = *state;
    static const struct {
        int signal; /* 0: q is pressed */
        const char *status;
    } ENDS[] = {{0, "ended with 0"}, {0, "ended with 0"}, /* each in turn small and large */
        {SIGTERM, "ended with 0"}, {SIGTERM, "ended with 0"}, {SIGINT, "ended with 0"},
        {SIGHUP, "ended with 0"}, {SIGSEGV, "ended with 1"}, {SIGSEGV, "ended with 1"},
        {SIGABRT, "ended with 1"}}; /* 139, 134, or a sanitizer's 1 */
    broker_start(harness, "root", NULL, "/1/", NULL);
    for (size_t i = 0; i < COUNT(ENDS); i++) {
        terminal_t *terminal = open_console(harness, i % 2 ? 50 : 24, i % 2 ? 200 : 80, "", "");
        terminal_press(terminal, "m"); /* with something open, too */
        terminal_expect(terminal, "Publish message");
        if (ENDS[i].signal == 0)
            terminal_press(terminal, "Escape q");
        else
            kill(terminal_pid(terminal), ENDS[i].signal);
        terminal_expect(terminal, ENDS[i].status);
        terminal_expect(terminal, "terminal restored");
        assert_null(strstr(terminal_screen(terminal), "DoubleDecker"));
        terminal_close(&terminal);
    }
}

static void test_back_to_the_shell_for_a_while(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    const char *command = harness_path(harness, "command");
    FILE *file = fopen(command, "w");
    assert_non_null(file);
    fprintf(file, "%s -d %s -k %s cli1\n", harness_binary(harness, "ddtui"),
        harness_endpoint(harness, "root"), harness_keys(harness, "a"));
    fclose(file);
    terminal_t *terminal = terminal_open(harness, 24, 80, "PS1='shell> ' exec bash --norc -i");
    terminal_expect(terminal, "shell>");
    terminal_type(terminal, ". ");
    terminal_type(terminal, command);
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "registered as a.cli1");
    terminal_press(terminal, "C-z");
    terminal_expect(terminal, "Stopped");
    terminal_type(terminal, "fg");
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "a.cli1 @ root /1/");
    terminal_press(terminal, "q");
    terminal_expect_gone(terminal, "DoubleDecker");
    terminal_close(&terminal);
}

static void test_terminals_that_are_none(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    const char *endpoint = harness_endpoint(harness, "root");
    static const struct {
        const char *variables;
        const char *word;
    } CASES[] = {{"TERM=dumb", "TERM=dumb can't place its cursor"},
        {"TERM=nonsense", "TERM=nonsense is no terminal known here"}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        terminal_t *terminal =
            terminal_console(harness, 24, 100, endpoint, "a", "cli1", "", CASES[i].variables);
        terminal_expect(terminal, CASES[i].word);
        terminal_expect(terminal, "ended with 1");
        terminal_expect(terminal, "terminal restored");
        terminal_close(&terminal);
    }
    program_t *program = program_run(harness, NULL, HARNESS_DEADLINE, "ddtui", "-d", endpoint, "-k",
        harness_keys(harness, "a"), "cli1", NULL);
    assert_int_equal(program_wait(program, 0), 1);
    assert_true(program_said(program, "needs a terminal"));
}

static void test_colours(void **state)
{
    harness_t *harness = *state;
    static const struct {
        const char *options;
        const char *variables;
        bool coloured;
    } CASES[] = {{"", "", true}, {"--no-color", "", false}, {"", "NO_COLOR=1", false}};
    broker_start(harness, "root", NULL, "/1/", NULL);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        terminal_t *terminal = open_console(harness, 24, 80, CASES[i].options, CASES[i].variables);
        terminal_expect(terminal, "ok");
        bool coloured = strstr(terminal_colours(terminal), "\033[32m") != NULL; /* "ok" is green */
        assert_int_equal(coloured, CASES[i].coloured);
        terminal_close(&terminal);
    }
}

/* Frames and texts are the same under any locale, one that doesn't exist included. */
static void test_locales(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    static const char *const VARIABLES[] = {"LC_ALL=C", "LC_ALL=POSIX", "LC_ALL=nonsense"};
    for (size_t i = 0; i < COUNT(VARIABLES); i++) {
        terminal_t *terminal = open_console(harness, 24, 80, "", VARIABLES[i]);
        terminal_press(terminal, "s");
        terminal_type(terminal, "tøpic");
        terminal_expect(terminal, "Topic        tøpic");
        terminal_expect(terminal, "│");
        terminal_press(terminal, "Escape q");
        terminal_expect(terminal, "ended with 0");
        terminal_close(&terminal);
    }
}

static void test_without_a_broker_and_with_it_again(void **state)
{
    harness_t *harness = *state;
    harness_reserve(harness, "root");
    terminal_t *terminal =
        terminal_console(harness, 24, 80, harness_endpoint(harness, "root"), "a", "cli1", "", "");
    terminal_expect(terminal, "connecting to tcp://127.0.0.1:");
    terminal_press(terminal, "n");
    terminal_type(terminal, "cli2");
    terminal_press(terminal, "Tab x Enter");
    terminal_expect(terminal, "not done: "); /* and the form is still there */
    terminal_press(terminal, "Escape");
    program_t *broker = broker_start(harness, "root", NULL, "/1/", NULL);
    terminal_expect(terminal, "registered as a.cli1 at root");
    terminal_press(terminal, "s");
    terminal_type(terminal, "alarms");
    terminal_press(terminal, "Enter Enter");
    terminal_expect(terminal, "subscribed to alarms within /");
    program_kill(broker);
    terminal_expect(terminal, "unknown ");
    terminal_expect(terminal, ", as it was ");
    terminal_press(terminal, "3");
    terminal_expect(terminal, "asked…");
    broker_start(harness, "root", NULL, "/1/", NULL);
    terminal_expect_gone(terminal, "asked…");
    client_t *client = client_open(harness, "root", "a", "cli2");
    assert_int_equal(dd_client_publish(client_handle(client), "alarms", "back", 4), DD_OK);
    terminal_press(terminal, "1");
    terminal_expect(terminal, "cli2  alarms  back");
    terminal_close(&terminal);
}

static void test_a_name_that_is_taken(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    client_open(harness, "root", "a", "cli1");
    terminal_t *terminal =
        terminal_console(harness, 24, 80, harness_endpoint(harness, "root"), "a", "cli1", "", "");
    terminal_expect(terminal, "name already taken");
    terminal_expect(terminal, "[ Quit ] [ Stay ]");
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "ended with 4");
    terminal_close(&terminal);
}

static void test_read_only(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    terminal_t *terminal = open_console(harness, 24, 80, "--read-only", "");
    terminal_expect(terminal, "/ Filter");
    terminal_expect_gone(terminal, "Notify");
    terminal_press(terminal, "n p s u t 2");
    terminal_expect(terminal, "CLIENT"); /* all keys before have been taken */
    terminal_expect_gone(terminal, "[ Notify ]");
    terminal_close(&terminal);
}

/* A mouse button as terminals report it, pressed and let go: "ESC [ M", and three bytes. */
static void click(terminal_t *terminal, int button, int row, int column)
{
    char keys[128];
    snprintf(keys, sizeof keys, "-H 1b 5b 4d %x %x %x 1b 5b 4d 23 %x %x", 32 + button, 33 + column,
        33 + row, 33 + column, 33 + row);
    terminal_press(terminal, keys);
}

static void test_the_mouse(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    client_open(harness, "root", "a", "cli2");
    client_open(harness, "root", "a", "cli3");
    terminal_t *terminal = open_console(harness, 24, 80, "", "");
    click(terminal, 0, 1, 10);
    terminal_expect(terminal, "Clients  3 ─"); /* the list, not the names of screens */
    click(terminal, 0, 5, 5);                  /* selects */
    click(terminal, 0, 5, 5);                  /* opens */
    terminal_expect(terminal, "Clients: details");
    terminal_expect(terminal, "name          cli2");
    terminal_press(terminal, "Escape");
    terminal_expect_gone(terminal, "details");
    click(terminal, 65, 5, 5); /* the wheel */
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "name          cli3");
    terminal_close(&terminal);
}

/* The first place where the screen shows a text of single cells. */
static void click_on(terminal_t *terminal, const char *text)
{
    terminal_expect(terminal, text);
    const char *screen = terminal_screen(terminal);
    const char *found = strstr(screen, text);
    assert_non_null(found);
    int row = 0, column = 0;
    for (const char *at = screen; at < found; at++) {
        bool starts = ((unsigned char)*at & 0xc0) != 0x80;
        row += *at == '\n';
        column = *at == '\n' ? 0 : column + starts;
    }
    click(terminal, 0, row, column);
}

static void test_the_mouse_in_forms(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    client_t *client = client_open(harness, "root", "a", "cli2");
    terminal_t *terminal = open_console(harness, 24, 80, "", "");
    click_on(terminal, "n Notify");
    terminal_expect(terminal, "[ Notify ]");
    click_on(terminal, "cli2"); /* among the suggestions */
    terminal_expect(terminal, "Destination  cli2");
    click_on(terminal, "Message    ");
    terminal_type(terminal, "by mouse");
    click_on(terminal, "[x]");
    terminal_expect(terminal, "Receipt      [ ]");
    click_on(terminal, "[ ]");
    terminal_expect(terminal, "Receipt      [x]");
    click_on(terminal, "[ Notify ]");
    client_expect(client, "cli1", "by mouse");
    terminal_expect(terminal, "delivered to cli2");

    click_on(terminal, "m Menu");
    click_on(terminal, "Subscribe to topic");
    click_on(terminal, "Scope    ");
    click_on(terminal, " region");
    terminal_expect(terminal, "Scope        region");
    terminal_expect(terminal, "covers 1 of 1 brokers");
    click_on(terminal, "[ Cancel ]");
    terminal_expect_gone(terminal, "Subscribe to topic");

    click_on(terminal, "2 Clients");
    click_on(terminal, "CLIENT");
    click_on(terminal, "CLIENT▲");
    terminal_expect(terminal, "CLIENT▼");
    click_on(terminal, "m Menu");
    terminal_expect(terminal, "Trace a notification");
    click_on(terminal, "Quit"); /* of the menu, which comes before the one at the bottom */
    terminal_expect(terminal, "ended with 0");
    terminal_close(&terminal);
}

/* A table in a terminal: each broker has one line, and what they lose stands in it. */
static void test_tables_fit_the_terminal(void **state)
{
    harness_t *harness = *state;
    static const int SIZES[][2] = {{24, 80}, {50, 200}};
    scene_tree(harness);
    for (size_t i = 0; i < COUNT(SIZES); i++) {
        terminal_t *terminal = terminal_console(harness, SIZES[i][0], SIZES[i][1],
            harness_endpoint(harness, "root"), "a", "", "-q --tree", "");
        terminal_expect(terminal, "ended with 0");
        int lines = 0;
        const char *screen = terminal_screen(terminal), *end = strstr(screen, "ended with 0");
        for (const char *at = screen; at < end; at++)
            lines += *at == '\n';
        assert_int_equal(lines, 6); /* one of titles, and five brokers */
        terminal_expect(terminal, "REFUSED");
        terminal_expect(terminal, "DROPPED\nroot");
        terminal_expect(terminal, "\n    leaf");
        terminal_close(&terminal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(test_resize_in_the_middle_of_a_form),
        SCENE(test_a_storm_of_sizes),
        SCENE(test_every_end_gives_the_terminal_back),
        SCENE(test_back_to_the_shell_for_a_while),
        SCENE(test_terminals_that_are_none),
        SCENE(test_colours),
        SCENE(test_locales),
        SCENE(test_without_a_broker_and_with_it_again),
        SCENE(test_a_name_that_is_taken),
        SCENE(test_read_only),
        SCENE(test_the_mouse),
        SCENE(test_the_mouse_in_forms),
        SCENE(test_tables_fit_the_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
