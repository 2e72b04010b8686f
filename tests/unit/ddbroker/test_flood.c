/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_flood - who says how much, and what is counted
 */
#include <stdio.h>
#include <string.h>

#include "ddbroker/flood.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

static const char ONE[] = "one", OTHER[] = "other";

static bool admit(
    floods_t *floods, flood_sort_t sort, const char *name, const char *kind, uint64_t now_ms)
{
    flood_line_t line = {sort, name, kind, DD_LOG_WARNING, "what happened"};
    return floods_admit(floods, &line, now_ms);
}

/* Lines that are admitted of so many. */
static unsigned admitted(
    floods_t *floods, flood_sort_t sort, const char *name, const char *kind, unsigned lines)
{
    unsigned count = 0;
    while (lines-- > 0)
        count += admit(floods, sort, name, kind, 1000);
    return count;
}

static void each_source_and_kind_has_lines_of_its_own(void **state)
{
    (void)state;
    floods_t floods = {0};
    assert_int_equal(admitted(&floods, FLOOD_OF_TENANT, "a", ONE, 1000), FLOOD_LINES);
    assert_int_equal(admitted(&floods, FLOOD_OF_TENANT, "a", OTHER, 1000), FLOOD_LINES);
    assert_int_equal(admitted(&floods, FLOOD_OF_TENANT, "b", ONE, 1000), FLOOD_LINES);
    assert_int_equal(admitted(&floods, FLOOD_OF_BROKER, "a", ONE, 1000), FLOOD_LINES);
    assert_int_equal(admitted(&floods, FLOOD_OF_TENANT, "a", ONE, 1), 0);
    floods_clear(&floods);
}

static void what_is_left_out_is_counted(void **state)
{
    (void)state;
    floods_t floods = {0};
    flood_rest_t rest;
    admitted(&floods, FLOOD_OF_TENANT, "a", ONE, FLOOD_LINES + 7);
    admitted(&floods, FLOOD_OF_TENANT, "b", ONE, FLOOD_LINES);
    assert_false(floods_rest(&floods, &rest, 1000 + FLOOD_WHILE - 1));
    assert_true(floods_rest(&floods, &rest, 1000 + FLOOD_WHILE));
    assert_int_equal(rest.sort, FLOOD_OF_TENANT);
    assert_int_equal(rest.level, DD_LOG_WARNING);
    assert_string_equal(rest.name, "a");
    assert_string_equal(rest.text, "7 more like this from tenant a: what happened");
    assert_false(floods_rest(&floods, &rest, 1000 + FLOOD_WHILE));
    assert_null(floods.all);
    assert_int_equal(admitted(&floods, FLOOD_OF_TENANT, "a", ONE, 1000), FLOOD_LINES);
    floods_clear(&floods);
}

/* Names that are invented take no more than a share, and no tenant's. */
static void invented_sources_are_one_in_the_end(void **state)
{
    (void)state;
    floods_t floods = {0};
    flood_rest_t rest;
    unsigned count = 0;
    for (unsigned i = 0; i < 100000; i++) {
        char name[32];
        snprintf(name, sizeof name, "broker%u", i);
        count += admit(&floods, FLOOD_OF_BROKER, name, ONE, 1000);
    }
    assert_in_range(count, FLOOD_LINES, 10 * FLOOD_LINES);
    assert_in_range(floods.count[FLOOD_OF_BROKER], 1, 1000);
    assert_int_equal(admitted(&floods, FLOOD_OF_TENANT, "a", ONE, 1000), FLOOD_LINES);
    unsigned lines = 0;
    while (floods_rest(&floods, &rest, 1000 + FLOOD_WHILE))
        lines++;
    assert_int_equal(lines, 2); /* of all others, and of tenant a */
    floods_clear(&floods);
}

static void long_texts_are_cut(void **state)
{
    (void)state;
    floods_t floods = {0};
    flood_rest_t rest;
    static char name[1000], text[5000];
    memset(name, 'n', sizeof name - 1);
    memset(text, 't', sizeof text - 1);
    for (unsigned i = 0; i < FLOOD_LINES + 1; i++)
        floods_admit(&floods, &(flood_line_t){FLOOD_OF_STRANGERS, name, ONE, DD_LOG_INFO, text}, 0);
    assert_true(floods_rest(&floods, &rest, FLOOD_WHILE));
    assert_non_null(strstr(rest.text, "1 more like this from strangers nnn"));
    assert_non_null(strstr(rest.text, ": ttt"));
    assert_false(floods_rest(&floods, &rest, FLOOD_WHILE));
}

static void without_memory_nothing_is_said(void **state)
{
    (void)state;
    floods_t floods = {0};
    for (size_t blocks = 0;; blocks++) {
        memory_limit_begin(blocks);
        bool said = admit(&floods, FLOOD_OF_TENANT, "a", ONE, 0);
        if (!memory_limit_end())
            break;
        assert_false(said);
    }
    floods_clear(&floods);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_source_and_kind_has_lines_of_its_own),
        cmocka_unit_test(what_is_left_out_is_counted),
        cmocka_unit_test(invented_sources_are_one_in_the_end),
        cmocka_unit_test(long_texts_are_cut),
        cmocka_unit_test(without_memory_nothing_is_said),
    };
    return cmocka_run_group_tests_name("flood", tests, NULL, NULL);
}
