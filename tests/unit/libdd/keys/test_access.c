/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_access - who can get at key files, and should
 */
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "libdd/keys/access.h"
#include "tests/unit/unit.h"

/* Accounts and groups of a host that has a person, anna, and a service, broker; they stand before
   the C library's. "users" is the group of another person, bob. */
enum { BROKER = 110, ANNA = 1000, BOB = 1001, KEYS = 2000, USERS = 100 };

static struct passwd ACCOUNTS[] = {
    {.pw_name = (char[]){"broker"}, .pw_uid = BROKER, .pw_gid = BROKER},
    {.pw_name = (char[]){"anna"}, .pw_uid = ANNA, .pw_gid = ANNA},
    {.pw_name = (char[]){"bob"}, .pw_uid = BOB, .pw_gid = USERS},
};
static struct group GROUPS[] = {
    {.gr_name = (char[]){"broker"}, .gr_gid = BROKER},
    {.gr_name = (char[]){"anna"}, .gr_gid = ANNA},
    {.gr_name = (char[]){"keys"}, .gr_gid = KEYS},
    {.gr_name = (char[]){"users"}, .gr_gid = USERS},
};

struct passwd *getpwuid(uid_t user)
{
    for (size_t i = 0; i < sizeof ACCOUNTS / sizeof ACCOUNTS[0]; i++)
        if (ACCOUNTS[i].pw_uid == user)
            return &ACCOUNTS[i];
    return NULL;
}

struct passwd *getpwnam(const char *name)
{
    for (size_t i = 0; i < sizeof ACCOUNTS / sizeof ACCOUNTS[0]; i++)
        if (strcmp(ACCOUNTS[i].pw_name, name) == 0)
            return &ACCOUNTS[i];
    return NULL;
}

struct group *getgrgid(gid_t group)
{
    for (size_t i = 0; i < sizeof GROUPS / sizeof GROUPS[0]; i++)
        if (GROUPS[i].gr_gid == group)
            return &GROUPS[i];
    return NULL;
}

static void files_are_read_by_owners_and_groups_made_for_it(void **state)
{
    (void)state;
    static const struct {
        mode_t mode;
        uid_t user;
        gid_t group;
        const char *fault; /* NULL: none */
    } CASES[] = {
        {0600, ANNA, ANNA, NULL},
        {0400, 0, ANNA, NULL},
        {0640, 0, BROKER, NULL},
        {0440, BROKER, BROKER, NULL},
        {0640, ANNA, BROKER, NULL},
        {0640, ANNA, KEYS, NULL},
        {0640, 0, 0, NULL},
        {0640, 0, 4711, NULL},
        {0640, 4711, BROKER, NULL},
        {0640, ANNA, ANNA, "its mode 640 lets a person's group at its keys"},
        {0640, 0, ANNA, "a person's group"},
        {0640, BOB, USERS, "a person's group"},
        {0660, 0, BROKER, "its mode 660 lets others at its keys"},
        {0650, 0, BROKER, "lets others"},
        {0644, 0, BROKER,
            "its mode 644 lets others at its keys; chmod it to 600, or to 640 for the group of a "
            "service"},
        {0601, 0, 0, "lets others"},
        {0602, 0, 0, "lets others"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        char fault[DD_ACCESS_FAULT_ROOM] = "";
        struct stat file = {
            .st_mode = S_IFREG | CASES[i].mode, .st_uid = CASES[i].user, .st_gid = CASES[i].group};
        assert_int_equal(dd_access_file_fault(&file, fault), CASES[i].fault != NULL);
        if (CASES[i].fault != NULL && strstr(fault, CASES[i].fault) == NULL)
            fail_msg("case %zu: %s", i, fault);
    }
}

static void directories_are_changed_by_their_owner(void **state)
{
    (void)state;
    char fault[DD_ACCESS_FAULT_ROOM];
    struct stat own = {.st_mode = S_IFDIR | 0755, .st_uid = geteuid()};
    assert_false(dd_access_directory_fault(&own, fault));
    own.st_uid = 0;
    assert_false(dd_access_directory_fault(&own, fault));
    own.st_mode = S_IFDIR | 0775;
    assert_true(dd_access_directory_fault(&own, fault));
    own = (struct stat){.st_mode = S_IFDIR | 0700, .st_uid = geteuid() + 1};
    assert_true(dd_access_directory_fault(&own, fault));
}

static void a_directory_is_shared_with_a_group_made_for_it(void **state)
{
    (void)state;
    static const struct {
        mode_t mode;
        uid_t user;
        gid_t group;
        bool shared;
    } CASES[] = {
        {0750, 0, BROKER, true},
        {0755, 0, BROKER, true},
        {0750, ANNA, KEYS, true},
        {0700, 0, BROKER, false},
        {0740, 0, BROKER, false},
        {0710, 0, BROKER, false},
        {0750, ANNA, ANNA, false},
        {0750, BOB, USERS, false},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        struct stat directory = {
            .st_mode = S_IFDIR | CASES[i].mode, .st_uid = CASES[i].user, .st_gid = CASES[i].group};
        assert_int_equal(dd_access_is_shared(&directory), CASES[i].shared);
    }
    struct stat own = {.st_mode = S_IFDIR | 0750, .st_uid = geteuid(), .st_gid = getegid()};
    assert_false(dd_access_is_shared(&own));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_are_read_by_owners_and_groups_made_for_it),
        cmocka_unit_test(directories_are_changed_by_their_owner),
        cmocka_unit_test(a_directory_is_shared_with_a_group_made_for_it),
    };
    return cmocka_run_group_tests_name("access", tests, NULL, NULL);
}
