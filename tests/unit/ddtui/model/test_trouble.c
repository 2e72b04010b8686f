/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_trouble - which brokers, clients and subscriptions are in trouble, and what is said of it
 */
#include "ddtui/model/trouble.h"
#include "tests/unit/ddtui/scripted.h"

static void test_what_is_said_of_traffic(void **state)
{
    (void)state;
    static const uint64_t STAYS = MODEL_TROUBLE_STAYS, NEVER = MODEL_UNKNOWN;
    static const struct {
        traffic_t traffic;
        trouble_t trouble;
        const char *text;
    } CASES[] = {
        {{.drop_age_ms = NEVER}, TROUBLE_NONE, ""},
        {{.drop_age_ms = 400, .dropping_ms = STAYS, .dropped_rate = 12}, TROUBLE_DROPPING,
            "DROPPING 12/s"},
        {{.drop_age_ms = 400, .dropping_ms = STAYS, .dropped_rate = 123456}, TROUBLE_DROPPING,
            "DROPPING 123k/s"},
        {{.drop_age_ms = 400, .dropping_ms = STAYS, .dropped_rate = 0}, TROUBLE_DROPPING,
            "DROPPING <1/s"},
        {{.drop_age_ms = 4000, .dropping_ms = STAYS - 4000}, TROUBLE_DROPPING, "dropped 4s ago"},
        /* As the first round has it. */
        {{.drop_age_ms = 400, .dropped_rate = NEVER}, TROUBLE_DROPPING, "DROPPING"},
        {{.drop_age_ms = 4000, .dropped_rate = NEVER}, TROUBLE_DROPPING, "dropped 4s ago"},
        {{.drop_age_ms = STAYS}, TROUBLE_NONE, ""},
        {{.drop_age_ms = NEVER, .refusing_ms = STAYS, .refused_rate = 3}, TROUBLE_REFUSING,
            "REFUSING 3/s"},
        {{.drop_age_ms = NEVER, .refusing_ms = 1}, TROUBLE_REFUSING, "refused 9s ago"},
        {{.drop_age_ms = NEVER, .dropping_ms = STAYS, .refusing_ms = STAYS, .dropped_rate = 1},
            TROUBLE_DROPPING, "DROPPING 1/s"},
    };
    session_view_t *session = scripted_session();
    scripted_everything(session);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char text[TROUBLE_ROOM];
        broker_t broker = {.state = "ok", .traffic = CASES[i].traffic};
        trouble_t trouble = trouble_of_broker(session, &broker);
        assert_int_equal(trouble, CASES[i].trouble);
        trouble_traffic_text(&broker.traffic, trouble, text);
        assert_string_equal(text, CASES[i].text);
        client_t client = {.traffic = CASES[i].traffic};
        assert_int_equal(trouble_of_client(session, &client), CASES[i].trouble);
        client.fate = CLIENT_LEFT;
        assert_int_equal(trouble_of_client(session, &client), TROUBLE_NONE);
    }
    session_view_destroy(&session);
}

static const char *const SOME[] = {
    SCRIPTED_BROKER("root", "/1/", "aa", "null", "\"dropped\":1,\"drop_age_ms\":10,"),
    "{\"broker\":\"broker5\",\"scope\":\"/1/5/\",\"id\":\"dd\",\"parent\":\"aa\",\"state\":"
    "\"cut off\"}",
};

static void test_all_are_counted(void **state)
{
    (void)state;
    char text[TROUBLE_SUMMARY_ROOM];
    session_view_t *session = scripted_session();
    assert_int_equal(trouble_summary(session, text), 0);
    assert_string_equal(text, "");
    scripted_everything(session);
    assert_int_equal(trouble_summary(session, text), 0);
    assert_false(trouble_is_with_clients(session));
    scripted_pass(session, 1000);
    scripted_round(session, VIEW_TREE, SOME, 2); /* without broker1, and broker0 beneath it */
    scripted_pass(session, STANDING_GONE_AFTER);
    scripted_round(session, VIEW_TREE, SOME, 2);
    assert_int_equal(trouble_summary(session, text), 4);
    assert_string_equal(text, "1 gone · 1 cut off · 1 behind · 1 dropping");
    assert_true(trouble_is_with_clients(session));
    dd_event_t event = scripted_event(DD_EVENT_DISCONNECTED);
    session_view_event(session, &event);
    assert_int_equal(trouble_summary(session, text), 0); /* nothing is known of any */
    session_view_destroy(&session);
}

static const own_subscription_t *own(const session_view_t *session)
{
    return &session_view_own_subscriptions(session)->rows[0];
}

static void test_own_subscriptions(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    session_view_subscribed(session, "zone", "region");
    assert_true(trouble_is_with_own(session, own(session))); /* nobody has agreed yet */
    dd_event_t event = scripted_event(DD_EVENT_SUBSCRIBED);
    event.topic = "zone";
    event.scope = "/1/";
    session_view_event(session, &event);
    assert_false(trouble_is_with_own(session, own(session)));
    event.type = DD_EVENT_GAP;
    event.topic = "another";
    session_view_event(session, &event);
    assert_false(trouble_is_with_own(session, own(session)));
    event.topic = "zone";
    session_view_event(session, &event);
    assert_true(trouble_is_with_own(session, own(session)));
    scripted_pass(session, MODEL_TROUBLE_STAYS);
    assert_false(trouble_is_with_own(session, own(session)));
    event = scripted_event(DD_EVENT_DISCONNECTED);
    session_view_event(session, &event);
    assert_false(trouble_is_with_own(session, own(session)));
    session_view_destroy(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_said_of_traffic),
        cmocka_unit_test(test_all_are_counted),
        cmocka_unit_test(test_own_subscriptions),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
