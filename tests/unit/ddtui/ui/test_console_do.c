/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_console_do - typed commands do what their keys and forms do
 */
#include "tests/unit/ddtui/console_fixture.h"

static const char *const TWO_OF_A_NAME[] = {
    SCRIPTED_BROKER("root", "/1/", "aa", "null", ""),
    SCRIPTED_BROKER("west", "/1/2/", "b1234567890", "\"aa\"", ""),
    SCRIPTED_BROKER("west", "/1/3/", "c1234567890", "\"aa\"", ""),
};

static void test_pages_and_filters(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, ":clients cli2\n");
    assert_shows(self.canvas, "Clients  1 of 3 with \"cli2\"");
    type(&self, ":filter\n");
    assert_shows(self.canvas, "Clients  3");
    type(&self, ":topics\n");
    assert_shows(self.canvas, "Topics");
    type(&self, ":brokers /1/5/\n");
    assert_shows(self.canvas, "Tree  1 of 4");
    type(&self, ":broker broker1\n"); /* which the filter hides */
    assert_shows(self.canvas, "Tree  4");
    type(&self, "\n");
    assert_shows(self.canvas, "broker        broker1");
    type(&self, "q:client cli2\n"); /* q closes what is open */
    type(&self, "n");
    assert_shows(self.canvas, "Destination  cli2");
    type(&self, "\x1b:help\n");
    assert_shows(self.canvas, "A tree of brokers");
    assert_int_equal(type(&self, ":quit\n"), CONSOLE_QUIT);
    stop(&self);
}

static void test_an_unknown_name_is_told_with_the_one_that_was_meant(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_OPERATE, 24, 80);
    type(&self, ":broker broker7x\n");
    assert_shows(self.canvas, "no broker broker7x is known here; did you mean broker1?");
    type(&self, ":drain nobody\n");
    assert_shows(self.canvas, "no broker nobody is known here");
    assert_hides(self.canvas, "Drain broker");
    type(&self, ":brokr x\n");
    assert_shows(self.canvas, "did you mean :broker?");
    type(&self, ":tree lab\n");
    assert_shows(self.canvas, "ddtui.conf has no tree lab: it names none");
    stop(&self);
}

/* It needs no look at the form if all is said. */
static void test_sending_by_command(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    assert_int_equal(type(&self, ":notify cli2 hello  you\n"), CONSOLE_COMMAND);
    assert_int_equal(console_command(self.console)->kind, FORM_NOTIFY);
    assert_string_equal(console_command(self.console)->name, "cli2");
    assert_string_equal(console_command(self.console)->text, "hello  you");
    console_done(self.console, NULL);
    assert_int_equal(type(&self, ":subscribe alarms region\n"), CONSOLE_COMMAND);
    assert_string_equal(console_command(self.console)->scope, "region");
    console_done(self.console, "not done: whatever");
    draw(&self);
    assert_shows(self.canvas, "not done: whatever");
    type(&self, "\x1b");
    assert_int_equal(type(&self, ":subscribe alarms nowhere\n"), 0);
    assert_shows(self.canvas, "no scope: a word of the list");
    stop(&self);
}

static void test_unsubscribing_by_command(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, ":unsubscribe alarms\n");
    assert_shows(self.canvas, "none of your subscriptions");
    session_view_subscribed(self.session, "alarms", "region");
    assert_int_equal(type(&self, ":unsubscribe alarms\n"), CONSOLE_COMMAND);
    assert_string_equal(console_command(self.console)->name, "alarms");
    assert_string_equal(console_command(self.console)->scope, "region");
    console_done(self.console, NULL);
    session_view_subscribed(self.session, "alarms", "all");
    type(&self, ":unsubscribe alarms\n");
    assert_shows(self.canvas, "write the scope, too");
    assert_int_equal(type(&self, ":unsubscribe alarms all\n"), CONSOLE_COMMAND);
    stop(&self);
}

/* What an operator does is confirmed all the same. */
static void test_orders_open_their_forms(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_OPERATE, 24, 80);
    assert_int_equal(type(&self, ":move broker0 tcp://h:1\n"), 0);
    assert_shows(self.canvas, "Move a broker to another parent");
    assert_shows(self.canvas, "tcp://h:1");
    assert_int_equal(type(&self, "\nbroker0\n"), CONSOLE_COMMAND);
    assert_int_equal(console_command(self.console)->kind, FORM_MOVE);
    assert_string_equal(console_command(self.console)->endpoint, "tcp://h:1");
    assert_string_equal(console_command(self.console)->broker, "cc");
    console_done(self.console, NULL);
    type(&self, ":end a.cli2\n");
    assert_shows(self.canvas, "End client");
    assert_shows(self.canvas, "at broker5 /1/5/  id dd");
    assert_shows(self.canvas, "type a.cli2, or just cli2 to confirm");
    assert_int_equal(type(&self, "cli2\n"), CONSOLE_COMMAND);
    assert_string_equal(console_command(self.console)->name, "a.cli2");
    type(&self, "\x1b:drain broker1\n");
    assert_shows(self.canvas, "1 broker beneath it: broker0");
    stop(&self);
}

static void test_ambiguous_names_are_refused(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_OPERATE, 24, 80);
    scripted_round(self.session, VIEW_TREE, TWO_OF_A_NAME, COUNT(TWO_OF_A_NAME));
    type(&self, ":drain west\n");
    assert_shows(self.canvas, "2 brokers are called west");
    assert_hides(self.canvas, "Drain broker");
    type(&self, "1/");
    type(&self, "/1/3/\n");
    type(&self, "D");
    assert_shows(self.canvas, "type c1234567 to confirm");
    assert_int_equal(type(&self, "west\n"), 0);
    assert_shows(self.canvas, "others have that name, too");
    for (int i = 0; i < 4; i++)
        press(&self, UI_BACKSPACE);
    assert_int_equal(type(&self, "c1234567\n"), CONSOLE_COMMAND);
    assert_string_equal(console_command(self.console)->name, "west");
    assert_string_equal(console_command(self.console)->broker, "c1234567890");
    stop(&self);
}

static void test_completion_on_the_line(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_OPERATE, 24, 80);
    type(&self, ":");
    assert_shows(self.canvas, "clients [FILTER]");
    assert_true(self.cursor.visible);
    type(&self, "mov\t");
    assert_shows(self.canvas, ":move");
    type(&self, "bro\t");
    assert_shows(self.canvas, ":move broker"); /* as far as all agree */
    press(&self, UI_DOWN);
    type(&self, "\t");
    assert_shows(self.canvas, ":move broker1");
    type(&self, "\x1b");
    assert_hides(self.canvas, ":move");
    type(&self, ":move");
    press(&self, UI_DOWN);
    type(&self, "\x1b");
    stop(&self);
}

static void test_trees(void **state)
{
    (void)state;
    static const char *const NAMES[] = {"lab", "production", NULL};
    console_fixture_t self = start(RIGHT_SEND, 24, 100);
    console_set_trees(self.console, NAMES, "lab");
    draw(&self);
    assert_shows(self.canvas, "@lab");
    assert_int_equal(type(&self, ":tree production\n"), CONSOLE_TREE);
    assert_string_equal(console_wanted_tree(self.console), "production");
    type(&self, ":tree prodction\n");
    assert_shows(self.canvas, "ddtui.conf has no tree prodction; Tab shows those it has");
    stop(&self);
}

static void test_connecting_elsewhere(void **state)
{
    (void)state;
    static const char *const TREE[] = {SCRIPTED_BROKER("root", "/1/", "aa", "null", ""),
        SCRIPTED_BROKER("west", "/1/2/", "bb", "\"aa\"",
            "\"parents\":\"tcp://127.0.0.1:5555 joined, tcp://b:2 answers\",")};
    console_fixture_t self = start(RIGHT_OPERATE, 24, 80);
    scripted_round(self.session, VIEW_TREE, TREE, COUNT(TREE));
    type(&self, ":connect b:2\n");
    assert_shows(self.canvas, "b:2");
    assert_int_equal(type(&self, ":connect tcp://b:2,tcp://c:3\n"), CONSOLE_CONNECT);
    assert_string_equal(console_wanted_endpoint(self.console), "tcp://b:2,tcp://c:3");
    dd_event_t event = scripted_event(DD_EVENT_DISCONNECTED);
    event.error = DD_E_TIMEOUT;
    session_view_event(self.session, &event);
    draw(&self);
    assert_shows(self.canvas, "Others are known: :connect tcp://b:2");
    type(&self, ":connect ");
    assert_shows(self.canvas, "tcp://b:2");
    stop(&self);
}

static void test_only_what_worked_is_offered_again(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, ":clients cli2\n:cliants\n:client nobody\n:");
    assert_shows(self.canvas, "clients cli2 (again)");
    assert_hides(self.canvas, "cliants");
    assert_hides(self.canvas, "client nobody");
    type(&self, "\x1b:export /nodir/rows\n");
    console_done(self.console, "/nodir/rows: No such file or directory");
    type(&self, "\x1bW");
    assert_hides(self.canvas, "/nodir");
    stop(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages_and_filters),
        cmocka_unit_test(test_an_unknown_name_is_told_with_the_one_that_was_meant),
        cmocka_unit_test(test_sending_by_command),
        cmocka_unit_test(test_unsubscribing_by_command),
        cmocka_unit_test(test_orders_open_their_forms),
        cmocka_unit_test(test_ambiguous_names_are_refused),
        cmocka_unit_test(test_completion_on_the_line),
        cmocka_unit_test(test_trees),
        cmocka_unit_test(test_connecting_elsewhere),
        cmocka_unit_test(test_only_what_worked_is_offered_again),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
