/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_options - the command line and the environment
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddtui/options.h"
#include "tests/unit/unit.h"

#define ARGUMENTS_MAX 48

typedef struct {
    int count;
    char *arguments[ARGUMENTS_MAX];
    char text[1024]; /* what the arguments point into */
} line_t;

/* Splits a command line at its spaces. */
static void split(line_t *self, const char *line)
{
    *self = (line_t){0};
    snprintf(self->text, sizeof self->text, "ddtui %s", line);
    for (char *word = strtok(self->text, " "); word; word = strtok(NULL, " "))
        self->arguments[self->count++] = word;
}

static dd_options_outcome_t parse(
    options_t *options, line_t *line, const char *text, dd_problem_t *problem)
{
    split(line, text);
    return options_read(options, line->count, line->arguments, problem);
}

static int forget_environment(void **state)
{
    (void)state;
    unsetenv("DD_BROKER");
    unsetenv("DD_KEYS");
    unsetenv("DD_NAME");
    return 0;
}

static void test_all_that_can_be_said(void **state)
{
    (void)state;
    options_t options;
    dd_problem_t problem;
    line_t line;
    assert_int_equal(
        parse(&options, &line,
            "-d tcp://h:1 -k a.json -n cli2 -w -p alarms -m hi -s x -s y@node --subscribe=z@/1/*/ "
            "-l -c 3 -t 0.5 --json -q cli1 a",
            &problem),
        DD_OPTIONS_TAKEN);
    assert_string_equal(options.endpoint, "tcp://h:1");
    assert_string_equal(options.keyfile, "a.json");
    assert_string_equal(options.notify, "cli2");
    assert_string_equal(options.publish, "alarms");
    assert_string_equal(options.message, "hi");
    assert_true(options.wait && options.listen && options.json && options.quiet);
    assert_int_equal(options.subscription_count, 3);
    assert_string_equal(options.subscriptions[0].topic, "x");
    assert_string_equal(options.subscriptions[0].scope.text, "/");
    assert_string_equal(options.subscriptions[1].scope.text, "/*/*/*/");
    assert_string_equal(options.subscriptions[2].scope.text, "/1/*/");
    assert_int_equal(options.count, 3);
    assert_int_equal(options.timeout_ms, 500);
    assert_string_equal(options.name, "cli1");
    assert_string_equal(options.tenant, "a");
    assert_true(options_acts(&options) && options_listens(&options));
}

static void test_defaults(void **state)
{
    (void)state;
    options_t options;
    dd_problem_t problem;
    line_t line;
    assert_int_equal(parse(&options, &line, "--tree cli1 a", &problem), DD_OPTIONS_TAKEN);
    assert_string_equal(options.endpoint, "tcp://127.0.0.1:5555");
    assert_string_equal(options.keyfile, DD_SYSCONF "/a-keys.json");
    assert_int_equal(options.view, VIEW_TREE);
    assert_int_equal(options.timeout_ms, 0);
    assert_false(options_listens(&options));

    setenv("DD_BROKER", "ipc:///tmp/x", 1);
    setenv("DD_KEYS", "b.json", 1);
    setenv("DD_NAME", "me", 1);
    assert_int_equal(parse(&options, &line, "-l", &problem), DD_OPTIONS_TAKEN);
    assert_string_equal(options.endpoint, "ipc:///tmp/x");
    assert_string_equal(options.keyfile, "b.json");
    assert_string_equal(options.name, "me");
    assert_null(options.tenant);

    assert_int_equal(
        parse(&options, &line, "-l -d tcp://h:1 -k c.json you a", &problem), DD_OPTIONS_TAKEN);
    assert_string_equal(options.endpoint, "tcp://h:1");
    assert_string_equal(options.keyfile, "c.json");
    assert_string_equal(options.name, "you");

    setenv("DD_NAME", "", 1);
    assert_int_equal(parse(&options, &line, "-l", &problem), DD_OPTIONS_TAKEN);
    assert_string_equal(options.name, "auto");
}

static void test_subscriptions_said_twice_are_one(void **state)
{
    (void)state;
    options_t options;
    dd_problem_t problem;
    line_t line;
    assert_int_equal(parse(&options, &line, "-k k -s a -s a@all -s a@/ -s b -s a@node", &problem),
        DD_OPTIONS_TAKEN);
    assert_int_equal(options.subscription_count, 3);
    assert_int_equal(parse(&options, &line, "-k k -s a@b@all", &problem), DD_OPTIONS_TAKEN);
    assert_string_equal(options.subscriptions[0].topic, "a@b");
}

static void test_too_many_subscriptions(void **state)
{
    (void)state;
    static char program[] = "ddtui", keys[] = "-kk";
    static char wishes[OPTIONS_SUBSCRIPTIONS_MAX + 1][24];
    char *arguments[OPTIONS_SUBSCRIPTIONS_MAX + 4] = {program, keys};
    int count = 2;
    for (int i = 0; i <= OPTIONS_SUBSCRIPTIONS_MAX; i++) {
        snprintf(wishes[i], sizeof wishes[i], "-stopic%d", i);
        arguments[count++] = wishes[i];
    }
    options_t options;
    dd_problem_t problem;
    assert_int_equal(options_read(&options, count - 1, arguments, &problem), DD_OPTIONS_TAKEN);
    assert_int_equal(options_read(&options, count, arguments, &problem), DD_OPTIONS_WRONG);
    assert_non_null(strstr(problem.text, "64"));
}

#define LONG_NAME "0123456789012345678901234567890123456789012345678901234567890123"

typedef struct {
    const char *line;
    const char *complaint;
} complaint_t;

static void expect_complaints(const complaint_t *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        options_t options;
        dd_problem_t problem;
        line_t line;
        if (parse(&options, &line, cases[i].line, &problem) != DD_OPTIONS_WRONG)
            fail_msg("taken for good: %s", cases[i].line);
        if (!strstr(problem.text, cases[i].complaint))
            fail_msg("%s: %s", cases[i].line, problem.text);
    }
}

static void test_lines_that_are_no_command_are_named(void **state)
{
    (void)state;
    static const complaint_t CASES[] = {
        {"-k k -k l", "--keys is given twice"},
        {"-k k -t 5 -t 6 -l", "--timeout is given twice"},
        {"-k k -x", "-x"},
        {"-k k --nothing", "--nothing"},
        {"-k k --s x", "--s"}, /* the beginning of two */
        {"-k k --tree=5", "--tree"},
        {"-k k -n", "-n"},
        {"-k k --notify", "--notify"},
        {"-l one a three", "'three'"},
        {"-l", "DD_KEYS"},
    };
    expect_complaints(CASES, COUNT(CASES));
}

static void test_values_that_can_t_be_are_named(void **state)
{
    (void)state;
    static const complaint_t CASES[] = {
        {"-k k -l -c 0", "'0'"},
        {"-k k -l -c -1", "'-1'"},
        {"-k k -l -c 3x", "'3x'"},
        {"-k k -l -c 99999999999999999999", "'99999999999999999999'"},
        {"-k k -l -t 0", "'0'"},
        {"-k k -l -t -1", "'-1'"},
        {"-k k -l -t 5s", "'5s'"},
        {"-k k -l -t inf", "'inf'"},
        {"-k k -l -t nan", "'nan'"},
        {"-k k -l -t 1e300", "'1e300'"},
        {"-k k -s @all", "'@all'"},
        {"-k k -s public", "'public'"},
        {"-k k -s public.x", "'public.x'"},
        {"-k k -s x@nowhere", "'x@nowhere'"},
        {"-k k -s x@", "'x@'"},
        {"-k k --move x", "a broker and a parent"},
        {"-k k --move x=h:1", "a broker and a parent"},
        {"-k k --move =tcp://h:1", "not the name of a broker"},
        {"-k k -d tcp://a:1,b:1 x", "'b:1' is no endpoint"},
        {"-k k --end-client x", "TENANT.NAME"},
        {"-k k --end-client .x", "TENANT.NAME"},
        {"-k k --log-level x", "BROKER=LEVEL"},
        {"-k k --log-level x=", "BROKER=LEVEL"},
        {"-k k --log-level =info", "''"},
        {"-k k --drain " LONG_NAME, LONG_NAME},
        {"-k k --watch 0.05 --tree", "0.1"},
        {"-k k --watch x --tree", "--watch"},
        {"-k k --check --expect-brokers 0", "'0'"},
        {"-k k --check --warning rtt", "FIGURE=RANGE"},
        {"-k k --check --warning what=5", "FIGURE=RANGE"},
        {"-k k --check --critical rtt=5:1", "@10:20"},
        {"-k k --check --critical rtt=5 --critical rtt=6", "a range already"},
        {"-l me a.b", "'a.b'"},
    };
    expect_complaints(CASES, COUNT(CASES));
}

static void test_what_can_t_stand_together_is_named(void **state)
{
    (void)state;
    static const complaint_t CASES[] = {
        {"-k k --json", "--json"},
        {"-k k -t 5", "--timeout"},
        {"-k k -n x --read-only", "--read-only"},
        {"-k k -p x --read-only", "--read-only"},
        {"-k k -s x --read-only", "--read-only"},
        {"-k k --trace x --read-only", "--read-only"},
        {"-k k --end-client a.x --read-only", "--read-only"},
        {"-k k --drain x --read-only", "--read-only"},
        {"-k k --log-level x=info --read-only", "--read-only"},
        {"-k k -w -l", "--wait"},
        {"-k k -m hi -l", "--message"},
        {"-k k -c 3 -n x", "--count"},
        {"-k k --tree --clients", "only one"},
        {"-k k --tree -n x", "stand alone"},
        {"-k k --tree -l", "stand alone"},
        {"-k k --subscriptions -s x", "stand alone"},
        {"-k k --events --check", "stand alone"},
        {"-k k --topics --clients", "only one of"},
        {"-k k --topics -p x", "stand alone"},
        {"-k k --trace x --tree", "stand alone"},
        {"-k k --trace x -n y", "stand alone"},
        {"-k k --drain x --tree", "stand alone"},
        {"-k k --events --tree", "only one"},
        {"-k k --drain x --end-client a.y", "only one"},
        {"-k k --drain x --drain y", "only one"},
        {"-k k --drain x --move y=tcp://h:1", "only one"},
        {"-k k --watch 1 -l", "--watch"},
        {"-k k --watch 1 --trace x", "--watch"},
        {"-k k --tree -c 2", "--count"},
        {"-k k --tree --expect-brokers 2", "need --check"},
        {"-k k --tree --warning rtt=2", "need --check"},
        {"-k k -l --critical rtt=2", "need --check"},
        {"-k k --operator-keys o --tree", "--operator-keys"},
    };
    expect_complaints(CASES, COUNT(CASES));
}

static void test_looks(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        view_t question;
        uint64_t watch_ms;
        bool observes;
    } CASES[] = {
        {"-k k --tree", VIEW_TREE, 0, true},
        {"-k k --check --watch 0.1", VIEW_TREE, 100, true},
        {"-k k --events", VIEW_EVENTS, 0, true},
        {"-k k --events -t 5", VIEW_EVENTS, 1000, true},
        {"-k k --events -t 5 --watch 2 -c 3", VIEW_EVENTS, 2000, true},
        {"-k k --clients -t 5 --read-only", VIEW_CLIENTS, 0, true},
        {"-k k --end-client a.x", VIEW_CLIENTS, 0, false},
        {"-k k --drain x", VIEW_TREE, 0, false},
        {"-k k --trace x --no-color", VIEW_NONE, 0, false},
        {"-k k -l --read-only", VIEW_NONE, 0, false},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        options_t options;
        dd_problem_t problem;
        line_t line;
        if (parse(&options, &line, CASES[i].line, &problem) != DD_OPTIONS_TAKEN)
            fail_msg("%s: %s", CASES[i].line, problem.text);
        assert_int_equal(options_question(&options), CASES[i].question);
        assert_int_equal(options.watch_ms, CASES[i].watch_ms);
        assert_int_equal(options_observes(&options), CASES[i].observes);
        assert_false(options_interact(&options));
    }
}

static void test_orders(void **state)
{
    (void)state;
    static const struct {
        const char *line, *what, *argument, *broker;
    } CASES[] = {
        {"--end-client a.x.y", "end-client", "a.x.y", ""},
        {"--drain broker0", "drain", "broker0", "broker0"},
        {"--move broker0=tcp://h:1", "move", "tcp://h:1", "broker0"},
        {"--move a=b=ipc:///x=ipc://y", "move", "ipc:///x=ipc://y", "a=b"},
        {"--log-level broker0=debug", "log-level", "debug", "broker0"},
        {"--log-level x=y=info", "log-level", "info", "x=y"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        options_t options;
        dd_problem_t problem;
        char text[256];
        line_t line;
        snprintf(text, sizeof text, "--operator-keys o.json %s", CASES[i].line);
        assert_int_equal(parse(&options, &line, text, &problem), DD_OPTIONS_TAKEN);
        assert_string_equal(options.keyfile, "o.json");
        assert_string_equal(options.order.what, CASES[i].what);
        assert_string_equal(options.order.argument, CASES[i].argument);
        assert_string_equal(options.order.broker, CASES[i].broker);
        assert_true(options_acts(&options));
    }
}

/* Whatever else is wrong, and wherever it stands, a monitor is told in its own words. */
static void test_check_is_seen_beside_mistakes(void **state)
{
    (void)state;
    static const char *const LINES[] = {"-k k --what --check", "-k k --check --what",
        "-k k -c x --check", "-k k --check --tree", "--check"};
    for (size_t i = 0; i < COUNT(LINES); i++) {
        options_t options;
        dd_problem_t problem;
        line_t line;
        assert_int_equal(parse(&options, &line, LINES[i], &problem), DD_OPTIONS_WRONG);
        assert_true(options.check);
    }
}

static void test_help_and_version_need_nothing_else(void **state)
{
    (void)state;
    options_t options;
    dd_problem_t problem;
    line_t line;
    assert_int_equal(parse(&options, &line, "--help", &problem), DD_OPTIONS_ANSWERED);
    assert_int_equal(parse(&options, &line, "-V", &problem), DD_OPTIONS_ANSWERED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_all_that_can_be_said, forget_environment),
        cmocka_unit_test_setup(test_defaults, forget_environment),
        cmocka_unit_test_setup(test_subscriptions_said_twice_are_one, forget_environment),
        cmocka_unit_test_setup(test_too_many_subscriptions, forget_environment),
        cmocka_unit_test_setup(test_lines_that_are_no_command_are_named, forget_environment),
        cmocka_unit_test_setup(test_values_that_can_t_be_are_named, forget_environment),
        cmocka_unit_test_setup(test_what_can_t_stand_together_is_named, forget_environment),
        cmocka_unit_test_setup(test_looks, forget_environment),
        cmocka_unit_test_setup(test_orders, forget_environment),
        cmocka_unit_test_setup(test_check_is_seen_beside_mistakes, forget_environment),
        cmocka_unit_test_setup(test_help_and_version_need_nothing_else, forget_environment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
