/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_prefixes - which topics a publication's topic begins with
 */
#include <string.h>

#include "ddbroker/core/prefixes.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

/* Interests are only passed through. */
static interest_t *interest(size_t number)
{
    static char marks[DD_TOPIC_MAX + 1];
    return (interest_t *)&marks[number];
}

static void add(prefixes_t **all, const char *tenant, const char *topic, size_t number)
{
    assert_true(prefixes_add(all, B(tenant), B(topic), interest(number)));
}

static void test_the_shortest_come_first(void **state)
{
    static const char *const TOPICS[] = {"topic.x", "t", "top", "to", "topic.y", "topics", "opic"};
    static const size_t EXPECTED[] = {1, 3, 2, 0};
    (void)state;
    prefixes_t *all = NULL;
    for (size_t i = 0; i < COUNT(TOPICS); i++)
        add(&all, "a", TOPICS[i], i);
    add(&all, "b", "topic", 99);
    prefixes_match_t match = prefixes_match(all, B("a"), B("topic.x.1"));
    for (size_t i = 0; i < COUNT(EXPECTED); i++)
        assert_ptr_equal(prefixes_next(&match), interest(EXPECTED[i]));
    assert_null(prefixes_next(&match));
    assert_null(prefixes_next(&match));
    for (size_t i = 0; i < COUNT(TOPICS); i++)
        prefixes_remove(&all, B("a"), B(TOPICS[i]));
    match = prefixes_match(all, B("a"), B("topic.x.1"));
    assert_null(prefixes_next(&match));
    prefixes_remove(&all, B("b"), B("topic"));
    assert_null(all);
}

/* As many as there can be; and in random order some of them go. */
static void test_every_length_is_found(void **state)
{
    (void)state;
    char topic[DD_TOPIC_MAX + 1] = "";
    prefixes_t *all = NULL;
    memset(topic, 'x', DD_TOPIC_MAX);
    for (size_t size = DD_TOPIC_MAX; size > 0; size--)
        assert_true(prefixes_add(&all, B("a"), dd_bytes(topic, size), interest(size)));
    for (size_t gone = 0; gone < DD_TOPIC_MAX; gone++) {
        size_t size = 1 + gone * 7 % DD_TOPIC_MAX, found = 0;
        prefixes_match_t match = prefixes_match(all, B("a"), B(topic));
        while (prefixes_next(&match))
            found++;
        assert_int_equal(found, DD_TOPIC_MAX - gone);
        assert_int_equal(match.left, 0);
        prefixes_remove(&all, B("a"), dd_bytes(topic, size));
    }
    assert_null(all);
}

/* What costs is a look for each length that there is: others' topics, longer ones and many of one
   length cost nothing. */
static void test_only_lengths_that_there_are_cost_anything(void **state)
{
    (void)state;
    prefixes_t *all = NULL;
    add(&all, "a", "xx", 2);
    add(&all, "a", "xy", 3);
    add(&all, "a", "xxxxx", 5);
    add(&all, "b", "x", 1);
    prefixes_match_t match = prefixes_match(all, B("a"), B("xxx"));
    assert_int_equal(match.left, 2);
    assert_ptr_equal(prefixes_next(&match), interest(2));
    assert_null(prefixes_next(&match));
    assert_int_equal(match.left, 1);
    assert_int_equal(match.length, 2);
    prefixes_remove(&all, B("a"), B("xx"));
    assert_int_equal(prefixes_match(all, B("a"), B("xxx")).left, 2);
    prefixes_remove(&all, B("a"), B("xy"));
    assert_int_equal(prefixes_match(all, B("a"), B("xxx")).left, 1);
    prefixes_remove(&all, B("a"), B("xxxxx"));
    prefixes_remove(&all, B("b"), B("x"));
}

static void test_out_of_memory(void **state)
{
    (void)state;
    bool failed = true;
    for (size_t count = 0; failed; count++) {
        prefixes_t *all = NULL;
        memory_limit_begin(count);
        bool added = prefixes_add(&all, B("a"), B("topic"), interest(1));
        failed = memory_limit_end();
        assert_int_equal(added, !failed);
        if (added)
            prefixes_remove(&all, B("a"), B("topic"));
        assert_null(all);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_shortest_come_first),
        cmocka_unit_test(test_every_length_is_found),
        cmocka_unit_test(test_only_lengths_that_there_are_cost_anything),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
