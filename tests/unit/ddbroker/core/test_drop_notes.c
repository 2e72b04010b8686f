/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_drop_notes - who loses publications is told of within a second or two, and then once a
 * minute
 */
#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

/* ms after which the broker looks around. */
#define LOOK 1000

typedef struct {
    tree_t *tree;
    broker_t *broker;
    actor_t *slow;
    actor_t *publisher;
} scene_t;

static scene_t scene_new(void)
{
    scene_t self = {.tree = tree_new()};
    tree_settings(self.tree)->outbox_client = 10000;
    self.broker = broker_new(self.tree, "broker", NULL, "/1/");
    self.slow = actor_want(actor_client(self.broker, "a", "slow"), "t", "all");
    self.publisher = actor_client(self.broker, "a", "publisher");
    actor_hold(self.slow, true);
    return self;
}

static void publish_many(const scene_t *self)
{
    for (int i = 0; i < 300; i++)
        actor_publish(self->publisher, "t",
            "a text of some hundred bytes, so that there is soon no room for any more of them, "
            "not even one");
    actor_skip(self->publisher);
}

/* Time in which both stay. */
static void pass(const scene_t *self, uint64_t ms)
{
    const dd_record_t ping = {.type = DD_PING};
    for (uint64_t passed = 0; passed < ms; passed += LOOK) {
        actor_say(self->slow, &ping);
        actor_say(self->publisher, &ping);
        actor_skip(self->publisher);
        tree_pass(self->tree, LOOK);
    }
}

/* The newest event of some tenant that has a text. */
static const event_t *find_event(const scene_t *self, const char *tenant, const char *text)
{
    const event_t *event = self->broker->core->events.newest;
    while (event && (strcmp(event_tenant(event), tenant) != 0 || !strstr(event->text, text)))
        event = event->older;
    return event;
}

static uint64_t dropped(const scene_t *self)
{
    return self->broker->core->count.dropped;
}

/* What is told of the client, and of the broker as a whole. */
static void assert_told(const scene_t *self, const char *numbers)
{
    char text[256];
    snprintf(text, sizeof text, "client a.slow lost publications for want of room: %s", numbers);
    const event_t *event = find_event(self, "a", "lost");
    assert_non_null(event);
    assert_string_equal(event->text, text);
    assert_int_equal(event->level, DD_LOG_WARNING);
    snprintf(text, sizeof text, "dropped publications for want of room: %s", numbers);
    event = find_event(self, EVENT_FOR_OPERATORS, "dropped");
    assert_non_null(event);
    assert_string_equal(event->text, text);
}

/* The first event has what was lost until it is told, and not the first one alone. */
static void test_the_first_event_tells_what_the_first_moment_brought(void **state)
{
    (void)state;
    char numbers[128];
    scene_t scene = scene_new();
    publish_many(&scene);
    tree_pass(scene.tree, LOOK / 2);
    assert_null(find_event(&scene, "a", "lost"));
    publish_many(&scene);
    pass(&scene, 2 * LOOK);
    assert_true(dropped(&scene) > 300);
    snprintf(numbers, sizeof numbers, "%llu within 2 s", (unsigned long long)dropped(&scene));
    assert_told(&scene, numbers);
    tree_destroy(&scene.tree);
}

static void test_a_broker_that_drops_says_so_once_a_minute(void **state)
{
    (void)state;
    char numbers[128];
    scene_t scene = scene_new();
    publish_many(&scene);
    pass(&scene, 2 * LOOK);
    const event_t *before = scene.broker->core->events.newest;
    publish_many(&scene);
    pass(&scene, 2 * LOOK);
    assert_ptr_equal(scene.broker->core->events.newest, before);
    pass(&scene, 60000);
    snprintf(numbers, sizeof numbers, "300 within 60 s, %llu within 62 s in all",
        (unsigned long long)dropped(&scene));
    assert_told(&scene, numbers);
    assert_null(find_event(&scene, EVENT_FOR_ALL, "room"));
    tree_destroy(&scene.tree);
}

/* After a pause as well. */
static void test_each_burst_is_gathered_before_it_is_told(void **state)
{
    (void)state;
    char numbers[128];
    scene_t scene = scene_new();
    publish_many(&scene);
    pass(&scene, 2 * LOOK);
    pass(&scene, 600000);
    actor_publish(scene.publisher, "t", "text");
    actor_skip(scene.publisher);
    pass(&scene, LOOK);
    publish_many(&scene);
    pass(&scene, LOOK);
    snprintf(numbers, sizeof numbers, "%d within 2 s, %llu within 604 s in all", 301,
        (unsigned long long)dropped(&scene));
    assert_told(&scene, numbers);
    tree_destroy(&scene.tree);
}

/* So that an hour later it is known what a client lost that isn't there any more. */
static void test_who_goes_leaves_what_it_lost_behind(void **state)
{
    (void)state;
    char text[128];
    scene_t scene = scene_new();
    publish_many(&scene);
    tree_pass(scene.tree, LOOK / 2);
    actor_leave(scene.slow);
    snprintf(text, sizeof text, "client a.slow lost publications for want of room: %llu within 1 s",
        (unsigned long long)dropped(&scene));
    const event_t *event = find_event(&scene, "a", "lost");
    assert_non_null(event);
    assert_string_equal(event->text, text);
    assert_string_equal(event->newer->text, "client a.slow is gone"); /* the last word */
    tree_destroy(&scene.tree);
}

static void test_a_broker_that_drops_nothing_says_nothing(void **state)
{
    (void)state;
    scene_t scene = scene_new();
    actor_hold(scene.slow, false);
    publish_many(&scene);
    pass(&scene, 2 * LOOK);
    assert_null(find_event(&scene, "a", "lost"));
    assert_null(find_event(&scene, EVENT_FOR_OPERATORS, "dropped"));
    tree_destroy(&scene.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_event_tells_what_the_first_moment_brought),
        cmocka_unit_test(test_a_broker_that_drops_says_so_once_a_minute),
        cmocka_unit_test(test_each_burst_is_gathered_before_it_is_told),
        cmocka_unit_test(test_who_goes_leaves_what_it_lost_behind),
        cmocka_unit_test(test_a_broker_that_drops_nothing_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
