/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_strangers - hostile names and messages, floods, and more than fits on a screen
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/system/scene.h"
#include "tests/system/terminal.h"

static terminal_t *open_console(harness_t *harness, const char *options)
{
    terminal_t *terminal = terminal_console(
        harness, 24, 80, harness_endpoint(harness, "root"), "a", "cli1", options, "");
    terminal_expect(terminal, "registered as a.cli1 at root");
    return terminal;
}

static void notify(client_t *client, const void *data, size_t size)
{
    assert_int_equal(dd_client_notify(client_handle(client), "cli1", data, size, 0, NULL), DD_OK);
}

static void test_hostile_names_and_messages(void **state)
{
    harness_t *harness = *state;
    static const struct {
        const char *data;
        const char *shown;
    } MESSAGES_OF[] = {
        {"\033[2J\033[10;10Hdrawn", "\\x1b[2J\\x1b[10;10Hdrawn"},
        {"</B><#HL(300000)><C>markup", "</B><#HL(300000)><C>markup"},
        {"\033]0;title\007", "\\x1b]0;title\\x07"},
        {"wide 漢字 and e\xcc\x81", "wide 漢字 and e\xcc\x81"},
        {"\xff\xfe invalid \xc0\x80", "\\xff\\xfe invalid \\xc0\\x80"},
        {"\xe2\x80\xae"
         "desrever",
            "\\xe2\\x80\\xaedesrever"},
    };
    broker_start(harness, "root", NULL, "/1/", NULL);
    client_t *evil = client_open(harness, "root", "a", "</B><#HL(300000)>");
    client_t *wide = client_open(harness, "root", "a", "漢字\\e\xcc\x81");
    terminal_t *terminal = open_console(harness, "");
    for (size_t i = 0; i < COUNT(MESSAGES_OF); i++) {
        notify(i % 2 ? wide : evil, MESSAGES_OF[i].data, strlen(MESSAGES_OF[i].data));
        terminal_expect(terminal, MESSAGES_OF[i].shown);
    }
    terminal_press(terminal, "2");
    terminal_expect(terminal, "</B><#HL"); /* a long name is cut in its middle */
    terminal_expect(terminal, "漢字\\\\e\xcc\x81");
    terminal_press(terminal, "n"); /* among the suggestions */
    terminal_expect(terminal, "[ Notify ]");
    terminal_press(terminal, "Escape 5");
    terminal_expect(terminal, "a.</B><#HL(300000)>");
    terminal_press(terminal, "q");
    terminal_expect(terminal, "ended with 0");
    terminal_close(&terminal);
}

static void test_large_messages(void **state)
{
    harness_t *harness = *state;
    static char data[65536];
    static const char FILLS[] = {'x', '\n', '\0', '\033', '{', '\xe6'};
    broker_start(harness, "root", NULL, "/1/", NULL);
    client_t *client = client_open(harness, "root", "a", "cli2");
    terminal_t *terminal = open_console(harness, "");
    terminal_press(terminal, "4");
    for (size_t i = 0; i < sizeof FILLS; i++) {
        char title[32];
        memset(data, FILLS[i], sizeof data);
        notify(client, data, sizeof data - i);
        snprintf(title, sizeof title, "%zu bytes", sizeof data - i);
        terminal_expect(terminal, title);
        terminal_press(terminal, "Enter v v v v End Home Escape");
    }
    terminal_press(terminal, "1");
    terminal_expect(terminal, "BROKER"); /* it still answers */
    terminal_close(&terminal);
}

static void test_a_flood(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    terminal_t *terminal = open_console(harness, "");
    terminal_press(terminal, "s");
    terminal_type(terminal, "ddperf-");
    terminal_press(terminal, "Tab");
    terminal_type(terminal, "noscope");
    terminal_press(terminal, "Enter");
    terminal_expect(terminal, "subscribed to ddperf-");
    program_t *flood = program_spawn(harness, "ddperf", "-d", harness_endpoint(harness, "root"),
        "-k", harness_keys(harness, "a"), "--mode", "publish", "--rate", "20000", "--count",
        "100000", NULL);
    terminal_press(terminal, "4");
    terminal_expect(terminal, "not kept)");              /* it says so, */
    terminal_expect(terminal, "messages are not shown"); /* and where */
    terminal_press(terminal, "2");
    terminal_expect(terminal, "CLIENT"); /* and goes on answering */
    terminal_press(terminal, "1");
    terminal_expect(terminal, "BROKER");
    assert_int_equal(program_wait(flood, HARNESS_DEADLINE), 0);
    terminal_close(&terminal);
}

/* A tree of a few brokers with many clients, in real processes. */
static void test_many_clients(void **state)
{
    harness_t *harness = *state;
    enum { BROKERS = 10, CLIENTS = 300 };
    const unsigned many = harness_clients(CLIENTS);
    broker_start(harness, "root", NULL, "/1/", NULL);
    for (int i = 0; i < BROKERS; i++) {
        char name[16], scope[16];
        snprintf(name, sizeof name, "broker%d", i);
        snprintf(scope, sizeof scope, "/1/%d/", i + 2);
        scene_broker(harness, name, "root", scope);
    }
    char count[16], last[16], title[64];
    snprintf(count, sizeof count, "%u", many);
    snprintf(last, sizeof last, "-r%u", many - 1);
    program_t *clients = program_spawn(harness, "ddperf", "-d",
        harness_endpoint(harness, "broker0"), "-k", harness_keys(harness, "a"), "--mode", "publish",
        "--receivers", count, "--rate", "1", "--count", "100000", NULL);
    terminal_t *terminal = open_console(harness, "");
    terminal_expect(terminal, "broker9");
    terminal_press(terminal, "2");
    snprintf(title, sizeof title, "Clients  %u", many + 2); /* with the sender and the console */
    terminal_expect(terminal, title);
    for (int i = 0; i < 50; i++)
        terminal_press(terminal, "NPage NPage NPage");
    terminal_press(terminal, "/");
    terminal_type(terminal, last);
    snprintf(title, sizeof title, "1 of %u with \"%s\"", many + 2, last);
    terminal_expect(terminal, title);
    terminal_press(terminal, "Escape o Down Enter r");
    terminal_expect(terminal, "CLIENT▼");
    program_kill(clients);
    terminal_expect(terminal, "left ");
    terminal_press(terminal, "q");
    terminal_expect(terminal, "ended with 0");
    terminal_close(&terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(test_hostile_names_and_messages),
        SCENE(test_large_messages),
        SCENE(test_a_flood),
        SCENE(test_many_clients),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
