/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_healing - brokers that are killed and come back: what goes on, who is told, how all heals
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"

#define BATCH 500

static void kill_broker(harness_t *self, const char *name)
{
    program_kill(harness_broker(self, name));
}

/* The broker has noticed that a neighbour is gone. */
static void await_loss(harness_t *self, const char *name, const char *neighbour)
{
    char text[64];
    snprintf(text, sizeof text, "%s is gone\n", neighbour);
    assert_true(program_expect(harness_broker(self, name), text, HARNESS_DEADLINE));
}

static void await_return(client_t *client)
{
    client_await(client, DD_EVENT_DISCONNECTED);
    client_await(client, DD_EVENT_REGISTERED);
}

static void publish(client_t *client, const char *text)
{
    assert_int_equal(dd_client_publish(client_handle(client), "news", text, strlen(text)), DD_OK);
}

/* ---- The middle --------------------------------------------------------------------------- */

static void a_middle_broker_that_was_killed_heals(void **state)
{
    harness_t *self = *state;
    scene_tree(self);
    client_t *low = client_open(self, "leaf", "a", "low");
    client_t *beside = client_open(self, "leaf", "a", "beside");
    client_t *middle = client_open(self, "mid", "a", "middle");
    client_t *top = client_open(self, "root", "a", "top");
    client_t *far = client_open(self, "other", "a", "far");
    client_subscribe(low, "news", "all");
    client_subscribe(middle, "news", "all");
    client_reach(low, "top");
    client_reach(middle, "top");

    kill_broker(self, "mid");
    await_loss(self, "leaf", "parent mid");
    await_loss(self, "root", "broker mid");
    assert_int_equal(client_send(low, "top", "up"), DD_E_UPLINK_DOWN);
    assert_int_equal(client_send(top, "low", "down"), DD_E_NO_DESTINATION);
    assert_int_equal(client_send(far, "middle", "across"), DD_E_NO_DESTINATION);
    client_deliver(beside, low, "local notification");
    publish(beside, "local publication");
    client_expect(low, "beside", "local publication");
    client_deliver(top, far, "above");

    scene_broker(self, "mid", "root", "/1/2/");
    await_return(middle);
    client_await(middle, DD_EVENT_SUBSCRIBED);
    client_reach(low, "top");
    client_reach(middle, "top");
    publish(top, "all is well");
    client_expect(low, "top", "all is well");
    client_expect(middle, "top", "all is well");
    client_deliver(top, low, "down again");
    client_deliver(low, top, "up again");
}

/* ---- The root ----------------------------------------------------------------------------- */

static void a_root_that_was_killed_heals(void **state)
{
    harness_t *self = *state;
    scene_tree(self);
    client_t *low = client_open(self, "leaf", "a", "low");
    client_t *beside = client_open(self, "twin", "a", "beside");
    client_t *top = client_open(self, "root", "a", "top");
    client_t *far = client_open(self, "other", "a", "far");
    client_subscribe(low, "news", "all");
    client_subscribe(top, "news", "all");
    client_reach(low, "far");
    client_reach(low, "beside");

    kill_broker(self, "root");
    await_loss(self, "mid", "parent root");
    await_loss(self, "other", "parent root");
    assert_int_equal(client_send(low, "far", "across"), DD_E_UPLINK_DOWN);
    assert_int_equal(client_send(far, "low", "across"), DD_E_UPLINK_DOWN);
    client_deliver(low, beside, "through the middle");
    publish(beside, "through the middle");
    client_expect(low, "beside", "through the middle");

    broker_start(self, "root", NULL, "/1/", NULL);
    await_return(top);
    client_await(top, DD_EVENT_SUBSCRIBED);
    client_reach(low, "far");
    client_reach(top, "far");
    publish(far, "all is well");
    client_expect(low, "far", "all is well");
    client_expect(top, "far", "all is well");
    client_deliver(low, far, "across again");
}

/* ---- A leaf ------------------------------------------------------------------------------- */

/* The clients are another process, which has to come back by itself. */
static void a_leaf_that_was_killed_heals(void **state)
{
    harness_t *self = *state;
    scene_tree(self);
    client_t *top = client_open(self, "root", "a", "top");
    program_t *low = program_spawn(self, "ddtui", "-d", harness_endpoint(self, "leaf"), "-k",
        harness_keys(self, "a"), "-l", "-s", "news@region", "low", NULL);
    assert_true(program_expect(low, "subscribed\tnews\t/1/\n", HARNESS_DEADLINE));
    client_reach(top, "low");

    kill_broker(self, "leaf");
    await_loss(self, "mid", "broker leaf");
    assert_int_equal(client_send(top, "low", "down"), DD_E_NO_DESTINATION);
    assert_true(program_expect(low, "connection lost", HARNESS_DEADLINE));

    scene_broker(self, "leaf", "mid", "/1/2/3/");
    assert_true(program_expect(low, "registered as a.low at leaf", HARNESS_DEADLINE));
    assert_true(program_expect(low, "subscribed\tnews\t/1/\n", HARNESS_DEADLINE));
    client_reach(top, "low");
    assert_int_equal(client_send(top, "low", "down again"), DD_OK);
    publish(top, "all is well");
    assert_true(program_expect(low, "all is well\n", HARNESS_DEADLINE));
    assert_string_equal(program_stdout(low), "gap\tnews\t0\tsome may be missing\n"
                                             "notify\ttop\tdown again\n"
                                             "pub\ttop\tnews\tall is well\n");
}

/* ---- Nothing comes twice ------------------------------------------------------------------ */

/* Sends a batch of numbers from first on. Returns the ref of the last notification. */
static uint32_t send_batch(client_t *sender, unsigned first)
{
    uint32_t ref = 0;
    for (unsigned number = first; number < first + BATCH; number++) {
        char text[16];
        snprintf(text, sizeof text, "%u", number);
        ref = client_tell(sender, "low", text);
        publish(sender, text);
    }
    return ref;
}

/* Takes what came up to the number last, which must come: growing, none twice. */
static void take_until(client_t *receiver, unsigned types, int *before, int last)
{
    while (*before < last) {
        dd_event_t *event = client_wait(receiver, types);
        int number = atoi(event->data);
        assert_in_range(number, *before + 1, last);
        *before = number;
        dd_event_destroy(&event);
    }
}

/* Every number from first on is there. */
static void take_batch(client_t *receiver, unsigned types, int *before, int first)
{
    take_until(receiver, types, before, first);
    for (int number = first + 1; number < first + BATCH; number++)
        take_until(receiver, types, before, number);
}

/* The first batch is cut off by the broker's end, the second finds nobody, the third gets through.
   What the broker had taken and not passed on is lost, but nothing is repeated. */
static void nothing_comes_twice_through_a_broker_that_was_killed(void **state)
{
    harness_t *self = *state;
    scene_tree(self);
    client_t *top = client_open(self, "root", "a", "top");
    client_t *low = client_open(self, "leaf", "a", "low");
    client_subscribe(low, "news", "all");
    client_reach(low, "top");
    uint32_t cut_off = send_batch(top, 0);
    kill_broker(self, "mid");
    await_loss(self, "root", "broker mid");
    send_batch(top, BATCH);
    for (int refused = 0; refused < BATCH;) {
        dd_event_t *event = client_wait(top, EVENT(DD_EVENT_ERROR));
        assert_int_equal(event->error, DD_E_NO_DESTINATION);
        refused += event->ref > cut_off;
        dd_event_destroy(&event);
    }
    scene_broker(self, "mid", "root", "/1/2/");
    client_reach(low, "top");
    client_reach(top, "low");
    send_batch(top, 2 * BATCH);
    int notified = -1, published = -1;
    take_batch(low, EVENT(DD_EVENT_NOTIFICATION), &notified, 2 * BATCH);
    take_batch(low, EVENT(DD_EVENT_PUBLICATION), &published, 2 * BATCH);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(a_middle_broker_that_was_killed_heals),
        SCENE(a_root_that_was_killed_heals),
        SCENE(a_leaf_that_was_killed_heals),
        SCENE(nothing_comes_twice_through_a_broker_that_was_killed),
    };
    return cmocka_run_group_tests_name("healing", tests, NULL, NULL);
}
