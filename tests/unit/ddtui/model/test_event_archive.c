/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_event_archive - what happened stays, whatever becomes of its broker
 */
#include <stdio.h>
#include <string.h>

#include "ddtui/model/event_archive.h"
#include "tests/unit/unit.h"

#define NOW 1763820202000

static void add(model_t *round, const char *id, uint64_t at_ms, uint64_t age_ms, const char *text)
{
    happening_t event = {.broker = "east", .level = "info", .at_ms = at_ms, .age_ms = age_ms};
    snprintf(event.broker_id, sizeof event.broker_id, "%s", id);
    snprintf(event.text, sizeof event.text, "%s", text);
    assert_int_equal(model_add(round, VIEW_EVENTS, &event), DD_OK);
}

static bool take(event_archive_t *archive, model_t **round_p, int64_t wall_ms)
{
    assert_int_equal(model_arrange(*round_p), DD_OK);
    bool any = event_archive_take(archive, *round_p, wall_ms);
    model_destroy(round_p);
    return any;
}

static void test_events_stay_when_their_broker_goes(void **state)
{
    (void)state;
    event_archive_t *archive = event_archive_new();
    model_t *round = model_new();
    add(round, "aa", 1000, 500, "first");
    add(round, "aa", 1200, 300, "second");
    assert_true(take(archive, &round, NOW));
    round = model_new();
    add(round, "aa", 1000, 1500, "first");
    add(round, "aa", 1200, 1300, "second");
    assert_false(take(archive, &round, NOW + 1000)); /* it was there */
    round = model_new();
    add(round, "bb", 10, 0, "started anew");
    assert_true(take(archive, &round, NOW + 2000));
    assert_int_equal(event_archive_count(archive), 3);
    const archived_t *first = event_archive_at(archive, 0);
    assert_string_equal(first->text, "first");
    assert_string_equal(first->broker, "east");
    assert_string_equal(first->broker_id, "aa");
    assert_int_equal(first->wall_ms, NOW - 500);
    assert_int_equal(first->at_ms, 1000);
    assert_string_equal(event_archive_at(archive, 2)->text, "started anew");
    event_archive_clear(archive);
    round = model_new();
    add(round, "bb", 10, 1000, "started anew");
    assert_false(take(archive, &round, NOW + 3000)); /* what was cleared doesn't come back */
    assert_int_equal(event_archive_count(archive), 0);
    event_archive_destroy(&archive);
}

static void test_a_broker_that_tells_much_leaves_the_others_theirs(void **state)
{
    (void)state;
    event_archive_t *archive = event_archive_new();
    model_t *round = model_new();
    add(round, "quiet", 1, 0, "a word");
    take(archive, &round, NOW);
    for (uint64_t i = 0; i < 2 * EVENT_ARCHIVE_MAX; i += 100) {
        round = model_new();
        for (uint64_t j = 0; j < 100; j++)
            add(round, "noisy", i + j + 1, 100 - j, "much");
        take(archive, &round, NOW + (int64_t)i);
    }
    assert_in_range(event_archive_count(archive), EVENT_ARCHIVE_MAX / 2, EVENT_ARCHIVE_MAX);
    assert_string_equal(event_archive_at(archive, 0)->text, "a word");
    event_archive_destroy(&archive);
}

static void test_ages_that_cannot_be(void **state)
{
    (void)state;
    event_archive_t *archive = event_archive_new();
    model_t *round = model_new();
    add(round, "aa", 1, MODEL_UNKNOWN, "no age");
    add(round, "aa", 2, (uint64_t)NOW + 1, "before 1970");
    take(archive, &round, NOW);
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(event_archive_at(archive, i)->wall_ms, NOW);
    event_archive_destroy(&archive);
}

static void test_who_was_drained(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool drained;
    } CASES[] = {
        {"broker leaf ended: it said goodbye (the broker is shutting down)", true},
        {"parent leaf ended: it said goodbye (the broker is shutting down)", true},
        {"broker leaf ended: it said goodbye", false},
        {"broker leaf2 ended: it said goodbye (the broker is shutting down)", false},
        {"broker leaf is gone", false},
        {"client a.leaf ended: shutting down", false},
        {"broker ", false},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        event_archive_t *archive = event_archive_new();
        model_t *round = model_new();
        add(round, "aa", 1, 1000, CASES[i].text);
        take(archive, &round, NOW);
        assert_int_equal(event_archive_says_drained(archive, "leaf", NOW - 1000), CASES[i].drained);
        assert_false(event_archive_says_drained(archive, "leaf", NOW - 999)); /* before that */
        event_archive_destroy(&archive);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_events_stay_when_their_broker_goes),
        cmocka_unit_test(test_a_broker_that_tells_much_leaves_the_others_theirs),
        cmocka_unit_test(test_ages_that_cannot_be),
        cmocka_unit_test(test_who_was_drained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
