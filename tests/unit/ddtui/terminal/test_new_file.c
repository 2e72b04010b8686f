/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_new_file - what is kept becomes a new file that its owner alone can read, and no file is
 * ever overwritten
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ddtui/terminal/new_file.h"
#include "tests/unit/unit.h"

/* What is to stand in a file. */
typedef struct {
    const char *data;
    size_t size;
} content_t;

static content_t CONTENT = {"a\0b", 3};

static bool write_content(void *arg, FILE *out)
{
    const content_t *content = arg;
    return fwrite(content->data, 1, content->size, out) == content->size;
}

/* As when a disk is full. */
static bool write_half(void *arg, FILE *out)
{
    (void)arg;
    fputs("half", out);
    errno = ENOSPC;
    return false;
}

/* A directory of its own, and a path in it at which there is nothing. */
typedef struct {
    char directory[32];
    char path[64];
} place_t;

static int make_place(void **state)
{
    static place_t self;
    self = (place_t){.directory = "/tmp/dd-save.XXXXXX"};
    if (!mkdtemp(self.directory))
        return -1;
    snprintf(self.path, sizeof self.path, "%s/message", self.directory);
    *state = &self;
    return 0;
}

static int remove_place(void **state)
{
    const place_t *self = *state;
    unlink(self->path);
    return rmdir(self->directory);
}

static void assert_holds(const char *path, const void *data, size_t size)
{
    char found[64];
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    assert_int_equal(fread(found, 1, sizeof found, file), size);
    fclose(file);
    assert_memory_equal(found, data, size);
}

static void test_the_payload_as_it_is(void **state)
{
    const place_t *place = *state;
    dd_problem_t problem;
    struct stat status;
    mode_t mask = umask(0);
    assert_int_equal(new_file_write(place->path, write_content, &CONTENT, &problem), DD_OK);
    umask(mask);
    assert_holds(place->path, "a\0b", 3);
    assert_int_equal(stat(place->path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
}

static void test_an_empty_payload(void **state)
{
    const place_t *place = *state;
    dd_problem_t problem;
    content_t nothing = {"", 0};
    assert_int_equal(new_file_write(place->path, write_content, &nothing, &problem), DD_OK);
    assert_holds(place->path, "", 0);
}

static void test_no_file_is_overwritten(void **state)
{
    const place_t *place = *state;
    dd_problem_t problem;
    content_t other = {"other", 5};
    assert_int_equal(new_file_write(place->path, write_content, &CONTENT, &problem), DD_OK);
    assert_int_equal(new_file_write(place->path, write_content, &other, &problem), DD_E_FILE);
    assert_int_equal(problem.error, DD_E_FILE);
    assert_non_null(strstr(problem.text, place->path));
    assert_holds(place->path, "a\0b", 3);
}

static void test_no_link_is_followed(void **state)
{
    const place_t *place = *state;
    char target[80];
    dd_problem_t problem;
    snprintf(target, sizeof target, "%s.target", place->path);
    assert_int_equal(symlink(target, place->path), 0);
    assert_int_equal(new_file_write(place->path, write_content, &CONTENT, &problem), DD_E_FILE);
    assert_int_not_equal(access(target, F_OK), 0);
}

/* Below a path that is nothing, and in place of a directory. */
static void test_where_no_file_can_be(void **state)
{
    const place_t *place = *state;
    dd_problem_t problem;
    char path[80];
    snprintf(path, sizeof path, "%s/below", place->path);
    assert_int_equal(new_file_write(path, write_content, &CONTENT, &problem), DD_E_FILE);
    assert_int_equal(
        new_file_write(place->directory, write_content, &CONTENT, &problem), DD_E_FILE);
}

static void test_what_cannot_be_written_leaves_no_file(void **state)
{
    const place_t *place = *state;
    dd_problem_t problem;
    assert_int_equal(new_file_write(place->path, write_half, NULL, &problem), DD_E_FILE);
    assert_non_null(strstr(problem.text, "No space left"));
    assert_int_not_equal(access(place->path, F_OK), 0);
}

#define test_in_place(name) cmocka_unit_test_setup_teardown(name, make_place, remove_place)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_in_place(test_the_payload_as_it_is),
        test_in_place(test_an_empty_payload),
        test_in_place(test_no_file_is_overwritten),
        test_in_place(test_no_link_is_followed),
        test_in_place(test_where_no_file_can_be),
        test_in_place(test_what_cannot_be_written_leaves_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
