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

static const health_check_limits_t NO_LIMITS = {.brokers = 0};

static model_t *model_of(const node_t *nodes, size_t count)
{
    model_t *model = model_new();
    for (size_t i = 0; i < count && nodes[i].name; i++) {
        broker_t broker = {.clients = 2,
            .old_keys = 3,
            .rtt_us = i == 0 ? MODEL_UNKNOWN : i * 100,
            .traffic = {.in = 3, .dropped = MODEL_UNKNOWN, .dropped_lately = i}};
        snprintf(broker.id, sizeof broker.id, "%zu", i);
        snprintf(broker.name, sizeof broker.name, "%s", nodes[i].name);
        snprintf(broker.state, sizeof broker.state, "%s", nodes[i].state);
        broker.traffic.drop_age_ms = nodes[i].drop_age_ms;
        assert_int_equal(model_add(model, VIEW_TREE, &broker), DD_OK);
    }
    return model;
}

static health_check_t judged(const model_t *model, const health_check_limits_t *limits)
{
    health_check_t check;
    health_check_tree(&check, model, &(health_check_round_t){.took_us = 7}, limits);
    return check;
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
        {{{"x", "draining", 0}, {"y", "cut off", NEVER}}, 0, 0, HEALTH_CRITICAL,
            "x: draining, y: cut off; 2 brokers, 4 clients"},
        {{{"x", "draining", NEVER}}, 0, 0, HEALTH_WARNING, "x: draining; 1 broker, 2 clients"},
        {{{"x", "ok", NEVER}}, 1, 0, HEALTH_CRITICAL,
            "1 broker did not answer; 1 broker, 2 clients"},
        {{{"x", "ok", NEVER}}, 2, 3, HEALTH_CRITICAL,
            "2 brokers did not answer, 3 reports can't be read; 1 broker, 2 clients"},
        {{{"x", "ok", NEVER}}, 0, 1, HEALTH_WARNING, "1 report can't be read; 1 broker, 2 clients"},
        {{{0}}, 1, 0, HEALTH_CRITICAL, "1 broker did not answer; 0 brokers, 0 clients"},
        {{{"x", "", NEVER}}, 0, 0, HEALTH_WARNING, "x: in no known state; 1 broker, 2 clients"},
        {{{"x\x1b", "up\n", NEVER}}, 0, 0, HEALTH_WARNING, "x\\x1b: up\\x0a; 1 broker, 2 clients"},
        {{{"a", "draining", 0}, {"b", "draining", 0}, {"c", "draining", 0}, {"d", "draining", 0},
             {"e", "cut off", 0}},
            0, 0, HEALTH_CRITICAL,
            "a: draining, b: draining, c: draining, d: draining, 1 other in trouble; "
            "5 brokers, 10 clients"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        model_t *model = model_of(CASES[i].nodes, COUNT(CASES[i].nodes));
        health_check_t check;
        health_check_tree(&check, model,
            &(health_check_round_t){.silent = CASES[i].silent, .unreadable = CASES[i].unreadable},
            &NO_LIMITS);
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
    health_check_t check = judged(model, &NO_LIMITS);
    char *text = printed(&check, false);
    assert_string_equal(text, "DOUBLEDECKER CRITICAL - x\\x7cy: cut off; 2 brokers, 4 clients | "
                              "brokers=2 silent=0 cut_off=1 draining=0 clients=4 subscriptions=0 "
                              "outbox=0B in=6c out=0c refused=0c dropped=0c dropped_lately=1 "
                              "old_keys=6 gone=0 rtt=100us time=7us\n");
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
    health_check_t check = judged(model, &NO_LIMITS);
    char *text = printed(&check, true);
    assert_string_equal(text, "{\"state\":\"CRITICAL\",\"status\":2,\"text\":\"x|y: cut off; "
                              "1 broker, 2 clients\",\"brokers\":1,\"silent\":0,\"cut_off\":1,"
                              "\"draining\":0,\"clients\":2,\"subscriptions\":0,\"outbox\":0,"
                              "\"in\":3,\"out\":0,\"refused\":0,\"dropped\":0,"
                              "\"dropped_lately\":0,\"old_keys\":3,\"gone\":0,\"rtt\":0,"
                              "\"time\":7}\n");
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
    health_check_t check = judged(model, &NO_LIMITS);
    assert_true(strlen(check.text) < sizeof check.text);
    assert_int_equal(check.figures[HEALTH_CUT_OFF], 4);
    model_destroy(&model);
}

/* One that has moved and one that was started anew are in the tree: the one by its id, the other by
   its name. */
static void test_who_is_missed_is_gone_unless_it_is_elsewhere(void **state)
{
    (void)state;
    static const node_t NODES[] = {{"x", "ok", NEVER}, {"y", "ok", NEVER}};
    static const lost_t LOST[] = {{"east", "e", 12345}, {"y", "before", 1}, {"former", "1", 1}};
    model_t *model = model_of(NODES, COUNT(NODES));
    broker_t *broker = model_edit(model, VIEW_TREE, 0);
    memcpy(broker->lost, LOST, sizeof LOST);
    health_check_t check = judged(model, &NO_LIMITS);
    assert_string_equal(check.text, "east: gone for 12 s; 2 brokers, 4 clients");
    assert_int_equal(check.state, HEALTH_CRITICAL);
    assert_int_equal(check.figures[HEALTH_GONE], 1);
    model_destroy(&model);
}

static void set(threshold_t *limits, const char *figure, const char *range)
{
    assert_true(threshold_read(&limits[health_check_find(figure, strlen(figure))], range));
}

static void test_limits(void **state)
{
    (void)state;
    static const node_t NODES[] = {{"x", "ok", NEVER}, {"y", "ok", 1000}};
    static const struct {
        const char *figure, *warning, *critical;
        uint64_t brokers;
        health_check_state_t state;
        const char *text;
    } CASES[] = {
        {"rtt", "100", "200", 2, HEALTH_WARNING,
            "y: dropped publications 1 s ago; 2 brokers, 4 clients"},
        {"rtt", "99", "200", 0, HEALTH_WARNING,
            "y: dropped publications 1 s ago, rtt is 100us, limit 99; 2 brokers, 4 clients"},
        {"rtt", "10", "@50:150", 0, HEALTH_CRITICAL,
            "y: dropped publications 1 s ago, rtt is 100us, limit @50:150; 2 brokers, 4 clients"},
        {"dropped_lately", "1", NULL, 0, HEALTH_OK, "2 brokers, 4 clients"},
        {"dropped_lately", NULL, "1", 2, HEALTH_OK, "2 brokers, 4 clients"},
        {"dropped_lately", "0", "1", 0, HEALTH_WARNING,
            "dropped_lately is 1, limit 0; 2 brokers, 4 clients"},
        {"dropped_lately", "1", NULL, 3, HEALTH_CRITICAL, "2 of 3 brokers; 2 brokers, 4 clients"},
    };
    model_t *model = model_of(NODES, COUNT(NODES));
    for (size_t i = 0; i < COUNT(CASES); i++) {
        health_check_limits_t limits = {.brokers = CASES[i].brokers};
        if (CASES[i].warning)
            set(limits.warning, CASES[i].figure, CASES[i].warning);
        if (CASES[i].critical)
            set(limits.critical, CASES[i].figure, CASES[i].critical);
        health_check_t check = judged(model, &limits);
        assert_string_equal(check.text, CASES[i].text);
        assert_int_equal(check.state, CASES[i].state);
    }
    model_destroy(&model);
}

static void test_limits_stand_behind_their_figures(void **state)
{
    (void)state;
    static const node_t NODES[] = {{"x", "ok", NEVER}};
    model_t *model = model_of(NODES, COUNT(NODES));
    health_check_limits_t limits = {.brokers = 0};
    set(limits.warning, "outbox", "10:");
    set(limits.warning, "rtt", "5");
    set(limits.critical, "rtt", "@6:7");
    set(limits.critical, "time", "~:9");
    health_check_t check = judged(model, &limits);
    char *text = printed(&check, false);
    assert_non_null(strstr(text, " outbox=0B;10: "));
    assert_non_null(strstr(text, " rtt=0us;5;@6:7 time=7us;;~:9\n"));
    free(text);
    assert_int_equal(health_check_find("rt", 2), HEALTH_FIGURES);
    assert_int_equal(health_check_find("rtt=", 4), HEALTH_FIGURES);
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
        cmocka_unit_test(test_who_is_missed_is_gone_unless_it_is_elsewhere),
        cmocka_unit_test(test_limits),
        cmocka_unit_test(test_limits_stand_behind_their_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
