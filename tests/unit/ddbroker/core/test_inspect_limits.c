/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_inspect_limits - how many questions there may be, and answers that nobody asked for
 */
#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/answers.h"
#include "tests/unit/unit.h"

#define QUESTIONS_MAX 64
#define QUESTIONS_OF_TENANT_MAX 250
#define QUESTION_LIFE 10000

static void test_questions_that_make_no_sense(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *actor = actor_client(pair.root, "a", "x");
    static const char *const WHAT[] = {"", "everything", "Tree", "tree "};
    for (uint32_t i = 0; i < 4; i++) {
        ask(actor, WHAT[i], i + 1);
        actor_expect_error(actor, DD_E_PROTOCOL, i + 1);
    }
    actor_expect_nothing(actor);
    tree_destroy(&pair.tree);
}

static void check_questions_of_one(bool operators)
{
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *leaf = broker_new(tree, "leaf", root, "/1/1/");
    actor_t *actor = operators ? actor_operator(root) : actor_client(root, "a", "x");
    actor_t *other = operators ? actor_operator(root) : actor_client(root, "a", "y");
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < QUESTIONS_MAX; i++)
            ask(actor, "tree", i + 1);
        for (uint32_t i = 0; i < 2 * QUESTIONS_MAX; i++)
            actor_expect(actor, DD_REPORT);
        ask(actor, "tree", 77);
        actor_expect_error(actor, DD_E_LIMIT, 77);
        ask(other, "tree", 1);
        assert_non_null(actor_find(other, DD_REPORT));
        for (uint64_t ms = 0; ms <= QUESTION_LIFE + 1000; ms += 1000) {
            tree_pass(tree, 1000);
            actor_say(actor, &(dd_record_t){.type = DD_PING});
            actor_say(other, &(dd_record_t){.type = DD_PING});
        }
        actor_skip(actor);
        assert_null(root->core->questions);
        assert_null(leaf->core->questions);
        assert_null(actor_peer(actor)->questions);
    }
    tree_destroy(&tree);
}

static void test_one_client_or_operator_asks_so_many_questions_at_a_time(void **state)
{
    (void)state;
    check_questions_of_one(false);
    check_questions_of_one(true);
}

static void test_a_tenants_clients_together_ask_so_many_questions(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->quotas.usual.questions = QUESTIONS_OF_TENANT_MAX;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *operators = actor_operator(broker), *other = actor_client(broker, "b", "x");
    actor_t *actors[5];
    for (uint32_t i = 0; i < 5; i++) {
        actors[i] = actor_client(broker, "a", DD_AUTO_NAME);
        for (uint32_t ref = 1; ref <= QUESTIONS_OF_TENANT_MAX / 5; ref++) {
            ask(actors[i], "tree", ref);
            actor_expect(actors[i], DD_REPORT);
        }
    }
    ask(actors[0], "tree", 1);
    actor_expect_error(actors[0], DD_E_LIMIT, 1);
    ask(other, "tree", 1);
    actor_expect(other, DD_REPORT);
    ask(operators, "tree", 1);
    actor_expect(operators, DD_REPORT);
    actor_leave(actors[1]);
    ask(actors[0], "tree", 2);
    actor_expect(actors[0], DD_REPORT);
    tree_destroy(&tree);
}

/* In a loop that is about to be found, a question comes by again. */
static void test_a_question_is_answered_once(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *one = actor_child(root, 1, "/1/1/"), *two = actor_child(root, 2, "/1/2/");
    dd_record_t question = {.type = DD_INSPECT, .number = 777, .hops = 1, .text = B("tree")};
    actor_say(one, &question);
    assert_int_equal(actor_expect(one, DD_REPORT)->links, 1);
    assert_int_equal(actor_expect(two, DD_INSPECT)->hops, 2);
    actor_say(two, &question);
    actor_say(one, &question);
    actor_expect_nothing(one);
    actor_expect_nothing(two);
    question.number = 778;
    question.hops = UINT8_MAX;
    actor_say(one, &question);
    assert_int_equal(actor_expect(one, DD_REPORT)->links, 0);
    actor_expect_nothing(two);
    tree_destroy(&tree);
}

static void test_an_asker_may_leave_before_the_answer(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *child = actor_child(root, 1, "/1/1/"), *asker = actor_client(root, "a", "x");
    ask(asker, "tree", 1);
    uint64_t number = actor_expect(child, DD_INSPECT)->number;
    actor_leave(asker);
    assert_null(root->core->questions);
    actor_say(child, &(dd_record_t){.type = DD_REPORT, .flags = DD_FLAG_LAST, .number = number});
    actor_expect_nothing(child);
    tree_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_questions_that_make_no_sense),
        cmocka_unit_test(test_one_client_or_operator_asks_so_many_questions_at_a_time),
        cmocka_unit_test(test_a_tenants_clients_together_ask_so_many_questions),
        cmocka_unit_test(test_a_question_is_answered_once),
        cmocka_unit_test(test_an_asker_may_leave_before_the_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
