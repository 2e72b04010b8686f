/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_keyfile - JSON files that hold secrets: read whole or not at all, and wiped
 */
#include <fcntl.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "libdd/keys/keyfile.h"
#include "tests/unit/libdd/keys.h"
#include "tests/unit/unit.h"

/* ---- Text ------------------------------------------------------------------------------------ */

static void test_an_object_is_read(void **state)
{
    (void)state;
    static const char TEXT[] = "{\"one\": \"1\",\n \"two\": {\"three\": [3]}}";
    struct json_object *object = dd_keyfile_parse("file", TEXT, strlen(TEXT), NULL), *value;
    assert_non_null(object);
    assert_true(json_object_object_get_ex(object, "one", &value));
    assert_string_equal(json_object_get_string(value), "1");
    assert_int_equal(json_object_object_length(object), 2);
    dd_keyfile_destroy(&object);
    assert_null(object);
    dd_keyfile_destroy(&object);
    dd_keyfile_destroy(NULL);
}

static const struct {
    const char *text;
    size_t size;
    const char *complaint;
} BAD[] = {
    {BYTES(""), "file: the file is empty, so it is no key file"},
    {BYTES("{"), "file: the file is cut off: its JSON text doesn't end"},
    {BYTES("{\"a\": \"b"), "file: the file is cut off"},
    {BYTES("   "), "file: the file is cut off"},
    {BYTES("{}{}"), "file: line 1 is not valid JSON: "},
    {BYTES("{}\n\nx"), "file: line 3 is not valid JSON: "},
    {BYTES("{}\0"), "file: line 1 is not valid JSON: something follows the end"},
    {BYTES("{\n\"a\": 'b'\n}"), "file: line 2 is not valid JSON: "},
    {BYTES("{\"a\": \"\xff\"}"), "file: line 1 is not valid JSON: "},
    {BYTES("[1]"), "file: the file holds no JSON object"},
    {BYTES("\"{}\""), "file: the file holds no JSON object"},
    {BYTES("7 "), "file: the file holds no JSON object"},
};

static void test_what_is_no_object_is_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(BAD); i++) {
        dd_problem_t problem = {0};
        assert_null(dd_keyfile_parse("file", BAD[i].text, BAD[i].size, &problem));
        if (strncmp(problem.text, BAD[i].complaint, strlen(BAD[i].complaint)) != 0)
            fail_msg("%s: %s", BAD[i].text, problem.text);
        assert_int_equal(problem.error, DD_E_KEYS);
        assert_null(dd_keyfile_parse("file", BAD[i].text, BAD[i].size, NULL));
    }
}

static void test_too_large(void **state)
{
    (void)state;
    dd_problem_t problem = {0};
    assert_null(dd_keyfile_parse("file", "{}", (size_t)DD_KEYFILE_MAX + 1, &problem));
    assert_string_equal(problem.text, "file: the file is larger than 64 MiB, so it is no key file");
}

/* Strings that somebody still holds when the file is given up have been overwritten. */
static void test_all_strings_are_wiped(void **state)
{
    (void)state;
    static const char TEXT[] = "{\"a\": \"secret one\", \"b\": {\"c\": \"secret two, which is so "
                               "long that it has memory of "
                               "its own\"}, \"d\": [1, [\"secret three\"]]}";
    struct json_object *object = dd_keyfile_parse("file", TEXT, strlen(TEXT), NULL), *held[3], *in;
    assert_non_null(object);
    held[0] = json_object_object_get(object, "a");
    held[1] = json_object_object_get(json_object_object_get(object, "b"), "c");
    in = json_object_array_get_idx(json_object_object_get(object, "d"), 1);
    held[2] = json_object_array_get_idx(in, 0);
    for (size_t i = 0; i < COUNT(held); i++)
        json_object_get(held[i]);
    dd_keyfile_destroy(&object);
    for (size_t i = 0; i < COUNT(held); i++) {
        const char *text = json_object_get_string(held[i]);
        int size = json_object_get_string_len(held[i]);
        assert_true(size >= 10);
        for (int at = 0; at < size; at++)
            assert_int_equal(text[at], '\0');
        json_object_put(held[i]);
    }
}

/* ---- Files ----------------------------------------------------------------------------------- */

typedef struct {
    char directory[32];
    char path[64];
} files_t;

static int make_directory(void **state)
{
    files_t *self = calloc(1, sizeof *self);
    strcpy(self->directory, "/tmp/test_keyfile.XXXXXX");
    if (mkdtemp(self->directory) == NULL || chmod(self->directory, 0755) == -1)
        return -1;
    snprintf(self->path, sizeof self->path, "%s/keys.json", self->directory);
    *state = self;
    return 0;
}

static int remove_directory(void **state)
{
    files_t *self = *state;
    remove(self->path);
    int rc = rmdir(self->directory);
    free(self);
    return rc;
}

static void write_file(const files_t *self, const char *text, size_t size)
{
    int fd = open(self->path, O_WRONLY | O_CREAT | O_EXCL, 0600);
    assert_int_not_equal(fd, -1);
    assert_int_equal(write(fd, text, size), size);
    assert_int_equal(close(fd), 0);
}

static void assert_refused(const char *path, dd_error_t error, const char *complaint)
{
    dd_problem_t problem = {0};
    assert_null(dd_keyfile_load(path, &problem));
    if (strstr(problem.text, complaint) == NULL)
        print_error("%s\n", problem.text);
    assert_non_null(strstr(problem.text, complaint));
    assert_non_null(strstr(problem.text, path));
    assert_int_equal(problem.error, error);
}

static void test_absent(void **state)
{
    const files_t *files = *state;
    assert_refused(files->path, DD_E_FILE, "No such file");
}

static void test_directory(void **state)
{
    const files_t *files = *state;
    assert_refused(files->directory, DD_E_FILE, "is a directory");
}

static void test_pipe(void **state)
{
    const files_t *files = *state;
    assert_int_equal(mkfifo(files->path, 0600), 0);
    assert_refused(files->path, DD_E_FILE, "not a regular file");
}

static void test_empty(void **state)
{
    const files_t *files = *state;
    write_file(files, "", 0);
    assert_refused(files->path, DD_E_KEYS, "is empty");
}

static void test_huge(void **state)
{
    const files_t *files = *state;
    write_file(files, "{", 1);
    assert_int_equal(truncate(files->path, (off_t)DD_KEYFILE_MAX + 1), 0);
    assert_refused(files->path, DD_E_KEYS, "larger than 64 MiB");
}

static void test_truncated(void **state)
{
    const files_t *files = *state;
    write_file(files, BROKER_FILE, strlen(BROKER_FILE) / 2);
    assert_refused(files->path, DD_E_KEYS, "cut off");
}

static void test_without_permission(void **state)
{
    const files_t *files = *state;
    write_file(files, A_FILE, strlen(A_FILE));
    assert_int_equal(chmod(files->path, 0), 0);
    /* Nothing is forbidden to root, so be nobody for a moment. */
    bool is_root = geteuid() == 0;
    if (is_root)
        assert_int_equal(seteuid(65534), 0);
    assert_refused(files->path, DD_E_FILE, "Permission denied");
    if (is_root)
        assert_int_equal(seteuid(0), 0);
}

static void test_a_file_is_read(void **state)
{
    const files_t *files = *state;
    write_file(files, A_FILE, strlen(A_FILE));
    struct json_object *object = dd_keyfile_load(files->path, NULL);
    assert_non_null(object);
    assert_string_equal(json_object_get_string(json_object_object_get(object, "pubkey")), A_KEY);
    dd_keyfile_destroy(&object);
}

int main(void)
{
#define WITH_FILES(test) cmocka_unit_test_setup_teardown(test, make_directory, remove_directory)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_object_is_read),
        cmocka_unit_test(test_what_is_no_object_is_named),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_all_strings_are_wiped),
        WITH_FILES(test_a_file_is_read),
        WITH_FILES(test_absent),
        WITH_FILES(test_directory),
        WITH_FILES(test_pipe),
        WITH_FILES(test_empty),
        WITH_FILES(test_huge),
        WITH_FILES(test_truncated),
        WITH_FILES(test_without_permission),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
