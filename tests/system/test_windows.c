/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_windows - however little may be on its way untaken, all arrives, in order
 */
#include <stdlib.h>
#include <string.h>

#include "scene.h"

#define MANY 5000u
/* Every so many one as large as can be. */
#define EVERY 1000u
#define TINY "--client-window", "4k", "--link-window", "4k"

static size_t largest;

/* The notification of that number, whose bytes tell it. */
static size_t make(unsigned number, uint8_t *payload)
{
    size_t size = number % EVERY == EVERY / 2 ? largest : sizeof number + number % 300;
    memset(payload, (int)(number % 251), size);
    memcpy(payload, &number, sizeof number);
    return size;
}

static void notify(client_t *sender, const uint8_t *payload, size_t size)
{
    dd_error_t error;
    while ((error = dd_client_notify(client_handle(sender), "receiver", payload, size, 0, NULL)) ==
           DD_E_OUTBOX_FULL)
        assert_int_equal(dd_client_drain(client_handle(sender), 1 << 20, HARNESS_DEADLINE), DD_OK);
    assert_int_equal(error, DD_OK);
}

static void check_all_arrive(client_t *sender, client_t *receiver)
{
    uint8_t *payload = calloc(1, largest);
    for (unsigned i = 0; i < MANY; i++)
        notify(sender, payload, make(i, payload));
    for (unsigned i = 0; i < MANY; i++) {
        dd_event_t *event = client_wait(receiver, MESSAGES);
        size_t size = make(i, payload);
        assert_int_equal(event->size, size);
        assert_memory_equal(event->data, payload, size);
        dd_event_destroy(&event);
    }
    /* The last outcome comes after all others, of which there is none. */
    assert_int_equal(client_send(sender, "witness", "done"), DD_OK);
    assert_null(client_take(sender, OUTCOMES, 0));
    free(payload);
}

static program_t *start_witness(harness_t *self)
{
    program_t *program = program_spawn(self, "ddtui", "-d", harness_endpoint(self, "root"), "-k",
        harness_keys(self, "a"), "-l", "witness", NULL);
    assert_true(program_expect(program, "registered", HARNESS_DEADLINE));
    return program;
}

static void tiny_windows_carry_all(void **state)
{
    harness_t *self = *state;
    broker_start(self, "root", NULL, "/1/", TINY, NULL);
    assert_true(program_expect(broker_start(self, "leaf", "root", "/1/2/", TINY, NULL),
        "joined parent", HARNESS_DEADLINE));
    client_t *receiver = client_open(self, "root", "a", "receiver");
    client_t *sender = client_begin(self, "leaf", "a", "sender");
    dd_event_t *event = client_wait(sender, EVENT(DD_EVENT_REGISTERED));
    largest = event->number;
    dd_event_destroy(&event);
    start_witness(self);
    client_reach(sender, "receiver");
    client_reach(sender, "witness");
    check_all_arrive(sender, receiver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {SCENE(tiny_windows_carry_all)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
