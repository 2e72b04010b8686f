/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_processes - which processes of this machine are of a program
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "libdd/base/processes.h"
#include "tests/unit/unit.h"

typedef struct {
    pid_t wanted;
    unsigned found; /* how often that one came */
    unsigned count; /* of all */
} search_t;

static void note(void *arg, const char *pid)
{
    search_t *self = arg;
    self->found += (pid_t)atoi(pid) == self->wanted;
    self->count++;
}

static void test_processes_are_found_by_the_whole_name(void **state)
{
    (void)state;
    char name[16];
    search_t self = {.wanted = getpid()}, half = self, more = self;
    snprintf(name, sizeof name, "dd%d", (int)getpid());
    assert_int_equal(prctl(PR_SET_NAME, name), 0);
    dd_processes_named(name, note, &self);
    assert_int_equal(self.found, 1);
    assert_int_equal(self.count, 1);
    dd_processes_named("dd", note, &half);
    assert_int_equal(half.found, 0);
    strcat(name, "x");
    dd_processes_named(name, note, &more);
    assert_int_equal(more.found, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_processes_are_found_by_the_whole_name),
    };
    return cmocka_run_group_tests_name("processes", tests, NULL, NULL);
}
