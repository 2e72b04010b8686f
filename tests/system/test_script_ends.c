/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_script_ends - what ddtui's exit status says when a broker ends the connection
 */
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scene.h"
#include "shell.h"

/* The broker beside doesn't know the name at once: it registers the client, and ends it when it
   hears of the other. What was sent in between has no outcome, and one status says why. */
static void a_name_taken_elsewhere_ends_with_4(void **state)
{
    (void)state;
    static const char *const LINES[] = {
        "ddtui -d $OTHER -t 60 -n still -m hi twin",
        "ddtui -d $OTHER -t 60 -n still -m hi -w twin",
        "ddtui -d $OTHER -t 60 --trace still twin",
        "ddtui -d $OTHER -t 60 -s topic twin",
    };
    program_t *twin = shell_listen("ddtui -l twin", 0);
    program_t *still = shell_listen("ddtui -l still", 0);
    shell_check("ddtui -d $OTHER -n still -m hi", DONE, "", ""); /* known on all the way */
    program_signal(still, SIGSTOP);
    for (size_t i = 0; i < COUNT(LINES); i++)
        for (int again = 0; again < 3; again++)
            shell_check(LINES[i], REFUSED, "", "name already taken");
    program_signal(still, SIGCONT);
    shell_stop(still);
    shell_stop(twin);
}

/* Nor does it go by chance where all that is asked for is done by the broker beside, which doesn't
   know the name yet. And the other one, once it is gone, is nobody's. */
static void a_taken_name_publishes_and_traces_nothing(void **state)
{
    (void)state;
    static const char *const LINES[] = {
        "ddtui -d $OTHER -t 60 -p topic -m hi twin",
        "ddtui -d $OTHER -t 60 --trace near twin",
        "ddtui -d $OTHER -t 60 -n near -m hi twin",
    };
    program_t *twin = shell_listen("ddtui -l twin", 0);
    program_t *near = shell_listen("ddtui -d $OTHER -l near", 0);
    shell_check("ddtui -d $OTHER -n twin -m hi", DONE, "", ""); /* known on all the way */
    for (size_t i = 0; i < COUNT(LINES); i++)
        for (int again = 0; again < 20; again++)
            shell_check(LINES[i], REFUSED, "", "name already taken");
    shell_stop(twin);
    shell_check("ddtui -d $OTHER -t 60 -n near -m hi twin", DONE, "", "");
    shell_stop(near);
}

/* Listens where an endpoint says. */
static int listen_at(const char *endpoint)
{
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET,
        .sin_port = htons((uint16_t)atoi(strrchr(endpoint, ':') + 1)),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    assert_return_code(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), errno);
    assert_return_code(bind(fd, (struct sockaddr *)&address, sizeof address), errno);
    assert_return_code(listen(fd, 8), errno);
    return fd;
}

/* That says nothing of keys: it is tried again, and what is asked for is done. */
static void a_connection_cut_in_the_handshake_is_tried_again(void **state)
{
    harness_t *harness = *state;
    setenv("LATE", harness_reserve(harness, "late"), 1);
    int listener = listen_at(harness_endpoint(harness, "late"));
    program_t *program = shell_start("ddtui -d $LATE -t 60 -n me -m hi -w me");
    int connection = accept(listener, NULL, NULL);
    assert_return_code(connection, errno);
    close(connection);
    close(listener);
    broker_start(harness, "late", NULL, "/9/", NULL);
    shell_end(program, DONE);
    assert_true(program_said(program, "trying again"));
    assert_false(program_said(program, "refused"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TREE(a_name_taken_elsewhere_ends_with_4),
        TREE(a_taken_name_publishes_and_traces_nothing),
        TREE(a_connection_cut_in_the_handshake_is_tried_again),
    };
    return cmocka_run_group_tests_name("script ends", tests, NULL, NULL);
}
