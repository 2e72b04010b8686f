/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_token - the word by which monitors show that they may see tenants' figures
 */
#include "ddbroker/http/token.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#define TOKEN "0123456789abcdef"

/* Writes a file of that mode, and loads it. */
static dd_error_t load(token_t *self, const char *text, mode_t mode, dd_problem_t *problem)
{
    char path[] = "/tmp/test_token.XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    assert_int_equal(fchmod(fd, mode), 0);
    close(fd);
    dd_error_t result = token_load(self, path, problem);
    unlink(path);
    return result;
}

static void test_a_token_is_one_line_of_a_secret_file(void **state)
{
    (void)state;
    char longest[600];
    memset(longest, 'x', sizeof longest);
    longest[TOKEN_MOST] = '\0';
    static const struct {
        const char *text;
        mode_t mode;
        bool good;
    } CASES[] = {
        {TOKEN, 0600, true},
        {TOKEN "\n", 0600, true},
        {TOKEN "\r\n", 0400, true},
        {TOKEN, 0644, false},
        {TOKEN, 0660, false},
        {TOKEN, 0601, false},
        {"", 0600, false},
        {"\n" TOKEN, 0600, false},
        {"0123456789abcde", 0600, false},
        {TOKEN " ", 0600, false},
        {TOKEN "\nmore", 0600, false},
        {TOKEN "\x80", 0600, false},
        {TOKEN "\x1b[2J", 0600, false},
    };
    token_t token;
    dd_problem_t problem;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_error_t result = load(&token, CASES[i].text, CASES[i].mode, &problem);
        assert_int_equal(result == DD_OK, CASES[i].good);
        assert_int_equal(token.is_set, CASES[i].good);
    }
    assert_int_equal(load(&token, longest, 0600, &problem), DD_OK);
    longest[TOKEN_MOST] = 'x';
    longest[TOKEN_MOST + 1] = '\0';
    assert_int_equal(load(&token, longest, 0600, &problem), DD_E_FILE);
    longest[TOKEN_MOST + 1] = 'x';
    longest[sizeof longest - 1] = '\0';
    assert_int_equal(load(&token, longest, 0600, &problem), DD_E_FILE);
}

static void test_what_is_no_file_is_no_token(void **state)
{
    (void)state;
    token_t token;
    dd_problem_t problem;
    assert_int_equal(token_load(&token, "/nowhere/token", &problem), DD_E_FILE);
    assert_int_equal(token_load(&token, "/dev/null", &problem), DD_E_FILE);
    assert_int_equal(token_load(&token, "/tmp", &problem), DD_E_FILE);
    assert_int_equal(token_load(&token, NULL, &problem), DD_OK);
    assert_false(token.is_set);
    assert_false(token_is_brought(&token, "Bearer "));
}

static void test_only_the_token_itself_is_good(void **state)
{
    (void)state;
    static const struct {
        const char *header;
        bool good;
    } CASES[] = {
        {"Bearer " TOKEN, true},
        {"bearer " TOKEN, true},
        {NULL, false},
        {"", false},
        {TOKEN, false},
        {"Bearer", false},
        {"Bearer ", false},
        {"Bearer  " TOKEN, false},
        {"Bearer " TOKEN " ", false},
        {"Bearer " TOKEN "0", false},
        {"Bearer 0123456789abcde", false},
        {"Bearer 0123456789ABCDEF", false},
        {"Basic " TOKEN, false},
    };
    token_t token;
    dd_problem_t problem;
    assert_int_equal(load(&token, TOKEN "\n", 0600, &problem), DD_OK);
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_int_equal(token_is_brought(&token, CASES[i].header), CASES[i].good);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_token_is_one_line_of_a_secret_file),
        cmocka_unit_test(test_what_is_no_file_is_no_token),
        cmocka_unit_test(test_only_the_token_itself_is_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
