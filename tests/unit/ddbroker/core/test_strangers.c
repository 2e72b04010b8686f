/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_strangers - an operator finds out who was refused a connection, and strangers push out no
 * other events
 */
#include "ddbroker/core/strangers.h"

#include <stdio.h>

#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/answers.h"
#include "tests/unit/unit.h"

#define KEY "y062/axuMv1S0rkWx3PqLBnFsoAcmlF2e5y8TjXMhVE="
#define WHY "this key isn't in the broker's key file as it was read last"

static const uint64_t MOST[EVENT_LEVELS] = EVENT_HISTORY_MAX;

typedef struct {
    strangers_t strangers;
    event_history_t events;
} scene_t;

static void refuse(scene_t *self, const char *address, const char *key, uint64_t now_ms)
{
    strangers_refused(&self->strangers, &self->events, address, key, WHY, now_ms);
}

/* A look each second. */
static void look(scene_t *self, uint64_t from_ms, uint64_t until_ms)
{
    for (uint64_t at_ms = from_ms; at_ms <= until_ms; at_ms += 1000)
        strangers_tell(&self->strangers, &self->events, at_ms);
}

static unsigned count_events(const scene_t *self)
{
    unsigned count = 0;
    const event_t *event;
    DL_FOREACH2 (self->events.newest, event, older)
        count++;
    return count;
}

static void finish(scene_t *self)
{
    event_history_clear(&self->events);
}

/* Who tries again every second is told at once, and then once a minute. */
static void test_who_was_refused_a_connection_is_told(void **state)
{
    (void)state;
    scene_t self = {.strangers = {.count = 0}};
    refuse(&self, "10.1.2.3", KEY, 5000);
    assert_string_equal(
        self.events.newest->text, "refused a connection from 10.1.2.3 with key " KEY ": " WHY);
    assert_int_equal(self.events.newest->level, DD_LOG_WARNING);
    assert_string_equal(event_tenant(self.events.newest), EVENT_FOR_OPERATORS);
    assert_true(event_is_for(self.events.newest, B("")));
    assert_false(event_is_for(self.events.newest, B("a")));
    for (uint64_t at_ms = 6000; at_ms <= 64000; at_ms += 1000) {
        refuse(&self, "10.1.2.3", KEY, at_ms);
        look(&self, at_ms, at_ms);
    }
    assert_int_equal(count_events(&self), 1);
    look(&self, 65000, 65000);
    assert_string_equal(self.events.newest->text,
        "refused 59 connections within 60 s from 10.1.2.3 with key " KEY ": " WHY);
    look(&self, 66000, 300000);
    assert_int_equal(count_events(&self), 2);
    assert_int_equal(self.strangers.refused, 60);
    assert_int_equal(self.strangers.last_ms, 64000);
    finish(&self);
}

static void test_without_an_address_or_a_key(void **state)
{
    (void)state;
    scene_t self = {.strangers = {.count = 0}};
    refuse(&self, "", KEY, 1);
    assert_string_equal(
        self.events.newest->text, "refused a connection from this machine with key " KEY ": " WHY);
    refuse(&self, "10.1.2.3", "", 1);
    assert_string_equal(self.events.newest->text, "refused a connection from 10.1.2.3: " WHY);
    finish(&self);
}

/* However many keys one address invents, others are told by name, and all else stays. */
static void test_strangers_push_out_nothing_else(void **state)
{
    (void)state;
    scene_t self = {.strangers = {.count = 0}};
    char key[STRANGERS_KEY_ROOM], address[STRANGERS_ADDRESS_ROOM];
    event_history_add(&self.events, 1, DD_LOG_WARNING, EVENT_FOR_OPERATORS, "something else");
    refuse(&self, "10.1.2.3", KEY, 2);
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(key, sizeof key, "key%u", i);
        refuse(&self, "10.6.6.6", key, 1000 + i);
    }
    assert_int_equal(count_events(&self), 2 + STRANGERS_OF_ADDRESS + 1);
    look(&self, 6008, 61008);
    assert_non_null(strstr(self.events.newest->text,
        "refused 4991 connections within 60 s from others, the last from 10.6.6.6 with key "
        "key4999"));
    for (unsigned i = 0; i < 5000; i++) {
        snprintf(address, sizeof address, "10.7.%u.%u", i / 256, i % 256);
        refuse(&self, address, "key", 63000 + 100 * i);
        look(&self, 63000 + 100 * i, 63000 + 100 * i);
    }
    assert_true(count_events(&self) <= 1 + MOST[DD_LOG_WARNING]);
    const event_t *event = self.events.newest;
    while (event->older)
        event = event->older;
    assert_string_equal(event->text, "something else");
    finish(&self);
}

/* Places are free again for those who come later. */
static void test_who_comes_no_more_is_forgotten(void **state)
{
    (void)state;
    scene_t self = {.strangers = {.count = 0}};
    char address[STRANGERS_ADDRESS_ROOM];
    for (unsigned i = 0; i < 2 * STRANGERS_MAX; i++) {
        snprintf(address, sizeof address, "10.7.0.%u", i);
        refuse(&self, address, "key", 1000);
    }
    look(&self, 2000, 1000000);
    assert_int_equal(self.strangers.count, 0);
    refuse(&self, "10.1.2.3", KEY, 1000001);
    assert_string_equal(
        self.events.newest->text, "refused a connection from 10.1.2.3 with key " KEY ": " WHY);
    finish(&self);
}

static void test_operators_alone_are_told(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *const ASKERS[] = {actor_client(broker, "a", "asker"), actor_operator(broker)};
    core_refused_connection(broker->core, "10.1.2.3", KEY, WHY, tree_now(tree));
    tree_pass(tree, 250);
    for (uint32_t i = 0; i < 2; i++) {
        ask(ASKERS[i], "tree", 1);
        answer_t answer = read_answer(ASKERS[i], 1);
        json_object *report = report_of(&answer, "broker");
        assert_int_equal(number_of(report, "not_let_in"), i);
        assert_int_equal(number_of(report, "not_let_in_age_ms"), 250 * i);
        free_answer(&answer);
        ask(ASKERS[i], "events", 2);
        answer = read_answer(ASKERS[i], 2);
        json_object *rows = rows_of(&answer, "events");
        assert_int_equal(
            has_row(rows, "text", "refused a connection from 10.1.2.3 with key " KEY ": " WHY), i);
        json_object_put(rows);
        free_answer(&answer);
    }
    tree_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_was_refused_a_connection_is_told),
        cmocka_unit_test(test_without_an_address_or_a_key),
        cmocka_unit_test(test_strangers_push_out_nothing_else),
        cmocka_unit_test(test_who_comes_no_more_is_forgotten),
        cmocka_unit_test(test_operators_alone_are_told),
    };
    return cmocka_run_group_tests_name("strangers", tests, NULL, NULL);
}
