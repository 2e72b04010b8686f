/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_event_history - what happened lately, for whoever may know it
 */
#include <stdio.h>

#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/answers.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

static const uint64_t MOST[EVENT_LEVELS] = EVENT_HISTORY_MAX;
#define INFOS ((unsigned)MOST[DD_LOG_INFO])

static void add(event_history_t *events, uint64_t at_ms, const char *tenant)
{
    char text[32];
    snprintf(text, sizeof text, "%s %u", tenant, (unsigned)at_ms);
    event_history_add(events, at_ms, DD_LOG_INFO, tenant, text);
    assert_string_equal(events->newest->text, text);
    assert_string_equal(event_tenant(events->newest), tenant);
}

static void test_the_newest_events_are_kept(void **state)
{
    (void)state;
    event_history_t events = {0};
    for (unsigned i = 0; i < INFOS + 10; i++)
        add(&events, i, "a");
    const event_t *event = events.newest;
    for (unsigned i = 0; i < INFOS; i++, event = event->older)
        assert_int_equal(event->at_ms, INFOS + 9 - i);
    assert_null(event);
    event_history_clear(&events);
    assert_null(events.newest);
}

/* Whatever a tenant does, the others' events stay, and operators see all in order. */
static void test_tenants_keep_their_own_events(void **state)
{
    static const char *const OTHERS[] = {"b", "public", EVENT_FOR_ALL, EVENT_FOR_OPERATORS};
    (void)state;
    event_history_t events = {0};
    uint64_t at_ms = 0;
    for (size_t i = 0; i < COUNT(OTHERS); i++)
        add(&events, ++at_ms, OTHERS[i]);
    for (unsigned i = 0; i < 5 * INFOS; i++)
        add(&events, ++at_ms, "a");
    add(&events, ++at_ms, "b");
    unsigned count = 0, of_others = 0;
    const event_t *event;
    DL_FOREACH2 (events.newest, event, older) {
        assert_true(event->at_ms <= at_ms);
        at_ms = event->at_ms;
        count++;
        of_others += strcmp(event_tenant(event), "a") != 0;
    }
    assert_int_equal(of_others, COUNT(OTHERS) + 1);
    assert_int_equal(count, INFOS + of_others);
    event_history_clear(&events);
}

/* Hundreds of clients that come and go push out no warning. */
static void test_each_level_has_room_of_its_own(void **state)
{
    (void)state;
    event_history_t events = {0};
    for (dd_log_level_t level = 0; level < EVENT_LEVELS; level++)
        event_history_add(&events, 1 + level, level, "a", dd_log_level_name(level));
    for (unsigned i = 0; i < 3 * INFOS; i++)
        event_history_add(&events, 10 + i, DD_LOG_INFO, "a", "client a.x is gone");
    for (dd_log_level_t level = 0; level < EVENT_LEVELS; level++) {
        event_sums_t sums = event_history_sums(&events, B(""), level);
        event_sums_t own = event_history_sums(&events, B("a"), level);
        bool is_info = level == DD_LOG_INFO;
        assert_int_equal(sums.count, is_info ? INFOS : 1);
        assert_int_equal(sums.forgotten, is_info ? 2 * INFOS + 1 : 0);
        assert_int_equal(sums.forgotten_ms, is_info ? 9 + 2 * INFOS : 0);
        assert_memory_equal(&own, &sums, sizeof sums);
        sums = event_history_sums(&events, B("b"), level);
        assert_int_equal(sums.count + sums.forgotten, 0);
    }
    event_history_clear(&events);
}

static json_object *ask_for(actor_t *asker, uint32_t first, uint32_t limit)
{
    actor_say(asker,
        &(dd_record_t){
            .type = DD_INSPECT, .ref = 1, .first = first, .limit = limit, .text = B("events")});
    answer_t answer = read_answer(asker, 1);
    json_object *rows = rows_of(&answer, "events");
    free_answer(&answer);
    return rows;
}

static size_t count_rows(json_object *rows, const char *level)
{
    size_t count = 0;
    for (size_t i = 0; i < json_object_array_length(rows); i++)
        count += strcmp(text_of(json_object_array_get_idx(rows, i), "level"), level) == 0;
    return count;
}

/* Whoever asks for some only gets the warnings among them, and hears of the rest. */
static void test_a_part_of_the_events_has_the_warnings_and_says_what_is_left_out(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    core_t *core = root->core;
    for (unsigned i = 0; i < 5; i++)
        event_history_add(&core->events, core->now_ms, DD_LOG_WARNING, "a", "early");
    for (unsigned i = 0; i < 3 * INFOS; i++)
        event_history_add(&core->events, core->now_ms, DD_LOG_INFO, "a", "late");
    actor_t *asker = actor_client(root, "a", "asker"); /* one more */
    json_object *rows = ask_for(asker, 0, 100);
    char text[64];
    snprintf(text, sizeof text, "%u older events of level info aren't told any more",
        3 * INFOS + 1 - 94); /* besides five warnings and the start */
    assert_int_equal(json_object_array_length(rows), 101);
    assert_int_equal(count_rows(rows, "warning"), 5);
    assert_true(has_row(rows, "text", text));
    json_object_put(rows);
    rows = ask_for(asker, 0, 4);
    assert_int_equal(count_rows(rows, "warning"), 2 + 1);
    assert_int_equal(count_rows(rows, "info"), 2 + 1);
    assert_true(has_row(rows, "text", "3 older events of level warning aren't told any more"));
    json_object_put(rows);
    rows = ask_for(asker, 0, 0);
    assert_int_equal(count_rows(rows, "warning"), 5);
    assert_int_equal(count_rows(rows, "info"), INFOS + 1);
    json_object_put(rows);
    rows = ask_for(asker, 10, 20); /* a later page is only that */
    assert_int_equal(json_object_array_length(rows), 20);
    json_object_put(rows);
    rows = ask_for(actor_client(root, "b", "asker"), 0, 100);
    assert_int_equal(count_rows(rows, "warning"), 0);
    assert_int_equal(json_object_array_length(rows), 2); /* its own coming, and the start */
    json_object_put(rows);
    tree_destroy(&tree);
}

static bool is_b(void *arg, dd_bytes_t tenant)
{
    (void)arg;
    return dd_bytes_equal(tenant, B("b"));
}

static void test_events_of_tenants_that_are_no_more_go(void **state)
{
    (void)state;
    event_history_t events = {0};
    for (unsigned i = 0; i < 10; i++)
        add(&events, i, i % 2 ? "a" : "b");
    event_history_forget(&events, is_b, NULL);
    unsigned count = 0;
    const event_t *event;
    DL_FOREACH2 (events.newest, event, older) {
        assert_string_equal(event_tenant(event), "b");
        count++;
    }
    assert_int_equal(count, 5);
    add(&events, 10, "a");
    event_history_clear(&events);
}

/* The tenant's oldest one makes room then, and nobody else's. */
static void test_events_without_memory(void **state)
{
    (void)state;
    event_history_t events = {0};
    add(&events, 1, "a");
    add(&events, 2, "a");
    add(&events, 3, "b");
    for (unsigned i = 0; i < 4; i++) {
        memory_limit_begin(0);
        event_history_add(&events, 4 + i, DD_LOG_INFO, i % 2 ? "new" : "a", "more");
        assert_true(memory_limit_end());
    }
    unsigned count = 0;
    const event_t *event;
    DL_FOREACH2 (events.newest, event, older) {
        assert_string_not_equal(event_tenant(event), "new");
        count++;
    }
    assert_int_equal(count, 3);
    event_history_clear(&events);
}

static void test_long_events_are_cut_between_characters(void **state)
{
    (void)state;
    event_history_t events = {0};
    char text[EVENT_TEXT_MAX + 8];
    for (size_t start = 0; start < 4; start++) {
        memset(text, 'x', sizeof text);
        for (size_t at = start; at + 3 < sizeof text; at += 3)
            memcpy(text + at, "\xE6\xBC\xA2", 3);
        text[sizeof text - 1] = '\0';
        event_history_add(&events, 1, DD_LOG_INFO, "a", text);
        const char *kept = events.newest->text;
        assert_true(strlen(kept) > EVENT_TEXT_MAX - 4);
        assert_true(dd_word_valid(B(kept), EVENT_TEXT_MAX));
    }
    event_history_clear(&events);
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

/* What a tenant's clients do over and over again, and what a child says that can't be, is counted
   after a while, in the log and among the events, and hides nothing. */
static void test_floods_hide_nobody_elses_events(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_leave(actor_client(root, "b", "quiet"));
    actor_t *child = actor_child(root, 'k', "/1/1/");
    const dd_record_t lie = {.type = DD_FORWARD, .source = B("a.nobody"), .destination = B("a.x")};
    for (int i = 0; i < 3 * FLOOD_LINES; i++) {
        actor_leave(actor_client(root, "a", "noisy"));
        actor_say(child, &lie);
    }
    actor_leave(actor_client(root, "b", "later"));
    tree_pass(tree, FLOOD_WHILE + 2000);
    assert_true(tree_logged(tree, "200 more like this from broker child107: broker child107 "));
    for (int i = 0; i < 2; i++) {
        actor_t *asker = i == 0 ? actor_client(root, "b", "asker") : actor_operator(root);
        ask(asker, "events", 1);
        answer_t answer = read_answer(asker, 1);
        json_object *rows = rows_of(&answer, "events");
        assert_true(has_row(rows, "text", "client b.quiet is gone"));
        assert_true(has_row(rows, "text", "client b.later registered"));
        assert_int_equal(has_row(rows, "text", "client a.noisy registered"), i == 1);
        assert_int_equal(
            has_row(rows, "text", "200 more like this from tenant a: client a.noisy is gone"),
            i == 1);
        json_object_put(rows);
        free_answer(&answer);
    }
    tree_destroy(&tree);
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
        cmocka_unit_test(test_tenants_keep_their_own_events),
        cmocka_unit_test(test_each_level_has_room_of_its_own),
        cmocka_unit_test(test_a_part_of_the_events_has_the_warnings_and_says_what_is_left_out),
        cmocka_unit_test(test_events_of_tenants_that_are_no_more_go),
        cmocka_unit_test(test_events_without_memory),
        cmocka_unit_test(test_floods_hide_nobody_elses_events),
        cmocka_unit_test(test_long_events_are_cut_between_characters),
        cmocka_unit_test(test_no_tenant_is_called_everybody),
        cmocka_unit_test(test_events_are_for_those_they_are_about),
        cmocka_unit_test(test_events_say_when_they_were),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
