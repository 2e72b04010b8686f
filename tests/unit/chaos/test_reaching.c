/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_reaching - who is yet to be reached is known of every two, in both ways, and of no others
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/chaos/reaching.h"

/* Two and two are fellows. */
enum { ANN, BOB, EVE, DAN, CLIENTS };
#define FELLOWS 2
#define BEGIN 5000000u

static int open_reaching(void **state)
{
    *state = reaching_new(CLIENTS, FELLOWS);
    return 0;
}

static int close_reaching(void **state)
{
    reaching_t *self = *state;
    reaching_destroy(&self);
    assert_null(self);
    reaching_destroy(&self);
    return 0;
}

#define REACHING(test) cmocka_unit_test_setup_teardown(test, open_reaching, close_reaching)

/* All reach all but the last one in each way; a ms each. Returns how many that were. */
static unsigned reach_all_but_one(reaching_t *self, reaching_way_t left)
{
    unsigned count = 0;
    for (reaching_way_t way = 0; way < REACHING_WAYS; way++)
        for (unsigned to = 0; to < CLIENTS; to++)
            for (unsigned from = 0; from < CLIENTS; from++) {
                if (!reaching_lacks(self, way, to, from) ||
                    (way == left && to == DAN && from == DAN))
                    continue;
                count++;
                reaching_note(self, way, to, from, reaching_round(self), BEGIN + count * 1000);
            }
    return count;
}

static void it_is_complete_before_the_first_round(void **state)
{
    reaching_t *self = *state;
    assert_true(reaching_is_complete(self));
    assert_false(reaching_lacks(self, BY_NOTIFICATION, ANN, BOB));
    reaching_note(self, BY_NOTIFICATION, ANN, BOB, 0, BEGIN);
    assert_true(reaching_is_complete(self));
}

static void every_two_fellows_must_be_reached_in_both_ways(void **state)
{
    reaching_t *self = *state;
    for (reaching_way_t left = 0; left < REACHING_WAYS; left++) {
        reaching_begin(self, BEGIN);
        assert_int_equal(reach_all_but_one(self, left), REACHING_WAYS * CLIENTS * FELLOWS - 1);
        assert_false(reaching_is_complete(self));
        assert_true(reaching_lacks(self, left, DAN, DAN));
        assert_false(reaching_lacks(self, !left, DAN, DAN));
        reaching_note(self, left, DAN, DAN, reaching_round(self), BEGIN + 77777);
        assert_true(reaching_is_complete(self));
        assert_int_equal(reaching_took_ms(self), 77);
    }
}

static void others_are_not_fellows(void **state)
{
    reaching_t *self = *state;
    reaching_begin(self, BEGIN);
    assert_true(reaching_lacks(self, BY_PUBLICATION, ANN, BOB));
    assert_false(reaching_lacks(self, BY_PUBLICATION, ANN, EVE));
    assert_false(reaching_lacks(self, BY_PUBLICATION, DAN, BOB));
}

static void to_and_from_are_two_things(void **state)
{
    reaching_t *self = *state;
    reaching_begin(self, BEGIN);
    reaching_note(self, BY_NOTIFICATION, ANN, BOB, reaching_round(self), BEGIN);
    assert_false(reaching_lacks(self, BY_NOTIFICATION, ANN, BOB));
    assert_true(reaching_lacks(self, BY_NOTIFICATION, BOB, ANN));
    assert_true(reaching_lacks(self, BY_PUBLICATION, ANN, BOB));
}

/* It may be anything that a message brought. */
static void what_was_sent_in_another_round_counts_for_nothing(void **state)
{
    reaching_t *self = *state;
    reaching_begin(self, BEGIN);
    uint32_t before = reaching_round(self);
    reaching_begin(self, BEGIN);
    assert_int_not_equal(reaching_round(self), before);
    reaching_note(self, BY_NOTIFICATION, ANN, BOB, before, BEGIN);
    reaching_note(self, BY_NOTIFICATION, ANN, BOB, 12345, BEGIN);
    assert_true(reaching_lacks(self, BY_NOTIFICATION, ANN, BOB));
}

static void a_second_time_changes_nothing(void **state)
{
    reaching_t *self = *state;
    reaching_begin(self, BEGIN);
    reach_all_but_one(self, BY_NOTIFICATION);
    reaching_note(self, BY_NOTIFICATION, ANN, BOB, reaching_round(self), BEGIN);
    assert_false(reaching_is_complete(self));
    reaching_note(self, BY_NOTIFICATION, DAN, DAN, reaching_round(self), BEGIN + 50000);
    reaching_note(self, BY_NOTIFICATION, DAN, DAN, reaching_round(self), BEGIN + 90000);
    assert_int_equal(reaching_took_ms(self), 50);
}

static void the_first_that_are_lacking_are_printed(void **state)
{
    reaching_t *self = *state;
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);
    reaching_begin(self, BEGIN);
    reach_all_but_one(self, BY_PUBLICATION);
    reaching_print(self, file);
    fclose(file);
    assert_string_equal(text, "    3 is not reached by 3 with publications\n");
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        REACHING(it_is_complete_before_the_first_round),
        REACHING(every_two_fellows_must_be_reached_in_both_ways),
        REACHING(others_are_not_fellows),
        REACHING(to_and_from_are_two_things),
        REACHING(what_was_sent_in_another_round_counts_for_nothing),
        REACHING(a_second_time_changes_nothing),
        REACHING(the_first_that_are_lacking_are_printed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
