/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_keymap - one key does one thing, and the manual page knows all keys
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddtui/ui/keymap.h"
#include "tests/unit/unit.h"

#define PAGE "man/ddtui.1"
#define ALL_RIGHTS (RIGHT_SEND | RIGHT_OPERATE)

static const unsigned PLACES[] = {AT_PAGE(PAGE_TREE), AT_PAGE(PAGE_CLIENTS),
    AT_PAGE(PAGE_SUBSCRIPTIONS), AT_PAGE(PAGE_MESSAGES), AT_PAGE(PAGE_EVENTS), AT_PAGE(PAGE_TRACE),
    AT_PAGE(PAGE_HELP), AT_PAGE(PAGE_TOPICS), AT_DETAIL, AT_GRAPH, AT_MESSAGE, AT_FORM, AT_MENU,
    AT_LINE};
#define PLACE_COUNT (COUNT(PLACES))

static bool has_key(const binding_t *binding, ui_key_t key)
{
    for (size_t i = 0; i < BINDING_KEYS && binding->keys[i] != UI_NONE; i++)
        if (binding->keys[i] == key)
            return true;
    return false;
}

static void test_a_key_does_one_thing_in_one_place(void **state)
{
    (void)state;
    size_t count;
    const binding_t *bindings = keymap_bindings(&count);
    for (size_t a = 0; a < count; a++)
        for (size_t b = a + 1; b < count; b++)
            for (size_t i = 0; i < BINDING_KEYS && bindings[a].keys[i] != UI_NONE; i++)
                if ((bindings[a].where & bindings[b].where) != 0 &&
                    has_key(&bindings[b], bindings[a].keys[i]))
                    fail_msg("one key for \"%s\" and \"%s\"", bindings[a].help, bindings[b].help);
}

static void test_every_binding_can_be_reached(void **state)
{
    (void)state;
    size_t count;
    const binding_t *bindings = keymap_bindings(&count);
    for (size_t i = 0; i < count; i++) {
        assert_int_not_equal(bindings[i].keys[0], UI_NONE);
        assert_int_not_equal(bindings[i].action, ACT_NONE);
        assert_non_null(bindings[i].help);
        assert_true(bindings[i].rank == 0 || bindings[i].label);
        for (size_t place = 0; place < PLACE_COUNT; place++)
            if ((bindings[i].where & PLACES[place]) != 0)
                assert_int_equal(keymap_action(bindings[i].keys[0], PLACES[place], ALL_RIGHTS),
                    bindings[i].action);
    }
}

static void test_rights(void **state)
{
    (void)state;
    static const struct {
        ui_key_t key;
        unsigned where;
        unsigned rights;
        action_t action;
    } CASES[] = {
        {'n', AT_PAGE(PAGE_TREE), RIGHT_SEND, ACT_NOTIFY},
        {'n', AT_PAGE(PAGE_TREE), 0, ACT_NONE},
        {'n', AT_PAGE(PAGE_TREE), RIGHT_OPERATE, ACT_NONE},
        {'p', AT_PAGE(PAGE_MESSAGES), 0, ACT_NONE},
        {'s', AT_PAGE(PAGE_MESSAGES), 0, ACT_NONE},
        {'u', AT_PAGE(PAGE_MESSAGES), 0, ACT_NONE},
        {'t', AT_PAGE(PAGE_MESSAGES), 0, ACT_NONE},
        {'E', AT_PAGE(PAGE_CLIENTS), RIGHT_OPERATE, ACT_END_CLIENT},
        {'E', AT_PAGE(PAGE_CLIENTS), RIGHT_SEND, ACT_NONE},
        {'D', AT_PAGE(PAGE_TREE), 0, ACT_NONE},
        {'L', AT_PAGE(PAGE_TREE), RIGHT_SEND, ACT_NONE},
        {'q', AT_PAGE(PAGE_TREE), 0, ACT_QUIT},
        {'q', AT_PAGE(PAGE_HELP), 0, ACT_BACK},
        {'q', AT_MENU, 0, ACT_BACK},
        {'q', AT_DETAIL, 0, ACT_BACK},
        {UI_CTRL('C'), AT_DETAIL | AT_MESSAGE, 0, ACT_BACK},
        {'n', AT_FORM, RIGHT_SEND, ACT_NONE},
        {UI_F(9), AT_PAGE(PAGE_TREE), 0, ACT_MENU},
        {UI_F(3), AT_PAGE(PAGE_TREE), 0, ACT_GO_SUBSCRIPTIONS},
        {'T', AT_PAGE(PAGE_SUBSCRIPTIONS), 0, ACT_GO_TOPICS},
        {'T', AT_PAGE(PAGE_TOPICS), 0, ACT_GO_SUBSCRIPTIONS},
        {'G', AT_PAGE(PAGE_TOPICS), 0, ACT_GRAPH},
        {'G', AT_GRAPH, 0, ACT_GRAPH},
        {'G', AT_PAGE(PAGE_MESSAGES), 0, ACT_LAST},
    };
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_int_equal(
            keymap_action(CASES[i].key, CASES[i].where, CASES[i].rights), CASES[i].action);
}

static void test_names(void **state)
{
    (void)state;
    static const struct {
        ui_key_t key;
        const char *name;
    } CASES[] = {{'n', "n"}, {' ', "Space"}, {UI_ENTER, "Enter"}, {UI_F(12), "F12"},
        {UI_CTRL('L'), "Ctrl-L"}, {UI_PAGE_UP, "PgUp"}, {UI_BACK_TAB, "Shift-Tab"}};
    for (size_t i = 0; i < COUNT(CASES); i++) {
        char name[KEY_NAME_ROOM];
        keymap_key_name(CASES[i].key, name);
        assert_string_equal(name, CASES[i].name);
    }
}

static size_t footer_width(const binding_t *const chosen[], size_t count)
{
    size_t width = 0;
    for (size_t i = 0; i < count; i++) {
        char name[KEY_NAME_ROOM];
        keymap_key_name(chosen[i]->keys[0], name);
        width += strlen(name) + 1 + strlen(chosen[i]->label) + (i > 0 ? 2 : 0);
    }
    return width;
}

static bool is_in(const binding_t *binding, const binding_t *const chosen[], size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (chosen[i] == binding)
            return true;
    return false;
}

/* What isn't in the footer would not fit, or never is; the most needed always are. */
static bool leaves_no_room(
    const binding_t *const chosen[], size_t count, unsigned place, size_t room)
{
    size_t all;
    const binding_t *bindings = keymap_bindings(&all);
    for (size_t i = 0; i < all; i++) {
        const binding_t *binding = &bindings[i];
        if (keymap_rank(binding, place) == 0 || !keymap_works(binding, place, ALL_RIGHTS) ||
            is_in(binding, chosen, count))
            continue;
        if (binding->rank == 1 || footer_width(&binding, 1) + 2 <= room)
            return false;
    }
    return true;
}

static void test_the_footer_fits(void **state)
{
    (void)state;
    const binding_t *chosen[32];
    for (size_t place = 0; place < PLACE_COUNT; place++) {
        for (size_t width = 58; width < 200; width++) {
            size_t count = keymap_footer(PLACES[place], ALL_RIGHTS, width, chosen, 32);
            size_t used = footer_width(chosen, count);
            assert_true(used <= width);
            assert_true(leaves_no_room(chosen, count, PLACES[place], width - used));
        }
    }
}

static bool is_in_footer(action_t action, unsigned place, unsigned rights, size_t width)
{
    const binding_t *chosen[32];
    size_t count = keymap_footer(place, rights, width, chosen, 32);
    for (size_t i = 0; i < count; i++)
        if (chosen[i]->action == action)
            return true;
    return false;
}

/* Keys that have nothing to do with a graph or an event had the room of those that do. */
static void test_the_footer_has_what_matters(void **state)
{
    (void)state;
    static const struct {
        unsigned place, rights;
        action_t action;
        bool in;
    } CASES[] = {{AT_GRAPH, RIGHT_SEND, ACT_UNSUBSCRIBE, false},
        {AT_DETAIL, RIGHT_SEND, ACT_GO_TOPICS, false}, {AT_DETAIL, RIGHT_SEND, ACT_FILTER, true},
        {AT_DETAIL, RIGHT_SEND, ACT_COPY, true}, {AT_GRAPH, RIGHT_SEND, ACT_BACK, true},
        {AT_PAGE(PAGE_CLIENTS), RIGHT_OPERATE, ACT_OPEN, true},
        {AT_PAGE(PAGE_TREE), RIGHT_OPERATE, ACT_OPEN, true},
        {AT_PAGE(PAGE_TREE), RIGHT_SEND, ACT_OPEN, true},
        {AT_PAGE(PAGE_SUBSCRIPTIONS), RIGHT_SEND, ACT_SUBSCRIBE, true}};
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_int_equal(
            is_in_footer(CASES[i].action, CASES[i].place, CASES[i].rights, 78), CASES[i].in);
}

/* ---- The manual page ------------------------------------------------------------------------ */

static const char *read_page(void)
{
    static char page[1 << 17];
    FILE *file = fopen(PAGE, "r");
    assert_non_null(file);
    size_t size = fread(page, 1, sizeof page - 1, file);
    fclose(file);
    page[size] = '\0';
    return page;
}

/* ".It Ic m , F9", with punctuation kept from meaning something. */
static int write_keys(const binding_t *binding, char *out, size_t room)
{
    int used = snprintf(out, room, ".It Ic");
    for (size_t i = 0; i < BINDING_KEYS && binding->keys[i] != UI_NONE; i++) {
        char name[KEY_NAME_ROOM];
        keymap_key_name(binding->keys[i], name);
        bool is_plain = strlen(name) > 1 || strchr("?!.,:;()[]|", name[0]) == NULL;
        used += snprintf(out + used, room - (size_t)used, "%s %s%s", i > 0 ? " ," : "",
            is_plain ? "" : "\\&", name);
    }
    return used + snprintf(out + used, room - (size_t)used, "\n%s\n", binding->help);
}

/* What the page must say: all groups with all their keys. */
static const char *expected_keys(void)
{
    static char text[1 << 15];
    size_t count, used = 0;
    const binding_t *bindings = keymap_bindings(&count);
    for (group_t group = 0; group < GROUPS; group++) {
        used += (size_t)snprintf(text + used, sizeof text - used,
            ".Pp\n%s:\n.Bl -tag -width \"Backspace, Ctrl-H\" -compact\n", keymap_group(group));
        for (size_t i = 0; i < count; i++)
            if (bindings[i].group == group)
                used += (size_t)write_keys(&bindings[i], text + used, sizeof text - used);
        used += (size_t)snprintf(text + used, sizeof text - used, ".El\n");
    }
    return text;
}

static void test_the_page_has_the_keys(void **state)
{
    (void)state;
    if (!strstr(read_page(), expected_keys())) {
        fputs(expected_keys(), stderr); /* print_message() would cut it */
        fail_msg("%s hasn't the keys as above", PAGE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_key_does_one_thing_in_one_place),
        cmocka_unit_test(test_every_binding_can_be_reached),
        cmocka_unit_test(test_rights),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_the_footer_fits),
        cmocka_unit_test(test_the_footer_has_what_matters),
        cmocka_unit_test(test_the_page_has_the_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
