/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_interests - thousands of subscriptions make their way through brokers with many links
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"

/* So many that a frame of them is more than a turn has time for, above and beneath. */
#define TOPICS 3000
#define LEAVES 6

static void topic_of(unsigned number, char topic[16])
{
    snprintf(topic, 16, "t%u", number);
}

static void subscribe_to_all(client_t *client)
{
    for (unsigned i = 0; i < TOPICS; i++) {
        char topic[16];
        topic_of(i, topic);
        assert_int_equal(dd_client_subscribe(client_handle(client), topic, "all"), DD_OK);
    }
    for (unsigned i = 0; i < TOPICS; i++)
        assert_int_equal(client_await(client, DD_EVENT_SUBSCRIBED), DD_OK);
}

static void publish_on_all(client_t *client)
{
    for (unsigned i = 0; i < TOPICS; i++) {
        char topic[16];
        topic_of(i, topic);
        assert_int_equal(dd_client_publish(client_handle(client), topic, "x", 1), DD_OK);
    }
}

static void hear_all(client_t *client)
{
    for (unsigned i = 0; i < TOPICS; i++) {
        char topic[16];
        topic_of(i, topic);
        dd_event_t *event = client_wait(client, EVENT(DD_EVENT_PUBLICATION));
        assert_string_equal(event->topic, topic);
        dd_event_destroy(&event);
    }
}

/* A word that is sent once all is subscribed arrives after the last subscription: whoever has it
   can publish on each of the topics, and nothing is missed. */
static void tell_and_hear(client_t *subscriber, client_t *publisher)
{
    subscribe_to_all(subscriber);
    client_deliver(subscriber, publisher, "now");
    publish_on_all(publisher);
    hear_all(subscriber);
}

static void open_tree(harness_t *self)
{
    broker_start(self, "root", NULL, "/1/", NULL);
    scene_broker(self, "mid", "root", "/1/2/");
    for (unsigned i = 0; i < LEAVES; i++) {
        char name[16], scope[16];
        snprintf(name, sizeof name, "leaf%u", i);
        snprintf(scope, sizeof scope, "/1/2/%u/", i + 1);
        scene_broker(self, name, "mid", scope);
    }
}

static void interests_come_down_before_what_is_said_later(void **state)
{
    harness_t *self = *state;
    open_tree(self);
    client_t *publisher = client_open(self, "leaf3", "a", "publisher");
    tell_and_hear(client_begin(self, "root", "a", "subscriber"), publisher);
}

static void interests_come_up_before_what_is_said_later(void **state)
{
    harness_t *self = *state;
    open_tree(self);
    client_t *publisher = client_open(self, "root", "a", "publisher");
    tell_and_hear(client_begin(self, "leaf3", "a", "subscriber"), publisher);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(interests_come_down_before_what_is_said_later),
        SCENE(interests_come_up_before_what_is_said_later),
    };
    return cmocka_run_group_tests_name("interests", tests, NULL, NULL);
}
