/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_large_tree - the console on a tree of 51 brokers and 5,000 clients
 *
 * Fifty of the brokers are real, and 497 of the clients; the others are those of a puppet, which
 * has joined the tree as any broker does.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/system/puppet.h"
#include "tests/system/scene.h"
#include "tests/system/terminal.h"

#define BRANCHES 7
#define LEAVES 6 /* of each branch */
/* At each branch: so many receivers, and the sender that ddperf has. */
#define RECEIVERS "70"
#define REAL_CLIENTS (BRANCHES * 71)
#define PUPPETS 4502 /* together with the console's own, 5,000 */

/* ---- The tree ------------------------------------------------------------------------------- */

/* All of them at once, and only then a look whether each has joined. */
static void start_brokers(harness_t *harness)
{
    program_t *brokers[BRANCHES * (1 + LEAVES)];
    size_t count = 0;
    broker_start(harness, "root", NULL, "/1/", NULL);
    for (int branch = 1; branch <= BRANCHES; branch++) {
        char name[16], scope[16];
        snprintf(name, sizeof name, "branch%d", branch);
        snprintf(scope, sizeof scope, "/1/%d/", branch);
        brokers[count++] = broker_start(harness, name, "root", scope, NULL);
        for (int leaf = 1; leaf <= LEAVES; leaf++) {
            char leaf_name[16], leaf_scope[24];
            snprintf(leaf_name, sizeof leaf_name, "leaf%d%d", branch, leaf);
            snprintf(leaf_scope, sizeof leaf_scope, "%s%d/", scope, leaf);
            brokers[count++] = broker_start(harness, leaf_name, name, leaf_scope, NULL);
        }
    }
    while (count > 0)
        assert_true(program_expect(brokers[--count], "joined parent", HARNESS_DEADLINE));
}

static void start_clients(harness_t *harness)
{
    for (int branch = 1; branch <= BRANCHES; branch++) {
        char name[16];
        snprintf(name, sizeof name, "branch%d", branch);
        program_spawn(harness, "ddperf", "-d", harness_endpoint(harness, name), "-k",
            harness_keys(harness, "a"), "--mode", "publish", "--receivers", RECEIVERS, "--rate",
            "1", "--count", "100000", NULL);
    }
}

static terminal_t *open_console(harness_t *harness)
{
    terminal_t *terminal = terminal_console(
        harness, 50, 200, harness_endpoint(harness, "leaf11"), "a", "cli1", "", "");
    terminal_expect(terminal, "registered as a.cli1 at leaf11 /1/1/1/");
    return terminal;
}

/* ---- What is seen --------------------------------------------------------------------------- */

/* The numbers of the puppet's clients that the screen shows, from the first to the last. False if
   there are none, or one is missing between two: perhaps it is just being drawn. */
static bool shown_numbers(terminal_t *terminal, unsigned *first, unsigned *last)
{
    const char *at = terminal_screen(terminal);
    bool any = false;
    while ((at = strstr(at, "│zed")) != NULL) {
        unsigned number = (unsigned)strtoul(at + strlen("│zed"), NULL, 10);
        if (any && number != *last + 1)
            return false;
        if (!any)
            *first = number;
        *last = number;
        any = true;
        at++;
    }
    return any;
}

typedef struct {
    terminal_t *terminal;
    unsigned first, last;
    unsigned after; /* the page is to begin here, or further on */
} page_t;

static bool page_has_come(void *arg)
{
    page_t *page = arg;
    return shown_numbers(page->terminal, &page->first, &page->last) && page->last > page->after;
}

/* Goes through all of the list, and misses nobody. */
static void page_through(terminal_t *terminal)
{
    page_t page = {.terminal = terminal};
    terminal_press(terminal, "Home");
    for (int i = 0; i < REAL_CLIENTS / 40; i++)
        terminal_press(terminal, "NPage");
    assert_true(wait_until(page_has_come, &page, HARNESS_DEADLINE));
    assert_true(page.first < 100);
    while (page.last < PUPPETS - 1) {
        page.after = page.last;
        terminal_press(terminal, "NPage");
        assert_true(wait_until(page_has_come, &page, HARNESS_DEADLINE));
        assert_true(page.first <= page.after + 1);
    }
}

static void look_at_the_tree(terminal_t *terminal)
{
    terminal_expect(terminal, "Tree  51");
    terminal_expect(terminal, "▾ branch1");
    terminal_press(terminal, "End");
    terminal_expect(terminal, "    ▾ leaf76");
    terminal_expect(terminal, "broker        zed"); /* all about it, at its side */
    terminal_press(terminal, "/");
    terminal_type(terminal, "leaf4");
    terminal_expect(terminal, "Tree  6 of 51 with \"leaf4\"");
    terminal_press(terminal, "Escape");
}

static void look_at_the_clients(terminal_t *terminal)
{
    terminal_press(terminal, "2");
    terminal_expect(terminal, "Clients  5000");
    terminal_press(terminal, "End");
    terminal_expect(terminal, "│zed4501");
    page_through(terminal);
    terminal_press(terminal, "/");
    terminal_type(terminal, "zed4321");
    terminal_expect(terminal, "Clients  1 of 5000 with \"zed4321\"");
    terminal_expect(terminal, "│zed4321");
    terminal_press(terminal, "Escape o Down Down Enter r");
    terminal_expect(terminal, "BROKER▼");
    terminal_press(terminal, "Home");
    terminal_expect(terminal, "│zed0000");
}

static void test_a_large_tree_is_scrolled(void **state)
{
    harness_t *harness = *state;
    start_brokers(harness);
    start_clients(harness);
    puppet_t *puppet = puppet_start(harness, "leaf76", "zed", "/1/7/6/1/", "a", PUPPETS);
    terminal_t *terminal = open_console(harness);
    look_at_the_clients(terminal);
    terminal_press(terminal, "1");
    look_at_the_tree(terminal);
    puppet_stop(&puppet);
    terminal_press(terminal, "End");
    terminal_expect(terminal, "GONE ");
    terminal_press(terminal, "2 /");
    terminal_type(terminal, "zed0042");
    terminal_expect(terminal, "unknown ");
    terminal_press(terminal, "Enter q");
    terminal_expect(terminal, "ended with 0");
    terminal_close(&terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {SCENE(test_a_large_tree_is_scrolled)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
