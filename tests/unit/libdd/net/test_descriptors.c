/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_descriptors - which files are open
 */
#include <sys/resource.h>
#include <unistd.h>

#include "libdd/net/descriptors.h"
#include "tests/unit/unit.h"

static void open_ones_are_counted(void **state)
{
    (void)state;
    int ends[2];
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    size_t before = dd_descriptors_count(0, dd_descriptors_end(limit.rlim_cur));
    assert_int_equal(pipe(ends), 0);
    rlim_t end = dd_descriptors_end(limit.rlim_cur);
    assert_int_equal(dd_descriptors_count(0, end), before + 2);
    rlim_t half = (rlim_t)ends[0] + 1;
    assert_int_equal(dd_descriptors_count(0, half) + dd_descriptors_count(half, end), before + 2);
    close(ends[0]);
    close(ends[1]);
    assert_int_equal(dd_descriptors_count(0, end), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(open_ones_are_counted),
    };
    return cmocka_run_group_tests_name("descriptors", tests, NULL, NULL);
}
