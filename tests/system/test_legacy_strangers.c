/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_legacy_strangers - connections to the legacy endpoint that don't log in, and old ZMTP
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "legacy_world.h"

#define FRAME_SIZE 256
#define STRANGERS 300
/* What the broker lets wait at one time, and some that are just being closed. */
#define STRANGERS_LEFT 160

/* Whether the broker has closed it. */
static bool is_cut(int fd)
{
    uint8_t bytes[256];
    ssize_t size;
    while ((size = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
        ;
    return size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

typedef struct {
    int fds[STRANGERS];
    size_t most; /* that may be left */
} strangers_t;

static bool few_are_left(void *arg)
{
    strangers_t *strangers = arg;
    size_t left = 0;
    for (size_t i = 0; i < STRANGERS; i++)
        left += !is_cut(strangers->fds[i]);
    return left <= strangers->most;
}

static void send_all(int fd, const void *data, size_t size)
{
    assert_int_equal(send(fd, data, size, MSG_NOSIGNAL), size);
}

/* The greeting of ZMTP 2 with a DEALER's type, and an identity that is empty. */
static void greet_zmtp2(int fd)
{
    static const uint8_t GREETING[] = {0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 1, 5, 0, 0};
    uint8_t answer[sizeof GREETING];
    send_all(fd, GREETING, sizeof GREETING);
    assert_int_equal(recv(fd, answer, sizeof answer, MSG_WAITALL), sizeof answer);
}

static void send_zmtp2(int fd, const dd_bytes_t *frames, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint8_t head[] = {i + 1 < count, (uint8_t)frames[i].size};
        send_all(fd, head, sizeof head);
        send_all(fd, frames[i].data, frames[i].size);
    }
}

/* Takes a message and returns its command; its last frame goes to `last`, which has FRAME_SIZE. */
static uint8_t receive_zmtp2(int fd, uint8_t *last)
{
    uint8_t head[2], command = 0;
    size_t frame = 0;
    do {
        assert_int_equal(recv(fd, head, sizeof head, MSG_WAITALL), sizeof head);
        assert_int_equal(recv(fd, last, head[1], MSG_WAITALL), head[1]);
        if (frame++ == 1)
            command = last[0];
    } while (head[0] & 1);
    return command;
}

/* Logs a client in as Java's do, which speak an old ZMTP. */
static int log_in_zmtp2(legacy_world_t *world, const char *name)
{
    uint8_t last[FRAME_SIZE], cookie[8];
    dd_problem_t problem;
    const dd_bytes_t version = dd_bytes("\4\0\r\r", 4), hash = legacy_client_hash(world->old);
    const dd_bytes_t ask[] = {version, dd_bytes("\3\0\0\0", 4), hash};
    dd_keyring_t *keys = dd_keyring_load(harness_keys(world->harness, "a"), &problem);
    assert_non_null(keys);
    int fd = harness_connect(world->endpoint);
    greet_zmtp2(fd);
    send_zmtp2(fd, ask, 3);
    assert_int_equal(receive_zmtp2(fd, last), CMD_CHALL);
    assert_int_equal(crypto_box_open_easy(cookie, last + 24, 24, last, dd_keyring_broker_key(keys),
                         dd_keyring_secret_key(keys)),
        0);
    const dd_bytes_t answer[] = {
        version, dd_bytes("\16\0\0\0", 4), dd_bytes(cookie, 8), hash, dd_bytes_of(name)};
    send_zmtp2(fd, answer, 5);
    assert_int_equal(receive_zmtp2(fd, last), CMD_REGOK);
    assert_memory_equal(last, name, strlen(name));
    dd_keyring_destroy(&keys);
    return fd;
}

static void ping_zmtp2(const legacy_world_t *world, int fd)
{
    uint8_t last[FRAME_SIZE];
    const dd_bytes_t ping[] = {
        dd_bytes("\4\0\r\r", 4), dd_bytes("\2\0\0\0", 4), legacy_client_cookie(world->old)};
    send_zmtp2(fd, ping, 3);
    assert_int_equal(receive_zmtp2(fd, last), CMD_PONG);
}

/* Those who only hold their connection are few at any time, gone in the end, and keep nobody out.
   Clients stay, old as their ZMTP may be. */
static void strangers_are_few_and_leave(void **state)
{
    legacy_world_t *world = *state;
    strangers_t strangers = {.most = STRANGERS_LEFT};
    int java = log_in_zmtp2(world, "java");
    for (size_t i = 0; i < STRANGERS; i++) {
        strangers.fds[i] = harness_connect(world->endpoint);
        if (i % 3 == 0)
            greet_zmtp2(strangers.fds[i]);
    }
    assert_true(wait_until(few_are_left, &strangers, HARNESS_DEADLINE));
    legacy_client_t *client = legacy_world_login(world, "a", "client");
    legacy_world_check(world);
    ping_zmtp2(world, java);
    strangers.most = 0;
    assert_true(wait_until(few_are_left, &strangers, HARNESS_DEADLINE));
    legacy_client_expect_silence(client);
    ping_zmtp2(world, java);
    assert_false(is_cut(java));
    legacy_world_check(world);
    legacy_client_destroy(&client);
    for (size_t i = 0; i < STRANGERS; i++)
        close(strangers.fds[i]);
    close(java);
}

static bool is_cut_now(void *fd)
{
    return is_cut(*(int *)fd);
}

/* ZeroMQ keeps a message until it is whole, however many frames it has. */
static void a_message_without_end_is_cut(void **state)
{
    legacy_world_t *world = *state;
    int fd = harness_connect(world->endpoint);
    greet_zmtp2(fd);
    const uint8_t frame[] = {1, 8, 0, 0, 0, 0, 0, 0, 0, 0};
    for (int i = 0; i < 10000 && send(fd, frame, sizeof frame, MSG_NOSIGNAL) > 0; i++)
        ;
    assert_true(wait_until(is_cut_now, &fd, HARNESS_DEADLINE));
    close(fd);
    legacy_world_check(world);
}

/* Clients of an old ZMTP are told from them, so that those who sent as much as a login takes are
   strangers all the same. */
static void strangers_are_few_while_old_clients_are_there(void **state)
{
    legacy_world_t *world = *state;
    strangers_t strangers = {.most = STRANGERS_LEFT};
    uint8_t part[200] = {1, sizeof part - 2}; /* of a message that goes on */
    int java = log_in_zmtp2(world, "java"), other = log_in_zmtp2(world, "kawa");
    for (size_t i = 0; i < STRANGERS; i++) {
        strangers.fds[i] = harness_connect(world->endpoint);
        greet_zmtp2(strangers.fds[i]);
        send_all(strangers.fds[i], part, sizeof part);
    }
    assert_true(wait_until(few_are_left, &strangers, HARNESS_DEADLINE));
    strangers.most = 0;
    assert_true(wait_until(few_are_left, &strangers, HARNESS_DEADLINE));
    ping_zmtp2(world, java);
    ping_zmtp2(world, other);
    assert_false(is_cut(java));
    assert_false(is_cut(other));
    for (size_t i = 0; i < STRANGERS; i++)
        close(strangers.fds[i]);
    close(java);
    close(other);
}

static void a_message_without_end_is_cut_while_old_clients_are_there(void **state)
{
    legacy_world_t *world = *state;
    int java = log_in_zmtp2(world, "java");
    a_message_without_end_is_cut(state);
    ping_zmtp2(world, java);
    assert_false(is_cut(java));
    close(java);
}

/* Payloads of MEGABYTES that a client which has stopped reading may have been sent: its outbox is
   16, the kernel keeps some, and ZeroMQ may hold one. */
#define MEGABYTES 48
#define PAYLOAD (1 << 20)

static bool is_overloaded(void *arg)
{
    dd_event_t *event;
    bool found = false;
    while (!found && (event = dd_client_receive(arg, 10))) {
        found = event->type == DD_EVENT_ERROR && event->error == DD_E_OVERLOADED;
        dd_event_destroy(&event);
    }
    return found;
}

/* ZeroMQ's own limit for what it holds counts messages. */
static void a_client_that_stops_reading_is_held_no_more_than_its_outbox(void **state)
{
    static const uint8_t payload[PAYLOAD - 100];
    legacy_world_t *world = *state;
    int java = log_in_zmtp2(world, "java"), sent = 0;
    while (!is_overloaded(world->native)) {
        assert_in_range(sent, 0, MEGABYTES);
        dd_error_t error =
            dd_client_notify(world->native, "java", payload, sizeof payload, 0, NULL);
        if (error == DD_OK)
            sent++;
    }
    close(java);
    legacy_world_check(world);
}

static void floods_of_logins_do_no_harm(void **state)
{
    legacy_world_t *world = *state;
    legacy_client_t *client = legacy_world_client(world, "a", LEGACY_V4);
    dd_bytes_t hash = legacy_client_hash(client);
    for (int i = 0; i < 5000; i++)
        legacy_client_say(client, CMD_ADDLCL, &hash, 1);
    legacy_world_check(world);
    legacy_client_destroy(&client);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_message_without_end_is_cut),
        cmocka_unit_test(a_client_that_stops_reading_is_held_no_more_than_its_outbox),
        cmocka_unit_test(floods_of_logins_do_no_harm),
        cmocka_unit_test(strangers_are_few_and_leave),
        cmocka_unit_test(strangers_are_few_while_old_clients_are_there),
        cmocka_unit_test(a_message_without_end_is_cut_while_old_clients_are_there),
    };
    return cmocka_run_group_tests(tests, legacy_world_open, legacy_world_close);
}
