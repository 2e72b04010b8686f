/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_pages - what each page shows, and how its rows are ordered, filtered, searched and opened
 */
#include "tests/unit/ddtui/console_fixture.h"

static void test_every_page_at_every_size(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        const char *shows;
    } PAGES_OF[] = {{"1", "broker1"}, {"2", "cli10"}, {"3", "alarms"}, {"4", "hello"},
        {"5", "registered as a.cli1"}, {"6", "Brokers on the way"}, {"7", "Where to look"}};
    static const int SIZES[][2] = {{15, 60}, {24, 80}, {50, 200}, {80, 250}};
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        console_fixture_t self = start(RIGHT_SEND, SIZES[size][0], SIZES[size][1]);
        scripted_message(self.session, "cli2", NULL, "hello", 5);
        for (size_t i = 0; i < COUNT(PAGES_OF); i++) {
            type(&self, PAGES_OF[i].key);
            assert_shows(self.canvas, "a.cli1 @ broker0 /1/2/3/");
            assert_shows(self.canvas, "14:03:");
            assert_shows(self.canvas, PAGES_OF[i].key[0] == '7' ? "Esc Back" : "q Quit");
            if (i + 1 < PAGE_TABS || SIZES[size][0] > 15)
                assert_shows(self.canvas, PAGES_OF[i].shows);
        }
        stop(&self);
    }
}

static void test_the_tree(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    draw(&self);
    assert_shows(self.canvas, "▾ root");
    assert_shows(self.canvas, "  ▾ broker1");
    assert_shows(self.canvas, "      broker0");
    press(&self, UI_DOWN);
    type(&self, " ");
    assert_shows(self.canvas, "▸ broker1");
    assert_hides(self.canvas, "      broker0");
    press(&self, UI_RIGHT);
    assert_shows(self.canvas, "      broker0");
    press(&self, UI_DOWN);
    press(&self, UI_LEFT); /* to the parent */
    press(&self, UI_LEFT); /* folds it */
    assert_shows(self.canvas, "▸ broker1");
    type(&self, "/broker0\n"); /* a filter finds what is folded */
    assert_shows(self.canvas, "      broker0");
    stop(&self);
}

/* Whoever goes up to it, or back through the columns, and presses once more, still sees the tree.
 */
static void test_left_leaves_the_root_open(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    press(&self, UI_RIGHT); /* to the next columns */
    for (int i = 0; i < 3; i++)
        press(&self, UI_LEFT);
    assert_shows(self.canvas, "▾ root");
    assert_shows(self.canvas, "  ▾ broker1");
    type(&self, "jj"); /* broker0 */
    for (int i = 0; i < 5; i++)
        press(&self, UI_LEFT);
    assert_shows(self.canvas, "  ▸ broker1");
    assert_shows(self.canvas, "▾ root");
    type(&self, " ");
    assert_shows(self.canvas, "▸ root");
    stop(&self);
}

/* It can't be said of those behind a silent broker that they are gone, nor of anybody without a
   connection. */
static void test_what_is_known_of_silent_brokers(void **state)
{
    (void)state;
    static const char *const LEFT[] = {
        SCRIPTED_BROKER("root", "/1/", "aa", "null", ""), SCRIPTED_TREE_BROKER5};
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_pass(self.session, 5000);
    scripted_round(self.session, VIEW_TREE, LEFT, 2);
    draw(&self);
    assert_shows(self.canvas, "stale 5s");
    scripted_pass(self.session, 7000);
    draw(&self);
    assert_shows(self.canvas, "GONE 12s");
    assert_shows(self.canvas, "behind brok");
    dd_event_t event = scripted_event(DD_EVENT_DISCONNECTED);
    session_view_event(self.session, &event);
    draw(&self);
    assert_hides(self.canvas, "GONE");
    assert_hides(self.canvas, "behind");
    assert_hides(self.canvas, " ok ");
    assert_shows(self.canvas, "unknown 12s");
    assert_shows(self.canvas, "unknown 7s"); /* root */
    type(&self, "\n");
    assert_shows(self.canvas, "stopped");
    type(&self, "\x1b");
    assert_shows(self.canvas, "Tree  4, as it was 7s ago");
    type(&self, "2");
    assert_shows(self.canvas, "unknown 12s");
    assert_hides(self.canvas, "left");
    stop(&self);
}

static const char *const IN_TROUBLE[] = {SCRIPTED_BROKER("root", "/1/", "aa", "null", ""),
    SCRIPTED_BROKER("broker1", "/1/2/", "bb", "\"aa\"", "\"rtt_us\":300,"),
    SCRIPTED_BROKER("broker0", "/1/2/3/", "cc", "\"bb\"", "\"dropped\":3,\"drop_age_ms\":9,"),
    ("{\"broker\":\"broker5\",\"scope\":\"/1/5/\",\"id\":\"dd\",\"parent\":\"aa\",\"state\":"
     "\"cut off\"}")};
static const char *const LOSER[] = {
    "{\"broker\":\"broker0\",\"broker_id\":\"cc\",\"scope\":\"/1/2/3/\",\"clients\":["
    "{\"tenant\":\"a\",\"name\":\"cli1\",\"since_ms\":1000},"
    "{\"tenant\":\"a\",\"name\":\"loser\",\"since_ms\":1,\"dropped\":3,\"drop_age_ms\":9}]}"};

/* Also to what is folded away, or left out by a filter; and clients are asked for first. */
static void test_to_the_next_trouble(void **state)
{
    (void)state;
    static const int SIZES[][2] = {{24, 80}, {50, 200}};
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        console_fixture_t self = start(RIGHT_SEND, SIZES[size][0], SIZES[size][1]);
        type(&self, "!");
        assert_shows(self.canvas, "in trouble");
        scripted_pass(self.session, 5000);
        scripted_round(self.session, VIEW_TREE, IN_TROUBLE, COUNT(IN_TROUBLE));
        type(&self, "1j "); /* broker0 is folded away now */
        assert_hides(self.canvas, "    broker0 ");
        assert_shows(self.canvas, "1 cut off · 1 dropping");
        type(&self, "4!");
        assert_shows(self.canvas, "DROPPING");
        type(&self, "\n");
        assert_shows(self.canvas, "broker        broker0");
        type(&self, "!\n");
        assert_shows(self.canvas, "broker        broker5");
        type(&self, "\x1b!");
        assert_shows(self.canvas, "Clients  ");
        scripted_pass(self.session, 1000);
        scripted_round(self.session, VIEW_CLIENTS, LOSER, 1);
        console_update(self.console);
        type(&self, "\n");
        assert_shows(self.canvas, "name          loser");
        type(&self, "\x1b"
                    "1/root\n5!");
        assert_shows(self.canvas, "Tree  4"); /* the filter would hide it */
        type(&self, "\n");
        assert_shows(self.canvas, "broker        broker0");
        stop(&self);
    }
}

static const char *const LOSING[] = {SCRIPTED_BROKER("root", "/1/", "aa", "null", ""),
    SCRIPTED_BROKER("broker1", "/1/2/", "bb", "\"aa\"", ""),
    SCRIPTED_BROKER("broker0", "/1/2/3/", "cc", "\"bb\"",
        "\"dropped\":3,\"drop_since_ms\":125000,\"drop_age_ms\":9,")};

/* Near the top, since when, and how long ago the last one. */
static void test_details_say_when_publications_were_lost(void **state)
{
    static const char *const HERE[] = {
        "{\"broker\":\"broker0\",\"broker_id\":\"cc\",\"clients\":[{\"tenant\":\"a\","
        "\"name\":\"loser\",\"dropped\":3,\"drop_since_ms\":65000,\"drop_age_ms\":9}]}"};
    (void)state;
    char since[64], time[TIME_ROOM];
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_pass(self.session, 1000);
    scripted_round(self.session, VIEW_TREE, LOSING, COUNT(LOSING));
    scripted_round(self.session, VIEW_CLIENTS, HERE, 1);
    int64_t now_ms = session_view_wall_ms(self.session);
    type(&self, "2/loser\n\n");
    page_time(now_ms - 65000, false, time);
    snprintf(since, sizeof since, "lost          3 since %s, the last 0s ago", time);
    assert_shows(self.canvas, since);
    type(&self, "\x1b"
                "1/broker0\n\n");
    page_time(now_ms - 125000, false, time);
    snprintf(since, sizeof since, "lost          3 since %s, the last 0s ago", time);
    assert_shows(self.canvas, since);
    stop(&self);
}

/* What a broker lost before its restart isn't as if it had never been. */
static void test_details_say_what_was_lost_before_a_restart(void **state)
{
    static const char *const ANEW[] = {SCRIPTED_BROKER("root", "/1/", "aa", "null", ""),
        SCRIPTED_BROKER("broker1", "/1/2/", "bb", "\"aa\"", ""),
        SCRIPTED_BROKER("broker0", "/1/2/3/", "ee", "\"bb\"", "\"dropped\":0,")};
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_pass(self.session, 1000);
    scripted_round(self.session, VIEW_TREE, LOSING, COUNT(LOSING));
    scripted_pass(self.session, 3000);
    scripted_round(self.session, VIEW_TREE, ANEW, COUNT(ANEW));
    type(&self, "1/broker0\n\n");
    assert_shows(self.canvas, "lost          3 before its restart");
    stop(&self);
}

/* Long after the client has gone, to a console that was opened since. */
static void test_a_broker_tells_for_whom_it_dropped_an_hour_ago(void **state)
{
    static const char *const EVENTS[] = {
        "{\"broker\":\"broker0\",\"broker_id\":\"cc\",\"events\":[{\"level\":\"warning\","
        "\"tenant\":\"a\",\"at_ms\":9,\"age_ms\":3600000,\"text\":\"client a.loser lost "
        "publications for want of room: 2 within 60 s, 5 within 62 s in all\"}]}"};
    static const char *const NOBODY[] = {
        "{\"broker\":\"broker0\",\"broker_id\":\"cc\",\"clients\":[]}"};
    (void)state;
    char since[96], time[TIME_ROOM];
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_pass(self.session, 1000);
    scripted_round(self.session, VIEW_TREE, LOSING, COUNT(LOSING));
    scripted_round(self.session, VIEW_CLIENTS, NOBODY, 1);
    scripted_round(self.session, VIEW_EVENTS, EVENTS, 1);
    page_time(session_view_wall_ms(self.session) - 3662000, false, time);
    type(&self, "1/broker0\n\n");
    assert_shows(self.canvas, "Lost by its clients");
    snprintf(since, sizeof since, "  loser lost 5 since %s, the last 1h00m ago; it isn't", time);
    assert_shows(self.canvas, since);
    stop(&self);
}

/* A limit that isn't there is none, and one that no report tells isn't known. */
/* A broker on the way is told to be one, and not as if its clients were that busy. */
static void test_details_say_what_passes_through_a_broker(void **state)
{
    static const char *const BEFORE[] = {
        SCRIPTED_BROKER("root", "/1/", "aa", "null", "\"links_in\":1000,\"links_out\":3000,")};
    static const char *const NOW[] = {
        SCRIPTED_BROKER("root", "/1/", "aa", "null", "\"links_in\":1412,\"links_out\":3455,")};
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 40, 80);
    scripted_round(self.session, VIEW_TREE, BEFORE, 1);
    scripted_pass(self.session, 1000);
    scripted_round(self.session, VIEW_TREE, NOW, 1);
    type(&self, "\n");
    assert_shows(self.canvas, "in            0/s");
    assert_shows(self.canvas, "from links    1412  (412/s)");
    assert_shows(self.canvas, "to links      3455  (455/s)");
    scripted_round(self.session, VIEW_TREE, SCRIPTED_TREE, 1);
    draw(&self);
    assert_hides(self.canvas, "from links"); /* a tenant isn't told */
    stop(&self);
}

/* So that whoever asks why a client isn't there finds the way to the answer. */
static void test_details_say_that_connections_were_refused(void **state)
{
    static const char *const ROUND[] = {SCRIPTED_BROKER(
        "root", "/1/", "aa", "null", "\"not_let_in\":117,\"not_let_in_age_ms\":3000,")};
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 40, 80);
    type(&self, "\n");
    assert_hides(self.canvas, "not let in");
    scripted_round(self.session, VIEW_TREE, ROUND, 1);
    draw(&self);
    assert_shows(self.canvas, "not let in    117, the last 3s ago");
    stop(&self);
}

static void test_details_of_a_broker_name_its_parent_and_its_limits(void **state)
{
    static const char *const LIMITS[] = {SCRIPTED_BROKER("root", "/1/", "aa", "null", ""),
        SCRIPTED_BROKER("broker1", "/1/2/", "bb", "\"aa\"",
            "\"clients_max\":7,\"subscriptions_max\":null,\"outbox_max\":null,")};
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 60, 80);
    scripted_pass(self.session, 1000);
    scripted_round(self.session, VIEW_TREE, LIMITS, COUNT(LIMITS));
    type(&self, "1j\n");
    assert_shows(self.canvas, "parent        root ");
    assert_shows(self.canvas, "client limit  7 ");
    assert_shows(self.canvas, "outbox limit  none ");
    type(&self, "\x1bk\n");
    assert_shows(self.canvas, "parent        - ");
    assert_shows(self.canvas, "outbox limit  not known ");
    stop(&self);
}

/* At a filter of 80 columns, and of 60. */
static void test_the_filter_searches_what_is_shown(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *shows;
    } CASES[] = {{"1/cut\n", "Tree  1 of 4"}, {"1/dropping\n", "Tree  1 of 4"},
        {"1/state:ok\n", "Tree  2 of 4"}, {"1/broker:broker !state:ok\n", "Tree  2 of 4"},
        {"2/tenant:a\n", "Clients  3 of 3"}, {"2/tenant:b\n", "Clients  0 of 3"},
        {"2/a.lo\n", "Clients  1 of 3"}, {"2/state:/^DROP/\n", "Clients  1 of 3"},
        {"2/broker:broker0 state:ok\n", "Clients  1 of 3"}, {"3/topic:alarms\n", "yours)  1 of 1"},
        {"3/covers:/1/ client:cli2\n", "1 of 1"}, {"3/tenant:b\n", "0 of 1"},
        {"4/from:cli2 text\n", "Messages  1 of 2"}, {"4/kind:pub\n", "Messages  1 of 2"},
        {"5/broker:console registered\n", "Events  1 of "}};
    static const int SIZES[][2] = {{15, 60}, {24, 80}, {50, 200}};
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        console_fixture_t self = start(RIGHT_SEND, SIZES[size][0], SIZES[size][1]);
        scripted_pass(self.session, 70000);
        scripted_round(self.session, VIEW_TREE, IN_TROUBLE, COUNT(IN_TROUBLE));
        scripted_round(self.session, VIEW_CLIENTS, LOSER, 1);
        scripted_message(self.session, "cli2", NULL, "a text", 6);
        scripted_message(self.session, "cli1", "alarms", "text", 4);
        for (size_t i = 0; i < COUNT(CASES); i++) {
            type(&self, "1\x1b"
                        "2\x1b"
                        "3\x1b"
                        "4\x1b");
            type(&self, CASES[i].keys);
            assert_shows(self.canvas, CASES[i].shows);
        }
        stop(&self);
    }
}

static void test_a_search_in_what_is_open(void **state)
{
    (void)state;
    static char text[400];
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    memset(text, '\n', sizeof text);
    memcpy(text + 100, "needle one", 10);
    memcpy(text + 300, "Needle two", 10);
    scripted_message(self.session, "cli2", NULL, text, sizeof text);
    type(&self, "4\n");
    type(&self, "/need");
    assert_shows(self.canvas, "Search: need");
    assert_shows(self.canvas, "needle one");
    assert_hides(self.canvas, "Needle two");
    type(&self, "le /two/");
    assert_shows(self.canvas, "Needle two");
    type(&self, "\n.");
    assert_shows(self.canvas, "Messages: details");
    assert_shows(self.canvas, "Needle two");
    type(&self, "/q\x1b"); /* given up */
    assert_shows(self.canvas, "Messages: details");
    type(&self, "\x1b");
    assert_shows(self.canvas, "Messages  1 ");
    stop(&self);
}

static void test_names_are_ordered_as_they_are_shown(void **state)
{
    (void)state;
    static const char *const OF_TWO[] = {
        "{\"broker\":\"broker0\",\"scope\":\"/1/2/3/\",\"clients\":["
        "{\"tenant\":\"a\",\"name\":\"zoe\"},{\"tenant\":\"b\",\"name\":\"adam\"}]}"};
    console_fixture_t self = start_operators();
    scripted_register(self.session);
    scripted_round(self.session, VIEW_TREE, SCRIPTED_TREE, SCRIPTED_BROKERS);
    scripted_round(self.session, VIEW_CLIENTS, OF_TWO, 1);
    type(&self, "2o");
    press(&self, UI_DOWN);
    type(&self, "\ng\n");
    assert_shows(self.canvas, "name          zoe"); /* a.zoe is before b.adam */
    stop(&self);
}

static void test_why_there_is_no_connection(void **state)
{
    (void)state;
    static const char WHY[] = "tcp://a-host-with-a-name-that-is-long.example:5555 ended the "
                              "handshake without a word: it has another broker key than this key "
                              "file says";
    static const int SIZES[][2] = {{15, 60}, {24, 80}, {50, 200}};
    for (size_t size = 0; size < COUNT(SIZES); size++) {
        console_fixture_t self = start(RIGHT_SEND, SIZES[size][0], SIZES[size][1]);
        dd_event_t event = scripted_event(DD_EVENT_DISCONNECTED);
        event.error = DD_E_NETWORK;
        event.text = WHY;
        session_view_event(self.session, &event);
        for (const char *key = "1234567"; *key != '\0'; key++) {
            type(&self, (char[]){*key, '\0'});
            assert_shows(self.canvas, "Not connected: tcp://a-host-with-a-name");
            assert_shows(self.canvas, "file says"); /* the end, too */
        }
        stop(&self);
    }
}

static void test_no_broker_there(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    session_view_destroy(&self.session);
    console_destroy(&self.console);
    self.session = session_view_new(false);
    self.console = console_new(self.session, self.history, "tcp://127.0.0.1:5555", RIGHT_SEND);
    draw(&self);
    assert_shows(self.canvas, "connecting to tcp://127.0.0.1:5555");
    assert_shows(self.canvas, "console keeps trying");
    scripted_register(self.session);
    draw(&self);
    assert_shows(self.canvas, "registered");
    assert_shows(self.canvas, "Waiting for the brokers to answer");
    type(&self, "3");
    assert_shows(self.canvas, "Waiting for the brokers to answer");
    assert_hides(self.canvas, "Nobody of this tenant");
    stop(&self);
}

static void test_orders_and_details(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "2o");
    assert_int_equal(self.chooser_count, 1);
    assert_string_equal(self.choosers[0].items[0], "by tenant");
    assert_string_equal(self.choosers[0].items[1], "CLIENT");
    press(&self, UI_DOWN);
    type(&self, "\n");
    assert_shows(self.canvas, "CLIENT▲");
    type(&self, "r");
    assert_shows(self.canvas, "CLIENT▼");
    type(&self, "/cli2\n");
    assert_shows(self.canvas, "Clients  1 of 3 with \"cli2\"");
    assert_hides(self.canvas, "cli10");
    type(&self, "\n");
    assert_shows(self.canvas, "Clients: details");
    assert_shows(self.canvas, "alarms  /1/"); /* what it has subscribed to */
    assert_hides(self.canvas, "View as");
    assert_hides(self.canvas, "the old one alone");
    type(&self, "\x1b");
    assert_hides(self.canvas, "details");
    assert_hides(self.canvas, "cli10"); /* the filter stays */
    type(&self, "\x1b");
    assert_shows(self.canvas, "cli10");
    type(&self, "/cli10\n\n");
    assert_shows(self.canvas, "the old one alone");
    stop(&self);
}

static void test_searching(void **state)
{
    (void)state;
    static char text[4000];
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    memset(text, '\n', sizeof text);
    memcpy(text + 1000, "needle one", 10);
    memcpy(text + 3000, "needle two", 10);
    scripted_message(self.session, "cli2", NULL, "before", 6);
    scripted_message(self.session, "cli2", NULL, text, sizeof text);
    scripted_message(self.session, "cli2", NULL, "after", 5);
    type(&self, "4/needle\n");
    assert_shows(self.canvas, "1 of 3 with \"needle\"");
    assert_hides(self.canvas, "before");
    type(&self, "a");
    assert_shows(self.canvas, "1 of 3 with \"needle\"");
    assert_shows(self.canvas, "before");
    type(&self, "G.\n");
    assert_shows(self.canvas, "Messages: details");
    assert_hides(self.canvas, "needle");
    type(&self, ".");
    assert_shows(self.canvas, "needle one");
    assert_hides(self.canvas, "needle two");
    type(&self, ".");
    assert_shows(self.canvas, "needle two");
    type(&self, ",");
    assert_shows(self.canvas, "needle one");
    type(&self, "\x1b\x1b");
    assert_shows(self.canvas, "Messages  3");
    stop(&self);
}

static void test_messages(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_message(self.session, "cli2", "alarms", "{\"sev\":3}", 9);
    scripted_message(self.session, "cli2", NULL, "later", 5);
    draw(&self);
    assert_shows(self.canvas, "cli2  alarms  {\"sev\":3}"); /* below the tree */
    type(&self, "4");
    assert_shows(self.canvas, "notification from cli2");
    press(&self, UI_UP);
    assert_shows(self.canvas, "  \"sev\": 3");
    type(&self, "vvv");
    assert_shows(self.canvas, "7b 22 73 65");
    type(&self, "/LATER\n");
    assert_shows(self.canvas, "1 of 2 with \"LATER\"");
    type(&self, "\x1b");
    type(&self, "f");
    assert_shows(self.canvas, "FROZEN");
    scripted_message(self.session, "cli3", NULL, "unseen", 6);
    draw(&self);
    assert_hides(self.canvas, "unseen");
    type(&self, "f");
    assert_shows(self.canvas, "unseen");
    type(&self, "c");
    press(&self, UI_LEFT);
    type(&self, "\n");
    assert_shows(self.canvas, "No message has arrived");
    stop(&self);
}

static void test_losses_are_among_the_messages(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    dd_event_t event = scripted_event(DD_EVENT_GAP);
    event.topic = "alarms";
    session_view_event(self.session, &event);
    type(&self, "4");
    assert_shows(self.canvas, "some publications may be missing");
    event.number = 7;
    session_view_event(self.session, &event);
    draw(&self);
    assert_shows(self.canvas, "7 publications did not reach this client");
    stop(&self);
}

/* What happened, the newest first, as brokers report it. */
static const char *const HAPPENED[] = {
    "{\"broker\":\"broker0\",\"broker_id\":\"cc\",\"rows\":4,\"events\":["
    "{\"level\":\"info\",\"tenant\":\"a\",\"age_ms\":900,\"text\":\"client a.cli10 is gone\"},"
    "{\"level\":\"info\",\"tenant\":\"a\",\"age_ms\":900,\"text\":\"client a.cli10 registered\"},"
    "{\"level\":\"info\",\"tenant\":\"a\",\"age_ms\":950,\"text\":\"client a.cli1 registered\"}]}",
    "{\"broker\":\"broker5\",\"broker_id\":\"dd\",\"rows\":1,\"events\":["
    "{\"level\":\"info\",\"tenant\":\"a\",\"age_ms\":800,\"text\":\"client a.cli2 ended: it said "
    "goodbye\"}]}"};

/* Clients that come and go don't push the rest out of the few lines below the tree. */
static void test_an_operator_sees_what_matters_of_what_happens(void **state)
{
    static const char *const LATER[] = {
        "{\"broker\":\"root\",\"broker_id\":\"aa\",\"events\":["
        "{\"level\":\"warning\",\"tenant\":\"*\",\"at_ms\":9,\"age_ms\":8,\"text\":\"broker "
        "broker5 is gone\"},"
        "{\"level\":\"notice\",\"tenant\":\"*\",\"at_ms\":7,\"age_ms\":10,\"text\":\"broker "
        "broker5 joined\"}]}"};
    (void)state;
    console_fixture_t self = start_operators();
    draw(&self);
    assert_shows(self.canvas, "Nothing of importance has happened.");
    scripted_register(self.session);
    scripted_everything(self.session);
    assert_int_not_equal(console_views(self.console) & 1u << VIEW_EVENTS, 0);
    draw(&self);
    assert_shows(self.canvas, "this console registered as a.cli1");
    scripted_round(self.session, VIEW_EVENTS, LATER, 1);
    scripted_round(self.session, VIEW_EVENTS, HAPPENED, 2);
    draw(&self);
    assert_shows(self.canvas, "root         broker broker5 joined");
    assert_shows(self.canvas, "root         broker broker5 is gone");
    assert_hides(self.canvas, "client a.");
    assert_hides(self.canvas, "No message");
    dd_event_t event = scripted_event(DD_EVENT_DISCONNECTED);
    event.error = DD_E_NETWORK;
    event.text = "it has gone";
    session_view_event(self.session, &event);
    draw(&self);
    assert_shows(self.canvas, "this console connection lost, trying again: it has gone");
    stop(&self);
}

static void test_clients_that_left_say_how(void **state)
{
    (void)state;
    static const char *const LATER[] = {
        "{\"broker\":\"broker0\",\"scope\":\"/1/2/3/\",\"clients\":[{\"tenant\":\"a\",\"name\":"
        "\"cli1\"}]}",
        "{\"broker\":\"broker5\",\"broker_id\":\"dd\",\"scope\":\"/1/5/\",\"clients\":[]}"};
    console_fixture_t self = start(RIGHT_SEND, 50, 200);
    type(&self, "2");
    scripted_pass(self.session, 1000);
    scripted_round(self.session, VIEW_CLIENTS, LATER, 1);
    draw(&self);
    assert_shows(self.canvas, "unknown 1s ");
    assert_shows(self.canvas, "its broker does not answer");
    scripted_pass(self.session, 1000);
    scripted_round(self.session, VIEW_CLIENTS, LATER, 2);
    draw(&self);
    assert_int_not_equal(console_views(self.console) & 1u << VIEW_EVENTS, 0);
    scripted_round(self.session, VIEW_EVENTS, HAPPENED, 2);
    draw(&self);
    assert_shows(self.canvas, "left 2s ");
    assert_shows(self.canvas, " its connection broke");
    assert_shows(self.canvas, "left 1s ");
    assert_shows(self.canvas, " it said goodbye");
    stop(&self);
}

/* For a minute, whatever is published. */
static void test_the_tail_keeps_notifications_in_sight(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_message(self.session, "cli2", NULL, "a word", 6);
    for (int i = 0; i < 100; i++)
        scripted_message(self.session, "cli3", "noisy", "noise", 5);
    draw(&self);
    assert_shows(self.canvas, "a word");
    assert_shows(self.canvas, "noise");
    scripted_pass(self.session, 61000);
    draw(&self);
    assert_hides(self.canvas, "a word");
    assert_shows(self.canvas, "noise");
    stop(&self);
}

/* Through an outage, with the console's own notes among them; and the switch of levels. */
static void test_events_stay_and_have_a_level(void **state)
{
    (void)state;
    static const char *const LATER[] = {
        "{\"broker\":\"root\",\"broker_id\":\"aa\",\"events\":[{\"level\":\"notice\",\"tenant\":"
        "\"*\",\"at_ms\":7,\"age_ms\":10,\"text\":\"broker broker5 is gone\"}]}"};
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_round(self.session, VIEW_EVENTS, HAPPENED, 2);
    scripted_pass(self.session, 1000);
    dd_event_t event = scripted_event(DD_EVENT_DISCONNECTED);
    event.error = DD_E_TIMEOUT;
    session_view_event(self.session, &event);
    scripted_pass(self.session, 1000);
    scripted_register(self.session);
    scripted_round(self.session, VIEW_EVENTS, LATER, 1);
    type(&self, "5");
    assert_shows(self.canvas, "Events  8");
    assert_shows(self.canvas, "client a.cli2 ended"); /* of a broker that is gone */
    assert_shows(self.canvas, "connection lost");
    assert_shows(self.canvas, "broker broker5 is gone");
    type(&self, "l");
    assert_shows(self.canvas, "Events from notice up  4");
    assert_hides(self.canvas, "client a.cli2");
    assert_shows(self.canvas, "broker broker5 is gone");
    type(&self, "/cli2\n"); /* nor does a filter find them */
    assert_shows(self.canvas, "0 of 4");
    type(&self, "\x1bl");
    assert_shows(self.canvas, "Warnings and errors  1");
    assert_shows(self.canvas, "connection lost");
    type(&self, "lc");
    press(&self, UI_LEFT);
    type(&self, "\n");
    assert_shows(self.canvas, "Events  0");
    assert_shows(self.canvas, "8 events forgotten");
    stop(&self);
}

/* Of one moment, what was told of later stands below. */
static void test_events_stand_in_their_order(void **state)
{
    (void)state;
    static const char *const ORDER[] = {
        "cli1 registered", "cli10 registered", "cli10 is gone", "cli2 ended: it said goodbye"};
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_round(self.session, VIEW_EVENTS, HAPPENED, 2);
    type(&self, "5");
    int row = 0;
    for (size_t i = 0; i < COUNT(ORDER); i++) {
        char *line = canvas_row(self.canvas, row++);
        while (!strstr(line, ORDER[i])) {
            free(line);
            assert_true(row < 24);
            line = canvas_row(self.canvas, row++);
        }
        free(line);
    }
    stop(&self);
}

/* A tree of that many brokers and clients, each broker with its share of them. */
static void report_many(session_view_t *session, size_t brokers, size_t clients)
{
    char **reports = calloc(brokers, sizeof *reports);
    assert_non_null(reports);
    for (size_t b = 0; b < brokers; b++) {
        size_t room = 256 + clients / brokers * 96;
        reports[b] = malloc(room);
        assert_non_null(reports[b]);
        snprintf(reports[b], room,
            "{\"broker\":\"broker%zu\",\"id\":\"%zu\",\"parent\":%s,\"scope\":\"/1/%zu/\","
            "\"state\":\"ok\"}",
            b, b, b == 0 ? "null" : "\"0\"", b + 1);
    }
    scripted_round(session, VIEW_TREE, (const char *const *)reports, brokers);
    for (size_t b = 0; b < brokers; b++) {
        size_t room = 256 + clients / brokers * 96, used = 0;
        used = (size_t)snprintf(reports[b], room, "{\"broker\":\"broker%zu\",\"clients\":[", b);
        for (size_t c = 0; c < clients / brokers; c++)
            used += (size_t)snprintf(reports[b] + used, room - used,
                "%s{\"tenant\":\"a\",\"name\":\"client%zu\",\"in\":%zu,\"out\":7}",
                c > 0 ? "," : "", b * (clients / brokers) + c, c);
        snprintf(reports[b] + used, room - used, "]}");
    }
    scripted_round(session, VIEW_CLIENTS, (const char *const *)reports, brokers);
    for (size_t b = 0; b < brokers; b++)
        free(reports[b]);
    free(reports);
}

static void test_many_clients_are_scrolled_and_found(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 50, 200);
    report_many(self.session, 100, 10000);
    type(&self, "2");
    assert_shows(self.canvas, "Clients  10");
    for (int i = 0; i < 1000; i++)
        press(&self, i % 2 == 0 ? UI_PAGE_DOWN : UI_DOWN);
    press(&self, UI_END);
    assert_shows(self.canvas, "client9999");
    type(&self, "/client777\n");
    assert_shows(self.canvas, "Clients  11 of 10");
    press(&self, UI_END);
    scripted_pass(self.session, 1000);
    report_many(self.session, 100, 10000); /* the selection follows */
    draw(&self);
    assert_shows(self.canvas, "client7779");
    stop(&self);
}

/* A broker on the way of the trace with ref 9 says what it did. */
static void hop(session_view_t *session, uint64_t number, const char *broker, const char *scope,
    const char *decision, dd_error_t error)
{
    dd_event_t event = scripted_event(DD_EVENT_HOP);
    event.ref = 9;
    event.number = number;
    event.source = broker;
    event.scope = scope;
    event.text = decision;
    event.error = error;
    session_view_event(session, &event);
}

static void test_a_trace_is_followed_to_its_end(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 100);
    type(&self, "6");
    assert_shows(self.canvas, "t sends a test notification");
    session_view_traced(self.session, 9, "cli2");
    draw(&self);
    assert_shows(self.canvas, "under way");
    scripted_pass(self.session, 1);
    hop(self.session, 1, "broker0", "/1/2/3/", "to the parent", DD_OK);
    hop(self.session, 2, "broker1", "/1/2/", "to the parent", DD_OK);
    draw(&self);
    assert_shows(self.canvas, "1 broker0");
    assert_shows(self.canvas, "1.00ms");
    scripted_pass(self.session, 2);
    dd_event_t event = scripted_event(DD_EVENT_RECEIPT);
    event.ref = 9;
    event.source = "cli2";
    session_view_event(self.session, &event);
    draw(&self);
    assert_shows(self.canvas, "arrived at its receiver after 3.00 ms");
    type(&self, "/broker1\n");
    assert_hides(self.canvas, "1 broker0");
    assert_shows(self.canvas, "2 broker1");
    stop(&self);
}

static void test_a_trace_says_why_it_ended(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 100);
    session_view_traced(self.session, 9, "nobody");
    hop(self.session, 1, "root", "/1/", "refused", DD_E_NO_DESTINATION);
    type(&self, "6\n");
    assert_shows(self.canvas, "Trace: details");
    assert_shows(self.canvas, "refused");
    assert_shows(self.canvas, dd_strerror(DD_E_NO_DESTINATION));
    type(&self, "\x1b");
    scripted_pass(self.session, 60000);
    draw(&self);
    assert_shows(self.canvas, "nothing more was heard after");
    session_view_traced(self.session, 9, "nobody");
    dd_event_t event = scripted_event(DD_EVENT_ERROR);
    event.ref = 9;
    event.error = DD_E_NO_DESTINATION;
    session_view_event(self.session, &event);
    draw(&self);
    assert_hides(self.canvas, "nothing more was heard");
    assert_shows(self.canvas, dd_strerror(DD_E_NO_DESTINATION));
    stop(&self);
}

static void test_own_subscriptions_stand_first(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 100);
    session_view_subscribed(self.session, "zone", "region");
    dd_event_t event = scripted_event(DD_EVENT_SUBSCRIBED);
    event.topic = "zone";
    event.scope = "/1/";
    session_view_event(self.session, &event);
    scripted_message(self.session, "cli2", "zone", "hello", 5);
    type(&self, "3g\n");
    assert_shows(self.canvas, "Subscriptions: details");
    assert_shows(self.canvas, "This is your own subscription");
    type(&self, "\x1b");
    press(&self, UI_DOWN);
    type(&self, "\n"); /* another's */
    assert_shows(self.canvas, "alarms");
    assert_hides(self.canvas, "This is your own subscription");
    type(&self, "\x1bu"); /* the only one that can be meant */
    assert_shows(self.canvas, "zone  region");
    stop(&self);
}

static void test_subscriptions_are_ordered_by_their_columns(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 100);
    session_view_subscribed(self.session, "zone", "region");
    type(&self, "3o");
    press(&self, UI_DOWN);
    press(&self, UI_DOWN);
    type(&self, "\ng"); /* by topic */
    assert_shows(self.canvas, "TOPIC▲");
    type(&self, "\n");
    assert_shows(self.canvas, "topic         alarms");
    assert_hides(self.canvas, "topic         zone");
    type(&self, "\x1brg\n");
    assert_shows(self.canvas, "topic         zone");
    assert_hides(self.canvas, "topic         alarms");
    stop(&self);
}

/* Which of two events of a second was the first, and how long after a message. */
static void test_events_have_milliseconds(void **state)
{
    (void)state;
    static const int WIDTHS[] = {80, 160};
    for (size_t i = 0; i < COUNT(WIDTHS); i++) {
        char time[TIME_ROOM], text[64];
        console_fixture_t self = start(RIGHT_SEND, 24, WIDTHS[i]);
        scripted_pass(self.session, 123);
        page_time(session_view_wall_ms(self.session), WIDTHS[i] > 80, time);
        snprintf(text, sizeof text, "%s warning", time);
        session_view_note(self.session, NOTE_WARNING, "something small");
        type(&self, "5");
        assert_shows(self.canvas, text);
        press(&self, UI_END);
        type(&self, "\n");
        page_time(session_view_wall_ms(self.session), true, time);
        assert_shows(self.canvas, time);
        stop(&self);
    }
}

/* Names were cut while the columns beside them were half empty. */
static void test_names_have_the_room_that_others_leave(void **state)
{
    (void)state;
    static const char *const LONG[] = {"{\"broker\":\"leaf2\",\"scope\":\"/1/2/\",\"clients\":["
                                       "{\"tenant\":\"a\",\"name\":\"temperature-sensor-17\"},"
                                       "{\"tenant\":\"a\",\"name\":\"x\"}]}"};
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_round(self.session, VIEW_CLIENTS, LONG, 1);
    type(&self, "2");
    assert_shows(self.canvas, "temperature-sensor-17 leaf2");
    char *titles = canvas_row(self.canvas, 3);
    size_t cell = (size_t)(strstr(titles, "BROKER") - titles) - 2; /* the frame has three bytes */
    free(titles);
    console_mouse(self.console, MOUSE_CLICK, 3, (int)cell); /* what is seen is what is hit */
    draw(&self);
    assert_shows(self.canvas, "BROKER▲");
    stop(&self);
}

/* The second line began below the time, as if it were another event. */
static void test_what_happened_lately_hangs(void **state)
{
    (void)state;
    static const char *const EVENTS[] = {
        "{\"broker\":\"root\",\"broker_id\":\"aa\",\"events\":[{\"at_ms\":5,\"age_ms\":5,"
        "\"level\":\"warning\",\"text\":\"one two three four five six seven eight nine ten eleven "
        "twelve thirteen fourteen\"}]}"};
    console_fixture_t self = start(RIGHT_SEND, 50, 80);
    scripted_round(self.session, VIEW_EVENTS, EVENTS, 1);
    type(&self, "1\n");
    assert_shows(self.canvas, "Lately");
    assert_shows(self.canvas, "│            thirteen fourteen");
    stop(&self);
}

/* Else after an outage the list would be of these, and a copied event would push itself away. */
static void test_what_was_mistyped_or_copied_is_no_event(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_round(self.session, VIEW_EVENTS, HAPPENED, 2);
    type(&self, "5");
    assert_shows(self.canvas, "Events  5");
    type(&self, ":foo\n");
    assert_shows(self.canvas, "there is no command :foo"); /* on the status line */
    type(&self, ":move\nD!");                              /* and nothing is in trouble */
    assert_shows(self.canvas, "nothing that is shown here is in trouble");
    session_view_say(self.session, NOTE_GOOD, "10 bytes sent to the clipboard");
    draw(&self);
    assert_shows(self.canvas, "Events  5");
    type(&self, "c");
    assert_non_null(strstr(self.choosers[0].title, "Forget 5 events"));
    stop(&self);
}

static void test_a_folded_broker_shows_the_worst_below_it(void **state)
{
    (void)state;
    static const char *const DROPS[] = {SCRIPTED_BROKER("root", "/1/", "aa", "null", ""),
        SCRIPTED_BROKER("broker1", "/1/2/", "bb", "\"aa\"", ""),
        SCRIPTED_BROKER("broker0", "/1/2/3/", "cc", "\"bb\"", "\"dropped\":1,\"drop_age_ms\":10,"),
        SCRIPTED_TREE_BROKER5};
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_round(self.session, VIEW_TREE, DROPS, COUNT(DROPS));
    draw(&self);
    assert_shows(self.canvas, "Tree  4 ");
    press(&self, UI_DOWN);
    type(&self, " ");
    assert_shows(self.canvas, "Tree  3 of 4");
    assert_shows(self.canvas, "▸ broker1");
    assert_shows(self.canvas, "▸ DROPPING");
    type(&self, "\n"); /* its own */
    assert_shows(self.canvas, "state         ok");
    stop(&self);
}

/* Where the reason stands, half of it could be taken for the whole. */
static void test_what_is_cut_in_the_tail_says_so(void **state)
{
    (void)state;
    static const char *const LONG[] = {
        "{\"broker\":\"root\",\"broker_id\":\"aa\",\"events\":[{\"level\":\"notice\",\"tenant\":"
        "\"*\",\"at_ms\":7,\"age_ms\":10,\"text\":\"move east-1 failed, the parent is west: "
        "tcp://127.0.0.1:19999 doesn't answer\"}]}"};
    console_fixture_t self = start_operators();
    scripted_register(self.session);
    scripted_round(self.session, VIEW_TREE, SCRIPTED_TREE, SCRIPTED_BROKERS);
    scripted_round(self.session, VIEW_EVENTS, LONG, 1);
    draw(&self);
    assert_shows(self.canvas, "tcp://127.0.0.1…│");
    stop(&self);
}

static void test_what_is_cut_in_a_panel_says_so(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 200);
    draw(&self);
    assert_shows(self.canvas, "Broker ");
    assert_shows(self.canvas, "… Enter shows all");
    stop(&self);
}

/* And since when, by the clock; and with what it gets. */
static void test_details_of_a_client_begin_with_how_it_is(void **state)
{
    (void)state;
    static const char *const GONE[] = {
        "{\"broker\":\"broker5\",\"broker_id\":\"dd\",\"scope\":\"/1/5/\",\"clients\":[]}"};
    char time[TIME_ROOM], line[64];
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "2/cli2\n\n");
    assert_shows(self.canvas, "state         ok 3s");
    page_time(session_view_wall_ms(self.session) - 3000, false, time);
    snprintf(line, sizeof line, "registered    %s", time);
    assert_shows(self.canvas, line);
    scripted_pass(self.session, 1000);
    scripted_round(self.session, VIEW_CLIENTS, GONE, 1);
    draw(&self);
    assert_shows(self.canvas, "state         left ");
    assert_shows(self.canvas, "left at       ");
    stop(&self);
}

/* Right at 80 columns shows more columns, and not others in the place of the text. */
static void test_each_sheet_has_what_it_is_about(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_round(self.session, VIEW_EVENTS, HAPPENED, 2);
    scripted_message(self.session, "cli2", "alarms", "on fire", 7);
    type(&self, "5");
    press(&self, UI_RIGHT);
    assert_shows(self.canvas, "TENANT");
    assert_shows(self.canvas, "client a.cli2 ended");
    type(&self, "4");
    press(&self, UI_RIGHT);
    assert_shows(self.canvas, "BYTES");
    assert_shows(self.canvas, "MESSAGE");
    stop(&self);
}

/* The worst is what one orders for. */
static void test_ordered_the_first_row_is_selected(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "2");
    press(&self, UI_END);
    type(&self, "o");
    press(&self, UI_DOWN);
    type(&self, "\n\n");
    assert_shows(self.canvas, "name          cli1");
    stop(&self);
}

static void test_a_column_that_is_none_is_told(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "2/foo:bar\n");
    assert_shows(self.canvas, "There is no column foo here");
    type(&self, "/broker:nobody\n");
    assert_hides(self.canvas, "There is no column");
    stop(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_page_at_every_size),
        cmocka_unit_test(test_the_tree),
        cmocka_unit_test(test_left_leaves_the_root_open),
        cmocka_unit_test(test_what_is_known_of_silent_brokers),
        cmocka_unit_test(test_to_the_next_trouble),
        cmocka_unit_test(test_details_say_when_publications_were_lost),
        cmocka_unit_test(test_details_say_what_was_lost_before_a_restart),
        cmocka_unit_test(test_a_broker_tells_for_whom_it_dropped_an_hour_ago),
        cmocka_unit_test(test_details_say_what_passes_through_a_broker),
        cmocka_unit_test(test_details_say_that_connections_were_refused),
        cmocka_unit_test(test_details_of_a_broker_name_its_parent_and_its_limits),
        cmocka_unit_test(test_the_filter_searches_what_is_shown),
        cmocka_unit_test(test_a_search_in_what_is_open),
        cmocka_unit_test(test_names_are_ordered_as_they_are_shown),
        cmocka_unit_test(test_why_there_is_no_connection),
        cmocka_unit_test(test_no_broker_there),
        cmocka_unit_test(test_orders_and_details),
        cmocka_unit_test(test_searching),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_losses_are_among_the_messages),
        cmocka_unit_test(test_an_operator_sees_what_matters_of_what_happens),
        cmocka_unit_test(test_clients_that_left_say_how),
        cmocka_unit_test(test_the_tail_keeps_notifications_in_sight),
        cmocka_unit_test(test_events_stay_and_have_a_level),
        cmocka_unit_test(test_events_have_milliseconds),
        cmocka_unit_test(test_what_happened_lately_hangs),
        cmocka_unit_test(test_names_have_the_room_that_others_leave),
        cmocka_unit_test(test_events_stand_in_their_order),
        cmocka_unit_test(test_many_clients_are_scrolled_and_found),
        cmocka_unit_test(test_a_trace_is_followed_to_its_end),
        cmocka_unit_test(test_a_trace_says_why_it_ended),
        cmocka_unit_test(test_own_subscriptions_stand_first),
        cmocka_unit_test(test_subscriptions_are_ordered_by_their_columns),
        cmocka_unit_test(test_what_was_mistyped_or_copied_is_no_event),
        cmocka_unit_test(test_a_folded_broker_shows_the_worst_below_it),
        cmocka_unit_test(test_what_is_cut_in_the_tail_says_so),
        cmocka_unit_test(test_what_is_cut_in_a_panel_says_so),
        cmocka_unit_test(test_details_of_a_client_begin_with_how_it_is),
        cmocka_unit_test(test_each_sheet_has_what_it_is_about),
        cmocka_unit_test(test_ordered_the_first_row_is_selected),
        cmocka_unit_test(test_a_column_that_is_none_is_told),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
