/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_gaps - nobody misses a publication without being told: brokers killed, ended and started
 * again, and brokers that take smaller payloads than their neighbours
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scene.h"

#define BATCH 300
#define ROUNDS 3
/* So large that some are under way when a broker is killed. */
#define SIZE 1000
/* Those who publish, and those who only listen. */
#define PUBLISHERS 3
#define MEMBERS 5

static const struct {
    const char *broker, *name;
} MEMBER[MEMBERS] = {
    {"root", "top"}, {"leaf", "low"}, {"other", "far"}, {"mid", "middle"}, {"twin", "beside"}};

/* Each publishes numbers, and everybody hears them. */
typedef struct {
    harness_t *harness;
    client_t *members[MEMBERS];
    int published[PUBLISHERS];
    int heard[MEMBERS][PUBLISHERS]; /* the last of a publisher */
    bool warned[MEMBERS][PUBLISHERS];
    unsigned holes;
} club_t;

static void reach_all(const club_t *self)
{
    for (int i = 0; i < MEMBERS; i++)
        for (int k = 0; k < MEMBERS; k++)
            if (i != k)
                client_reach(self->members[i], MEMBER[k].name);
}

static club_t club_new(harness_t *harness)
{
    club_t self = {.harness = harness};
    scene_tree(harness);
    for (int i = 0; i < MEMBERS; i++) {
        self.members[i] = client_open(harness, MEMBER[i].broker, "a", MEMBER[i].name);
        client_subscribe(self.members[i], "news", "all");
        client_subscribe(self.members[i], "news", "region");
    }
    reach_all(&self);
    return self;
}

static void publish_batch(club_t *self)
{
    for (int n = 0; n < BATCH; n++) {
        for (int i = 0; i < PUBLISHERS; i++) {
            char text[SIZE] = "";
            snprintf(text, sizeof text, "%d", ++self->published[i]);
            assert_int_equal(
                dd_client_publish(client_handle(self->members[i]), "news", text, sizeof text),
                DD_OK);
        }
    }
}

static void hear(club_t *self, int listener, const dd_event_t *event)
{
    int publisher = 0;
    while (strcmp(event->source, MEMBER[publisher].name) != 0)
        publisher++;
    int number = atoi(event->data), *heard = &self->heard[listener][publisher];
    assert_in_range(number, *heard + 1, self->published[publisher]);
    if (number > *heard + 1) {
        self->holes++;
        if (!self->warned[listener][publisher])
            fail_msg("%s missed %d to %d of %s without a gap", MEMBER[listener].name, *heard + 1,
                number - 1, MEMBER[publisher].name);
    }
    *heard = number;
    self->warned[listener][publisher] = false;
}

static bool has_heard_all(const club_t *self, int listener)
{
    for (int i = 0; i < PUBLISHERS; i++)
        if (self->heard[listener][i] < self->published[i])
            return false;
    return true;
}

/* Takes all up to the last that was published, which is known to arrive. */
static void listen(club_t *self, int listener)
{
    while (!has_heard_all(self, listener)) {
        dd_event_t *event =
            client_wait(self->members[listener], EVENT(DD_EVENT_PUBLICATION) | EVENT(DD_EVENT_GAP));
        if (event->type == DD_EVENT_PUBLICATION)
            hear(self, listener, event);
        for (int i = 0; event->type == DD_EVENT_GAP && i < PUBLISHERS; i++)
            self->warned[listener][i] = true;
        dd_event_destroy(&event);
    }
}

/* The middle broker ends by that signal while all publish, is away for a batch, and comes back. */
static void check_holes(harness_t *harness, int signal)
{
    club_t club = club_new(harness);
    for (int round = 0; round < ROUNDS; round++) {
        publish_batch(&club);
        program_signal(harness_broker(harness, "mid"), signal);
        assert_true(program_wait(harness_broker(harness, "mid"), HARNESS_DEADLINE) >= 0);
        publish_batch(&club);
        scene_broker(harness, "mid", "root", "/1/2/");
        reach_all(&club);
        client_await(club.members[3], DD_EVENT_SUBSCRIBED);
        publish_batch(&club);
        for (int i = 0; i < MEMBERS; i++)
            listen(&club, i);
    }
    assert_true(club.holes >= ROUNDS * MEMBERS); /* or this has tested nothing */
}

static void every_hole_has_a_gap_when_a_middle_broker_is_killed(void **state)
{
    check_holes(*state, SIGKILL);
}

static void every_hole_has_a_gap_when_a_middle_broker_is_ended(void **state)
{
    check_holes(*state, SIGTERM);
}

/* ---- Brokers that take less than others ------------------------------------------------------ */

#define SMALL ((size_t)64 << 10)
#define LARGE ((size_t)900000)

static void publish_large(client_t *publisher, size_t size)
{
    static char payload[LARGE];
    assert_int_equal(dd_client_publish(client_handle(publisher), "news", payload, size), DD_OK);
}

static void expect_size(client_t *client, size_t size)
{
    dd_event_t *event = client_wait(client, EVENT(DD_EVENT_PUBLICATION) | EVENT(DD_EVENT_GAP));
    assert_int_equal(event->type, DD_EVENT_PUBLICATION);
    assert_int_equal(event->size, size);
    dd_event_destroy(&event);
}

static void expect_lost(client_t *client)
{
    dd_event_t *event = client_wait(client, EVENT(DD_EVENT_PUBLICATION) | EVENT(DD_EVENT_GAP));
    assert_int_equal(event->type, DD_EVENT_GAP);
    assert_int_equal(event->number, 1);
    dd_event_destroy(&event);
}

/* What is too large for the middle broker is lost on the way to it, whence ever it comes; what just
   fits gets through; and no link ends. */
static void what_a_neighbour_has_no_room_for_ends_no_link(void **state)
{
    static char payload[LARGE];
    static const char *const NAMES[] = {"top", "middle", "low"};
    harness_t *self = *state;
    broker_start(self, "root", NULL, "/1/", NULL);
    program_t *mid = broker_start(self, "mid", "root", "/1/2/", "--payload-max", "64k", NULL);
    assert_true(program_expect(mid, "joined parent", HARNESS_DEADLINE));
    scene_broker(self, "leaf", "mid", "/1/2/3/");
    static const char *const BROKERS[] = {"root", "mid", "leaf"};
    client_t *clients[3];
    for (int i = 0; i < 3; i++) {
        clients[i] = client_open(self, BROKERS[i], "a", NAMES[i]);
        client_subscribe(clients[i], "news", "all");
    }
    client_reach(clients[0], "low");
    client_reach(clients[2], "top");
    for (int from = 0; from < 3; from += 2) {
        publish_large(clients[from], SMALL - 100);
        publish_large(clients[from], LARGE);
        publish_large(clients[from], 5);
        for (int i = 0; i < 3; i++) {
            expect_size(clients[i], SMALL - 100);
            if (i == from)
                expect_size(clients[i], LARGE);
            else
                expect_lost(clients[i]);
            expect_size(clients[i], 5);
        }
        uint32_t ref;
        assert_int_equal(dd_client_notify(client_handle(clients[from]), NAMES[2 - from], payload,
                             LARGE, DD_WANT_RECEIPT, &ref),
            DD_OK);
        assert_int_equal(client_await(clients[from], DD_EVENT_ERROR), DD_E_TOO_LARGE);
    }
    for (int i = 0; i < 3; i++)
        assert_false(program_said(harness_broker(self, BROKERS[i]), "ended"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(every_hole_has_a_gap_when_a_middle_broker_is_killed),
        SCENE(every_hole_has_a_gap_when_a_middle_broker_is_ended),
        SCENE(what_a_neighbour_has_no_room_for_ends_no_link),
    };
    return cmocka_run_group_tests_name("gaps", tests, NULL, NULL);
}
