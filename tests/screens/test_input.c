/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_input - what is pasted, what the mouse does, and terminals that show no UTF-8
 */
#include <stdio.h>
#include <string.h>

#include "tests/system/scene.h"
#include "tests/system/terminal.h"

static terminal_t *open_console(harness_t *harness, int rows, int columns, const char *variables)
{
    broker_start(harness, "root", NULL, "/1/", NULL);
    terminal_t *terminal = terminal_console(
        harness, rows, columns, harness_endpoint(harness, "root"), "a", "cli1", "", variables);
    terminal_expect(terminal, "registered as a.cli1 at root");
    return terminal;
}

/* ---- Pasting ------------------------------------------------------------------------------ */

/* What the terminal sends: a text, with escape sequences as they are, all at once. */
static void send(terminal_t *terminal, const char *text)
{
    char keys[512] = "-H";
    for (const char *at = text; *at != '\0'; at++)
        snprintf(keys + strlen(keys), sizeof keys - strlen(keys), " %x", (unsigned char)*at);
    terminal_press(terminal, keys);
}

#define PASTE_BEGIN "\033[200~"
#define PASTE_END "\033[201~"

/* Keys, the mouse and an Esc in it included: in a text they do nothing, elsewhere neither. */
static void test_what_is_pasted_is_text(void **state)
{
    terminal_t *terminal = open_console(*state, 24, 80, "");
    send(terminal, PASTE_BEGIN "q\033[21~q\033Oq" PASTE_END "n"); /* F10 quits, too */
    terminal_expect(terminal, "[ Notify ]");
    send(terminal, PASTE_BEGIN "one\033[<0;11;2M\033[Btwo\033x" PASTE_END);
    terminal_expect(terminal, "twox");
    terminal_expect(terminal, "Destination  one");
    terminal_expect(terminal, "[ Notify ]");
    terminal_press(terminal, "Escape");
    terminal_expect_gone(terminal, "[ Notify ]");
    terminal_close(&terminal);
}

static bool is_gone(void *arg)
{
    return strstr(terminal_screen(arg), "[ Notify ]") == NULL;
}

/* Some silence has to follow the key; of a machine that has other things to do it takes one more to
   leave the form as well. */
#define SILENCE 500

static bool is_left(void *arg)
{
    terminal_press(arg, "Escape");
    return wait_until(is_gone, arg, SILENCE);
}

static void test_a_paste_whose_end_is_lost_ends_by_a_key(void **state)
{
    terminal_t *terminal = open_console(*state, 24, 80, "");
    terminal_press(terminal, "n");
    terminal_expect(terminal, "[ Notify ]");
    send(terminal, PASTE_BEGIN "lost");
    terminal_expect(terminal, "Destination  lost");
    assert_true(wait_until(is_left, terminal, HARNESS_DEADLINE));
    terminal_press(terminal, "2");
    terminal_expect(terminal, "CLIENT");
    terminal_close(&terminal);
}

/* The clock in the upper right corner. */
static void read_clock(terminal_t *terminal, char clock[9])
{
    const char *screen = terminal_screen(terminal);
    const char *end = strchr(screen, '\n');
    assert_non_null(end);
    memcpy(clock, end - 8, 8);
    clock[8] = '\0';
}

static bool clock_has_changed(void *arg)
{
    void **what = arg;
    char now[9];
    read_clock(what[0], now);
    return strcmp(now, what[1]) != 0;
}

/* Three seconds by the console's own clock, which goes on. */
static void test_a_paste_whose_end_is_lost_ends_by_silence(void **state)
{
    terminal_t *terminal = open_console(*state, 24, 80, "");
    terminal_press(terminal, "n");
    terminal_expect(terminal, "[ Notify ]");
    send(terminal, PASTE_BEGIN "lost");
    terminal_expect(terminal, "Destination  lost");
    for (int i = 0; i < 3; i++) {
        char clock[9];
        read_clock(terminal, clock);
        assert_true(wait_until(clock_has_changed, (void *[]){terminal, clock}, HARNESS_DEADLINE));
    }
    terminal_press(terminal, "Tab");
    terminal_type(terminal, "typed");
    terminal_expect(terminal, "Message      typed");
    terminal_close(&terminal);
}

/* ---- The mouse ---------------------------------------------------------------------------- */

/* A terminal of which curses knows the older form only; beyond column 223 that has no words. */
static void test_the_mouse_in_numbers(void **state)
{
    harness_t *harness = *state;
    terminal_t *terminal = open_console(harness, 50, 320, "");
    client_open(harness, "root", "a", "cli2");
    send(terminal, "\033[<0;70;2M\033[<0;70;2m"); /* "7 Help"; typed, it would be 2 in the end */
    terminal_expect(terminal, "┌─ Help");
    terminal_press(terminal, "2");
    terminal_expect(terminal, "cli2");
    send(terminal, "\033[<0;240;6M\033[<0;240;6m");
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "name          cli2");
    terminal_press(terminal, "Escape q");
    terminal_expect(terminal, "ended with 0");
    terminal_expect(terminal, "terminal restored");
    terminal_close(&terminal);
}

/* ---- Terminals without UTF-8 -------------------------------------------------------------- */

/* Nothing is blank: frames are the terminal's own, which tmux shows as letters, other signs are
   ASCII, and letters that it doesn't have are marked. */
static void test_terminals_without_utf8(void **state)
{
    static const int SIZES[][2] = {{24, 80}, {50, 200}};
    static const char *const VARIABLES[] = {"LC_ALL=C TERM=vt100", "LC_ALL=POSIX TERM=linux"};
    for (size_t i = 0; i < COUNT(SIZES); i++) {
        terminal_t *terminal = open_console(*state, SIZES[i][0], SIZES[i][1], VARIABLES[i]);
        client_t *client = client_open(*state, "root", "a", "cli-å-漢");
        terminal_expect(terminal, "\nlq Tree");
        assert_non_null(strstr(terminal_colours(terminal), "\016lq")); /* not as letters */
        terminal_press(terminal, "2");
        terminal_expect(terminal, "\nxcli-?-??  ");
        terminal_press(terminal, "s");
        terminal_expect(terminal, "lq Subscribe to topic");
        terminal_type(terminal, "plain");
        terminal_expect(terminal, "Topic        plain");
        for (const char *at = terminal_screen(terminal); *at != '\0'; at++)
            assert_in_range((unsigned char)*at, '\n', '~');
        client_close(&client);
        terminal_close(&terminal);
    }
}

/* What widgets of CDK show, which knows bytes: in a locale that says nothing, and where there are
   none of these letters. */
static void test_widgets_show_what_is_not_ascii(void **state)
{
    static const struct {
        const char *variables, *shows, *hides;
    } CASES[] = {{"LC_ALL=C", "å-漢 is registered", "?-??"},
        {"LC_ALL=C TERM=vt100", "?-?? is registered", "???"}};
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    client_open(harness, "root", "a", "å-漢");
    for (size_t i = 0; i < COUNT(CASES); i++) {
        terminal_t *terminal = terminal_console(harness, 24, 80, harness_endpoint(harness, "root"),
            "a", "å-漢", "", CASES[i].variables);
        terminal_expect(terminal, "[ Quit ]");
        terminal_expect(terminal, CASES[i].shows);
        terminal_expect_not(terminal, CASES[i].hides);
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, "ended with 4");
        terminal_close(&terminal);
    }
}

/* A user whose locale says UTF-8 knows better. */
static void test_an_old_terminal_in_a_locale_with_utf8(void **state)
{
    terminal_t *terminal = open_console(*state, 24, 80, "LC_ALL=C.UTF-8 TERM=vt100");
    terminal_expect(terminal, "\n┌─ Tree");
    terminal_close(&terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(test_what_is_pasted_is_text),
        SCENE(test_a_paste_whose_end_is_lost_ends_by_a_key),
        SCENE(test_a_paste_whose_end_is_lost_ends_by_silence),
        SCENE(test_the_mouse_in_numbers),
        SCENE(test_terminals_without_utf8),
        SCENE(test_widgets_show_what_is_not_ascii),
        SCENE(test_an_old_terminal_in_a_locale_with_utf8),
    };
    return cmocka_run_group_tests_name("input", tests, NULL, NULL);
}
