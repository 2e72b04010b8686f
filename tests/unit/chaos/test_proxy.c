/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_proxy - the line that chaos makes bad carries what it is to carry, and only that
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "libdd/base/clock.h"
#include "tests/chaos/proxy.h"
#include "tests/system/harness.h"

/* ms in which what is stopped would have come; a machine that takes longer lets a fault pass, and
   never sees one that isn't there. */
#define NOTHING_COMES 30

/* Both ends of a connection over a proxy. */
typedef struct {
    proxy_t *proxy;
    int listener, near, far;
} line_t;

static int open_line(void **state)
{
    static line_t line;
    char endpoint[64];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    line.listener = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(bind(line.listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(line.listener, 1), 0);
    assert_int_equal(getsockname(line.listener, (struct sockaddr *)&address, &size), 0);
    snprintf(endpoint, sizeof endpoint, "tcp://127.0.0.1:%u", (unsigned)ntohs(address.sin_port));
    line.proxy = proxy_new(endpoint);
    line.near = harness_connect(proxy_endpoint(line.proxy));
    line.far = accept(line.listener, NULL, NULL);
    assert_true(line.far >= 0);
    *state = &line;
    return 0;
}

static int close_line(void **state)
{
    line_t *line = *state;
    proxy_destroy(&line->proxy);
    close(line->near);
    close(line->far);
    close(line->listener);
    return 0;
}

#define LINE(test) cmocka_unit_test_setup_teardown(test, open_line, close_line)

static void say(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), 0), strlen(text));
}

static bool comes(int fd, int deadline_ms)
{
    struct pollfd wanted = {.fd = fd, .events = POLLIN};
    return poll(&wanted, 1, deadline_ms) > 0;
}

static void expect(int fd, const char *text)
{
    char found[64] = "";
    for (size_t size = 0; size < strlen(text);) {
        assert_true(comes(fd, HARNESS_DEADLINE));
        ssize_t more = recv(fd, found + size, strlen(text) - size, 0);
        assert_true(more > 0);
        size += (size_t)more;
    }
    assert_string_equal(found, text);
}

static void it_carries_both_ways(void **state)
{
    line_t *line = *state;
    say(line->near, "there");
    say(line->far, "back");
    expect(line->far, "there");
    expect(line->near, "back");
}

static void one_direction_stops_and_goes_on(void **state)
{
    line_t *line = *state;
    proxy_stop(line->proxy, PROXY_BACK);
    say(line->near, "there");
    expect(line->far, "there");
    say(line->far, "back");
    assert_false(comes(line->near, NOTHING_COMES));
    proxy_stop(line->proxy, 0);
    expect(line->near, "back");
}

static void who_comes_where_all_stands_still_gets_no_answer(void **state)
{
    line_t *line = *state;
    proxy_stop(line->proxy, PROXY_THERE | PROXY_BACK);
    say(line->near, "there");
    int newcomer = harness_connect(proxy_endpoint(line->proxy));
    assert_false(comes(line->far, NOTHING_COMES));
    assert_false(comes(line->listener, NOTHING_COMES));
    proxy_stop(line->proxy, 0);
    expect(line->far, "there");
    assert_true(comes(line->listener, HARNESS_DEADLINE));
    close(newcomer);
}

static void a_vanished_host_acknowledges_nothing(void **state)
{
    line_t *line = *state;
    struct timespec moment = {.tv_nsec = NOTHING_COMES * 1000000};
    int waiting = 0;
    say(line->near, "before");
    expect(line->far, "before");
    proxy_vanish(line->proxy);
    nanosleep(&moment, NULL);
    say(line->near, "there");
    assert_false(comes(line->far, NOTHING_COMES));
    assert_int_equal(ioctl(line->near, SIOCOUTQ, &waiting), 0);
    assert_int_equal(waiting, strlen("there"));
}

static void an_end_is_passed_on_after_what_was_said(void **state)
{
    line_t *line = *state;
    char none;
    say(line->near, "last words");
    close(line->near);
    expect(line->far, "last words");
    assert_true(comes(line->far, HARNESS_DEADLINE));
    assert_int_equal(recv(line->far, &none, 1, 0), 0);
    line->near = dup(line->listener);
}

static void a_dropped_connection_is_reset(void **state)
{
    line_t *line = *state;
    char none;
    proxy_drop(line->proxy);
    assert_true(comes(line->near, HARNESS_DEADLINE));
    assert_int_equal(recv(line->near, &none, 1, 0), -1);
    assert_int_equal(errno, ECONNRESET);
}

/* No earlier, however slow the machine is. */
static void what_is_late_comes_later(void **state)
{
    line_t *line = *state;
    proxy_set_delay(line->proxy, 50);
    uint64_t begun_us = dd_clock_us();
    say(line->near, "there");
    expect(line->far, "there");
    assert_true(dd_clock_us() - begun_us >= 50000);
}

/* A tenth of a second's bytes come at once, the others in their time. */
static void what_is_slow_takes_its_time(void **state)
{
    line_t *line = *state;
    char bytes[20000] = {0};
    proxy_set_rate(line->proxy, 100000);
    uint64_t begun_us = dd_clock_us();
    assert_int_equal(send(line->near, bytes, sizeof bytes, 0), sizeof bytes);
    for (size_t size = 0; size < sizeof bytes;) {
        assert_true(comes(line->far, HARNESS_DEADLINE));
        ssize_t more = recv(line->far, bytes, sizeof bytes, 0);
        assert_true(more > 0);
        size += (size_t)more;
    }
    assert_true(dd_clock_us() - begun_us >= 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LINE(it_carries_both_ways),
        LINE(one_direction_stops_and_goes_on),
        LINE(a_vanished_host_acknowledges_nothing),
        LINE(who_comes_where_all_stands_still_gets_no_answer),
        LINE(an_end_is_passed_on_after_what_was_said),
        LINE(a_dropped_connection_is_reset),
        LINE(what_is_late_comes_later),
        LINE(what_is_slow_takes_its_time),
    };
    return cmocka_run_group_tests_name("proxy", tests, NULL, NULL);
}
