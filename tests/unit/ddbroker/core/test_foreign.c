/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_foreign - nobody fills a client's outbox so that other tenants don't reach it any more
 */
#include <stdlib.h>

#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

#define OUTBOX 100000u
#define SOME 1000u

/* A client that doesn't read, and who wants to reach it. */
typedef struct {
    tree_t *tree;
    broker_t *broker;
    actor_t *slow;
    actor_t *flooder;
    actor_t *third;
} scene_t;

static scene_t scene_new(const char *slow, const char *flooder, const char *third)
{
    scene_t self = {.tree = tree_new()};
    tree_settings(self.tree)->outbox_client = OUTBOX;
    self.broker = broker_new(self.tree, "broker", NULL, "/1/");
    self.slow = actor_client(self.broker, slow, "slow");
    self.flooder = actor_client(self.broker, flooder, "flooder");
    self.third = actor_client(self.broker, third, "third");
    return self;
}

static const char *some(void)
{
    static char text[SOME + 1];
    memset(text, 'x', SOME);
    return text;
}

static size_t waiting(const scene_t *self)
{
    return actor_peer(self->slow)->outbox.bytes;
}

/* Sends until nothing more is taken. */
static void flood(const scene_t *self, const char *destination)
{
    size_t before;
    actor_hold(self->slow, true);
    do {
        before = waiting(self);
        actor_send(self->flooder, destination, some(), 1);
    } while (waiting(self) > before);
    assert_int_equal(actor_expect(self->flooder, DD_ERROR)->code, DD_E_OVERLOADED);
}

static void assert_gets_through(const scene_t *self, const char *destination)
{
    size_t before = waiting(self);
    actor_send(self->third, destination, some(), 2);
    actor_expect_nothing(self->third);
    assert_true(waiting(self) > before);
}

/* Whatever has waited is sent; then all is as before. */
static void drain(const scene_t *self)
{
    actor_hold(self->slow, false);
    tree_run(self->tree);
    while (actor_next(self->slow))
        ;
    assert_int_equal(waiting(self), 0);
}

static void test_a_tenant_leaves_room_for_others_at_clients_of_public(void **state)
{
    (void)state;
    scene_t self = scene_new("public", "a", "b");
    for (int again = 0; again < 3; again++) {
        flood(&self, "public.slow");
        assert_in_range(waiting(&self), OUTBOX / 2 - 2 * SOME, OUTBOX / 2 + 2 * SOME);
        assert_gets_through(&self, "public.slow");
        drain(&self);
    }
    tree_destroy(&self.tree);
}

static void test_public_leaves_room_for_a_tenants_own(void **state)
{
    (void)state;
    scene_t self = scene_new("a", "public", "a");
    flood(&self, "a.slow");
    assert_in_range(waiting(&self), OUTBOX / 2 - 2 * SOME, OUTBOX / 2 + 2 * SOME);
    assert_gets_through(&self, "slow");
    tree_destroy(&self.tree);
}

static void test_a_tenants_own_may_fill_all(void **state)
{
    (void)state;
    scene_t self = scene_new("a", "a", "b");
    flood(&self, "slow");
    assert_true(waiting(&self) > OUTBOX - 2 * SOME);
    tree_destroy(&self.tree);
}

static void test_publications_leave_room_as_well(void **state)
{
    (void)state;
    scene_t self = scene_new("public", "a", "b");
    actor_want(self.slow, "t", "all");
    actor_hold(self.slow, true);
    for (unsigned i = 0; i < 2 * OUTBOX / SOME; i++)
        actor_publish(self.flooder, "public.t", some());
    assert_in_range(waiting(&self), OUTBOX / 2 - 2 * SOME, OUTBOX / 2 + 2 * SOME);
    size_t before = waiting(&self);
    actor_publish(self.third, "public.t", some());
    assert_true(waiting(&self) >= before + SOME);
    tree_destroy(&self.tree);
}

/* Its tenant's outboxes have a limit together, too: of that, others find something as well. */
static void test_what_all_clients_of_the_tenant_may_have_is_left_too(void **state)
{
    (void)state;
    scene_t self = scene_new("public", "a", "b");
    actor_peer(self.slow)->quota->outbox.limit = OUTBOX / 2;
    flood(&self, "public.slow");
    assert_in_range(waiting(&self), OUTBOX / 4 - 2 * SOME, OUTBOX / 4 + 2 * SOME);
    assert_gets_through(&self, "public.slow");
    tree_destroy(&self.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tenant_leaves_room_for_others_at_clients_of_public),
        cmocka_unit_test(test_public_leaves_room_for_a_tenants_own),
        cmocka_unit_test(test_a_tenants_own_may_fill_all),
        cmocka_unit_test(test_publications_leave_room_as_well),
        cmocka_unit_test(test_what_all_clients_of_the_tenant_may_have_is_left_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
