/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_settings - the configuration file of ddtui, and what is said of one with mistakes
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ddtui/settings.h"
#include "ddtui/ui/pages.h"
#include "tests/unit/unit.h"

static char path[64];
static settings_t settings;

static int make_path(void **state)
{
    (void)state;
    snprintf(path, sizeof path, "/tmp/dd-settings.XXXXXX");
    int fd = mkstemp(path);
    setenv("HOME", "/home/x", 1);
    return fd >= 0 ? close(fd) : -1;
}

static int forget(void **state)
{
    (void)state;
    keymap_reset();
    return unlink(path);
}

static dd_error_t read_text(const char *text, dd_problem_t *problem)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
    *problem = (dd_problem_t){.text = ""};
    return settings_read(&settings, path, problem);
}

static void test_all_of_it(void **state)
{
    (void)state;
    dd_problem_t problem;
    dd_error_t error = read_text("# mine\n"
                                 "colours\n"
                                 "    bad = 196 bold\n"
                                 "theme = light\n"
                                 "keys\n"
                                 "    quit = Q\n"
                                 "columns\n"
                                 "    clients = client why in_rate\n"
                                 "tree = lab\n"
                                 "    broker = tcp://a:5555\n"
                                 "    broker = tcp://b:5555\n"
                                 "    keys = ~/keys/a.json\n"
                                 "    name = ops\n"
                                 "    tenant = a\n"
                                 "tree = production\n"
                                 "    keys = operator.json\n"
                                 "    read-only = yes\n",
        &problem);
    if (error != DD_OK)
        fail_msg("%s", problem.text);
    assert_int_equal(settings.theme.looks[STYLE_BAD].colour, 196); /* whatever the theme says */
    assert_int_equal(settings.theme.looks[STYLE_ACCENT].colour, 4);
    assert_int_equal(keymap_action('Q', AT_PAGE(PAGE_TREE), 0), ACT_QUIT);
    assert_string_equal(settings.columns[PAGE_CLIENTS], "client why in_rate");
    assert_string_equal(settings.columns[PAGE_TREE], "");
    assert_int_equal(settings.tree_count, 2);
    assert_string_equal(settings.tree_names[1], "production");
    assert_null(settings.tree_names[2]);
    const settings_tree_t *tree = settings_tree(&settings, "lab", &problem);
    assert_non_null(tree);
    assert_int_equal(tree->endpoints.count, 2);
    assert_string_equal(tree->keyfile, "/home/x/keys/a.json");
    assert_string_equal(tree->client, "ops");
    assert_string_equal(tree->tenant, "a");
    assert_false(tree->read_only);
    tree = settings_tree(&settings, "production", &problem);
    assert_string_equal(tree->keyfile, "/tmp/operator.json"); /* beside the file */
    assert_true(tree->read_only);
}

/* The line, what is wrong there, and what was meant. */
static void test_mistakes(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {
        {"\nteme = light\n", ":2: there is no setting 'teme'; did you mean theme?"},
        {"theme = blue\n", ":1: theme: 'blue' is no good; write dark, light or plain"},
        {"    quit = q\n", ":1: an indented line needs keys, colours, columns or a tree above it"},
        {"keys\n    qiut = q\n", ":2: no key does 'qiut'; did you mean quit?"},
        {"keys\n    quit = x\n    freeze = x\n", ":3: 'quit' has that key"},
        {"keys = all\n", ":1: keys: nothing stands behind it"},
        {"colours\n    bat = red\n", ":2: nothing is called bat; did you mean bad?"},
        {"colours\n    bad = rad\n", ":2: no colour is called rad; did you mean red?"},
        {"colours\n    bad = 256\n", ":2: '256' is no good; write a colour's name"},
        {"columns\n    clients = clint\n",
            ":2: that list has no column clint; did you mean client?"},
        {"columns\n    client = x\n", ":2: no list is called 'client'"},
        {"tree = lab\n    brokr = tcp://h:1\n",
            ":2: a tree has no setting 'brokr'; did you mean broker?"},
        {"tree = lab\n    broker = h:1\n", ":2: broker: "},
        {"tree = lab\ntree = lab\n", ":2: tree: tree lab has a section already"},
        {"tree = a b\n", ":1: tree: 'a b' can't be a tree's name"},
        {"tree = lab\n    read-only = perhaps\n", ":2: read-only: 'perhaps' is no good"},
        {"tree = lab\n    tenant = a.b\n", ":2: tenant: 'a.b' is not the name of a tenant"},
        {"nonsense here\n", ":1: "},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_problem_t problem;
        assert_int_not_equal(read_text(CASES[i][0], &problem), DD_OK);
        if (!strstr(problem.text, CASES[i][1]) || strncmp(problem.text, path, strlen(path)) != 0)
            fail_msg("%s says: %s", CASES[i][0], problem.text);
        keymap_reset();
    }
}

static void test_further_mistakes_are_counted(void **state)
{
    (void)state;
    dd_problem_t problem;
    assert_int_not_equal(read_text("a = b\ntree = a b\n    keys = x\nc = d\n", &problem), DD_OK);
    assert_non_null(strstr(problem.text, "(and 2 more)"));
}

static void test_no_file(void **state)
{
    (void)state;
    dd_problem_t problem;
    assert_int_equal(settings_read(&settings, "/nowhere/ddtui.conf", &problem), DD_OK);
    assert_memory_equal(&settings.theme, &THEME_DARK, sizeof THEME_DARK);
    assert_int_equal(settings.tree_count, 0);
    assert_null(settings_tree(&settings, "lab", &problem));
    assert_non_null(strstr(problem.text, "it names none"));
    assert_int_not_equal(settings_read(&settings, "/tmp", &problem), DD_OK);
}

static void test_paths(void **state)
{
    (void)state;
    char found[PATH_MAX];
    unsetenv("XDG_CONFIG_HOME");
    assert_true(settings_path(found, sizeof found));
    assert_string_equal(found, "/home/x/.config/doubledecker/ddtui.conf");
    setenv("XDG_CONFIG_HOME", "/etc/xdg", 1);
    assert_true(settings_path(found, sizeof found));
    assert_string_equal(found, "/etc/xdg/doubledecker/ddtui.conf");
}

/* The example is one that can be used, with all that is commented out in it, too. */
static void test_the_example(void **state)
{
    (void)state;
    char line[512];
    static char plain[1 << 14], all[1 << 14];
    dd_problem_t problem;
    FILE *file = fopen("share/examples/ddtui.conf", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file)) {
        bool is_setting = line[0] == '#' && line[1] != ' ' && line[1] != '\n';
        bool is_indented = strncmp(line, "#    ", 5) == 0;
        strcat(plain, line);
        strcat(all, line + (is_setting || is_indented ? 1 : 0));
    }
    fclose(file);
    if (read_text(plain, &problem) != DD_OK)
        fail_msg("as it is: %s", problem.text);
    keymap_reset();
    if (read_text(all, &problem) != DD_OK)
        fail_msg("all of it: %s", problem.text);
    assert_true(settings.tree_count >= 2);
}

/* "tree Ta broker scope link", for every list. */
static size_t write_columns(page_number_t page, char *out, size_t room)
{
    const list_table_t *table = pages_table(page);
    char title[32];
    if (!table)
        return 0;
    snprintf(title, sizeof title, "%s", pages_title(page));
    title[0] = (char)(title[0] + ('a' - 'A'));
    size_t used = (size_t)snprintf(out, room, ".It %s Ta", title);
    for (size_t i = 0; i < table->count; i++) {
        const char *at = table->columns[i].title;
        if (*at == '#') /* which begins a comment; it always has a place */
            continue;
        used += (size_t)snprintf(out + used, room - used, "%s", *at != '\0' ? " " : "");
        for (; *at != '\0'; at++)
            used += (size_t)snprintf(
                out + used, room - used, "%c", *at == ' ' ? '-' : tolower((unsigned char)*at));
    }
    return used + (size_t)snprintf(out + used, room - used, "\n");
}

static void test_the_page_has_all_columns(void **state)
{
    (void)state;
    static char page[1 << 16], text[1 << 14];
    size_t used = 0;
    FILE *file = fopen("man/ddtui.conf.5", "r");
    assert_non_null(file);
    page[fread(page, 1, sizeof page - 1, file)] = '\0';
    fclose(file);
    for (page_number_t number = 0; number < PAGES; number++)
        used += write_columns(number, text + used, sizeof text - used);
    if (!strstr(page, text)) {
        fputs(text, stderr);
        fail_msg("the page hasn't the columns as above");
    }
}

#define with_file(name) cmocka_unit_test_setup_teardown(name, make_path, forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        with_file(test_all_of_it),
        with_file(test_mistakes),
        with_file(test_further_mistakes_are_counted),
        with_file(test_no_file),
        with_file(test_paths),
        with_file(test_the_example),
        cmocka_unit_test(test_the_page_has_all_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
