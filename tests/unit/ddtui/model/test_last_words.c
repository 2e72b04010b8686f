/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_last_words - what brokers said last of a client is found among all events
 */
#include <stdio.h>
#include <string.h>

#include "ddtui/model/last_words.h"
#include "tests/unit/unit.h"

#define NOW 1763820202000

typedef struct {
    event_archive_t *events;
    last_words_t *words;
    model_t *round;
    uint64_t at_ms;
} scene_t;

static scene_t scene_new(void)
{
    scene_t self = {event_archive_new(), last_words_new(), model_new(), 0};
    assert_non_null(self.events);
    assert_non_null(self.words);
    assert_non_null(self.round);
    return self;
}

static void scene_end(scene_t *self)
{
    event_archive_destroy(&self->events);
    last_words_destroy(&self->words);
    model_destroy(&self->round);
}

/* The one that is added last is the newest. */
static void add(scene_t *self, const char *broker, const char *text)
{
    happening_t event = {.level = "info", .at_ms = ++self->at_ms, .age_ms = 100000 - self->at_ms};
    snprintf(event.broker, sizeof event.broker, "%s", broker);
    snprintf(event.broker_id, sizeof event.broker_id, "%s", broker);
    snprintf(event.text, sizeof event.text, "%s", text);
    assert_int_equal(model_add(self->round, VIEW_EVENTS, &event), DD_OK);
}

static void take(scene_t *self)
{
    assert_int_equal(model_arrange(self->round), DD_OK);
    event_archive_take(self->events, self->round, NOW);
    last_words_take(self->words, self->events);
}

static const char *words_of(const scene_t *self, const char *broker, const char *client)
{
    return last_words_of(self->words, self->events, broker, "a", client);
}

static void test_the_last_words_of_each(void **state)
{
    (void)state;
    scene_t self = scene_new();
    assert_null(words_of(&self, "east", "x"));
    add(&self, "east", "client a.x registered");
    add(&self, "east", "client a.xy registered");
    add(&self, "east", "client a.x ended: it said goodbye");
    add(&self, "west", "client a.x is gone");
    add(&self, "west", "client b.x registered");
    add(&self, "west", "broker a.x joined");
    add(&self, "west", "client a.alone");
    take(&self);
    assert_string_equal(words_of(&self, "east", "x"), "ended: it said goodbye");
    assert_string_equal(words_of(&self, "west", "x"), "is gone");
    assert_string_equal(words_of(&self, "east", "xy"), "registered");
    assert_string_equal(words_of(&self, "west", "alone"), "");
    assert_null(words_of(&self, "west", "xy"));
    assert_null(words_of(&self, "nowhere", "x"));
    event_archive_clear(self.events);
    last_words_take(self.words, self.events);
    assert_null(words_of(&self, "east", "x"));
    scene_end(&self);
}

static void test_many(void **state)
{
    (void)state;
    scene_t self = scene_new();
    char text[64], name[16];
    for (int i = 0; i < 5000; i++) {
        snprintf(text, sizeof text, "client a.c%d is gone", i);
        add(&self, "east", text);
    }
    take(&self);
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "c%d", i);
        assert_string_equal(words_of(&self, "east", name), "is gone");
    }
    scene_end(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_last_words_of_each),
        cmocka_unit_test(test_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
