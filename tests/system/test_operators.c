/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_operators - what operators have brokers do, and that tenants can not
 *
 * Each test has a tree of its own, see scene.h and shell.h.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "raw.h"
#include "scene.h"
#include "shell.h"

/* ---- Operators ---------------------------------------------------------------------------- */

static void test_an_operator_ends_a_client(void **state)
{
    harness_t *harness = *state;
    program_t *cli1 = shell_listen("ddtui -l cli1", 0);
    client_t *cli2 = client_open(harness, "other", "a", "x.y");
    client_t *same = client_open(harness, "other", "b", "x.y");
    shell_check("ddtui -q $OPERATOR --end-client a.cli1 boss", DONE,
        "end-client\ta.cli1\tleaf\tdone\n", "");
    shell_end(cli1, REFUSED);
    assert_true(program_said(cli1, "operator boss ended it"));
    assert_true(program_expect(
        harness_broker(harness, "leaf"), "operator boss: end-client a.cli1", HARNESS_DEADLINE));
    shell_check("ddtui -q $OPERATOR --end-client a.x.y --json boss", DONE,
        "{\"what\":\"end-client\",\"argument\":\"a.x.y\",\"broker\":\"other\",\"done\":true}\n",
        "");
    dd_event_t *event = client_wait(cli2, EVENT(DD_EVENT_CLOSED));
    assert_int_equal(event->error, DD_E_REFUSED);
    assert_non_null(strstr(event->text, "operator boss ended it"));
    dd_event_destroy(&event);
    assert_null(client_take(same, EVENT(DD_EVENT_CLOSED) | EVENT(DD_EVENT_DISCONNECTED), 0));
    shell_check("ddtui -q $OPERATOR --end-client a.x.y", NO_DESTINATION, "", "no client 'a.x.y'");
}

static void test_an_operator_drains_a_broker(void **state)
{
    harness_t *harness = *state;
    client_t *client = client_open(harness, "leaf", "a", "cli1");
    shell_check(
        "ddtui -q -d $OTHER $OPERATOR --drain leaf boss", DONE, "drain\tleaf\tleaf\tdone\n", "");
    program_t *leaf = harness_broker(harness, "leaf");
    shell_end(leaf, DONE);
    assert_true(program_said(leaf, "operator boss: drain leaf"));
    dd_event_t *event = client_wait(client, EVENT(DD_EVENT_DISCONNECTED));
    assert_int_equal(event->error, DD_E_DRAINING);
    dd_event_destroy(&event);
    shell_check(
        "ddtui -q -d $ROOT --tree | cut -f 1", DONE, "root\n  mid\n    twin\n  other\n", "");
    shell_check("ddtui -q -d $ROOT $OPERATOR --drain leaf", NO_DESTINATION, "", "no broker 'leaf'");
    /* The one that it talks to itself. */
    shell_check(
        "ddtui -q -d $OTHER $OPERATOR --drain other", DONE, "drain\tother\tother\tdone\n", "");
    shell_end(harness_broker(harness, "other"), DONE);
}

static void test_an_operator_changes_what_is_logged(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "leaf", "mid", "/1/2/3/", "-l", "notice", NULL);
    program_t *leaf = harness_broker(harness, "leaf");
    assert_true(program_expect(leaf, "joined parent", HARNESS_DEADLINE));
    client_open(harness, "leaf", "a", "before");
    shell_check(
        "ddtui -q $OPERATOR --log-level leaf=info boss", DONE, "log-level\tinfo\tleaf\tdone\n", "");
    client_open(harness, "leaf", "a", "between");
    assert_true(program_expect(leaf, "client a.between registered", HARNESS_DEADLINE));
    shell_check("ddtui -q $OPERATOR --log-level leaf=error boss", DONE, NULL, "");
    assert_true(program_expect(leaf, "operator boss: log-level error", HARNESS_DEADLINE));
    client_open(harness, "leaf", "a", "after");
    assert_false(program_said(leaf, "a.before") || program_said(leaf, "a.after"));
    shell_check("ddtui -q $OPERATOR --log-level leaf=loud", FAILED, "",
        "log-level loud: a log level is error, warning, notice, info or debug");
    shell_check("ddtui -q $OPERATOR --log-level nowhere=info", NO_DESTINATION, "", "'nowhere'");
}

static void test_a_name_of_two_brokers(void **state)
{
    harness_t *harness = *state;
    program_t *second = program_spawn(harness, "ddbroker", "-r", "tcp://127.0.0.1:*", "-k",
        harness_keys(harness, "broker"), "-d", harness_endpoint(harness, "root"), "-s", "/1/7/",
        "leaf", NULL);
    assert_true(program_expect(second, "joined parent", HARNESS_DEADLINE));
    shell_check("ddtui -q $OPERATOR --drain leaf", FAILED, "",
        "2 brokers are called 'leaf': nothing was done");
    shell_check("ddtui -q --tree | grep -c leaf", DONE, "2\n", "");
}

/* One broker that doesn't answer is no hindrance to what another is to do. */
static void test_orders_beside_a_silent_broker(void **state)
{
    harness_t *harness = *state;
    program_t *twin = harness_broker(harness, "twin");
    program_signal(twin, SIGSTOP);
    program_t *order = shell_run("ddtui $OPERATOR --drain other -t 1");
    program_t *silent = shell_run("ddtui $OPERATOR --drain twin -t 1");
    program_signal(twin, SIGCONT);
    shell_end(order, DONE);
    assert_string_equal(program_stdout(order), "drain\tother\tother\tdone\n");
    shell_end(silent, TIMEOUT);
    assert_true(program_said(silent, "no broker 'twin' in the tree"));
}

/* ---- Operators with names ------------------------------------------------------------------ */

static void reload_all(harness_t *harness)
{
    static const char *const NAMES[] = {"root", "mid", "leaf", "twin", "other"};
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        program_signal(harness_broker(harness, NAMES[i]), SIGHUP);
        assert_true(
            program_expect(harness_broker(harness, NAMES[i]), "log reloaded", HARNESS_DEADLINE));
    }
}

static void test_operators_have_names_and_rights(void **state)
{
    harness_t *harness = *state;
    program_t *leaf = harness_broker(harness, "leaf");
    shell_check("ddkeys operator alice -d $DIR", DONE, NULL, "operator.alice-keys.json");
    shell_check("ddkeys operator monitor --read-only -d $DIR", DONE, NULL, "");
    shell_check(
        "ddtui -q -k $DIR/operator.alice-keys.json --tree", REFUSED, "", "doesn't take this key");
    reload_all(harness);
    shell_check("ddtui -q -d $OTHER -k $DIR/operator.alice-keys.json --log-level leaf=debug boss",
        DONE, NULL, "");
    assert_true(program_expect(leaf, "operator alice: log-level debug", HARNESS_DEADLINE));
    shell_check(
        "ddtui -q --operator-keys $DIR/operator.monitor-keys.json --tree | cut -f 1 | wc -l", DONE,
        "5\n", "");
    shell_check("ddtui -q --operator-keys $DIR/operator.monitor-keys.json --check | grep -c OK",
        DONE, "1\n", "");
    shell_check("ddtui -q -k $DIR/operator.monitor-keys.json --drain leaf", REFUSED, "",
        "--drain isn't for the key in");
    shell_check("ddtui -q -k $DIR/operator.monitor-keys.json -n cli1 -m hi", REFUSED, "", "");
    /* Who has edited the file is refused by the broker. */
    shell_check("sed /readonly/d $DIR/operator.monitor-keys.json >$DIR/bold.json && chmod 600 "
                "$DIR/bold.json && ddtui -q -k $DIR/bold.json --drain leaf",
        REFUSED, "", "this operator may look only");
    assert_true(program_expect(leaf, "operator monitor wants something done", HARNESS_DEADLINE));
    assert_false(program_said(leaf, "shutting down"));
    shell_check("ddkeys remove operator.monitor -d $DIR", DONE, NULL, "");
    reload_all(harness);
    shell_check("ddtui -q -k $DIR/bold.json --tree", REFUSED, "", "doesn't take this key");
    /* Who it was is found out by the key that ddkeys shows, from the console as from the log. */
    shell_check("key=$(ddkeys show $DIR/bold.json | sed -n 's/^pubkey.//p'); ddtui -q -k "
                "$DIR/operator-keys.json --events | "
                "grep -cF \"with key $key: this key isn't in the broker's key file\"",
        DONE, "1\n", "");
    shell_check("ddtui -q -k $DIR/operator-keys.json --tree --json | grep -c "
                "'\"not_let_in\":[1-9]'",
        DONE, "1\n", "");
    shell_check("ddkeys check $DIR", DONE, NULL, "");
}

/* ---- Tenants ------------------------------------------------------------------------------ */

static void test_a_tenant_cannot_operate(void **state)
{
    harness_t *harness = *state;
    client_t *client = client_open(harness, "leaf", "a", "cli1");
    static const char *const LINES[] = {
        "ddtui -q --end-client a.cli1",
        "ddtui -q --drain leaf",
        "ddtui -q --log-level leaf=debug",
        "ddtui -q --operator-keys $DIR/a-keys.json --drain leaf",
        "ddtui -q --operator-keys $DIR/a-keys.json --tree",
        "ddtui -q -k $DIR/public-keys.json --drain leaf",
        "ddtui -q -k $DIR/broker-keys.json --drain leaf",
    };
    for (size_t i = 0; i < COUNT(LINES); i++)
        shell_check(LINES[i], REFUSED, "", "takes an operator's key file");
    shell_check("ddtui -q --read-only $OPERATOR --drain leaf", USAGE, "", "--read-only forbids");
    shell_check("ddtui -q --read-only -n cli1 -m hi", USAGE, "", "--read-only forbids");
    assert_null(client_take(client, EVENT(DD_EVENT_CLOSED) | EVENT(DD_EVENT_DISCONNECTED), 0));
    assert_false(program_said(harness_broker(harness, "leaf"), "operator"));
}

/* The id of a broker in the tree, in bytes. */
static void find_id(const char *name, uint8_t id[DD_BROKER_ID_SIZE])
{
    char line[128];
    snprintf(line, sizeof line, "ddtui -q --tree --json | grep '\"broker\":\"%s\"'", name);
    struct json_object *lines = shell_objects(shell_run(line)), *hex;
    assert_true(json_object_object_get_ex(json_object_array_get_idx(lines, 0), "id", &hex));
    const char *digits = json_object_get_string(hex);
    for (size_t i = 0; i < DD_BROKER_ID_SIZE; i++)
        assert_int_equal(sscanf(digits + 2 * i, "%2hhx", &id[i]), 1);
    json_object_put(lines);
}

/* A tenant's connection that says what its library doesn't let it: it is ended, and nothing done.
 */
static void test_raw_orders_of_a_tenant(void **state)
{
    harness_t *harness = *state;
    client_t *client = client_open(harness, "leaf", "a", "cli1");
    static const char *const ORDERS[][2] = {
        {"end-client", "a.cli1"}, {"drain", "leaf"}, {"log-level", "error"}};
    uint8_t id[DD_BROKER_ID_SIZE];
    find_id("leaf", id);
    for (size_t i = 0; i < COUNT(ORDERS); i++) {
        dd_record_t answer;
        raw_t *raw = raw_register(harness, i == 0 ? "leaf" : "other", "a", "raw");
        raw_say(raw, &(dd_record_t){.type = DD_CONTROL,
                         .ref = 5,
                         .id = dd_bytes(id, sizeof id),
                         .source = dd_bytes_of("boss"),
                         .text = dd_bytes_of(ORDERS[i][0]),
                         .name = dd_bytes_of(ORDERS[i][1])});
        raw_await(raw, DD_ERROR, &answer);
        assert_int_equal(answer.code, DD_E_PROTOCOL);
        assert_int_equal(answer.ref, 0);
        raw_close(&raw);
    }
    client_reach(client, "cli1");
    assert_null(client_take(client, EVENT(DD_EVENT_CLOSED) | EVENT(DD_EVENT_DISCONNECTED), 0));
    program_t *leaf = harness_broker(harness, "leaf");
    assert_false(program_said(leaf, "operator"));
    assert_false(program_said(leaf, "shutting down"));
    shell_check("ddtui -q $OPERATOR --log-level leaf=info boss", DONE, NULL, "");
    assert_true(program_expect(leaf, "operator boss", HARNESS_DEADLINE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE(test_an_operator_ends_a_client),
        TREE(test_an_operator_drains_a_broker),
        TREE(test_an_operator_changes_what_is_logged),
        TREE(test_a_name_of_two_brokers),
        TREE(test_orders_beside_a_silent_broker),
        TREE(test_operators_have_names_and_rights),
        TREE(test_a_tenant_cannot_operate),
        TREE(test_raw_orders_of_a_tenant),
    };
    return cmocka_run_group_tests_name("operators", tests, NULL, NULL);
}
