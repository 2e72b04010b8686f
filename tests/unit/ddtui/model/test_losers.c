/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_losers - which clients have lost publications at a broker, also long after they have gone
 */
#include "ddtui/model/losers.h"

#include <stdio.h>

#include "tests/unit/unit.h"

#define NOW_MS 1763820202000
#define MINUTES(count) ((count)*60000ull)

typedef struct {
    event_archive_t *events;
    model_t *clients;
    losers_t found;
} fixture_t;

static fixture_t begin(void)
{
    fixture_t self = {.events = event_archive_new(), .clients = model_new()};
    assert_non_null(self.events);
    assert_non_null(self.clients);
    return self;
}

static void end(fixture_t *self)
{
    event_archive_destroy(&self->events);
    model_destroy(&self->clients);
}

/* An event of so many ms ago: none is older than the one before. */
static void say(fixture_t *self, const char *broker, uint64_t age_ms, const char *text)
{
    model_t *round = model_new();
    happening_t event = {.at_ms = MINUTES(1000) - age_ms, .age_ms = age_ms, .level = "warning"};
    assert_non_null(round);
    snprintf(event.broker, sizeof event.broker, "%s", broker);
    snprintf(event.broker_id, sizeof event.broker_id, "%s", broker);
    snprintf(event.text, sizeof event.text, "%s", text);
    assert_int_equal(model_add(round, VIEW_EVENTS, &event), DD_OK);
    assert_true(event_archive_take(self->events, round, NOW_MS));
    model_destroy(&round);
}

static void add(fixture_t *self, const char *name, client_fate_t fate, uint64_t lost,
    uint64_t since_ms, uint64_t age_ms)
{
    client_t client = {.tenant = "a",
        .broker_id = "east",
        .fate = fate,
        .traffic = {.dropped = lost, .drop_since_ms = since_ms, .drop_age_ms = age_ms}};
    snprintf(client.name, sizeof client.name, "%s", name);
    assert_int_equal(model_add(self->clients, VIEW_CLIENTS, &client), DD_OK);
}

static const losers_t *find(fixture_t *self)
{
    losers_find(&self->found, "east", self->events, self->clients, NOW_MS);
    return &self->found;
}

static void assert_loser(const loser_t *loser, const char *name, uint64_t lost, uint64_t since_ms,
    uint64_t age_ms, client_fate_t fate)
{
    assert_string_equal(loser->name, name);
    assert_int_equal(loser->lost, lost);
    assert_int_equal(loser->since_ms, NOW_MS - (int64_t)since_ms);
    assert_int_equal(loser->last_ms, NOW_MS - (int64_t)age_ms);
    assert_int_equal(loser->fate, fate);
}

/* Its row went a minute after it, and with it who has lost what. */
static void test_who_has_gone_is_known_an_hour_later(void **state)
{
    (void)state;
    fixture_t self = begin();
    say(&self, "east", MINUTES(70),
        "client a.slow lost publications for want of room: 6 within 2 s");
    say(&self, "east", MINUTES(69),
        "client a.slow lost publications for want of room: 90 within 60 s, 96 within 62 s in all");
    say(&self, "east", MINUTES(69) - 1, "client a.slow is gone");
    say(&self, "west", MINUTES(60),
        "client a.other lost publications for want of room: 1 within 1 s");
    const losers_t *losers = find(&self);
    assert_int_equal(losers->count, 1);
    assert_loser(&losers->rows[0], "a.slow", 96, MINUTES(70) + 2000, MINUTES(69), CLIENT_LEFT);
    losers_find(&self.found, "east", self.events, NULL, NOW_MS);
    assert_int_equal(self.found.rows[0].fate, CLIENT_UNKNOWN);
    end(&self);
}

/* What is told of it in its row and in its events is the same. */
static void test_who_is_there_counts_once(void **state)
{
    (void)state;
    fixture_t self = begin();
    say(&self, "east", MINUTES(2),
        "client a.slow lost publications for want of room: 6 within 2 s");
    say(&self, "east", MINUTES(1),
        "client a.slow lost publications for want of room: 4 within 60 s, 10 within 62 s in all");
    add(&self, "fine", CLIENT_HERE, 0, MODEL_UNKNOWN, MODEL_UNKNOWN);
    add(&self, "slow", CLIENT_HERE, 12, MINUTES(2) + 1300, 500);
    const losers_t *losers = find(&self);
    assert_int_equal(losers->count, 1);
    assert_loser(&losers->rows[0], "a.slow", 12, MINUTES(2) + 2000, 500, CLIENT_HERE);
    end(&self);
}

/* It has come again meanwhile, twice; who is there lost nothing this time. */
static void test_what_was_lost_each_time_is_added_up(void **state)
{
    (void)state;
    fixture_t self = begin();
    say(&self, "east", MINUTES(9),
        "client a.slow lost publications for want of room: 100 within 2 s");
    say(&self, "east", MINUTES(5),
        "client a.slow lost publications for want of room: 6 within 2 s");
    say(&self, "east", MINUTES(4),
        "client a.slow lost publications for want of room: 4 within 60 s, 10 within 62 s in all");
    add(&self, "slow", CLIENT_HERE, 0, MODEL_UNKNOWN, MODEL_UNKNOWN);
    const losers_t *losers = find(&self);
    assert_int_equal(losers->count, 1);
    assert_loser(&losers->rows[0], "a.slow", 110, MINUTES(9) + 2000, MINUTES(4), CLIENT_HERE);
    end(&self);
}

static void test_who_lost_most_is_first_and_there_is_an_end_of_it(void **state)
{
    (void)state;
    char text[128];
    fixture_t self = begin();
    add(&self, "row", CLIENT_HERE, LOSERS_MAX, MINUTES(200), 500);
    for (unsigned i = LOSERS_MAX; i > 0; i--) {
        snprintf(text, sizeof text,
            "client a.c%u lost publications for want of room: %u within 2 s", i, i);
        say(&self, "east", MINUTES(i), text);
    }
    const losers_t *losers = find(&self);
    assert_int_equal(losers->count, LOSERS_MAX);
    assert_true(losers->more);
    assert_string_equal(losers->rows[0].name, "a.row");
    for (size_t i = 1; i < LOSERS_MAX; i++)
        assert_true(losers->rows[i].lost < losers->rows[i - 1].lost);
    end(&self);
}

/* Brokers of earlier versions don't tell since when, and others may say what they like. */
static void test_what_can_not_be_read_does_no_harm(void **state)
{
    static const char *const TEXTS[] = {
        "client a.slow lost publications for want of room: 1, 1 in all",
        "client a.slow lost publications for want of room: 1 within 99999999999999999999999 s",
        "client a.slow lost publications for want of room: 1 within 9000000000000000000 s",
        "client a.slow lost publications for want of room: ",
        "client  lost publications for want of room", "client", "dropped publications"};
    (void)state;
    fixture_t self = begin();
    for (size_t i = 0; i < COUNT(TEXTS); i++)
        say(&self, "east", MINUTES(COUNT(TEXTS) - i), TEXTS[i]);
    assert_int_equal(find(&self)->count, 0);
    add(&self, "old", CLIENT_HERE, 3, MODEL_UNKNOWN, 400);
    add(&self, "liar", CLIENT_HERE, UINT64_MAX - 1, INT64_MAX, INT64_MAX);
    const losers_t *losers = find(&self);
    assert_int_equal(losers->count, 2);
    assert_string_equal(losers->rows[1].name, "a.old");
    assert_int_equal(losers->rows[1].since_ms, INT64_MAX);
    assert_int_equal(losers->rows[1].last_ms, NOW_MS - 400);
    end(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_has_gone_is_known_an_hour_later),
        cmocka_unit_test(test_who_is_there_counts_once),
        cmocka_unit_test(test_what_was_lost_each_time_is_added_up),
        cmocka_unit_test(test_who_lost_most_is_first_and_there_is_an_end_of_it),
        cmocka_unit_test(test_what_can_not_be_read_does_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
