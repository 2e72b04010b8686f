/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_topics - who publishes what, and how it went in the last minutes, in a real terminal
 */
#include <stdio.h>
#include <string.h>

#include "tests/system/scene.h"
#include "tests/system/terminal.h"

static const int SIZES[][2] = {{24, 80}, {50, 200}};

static terminal_t *open_console(
    harness_t *harness, int rows, int columns, const char *owner, const char *variables)
{
    terminal_t *terminal = terminal_console(
        harness, rows, columns, harness_endpoint(harness, "leaf"), owner, "con", "", variables);
    terminal_expect(terminal, "con @ leaf /1/2/3/");
    return terminal;
}

static void publish(client_t *client, const char *topic, int count)
{
    for (int i = 0; i < count; i++)
        assert_int_equal(dd_client_publish(client_handle(client), topic, "12345678", 8), DD_OK);
}

/* Whether some dots of braille in the lower half of cells are on the screen. */
static bool shows_braille(terminal_t *terminal)
{
    const char *screen = terminal_screen(terminal);
    return strstr(screen, "\xe2\xa1") || strstr(screen, "\xe2\xa2") || strstr(screen, "\xe2\xa3");
}

static void publish_until_braille(client_t *client, const char *topic, terminal_t *terminal)
{
    for (int i = 0; i < 2000 && !shows_braille(terminal); i++)
        publish(client, topic, 1);
    assert_true(shows_braille(terminal));
}

/* Publishes until the screen shows that. */
static void publish_until(
    client_t *client, const char *topic, terminal_t *terminal, const char *text)
{
    for (int i = 0; i < 2000 && !strstr(terminal_screen(terminal), text); i++)
        publish(client, topic, 1);
    terminal_expect(terminal, text);
}

/* Without a manual: the screen of the subscriptions says which key has the topics. */
static void test_who_publishes_most(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    client_subscribe(client_open(harness, "twin", "a", "reader"), "busy", "all");
    client_t *first = client_open(harness, "other", "a", "noisy");
    client_t *second = client_open(harness, "root", "a", "other");
    publish(first, "busy", 300);
    publish(second, "busy", 100);
    publish(second, "quiet", 1);
    publish(client_open(harness, "root", "b", "stranger"), "secret", 5);
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal = open_console(harness, SIZES[size][0], SIZES[size][1], "a", "");
        terminal_press(terminal, "3");
        terminal_expect(terminal, "T Topics");
        terminal_expect_not(terminal, "PUBL/S");
        terminal_press(terminal, "T");
        terminal_expect(terminal, "Topics  2");
        terminal_expect(terminal, "PUBL/S▼");
        terminal_expect(terminal, "noisy 75%, ");
        terminal_expect_not(terminal, "secret");
        terminal_press(terminal, "/");
        terminal_type(terminal, "busy");
        terminal_press(terminal, "Enter Enter");
        terminal_expect(terminal, "publications  400");
        terminal_expect(terminal, "75%  noisy  300");
        terminal_expect(terminal, "25%  other  100");
        terminal_expect(terminal, "subscribers   1");
        terminal_press(terminal, "Escape Escape T");
        terminal_expect(terminal, "Subscriptions (● yours)");
        terminal_expect_not(terminal, "PUBL/S");
        terminal_press(terminal, "q");
        terminal_expect(terminal, "ended with 0");
        terminal_close(&terminal);
    }
}

static void test_graph_of_a_topic(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    client_t *client = client_open(harness, "other", "a", "noisy");
    publish(client, "busy", 1);
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal = open_console(harness, SIZES[size][0], SIZES[size][1], "a", "");
        terminal_press(terminal, "3 T");
        terminal_expect(terminal, "busy ");
        terminal_expect(terminal, "G Graph");
        terminal_press(terminal, "G");
        terminal_expect(terminal, "Topic busy of tenant a");
        publish_until_braille(client, "busy", terminal);
        terminal_expect(terminal, "publications  now ");
        terminal_expect(terminal, "lost  0/s all this time");
        terminal_expect(terminal, "15 min ago");
        terminal_expect(terminal, "/s │");
        terminal_expect_not(terminal, "PUBL/S");
        terminal_press(terminal, "G");
        terminal_expect(terminal, "PUBL/S▼");
        terminal_expect_not(terminal, "min ago");
        terminal_press(terminal, "q");
        terminal_expect(terminal, "ended with 0");
        terminal_close(&terminal);
    }
}

static void test_graphs_of_a_broker_and_a_client(void **state)
{
    harness_t *harness = *state;
    scene_tree(harness);
    client_t *client = client_open(harness, "leaf", "a", "noisy");
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        terminal_t *terminal =
            open_console(harness, SIZES[size][0], SIZES[size][1], "operator", "");
        terminal_expect(terminal, "▾ root");
        terminal_press(terminal, "/");
        terminal_type(terminal, "leaf");
        terminal_press(terminal, "Enter G");
        terminal_expect(terminal, "Broker leaf /1/2/3/");
        terminal_expect(terminal, "round trip to its parent  now ");
        publish_until(client, "busy", terminal, " in  now ");
        terminal_expect(terminal, "dropped  0/s all this time");
        terminal_press(terminal, "2");
        terminal_expect(terminal, "a.noisy ");
        terminal_press(terminal, "G");
        terminal_expect(terminal, "Client a.noisy");
        publish_until(client, "busy", terminal, "from it  now ");
        terminal_expect_not(terminal, "round trip");
        terminal_press(terminal, "Escape q");
        terminal_expect(terminal, "ended with 0");
        terminal_close(&terminal);
    }
}

/* Where braille can't be shown, none is. */
static void test_graphs_of_other_glyphs(void **state)
{
    harness_t *harness = *state;
    static const struct {
        const char *variables, *shows;
    } CASES[] = {{"LC_ALL=C.UTF-8 TERM=linux", "█"}, {"LC_ALL=C TERM=linux", "#"},
        {"LC_ALL=C TERM=vt100", "#"}};
    scene_tree(harness);
    client_t *client = client_open(harness, "leaf", "a", "noisy");
    for (size_t i = 0; i < COUNT(CASES); i++) {
        terminal_t *terminal = open_console(harness, 24, 80, "a", CASES[i].variables);
        terminal_press(terminal, "3 T");
        publish_until(client, "busy", terminal, "busy ");
        terminal_press(terminal, "G");
        terminal_expect(terminal, "Topic busy of tenant a");
        publish_until(client, "busy", terminal, CASES[i].shows);
        assert_false(shows_braille(terminal));
        terminal_close(&terminal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(test_who_publishes_most),
        SCENE(test_graph_of_a_topic),
        SCENE(test_graphs_of_a_broker_and_a_client),
        SCENE(test_graphs_of_other_glyphs),
    };
    return cmocka_run_group_tests_name("topics", tests, NULL, NULL);
}
