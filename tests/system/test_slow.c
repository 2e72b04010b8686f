/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_slow - a subscriber that stands still loses publications, is told how many, and slows nobody
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"

/* Together far more than the subscriber's outbox and what the system holds for its connection. */
#define PUBLICATIONS 200u
#define SIZE ((size_t)100 << 10)
/* Who stands still for long isn't taken for dead. */
#define PATIENT "--client-outbox", "2M", "--heartbeat", "1min"

static program_t *start_subscriber(harness_t *self, const char *broker)
{
    program_t *program = program_spawn(self, "ddtui", "-d", harness_endpoint(self, broker), "-k",
        harness_keys(self, "a"), "-l", "-s", "topic", "slow", NULL);
    assert_true(program_expect(program, "subscribed\ttopic", HARNESS_DEADLINE));
    return program;
}

/* Each publication comes to a client that reads, whatever the other one does. */
static void publish_all(client_t *publisher, client_t *reader)
{
    static char payload[SIZE];
    memset(payload, 'x', sizeof payload);
    for (unsigned i = 0; i < PUBLICATIONS; i++) {
        assert_int_equal(
            dd_client_publish(client_handle(publisher), "topic", payload, SIZE), DD_OK);
        client_await(reader, DD_EVENT_PUBLICATION);
    }
}

/* How many publications were printed, and how many the gaps tell of. */
static void count(const char *output, unsigned *received, unsigned *lost)
{
    static const char GAP[] = "gap\ttopic\t";
    *received = *lost = 0;
    for (const char *line = output; *line; line += strcspn(line, "\n") + 1) {
        if (strncmp(line, "pub\t", 4) == 0)
            (*received)++;
        else if (strncmp(line, GAP, sizeof GAP - 1) == 0)
            *lost += (unsigned)atoi(line + sizeof GAP - 1);
    }
}

static void check_losses(harness_t *self, const char *publishers, const char *subscribers)
{
    client_t *publisher = client_open(self, publishers, "a", "publisher");
    client_t *reader = client_open(self, subscribers, "a", "reader");
    program_t *slow = start_subscriber(self, subscribers);
    client_subscribe(reader, "topic", "all");
    client_reach(reader, "publisher");
    client_reach(publisher, "slow");
    program_signal(slow, SIGSTOP);
    publish_all(publisher, reader);
    program_signal(slow, SIGCONT);
    assert_true(program_expect(slow, "gap\ttopic\t", HARNESS_DEADLINE));
    assert_int_equal(client_send(publisher, "slow", "done"), DD_OK);
    assert_true(program_expect(slow, "notify\tpublisher\tdone\n", HARNESS_DEADLINE));
    unsigned received, lost;
    count(program_stdout(slow), &received, &lost);
    assert_true(received > 0 && lost > 0);
    assert_int_equal(received + lost, PUBLICATIONS);
}

static void what_a_slow_subscriber_lost_is_told(void **state)
{
    harness_t *self = *state;
    broker_start(self, "broker0", NULL, NULL, PATIENT, NULL);
    check_losses(self, "broker0", "broker0");
}

/* What waits for it is at its own broker; the link there goes on. */
static void what_a_slow_subscriber_lost_is_told_across_brokers(void **state)
{
    harness_t *self = *state;
    broker_start(self, "root", NULL, "/1/", NULL);
    program_t *leaf = broker_start(self, "leaf", "root", "/1/2/", PATIENT, NULL);
    assert_true(program_expect(leaf, "joined parent", HARNESS_DEADLINE));
    check_losses(self, "root", "leaf");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(what_a_slow_subscriber_lost_is_told),
        SCENE(what_a_slow_subscriber_lost_is_told_across_brokers),
    };
    return cmocka_run_group_tests_name("slow", tests, NULL, NULL);
}
