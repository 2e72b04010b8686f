/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_metrics - a broker's figures as Prometheus reads them
 */
#include "ddbroker/http/metrics.h"

#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

#define TEXT_MAX (4u << 20)
/* Lines that one piece may make. */
#define LINES_AT_ONCE 1000

static const metrics_process_t PROCESS = {.memory = 1,
    .cpu_us = 2500000,
    .started_ms = 1234567,
    .descriptors = 4,
    .descriptors_max = UINT64_MAX};

static unsigned count_lines(const char *text, size_t size)
{
    unsigned lines = 0;
    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    return lines;
}

/* The whole text, in pieces that have so much room. The caller frees it. */
static char *write_all(const core_t *core, bool with_tenants, size_t room, uint64_t now_ms)
{
    metrics_t metrics;
    char *text = malloc(TEXT_MAX);
    size_t size = 0;
    bool more = true;
    metrics_begin(&metrics, core, &PROCESS, with_tenants);
    while (more) {
        dd_writer_t out = dd_writer(text + size, room);
        assert_true(size + room < TEXT_MAX);
        more = metrics_write(&metrics, &out, now_ms);
        assert_false(out.failed);
        size_t written = (size_t)(out.at - (uint8_t *)text) - size;
        assert_true(count_lines(text + size, written) <= LINES_AT_ONCE);
        assert_true(written == 0 || out.at[-1] == '\n');
        size += written;
    }
    text[size] = '\0';
    return text;
}

static void expect(const char *text, const char *line)
{
    char whole[512];
    snprintf(whole, sizeof whole, "\n%s\n", line);
    if (!strstr(text, whole))
        fail_msg("no line '%s' in\n%s", line, text);
}

static void test_figures_have_their_names_and_units(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "a\"b\\c", NULL, "/1/");
    actor_t *one = actor_client(broker, "a", "one");
    actor_client(broker, "a", "two");
    actor_want(one, "t", "all");
    actor_send(one, "two", "four", 1);
    actor_send(one, "nobody", "four", 2);
    core_turn(broker->core, 64);
    core_turn(broker->core, 65);
    core_turn(broker->core, 5000000);
    char *text = write_all(broker->core, true, 1 << 20, tree_now(tree) + 1234);
    expect(
        text, "dd_build_info{broker=\"a\\\"b\\\\c\",scope=\"/1/\",version=\"" DD_VERSION "\"} 1");
    expect(text, "# TYPE dd_clients gauge\ndd_clients 2");
    expect(text, "dd_state{state=\"ok\"} 1\ndd_state{state=\"cut off\"} 0");
    expect(text, "# TYPE dd_messages_received_total counter\ndd_messages_received_total 2");
    expect(text, "dd_received_bytes_total 8");
    expect(text, "dd_refused_total{reason=\"no such destination\"} 1");
    expect(text, "dd_turn_seconds_bucket{le=\"0.000064\"} 1");
    expect(text, "dd_turn_seconds_bucket{le=\"0.000128\"} 2");
    expect(text, "dd_turn_seconds_bucket{le=\"1.048576\"} 2");
    expect(text, "dd_turn_seconds_bucket{le=\"+Inf\"} 3");
    expect(text, "dd_turn_seconds_sum 5.000129\ndd_turn_seconds_count 3");
    expect(text, "process_cpu_seconds_total 2.500000");
    expect(text, "process_start_time_seconds 1234.567");
    expect(text, "process_max_fds 18446744073709551615");
    expect(text, "dd_tenant_clients{tenant=\"a\"} 2");
    expect(text, "dd_tenant_subscriptions{tenant=\"a\"} 1");
    expect(text, "dd_tenant_refused_total{tenant=\"a\",reason=\"no such destination\"} 1");
    assert_null(strstr(text, "dd_parent_joined 0")); /* it has none to be joined to */
    assert_null(strstr(text, "dd_tenant_bytes_per_second_limit{"));
    free(text);
    tree_destroy(&tree);
}

static void test_limits_that_there_are_are_told(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->quotas.usual =
        (quota_limits_t){.clients = 3, .bytes = 77, .burst = 1000, .outbox = 1 << 20};
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_client(broker, "b", "one");
    char *text = write_all(broker->core, true, 1 << 20, 0);
    expect(text, "dd_tenant_clients_limit{tenant=\"b\"} 3");
    expect(text, "dd_tenant_bytes_per_second_limit{tenant=\"b\"} 77");
    expect(text, "dd_tenant_outbox_limit_bytes{tenant=\"b\"} 1048576");
    free(text);
    tree_destroy(&tree);
}

static void test_without_permission_no_tenant_is_named(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_client(broker, "b", "one");
    char *text = write_all(broker->core, false, 1 << 20, 0);
    assert_null(strstr(text, "tenant"));
    expect(text, "dd_clients 1");
    free(text);
    tree_destroy(&tree);
}

static void test_a_child_tells_of_its_link(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *top = broker_new(tree, "top", NULL, "/1/");
    broker_t *below = broker_new(tree, "below", top, "/1/2/");
    dd_endpoints_t list = {.count = 0};
    assert_int_equal(dd_endpoints_add(&list, "tcp://a:1,tcp://b:1", NULL), DD_OK);
    core_set_parents(below->core, &list);
    parents_joined(core_parents(below->core), 1000);
    char *text = write_all(below->core, false, 1 << 20, 3500);
    expect(text, "dd_parents 2");
    expect(text, "dd_parent_joined 1");
    expect(text, "dd_parent_index 0");
    expect(text, "dd_parent_joined_seconds 2.500");
    free(text);
    text = write_all(top->core, false, 1 << 20, 0);
    expect(text, "dd_children 1");
    free(text);
    tree_destroy(&tree);
}

/* What reports tell of them, metrics tell, too. */
static void test_losses_of_late_are_told(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 10000;
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *east = broker_new(tree, "east", root, "/1/2/");
    actor_t *slow = actor_want(actor_client(root, "a", "slow"), "t", "all");
    actor_t *publisher = actor_client(root, "a", "publisher");
    actor_hold(slow, true);
    while (actor_peer(slow)->count.dropped < 3)
        actor_publish(publisher, "t", "a text of some size, so that there is soon no more room");
    broker_kill(east);
    tree_run(tree);
    char *text = write_all(root->core, true, 1 << 20, tree_now(tree) + 2500);
    expect(text, "dd_dropped_lately 3");
    expect(text, "dd_tenant_dropped_lately{tenant=\"a\"} 3");
    expect(text, "dd_children_lost 1");
    expect(text, "dd_child_lost_seconds{broker=\"east\"} 2.500");
    free(text);
    text = write_all(root->core, true, 1 << 20, tree_now(tree) + 400000);
    expect(text, "dd_dropped_total 3");
    expect(text, "dd_dropped_lately 0");
    expect(text, "dd_tenant_dropped_lately{tenant=\"a\"} 0");
    free(text);
    tree_destroy(&tree);
}

static void test_clients_with_an_old_key_alone_are_told(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    dd_keyring_t *keyring = tenants_keyring("a+a2,b,public");
    actor_client(broker, "a", "x");
    actor_client(broker, "b", "x");
    core_set_keyring(broker->core, keyring, tree_now(tree));
    tree_run(tree);
    actor_client(broker, "a2", "y");
    char *text = write_all(broker->core, true, 1 << 20, tree_now(tree));
    expect(text, "dd_old_key_clients 1");
    expect(text, "dd_tenant_old_key_clients{tenant=\"a\"} 1");
    expect(text, "dd_tenant_old_key_clients{tenant=\"b\"} 0");
    free(text);
    core_set_keyring(broker->core, tree_keyring(tree), tree_now(tree));
    dd_keyring_destroy(&keyring);
    tree_destroy(&tree);
}

/* However small, or many, the pieces are. */
static void test_pieces_make_the_same_text(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    static const char *const TENANTS[] = {"a", "ab", "b", "public"};
    for (size_t i = 0; i < COUNT(TENANTS); i++)
        actor_send(actor_client(broker, TENANTS[i], "one"), "nobody", "x", 1);
    char *whole = write_all(broker->core, true, 1 << 20, 0);
    for (size_t room = METRICS_ROOM; room < 10000; room += 777) {
        char *text = write_all(broker->core, true, room, 0);
        assert_string_equal(text, whole);
        free(text);
    }
    free(whole);
    tree_destroy(&tree);
}

/* A piece is no more work than others can be kept waiting for, however many tenants there are; and
   all are there, also those who come while it is written. */
static void test_many_tenants_are_told_in_pieces(void **state)
{
    (void)state;
    enum { MANY = 3000 };
    char *names = malloc(16 * MANY), *at = names;
    for (unsigned i = 0; i < MANY; i++)
        at += sprintf(at, "%st%u", i > 0 ? "," : "", i);
    dd_keyring_t *keyring = tenants_keyring(names);
    core_settings_t settings = {.name = "broker", .scope = "/1/", .clients_max = MANY};
    core_t *core = core_new(&settings, keyring, 0);
    for (unsigned i = 0; i < MANY; i++) {
        char name[16];
        uint8_t key[DD_KEY_SIZE];
        snprintf(name, sizeof name, "t%u", i);
        tenants_key(name, key);
        assert_non_null(core_connect(core, key, NULL, 0));
    }
    char *text = write_all(core, true, 8192, 0);
    unsigned found = 0;
    for (const char *line = text; (line = strstr(line, "\ndd_tenant_clients{")); line++)
        found++;
    assert_int_equal(found, MANY);
    expect(text, "dd_tenant_connections{tenant=\"t2999\"} 1");
    free(text);
    core_destroy(&core);
    dd_keyring_destroy(&keyring);
    free(names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures_have_their_names_and_units),
        cmocka_unit_test(test_limits_that_there_are_are_told),
        cmocka_unit_test(test_without_permission_no_tenant_is_named),
        cmocka_unit_test(test_a_child_tells_of_its_link),
        cmocka_unit_test(test_losses_of_late_are_told),
        cmocka_unit_test(test_clients_with_an_old_key_alone_are_told),
        cmocka_unit_test(test_pieces_make_the_same_text),
        cmocka_unit_test(test_many_tenants_are_told_in_pieces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
