/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_jobs - long work is done in steps, in turns that are fair
 */
#include <stdio.h>

#include "ddbroker/core/cursor.h"
#include "ddbroker/core/jobs.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

typedef struct {
    job_t job;
    char name;
    int steps;     /* left */
    job_t **waits; /* where it waits after each step; NULL: nowhere */
    bool finished;
} work_t;

typedef struct {
    jobs_t jobs;
    char steps[256]; /* the names of those who did one, in their order */
    size_t count;
} world_t;

static job_state_t step(void *context, job_t *job)
{
    world_t *world = context;
    work_t *work = (work_t *)job;
    world->steps[world->count++] = work->name;
    if (--work->steps == 0)
        return JOB_DONE;
    if (!work->waits)
        return JOB_GOES_ON;
    jobs_wait(job, work->waits);
    return JOB_WAITS;
}

static void done(void *context, job_t *job)
{
    ((work_t *)job)->finished = true;
    jobs_remove(&((world_t *)context)->jobs, job);
}

static work_t work_new(char name, int steps)
{
    return (work_t){.job = {.step = step, .done = done}, .name = name, .steps = steps};
}

static void run(world_t *world)
{
    while (jobs_step(&world->jobs, world))
        assert_true(world->count < sizeof world->steps - 1);
    assert_false(jobs_left(&world->jobs));
}

/* How many jobs belong to a tenant's line. */
static unsigned jobs_of(const jobs_t *self, dd_bytes_t tenant)
{
    const job_line_t *line = dd_table_find(&self->tenants, tenant.data, tenant.size);
    return line ? line->members : 0;
}

static void test_a_tenants_jobs_wait_for_each_other_and_no_others(void **state)
{
    (void)state;
    world_t world = {.count = 0};
    work_t many[4], one = work_new('b', 3);
    for (int i = 0; i < 4; i++) {
        many[i] = work_new((char)('0' + i), 3);
        assert_true(jobs_add(&world.jobs, B("a"), &many[i].job));
    }
    assert_true(jobs_add(&world.jobs, B("b"), &one.job));
    assert_int_equal(jobs_of(&world.jobs, B("a")), 4);
    run(&world);
    assert_string_equal(world.steps, "0b0b0b111222333");
    assert_int_equal(jobs_of(&world.jobs, B("a")), 0);
    assert_null(world.jobs.tenants.first);
}

/* However many tenants there are. */
static void test_every_other_step_is_for_the_brokers_own(void **state)
{
    (void)state;
    world_t world = {.count = 0};
    work_t own[2] = {work_new('R', 3), work_new('S', 3)}, tenants[3];
    for (int i = 0; i < 3; i++) {
        char name[] = {(char)('a' + i), '\0'};
        tenants[i] = work_new(name[0], 2);
        assert_true(jobs_add(&world.jobs, B(name), &tenants[i].job));
    }
    jobs_add_own(&world.jobs, JOBS_REMAINS, &own[0].job);
    jobs_add_own(&world.jobs, JOBS_RESYNCS, &own[1].job);
    run(&world);
    assert_string_equal(world.steps, "RaSbRcSaRbSc");
}

static void test_who_waits_holds_up_nobody(void **state)
{
    (void)state;
    world_t world = {.count = 0};
    job_t *waiting = NULL;
    work_t slow = work_new('s', 3), other = work_new('o', 2);
    slow.waits = &waiting;
    assert_true(jobs_add(&world.jobs, B("a"), &slow.job));
    assert_true(jobs_add(&world.jobs, B("a"), &other.job));
    run(&world);
    assert_string_equal(world.steps, "soo");
    assert_ptr_equal(waiting, &slow.job);
    assert_int_equal(jobs_of(&world.jobs, B("a")), 1);
    jobs_resume(&world.jobs, &waiting);
    assert_null(waiting);
    run(&world);
    jobs_resume(&world.jobs, &waiting);
    run(&world);
    assert_string_equal(world.steps, "sooss");
    assert_true(slow.finished);
    jobs_resume(&world.jobs, &waiting);
    run(&world);
}

static void test_jobs_are_removed_wherever_they_are(void **state)
{
    (void)state;
    world_t world = {.count = 0};
    job_t *waiting = NULL;
    work_t slow = work_new('s', 3), first = work_new('f', 5), second = work_new('g', 1);
    slow.waits = &waiting;
    assert_true(jobs_add(&world.jobs, B("a"), &slow.job));
    assert_true(jobs_add(&world.jobs, B("a"), &first.job));
    assert_true(jobs_add(&world.jobs, B("a"), &second.job));
    jobs_step(&world.jobs, &world);
    jobs_step(&world.jobs, &world);
    jobs_remove(&world.jobs, &slow.job);
    assert_null(waiting);
    jobs_remove(&world.jobs, &first.job);
    jobs_remove(&world.jobs, &first.job);
    run(&world);
    assert_string_equal(world.steps, "sfg");
    assert_null(world.jobs.tenants.first);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    bool failed = true;
    for (size_t count = 0; failed; count++) {
        world_t world = {.count = 0};
        work_t work = work_new('a', 1);
        memory_limit_begin(count);
        bool added = jobs_add(&world.jobs, B("a"), &work.job);
        failed = memory_limit_end();
        assert_int_equal(added, !failed);
        run(&world);
        assert_int_equal(work.finished, added);
        assert_null(world.jobs.tenants.first);
    }
}

/* ---- Cursors ------------------------------------------------------------------------------- */

typedef struct element {
    struct element *prev, *next;
    int seen;
    bool there;
} element_t;

#define ELEMENTS 40

static void take_out(element_t **list, cursor_t **cursors, element_t *element)
{
    cursor_pass(cursors, element, element->next);
    DL_DELETE(*list, element);
    element->there = false;
}

/* Whatever goes meanwhile, all that stay are seen, and each once. */
static void test_a_cursor_survives_removals(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (int round = 0; round < 500; round++) {
        element_t elements[ELEMENTS] = {{.seen = 0}}, *list = NULL;
        cursor_t *cursors = NULL, walkers[3] = {{.at = NULL}};
        for (int i = 0; i < ELEMENTS; i++) {
            elements[i].there = true;
            DL_APPEND(list, &elements[i]);
        }
        for (int i = 0; i < 3; i++)
            cursor_set(&cursors, &walkers[i], list);
        while (cursors) {
            random = random * 1664525 + 1013904223;
            cursor_t *walker = &walkers[random >> 20 & 3];
            element_t *victim = &elements[(random >> 8) % ELEMENTS];
            if ((random >> 20 & 3) == 3) {
                if (victim->there)
                    take_out(&list, &cursors, victim);
            } else if (walker->at) {
                element_t *element = walker->at;
                assert_true(element->there);
                element->seen++;
                cursor_set(&cursors, walker, element->next);
            }
        }
        for (int i = 0; i < ELEMENTS; i++)
            assert_true(elements[i].there ? elements[i].seen == 3 : elements[i].seen <= 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tenants_jobs_wait_for_each_other_and_no_others),
        cmocka_unit_test(test_every_other_step_is_for_the_brokers_own),
        cmocka_unit_test(test_who_waits_holds_up_nobody),
        cmocka_unit_test(test_jobs_are_removed_wherever_they_are),
        cmocka_unit_test(test_out_of_memory),
        cmocka_unit_test(test_a_cursor_survives_removals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
