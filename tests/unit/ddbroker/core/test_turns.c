/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_turns - turns are counted by their length, and operators see that
 */
#include "ddbroker/core/turns.h"
#include "tests/unit/ddbroker/answers.h"
#include "tests/unit/unit.h"

static void test_each_length_has_its_count(void **state)
{
    static const struct {
        uint64_t us;
        unsigned index;
    } CASES[] = {{0, 0}, {1, 0}, {64, 0}, {65, 1}, {128, 1}, {129, 2}, {1024, 4}, {1025, 5},
        {524288, 13}, {524289, 14}, {1048576, 14}, {1048577, 15}, {UINT64_MAX, 15}};
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        turns_t turns = {.sum_us = 0};
        turns_add(&turns, CASES[i].us);
        for (unsigned k = 0; k < TURNS_LENGTHS; k++)
            assert_int_equal(turns.count[k], k == CASES[i].index);
    }
}

static json_object *turns_seen_by(broker_t *broker, const char *key)
{
    actor_t *actor = actor_client(broker, key, "asker");
    ask(actor, "tree", 1);
    answer_t answer = read_answer(actor, 1);
    json_object *turns;
    assert_true(json_object_object_get_ex(report_at(&answer, 0), "turns_us", &turns));
    json_object_get(turns);
    free_answer(&answer);
    return turns;
}

/* How busy a broker is says something of other tenants. */
static void test_operators_see_them(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    core_turn(broker->core, 100);
    core_turn(broker->core, 100);
    core_turn(broker->core, 2000000);
    assert_null(turns_seen_by(broker, "a"));
    json_object *turns = turns_seen_by(broker, KEY_OF_OPERATORS);
    assert_string_equal(json_object_to_json_string_ext(turns, JSON_C_TO_STRING_PLAIN),
        "[0,2,0,0,0,0,0,0,0,0,0,0,0,0,0,1]");
    json_object_put(turns);
    tree_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_length_has_its_count),
        cmocka_unit_test(test_operators_see_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
