/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_keyset - the files of one set are changed together, or not at all
 */
#include <json-c/json.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ddkeys/commands.h"
#include "ddkeys/keyset.h"
#include "ddkeys/names.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

#define FILES_MAX 8
#define PATH_ROOM 96

/* What stands in the files of a set. */
typedef struct {
    char *texts[FILES_MAX];
} contents_t;

static const char *const FILES[] = {
    BROKER_FILE, PUBLIC_FILE, OPERATOR_FILE, "a-keys.json", "b-keys.json"};

typedef struct {
    char directory[32];
    dd_problem_t problem;
} room_t;

static const char *path_of(const char *directory, const char *name, char path[PATH_ROOM])
{
    snprintf(path, PATH_ROOM, "%s/%s", directory, name);
    return path;
}

static void make(room_t *self, const char *tenants)
{
    options_t options = {.directory = self->directory, .tenants = tenants, .force = true};
    self->problem = (dd_problem_t){0};
    assert_int_equal(make_run(&options, &self->problem), DD_OK);
}

static int enter(void **state)
{
    room_t *self = calloc(1, sizeof *self);
    strcpy(self->directory, "/tmp/test_keyset.XXXXXX");
    if (!mkdtemp(self->directory))
        return -1;
    make(self, "a,b");
    *state = self;
    return 0;
}

static int leave(void **state)
{
    char path[PATH_ROOM];
    room_t *self = *state;
    for (size_t i = 0; i < COUNT(FILES); i++)
        unlink(path_of(self->directory, FILES[i], path));
    int rc = rmdir(self->directory);
    free(self);
    return rc;
}

static contents_t contents_new(const room_t *self)
{
    contents_t contents = {0};
    char path[PATH_ROOM];
    for (size_t i = 0; i < COUNT(FILES); i++) {
        struct json_object *file = json_object_from_file(path_of(self->directory, FILES[i], path));
        contents.texts[i] = strdup(file ? json_object_to_json_string(file) : "");
        json_object_put(file);
    }
    return contents;
}

static void contents_clear(contents_t *self)
{
    for (size_t i = 0; i < COUNT(FILES); i++)
        free(self->texts[i]);
}

/* Whether all files are as they were, or all that a new key of tenant a concerns are others. */
static bool changed_as_one(const contents_t *before, const contents_t *after)
{
    bool changed = strcmp(before->texts[0], after->texts[0]) != 0;
    for (size_t i = 0; i < COUNT(FILES); i++) {
        bool concerned =
            strcmp(FILES[i], OPERATOR_FILE) != 0 && strcmp(FILES[i], "b-keys.json") != 0;
        bool differs = strcmp(before->texts[i], after->texts[i]) != 0;
        if (differs != (concerned && changed))
            fail_msg("%s is %s", FILES[i], differs ? "another" : "the old one");
    }
    return changed;
}

static dd_error_t rotate(room_t *self, const char *name)
{
    options_t options = {.directory = self->directory, .operand = name, .force = true};
    self->problem = (dd_problem_t){0};
    return rotate_run(&options, &self->problem);
}

static void put_in_place_of(const room_t *self, const char *name, const char *other)
{
    char from[PATH_ROOM], to[PATH_ROOM];
    struct json_object *file = json_object_from_file(path_of(self->directory, other, from));
    assert_non_null(file);
    assert_int_equal(json_object_to_file(path_of(self->directory, name, to), file), 0);
    json_object_put(file);
}

/* ---- Sets that are none --------------------------------------------------------------------- */

static void test_files_of_another_kind(void **state)
{
    room_t *self = *state;
    put_in_place_of(self, PUBLIC_FILE, "a-keys.json");
    assert_int_equal(rotate(self, "a"), DD_E_KEYS);
    assert_non_null(strstr(self->problem.text, PUBLIC_FILE ": is not the key file of the public"));
    put_in_place_of(self, BROKER_FILE, "a-keys.json");
    assert_int_equal(rotate(self, "a"), DD_E_KEYS);
    assert_non_null(strstr(self->problem.text, BROKER_FILE ": is not the key file of the brokers"));
}

static void test_files_of_two_sets(void **state)
{
    room_t *self = *state;
    char path[PATH_ROOM];
    struct json_object *old = json_object_from_file(path_of(self->directory, PUBLIC_FILE, path));
    make(self, "a,b");
    assert_int_equal(json_object_to_file(path, old), 0);
    json_object_put(old);
    assert_int_equal(rotate(self, "a"), DD_E_KEYS);
    assert_non_null(strstr(self->problem.text, "are of two sets"));
}

static void test_files_that_are_missing(void **state)
{
    room_t *self = *state;
    char path[PATH_ROOM];
    unlink(path_of(self->directory, PUBLIC_FILE, path));
    assert_int_equal(rotate(self, "a"), DD_E_FILE);
    assert_non_null(strstr(self->problem.text, PUBLIC_FILE));
    unlink(path_of(self->directory, BROKER_FILE, path));
    assert_int_equal(rotate(self, "a"), DD_E_FILE);
    assert_non_null(strstr(self->problem.text, BROKER_FILE));
}

/* ---- Changes -------------------------------------------------------------------------------- */

static void test_fields_of_others_stay(void **state)
{
    room_t *self = *state;
    char path[PATH_ROOM];
    struct json_object *value = NULL;
    struct json_object *file = json_object_from_file(path_of(self->directory, BROKER_FILE, path));
    json_object_object_add(file, "theirs", json_object_new_string("kept"));
    assert_int_equal(json_object_to_file(path, file), 0);
    json_object_put(file);
    assert_int_equal(rotate(self, "a"), DD_OK);
    file = json_object_from_file(path);
    assert_true(json_object_object_get_ex(file, "theirs", &value));
    assert_string_equal(json_object_get_string(value), "kept");
    json_object_put(file);
}

static void test_out_of_memory_changes_nothing(void **state)
{
    room_t *self = *state;
    bool limited = true, changed = false;
    for (size_t allowed = 0; limited; allowed++) {
        contents_t before = contents_new(self);
        memory_limit_begin(allowed);
        dd_error_t error = rotate(self, "a");
        limited = memory_limit_end();
        contents_t after = contents_new(self);
        changed = changed_as_one(&before, &after);
        assert_int_equal(changed, error == DD_OK);
        contents_clear(&before);
        contents_clear(&after);
    }
    assert_true(changed);
}

static void test_out_of_memory_makes_no_set(void **state)
{
    room_t *self = *state;
    options_t options = {.directory = self->directory, .tenants = "a,b", .force = true};
    bool limited = true;
    for (size_t allowed = 0; limited; allowed++) {
        contents_t before = contents_new(self);
        self->problem = (dd_problem_t){0};
        memory_limit_begin(allowed);
        dd_error_t error = make_run(&options, &self->problem);
        limited = memory_limit_end();
        contents_t after = contents_new(self);
        for (size_t i = 0; i < COUNT(FILES); i++)
            assert_int_equal(strcmp(before.texts[i], after.texts[i]) != 0, error == DD_OK);
        contents_clear(&before);
        contents_clear(&after);
    }
}

#define KEYSET_TEST(test) cmocka_unit_test_setup_teardown(test, enter, leave)

int main(void)
{
    const struct CMUnitTest tests[] = {
        KEYSET_TEST(test_files_of_another_kind),
        KEYSET_TEST(test_files_of_two_sets),
        KEYSET_TEST(test_files_that_are_missing),
        KEYSET_TEST(test_fields_of_others_stay),
        KEYSET_TEST(test_out_of_memory_changes_nothing),
        KEYSET_TEST(test_out_of_memory_makes_no_set),
    };
    if (sodium_init() == -1)
        return EXIT_FAILURE;
    return cmocka_run_group_tests_name("keyset", tests, NULL, NULL);
}
