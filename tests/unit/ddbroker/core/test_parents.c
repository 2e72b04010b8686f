/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_parents - which of several parents is joined, and when
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ddbroker/core/parents.h"
#include "tests/unit/unit.h"

static dd_endpoints_t list_of(const char *text)
{
    dd_endpoints_t list = {.count = 0};
    if (text[0])
        assert_int_equal(dd_endpoints_add(&list, text, NULL), DD_OK);
    return list;
}

static void set(parents_t *self, const char *text)
{
    dd_endpoints_t list = list_of(text);
    parents_set(self, &list);
}

static void expect(const parents_t *self, const char *endpoint)
{
    assert_non_null(parents_chosen(self));
    assert_string_equal(parents_chosen(self), endpoint);
}

static void test_all_are_tried_before_a_pause(void **state)
{
    (void)state;
    parents_t self = {.chosen = 0};
    assert_null(parents_chosen(&self));
    assert_true(parents_failed(&self, PARENT_SILENT, 1));
    set(&self, "ipc://a,ipc://b,ipc://c");
    for (unsigned round = 0; round < 2; round++) {
        expect(&self, "ipc://a");
        assert_false(parents_failed(&self, PARENT_SILENT, 1));
        expect(&self, "ipc://b");
        assert_false(parents_failed(&self, PARENT_SILENT, 1));
        expect(&self, "ipc://c");
        assert_true(parents_failed(&self, PARENT_SILENT, 1));
    }
    /* One that was joined and is lost is one of those that were tried. */
    parents_failed(&self, PARENT_SILENT, 1);
    parents_joined(&self, 5);
    expect(&self, "ipc://b");
    assert_false(parents_failed(&self, PARENT_SILENT, 9));
    assert_false(parents_failed(&self, PARENT_SILENT, 9));
    expect(&self, "ipc://a");
    assert_true(parents_failed(&self, PARENT_SILENT, 9));
}

static void test_moves_are_counted(void **state)
{
    (void)state;
    parents_t self = {.chosen = 0};
    set(&self, "ipc://a,ipc://b");
    parents_joined(&self, 5);
    parents_joined(&self, 7); /* told again */
    assert_int_equal(self.since_ms, 5);
    assert_int_equal(self.moves, 0);
    parents_failed(&self, PARENT_SILENT, 10);
    parents_failed(&self, PARENT_SILENT, 10);
    parents_joined(&self, 11); /* the same one */
    assert_int_equal(self.moves, 0);
    parents_failed(&self, PARENT_SILENT, 12);
    parents_joined(&self, 13);
    assert_int_equal(self.moves, 1);
    assert_string_equal(parents_health_name(&self, 0), "silent");
    assert_string_equal(parents_health_name(&self, 1), "joined");
}

static void test_a_parent_that_stays_in_the_list_is_kept(void **state)
{
    (void)state;
    parents_t self = {.chosen = 0};
    set(&self, "ipc://a,ipc://b");
    parents_joined(&self, 5);
    self.health[1] = PARENT_SILENT;
    unsigned departures = self.departures;
    set(&self, "ipc://c,ipc://b,ipc://a");
    expect(&self, "ipc://a");
    assert_true(self.joined);
    assert_int_equal(self.departures, departures);
    assert_int_equal(self.health[0], PARENT_UNKNOWN);
    assert_int_equal(self.health[1], PARENT_SILENT);
    set(&self, "ipc://c,ipc://b");
    expect(&self, "ipc://c");
    assert_int_equal(self.departures, departures + 1);
    set(&self, "");
    assert_null(parents_chosen(&self));
}

static void test_a_preferred_parent_comes_first(void **state)
{
    (void)state;
    char text[DD_ENDPOINTS_TEXT];
    parents_t self = {.chosen = 0};
    set(&self, "ipc://a,ipc://b");
    parents_joined(&self, 5);
    unsigned departures = self.departures;
    parents_prefer(&self, "ipc://a", false); /* it is there already */
    assert_int_equal(self.departures, departures);
    parents_prefer(&self, "ipc://b", false);
    expect(&self, "ipc://b");
    assert_int_equal(self.departures, departures + 1);
    dd_endpoints_write(&self.list, text, sizeof text);
    assert_string_equal(text, "ipc://b,ipc://a");
    parents_prefer(&self, "ipc://c", true);
    expect(&self, "ipc://c");
    assert_int_equal(self.list.count, 1);
}

static void test_those_not_in_use(void **state)
{
    (void)state;
    parents_t self = {.chosen = 0};
    assert_int_equal(parents_unused(&self, SIZE_MAX), SIZE_MAX);
    set(&self, "ipc://a,ipc://b,ipc://c");
    assert_int_equal(parents_unused(&self, SIZE_MAX), 1);
    assert_int_equal(parents_unused(&self, 1), 2);
    assert_int_equal(parents_unused(&self, 2), SIZE_MAX);
    parents_failed(&self, PARENT_SILENT, 1);
    assert_int_equal(parents_unused(&self, SIZE_MAX), 0);
    assert_int_equal(parents_unused(&self, 0), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_are_tried_before_a_pause),
        cmocka_unit_test(test_moves_are_counted),
        cmocka_unit_test(test_a_parent_that_stays_in_the_list_is_kept),
        cmocka_unit_test(test_a_preferred_parent_comes_first),
        cmocka_unit_test(test_those_not_in_use),
    };
    return cmocka_run_group_tests_name("parents", tests, NULL, NULL);
}
