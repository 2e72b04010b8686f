/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_command_line - what is typed behind ':' is read, completed, or refused with what was meant
 */
#include "ddtui/ui/command_line.h"
#include "ddtui/ui/keymap.h"
#include "tests/unit/ddtui/scripted.h"

#define ALL_RIGHTS (RIGHT_SEND | RIGHT_OPERATE)

static void test_lines(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        command_id_t id;
        size_t count;
        const char *arguments[COMMAND_ARGUMENTS];
    } CASES[] = {
        {"clients", COMMAND_CLIENTS, 0, {"", ""}},
        {"  cli  ", COMMANDS, 0, {NULL}}, /* also :client */
        {"clients tenant:a state:gone", COMMAND_CLIENTS, 1, {"tenant:a state:gone", ""}},
        {"client a.cli1", COMMAND_CLIENT, 1, {"a.cli1", ""}},
        {"q", COMMAND_QUIT, 0, {"", ""}},
        {"notify cli2  hello  there ", COMMAND_NOTIFY, 2, {"cli2", "hello  there"}},
        {"sub alarms region", COMMANDS, 0, {NULL}}, /* also :subscriptions */
        {"subscribe alarms region", COMMAND_SUBSCRIBE, 2, {"alarms", "region"}},
        {"mov west tcp://h:1", COMMAND_MOVE, 2, {"west", "tcp://h:1"}},
        {"export my file.csv", COMMAND_EXPORT, 1, {"my file.csv", ""}},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        command_words_t words;
        char why[COMMAND_WHY_ROOM];
        bool good = command_line_read(&words, CASES[i].line, ALL_RIGHTS, why);
        assert_int_equal(good, CASES[i].id != COMMANDS);
        if (!good)
            continue;
        assert_int_equal(words.id, CASES[i].id);
        assert_int_equal(words.count, CASES[i].count);
        for (size_t a = 0; a < COMMAND_ARGUMENTS; a++)
            assert_string_equal(words.arguments[a], CASES[i].arguments[a]);
    }
}

static void test_what_is_wrong_is_said(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {{"clinets", "did you mean :clients?"},
        {"xyzzy", "there is no command :xyzzy"}, {"", "nothing was typed"},
        {"f", "several commands"}, {"notify cli2", ":notify CLIENT TEXT"},
        {"quit now", ":quit: write it so, alone"}, {"client a b", ":client NAME"},
        {"\x1b[2J", ":\\x1b[2J"}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        command_words_t words;
        char why[COMMAND_WHY_ROOM] = "";
        assert_false(command_line_read(&words, CASES[i][0], ALL_RIGHTS, why));
        if (!strstr(why, CASES[i][1]))
            fail_msg(":%s says: %s", CASES[i][0], why);
    }
}

/* --read-only, and a tenant's key, have fewer commands. */
static void test_rights(void **state)
{
    (void)state;
    command_words_t words;
    char why[COMMAND_WHY_ROOM];
    assert_false(command_line_read(&words, "notify a b", 0, why));
    assert_false(command_line_read(&words, "drain west", RIGHT_SEND, why));
    assert_true(command_line_read(&words, "drain west", RIGHT_OPERATE, why));
    assert_false(command_line_read(&words, "notify a b", RIGHT_OPERATE, why));
    for (command_id_t id = 0; id < COMMANDS; id++) {
        assert_non_null(COMMAND_SPECS[id].name);
        assert_true(COMMAND_SPECS[id].least <= COMMAND_SPECS[id].most);
        assert_int_equal(COMMAND_SPECS[id].arguments[0] == '\0', COMMAND_SPECS[id].most == 0);
    }
}

static const char *const TREES[] = {"lab", "production", NULL};

static completions_t complete(const char *line, size_t *start)
{
    static completions_t offers;
    session_view_t *session = scripted_session();
    history_t *history = history_new(NULL);
    scripted_everything(session);
    history_add(history, HISTORY_COMMAND, "clients tenant:a");
    command_line_complete(&offers, line, start, ALL_RIGHTS, session, history, TREES);
    history_destroy(&history);
    session_view_destroy(&session);
    return offers;
}

static void test_completion(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        size_t start;
        const char *offers[4];
    } CASES[] = {
        {"cl", 0, {"clients tenant:a", "clients", "client", "clear"}},
        {"broker ", 7, {"root", "broker1", "broker0", "broker5"}},
        {"broker br", 7, {"broker1", "broker0", "broker5"}},
        {"notify c", 7, {"cli2", "cli10"}},
        {"client a.cli1", 7, {"a.cli10"}},
        {"subscribe alarms re", 17, {"region"}},
        {"tree p", 5, {"production"}},
        {"move broker1 ", 13, {NULL}},
        {"frobnicate x", 11, {NULL}},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        size_t start, count = 0;
        completions_t offers = complete(CASES[i].line, &start);
        assert_int_equal(start, CASES[i].start);
        for (; count < 4 && CASES[i].offers[count]; count++) {
            assert_true(count < offers.count);
            assert_string_equal(offers.texts[count], CASES[i].offers[count]);
        }
        if (count < 4)
            assert_int_equal(offers.count, count);
    }
}

static void test_messages_go_into_no_history(void **state)
{
    (void)state;
    assert_int_equal(command_line_public("notify cli2 a secret", ALL_RIGHTS), 11);
    assert_int_equal(command_line_public("publish alarms secret", ALL_RIGHTS), 14);
    assert_int_equal(command_line_public("clients x", ALL_RIGHTS), 9);
    assert_int_equal(command_line_public("notify", ALL_RIGHTS), 6);
}

/* What the page must say: all commands. */
static void test_the_page_has_the_commands(void **state)
{
    (void)state;
    static char page[1 << 17], text[1 << 14];
    size_t used = 0;
    FILE *file = fopen("man/ddtui.1", "r");
    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    for (command_id_t id = 0; id < COMMANDS; id++)
        used += (size_t)snprintf(text + used, sizeof text - used, ".It Li :%s%s%s\n%s\n",
            COMMAND_SPECS[id].name, COMMAND_SPECS[id].arguments[0] != '\0' ? " " : "",
            COMMAND_SPECS[id].arguments, COMMAND_SPECS[id].help);
    if (!strstr(page, text)) {
        fputs(text, stderr);
        fail_msg("the page hasn't the commands as above");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_what_is_wrong_is_said),
        cmocka_unit_test(test_rights),
        cmocka_unit_test(test_completion),
        cmocka_unit_test(test_messages_go_into_no_history),
        cmocka_unit_test(test_the_page_has_the_commands),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
