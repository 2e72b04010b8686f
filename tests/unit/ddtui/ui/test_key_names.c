/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_key_names - keys are given to actions by their names, and the manual page has these
 */
#include <stdio.h>
#include <string.h>

#include "ddtui/ui/key_names.h"
#include "tests/unit/unit.h"

#define PAGE "man/ddtui.conf.5"
#define TREE AT_PAGE(PAGE_TREE)

static int forget_keys(void **state)
{
    (void)state;
    keymap_reset();
    return 0;
}

static void test_reading_keys(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        ui_key_t keys[BINDING_KEYS];
    } CASES[] = {
        {"q", {'q'}},
        {"  Q  F10 ", {'Q', UI_F(10)}},
        {"Ctrl-Q space enter pgup", {UI_CTRL('Q'), ' ', UI_ENTER, UI_PAGE_UP}},
        {"å", {0xe5}},
        {"", {UI_NONE}},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        ui_key_t keys[BINDING_KEYS];
        dd_problem_t problem;
        assert_int_equal(key_names_read(CASES[i].text, keys, &problem), DD_OK);
        assert_memory_equal(keys, CASES[i].keys, sizeof keys);
    }
}

static void assert_refused(const char *action, const char *keys, const char *why)
{
    dd_problem_t problem = {.text = ""};
    assert_int_not_equal(key_names_bind(action, keys, &problem), DD_OK);
    if (!strstr(problem.text, why))
        fail_msg("%s = %s says: %s", action, keys, problem.text);
}

static void test_what_is_wrong_is_said(void **state)
{
    (void)state;
    dd_problem_t problem;
    assert_refused("qiut", "q", "did you mean quit?");
    assert_refused("frobnicate", "q", "ddtui.conf(5) has the list");
    assert_refused("quit", "Ctrl", "a character, or a key's name");
    assert_refused("quit", "a b c d e", "no more than 4 keys");
    assert_int_equal(key_names_bind("quit", "Q", &problem), DD_OK);
    assert_refused("freeze", "Q", "'quit' has that key");
    /* These work where texts are typed, too. */
    assert_refused("redraw", "l", "redraw");
}

static void test_keys_that_are_given_away(void **state)
{
    (void)state;
    dd_problem_t problem;
    assert_int_equal(key_names_bind("quit", "n F10", &problem), DD_OK);
    assert_int_equal(keymap_action('n', TREE, RIGHT_SEND), ACT_QUIT);
    assert_int_equal(keymap_action(UI_F(10), TREE, RIGHT_SEND), ACT_QUIT);
    assert_int_equal(keymap_action('q', TREE, RIGHT_SEND), ACT_NONE);
    /* In what is open q goes on closing it, and in forms Enter goes on. */
    assert_int_equal(keymap_action('q', AT_DETAIL, 0), ACT_BACK);
    assert_int_equal(key_names_bind("up", "Enter", &problem), DD_OK);
    assert_int_equal(keymap_action(UI_ENTER, AT_FORM, 0), ACT_ACCEPT);
    assert_int_equal(keymap_action(UI_ENTER, TREE, 0), ACT_UP);
    keymap_reset();
    assert_int_equal(keymap_action('q', TREE, RIGHT_SEND), ACT_QUIT);
}

/* An action without keys stands in no footer. */
static void test_no_key_at_all(void **state)
{
    (void)state;
    dd_problem_t problem;
    const binding_t *chosen[32];
    assert_int_equal(key_names_bind("quit", "", &problem), DD_OK);
    size_t count = keymap_footer(TREE, RIGHT_SEND, 200, chosen, COUNT(chosen));
    for (size_t i = 0; i < count; i++)
        assert_int_not_equal(chosen[i]->action, ACT_QUIT);
}

static bool is_configurable(const binding_t *binding)
{
    return (binding->where & ~(AT_FORM | AT_MENU | AT_LINE | AT_COMMAND)) != 0;
}

static bool is_first(const binding_t *bindings, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (bindings[i].action == bindings[index].action && is_configurable(&bindings[i]))
            return false;
    return true;
}

/* What the page must say: every action that keys do, with its keys. */
static void test_the_page_has_them(void **state)
{
    (void)state;
    static char page[1 << 16], text[1 << 14];
    FILE *file = fopen(PAGE, "r");
    size_t count, used = 0;
    const binding_t *bindings = keymap_bindings(&count);
    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    for (size_t i = 0; i < count; i++) {
        char keys[KEY_NAMES_ROOM];
        const char *name = key_names_of_action(bindings[i].action);
        if (!is_configurable(&bindings[i]) || !is_first(bindings, i))
            continue;
        if (!name)
            fail_msg("\"%s\" has no name", bindings[i].help);
        keymap_key_names(&bindings[i], keys);
        for (char *at = keys; *at != '\0'; at++)
            if (*at == ',' && at[1] == ' ')
                memmove(at, at + 1, strlen(at));
        bool is_mark = keys[1] == '\0' && strchr("?!.,:;()[]|", keys[0]);
        used += (size_t)snprintf(
            text + used, sizeof text - used, ".It %s Ta %s%s\n", name, is_mark ? "\\&" : "", keys);
    }
    if (!strstr(page, text)) {
        fputs(text, stderr);
        fail_msg("%s hasn't the actions as above", PAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(test_reading_keys, forget_keys),
        cmocka_unit_test_teardown(test_what_is_wrong_is_said, forget_keys),
        cmocka_unit_test_teardown(test_keys_that_are_given_away, forget_keys),
        cmocka_unit_test_teardown(test_no_key_at_all, forget_keys),
        cmocka_unit_test_teardown(test_the_page_has_them, forget_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
