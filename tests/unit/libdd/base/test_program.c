/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_program - how programs begin and end
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libdd/base/program.h"
#include "tests/unit/unit.h"

/* What is wrong after the call, bit by bit, told as the status of a process of its own: this one is
   to stay as it is. */
static int look(void)
{
    struct rlimit limit = {1, 1};
    dd_program_begin("test");
    getrlimit(RLIMIT_CORE, &limit);
    int wrong = (limit.rlim_cur != 0) << 0 | (limit.rlim_max != 0) << 1;
#ifndef __SANITIZE_ADDRESS__
    wrong |= (prctl(PR_GET_DUMPABLE) != 0) << 2;
#endif
    return wrong;
}

static void nobody_looks_in(void **state)
{
    (void)state;
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(look());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

/* The status that a program ends with that prints into a file, and meant to end with 7. */
static int status_of_printing_into(const char *path)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        bool good = freopen(path, "w", stdout) && freopen("/dev/null", "w", stderr);
        printf("text\n");
        _exit(good ? dd_program_end("test", 7) : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void output_that_is_lost_is_a_failure(void **state)
{
    (void)state;
    assert_int_equal(status_of_printing_into("/dev/null"), 7);
    assert_int_equal(status_of_printing_into("/dev/full"), EXIT_FAILURE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_looks_in),
        cmocka_unit_test(output_that_is_lost_is_a_failure),
    };
    return cmocka_run_group_tests_name("program", tests, NULL, NULL);
}
