/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_forms - what forms take, completion_offer, refuse, and hand on
 */
#include "tests/unit/ddtui/scripted.h"

typedef struct {
    session_view_t *session;
    history_t *history;
    form_t *form;
} fixture_t;

static fixture_t open_form(form_kind_t kind, const form_about_t *about)
{
    fixture_t self = {.session = scripted_session(), .history = history_new(NULL)};
    scripted_everything(self.session);
    self.form = form_new(kind, about ? about : &(form_about_t){0}, self.session, self.history);
    assert_non_null(self.form);
    return self;
}

static void close_form(fixture_t *self)
{
    form_destroy(&self->form);
    history_destroy(&self->history);
    session_view_destroy(&self->session);
}

static form_state_t press(fixture_t *self, ui_key_t key)
{
    return form_key(self->form, key, keymap_action(key, AT_FORM, 0));
}

static form_state_t type(fixture_t *self, const char *text)
{
    form_state_t state = FORM_OPEN;
    for (; *text != '\0'; text++)
        state = press(self, *text == '\n' ? UI_ENTER : *text == '\t' ? UI_TAB : (ui_key_t)*text);
    return state;
}

static canvas_t *drawn(fixture_t *self, cursor_t *cursor, chooser_t choosers[2], size_t *count)
{
    canvas_t *canvas = canvas_new(22, 80);
    *count = form_draw(self->form, canvas, canvas_all(canvas), cursor, choosers);
    return canvas;
}

static void assert_form_shows(fixture_t *self, const char *text)
{
    cursor_t cursor;
    chooser_t choosers[2];
    size_t count;
    canvas_t *canvas = drawn(self, &cursor, choosers, &count);
    assert_shows(canvas, text);
    canvas_destroy(&canvas);
}

/* ---- Commands ------------------------------------------------------------------------------- */

static void test_notify(void **state)
{
    (void)state;
    fixture_t self = open_form(FORM_NOTIFY, NULL);
    assert_int_equal(type(&self, "cli2\thello you\t "), FORM_OPEN);
    assert_int_equal(type(&self, "\t\n"), FORM_READY); /* the button */
    const command_t *command = form_command(self.form);
    assert_string_equal(command->name, "cli2");
    assert_string_equal(command->text, "hello you");
    assert_false(command->receipt); /* the blank took it off */
    assert_int_equal(history_count(self.history, HISTORY_DESTINATION), 0); /* until it is done */
    form_remember(self.form);
    assert_string_equal(history_at(self.history, HISTORY_DESTINATION, 0), "cli2");
    close_form(&self);
    self = open_form(FORM_NOTIFY, NULL);
    assert_int_equal(type(&self, "cli2\nhello\n"), FORM_READY); /* Enter does it, too */
    assert_true(form_command(self.form)->receipt);
    close_form(&self);
}

static void test_publish_and_subscribe(void **state)
{
    (void)state;
    fixture_t self = open_form(FORM_PUBLISH, NULL);
    assert_int_equal(type(&self, "alarms\n{\"a\":1}\n"), FORM_READY);
    assert_string_equal(form_command(self.form)->name, "alarms");
    assert_string_equal(form_command(self.form)->text, "{\"a\":1}");
    close_form(&self);
    self = open_form(FORM_SUBSCRIBE, NULL);
    type(&self, "alarms\t");
    press(&self, UI_DOWN);
    press(&self, UI_DOWN);
    assert_int_equal(type(&self, "\n"), FORM_READY);
    assert_string_equal(form_command(self.form)->scope, "cluster");
    close_form(&self);
    self = open_form(FORM_SUBSCRIBE, NULL); /* what was there is typed over */
    assert_int_equal(type(&self, "alarms\t/1/*/\n"), FORM_READY);
    assert_string_equal(form_command(self.form)->scope, "/1/*/");
    close_form(&self);
}

static void test_unsubscribe(void **state)
{
    (void)state;
    fixture_t self = open_form(FORM_UNSUBSCRIBE, NULL);
    assert_int_equal(type(&self, "alarms\n"), FORM_OPEN);
    assert_form_shows(&self, "you have no subscription");
    session_view_subscribed(self.session, "alarms", "region");
    session_view_subscribed(self.session, "other", "/1/2/");
    form_update(self.form);
    press(&self, UI_CTRL('U'));
    press(&self, UI_DOWN);
    press(&self, UI_DOWN);
    assert_int_equal(type(&self, "\n"), FORM_READY);
    assert_string_equal(form_command(self.form)->name, "other");
    assert_string_equal(form_command(self.form)->scope, "/1/2/");
    close_form(&self);
}

static void test_what_is_wrong_is_said(void **state)
{
    (void)state;
    static const struct {
        form_kind_t kind;
        const char *keys;
        const char *word;
    } CASES[] = {
        {FORM_NOTIFY, "\nx\n", "who is it for?"},
        {FORM_NOTIFY, "two words\nx\n", "no blanks"},
        {FORM_PUBLISH, "\nx\n", "on what topic?"},
        {FORM_PUBLISH, "public\nx\n", "\"public\""},
        {FORM_SUBSCRIBE, "public.x\n\n", "for the public clients"},
        {FORM_SUBSCRIBE, "x\nnowhere\n", "no scope"},
        {FORM_SUBSCRIBE, "x\n/*/*/*/*/\n", "isn't that deep"},
        {FORM_SAVE, "\n", "to which file?"},
        {FORM_TRACE, "\n", "who is it for?"},
        {FORM_DRAIN, "broker2\n", "isn't the name above"},
        {FORM_LOG_LEVEL, "loud\tbroker1\n", "one of the list"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        fixture_t self = open_form(CASES[i].kind, &(form_about_t){.object = "broker1"});
        assert_int_equal(type(&self, CASES[i].keys), FORM_OPEN);
        assert_form_shows(&self, CASES[i].word);
        close_form(&self);
    }
}

static void test_operators_type_the_name(void **state)
{
    (void)state;
    form_about_t about = {.object = "a.cli2", .broker = "dd"};
    fixture_t self = open_form(FORM_END_CLIENT, &about);
    assert_form_shows(&self, "a.cli2");
    assert_int_equal(type(&self, "a.cli\n"), FORM_OPEN);
    assert_int_equal(type(&self, "2\n"), FORM_READY);
    assert_string_equal(form_command(self.form)->name, "a.cli2");
    assert_string_equal(form_command(self.form)->broker, "dd");
    close_form(&self);
    self = open_form(FORM_LOG_LEVEL, &(form_about_t){.object = "broker1", .broker = "bb"});
    press(&self, UI_DOWN);
    assert_int_equal(type(&self, "\tbroker1\n"), FORM_READY);
    assert_string_equal(form_command(self.form)->level, "info");
    assert_string_equal(form_command(self.form)->name, "broker1");
    close_form(&self);
}

static void test_leaving_and_failing(void **state)
{
    (void)state;
    fixture_t self = open_form(FORM_NOTIFY, NULL);
    assert_int_equal(press(&self, UI_ESCAPE), FORM_CANCELLED);
    assert_int_equal(press(&self, UI_CTRL('C')), FORM_CANCELLED);
    type(&self, "cli2\thello\t\t");
    form_choose(self.form, CHOOSER_BUTTONS, 1);
    assert_int_equal(type(&self, "\n"), FORM_CANCELLED);
    form_choose(self.form, CHOOSER_BUTTONS, 0);
    assert_int_equal(type(&self, "\n"), FORM_READY);
    form_fail(self.form, "not registered");
    assert_form_shows(&self, "not registered");
    assert_form_shows(&self, "hello"); /* nothing typed is lost */
    close_form(&self);
}

/* ---- Suggestions ---------------------------------------------------------------------------- */

static void test_suggestions(void **state)
{
    (void)state;
    fixture_t self = open_form(FORM_NOTIFY, NULL);
    assert_form_shows(&self, "cli10");
    assert_form_shows(&self, "cli2");
    type(&self, "I1"); /* upper case is the same; cli1 is this client itself */
    press(&self, UI_DOWN);
    press(&self, UI_TAB);
    type(&self, "x\n");
    assert_string_equal(form_command(self.form)->name, "cli10");
    close_form(&self);
    self = open_form(FORM_NOTIFY, NULL);
    history_add(self.history, HISTORY_DESTINATION, "cli10");
    form_update(self.form);
    press(&self, UI_DOWN);
    press(&self, UI_ENTER);
    type(&self, "x\n");
    assert_string_equal(form_command(self.form)->name, "cli10");
    close_form(&self);
    self = open_form(FORM_PUBLISH, NULL);
    assert_form_shows(&self, "alarms");
    close_form(&self);
}

static void test_a_marked_suggestion_stays_marked(void **state)
{
    (void)state;
    static const char *const MORE[] = {"{\"broker\":\"broker0\",\"clients\":["
                                       "{\"tenant\":\"a\",\"name\":\"aaa\"},"
                                       "{\"tenant\":\"a\",\"name\":\"cli2\"}]}"};
    fixture_t self = open_form(FORM_TRACE, NULL);
    press(&self, UI_DOWN); /* cli2 */
    scripted_round(self.session, VIEW_CLIENTS, MORE, 1);
    form_update(self.form);
    assert_int_equal(press(&self, UI_ENTER), FORM_READY);
    assert_string_equal(form_command(self.form)->name, "cli2");
    close_form(&self);
}

static void test_scope_picker(void **state)
{
    (void)state;
    static const struct {
        const char *scope;
        const char *shows;
    } CASES[] = {
        {"all", "covers 4 of 4 brokers"},
        {"region", "your region: /1/"},
        {"cluster", "covers 2 of 4 brokers"},
        {"node", "covers 1 of 4 brokers"},
        {"noscope", "covers 4 of 4 brokers"},
        {"/1/5/", "broker5        /1/5/"},
        {"/9/", "covers 0 of 4 brokers"},
        {"/1/*/", "covers 2 of 4 brokers"},
        {"/*/*/*/*/", "deeper than this broker's scope, /1/2/3/"},
        {"x", "no scope"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        fixture_t self = open_form(FORM_SUBSCRIBE, NULL);
        type(&self, "t\t");
        type(&self, CASES[i].scope);
        assert_form_shows(&self, CASES[i].shows);
        close_form(&self);
    }
}

static void test_the_list_of_scopes(void **state)
{
    (void)state;
    fixture_t self = open_form(FORM_SUBSCRIBE, NULL);
    cursor_t cursor;
    chooser_t choosers[2];
    size_t count;
    type(&self, "t\t");
    canvas_t *canvas = drawn(&self, &cursor, choosers, &count);
    assert_int_equal(count, 2);
    assert_int_equal(choosers[0].kind, CHOOSER_BUTTONS);
    assert_string_equal(choosers[0].items[0], "Subscribe");
    assert_int_equal(choosers[1].kind, CHOOSER_LIST);
    assert_true(choosers[1].focused);
    assert_int_equal(choosers[1].count, 5 + SCRIPTED_BROKERS);
    assert_string_equal(choosers[1].items[choosers[1].current], "all");
    assert_string_equal(choosers[1].items[5], "/1/");
    canvas_destroy(&canvas);
    form_choose(self.form, CHOOSER_LIST, 2);
    form_choose(self.form, CHOOSER_LIST, 1000);
    assert_int_equal(type(&self, "\n"), FORM_READY);
    assert_string_equal(form_command(self.form)->scope, "cluster");
    close_form(&self);
}

static void test_prefilled_fields(void **state)
{
    (void)state;
    form_about_t about = {.first = "cli2"};
    fixture_t self = open_form(FORM_TRACE, &about);
    assert_int_equal(press(&self, UI_ENTER), FORM_READY);
    assert_string_equal(form_command(self.form)->name, "cli2");
    close_form(&self);
    self = open_form(FORM_TRACE, &about);
    type(&self, "x\n"); /* typing replaces what was there */
    assert_string_equal(form_command(self.form)->name, "x");
    close_form(&self);
    self = open_form(FORM_TRACE, &about);
    press(&self, UI_LEFT); /* moving keeps it */
    type(&self, "x\n");
    assert_string_equal(form_command(self.form)->name, "clix2");
    close_form(&self);
}

/* Names of other trees stood before those who are there, and looked the same. */
static void test_who_is_not_there_is_marked(void **state)
{
    (void)state;
    fixture_t self = open_form(FORM_NOTIFY, NULL);
    history_add(self.history, HISTORY_DESTINATION, "gone1");
    form_update(self.form);
    assert_form_shows(&self, "gone1  (isn't there now)");
    press(&self, UI_DOWN);
    assert_int_equal(type(&self, "\nhello\n"), FORM_READY);
    assert_string_equal(form_command(self.form)->name, "cli2");
    close_form(&self);
}

static void test_no_file_that_is_there_is_suggested(void **state)
{
    (void)state;
    fixture_t self = open_form(FORM_EXPORT, &(form_about_t){.first = "rows.json"});
    history_add(self.history, HISTORY_FILE, "/tmp/old.json");
    form_update(self.form);
    assert_form_shows(&self, "/tmp/rows.json");
    press(&self, UI_DOWN);
    assert_int_equal(type(&self, "\n"), FORM_READY);
    assert_string_equal(form_command(self.form)->name, "/tmp/rows.json");
    close_form(&self);
}

/* A name that is the only one is enough without its tenant, and all of a long one can be read. */
static void test_what_is_to_be_typed_stands_there(void **state)
{
    (void)state;
    form_about_t about = {.object = "a.cli2", .broker = "dd", .also = "cli2"};
    fixture_t self = open_form(FORM_END_CLIENT, &about);
    assert_form_shows(&self, "To confirm   type a.cli2, or just cli2 to confirm");
    assert_int_equal(type(&self, "cli3\n"), FORM_OPEN);
    assert_form_shows(&self, "cli3"); /* there to be mended */
    press(&self, UI_BACKSPACE);
    assert_int_equal(type(&self, "2\n"), FORM_READY);
    assert_string_equal(form_command(self.form)->name, "a.cli2");
    close_form(&self);
    about.also = NULL;
    self = open_form(FORM_END_CLIENT, &about);
    assert_int_equal(type(&self, "cli2\n"), FORM_OPEN);
    close_form(&self);
    char name[DD_NAME_MAX + 1];
    memset(name, 'x', DD_NAME_MAX);
    strcpy(name + DD_NAME_MAX - 3, "end");
    about.object = name;
    self = open_form(FORM_END_CLIENT, &about);
    assert_form_shows(&self, "xxend ");
    assert_form_shows(&self, "type the name above to confirm");
    close_form(&self);
    self = open_form(FORM_MOVE, &(form_about_t){.object = "broker1", .broker = "bb"});
    assert_form_shows(&self, "type broker1 to confirm"); /* before the cursor is there */
    close_form(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_notify),
        cmocka_unit_test(test_who_is_not_there_is_marked),
        cmocka_unit_test(test_no_file_that_is_there_is_suggested),
        cmocka_unit_test(test_publish_and_subscribe),
        cmocka_unit_test(test_unsubscribe),
        cmocka_unit_test(test_what_is_wrong_is_said),
        cmocka_unit_test(test_operators_type_the_name),
        cmocka_unit_test(test_what_is_to_be_typed_stands_there),
        cmocka_unit_test(test_leaving_and_failing),
        cmocka_unit_test(test_suggestions),
        cmocka_unit_test(test_a_marked_suggestion_stays_marked),
        cmocka_unit_test(test_scope_picker),
        cmocka_unit_test(test_the_list_of_scopes),
        cmocka_unit_test(test_prefilled_fields),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
