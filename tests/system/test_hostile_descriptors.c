/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_hostile_descriptors - few file descriptors, and strangers who want them all
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "scene.h"

#define STRANGERS 400
/* Of 300 descriptors, which leave some 150; the legacy endpoint, where it is, takes most of them.
 */
#define CLIENTS 40
#define CLIENTS_BESIDE_LEGACY 10

/* A broker whose limit of open files is that. NULL if the machine lets it raise the limit again. */
static program_t *start_with(harness_t *self, const char *name, unsigned limit, const char *options)
{
    char command[1024];
    snprintf(command, sizeof command, "ulimit -n %u; ulimit -n %u 2>/dev/null && exit 99; exit 0",
        limit, limit + 1);
    program_t *probe =
        program_run(self, NULL, HARNESS_DEADLINE, "/bin/sh", "-c", command, (char *)NULL);
    if (program_wait(probe, HARNESS_DEADLINE) == 99)
        return NULL;
    snprintf(command, sizeof command, "ulimit -n %u; exec %s -r %s -k %s --name %s %s", limit,
        harness_binary(self, "ddbroker"), harness_reserve(self, name), harness_keys(self, "broker"),
        name, options);
    return program_spawn(self, "/bin/sh", "-c", command, (char *)NULL);
}

/* ZeroMQ would abort the process, or have it serve one. */
static void too_few_descriptors_are_said_so_at_the_start(void **state)
{
    harness_t *self = *state;
    program_t *broker = start_with(self, "broker0", 140, "");
    if (!broker)
        skip();
    assert_int_equal(program_wait(broker, HARNESS_DEADLINE), 1);
    assert_true(program_said(broker, "the limit of open files is 140: raise it to"));
}

/* Clients of one tenant, who is given half of all places, come in beside strangers. */
static void check_clients(harness_t *self, unsigned limit, const char *options, int count)
{
    int strangers[STRANGERS];
    client_t *clients[CLIENTS];
    program_t *broker = start_with(self, "broker0", limit, options);
    if (!broker)
        skip();
    assert_true(program_expect(broker, "listening on", HARNESS_DEADLINE));
    assert_true(program_said(broker, "clients-max is "));
    for (int i = 0; i < STRANGERS; i++)
        strangers[i] = harness_connect(harness_endpoint(self, "broker0"));
    for (int i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, "c%d", i);
        clients[i] = client_open(self, "broker0", "a", name);
    }
    for (int i = 0; i < count; i++)
        client_deliver(clients[i], clients[(i + 1) % count], "hi");
    assert_int_equal(program_wait(broker, 0), -1);
    for (int i = 0; i < STRANGERS; i++)
        close(strangers[i]);
}

static void strangers_take_nobodys_descriptors(void **state)
{
    check_clients(*state, 300, "", CLIENTS);
}

/* What old clients' strangers may take is kept only where there is an endpoint for them. */
static void legacy_keeps_descriptors_where_it_is(void **state)
{
    check_clients(*state, 300, "--legacy tcp://127.0.0.1:0", CLIENTS_BESIDE_LEGACY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(too_few_descriptors_are_said_so_at_the_start),
        SCENE(strangers_take_nobodys_descriptors),
        SCENE(legacy_keeps_descriptors_where_it_is),
    };
    return cmocka_run_group_tests_name("hostile_descriptors", tests, NULL, NULL);
}
