/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_pulse - what counts as life of one who says nothing
 */
#include "libdd/base/pulse.h"
#include "tests/unit/unit.h"

typedef struct {
    dd_pulse_t pulse;
    dd_traffic_t traffic;
    uint64_t heard, now;
} patient_t;

static patient_t patient_new(void)
{
    return (patient_t){
        .heard = 1000, .now = 2000, .traffic = {.received = 500, .acknowledged = 700}};
}

/* Looks again, some time and so many bytes later. */
static dd_pulse_result_t feel(
    patient_t *self, bool is_asked, uint64_t received, uint64_t acknowledged, bool waiting)
{
    self->now += 100;
    self->traffic.received += received;
    self->traffic.acknowledged += acknowledged;
    self->traffic.waiting = waiting;
    return dd_pulse_feel(&self->pulse, &self->traffic, is_asked, &self->heard, self->now);
}

static void test_the_first_look_knows_nothing(void **state)
{
    (void)state;
    patient_t self = patient_new();
    assert_int_equal(feel(&self, true, 0, 0, true), DD_PULSE_UNKNOWN);
    assert_int_equal(self.heard, 1000);
    assert_int_equal(feel(&self, true, 0, 0, true), DD_PULSE_NONE);
    self.heard = 2200; /* a message came */
    assert_int_equal(feel(&self, true, 10, 10, true), DD_PULSE_UNKNOWN);
    assert_int_equal(self.heard, 2200);
}

static void test_bytes_that_come_are_life(void **state)
{
    (void)state;
    patient_t self = patient_new();
    feel(&self, false, 0, 0, false);
    assert_int_equal(feel(&self, false, 1, 0, false), DD_PULSE_FELT);
    assert_int_equal(self.heard, self.now);
    assert_int_equal(feel(&self, false, 1, 0, false), DD_PULSE_FELT);
    uint64_t last = self.heard;
    assert_int_equal(feel(&self, false, 0, 0, false), DD_PULSE_NONE);
    assert_int_equal(self.heard, last);
}

/* The kernel of a stopped process takes what it has room for. */
static void test_bytes_that_leave_are_no_life(void **state)
{
    (void)state;
    patient_t self = patient_new();
    feel(&self, false, 0, 0, true);
    assert_int_equal(feel(&self, false, 0, 1000, true), DD_PULSE_NONE);
    assert_int_equal(self.heard, 1000);
}

static void test_bytes_that_leave_excuse_an_answer_behind_them(void **state)
{
    (void)state;
    patient_t self = patient_new();
    feel(&self, true, 0, 0, true);
    assert_int_equal(feel(&self, true, 0, 1000, true), DD_PULSE_FELT);
    assert_int_equal(feel(&self, true, 0, 1, true), DD_PULSE_FELT);
    assert_int_equal(feel(&self, true, 0, 0, true), DD_PULSE_NONE); /* nobody is there */
    assert_int_equal(feel(&self, true, 0, 1, true), DD_PULSE_FELT); /* it was the line */
}

/* Once all has arrived, so has the question: more bytes that leave excuse nothing, until it
   answers. */
static void test_an_answer_that_was_reached_is_owed(void **state)
{
    (void)state;
    patient_t self = patient_new();
    feel(&self, true, 0, 0, false); /* what was sent last has perhaps not left yet */
    assert_int_equal(feel(&self, true, 0, 1000, true), DD_PULSE_FELT);
    assert_int_equal(feel(&self, true, 0, 1000, false), DD_PULSE_NONE);
    assert_int_equal(feel(&self, true, 0, 1000, true), DD_PULSE_NONE);
    assert_int_equal(feel(&self, true, 1, 0, true), DD_PULSE_FELT);
    assert_int_equal(feel(&self, true, 0, 1000, true), DD_PULSE_FELT);
}

/* A kernel that acknowledges for a program that stands still, while more and more is written. */
static void test_what_is_written_later_excuses_nothing(void **state)
{
    (void)state;
    patient_t self = patient_new();
    self.traffic.written = 1000;
    feel(&self, true, 0, 0, true);
    self.traffic.written = 1500; /* with the question */
    assert_int_equal(feel(&self, true, 0, 100, true), DD_PULSE_FELT);
    self.traffic.written = 9000;
    assert_int_equal(feel(&self, true, 0, 699, true), DD_PULSE_FELT); /* 1499 */
    assert_int_equal(feel(&self, true, 0, 1, true), DD_PULSE_NONE);
    assert_int_equal(feel(&self, true, 0, 1000, true), DD_PULSE_NONE);
    assert_int_equal(feel(&self, true, 1, 0, true), DD_PULSE_FELT);
    self.traffic.written = 12000;
    assert_int_equal(feel(&self, true, 0, 1000, true), DD_PULSE_FELT);
    self.heard++; /* a message came */
    assert_int_equal(feel(&self, true, 0, 10000, true), DD_PULSE_UNKNOWN);
    assert_int_equal(feel(&self, true, 0, 1000, true), DD_PULSE_FELT);
}

/* As long as the kernel takes no more, the question may still be before it. */
static void test_nothing_is_known_of_what_the_kernel_has_no_room_for(void **state)
{
    (void)state;
    patient_t self = patient_new();
    feel(&self, true, 0, 0, true);
    for (int i = 0; i < 10; i++)
        assert_int_equal(feel(&self, true, 0, 1000, true), DD_PULSE_FELT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_first_look_knows_nothing),
        cmocka_unit_test(test_bytes_that_come_are_life),
        cmocka_unit_test(test_bytes_that_leave_are_no_life),
        cmocka_unit_test(test_bytes_that_leave_excuse_an_answer_behind_them),
        cmocka_unit_test(test_an_answer_that_was_reached_is_owed),
        cmocka_unit_test(test_what_is_written_later_excuses_nothing),
        cmocka_unit_test(test_nothing_is_known_of_what_the_kernel_has_no_room_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
