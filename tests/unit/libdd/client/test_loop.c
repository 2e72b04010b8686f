/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_loop - turns: who has one, when, and in which order
 */
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

#include "libdd/base/clock.h"
#include "libdd/client/loop.h"
#include "tests/deadline.h"
#include "tests/unit/unit.h"

enum { MEMBERS = 5 };

typedef struct {
    dd_loop_t *loop;
    dd_loop_member_t member;
    unsigned turns;
    unsigned told;   /* in all of them */
    unsigned busy;   /* turns that are each to be followed by another one */
    uint64_t due_us; /* once it isn't */
    bool leaves;     /* in the next turn */
    bool left;
    void (*act)(void *arg); /* in each turn, or NULL */
    void *other;
} worker_t;

static dd_loop_next_t work(void *arg, unsigned told, uint64_t now_us)
{
    worker_t *self = arg;
    (void)now_us;
    self->turns++;
    self->told |= told;
    if (self->act)
        self->act(self);
    if (self->busy > 0 && --self->busy > 0)
        return (dd_loop_next_t){.due_us = 0};
    return (dd_loop_next_t){.leaves = self->leaves, .due_us = self->due_us};
}

static void note_left(void *arg)
{
    ((worker_t *)arg)->left = true;
}

static void worker_join(worker_t *self, dd_loop_t *loop)
{
    *self = (worker_t){.loop = loop, .due_us = UINT64_MAX};
    self->member = (dd_loop_member_t){.turn = work, .left = note_left, .arg = self};
    assert_int_equal(dd_loop_join(loop, &self->member), DD_OK);
}

static dd_loop_t *loop_of(worker_t *workers, size_t count)
{
    dd_problem_t problem = {0};
    dd_loop_t *self = dd_loop_new(&problem);
    assert_string_equal(problem.text, "");
    for (size_t i = 0; i < count; i++)
        worker_join(&workers[i], self);
    assert_int_equal(dd_loop_run_once(self, 0), DD_OK);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(workers[i].turns, 1);
    return self;
}

static void end_loop(dd_loop_t *self, worker_t *workers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        workers[i].leaves = true;
        dd_loop_call(self, &workers[i].member, 0);
    }
    assert_int_equal(dd_loop_run_once(self, 0), DD_OK);
    for (size_t i = 0; i < count; i++)
        assert_true(workers[i].left);
    dd_loop_destroy(&self);
    assert_null(self);
}

static void test_turns_go_round(void **state)
{
    (void)state;
    worker_t workers[MEMBERS];
    dd_loop_t *loop = loop_of(workers, MEMBERS);
    workers[0].busy = 100;
    dd_loop_call(loop, &workers[0].member, 0);
    for (unsigned i = 0; i < 10; i++) {
        dd_loop_call(loop, &workers[1].member, 0);
        assert_int_equal(dd_loop_run_once(loop, 0), DD_OK);
        assert_int_equal(workers[0].turns, 2 + i);
        assert_int_equal(workers[1].turns, 2 + i);
    }
    assert_int_equal(workers[2].turns, 1);
    workers[0].busy = 0;
    end_loop(loop, workers, MEMBERS);
}

static void test_is_told_of_descriptors(void **state)
{
    (void)state;
    worker_t workers[MEMBERS];
    dd_loop_t *loop = loop_of(workers, MEMBERS);
    int fds[MEMBERS];
    for (size_t i = 0; i < MEMBERS; i++) {
        fds[i] = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        assert_true(dd_loop_watch(
            loop, &workers[i].member, fds[i], POLLIN, i % 2 ? DD_LOOP_NEWS : DD_LOOP_SOCKET));
    }
    eventfd_write(fds[1], 1);
    eventfd_write(fds[2], 1);
    assert_int_equal(dd_loop_run_once(loop, DEADLINE), DD_OK);
    assert_int_equal(workers[0].turns, 1);
    assert_int_equal(workers[1].told, DD_LOOP_NEWS);
    assert_int_equal(workers[2].told, DD_LOOP_SOCKET);
    /* Whose member has gone is nobody's, though it is still watched. */
    workers[3].leaves = true;
    dd_loop_call(loop, &workers[3].member, 0);
    dd_loop_run_once(loop, 0);
    assert_true(workers[3].left);
    eventfd_write(fds[3], 1);
    dd_loop_run_once(loop, 0);
    assert_int_equal(workers[3].turns, 2);
    dd_loop_call(loop, &workers[3].member, 0);
    dd_loop_run_once(loop, 0);
    assert_int_equal(workers[3].turns, 2);
    end_loop(loop, workers, MEMBERS);
    for (size_t i = 0; i < MEMBERS; i++)
        close(fds[i]);
}

static void test_is_told_when_its_time_comes(void **state)
{
    (void)state;
    worker_t workers[MEMBERS];
    dd_loop_t *loop = loop_of(workers, MEMBERS);
    for (size_t i = 0; i < MEMBERS; i++) {
        workers[i].due_us = dd_clock_us() + 1000 * (MEMBERS - i);
        dd_loop_call(loop, &workers[i].member, 0);
    }
    dd_loop_run_once(loop, 0);
    for (size_t i = MEMBERS; i-- > 0;) {
        while (workers[i].told == 0)
            dd_loop_run_once(loop, DEADLINE);
        assert_int_equal(workers[i].told, DD_LOOP_TIME);
        assert_true(dd_clock_us() >= workers[i].due_us);
        workers[i].due_us = UINT64_MAX;
        dd_loop_call(loop, &workers[i].member, 0);
    }
    end_loop(loop, workers, MEMBERS);
}

/* ---- Turns within turns -------------------------------------------------------------------- */

static void await_other(void *arg)
{
    worker_t *self = arg, *other = self->other;
    unsigned turns = self->turns, others = other->turns;
    assert_true(dd_loop_is_in_turn(self->loop, &self->member));
    assert_false(dd_loop_is_in_turn(self->loop, &other->member));
    dd_loop_call(self->loop, &self->member, DD_LOOP_NEWS);
    dd_loop_call(self->loop, &other->member, 0);
    assert_true(dd_loop_enter(self->loop));
    while (other->turns == others)
        dd_loop_run(self->loop, UINT64_MAX);
    dd_loop_leave(self->loop);
    assert_int_equal(self->turns, turns); /* it stands still */
    self->act = NULL;
}

static void test_a_turn_can_wait_for_anothers(void **state)
{
    (void)state;
    worker_t workers[MEMBERS];
    dd_loop_t *loop = loop_of(workers, MEMBERS);
    workers[0].act = await_other;
    workers[0].other = &workers[1];
    dd_loop_call(loop, &workers[0].member, 0);
    dd_loop_run_once(loop, 0);
    assert_int_equal(workers[1].turns, 2);
    assert_int_equal(workers[0].turns, 2);
    /* And then has the one that it was told of meanwhile. */
    dd_loop_run_once(loop, 0);
    assert_int_equal(workers[0].turns, 3);
    assert_int_equal(workers[0].told, DD_LOOP_NEWS);
    assert_false(dd_loop_is_in_turn(loop, &workers[0].member));
    end_loop(loop, workers, MEMBERS);
}

/* ---- Who runs it --------------------------------------------------------------------------- */

static bool is_readable(int fd, int timeout_ms)
{
    struct pollfd item = {.fd = fd, .events = POLLIN};
    return poll(&item, 1, timeout_ms) == 1;
}

static void *call_from_elsewhere(void *arg)
{
    worker_t *self = arg;
    dd_loop_call(self->loop, &self->member, 0);
    return NULL;
}

static void test_a_program_polls_it_among_others(void **state)
{
    (void)state;
    worker_t worker;
    dd_loop_t *loop = loop_of(&worker, 1);
    int fd = dd_loop_fd(loop);
    assert_true(fd >= 0);
    assert_int_equal(dd_loop_fd(loop), fd);
    assert_false(is_readable(fd, 0));

    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, call_from_elsewhere, &worker), 0);
    assert_true(is_readable(fd, DEADLINE));
    pthread_join(thread, NULL);
    worker.busy = 2;
    dd_loop_run_once(loop, 0);
    assert_int_equal(worker.turns, 2);
    assert_true(is_readable(fd, 0)); /* there is more */
    dd_loop_run_once(loop, 0);
    assert_int_equal(worker.turns, 3);
    assert_false(is_readable(fd, 0));

    worker.due_us = dd_clock_us() + 2000;
    dd_loop_call(loop, &worker.member, 0);
    dd_loop_run_once(loop, 0);
    assert_true(is_readable(fd, DEADLINE));
    assert_true(dd_clock_us() >= worker.due_us);
    dd_loop_run_once(loop, 0);
    assert_int_equal(worker.told, DD_LOOP_TIME);
    worker.due_us = UINT64_MAX;
    end_loop(loop, &worker, 1);
}

static void *run_from_elsewhere(void *loop)
{
    return dd_loop_run_once(loop, 0) == DD_OK ? loop : NULL;
}

static void try_elsewhere(void *arg)
{
    worker_t *self = arg;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_from_elsewhere, self->loop), 0);
    pthread_join(thread, &self->other);
    assert_int_equal(dd_loop_start(self->loop), DD_E_ARGUMENT);
}

static void test_one_thread_at_a_time_runs_it(void **state)
{
    (void)state;
    worker_t worker;
    dd_loop_t *loop = loop_of(&worker, 1);
    worker.act = try_elsewhere;
    worker.other = &worker;
    dd_loop_call(loop, &worker.member, 0);
    dd_loop_run_once(loop, 0);
    assert_null(worker.other);
    worker.act = NULL;
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, run_from_elsewhere, loop), 0);
    pthread_join(thread, &worker.other);
    assert_ptr_equal(worker.other, loop);
    end_loop(loop, &worker, 1);
}

static void tell_main(void *arg)
{
    worker_t *self = arg;
    eventfd_write((int)(intptr_t)self->other, 1);
}

static void test_its_own_thread_runs_it(void **state)
{
    (void)state;
    worker_t worker;
    dd_loop_t *loop = dd_loop_new(NULL);
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    worker = (worker_t){.loop = loop, .leaves = true, .act = tell_main};
    worker.other = (void *)(intptr_t)fd;
    worker.member = (dd_loop_member_t){.turn = work, .left = tell_main, .arg = &worker};
    assert_int_equal(dd_loop_start(loop), DD_OK);
    assert_int_equal(dd_loop_start(loop), DD_E_ARGUMENT);
    assert_int_equal(dd_loop_run_once(loop, 0), DD_E_ARGUMENT);
    assert_int_equal(dd_loop_fd(loop), -1);
    assert_int_equal(dd_loop_join(loop, &worker.member), DD_OK);
    for (eventfd_t count = 0, all = 0; all < 2; all += count) {
        assert_true(is_readable(fd, DEADLINE));
        eventfd_read(fd, &count);
    }
    dd_loop_destroy(&loop); /* waits for the thread */
    close(fd);
}

static void test_the_default_one_is_there_as_long_as_somebody_has_it(void **state)
{
    (void)state;
    dd_problem_t problem;
    dd_loop_t *loop = dd_loop_default(&problem);
    assert_ptr_equal(dd_loop_default(&problem), loop);
    assert_true(dd_loop_is_threaded(loop));
    assert_int_equal(dd_loop_run_once(loop, 0), DD_E_ARGUMENT);
    dd_loop_drop(loop);
    assert_ptr_equal(dd_loop_default(&problem), loop);
    dd_loop_drop(loop);
    dd_loop_drop(loop);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns_go_round),
        cmocka_unit_test(test_is_told_of_descriptors),
        cmocka_unit_test(test_is_told_when_its_time_comes),
        cmocka_unit_test(test_a_turn_can_wait_for_anothers),
        cmocka_unit_test(test_a_program_polls_it_among_others),
        cmocka_unit_test(test_one_thread_at_a_time_runs_it),
        cmocka_unit_test(test_its_own_thread_runs_it),
        cmocka_unit_test(test_the_default_one_is_there_as_long_as_somebody_has_it),
    };
    return cmocka_run_group_tests_name("loop", tests, NULL, NULL);
}
