/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_refusal_notes - who is refused is told of within a second or two, and then once
 * a minute
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

static void expect_event(const scene_t *self, const char *numbers)
{
    char text[256];
    snprintf(text, sizeof text,
        "client a.loud was refused requests: %s; the last: the tenant's rate", numbers);
    const event_t *event = find_event(self, "a", "refused");
    assert_non_null(event);
    assert_int_equal(strncmp(event->text, text, strlen(text)), 0);
    assert_int_equal(event->level, DD_LOG_WARNING);
}

static unsigned long long refused(const scene_t *self)
{
    return actor_peer(self->loud)->count.refused;
}

/* However few they are, somebody didn't get what it was sent. */
static void test_refusals_leave_events(void **state)
{
    (void)state;
    char numbers[128];
    scene_t scene = scene_new();
    publish(&scene, 4);
    tree_pass(scene.tree, LOOK);
    assert_null(find_event(&scene, "a", "refused"));
    tree_pass(scene.tree, LOOK);
    unsigned long long first = refused(&scene);
    assert_in_range(first, 1, 4);
    snprintf(numbers, sizeof numbers, "%llu within 2 s", first);
    expect_event(&scene, numbers);
    const event_t *before = scene.broker->core->events.newest;
    publish(&scene, 50);
    tree_pass(scene.tree, 2 * LOOK);
    assert_ptr_equal(scene.broker->core->events.newest, before);
    tree_pass(scene.tree, 60000);
    snprintf(
        numbers, sizeof numbers, "was refused requests: %llu within ", refused(&scene) - first);
    assert_non_null(find_event(&scene, "a", numbers));
    assert_non_null(strstr(find_event(&scene, "a", numbers)->text, " in all; the last: "));
    tree_destroy(&scene.tree);
}

/* A name that is mistyped now and then concerns nobody else; many in a second are a flood. */
static void test_names_that_nobody_has_are_told_of_in_masses(void **state)
{
    (void)state;
    scene_t scene = scene_new();
    for (int i = 0; i < 20; i++) {
        core_refused(scene.broker->core, actor_peer(scene.loud), DD_E_NO_DESTINATION);
        tree_pass(scene.tree, LOOK);
    }
    assert_null(find_event(&scene, "a", "refused"));
    for (int i = 0; i < 20; i++)
        core_refused(scene.broker->core, actor_peer(scene.loud), DD_E_NO_DESTINATION);
    tree_pass(scene.tree, 2 * LOOK);
    assert_non_null(find_event(&scene, "a", "client a.loud was refused requests: 20 within 1 s"));
    tree_destroy(&scene.tree);
}

/* Who is refused and leaves at once is told of, too. */
static void test_refusals_are_told_of_when_their_client_leaves(void **state)
{
    (void)state;
    char numbers[128];
    scene_t scene = scene_new();
    publish(&scene, 50);
    snprintf(numbers, sizeof numbers, "%llu within 1 s", refused(&scene));
    actor_leave(scene.loud);
    tree_run(scene.tree);
    expect_event(&scene, numbers);
    tree_destroy(&scene.tree);
}

/* An outage concerns all clients of a tenant at once. */
static void test_refusals_of_many_clients_push_out_no_warnings(void **state)
{
    enum { CLIENTS = 100 };
    (void)state;
    scene_t scene = scene_new();
    core_t *core = scene.broker->core;
    event_history_add(&core->events, core->now_ms, DD_LOG_WARNING, "a", "something else");
    for (int i = 0; i < CLIENTS; i++) {
        char name[16];
        snprintf(name, sizeof name, "one%d", i);
        core_refused(core, actor_peer(actor_client(scene.broker, "a", name)), DD_E_UPLINK_DOWN);
    }
    tree_pass(scene.tree, 2 * LOOK);
    assert_non_null(find_event(&scene, "a", "was refused requests: 1 within"));
    assert_non_null(find_event(&scene, "a", "something else"));
    tree_destroy(&scene.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refusals_leave_events),
        cmocka_unit_test(test_names_that_nobody_has_are_told_of_in_masses),
        cmocka_unit_test(test_refusals_are_told_of_when_their_client_leaves),
        cmocka_unit_test(test_refusals_of_many_clients_push_out_no_warnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
