/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_missed - a broker that one beside it calls gone is in trouble at once
 */
#include "ddtui/model/trouble.h"
#include "tests/unit/ddtui/scripted.h"

#define GONE(teller, id, age, who)                                                                 \
    "{\"broker\":\"" teller "\",\"broker_id\":\"" id "\",\"events\":[{\"level\":\"warning\","      \
    "\"at_ms\":1,\"age_ms\":" age ",\"text\":\"" who " is gone\"}]}"

static const char *const LEFT[] = {
    SCRIPTED_BROKER("root", "/1/", "aa", "null", ""), SCRIPTED_TREE_BROKER5};

static standing_t standing(const session_view_t *session, const char *name)
{
    for (size_t i = 0; i < session_view_row_count(session, VIEW_TREE); i++) {
        const broker_t *broker = session_view_row(session, VIEW_TREE, i);
        if (strcmp(broker->name, name) == 0)
            return session_view_standing(session, broker);
    }
    fail_msg("no row of %s", name);
    return STANDING_UNKNOWN;
}

static void hear(session_view_t *session, const char *report)
{
    scripted_round(session, VIEW_EVENTS, &report, 1);
}

/* Before any round is without it, and whichever of the two is heard first. */
static void test_a_broker_that_a_neighbour_calls_gone_is_in_trouble_at_once(void **state)
{
    static const char *const WORDS[] = {
        GONE("root", "aa", "10", "broker broker1"), GONE("broker0", "cc", "10", "parent broker1")};
    (void)state;
    for (size_t i = 0; i < 2 * COUNT(WORDS); i++) {
        char text[TROUBLE_SUMMARY_ROOM];
        session_view_t *session = scripted_session();
        scripted_everything(session);
        scripted_pass(session, 500);
        if (i >= COUNT(WORDS))
            scripted_round(session, VIEW_TREE, LEFT, 2);
        hear(session, WORDS[i % COUNT(WORDS)]);
        assert_int_equal(standing(session, "broker1"), STANDING_GONE);
        assert_int_equal(standing(session, "root"), STANDING_REPORTS);
        assert_int_equal(trouble_summary(session, text), i < COUNT(WORDS) ? 1 : 2);
        assert_string_equal(text, i < COUNT(WORDS) ? "1 gone" : "1 gone · 1 behind");
        assert_string_equal(status_log_at(session_view_status_log(session), 0)->text,
            i < COUNT(WORDS) ? "broker broker1 is gone, says its neighbour"
                             : "broker broker1 is gone, says its neighbour; 1 behind it");
        scripted_pass(session, 500);
        scripted_round(session, VIEW_TREE, LEFT, 2);
        assert_int_equal(standing(session, "broker1"), STANDING_GONE);
        scripted_round(session, VIEW_TREE, SCRIPTED_TREE, SCRIPTED_BROKERS);
        assert_int_equal(standing(session, "broker1"), STANDING_REPORTS);
        assert_int_equal(trouble_summary(session, text), 0);
        session_view_destroy(&session);
    }
}

/* What was heard of it since counts for more, and so does who stands beside it. */
static void test_old_words_and_those_of_others_say_nothing(void **state)
{
    static const char *const WORDS[] = {GONE("root", "aa", "5000", "broker broker1"),
        GONE("broker5", "dd", "10", "broker broker1"), GONE("root", "aa", "10", "parent broker1"),
        GONE("root", "aa", "10", "client a.broker1"),
        GONE("stranger", "99", "1", "broker broker1")};
    (void)state;
    for (size_t i = 0; i < COUNT(WORDS); i++) {
        session_view_t *session = scripted_session();
        scripted_everything(session);
        scripted_pass(session, 500);
        hear(session, WORDS[i]);
        assert_int_equal(standing(session, "broker1"), STANDING_REPORTS);
        session_view_destroy(&session);
    }
}

/* It says so in its own row, too. */
static void test_a_broker_that_its_parent_misses_is_gone_at_once(void **state)
{
    static const char *const MISSES[] = {
        SCRIPTED_BROKER("root", "/1/", "aa", "null",
            "\"lost\":[{\"name\":\"broker1\",\"id\":\"bb\",\"age_ms\":700}],"),
        SCRIPTED_TREE_BROKER5};
    (void)state;
    session_view_t *session = scripted_session();
    scripted_everything(session);
    scripted_pass(session, 1000);
    scripted_round(session, VIEW_TREE, MISSES, 2);
    assert_int_equal(standing(session, "broker1"), STANDING_GONE);
    session_view_destroy(&session);
    session = scripted_session(); /* one that begins now */
    scripted_round(session, VIEW_TREE, MISSES, 2);
    assert_int_equal(standing(session, "broker1"), STANDING_GONE);
    session_view_destroy(&session);
}

/* An event that was told early in a round that took long isn't younger for that. */
static void test_events_age_while_a_round_goes_on(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    scripted_everything(session);
    poller_asked(session_view_poller(session), VIEW_EVENTS, 99, session_view_now_ms(session));
    dd_event_t event = scripted_event(DD_EVENT_REPORT);
    event.ref = 99;
    event.text = GONE("root", "aa", "10", "broker broker1");
    event.number = 1;
    session_view_event(session, &event);
    scripted_pass(session, 1000);
    scripted_round(session, VIEW_TREE, SCRIPTED_TREE, SCRIPTED_BROKERS);
    scripted_pass(session, POLLER_LIMIT);
    const archived_t *archived = event_archive_at(session_view_events(session), 0);
    assert_true(archived->wall_ms == session_view_wall_ms(session) - 1000 - POLLER_LIMIT - 10);
    assert_int_equal(standing(session, "broker1"), STANDING_REPORTS);
    session_view_destroy(&session);
}

static void test_a_stale_broker_is_in_trouble(void **state)
{
    (void)state;
    char text[TROUBLE_SUMMARY_ROOM];
    session_view_t *session = scripted_session();
    scripted_everything(session);
    scripted_pass(session, 1000);
    scripted_round(session, VIEW_TREE, LEFT, 2);
    assert_int_equal(trouble_summary(session, text), 0);
    scripted_pass(session, STANDING_LATE_AFTER);
    assert_int_equal(trouble_summary(session, text), 2);
    assert_string_equal(text, "2 stale");
    session_view_destroy(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_broker_that_a_neighbour_calls_gone_is_in_trouble_at_once),
        cmocka_unit_test(test_old_words_and_those_of_others_say_nothing),
        cmocka_unit_test(test_a_broker_that_its_parent_misses_is_gone_at_once),
        cmocka_unit_test(test_events_age_while_a_round_goes_on),
        cmocka_unit_test(test_a_stale_broker_is_in_trouble),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
