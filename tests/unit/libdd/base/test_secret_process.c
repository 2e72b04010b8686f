/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_secret_process - what others see of a program that holds keys
 */
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "libdd/base/secret_process.h"
#include "tests/unit/unit.h"

/* What is wrong after the call, bit by bit, told as the status of a process of its own: this one is
   to stay as it is. */
static int look(void)
{
    struct rlimit limit = {1, 1};
    dd_secret_process_close();
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

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nobody_looks_in)};
    return cmocka_run_group_tests_name("secret_process", tests, NULL, NULL);
}
