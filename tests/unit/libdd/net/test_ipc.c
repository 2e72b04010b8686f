/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_ipc - what the system says of an ipc:// endpoint
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "libdd/net/ipc.h"
#include "tests/unit/unit.h"

static void test_only_ipc_has_a_path(void **state)
{
    (void)state;
    assert_string_equal(dd_ipc_path("ipc:///run/x"), "/run/x");
    assert_string_equal(dd_ipc_path("ipc://x"), "x");
    assert_null(dd_ipc_path("tcp://host:1"));
    assert_null(dd_ipc_path("ipc:/x"));
}

static void test_a_path_is_free_or_taken_or_left_by_the_dead(void **state)
{
    (void)state;
    char directory[] = "/tmp/dd-ipc-XXXXXX", path[64];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    pid_t listener = -1;
    assert_non_null(mkdtemp(directory));
    snprintf(path, sizeof path, "%s/socket", directory);
    strcpy(address.sun_path, path);
    assert_int_equal(dd_ipc_connect(path, &listener), ENOENT);
    assert_int_equal(listener, 0);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(dd_ipc_connect(path, NULL), ECONNREFUSED);
    assert_int_equal(listen(fd, 4), 0);
    assert_int_equal(dd_ipc_connect(path, &listener), 0);
    assert_int_equal(listener, getpid());
    assert_int_equal(dd_ipc_connect(path, NULL), 0);
    close(fd);
    assert_int_equal(dd_ipc_connect(path, &listener), ECONNREFUSED);
    assert_int_equal(listener, 0);
    unlink(path);
    rmdir(directory);
}

static void test_a_path_has_a_longest_length(void **state)
{
    (void)state;
    char path[200] = "";
    memset(path, 'x', sizeof path - 1);
    assert_int_equal(dd_ipc_connect(path, NULL), ENAMETOOLONG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_only_ipc_has_a_path),
        cmocka_unit_test(test_a_path_is_free_or_taken_or_left_by_the_dead),
        cmocka_unit_test(test_a_path_has_a_longest_length),
    };
    return cmocka_run_group_tests_name("ipc", tests, NULL, NULL);
}
