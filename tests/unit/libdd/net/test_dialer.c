/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_dialer - outgoing connections, and what is said of those that fail
 */
#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>

#include "libdd/net/dialer.h"
#include "tests/unit/libdd/broker.h"
#include "tests/unit/libdd/names.h"

/* A user without rights. */
#define NOBODY 65534

typedef struct {
    void *context;
    dd_keyring_t *keyring;
    int wake_fd;
    dd_dialer_t *dial;
} caller_t;

static caller_t call(broker_t *broker, const char *keys, const char *endpoint)
{
    caller_t self = {.context = zmq_ctx_new(), .wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
    dd_problem_t problem = {0};
    self.keyring = dd_keyring_load(path_of(broker, keys), &problem);
    assert_non_null(self.keyring);
    const dd_dialer_settings_t settings = {.context = self.context,
        .keyring = self.keyring,
        .payload_max = 1 << 20,
        .waker = dd_waker_of(self.wake_fd)};
    self.dial = dd_dialer_new(&settings, endpoint, &problem);
    assert_non_null(self.dial);
    return self;
}

static void hang_up(caller_t *self)
{
    dd_dialer_destroy(&self->dial);
    assert_null(self->dial);
    dd_dialer_destroy(&self->dial);
    dd_keyring_destroy(&self->keyring);
    zmq_ctx_term(self->context);
    close(self->wake_fd);
}

/* Sleeps until the dialer says that it is to be watched: if it said too little, the deadline would
   pass. */
static void sleep_until_news(caller_t *self)
{
    struct pollfd items[1 + DD_DIALER_NEWS_MAX] = {{.fd = self->wake_fd, .events = POLLIN}};
    eventfd_t wakes;
    nfds_t count = 1 + dd_dialer_news(self->dial, items + 1);
    uint64_t now_ms = dd_clock_us() / 1000, due_ms = dd_dialer_due(self->dial);
    int timeout = due_ms > now_ms + DEADLINE ? DEADLINE
                  : due_ms > now_ms          ? (int)(due_ms - now_ms)
                                             : 0;
    poll(items, count, timeout);
    eventfd_read(self->wake_fd, &wakes);
}

static void wait_for(caller_t *self, dd_dialer_state_t state)
{
    uint64_t until_us = dd_clock_us() + DEADLINE * 1000;
    while (dd_dialer_watch(self->dial) != state) {
        assert_true(dd_clock_us() < until_us);
        sleep_until_news(self);
    }
}

static dd_error_t expect_lost(caller_t *self, const char *words)
{
    wait_for(self, DD_DIALER_LOST);
    const dd_problem_t *reason = dd_dialer_reason(self->dial);
    assert_non_null(strstr(reason->text, words));
    assert_int_equal(dd_dialer_watch(self->dial), DD_DIALER_LOST);
    dd_error_t error = reason->error;
    hang_up(self);
    return error;
}

static void test_connects_and_talks(void **state)
{
    broker_t *broker = *state;
    caller_t self = call(broker, "a.json", broker->endpoint);
    wait_for(&self, DD_DIALER_CONNECTED);
    dd_outbox_t outbox;
    dd_outbox_init(&outbox, 1000);
    dd_outbox_append(&outbox, &(dd_record_t){.type = DD_HELLO, .name = dd_bytes_of("cli1")});
    assert_int_equal(dd_socket_flush(dd_dialer_socket(self.dial), (dd_bytes_t){0}, &outbox), DD_OK);
    assert_true(dd_bytes_equal(broker_expect(broker, DD_HELLO).name, dd_bytes_of("cli1")));

    /* What was said before the end can be read after it. */
    broker_say(broker, (dd_record_t){.type = DD_BYE});
    zmq_pollitem_t item = {.socket = dd_dialer_socket(self.dial), .events = ZMQ_POLLIN};
    assert_int_equal(zmq_poll(&item, 1, DEADLINE), 1);
    broker_stop(broker);
    wait_for(&self, DD_DIALER_LOST);
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    assert_int_equal(dd_socket_receive(dd_dialer_socket(self.dial), NULL, &frame), DD_OK);
    zmq_msg_close(&frame);
    assert_non_null(strstr(dd_dialer_reason(self.dial)->text, "ended the connection"));
    hang_up(&self);
    broker_run(broker);
}

/* While the brokers' pair is being changed, nobody knows which one a broker has. */
static void test_tries_all_keys_of_brokers(void **state)
{
    static const char *const FILES[] = {"before.json", "after.json"};
    broker_t *broker = *state;
    for (size_t i = 0; i < COUNT(FILES); i++) {
        caller_t self = call(broker, FILES[i], broker->endpoint);
        wait_for(&self, DD_DIALER_CONNECTED);
        hang_up(&self);
    }
    broker->verdict = "400";
    caller_t self = call(broker, "before.json", broker->endpoint);
    assert_int_equal(expect_lost(&self, "doesn't take this key"), DD_E_REFUSED);
    broker->verdict = "200";
}

static void test_tells_why_not(void **state)
{
    broker_t *broker = *state;
    caller_t self = call(broker, "stray.json", broker->endpoint);
    assert_int_equal(expect_lost(&self, "another broker key"), DD_E_NETWORK);

    broker->verdict = "400";
    self = call(broker, "b.json", broker->endpoint);
    assert_int_equal(
        expect_lost(&self, ": its tenant isn't in the broker's key file as read last (ddbroker "
                           "--reload), or has other keys by now"),
        DD_E_REFUSED);
    broker->verdict = "500";
    self = call(broker, "a.json", broker->endpoint);
    assert_int_equal(expect_lost(&self, "no room for more clients of this tenant"), DD_E_LIMIT);
    broker->verdict = "200";

    char endpoint[64];
    strcpy(endpoint, broker->endpoint);
    broker_stop(broker);
    self = call(broker, "a.json", endpoint);
    assert_int_equal(expect_lost(&self, "doesn't answer"), DD_E_NETWORK);
    broker_run(broker);

    self = call(broker, "a.json", "ipc:///tmp/there-is-no-such-socket");
    assert_int_equal(expect_lost(&self, "doesn't answer"), DD_E_NETWORK);
}

/* Root may connect to everything, so this thread, and those that it starts, aren't root meanwhile.
 */
static bool become(uid_t user)
{
    return syscall(SYS_setresuid, -1, user, -1) == 0;
}

static int listen_where_nobody_may_connect(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(chmod(path, 0), 0);
    return fd;
}

static void test_a_socket_that_may_not_be_connected_to_says_so(void **state)
{
    broker_t *broker = *state;
    char endpoint[160];
    snprintf(endpoint, sizeof endpoint, "ipc://%s", path_of(broker, "closed"));
    int fd = listen_where_nobody_may_connect(endpoint + strlen("ipc://"));
    caller_t self = call(broker, "a.json", endpoint);
    dd_dialer_destroy(&self.dial);
    zmq_ctx_term(self.context);
    uid_t user = geteuid();
    if (user == 0 && !become(NOBODY)) {
        print_message("root can't become another user here: not tried\n");
        skip();
    }
    self.context = zmq_ctx_new();
    const dd_dialer_settings_t settings = {.context = self.context,
        .keyring = self.keyring,
        .payload_max = 1 << 20,
        .waker = dd_waker_of(self.wake_fd)};
    self.dial = dd_dialer_new(&settings, endpoint, NULL);
    dd_error_t error = expect_lost(&self, "may not be connected to: permission denied");
    assert_true(user != 0 || become(0));
    assert_int_equal(error, DD_E_NETWORK);
    close(fd);
    unlink(path_of(broker, "closed"));
}

/* A TCP listener that isn't ours. */
static int listen_at(char *endpoint, size_t room)
{
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    assert_int_equal(bind(listener, (struct sockaddr *)&address, size), 0);
    assert_int_equal(listen(listener, 5), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &size), 0);
    snprintf(endpoint, room, "tcp://127.0.0.1:%d", ntohs(address.sin_port));
    return listener;
}

static void test_tells_what_is_no_broker(void **state)
{
    broker_t *broker = *state;
    char endpoint[64];
    int listener = listen_at(endpoint, sizeof endpoint);
    caller_t self = call(broker, "a.json", endpoint);
    struct pollfd item = {.fd = listener, .events = POLLIN};
    assert_int_equal(poll(&item, 1, DEADLINE), 1);
    int connection = accept(listener, NULL, NULL);
    assert_int_equal(write(connection, "HTTP/1.0 400 Bad\r\n", 18), 18);
    close(connection);
    expect_lost(&self, "a DoubleDecker broker"); /* how it ends depends on timing */
    close(listener);

    /* A ROUTER without keys. */
    void *router = zmq_socket(broker->context, ZMQ_ROUTER);
    assert_int_equal(zmq_bind(router, "tcp://127.0.0.1:*"), 0);
    size_t length = sizeof endpoint;
    zmq_getsockopt(router, ZMQ_LAST_ENDPOINT, endpoint, &length);
    self = call(broker, "a.json", endpoint);
    expect_lost(&self, "is not a DoubleDecker broker");
    zmq_close(router);
}

static void test_gives_up_on_silence(void **state)
{
    broker_t *broker = *state;
    char endpoint[64];
    int listener = listen_at(endpoint, sizeof endpoint);
    caller_t self = call(broker, "a.json", endpoint);
    assert_int_equal(expect_lost(&self, "accepts connections, but doesn't answer"), DD_E_NETWORK);
    close(listener);
}

static void test_name_that_does_not_resolve(void **state)
{
    broker_t *broker = *state;
    caller_t self = call(broker, "a.json", "tcp://no-such-host.invalid:5555");
    assert_int_equal(expect_lost(&self, "the name of its host doesn't resolve"), DD_E_NETWORK);
}

/* Without a ZAP handler nobody gets in: the server must not fail open. */
static void test_no_zap_no_entry(void **state)
{
    broker_t *broker = *state;
    void *context = zmq_ctx_new();
    void *router = dd_socket_server(context, broker->keyring, 1 << 20, NULL);
    assert_non_null(router);
    assert_int_equal(zmq_bind(router, "tcp://127.0.0.1:*"), 0);
    char endpoint[64];
    size_t length = sizeof endpoint;
    zmq_getsockopt(router, ZMQ_LAST_ENDPOINT, endpoint, &length);
    caller_t self = call(broker, "a.json", endpoint);
    wait_for(&self, DD_DIALER_LOST);
    hang_up(&self);
    zmq_close(router);
    zmq_ctx_term(context);
}

static int option_of(void *socket, int option)
{
    int value = -1;
    size_t size = sizeof value;
    assert_int_equal(zmq_getsockopt(socket, option, &value, &size), 0);
    return value;
}

/* It aborts the process when a connection is reset whose input is stopped. */
static void test_zeromq_has_no_heartbeat(void **state)
{
    broker_t *broker = *state;
    caller_t self = call(broker, "a.json", broker->endpoint);
    wait_for(&self, DD_DIALER_CONNECTED);
    assert_int_equal(option_of(dd_dialer_socket(self.dial), ZMQ_HEARTBEAT_IVL), 0);
    assert_int_equal(option_of(broker->router, ZMQ_HEARTBEAT_IVL), 0);
    hang_up(&self);
}

/* ---- Names --------------------------------------------------------------------------------- */

/* An endpoint of that name with the broker's port. */
static caller_t call_name(broker_t *broker, const char *host)
{
    char endpoint[64];
    snprintf(endpoint, sizeof endpoint, "tcp://%s%s", host, strrchr(broker->endpoint, ':'));
    return call(broker, "a.json", endpoint);
}

/* Nobody listens at the name's first address. */
static void test_tries_all_addresses(void **state)
{
    broker_t *broker = *state;
    static const char *const NAMES[] = {"two.test", "both.test"};
    for (size_t i = 0; i < COUNT(NAMES); i++) {
        caller_t self = call_name(broker, NAMES[i]);
        wait_for(&self, DD_DIALER_CONNECTED);
        hang_up(&self);
    }
}

/* The first address takes the connection and says nothing more. The second one is tried long before
   the first is given up. */
static void test_a_silent_address_delays_no_other(void **state)
{
    broker_t *broker = *state;
    struct sockaddr_in address = {.sin_family = AF_INET};
    inet_pton(AF_INET, "127.0.0.2", &address.sin_addr);
    address.sin_port = htons((uint16_t)atoi(strrchr(broker->endpoint, ':') + 1));
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 5), 0);
    caller_t self = call_name(broker, "two.test");
    wait_for(&self, DD_DIALER_CONNECTED);
    int silent = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    assert_true(silent >= 0);
    fcntl(silent, F_SETFL, 0);
    char byte;
    while (recv(silent, &byte, 1, 0) > 0)
        ; /* until the connection that lost is closed */
    close(silent);
    close(listener);
    hang_up(&self);
}

static void test_gives_up_a_name_without_an_answer(void **state)
{
    broker_t *broker = *state;
    caller_t self = call_name(broker, "slow.test");
    assert_null(dd_dialer_socket(self.dial));
    assert_int_equal(expect_lost(&self, "no name server has answered"), DD_E_NETWORK);
    self = call_name(broker, "slow.test");
    names_set_answering(true);
    wait_for(&self, DD_DIALER_CONNECTED);
    hang_up(&self);
}

/* ---- Descriptors --------------------------------------------------------------------------- */

static rlim_t set_limit(rlim_t descriptors)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = descriptors;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    return before;
}

static int count_descriptors(void)
{
    int count = 0;
    DIR *directory = opendir("/proc/self/fd");
    while (readdir(directory))
        count++;
    closedir(directory);
    return count;
}

/* libzmq aborts when it gets none. */
static void test_without_descriptors_nothing_is_dialled(void **state)
{
    broker_t *broker = *state;
    for (int left = 6; left < 24; left += 3) { /* some go to the key file and the like */
        caller_t self = {.wake_fd = -1};
        rlim_t before = set_limit((rlim_t)(count_descriptors() - 3 + left));
        self = call(broker, "a.json", broker->endpoint);
        dd_error_t error = expect_lost(&self, "RLIMIT_NOFILE");
        set_limit(before);
        assert_int_equal(error, DD_E_LIMIT);
    }
    caller_t self = call(broker, "a.json", broker->endpoint);
    wait_for(&self, DD_DIALER_CONNECTED);
    hang_up(&self);
}

/* The broker's ends are in this process, too. What is closed is closed by a thread of ZeroMQ's. */
static void test_a_connection_takes_two_descriptors(void **state)
{
    broker_t *broker = *state;
    caller_t first = call(broker, "a.json", broker->endpoint);
    wait_for(&first, DD_DIALER_CONNECTED);
    int before = count_descriptors();
    const dd_dialer_settings_t settings = {.context = first.context,
        .keyring = first.keyring,
        .payload_max = 1 << 20,
        .waker = dd_waker_of(first.wake_fd)};
    caller_t more[10];
    for (size_t i = 0; i < COUNT(more); i++) {
        more[i] = first;
        more[i].dial = dd_dialer_new(&settings, broker->endpoint, NULL);
        wait_for(&more[i], DD_DIALER_CONNECTED);
    }
    uint64_t until_us = dd_clock_us() + DEADLINE * 1000;
    while (count_descriptors() > before + (2 + 1) * (int)COUNT(more))
        assert_true(dd_clock_us() < until_us);
    for (size_t i = 0; i < COUNT(more); i++)
        dd_dialer_destroy(&more[i].dial);
    hang_up(&first);
}

static int setup(void **state)
{
    *state = broker_new();
    return 0;
}

static int teardown(void **state)
{
    broker_destroy(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connects_and_talks),
        cmocka_unit_test(test_tries_all_keys_of_brokers),
        cmocka_unit_test(test_tells_why_not),
        cmocka_unit_test(test_a_socket_that_may_not_be_connected_to_says_so),
        cmocka_unit_test(test_tells_what_is_no_broker),
        cmocka_unit_test(test_no_zap_no_entry),
        cmocka_unit_test(test_gives_up_on_silence),
        cmocka_unit_test(test_name_that_does_not_resolve),
        cmocka_unit_test(test_zeromq_has_no_heartbeat),
        cmocka_unit_test(test_tries_all_addresses),
        cmocka_unit_test(test_a_silent_address_delays_no_other),
        cmocka_unit_test(test_gives_up_a_name_without_an_answer),
        cmocka_unit_test(test_without_descriptors_nothing_is_dialled),
        cmocka_unit_test(test_a_connection_takes_two_descriptors),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
