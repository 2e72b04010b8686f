/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_console_forms - which forms open when, what they begin with, and what becomes of their
 * commands
 */
#include "tests/unit/ddtui/console_fixture.h"

static void test_saving(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "4w");
    assert_hides(self.canvas, "Save message"); /* there is none */
    scripted_message(self.session, "cli2", NULL, "a\0b", 3);
    type(&self, "w");
    assert_shows(self.canvas, "Save message");
    assert_shows(self.canvas, "message-14-");
    assert_int_equal(type(&self, "\n"), CONSOLE_COMMAND);
    assert_int_equal(console_command(self.console)->kind, FORM_SAVE);
    assert_int_equal(console_message_to_save(self.console)->size, 3);
    assert_memory_equal(console_message_to_save(self.console)->data, "a\0b", 3);
    stop(&self);
}

/* The selection rolls on with what arrives while the file's name is typed. */
static void test_the_message_that_was_selected_is_saved(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_message(self.session, "cli2", NULL, "first", 5);
    type(&self, "4w");
    scripted_message(self.session, "cli2", NULL, "second", 6);
    assert_int_equal(type(&self, "\n"), CONSOLE_COMMAND);
    assert_memory_equal(console_message_to_save(self.console)->data, "first", 5);
    session_view_clear(self.session, PART_MESSAGES);
    assert_null(console_message_to_save(self.console));
    scripted_message(self.session, "cli2", NULL, "third", 5);
    assert_null(console_message_to_save(self.console));
    stop(&self);
}

/* An item of the menu, and the key that does it. */
static void assert_item(
    const console_fixture_t *self, size_t number, const char *words, const char *key)
{
    const char *item = self->choosers[0].items[number];
    assert_int_equal(strncmp(item, words, strlen(words)), 0);
    assert_string_equal(strrchr(item, ' ') + 1, key);
}

static void test_the_old_flow_by_name(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    press(&self, UI_F(9));
    assert_int_equal(self.chooser_count, 1);
    assert_item(&self, 0, "Send Notification", "n");
    assert_item(&self, 1, "Publish message", "p");
    assert_item(&self, 2, "Subscribe to topic", "s");
    type(&self, "\n");
    assert_shows(self.canvas, "Send Notification");
    assert_shows(self.canvas, "Destination");
    assert_string_equal(self.choosers[0].items[0], "Notify");
    assert_true(self.cursor.visible);
    assert_int_equal(type(&self, "cli2\nhello\n"), CONSOLE_COMMAND);
    assert_string_equal(console_command(self.console)->name, "cli2");
    console_done(self.console, NULL);
    session_view_sent(self.session, 5, "cli2", true);
    dd_event_t event = scripted_event(DD_EVENT_RECEIPT);
    event.ref = 5;
    session_view_event(self.session, &event);
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
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    type(&self, "2");
    press(&self, UI_END);
    type(&self, "n");
    assert_shows(self.canvas, "Destination  cli10");
    type(&self, "\x1b");
    press(&self, UI_HOME);
    type(&self, "n"); /* oneself is nobody to notify */
    assert_hides(self.canvas, "Destination  cli1");
    type(&self, "\x1b");
    scripted_message(self.session, "sender", "topic", "x", 1);
    type(&self, "4n");
    assert_shows(self.canvas, "Destination  sender");
    type(&self, "\x1bs");
    assert_shows(self.canvas, "Topic        topic");
    stop(&self);
}

static void test_a_failed_command_keeps_its_form(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
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
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
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
    console_fixture_t self = start(0, 24, 80);
    for (page_number_t page = PAGE_TREE; page < PAGE_TABS; page++) {
        char keys[] = {(char)('1' + page), '\0'};
        type(&self, keys);
        assert_hides(self.canvas, "Notify");
        assert_hides(self.canvas, "Publish");
        assert_hides(self.canvas, "Subscribe ");
        assert_int_equal(type(&self, "npsutxEDL"), 0);
        assert_int_equal(self.chooser_count, 0);
    }
    type(&self, "m");
    assert_item(&self, 0, "Topics, the busiest first", "T"); /* nothing that sends */
    stop(&self);
}

static void test_operators(void **state)
{
    (void)state;
    console_fixture_t self = start(RIGHT_OPERATE, 24, 80);
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

/* What is typed must be seen, and that what it is about, too. */
static void test_forms_have_their_fields_on_the_smallest_screen(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *shows[4];
    } CASES[] = {{"1P", {"New parent", "To confirm", "root", "the rest until"}},
        {"1D", {"To confirm", "root", "beneath it"}}, {"2E", {"To confirm", "a.cli1", "waits"}},
        {"1L", {"Level", "To confirm", "root"}}, {"2n", {"Destination", "Message", "Receipt"}},
        {"3s", {"Topic", "Scope"}}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        console_fixture_t self =
            start(RIGHT_OPERATE | RIGHT_SEND, CONSOLE_ROWS_MIN, CONSOLE_COLUMNS_MIN);
        type(&self, CASES[i].keys);
        for (size_t k = 0; k < COUNT(CASES[i].shows) && CASES[i].shows[k]; k++)
            assert_shows(self.canvas, CASES[i].shows[k]);
        assert_true(self.cursor.visible);
        stop(&self);
    }
}

/* Unless what is typed is a name itself. */
static void test_tab_completes_in_forms_too(void **state)
{
    (void)state;
    static const char *const NAMES[] = {
        "{\"broker\":\"broker0\",\"scope\":\"/1/2/3/\",\"clients\":["
        "{\"tenant\":\"a\",\"name\":\"archive\"},{\"tenant\":\"a\",\"name\":\"cli1\"},"
        "{\"tenant\":\"a\",\"name\":\"cli10\"},{\"tenant\":\"a\",\"name\":\"tap\"},"
        "{\"tenant\":\"a\",\"name\":\"tap-2\"}]}"};
    static const char *const CASES[][2] = {
        {"arch", "archive"}, {"cli1", "cli1 "}, {"tap", "tap "}, {"a", "a "}, {"zz", "zz "}};
    console_fixture_t self = start(RIGHT_SEND, 24, 80);
    scripted_round(self.session, VIEW_CLIENTS, NAMES, 1);
    type(&self, "5");
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char shown[64];
        type(&self, "n");
        press(&self, UI_CTRL('U'));
        type(&self, CASES[i][0]);
        press(&self, UI_TAB);
        snprintf(shown, sizeof shown, "Destination  %s", CASES[i][1]);
        assert_shows(self.canvas, shown);
        type(&self, "\x1b");
    }
    stop(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_saving),
        cmocka_unit_test(test_the_message_that_was_selected_is_saved),
        cmocka_unit_test(test_the_old_flow_by_name),
        cmocka_unit_test(test_forms_begin_with_what_is_selected),
        cmocka_unit_test(test_a_failed_command_keeps_its_form),
        cmocka_unit_test(test_paste),
        cmocka_unit_test(test_read_only),
        cmocka_unit_test(test_operators),
        cmocka_unit_test(test_forms_have_their_fields_on_the_smallest_screen),
        cmocka_unit_test(test_tab_completes_in_forms_too),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
