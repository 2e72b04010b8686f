/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_config_file - lines of a configuration file, and those that are none
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config/config_file.h"
#include "libdd/base/problem.h"
#include "tests/unit/unit.h"

static char path[] = "/tmp/dd-config-file-XXXXXX";

static int setup(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
    (void)state;
    return unlink(path);
}

/* What was set so far, as "name=value;" after one another. */
typedef struct {
    char text[512];
    const char *refused; /* a name */
    unsigned mistakes;
    dd_problem_t first, last; /* of them */
} taken_t;

static dd_error_t take(
    void *arg, bool indented, const char *name, const char *value, dd_problem_t *problem)
{
    taken_t *self = arg;
    if (self->refused && strcmp(name, self->refused) == 0)
        return dd_problem(problem, DD_E_ARGUMENT, "%s is refused", name);
    size_t used = strlen(self->text);
    snprintf(
        self->text + used, sizeof self->text - used, "%s%s=%s;", indented ? "+" : "", name, value);
    return DD_OK;
}

static void note(void *arg, const dd_problem_t *problem)
{
    taken_t *self = arg;
    self->last = *problem;
    if (self->mistakes++ == 0)
        self->first = *problem;
}

static dd_error_t read_text(const char *text, size_t size, taken_t *taken)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, size, out), size);
    assert_int_equal(fclose(out), 0);
    return config_file_read(path, take, note, taken);
}

static void settings_are_given_in_order(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {
        {"", ""},
        {"\n\n", ""},
        {"name = value\n", "name=value;"},
        {"name = value", "name=value;"}, /* without a last line end */
        {"name=value\n", "name=value;"},
        {"b = 1\na = 2\nb = 3\n", "b=1;a=2;b=3;"},
        {"# a comment\nname = value # and another\n#\n", "name=value;"},
        {"name = \"two words # no comment\"\n", "name=two words # no comment;"},
        {"name = 'two words'\n", "name=two words;"},
        {"name = two words\n", "name=two words;"},
        {"name = value   \n", "name=value;"},
        {"name = value\r\n", "name=value;"},
        {"name = \"\"\n", "name=;"},
        {"name\n", "name=;"},
        {"a = 1\n    b = 2\n    # c\n    \n    c\nd = 3\n", "a=1;+b=2;+c=;d=3;"},
        {"name = å ✓\n", "name=å ✓;"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        taken_t taken = {.text = ""};
        if (read_text(CASES[i][0], strlen(CASES[i][0]), &taken) != DD_OK)
            fail_msg("'%s': %s", CASES[i][0], taken.first.text);
        assert_string_equal(taken.text, CASES[i][1]);
    }
}

static void each_wrong_line_is_named_and_the_rest_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t size;
        const char *taken, *says; /* behind the file's name */
    } CASES[] = {
        {BYTES("a = 1\n  b = 2\nc = 3\n"), "a=1;c=3;",
            ":2: this is no line of the form: name = value"},
        {BYTES("a = 1\n        b = 2\nc = 3\n"), "a=1;c=3;",
            ":2: this is no line of the form: name = value"},
        {BYTES("\ta = 1\n"), "", ":1: this is no line of the form: name = value"},
        {BYTES("a = \"1\nb = 2\n"), "b=2;", ":1: this is no line of the form: name = value"},
        {BYTES("= 1\n"), "", ":1: this is no line of the form: name = value"},
        {BYTES("a 1\n"), "", ":1: this is no line of the form: name = value"},
        {BYTES("\n#\na = 1\0\nb = 2\n"), "b=2;", ":3: this line is too long or no text"},
        {BYTES("a = 1\n\x1b[31m\n"), "a=1;", ":2: this line holds what isn't shown as it is"},
        {BYTES("a = \xE2\x80\xAE"), "", ":1: this line holds what isn't shown as it is"},
        {BYTES("a = \xF3\xA0\x80\x89"), "", ":1: this line holds what isn't shown as it is"},
        {BYTES("# \x1b\n#\xFF\na = \xFF\n"), "", ":3: this line holds what isn't shown as it is"},
        {BYTES("a = 1\nno = 2\nb = 3\n"), "a=1;b=3;", ":2: no is refused"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        taken_t taken = {.refused = "no"};
        assert_int_not_equal(read_text(CASES[i].text, CASES[i].size, &taken), DD_OK);
        assert_string_equal(taken.text, CASES[i].taken);
        assert_int_equal(strncmp(taken.first.text, path, strlen(path)), 0);
        assert_string_equal(taken.first.text + strlen(path), CASES[i].says);
        assert_int_equal(taken.mistakes, 1);
    }
}

/* Each of them costs a look at all lines before it. */
static void of_mistakes_without_end_the_first_are_told(void **state)
{
    (void)state;
    static char text[9000];
    taken_t taken = {.text = ""};
    memset(text, '\n', sizeof text);
    for (size_t i = 0; i < sizeof text; i += 3)
        text[i] = '=';
    assert_int_equal(read_text(text, sizeof text, &taken), DD_E_FILE);
    assert_int_equal(taken.mistakes, CONFIG_FILE_MISTAKES);
}

/* What a setting returned is what the reading returns. */
static void the_error_is_the_settings(void **state)
{
    (void)state;
    taken_t taken = {.refused = "no"};
    assert_int_equal(read_text(BYTES("no = 1\n"), &taken), DD_E_ARGUMENT);
    assert_int_equal(taken.first.error, DD_E_ARGUMENT);
    assert_int_equal(read_text(BYTES("a 1\n"), &taken), DD_E_FILE);
}

static void lines_have_a_longest_length(void **state)
{
    (void)state;
    char line[1001];
    for (size_t size = 990; size <= sizeof line; size++) {
        taken_t taken = {.text = ""};
        memset(line, 'x', sizeof line);
        memcpy(line, "a = ", 4);
        line[size - 1] = '\n';
        dd_error_t error = read_text(line, size, &taken);
        assert_int_equal(error, size <= 1000 ? DD_OK : DD_E_FILE);
    }
}

static void files_have_a_greatest_length(void **state)
{
    (void)state;
    static char text[10001];
    taken_t taken = {.text = ""};
    memset(text, '\n', sizeof text);
    assert_int_equal(read_text(text, sizeof text - 1, &taken), DD_OK);
    assert_int_equal(read_text(text, sizeof text, &taken), DD_E_FILE);
    assert_non_null(strstr(taken.first.text, ":10001: this line is too long or no text"));
}

static void what_cannot_be_read_is_named(void **state)
{
    (void)state;
    taken_t taken = {.text = ""};
    assert_int_equal(config_file_read("/nowhere/file", take, note, &taken), DD_E_FILE);
    assert_string_equal(taken.last.text, "can't read /nowhere/file: No such file or directory");
    assert_int_equal(config_file_read("/tmp", take, note, &taken), DD_E_FILE);
    assert_string_equal(taken.last.text, "can't read /tmp: Is a directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_are_given_in_order),
        cmocka_unit_test(each_wrong_line_is_named_and_the_rest_is_read),
        cmocka_unit_test(of_mistakes_without_end_the_first_are_told),
        cmocka_unit_test(the_error_is_the_settings),
        cmocka_unit_test(lines_have_a_longest_length),
        cmocka_unit_test(files_have_a_greatest_length),
        cmocka_unit_test(what_cannot_be_read_is_named),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
