/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_frame_lines - whoever floods, another tenant's frame is the next but one
 */
#include <string.h>

#include "ddbroker/net/frame_lines.h"
#include "tests/unit/unit.h"

static void add(frame_lines_t *lines, frame_source_t *source, const char *text)
{
    zmq_msg_t message;
    assert_int_equal(zmq_msg_init_size(&message, strlen(text)), 0);
    memcpy(zmq_msg_data(&message), text, strlen(text));
    assert_true(frame_lines_add(lines, source, &message, DD_OK));
    zmq_msg_close(&message);
}

static void expect(frame_lines_t *lines, const frame_source_t *source, const char *text)
{
    zmq_msg_t message;
    dd_error_t result = DD_E_TIMEOUT;
    zmq_msg_init(&message);
    assert_ptr_equal(frame_lines_next(lines, &message, &result), source);
    if (source) {
        assert_int_equal(result, DD_OK);
        assert_int_equal(zmq_msg_size(&message), strlen(text));
        assert_memory_equal(zmq_msg_data(&message), text, strlen(text));
    }
    zmq_msg_close(&message);
}

static void test_a_tenant_with_many_connections_has_one_turn(void **state)
{
    enum { MANY = 50 };
    static frame_source_t greedy[MANY], other;
    frame_lines_t lines = {.waiting = NULL};
    (void)state;
    for (int i = 0; i < MANY; i++)
        assert_true(frame_lines_enter(&lines, &greedy[i], "a"));
    assert_true(frame_lines_enter(&lines, &other, "b"));
    for (int i = 0; i < 2 * MANY; i++)
        add(&lines, &greedy[i % MANY], i < MANY ? "1" : "2");
    add(&lines, &other, "x");
    add(&lines, &other, "y");
    expect(&lines, &greedy[0], "1");
    expect(&lines, &other, "x");
    expect(&lines, &greedy[1], "1");
    expect(&lines, &other, "y");
    for (int i = 2; i < 2 * MANY; i++)
        expect(&lines, &greedy[i % MANY], i < MANY ? "1" : "2");
    expect(&lines, NULL, NULL);
    assert_false(frame_lines_wait(&lines));
    frame_lines_clear(&lines);
}

static void test_links_have_a_turn_each(void **state)
{
    static frame_source_t tenant, links[2];
    frame_lines_t lines = {.waiting = NULL};
    (void)state;
    frame_lines_enter(&lines, &tenant, "a");
    add(&lines, &tenant, "1");
    add(&lines, &tenant, "2");
    for (int i = 0; i < 2; i++) {
        frame_lines_enter(&lines, &links[i], "");
        add(&lines, &links[i], "x");
    }
    expect(&lines, &tenant, "1");
    expect(&lines, &links[0], "x");
    expect(&lines, &links[1], "x");
    expect(&lines, &tenant, "2");
    frame_lines_clear(&lines);
}

static void test_who_leaves_takes_its_frames_along(void **state)
{
    static frame_source_t one, two;
    frame_lines_t lines = {.waiting = NULL};
    (void)state;
    frame_lines_enter(&lines, &one, "a");
    frame_lines_enter(&lines, &two, "a");
    add(&lines, &one, "1");
    add(&lines, &one, "2");
    add(&lines, &two, "x");
    assert_true(frame_source_waits(&one));
    frame_lines_leave(&lines, &one);
    assert_false(frame_source_waits(&one));
    expect(&lines, &two, "x");
    expect(&lines, NULL, NULL);
    add(&lines, &two, "y");
    frame_lines_leave(&lines, &two);
    assert_false(frame_lines_wait(&lines));
    frame_lines_clear(&lines);
}

static void test_what_is_left_of_a_frame_comes_next(void **state)
{
    static frame_source_t one, two;
    frame_lines_t lines = {.waiting = NULL};
    zmq_msg_t message;
    dd_error_t result;
    (void)state;
    frame_lines_enter(&lines, &one, "a");
    frame_lines_enter(&lines, &two, "b");
    for (int i = 0; i < 2; i++) { /* with another one of that source behind it, and without */
        zmq_msg_init(&message);
        add(&lines, &one, "begun");
        add(&lines, &two, "x");
        if (i == 0)
            add(&lines, &one, "next");
        assert_ptr_equal(frame_lines_next(&lines, &message, &result), &one);
        assert_true(frame_lines_return(&lines, &one, &message, 3));
        assert_int_equal(one.begun, 3);
        expect(&lines, &two, "x");
        expect(&lines, &one, "begun");
        if (i == 0)
            expect(&lines, &one, "next");
        expect(&lines, NULL, NULL);
        zmq_msg_close(&message);
    }
    frame_lines_clear(&lines);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_tenant_with_many_connections_has_one_turn),
        cmocka_unit_test(test_links_have_a_turn_each),
        cmocka_unit_test(test_who_leaves_takes_its_frames_along),
        cmocka_unit_test(test_what_is_left_of_a_frame_comes_next),
    };
    return cmocka_run_group_tests_name("frame_lines", tests, NULL, NULL);
}
