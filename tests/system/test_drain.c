/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_drain - a broker that shuts down sends what it has, and the tree gets over it
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "scene.h"

/* Together more than the system holds for one connection, and less than an outbox. */
#define MESSAGES_WAITING 100u
#define SIZE ((size_t)100 << 10)

static void shut_down(program_t *broker)
{
    program_signal(broker, SIGTERM);
    assert_int_equal(program_wait(broker, HARNESS_DEADLINE), 0);
}

static unsigned lines_of(const char *text)
{
    unsigned lines = 0;
    while ((text = strchr(text, '\n'))) {
        lines++;
        text++;
    }
    return lines;
}

/* A receiver that stood still has all that its broker took for it, although that shuts down. */
static void what_was_taken_is_delivered_before_the_end(void **state)
{
    static char payload[SIZE];
    harness_t *self = *state;
    program_t *broker = broker_start(self, "broker0", NULL, NULL, NULL);
    client_t *sender = client_open(self, "broker0", "a", "sender");
    program_t *slow = program_spawn(self, "ddtui", "-d", harness_endpoint(self, "broker0"), "-k",
        harness_keys(self, "a"), "-l", "slow", NULL);
    assert_true(program_expect(slow, "registered as a.slow", HARNESS_DEADLINE));
    program_signal(slow, SIGSTOP);
    memset(payload, 'x', sizeof payload);
    for (unsigned i = 0; i < MESSAGES_WAITING; i++)
        assert_int_equal(
            dd_client_notify(client_handle(sender), "slow", payload, SIZE, 0, NULL), DD_OK);
    assert_int_equal(client_send(sender, "nobody", "all is said"), DD_E_NO_DESTINATION);
    program_signal(broker, SIGTERM);
    assert_true(program_expect(broker, "shutting down", HARNESS_DEADLINE));
    program_signal(slow, SIGCONT);
    assert_int_equal(program_wait(broker, HARNESS_DEADLINE), 0);
    assert_true(program_expect(slow, "connection lost: ", HARNESS_DEADLINE));
    assert_int_equal(lines_of(program_stdout(slow)), MESSAGES_WAITING);
}

/* Brokers beneath keep their clients, and join again when it is back. */
static void a_middle_broker_that_shuts_down_comes_back(void **state)
{
    harness_t *self = *state;
    scene_tree(self);
    client_t *top = client_open(self, "root", "a", "top");
    client_t *middle = client_open(self, "mid", "a", "middle");
    client_t *low = client_open(self, "leaf", "a", "low");
    client_reach(low, "top");
    shut_down(harness_broker(self, "mid"));
    assert_int_equal(client_await(middle, DD_EVENT_DISCONNECTED), DD_E_DRAINING);
    assert_true(program_expect(
        harness_broker(self, "leaf"), "no connection to the parent", HARNESS_DEADLINE));
    assert_int_equal(client_send(low, "top", "up"), DD_E_UPLINK_DOWN);
    client_deliver(low, low, "local");

    scene_broker(self, "mid", "root", "/1/2/");
    client_await(middle, DD_EVENT_REGISTERED);
    client_reach(low, "top");
    client_reach(top, "middle");
    client_deliver(low, top, "up");
    assert_null(client_take(low, EVENT(DD_EVENT_DISCONNECTED), 0));
}

/* Its parent forgets what is beneath it at once. */
static void a_leaf_that_shuts_down_is_forgotten(void **state)
{
    harness_t *self = *state;
    scene_tree(self);
    client_t *top = client_open(self, "root", "a", "top");
    client_t *low = client_open(self, "leaf", "a", "low");
    client_reach(top, "low");
    shut_down(harness_broker(self, "leaf"));
    client_await(low, DD_EVENT_DISCONNECTED);
    assert_int_equal(client_send(top, "low", "down"), DD_E_NO_DESTINATION);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(what_was_taken_is_delivered_before_the_end),
        SCENE(a_middle_broker_that_shuts_down_comes_back),
        SCENE(a_leaf_that_shuts_down_is_forgotten),
    };
    return cmocka_run_group_tests_name("drain", tests, NULL, NULL);
}
