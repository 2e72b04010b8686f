/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_fates - gone is one whose neighbour reports; the others are behind it
 */
#include <stdio.h>
#include <string.h>

#include "ddtui/model/fates.h"
#include "tests/unit/unit.h"

/* Each broker is called as its id is. */
static void add(model_t *model, const char *name, const char *parent, uint64_t silent_ms)
{
    broker_t broker = {.silent_ms = silent_ms};
    snprintf(broker.id, sizeof broker.id, "%s", name);
    snprintf(broker.name, sizeof broker.name, "%s", name);
    snprintf(broker.parent, sizeof broker.parent, "%s", parent);
    snprintf(broker.state, sizeof broker.state, "ok");
    assert_int_equal(model_add(model, VIEW_TREE, &broker), DD_OK);
}

static broker_t *named(model_t *model, const char *name)
{
    for (size_t i = 0; i < model_count(model, VIEW_TREE); i++) {
        broker_t *broker = model_edit(model, VIEW_TREE, i);
        if (strcmp(broker->name, name) == 0)
            return broker;
    }
    fail_msg("no broker %s", name);
    return NULL;
}

/*
 *     root -+- mid -+- leaf --- deep
 *           |       +- twin
 *           +- other
 */
static model_t *tree(const char *silent)
{
    static const char *const BROKERS[][2] = {{"root", ""}, {"mid", "root"}, {"leaf", "mid"},
        {"deep", "leaf"}, {"twin", "mid"}, {"other", "root"}};
    model_t *model = model_new();
    for (size_t i = 0; i < COUNT(BROKERS); i++)
        add(model, BROKERS[i][0], BROKERS[i][1], strstr(silent, BROKERS[i][0]) ? 5000 : 0);
    assert_int_equal(model_arrange(model), DD_OK);
    assert_int_equal(fates_set(model), DD_OK);
    return model;
}

/* All fates in one text: "mid gone, leaf behind mid". */
static const char *fates(model_t *model)
{
    static char text[256];
    text[0] = '\0';
    for (size_t i = 0; i < model_count(model, VIEW_TREE); i++) {
        const broker_t *broker = model_row(model, VIEW_TREE, i);
        size_t used = strlen(text);
        if (broker->fate != BROKER_REPORTS)
            snprintf(text + used, sizeof text - used, "%s%s %s%s", used > 0 ? ", " : "",
                broker->name,
                broker->fate == BROKER_GONE      ? "gone"
                : broker->fate == BROKER_DRAINED ? "drained"
                                                 : "behind ",
                broker->behind);
    }
    model_destroy(&model);
    return text;
}

static void test_who_is_gone_and_who_behind(void **state)
{
    (void)state;
    static const struct {
        const char *silent;
        const char *fates;
    } CASES[] = {
        {"", ""},
        {"twin", "twin gone"},
        {"leaf deep", "leaf gone, deep behind leaf"},
        {"mid leaf deep twin", "mid gone, leaf behind mid, deep behind mid, twin behind mid"},
        {"root other", "root gone, other behind root"}, /* seen from below */
        {"root mid twin other",                         /* from leaf */
            "root behind mid, mid gone, twin behind mid, other behind mid"},
        {"leaf other", "leaf gone, other gone"},
        {"root mid leaf deep twin other", /* nobody is beside them */
            "root gone, mid behind root, leaf behind root, deep behind root, twin behind root, "
            "other behind root"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_string_equal(fates(tree(CASES[i].silent)), CASES[i].fates);
}

static void test_one_that_left_in_order(void **state)
{
    (void)state;
    model_t *model = tree("");
    broker_t *leaf = named(model, "leaf"), *deep = named(model, "deep");
    leaf->silent_ms = deep->silent_ms = 1000;
    strcpy(leaf->state, "draining");
    assert_int_equal(fates_set(model), DD_OK);
    assert_int_equal(leaf->fate, BROKER_DRAINED);
    assert_string_equal(deep->behind, "leaf");
    leaf->silent_ms = deep->silent_ms = 0; /* it was a lie */
    assert_int_equal(fates_set(model), DD_OK);
    assert_string_equal(fates(model), "");
}

/* What is behind one that comes back has its own time to do so. */
static void test_how_long_it_has_been_so(void **state)
{
    (void)state;
    model_t *model = tree("leaf deep");
    broker_t *leaf = named(model, "leaf"), *deep = named(model, "deep");
    assert_int_equal(leaf->fate_ms, 5000);
    leaf->fate_ms += 1000;
    deep->fate_ms += 1000;
    leaf->silent_ms += 1000;
    assert_int_equal(fates_set(model), DD_OK);
    assert_int_equal(leaf->fate_ms, 6000);
    assert_int_equal(deep->fate_ms, 6000);
    leaf->silent_ms = 0;
    assert_int_equal(fates_set(model), DD_OK);
    assert_int_equal(deep->fate, BROKER_GONE);
    assert_int_equal(deep->fate_ms, 0);
    leaf->silent_ms = 100000; /* of which this is the first look */
    assert_int_equal(fates_set(model), DD_OK);
    assert_int_equal(leaf->fate_ms, FATES_AT_FIRST);
    model_destroy(&model);
}

static void test_parents_in_a_circle(void **state)
{
    (void)state;
    model_t *model = model_new();
    add(model, "a", "b", 1000);
    add(model, "b", "a", 1000);
    assert_int_equal(model_arrange(model), DD_OK);
    assert_int_equal(fates_set(model), DD_OK);
    assert_int_not_equal(named(model, "a")->fate, BROKER_REPORTS);
    assert_int_not_equal(named(model, "b")->fate, BROKER_REPORTS);
    model_destroy(&model);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_is_gone_and_who_behind),
        cmocka_unit_test(test_one_that_left_in_order),
        cmocka_unit_test(test_how_long_it_has_been_so),
        cmocka_unit_test(test_parents_in_a_circle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
