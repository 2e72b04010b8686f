/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_payload - tests of what stands in a measured message
 */
#include "ddperf/payload.h"
#include "tests/unit/unit.h"

static const payload_t SAMPLES[] = {
    {0, 0, 0},
    {1, 2, 3},
    {UINT32_MAX, UINT32_MAX, PAYLOAD_PROBE},
    {0x01020304, 0x05060708, 0x090A0B0C0D0E0F10},
};

static void test_read_what_was_written(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(SAMPLES); i++) {
        uint8_t data[PAYLOAD_HEADER + 3] = {0};
        payload_t result;
        payload_write(&SAMPLES[i], data);
        assert_true(payload_read(&result, SAMPLES[i].run, data, sizeof data));
        assert_int_equal(result.run, SAMPLES[i].run);
        assert_int_equal(result.client, SAMPLES[i].client);
        assert_true(result.number == SAMPLES[i].number);
    }
}

static void test_strangers(void **state)
{
    (void)state;
    uint8_t data[PAYLOAD_HEADER];
    payload_t result;
    payload_write(&SAMPLES[1], data);
    assert_false(payload_read(&result, SAMPLES[1].run + 1, data, sizeof data));
    for (size_t size = 0; size < sizeof data; size++)
        assert_false(payload_read(&result, SAMPLES[1].run, data, size));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_what_was_written),
        cmocka_unit_test(test_strangers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
