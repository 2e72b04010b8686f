/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_refusal_notes - who is refused a flood is told of at once, and then once a minute
 */
#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

/* ms after which the broker looks around. */
#define LOOK 1000

typedef struct {
    tree_t *tree;
    broker_t *broker;
    actor_t *loud;
} scene_t;

static scene_t scene_new(void)
{
    scene_t self = {.tree = tree_new()};
    tree_settings(self.tree)->quotas.usual = (quota_limits_t){.messages = 1, .burst = 1000};
    self.broker = broker_new(self.tree, "broker", NULL, "/1/");
    self.loud = actor_client(self.broker, "a", "loud");
    return self;
}

static void publish(const scene_t *self, int count)
{
    for (int i = 0; i < count; i++)
        actor_publish(self->loud, "t", "a text");
    actor_skip(self->loud);
}

/* The newest event of some tenant that has a text. */
static const event_t *find_event(const scene_t *self, const char *tenant, const char *text)
{
    const event_t *event = self->broker->core->events.newest;
    while (event && (strcmp(event_tenant(event), tenant) != 0 || !strstr(event->text, text)))
        event = event->older;
    return event;
}

static void expect_event(const scene_t *self, uint64_t fresh, uint64_t all)
{
    char text[128];
    snprintf(text, sizeof text,
        "client a.loud was refused %llu requests, %llu in all; the last: the tenant's rate",
        (unsigned long long)fresh, (unsigned long long)all);
    const event_t *event = find_event(self, "a", text);
    assert_non_null(event);
    assert_int_equal(event->level, DD_LOG_WARNING);
}

static uint64_t refused(const scene_t *self)
{
    return actor_peer(self->loud)->count.refused;
}

static void test_a_refused_flood_leaves_an_event(void **state)
{
    (void)state;
    scene_t scene = scene_new();
    publish(&scene, 50);
    tree_pass(scene.tree, LOOK);
    uint64_t first = refused(&scene);
    assert_in_range(first, 40, 50);
    expect_event(&scene, first, first);
    const event_t *before = scene.broker->core->events.newest;
    publish(&scene, 50);
    tree_pass(scene.tree, LOOK);
    assert_ptr_equal(scene.broker->core->events.newest, before);
    tree_pass(scene.tree, 60000);
    expect_event(&scene, refused(&scene) - first, refused(&scene));
    tree_destroy(&scene.tree);
}

/* A name that is mistyped now and then concerns nobody else. */
static void test_single_refusals_leave_none(void **state)
{
    (void)state;
    scene_t scene = scene_new();
    for (int i = 0; i < 100; i++) {
        publish(&scene, 4);
        tree_pass(scene.tree, LOOK);
    }
    assert_true(refused(&scene) > 100);
    assert_null(find_event(&scene, "a", "refused"));
    tree_destroy(&scene.tree);
}

/* Who floods and leaves at once is told of, too. */
static void test_a_flood_is_told_of_when_its_client_leaves(void **state)
{
    (void)state;
    scene_t scene = scene_new();
    publish(&scene, 50);
    uint64_t all = refused(&scene);
    actor_leave(scene.loud);
    tree_run(scene.tree);
    expect_event(&scene, all, all);
    tree_destroy(&scene.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_refused_flood_leaves_an_event),
        cmocka_unit_test(test_single_refusals_leave_none),
        cmocka_unit_test(test_a_flood_is_told_of_when_its_client_leaves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
