/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_parents - brokers with several parents: who is lost is replaced, and who changes moves
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "scene.h"

static void await_parent(harness_t *self, const char *name, const char *parent)
{
    char text[64];
    snprintf(text, sizeof text, "joined parent %s as", parent);
    assert_true(program_expect(harness_broker(self, name), text, HARNESS_DEADLINE));
}

/* A leaf that has the first of two parents. */
static void start_leaf(
    harness_t *self, const char *name, const char *first, const char *second, const char *scope)
{
    broker_start(self, name, first, scope, "-d", harness_endpoint(self, second), NULL);
    await_parent(self, name, first);
}

static void all_reach_all(client_t *const clients[], size_t count, const char *const names[])
{
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            client_reach(clients[i], names[j]);
}

/* ---- A lost root --------------------------------------------------------------------------- */

static void a_standby_takes_the_place_of_a_lost_root(void **state)
{
    static const char *const NAMES[] = {"left", "right", "high"};
    harness_t *self = *state;
    harness_reserve(self, "standby");
    broker_start(self, "root", NULL, "/1/", NULL);
    scene_broker(self, "standby", "root", "/1/");
    start_leaf(self, "one", "root", "standby", "/1/2/");
    start_leaf(self, "two", "root", "standby", "/1/3/");
    client_t *clients[] = {client_open(self, "one", "a", "left"),
        client_open(self, "two", "a", "right"), client_open(self, "standby", "a", "high")};
    all_reach_all(clients, COUNT(clients), NAMES);
    client_subscribe(clients[1], "news", "all");

    program_kill(harness_broker(self, "root"));
    await_parent(self, "one", "standby");
    await_parent(self, "two", "standby");
    all_reach_all(clients, COUNT(clients), NAMES);
    assert_int_equal(dd_client_publish(client_handle(clients[0]), "news", "again", 5), DD_OK);
    client_expect(clients[1], "left", "again");
    client_deliver(clients[0], clients[1], "there");
}

/* Each is the other's parent. Whoever stays root, all are one tree, and again after the loss of
   either. */
static void two_roots_stand_for_each_other(void **state)
{
    static const char *const NAMES[] = {"left", "right"};
    harness_t *self = *state;
    harness_reserve(self, "a-root");
    harness_reserve(self, "b-root");
    broker_start(self, "a-root", "b-root", "/1/", NULL);
    broker_start(self, "b-root", "a-root", "/1/", NULL);
    start_leaf(self, "one", "a-root", "b-root", "/1/2/");
    start_leaf(self, "two", "b-root", "a-root", "/1/3/");
    client_t *clients[] = {
        client_open(self, "one", "a", "left"), client_open(self, "two", "a", "right")};
    all_reach_all(clients, COUNT(clients), NAMES);

    program_kill(harness_broker(self, "a-root"));
    await_parent(self, "one", "b-root");
    all_reach_all(clients, COUNT(clients), NAMES);
    broker_start(self, "a-root", "b-root", "/1/", NULL);
    await_parent(self, "a-root", "b-root");
    program_kill(harness_broker(self, "b-root"));
    await_parent(self, "one", "a-root");
    await_parent(self, "two", "a-root");
    all_reach_all(clients, COUNT(clients), NAMES);
    client_deliver(clients[0], clients[1], "there");
}

static void a_parent_that_drains_is_left_for_the_next_at_once(void **state)
{
    harness_t *self = *state;
    broker_start(self, "root", NULL, "/1/", NULL);
    scene_broker(self, "standby", "root", "/1/");
    start_leaf(self, "leaf", "root", "standby", "/1/2/");
    program_signal(harness_broker(self, "root"), SIGTERM);
    await_parent(self, "leaf", "standby");
    assert_int_equal(program_wait(harness_broker(self, "root"), HARNESS_DEADLINE), 0);
}

/* ---- The list ------------------------------------------------------------------------------ */

static void the_next_parent_is_tried_where_the_first_is_away(void **state)
{
    harness_t *self = *state;
    harness_reserve(self, "away");
    broker_start(self, "root", NULL, "/1/", NULL);
    broker_start(self, "leaf", "away", "/1/2/", "-d", harness_endpoint(self, "root"), NULL);
    await_parent(self, "leaf", "root");
}

static void a_parent_that_is_the_broker_itself_is_found(void **state)
{
    harness_t *self = *state;
    harness_reserve(self, "leaf");
    broker_start(self, "root", NULL, "/1/", NULL);
    program_t *leaf =
        broker_start(self, "leaf", "leaf", "/1/2/", "-d", harness_endpoint(self, "root"), NULL);
    assert_true(program_expect(leaf, "is this broker itself", HARNESS_DEADLINE));
    await_parent(self, "leaf", "root");
}

static void write_config(harness_t *self, const char *first, const char *second)
{
    FILE *out = fopen(harness_path(self, "broker.conf"), "w");
    assert_non_null(out);
    fprintf(out, "parent = %s\n", harness_endpoint(self, first));
    if (second)
        fprintf(out, "parent = %s\n", harness_endpoint(self, second));
    assert_int_equal(fclose(out), 0);
}

/* A parent that stays in the list is kept, wherever it stands. */
static void a_reload_moves_the_broker(void **state)
{
    harness_t *self = *state;
    broker_start(self, "root", NULL, "/1/", NULL);
    scene_broker(self, "other", "root", "/1/");
    write_config(self, "root", NULL);
    program_t *leaf =
        broker_start(self, "leaf", NULL, "/1/2/", "-c", harness_path(self, "broker.conf"), NULL);
    await_parent(self, "leaf", "root");
    client_t *client = client_open(self, "leaf", "a", "client");
    client_t *top = client_open(self, "root", "a", "top");

    write_config(self, "other", "root");
    program_signal(leaf, SIGHUP);
    assert_true(program_expect(leaf, "reloaded", HARNESS_DEADLINE));
    client_reach(client, "top");
    write_config(self, "other", NULL);
    program_signal(leaf, SIGHUP);
    await_parent(self, "leaf", "other");
    client_reach(client, "top");
    client_reach(top, "client");
}

/* ---- Operators ----------------------------------------------------------------------------- */

static program_t *ask(harness_t *self, const char *broker, const char *option, const char *argument)
{
    const char *const arguments[] = {"ddtui", "-d", harness_endpoint(self, broker),
        "--operator-keys", harness_keys(self, "operator"), "-t", "30", option, argument, NULL};
    program_t *program = program_spawn_array(self, arguments);
    assert_int_not_equal(program_wait(program, HARNESS_DEADLINE), -1);
    return program;
}

static void an_operator_moves_a_broker(void **state)
{
    harness_t *self = *state;
    char order[300];
    broker_start(self, "root", NULL, "/1/", NULL);
    scene_broker(self, "other", "root", "/1/");
    scene_broker(self, "leaf", "root", "/1/2/");
    snprintf(order, sizeof order, "leaf=%s", harness_endpoint(self, "other"));
    program_t *program = ask(self, "root", "--move", order);
    assert_int_equal(program_wait(program, 0), 0);
    await_parent(self, "leaf", "other");
    program = ask(self, "root", "--tree", "--json");
    assert_true(program_said(program, " joined, tcp://"));
    assert_true(program_said(program, "\"moves\":1"));
    assert_true(program_said(harness_broker(self, "leaf"), "moved to parent other: tcp://"));
}

/* It goes back then, and says why, to whoever looks at its events. */
static void a_move_that_fails_leaves_an_event(void **state)
{
    harness_t *self = *state;
    char order[300];
    harness_reserve(self, "nobody");
    broker_start(self, "root", NULL, "/1/", NULL);
    scene_broker(self, "leaf", "root", "/1/2/");
    snprintf(order, sizeof order, "leaf=%s", harness_endpoint(self, "nobody"));
    assert_int_equal(program_wait(ask(self, "root", "--move", order), 0), 0);
    assert_true(program_expect(
        harness_broker(self, "leaf"), "move failed, the parent is root: ", HARNESS_DEADLINE));
    assert_true(program_said(ask(self, "root", "--events", NULL), "move failed, the parent is"));
}

typedef struct {
    harness_t *harness;
    const char *words;
} wish_t;

static bool check_says(void *arg)
{
    const wish_t *self = arg;
    return program_said(ask(self->harness, "root", "--check", NULL), self->words);
}

/* A parent in reserve that is dead is known before it is needed. */
static void a_dead_parent_in_reserve_is_known(void **state)
{
    harness_t *self = *state;
    harness_reserve(self, "standby");
    broker_start(self, "root", NULL, "/1/", NULL);
    broker_start(self, "leaf", "root", "/1/2/", "-d", harness_endpoint(self, "standby"), NULL);
    await_parent(self, "leaf", "root");
    wish_t warning = {self, "leaf: 1 of its parents does not answer"};
    assert_true(wait_until(check_says, &warning, HARNESS_DEADLINE));
    assert_true(program_said(harness_broker(self, "leaf"), "a parent in reserve: tcp://"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_standby_takes_the_place_of_a_lost_root),
        SCENE(two_roots_stand_for_each_other),
        SCENE(a_parent_that_drains_is_left_for_the_next_at_once),
        SCENE(the_next_parent_is_tried_where_the_first_is_away),
        SCENE(a_parent_that_is_the_broker_itself_is_found),
        SCENE(a_reload_moves_the_broker),
        SCENE(an_operator_moves_a_broker),
        SCENE(a_move_that_fails_leaves_an_event),
        SCENE(a_dead_parent_in_reserve_is_known),
    };
    return cmocka_run_group_tests_name("parents", tests, NULL, NULL);
}
