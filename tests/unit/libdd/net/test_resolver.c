/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_resolver - names of hosts, those that are answered late or never included
 */
#include <poll.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "libdd/net/resolver.h"
#include "tests/deadline.h"
#include "tests/unit/libdd/names.h"
#include "tests/unit/unit.h"

static void expect_addresses(const dd_endpoints_t *found, size_t count, const char *const items[])
{
    assert_int_equal(found->count, count);
    for (size_t i = 0; i < count; i++)
        assert_string_equal(found->items[i], items[i]);
}

static void test_addresses_are_not_looked_up(void **state)
{
    (void)state;
    static const char *const CASES[][2] = {
        {"tcp://127.0.0.1:5555", "tcp://127.0.0.1:5555"},
        {"tcp://[::1]:5555", "tcp://[::1]:5555"},
        {"tcp://[0::0:1]:5555", "tcp://[::1]:5555"},
        {"ipc:///run/dd.sock", "ipc:///run/dd.sock"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        dd_endpoints_t found;
        assert_true(dd_resolve_at_once(CASES[i][0], &found));
        expect_addresses(&found, 1, &CASES[i][1]);
    }
    dd_endpoints_t found;
    assert_false(dd_resolve_at_once("tcp://two.test:5555", &found));
    assert_false(dd_resolve_at_once("tcp://10.example:5555", &found));
}

static void test_all_addresses_in_their_order(void **state)
{
    (void)state;
    static const char *const TWO[] = {"tcp://127.0.0.2:5555", "tcp://127.0.0.1:5555"};
    static const char *const BOTH[] = {"tcp://[::1]:*", "tcp://127.0.0.1:*"};
    dd_endpoints_t found;
    assert_int_equal(dd_resolve("tcp://two.test:5555", DEADLINE, &found, NULL), DD_OK);
    expect_addresses(&found, 2, TWO);
    assert_int_equal(dd_resolve("tcp://both.test:*", DEADLINE, &found, NULL), DD_OK);
    expect_addresses(&found, 2, BOTH);
}

static void test_unknown_names_are_told(void **state)
{
    (void)state;
    dd_endpoints_t found;
    dd_problem_t problem;
    assert_int_equal(dd_resolve("tcp://none.test:5555", DEADLINE, &found, &problem), DD_E_NETWORK);
    assert_non_null(strstr(problem.text, "tcp://none.test:5555 can't be reached"));
    assert_non_null(strstr(problem.text, "doesn't resolve"));
}

/* ---- Slow ones ----------------------------------------------------------------------------- */

static dd_lookup_t *begin(dd_waker_t waker)
{
    dd_problem_t problem;
    dd_lookup_t *lookup = dd_lookup_new("tcp://slow.test:5555", waker, &problem);
    assert_non_null(lookup);
    return lookup;
}

static bool is_done(dd_lookup_t *lookup)
{
    dd_endpoints_t found;
    dd_error_t result;
    dd_problem_t problem;
    return dd_lookup_done(lookup, &found, &result, &problem);
}

static bool is_woken(int wake_fd, int timeout_ms)
{
    struct pollfd item = {.fd = wake_fd, .events = POLLIN};
    return poll(&item, 1, timeout_ms) == 1;
}

static void test_a_slow_name_holds_up_nobody(void **state)
{
    (void)state;
    int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    unsigned asked = names_asked;
    dd_lookup_t *lookup = begin(dd_waker_of(wake_fd));
    names_await(&names_asked, asked + 1);
    dd_endpoints_t found;
    assert_int_equal(dd_resolve("tcp://two.test:5555", DEADLINE, &found, NULL), DD_OK);
    dd_problem_t problem;
    assert_int_equal(dd_resolve("tcp://slow.test:5555", 1, &found, &problem), DD_E_NETWORK);
    assert_non_null(strstr(problem.text, "no name server has answered"));
    assert_false(is_done(lookup));
    assert_false(is_woken(wake_fd, 0));
    names_set_answering(true);
    assert_true(is_woken(wake_fd, DEADLINE));
    assert_true(is_done(lookup));
    dd_lookup_destroy(&lookup);
    assert_null(lookup);
    dd_lookup_destroy(&lookup);
    names_set_answering(false);
    close(wake_fd);
}

/* Clients of one process that all want the same name don't take a thread each. */
static void test_a_lookup_is_shared(void **state)
{
    (void)state;
    dd_lookup_t *lookups[100];
    const dd_waker_t nobody = {0};
    unsigned asked = names_asked, answered = names_answered;
    int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    for (size_t i = 0; i < 100; i++)
        lookups[i] = begin(i == 99 ? dd_waker_of(wake_fd) : nobody);
    names_await(&names_asked, asked + 1);
    dd_lookup_destroy(&lookups[0]);
    names_set_answering(true);
    assert_true(is_woken(wake_fd, DEADLINE));
    assert_int_equal(names_asked, asked + 1);
    assert_int_equal(names_answered, answered + 1);
    for (size_t i = 1; i < 100; i++) {
        assert_true(is_done(lookups[i]));
        dd_lookup_destroy(&lookups[i]);
    }
    names_set_answering(false);
    close(wake_fd);
}

/* Whose descriptor is another's by the time that the answer comes. */
static void test_an_answer_that_nobody_wants_is_thrown_away(void **state)
{
    (void)state;
    int wake_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    unsigned asked = names_asked, answered = names_answered;
    dd_lookup_t *lookup = begin(dd_waker_of(wake_fd));
    names_await(&names_asked, asked + 1);
    dd_lookup_destroy(&lookup);
    dd_lookup_t *last = begin((dd_waker_t){0}); /* joins the one under way, and sees its end */
    names_set_answering(true);
    names_await(&names_answered, answered + 1);
    while (!is_done(last))
        sched_yield();
    assert_false(is_woken(wake_fd, 0));
    dd_lookup_destroy(&last);
    names_set_answering(false);
    close(wake_fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_addresses_are_not_looked_up),
        cmocka_unit_test(test_all_addresses_in_their_order),
        cmocka_unit_test(test_unknown_names_are_told),
        cmocka_unit_test(test_a_slow_name_holds_up_nobody),
        cmocka_unit_test(test_a_lookup_is_shared),
        cmocka_unit_test(test_an_answer_that_nobody_wants_is_thrown_away),
    };
    return cmocka_run_group_tests_name("resolver", tests, NULL, NULL);
}
