/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_event_history - what happened lately, for whoever may know it
 */
#include <stdio.h>

#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/answers.h"
#include "tests/unit/unit.h"

static void test_the_newest_events_are_kept(void **state)
{
    (void)state;
    static event_history_t events;
    char text[32];
    assert_null(event_history_at(&events, 0));
    for (unsigned i = 0; i < EVENT_HISTORY_MAX + 10; i++) {
        snprintf(text, sizeof text, "event %u", i);
        event_history_add(&events, i, DD_LOG_INFO, "a", text);
        assert_string_equal(event_history_at(&events, 0)->text, text);
    }
    for (unsigned i = 0; i < EVENT_HISTORY_MAX; i++)
        assert_int_equal(event_history_at(&events, i)->at_ms, EVENT_HISTORY_MAX + 9 - i);
    assert_null(event_history_at(&events, EVENT_HISTORY_MAX));
}

static void test_long_events_are_cut_between_characters(void **state)
{
    (void)state;
    static event_history_t events;
    char text[EVENT_TEXT_MAX + 8];
    for (size_t start = 0; start < 4; start++) {
        memset(text, 'x', sizeof text);
        for (size_t at = start; at + 3 < sizeof text; at += 3)
            memcpy(text + at, "\xE6\xBC\xA2", 3);
        text[sizeof text - 1] = '\0';
        event_history_add(&events, 1, DD_LOG_INFO, "a", text);
        const char *kept = event_history_at(&events, 0)->text;
        assert_true(strlen(kept) > EVENT_TEXT_MAX - 4);
        assert_true(dd_word_valid(B(kept), EVENT_TEXT_MAX));
    }
}

/* A tenant of that name would see everybody's. */
static void test_no_tenant_is_called_everybody(void **state)
{
    (void)state;
    assert_false(dd_tenant_valid(B(EVENT_FOR_ALL)));
    assert_false(dd_tenant_valid(B(EVENT_FOR_OPERATORS)));
}

static void test_events_are_for_those_they_are_about(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_leave(actor_client(pair.left, "a", "came-and-went"));
    actor_leave(actor_client(pair.left, "ab", "other"));
    tree_run(pair.tree);
    for (int i = 0; i < 3; i++) {
        actor_t *asker = i == 0   ? actor_client(pair.left_leaf, "a", "asker")
                         : i == 1 ? actor_client(pair.left_leaf, "b", "asker")
                                  : actor_operator(pair.left_leaf);
        ask(asker, "events", 1);
        answer_t answer = read_answer(asker, 1);
        json_object *rows = rows_of(&answer, "events");
        assert_int_equal(has_row(rows, "text", "client a.came-and-went registered"), i != 1);
        assert_int_equal(has_row(rows, "text", "client a.came-and-went is gone"), i != 1);
        assert_int_equal(has_row(rows, "text", "client ab.other registered"), i == 2);
        assert_true(has_row(rows, "text", "joined parent root as /1/1/"));
        assert_true(has_row(rows, "level", "notice"));
        assert_true(has_row(rows, "tenant", EVENT_FOR_ALL));
        json_object_put(rows);
        free_answer(&answer);
    }
    tree_destroy(&pair.tree);
}

/* An event of a broker is the same one in every answer by when it was, counted from the start. */
static void test_events_say_when_they_were(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    tree_pass(pair.tree, 500);
    actor_t *asker = actor_client(pair.root, "a", "asker");
    int64_t at = -1;
    for (uint32_t i = 0; i < 2; i++) {
        ask(asker, "events", i);
        answer_t answer = read_answer(asker, i);
        json_object *rows = json_object_object_get(report_of(&answer, "root"), "events");
        json_object *newest = json_object_array_get_idx(rows, 0);
        assert_string_equal(text_of(newest, "text"), "client a.asker registered");
        assert_int_equal(number_of(newest, "age_ms"), 2000 * i);
        assert_true(number_of(newest, "at_ms") >= 500);
        assert_true(i == 0 || number_of(newest, "at_ms") == at);
        at = number_of(newest, "at_ms");
        free_answer(&answer);
        tree_pass(pair.tree, 2000);
        actor_skip(asker);
    }
    tree_destroy(&pair.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_newest_events_are_kept),
        cmocka_unit_test(test_long_events_are_cut_between_characters),
        cmocka_unit_test(test_no_tenant_is_called_everybody),
        cmocka_unit_test(test_events_are_for_those_they_are_about),
        cmocka_unit_test(test_events_say_when_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
