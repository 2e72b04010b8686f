/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_health_check - what monitors are told of a tree
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "ddtui/model/health_check.h"
#include "tests/unit/unit.h"

typedef struct {
    const char *name, *state;
    uint64_t drop_age_ms;
} node_t;

/* No loss that is known of. */
#define NEVER MODEL_UNKNOWN

static model_t *model_of(const node_t *nodes, size_t count)
{
    model_t *model = model_new();
    for (size_t i = 0; i < count && nodes[i].name; i++) {
        broker_t broker = {.clients = 2, .traffic = {.in = 3, .dropped = MODEL_UNKNOWN}};
        snprintf(broker.id, sizeof broker.id, "%zu", i);
        snprintf(broker.name, sizeof broker.name, "%s", nodes[i].name);
        snprintf(broker.state, sizeof broker.state, "%s", nodes[i].state);
        broker.traffic.drop_age_ms = nodes[i].drop_age_ms;
        assert_int_equal(model_add(model, VIEW_TREE, &broker), DD_OK);
    }
    return model;
}

/* The caller frees it. */
static char *printed(const health_check_t *check, bool json)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_true(health_check_print(check, out, json));
    assert_int_equal(fclose(out), 0);
    return text;
}

static void test_judgements(void **state)
{
    (void)state;
    static const struct {
        node_t nodes[8];
        uint64_t silent, unreadable;
        health_check_state_t state;
        const char *text;
    } CASES[] = {
        {{{"x", "ok", NEVER}}, 0, 0, HEALTH_OK, "1 broker, 2 clients"},
        {{{"x", "ok", NEVER}, {"y", "ok", HEALTH_DROP_AGE + 1}}, 0, 0, HEALTH_OK,
            "2 brokers, 4 clients"},
        {{{"x", "ok", 12345}}, 0, 0, HEALTH_WARNING,
            "x: dropped publications 12 s ago; 1 broker, 2 clients"},
        {{{"x", "cut off", 0}, {"y", "draining", NEVER}}, 0, 0, HEALTH_WARNING,
            "x: cut off, y: draining; 2 brokers, 4 clients"},
        {{{"x", "ok", NEVER}}, 1, 0, HEALTH_WARNING,
            "1 broker did not answer; 1 broker, 2 clients"},
        {{{"x", "ok", NEVER}}, 2, 3, HEALTH_WARNING,
            "2 brokers did not answer, 3 reports can't be read; 1 broker, 2 clients"},
        {{{0}}, 1, 0, HEALTH_WARNING, "1 broker did not answer; 0 brokers, 0 clients"},
        {{{"x", "", NEVER}}, 0, 0, HEALTH_WARNING, "x: in no known state; 1 broker, 2 clients"},
        {{{"x\x1b", "up\n", NEVER}}, 0, 0, HEALTH_WARNING, "x\\x1b: up\\x0a; 1 broker, 2 clients"},
        {{{"a", "cut off", 0}, {"b", "cut off", 0}, {"c", "cut off", 0}, {"d", "cut off", 0},
             {"e", "cut off", 0}},
            0, 0, HEALTH_WARNING,
            "a: cut off, b: cut off, c: cut off, d: cut off, 1 other in trouble; "
            "5 brokers, 10 clients"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        model_t *model = model_of(CASES[i].nodes, COUNT(CASES[i].nodes));
        health_check_t check;
        health_check_tree(&check, model, CASES[i].silent, CASES[i].unreadable);
        assert_string_equal(check.text, CASES[i].text);
        assert_int_equal(check.state, CASES[i].state);
        model_destroy(&model);
    }
}

static void test_the_line(void **state)
{
    (void)state;
    static const node_t NODES[] = {{"x|y", "cut off", NEVER}, {"z", "ok", NEVER}};
    model_t *model = model_of(NODES, COUNT(NODES));
    health_check_t check;
    health_check_tree(&check, model, 0, 0);
    char *text = printed(&check, false);
    assert_string_equal(text, "DOUBLEDECKER WARNING - x\\x7cy: cut off; 2 brokers, 4 clients | "
                              "brokers=2 silent=0 cut_off=1 draining=0 clients=4 subscriptions=0 "
                              "outbox=0B in=6c out=0c refused=0c dropped=0c\n");
    free(text);
    health_check_fail(&check, HEALTH_CRITICAL, "no answer from ipc://x|y");
    text = printed(&check, false);
    assert_string_equal(text, "DOUBLEDECKER CRITICAL - no answer from ipc://x\\x7cy\n");
    free(text);
    model_destroy(&model);
}

/* What a command line can bring in. */
static void test_odd_failures(void **state)
{
    (void)state;
    health_check_t check;
    health_check_fail(&check, HEALTH_UNKNOWN, "no\nå");
    char *text = printed(&check, false);
    assert_string_equal(text, "DOUBLEDECKER UNKNOWN - no\\x0aå\n");
    free(text);
    health_check_fail(&check, HEALTH_UNKNOWN,
        "csi \xc2\x9b"
        "2J");
    text = printed(&check, false);
    assert_string_equal(text, "DOUBLEDECKER UNKNOWN - csi \\xc2\\x9b2J\n");
    free(text);
    health_check_fail(&check, HEALTH_UNKNOWN, "\xff");
    text = printed(&check, true);
    assert_non_null(strstr(text, "\"text\":\"\\\\xff\","));
    free(text);
}

static void test_json(void **state)
{
    (void)state;
    static const node_t NODES[] = {{"x|y", "cut off", NEVER}};
    model_t *model = model_of(NODES, COUNT(NODES));
    health_check_t check;
    health_check_tree(&check, model, 0, 0);
    char *text = printed(&check, true);
    assert_string_equal(text, "{\"state\":\"WARNING\",\"status\":1,\"text\":\"x|y: cut off; "
                              "1 broker, 2 clients\",\"brokers\":1,\"silent\":0,\"cut_off\":1,"
                              "\"draining\":0,\"clients\":2,\"subscriptions\":0,\"outbox\":0,"
                              "\"in\":3,\"out\":0,\"refused\":0,\"dropped\":0}\n");
    free(text);
    health_check_fail(&check, HEALTH_UNKNOWN, "why");
    text = printed(&check, true);
    assert_non_null(strstr(text, "\"state\":\"UNKNOWN\",\"status\":3,\"text\":\"why\","
                                 "\"brokers\":null,"));
    free(text);
    model_destroy(&model);
}

/* Names of any length don't take more than the line has room for. */
static void test_long_names(void **state)
{
    (void)state;
    char name[DD_BROKER_MAX + 1];
    memset(name, '\x01', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    const node_t nodes[] = {
        {name, "cut off", 0}, {name, "cut off", 0}, {name, "cut off", 0}, {name, "cut off", 0}};
    model_t *model = model_of(nodes, COUNT(nodes));
    health_check_t check;
    health_check_tree(&check, model, 0, 0);
    assert_true(strlen(check.text) < sizeof check.text);
    assert_int_equal(check.figures.cut_off, 4);
    model_destroy(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_judgements),
        cmocka_unit_test(test_the_line),
        cmocka_unit_test(test_odd_failures),
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_long_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
