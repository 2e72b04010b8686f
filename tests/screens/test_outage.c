/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_outage - a walk through an outage, whose screens are compared with what they should hold
 *
 * The root is killed and its standby takes over, a leaf vanishes with its client, a tenant floods,
 * and in the end all are back. Rows of a screen are patterns of fnmatch(3), since times and rates
 * differ from run to run; but which rows there are, in which order, and what each says is the same.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

#include "tests/system/scene.h"
#include "tests/system/terminal.h"

#define ROWS 24
#define COLUMNS 80
#define EMPTY "│ *│"

/* ---- Screens -------------------------------------------------------------------------------- */

/* What a screen holds: its first line, and the rows of its list from the first to an empty one. */
typedef struct {
    terminal_t *terminal;
    const char *const *rows; /* ended with NULL */
    size_t wrong;            /* the first row that isn't so */
} walk_screen_t;

/* Cuts the next line off. NULL after the last. */
static char *next_line(char **rest)
{
    return strsep(rest, "\n");
}

/* The screen's first line, and then those from a row on that begins the list. */
static bool is_so(void *arg)
{
    walk_screen_t *self = arg;
    char screen[ROWS * COLUMNS * 8], *rest = screen, *line;
    snprintf(screen, sizeof screen, "%s", terminal_screen(self->terminal));
    self->wrong = 0;
    while (self->rows[self->wrong] && (line = next_line(&rest)) != NULL) {
        if (fnmatch(self->rows[self->wrong], line, FNM_EXTMATCH) != 0)
            return false;
        self->wrong++;
    }
    return self->rows[self->wrong] == NULL;
}

static void expect_screen(terminal_t *terminal, const char *const rows[])
{
    walk_screen_t screen = {.terminal = terminal, .rows = rows};
    if (!wait_until(is_so, &screen, HARNESS_DEADLINE))
        fail_msg("row %zu isn't \"%s\":\n%s", screen.wrong, rows[screen.wrong],
            terminal_screen(terminal));
}

#define TABS " 1 Tree  2 Clients  3 Subscriptions  4 Messages  5 Events  6 Trace  7 Help*"
#define TREE_OF(count)                                                                             \
    TABS, "┌─ Tree  " count " ─*┐",                                                                \
        "│BROKER            SCOPE       LINK CLNTS   IN/S  OUT/S DROPPED STATE *>"

static void expect_calm(terminal_t *terminal)
{
    expect_screen(terminal,
        (const char *const[]){
            " DoubleDecker  operator con @ mid /1/2/  registered  rtt * ms   *:*:*", TREE_OF("5"),
            "│▾ root            /1/ *-     0 *ok  *│", "│    standby       /1/ *ms     0 *ok  *│",
            "│  ▾ mid           /1/2/ *ms     0 *ok  *│",
            "│      leaf        /1/2/3/ *ms     1 *ok  *│",
            "│    other         /1/5/ *ms     2 *ok  *│", EMPTY, NULL});
}

/* The standby has all that the root had. The root's own figures are past; nobody else is gone. */
static void expect_root_gone(terminal_t *terminal)
{
    expect_screen(terminal,
        (const char *const[]){" DoubleDecker  operator con @ mid /1/2/ *1 gone · 1 cut off *:*:*",
            TREE_OF("5"), "│▾ root            /1/ *-     0      -      -       0 GONE *s *│",
            "│  ▾ standby       /1/ *-     0 *cut off  *│",
            "│    ▾ mid         /1/2/ *ms     0 *ok  *│",
            "│        leaf      /1/2/3/ *ms     1 *ok  *│",
            "│      other       /1/5/ *ms     2 *ok  *│", EMPTY, NULL});
}

static void expect_leaf_gone(terminal_t *terminal)
{
    expect_screen(terminal,
        (const char *const[]){" DoubleDecker  operator con @ mid /1/2/ *2 gone · 1 cut off *:*:*",
            TREE_OF("5"), "│▾ root            /1/ *-     0      -      -       0 GONE *s *│",
            "│  ▾ standby       /1/ *-     0 *cut off  *│",
            "│    ▾ mid         /1/2/ *ms     0 *ok  *│",
            "│        leaf      /1/2/3/ *     1      -      -       0 GONE *s *│",
            "│      other       /1/5/ *ms     2 *ok  *│", EMPTY, NULL});
}

static void expect_all_back(terminal_t *terminal)
{
    expect_screen(terminal,
        (const char *const[]){" DoubleDecker  operator con @ mid /1/2/ *:*:*", TREE_OF("5"),
            "│▾ root            /1/ *-     0 *ok  *│", "│  ▾ standby       /1/ *ms     0 *ok  *│",
            "│    ▾ mid         /1/2/ *ms     0 *ok  *│",
            "│        leaf      /1/2/3/ *ms     1 *ok  *│",
            "│      other       /1/5/ *ms     2 *refused *s ago*│", EMPTY, NULL});
}

/* What three brokers say at one time has no order among them. */
#define ROOT_LOST "│*:*:* warning @(other|standby|mid) *parent root is gone  *│"

/* The leaf is killed as soon as the root is shown as gone, which a note says a moment later. */
#define ROOT_TOLD "│*:*:* error   this console   broker root is gone, says its neighbour*│"
#define LEAF_LOST "│*:*:* warning mid            broker leaf is gone  *│"

/* Of the flood: at once, and a minute later if that takes so long. */
#define REFUSED "│*:*:* warning other *client b.loud was refused requests: *│"

static void expect_story(terminal_t *terminal)
{
    terminal_press(terminal, "5 l l");
    expect_screen(terminal,
        (const char *const[]){" DoubleDecker *:*:*", TABS, "┌─ Warnings and errors  @(7|8) ─*┐",
            "│TIME     LEVEL   WHERE          EVENT                                         >",
            ROOT_LOST, ROOT_LOST, ROOT_LOST, "@(" ROOT_TOLD "|" LEAF_LOST ")",
            "@(" ROOT_TOLD "|" LEAF_LOST ")",
            "│*:*:* error   this console   broker leaf is gone, says its neighbour*│", REFUSED,
            "@(" REFUSED "|" EMPTY ")", NULL});
}

/* ---- The outage ----------------------------------------------------------------------------- */

static void start_beneath_both(harness_t *harness, const char *name, const char *scope)
{
    program_t *broker = broker_start(harness, name, "root", scope, "-d",
        harness_endpoint(harness, "standby"), "--tenant-messages", "50", NULL);
    assert_true(program_expect(broker, "joined parent root", HARNESS_DEADLINE));
}

static void start_tree(harness_t *harness)
{
    harness_reserve(harness, "standby");
    broker_start(harness, "root", NULL, "/1/", NULL);
    scene_broker(harness, "standby", "root", "/1/");
    start_beneath_both(harness, "mid", "/1/2/");
    start_beneath_both(harness, "other", "/1/5/");
    scene_broker(harness, "leaf", "mid", "/1/2/3/");
}

typedef struct {
    client_t *client;
    walk_screen_t screen;
} flood_t;

/* The refusals are taken, too: with too many of them waiting, there is no room for more. */
static void take_refusals(client_t *client)
{
    dd_event_t *event;
    while ((event = client_take(client, OUTCOMES, 1)) != NULL)
        dd_event_destroy(&event);
}

static bool flood_is_seen(void *arg)
{
    flood_t *self = arg;
    dd_client_t *handle = client_handle(self->client);
    for (int i = 0; i < 300; i++)
        if (dd_client_notify(handle, "victim", "x", 1, 0, NULL) != DD_OK)
            break; /* no room, until more has gone out */
    take_refusals(self->client);
    return is_so(&self->screen);
}

/* The one who floods, and who else is at that broker and well; of the leaf's nothing is known. */
static void expect_flood(terminal_t *terminal, client_t *loud)
{
    static const char *const CLIENTS[] = {
        " operator con @ mid /1/2/ *2 gone · 1 cut off · 1 refusing *:*:*", TABS,
        "┌─ Clients  3 ─*┐", "│CLIENT * BROKER * SCOPE * IN/S  OUT/S DROPPED STATE *>",
        "│a.sensor * leaf * /1/2/3/ *0 unknown *│", "│b.loud * other * /1/5/ *0 REFUSING *│",
        "│b.victim * other * /1/5/ *0 ok *s  *│", EMPTY, NULL};
    flood_t flood = {loud, {.terminal = terminal, .rows = CLIENTS}};
    terminal_press(terminal, "2");
    if (!wait_until(flood_is_seen, &flood, HARNESS_DEADLINE))
        fail_msg("the flood isn't seen:\n%s", terminal_screen(terminal));
}

static void test_a_walk_through_an_outage(void **state)
{
    harness_t *harness = *state;
    start_tree(harness);
    client_open(harness, "leaf", "a", "sensor");
    client_open(harness, "other", "b", "victim");
    client_t *loud = client_open(harness, "other", "b", "loud");
    terminal_t *terminal = terminal_console(
        harness, ROWS, COLUMNS, harness_endpoint(harness, "mid"), "operator", "con", "", "");
    expect_calm(terminal);
    program_kill(harness_broker(harness, "root"));
    expect_root_gone(terminal);
    program_kill(harness_broker(harness, "leaf"));
    expect_leaf_gone(terminal);
    expect_flood(terminal, loud);
    broker_start(harness, "root", NULL, "/1/", NULL);
    scene_broker(harness, "leaf", "mid", "/1/2/3/");
    terminal_press(terminal, "1");
    expect_all_back(terminal);
    expect_story(terminal);
    terminal_press(terminal, "q");
    terminal_expect(terminal, "ended with 0");
    terminal_close(&terminal);
}

int main(void)
{
    const struct CMUnitTest tests[] = {SCENE(test_a_walk_through_an_outage)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
