/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_session_view - what events make of the picture: rounds, silent rows, notes, subscriptions,
 * traces
 */
#include "tests/unit/ddtui/scripted.h"

static const broker_t *broker_named(const session_view_t *live, const char *name)
{
    const model_t *model = poller_model(session_view_rounds(live), VIEW_TREE);
    for (size_t i = 0; i < model_count(model, VIEW_TREE); i++) {
        const broker_t *broker = model_row(model, VIEW_TREE, i);
        if (strcmp(broker->name, name) == 0)
            return broker;
    }
    return NULL;
}

static const client_t *client_at(const session_view_t *live, size_t index)
{
    return model_row(poller_model(session_view_rounds(live), VIEW_CLIENTS), VIEW_CLIENTS, index);
}

static size_t client_count(const session_view_t *live)
{
    return model_count(poller_model(session_view_rounds(live), VIEW_CLIENTS), VIEW_CLIENTS);
}

static const char *newest_note(const session_view_t *live)
{
    return status_log_at(session_view_notes(live), 0)->text;
}

/* ---- Rounds --------------------------------------------------------------------------------- */

static void test_rows_change_when_a_round_is_over(void **state)
{
    (void)state;
    session_view_t *live = scripted_live();
    poller_t *rounds = session_view_rounds(live);
    assert_int_equal(poller_due(rounds, 1u << VIEW_TREE, session_view_now_ms(live)), VIEW_TREE);
    poller_asked(rounds, VIEW_TREE, 7, session_view_now_ms(live));
    assert_int_equal(poller_due(rounds, 1u << VIEW_TREE, session_view_now_ms(live)), VIEW_NONE);
    uint64_t version = session_view_version(live, PAGE_TREE);
    dd_event_t event = scripted_event(DD_EVENT_REPORT);
    event.ref = 7;
    event.text = SCRIPTED_TREE[0];
    event.number = 1;
    session_view_event(live, &event);
    assert_null(broker_named(live, "root"));
    assert_true(session_view_version(live, PAGE_TREE) == version);
    event.text = SCRIPTED_TREE[1];
    event.number = 0;
    session_view_event(live, &event);
    assert_non_null(broker_named(live, "root"));
    assert_true(session_view_version(live, PAGE_TREE) != version);
    event.ref = 8; /* of nobody's question */
    session_view_event(live, &event);
    session_view_destroy(&live);
}

/* A report of the rows from first on, which says how many there are. */
static void report_clients(session_view_t *live, uint32_t ref, unsigned first, uint64_t rows)
{
    static char json[64 * POLLER_PAGE];
    size_t used = (size_t)snprintf(json, sizeof json,
        "{\"broker\":\"root\",\"broker_id\":\"aa\",\"rows\":%llu,\"clients\":[",
        (unsigned long long)rows);
    for (unsigned i = first; i < first + POLLER_PAGE && i < rows; i++)
        used += (size_t)snprintf(json + used, sizeof json - used,
            "%s{\"tenant\":\"a\",\"name\":\"n%u\"}", i > first ? "," : "", i);
    snprintf(json + used, sizeof json - used, "]}");
    dd_event_t event = scripted_event(DD_EVENT_REPORT);
    event.ref = ref;
    event.text = json;
    session_view_event(live, &event);
}

static void test_many_rows_are_asked_for_in_pages(void **state)
{
    (void)state;
    session_view_t *live = scripted_live();
    poller_t *rounds = session_view_rounds(live);
    unsigned questions = 0, step = POLLER_PAGE - POLLER_OVERLAP, views = 1u << VIEW_CLIENTS;
    uint64_t rows = 2 * POLLER_PAGE + 500;
    while (client_count(live) == 0) {
        assert_int_equal(poller_due(rounds, views, session_view_now_ms(live)), VIEW_CLIENTS);
        dd_question_t question = poller_question(rounds, VIEW_CLIENTS);
        assert_string_equal(question.what, "clients");
        assert_int_equal(question.first, questions * step);
        assert_int_equal(question.rows, POLLER_PAGE);
        poller_asked(rounds, VIEW_CLIENTS, ++questions, session_view_now_ms(live));
        report_clients(live, questions, question.first, rows);
    }
    assert_int_equal(questions, 3);
    assert_int_equal(client_count(live), rows);
    scripted_pass(live, 2 * POLLER_PAUSE);
    assert_int_equal(poller_due(rounds, views, session_view_now_ms(live)), VIEW_NONE);
    scripted_pass(live, POLLER_PAUSE);
    assert_int_equal(poller_due(rounds, views, session_view_now_ms(live)), VIEW_CLIENTS);
    assert_int_equal(poller_question(rounds, VIEW_CLIENTS).first, 0);
    session_view_destroy(&live);
}

/* Another broker is asked soon, but not with each change. */
static void test_another_broker_is_asked_soon(void **state)
{
    (void)state;
    session_view_t *live = scripted_live();
    poller_t *rounds = session_view_rounds(live);
    unsigned views = 1u << VIEW_SUBSCRIPTIONS;
    poller_asked(rounds, VIEW_SUBSCRIPTIONS, 1, session_view_now_ms(live));
    poller_aim(rounds, VIEW_SUBSCRIPTIONS, "aa");
    poller_aim(rounds, VIEW_SUBSCRIPTIONS, "bb");
    assert_int_equal(poller_due(rounds, views, session_view_now_ms(live)), VIEW_NONE);
    dd_event_t event = scripted_event(DD_EVENT_REPORT);
    event.ref = 1; /* what was asked before is not taken */
    event.text = SCRIPTED_SUBSCRIPTIONS[0];
    session_view_event(live, &event);
    assert_int_equal(model_count(poller_model(rounds, VIEW_SUBSCRIPTIONS), VIEW_SUBSCRIPTIONS), 0);
    scripted_pass(live, POLLER_PAUSE / 2);
    assert_int_equal(poller_due(rounds, views, session_view_now_ms(live)), VIEW_SUBSCRIPTIONS);
    assert_string_equal(poller_question(rounds, VIEW_SUBSCRIPTIONS).broker, "bb");
    poller_aim(rounds, VIEW_SUBSCRIPTIONS, "");
    assert_null(poller_question(rounds, VIEW_SUBSCRIPTIONS).broker);
    session_view_destroy(&live);
}

/* A round of pages that can't go on begins anew; one that would never end does. */
static void test_pages_come_to_an_end(void **state)
{
    (void)state;
    session_view_t *live = scripted_live();
    poller_t *rounds = session_view_rounds(live);
    poller_asked(rounds, VIEW_CLIENTS, 1, session_view_now_ms(live));
    report_clients(live, 1, 0, 2 * POLLER_PAGE);
    assert_int_not_equal(poller_question(rounds, VIEW_CLIENTS).first, 0);
    poller_asked(rounds, VIEW_CLIENTS, 0, session_view_now_ms(live));
    assert_int_equal(poller_question(rounds, VIEW_CLIENTS).first, 0);
    assert_int_equal(client_count(live), 0);
    uint32_t ref = 1;
    while (client_count(live) == 0 && ref < 1000) {
        poller_asked(rounds, VIEW_CLIENTS, ++ref, session_view_now_ms(live));
        dd_event_t event = scripted_event(DD_EVENT_REPORT);
        event.ref = ref;
        event.text = "{\"broker\":\"root\",\"rows\":9000000000000000000,"
                     "\"clients\":[{\"tenant\":\"a\",\"name\":\"x\"}]}";
        session_view_event(live, &event);
    }
    assert_int_equal(client_count(live), 1);
    session_view_destroy(&live);
}

static void test_silent_brokers_are_waited_for_and_kept(void **state)
{
    (void)state;
    session_view_t *live = scripted_live();
    scripted_everything(live);
    scripted_pass(live, 1000);
    poller_asked(session_view_rounds(live), VIEW_TREE, 99, session_view_now_ms(live));
    dd_event_t event = scripted_event(DD_EVENT_REPORT);
    event.ref = 99;
    event.text = SCRIPTED_TREE[0];
    event.number = 3;
    session_view_event(live, &event);
    scripted_pass(live, POLLER_LIMIT - 1);
    assert_int_equal(broker_named(live, "broker5")->silent_ms, 0);
    scripted_pass(live, 1);
    assert_int_equal(poller_last(session_view_rounds(live), VIEW_TREE)->silent, 3);
    assert_int_equal(broker_named(live, "root")->silent_ms, 0);
    assert_int_equal(broker_named(live, "broker5")->silent_ms, 1000 + POLLER_LIMIT);
    assert_int_equal(broker_named(live, "broker5")->depth, 1); /* still at its place */
    scripted_pass(live, 500);
    assert_int_equal(
        session_view_silence(live, broker_named(live, "broker5")), 1500 + POLLER_LIMIT);
    scripted_round(live, VIEW_TREE, SCRIPTED_TREE, SCRIPTED_BROKERS);
    assert_int_equal(broker_named(live, "broker5")->silent_ms, 0);
    session_view_destroy(&live);
}

static void test_a_restarted_broker_replaces_its_silent_self(void **state)
{
    (void)state;
    static const char *const AGAIN[] = {SCRIPTED_BROKER("root", "/1/", "aa", "null", ""),
        SCRIPTED_BROKER("broker5", "/1/5/", "ee", "\"aa\"", "")};
    session_view_t *live = scripted_live();
    scripted_everything(live);
    scripted_pass(live, 1000);
    scripted_round(live, VIEW_TREE, AGAIN, 2);
    assert_string_equal(broker_named(live, "broker5")->id, "ee");
    const model_t *model = poller_model(session_view_rounds(live), VIEW_TREE);
    assert_int_equal(model_count(model, VIEW_TREE), SCRIPTED_BROKERS);
    session_view_destroy(&live);
}

static void test_rates(void **state)
{
    (void)state;
    static const char *const FIRST[] = {
        "{\"broker\":\"r\",\"id\":\"aa\",\"in\":100,\"out\":50,\"clients\":1}"};
    static const char *const SECOND[] = {
        "{\"broker\":\"r\",\"id\":\"aa\",\"in\":1100,\"out\":50,\"clients\":1}"};
    session_view_t *live = scripted_live();
    scripted_round(live, VIEW_TREE, FIRST, 1);
    assert_true(broker_named(live, "r")->traffic.in_rate == MODEL_UNKNOWN);
    assert_int_equal(poller_samples(session_view_rounds(live), "aa")->count, 0);
    scripted_pass(live, 2000);
    scripted_round(live, VIEW_TREE, SECOND, 1);
    assert_int_equal(broker_named(live, "r")->traffic.in_rate, 500);
    assert_int_equal(broker_named(live, "r")->traffic.out_rate, 0);
    assert_int_equal(poller_samples(session_view_rounds(live), "aa")->count, 1);
    scripted_pass(live, 2000);
    scripted_round(live, VIEW_TREE, FIRST, 1); /* counters went back: no rate */
    assert_true(broker_named(live, "r")->traffic.in_rate == MODEL_UNKNOWN);
    session_view_destroy(&live);
}

static void test_clients_come_move_and_leave(void **state)
{
    (void)state;
    static const char *const LATER[] = {
        "{\"broker\":\"broker0\",\"clients\":["
        "{\"tenant\":\"a\",\"name\":\"cli1\",\"in\":11,\"out\":2},"
        "{\"tenant\":\"a\",\"name\":\"cli2\",\"in\":0,\"out\":0}]}"};
    session_view_t *live = scripted_live();
    scripted_round(live, VIEW_CLIENTS, SCRIPTED_CLIENTS, 2);
    assert_int_equal(client_count(live), 3);
    scripted_pass(live, 1000);
    scripted_round(live, VIEW_CLIENTS, LATER, 1);
    assert_int_equal(client_count(live), 3);
    assert_string_equal(client_at(live, 0)->name, "cli1");
    assert_int_equal(client_at(live, 0)->traffic.in_rate, 10);
    assert_string_equal(client_at(live, 1)->name, "cli2"); /* has moved: no silent row */
    assert_string_equal(client_at(live, 1)->broker, "broker0");
    assert_true(client_at(live, 1)->traffic.in_rate == MODEL_UNKNOWN);
    assert_string_equal(client_at(live, 2)->name, "cli10");
    assert_int_equal(client_at(live, 2)->silent_ms, 1000);
    for (int i = 0; i < 60; i++) {
        scripted_pass(live, 1000);
        scripted_round(live, VIEW_CLIENTS, LATER, 1);
    }
    assert_int_equal(client_count(live), 2);
    session_view_destroy(&live);
}

static void test_freezing(void **state)
{
    (void)state;
    session_view_t *live = scripted_live();
    scripted_everything(live);
    session_view_freeze(live, true);
    scripted_pass(live, 60000);
    assert_int_equal(session_view_silence(live, broker_named(live, "root")), 0);
    assert_int_equal(
        poller_due(session_view_rounds(live), 1u << VIEW_TREE, session_view_now_ms(live)),
        VIEW_NONE);
    session_view_freeze(live, false);
    assert_int_equal(
        poller_due(session_view_rounds(live), 1u << VIEW_TREE, session_view_now_ms(live)),
        VIEW_TREE);
    session_view_destroy(&live);
}

static void test_bad_reports_do_no_harm(void **state)
{
    (void)state;
    static const char *const BAD[] = {"", "null", "[", "{\"tree\":1}", "{\"id\":5}",
        "{\"broker\":\"x\",\"id\":\"1\",\"in\":-1}", SCRIPTED_BROKER("r", "/1/", "aa", "null", "")};
    session_view_t *live = scripted_live();
    scripted_round(live, VIEW_TREE, BAD, sizeof BAD / sizeof BAD[0]);
    assert_int_equal(poller_last(session_view_rounds(live), VIEW_TREE)->unreadable, 6);
    assert_non_null(broker_named(live, "r"));
    session_view_destroy(&live);
}

/* ---- The connection ------------------------------------------------------------------------- */

static void test_the_connection(void **state)
{
    (void)state;
    session_view_t *live = scripted_live();
    const link_t *link = session_view_link(live);
    assert_int_equal(link->state, LINK_REGISTERED);
    assert_string_equal(link->tenant, "a");
    assert_true(session_view_is_own(live, "a", "cli1"));
    assert_false(session_view_is_own(live, "a", "cli"));
    assert_false(session_view_is_own(live, "", "a.cli1"));
    char name[DD_NAME_MAX + 1];
    session_view_shown_name(live, "a", "x", name);
    assert_string_equal(name, "x");
    session_view_shown_name(live, "public", "x", name);
    assert_string_equal(name, "public.x");
    dd_event_t event = scripted_event(DD_EVENT_DISCONNECTED);
    event.error = DD_E_TIMEOUT;
    event.text = "evil\x1b[2J";
    session_view_event(live, &event);
    assert_int_equal(link->state, LINK_CONNECTING);
    assert_non_null(strstr(link->reason, "evil\\x1b[2J"));
    event.type = DD_EVENT_CLOSED;
    event.error = DD_E_NAME_TAKEN;
    session_view_event(live, &event);
    assert_int_equal(link->state, LINK_CLOSED);
    assert_int_equal(link->error, DD_E_NAME_TAKEN);
    session_view_destroy(&live);
}

/* ---- What was sent -------------------------------------------------------------------------- */

static void test_what_became_of_notifications(void **state)
{
    (void)state;
    session_view_t *live = scripted_live();
    session_view_sent(live, 5, "cli2", true);
    session_view_sent(live, 6, "nobody", true);
    session_view_sent(live, 7, "slow", true);
    session_view_sent(live, 8, "quiet", false);
    dd_event_t event = scripted_event(DD_EVENT_RECEIPT);
    event.ref = 5;
    event.time_us += 1500;
    session_view_event(live, &event);
    assert_string_equal(newest_note(live), "delivered to cli2, after 1.5 ms");
    event.type = DD_EVENT_ERROR;
    event.ref = 6;
    event.error = DD_E_NO_DESTINATION;
    session_view_event(live, &event);
    assert_non_null(strstr(newest_note(live), "not delivered to nobody: no such destination"));
    assert_string_equal(session_view_missed(live), "nobody");
    event.ref = 1234; /* of nothing that was sent here */
    size_t before = status_log_count(session_view_notes(live));
    session_view_event(live, &event);
    assert_int_equal(status_log_count(session_view_notes(live)), before);
    scripted_pass(live, 10000);
    assert_string_equal(newest_note(live), "no receipt from slow after 10 s");
    session_view_sent(live, 9, "cli2", true);
    assert_null(session_view_missed(live));
    session_view_destroy(&live);
}

static void test_controls(void **state)
{
    (void)state;
    static const struct {
        const char *report;
        uint64_t left;
        const char *note; /* NULL: no word yet */
    } CASES[] = {
        {"", 1, NULL},
        {"{\"done\":true}", 1, "done: drain broker1"},
        {"{\"done\":false,\"failure\":\"no\\u001b\"}", 1, "failed: drain broker1: no\\x1b"},
        {"{\"done\":7", 1, "failed: drain broker1: its answer makes no sense"},
        {"", 0, "failed: drain broker1: no broker of that id answered"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        session_view_t *live = scripted_live();
        session_view_controlled(live, 3, "drain", "broker1");
        dd_event_t event = scripted_event(DD_EVENT_REPORT);
        event.ref = 3;
        event.text = CASES[i].report;
        event.number = CASES[i].left;
        session_view_event(live, &event);
        assert_string_equal(
            newest_note(live), CASES[i].note ? CASES[i].note : "asked for: drain broker1");
        session_view_destroy(&live);
    }
}

static dd_event_t hop(uint32_t ref, uint64_t number, const char *broker, uint64_t after_us)
{
    dd_event_t event = scripted_event(DD_EVENT_HOP);
    event.ref = ref;
    event.number = number;
    event.source = broker;
    event.scope = "/1/";
    event.text = "up";
    event.time_us += after_us;
    return event;
}

static void test_traces(void **state)
{
    (void)state;
    session_view_t *live = scripted_live();
    session_view_traced(live, 9, "cli2");
    const trace_t *trace = session_view_trace(live);
    dd_event_t events[] = {
        hop(9, 2, "second", 300), hop(9, 1, "first", 100), hop(8, 1, "other", 1)};
    for (size_t i = 0; i < 3; i++)
        session_view_event(live, &events[i]);
    assert_int_equal(trace->count, 2);
    assert_string_equal(trace->hops[0].broker, "first");
    assert_int_equal(trace->hops[1].heard_us, 300);
    dd_event_t end = scripted_event(DD_EVENT_ERROR);
    end.ref = 9;
    end.error = DD_E_UPLINK_DOWN;
    session_view_event(live, &end);
    assert_int_equal(trace->state, TRACE_FAILED);
    assert_int_equal(trace->error, DD_E_UPLINK_DOWN);
    for (uint64_t i = 0; i < 2 * TRACE_HOPS_MAX; i++) {
        dd_event_t more = hop(9, 100 - i, "more", i);
        session_view_event(live, &more);
    }
    assert_int_equal(trace->count, TRACE_HOPS_MAX);
    session_view_traced(live, 10, "cli2");
    assert_int_equal(trace->count, 0);
    scripted_pass(live, 60000);
    assert_int_equal(trace->state, TRACE_FAILED);
    assert_int_equal(trace->error, DD_E_TIMEOUT);
    session_view_destroy(&live);
}

/* ---- Subscriptions -------------------------------------------------------------------------- */

static void test_own_subscriptions(void **state)
{
    (void)state;
    session_view_t *live = scripted_live();
    const own_subscriptions_t *owns = session_view_owns(live);
    session_view_subscribed(live, "alarms", "cluster");
    session_view_subscribed(live, "alarms", "/*/*/"); /* the same */
    session_view_subscribed(live, "al", "noscope");
    assert_int_equal(owns->count, 2);
    assert_string_equal(owns->rows[0].path, "");
    dd_event_t event = scripted_event(DD_EVENT_SUBSCRIBED);
    event.topic = "alarms";
    event.scope = "/1/2/";
    session_view_event(live, &event);
    assert_string_equal(owns->rows[0].path, "/1/2/");
    event.topic = "al";
    event.scope = "noscope";
    session_view_event(live, &event);
    scripted_message(live, "cli2", "alarms", "x", 1);
    scripted_message(live, "cli2", "alerts", "x", 1);
    assert_int_equal(owns->rows[0].received, 1);
    assert_int_equal(owns->rows[1].received, 2);
    session_view_destroy(&live);
}

static void test_refused_subscriptions(void **state)
{
    (void)state;
    session_view_t *live = scripted_live();
    session_view_subscribed(live, "alarms", "all");
    dd_event_t event = scripted_event(DD_EVENT_ERROR);
    event.topic = "alarms";
    event.scope = "/";
    event.error = DD_E_LIMIT;
    session_view_event(live, &event);
    assert_int_equal(session_view_owns(live)->count, 0);
    assert_non_null(strstr(newest_note(live), "not subscribed to alarms"));
    session_view_destroy(&live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_change_when_a_round_is_over),
        cmocka_unit_test(test_many_rows_are_asked_for_in_pages),
        cmocka_unit_test(test_pages_come_to_an_end),
        cmocka_unit_test(test_another_broker_is_asked_soon),
        cmocka_unit_test(test_silent_brokers_are_waited_for_and_kept),
        cmocka_unit_test(test_a_restarted_broker_replaces_its_silent_self),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_clients_come_move_and_leave),
        cmocka_unit_test(test_freezing),
        cmocka_unit_test(test_bad_reports_do_no_harm),
        cmocka_unit_test(test_the_connection),
        cmocka_unit_test(test_what_became_of_notifications),
        cmocka_unit_test(test_controls),
        cmocka_unit_test(test_traces),
        cmocka_unit_test(test_own_subscriptions),
        cmocka_unit_test(test_refused_subscriptions),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
