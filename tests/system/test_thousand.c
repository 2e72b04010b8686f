/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_thousand - a thousand clients on one broker, and the end of all of them at once
 *
 * With arguments this program is the crowd: clients in a process of their own, that can be killed.
 * Where a process may not have descriptors enough for a thousand, there are fewer.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"

#define CROWD 1000u
/* How many of them may be coming in at one time: on a busy machine with sanitizers, handshakes of
   all at once would time out, and be begun again, for minutes. */
#define AT_THE_DOOR 50u
/* ms, for what all of them do in turn: each has a deadline of its own, which the crowd looks after.
 */
#define ALL_IN_TURN (10 * DEADLINE)

/* ---- The crowd ---------------------------------------------------------------------------- */

static void name_of(unsigned number, char name[16])
{
    snprintf(name, 16, "c%u", number);
}

static void fail_crowd(const char *name, const char *what)
{
    fprintf(stderr, "%s: %s\n", name, what);
    exit(EXIT_FAILURE);
}

static dd_client_t *join(const char *endpoint, const char *keyfile, const char *name)
{
    dd_problem_t problem;
    dd_client_t *client = dd_client_new(endpoint, keyfile, name, &problem);
    if (!client)
        fail_crowd(name, problem.text);
    if (dd_client_subscribe(client, "topic", "all") != DD_OK || dd_client_start(client) != DD_OK)
        fail_crowd(name, "can't start");
    return client;
}

/* Waits until it is registered, at the second try if the machine is too busy for the first, and
   subscribed. */
static void settle(dd_client_t *client)
{
    dd_event_type_t type = DD_EVENT_DISCONNECTED;
    while (type != DD_EVENT_SUBSCRIBED) {
        dd_event_t *event = dd_client_receive(client, DEADLINE);
        if (!event || event->type == DD_EVENT_CLOSED)
            fail_crowd("a client", event ? event->text : "not registered in time");
        type = event->type;
        dd_event_destroy(&event);
    }
}

/* The next event must be this notification. */
static void hear(dd_client_t *client, const char *name, const char *text)
{
    dd_event_t *event = dd_client_receive(client, DEADLINE);
    if (!event || event->type != DD_EVENT_NOTIFICATION || strcmp(event->data, text) != 0)
        fail_crowd(name, event ? event->text : "too late");
    dd_event_destroy(&event);
}

/* A publication to so many may be overtaken by a notification that was sent after it. */
static void hear_both(
    dd_client_t *client, const char *name, const char *published, const char *sent)
{
    bool heard[2] = {false, false};
    for (int i = 0; i < 2; i++) {
        dd_event_t *event = dd_client_receive(client, DEADLINE);
        bool is_publication = event && event->type == DD_EVENT_PUBLICATION;
        const char *text = is_publication ? published : sent;
        if (!event || heard[is_publication] || strcmp(event->data, text) != 0)
            fail_crowd(name, event ? event->text : "too late");
        heard[is_publication] = true;
        dd_event_destroy(&event);
    }
}

static int crowd(const char *endpoint, const char *keyfile)
{
    static dd_client_t *clients[CROWD];
    const unsigned size = harness_clients(CROWD);
    char name[16];
    for (unsigned i = 0; i < size + AT_THE_DOOR; i++) {
        if (i < size) {
            name_of(i, name);
            clients[i] = join(endpoint, keyfile, name);
        }
        if (i >= AT_THE_DOOR)
            settle(clients[i - AT_THE_DOOR]);
    }
    puts("all are registered");
    fflush(stdout);
    for (unsigned i = 0; i < size; i++) {
        name_of(i, name);
        hear(clients[i], name, name);
        hear_both(clients[i], name, "to all", "done");
    }
    puts("all have heard");
    fflush(stdout);
    dd_client_receive(clients[0], -1);
    return EXIT_FAILURE; /* nothing more is sent: it is killed */
}

/* ---- The test ----------------------------------------------------------------------------- */

static program_t *start_crowd(harness_t *self)
{
    program_t *program = program_spawn(
        self, "/proc/self/exe", harness_endpoint(self, "broker0"), harness_keys(self, "a"), NULL);
    assert_true(program_expect(program, "all are registered\n", ALL_IN_TURN));
    return program;
}

static void talk_to_all(client_t *sender, unsigned size)
{
    char name[16];
    for (unsigned i = 0; i < size; i++) {
        name_of(i, name);
        client_tell(sender, name, name);
    }
    assert_int_equal(dd_client_publish(client_handle(sender), "topic", "to all", 6), DD_OK);
    for (unsigned i = 0; i < size; i++) {
        name_of(i, name);
        client_tell(sender, name, "done");
    }
}

/* The crowd is killed before it may have acknowledged the last notifications. */
static void expect_no_refusal(client_t *sender)
{
    dd_event_t *event;
    while ((event = client_take(sender, EVENT(DD_EVENT_ERROR), 0))) {
        assert_int_equal(event->error, DD_E_UNKNOWN);
        dd_event_destroy(&event);
    }
}

static void a_thousand_clients_come_hear_and_go(void **state)
{
    harness_t *self = *state;
    const unsigned size = harness_clients(CROWD);
    if (size < AT_THE_DOOR)
        skip();
    broker_start(self, "broker0", NULL, NULL, NULL);
    client_t *sender = client_open(self, "broker0", "a", "sender");
    for (int round = 0; round < 2; round++) {
        program_t *program = start_crowd(self);
        talk_to_all(sender, size);
        assert_true(program_expect(program, "all have heard\n", ALL_IN_TURN));
        program_kill(program);
        expect_no_refusal(sender);
    }
}

int main(int argc, char **argv)
{
    if (argc == 3)
        return crowd(argv[1], argv[2]);
    const struct CMUnitTest tests[] = {SCENE(a_thousand_clients_come_hear_and_go)};
    return cmocka_run_group_tests_name("thousand", tests, NULL, NULL);
}
