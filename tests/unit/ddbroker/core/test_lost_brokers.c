/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_lost_brokers - children that are missed, and for how long
 */
#include <stdio.h>

#include "ddbroker/core/lost_brokers.h"
#include "ddbroker/core/recent.h"
#include "tests/unit/ddbroker/answers.h"
#include "tests/unit/unit.h"

/* How many brokers that one misses, as whoever asks is told; the first one's name must be this. */
static size_t missed(actor_t *asker, const char *broker, const char *name)
{
    actor_skip(asker);
    ask(asker, "tree", 1);
    answer_t answer = read_answer(asker, 1);
    json_object *list = json_object_object_get(report_of(&answer, broker), "lost");
    size_t count = list ? json_object_array_length(list) : 0;
    if (count > 0)
        assert_string_equal(text_of(json_object_array_get_idx(list, 0), "name"), name);
    free_answer(&answer);
    return count;
}

static void test_who_dies_is_missed_until_it_is_back(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *east = broker_new(tree, "east", root, "/1/2/");
    actor_t *asker = actor_client(root, "a", "x");
    assert_int_equal(missed(asker, "root", ""), 0);
    broker_kill(east);
    tree_run(tree);
    assert_int_equal(missed(asker, "root", "east"), 1);
    broker_new(tree, "east", root, "/1/2/");
    assert_int_equal(missed(asker, "root", ""), 0);
    tree_destroy(&tree);
}

static void test_who_falls_silent_is_missed(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *asker = actor_observer(root, "a", "x");
    actor_t *child = actor_child(root, 1, "/1/1/");
    actor_say(child, &(dd_record_t){.type = DD_PING});
    for (int i = 0; i < 20; i++) {
        tree_pass(tree, 1000);
        actor_say(asker, &(dd_record_t){.type = DD_PING});
    }
    actor_skip(asker);
    ask(asker, "tree", 1);
    answer_t answer = read_answer(asker, 1);
    assert_int_equal(
        json_object_array_length(json_object_object_get(report_at(&answer, 0), "lost")), 1);
    free_answer(&answer);
    tree_destroy(&tree);
}

static void test_who_takes_leave_is_not_missed(void **state)
{
    (void)state;
    static const dd_record_t GOODBYES[][2] = {{{.type = DD_BYE}},
        {{.type = DD_BYE, .code = DD_E_DRAINING}}, {{.type = DD_DRAIN}, {.type = DD_BYE}},
        {{.type = DD_DRAIN}}};
    for (size_t i = 0; i < COUNT(GOODBYES); i++) {
        tree_t *tree = tree_new();
        broker_t *root = broker_new(tree, "root", NULL, "/1/");
        actor_t *asker = actor_client(root, "a", "x"), *child = actor_child(root, 1, "/1/1/");
        for (size_t k = 0; k < 2 && GOODBYES[i][k].type != 0; k++)
            actor_say(child, &GOODBYES[i][k]);
        actor_leave(child);
        tree_run(tree);
        assert_int_equal(missed(asker, "root", ""), 0);
        tree_destroy(&tree);
    }
}

static void test_the_longest_missed_make_room(void **state)
{
    (void)state;
    lost_brokers_t lost = {.count = 0};
    for (unsigned i = 0; i < LOST_BROKERS_MAX + 3; i++) {
        char name[8];
        uint8_t id[DD_BROKER_ID_SIZE] = {(uint8_t)(i + 1)};
        snprintf(name, sizeof name, "b%u", i);
        lost_brokers_add(&lost, name, id, i);
    }
    assert_int_equal(lost.count, LOST_BROKERS_MAX);
    assert_string_equal(lost.items[0].name, "b3");
    static const uint8_t OTHER[DD_BROKER_ID_SIZE] = {0}, FOURTH[DD_BROKER_ID_SIZE] = {5};
    lost_brokers_back(&lost, "b3", OTHER);
    lost_brokers_back(&lost, "renamed", FOURTH);
    assert_int_equal(lost.count, LOST_BROKERS_MAX - 2);
    lost_brokers_expire(&lost, LOST_BROKERS_MEMORY + 5);
    assert_string_equal(lost.items[0].name, "b5");
    lost_brokers_expire(&lost, 2 * (uint64_t)LOST_BROKERS_MEMORY);
    assert_int_equal(lost.count, 0);
}

static void test_what_happened_lately_is_counted_for_five_minutes(void **state)
{
    (void)state;
    recent_t recent = {.part = 0};
    recent_add(&recent, 1000);
    recent_add(&recent, 100000);
    assert_int_equal(recent_sum(&recent, 300000), 2);
    assert_int_equal(recent_sum(&recent, 331000), 1);
    assert_int_equal(recent_sum(&recent, 1000000000), 0);
    recent_add(&recent, 1000000000);
    assert_int_equal(recent_sum(&recent, 1000300000), 1);
    assert_int_equal(recent_sum(&recent, 1000330000), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_dies_is_missed_until_it_is_back),
        cmocka_unit_test(test_who_falls_silent_is_missed),
        cmocka_unit_test(test_who_takes_leave_is_not_missed),
        cmocka_unit_test(test_the_longest_missed_make_room),
        cmocka_unit_test(test_what_happened_lately_is_counted_for_five_minutes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
