/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_options - command lines
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ddperf/options.h"
#include "tests/unit/unit.h"

#define WORDS_MAX 80
#define LINE_MAX_SIZE 1024

/* Reads "-k x --json" as if typed after the program's name. The options point into *line. */
static dd_options_outcome_t read_line(char *line, options_t *options)
{
    char *words[WORDS_MAX + 1] = {(char[]){"ddperf"}};
    int count = 1;
    for (char *word = strtok(line, " "); word; word = strtok(NULL, " ")) {
        assert_true(count < WORDS_MAX);
        words[count++] = word;
    }
    return options_read(options, count, words, NULL);
}

static int forget_environment(void **state)
{
    (void)state;
    return unsetenv("DD_BROKER") | unsetenv("DD_KEYS");
}

static const struct {
    const char *line;
    options_t expected; /* what is 0 is not looked at */
} GOOD[] = {
    {"-k x", {.mode = MODE_NOTIFY,
                 .endpoints = {.count = 1, .items = {"tcp://127.0.0.1:5555"}},
                 .receivers_at = {.count = 1, .items = {"tcp://127.0.0.1:5555"}},
                 .size = 64,
                 .count = 1000000,
                 .senders = 1,
                 .receivers = 1}},
    {"-k x --mode connect", {.mode = MODE_CONNECT, .receivers = 100}},
    {"-k x --mode latency", {.mode = MODE_LATENCY, .count = 10000, .receivers = 1}},
    {"-k x --mode=publish --receivers=7", {.mode = MODE_PUBLISH, .receivers = 7}},
    {"--keys x -d tcp://a:1,tcp://b:1 --broker ipc://c --receivers-at tcp://d:1",
        {.endpoints = {.count = 3, .items = {"tcp://a:1", "tcp://b:1", "ipc://c"}},
            .receivers_at = {.count = 1, .items = {"tcp://d:1"}}}},
    {"-k x --size 16 --count 1 --senders 1000 --rate 5",
        {.size = 16, .count = 1, .senders = 1000, .rate = 5}},
    {"-k x --pid 1 --pid 22 --json", {.pids = {1, 22}, .pid_count = 2, .json = true}},
};

#define assert_option(name)                                                                        \
    if (expected->name)                                                                            \
    assert_int_equal(options.name, expected->name)

static void test_good_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(GOOD); i++) {
        options_t options;
        const options_t *expected = &GOOD[i].expected;
        char line[LINE_MAX_SIZE];
        strcpy(line, GOOD[i].line);
        assert_int_equal(read_line(line, &options), DD_OPTIONS_TAKEN);
        assert_int_equal(options.mode, expected->mode);
        assert_string_equal(options.keyfile, "x");
        assert_option(size);
        assert_option(count);
        assert_option(senders);
        assert_option(receivers);
        assert_option(rate);
        assert_option(endpoints.count);
        assert_option(receivers_at.count);
        assert_int_equal(options.pid_count, expected->pid_count);
        assert_int_equal(options.json, expected->json);
        for (size_t k = 0; k < expected->endpoints.count; k++)
            assert_string_equal(options.endpoints.items[k], expected->endpoints.items[k]);
        for (size_t k = 0; k < expected->receivers_at.count; k++)
            assert_string_equal(options.receivers_at.items[k], expected->receivers_at.items[k]);
        for (size_t k = 0; k < expected->pid_count; k++)
            assert_int_equal(options.pids[k], expected->pids[k]);
    }
}

static const char *const BAD[] = {
    "",               /* no keys */
    "-k",             /* no argument */
    "-k x --nothing", /* no such option */
    "-k x more",      /* no option at all */
    "-k x --mode",
    "-k x --mode fast",
    "-k x --size 15", /* no room for the header */
    "-k x --size 16777217",
    "-k x --size -1",
    "-k x --size 64k",
    "-k x --size 18446744073709551680", /* 64 and 2^64 */
    "-k x -k y",
    "-k x --mode notify --mode connect",
    "-k x --json=yes",
    "-k x --count 0",
    "-k x --count many",
    "-k x --senders 0",
    "-k x --senders 1001",
    "-k x --receivers 10001",
    "-k x --rate 0",
    "-k x --pid 0",
    "-k x --pid 2147483648",
    "-k x --pid 7 --pid 8 --pid 7", /* whose time would count twice */
    "-k x --json --json",
};

static void test_bad_lines(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(BAD); i++) {
        options_t options;
        char line[LINE_MAX_SIZE];
        strcpy(line, BAD[i]);
        if (read_line(line, &options) != DD_OPTIONS_WRONG)
            fail_msg("'%s' was taken", BAD[i]);
    }
}

/* Words that a program takes up to so many times. */
static void expect_an_end(const char *form, unsigned most)
{
    options_t options;
    char line[LINE_MAX_SIZE] = "-k x", longer[LINE_MAX_SIZE], word[32];
    for (unsigned i = 1; i <= most + 1; i++) {
        snprintf(word, sizeof word, " %s%u", form, i);
        strcpy(longer, i > most ? line : "");
        strcat(i > most ? longer : line, word);
    }
    assert_int_equal(read_line(line, &options), DD_OPTIONS_TAKEN);
    assert_int_equal(read_line(longer, &options), DD_OPTIONS_WRONG);
}

static void test_lists_have_an_end(void **state)
{
    (void)state;
    expect_an_end("-d ipc://", DD_ENDPOINTS_MAX);
    expect_an_end("--receivers-at ipc://", DD_ENDPOINTS_MAX);
    expect_an_end("--pid ", OPTIONS_LIST_MAX);
}

static void test_environment(void **state)
{
    (void)state;
    options_t options;
    setenv("DD_BROKER", "tcp://there:1", 1);
    setenv("DD_KEYS", "y", 1);
    assert_int_equal(read_line((char[]){""}, &options), DD_OPTIONS_TAKEN);
    assert_string_equal(options.endpoints.items[0], "tcp://there:1");
    assert_string_equal(options.keyfile, "y");
    assert_int_equal(read_line((char[]){"-d ipc://a -k x"}, &options), DD_OPTIONS_TAKEN);
    assert_int_equal(options.endpoints.count, 1);
    assert_string_equal(options.endpoints.items[0], "ipc://a");
    assert_string_equal(options.keyfile, "x");
    setenv("DD_BROKER", "", 1);
    assert_int_equal(read_line((char[]){""}, &options), DD_OPTIONS_TAKEN);
    assert_string_equal(options.endpoints.items[0], "tcp://127.0.0.1:5555");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_good_lines, forget_environment),
        cmocka_unit_test_setup(test_bad_lines, forget_environment),
        cmocka_unit_test_setup(test_lists_have_an_end, forget_environment),
        cmocka_unit_test_setup(test_environment, forget_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
