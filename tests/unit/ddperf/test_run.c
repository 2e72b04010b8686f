/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_run - tests of how a run is divided into streams and blocks
 */
#include <string.h>

#include "ddperf/run.h"
#include "tests/unit/unit.h"

/* A notification has one receiver, a publication all of them. */
static void test_streams(void **state)
{
    (void)state;
    options_t options = {.mode = MODE_NOTIFY, .count = 10, .senders = 3, .receivers = 4};
    static const uint64_t LENGTHS[] = {3, 3, 2, 2};
    assert_int_equal(run_streams(&options), 4);
    for (unsigned i = 0; i < 4; i++)
        assert_int_equal(run_stream_length(&options, i), LENGTHS[i]);
    options.mode = MODE_LATENCY;
    assert_int_equal(run_streams(&options), 4);
    options.mode = MODE_PUBLISH;
    assert_int_equal(run_streams(&options), 1);
    assert_int_equal(run_stream_length(&options, 0), 10);
}

/* As a sender takes its streams in turn, each of them ends with its own length. */
static void test_streams_in_turn(void **state)
{
    (void)state;
    for (unsigned receivers = 1; receivers <= 7; receivers++) {
        for (uint64_t count = 1; count <= 20; count++) {
            options_t options = {.mode = MODE_NOTIFY, .count = count, .receivers = receivers};
            uint64_t sent[7] = {0};
            for (uint64_t i = 0; i < count; i++)
                sent[i % receivers]++;
            for (unsigned i = 0; i < receivers; i++)
                assert_int_equal(sent[i], run_stream_length(&options, i));
        }
    }
}

static const struct {
    unsigned size;
    unsigned senders, receivers;
    uint64_t least, most; /* a block's messages */
} BLOCKS[] = {
    {64, 1, 1, 1000, 8192},
    {64, 1, 1000, 10, 1000},
    {64, 1000, 1, 1, 100},
    {16, 1, 1, 1000, 8192},
    {1 << 20, 1, 1, 1, 1},
    {16 << 20, 1000, 10000, 1, 1},
};

/* There is always something to send, and what is under way stays far below what a broker lets wait
   for one client. */
static void test_blocks(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(BLOCKS); i++) {
        options_t options = {
            .size = BLOCKS[i].size, .senders = BLOCKS[i].senders, .receivers = BLOCKS[i].receivers};
        uint64_t block = run_block(&options);
        assert_in_range(block, BLOCKS[i].least, BLOCKS[i].most);
        if (block > 1)
            assert_in_range(block * RUN_BLOCKS * options.size * options.senders, 1, 4u << 20);
    }
}

static void test_names(void **state)
{
    (void)state;
    run_t run = {.id = UINT32_MAX};
    char name[RUN_NAME_MAX];
    run_sender_name(&run, 999, name);
    assert_string_equal(name, "ddperf-ffffffff-s999");
    run_receiver_name(&run, 9999, name);
    assert_string_equal(name, "ddperf-ffffffff-r9999");
    run_topic(&run, name);
    assert_string_equal(name, "ddperf-ffffffff");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_streams_in_turn),
        cmocka_unit_test(test_blocks),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
