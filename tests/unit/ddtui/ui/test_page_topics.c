/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_page_topics - the topics behind the subscriptions, and the graphs over pages
 */
#include "tests/unit/ddtui/console_fixture.h"
#include "tests/unit/ddtui/topics.h"

/* Two rounds, a second apart. */
static const char *const BEFORE[] = {
    TOPICS_REPORT("aa", TOPIC_ROW("a", "alarms", 10, 100, 0, 1, TOPIC_PUBLISHER("a.cli1", 10))),
    TOPICS_REPORT("bb", TOPIC_ROW("a", "busy", 100, 1000, 0, 0, TOPIC_PUBLISHER("a.cli2", 100))),
};
static const char *const NOW[] = {
    TOPICS_REPORT("aa", TOPIC_ROW("a", "alarms", 13, 130, 0, 1,
                            TOPIC_PUBLISHER("a.cli1", 13)) "," TOPIC_REST("a", 7, 70, 0)),
    TOPICS_REPORT("bb", TOPIC_ROW("a", "busy", 600, 6000, 40, 2,
                            TOPIC_PUBLISHER("a.cli2", 500) "," TOPIC_PUBLISHER("public.mon", 100))),
};

static console_fixture_t at_topics(int rows, int columns)
{
    console_fixture_t self = start(RIGHT_SEND, rows, columns);
    type(&self, "3T");
    assert_shows(self.canvas, "Waiting for the brokers to answer.");
    scripted_round(self.session, VIEW_TOPICS, BEFORE, 2);
    draw(&self);
    scripted_pass(self.session, 1000);
    scripted_round(self.session, VIEW_TOPICS, NOW, 2);
    draw(&self);
    return self;
}

/* The row of a canvas that has a text; -1 if none has. */
static int row_of(const canvas_t *canvas, const char *text)
{
    for (int row = 0; row < canvas_all(canvas).height; row++) {
        char *line = canvas_row(canvas, row);
        bool found = strstr(line, text) != NULL;
        free(line);
        if (found)
            return row;
    }
    return -1;
}

/* Also to a console that was opened later, and with the date if that was another day. */
static void test_since_when_a_topic_loses_is_told(void **state)
{
    static const char *const LATER[] = {
        TOPICS_REPORT("aa", TOPIC_LOST_ROW("a", "alarms", 7, 180000000, 180000000)),
        TOPICS_REPORT("bb", TOPIC_LOST_ROW("a", "busy", 40, 3605000, 6000))};
    (void)state;
    char text[128], time[TIME_ROOM];
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "3T");
    scripted_round(self.session, VIEW_TOPICS, LATER, 2);
    int64_t first_ms = session_view_wall_ms(self.session) - 3605000;
    page_time(first_ms, false, time);
    type(&self, "/busy\n\n");
    snprintf(text, sizeof text, "lost          40 since %s, the last 6s ago", time);
    assert_shows(self.canvas, text);
    scripted_pass(self.session, 2000);
    draw(&self);
    snprintf(text, sizeof text, "lost          40 since %s, the last 8s ago", time);
    assert_shows(self.canvas, text);
    type(&self, "\x1b/alarms\n\n");
    assert_shows(self.canvas, "lost          7 since 2025-11-20 ");
    assert_shows(self.canvas, ", the last 2d02h ago");
    stop(&self);
}

/* Brokers of earlier versions don't say it. */
static void test_a_topic_of_which_nobody_tells_since_when(void **state)
{
    (void)state;
    console_fixture_t self = at_topics(24, 80);
    type(&self, "/busy\n\n");
    assert_shows(self.canvas, "lost          40  (40/s) ");
    assert_hides(self.canvas, "since");
    assert_hides(self.canvas, " ago");
    stop(&self);
}

/* An operator's console at the topics. */
static console_fixture_t operators_topics(void)
{
    console_fixture_t self = start_operators();
    scripted_register(self.session);
    type(&self, "3T");
    scripted_round(self.session, VIEW_TOPICS, NOW, 2);
    draw(&self);
    return self;
}

/* At 80 columns there are two sheets of columns. */
static void test_a_topic_stands_on_each_sheet(void **state)
{
    (void)state;
    console_fixture_t self = operators_topics();
    assert_hides(self.canvas, "PUBLISHED  ");
    for (int sheet = 0; sheet < 2; sheet++) {
        assert_shows(self.canvas, "TOPIC");
        assert_shows(self.canvas, "busy");
        press(&self, UI_RIGHT);
    }
    assert_shows(self.canvas, "PUBLISHED  ");
    stop(&self);
}

static void test_topics_the_busiest_first(void **state)
{
    (void)state;
    console_fixture_t self = at_topics(24, 80);
    assert_shows(self.canvas, "Topics  3");
    assert_shows(self.canvas, "PUBL/S▼");
    assert_shows(self.canvas, "T Subscr.");
    assert_shows(self.canvas,
        "busy                    500     5000       2      40 cli2 83%, public.mon 16%");
    assert_shows(self.canvas, "alarms                    3       30       1       0 cli1 100%");
    assert_shows(self.canvas, "(all others)              -        -       -       - -");
    assert_true(row_of(self.canvas, "busy") < row_of(self.canvas, "alarms"));
    type(&self, "\n"); /* the busiest one is selected */
    assert_shows(self.canvas, "publications  600  (500/s)");
    assert_shows(self.canvas, "lost          40  (40/s)");
    assert_shows(self.canvas, "83%  cli2  500  400/s");
    assert_shows(self.canvas, "16%  public.mon  100");
    type(&self, "\x1bT");
    assert_shows(self.canvas, "Subscriptions (● yours)");
    assert_hides(self.canvas, "PUBL/S");
    type(&self, "T");
    assert_shows(self.canvas, "PUBL/S▼");
    type(&self, "3"); /* the number leads to the subscriptions as ever */
    assert_shows(self.canvas, "Subscriptions (● yours)");
    stop(&self);
}

static void test_topics_are_filtered_and_ordered(void **state)
{
    (void)state;
    console_fixture_t self = at_topics(50, 200);
    assert_shows(self.canvas, "PUBLISHED BY");
    assert_shows(self.canvas, "cli2 83%, public.mon 16%");
    type(&self, "/public.mon\n"); /* who publishes is found, too */
    assert_shows(self.canvas, "busy");
    assert_hides(self.canvas, "alarms ");
    stop(&self);
    self = at_topics(24, 80);
    type(&self, "r");
    assert_true(row_of(self.canvas, "busy") > row_of(self.canvas, "alarms "));
    stop(&self);
}

/* The question costs brokers something: else it is asked so seldom that graphs have no holes. */
static void test_topics_are_asked_for_while_they_are_shown(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    assert_int_not_equal(console_views(self.console) & 1u << VIEW_TOPICS, 0);
    scripted_round(self.session, VIEW_TOPICS, BEFORE, 2);
    for (const char *key = "12345673"; *key != '\0'; key++) {
        console_key(self.console, (ui_key_t)*key);
        assert_int_equal(console_views(self.console) & 1u << VIEW_TOPICS, 0);
    }
    type(&self, "T");
    assert_int_not_equal(console_views(self.console) & 1u << VIEW_TOPICS, 0);
    scripted_round(self.session, VIEW_TOPICS, BEFORE, 2);
    type(&self, "G");
    assert_shows(self.canvas, "Topic busy of tenant a");
    assert_int_not_equal(console_views(self.console) & 1u << VIEW_TOPICS, 0);
    type(&self, "3");
    assert_int_equal(console_views(self.console) & 1u << VIEW_TOPICS, 0);
    scripted_pass(self.session, 20000);
    assert_int_not_equal(console_views(self.console) & 1u << VIEW_TOPICS, 0);
    assert_int_not_equal(console_views(self.console) & 1u << VIEW_CLIENTS, 0);
    stop(&self);
}

static void test_an_operator_sees_whose_topics_they_are(void **state)
{
    (void)state;
    console_fixture_t self = operators_topics();
    assert_shows(self.canvas, "a         busy ");
    type(&self, "\n");
    assert_shows(self.canvas, "83%  a.cli2  500");
    stop(&self);
}

/* ---- Graphs --------------------------------------------------------------------------------- */

/* It is the topic that has a graph, for which brokers are asked as long as it is open. */
static void test_a_subscription_shows_the_graph_of_its_topic(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_round(self.session, VIEW_TOPICS, BEFORE, 2);
    type(&self, "3");
    assert_shows(self.canvas, "G Graph");
    assert_int_equal(console_views(self.console) & 1u << VIEW_TOPICS, 0);
    type(&self, "G");
    assert_shows(self.canvas, "Topic alarms of tenant a");
    assert_int_not_equal(console_views(self.console) & 1u << VIEW_TOPICS, 0);
    scripted_round(self.session, VIEW_TOPICS, BEFORE, 2);
    scripted_pass(self.session, 1000);
    scripted_round(self.session, VIEW_TOPICS, NOW, 2);
    draw(&self);
    assert_shows(self.canvas, " publications  now 3/s, highest 3/s");
    type(&self, "G");
    assert_shows(self.canvas, "Subscriptions (● yours)");
    assert_int_equal(console_views(self.console) & 1u << VIEW_TOPICS, 0);
    stop(&self);
}

static void test_graphs_of_all_kinds(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        const char *shows[4];
    } CASES[] = {
        {"1jG", {"Broker broker1 /1/2/", "15 min ago", "round trip to its parent",
                    " in  0/s all this time"}},
        {"2G", {"Client cli1 ", "from it  ", "to it  ", "all this time"}},
        {"3TG", {"Topic busy of tenant a", " publications  now 500/s, highest 500/s",
                    " bytes  now 5000B/s", " lost  now 40/s"}},
    };
    static const int SIZES[][2] = {{15, 60}, {24, 80}, {50, 200}};
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        console_fixture_t self = at_topics(SIZES[size][0], SIZES[size][1]);
        type(&self, "2");
        scripted_everything(self.session);
        scripted_pass(self.session, 1000);
        scripted_everything(self.session);
        for (size_t i = 0; i < COUNT(CASES); i++) {
            type(&self, CASES[i].keys);
            for (size_t s = 0; s < COUNT(CASES[i].shows); s++)
                if (SIZES[size][0] > 15 || s < 2)
                    assert_shows(self.canvas, CASES[i].shows[s]);
            assert_shows(self.canvas, "Esc Back");
            assert_int_equal(type(&self, i == 0 ? "G" : i == 1 ? "\x1b" : "q"), 0);
            assert_hides(self.canvas, CASES[i].shows[0]);
        }
        stop(&self);
    }
}

/* Up and down show the graph of the row above or below. */
static void test_a_graph_follows_the_selection(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "1G");
    assert_shows(self.canvas, "Broker root /1/");
    press(&self, UI_DOWN);
    assert_shows(self.canvas, "Broker broker1 /1/2/");
    press(&self, UI_END);
    assert_shows(self.canvas, "Broker broker5 /1/5/");
    type(&self, "2"); /* another screen is that screen */
    assert_shows(self.canvas, "CLIENT");
    type(&self, "4G"); /* where there is none, G is what it was */
    assert_hides(self.canvas, "min ago");
    stop(&self);
}

/* What isn't known yet has no unit. */
static void test_no_rate_before_the_second_answer(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "3T");
    scripted_round(self.session, VIEW_TOPICS, BEFORE, 2);
    draw(&self);
    type(&self, "\n");
    assert_shows(self.canvas, "Topics: details");
    assert_hides(self.canvas, "-/s");
    assert_hides(self.canvas, "-B/s");
    stop(&self);
}

static void test_no_graph_of_nothing(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "3TG");
    assert_shows(self.canvas, "Waiting for the brokers to answer.");
    type(&self, "2/nobody\nG");
    assert_shows(self.canvas, "No row has what the filter wants");
    stop(&self);
}

/* By what was published in all, until the rates are known; what was opened then stays. */
static void test_topics_open_in_order(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "3T");
    assert_shows(self.canvas, "Topics  0, asking …");
    scripted_round(self.session, VIEW_TOPICS, BEFORE, 2);
    draw(&self);
    assert_true(row_of(self.canvas, "busy") < row_of(self.canvas, "alarms"));
    press(&self, UI_DOWN);
    type(&self, "\n");
    assert_shows(self.canvas, "topic         alarms");
    scripted_pass(self.session, 1000);
    scripted_round(self.session, VIEW_TOPICS, NOW, 2);
    draw(&self);
    assert_shows(self.canvas, "topic         alarms");
    stop(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_since_when_a_topic_loses_is_told),
        cmocka_unit_test(test_a_topic_of_which_nobody_tells_since_when),
        cmocka_unit_test(test_a_topic_stands_on_each_sheet),
        cmocka_unit_test(test_topics_the_busiest_first),
        cmocka_unit_test(test_topics_are_filtered_and_ordered),
        cmocka_unit_test(test_topics_are_asked_for_while_they_are_shown),
        cmocka_unit_test(test_an_operator_sees_whose_topics_they_are),
        cmocka_unit_test(test_graphs_of_all_kinds),
        cmocka_unit_test(test_a_subscription_shows_the_graph_of_its_topic),
        cmocka_unit_test(test_a_graph_follows_the_selection),
        cmocka_unit_test(test_no_rate_before_the_second_answer),
        cmocka_unit_test(test_no_graph_of_nothing),
        cmocka_unit_test(test_topics_open_in_order),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
