/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_quotas - one tenant takes what it can get, and another beside it notices nothing
 */
#include <json-c/json.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "raw.h"
#include "scene.h"

/* ---- What the broker says ------------------------------------------------------------------ */

/* A figure of the only row that the asker sees of its own broker's quotas. */
static int64_t figure(client_t *asker, const char *name)
{
    dd_question_t question = {.what = "quotas"};
    assert_int_equal(dd_client_inspect(client_handle(asker), &question, NULL), DD_OK);
    dd_event_t *event = client_wait(asker, EVENT(DD_EVENT_REPORT));
    json_object *report = json_tokener_parse(event->text), *rows, *value;
    assert_true(json_object_object_get_ex(report, "quotas", &rows));
    assert_int_equal(json_object_array_length(rows), 1);
    assert_true(json_object_object_get_ex(json_object_array_get_idx(rows, 0), name, &value));
    int64_t number = json_object_get_int64(value);
    json_object_put(report);
    dd_event_destroy(&event);
    return number;
}

static void write_config(harness_t *harness, const char *text)
{
    FILE *out = fopen(harness_path(harness, "broker.conf"), "w");
    assert_non_null(out);
    fputs(text, out);
    assert_int_equal(fclose(out), 0);
}

static program_t *start(harness_t *harness, const char *text)
{
    write_config(harness, text);
    return broker_start(
        harness, "broker0", NULL, "/1/", "-c", harness_path(harness, "broker.conf"), NULL);
}

/* A person of another tenant, an operator and a child broker come, and are served. */
static void check_others(harness_t *harness)
{
    client_t *one = client_open(harness, "broker0", "b", "one");
    client_t *two = client_open(harness, "broker0", "b", "two");
    client_deliver(one, two, "hi");
    client_t *operators = client_open(harness, "broker0", "operator", "op");
    client_close(&operators);
    program_t *child = scene_broker(harness, "child", "broker0", "/1/2/");
    client_t *three = client_open(harness, "child", "b", "three");
    client_reach(three, "one");
    client_deliver(three, one, "hi");
    program_kill(child);
}

/* ---- Places -------------------------------------------------------------------------------- */

#define PLACES 12
#define WANTED 20

/* Who doesn't get in is told why, and it isn't its key. */
static void one_tenant_does_not_take_all_places(void **state)
{
    harness_t *harness = *state;
    start(harness, "clients-max = 12\n");
    unsigned in = 0, out = 0;
    for (unsigned i = 0; i < WANTED; i++) {
        client_t *client = client_begin(harness, "broker0", "a", "auto");
        dd_event_t *event = client_wait(client,
            EVENT(DD_EVENT_REGISTERED) | EVENT(DD_EVENT_DISCONNECTED) | EVENT(DD_EVENT_CLOSED));
        assert_int_not_equal(event->type, DD_EVENT_CLOSED);
        if (event->type == DD_EVENT_DISCONNECTED) {
            assert_int_equal(event->error, DD_E_LIMIT);
            assert_non_null(strstr(event->text, "no room for more clients of this tenant"));
        }
        in += event->type == DD_EVENT_REGISTERED;
        out += event->type == DD_EVENT_DISCONNECTED;
        dd_event_destroy(&event);
    }
    assert_int_equal(in, PLACES / 2 + 1);
    assert_int_equal(out, WANTED - in);
    check_others(harness);
}

/* Those who were refused come by themselves once there is room, and others have theirs. */
static void more_places_after_a_reload(void **state)
{
    harness_t *harness = *state;
    program_t *broker = start(harness, "tenant = a\n    clients = 1\n");
    client_t *first = client_open(harness, "broker0", "a", "first");
    client_t *late = client_begin(harness, "broker0", "a", "late");
    assert_int_equal(client_await(late, DD_EVENT_DISCONNECTED), DD_E_LIMIT);
    client_open(harness, "broker0", "b", "first");
    client_open(harness, "broker0", "b", "second");
    write_config(harness, "tenant = a\n    clients = 2\ntenant = nobody\n");
    program_signal(broker, SIGHUP);
    assert_true(
        program_expect(broker, "sections of tenants without keys: nobody", HARNESS_DEADLINE));
    client_await(late, DD_EVENT_REGISTERED);
    client_deliver(first, late, "hi");
    assert_int_equal(figure(first, "clients"), 2);
    assert_int_equal(figure(first, "clients_max"), 2);
}

/* ---- Rates --------------------------------------------------------------------------------- */

/* Whoever sends too much is told of each message, and none of the other tenant's is missing. */
static void over_its_rate_a_tenant_is_told(void **state)
{
    harness_t *harness = *state;
    start(harness, "tenant = a\n    messages = 10\n    burst = 1s\n");
    client_t *sender = client_open(harness, "broker0", "a", "sender");
    client_t *other = client_open(harness, "broker0", "b", "other");
    client_subscribe(other, "t", "all");
    unsigned arrived = 0, refused = 0;
    for (unsigned i = 0; i < 50; i++) {
        dd_error_t error = client_send(sender, "sender", "to myself");
        arrived += error == DD_OK;
        refused += error == DD_E_RATE_LIMITED;
    }
    assert_true(arrived >= 10 && refused > 0);
    assert_int_equal(arrived + refused, 50);
    dd_event_t *event = NULL;
    while (!event) {
        assert_int_equal(dd_client_publish(client_handle(sender), "t", "news", 4), DD_OK);
        event = client_take(sender, OUTCOMES, 10);
    }
    assert_int_equal(event->error, DD_E_RATE_LIMITED);
    assert_string_equal(event->topic, "t");
    dd_event_destroy(&event);
    for (unsigned i = 0; i < 50; i++) {
        assert_int_equal(dd_client_publish(client_handle(other), "t", "news", 4), DD_OK);
        client_expect(other, "other", "news");
    }
}

/* Its subscriptions come later, but they come. */
static void subscriptions_wait_for_the_rate(void **state)
{
    harness_t *harness = *state;
    start(harness, "tenant-messages = 5\ntenant-burst = 1s\n");
    client_t *client = client_open(harness, "broker0", "a", "client");
    char topic[16];
    for (int i = 0; i < 12; i++) {
        snprintf(topic, sizeof topic, "t%d", i);
        assert_int_equal(dd_client_subscribe(client_handle(client), topic, "all"), DD_OK);
    }
    for (int i = 0; i < 12; i++)
        client_await(client, DD_EVENT_SUBSCRIBED);
    assert_null(client_take(client, OUTCOMES, 0));
    assert_int_equal(figure(client, "subscriptions"), 12);
}

/* ---- Outboxes ------------------------------------------------------------------------------ */

#define SLEEPERS 8
#define PIECE 500000

/* Many clients of a tenant don't read, each of which could have 16 MB wait for it. */
static void clients_that_do_not_read_cost_their_own_tenant(void **state)
{
    harness_t *harness = *state;
    static char piece[PIECE];
    start(harness, "tenant-outbox = 4M\n");
    raw_t *sleepers[SLEEPERS];
    char name[16];
    for (int i = 0; i < SLEEPERS; i++) {
        dd_record_t record = {
            .type = DD_SUBSCRIBE, .ref = 1, .topic = dd_bytes_of("t"), .scope = dd_bytes_of("all")};
        snprintf(name, sizeof name, "sleeper%d", i);
        sleepers[i] = raw_register(harness, "broker0", "a", name);
        raw_say(sleepers[i], &record);
        raw_await(sleepers[i], DD_SUBSCRIBED, &record);
    }
    client_t *publisher = client_open(harness, "broker0", "a", "publisher");
    client_t *other = client_open(harness, "broker0", "b", "other");
    client_subscribe(other, "t", "all");
    int64_t waiting = 0;
    for (int i = 0; i < 200 && waiting < (4 << 20) - 2 * PIECE; i++) {
        assert_int_equal(dd_client_publish(client_handle(publisher), "t", piece, PIECE), DD_OK);
        assert_int_equal(dd_client_publish(client_handle(other), "t", "news", 4), DD_OK);
        client_expect(other, "other", "news");
        waiting = figure(publisher, "outbox");
    }
    assert_true(waiting >= (4 << 20) - 2 * PIECE);
    for (int i = 0; i < 50; i++)
        assert_int_equal(dd_client_publish(client_handle(publisher), "t", piece, PIECE), DD_OK);
    waiting = figure(publisher, "outbox");
    assert_true(waiting <= (4 << 20) + (64 << 10) * 2);
    assert_int_equal(figure(publisher, "outbox_max"), 4 << 20);
    check_others(harness);
    for (int i = 0; i < SLEEPERS; i++)
        raw_close(&sleepers[i]);
}

/* ---- Before the start ---------------------------------------------------------------------- */

static void quotas_are_printed_when_checked(void **state)
{
    harness_t *harness = *state;
    write_config(harness, "tenant-messages = 777\ntenant = zz\n    subscriptions = 888\n");
    program_t *check = program_run(harness, NULL, HARNESS_DEADLINE, "ddbroker", "-k",
        harness_keys(harness, "broker"), "-c", harness_path(harness, "broker.conf"),
        "--check-config", NULL);
    assert_int_equal(program_wait(check, 0), 0);
    static const char *const SAYS[] = {"the configuration is good\n", "messages/s", " 777 ",
        "\nzz ", " 888 ", "tenants together make the broker hold at most ",
        "these tenants have sections, but no keys: zz\n"};
    for (size_t i = 0; i < COUNT(SAYS); i++)
        assert_non_null(strstr(program_stdout(check), SAYS[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(one_tenant_does_not_take_all_places),
        SCENE(more_places_after_a_reload),
        SCENE(over_its_rate_a_tenant_is_told),
        SCENE(subscriptions_wait_for_the_rate),
        SCENE(clients_that_do_not_read_cost_their_own_tenant),
        SCENE(quotas_are_printed_when_checked),
    };
    return cmocka_run_group_tests_name("quotas", tests, NULL, NULL);
}
