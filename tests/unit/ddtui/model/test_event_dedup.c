/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_event_dedup - events are new once
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddtui/model/event_dedup.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

static bool is_new(event_dedup_t *dedup, const char *id, uint64_t at_ms)
{
    happening_t event = {.at_ms = at_ms};
    snprintf(event.broker_id, sizeof event.broker_id, "%s", id);
    return event_dedup_is_new(dedup, &event);
}

/* Looks at one broker's events, at these moments; -1 ends them. How many were new. */
static int look(event_dedup_t *dedup, const char *id, const int *moments)
{
    int count = 0;
    event_dedup_look(dedup);
    for (; *moments >= 0; moments++)
        count += is_new(dedup, id, (uint64_t)*moments);
    return count;
}

#define MOMENTS(...)                                                                               \
    (const int[])                                                                                  \
    {                                                                                              \
        __VA_ARGS__, -1                                                                            \
    }

static void test_each_event_is_new_once(void **state)
{
    (void)state;
    event_dedup_t *dedup = event_dedup_new();
    assert_true(event_dedup_is_first(dedup));
    assert_int_equal(look(dedup, "1", MOMENTS(0, 5, 7)), 3);
    assert_false(event_dedup_is_first(dedup));
    assert_int_equal(look(dedup, "1", MOMENTS(0, 5, 7)), 0);
    assert_int_equal(look(dedup, "1", MOMENTS(0, 5, 7, 9)), 1);
    assert_int_equal(look(dedup, "1", MOMENTS(7, 9, 10, 12)), 2); /* the ring has moved on */
    assert_int_equal(look(dedup, "1", MOMENTS(100, 101)), 2);
    event_dedup_destroy(&dedup);
    assert_null(dedup);
    event_dedup_destroy(&dedup);
    event_dedup_destroy(NULL);
}

static void test_several_at_one_moment(void **state)
{
    (void)state;
    event_dedup_t *dedup = event_dedup_new();
    assert_int_equal(look(dedup, "1", MOMENTS(5, 5)), 2);
    assert_int_equal(look(dedup, "1", MOMENTS(5, 5, 5)), 1);
    assert_int_equal(look(dedup, "1", MOMENTS(5, 5, 5, 6, 6)), 2);
    assert_int_equal(look(dedup, "1", MOMENTS(5, 5, 5, 6, 6, 6)), 1);
    event_dedup_destroy(&dedup);
}

/* Each broker counts from its own start, also one that was started anew. */
static void test_brokers_are_told_apart(void **state)
{
    (void)state;
    event_dedup_t *dedup = event_dedup_new();
    event_dedup_look(dedup);
    assert_true(is_new(dedup, "1", 1000));
    assert_true(is_new(dedup, "2", 3));
    assert_true(is_new(dedup, "1", 1001));
    assert_true(is_new(dedup, "2", 4));
    event_dedup_look(dedup);
    assert_false(is_new(dedup, "2", 3));
    assert_false(is_new(dedup, "1", 1000));
    assert_true(is_new(dedup, "3", 0));
    event_dedup_destroy(&dedup);
}

/* Those that are gone are forgotten, those that are there are not. */
static void test_many_brokers(void **state)
{
    (void)state;
    event_dedup_t *dedup = event_dedup_new();
    char id[MODEL_ID_ROOM];
    for (int i = 0; i < 3; i++) {
        event_dedup_look(dedup);
        for (int j = 0; j < MODEL_BROKERS_MAX; j++) {
            snprintf(id, sizeof id, "%d-%d", i, j);
            assert_true(is_new(dedup, id, 1));
        }
    }
    event_dedup_look(dedup);
    assert_false(is_new(dedup, id, 1));
    event_dedup_look(dedup);
    assert_true(is_new(dedup, "0-0", 1));
    event_dedup_destroy(&dedup);
}

/* A broker that there is no room for is shown again rather than not at all, and ends nothing. */
static void test_out_of_memory_shows_twice(void **state)
{
    (void)state;
    event_dedup_t *follow = event_dedup_new();
    event_dedup_look(follow);
    for (unsigned i = 0; i < 200; i++) {
        char id[16];
        snprintf(id, sizeof id, "%u", i);
        for (size_t allowed = 0;; allowed++) {
            memory_limit_begin(allowed);
            bool new = is_new(follow, id, 5);
            bool ran_out = memory_limit_end();
            assert_true(new);
            if (!ran_out)
                break;
        }
        event_dedup_look(follow);
        assert_false(is_new(follow, id, 5));
    }
    event_dedup_destroy(&follow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_event_is_new_once),
        cmocka_unit_test(test_several_at_one_moment),
        cmocka_unit_test(test_brokers_are_told_apart),
        cmocka_unit_test(test_many_brokers),
        cmocka_unit_test(test_out_of_memory_shows_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
