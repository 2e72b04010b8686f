/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_history - what was typed is there again, also in the next run
 */
#include <sys/stat.h>
#include <unistd.h>

#include "ddtui/model/history.h"
#include "tests/unit/ddtui/scripted.h"

static char directory[] = "/tmp/dd-history.XXXXXX";
static char path[128];

static int make_directory(void **state)
{
    if (scripted_setup(state) != 0 || !mkdtemp(directory))
        return -1;
    snprintf(path, sizeof path, "%s/a/b/history", directory);
    return 0;
}

static int remove_directory(void **state)
{
    (void)state;
    char name[128];
    unlink(path);
    snprintf(name, sizeof name, "%s/a/b", directory);
    rmdir(name);
    snprintf(name, sizeof name, "%s/a", directory);
    rmdir(name);
    return rmdir(directory); /* nothing else is left in it */
}

static void test_the_newest_comes_first(void **state)
{
    (void)state;
    history_t *history = history_new(NULL);
    assert_true(history_add(history, HISTORY_TOPIC, "one"));
    assert_true(history_add(history, HISTORY_TOPIC, "two"));
    assert_true(history_add(history, HISTORY_TOPIC, "one"));
    assert_true(history_add(history, HISTORY_SCOPE, "all"));
    assert_int_equal(history_count(history, HISTORY_TOPIC), 2);
    assert_string_equal(history_at(history, HISTORY_TOPIC, 0), "one");
    assert_string_equal(history_at(history, HISTORY_TOPIC, 1), "two");
    for (int i = 0; i < 3 * HISTORY_MAX; i++) {
        char text[16];
        snprintf(text, sizeof text, "t%d", i);
        history_add(history, HISTORY_TOPIC, text);
    }
    assert_int_equal(history_count(history, HISTORY_TOPIC), HISTORY_MAX);
    assert_string_equal(history_at(history, HISTORY_TOPIC, 0), "t299");
    assert_string_equal(history_at(history, HISTORY_TOPIC, HISTORY_MAX - 1), "t200");
    history_destroy(&history);
}

static void test_it_outlives_its_run(void **state)
{
    (void)state;
    struct stat status;
    history_t *first = history_new(path), *second = history_new(path);
    assert_true(history_add(first, HISTORY_DESTINATION, "å ✓"));
    assert_true(history_add(second, HISTORY_DESTINATION, "other")); /* at the same time */
    history_destroy(&first);
    history_destroy(&second);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    history_t *history = history_new(path);
    assert_int_equal(history_count(history, HISTORY_DESTINATION), 2);
    assert_string_equal(history_at(history, HISTORY_DESTINATION, 0), "other");
    assert_string_equal(history_at(history, HISTORY_DESTINATION, 1), "å ✓");
    history_destroy(&history);
}

static void test_a_file_may_hold_anything(void **state)
{
    (void)state;
    static const char CONTENT[] = "topic\tgood\ntopic\t\nnonsense\nkind\tunknown\n\ttopic\n"
                                  "topic\tbad\x1b[31m\ntopic\tbad\xff\ntopic\tcut\0off\n";
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fwrite(CONTENT, 1, sizeof CONTENT - 1, file);
    fputs("topic\t", file);
    for (int i = 0; i < 100000; i++)
        fputc('x', file);
    fputs("\ntopic\tlast", file);
    fclose(file);
    history_t *history = history_new(path);
    assert_int_equal(history_count(history, HISTORY_TOPIC), 3);
    assert_string_equal(history_at(history, HISTORY_TOPIC, 0), "good");
    assert_string_equal(history_at(history, HISTORY_TOPIC, 1), "cut");
    assert_string_equal(history_at(history, HISTORY_TOPIC, 2), "last");
    history_destroy(&history);
    assert_true(history_add(history = history_new(NULL), HISTORY_TOPIC, "bad\n"));
    assert_int_equal(history_count(history, HISTORY_TOPIC), 0);
    history_destroy(&history);
}

static void test_where_it_is(void **state)
{
    (void)state;
    char out[128];
    setenv("XDG_STATE_HOME", "/state", 1);
    assert_true(history_path(out, sizeof out));
    assert_string_equal(out, "/state/doubledecker/history");
    assert_false(history_path(out, 10));
    setenv("XDG_STATE_HOME", "relative", 1);
    setenv("HOME", "/home/me", 1);
    assert_true(history_path(out, sizeof out));
    assert_string_equal(out, "/home/me/.local/state/doubledecker/history");
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_false(history_path(out, sizeof out));
}

static void test_a_place_that_can_not_be_written(void **state)
{
    (void)state;
    history_t *history = history_new("/proc/none/history");
    assert_false(history_add(history, HISTORY_TOPIC, "one"));
    assert_int_equal(history_count(history, HISTORY_TOPIC), 1);
    history_destroy(&history);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_newest_comes_first),
        cmocka_unit_test(test_it_outlives_its_run),
        cmocka_unit_test(test_a_file_may_hold_anything),
        cmocka_unit_test(test_where_it_is),
        cmocka_unit_test(test_a_place_that_can_not_be_written),
    };
    return cmocka_run_group_tests(tests, make_directory, remove_directory);
}
