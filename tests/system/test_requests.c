/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_requests - requests and replies through trees, and over the walls between tenants
 */
#include <stdio.h>

#include "scene.h"

/* ms */
#define SHORT 100

/* A service: it answers each request with who asked, and what. */
static void answer(dd_client_t *client, const dd_event_t *event, void *arg)
{
    char text[128];
    (void)arg;
    if (event->type != DD_EVENT_NOTIFICATION || !event->is_request)
        return;
    int size = snprintf(text, sizeof text, "%s: %s", event->source, (const char *)event->data);
    dd_client_reply(client, event, text, (size_t)size);
}

/* Nobody waits for what it says when it comes: it is destroyed by who asked for it. */
static dd_client_t *service(
    harness_t *self, const char *broker, const char *owner, const char *name)
{
    dd_problem_t problem;
    dd_client_t *client =
        dd_client_new(harness_endpoint(self, broker), harness_keys(self, owner), name, &problem);
    assert_non_null(client);
    assert_int_equal(dd_client_set_callback(client, answer, NULL), DD_OK);
    assert_int_equal(dd_client_start(client), DD_OK);
    return client;
}

static void expect_answer(client_t *from, const char *destination, const char *answer_text)
{
    dd_event_t *reply;
    client_reach(from, destination);
    assert_int_equal(dd_client_request(client_handle(from), destination, "who am I?", 9,
                         HARNESS_DEADLINE, &reply),
        DD_OK);
    assert_string_equal(reply->source, destination);
    assert_string_equal(reply->data, answer_text);
    dd_event_destroy(&reply);
}

static void replies_come_back_across_the_tree_and_its_walls(void **state)
{
    harness_t *self = *state;
    scene_tree(self);
    dd_client_t *services[] = {
        service(self, "other", "a", "service"), service(self, "twin", "public", "service")};
    client_t *a = client_open(self, "leaf", "a", "cli1");
    client_t *b = client_open(self, "mid", "b", "cli1");
    client_t *public = client_open(self, "leaf", "public", "cli1");
    expect_answer(a, "service", "cli1: who am I?");
    expect_answer(a, "public.service", "a.cli1: who am I?");
    expect_answer(b, "public.service", "b.cli1: who am I?");
    expect_answer(public, "service", "cli1: who am I?");
    expect_answer(public, "a.service", "public.cli1: who am I?");
    for (size_t i = 0; i < COUNT(services); i++)
        dd_client_destroy(&services[i]);
}

static void a_request_to_nobody_is_refused(void **state)
{
    harness_t *self = *state;
    broker_start(self, "root", NULL, NULL, NULL);
    client_t *client = client_open(self, "root", "a", "cli1");
    dd_event_t *reply;
    assert_int_equal(
        dd_client_request(client_handle(client), "nobody", "", 0, HARNESS_DEADLINE, &reply),
        DD_E_NO_DESTINATION);
}

/* One that knows nothing of requests takes it for a notification. */
static void who_does_not_reply_lets_time_pass(void **state)
{
    harness_t *self = *state;
    broker_start(self, "root", NULL, NULL, NULL);
    client_t *asking = client_open(self, "root", "a", "cli1");
    client_t *silent = client_open(self, "root", "a", "cli2");
    dd_event_t *reply;
    assert_int_equal(
        dd_client_request(client_handle(asking), "cli2", "hello", 5, SHORT, &reply), DD_E_TIMEOUT);
    dd_event_t *request = client_wait(silent, EVENT(DD_EVENT_NOTIFICATION));
    assert_string_equal(request->data, "hello");
    assert_int_equal(dd_client_reply(client_handle(silent), request, "late", 4), DD_OK);
    dd_event_destroy(&request);
    client_tell(silent, "cli1", "the next thing");
    client_expect(asking, "cli2", "the next thing");
}

#define MANY 2000

static void many_requests_at_once_have_each_its_reply(void **state)
{
    harness_t *self = *state;
    scene_tree(self);
    dd_client_t *server = service(self, "other", "a", "service");
    client_t *client = client_open(self, "leaf", "a", "cli1");
    client_reach(client, "service");
    uint32_t refs[MANY];
    char text[64];
    for (unsigned i = 0; i < MANY; i++) {
        size_t size = (size_t)snprintf(text, sizeof text, "%u", i);
        assert_int_equal(dd_client_send_request(client_handle(client), "service", text, size,
                             HARNESS_DEADLINE, NULL, NULL, &refs[i]),
            DD_OK);
    }
    for (unsigned i = 0; i < MANY; i++) {
        dd_event_t *event = client_wait(client, EVENT(DD_EVENT_REPLY));
        assert_int_equal(event->error, DD_OK);
        assert_int_equal(event->ref, refs[i]);
        snprintf(text, sizeof text, "cli1: %u", i);
        assert_string_equal(event->data, text);
        dd_event_destroy(&event);
    }
    dd_client_destroy(&server);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(replies_come_back_across_the_tree_and_its_walls),
        SCENE(a_request_to_nobody_is_refused),
        SCENE(who_does_not_reply_lets_time_pass),
        SCENE(many_requests_at_once_have_each_its_reply),
    };
    return cmocka_run_group_tests_name("requests", tests, NULL, NULL);
}
