/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_pending - what was sent is found by its ref until it has been answered
 */
#include <string.h>

#include "ddtui/model/pending.h"
#include "tests/unit/unit.h"

static void test_found_by_ref(void **state)
{
    (void)state;
    pending_list_t list = {0};
    assert_null(pending_find(&list, 1));
    pending_add(&list, PENDING_RECEIPT, 1, "cli2", 500);
    pending_add(&list, PENDING_CONTROL, 2, "drain \x1b", 600);
    pending_t *pending = pending_find(&list, 1);
    assert_non_null(pending);
    assert_int_equal(pending->kind, PENDING_RECEIPT);
    assert_int_equal(pending->at_us, 500);
    assert_string_equal(pending->what, "cli2");
    assert_string_equal(pending_find(&list, 2)->what, "drain \\x1b");
    pending_answered(&list, pending);
    assert_null(pending_find(&list, 1));
    assert_non_null(pending_find(&list, 2));
    pending_clear(&list);
    assert_null(pending_find(&list, 2));
}

/* What could not be given a ref is nobody's answer. */
static void test_no_ref(void **state)
{
    (void)state;
    pending_list_t list = {0};
    assert_null(pending_add(&list, PENDING_NOTIFY, 0, "cli2", 0));
    assert_null(pending_find(&list, 0));
}

static void test_none_is_forgotten(void **state)
{
    (void)state;
    pending_list_t list = {0};
    for (uint32_t ref = 1; ref <= 5000; ref++)
        pending_add(&list, PENDING_NOTIFY, ref, "cli2", ref);
    for (uint32_t ref = 1; ref <= 5000; ref++)
        assert_int_equal(pending_find(&list, ref)->at_us, ref);
    pending_clear(&list);
}

static void test_what_is_late_waits_on(void **state)
{
    (void)state;
    pending_list_t list = {0};
    pending_add(&list, PENDING_NOTIFY, 3, "never late", 50);
    pending_add(&list, PENDING_RECEIPT, 1, "early", 100);
    pending_add(&list, PENDING_CONTROL, 2, "late", 200);
    assert_null(pending_late(&list, 100 + PENDING_PATIENCE - 1));
    assert_string_equal(pending_late(&list, 100 + PENDING_PATIENCE)->what, "early");
    assert_null(pending_late(&list, 100 + PENDING_PATIENCE)); /* only once */
    assert_int_equal(pending_late(&list, 200 + PENDING_PATIENCE)->ref, 2);
    assert_null(pending_late(&list, 900 + PENDING_PATIENCE));
    for (uint32_t ref = 1; ref <= 3; ref++)
        assert_non_null(pending_find(&list, ref)); /* whose answers are to come */
    pending_clear(&list);
}

static void test_long_names_are_cut(void **state)
{
    (void)state;
    char name[2 * PENDING_ROOM];
    pending_list_t list = {0};
    memset(name, '\x1b', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    size_t size = strlen(pending_add(&list, PENDING_NOTIFY, 1, name, 0)->what);
    assert_in_range(size, PENDING_ROOM / 2, PENDING_ROOM - 1);
    pending_clear(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_found_by_ref),
        cmocka_unit_test(test_no_ref),
        cmocka_unit_test(test_none_is_forgotten),
        cmocka_unit_test(test_what_is_late_waits_on),
        cmocka_unit_test(test_long_names_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
