/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_delivery - the promise: once, in order, and the sender knows
 */
#include <stdio.h>
#include <stdlib.h>

#include "scene.h"

#define NUMBERED 10000

static void receipts_come_back_over_three_levels(void **state)
{
    harness_t *self = *state;
    scene_tree(self);
    static const char *const BROKERS[] = {"root", "mid", "leaf", "twin", "other"};
    client_t *clients[COUNT(BROKERS)];
    for (size_t i = 0; i < COUNT(BROKERS); i++)
        clients[i] = client_open(self, BROKERS[i], "a", BROKERS[i]);
    for (size_t from = 0; from < COUNT(BROKERS); from++)
        for (size_t to = 0; to < COUNT(BROKERS); to++) {
            client_reach(clients[from], BROKERS[to]);
            client_deliver(clients[from], clients[to], "hi");
        }
}

static void who_is_not_there_is_told_over_three_levels(void **state)
{
    harness_t *self = *state;
    scene_tree(self);
    static const char *const BROKERS[] = {"root", "mid", "leaf"};
    for (size_t i = 0; i < COUNT(BROKERS); i++) {
        client_t *client = client_open(self, BROKERS[i], "a", BROKERS[i]);
        assert_int_equal(client_send(client, "nobody", "hi"), DD_E_NO_DESTINATION);
    }
}

/* ---- Ten thousand numbers ----------------------------------------------------------------- */

static void send_numbers(client_t *sender, const char *destination)
{
    dd_client_t *handle = client_handle(sender);
    for (unsigned number = 0; number < NUMBERED; number++) {
        char text[16];
        size_t size = (size_t)snprintf(text, sizeof text, "%u", number);
        assert_int_equal(dd_client_notify(handle, destination, text, size, 0, NULL), DD_OK);
        assert_int_equal(dd_client_publish(handle, "numbers", text, size), DD_OK);
    }
}

/* Each sender's numbers come as it sent them: each once, as notification and as publication. */
static void check_numbers(client_t *receiver, size_t senders)
{
    unsigned notified[8] = {0}, published[8] = {0};
    assert_true(senders <= COUNT(notified));
    for (size_t left = senders * NUMBERED * 2; left > 0; left--) {
        dd_event_t *event = client_wait(receiver, MESSAGES);
        size_t sender = (size_t)(*event->source - '0');
        assert_true(sender < senders);
        unsigned *next = event->type == DD_EVENT_NOTIFICATION ? notified : published;
        assert_int_equal(atoi(event->data), next[sender]);
        next[sender]++;
        dd_event_destroy(&event);
    }
}

static void numbers_come_once_and_in_order(void **state)
{
    harness_t *self = *state;
    scene_tree(self);
    static const char *const BROKERS[] = {"other", "twin", "leaf"};
    client_t *senders[COUNT(BROKERS)];
    client_t *receiver = client_open(self, "leaf", "a", "receiver");
    client_subscribe(receiver, "numbers", "all");
    for (size_t i = 0; i < COUNT(BROKERS); i++) {
        char name[] = {(char)('0' + i), '\0'};
        senders[i] = client_open(self, BROKERS[i], "a", name);
        client_reach(receiver, name);
    }
    for (size_t i = 0; i < COUNT(BROKERS); i++)
        send_numbers(senders[i], "receiver");
    check_numbers(receiver, COUNT(BROKERS));
    for (size_t i = 0; i < COUNT(BROKERS); i++)
        client_tell(senders[i], "receiver", "done");
    for (size_t i = 0; i < COUNT(BROKERS); i++) {
        dd_event_t *event = client_wait(receiver, MESSAGES);
        assert_string_equal(event->data, "done");
        dd_event_destroy(&event);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(receipts_come_back_over_three_levels),
        SCENE(who_is_not_there_is_told_over_three_levels),
        SCENE(numbers_come_once_and_in_order),
    };
    return cmocka_run_group_tests_name("delivery", tests, NULL, NULL);
}
