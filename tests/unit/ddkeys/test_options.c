/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_options - command lines
 */
#include <stdlib.h>
#include <string.h>

#include "ddkeys/options.h"
#include "tests/unit/unit.h"

#define WORDS_MAX 8

/* Reads "add a -d x" as if typed after the program's name. The options point into *line. */
static dd_options_outcome_t read_line(char *line, options_t *options)
{
    char *words[WORDS_MAX + 1] = {(char[]){"ddkeys"}};
    int count = 1;
    for (char *word = strtok(line, " "); word != NULL; word = strtok(NULL, " ")) {
        assert_true(count < WORDS_MAX);
        words[count++] = word;
    }
    return options_read(options, count, words, NULL);
}

static void assert_text(const char *given, const char *expected)
{
    assert_int_equal(given == NULL, expected == NULL);
    if (given != NULL)
        assert_string_equal(given, expected);
}

static void test_good_lines(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        options_t expected;
    } LINES[] = {
        {"", {COMMAND_MAKE, DD_SYSCONF, NULL, NULL, false, false, false}},
        {"-d x -t a,b", {COMMAND_MAKE, "x", "a,b", NULL, false, false, false}},
        {"--force --tenants=a --directory x", {COMMAND_MAKE, "x", "a", NULL, true, false, false}},
        {"-fdx", {COMMAND_MAKE, "x", NULL, NULL, true, false, false}},
        {"add a", {COMMAND_ADD, DD_SYSCONF, NULL, "a", false, false, false}},
        {"add a -d x", {COMMAND_ADD, "x", NULL, "a", false, false, false}},
        {"-d x add -f a", {COMMAND_ADD, "x", NULL, "a", true, false, false}},
        {"add -d x -- -a", {COMMAND_ADD, "x", NULL, "-a", false, false, false}},
        {"operator alice", {COMMAND_OPERATOR, DD_SYSCONF, NULL, "alice", false, false, false}},
        {"operator m --read-only -d x", {COMMAND_OPERATOR, "x", NULL, "m", false, false, true}},
        {"switch dd", {COMMAND_SWITCH, DD_SYSCONF, NULL, "dd", false, false, false}},
        {"rotate dd --force", {COMMAND_ROTATE, DD_SYSCONF, NULL, "dd", true, false, false}},
        {"finish a", {COMMAND_FINISH, DD_SYSCONF, NULL, "a", false, false, false}},
        {"remove -d x a", {COMMAND_REMOVE, "x", NULL, "a", false, false, false}},
        {"show a.json", {COMMAND_SHOW, DD_SYSCONF, NULL, "a.json", false, false, false}},
        {"show --secret a.json", {COMMAND_SHOW, DD_SYSCONF, NULL, "a.json", false, true, false}},
        {"check", {COMMAND_CHECK, DD_SYSCONF, NULL, NULL, false, false, false}},
        {"check x", {COMMAND_CHECK, "x", NULL, "x", false, false, false}},
        {"check -d x", {COMMAND_CHECK, "x", NULL, NULL, false, false, false}},
    };
    for (size_t i = 0; i < COUNT(LINES); i++) {
        options_t options;
        char *line = strdup(LINES[i].line);
        assert_int_equal(read_line(line, &options), DD_OPTIONS_TAKEN);
        assert_int_equal(options.command, LINES[i].expected.command);
        assert_text(options.directory, LINES[i].expected.directory);
        assert_text(options.tenants, LINES[i].expected.tenants);
        assert_text(options.operand, LINES[i].expected.operand);
        assert_int_equal(options.force, LINES[i].expected.force);
        assert_int_equal(options.secret, LINES[i].expected.secret);
        assert_int_equal(options.read_only, LINES[i].expected.read_only);
        free(line);
    }
}

static void test_bad_lines(void **state)
{
    (void)state;
    static const char *const LINES[] = {"-x", "--nonsense", "-d", "-t", "a,b,c", "make", "add",
        "add a b", "rotate", "rotate a b", "show", "show a b", "check a b", "check -d x y",
        "add a -t b", "rotate a --secret", "show a -f", "check -f", "--secret", "-s", "check -t a",
        "-d x -d y", "operator", "add a --read-only", "switch", "add a -d x --dir y"};
    for (size_t i = 0; i < COUNT(LINES); i++) {
        options_t options;
        char *line = strdup(LINES[i]);
        assert_int_equal(read_line(line, &options), DD_OPTIONS_WRONG);
        free(line);
    }
}

static void test_help_ends_well(void **state)
{
    (void)state;
    static const char *const LINES[] = {"-h", "--help", "-V", "--version", "add --help"};
    for (size_t i = 0; i < COUNT(LINES); i++) {
        options_t options;
        char *line = strdup(LINES[i]);
        assert_int_equal(read_line(line, &options), DD_OPTIONS_ANSWERED);
        free(line);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_lines),
        cmocka_unit_test(test_bad_lines),
        cmocka_unit_test(test_help_ends_well),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
