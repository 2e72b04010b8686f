/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_hash - nobody knows the buckets beforehand, and running out of memory is an error
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/hash.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

static const char NAME[] = "tenant.client";
static const char *self; /* this program */

typedef struct {
    unsigned number;
    UT_hash_handle hh;
} entry_t;

static entry_t *find(entry_t *table, unsigned number)
{
    entry_t *entry;
    HASH_FIND(hh, table, &number, sizeof number, entry);
    return entry;
}

static void test_equal_bytes_have_equal_hashes(void **state)
{
    (void)state;
    char copy[] = "tenant.client";
    assert_int_equal(dd_hash_bytes(NAME, sizeof NAME), dd_hash_bytes(copy, sizeof copy));
    assert_int_not_equal(dd_hash_bytes(NAME, sizeof NAME), dd_hash_bytes(NAME, sizeof NAME - 1));
    dd_hash_bytes("", 0);
    assert_true(dd_hash_long(NAME, sizeof NAME) == dd_hash_long(copy, sizeof copy));
    assert_true(dd_hash_long(NAME, sizeof NAME) != dd_hash_long(NAME, sizeof NAME - 1));
    assert_int_equal((unsigned)dd_hash_long(NAME, 3), dd_hash_bytes(NAME, 3));
}

static void test_a_texts_hash_is_made_from_that_of_its_beginning(void **state)
{
    (void)state;
    uint64_t whole = dd_hash_more(0, NAME, sizeof NAME), part = 0;
    for (size_t i = 0; i < sizeof NAME; i++) {
        uint64_t longer = dd_hash_more(part, NAME + i, 1);
        assert_int_not_equal(longer, part);
        part = longer;
    }
    assert_int_equal(part, whole);
    assert_int_equal(dd_hash_more(0, NAME, 0), 0);
    assert_int_not_equal(dd_hash_more(0, "\0", 1), dd_hash_more(0, "\0\0", 2));
    assert_int_not_equal(dd_hash_more(0, "ab", 2), dd_hash_more(0, "ba", 2));
}

/* Two runs of this program; one in 4,000,000,000 pairs is equal by chance. */
static void test_each_process_hashes_in_its_own_way(void **state)
{
    (void)state;
    unsigned hashes[2], longer[2];
    char command[4096];
    snprintf(command, sizeof command, "'%s' hash", self);
    for (size_t i = 0; i < COUNT(hashes); i++) {
        FILE *out = popen(command, "r");
        assert_non_null(out);
        assert_int_equal(fscanf(out, "%u %u", &hashes[i], &longer[i]), 2);
        assert_int_equal(pclose(out), 0);
    }
    assert_int_not_equal(hashes[0], hashes[1]);
    assert_int_not_equal(longer[0], longer[1]);
}

static void check_table(entry_t *table, unsigned count)
{
    assert_int_equal(HASH_COUNT(table), count);
    unsigned number = 0;
    for (entry_t *entry = table; entry; entry = entry->hh.next)
        assert_int_equal(entry->number, number++);
    assert_int_equal(number, count);
    for (number = 0; number < count; number++)
        assert_non_null(find(table, number));
    assert_null(find(table, count));
}

/* Of each addition, those that make the table and those that make it larger too, every allocation
   fails once: then the table is as it was, and the entry has none. */
static void test_out_of_memory_is_an_error(void **state)
{
    (void)state;
    static entry_t entries[1000];
    entry_t *table = NULL;
    unsigned failures = 0;
    for (unsigned number = 0; number < COUNT(entries); number++) {
        entry_t *entry = &entries[number];
        entry->number = number;
        for (size_t allowed = 0;; allowed++) {
            memory_limit_begin(allowed);
            HASH_ADD(hh, table, number, sizeof entry->number, entry);
            if (!memory_limit_end())
                break;
            failures++;
            assert_null(entry->hh.tbl);
            check_table(table, number);
        }
        assert_non_null(entry->hh.tbl);
    }
    check_table(table, COUNT(entries));
    assert_true(failures > 2); /* it has grown */
    HASH_CLEAR(hh, table);
}

int main(int argc, char **argv)
{
    self = argv[0];
    if (argc > 1)
        return printf("%u %u\n", dd_hash_bytes(NAME, sizeof NAME),
                   dd_hash_value(dd_hash_more(0, NAME, sizeof NAME))) < 0;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equal_bytes_have_equal_hashes),
        cmocka_unit_test(test_a_texts_hash_is_made_from_that_of_its_beginning),
        cmocka_unit_test(test_each_process_hashes_in_its_own_way),
        cmocka_unit_test(test_out_of_memory_is_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
