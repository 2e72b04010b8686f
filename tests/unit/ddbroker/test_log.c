/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_log - lines, levels, floods, files and what can't be written
 */
#include <fcntl.h>
#include <regex.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ddbroker/flood.h"
#include "ddbroker/log.h"
#include "tests/unit/unit.h"

static char directory[] = "/tmp/dd-log-XXXXXX";
static char path[64], moved[64];

static int setup(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/log", directory);
    snprintf(moved, sizeof moved, "%s/log.1", directory);
    return 0;
}

static int clean(void **state)
{
    (void)state;
    unlink(path);
    unlink(moved);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    rmdir(directory);
    return 0;
}

static const char *content(const char *name)
{
    static char text[32 << 10];
    FILE *in = fopen(name, "r");
    assert_non_null(in);
    size_t size = fread(text, 1, sizeof text - 1, in);
    fclose(in);
    text[size] = '\0';
    return text;
}

static log_t *open_log(dd_log_level_t level)
{
    dd_problem_t problem;
    log_t *log = log_new(path, level, &problem);
    if (!log)
        fail_msg("%s", problem.text);
    return log;
}

static unsigned count(const char *text, const char *what)
{
    unsigned found = 0;
    while ((text = strstr(text, what))) {
        found++;
        text += strlen(what);
    }
    return found;
}

/* ---- Lines -------------------------------------------------------------------------------- */

static void a_line_has_time_level_and_message(void **state)
{
    (void)state;
    log_t *log = open_log(DD_LOG_NOTICE);
    log_write(log, DD_LOG_NOTICE, "listening on %s", "tcp://*:5555");
    log_destroy(&log);
    regex_t pattern;
    assert_int_equal(regcomp(&pattern,
                         "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z "
                         "notice  listening on tcp://\\*:5555\n$",
                         REG_EXTENDED | REG_NOSUB),
        0);
    assert_int_equal(regexec(&pattern, content(path), 0, NULL, 0), 0);
    regfree(&pattern);
}

static void less_important_lines_are_left_out(void **state)
{
    (void)state;
    for (dd_log_level_t wanted = DD_LOG_ERROR; wanted <= DD_LOG_DEBUG; wanted++) {
        unlink(path);
        log_t *log = open_log(wanted);
        for (dd_log_level_t level = DD_LOG_ERROR; level <= DD_LOG_DEBUG; level++)
            log_write(log, level, "x");
        log_destroy(&log);
        assert_int_equal(count(content(path), "\n"), wanted + 1);
    }
}

static const struct {
    const char *line, *shown;
} ESCAPES[] = {
    {"plain text, with (signs)", "plain text, with (signs)"},
    {"", ""},
    {"two\nlines", "two\\x0alines"},
    {"\x1b[31mred", "\\x1b[31mred"},
    {"\x7f\t\r", "\\x7f\\x09\\x0d"},
    {"å ✓ 漢 🙂", "å ✓ 漢 🙂"},
    {"C1: \xc2\x9b", "C1: \\xc2\\x9b"},
    {"reversed: \xe2\x80\xae", "reversed: \\xe2\\x80\\xae"},
    {"raw \x9b and \xff", "raw \\x9b and \\xff"},
    {"overlong \xc0\x8a", "overlong \\xc0\\x8a"},
    {"a back\\slash", "a back\\\\slash"},
    {"cut \xe2\x9c", "cut \\xe2\\x9c"},
    {"cut \xf0\x9f\x99", "cut \\xf0\\x9f\\x99"},
};

static void hostile_bytes_are_shown(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(ESCAPES); i++) {
        unlink(path);
        log_t *log = open_log(DD_LOG_NOTICE);
        log_write(log, DD_LOG_NOTICE, "<%s>", ESCAPES[i].line);
        log_destroy(&log);
        char shown[128];
        snprintf(shown, sizeof shown, " notice  <%s>\n", ESCAPES[i].shown);
        assert_non_null(strstr(content(path), shown));
    }
}

static void long_lines_stay_one_line(void **state)
{
    (void)state;
    char message[5000];
    memset(message, '\n', sizeof message);
    message[sizeof message - 1] = '\0';
    log_t *log = open_log(DD_LOG_NOTICE);
    log_write(log, DD_LOG_NOTICE, "%s", message);
    log_destroy(&log);
    const char *text = content(path);
    assert_int_equal(count(text, "\n"), 1);
    assert_true(strlen(text) <= 2048);
}

/* ---- Floods ------------------------------------------------------------------------------- */

static void floods_are_cut_and_counted(void **state)
{
    (void)state;
    log_t *log = open_log(DD_LOG_NOTICE);
    log_tick(log, 5000);
    for (int i = 0; i < 1000; i++)
        log_flood(log, "10.0.0.1", DD_LOG_WARNING, "refused number %d", i);
    log_flood(log, "10.0.0.1", DD_LOG_WARNING, "another kind");
    log_flood(log, "10.0.0.2", DD_LOG_WARNING, "somebody else");
    log_flood(log, "10.0.0.1", DD_LOG_DEBUG, "what isn't wanted");
    log_tick(log, 5000 + FLOOD_WHILE - 1);
    assert_int_equal(count(content(path), "refused number"), FLOOD_LINES);
    assert_int_equal(count(content(path), "more"), 0);
    log_tick(log, 5000 + FLOOD_WHILE);
    assert_int_equal(
        count(content(path),
            "warning 900 more like this from strangers 10.0.0.1: refused number 999\n"),
        1);
    assert_int_equal(count(content(path), "another kind"), 1);
    assert_int_equal(count(content(path), "somebody else"), 1);
    log_flood(log, "10.0.0.1", DD_LOG_WARNING, "refused number %d", 1000);
    assert_int_equal(count(content(path), "refused number 1000"), 1);
    log_tick(log, 5000 + 3 * FLOOD_WHILE);
    assert_int_equal(count(content(path), "more"), 1);
    log_destroy(&log);
}

/* ---- Files -------------------------------------------------------------------------------- */

static void a_moved_log_is_made_anew(void **state)
{
    (void)state;
    dd_problem_t problem;
    log_t *log = open_log(DD_LOG_NOTICE);
    log_write(log, DD_LOG_NOTICE, "first");
    assert_int_equal(rename(path, moved), 0);
    log_write(log, DD_LOG_NOTICE, "second");
    assert_int_equal(log_reopen(log, path, DD_LOG_INFO, &problem), DD_OK);
    log_write(log, DD_LOG_INFO, "third");
    assert_int_equal(count(content(moved), "\n"), 2);
    assert_non_null(strstr(content(moved), "second"));
    assert_non_null(strstr(content(path), "third"));
    assert_int_equal(log_reopen(log, directory, DD_LOG_INFO, &problem), DD_E_FILE);
    assert_non_null(strstr(problem.text, directory));
    log_write(log, DD_LOG_INFO, "fourth");
    assert_int_equal(count(content(path), "\n"), 2);
    log_destroy(&log);
}

static void a_file_that_cannot_be_opened_is_named(void **state)
{
    (void)state;
    dd_problem_t problem;
    assert_null(log_new("/nowhere/log", DD_LOG_NOTICE, &problem));
    assert_string_equal(
        problem.text, "can't open the log file /nowhere/log: No such file or directory");
}

/* A pipe whose reader stands still: lines are left out, and counted when it reads on. */
static void nobody_waits_for_a_slow_reader(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    int reader = open(path, O_RDONLY | O_NONBLOCK);
    assert_true(reader >= 0);
    log_t *log = open_log(DD_LOG_NOTICE);
    for (int i = 0; i < 5000; i++)
        log_write(log, DD_LOG_NOTICE, "line %d of very many that nobody reads", i);
    static char text[1 << 20];
    ssize_t size;
    while ((size = read(reader, text, sizeof text)) == (ssize_t)sizeof text)
        ;
    log_write(log, DD_LOG_NOTICE, "the reader is back");
    size = read(reader, text, sizeof text - 1);
    assert_true(size > 0);
    text[size] = '\0';
    assert_non_null(strstr(text, "lines before this one could not be written"));
    assert_non_null(strstr(text, "the reader is back"));
    log_destroy(&log);
    close(reader);
}

static void a_full_disk_ends_nothing(void **state)
{
    (void)state;
    dd_problem_t problem;
    log_t *log = log_new("/dev/full", DD_LOG_NOTICE, &problem);
    assert_non_null(log);
    log_write(log, DD_LOG_NOTICE, "lost");
    log_write(log, DD_LOG_NOTICE, "lost too");
    assert_int_equal(log_reopen(log, path, DD_LOG_NOTICE, &problem), DD_OK);
    log_write(log, DD_LOG_NOTICE, "there is room");
    assert_non_null(strstr(content(path), "warning 2 lines before this one could not be written"));
    assert_non_null(strstr(content(path), "there is room"));
    log_destroy(&log);
}

/* A line that the disk has no room for in the middle; the next one doesn't go on behind it, in the
   same run or in another. */
static void a_torn_line_gets_its_end(void **state)
{
    (void)state;
    struct rlimit limit, small;
    log_t *log = open_log(DD_LOG_NOTICE);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = (struct rlimit){50, limit.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    log_write(log, DD_LOG_NOTICE, "a line that is longer than what there is room for");
    log_write(log, DD_LOG_NOTICE, "lost");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_int_equal(strlen(content(path)), 50);
    log_write(log, DD_LOG_NOTICE, "there is room");
    log_destroy(&log);
    assert_int_equal(content(path)[50], '\n');
    assert_non_null(strstr(content(path), "Z warning 2 lines before this one"));
    assert_non_null(strstr(content(path), "Z notice  there is room\n"));

    assert_int_equal(truncate(path, 50), 0);
    log = open_log(DD_LOG_NOTICE);
    log_write(log, DD_LOG_NOTICE, "begun anew");
    log_write(log, DD_LOG_NOTICE, "and goes on");
    log_destroy(&log);
    assert_int_equal(content(path)[50], '\n');
    assert_non_null(strstr(content(path), "begun anew\n2"));
    assert_null(strstr(content(path), "\n\n"));
}

/* systemd names the journal by device and inode; here a file plays it. */
static void the_journal_gets_levels_and_no_time(void **state)
{
    (void)state;
    char stream[64];
    struct stat status;
    close(open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    assert_int_equal(stat(path, &status), 0);
    snprintf(stream, sizeof stream, "%llu:%llu", (unsigned long long)status.st_dev,
        (unsigned long long)status.st_ino);
    setenv("JOURNAL_STREAM", stream, 1);
    log_t *log = open_log(DD_LOG_DEBUG);
    static const char *const lines[] = {"<3>x\n", "<4>x\n", "<5>x\n", "<6>x\n", "<7>x\n"};
    for (dd_log_level_t level = DD_LOG_ERROR; level <= DD_LOG_DEBUG; level++)
        log_write(log, level, "x");
    const char *text = content(path);
    for (size_t i = 0; i < COUNT(lines); i++)
        assert_int_equal(strncmp(text + i * strlen(lines[0]), lines[i], strlen(lines[i])), 0);
    log_destroy(&log);
    setenv("JOURNAL_STREAM", "1:1", 1);
    log = open_log(DD_LOG_DEBUG);
    log_write(log, DD_LOG_ERROR, "a file that is no journal");
    assert_non_null(strstr(content(path), "Z error   a file that is no journal"));
    log_destroy(&log);
    unsetenv("JOURNAL_STREAM");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_teardown(a_line_has_time_level_and_message, clean),
        cmocka_unit_test_teardown(less_important_lines_are_left_out, clean),
        cmocka_unit_test_teardown(hostile_bytes_are_shown, clean),
        cmocka_unit_test_teardown(long_lines_stay_one_line, clean),
        cmocka_unit_test_teardown(floods_are_cut_and_counted, clean),
        cmocka_unit_test_teardown(a_moved_log_is_made_anew, clean),
        cmocka_unit_test_teardown(a_file_that_cannot_be_opened_is_named, clean),
        cmocka_unit_test_teardown(nobody_waits_for_a_slow_reader, clean),
        cmocka_unit_test_teardown(a_full_disk_ends_nothing, clean),
        cmocka_unit_test_teardown(a_torn_line_gets_its_end, clean),
        cmocka_unit_test_teardown(the_journal_gets_levels_and_no_time, clean),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
