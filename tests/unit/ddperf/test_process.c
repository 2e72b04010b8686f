/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_process - which processes there are, and what they have used
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ddperf/process.h"
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

/* A process that has ended, and whose id nobody has. */
static pid_t gone(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    return pid;
}

static void test_processes_are_found_by_the_whole_name(void **state)
{
    (void)state;
    char name[16];
    search_t self = {.wanted = getpid()}, half = self, more = self;
    snprintf(name, sizeof name, "dd%d", (int)getpid());
    assert_int_equal(prctl(PR_SET_NAME, name), 0);
    process_each_named(name, note, &self);
    assert_int_equal(self.found, 1);
    assert_int_equal(self.count, 1);
    process_each_named("dd", note, &half);
    assert_int_equal(half.found, 0);
    strcat(name, "x");
    process_each_named(name, note, &more);
    assert_int_equal(more.found, 0);
}

static void test_what_processes_use_is_added(void **state)
{
    (void)state;
    pid_t pids[] = {getpid(), getpid(), gone()};
    assert_true(process_memory(pids, 1) > 0);
    assert_true(process_memory(pids, 3) > process_memory(pids, 1));
    uint64_t before = process_cpu_us(pids, 1);
    while (process_cpu_us(pids, 1) == before)
        continue;
    assert_true(process_cpu_us(pids, 3) > before);
}

static void test_who_is_gone_uses_nothing(void **state)
{
    (void)state;
    pid_t pid = gone();
    assert_int_equal(process_memory(&pid, 1), 0);
    assert_int_equal(process_cpu_us(&pid, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_processes_are_found_by_the_whole_name),
        cmocka_unit_test(test_what_processes_use_is_added),
        cmocka_unit_test(test_who_is_gone_uses_nothing),
    };
    return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}
