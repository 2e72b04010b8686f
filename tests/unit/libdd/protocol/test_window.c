/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_window - what may be on its way untaken: nobody waits in vain, and no more is untaken than
 * is said
 */
#include <stdlib.h>

#include "libdd/protocol/window.h"
#include "tests/unit/unit.h"

/* ---- Both sides ----------------------------------------------------------------------------- */

#define IN_FLIGHT 4096

/* A sender and a receiver, and what is on its way between them. */
typedef struct {
    dd_window_t window;
    uint64_t frames[IN_FLIGHT]; /* counts, on their way up */
    unsigned first_frame, frame_count;
    uint64_t words[IN_FLIGHT]; /* TAKENs on their way down */
    unsigned first_word, word_count;
    uint64_t taken, told;
} pair_t;

static void send(pair_t *self, size_t frame)
{
    assert_true(self->frame_count < IN_FLIGHT);
    self->frames[(self->first_frame + self->frame_count++) % IN_FLIGHT] = dd_window_count(frame);
    self->window.sent += dd_window_count(frame);
}

static void take(pair_t *self)
{
    self->taken += self->frames[self->first_frame++ % IN_FLIGHT];
    self->frame_count--;
    if (!dd_window_is_due(self->window.size, self->taken - self->told))
        return;
    assert_true(self->word_count < IN_FLIGHT);
    self->words[(self->first_word + self->word_count++) % IN_FLIGHT] = self->taken;
    self->told = self->taken;
}

static void hear(pair_t *self)
{
    assert_true(dd_window_taken(&self->window, self->words[self->first_word++ % IN_FLIGHT]));
    self->word_count--;
}

/* The receiver holds what is on its way, at worst. */
static void check_bound(const pair_t *self, size_t largest)
{
    assert_true(self->window.sent - self->taken <=
                dd_window_most(self->window.size, largest) - DD_WINDOW_SIGNS);
}

static unsigned below(unsigned end)
{
    return (unsigned)rand() % end;
}

/* Small ones, some as large as can be, and those about the window's own size. */
static size_t draw_frame(uint32_t size, size_t largest)
{
    size_t near = (size_t)size / (1 + below(8)) + below(200);
    size_t frame = below(4) == 0   ? largest
                   : below(3) == 0 ? near
                   : below(2) == 0 ? below((unsigned)largest + 1)
                                   : below(300);
    return frame < largest ? frame : largest;
}

/* One after the other, as it comes; whoever can't send while nothing is under way waits in vain. */
static void play(uint32_t size, size_t largest)
{
    pair_t *self = calloc(1, sizeof *self);
    self->window.size = size;
    size_t next = draw_frame(size, largest);
    for (unsigned sent = 0; sent < 2000;) {
        unsigned step = below(3);
        bool may_send = dd_window_lets(&self->window, next);
        assert_true(may_send || self->frame_count + self->word_count > 0);
        if (step == 0 && may_send) {
            send(self, next);
            check_bound(self, largest);
            next = draw_frame(size, largest);
            sent++;
        } else if (step == 1 && self->frame_count > 0) {
            take(self);
        } else if (step == 2 && self->word_count > 0) {
            hear(self);
        }
    }
    free(self);
}

static void test_nobody_waits_in_vain_and_the_bound_is_kept(void **state)
{
    static const uint32_t SIZES[] = {
        1, 2, 3, 4, 5, 63, 64, 65, 255, 1000, 4096, 32768, 256 << 10, 16 << 20, UINT32_MAX};
    static const size_t LARGEST[] = {0, 16, 300, 4096, 32768, 1 << 20, (16 << 20) + 33792};
    (void)state;
    for (unsigned seed = 0; seed < 5; seed++)
        for (size_t i = 0; i < COUNT(SIZES); i++)
            for (size_t k = 0; k < COUNT(LARGEST); k++) {
                srand(seed);
                play(SIZES[i], LARGEST[k]);
            }
}

/* ---- Each ------------------------------------------------------------------------------------ */

static void test_a_window_of_0_is_none(void **state)
{
    (void)state;
    dd_window_t window = {.sent = UINT64_MAX / 2};
    assert_true(dd_window_lets(&window, SIZE_MAX / 4));
    assert_false(dd_window_is_due(0, UINT64_MAX));
}

static void test_what_fits_goes_to_the_byte(void **state)
{
    (void)state;
    dd_window_t window = {.size = 1000, .sent = 500};
    assert_true(dd_window_lets(&window, 500 - DD_WINDOW_FRAME));
    assert_false(dd_window_lets(&window, 500 - DD_WINDOW_FRAME + 1));
    window.sent = 249;
    assert_true(dd_window_lets(&window, 1 << 30));
    window.sent = 250;
    assert_false(dd_window_lets(&window, 1 << 30));
}

static void test_a_quarter_is_told(void **state)
{
    (void)state;
    assert_false(dd_window_is_due(1000, 249));
    assert_true(dd_window_is_due(1000, 250));
    assert_false(dd_window_is_due(1001, 250));
    assert_true(dd_window_is_due(1, 1));
    assert_false(dd_window_is_due(1, 0));
}

static void test_taken_is_between_what_was_said_and_what_was_sent(void **state)
{
    (void)state;
    dd_window_t window = {.size = 1000, .sent = 500};
    assert_true(dd_window_taken(&window, 0));
    assert_true(dd_window_taken(&window, 300));
    assert_true(dd_window_taken(&window, 300));
    assert_false(dd_window_taken(&window, 299));
    assert_false(dd_window_taken(&window, 501));
    assert_int_equal(window.taken, 300);
    assert_true(dd_window_taken(&window, 500));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nobody_waits_in_vain_and_the_bound_is_kept),
        cmocka_unit_test(test_a_window_of_0_is_none),
        cmocka_unit_test(test_what_fits_goes_to_the_byte),
        cmocka_unit_test(test_a_quarter_is_told),
        cmocka_unit_test(test_taken_is_between_what_was_said_and_what_was_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
