/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_hands - what goes out of the console by a key or a command: copies, files, messages, orders;
 * and how it is configured
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/system/scene.h"
#include "tests/system/terminal.h"

static const int SIZES[][2] = {{24, 80}, {50, 200}};

static terminal_t *open_console(
    harness_t *harness, const int size[2], const char *owner, const char *name)
{
    char variables[PATH_MAX + 8];
    mkdir(harness_path(harness, "home"), 0700);
    snprintf(variables, sizeof variables, "HOME=%s", harness_path(harness, "home"));
    terminal_t *terminal = terminal_console(
        harness, size[0], size[1], harness_endpoint(harness, "leaf"), owner, name, "", variables);
    terminal_allow_clipboard(terminal);
    terminal_expect(terminal, "registered as");
    return terminal;
}

static void quit(terminal_t **terminal)
{
    terminal_press(*terminal, "q");
    terminal_expect(*terminal, "ended with 0");
    terminal_expect(*terminal, "terminal restored");
    terminal_close(terminal);
}

typedef struct {
    const char *path;
    const char *text;
} file_t;

static bool holds(void *arg)
{
    const file_t *file = arg;
    static char content[1 << 16];
    FILE *in = fopen(file->path, "r");
    if (!in)
        return false;
    content[fread(content, 1, sizeof content - 1, in)] = '\0';
    fclose(in);
    return strstr(content, file->text) != NULL;
}

static void expect_file(harness_t *harness, const char *name, const char *text)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", harness_path(harness, name));
    file_t file = {path, text};
    if (!wait_until(holds, &file, HARNESS_DEADLINE))
        fail_msg("%s doesn't hold %s", path, text);
}

/* A message is read, copied into another terminal, written, and sent again. */
static void test_a_message_in_hands(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    client_t *client = client_open(harness, "other", "a", "cli2");
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal = open_console(harness, SIZES[size], "a", "cli1");
        terminal_press(terminal, "4 s");
        terminal_type(terminal, "alarms");
        terminal_press(terminal, "Enter Enter");
        terminal_expect(terminal, "subscribed to alarms within /");
        assert_int_equal(
            dd_client_publish(client_handle(client), "alarms", "on fire å", 10), DD_OK);
        terminal_expect(terminal, "Messages  1");
        terminal_press(terminal, "y");
        terminal_expect_clipboard(terminal, "on fire å");
        terminal_expect(terminal, "10 bytes sent to the clipboard");
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, "Messages: details");
        terminal_press(terminal, "q"); /* closes it, and no more */
        terminal_expect_gone(terminal, "Messages: details");
        terminal_press(terminal, "w C-u");
        terminal_type(terminal, size == 0 ? "~/one" : "~/two");
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, "saved to /");
        expect_file(harness, size == 0 ? "home/one" : "home/two", "on fire å");
        client_subscribe(client, "alarms", "all");
        terminal_press(terminal, "R");
        terminal_expect(terminal, "Message      on fire å");
        terminal_press(terminal, "Enter Enter");
        client_expect(client, "cli1", "on fire å");
        terminal_expect(terminal, "published 10 bytes on alarms");
        quit(&terminal);
        assert_int_equal(dd_client_unsubscribe(client_handle(client), "alarms", "all"), DD_OK);
    }
}

static void test_lists_in_hands(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    client_t *client = client_open(harness, "other", "a", "cli2");
    client_subscribe(client, "alarms", "region");
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal = open_console(harness, SIZES[size], "a", "cli1");
        terminal_press(terminal, "2");
        terminal_expect(terminal, "Clients  2");
        terminal_press(terminal, "Down y");
        terminal_expect_clipboard(terminal, "cli2  other  /1/5/");
        terminal_press(terminal, "/");
        terminal_type(terminal, "cli2");
        terminal_press(terminal, "Enter W C-u");
        terminal_type(terminal, size == 0 ? "~/rows.csv" : "~/rows.json");
        terminal_expect(terminal, "NAME.csv has CSV in it");
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, "1 rows exported to /");
        if (size == 0)
            expect_file(harness, "home/rows.csv", "\na,cli2,other,/1/5/,");
        else
            expect_file(harness, "home/rows.json", "{\"tenant\":\"a\",\"name\":\"cli2\"");
        terminal_press(terminal, "3");
        terminal_expect(terminal, "alarms");
        terminal_press(terminal, "p");
        terminal_expect(terminal, "Topic        alarms");
        terminal_press(terminal, "Escape");
        terminal_expect_mouse(terminal, true);
        terminal_press(terminal, "M");
        terminal_expect_mouse(terminal, false);
        terminal_expect(terminal, "NO MOUSE");
        terminal_press(terminal, "M");
        terminal_expect_mouse(terminal, true);
        terminal_expect_gone(terminal, "NO MOUSE");
        quit(&terminal);
    }
}

/* Moves twin to root and back to mid, each time by another way. */
static void test_a_broker_is_moved(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    client_open(harness, "twin", "a", "cli2");
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal = open_console(harness, SIZES[size], "operator", "ops");
        terminal_expect(terminal, "twin");
        terminal_type(terminal, ":move twin ");
        terminal_type(terminal, harness_endpoint(harness, size == 0 ? "root" : "mid"));
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, "Move a broker to another parent");
        terminal_expect(terminal, size == 0 ? "now beneath mid" : "now beneath root");
        terminal_expect(terminal, "1 client cut off from the rest until it has joined");
        terminal_expect(terminal, "no broker is beneath it");
        terminal_press(terminal, "Enter");
        terminal_type(terminal, "twin");
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, "done: move twin");
        terminal_expect(terminal, size == 0 ? "\n│    twin " : "\n│      twin ");
        terminal_type(terminal, ":broker twin");
        terminal_press(terminal, "Enter P");
        terminal_expect(terminal, size == 0 ? "now beneath root" : "now beneath mid");
        terminal_press(terminal, "Escape D");
        terminal_expect(terminal, "Drain broker");
        terminal_expect(terminal, "1 client cut, and told to go elsewhere");
        terminal_press(terminal, "Escape");
        quit(&terminal);
    }
}

static void test_commands_with_completion(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    client_t *client = client_open(harness, "other", "a", "cli2");
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal = open_console(harness, SIZES[size], "a", "cli1");
        terminal_type(terminal, ":");
        terminal_expect(terminal, "clients [FILTER]");
        terminal_expect(terminal, "Tab Complete");
        terminal_type(terminal, "not");
        terminal_press(terminal, "Tab");
        terminal_expect(terminal, ":notify");
        terminal_expect(terminal, " cli2 "); /* from the live tree */
        terminal_press(terminal, "Tab");
        terminal_type(terminal, "by command");
        terminal_press(terminal, "Enter");
        client_expect(client, "cli1", "by command");
        terminal_expect(terminal, "delivered to cli2");
        terminal_type(terminal, ":clients cli2");
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, "Clients  1 of 2");
        terminal_type(terminal, ":clinets");
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, "there is no command :clinets; did you mean :clients?");
        terminal_type(terminal, ":quit");
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, "ended with 0");
        terminal_close(&terminal);
    }
}

/* ---- Configuration -------------------------------------------------------------------------- */

static void configure(harness_t *harness, const char *text)
{
    mkdir(harness_path(harness, "config"), 0700);
    mkdir(harness_path(harness, "config/doubledecker"), 0700);
    FILE *file = fopen(harness_path(harness, "config/doubledecker/ddtui.conf"), "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static void test_keys_colours_and_columns(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    configure(harness, "keys\n    quit = Q\n    freeze = z\n"
                       "colours\n    good = magenta\n"
                       "columns\n    clients = client refused idle\n");
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal = open_console(harness, SIZES[size], "a", "cli1");
        terminal_expect(terminal, "Q Quit");
        assert_non_null(strstr(terminal_colours(terminal), "\x1b[35m"));
        assert_null(strstr(terminal_colours(terminal), "\x1b[32m"));
        terminal_press(terminal, "q z");
        terminal_expect(terminal, "FROZEN");
        terminal_press(terminal, "z 2");
        terminal_expect(terminal, "REFUSED");
        terminal_expect(terminal, "IDLE");
        if (size == 0)
            assert_null(strstr(terminal_screen(terminal), "BROKER "));
        terminal_press(terminal, "Q");
        terminal_expect(terminal, "ended with 0");
        terminal_close(&terminal);
    }
}

static void test_a_mistake_is_told_with_its_line(void **state)
{
    harness_t *harness = *state;
    configure(harness, "# mine\nteme = light\n");
    terminal_t *terminal = terminal_console(harness, 24, 200, "tcp://127.0.0.1:1", "a", "", "", "");
    terminal_expect(terminal, "ddtui.conf:2: there is no setting 'teme'");
    terminal_expect(terminal, "did you mean theme?");
    terminal_expect(terminal, "ended with 2");
    terminal_close(&terminal);
}

/* Whole or not at all: with a mistake in it, all stays. */
static void test_the_file_is_read_again(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    configure(harness, "keys\n    quit = Q\ncolumns\n    clients = client refused\n");
    terminal_t *terminal = open_console(harness, SIZES[1], "a", "cli1");
    terminal_expect(terminal, "Q Quit");
    terminal_press(terminal, "2");
    terminal_expect_gone(terminal, "BROKER ");
    configure(harness, "keys\n    quit = Z\n    menu = z\nthem = light\n");
    terminal_type(terminal, ":reload");
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "nothing is changed: ");
    terminal_expect(terminal, "did you mean theme?");
    terminal_expect(terminal, "Q Quit");
    configure(harness, "keys\n    quit = Z\n    menu = z\ncolours\n    bar = magenta\n"
                       "tree = lab\n    broker = tcp://127.0.0.1:1\n");
    terminal_type(terminal, ":rel");
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "ddtui.conf was read again");
    terminal_expect(terminal, "Z Quit");
    terminal_expect(terminal, "z Menu");
    assert_non_null(strstr(terminal_colours(terminal), "\x1b[35m"));
    terminal_expect(terminal, "BROKER "); /* the usual columns */
    terminal_type(terminal, ":tree ");
    terminal_expect(terminal, "lab");
    terminal_press(terminal, "Escape Z");
    terminal_expect(terminal, "ended with 0");
    terminal_close(&terminal);
}

static void test_trees_by_name(void **state)
{
    harness_t *harness = *state;
    char text[4 * PATH_MAX], operator_keys[PATH_MAX], config[PATH_MAX];
    char command[4 * PATH_MAX];
    scene_tree(harness);
    snprintf(operator_keys, sizeof operator_keys, "%s", harness_keys(harness, "operator"));
    snprintf(text, sizeof text,
        "tree = lab\n    broker = %s\n    keys = %s\n    name = me\n"
        "tree = all\n    keys = %s\n    broker = %s\n    read-only = yes\n"
        "tree = broken\n    keys = /nowhere/keys.json\n",
        harness_endpoint(harness, "leaf"), harness_keys(harness, "a"), operator_keys,
        harness_endpoint(harness, "root"));
    configure(harness, text);
    snprintf(config, sizeof config, "%s", harness_path(harness, "config"));
    snprintf(command, sizeof command,
        "export XDG_STATE_HOME=%s XDG_CONFIG_HOME=%s; %s @lab; exec cat",
        harness_path(harness, "state"), config, harness_binary(harness, "ddtui"));
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal = terminal_open(harness, SIZES[size][0], SIZES[size][1], command);
        terminal_expect(terminal, "registered as a.me at leaf");
        terminal_expect(terminal, " @lab  a.me @ leaf");
        terminal_type(terminal, ":tree b");
        terminal_press(terminal, "Tab Enter");
        terminal_expect(terminal, "/nowhere/keys.json"); /* and stays where it is */
        terminal_expect(terminal, " @lab  a.me @ leaf");
        terminal_type(terminal, ":tree all");
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, " @all  operator ");
        terminal_expect(terminal, "@ root /1/");
        terminal_expect(terminal, "other");
        terminal_press(terminal, "D"); /* nothing can be changed there */
        terminal_type(terminal, ":tree lab");
        terminal_press(terminal, "Enter");
        terminal_expect(terminal, " @lab  a.me @ leaf");
        assert_null(strstr(terminal_screen(terminal), "Drain broker"));
        terminal_close(&terminal);
    }
}

/* From within, with the messages and subscriptions that the console has. */
static void test_to_another_broker(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    client_t *client = client_open(harness, "other", "a", "cli2");
    terminal_t *terminal = open_console(harness, SIZES[0], "a", "cli1");
    terminal_press(terminal, "4 s");
    terminal_type(terminal, "alarms");
    terminal_press(terminal, "Enter Enter");
    terminal_expect(terminal, "subscribed to alarms within /");
    client_reach(client, "cli1");
    assert_int_equal(dd_client_publish(client_handle(client), "alarms", "before", 6), DD_OK);
    terminal_expect(terminal, "before");
    program_kill(harness_broker(harness, "leaf"));
    terminal_expect(terminal, "Not connected");
    terminal_expect(terminal, ":connect ENDPOINT goes to another broker");
    terminal_type(terminal, ":connect ");
    terminal_type(terminal, harness_endpoint(harness, "other"));
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "a.cli1 @ other");
    terminal_press(terminal, "5 /");
    terminal_type(terminal, "subscribed to alarms within");
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "Events  2 of"); /* here, too */
    terminal_press(terminal, "4");
    client_reach(client, "cli1");
    assert_int_equal(dd_client_publish(client_handle(client), "alarms", "behind", 6), DD_OK);
    terminal_expect(terminal, "behind");
    terminal_expect(terminal, "before");
    quit(&terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(test_a_message_in_hands),
        SCENE(test_lists_in_hands),
        SCENE(test_a_broker_is_moved),
        SCENE(test_commands_with_completion),
        SCENE(test_keys_colours_and_columns),
        SCENE(test_a_mistake_is_told_with_its_line),
        SCENE(test_the_file_is_read_again),
        SCENE(test_trees_by_name),
        SCENE(test_to_another_broker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
