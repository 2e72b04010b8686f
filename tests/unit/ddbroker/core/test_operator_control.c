/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_operator_control - what operators can have a broker do
 */
#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/answers.h"
#include "tests/unit/unit.h"

static void control(
    actor_t *operators, const broker_t *broker, const char *what, const char *argument)
{
    actor_say(operators, &(dd_record_t){.type = DD_CONTROL,
                             .ref = 5,
                             .id = broker_id(broker),
                             .text = B(what),
                             .name = B(argument)});
}

/* Whether it was done; by one broker at most. */
static bool was_done(actor_t *operators)
{
    answer_t answer = read_answer(operators, 5);
    assert_int_equal(answer.outstanding, 0);
    assert_true(json_object_array_length(answer.reports) <= 1);
    json_object *report = report_at(&answer, 0);
    bool done = report && json_object_get_boolean(json_object_object_get(report, "done"));
    assert_true(!report || done == (text_of(report, "failure") == NULL));
    free_answer(&answer);
    return done;
}

static void test_an_operator_ends_a_client_anywhere(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *operators = actor_operator(pair.left_leaf);
    actor_t *client = actor_client(pair.right_leaf, "a", "x");
    control(operators, pair.right, "end-client", "a.x"); /* it is known there, but beneath */
    assert_false(was_done(operators));
    control(operators, pair.right_leaf, "end-client", "x");
    assert_false(was_done(operators));
    actor_expect_nothing(client);
    control(operators, pair.right_leaf, "end-client", "a.x");
    assert_true(was_done(operators));
    actor_expect_end(client, DD_E_REFUSED);
    assert_true(tree_logged(pair.tree, "operator operator ended it"));
    tree_destroy(&pair.tree);
}

static void test_an_operator_drains_a_broker_and_sets_its_log_level(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *operators = actor_operator(pair.left_leaf);
    control(operators, pair.right, "drain", "root");
    assert_false(was_done(operators));
    assert_int_equal(pair.right->drains, 0);
    control(operators, pair.right, "drain", "right");
    assert_true(was_done(operators));
    assert_int_equal(pair.right->drains, 1);
    assert_int_equal(pair.root->drains, 0);
    control(operators, pair.root, "log-level", "loud");
    assert_false(was_done(operators));
    control(operators, pair.root, "log-level", "debug");
    assert_true(was_done(operators));
    assert_int_equal(pair.root->level, DD_LOG_DEBUG);
    control(operators, pair.root, "explode", "root");
    assert_false(was_done(operators));
    tree_destroy(&pair.tree);
}

static void test_a_control_that_cannot_be_read_is_not_shown(void **state)
{
    static const char *const TEXTS[] = {"", "new\nline", "\x1B[2J", "\xFF", "two words"};
    (void)state;
    pair_t pair = pair_new();
    actor_t *operators = actor_operator(pair.root);
    tree_logged(pair.tree, "");
    for (size_t i = 0; i < COUNT(TEXTS); i++) {
        control(operators, pair.root, TEXTS[i], "root");
        assert_false(was_done(operators));
        control(operators, pair.root, "end-client", TEXTS[i]);
        assert_false(was_done(operators));
    }
    assert_false(tree_logged(pair.tree, "operator operator"));
    tree_destroy(&pair.tree);
}

static void test_a_control_for_no_broker_does_nothing(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *operators = actor_operator(pair.root), *client = actor_client(pair.root, "a", "x");
    static const char *const IDS[] = {"", "0123456789abcdef", "short", "much longer than an id"};
    for (size_t i = 0; i < COUNT(IDS); i++) {
        actor_say(operators, &(dd_record_t){.type = DD_CONTROL,
                                 .ref = 5,
                                 .id = B(IDS[i]),
                                 .text = B("end-client"),
                                 .name = B("a.x")});
        if (i < 2)
            assert_false(was_done(operators));
        else
            actor_expect_error(operators, DD_E_PROTOCOL, 5);
    }
    actor_expect_nothing(client);
    tree_destroy(&pair.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_operator_ends_a_client_anywhere),
        cmocka_unit_test(test_an_operator_drains_a_broker_and_sets_its_log_level),
        cmocka_unit_test(test_a_control_that_cannot_be_read_is_not_shown),
        cmocka_unit_test(test_a_control_for_no_broker_does_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
