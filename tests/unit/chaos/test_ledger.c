/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_ledger - the account that chaos is judged by sees every kind of fault, and no other
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/chaos/ledger.h"

/* Clients: two of tenant 0, who subscribe to topic 0, and one of tenant 1. */
enum { ANN, BOB, EVE, CLIENTS };
enum { NEWS, SPORT, TOPICS };

#define REF 1000u
#define BEFORE 100u
#define AFTER 200u

static int open_ledger(void **state)
{
    ledger_t *self = ledger_new(CLIENTS, TOPICS);
    ledger_set_tenant(self, EVE, 1);
    ledger_subscribe(self, ANN, NEWS);
    ledger_subscribe(self, BOB, NEWS);
    ledger_subscribe(self, EVE, NEWS);
    *state = self;
    return 0;
}

static int close_ledger(void **state)
{
    ledger_t *self = *state;
    ledger_destroy(&self);
    return 0;
}

#define LEDGER(test) cmocka_unit_test_setup_teardown(test, open_ledger, close_ledger)

/* Ann sends Bob so many, with refs from REF on. */
static void send(ledger_t *self, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        assert_int_equal(ledger_next(self, ANN), i);
        ledger_accept(self, ANN, BOB, REF + i);
    }
}

static void publish(ledger_t *self, uint32_t count, uint64_t time_us)
{
    for (uint32_t i = 0; i < count; i++)
        ledger_publish(self, ANN, NEWS, time_us);
}

static bool holds(const ledger_t *self)
{
    ledger_figures_t figures = ledger_figures(self);
    return ledger_figures_hold(&figures);
}

/* ---- Notifications ------------------------------------------------------------------------- */

static void every_outcome_balances(void **state)
{
    ledger_t *self = *state;
    send(self, 4);
    ledger_arrive(self, BOB, ANN, 0);
    ledger_arrive(self, BOB, ANN, 3);
    ledger_tell(self, ANN, REF, DD_OK);
    ledger_tell(self, ANN, REF + 1, DD_E_NO_DESTINATION);
    ledger_tell(self, ANN, REF + 2, DD_E_UNKNOWN);
    ledger_tell(self, ANN, REF + 3, DD_E_UNKNOWN);
    ledger_figures_t figures = ledger_figures(self);
    assert_int_equal(figures.accepted, 4);
    assert_int_equal(figures.delivered, 1);
    assert_int_equal(figures.refused, 1);
    assert_int_equal(figures.unknown, 2);
    assert_true(ledger_figures_hold(&figures));
}

static void of_whom_nothing_was_told_is_silent(void **state)
{
    ledger_t *self = *state;
    send(self, 3);
    ledger_arrive(self, BOB, ANN, 0);
    ledger_arrive(self, BOB, ANN, 1);
    ledger_tell(self, ANN, REF, DD_OK);
    assert_int_equal(ledger_open(self, ANN), 2);
    assert_int_equal(ledger_open_to(self, ANN, BOB), 2);
    assert_int_equal(ledger_open_to(self, ANN, ANN), 0);
    assert_int_equal(ledger_figures(self).silent, 2);
    assert_false(holds(self));
}

static void what_comes_again_is_duplicated(void **state)
{
    ledger_t *self = *state;
    send(self, 2);
    ledger_arrive(self, BOB, ANN, 0);
    ledger_arrive(self, BOB, ANN, 1);
    ledger_arrive(self, BOB, ANN, 0);
    assert_int_equal(ledger_figures(self).duplicated, 1);
    assert_int_equal(ledger_figures(self).reordered, 0);
}

static void what_comes_after_a_later_one_is_reordered(void **state)
{
    ledger_t *self = *state;
    send(self, 2);
    ledger_arrive(self, BOB, ANN, 1);
    ledger_arrive(self, BOB, ANN, 0);
    assert_int_equal(ledger_figures(self).reordered, 1);
    assert_int_equal(ledger_figures(self).duplicated, 0);
}

static void what_reaches_another_is_crossed(void **state)
{
    ledger_t *self = *state;
    send(self, 1);
    ledger_accept(self, ANN, EVE, REF + 1);
    ledger_arrive(self, ANN, ANN, 0);
    ledger_arrive(self, EVE, ANN, 1);
    assert_int_equal(ledger_figures(self).crossed, 2);
}

static void what_was_refused_must_not_come(void **state)
{
    ledger_t *self = *state;
    send(self, 2);
    ledger_arrive(self, BOB, ANN, 0);
    ledger_tell(self, ANN, REF, DD_E_OVERLOADED);
    ledger_tell(self, ANN, REF + 1, DD_E_OVERLOADED);
    assert_int_equal(ledger_figures(self).wrong, 1);
    ledger_arrive(self, BOB, ANN, 1);
    assert_int_equal(ledger_figures(self).wrong, 2);
}

static void what_was_delivered_must_have_come(void **state)
{
    ledger_t *self = *state;
    send(self, 1);
    ledger_tell(self, ANN, REF, DD_OK);
    assert_int_equal(ledger_figures(self).wrong, 1);
    ledger_arrive(self, BOB, ANN, 0);
    assert_true(holds(self));
}

static void what_makes_no_sense_is_odd(void **state)
{
    ledger_t *self = *state;
    send(self, 1);
    ledger_tell(self, ANN, REF, DD_E_UNKNOWN);
    ledger_tell(self, ANN, REF, DD_E_UNKNOWN);
    ledger_tell(self, ANN, REF + 1, DD_OK);
    ledger_tell(self, ANN, REF - 1, DD_OK);
    ledger_arrive(self, BOB, ANN, 1);
    ledger_receive(self, BOB, ANN, NEWS, 0);
    assert_int_equal(ledger_figures(self).odd, 5);
}

/* ---- Publications -------------------------------------------------------------------------- */

static void publications_in_turn_are_right(void **state)
{
    ledger_t *self = *state;
    publish(self, 3, BEFORE);
    assert_int_equal(ledger_next_number(self, ANN, NEWS), 3);
    ledger_receive(self, BOB, ANN, NEWS, 1); /* the first ones were before its subscription */
    ledger_receive(self, BOB, ANN, NEWS, 2);
    assert_int_equal(ledger_figures(self).copies, 2);
    assert_int_equal(ledger_figures(self).missing, 0);
    assert_true(holds(self));
}

static void a_publication_again_or_late_is_seen(void **state)
{
    ledger_t *self = *state;
    publish(self, 3, BEFORE);
    ledger_receive(self, BOB, ANN, NEWS, 2);
    ledger_receive(self, BOB, ANN, NEWS, 2);
    ledger_receive(self, BOB, ANN, NEWS, 0);
    assert_int_equal(ledger_figures(self).duplicated, 1);
    assert_int_equal(ledger_figures(self).reordered, 1);
}

static void a_publication_for_others_is_crossed(void **state)
{
    ledger_t *self = *state;
    publish(self, 1, BEFORE);
    ledger_publish(self, ANN, SPORT, BEFORE);
    ledger_receive(self, EVE, ANN, NEWS, 0);
    ledger_receive(self, BOB, ANN, SPORT, 0);
    assert_int_equal(ledger_figures(self).crossed, 2);
}

static void a_loss_that_nobody_tells_is_untold(void **state)
{
    ledger_t *self = *state;
    publish(self, 5, BEFORE);
    ledger_receive(self, BOB, ANN, NEWS, 0);
    ledger_receive(self, BOB, ANN, NEWS, 3);
    ledger_gap(self, BOB, NEWS);
    ledger_receive(self, BOB, ANN, NEWS, 4);
    assert_int_equal(ledger_figures(self).missing, 2);
    assert_int_equal(ledger_figures(self).untold, 2);
}

static void a_gap_tells_of_its_topic_once(void **state)
{
    ledger_t *self = *state;
    publish(self, 5, BEFORE);
    ledger_receive(self, BOB, ANN, NEWS, 0);
    ledger_gap(self, BOB, SPORT);
    ledger_gap(self, ANN, NEWS);
    ledger_receive(self, BOB, ANN, NEWS, 2);
    assert_int_equal(ledger_figures(self).untold, 1);
    ledger_gap(self, BOB, NEWS);
    ledger_receive(self, BOB, ANN, NEWS, 4);
    assert_int_equal(ledger_figures(self).missing, 2);
    assert_int_equal(ledger_figures(self).untold, 1);
}

static void who_was_disconnected_knows_what_it_missed(void **state)
{
    ledger_t *self = *state;
    publish(self, 3, BEFORE);
    ledger_receive(self, BOB, ANN, NEWS, 0);
    ledger_disconnect(self, BOB, AFTER);
    ledger_receive(self, BOB, ANN, NEWS, 2);
    assert_int_equal(ledger_figures(self).missing, 1);
    assert_true(holds(self));
}

/* Its last ones before the end may be lost, but none after it. */
static void a_publisher_that_was_disconnected_knows_of_its_last_ones(void **state)
{
    ledger_t *self = *state;
    publish(self, 3, BEFORE);
    ledger_disconnect(self, ANN, AFTER);
    publish(self, 2, AFTER + 1);
    ledger_receive(self, BOB, ANN, NEWS, 0);
    ledger_receive(self, BOB, ANN, NEWS, 4);
    assert_int_equal(ledger_figures(self).missing, 3);
    assert_int_equal(ledger_figures(self).untold, 1);
}

/* A call may come between the end of a connection and the word of it. */
static void a_publication_belongs_to_the_connection_that_took_it(void **state)
{
    ledger_t *self = *state;
    publish(self, 1, BEFORE);
    publish(self, 1, BEFORE);
    publish(self, 1, AFTER + 1);
    ledger_disconnect(self, ANN, AFTER);
    ledger_receive(self, BOB, ANN, NEWS, 0);
    ledger_receive(self, BOB, ANN, NEWS, 2);
    assert_int_equal(ledger_figures(self).missing, 1);
    assert_true(holds(self));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        LEDGER(every_outcome_balances),
        LEDGER(of_whom_nothing_was_told_is_silent),
        LEDGER(what_comes_again_is_duplicated),
        LEDGER(what_comes_after_a_later_one_is_reordered),
        LEDGER(what_reaches_another_is_crossed),
        LEDGER(what_was_refused_must_not_come),
        LEDGER(what_was_delivered_must_have_come),
        LEDGER(what_makes_no_sense_is_odd),
        LEDGER(publications_in_turn_are_right),
        LEDGER(a_publication_again_or_late_is_seen),
        LEDGER(a_publication_for_others_is_crossed),
        LEDGER(a_loss_that_nobody_tells_is_untold),
        LEDGER(a_gap_tells_of_its_topic_once),
        LEDGER(who_was_disconnected_knows_what_it_missed),
        LEDGER(a_publisher_that_was_disconnected_knows_of_its_last_ones),
        LEDGER(a_publication_belongs_to_the_connection_that_took_it),
    };
    return cmocka_run_group_tests_name("ledger", tests, NULL, NULL);
}
