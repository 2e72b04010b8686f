/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_console - the whole console without a terminal: keys in, canvases out
 */
#include <unistd.h>

#include "libdd/base/clock.h"
#include "tests/unit/ddtui/scripted.h"

typedef struct {
    session_view_t *live;
    history_t *history;
    console_t *console;
    canvas_t *canvas;
    cursor_t cursor;
    chooser_t choosers[2];
    size_t chooser_count;
} fixture_t;

static fixture_t start(unsigned rights, int rows, int columns)
{
    fixture_t self = {.live = scripted_live(), .history = history_new(NULL)};
    scripted_everything(self.live);
    self.console = console_new(self.live, self.history, "ipc:///run/dd", rights);
    self.canvas = canvas_new(rows, columns);
    assert_non_null(self.console);
    assert_non_null(self.canvas);
    return self;
}

static void stop(fixture_t *self)
{
    console_destroy(&self->console);
    history_destroy(&self->history);
    session_view_destroy(&self->live);
    canvas_destroy(&self->canvas);
}

static void draw(fixture_t *self)
{
    console_update(self->console);
    self->chooser_count = console_draw(self->console, self->canvas, &self->cursor, self->choosers);
}

/* Types a text, '\n' being Enter, and draws. */
static unsigned type(fixture_t *self, const char *keys)
{
    unsigned flags = 0;
    for (; *keys != '\0'; keys++)
        flags = console_key(self->console, *keys == '\n'     ? UI_ENTER
                                           : *keys == '\x1b' ? UI_ESCAPE
                                                             : (ui_key_t)*keys);
    draw(self);
    return flags;
}

static unsigned press(fixture_t *self, ui_key_t key)
{
    unsigned flags = console_key(self->console, key);
    draw(self);
    return flags;
}

/* ---- Pages ---------------------------------------------------------------------------------- */

static void test_every_page_at_every_size(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        const char *shows;
    } PAGES_OF[] = {{"1", "broker1"}, {"2", "cli10"}, {"3", "alarms"}, {"4", "hello"},
        {"5", "registered as a.cli1"}, {"6", "Brokers on the way"}, {"7", "Screens"}};
    static const int SIZES[][2] = {{15, 60}, {24, 80}, {50, 200}, {80, 250}};
    for (size_t size = 0; size < sizeof SIZES / sizeof SIZES[0]; size++) {
        fixture_t self = start(RIGHT_SEND, SIZES[size][0], SIZES[size][1]);
        scripted_message(self.live, "cli2", NULL, "hello", 5);
        for (size_t i = 0; i < sizeof PAGES_OF / sizeof PAGES_OF[0]; i++) {
            type(&self, PAGES_OF[i].key);
            assert_shows(self.canvas, "a.cli1 @ broker0 /1/2/3/");
            assert_shows(self.canvas, "14:03:");
            assert_shows(self.canvas, "q Quit");
            if (i + 1 < PAGES || SIZES[size][0] > 15)
                assert_shows(self.canvas, PAGES_OF[i].shows);
        }
        stop(&self);
    }
}

static void test_too_small(void **state)
{
    (void)state;
    static const int SIZES[][2] = {{14, 80}, {24, 59}, {1, 1}, {2, 30}};
    for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
        fixture_t self = start(RIGHT_SEND, SIZES[i][0], SIZES[i][1]);
        draw(&self);
        if (SIZES[i][1] >= 30)
            assert_shows(self.canvas, "is too small");
        assert_hides(self.canvas, "DoubleDecker");
        stop(&self);
    }
}

static void test_the_tree(void **state)
{
    (void)state;
    fixture_t self = start(RIGHT_SEND, 24, 80);
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
    scripted_pass(self.live, 5000);
    draw(&self);
    assert_shows(self.canvas, "stale 5s");
    scripted_pass(self.live, 7000);
    draw(&self);
    assert_shows(self.canvas, "GONE 12s");
    stop(&self);
}

static void test_no_broker_there(void **state)
{
    (void)state;
    fixture_t self = start(RIGHT_SEND, 24, 80);
    session_view_destroy(&self.live);
    console_destroy(&self.console);
    self.live = session_view_new(false);
    self.console = console_new(self.live, self.history, "tcp://127.0.0.1:5555", RIGHT_SEND);
    draw(&self);
    assert_shows(self.canvas, "connecting to tcp://127.0.0.1:5555");
    assert_shows(self.canvas, "console keeps trying");
    scripted_register(self.live);
    draw(&self);
    assert_shows(self.canvas, "registered");
    assert_shows(self.canvas, "Waiting for the brokers to answer");
    stop(&self);
}

static void test_orders_and_details(void **state)
{
    (void)state;
    fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "2o");
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
    type(&self, "\x1b");
    assert_hides(self.canvas, "details");
    assert_hides(self.canvas, "cli10"); /* the filter stays */
    type(&self, "\x1b");
    assert_shows(self.canvas, "cli10");
    stop(&self);
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
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        fixture_t self = start(RIGHT_SEND, 24, 80);
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

static void test_searching(void **state)
{
    (void)state;
    static char text[4000];
    fixture_t self = start(RIGHT_SEND, 24, 80);
    memset(text, '\n', sizeof text);
    memcpy(text + 1000, "needle one", 10);
    memcpy(text + 3000, "needle two", 10);
    scripted_message(self.live, "cli2", NULL, "before", 6);
    scripted_message(self.live, "cli2", NULL, text, sizeof text);
    scripted_message(self.live, "cli2", NULL, "after", 5);
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

/* ---- Messages ------------------------------------------------------------------------------- */

static void test_messages(void **state)
{
    (void)state;
    fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_message(self.live, "cli2", "alarms", "{\"sev\":3}", 9);
    scripted_message(self.live, "cli2", NULL, "later", 5);
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
    scripted_message(self.live, "cli3", NULL, "unseen", 6);
    draw(&self);
    assert_hides(self.canvas, "unseen");
    type(&self, "f");
    assert_shows(self.canvas, "unseen");
    type(&self, "c");
    assert_shows(self.canvas, "No message has arrived");
    stop(&self);
}

static void test_saving(void **state)
{
    (void)state;
    char path[] = "/tmp/dd-console.XXXXXX";
    char data[64] = "";
    dd_problem_t problem;
    fixture_t self = start(RIGHT_SEND, 24, 80);
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    type(&self, "4");
    assert_false(console_save(self.console, path, &problem)); /* nothing is selected */
    scripted_message(self.live, "cli2", NULL, "a\0b", 3);
    type(&self, "w");
    assert_shows(self.canvas, "Save message");
    assert_shows(self.canvas, "message-14-");
    assert_false(console_save(self.console, path, &problem)); /* it is there already */
    assert_non_null(strstr(problem.text, path));
    unlink(path);
    assert_true(console_save(self.console, path, &problem));
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fread(data, 1, sizeof data, file), 3);
    assert_memory_equal(data, "a\0b", 3);
    fclose(file);
    unlink(path);
    stop(&self);
}

/* ---- Forms and the menu --------------------------------------------------------------------- */

static void test_the_old_flow_by_name(void **state)
{
    (void)state;
    fixture_t self = start(RIGHT_SEND, 24, 80);
    press(&self, UI_F(9));
    assert_int_equal(self.chooser_count, 1);
    assert_string_equal(self.choosers[0].items[0], "Send Notification");
    assert_string_equal(self.choosers[0].items[1], "Publish message");
    assert_string_equal(self.choosers[0].items[2], "Subscribe to topic");
    type(&self, "\n");
    assert_shows(self.canvas, "Send Notification");
    assert_shows(self.canvas, "Destination");
    assert_string_equal(self.choosers[0].items[0], "Notify");
    assert_true(self.cursor.visible);
    assert_int_equal(type(&self, "cli2\nhello\n"), CONSOLE_COMMAND);
    assert_string_equal(console_command(self.console)->name, "cli2");
    console_done(self.console, NULL);
    session_view_sent(self.live, 5, "cli2", true);
    dd_event_t event = scripted_event(DD_EVENT_RECEIPT);
    event.ref = 5;
    session_view_event(self.live, &event);
    draw(&self);
    assert_hides(self.canvas, "Destination");
    assert_shows(self.canvas, "delivered to cli2");
    type(&self, "m");
    console_choose(self.console, CHOOSER_LIST, 2);
    type(&self, "\n");
    assert_shows(self.canvas, "Scope");
    stop(&self);
}

static void test_forms_begin_with_what_is_selected(void **state)
{
    (void)state;
    fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "2");
    press(&self, UI_END);
    type(&self, "n");
    assert_shows(self.canvas, "Destination  cli10");
    type(&self, "\x1b");
    press(&self, UI_HOME);
    type(&self, "n"); /* oneself is nobody to notify */
    assert_hides(self.canvas, "Destination  cli1");
    type(&self, "\x1b");
    scripted_message(self.live, "sender", "topic", "x", 1);
    type(&self, "4n");
    assert_shows(self.canvas, "Destination  sender");
    type(&self, "\x1bs");
    assert_shows(self.canvas, "Topic        topic");
    stop(&self);
}

static void test_a_failed_command_keeps_its_form(void **state)
{
    (void)state;
    fixture_t self = start(RIGHT_SEND, 24, 80);
    assert_int_equal(type(&self, "pnews\nlong text\n"), CONSOLE_COMMAND);
    console_done(self.console, "not done: not connected");
    draw(&self);
    assert_shows(self.canvas, "not done: not connected");
    assert_shows(self.canvas, "long text");
    stop(&self);
}

static void test_paste(void **state)
{
    (void)state;
    fixture_t self = start(RIGHT_SEND, 24, 80);
    console_paste(self.console, 'q'); /* on a page it does nothing */
    type(&self, "ncli2\n");
    for (const char *at = "one\rtwo\tq"; *at != '\0'; at++)
        console_paste(self.console, (ui_key_t)*at);
    draw(&self);
    assert_shows(self.canvas, "one␊two␉q");
    assert_int_equal(type(&self, "\n"), CONSOLE_COMMAND);
    assert_string_equal(console_command(self.console)->text, "one\ntwo\tq");
    stop(&self);
}

static void test_read_only(void **state)
{
    (void)state;
    fixture_t self = start(0, 24, 80);
    for (page_t page = PAGE_TREE; page < PAGES; page++) {
        char keys[] = {(char)('1' + page), '\0'};
        type(&self, keys);
        assert_hides(self.canvas, "Notify");
        assert_hides(self.canvas, "Publish");
        assert_hides(self.canvas, "Subscribe ");
        assert_int_equal(type(&self, "npsutxEDL"), 0);
        assert_int_equal(self.chooser_count, 0);
    }
    type(&self, "m");
    assert_string_equal(self.choosers[0].items[0], "Help");
    assert_int_equal(self.choosers[0].count, 2);
    stop(&self);
}

static void test_operators(void **state)
{
    (void)state;
    fixture_t self = start(RIGHT_OPERATE, 24, 80);
    press(&self, UI_DOWN);
    type(&self, "D");
    assert_shows(self.canvas, "Drain broker");
    assert_int_equal(type(&self, "broker\n"), 0);
    assert_int_equal(type(&self, "1\n"), CONSOLE_COMMAND);
    assert_int_equal(console_command(self.console)->kind, FORM_DRAIN);
    assert_string_equal(console_command(self.console)->broker, "bb");
    console_done(self.console, NULL);
    type(&self, "2/cli2\nE");
    assert_int_equal(type(&self, "a.cli2\n"), CONSOLE_COMMAND);
    assert_string_equal(console_command(self.console)->broker, "dd"); /* broker5's */
    console_done(self.console, NULL);
    assert_int_equal(type(&self, "n"), 0);
    assert_hides(self.canvas, "Send Notification");
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

static void test_clients_that_left_say_how(void **state)
{
    (void)state;
    static const char *const LATER[] = {
        "{\"broker\":\"broker0\",\"scope\":\"/1/2/3/\",\"clients\":[{\"tenant\":\"a\",\"name\":"
        "\"cli1\"}]}"};
    fixture_t self = start(RIGHT_SEND, 50, 200);
    type(&self, "2");
    assert_int_equal(console_views(self.console) & 1u << VIEW_EVENTS, 0);
    scripted_pass(self.live, 1000);
    scripted_round(self.live, VIEW_CLIENTS, LATER, 1);
    draw(&self);
    assert_int_not_equal(console_views(self.console) & 1u << VIEW_EVENTS, 0);
    scripted_round(self.live, VIEW_EVENTS, HAPPENED, 2);
    draw(&self);
    assert_shows(self.canvas, "left 1s its connection broke");
    assert_shows(self.canvas, "left 1s it said goodbye");
    stop(&self);
}

/* Of one moment, what was told of later stands below. */
static void test_events_stand_in_their_order(void **state)
{
    (void)state;
    static const char *const ORDER[] = {
        "cli1 registered", "cli10 registered", "cli10 is gone", "cli2 ended: it said goodbye"};
    fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_round(self.live, VIEW_EVENTS, HAPPENED, 2);
    type(&self, "5");
    int row = 0;
    for (size_t i = 0; i < sizeof ORDER / sizeof ORDER[0]; i++) {
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

/* The subscriptions of one client are asked of its broker alone; everybody's, of all. */
static void test_who_is_asked_for_subscriptions(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        const char *broker;
    } STEPS[] = {
        {"2/cli2\n", "dd"}, {"s", NULL}, {"\x1b", "dd"}, {"3", NULL}, {"2\n", "dd"}, {"1", NULL}};
    fixture_t self = start(RIGHT_SEND, 24, 80);
    for (size_t i = 0; i < sizeof STEPS / sizeof STEPS[0]; i++) {
        type(&self, STEPS[i].keys);
        console_update(self.console);
        dd_question_t question =
            poller_question(session_view_rounds(self.live), VIEW_SUBSCRIPTIONS);
        if (STEPS[i].broker)
            assert_string_equal(question.broker, STEPS[i].broker);
        else
            assert_null(question.broker);
    }
    stop(&self);
}

static void test_an_operator_sees_what_happens(void **state)
{
    (void)state;
    fixture_t self = {.live = session_view_new(true), .history = history_new(NULL)};
    self.console = console_new(self.live, self.history, "ipc:///run/dd", RIGHT_OPERATE);
    self.canvas = canvas_new(24, 80);
    scripted_pass(self.live, 0);
    scripted_register(self.live);
    scripted_everything(self.live);
    assert_int_not_equal(console_views(self.console) & 1u << VIEW_EVENTS, 0);
    draw(&self);
    assert_shows(self.canvas, "Nothing has happened.");
    scripted_round(self.live, VIEW_EVENTS, HAPPENED, 2);
    draw(&self);
    assert_shows(self.canvas, "broker5      client a.cli2 ended: it said goodbye");
    assert_hides(self.canvas, "No message");
    stop(&self);
}

static void test_the_end_is_told(void **state)
{
    (void)state;
    fixture_t self = start(RIGHT_SEND, 24, 80);
    dd_event_t event = scripted_event(DD_EVENT_CLOSED);
    event.error = DD_E_NAME_TAKEN;
    type(&self, "n"); /* whatever is open */
    session_view_event(self.live, &event);
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

/* ---- The mouse ------------------------------------------------------------------------------ */

static void test_the_mouse(void **state)
{
    (void)state;
    fixture_t self = start(RIGHT_SEND, 24, 80);
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

/* ---- Hostile and large ---------------------------------------------------------------------- */

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
    fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_round(self.live, VIEW_TREE, TREE, 1);
    scripted_round(self.live, VIEW_CLIENTS, CLIENTS, 1);
    scripted_round(self.live, VIEW_EVENTS, EVENTS, 1);
    scripted_message(self.live, "\x1b[31m", "\x1b]0;x\x07", big, sizeof big);
    scripted_message(self.live, "e\xcc\x81\xcc\x81", NULL, "\xff\xfe\xc0\x80", 4);
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

/* A tree of that many brokers and clients, each broker with its share of them. */
static void report_many(session_view_t *live, size_t brokers, size_t clients)
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
    scripted_round(live, VIEW_TREE, (const char *const *)reports, brokers);
    for (size_t b = 0; b < brokers; b++) {
        size_t room = 256 + clients / brokers * 96, used = 0;
        used = (size_t)snprintf(reports[b], room, "{\"broker\":\"broker%zu\",\"clients\":[", b);
        for (size_t c = 0; c < clients / brokers; c++)
            used += (size_t)snprintf(reports[b] + used, room - used,
                "%s{\"tenant\":\"a\",\"name\":\"client%zu\",\"in\":%zu,\"out\":7}",
                c > 0 ? "," : "", b * (clients / brokers) + c, c);
        snprintf(reports[b] + used, room - used, "]}");
    }
    scripted_round(live, VIEW_CLIENTS, (const char *const *)reports, brokers);
    for (size_t b = 0; b < brokers; b++)
        free(reports[b]);
    free(reports);
}

static void test_many_clients_scroll_without_lag(void **state)
{
    (void)state;
    fixture_t self = start(RIGHT_SEND, 50, 200);
    report_many(self.live, 100, 10000);
    type(&self, "2");
    assert_shows(self.canvas, "Clients  10");
    uint64_t before = dd_clock_us();
    for (int i = 0; i < 1000; i++)
        press(&self, i % 2 == 0 ? UI_PAGE_DOWN : UI_DOWN);
    uint64_t each = (dd_clock_us() - before) / 1000;
    press(&self, UI_END);
    assert_shows(self.canvas, "client9999");
    if (each > 30000) /* ample, also for a slow machine with sanitizers */
        fail_msg("a key takes %u us", (unsigned)each);
    type(&self, "/client777\n");
    assert_shows(self.canvas, "Clients  11 of 10");
    press(&self, UI_END);
    scripted_pass(self.live, 1000);
    report_many(self.live, 100, 10000); /* the selection follows */
    draw(&self);
    assert_shows(self.canvas, "client7779");
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
    fixture_t self = start(RIGHT_SEND | RIGHT_OPERATE, 24, 80);
    for (int i = 0; i < 20000; i++) {
        uint32_t random = next_random(&seed);
        ui_key_t key = random % 3 == 0 ? MORE[random / 3 % (sizeof MORE / sizeof MORE[0])]
                                       : 0x20 + random / 3 % 0x5f;
        if (console_key(self.console, key) & CONSOLE_COMMAND)
            console_done(self.console, random % 2 ? "no" : NULL);
        if (random % 7 == 0)
            scripted_message(self.live, "cli2", "t", "x", 1);
        if (random % 101 == 0)
            scripted_everything(self.live);
        if (random % 31 == 0) {
            canvas_destroy(&self.canvas);
            self.canvas =
                canvas_new((int)(next_random(&seed) % 60) + 1, (int)(next_random(&seed) % 220) + 1);
        }
        if (random % 5 == 0)
            draw(&self);
        scripted_pass(self.live, random % 100);
    }
    stop(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_page_at_every_size),
        cmocka_unit_test(test_too_small),
        cmocka_unit_test(test_the_tree),
        cmocka_unit_test(test_no_broker_there),
        cmocka_unit_test(test_orders_and_details),
        cmocka_unit_test(test_keys_in_a_detail),
        cmocka_unit_test(test_searching),
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_saving),
        cmocka_unit_test(test_the_old_flow_by_name),
        cmocka_unit_test(test_forms_begin_with_what_is_selected),
        cmocka_unit_test(test_a_failed_command_keeps_its_form),
        cmocka_unit_test(test_paste),
        cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_operators),
        cmocka_unit_test(test_an_operator_sees_what_happens),
        cmocka_unit_test(test_clients_that_left_say_how),
        cmocka_unit_test(test_events_stand_in_their_order),
        cmocka_unit_test(test_who_is_asked_for_subscriptions),
        cmocka_unit_test(test_the_end_is_told),
        cmocka_unit_test(test_the_mouse),
        cmocka_unit_test(test_hostile_names_and_messages),
        cmocka_unit_test(test_many_clients_scroll_without_lag),
        cmocka_unit_test(test_any_keys_at_any_size),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
