/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_session_view - what events make of the picture: rounds, silent rows, notes, subscriptions,
 * traces
 */
#include "ddtui/model/pending.h"
#include "tests/unit/ddtui/scripted.h"

static const broker_t *broker_named(const session_view_t *session, const char *name)
{
    for (size_t i = 0; i < session_view_row_count(session, VIEW_TREE); i++) {
        const broker_t *broker = session_view_row(session, VIEW_TREE, i);
        if (strcmp(broker->name, name) == 0)
            return broker;
    }
    return NULL;
}

static const client_t *client_at(const session_view_t *session, size_t index)
{
    return session_view_row(session, VIEW_CLIENTS, index);
}

static size_t client_count(const session_view_t *session)
{
    return session_view_row_count(session, VIEW_CLIENTS);
}

static const char *newest_note(const session_view_t *session)
{
    return status_log_at(session_view_status_log(session), 0)->text;
}

/* ---- Rounds --------------------------------------------------------------------------------- */

static void test_rows_change_when_a_round_is_over(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    poller_t *poller = session_view_poller(session);
    assert_int_equal(poller_due(poller, 1u << VIEW_TREE, session_view_now_ms(session)), VIEW_TREE);
    poller_asked(poller, VIEW_TREE, 7, session_view_now_ms(session));
    assert_int_equal(poller_due(poller, 1u << VIEW_TREE, session_view_now_ms(session)), VIEW_NONE);
    uint64_t version = session_view_version(session, PART_TREE);
    dd_event_t event = scripted_event(DD_EVENT_REPORT);
    event.ref = 7;
    event.text = SCRIPTED_TREE[0];
    event.number = 1;
    session_view_event(session, &event);
    assert_null(broker_named(session, "root"));
    assert_true(session_view_version(session, PART_TREE) == version);
    event.text = SCRIPTED_TREE[1];
    event.number = 0;
    session_view_event(session, &event);
    assert_non_null(broker_named(session, "root"));
    assert_true(session_view_version(session, PART_TREE) != version);
    event.ref = 8; /* of nobody's question */
    session_view_event(session, &event);
    session_view_destroy(&session);
}

/* A report of the rows from first on, which says how many there are. */
static void report_clients(session_view_t *session, uint32_t ref, unsigned first, uint64_t rows)
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
    session_view_event(session, &event);
}

/* A long list isn't filtered and ordered anew because something else was heard of. */
static void test_a_round_changes_its_own_rows_only(void **state)
{
    static const struct {
        view_t view;
        session_part_t part;
    } ROUNDS[] = {{VIEW_TREE, PART_TREE}, {VIEW_CLIENTS, PART_CLIENTS},
        {VIEW_SUBSCRIPTIONS, PART_SUBSCRIPTIONS}};
    (void)state;
    session_view_t *session = scripted_session();
    scripted_everything(session);
    for (size_t i = 0; i < COUNT(ROUNDS); i++) {
        uint64_t before[PARTS], revision = session_view_revision(session);
        for (session_part_t part = 0; part < PARTS; part++)
            before[part] = session_view_version(session, part);
        scripted_pass(session, 1000);
        const char *const *reports = ROUNDS[i].view == VIEW_TREE      ? SCRIPTED_TREE
                                     : ROUNDS[i].view == VIEW_CLIENTS ? SCRIPTED_CLIENTS
                                                                      : SCRIPTED_SUBSCRIPTIONS;
        scripted_round(session, ROUNDS[i].view, reports, 1);
        for (session_part_t part = 0; part < PARTS; part++)
            assert_int_equal(
                session_view_version(session, part) != before[part], part == ROUNDS[i].part);
        assert_int_not_equal(session_view_revision(session), revision);
    }
    session_view_destroy(&session);
}

static void test_many_rows_are_asked_for_in_pages(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    poller_t *poller = session_view_poller(session);
    unsigned questions = 0, step = POLLER_PAGE - POLLER_OVERLAP, views = 1u << VIEW_CLIENTS;
    uint64_t rows = 2 * POLLER_PAGE + 500;
    while (client_count(session) == 0) {
        assert_int_equal(poller_due(poller, views, session_view_now_ms(session)), VIEW_CLIENTS);
        dd_question_t question = poller_question(poller, VIEW_CLIENTS);
        assert_string_equal(question.what, "clients");
        assert_int_equal(question.first, questions * step);
        assert_int_equal(question.rows, POLLER_PAGE);
        poller_asked(poller, VIEW_CLIENTS, ++questions, session_view_now_ms(session));
        report_clients(session, questions, question.first, rows);
    }
    assert_int_equal(questions, 3);
    assert_int_equal(client_count(session), rows);
    scripted_pass(session, 2 * POLLER_PAUSE);
    assert_int_equal(poller_due(poller, views, session_view_now_ms(session)), VIEW_NONE);
    scripted_pass(session, POLLER_PAUSE);
    assert_int_equal(poller_due(poller, views, session_view_now_ms(session)), VIEW_CLIENTS);
    assert_int_equal(poller_question(poller, VIEW_CLIENTS).first, 0);
    session_view_destroy(&session);
}

/* Another broker is asked soon, but not with each change. */
static void test_another_broker_is_asked_soon(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    poller_t *poller = session_view_poller(session);
    unsigned views = 1u << VIEW_SUBSCRIPTIONS;
    poller_asked(poller, VIEW_SUBSCRIPTIONS, 1, session_view_now_ms(session));
    poller_aim(poller, VIEW_SUBSCRIPTIONS, "aa");
    poller_aim(poller, VIEW_SUBSCRIPTIONS, "bb");
    assert_int_equal(poller_due(poller, views, session_view_now_ms(session)), VIEW_NONE);
    dd_event_t event = scripted_event(DD_EVENT_REPORT);
    event.ref = 1; /* what was asked before is not taken */
    event.text = SCRIPTED_SUBSCRIPTIONS[0];
    session_view_event(session, &event);
    assert_int_equal(model_count(poller_model(poller, VIEW_SUBSCRIPTIONS), VIEW_SUBSCRIPTIONS), 0);
    scripted_pass(session, POLLER_PAUSE / 2);
    assert_int_equal(poller_due(poller, views, session_view_now_ms(session)), VIEW_SUBSCRIPTIONS);
    assert_string_equal(poller_question(poller, VIEW_SUBSCRIPTIONS).broker, "bb");
    poller_aim(poller, VIEW_SUBSCRIPTIONS, "");
    assert_null(poller_question(poller, VIEW_SUBSCRIPTIONS).broker);
    session_view_destroy(&session);
}

/* A round of pages that can't go on begins anew; one that would never end does. */
static void test_pages_come_to_an_end(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    poller_t *poller = session_view_poller(session);
    poller_asked(poller, VIEW_CLIENTS, 1, session_view_now_ms(session));
    report_clients(session, 1, 0, 2 * POLLER_PAGE);
    assert_int_not_equal(poller_question(poller, VIEW_CLIENTS).first, 0);
    poller_asked(poller, VIEW_CLIENTS, 0, session_view_now_ms(session));
    assert_int_equal(poller_question(poller, VIEW_CLIENTS).first, 0);
    assert_int_equal(client_count(session), 0);
    uint32_t ref = 1;
    while (client_count(session) == 0 && ref < 1000) {
        poller_asked(poller, VIEW_CLIENTS, ++ref, session_view_now_ms(session));
        dd_event_t event = scripted_event(DD_EVENT_REPORT);
        event.ref = ref;
        event.text = "{\"broker\":\"root\",\"rows\":9000000000000000000,"
                     "\"clients\":[{\"tenant\":\"a\",\"name\":\"x\"}]}";
        session_view_event(session, &event);
    }
    assert_int_equal(client_count(session), 1);
    session_view_destroy(&session);
}

static void test_silent_brokers_are_waited_for_and_kept(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    scripted_everything(session);
    scripted_pass(session, 1000);
    poller_asked(session_view_poller(session), VIEW_TREE, 99, session_view_now_ms(session));
    dd_event_t event = scripted_event(DD_EVENT_REPORT);
    event.ref = 99;
    event.text = SCRIPTED_TREE[0];
    event.number = 3;
    session_view_event(session, &event);
    scripted_pass(session, POLLER_LIMIT - 1);
    assert_int_equal(broker_named(session, "broker5")->silent_ms, 0);
    scripted_pass(session, 1);
    assert_int_equal(poller_last(session_view_poller(session), VIEW_TREE)->silent, 3);
    assert_int_equal(broker_named(session, "root")->silent_ms, 0);
    assert_int_equal(broker_named(session, "broker5")->silent_ms, 1000 + POLLER_LIMIT);
    assert_int_equal(broker_named(session, "broker5")->depth, 1); /* still at its place */
    scripted_pass(session, 500);
    assert_int_equal(
        session_view_silence(session, broker_named(session, "broker5")), 1500 + POLLER_LIMIT);
    scripted_round(session, VIEW_TREE, SCRIPTED_TREE, SCRIPTED_BROKERS);
    assert_int_equal(broker_named(session, "broker5")->silent_ms, 0);
    session_view_destroy(&session);
}

/* Of a silent broker's neighbours, and of its clients, only what is known is said. */
static void test_standings(void **state)
{
    (void)state;
    static const char *const LEFT[] = {
        SCRIPTED_BROKER("root", "/1/", "aa", "null", ""), SCRIPTED_TREE_BROKER5};
    session_view_t *session = scripted_session();
    scripted_everything(session);
    scripted_pass(session, 1000);
    scripted_round(session, VIEW_TREE, LEFT, 2);
    assert_int_equal(
        session_view_standing(session, broker_named(session, "broker1")), STANDING_REPORTS);
    scripted_pass(session, 2000);
    assert_int_equal(
        session_view_standing(session, broker_named(session, "broker1")), STANDING_LATE);
    scripted_pass(session, 7000);
    scripted_round(session, VIEW_TREE, LEFT, 2);
    assert_int_equal(
        session_view_standing(session, broker_named(session, "broker1")), STANDING_GONE);
    const broker_t *behind = broker_named(session, "broker0");
    assert_int_equal(session_view_standing(session, behind), STANDING_BEHIND);
    assert_string_equal(behind->behind, "broker1");
    scripted_pass(session, 60000); /* those that report do, however long ago their last round was */
    assert_int_equal(
        session_view_standing(session, broker_named(session, "root")), STANDING_REPORTS);
    session_view_destroy(&session);
}

/* Who looks at the events afterwards sees when a broker was missed, and until when. */
static void test_notes_tell_of_brokers_that_go_and_come(void **state)
{
    (void)state;
    static const char *const LEFT[] = {
        SCRIPTED_BROKER("root", "/1/", "aa", "null", ""), SCRIPTED_TREE_BROKER5};
    static const char *const AGAIN[] = {SCRIPTED_BROKER("root", "/1/", "aa", "null", ""),
        SCRIPTED_TREE_BROKER5, SCRIPTED_BROKER("broker1", "/1/2/", "ee", "\"aa\"", "")};
    session_view_t *session = scripted_session();
    scripted_everything(session);
    for (int i = 0; i < 12; i++) {
        scripted_pass(session, 1000);
        scripted_round(session, VIEW_TREE, LEFT, 2);
    }
    assert_string_equal(
        newest_note(session), "broker broker1 is gone: not heard for 10 s; 1 behind it");
    size_t before = status_log_count(session_view_status_log(session));
    scripted_pass(session, 1000);
    scripted_round(session, VIEW_TREE, AGAIN, 3); /* started anew, and so with another id */
    assert_int_equal(status_log_count(session_view_status_log(session)), before + 1);
    assert_string_equal(
        newest_note(session), "broker broker1 was restarted: it reports again, after 13 s");
    scripted_pass(session, 3000);
    scripted_round(session, VIEW_TREE, AGAIN, 3);
    assert_int_equal(/* it may not have come back yet */
        session_view_standing(session, broker_named(session, "broker0")), STANDING_LATE);
    scripted_pass(session, 8000);
    scripted_round(session, VIEW_TREE, AGAIN, 3);
    assert_string_equal(newest_note(session), "broker broker0 is gone: not heard for 24 s");
    scripted_pass(session, 1000);
    scripted_round(session, VIEW_TREE, SCRIPTED_TREE, SCRIPTED_BROKERS);
    assert_string_equal(newest_note(session), "broker broker0 reports again, after 25 s");
    session_view_destroy(&session);
}

/* Its neighbour has heard it say so, though no report of it did. */
static void test_a_broker_that_left_in_order_is_drained(void **state)
{
    (void)state;
    static const char *const LEFT[] = {SCRIPTED_BROKER("root", "/1/", "aa", "null", "")};
    static const char *const EVENTS[] = {
        "{\"broker\":\"root\",\"broker_id\":\"aa\",\"events\":[{\"level\":\"info\",\"at_ms\":1,"
        "\"age_ms\":10,\"text\":\"broker broker5 ended: it said goodbye (the broker is shutting "
        "down)\"}]}"};
    session_view_t *session = scripted_session();
    scripted_everything(session);
    scripted_pass(session, 1000);
    scripted_round(session, VIEW_TREE, LEFT, 1);
    scripted_round(session, VIEW_EVENTS, EVENTS, 1);
    for (int i = 0; i < 2; i++) { /* and stays so */
        assert_int_equal(
            session_view_standing(session, broker_named(session, "broker5")), STANDING_DRAINED);
        scripted_pass(session, 60000);
        scripted_round(session, VIEW_TREE, LEFT, 1);
    }
    assert_int_equal(
        session_view_standing(session, broker_named(session, "broker1")), STANDING_GONE);
    session_view_destroy(&session);
}

/* As a broker that isn't there is tried again and again. */
static void test_what_is_said_again_is_one_note(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    const status_log_t *log = session_view_status_log(session);
    dd_event_t event = scripted_event(DD_EVENT_DISCONNECTED);
    event.error = DD_E_TIMEOUT;
    session_view_event(session, &event);
    size_t before = status_log_count(log);
    for (int i = 0; i < 3; i++) {
        scripted_pass(session, 1000);
        session_view_event(session, &event);
    }
    assert_int_equal(status_log_count(log), before + 1);
    assert_int_equal(status_log_at(log, 0)->times, 3);
    assert_int_equal(status_log_at(log, 0)->wall_ms, session_view_wall_ms(session));
    session_view_destroy(&session);
}

/* When the own broker is lost nothing is known, and nobody is gone. */
static void test_without_a_connection_all_is_unknown(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    scripted_everything(session);
    scripted_pass(session, 1000);
    scripted_everything(session);
    assert_true(broker_named(session, "root")->traffic.in_rate != MODEL_UNKNOWN);
    dd_event_t event = scripted_event(DD_EVENT_DISCONNECTED);
    event.error = DD_E_TIMEOUT;
    uint64_t version = session_view_version(session, PART_TREE);
    session_view_event(session, &event);
    assert_true(session_view_version(session, PART_TREE) != version);
    scripted_pass(session, 60000);
    for (size_t i = 0; i < session_view_row_count(session, VIEW_TREE); i++) {
        const broker_t *broker = session_view_row(session, VIEW_TREE, i);
        assert_int_equal(session_view_standing(session, broker), STANDING_UNKNOWN);
        assert_int_equal(session_view_silence(session, broker), 60000);
        assert_true(broker->traffic.in_rate == MODEL_UNKNOWN);
    }
    assert_int_equal(session_view_client_fate(session, client_at(session, 0)), CLIENT_UNKNOWN);
    assert_int_equal(session_view_client_silence(session, client_at(session, 0)), 60000);
    scripted_register(session); /* nor is anything known before the brokers have answered */
    assert_int_equal(
        session_view_standing(session, broker_named(session, "root")), STANDING_UNKNOWN);
    scripted_everything(session);
    assert_int_equal(
        session_view_standing(session, broker_named(session, "root")), STANDING_REPORTS);
    assert_int_equal(session_view_client_fate(session, client_at(session, 0)), CLIENT_HERE);
    session_view_destroy(&session);
}

static void test_a_restarted_broker_replaces_its_silent_self(void **state)
{
    (void)state;
    static const char *const AGAIN[] = {SCRIPTED_BROKER("root", "/1/", "aa", "null", ""),
        SCRIPTED_BROKER("broker5", "/1/5/", "ee", "\"aa\"", "")};
    session_view_t *session = scripted_session();
    scripted_everything(session);
    scripted_pass(session, 1000);
    scripted_round(session, VIEW_TREE, AGAIN, 2);
    assert_string_equal(broker_named(session, "broker5")->id, "ee");
    assert_int_equal(session_view_row_count(session, VIEW_TREE), SCRIPTED_BROKERS);
    session_view_destroy(&session);
}

static void test_rates(void **state)
{
    (void)state;
    static const char *const FIRST[] = {
        "{\"broker\":\"r\",\"id\":\"aa\",\"in\":100,\"out\":50,\"clients\":1}"};
    static const char *const SECOND[] = {
        "{\"broker\":\"r\",\"id\":\"aa\",\"in\":1100,\"out\":50,\"clients\":1}"};
    session_view_t *session = scripted_session();
    scripted_round(session, VIEW_TREE, FIRST, 1);
    assert_true(broker_named(session, "r")->traffic.in_rate == MODEL_UNKNOWN);
    assert_int_equal(poller_samples(session_view_poller(session), "aa")->count, 0);
    scripted_pass(session, 2000);
    scripted_round(session, VIEW_TREE, SECOND, 1);
    assert_int_equal(broker_named(session, "r")->traffic.in_rate, 500);
    assert_int_equal(broker_named(session, "r")->traffic.out_rate, 0);
    assert_int_equal(poller_samples(session_view_poller(session), "aa")->count, 1);
    scripted_pass(session, 2000);
    scripted_round(session, VIEW_TREE, FIRST, 1); /* counters went back: no rate */
    assert_true(broker_named(session, "r")->traffic.in_rate == MODEL_UNKNOWN);
    session_view_destroy(&session);
}

static void test_clients_come_move_and_leave(void **state)
{
    (void)state;
    static const char *const LATER[] = {
        "{\"broker\":\"broker0\",\"scope\":\"/1/2/3/\",\"clients\":["
        "{\"tenant\":\"a\",\"name\":\"cli1\",\"in\":11,\"out\":2},"
        "{\"tenant\":\"a\",\"name\":\"cli2\",\"in\":0,\"out\":0}]}"};
    session_view_t *session = scripted_session();
    scripted_round(session, VIEW_CLIENTS, SCRIPTED_CLIENTS, 2);
    assert_int_equal(client_count(session), 3);
    scripted_pass(session, 1000);
    scripted_round(session, VIEW_CLIENTS, LATER, 1);
    assert_int_equal(client_count(session), 3);
    assert_string_equal(client_at(session, 0)->name, "cli1");
    assert_int_equal(client_at(session, 0)->traffic.in_rate, 10);
    assert_string_equal(client_at(session, 1)->name, "cli2"); /* has moved: no silent row */
    assert_string_equal(client_at(session, 1)->broker, "broker0");
    assert_true(client_at(session, 1)->traffic.in_rate == MODEL_UNKNOWN);
    assert_string_equal(client_at(session, 2)->name, "cli10");
    assert_int_equal(client_at(session, 2)->silent_ms, 1000);
    for (int i = 0; i < 60; i++) {
        scripted_pass(session, 1000);
        scripted_round(session, VIEW_CLIENTS, LATER, 1);
    }
    assert_int_equal(client_count(session), 2);
    session_view_destroy(&session);
}

static void test_freezing(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    scripted_everything(session);
    session_view_freeze(session, true);
    scripted_pass(session, 60000);
    assert_int_equal(session_view_silence(session, broker_named(session, "root")), 0);
    dd_event_t event = scripted_event(DD_EVENT_DISCONNECTED);
    session_view_event(session, &event);
    assert_int_equal(
        session_view_standing(session, broker_named(session, "root")), STANDING_REPORTS);
    assert_int_equal(
        poller_due(session_view_poller(session), 1u << VIEW_TREE, session_view_now_ms(session)),
        VIEW_NONE);
    session_view_freeze(session, false);
    assert_int_equal(
        session_view_standing(session, broker_named(session, "root")), STANDING_UNKNOWN);
    assert_int_equal(
        poller_due(session_view_poller(session), 1u << VIEW_TREE, session_view_now_ms(session)),
        VIEW_TREE);
    session_view_destroy(&session);
}

static void test_bad_reports_do_no_harm(void **state)
{
    (void)state;
    static const char *const BAD[] = {"", "null", "[", "{\"tree\":1}", "{\"id\":5}",
        "{\"broker\":\"x\",\"id\":\"1\",\"in\":-1}", SCRIPTED_BROKER("r", "/1/", "aa", "null", "")};
    session_view_t *session = scripted_session();
    scripted_round(session, VIEW_TREE, BAD, COUNT(BAD));
    assert_int_equal(poller_last(session_view_poller(session), VIEW_TREE)->unreadable, 6);
    assert_non_null(broker_named(session, "r"));
    session_view_destroy(&session);
}

/* ---- The connection ------------------------------------------------------------------------- */

static void test_the_connection(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    const link_t *link = session_view_link(session);
    assert_int_equal(link->state, LINK_REGISTERED);
    assert_string_equal(link->tenant, "a");
    assert_true(session_view_is_own(session, "a", "cli1"));
    assert_false(session_view_is_own(session, "a", "cli"));
    assert_false(session_view_is_own(session, "", "a.cli1"));
    char name[DD_NAME_MAX + 1];
    session_view_shown_name(session, "a", "x", name);
    assert_string_equal(name, "x");
    session_view_shown_name(session, "public", "x", name);
    assert_string_equal(name, "public.x");
    dd_event_t event = scripted_event(DD_EVENT_DISCONNECTED);
    event.error = DD_E_TIMEOUT;
    event.text = "evil\x1b[2J";
    session_view_event(session, &event);
    assert_int_equal(link->state, LINK_CONNECTING);
    assert_non_null(strstr(link->reason, "evil\\x1b[2J"));
    event.type = DD_EVENT_CLOSED;
    event.error = DD_E_NAME_TAKEN;
    session_view_event(session, &event);
    assert_int_equal(link->state, LINK_CLOSED);
    assert_int_equal(link->error, DD_E_NAME_TAKEN);
    session_view_destroy(&session);
}

/* ---- What was sent -------------------------------------------------------------------------- */

static void test_what_became_of_notifications(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    session_view_sent(session, 5, "cli2", true);
    session_view_sent(session, 6, "nobody", true);
    session_view_sent(session, 7, "slow", true);
    session_view_sent(session, 8, "quiet", false);
    dd_event_t event = scripted_event(DD_EVENT_RECEIPT);
    event.ref = 5;
    event.time_us += 1500;
    session_view_event(session, &event);
    assert_string_equal(newest_note(session), "delivered to cli2, after 1.5 ms");
    event.type = DD_EVENT_ERROR;
    event.ref = 6;
    event.error = DD_E_NO_DESTINATION;
    session_view_event(session, &event);
    assert_non_null(strstr(newest_note(session), "not delivered to nobody: no such destination"));
    assert_string_equal(session_view_missed(session), "nobody");
    event.ref = 1234; /* of nothing that was sent here */
    size_t before = status_log_count(session_view_status_log(session));
    session_view_event(session, &event);
    assert_int_equal(status_log_count(session_view_status_log(session)), before);
    scripted_pass(session, 10000);
    assert_string_equal(newest_note(session), "no receipt from slow yet, after 10 s");
    event.ref = 7; /* its outcome comes all the same, */
    event.error = DD_E_UNKNOWN;
    session_view_event(session, &event);
    assert_string_equal(newest_note(session), "sent to slow: it may or may not have arrived");
    event = scripted_event(DD_EVENT_DELIVERED); /* and that of one without a receipt */
    event.ref = 8;
    event.time_us += 2500;
    session_view_event(session, &event);
    assert_string_equal(newest_note(session), "delivered to quiet, after 10002.5 ms");
    session_view_sent(session, 9, "cli2", true);
    assert_null(session_view_missed(session));
    session_view_destroy(&session);
}

/* However late it comes, and however many others wait. */
/* Whom a receipt is waited for may have left, and the events say so. */
static void test_a_receipt_is_not_waited_for_from_who_has_left(void **state)
{
#define LEFT_EVENT(name)                                                                           \
    "{\"broker\":\"root\",\"broker_id\":\"aa\",\"events\":[{\"level\":\"info\",\"at_ms\":1,"       \
    "\"age_ms\":10,\"text\":\"client " name " is gone\"}]}"
    static const struct {
        const char *destination, *event;
        bool told;
    } CASES[] = {{"cam", LEFT_EVENT("a.cam"), true}, {"public.cam", LEFT_EVENT("public.cam"), true},
        {"cam", LEFT_EVENT("b.cam"), false}, {"cam", LEFT_EVENT("a.camera"), false}};
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char told[64];
        session_view_t *session = scripted_session();
        session_view_sent(session, 3, CASES[i].destination, true);
        scripted_pass(session, 1000);
        scripted_round(session, VIEW_EVENTS, &CASES[i].event, 1);
        snprintf(told, sizeof told, "no receipt from %s: it is gone", CASES[i].destination);
        assert_int_equal(strcmp(newest_note(session), told) == 0, CASES[i].told);
        scripted_pass(session, PENDING_PATIENCE / 1000);
        assert_int_equal(strstr(newest_note(session), "yet, after") == NULL, CASES[i].told);
        session_view_destroy(&session);
    }
}

static void test_no_outcome_is_swallowed(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    for (uint32_t ref = 1; ref <= 100; ref++)
        session_view_sent(session, ref, ref == 1 ? "first" : "cli2", ref <= 2);
    scripted_pass(session, 12000);
    dd_event_t event = scripted_event(DD_EVENT_ERROR);
    event.ref = 1;
    event.error = DD_E_OVERLOADED;
    session_view_event(session, &event);
    assert_non_null(strstr(newest_note(session), "not delivered to first: "));
    event = scripted_event(DD_EVENT_RECEIPT);
    event.ref = 2;
    session_view_event(session, &event);
    assert_string_equal(
        newest_note(session), "delivered to cli2, after 12000.0 ms: its receipt was late");
    session_view_destroy(&session);
}

static void test_an_earlier_trace_has_an_outcome_too(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    session_view_traced(session, 1, "nobody");
    session_view_traced(session, 2, "cli2");
    dd_event_t event = scripted_event(DD_EVENT_ERROR);
    event.ref = 1;
    event.error = DD_E_NO_DESTINATION;
    session_view_event(session, &event);
    assert_non_null(
        strstr(newest_note(session), "an earlier trace was not delivered to nobody: no such"));
    scripted_pass(session, 20000);
    assert_string_equal(newest_note(session), "the trace has no end: nothing more was heard");
    session_view_destroy(&session);
}

static void test_a_late_word_of_a_broker_is_told(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    session_view_controlled(session, 3, "drain", "broker1");
    scripted_pass(session, 11000);
    assert_string_equal(newest_note(session), "no answer yet to drain broker1, after 10 s");
    dd_event_t event = scripted_event(DD_EVENT_REPORT);
    event.ref = 3;
    event.text = "{\"done\":true}";
    session_view_event(session, &event);
    assert_string_equal(newest_note(session), "done: drain broker1");
    session_view_destroy(&session);
}

/* They would push all other notes out. */
static void test_a_flood_of_gaps_makes_few_notes(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    size_t before = status_log_count(session_view_status_log(session));
    dd_event_t event = scripted_event(DD_EVENT_GAP);
    event.number = 7;
    for (int i = 0; i < 100; i++) {
        event.topic = i == 50 ? "other" : "noisy";
        session_view_event(session, &event);
    }
    assert_int_equal(status_log_count(session_view_status_log(session)), before + 1);
    assert_string_equal(newest_note(session), "lost 7 publications on noisy: they came too fast");
    scripted_pass(session, 10000);
    assert_string_equal(
        newest_note(session), "lost 693 publications on noisy and others: they came too fast");
    session_view_destroy(&session);
}

static void test_already_subscribed(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    session_view_subscribed(session, "alarms", "region");
    session_view_subscribed(session, "alarms", "region");
    assert_non_null(strstr(newest_note(session), "already asked to subscribe to alarms"));
    dd_event_t event = scripted_event(DD_EVENT_SUBSCRIBED);
    event.topic = "alarms";
    event.scope = "/1/";
    session_view_event(session, &event);
    session_view_subscribed(session, "alarms", "/*/"); /* the same scope, otherwise written */
    assert_string_equal(newest_note(session), "already subscribed to alarms within /1/");
    assert_int_equal(session_view_own_subscriptions(session)->count, 1);
    session_view_destroy(&session);
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
    for (size_t i = 0; i < COUNT(CASES); i++) {
        session_view_t *session = scripted_session();
        session_view_controlled(session, 3, "drain", "broker1");
        dd_event_t event = scripted_event(DD_EVENT_REPORT);
        event.ref = 3;
        event.text = CASES[i].report;
        event.number = CASES[i].left;
        session_view_event(session, &event);
        assert_string_equal(
            newest_note(session), CASES[i].note ? CASES[i].note : "asked for: drain broker1");
        session_view_destroy(&session);
    }
}

#define MOVED(text)                                                                                \
    "{\"broker\":\"leaf\",\"broker_id\":\"ff\",\"events\":[{\"level\":\"notice\",\"at_ms\":1,"     \
    "\"age_ms\":10,\"text\":\"" text "\"}]}"

/* A broker says at once that it obeys, and later whether it could be done. */
static void test_what_came_of_a_move_is_told(void **state)
{
    static const char *const CASES[][2] = {
        {MOVED("moved to parent mid: tcp://m:1"), "done: move leaf to parent mid: tcp://m:1"},
        {MOVED("move failed, the parent is mid: tcp://x:1: nobody answers"),
            "move leaf failed, the parent is mid: tcp://x:1: nobody answers"},
        {MOVED("joined parent mid"), "under way: move leaf; it says what comes of it"}};
    (void)state;
    for (size_t i = 0; i < 2 * COUNT(CASES); i++) {
        session_view_t *session = scripted_session();
        dd_event_t event = scripted_event(DD_EVENT_REPORT);
        session_view_controlled(session, 3, "move", "leaf");
        event.ref = 3;
        event.text = "{\"done\":true}";
        bool is_early = i >= COUNT(CASES); /* the event, before the answer */
        if (!is_early)
            session_view_event(session, &event);
        scripted_round(session, VIEW_EVENTS, &CASES[i % COUNT(CASES)][0], 1);
        if (is_early)
            session_view_event(session, &event);
        assert_string_equal(newest_note(session), CASES[i % COUNT(CASES)][1]);
        session_view_destroy(&session);
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
    session_view_t *session = scripted_session();
    session_view_traced(session, 9, "cli2");
    const trace_t *trace = session_view_trace(session);
    dd_event_t events[] = {
        hop(9, 2, "second", 300), hop(9, 1, "first", 100), hop(8, 1, "other", 1)};
    for (size_t i = 0; i < 3; i++)
        session_view_event(session, &events[i]);
    assert_int_equal(trace->count, 2);
    assert_string_equal(trace->hops[0].broker, "first");
    assert_int_equal(trace->hops[1].heard_us, 300);
    dd_event_t end = scripted_event(DD_EVENT_ERROR);
    end.ref = 9;
    end.error = DD_E_UPLINK_DOWN;
    session_view_event(session, &end);
    assert_int_equal(trace->state, TRACE_FAILED);
    assert_int_equal(trace->error, DD_E_UPLINK_DOWN);
    for (uint64_t i = 0; i < 2 * TRACE_HOPS_MAX; i++) {
        dd_event_t more = hop(9, 100 - i, "more", i);
        session_view_event(session, &more);
    }
    assert_int_equal(trace->count, TRACE_HOPS_MAX);
    session_view_traced(session, 10, "cli2");
    assert_int_equal(trace->count, 0);
    scripted_pass(session, 60000);
    assert_int_equal(trace->state, TRACE_FAILED);
    assert_int_equal(trace->error, DD_E_TIMEOUT);
    session_view_destroy(&session);
}

/* ---- Subscriptions -------------------------------------------------------------------------- */

static void test_own_subscriptions(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    const own_subscriptions_t *owns = session_view_own_subscriptions(session);
    session_view_subscribed(session, "alarms", "cluster");
    session_view_subscribed(session, "alarms", "/*/*/"); /* the same */
    session_view_subscribed(session, "al", "noscope");
    assert_int_equal(owns->count, 2);
    assert_string_equal(owns->rows[0].path, "");
    dd_event_t event = scripted_event(DD_EVENT_SUBSCRIBED);
    event.topic = "alarms";
    event.scope = "/1/2/";
    session_view_event(session, &event);
    assert_string_equal(owns->rows[0].path, "/1/2/");
    event.topic = "al";
    event.scope = "noscope";
    session_view_event(session, &event);
    scripted_message(session, "cli2", "alarms", "x", 1);
    scripted_message(session, "cli2", "alerts", "x", 1);
    assert_int_equal(owns->rows[0].received, 1);
    assert_int_equal(owns->rows[1].received, 2);
    session_view_destroy(&session);
}

static void test_losses(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    dd_event_t event = scripted_event(DD_EVENT_GAP);
    event.topic = "ala\x1brms";
    event.scope = "/";
    session_view_event(session, &event);
    assert_string_equal(newest_note(session),
        "some publications on ala\\x1brms may be missing: a connection was lost");
    event.number = 5;
    session_view_event(session, &event);
    scripted_pass(session, 10000);
    assert_string_equal(
        newest_note(session), "lost 5 publications on ala\\x1brms: they came too fast");
    session_view_destroy(&session);
}

static void test_refused_subscriptions(void **state)
{
    (void)state;
    session_view_t *session = scripted_session();
    session_view_subscribed(session, "alarms", "all");
    dd_event_t event = scripted_event(DD_EVENT_ERROR);
    event.topic = "alarms";
    event.scope = "/";
    event.error = DD_E_LIMIT;
    session_view_event(session, &event);
    assert_int_equal(session_view_own_subscriptions(session)->count, 0);
    assert_non_null(strstr(newest_note(session), "not subscribed to alarms"));
    session_view_destroy(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_change_when_a_round_is_over),
        cmocka_unit_test(test_a_round_changes_its_own_rows_only),
        cmocka_unit_test(test_many_rows_are_asked_for_in_pages),
        cmocka_unit_test(test_pages_come_to_an_end),
        cmocka_unit_test(test_another_broker_is_asked_soon),
        cmocka_unit_test(test_silent_brokers_are_waited_for_and_kept),
        cmocka_unit_test(test_standings),
        cmocka_unit_test(test_notes_tell_of_brokers_that_go_and_come),
        cmocka_unit_test(test_a_broker_that_left_in_order_is_drained),
        cmocka_unit_test(test_what_is_said_again_is_one_note),
        cmocka_unit_test(test_without_a_connection_all_is_unknown),
        cmocka_unit_test(test_a_restarted_broker_replaces_its_silent_self),
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_clients_come_move_and_leave),
        cmocka_unit_test(test_freezing),
        cmocka_unit_test(test_bad_reports_do_no_harm),
        cmocka_unit_test(test_the_connection),
        cmocka_unit_test(test_what_became_of_notifications),
        cmocka_unit_test(test_a_receipt_is_not_waited_for_from_who_has_left),
        cmocka_unit_test(test_no_outcome_is_swallowed),
        cmocka_unit_test(test_an_earlier_trace_has_an_outcome_too),
        cmocka_unit_test(test_a_late_word_of_a_broker_is_told),
        cmocka_unit_test(test_a_flood_of_gaps_makes_few_notes),
        cmocka_unit_test(test_already_subscribed),
        cmocka_unit_test(test_controls),
        cmocka_unit_test(test_what_came_of_a_move_is_told),
        cmocka_unit_test(test_traces),
        cmocka_unit_test(test_own_subscriptions),
        cmocka_unit_test(test_losses),
        cmocka_unit_test(test_refused_subscriptions),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
