/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * legacy_world - a broker that serves native clients and those of protocols 3 and 4
 */
#include "legacy_world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include <cmocka.h>

int legacy_world_open(void **state)
{
    legacy_world_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->harness = harness_new("a,b");
    self->context = zmq_ctx_new();
    self->endpoint = harness_reserve(self->harness, "legacy");
    self->broker = broker_start(self->harness, "broker0", NULL, "/1/2/3/", "--legacy",
        self->endpoint, "--heartbeat", "20s", "--client-outbox", "2M", "-l", "info", NULL);
    self->native = legacy_world_native(self, "broker0", "a", "native");
    self->old = legacy_world_login(self, "a", "old");
    *state = self;
    return 0;
}

int legacy_world_close(void **state)
{
    legacy_world_t *self = *state;
    if (!self)
        return 0;
    legacy_client_destroy(&self->old);
    dd_client_destroy(&self->native);
    zmq_ctx_term(self->context);
    harness_destroy(&self->harness);
    free(self);
    return 0;
}

legacy_client_t *legacy_world_client(legacy_world_t *self, const char *owner, uint32_t version)
{
    return legacy_client_new(
        self->context, self->endpoint, harness_keys(self->harness, owner), version);
}

typedef struct {
    legacy_world_t *world;
    const char *owner, *name;
    legacy_client_t *client;
} login_t;

static bool log_in(void *arg)
{
    login_t *self = arg;
    self->client = legacy_world_client(self->world, self->owner, LEGACY_V4);
    legacy_client_ask(self->client);
    legacy_client_answer(self->client, self->name);
    assert_true(legacy_client_next(self->client, HARNESS_DEADLINE));
    if (legacy_client_command(self->client) == CMD_REGOK)
        return true;
    legacy_client_destroy(&self->client);
    return false;
}

legacy_client_t *legacy_world_login(legacy_world_t *self, const char *owner, const char *name)
{
    login_t login = {self, owner, name, NULL};
    assert_true(wait_until(log_in, &login, HARNESS_DEADLINE));
    return login.client;
}

dd_event_t *native_wait(dd_client_t *client, dd_event_type_t type)
{
    dd_event_t *event;
    while ((event = dd_client_receive(client, HARNESS_DEADLINE))) {
        if (event->type == type)
            return event;
        dd_event_destroy(&event);
    }
    fail_msg("no event %d within the deadline", (int)type);
    return NULL;
}

dd_client_t *legacy_world_native(
    legacy_world_t *self, const char *broker, const char *owner, const char *name)
{
    dd_problem_t problem;
    dd_client_t *client = dd_client_new(harness_endpoint(self->harness, broker),
        harness_keys(self->harness, owner), name, &problem);
    if (!client)
        fail_msg("%s", problem.text);
    assert_int_equal(dd_client_start(client), DD_OK);
    dd_event_t *event = native_wait(client, DD_EVENT_REGISTERED);
    dd_event_destroy(&event);
    return client;
}

void native_expect(dd_client_t *client, const char *source, const char *topic, const char *text)
{
    dd_event_t *event =
        native_wait(client, topic[0] ? DD_EVENT_PUBLICATION : DD_EVENT_NOTIFICATION);
    assert_string_equal(event->source, source);
    assert_string_equal(event->topic, topic);
    assert_string_equal(event->data, text);
    dd_event_destroy(&event);
}

void legacy_world_check(legacy_world_t *self)
{
    legacy_client_notify(self->old, "native", "all well?");
    native_expect(self->native, "old", "", "all well?");
    assert_int_equal(dd_client_notify(self->native, "old", "yes", 3, 0, NULL), DD_OK);
    legacy_client_expect_data(self->old, "native", "yes");
    legacy_client_expect_silence(self->old);
}
