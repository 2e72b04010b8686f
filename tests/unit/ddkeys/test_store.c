/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_store - a directory that changes as a whole or not at all
 */
#include <stdlib.h>
#include <string.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <signal.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ddkeys/names.h"
#include "ddkeys/pair.h"
#include "ddkeys/store.h"
#include "libdd/keys/keyring.h"
#include "tests/unit/unit.h"

/* Stands before the C library's, so that a disk can fail in the middle of a commit. */
static bool renaming_fails;

int renameat(int old_directory, const char *old, int new_directory, const char *new)
{
    if (!renaming_fails)
        return renameat2(old_directory, old, new_directory, new, 0);
    errno = EIO;
    return -1;
}

typedef struct {
    char directory[32];
    store_t *store;
} room_t;

static int enter(void **state)
{
    room_t *self = calloc(1, sizeof *self);
    strcpy(self->directory, "/tmp/test_store.XXXXXX");
    if (mkdtemp(self->directory) == NULL)
        return -1;
    self->store = store_open(self->directory, STORE_CHANGE, NULL);
    *state = self;
    return self->store == NULL ? -1 : 0;
}

/* Calls back for every entry of the directory but . and .. */
static unsigned each_entry(const char *directory, void (*act)(int, const char *))
{
    unsigned count = 0;
    DIR *list = opendir(directory);
    assert_non_null(list);
    for (const struct dirent *entry; (entry = readdir(list)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        count++;
        if (act != NULL)
            act(dirfd(list), entry->d_name);
    }
    closedir(list);
    return count;
}

static void remove_entry(int directory, const char *name)
{
    if (unlinkat(directory, name, 0) == -1)
        unlinkat(directory, name, AT_REMOVEDIR);
}

static int leave(void **state)
{
    room_t *self = *state;
    store_close(&self->store);
    each_entry(self->directory, remove_entry);
    int rc = rmdir(self->directory);
    free(self);
    return rc;
}

static void reopen(room_t *self, store_mode_t mode)
{
    store_close(&self->store);
    self->store = store_open(self->directory, mode, NULL);
    assert_non_null(self->store);
}

/* An operator's file with a mark by which it is known again. */
static struct json_object *make_content(const char *mark)
{
    struct json_object *content = json_object_new_object();
    pair_t *own = pair_new(), *broker = pair_new();
    json_object_object_add(content, "role", json_object_new_string("operator"));
    json_object_object_add(content, "privkey", json_object_new_string(own->secret_key.text));
    json_object_object_add(content, "pubkey", json_object_new_string(own->public_key.text));
    json_object_object_add(content, "ddpubkey", json_object_new_string(broker->public_key.text));
    json_object_object_add(content, "mark", json_object_new_string(mark));
    pair_destroy(&own);
    pair_destroy(&broker);
    return content;
}

static void put(room_t *self, const char *name, const char *mark, store_put_t how)
{
    struct json_object *content = make_content(mark);
    assert_int_equal(store_put(self->store, name, &content, how, NULL), DD_OK);
    assert_null(content);
}

static void assert_mark(room_t *self, const char *name, const char *mark)
{
    struct json_object *value = NULL;
    struct json_object *content = json_object_from_file(store_path(self->store, name));
    assert_true(json_object_object_get_ex(content, "mark", &value));
    assert_string_equal(json_object_get_string(value), mark);
    json_object_put(content);
}

static struct stat status_of(room_t *self, const char *name)
{
    struct stat status;
    assert_int_equal(lstat(store_path(self->store, name), &status), 0);
    return status;
}

static void make_file(room_t *self, const char *name)
{
    int fd = open(store_path(self->store, name), O_WRONLY | O_CREAT | O_EXCL, 0644);
    assert_int_not_equal(fd, -1);
    close(fd);
}

/* Commits what was put, and expects that it fails with words of that kind and changes nothing. */
static void assert_refused(room_t *self, const char *complaint)
{
    unsigned before = each_entry(self->directory, NULL);
    dd_problem_t problem = {0};
    assert_int_not_equal(store_commit(self->store, &problem), DD_OK);
    if (strstr(problem.text, complaint) == NULL)
        print_error("%s\n", problem.text);
    assert_non_null(strstr(problem.text, complaint));
    assert_int_equal(each_entry(self->directory, NULL), before);
}

/* ---- what works ------------------------------------------------------------------------------ */

static void test_new_files(void **state)
{
    room_t *room = *state;
    mode_t mask = umask(0);
    put(room, "a-keys.json", "1", STORE_NEW);
    put(room, "b-keys.json", "2", STORE_NEW);
    assert_false(store_has(room->store, "a-keys.json"));
    assert_int_equal(store_commit(room->store, NULL), DD_OK);
    umask(mask);
    assert_true(store_has(room->store, "a-keys.json"));
    assert_mark(room, "a-keys.json", "1");
    assert_mark(room, "b-keys.json", "2");
    assert_int_equal(status_of(room, "a-keys.json").st_mode, S_IFREG | 0600);
    assert_int_equal(status_of(room, "a-keys.json").st_nlink, 1);
    assert_int_equal(each_entry(room->directory, NULL), 2);
}

static void test_replacing(void **state)
{
    room_t *room = *state;
    put(room, "a-keys.json", "old", STORE_NEW);
    assert_int_equal(store_commit(room->store, NULL), DD_OK);
    ino_t inode = status_of(room, "a-keys.json").st_ino;
    assert_int_equal(chmod(store_path(room->store, "a-keys.json"), 0644), 0);

    reopen(room, STORE_CHANGE);
    put(room, "a-keys.json", "new", STORE_REPLACE);
    put(room, "b-keys.json", "new", STORE_REPLACE);
    assert_int_equal(store_commit(room->store, NULL), DD_OK);
    assert_mark(room, "a-keys.json", "new");
    assert_mark(room, "b-keys.json", "new");
    assert_int_not_equal(status_of(room, "a-keys.json").st_ino, inode);
    assert_int_equal(status_of(room, "a-keys.json").st_mode, S_IFREG | 0600);
    assert_int_equal(each_entry(room->directory, NULL), 2);
}

static void test_owner_is_kept(void **state)
{
    room_t *room = *state;
    if (geteuid() != 0)
        skip();
    put(room, "a-keys.json", "old", STORE_NEW);
    assert_int_equal(store_commit(room->store, NULL), DD_OK);
    assert_int_equal(chown(store_path(room->store, "a-keys.json"), 1234, 5678), 0);
    reopen(room, STORE_CHANGE);
    put(room, "a-keys.json", "new", STORE_REPLACE);
    assert_int_equal(store_commit(room->store, NULL), DD_OK);
    assert_int_equal(status_of(room, "a-keys.json").st_uid, 1234);
    assert_int_equal(status_of(room, "a-keys.json").st_gid, 5678);
}

/* A broker with an account of its own reads it through its group, or needs no more than to read. */
static void test_mode_is_kept(void **state)
{
    static const struct {
        mode_t old, new;
    } MODES[] = {{0640, 0640}, {0440, 0440}, {0400, 0400}, {0600, 0600}, {0644, 0600}, {0660, 0600},
        {0700, 0600}, {0604, 0600}};
    room_t *room = *state;
    mode_t mask = umask(0777);
    for (size_t i = 0; i < sizeof MODES / sizeof MODES[0]; i++) {
        put(room, "a-keys.json", "old", STORE_REPLACE);
        assert_int_equal(store_commit(room->store, NULL), DD_OK);
        assert_int_equal(chmod(store_path(room->store, "a-keys.json"), MODES[i].old), 0);
        reopen(room, STORE_CHANGE);
        put(room, "a-keys.json", "new", STORE_REPLACE);
        assert_int_equal(store_commit(room->store, NULL), DD_OK);
        assert_int_equal(status_of(room, "a-keys.json").st_mode, S_IFREG | MODES[i].new);
        reopen(room, STORE_CHANGE);
    }
    umask(mask);
}

/* Opening it to change it must fail with such words; to read it must not. */
static void assert_foreign(room_t *room, const char *complaint)
{
    static const store_mode_t MODES[] = {STORE_CHANGE, STORE_CREATE};
    for (size_t i = 0; i < sizeof MODES / sizeof MODES[0]; i++) {
        dd_problem_t problem = {0};
        assert_null(store_open(room->directory, MODES[i], &problem));
        assert_non_null(strstr(problem.text, complaint));
    }
    reopen(room, STORE_READ);
    store_close(&room->store);
}

static void test_others_directories_are_left_alone(void **state)
{
    room_t *room = *state;
    static const mode_t MODES[] = {0770, 0702, 0720, 01777};
    for (size_t i = 0; i < sizeof MODES / sizeof MODES[0]; i++) {
        assert_int_equal(chmod(room->directory, MODES[i]), 0);
        assert_foreign(room, "lets others change its files; chmod it to 700");
    }
    assert_int_equal(chmod(room->directory, 0755), 0);
    reopen(room, STORE_CHANGE);
    if (geteuid() != 0)
        return;
    assert_int_equal(chown(room->directory, 1234, 0), 0);
    assert_foreign(room, "belongs to another user");
}

static void test_leftovers_go(void **state)
{
    room_t *room = *state;
    make_file(room, ".a-keys.json.new");
    make_file(room, ".other");
    reopen(room, STORE_READ);
    assert_true(store_has(room->store, ".a-keys.json.new"));
    reopen(room, STORE_CHANGE);
    assert_false(store_has(room->store, ".a-keys.json.new"));
    assert_true(store_has(room->store, ".other"));
}

static void test_directory_is_made(void **state)
{
    room_t *room = *state;
    char path[64];
    snprintf(path, sizeof path, "%s/deep", room->directory);
    dd_problem_t problem = {0};
    assert_null(store_open(path, STORE_CHANGE, &problem));
    assert_non_null(strstr(problem.text, "no such directory"));
    mode_t mask = umask(0777);
    store_t *store = store_open(path, STORE_CREATE, NULL);
    umask(mask);
    assert_non_null(store);
    store_close(&store);
    assert_int_equal(status_of(room, "deep").st_mode, S_IFDIR | 0700);
    store_close(&store);
    store_close(NULL);
}

/* ---- what doesn't, and leaves all as it was ---------------------------------------------------
 */

static void test_nothing_is_overwritten(void **state)
{
    room_t *room = *state;
    make_file(room, "b-keys.json");
    put(room, "a-keys.json", "1", STORE_NEW);
    put(room, "b-keys.json", "1", STORE_NEW);
    assert_refused(room, "b-keys.json exists already");
    assert_int_equal(status_of(room, "b-keys.json").st_size, 0);
}

static void test_no_symbolic_link_is_followed(void **state)
{
    room_t *room = *state;
    assert_int_equal(symlink("elsewhere", store_path(room->store, "b-keys.json")), 0);
    put(room, "a-keys.json", "1", STORE_REPLACE);
    put(room, "b-keys.json", "1", STORE_REPLACE);
    assert_refused(room, "b-keys.json is not a regular file");
    assert_true(S_ISLNK(status_of(room, "b-keys.json").st_mode));
}

static void test_no_other_directory_is_written(void **state)
{
    room_t *room = *state;
    put(room, "../x-keys.json", "1", STORE_NEW);
    assert_refused(room, "has no file");
}

static void test_only_key_files_are_written(void **state)
{
    room_t *room = *state;
    put(room, "a-keys.json", "1", STORE_NEW);
    struct json_object *content = make_content("1");
    json_object_object_add(content, "pubkey", NULL);
    assert_int_equal(store_put(room->store, "b-keys.json", &content, STORE_NEW, NULL), DD_OK);
    assert_refused(room, "b-keys.json: field \"pubkey\"");
}

static void test_a_full_disk_does_no_harm(void **state)
{
    room_t *room = *state;
    put(room, "a-keys.json", "old", STORE_NEW);
    assert_int_equal(store_commit(room->store, NULL), DD_OK);
    reopen(room, STORE_CHANGE);
    put(room, "a-keys.json", "new", STORE_REPLACE);
    put(room, "b-keys.json", "a mark so long that it doesn't fit", STORE_NEW);

    /* Room for the first file, but not for the second: writing fails as it does on a full disk. */
    struct rlimit limit, small;
    off_t size = status_of(room, "a-keys.json").st_size;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    small = (struct rlimit){(rlim_t)size + 5, limit.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    assert_refused(room, "b-keys.json: can't be written");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    assert_mark(room, "a-keys.json", "old");
}

static void test_a_failing_rename_takes_new_files_away(void **state)
{
    room_t *room = *state;
    put(room, "b-keys.json", "old", STORE_NEW);
    assert_int_equal(store_commit(room->store, NULL), DD_OK);
    reopen(room, STORE_CHANGE);
    put(room, "a-keys.json", "new", STORE_NEW);
    put(room, "b-keys.json", "new", STORE_REPLACE);
    renaming_fails = true;
    assert_refused(room, "b-keys.json: can't be put in place: Input/output error");
    renaming_fails = false;
    assert_false(store_has(room->store, "a-keys.json"));
    assert_mark(room, "b-keys.json", "old");
}

/* ---- two at once ------------------------------------------------------------------------------
 */

static void test_lock(void **state)
{
    room_t *room = *state;
    int fd = open(room->directory, O_RDONLY | O_DIRECTORY);
    assert_int_equal(flock(fd, LOCK_SH | LOCK_NB), -1);
    reopen(room, STORE_READ);
    assert_int_equal(flock(fd, LOCK_SH | LOCK_NB), 0);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), -1);
    store_close(&room->store);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    close(fd);
}

int main(void)
{
    if (sodium_init() == -1)
        return 1;
#define IN_ROOM(test) cmocka_unit_test_setup_teardown(test, enter, leave)
    const struct CMUnitTest tests[] = {
        IN_ROOM(test_new_files),
        IN_ROOM(test_replacing),
        IN_ROOM(test_owner_is_kept),
        IN_ROOM(test_mode_is_kept),
        IN_ROOM(test_others_directories_are_left_alone),
        IN_ROOM(test_leftovers_go),
        IN_ROOM(test_directory_is_made),
        IN_ROOM(test_nothing_is_overwritten),
        IN_ROOM(test_no_symbolic_link_is_followed),
        IN_ROOM(test_no_other_directory_is_written),
        IN_ROOM(test_only_key_files_are_written),
        IN_ROOM(test_a_full_disk_does_no_harm),
        IN_ROOM(test_a_failing_rename_takes_new_files_away),
        IN_ROOM(test_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
