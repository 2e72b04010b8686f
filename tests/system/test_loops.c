/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_loops - brokers whose parents form a ring: nobody is harmed, and it ends when one gives way
 */
#include "scene.h"

static const char *const RING[] = {"one", "two", "three"};

static bool somebody_says_so(void *arg)
{
    for (size_t i = 0; i < COUNT(RING); i++)
        if (program_said(harness_broker(arg, RING[i]), "form a loop"))
            return true;
    return false;
}

/* One's own broker serves as if there were no ring. */
static void talk_at(client_t *from, const char *source, client_t *to, const char *topic)
{
    client_deliver(from, to, "before");
    assert_int_equal(dd_client_publish(client_handle(from), topic, "news", 4), DD_OK);
    client_expect(to, source, "news");
    client_deliver(from, to, "after");
}

static void a_ring_is_found_and_heals_when_it_is_opened(void **state)
{
    static const char *const NEIGHBOURS[] = {"uno", "due", "tre"};
    harness_t *self = *state;
    client_t *clients[COUNT(RING)], *neighbours[COUNT(RING)];
    for (size_t i = 0; i < COUNT(RING); i++)
        harness_reserve(self, RING[i]);
    for (size_t i = 0; i < COUNT(RING); i++)
        broker_start(self, RING[i], RING[(i + 1) % COUNT(RING)], "/1/", NULL);
    for (size_t i = 0; i < COUNT(RING); i++) {
        clients[i] = client_open(self, RING[i], "a", RING[i]);
        neighbours[i] = client_open(self, RING[i], "a", NEIGHBOURS[i]);
        client_subscribe(clients[i], RING[i], "all");
    }
    assert_true(wait_until(somebody_says_so, self, HARNESS_DEADLINE));
    for (size_t i = 0; i < COUNT(RING); i++) {
        talk_at(neighbours[i], NEIGHBOURS[i], clients[i], RING[i]);
        assert_int_equal(program_wait(harness_broker(self, RING[i]), 0), -1);
    }

    program_kill(harness_broker(self, RING[0]));
    broker_start(self, RING[0], NULL, "/1/", NULL);
    for (size_t i = 0; i < COUNT(RING); i++)
        for (size_t j = 0; j < COUNT(RING); j++)
            client_reach(neighbours[i], RING[j]);
    for (size_t i = 0; i < COUNT(RING); i++)
        talk_at(neighbours[i], NEIGHBOURS[i], clients[(i + 1) % COUNT(RING)],
            RING[(i + 1) % COUNT(RING)]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {SCENE(a_ring_is_found_and_heals_when_it_is_opened)};
    return cmocka_run_group_tests_name("loops", tests, NULL, NULL);
}
