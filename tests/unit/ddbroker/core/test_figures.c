/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_figures - what there is at a broker and what was done is counted for each tenant, too
 */
#include "ddbroker/core/figures.h"

#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

static const quota_t *tenant(const broker_t *broker, const char *name)
{
    for (const quota_t *at = figures_tenants(broker->core); at; at = quotas_after(at))
        if (strcmp(at->tenant, name) == 0)
            return at;
    fail_msg("no tenant %s", name);
    return NULL;
}

static figures_t held(const broker_t *broker, const char *name)
{
    figures_t figures = {.clients = 0};
    figures_add(&figures, tenant(broker, name));
    return figures;
}

static void assert_same(const counts_t *a, const counts_t *b)
{
    assert_memory_equal(a, b, sizeof *a);
}

/* Totals don't go back when clients go, and no tenant has another's. */
static void test_what_clients_did_is_kept_after_they_have_left(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *one = actor_client(broker, "a", "one"), *two = actor_client(broker, "a", "two");
    actor_t *other = actor_client(broker, "b", "one");
    for (int i = 0; i < 3; i++)
        actor_send(one, "two", "four", 1);
    actor_send(other, "nobody", "x", 1);
    counts_t a = tenant(broker, "a")->count;
    assert_int_equal(a.in, 3);
    assert_int_equal(a.out, 3);
    assert_int_equal(a.in_bytes, 12);
    assert_int_equal(a.out_bytes, 12);
    assert_int_equal(tenant(broker, "b")->count.refused, 1);
    assert_int_equal(tenant(broker, "b")->refused_for.of[DD_E_NO_DESTINATION], 1);
    assert_int_equal(tenant(broker, "a")->count.refused, 0);
    actor_leave(one);
    actor_leave(two);
    tree_run(tree);
    assert_same(&tenant(broker, "a")->count, &a);
    counts_t sum = tenant(broker, "b")->count;
    sum.in += a.in, sum.out += a.out, sum.in_bytes += a.in_bytes, sum.out_bytes += a.out_bytes;
    assert_same(&broker->core->count, &sum);
    tree_destroy(&tree);
}

/* From the word of welcome to whatever end. */
static void test_clients_count_while_they_are_registered(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *silent = actor_connect(broker, "a");
    assert_int_equal(held(broker, "a").clients, 0);
    actor_t *one = actor_client(broker, "a", "one"), *two = actor_client(broker, "a", "two");
    actor_t *three = actor_client(broker, "a", "three");
    actor_want(actor_want(one, "t", "all"), "u", "all");
    assert_int_equal(held(broker, "a").clients, 3);
    assert_int_equal(held(broker, "a").subscriptions, 2);
    actor_hold(two, true);
    actor_send(one, "two", "waits", 1);
    assert_true(held(broker, "a").outbox > 0);
    actor_hold(two, false);
    tree_run(tree);
    assert_int_equal(held(broker, "a").outbox, 0);
    actor_say(two, &(dd_record_t){.type = DD_BYE});
    assert_int_equal(held(broker, "a").clients, 2);
    actor_leave(two);
    assert_int_equal(held(broker, "a").clients, 2);
    actor_leave(one);
    actor_say_bytes(three, "nonsense", 8);
    actor_leave(silent);
    tree_run(tree);
    assert_int_equal(held(broker, "a").clients, 0);
    assert_int_equal(held(broker, "a").subscriptions, 0);
    tree_destroy(&tree);
}

/* Codes that no broker gives to others, and what a peer made up, are counted as one. */
static void test_refusals_are_counted_by_code(void **state)
{
    (void)state;
    counts_reasons_t refused = {{0}};
    counts_reasons_add(&refused, DD_E_LIMIT);
    counts_reasons_add(&refused, (dd_error_t)(COUNTS_REASONS - 1));
    counts_reasons_add(&refused, (dd_error_t)COUNTS_REASONS);
    counts_reasons_add(&refused, DD_E_CLOSED);
    counts_reasons_add(&refused, (dd_error_t)UINT16_MAX);
    assert_int_equal(refused.of[DD_E_LIMIT], 1);
    assert_int_equal(refused.of[COUNTS_REASONS - 1], 1);
    assert_int_equal(refused.of[0], 3);
    assert_string_equal(counts_reason_name(0), "other");
}

static void test_a_broker_says_why_no_client_can_come(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->clients_max = 2;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    assert_null(figures_closed(broker->core));
    assert_string_equal(figures_of_broker(broker->core, 0).state, "ok");
    actor_t *one = actor_client(broker, "a", "one");
    actor_client(broker, "b", "two");
    assert_string_equal(figures_closed(broker->core), "no room for more clients");
    actor_leave(one);
    assert_null(figures_closed(broker->core));
    core_drain(broker->core, tree_now(tree));
    assert_string_equal(figures_closed(broker->core), "draining");
    assert_string_equal(figures_of_broker(broker->core, 0).state, "draining");
    tree_destroy(&tree);
}

static void test_without_its_scope_a_broker_is_closed(void **state)
{
    (void)state;
    orphan_t orphan = orphan_new("auto");
    assert_non_null(figures_closed(orphan.broker->core));
    assert_string_equal(figures_of_broker(orphan.broker->core, 0).state, "cut off");
    actor_admit(orphan.parent, "aaaaaaaaaaaaaaaa", "/1/7/");
    assert_null(figures_closed(orphan.broker->core));
    assert_string_equal(figures_of_broker(orphan.broker->core, 0).state, "ok");
    tree_destroy(&orphan.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_clients_did_is_kept_after_they_have_left),
        cmocka_unit_test(test_clients_count_while_they_are_registered),
        cmocka_unit_test(test_refusals_are_counted_by_code),
        cmocka_unit_test(test_a_broker_says_why_no_client_can_come),
        cmocka_unit_test(test_without_its_scope_a_broker_is_closed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
