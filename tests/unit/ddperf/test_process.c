/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_process - what processes have used
 */
#include <sys/wait.h>
#include <unistd.h>

#include "ddperf/process.h"
#include "tests/unit/unit.h"

/* A process that has ended, and whose id nobody has. */
static pid_t gone(void)
{
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    return pid;
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
        cmocka_unit_test(test_what_processes_use_is_added),
        cmocka_unit_test(test_who_is_gone_uses_nothing),
    };
    return cmocka_run_group_tests_name("process", tests, NULL, NULL);
}
