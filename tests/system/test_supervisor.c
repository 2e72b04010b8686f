/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_supervisor - what a broker tells the supervisor that runs it
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "scene.h"

/* ---- The supervisor ----------------------------------------------------------------------- */

/* A socket as systemd has one, whose name programs find in their environment. */
static int listen_at(harness_t *harness)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", harness_path(harness, "notify"));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    setenv("NOTIFY_SOCKET", address.sun_path, 1);
    return fd;
}

/* The next thing that is said, within the deadline; "" if nothing is. */
static const char *hear(int fd)
{
    static char text[1024];
    struct pollfd item = {.fd = fd, .events = POLLIN};
    ssize_t size = poll(&item, 1, HARNESS_DEADLINE) == 1 ? recv(fd, text, sizeof text - 1, 0) : 0;
    text[size > 0 ? size : 0] = '\0';
    return text;
}

/* Waits until a line that begins so is said; what else is said before goes by. */
static void expect(int fd, const char *begin)
{
    const char *text;
    do
        text = hear(fd);
    while (text[0] && strncmp(text, begin, strlen(begin)) != 0);
    if (!text[0])
        fail_msg("it doesn't say %s", begin);
}

static int close_scene(void **state)
{
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    return scene_close(state);
}

/* ---- What it hears ------------------------------------------------------------------------ */

static void it_hears_of_start_reload_and_end(void **state)
{
    harness_t *harness = *state;
    int fd = listen_at(harness);
    program_t *broker = broker_start(harness, "broker0", NULL, NULL, NULL);
    assert_string_equal(hear(fd), "READY=1\n");
    program_signal(broker, SIGHUP);
    expect(fd, "RELOADING=1\nMONOTONIC_USEC=");
    expect(fd, "READY=1\n");
    program_signal(broker, SIGTERM);
    expect(fd, "STOPPING=1\n");
    close(fd);
}

static void it_hears_nothing_of_one_that_cannot_listen(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "broker0", NULL, NULL, NULL);
    int fd = listen_at(harness);
    program_t *late = program_spawn(harness, "ddbroker", "-k", harness_keys(harness, "broker"),
        "-r", "tcp://127.0.0.1:0", "-r", harness_endpoint(harness, "broker0"), NULL);
    assert_int_equal(program_wait(late, HARNESS_DEADLINE), 1);
    char byte;
    assert_int_equal(recv(fd, &byte, 1, MSG_DONTWAIT), -1);
    close(fd);
}

static void it_hears_how_the_broker_stands(void **state)
{
    harness_t *harness = *state;
    broker_start(harness, "top", NULL, "/1/", NULL);
    int fd = listen_at(harness);
    char line[300];
    broker_start(harness, "broker0", "top", "/1/2/", NULL);
    snprintf(
        line, sizeof line, "STATUS=0 connected, joined %s\n", harness_endpoint(harness, "top"));
    expect(fd, line);
    client_open(harness, "broker0", "a", "good");
    expect(fd, "STATUS=1 connected, joined ");
    program_kill(harness_broker(harness, "top"));
    expect(fd, "STATUS=1 connected, no parent, trying ");
    close(fd);
}

static void it_gets_signs_of_life_if_it_wants_them(void **state)
{
    harness_t *harness = *state;
    int fd = listen_at(harness);
    setenv("WATCHDOG_USEC", "500000", 1);
    broker_start(harness, "broker0", NULL, NULL, NULL);
    expect(fd, "WATCHDOG=1\n");
    expect(fd, "WATCHDOG=1\n");
    close(fd);
}

/* Of one that doesn't read the broker takes no notice. */
static void it_holds_nothing_up(void **state)
{
    harness_t *harness = *state;
    int fd = listen_at(harness);
    setenv("WATCHDOG_USEC", "1000", 1);
    program_t *broker = broker_start(harness, "broker0", NULL, NULL, NULL);
    for (int i = 0; i < 300; i++) {
        program_signal(broker, SIGHUP);
        assert_true(program_expect(broker, "log reloaded", HARNESS_DEADLINE));
    }
    client_t *good = client_open(harness, "broker0", "a", "good");
    client_deliver(good, good, "hi");
    close(fd);
    program_signal(broker, SIGTERM);
    assert_int_equal(program_wait(broker, HARNESS_DEADLINE), 0);
}

#define SUPERVISED(test) cmocka_unit_test_setup_teardown(test, scene_open, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUPERVISED(it_hears_of_start_reload_and_end),
        SUPERVISED(it_hears_nothing_of_one_that_cannot_listen),
        SUPERVISED(it_hears_how_the_broker_stands),
        SUPERVISED(it_gets_signs_of_life_if_it_wants_them),
        SUPERVISED(it_holds_nothing_up),
    };
    return cmocka_run_group_tests_name("supervisor", tests, NULL, NULL);
}
