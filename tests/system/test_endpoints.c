/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_endpoints - clients that know of several brokers
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "scene.h"

static dd_client_t *start_client(harness_t *self, const char *endpoints)
{
    dd_problem_t problem;
    dd_client_t *client = dd_client_new(endpoints, harness_keys(self, "a"), "roamer", &problem);
    if (!client)
        fail_msg("%s", problem.text);
    assert_int_equal(dd_client_subscribe(client, "news", "all"), DD_OK);
    assert_int_equal(dd_client_start(client), DD_OK);
    return client;
}

/* Passes over others until an event of that type comes, which the caller frees. */
static dd_event_t *await(dd_client_t *client, dd_event_type_t type)
{
    dd_event_t *event;
    while ((event = dd_client_receive(client, HARNESS_DEADLINE))) {
        if (event->type == type)
            return event;
        dd_event_destroy(&event);
    }
    fail_msg("no event of type %d came", (int)type);
    return NULL;
}

static void expect_at(dd_client_t *client, harness_t *self, const char *broker)
{
    dd_event_t *event = await(client, DD_EVENT_REGISTERED);
    assert_string_equal(event->text, broker);
    assert_string_equal(event->endpoint, harness_endpoint(self, broker));
    dd_event_destroy(&event);
    event = await(client, DD_EVENT_SUBSCRIBED);
    dd_event_destroy(&event);
}

static void a_client_goes_to_the_next_broker(void **state)
{
    harness_t *self = *state;
    char endpoints[512];
    harness_reserve(self, "away");
    broker_start(self, "root", NULL, "/1/", NULL);
    scene_broker(self, "other", "root", "/1/2/");
    snprintf(endpoints, sizeof endpoints, "%s,%s,%s", harness_endpoint(self, "away"),
        harness_endpoint(self, "root"), harness_endpoint(self, "other"));
    dd_client_t *client = start_client(self, endpoints);
    expect_at(client, self, "root");
    program_signal(harness_broker(self, "root"), SIGTERM);
    expect_at(client, self, "other");
    broker_start(self, "root", NULL, "/1/", NULL);
    program_kill(harness_broker(self, "other"));
    expect_at(client, self, "root");
    dd_client_destroy(&client);
}

static void bad_lists_are_refused(void **state)
{
    static const char *const BAD[][2] = {
        {"tcp://a:1,", "'' is no endpoint"},
        {"tcp://a:1,b:2", "'b:2' is no endpoint"},
        {"tcp://a:1,tcp://a:1", "'tcp://a:1' is given twice"},
        {"tcp://a:1,random:tcp://b:1", "'random:tcp://b:1' is no endpoint"},
        {"random:", "'' is no endpoint"},
    };
    harness_t *self = *state;
    for (size_t i = 0; i < COUNT(BAD); i++) {
        dd_problem_t problem;
        assert_null(dd_client_new(BAD[i][0], harness_keys(self, "a"), "x", &problem));
        assert_int_equal(problem.error, DD_E_ARGUMENT);
        if (!strstr(problem.text, BAD[i][1]))
            fail_msg("%s: %s", BAD[i][0], problem.text);
    }
}

static void the_tools_take_lists(void **state)
{
    harness_t *self = *state;
    char list[512];
    harness_reserve(self, "away");
    broker_start(self, "root", NULL, "/1/", NULL);
    snprintf(list, sizeof list, "random:%s,%s", harness_endpoint(self, "away"),
        harness_endpoint(self, "root"));
    program_t *program = program_run(self, NULL, HARNESS_DEADLINE, "ddtui", "-d", list, "-k",
        harness_keys(self, "a"), "-t", "30", "--tree", NULL);
    assert_int_equal(program_wait(program, 0), 0);
    program = program_run(self, NULL, HARNESS_DEADLINE, "ddtui", "-d",
        harness_endpoint(self, "away"), "-d", harness_endpoint(self, "root"), "-k",
        harness_keys(self, "a"), "-t", "30", "--tree", NULL);
    assert_int_equal(program_wait(program, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_client_goes_to_the_next_broker),
        SCENE(bad_lists_are_refused),
        SCENE(the_tools_take_lists),
    };
    return cmocka_run_group_tests_name("endpoints", tests, NULL, NULL);
}
