/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_pair - the brokers' own pair of keys is changed while everybody stays
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <zmq.h>

#include "legacy_client.h"
#include "scene.h"
#include "shell.h"

static const char *const STEPS[] = {"rotate", "switch", "finish"};

static void take_step(const char *step)
{
    char line[256];
    snprintf(line, sizeof line,
        "cp $DIR/a-keys.json $DIR/before.json && ddkeys %s dd -d $DIR && ddkeys check $DIR", step);
    shell_check(line, DONE, NULL, "");
}

static void reload(harness_t *harness, const char *broker)
{
    program_t *program = harness_broker(harness, broker);
    program_signal(program, SIGHUP);
    assert_true(program_expect(program, "log reloaded", HARNESS_DEADLINE));
}

/* Nobody has lost the connection. */
static void expect_calm(client_t *client)
{
    assert_null(client_take(client, EVENT(DD_EVENT_DISCONNECTED) | EVENT(DD_EVENT_CLOSED), 0));
}

/* Over every kind of endpoint, with the file of this step and of the one before. */
static void visit(const char *endpoint)
{
    char line[512];
    snprintf(line, sizeof line,
        "for keys in a-keys.json before.json operator-keys.json public-keys.json; do ddtui -q -d "
        "'%s' -k $DIR/$keys --tree >/dev/null || exit; done",
        endpoint);
    shell_check(line, DONE, "", "");
}

static void test_everybody_stays_and_comes_in(void **state)
{
    harness_t *harness = *state;
    char socket[256];
    snprintf(socket, sizeof socket, "ipc://%s", harness_path(harness, "socket"));
    broker_start(harness, "root", NULL, "/1/", "-r", socket, NULL);
    scene_broker(harness, "leaf", "root", "/1/2/");
    shell_open(harness, "leaf", "a");
    client_t *high = client_open(harness, "root", "a", "high");
    client_t *low = client_open(harness, "leaf", "a", "low");
    for (int i = 0; i < 6; i++) {
        take_step(STEPS[i % 3]);
        reload(harness, i % 2 ? "root" : "leaf");
        visit(socket);
        visit(harness_endpoint(harness, "root"));
        visit(harness_endpoint(harness, "leaf"));
        reload(harness, i % 2 ? "leaf" : "root");
        visit(socket);
        visit(harness_endpoint(harness, "root"));
        visit(harness_endpoint(harness, "leaf"));
        client_deliver(high, low, "down");
        client_deliver(low, high, "up");
        expect_calm(high);
        expect_calm(low);
    }
    assert_false(program_said(harness_broker(harness, "root"), "broker leaf is gone"));
}

/* A broker that is started anew in the midst of it joins whichever parent, and is joined. */
static void test_brokers_join_at_every_step(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "root", NULL, "/1/", NULL);
    scene_broker(harness, "mid", "root", "/1/2/");
    scene_broker(harness, "leaf", "mid", "/1/2/3/");
    shell_open(harness, "leaf", "a");
    for (int i = 0; i < 3; i++) {
        take_step(STEPS[i]);
        scene_broker(harness, "mid", "root", "/1/2/"); /* before those around it */
        assert_true(
            program_expect(harness_broker(harness, "mid"), "broker leaf joined", HARNESS_DEADLINE));
        reload(harness, "root");
        reload(harness, "leaf");
    }
}

static void test_old_clients_need_their_new_file(void **state)
{
    harness_t *harness = *state;
    void *context = zmq_ctx_new();
    const char *endpoint = harness_reserve(harness, "legacy");
    broker_start(harness, "root", NULL, "/1/", "--legacy", endpoint, "--heartbeat", "20s", NULL);
    shell_open(harness, "root", "a");
    const char *keys = harness_keys(harness, "a");
    legacy_client_t *old = legacy_client_new(context, endpoint, keys, LEGACY_V4);
    legacy_client_login(old, "old");
    take_step("rotate");
    reload(harness, "root");
    take_step("switch");
    reload(harness, "root");
    legacy_client_t *newer = legacy_client_new(context, endpoint, keys, LEGACY_V4);
    legacy_client_login(newer, "newer");
    legacy_client_notify(old, "newer", "still here");
    legacy_client_expect_data(newer, "old", "still here");
    legacy_client_destroy(&old);
    legacy_client_destroy(&newer);
    zmq_ctx_term(context);
}

/* An endpoint that is listened on anew lets in whom it did before. */
static void test_a_reserved_endpoint_stays_reserved(void **state)
{
    harness_t *harness = *state;
    const char *gate = harness_reserve(harness, "gate");
    broker_start(harness, "root", NULL, "/1/", "--reserved", gate, NULL);
    shell_open(harness, "gate", "a");
    for (int i = 0; i < 3; i++) {
        take_step(STEPS[i]);
        reload(harness, "root");
        shell_check("ddtui -q --tree", REFUSED, "", "doesn't take this key");
        shell_check("ddtui -q -k $DIR/operator-keys.json --tree", DONE, NULL, "");
        visit(harness_endpoint(harness, "root"));
    }
    scene_broker(harness, "leaf", "gate", "/1/2/");
}

/* What isn't a step, or comes in another order, is refused and changes nothing. */
static void test_another_pair_takes_a_restart(void **state)
{
    harness_t *harness = *state;
    program_t *root = broker_start(harness, "root", NULL, "/1/", NULL);
    shell_open(harness, "root", "a");
    shell_check("ddkeys switch dd -d $DIR", FAILED, "", "'ddkeys rotate dd' makes one");
    shell_check("ddkeys finish dd -d $DIR", FAILED, "", "isn't being changed");
    shell_check("ddkeys switch a -d $DIR", USAGE, "", "for \"dd\" alone");
    shell_check("ddkeys rotate dd -d $DIR", DONE, NULL, "ddkeys switch dd");
    shell_check("ddkeys rotate dd -d $DIR", FAILED, "", "go on with 'ddkeys switch dd'");
    shell_check("ddkeys finish dd -d $DIR", FAILED, "", "'ddkeys switch dd' comes first");
    shell_check("ddkeys rotate --force dd -d $DIR", DONE, NULL, "stop all brokers");
    shell_check("ddkeys check $DIR", DONE, NULL, "");
    program_signal(root, SIGHUP);
    assert_true(program_expect(root, "which takes a restart", HARNESS_DEADLINE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(test_everybody_stays_and_comes_in),
        SCENE(test_brokers_join_at_every_step),
        SCENE(test_a_reserved_endpoint_stays_reserved),
        SCENE(test_old_clients_need_their_new_file),
        SCENE(test_another_pair_takes_a_restart),
    };
    return cmocka_run_group_tests_name("pair", tests, NULL, NULL);
}
