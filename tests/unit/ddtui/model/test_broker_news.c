/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_broker_news - what the console is told of moves, receipts and brokers that are gone
 */
#include "ddtui/model/broker_news.h"

#include <stdio.h>

#include "tests/unit/unit.h"

#define WALL_MS 1763820202000

typedef struct {
    broker_news_t news;
    event_archive_t *events;
    pending_list_t pending;
    news_moment_t moment;
    uint64_t at_ms; /* of the last event */
} fixture_t;

static fixture_t begin(void)
{
    fixture_t self = {.events = event_archive_new(),
        .moment = {.now_us = 60000000,
            .wall_ms = WALL_MS,
            .tenant = "a",
            .tree = {.is_current = true, .finished_ms = 60000}}};
    self.news = (broker_news_t){.poller = poller_new(), .notes = status_log_new()};
    assert_non_null(self.events);
    assert_non_null(self.news.poller);
    assert_non_null(self.news.notes);
    return self;
}

static void end(fixture_t *self)
{
    poller_destroy(&self->news.poller);
    status_log_destroy(&self->news.notes);
    event_archive_destroy(&self->events);
    pending_clear(&self->pending);
}

/* The fixture isn't where it was made. */
static bool take(fixture_t *self)
{
    self->news.events = self->events;
    self->news.pending = &self->pending;
    return broker_news_take(&self->news, &self->moment);
}

/* What that broker says has happened so many ms ago. */
static bool say(fixture_t *self, const char *broker, uint64_t age_ms, const char *text)
{
    model_t *round = model_new();
    happening_t event = {.at_ms = ++self->at_ms,
        .age_ms = age_ms,
        .time_ms = (uint64_t)self->moment.wall_ms,
        .level = "info"};
    assert_non_null(round);
    snprintf(event.broker, sizeof event.broker, "%s", broker);
    snprintf(event.broker_id, sizeof event.broker_id, "id of %s %llu", broker,
        (unsigned long long)self->at_ms); /* so that ages don't fix its clock */
    snprintf(event.text, sizeof event.text, "%s", text);
    assert_int_equal(model_add(round, VIEW_EVENTS, &event), DD_OK);
    assert_true(event_archive_take(self->events, round, self->moment.wall_ms));
    model_destroy(&round);
    return take(self);
}

/* The rows of the tree, as reports of one round. */
static void see(fixture_t *self, const char *const reports[], size_t count)
{
    static uint32_t ref;
    uint64_t now_ms = self->moment.now_us / 1000;
    poller_asked(self->news.poller, VIEW_TREE, ++ref, now_ms);
    for (size_t i = 0; i < count; i++) {
        const dd_event_t event = {.type = DD_EVENT_REPORT,
            .ref = ref,
            .source = "",
            .text = reports[i],
            .number = count - 1 - i};
        poller_report(self->news.poller, &event, now_ms);
    }
    self->moment.tree.finished_ms = now_ms;
}

static void pass(fixture_t *self, uint64_t ms)
{
    self->moment.now_us += 1000 * ms;
    self->moment.wall_ms += (int64_t)ms;
}

static size_t notes(const fixture_t *self)
{
    return status_log_count(self->news.notes);
}

static const char *newest(const fixture_t *self)
{
    return notes(self) > 0 ? status_log_at(self->news.notes, 0)->text : "";
}

static void test_what_came_of_a_move_is_told_once(void **state)
{
    (void)state;
    fixture_t self = begin();
    say(&self, "leaf", 0, "moved to parent other: tcp://127.0.0.1:1"); /* nobody has asked for it */
    assert_int_equal(notes(&self), 0);
    broker_news_moving(&self.news, "leaf", self.moment.wall_ms);
    assert_true(broker_news_awaits_move(&self.news));
    take(&self); /* what was heard before is over */
    say(&self, "other", 0, "moved to parent mid: tcp://127.0.0.1:1");
    say(&self, "leaf", 60000, "moved to parent mid: tcp://127.0.0.1:1");
    assert_int_equal(notes(&self), 0);
    say(&self, "leaf", 0, "move failed, the parent is mid: x\x1by doesn't answer");
    assert_string_equal(
        newest(&self), "move leaf failed, the parent is mid: x\\x1by doesn't answer");
    assert_false(broker_news_awaits_move(&self.news));
    say(&self, "leaf", 0, "move failed, the parent is mid: again");
    assert_int_equal(notes(&self), 1);
    end(&self);
}

static void test_who_has_left_sends_no_receipt(void **state)
{
    static const struct {
        const char *to, *event;
        bool told;
    } CASES[] = {{"cam", "client a.cam is gone", true}, {"cam", "client a.cam ended: bye", true},
        {"cam", "client a.cam came back on another connection", false},
        {"cam", "client a.camera is gone", false}, {"cam", "client b.cam is gone", false},
        {"cam", "broker a.cam is gone", false}, {"public.cam", "client public.cam is gone", true}};
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        fixture_t self = begin();
        pending_add(&self.pending, PENDING_RECEIPT, 3, CASES[i].to, self.moment.now_us);
        say(&self, "leaf", 1, CASES[i].event); /* before it was sent */
        assert_int_equal(notes(&self), 0);
        pass(&self, 1000);
        say(&self, "leaf", 1, CASES[i].event);
        assert_int_equal(notes(&self), CASES[i].told);
        assert_int_equal(pending_find(&self.pending, 3)->late, CASES[i].told);
        end(&self);
    }
}

#define ROOT "{\"broker\":\"root\",\"id\":\"aa\"}"
#define LEAF "{\"broker\":\"leaf\",\"id\":\"bb\",\"parent\":\"aa\"}"
static const char *const TREE[] = {ROOT, LEAF}, *const LEFT[] = {ROOT};

static void test_a_broker_that_is_gone_and_back_is_told_of_once_each(void **state)
{
    (void)state;
    fixture_t self = begin();
    see(&self, TREE, 2);
    for (int i = 0; i < 15; i++) {
        pass(&self, 1000);
        see(&self, LEFT, 1);
        take(&self);
    }
    assert_int_equal(notes(&self), 1);
    assert_string_equal(newest(&self), "broker leaf is gone: not heard for 10 s");
    see(&self, TREE, 2);
    take(&self);
    take(&self);
    assert_int_equal(notes(&self), 2);
    assert_string_equal(newest(&self), "broker leaf reports again, after 15 s");
    end(&self);
}

/* And not only late: it was said why nothing is heard of it. */
static void test_who_is_behind_one_that_is_gone_is_said_to_be_at_once(void **state)
{
    static const char *const ALL[] = {
        "{\"broker\":\"root\",\"id\":\"aa\",\"scope\":\"/1/\",\"parent\":null}",
        "{\"broker\":\"mid\",\"id\":\"bb\",\"scope\":\"/1/2/\",\"parent\":\"aa\"}",
        "{\"broker\":\"leaf\",\"id\":\"cc\",\"scope\":\"/1/2/3/\",\"parent\":\"bb\"}"};
    static const char *const REST[] = {
        "{\"broker\":\"root\",\"id\":\"aa\",\"scope\":\"/1/\",\"parent\":null,"
        "\"lost\":[{\"name\":\"mid\",\"id\":\"bb\",\"age_ms\":100}]}"};
    (void)state;
    fixture_t self = begin();
    see(&self, ALL, 3);
    pass(&self, 3000);
    see(&self, REST, 1);
    assert_true(take(&self));
    for (size_t i = 0; i < 3; i++) {
        const broker_t *broker = poller_broker(self.news.poller, i);
        standing_t standing = strcmp(broker->name, "leaf") == 0  ? STANDING_BEHIND
                              : strcmp(broker->name, "mid") == 0 ? STANDING_GONE
                                                                 : STANDING_REPORTS;
        assert_int_equal(standing_of(broker, &self.moment.tree), standing);
    }
    assert_string_equal(newest(&self), "broker mid is gone, says its neighbour; 1 behind it");
    end(&self);
}

/* That isn't a lost link: what it counted has begun anew. */
static void test_a_restart_is_told_from_a_lost_link(void **state)
{
    static const char *const BEFORE[] = {
        "{\"broker\":\"root\",\"id\":\"aa\",\"scope\":\"/1/\",\"uptime_ms\":90000,\"dropped\":7}"};
    static const char *const ANEW[] = {
        "{\"broker\":\"root\",\"id\":\"bb\",\"scope\":\"/1/\",\"uptime_ms\":500,\"dropped\":1}"};
    static const char *const TWIN[] = {
        "{\"broker\":\"root\",\"id\":\"cc\",\"scope\":\"/1/\",\"uptime_ms\":80000}"};
    (void)state;
    fixture_t self = begin();
    see(&self, BEFORE, 1);
    pass(&self, 2000);
    see(&self, ANEW, 1); /* so soon that nobody has missed it */
    take(&self);
    take(&self);
    assert_int_equal(notes(&self), 1);
    assert_string_equal(newest(&self), "broker root was restarted");
    assert_int_equal(poller_broker(self.news.poller, 0)->dropped_before, 7);
    pass(&self, 1000);
    see(&self, ANEW, 1);
    assert_int_equal(poller_broker(self.news.poller, 0)->dropped_before, 7);
    pass(&self, 1000);
    see(&self, TWIN, 1); /* another one that runs for longer */
    take(&self);
    assert_int_equal(notes(&self), 1);
    assert_int_equal(poller_broker(self.news.poller, 0)->dropped_before, 0);
    end(&self);
}

static void test_a_broker_that_said_goodbye_is_drained(void **state)
{
    (void)state;
    fixture_t self = begin();
    see(&self, TREE, 2);
    pass(&self, 1000);
    see(&self, LEFT, 1);
    assert_false(take(&self));
    assert_true(
        say(&self, "root", 10, "broker leaf ended: it said goodbye (the broker is shutting down)"));
    assert_int_equal(poller_broker(self.news.poller, 1)->fate, BROKER_DRAINED);
    pass(&self, 60000);
    assert_false(take(&self));
    assert_int_equal(notes(&self), 0);
    end(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_came_of_a_move_is_told_once),
        cmocka_unit_test(test_who_has_left_sends_no_receipt),
        cmocka_unit_test(test_a_broker_that_is_gone_and_back_is_told_of_once_each),
        cmocka_unit_test(test_who_is_behind_one_that_is_gone_is_said_to_be_at_once),
        cmocka_unit_test(test_a_restart_is_told_from_a_lost_link),
        cmocka_unit_test(test_a_broker_that_said_goodbye_is_drained),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
