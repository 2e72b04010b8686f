/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_console - the whole console without a terminal: sizes, keys, the mouse, the end, and
 * whatever strangers send
 */
#include "tests/unit/ddtui/console_fixture.h"

static void test_too_small(void **state)
{
    (void)state;
    static const int SIZES[][2] = {{14, 80}, {24, 59}, {1, 1}, {2, 30}};
    for (size_t i = 0; i < COUNT(SIZES); i++) {
        console_fixture_t self = start(RIGHT_SEND, SIZES[i][0], SIZES[i][1]);
        draw(&self);
        if (SIZES[i][1] >= 30)
            assert_shows(self.canvas, "is too small");
        assert_hides(self.canvas, "DoubleDecker");
        stop(&self);
    }
}

/* What a key does on a page it does in the detail of a row, too, about that row. */
static void test_keys_in_a_detail(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *shows;
    } CASES[] = {{"n", "Destination  cli2"}, {"t", "Trace a notification"},
        {"p", "Publish message"}, {"m", "Menu"}, {"5", "this console"}, {"?", "A tree of brokers"},
        {"f", "FROZEN"}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        console_fixture_t self = start(RIGHT_SEND, 24, 80);
        type(&self, "2/cli2\n\n");
        assert_shows(self.canvas, "Clients: details");
        type(&self, CASES[i].keys);
        if (CASES[i].keys[0] == 'm')
            assert_string_equal(self.choosers[0].title, CASES[i].shows);
        else
            assert_shows(self.canvas, CASES[i].shows);
        stop(&self);
    }
}

/* The subscriptions of one client are asked of its broker alone; everybody's, of all. */
static void test_who_is_asked_for_subscriptions(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        const char *broker;
    } STEPS[] = {
        {"2/cli2\n", "dd"}, {"s", NULL}, {"\x1b", "dd"}, {"3", NULL}, {"2\n", "dd"}, {"1", NULL}};
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    for (size_t i = 0; i < COUNT(STEPS); i++) {
        type(&self, STEPS[i].keys);
        console_update(self.console);
        dd_question_t question =
            poller_question(session_view_poller(self.session), VIEW_SUBSCRIPTIONS);
        if (STEPS[i].broker)
            assert_string_equal(question.broker, STEPS[i].broker);
        else
            assert_null(question.broker);
    }
    stop(&self);
}

static void test_a_line_that_is_not_true_any_more_goes(void **state)
{
    static const char *const LOST[] = {
        SCRIPTED_BROKER("root", "/1/", "aa", "null", "\"dropped\":1,\"drop_age_ms\":10,")};
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "!");
    assert_shows(self.canvas, "nothing that is shown here is in trouble");
    scripted_pass(self.session, 1000);
    scripted_round(self.session, VIEW_TREE, SCRIPTED_TREE, SCRIPTED_BROKERS);
    draw(&self);
    assert_shows(self.canvas, "nothing that is shown here is in trouble");
    scripted_round(self.session, VIEW_TREE, LOST, 1);
    draw(&self);
    assert_shows(self.canvas, "1 dropping");
    assert_hides(self.canvas, "nothing that is shown here is in trouble");
    stop(&self);
}

static void test_the_end_is_told(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    dd_event_t event = scripted_event(DD_EVENT_CLOSED);
    event.error = DD_E_NAME_TAKEN;
    type(&self, "n"); /* whatever is open */
    session_view_event(self.session, &event);
    draw(&self);
    assert_int_equal(self.chooser_count, 1);
    assert_int_equal(self.choosers[0].kind, CHOOSER_DIALOG);
    assert_non_null(strstr(self.choosers[0].title, "name already taken"));
    press(&self, UI_RIGHT);
    assert_int_equal(type(&self, "\n"), 0); /* stays */
    assert_int_equal(self.chooser_count, 0);
    assert_int_equal(type(&self, "q"), CONSOLE_QUIT);
    stop(&self);
}

static void test_the_mouse(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    draw(&self);
    console_mouse(self.console, MOUSE_CLICK, 1, 12); /* 2 Clients */
    draw(&self);
    assert_shows(self.canvas, "Clients  3");
    console_mouse(self.console, MOUSE_CLICK, 5, 10); /* cli2, below the frame and the titles */
    draw(&self);
    assert_true(canvas_cell(self.canvas, 5, 10)->style & STYLE_SELECTED);
    console_mouse(self.console, MOUSE_CLICK, 5, 10);
    draw(&self);
    assert_shows(self.canvas, "details");
    type(&self, "\x1b");
    for (int i = 0; i < 2; i++) {
        console_mouse(self.console, MOUSE_CLICK, 3, 2); /* the title of the names */
        draw(&self);
        assert_shows(self.canvas, i == 0 ? "CLIENT▲" : "CLIENT▼");
    }
    type(&self, "r");
    console_mouse(self.console, MOUSE_WHEEL_DOWN, 5, 10);
    draw(&self);
    assert_true(canvas_cell(self.canvas, 6, 10)->style & STYLE_SELECTED);
    for (int row = -1; row < 26; row++)
        for (int column = -1; column < 82; column++)
            console_mouse(self.console, MOUSE_CLICK, row, column);
    draw(&self);
    stop(&self);
}

/* Whoever pops help up in the middle of something wants to go on there, and never to end it all. */
static void test_help_goes_back_to_where_it_was_called(void **state)
{
    (void)state;
    static const char *const KEYS[] = {"q", "\x1b", "\x03", "/all\nq", "??q"};
    for (size_t i = 0; i < COUNT(KEYS); i++) {
        console_fixture_t self = start(RIGHT_SEND, 24, 80);
        type(&self, "2?");
        assert_shows(self.canvas, "Where to look");
        assert_int_equal(type(&self, KEYS[i]), 0);
        assert_shows(self.canvas, "Clients  3");
        type(&self, "\n?");
        assert_int_equal(type(&self, KEYS[i]), 0);
        assert_shows(self.canvas, "Clients: details");
        stop(&self);
    }
}

static void test_a_menu_ends_with_q(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "m");
    assert_int_equal(self.chooser_count, 1);
    assert_int_equal(type(&self, "q"), 0);
    assert_int_equal(self.chooser_count, 0);
    stop(&self);
}

/* It did nothing, and what was typed then did things. */
static void test_help_is_searched(void **state)
{
    (void)state;
    static const int WIDTHS[] = {80, 160};
    for (size_t i = 0; i < COUNT(WIDTHS); i++) {
        console_fixture_t self = start(RIGHT_SEND, 24, WIDTHS[i]);
        type(&self, "?");
        assert_hides(self.canvas, "before the cursor");
        type(&self, "/character before");
        assert_shows(self.canvas, "Search: character before");
        assert_shows(self.canvas, "erase the character before");
        type(&self, "\n");
        assert_shows(self.canvas, "Help");
        type(&self, "/where to look\n");
        assert_shows(self.canvas, "Where to look");
        type(&self, "/rows\n.");
        assert_hides(self.canvas, "Where to look");
        type(&self, ",,,");
        assert_shows(self.canvas, "Help");
        stop(&self);
    }
}

static void assert_harmless(const canvas_t *canvas)
{
    rect_t all = canvas_all(canvas);
    for (int row = 0; row < all.height; row++)
        for (int column = 0; column < all.width; column++)
            for (const wchar_t *at = canvas_cell(canvas, row, column)->text; *at != 0; at++)
                assert_true(*at >= 0x20 && (*at < 0x7f || *at > 0x9f));
}

static void test_hostile_names_and_messages(void **state)
{
    (void)state;
    static const char *const TREE[] = {
        "{\"broker\":\"b\\u001b[2J</B><#HL(300000)>\",\"id\":\"x\\u0007\",\"scope\":\"/\\u001b/\","
        "\"state\":\"\\u202eok\",\"version\":\"\\u0085\"}"};
    static const char *const CLIENTS[] = {
        "{\"broker\":\"\\u001b]0;x\\u0007\",\"clients\":[{\"tenant\":\"a\",\"name\":\"\\u001b[31m"
        "\\u0301\\u0301\"},{\"tenant\":\"a\",\"name\":\"漢字\\u009b31m\"}]}"};
    static const char *const EVENTS[] = {"{\"broker\":\"x\",\"events\":[{\"age_ms\":5,\"level\":"
                                         "\"\\u001b\",\"text\":\"\\u001b[2J\\r\\n\"}]}"};
    char big[65536];
    memset(big, '\x1b', sizeof big);
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_round(self.session, VIEW_TREE, TREE, 1);
    scripted_round(self.session, VIEW_CLIENTS, CLIENTS, 1);
    scripted_round(self.session, VIEW_EVENTS, EVENTS, 1);
    scripted_message(self.session, "\x1b[31m", "\x1b]0;x\x07", big, sizeof big);
    scripted_message(self.session, "e\xcc\x81\xcc\x81", NULL, "\xff\xfe\xc0\x80", 4);
    static const char KEYS[] = "1\n\x1b"
                               "2\n\x1b"
                               "4\nvvvv\x1b"
                               "5\n\x1b"
                               "ns\x1bp\x1bs\x1bt\x1b";
    for (size_t i = 0; i < sizeof KEYS - 1; i++) {
        type(&self, (char[]){KEYS[i], '\0'});
        assert_harmless(self.canvas);
        for (size_t c = 0; c < self.chooser_count; c++)
            for (size_t item = 0; item < self.choosers[c].count; item++)
                for (const char *at = self.choosers[c].items[item]; *at != '\0'; at++)
                    assert_in_range(*at, ' ', '~');
    }
    stop(&self);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 8;
}

static void test_any_keys_at_any_size(void **state)
{
    (void)state;
    static const ui_key_t MORE[] = {UI_ENTER, UI_ESCAPE, UI_TAB, UI_BACK_TAB, UI_UP, UI_DOWN,
        UI_LEFT, UI_RIGHT, UI_PAGE_UP, UI_PAGE_DOWN, UI_HOME, UI_END, UI_BACKSPACE, UI_DELETE,
        UI_CTRL('U'), UI_CTRL('W'), UI_F(9), 0x6f22, 0x301, UI_NONE};
    uint32_t seed = 7;
    console_fixture_t self = start(RIGHT_SEND | RIGHT_OPERATE, 24, 80);
    for (int i = 0; i < 20000; i++) {
        uint32_t random = next_random(&seed);
        ui_key_t key =
            random % 3 == 0 ? MORE[random / 3 % (COUNT(MORE))] : 0x20 + random / 3 % 0x5f;
        if (console_key(self.console, key) & CONSOLE_COMMAND)
            console_done(self.console, random % 2 ? "no" : NULL);
        if (random % 7 == 0)
            scripted_message(self.session, "cli2", "t", "x", 1);
        if (random % 101 == 0)
            scripted_everything(self.session);
        if (random % 31 == 0) {
            canvas_destroy(&self.canvas);
            self.canvas =
                canvas_new((int)(next_random(&seed) % 60) + 1, (int)(next_random(&seed) % 220) + 1);
        }
        if (random % 5 == 0)
            draw(&self);
        scripted_pass(self.session, random % 100);
    }
    stop(&self);
}

/* What only this console has was gone with a key, and without a word. */
static void test_nothing_is_forgotten_by_a_slip(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_message(self.session, "cli2", NULL, "hello", 5);
    static const char *const SLIPS[] = {"4c", "4c\n", "4c\x1b", "4cq", "4:clear\n\n"};
    for (size_t i = 0; i < COUNT(SLIPS); i++) {
        type(&self, SLIPS[i]);
        assert_int_equal(self.chooser_count, i == 0 ? 1 : 0);
        if (i == 0)
            assert_non_null(strstr(self.choosers[0].title, "Forget 1 message,"));
        type(&self, "\x1b");
        assert_int_equal(messages_count(session_view_messages(self.session)), 1);
    }
    type(&self, "c");
    press(&self, UI_LEFT);
    type(&self, "\n");
    assert_shows(self.canvas, "1 message forgotten");
    assert_int_equal(messages_count(session_view_messages(self.session)), 0);
    stop(&self);
}

/* It was taken, its mistake forgotten, and all rows were shown. */
static void test_a_filter_that_is_none_is_not_taken(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    static const char LONG[] = "2/abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz /cli(\n";
    static const char *const WRONG[] = {"2/cli1 /(\n", LONG, "2\n//(\n"};
    for (size_t i = 0; i < COUNT(WRONG); i++) {
        type(&self, WRONG[i]);
        assert_shows(self.canvas, "Unmatched (");
        assert_true(self.cursor.visible); /* there to be mended */
        assert_int_equal(history_count(self.history, HISTORY_FILTER), 0);
        type(&self, "\x1b");
        assert_hides(self.canvas, "Unmatched (");
    }
    type(&self, "2:filter cli2\n:filter /(\n");
    assert_shows(self.canvas, "that is no filter: Unmatched (");
    assert_shows(self.canvas, "1 of 3 with \"cli2\"");
    stop(&self);
}

/* Such keys did nothing, and nobody knew why. */
static void test_keys_without_a_right_say_so(void **state)
{
    (void)state;
    static const char SENDS[] = "an operator doesn't send", ORDERS[] = "takes an operator's key";
    static const struct {
        bool is_operator;
        const char *keys;
        const char *word;
    } CASES[] = {{true, "n", SENDS}, {true, "2p", SENDS}, {true, "5s", SENDS}, {true, "7t", SENDS},
        {true, ":notify a b\n", SENDS}, {true, ":trace x\n", SENDS},
        {true, "D", "nothing is changed"}, {false, "D", ORDERS}, {false, "2E", ORDERS},
        {false, ":drain root\n", ORDERS}, {false, "n", "--read-only"},
        {false, "\t", "from field to field"}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        console_fixture_t self = {
            .session = session_view_new(CASES[i].is_operator), .history = history_new(NULL)};
        self.console = console_new(self.session, self.history, "ipc:///run/dd", 0);
        self.canvas = canvas_new(24, 100);
        scripted_pass(self.session, 0);
        type(&self, CASES[i].keys);
        assert_shows(self.canvas, CASES[i].word);
        stop(&self);
    }
}

/* It is neither typed nor taken for keys, and that is said once. */
static void test_a_paste_into_nothing_is_told(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 100);
    for (const char *at = "quit now\n"; *at != '\0'; at++)
        console_paste(self.console, (ui_key_t)*at);
    draw(&self);
    assert_shows(self.canvas, "what was pasted went nowhere");
    assert_int_equal(status_log_at(session_view_status_log(self.session), 0)->times, 1);
    stop(&self);
}

/* Whoever wants another filter had to erase the one before. */
static void test_a_filter_is_typed_over_the_one_before(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "2/cli1\n/");
    assert_shows(self.canvas, "Filter: cli1");
    assert_true(canvas_cell(self.canvas, 22, 9)->style & STYLE_SELECTED);
    type(&self, "cli2\n");
    assert_shows(self.canvas, "1 of 3 with \"cli2\"");
    type(&self, "/\n"); /* stays */
    assert_shows(self.canvas, "1 of 3 with \"cli2\"");
    type(&self, "/");
    press(&self, UI_END); /* goes on */
    type(&self, " x\n");
    assert_shows(self.canvas, "with \"cli2 x\"");
    stop(&self);
}

static void test_the_menu_has_the_mouse(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    bool found = false;
    type(&self, "m");
    for (size_t i = 0; i < self.choosers[0].count; i++)
        found |= strncmp(self.choosers[0].items[i], "Free or take the mouse", 22) == 0;
    assert_true(found);
    stop(&self);
}

/* Half a word at the edge could be a whole one. */
static void test_what_is_cut_says_so(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 60);
    draw(&self);
    assert_shows(self.canvas, "register…");
    session_view_note(
        self.session, NOTE_WARNING, "this is too long for one line at the bottom of a screen");
    scripted_pass(self.session, 60000);
    draw(&self);
    assert_shows(self.canvas, "this is too long for one line at the bottom of a …");
    stop(&self);
}

static void test_nothing_selected_is_said(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_OPERATE, 24, 80);
    type(&self, "2/nobody\nE");
    assert_shows(self.canvas, "no client is selected");
    type(&self, "1/nobody\nD");
    assert_shows(self.canvas, "no broker is selected");
    stop(&self);
}

/* However many come after it. Closed, the list rolls on. */
static void test_details_stay_with_their_row(void **state)
{
    (void)state;
    static const char *const EMPTY[] = {
        "{\"broker\":\"broker5\",\"broker_id\":\"dd\",\"scope\":\"/1/5/\",\"clients\":[]}"};
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_message(self.session, "cli2", NULL, "the first", 9);
    type(&self, "4\n");
    scripted_message(self.session, "cli2", NULL, "the second", 10);
    draw(&self);
    assert_shows(self.canvas, "the first");
    type(&self, "v?q");
    scripted_message(self.session, "cli2", NULL, "the third", 9);
    assert_int_equal(type(&self, "y"), CONSOLE_COPY);
    size_t size;
    assert_string_equal(console_copied(self.console, &size), "the first");
    type(&self, "q");
    assert_shows(self.canvas, "notification from cli2");
    assert_int_equal(type(&self, "y"), CONSOLE_COPY);
    assert_string_equal(console_copied(self.console, &size), "the third");
    type(&self, "2/cli2\n\n");
    scripted_round(self.session, VIEW_CLIENTS, EMPTY, 1);
    draw(&self);
    assert_shows(self.canvas, "Clients: details");
    assert_hides(self.canvas, "That is no longer kept");
    scripted_pass(self.session, 600000);
    scripted_round(self.session, VIEW_CLIENTS, EMPTY, 1);
    draw(&self);
    assert_shows(self.canvas, "That is no longer kept");
    stop(&self);
}

/* Where only one broker was asked for subscriptions, the others are still to be. */
static void test_a_part_is_not_shown_as_all(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "2/cli2\n\n");
    assert_string_equal(
        poller_question(session_view_poller(self.session), VIEW_SUBSCRIPTIONS).broker, "dd");
    scripted_round(self.session, VIEW_SUBSCRIPTIONS, SCRIPTED_SUBSCRIPTIONS, 1);
    type(&self, "3");
    assert_shows(self.canvas, "asking …");
    scripted_round(self.session, VIEW_SUBSCRIPTIONS, SCRIPTED_SUBSCRIPTIONS, 1);
    draw(&self);
    assert_hides(self.canvas, "asking");
    stop(&self);
}

static void test_tabs_are_as_long_as_there_is_room(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "f");
    assert_shows(self.canvas, " 1 Tree  2 Clients  3 Sub  4 Messages  5 Events  6 Trace  7 Help");
    assert_shows(self.canvas, "FROZEN");
    stop(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_too_small),
        cmocka_unit_test(test_what_is_cut_says_so),
        cmocka_unit_test(test_keys_in_a_detail),
        cmocka_unit_test(test_who_is_asked_for_subscriptions),
        cmocka_unit_test(test_a_line_that_is_not_true_any_more_goes),
        cmocka_unit_test(test_the_end_is_told),
        cmocka_unit_test(test_the_mouse),
        cmocka_unit_test(test_help_goes_back_to_where_it_was_called),
        cmocka_unit_test(test_a_menu_ends_with_q),
        cmocka_unit_test(test_help_is_searched),
        cmocka_unit_test(test_a_filter_is_typed_over_the_one_before),
        cmocka_unit_test(test_the_menu_has_the_mouse),
        cmocka_unit_test(test_keys_without_a_right_say_so),
        cmocka_unit_test(test_nothing_selected_is_said),
        cmocka_unit_test(test_a_paste_into_nothing_is_told),
        cmocka_unit_test(test_a_filter_that_is_none_is_not_taken),
        cmocka_unit_test(test_nothing_is_forgotten_by_a_slip),
        cmocka_unit_test(test_hostile_names_and_messages),
        cmocka_unit_test(test_any_keys_at_any_size),
        cmocka_unit_test(test_details_stay_with_their_row),
        cmocka_unit_test(test_a_part_is_not_shown_as_all),
        cmocka_unit_test(test_tabs_are_as_long_as_there_is_room),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
