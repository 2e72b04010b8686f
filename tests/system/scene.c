/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * scene - what tests of whole trees share: brokers that have joined, and clients in the test itself
 */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "libdd/base/clock.h"

/* ms after which a trace is taken for lost with its connection, and another one sent. */
#define TRACE_LOST 1000

/* An event that was passed over. */
typedef struct kept {
    struct kept *prev, *next;
    dd_event_t *event;
} kept_t;

struct client {
    client_t *prev, *next; /* of the scene */
    dd_client_t *handle;
    char name[DD_CLIENT_MAX + 1];
    kept_t *kept; /* oldest first */
};

/* The clients of the scene that is being played. */
static client_t *clients;

int scene_open(void **state)
{
    *state = harness_new("a,b");
    return 0;
}

int scene_close(void **state)
{
    harness_t *harness = *state;
    while (clients) {
        client_t *client = clients;
        client_close(&client);
    }
    harness_destroy(&harness);
    return 0;
}

/* ---- Brokers ------------------------------------------------------------------------------ */

program_t *scene_broker(harness_t *self, const char *name, const char *parent, const char *scope)
{
    program_t *broker = broker_start(self, name, parent, scope, NULL);
    assert_true(program_expect(broker, "joined parent", HARNESS_DEADLINE));
    return broker;
}

void scene_tree(harness_t *self)
{
    broker_start(self, "root", NULL, "/1/", NULL);
    scene_broker(self, "mid", "root", "/1/2/");
    scene_broker(self, "leaf", "mid", "/1/2/3/");
    scene_broker(self, "twin", "mid", "/1/2/4/");
    scene_broker(self, "other", "root", "/1/5/");
}

/* ---- Clients ------------------------------------------------------------------------------ */

client_t *client_begin(harness_t *harness, const char *broker, const char *owner, const char *name)
{
    dd_problem_t problem;
    client_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    snprintf(self->name, sizeof self->name, "%s", name);
    self->handle = dd_client_new(
        harness_endpoint(harness, broker), harness_keys(harness, owner), name, &problem);
    if (!self->handle)
        fail_msg("%s", problem.text);
    assert_int_equal(dd_client_start(self->handle), DD_OK);
    DL_APPEND(clients, self);
    return self;
}

client_t *client_open(harness_t *harness, const char *broker, const char *owner, const char *name)
{
    client_t *self = client_begin(harness, broker, owner, name);
    client_await(self, DD_EVENT_REGISTERED);
    return self;
}

static dd_event_t *release(client_t *self, kept_t *kept)
{
    dd_event_t *event = kept->event;
    DL_DELETE(self->kept, kept);
    free(kept);
    return event;
}

void client_close(client_t **self_p)
{
    client_t *self = *self_p;
    dd_client_destroy(&self->handle);
    while (self->kept) {
        dd_event_t *event = release(self, self->kept);
        dd_event_destroy(&event);
    }
    DL_DELETE(clients, self);
    free(self);
    *self_p = NULL;
}

dd_client_t *client_handle(const client_t *self)
{
    return self->handle;
}

/* ---- Events ------------------------------------------------------------------------------- */

static void keep(client_t *self, dd_event_t *event)
{
    kept_t *kept = calloc(1, sizeof *kept);
    assert_non_null(kept);
    kept->event = event;
    DL_APPEND(self->kept, kept);
}

dd_event_t *client_take(client_t *self, unsigned types, int deadline_ms)
{
    kept_t *kept;
    DL_FOREACH (self->kept, kept)
        if (types & EVENT(kept->event->type))
            return release(self, kept);
    uint64_t deadline = dd_clock_us() + (uint64_t)deadline_ms * 1000;
    uint64_t now;
    while ((now = dd_clock_us()) <= deadline) {
        dd_event_t *event = dd_client_receive(self->handle, (int)((deadline - now) / 1000) + 1);
        if (event && types & EVENT(event->type))
            return event;
        if (event)
            keep(self, event);
    }
    return NULL;
}

dd_event_t *client_wait(client_t *self, unsigned types)
{
    dd_event_t *event = client_take(self, types, HARNESS_DEADLINE);
    if (event)
        return event;
    kept_t *kept;
    DL_FOREACH (self->kept, kept)
        print_message("event %d instead: source %s, error %d, %s\n", (int)kept->event->type,
            kept->event->source, (int)kept->event->error, kept->event->text);
    fail_msg("no event of types %#x within the deadline", types);
    return NULL;
}

dd_error_t client_await(client_t *self, dd_event_type_t type)
{
    dd_event_t *event = client_wait(self, EVENT(type));
    dd_error_t error = event->error;
    dd_event_destroy(&event);
    return error;
}

void client_expect(client_t *self, const char *source, const char *text)
{
    dd_event_t *event = client_wait(self, MESSAGES);
    assert_string_equal(event->source, source);
    assert_string_equal(event->data, text);
    dd_event_destroy(&event);
}

/* The outcome of what has that number; DD_E_TIMEOUT at the deadline. Later traces may have outcomes
   of earlier ones before them. */
static dd_error_t outcome(client_t *self, uint32_t ref, int deadline_ms)
{
    dd_event_t *event;
    while ((event = client_take(self, OUTCOMES, deadline_ms))) {
        bool found = event->ref == ref;
        dd_error_t error = event->error;
        dd_event_destroy(&event);
        if (found)
            return error;
    }
    return DD_E_TIMEOUT;
}

/* ---- What they do ------------------------------------------------------------------------- */

void client_subscribe(client_t *self, const char *topic, const char *scope)
{
    assert_int_equal(dd_client_subscribe(self->handle, topic, scope), DD_OK);
    client_await(self, DD_EVENT_SUBSCRIBED);
}

uint32_t client_tell(client_t *self, const char *destination, const char *text)
{
    uint32_t ref;
    dd_error_t error = dd_client_notify(self->handle, destination, text, strlen(text), 0, &ref);
    if (error != DD_OK)
        fail_msg("can't notify %s: %s", destination, dd_strerror(error));
    return ref;
}

static dd_error_t send_for_receipt(
    client_t *self, const char *destination, const char *text, uint32_t *ref)
{
    return dd_client_notify(self->handle, destination, text, strlen(text), DD_WANT_RECEIPT, ref);
}

dd_error_t client_send(client_t *self, const char *destination, const char *text)
{
    uint32_t ref;
    dd_error_t error = send_for_receipt(self, destination, text, &ref);
    return error == DD_OK ? outcome(self, ref, HARNESS_DEADLINE) : error;
}

void client_flood(client_t *self, const char *destination, int words, int noise)
{
    for (int i = 0; i < words; i++) {
        for (int j = 0; j < noise; j++)
            while (dd_client_publish(client_handle(self), "noisy", "noise", 5) != DD_OK)
                dd_client_drain(client_handle(self), 0, 100);
        assert_int_equal(client_send(self, destination, "a word"), DD_OK);
    }
}

void client_deliver(client_t *from, client_t *to, const char *text)
{
    uint32_t ref;
    assert_int_equal(send_for_receipt(from, to->name, text, &ref), DD_OK);
    client_expect(to, from->name, text);
    assert_int_equal(outcome(from, ref, HARNESS_DEADLINE), DD_OK);
}

typedef struct {
    client_t *client;
    const char *destination;
} journey_t;

static bool gets_through(void *arg)
{
    journey_t *self = arg;
    uint32_t ref;
    return dd_client_trace(self->client->handle, self->destination, &ref) == DD_OK &&
           outcome(self->client, ref, TRACE_LOST) == DD_OK;
}

void client_reach(client_t *self, const char *destination)
{
    journey_t journey = {self, destination};
    if (!wait_until(gets_through, &journey, HARNESS_DEADLINE))
        fail_msg("%s can't be reached", destination);
}
