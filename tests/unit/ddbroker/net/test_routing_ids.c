/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_routing_ids - which numbers ZeroMQ can have given to a connection
 */
#include "ddbroker/net/routing_ids.h"
#include "tests/unit/unit.h"

#define SLACK 1024

static void test_ids_have_one_form(void **state)
{
    static const struct {
        const char *id;
        size_t size;
        bool valid;
    } CASES[] = {{"\0\x12\x34\x56\x78", 5, true}, {"\0\xff\xff\xff\xff", 5, true},
        {"\0\0\0\0\0", 5, true}, {"\0\x12\x34\x56", 4, false}, {"\0\x12\x34\x56\x78\x9a", 6, false},
        {"\1\x12\x34\x56\x78", 5, false}, {"", 0, false}, {"\0", 1, false}, {"chosen", 6, false}};
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        uint32_t number = 77;
        assert_int_equal(
            routing_ids_number(dd_bytes(CASES[i].id, CASES[i].size), &number), CASES[i].valid);
        if (i == 0)
            assert_int_equal(number, 0x12345678);
    }
}

/* From wherever they begin, round the end of 32 bits: those that speak at once, in turn, late, and
   never. */
static void test_all_that_is_given_is_taken(void **state)
{
    static const uint32_t FIRST[] = {0, 1, 77, INT32_MAX - 500, UINT32_MAX - 3, UINT32_MAX};
    (void)state;
    for (size_t i = 0; i < COUNT(FIRST); i++) {
        routing_ids_t ids;
        struct {
            routing_ids_then_t then;
            uint32_t number;
        } late[10];
        size_t silent = 0;
        uint32_t next = FIRST[i] + 1;
        routing_ids_init(&ids, FIRST[i]);
        for (unsigned step = 0; step < 3000; step++) {
            routing_ids_then_t then = routing_ids_accept(&ids, silent + 1);
            if (step % 7 == 3)
                continue; /* it never shakes hands */
            uint32_t number = next++;
            if (step % 5 == 0 && silent < COUNT(late)) {
                late[silent].then = then;
                late[silent++].number = number;
            } else if (step % 3) {
                assert_true(routing_ids_take(&ids, step % 2 ? &then : NULL, number));
            }
            if (step % 100 == 99)
                while (silent > 0) {
                    silent--;
                    assert_true(routing_ids_take(&ids, &late[silent].then, late[silent].number));
                }
        }
    }
}

static void test_what_was_not_given_is_not_taken(void **state)
{
    (void)state;
    routing_ids_t ids;
    routing_ids_init(&ids, 1000000);
    for (uint32_t i = 1; i <= 500; i++) {
        routing_ids_then_t then = routing_ids_accept(&ids, 1);
        assert_true(routing_ids_take(&ids, &then, 1000000 + i));
    }
    routing_ids_then_t then = routing_ids_accept(&ids, 3);
    routing_ids_t before = ids;
    static const uint32_t FAR[] = {0, 1, 500000, 1000500 - SLACK, 1000503 + SLACK + 1, 2000000,
        1000500 + (1u << 31), UINT32_MAX};
    for (size_t i = 0; i < COUNT(FAR); i++)
        if (routing_ids_take(&ids, &then, FAR[i]))
            fail_msg("%u", FAR[i]);
    assert_memory_equal(&ids, &before, sizeof ids); /* nothing was learned from that */
    assert_false(routing_ids_take(&ids, NULL, 1000500 - 65536));
    assert_false(routing_ids_take(&ids, NULL, 2000000));
    assert_true(routing_ids_take(&ids, &then, 1000503));
}

/* Connections that came and shook no hands widen what is believed, until the next that speaks. */
static void test_the_ceiling_comes_down_again(void **state)
{
    (void)state;
    routing_ids_t ids;
    routing_ids_init(&ids, 0);
    for (unsigned i = 0; i < 100000; i++)
        routing_ids_accept(&ids, 1);
    routing_ids_then_t then = routing_ids_accept(&ids, 1);
    assert_true(routing_ids_take(&ids, &then, 1));
    then = routing_ids_accept(&ids, 1);
    assert_false(routing_ids_take(&ids, &then, 50000));
    assert_true(routing_ids_take(&ids, &then, 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_have_one_form),
        cmocka_unit_test(test_all_that_is_given_is_taken),
        cmocka_unit_test(test_what_was_not_given_is_not_taken),
        cmocka_unit_test(test_the_ceiling_comes_down_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
