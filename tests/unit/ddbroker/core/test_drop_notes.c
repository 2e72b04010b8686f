/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_drop_notes - who loses publications is told of at once, and then once a minute
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

/* The newest event of some tenant that has a text. */
static const event_t *find_event(const scene_t *self, const char *tenant, const char *text)
{
    const event_t *event = self->broker->core->events.newest;
    while (event && (strcmp(event_tenant(event), tenant) != 0 || !strstr(event->text, text)))
        event = event->older;
    return event;
}

static void test_a_broker_that_drops_says_so_once_a_minute(void **state)
{
    (void)state;
    char text[128];
    scene_t scene = scene_new();
    publish_many(&scene);
    tree_pass(scene.tree, LOOK);
    uint64_t first = scene.broker->core->count.dropped;
    assert_true(first > 0);
    snprintf(text, sizeof text, "client a.slow lost publications for want of room: %llu,",
        (unsigned long long)first);
    assert_non_null(find_event(&scene, "a", text));
    snprintf(text, sizeof text, "dropped publications for want of room: %llu,",
        (unsigned long long)first);
    assert_non_null(find_event(&scene, EVENT_FOR_OPERATORS, text));
    assert_int_equal(find_event(&scene, "a", "lost")->level, DD_LOG_WARNING);

    const event_t *before = scene.broker->core->events.newest;
    publish_many(&scene);
    tree_pass(scene.tree, LOOK);
    assert_ptr_equal(scene.broker->core->events.newest, before);
    tree_pass(scene.tree, 60000);
    snprintf(text, sizeof text, "%llu, %llu in all", 300ull,
        (unsigned long long)scene.broker->core->count.dropped);
    assert_non_null(find_event(&scene, "a", text));
    assert_null(find_event(&scene, EVENT_FOR_ALL, "room"));
    tree_destroy(&scene.tree);
}

static void test_a_broker_that_drops_nothing_says_nothing(void **state)
{
    (void)state;
    scene_t scene = scene_new();
    actor_hold(scene.slow, false);
    publish_many(&scene);
    tree_pass(scene.tree, LOOK);
    assert_null(find_event(&scene, "a", "lost"));
    assert_null(find_event(&scene, EVENT_FOR_OPERATORS, "dropped"));
    tree_destroy(&scene.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_broker_that_drops_says_so_once_a_minute),
        cmocka_unit_test(test_a_broker_that_drops_nothing_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
