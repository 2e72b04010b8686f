/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_table - a hash table that grows a little at a time
 */
#include "libdd/base/table.h"

#include <stdlib.h>

#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

#define MANY 5000

typedef struct {
    dd_member_t member;
    int number;
} thing_t;

static thing_t *add(dd_table_t *table, int number)
{
    thing_t *thing = calloc(1, sizeof *thing);
    assert_non_null(thing);
    thing->number = number;
    assert_true(dd_table_add(table, &thing->member, &thing->number, sizeof thing->number));
    return thing;
}

static thing_t *find(const dd_table_t *table, int number)
{
    return dd_table_find(table, &number, sizeof number);
}

static void drop(dd_table_t *table, thing_t *thing)
{
    dd_table_remove(table, &thing->member);
    free(thing);
}

/* However many there are, of each the first and the last are found, and none that isn't there. */
static void test_all_are_found_while_it_grows(void **state)
{
    (void)state;
    dd_table_t table = {0};
    assert_null(find(&table, 1));
    for (int i = 0; i < MANY; i++) {
        add(&table, i);
        assert_int_equal(find(&table, 0)->number, 0);
        assert_int_equal(find(&table, i / 2)->number, i / 2);
        assert_int_equal(find(&table, i)->number, i);
        assert_null(find(&table, i + 1));
    }
    assert_int_equal(table.count, MANY);
    while (table.first)
        drop(&table, (thing_t *)table.first);
    assert_null(table.buckets);
}

/* With one member more no more than a few buckets are moved, and there are never too few. */
static void test_it_grows_a_little_at_a_time(void **state)
{
    (void)state;
    dd_table_t table = {0};
    for (int i = 0; i < MANY; i++) {
        size_t moved = table.moved;
        const void *old = table.old;
        add(&table, i);
        assert_true(table.count <= table.size || table.old);
        assert_true(table.count <= table.size);
        if (old && table.old == old)
            assert_true(table.moved - moved <= 4);
    }
    while (table.first)
        drop(&table, (thing_t *)table.first);
}

static void test_they_keep_their_order(void **state)
{
    (void)state;
    dd_table_t table = {0};
    for (int i = 0; i < 100; i++)
        add(&table, i);
    for (int i = 0; i < 100; i += 3)
        drop(&table, find(&table, i));
    int last = -1;
    const dd_member_t *member = table.first;
    for (; member; member = member->next) {
        assert_true(((const thing_t *)member)->number > last);
        last = ((const thing_t *)member)->number;
    }
    while (table.first)
        drop(&table, (thing_t *)table.first);
}

/* Against an array, at all sizes, with buckets half moved. */
static void test_whatever_comes_and_goes(void **state)
{
    (void)state;
    static thing_t *things[1000];
    dd_table_t table = {0};
    uint64_t random = 1;
    for (int i = 0; i < 100000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        int number = (int)((random >> 33) % 1000);
        assert_ptr_equal(find(&table, number), things[number]);
        if (!things[number]) {
            things[number] = add(&table, number);
        } else if (random >> 63 || i > 90000) {
            drop(&table, things[number]);
            things[number] = NULL;
        }
    }
    while (table.first)
        drop(&table, (thing_t *)table.first);
}

typedef struct {
    dd_member_t member;
    char name[4];
    int number;
} named_t;

static named_t *make(dd_table_t *table, const char *name)
{
    return DD_TABLE_MAKE(table, named_t, name, dd_bytes_of(name));
}

static void test_what_is_made_for_a_name_is_found_by_it(void **state)
{
    (void)state;
    dd_table_t table = {0};
    named_t *abc = make(&table, "abc"), *a = make(&table, "a");
    assert_string_equal(abc->name, "abc");
    assert_string_equal(a->name, "a");
    assert_int_equal(a->number, 0);
    assert_ptr_equal(dd_table_find(&table, "abc", 3), abc);
    assert_ptr_equal(dd_table_find(&table, "a", 1), a);
    assert_null(dd_table_find(&table, "ab", 2));
    assert_null(make(&table, "abcd"));
    dd_table_unmake(&table, abc);
    assert_null(dd_table_find(&table, "abc", 3));
    dd_table_unmake(&table, a);
    assert_null(table.buckets);
}

static void test_without_memory_nothing_is_made(void **state)
{
    (void)state;
    dd_table_t table = {0};
    named_t *made = NULL;
    for (size_t count = 0; !made; count++) {
        memory_limit_begin(count);
        made = make(&table, "a");
        assert_true(memory_limit_end() == !made);
        assert_int_equal(table.count, made ? 1 : 0);
    }
    dd_table_unmake(&table, made);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_are_found_while_it_grows),
        cmocka_unit_test(test_it_grows_a_little_at_a_time),
        cmocka_unit_test(test_they_keep_their_order),
        cmocka_unit_test(test_whatever_comes_and_goes),
        cmocka_unit_test(test_what_is_made_for_a_name_is_found_by_it),
        cmocka_unit_test(test_without_memory_nothing_is_made),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
