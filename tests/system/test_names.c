/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_names - a name is one client's in the whole tree, and free as soon as that client is gone
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>

#include "curve.h"
#include "libdd/base/clock.h"
#include "libdd/protocol/record.h"
#include "scene.h"

/* The exit status of ddtui for a name that is taken. */
#define REFUSED 4

static program_t *spawn_client(harness_t *self, const char *broker, const char *owner)
{
    return program_spawn(self, "ddtui", "-d", harness_endpoint(self, broker), "-k",
        harness_keys(self, owner), "-l", "name", NULL);
}

static void assert_no_end(client_t *client)
{
    assert_null(client_take(client, EVENT(DD_EVENT_DISCONNECTED) | EVENT(DD_EVENT_CLOSED), 0));
}

/* Where the second one's broker already knows the name, where a broker above finds out, and where
   the first one is above. */
static void the_first_of_a_name_stays(void **state)
{
    static const struct {
        const char *first, *second;
    } BROKERS[] = {{"leaf", "leaf"}, {"leaf", "mid"}, {"leaf", "root"}, {"leaf", "twin"},
        {"leaf", "other"}, {"root", "leaf"}};
    harness_t *self = *state;
    scene_tree(self);
    client_t *witness = client_open(self, "root", "a", "witness");
    for (size_t i = 0; i < COUNT(BROKERS); i++) {
        client_t *first = client_open(self, BROKERS[i].first, "a", "name");
        client_reach(witness, "name");
        program_t *second = spawn_client(self, BROKERS[i].second, "a");
        assert_int_equal(program_wait(second, HARNESS_DEADLINE), REFUSED);
        assert_true(program_said(second, "name"));
        client_deliver(witness, first, "still here");
        assert_no_end(first);
        client_close(&first);
    }
}

/* The library doesn't try again by itself. */
static void the_second_of_a_name_is_closed(void **state)
{
    harness_t *self = *state;
    scene_tree(self);
    client_t *witness = client_open(self, "root", "a", "witness");
    client_t *first = client_open(self, "leaf", "a", "name");
    client_reach(witness, "name");
    client_t *second = client_begin(self, "other", "a", "name");
    assert_int_equal(client_await(second, DD_EVENT_CLOSED), DD_E_NAME_TAKEN);
    assert_int_equal(
        dd_client_notify(client_handle(second), "witness", "x", 1, 0, NULL), DD_E_CLOSED);
    client_deliver(witness, first, "still here");
    assert_no_end(first);
}

/* Once the tree is whole again after a cut, of two that came meanwhile one stays. */
static void of_two_found_after_a_cut_one_stays(void **state)
{
    harness_t *self = *state;
    broker_start(self, "root", NULL, "/1/", NULL);
    scene_broker(self, "leaf", "root", "/1/2/");
    scene_broker(self, "other", "root", "/1/3/");
    program_kill(harness_broker(self, "root"));
    client_t *rivals[2] = {
        client_open(self, "leaf", "a", "name"), client_open(self, "other", "a", "name")};
    broker_start(self, "root", NULL, "/1/", NULL);
    client_t *witness = client_open(self, "root", "a", "witness");
    unsigned loser = 2;
    while (loser == 2)
        for (unsigned i = 0; i < 2; i++) {
            dd_event_t *event = client_take(rivals[i], EVENT(DD_EVENT_CLOSED), 10);
            if (!event)
                continue;
            assert_int_equal(event->error, DD_E_NAME_TAKEN);
            dd_event_destroy(&event);
            loser = i;
        }
    client_reach(witness, "name");
    client_deliver(witness, rivals[1 - loser], "the one");
    assert_no_end(rivals[1 - loser]);
}

static void the_same_name_in_two_tenants_is_two_clients(void **state)
{
    harness_t *self = *state;
    scene_tree(self);
    client_t *ours = client_open(self, "leaf", "a", "name");
    client_t *theirs = client_open(self, "leaf", "b", "name");
    client_t *everybodys = client_open(self, "other", "public", "name");
    client_t *near = client_open(self, "other", "a", "near");
    client_reach(near, "name");
    client_reach(near, "public.name");
    client_tell(near, "name", "to a");
    client_tell(near, "public.name", "to public");
    client_expect(ours, "near", "to a");
    client_expect(everybodys, "a.near", "to public");
    client_t *client = client_open(self, "leaf", "b", "near");
    client_deliver(client, theirs, "to b");
}

/* ---- Names of the dead -------------------------------------------------------------------- */

/* Another broker gives the name out as soon as the tree knows that it is free. */
static void a_killed_client_comes_back_at_another_broker(void **state)
{
    static const char *const BROKERS[] = {"leaf", "other", "twin", "root", "mid", "leaf"};
    harness_t *self = *state;
    scene_tree(self);
    client_t *witness = client_open(self, "root", "a", "witness");
    for (size_t i = 0; i < COUNT(BROKERS); i++) {
        program_t *program = spawn_client(self, BROKERS[i], "a");
        assert_true(program_expect(program, "registered as a.name", HARNESS_DEADLINE));
        client_reach(witness, "name");
        assert_int_equal(client_send(witness, "name", "hi"), DD_OK);
        program_kill(program);
        while (client_send(witness, "name", "gone?") != DD_E_NO_DESTINATION)
            ;
    }
}

/* Its connection stands, and its kernel takes what it is sent. */
static void a_stopped_client_loses_its_name(void **state)
{
    static const char *const HOLDERS[] = {"root", "leaf"};
    harness_t *self = *state;
    broker_start(self, "root", NULL, "/1/", "--heartbeat", "1s", NULL);
    broker_start(self, "leaf", "root", "/1/2/", "--heartbeat", "1s", NULL);
    assert_true(program_expect(harness_broker(self, "root"), "leaf joined", HARNESS_DEADLINE));
    client_t *witness = client_open(self, "root", "a", "witness");
    for (size_t i = 0; i < COUNT(HOLDERS); i++) {
        program_t *stopped = spawn_client(self, HOLDERS[i], "a");
        assert_true(program_expect(stopped, "registered as a.name", HARNESS_DEADLINE));
        client_reach(witness, "name");
        program_signal(stopped, SIGSTOP);
        client_t *heir = client_open(self, "root", "a", "name");
        client_deliver(witness, heir, "the one");
        program_signal(stopped, SIGCONT);
        assert_int_equal(program_wait(stopped, HARNESS_DEADLINE), REFUSED);
        client_close(&heir);
    }
}

/* ---- Names of the busy -------------------------------------------------------------------- */

static void put(curve_t *self, const dd_record_t *record, bool more)
{
    uint8_t frame[256] = {DD_FRAME_MAGIC, DD_FRAME_VERSION};
    size_t size = dd_record_size(record);
    assert_in_range(size, 1, sizeof frame - DD_FRAME_HEADER);
    dd_record_write(record, frame + DD_FRAME_HEADER, size);
    assert_true(curve_send(self, frame, DD_FRAME_HEADER + size, more));
}

/* Its answer waits behind a message that takes longer on the line than anybody may be silent. */
static void who_is_behind_a_large_message_keeps_its_name(void **state)
{
    enum { HEARTBEAT = 200, SILENCE = 10 * HEARTBEAT };
    harness_t *self = *state;
    program_t *broker = broker_start(self, "root", NULL, "/1/", "--heartbeat", "200ms", NULL);
    curve_t *holder = curve_open(self, "root", "a");
    put(holder, &(dd_record_t){.type = DD_HELLO, .number = 1 << 16, .name = dd_bytes_of("name")},
        false);
    program_t *rival = NULL;
    uint64_t begin_us = dd_clock_us();
    while (!rival || program_wait(rival, 0) < 0) {
        assert_true(curve_send(holder, "x", 1, true));
        poll(NULL, 0, HEARTBEAT / 10);
        if (!rival && dd_clock_us() > begin_us + SILENCE * 1000)
            rival = spawn_client(self, "root", "a");
    }
    assert_int_equal(program_wait(rival, 0), REFUSED);
    assert_true(curve_send(holder, "x", 1, true));
    assert_false(program_said(broker, "client a.name ended"));
    curve_close(&holder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(the_first_of_a_name_stays),
        SCENE(the_second_of_a_name_is_closed),
        SCENE(of_two_found_after_a_cut_one_stays),
        SCENE(the_same_name_in_two_tenants_is_two_clients),
        SCENE(a_killed_client_comes_back_at_another_broker),
        SCENE(a_stopped_client_loses_its_name),
        SCENE(who_is_behind_a_large_message_keeps_its_name),
    };
    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
