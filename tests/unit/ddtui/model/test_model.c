/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_model - rows become a tree, each at its place, and no table grows without end
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddtui/model/model.h"
#include "tests/unit/unit.h"

typedef struct {
    const char *id, *parent, *name, *scope;
} node_t;

static void add_node(model_t *model, const node_t *node)
{
    broker_t broker = {0};
    snprintf(broker.id, sizeof broker.id, "%s", node->id);
    snprintf(broker.parent, sizeof broker.parent, "%s", node->parent);
    snprintf(broker.name, sizeof broker.name, "%s", node->name);
    snprintf(broker.scope, sizeof broker.scope, "%s", node->scope);
    assert_int_equal(model_add(model, VIEW_TREE, &broker), DD_OK);
}

/* The tree as a line: "root(broker1(broker0)broker2)". */
static void sketch(const model_t *model, char *out, size_t room)
{
    size_t used = 0;
    unsigned depth = 0;
    out[0] = '\0';
    for (size_t i = 0; i < model_count(model, VIEW_TREE); i++) {
        const broker_t *broker = model_row(model, VIEW_TREE, i);
        for (; depth > broker->depth; depth--)
            used += (size_t)snprintf(out + used, room - used, ")");
        const char *opening = broker->depth > depth ? "(" : i > 0 ? " " : "";
        assert_true(broker->depth <= depth + 1);
        depth = broker->depth;
        used += (size_t)snprintf(out + used, room - used, "%s%s", opening, broker->name);
    }
    for (; depth > 0; depth--)
        used += (size_t)snprintf(out + used, room - used, ")");
}

static void test_tree(void **state)
{
    (void)state;
    static const struct {
        node_t nodes[6];
        const char *tree;
    } CASES[] = {
        {{{0}}, ""},
        {{{"1", "", "root", "/1/"}}, "root"},
        {{{"3", "2", "leaf", "/1/2/3/"}, {"1", "", "root", "/1/"}, {"2", "1", "mid", "/1/2/"}},
            "root(mid(leaf))"},
        /* Children by their scope's numbers, not its letters. */
        {{{"1", "", "root", "/1/"}, {"2", "1", "ten", "/1/10/"}, {"3", "1", "two", "/1/2/"},
             {"4", "3", "leaf", "/1/2/1/"}},
            "root(two(leaf) ten)"},
        /* Two trees, and one whose parent isn't known. */
        {{{"1", "", "b", "/2/"}, {"2", "", "a", "/1/"}, {"3", "9", "orphan", "/3/4/"}},
            "a b orphan"},
        /* Their own parent; parents in a circle, and a child of one of them. */
        {{{"1", "1", "self", "/1/"}}, "self"},
        {{{"1", "2", "x", "/1/"}, {"2", "1", "y", "/2/"}, {"3", "2", "z", "/3/"}}, "x(y(z))"},
        /* One id twice: the later report counts. */
        {{{"1", "", "old", "/1/"}, {"1", "", "new", "/1/"}}, "new"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        model_t *model = model_new();
        for (size_t j = 0; j < COUNT(CASES[i].nodes) && CASES[i].nodes[j].id; j++)
            add_node(model, &CASES[i].nodes[j]);
        char out[256];
        assert_int_equal(model_arrange(model), DD_OK);
        sketch(model, out, sizeof out);
        assert_string_equal(out, CASES[i].tree);
        model_destroy(&model);
        assert_null(model);
    }
    model_destroy(NULL);
}

/* A chain as long as the table holds, which is not the end of the stack either. */
static void test_tree_has_a_limit(void **state)
{
    (void)state;
    model_t *model = model_new();
    for (unsigned i = 0; i < MODEL_BROKERS_MAX; i++) {
        char id[16], parent[16];
        snprintf(id, sizeof id, "%u", i);
        snprintf(parent, sizeof parent, "%u", i - 1);
        add_node(model, &(node_t){id, i > 0 ? parent : "", "broker", "/1/"});
    }
    broker_t more = {.id = "one more"};
    assert_int_equal(model_add(model, VIEW_TREE, &more), DD_E_LIMIT);
    assert_int_equal(model_arrange(model), DD_OK);
    const broker_t *last = model_row(model, VIEW_TREE, MODEL_BROKERS_MAX - 1);
    assert_int_equal(last->depth, MODEL_BROKERS_MAX - 1);
    model_destroy(&model);
}

static void test_rows_have_a_limit(void **state)
{
    (void)state;
    model_t *model = model_new();
    subscription_t row = {.topic = "t"};
    for (size_t i = 0; i < MODEL_ROWS_MAX; i++)
        assert_int_equal(model_add(model, VIEW_SUBSCRIPTIONS, &row), DD_OK);
    assert_int_equal(model_add(model, VIEW_SUBSCRIPTIONS, &row), DD_E_LIMIT);
    model_destroy(&model);
}

/* A client that two reports tell of is one; brokers of one name are two. */
static void test_doubles_are_one_row(void **state)
{
    (void)state;
    model_t *model = model_new();
    client_t client = {.tenant = "a", .name = "cli1", .broker = "broker0"};
    subscription_t subscription = {.tenant = "a", .client = "cli1", .topic = "t", .scope = "/"};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(model_add(model, VIEW_CLIENTS, &client), DD_OK);
        assert_int_equal(model_add(model, VIEW_SUBSCRIPTIONS, &subscription), DD_OK);
        add_node(model, &(node_t){i == 0 ? "1" : i == 1 ? "2" : "3", "", "broker", "/1/"});
    }
    snprintf(client.broker, sizeof client.broker, "broker1"); /* it is at two for a moment */
    assert_int_equal(model_add(model, VIEW_CLIENTS, &client), DD_OK);
    assert_int_equal(model_arrange(model), DD_OK);
    assert_int_equal(model_count(model, VIEW_CLIENTS), 2);
    assert_int_equal(model_count(model, VIEW_SUBSCRIPTIONS), 1);
    assert_int_equal(model_count(model, VIEW_TREE), 3);
    model_destroy(&model);
}

/* Of one event there may be many: none is dropped. */
static void test_events_come_latest_first(void **state)
{
    (void)state;
    static const uint64_t AGES[] = {30, 10, 20, 10};
    model_t *model = model_new();
    for (size_t i = 0; i < COUNT(AGES); i++) {
        happening_t event = {.broker = "b", .text = "t", .age_ms = AGES[i]};
        assert_int_equal(model_add(model, VIEW_EVENTS, &event), DD_OK);
    }
    assert_int_equal(model_arrange(model), DD_OK);
    assert_int_equal(model_count(model, VIEW_EVENTS), COUNT(AGES));
    static const uint64_t ORDER[] = {10, 10, 20, 30};
    for (size_t i = 0; i < COUNT(ORDER); i++)
        assert_int_equal(((const happening_t *)model_row(model, VIEW_EVENTS, i))->age_ms, ORDER[i]);
    model_destroy(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tree),
        cmocka_unit_test(test_tree_has_a_limit),
        cmocka_unit_test(test_rows_have_a_limit),
        cmocka_unit_test(test_doubles_are_one_row),
        cmocka_unit_test(test_events_come_latest_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
