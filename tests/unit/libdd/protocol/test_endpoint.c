/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_endpoint - endpoints, and lists of them
 */
#include <stdio.h>

#include "libdd/protocol/endpoint.h"
#include "tests/unit/unit.h"

/* ---- One ----------------------------------------------------------------------------------- */

static void test_endpoints(void **state)
{
    (void)state;
    static const struct {
        const char *endpoint;
        bool valid;
    } CASES[] = {
        {"tcp://127.0.0.1:5555", true},
        {"tcp://localhost:1", true},
        {"tcp://broker.example:65535", true},
        {"tcp://[::1]:5555", true},
        {"tcp://[fe80::1%eth0]:5555", true},
        {"ipc:///run/dd.sock", true},
        {"ipc://@dd", true},
        {"", false},
        {"tcp://", false},
        {"tcp://127.0.0.1", false},
        {"tcp://127.0.0.1:", false},
        {"tcp://127.0.0.1:0", false},
        {"tcp://127.0.0.1:65536", false},
        {"tcp://127.0.0.1:100000", false},
        {"tcp://127.0.0.1:5555x", false},
        {"tcp://127.0.0.1:*", false},
        {"tcp://*:5555", false},
        {"tcp://:5555", false},
        {"tcp://::1:5555", false},
        {"tcp://[]:5555", false},
        {"tcp://a b:5555", false},
        {"tcp://127.0.0.1:1;127.0.0.1:2", false},
        {"tcp://host/path:5555", false},
        {"ipc://", false},
        {"inproc://x", false},
        {"udp://127.0.0.1:5555", false},
        {"127.0.0.1:5555", false},
        {"tcp://a\tb:5555", false},
        {"tcp://[::1:5555", false},
        {"tcp://host:-1", false},
        {"tcp://host:000080", false},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_problem_t problem = {0};
        dd_error_t error = dd_endpoint_check(CASES[i].endpoint, &problem);
        assert_int_equal(error, CASES[i].valid ? DD_OK : DD_E_ARGUMENT);
        assert_int_equal(problem.error, error);
    }
    char path[200] = "ipc://";
    memset(path + 6, 'x', 108);
    assert_int_equal(dd_endpoint_check(path, NULL), DD_E_ARGUMENT);
    path[6 + 107] = '\0';
    assert_int_equal(dd_endpoint_check(path, NULL), DD_OK);
    char host[600] = "tcp://";
    memset(host + 6, 'x', 300);
    strcpy(host + 306, ":1");
    assert_int_equal(dd_endpoint_check(host, NULL), DD_E_ARGUMENT);
}

static void test_places_to_listen(void **state)
{
    (void)state;
    static const struct {
        const char *endpoint;
        bool valid;
    } CASES[] = {
        {"tcp://*:5555", true},
        {"tcp://*:*", true},
        {"tcp://127.0.0.1:0", true},
        {"tcp://[::]:65535", true},
        {"tcp://eth0:5555", true},
        {"ipc:///run/dd.sock", true},
        {"tcp://*", false},
        {"tcp://:5555", false},
        {"tcp://*:", false},
        {"tcp://*:65536", false},
        {"tcp://*:5555x", false},
        {"tcp://*:**", false},
        {"ipc://", false},
        {"inproc://x", false},
        {"", false},
    };
    for (size_t i = 0; i < COUNT(CASES); i++)
        assert_int_equal(dd_endpoint_listenable(CASES[i].endpoint), CASES[i].valid);
    char path[200] = "ipc://";
    memset(path + 6, 'x', 108);
    assert_false(dd_endpoint_listenable(path));
}

static void expect_parts(const char *endpoint, const char *host, const char *port)
{
    dd_bytes_t parts[2];
    assert_true(dd_endpoint_split(dd_bytes_of(endpoint), &parts[0], &parts[1]));
    assert_true(dd_bytes_equal(parts[0], dd_bytes_of(host)));
    assert_true(dd_bytes_equal(parts[1], dd_bytes_of(port)));
}

static void test_parts_have_no_brackets(void **state)
{
    (void)state;
    char host[DD_ENDPOINT_MAX + 1], port[DD_ENDPOINT_MAX + 1];
    assert_true(dd_endpoint_parts("tcp://[::1]:5555", host, port));
    assert_string_equal(host, "::1");
    assert_string_equal(port, "5555");
    assert_true(dd_endpoint_parts("tcp://localhost:*", host, port));
    assert_string_equal(host, "localhost");
    assert_string_equal(port, "*");
    assert_false(dd_endpoint_parts("ipc:///a:5", host, port));
}

static void test_splits_at_the_last_colon(void **state)
{
    (void)state;
    dd_bytes_t host, port;
    expect_parts("tcp://localhost:5555", "localhost", "5555");
    expect_parts("tcp://[::1]:5555", "[::1]", "5555");
    expect_parts("tcp://:", "", "");
    assert_false(dd_endpoint_split(dd_bytes_of("tcp://localhost"), &host, &port));
    assert_false(dd_endpoint_split(dd_bytes_of("ipc:///a:5"), &host, &port));
    assert_false(dd_endpoint_split(dd_bytes_of("tcp:/"), &host, &port));
}

/* ---- Lists --------------------------------------------------------------------------------- */

/* The list must be refused with these words, and stay as it is. */
static void expect_refused(dd_endpoints_t *list, const char *text, const char *words)
{
    dd_endpoints_t before = *list;
    dd_problem_t problem = {0};
    assert_int_equal(dd_endpoints_add(list, text, &problem), DD_E_ARGUMENT);
    assert_non_null(strstr(problem.text, words));
    assert_int_equal(list->count, before.count);
    for (size_t i = 0; i < before.count; i++)
        assert_string_equal(list->items[i], before.items[i]);
}

static void test_lists_keep_their_order(void **state)
{
    (void)state;
    dd_endpoints_t list = {0};
    assert_int_equal(dd_endpoints_add(&list, "tcp://b:1,ipc:///run/dd.sock", NULL), DD_OK);
    assert_int_equal(dd_endpoints_add(&list, "tcp://[::1]:1", NULL), DD_OK);
    assert_int_equal(list.count, 3);
    assert_string_equal(list.items[0], "tcp://b:1");
    assert_string_equal(list.items[1], "ipc:///run/dd.sock");
    assert_string_equal(list.items[2], "tcp://[::1]:1");
}

static uint32_t last(uint32_t bound)
{
    return bound - 1;
}

static uint32_t first(uint32_t bound)
{
    (void)bound;
    return 0;
}

static void test_an_order_that_is_to_be_drawn(void **state)
{
    (void)state;
    char text[DD_ENDPOINTS_TEXT];
    dd_endpoints_t list = {0};
    assert_int_equal(dd_endpoints_add(&list, "random:ipc://a,ipc://b", NULL), DD_OK);
    assert_int_equal(dd_endpoints_add(&list, "ipc://c", NULL), DD_OK);
    assert_true(list.random);
    dd_endpoints_write(&list, text, sizeof text);
    assert_string_equal(text, "random:ipc://a,ipc://b,ipc://c");
    dd_endpoints_shuffle(&list, last); /* each stays where it is */
    dd_endpoints_write(&list, text, sizeof text);
    assert_string_equal(text, "random:ipc://a,ipc://b,ipc://c");
    dd_endpoints_shuffle(&list, first);
    dd_endpoints_write(&list, text, sizeof text);
    assert_string_equal(text, "random:ipc://b,ipc://c,ipc://a");
    /* Only in front of all. */
    assert_int_equal(dd_endpoints_add(&list, "random:ipc://d", NULL), DD_E_ARGUMENT);
}

static void test_lists_name_the_bad_entry(void **state)
{
    (void)state;
    dd_endpoints_t list = {0};
    assert_int_equal(dd_endpoints_add(&list, "tcp://first:1", NULL), DD_OK);
    expect_refused(&list, "tcp://a:1,tcp://b,tcp://c:1", "'tcp://b'");
    expect_refused(&list, "tcp://a:1,,tcp://b:1", "''");
    expect_refused(&list, ",tcp://a:1", "''");
    expect_refused(&list, "tcp://a:1,", "''");
    expect_refused(&list, "", "''");
    expect_refused(&list, "tcp://a:1, tcp://b:1", "' tcp://b:1'");
    expect_refused(&list, "tcp://a:1,tcp://b:1,tcp://a:1", "'tcp://a:1' is given twice");
    expect_refused(&list, "tcp://first:1", "'tcp://first:1' is given twice");
    assert_int_equal(dd_endpoints_add(&list, "tcp://a:1,tcp://a:11", NULL), DD_OK);
}

static void test_lists_are_bounded(void **state)
{
    (void)state;
    dd_endpoints_t list = {0};
    char text[DD_ENDPOINT_MAX + 1];
    for (int i = 1; i <= DD_ENDPOINTS_MAX; i++) {
        snprintf(text, sizeof text, "tcp://a:%d", i);
        assert_int_equal(dd_endpoints_add(&list, text, NULL), DD_OK);
    }
    expect_refused(&list, "tcp://a:17", "'tcp://a:17' is one endpoint too many; give 16 at most");
}

static void test_lists_hold_the_longest_endpoint(void **state)
{
    (void)state;
    dd_endpoints_t list = {0};
    char text[DD_ENDPOINT_MAX + 2] = "";
    snprintf(text, sizeof text, "tcp://%0*d.x:1", DD_ENDPOINT_MAX - 10, 0);
    assert_int_equal(strlen(text), DD_ENDPOINT_MAX);
    assert_int_equal(dd_endpoints_add(&list, text, NULL), DD_OK);
    assert_string_equal(list.items[0], text);
    text[DD_ENDPOINT_MAX] = '1';
    expect_refused(&list, text, "is no endpoint");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_endpoints),
        cmocka_unit_test(test_places_to_listen),
        cmocka_unit_test(test_splits_at_the_last_colon),
        cmocka_unit_test(test_parts_have_no_brackets),
        cmocka_unit_test(test_lists_keep_their_order),
        cmocka_unit_test(test_an_order_that_is_to_be_drawn),
        cmocka_unit_test(test_lists_name_the_bad_entry),
        cmocka_unit_test(test_lists_are_bounded),
        cmocka_unit_test(test_lists_hold_the_longest_endpoint),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
