/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_event_text - whom an event is about, and what it says of them
 */
#include "ddtui/model/event_text.h"
#include "tests/unit/unit.h"

static void test_who_and_what(void **state)
{
    (void)state;
    event_text_t about;
    assert_true(event_text_read(&about, "client a.cam ended: it said goodbye", "client"));
    assert_true(event_text_names(&about, "a.cam"));
    assert_false(event_text_names(&about, "a.ca"));
    assert_false(event_text_names(&about, "a.camera"));
    assert_string_equal(about.what, "ended: it said goodbye");
    assert_true(event_text_says(&about, "ended"));
    assert_false(event_text_says(&about, "is gone"));
    assert_true(event_text_read(&about, "parent east is gone", "parent"));
    assert_true(event_text_names(&about, "east"));
}

static void test_others_are_not_read(void **state)
{
    (void)state;
    event_text_t about;
    assert_false(event_text_read(&about, "clients a.cam", "client"));
    assert_false(event_text_read(&about, "a client a.cam", "client"));
    assert_false(event_text_read(&about, "broker east is gone", "client"));
    assert_false(event_text_read(&about, "client", "client"));
    assert_false(event_text_read(&about, "", "client"));
}

static void test_a_text_may_end_anywhere(void **state)
{
    (void)state;
    event_text_t about;
    assert_true(event_text_read(&about, "client a.cam", "client"));
    assert_true(event_text_names(&about, "a.cam"));
    assert_string_equal(about.what, "");
    assert_true(event_text_read(&about, "client ", "client"));
    assert_true(event_text_names(&about, ""));
    assert_string_equal(about.what, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_and_what),
        cmocka_unit_test(test_others_are_not_read),
        cmocka_unit_test(test_a_text_may_end_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
