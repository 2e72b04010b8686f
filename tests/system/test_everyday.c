/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_everyday - what every user does first: keys, a broker, two clients, a message, a publication
 */
#include <string.h>

#include "scene.h"

static int setup(void **state)
{
    *state = harness_new(NULL);
    return 0;
}

static void assert_done(program_t *program)
{
    if (program_wait(program, HARNESS_DEADLINE) != 0)
        fail_msg("%s", program_stderr(program));
}

/* ddkeys asks for tenants; then a broker, a listener, and two that talk to it. */
static void first_five_minutes(void **state)
{
    harness_t *self = *state;
    const char *directory = harness_path(self, ".");
    program_t *keys =
        program_run(self, "a,b,c\n", HARNESS_DEADLINE, "ddkeys", "-d", directory, NULL);
    assert_done(keys);
    broker_start(self, "broker0", NULL, "/1/2/3/", NULL);
    const char *broker = harness_endpoint(self, "broker0");
    const char *key_file = harness_keys(self, "a");

    program_t *cli2 = program_spawn(self, "ddtui", "-d", broker, "-k", key_file, "-l", "-s",
        "alarms@region", "-c", "2", "cli2", "a", NULL);
    assert_true(program_expect(cli2, "registered as a.cli2 at broker0 /1/2/3/", HARNESS_DEADLINE));
    assert_true(program_expect(cli2, "subscribed\talarms\t/1/\n", HARNESS_DEADLINE));
    assert_done(program_run(self, NULL, HARNESS_DEADLINE, "ddtui", "-d", broker, "-k", key_file,
        "-n", "cli2", "-m", "hello", "-w", "cli1", "a", NULL));
    assert_done(program_run(self, "on fire", HARNESS_DEADLINE, "ddtui", "-d", broker, "-k",
        key_file, "-p", "alarms", "cli1", "a", NULL));
    assert_done(cli2);
    assert_string_equal(program_stdout(cli2), "notify\tcli1\thello\npub\tcli1\talarms\ton fire\n");
}

/* A program that uses the library talks to one that doesn't. */
static void library_and_program_understand_each_other(void **state)
{
    harness_t *self = *state;
    assert_done(program_run(
        self, NULL, HARNESS_DEADLINE, "ddkeys", "-t", "a", "-d", harness_path(self, "."), NULL));
    broker_start(self, "broker0", NULL, NULL, NULL);
    client_t *client = client_open(self, "broker0", "a", "client");
    program_t *program = program_spawn(self, "ddtui", "-d", harness_endpoint(self, "broker0"), "-k",
        harness_keys(self, "a"), "-l", "-c", "1", "-n", "client", "-m", "ping", "program", NULL);
    client_expect(client, "program", "ping");
    assert_int_equal(client_send(client, "program", "pong"), DD_OK);
    assert_done(program);
    assert_string_equal(program_stdout(program), "notify\tclient\tpong\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(first_five_minutes, setup, scene_close),
        cmocka_unit_test_setup_teardown(
            library_and_program_understand_each_other, setup, scene_close),
    };
    return cmocka_run_group_tests_name("everyday", tests, NULL, NULL);
}
