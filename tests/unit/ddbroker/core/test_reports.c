/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_reports - which brokers are beneath a link, and that it reports of no others
 */
#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/answers.h"
#include "tests/unit/unit.h"

#define QUESTIONS_OF_LINK_MAX 4000
#define BROKERS_MAX 10000

/* The secret of a child that actor_child() made, and others. */
typedef struct {
    uint8_t bytes[DD_BROKER_ID_SIZE];
} secret_t;

static secret_t secret_of(uint8_t child)
{
    secret_t secret;
    memset(secret.bytes, child, sizeof secret.bytes);
    return secret;
}

static secret_t id_of(uint8_t child)
{
    secret_t id, secret = secret_of(child);
    descendants_id(id.bytes, secret.bytes);
    return id;
}

static void say_broker(actor_t *child, uint8_t type, uint8_t number)
{
    secret_t secret = secret_of(number);
    actor_say(
        child, &(dd_record_t){.type = type, .id = dd_bytes(secret.bytes, sizeof secret.bytes)});
}

static void expect_broker(actor_t *parent, uint8_t type, uint8_t number)
{
    secret_t secret = secret_of(number);
    assert_true(dd_bytes_equal(
        actor_expect(parent, type)->id, dd_bytes(secret.bytes, sizeof secret.bytes)));
}

/* Whether the asker hears of a report in which that broker passes the question on to so many. */
static bool passes_report(
    actor_t *link, actor_t *asker, uint64_t question, secret_t id, uint16_t links, uint8_t flags)
{
    actor_say(link, &(dd_record_t){.type = DD_REPORT,
                        .flags = flags,
                        .number = question,
                        .links = links,
                        .id = dd_bytes(id.bytes, sizeof id.bytes),
                        .payload = B("{}")});
    const dd_record_t *heard = actor_next(asker);
    if (heard)
        assert_memory_equal(heard->id.data, id.bytes, sizeof id.bytes);
    actor_expect_nothing(asker);
    return heard;
}

#define LAST DD_FLAG_LAST

/* ---- Who is beneath ---------------------------------------------------------------------------
 */

static void test_those_above_are_told_of_all_brokers_beneath(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = actor_new_parent(tree, &broker), *child = actor_child(broker, 1, "/1/1/1/");
    expect_broker(parent, DD_ADD_BROKER, 1);
    say_broker(child, DD_ADD_BROKER, 11);
    expect_broker(parent, DD_ADD_BROKER, 11);
    say_broker(child, DD_ADD_BROKER, 12);
    expect_broker(parent, DD_ADD_BROKER, 12);
    say_broker(child, DD_ADD_BROKER, 11);  /* told twice */
    say_broker(child, DD_DROP_BROKER, 13); /* never told */
    say_broker(child, DD_DROP_BROKER, 1);  /* it is there itself */
    actor_expect_nothing(parent);
    say_broker(child, DD_DROP_BROKER, 11);
    expect_broker(parent, DD_DROP_BROKER, 11);
    actor_leave(child);
    tree_run(tree);
    expect_broker(parent, DD_DROP_BROKER, 1);
    expect_broker(parent, DD_DROP_BROKER, 12);
    actor_expect_nothing(parent);
    assert_null(broker->core->descendants.by_id);
    tree_destroy(&tree);
}

/* While it moves, or before a loop is found. */
static void test_a_broker_may_be_beneath_two_children(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = actor_new_parent(tree, &broker);
    actor_t *one = actor_child(broker, 1, "/1/1/1/"), *two = actor_child(broker, 2, "/1/1/2/");
    say_broker(one, DD_ADD_BROKER, 11);
    actor_skip(parent);
    say_broker(two, DD_ADD_BROKER, 11);
    say_broker(one, DD_DROP_BROKER, 11);
    actor_expect_nothing(parent);
    say_broker(one, DD_ADD_BROKER, 11);
    say_broker(two, DD_DROP_BROKER, 11);
    actor_expect_nothing(parent);
    say_broker(one, DD_DROP_BROKER, 11);
    expect_broker(parent, DD_DROP_BROKER, 11);
    tree_destroy(&tree);
}

static void test_brokers_that_can_not_be_are_passed_over(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = actor_new_parent(tree, &broker), *child = actor_child(broker, 1, "/1/1/1/");
    actor_skip(parent);
    static const char *const IDS[] = {
        "", "short", "seventeen letters", "two ids of a broker, or so"};
    for (size_t i = 0; i < COUNT(IDS); i++) {
        actor_say(child, &(dd_record_t){.type = DD_ADD_BROKER, .id = B(IDS[i])});
        actor_say(child, &(dd_record_t){.type = DD_DROP_BROKER, .id = B(IDS[i])});
        assert_int_equal(actor_peer(child)->count.refused, 2 * i + 2);
    }
    dd_bytes_t own = dd_bytes(broker->core->secret, DD_BROKER_ID_SIZE);
    actor_say(child, &(dd_record_t){.type = DD_ADD_BROKER, .id = own});
    actor_expect_nothing(parent);
    assert_int_equal(actor_peer(child)->claim_count, 1);
    tree_destroy(&tree);
}

static void test_a_child_that_tells_of_too_many_brokers_is_ended(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *child = actor_child(broker, 1, "/1/1/");
    for (uint32_t i = 1; i < BROKERS_MAX; i++) {
        uint8_t secret[DD_BROKER_ID_SIZE] = {0};
        memcpy(secret, &i, sizeof i);
        actor_add(
            child, &(dd_record_t){.type = DD_ADD_BROKER, .id = dd_bytes(secret, sizeof secret)});
    }
    tree_run(tree);
    actor_expect_nothing(child);
    say_broker(child, DD_ADD_BROKER, 77);
    actor_expect_end(child, DD_E_LIMIT);
    assert_null(broker->core->descendants.by_id);
    tree_destroy(&tree);
}

/* ---- Who reports ------------------------------------------------------------------------------
 */

/* A child hid others with reports in their place: the asker had heard all that it waited for. */
static void test_a_link_answers_in_no_others_place(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *evil = actor_child(root, 1, "/1/1/"), *good = actor_child(root, 2, "/1/2/");
    actor_t *asker = actor_client(root, "a", "x");
    ask(asker, "tree", 1);
    assert_int_equal(actor_expect(asker, DD_REPORT)->links, 2);
    uint64_t question = actor_expect(evil, DD_INSPECT)->number;
    assert_true(passes_report(evil, asker, question, id_of(1), 0, 0)); /* a page */
    assert_true(passes_report(evil, asker, question, id_of(1), 0, LAST));
    for (int i = 0; i < 3; i++)
        assert_false(passes_report(evil, asker, question, id_of(1), 0, LAST));
    assert_false(passes_report(evil, asker, question, id_of(1), 0, 0));
    assert_true(passes_report(good, asker, question, id_of(2), 0, LAST));
    assert_false(passes_report(good, asker, question, id_of(2), 0, LAST));
    tree_destroy(&tree);
}

static void test_a_link_reports_of_brokers_beyond_it(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = actor_new_parent(tree, &broker);
    actor_t *child = actor_child(broker, 1, "/1/1/1/"),
            *sibling = actor_child(broker, 2, "/1/1/2/");
    actor_t *asker = actor_client(broker, "a", "x");
    secret_t own, beneath = id_of(11);
    memcpy(own.bytes, broker->core->id, sizeof own.bytes);
    say_broker(child, DD_ADD_BROKER, 11);
    ask(asker, "tree", 1);
    actor_skip(asker);
    uint64_t question = actor_find(child, DD_INSPECT)->number;
    const secret_t OTHERS[] = {own, id_of(2), id_of(3), secret_of(1), secret_of(11)};
    for (size_t i = 0; i < COUNT(OTHERS); i++)
        if (passes_report(child, asker, question, OTHERS[i], 0, LAST))
            fail_msg("report %zu", i);
    assert_int_equal(actor_peer(child)->count.refused, COUNT(OTHERS));
    assert_false(passes_report(parent, asker, question, own, 0, LAST));
    assert_true(passes_report(child, asker, question, id_of(1), 1, LAST));
    assert_true(passes_report(child, asker, question, beneath, 0, LAST));
    assert_true(passes_report(sibling, asker, question, id_of(2), 0, LAST));
    assert_true(passes_report(parent, asker, question, id_of(99), 0, LAST));
    tree_destroy(&tree);
}

/* Who knows the id of a broker, which is shown to all, doesn't know its secret. */
static void test_an_id_is_no_secret_to_claim_it_with(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *good = actor_child(root, 1, "/1/1/"), *evil = actor_child(root, 2, "/1/2/");
    actor_t *asker = actor_client(root, "a", "x");
    secret_t shown = id_of(1);
    actor_say(evil,
        &(dd_record_t){.type = DD_ADD_BROKER, .id = dd_bytes(shown.bytes, sizeof shown.bytes)});
    ask(asker, "tree", 1);
    actor_skip(asker);
    uint64_t question = actor_find(evil, DD_INSPECT)->number;
    assert_false(passes_report(evil, asker, question, id_of(1), 0, LAST));
    actor_t *thief = actor_connect(root, KEY_OF_BROKERS);
    char id[DD_BROKER_ID_SIZE + 1] = {0};
    memcpy(id, shown.bytes, sizeof shown.bytes);
    actor_say(thief, &(dd_record_t){.type = DD_JOIN,
                         .id = dd_bytes(id, DD_BROKER_ID_SIZE),
                         .name = B("child1"),
                         .scope = B("/1/3/")});
    actor_expect(thief, DD_ADMIT);
    assert_int_equal(actor_peer(good)->state, PEER_READY);
    assert_true(passes_report(good, asker, question, id_of(1), 0, LAST));
    tree_destroy(&tree);
}

/* To how many the asker hears that the child has passed a new question on, which says so many. */
static unsigned heard_links(actor_t *child, actor_t *asker, uint16_t said, uint64_t *question)
{
    secret_t id = id_of(1);
    ask(asker, "tree", 1);
    actor_skip(asker);
    *question = actor_expect(child, DD_INSPECT)->number;
    actor_say(child, &(dd_record_t){.type = DD_REPORT,
                         .flags = LAST,
                         .number = *question,
                         .links = said,
                         .id = dd_bytes(id.bytes, sizeof id.bytes)});
    return actor_expect(asker, DD_REPORT)->links;
}

/* Nobody waits for more than there are; nor for one that has left while the child answered. */
static void test_a_child_passes_questions_on_to_those_beneath_it(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *child = actor_child(root, 1, "/1/1/"), *asker = actor_client(root, "a", "x");
    uint64_t question;
    assert_int_equal(heard_links(child, asker, 1, &question), 0);
    assert_int_equal(heard_links(child, asker, UINT16_MAX, &question), 0);
    assert_false(passes_report(child, asker, question, id_of(1), 0, LAST));
    say_broker(child, DD_ADD_BROKER, 11);
    assert_int_equal(heard_links(child, asker, UINT16_MAX, &question), 1);
    assert_true(passes_report(child, asker, question, id_of(11), 0, LAST));
    assert_false(passes_report(child, asker, question, id_of(11), 0, LAST));
    say_broker(child, DD_DROP_BROKER, 11);
    assert_int_equal(heard_links(child, asker, 1, &question), 0);
    tree_destroy(&tree);
}

static void test_reports_are_as_small_as_every_link_carries_them(void **state)
{
    static uint8_t payload[DD_FRAME_TARGET + 1];
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *child = actor_child(root, 1, "/1/1/"), *asker = actor_client(root, "a", "x");
    secret_t id = id_of(1);
    dd_record_t report = {.type = DD_REPORT, .id = dd_bytes(id.bytes, sizeof id.bytes)};
    ask(asker, "tree", 1);
    actor_skip(asker);
    report.number = actor_expect(child, DD_INSPECT)->number;
    report.payload = dd_bytes(payload, DD_FRAME_TARGET + 1);
    actor_say(child, &report);
    actor_expect_nothing(asker);
    report.payload.size--;
    actor_say(child, &report);
    actor_expect(asker, DD_REPORT);
    tree_destroy(&tree);
}

/* A child that answers what nobody asked it, or its own question. */
static void test_reports_that_nobody_waits_for(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *child = actor_child(root, 1, "/1/1/"), *asker = actor_client(root, "a", "x");
    assert_false(passes_report(child, asker, 12345, id_of(1), 0, LAST));
    actor_expect_nothing(child);
    actor_say(child, &(dd_record_t){.type = DD_INSPECT, .number = 777, .text = B("tree")});
    assert_int_equal(actor_expect(child, DD_REPORT)->number, 777);
    assert_false(passes_report(child, asker, 777, id_of(1), 0, LAST));
    actor_expect_nothing(child);
    ask(asker, "tree", 1);
    actor_skip(asker);
    actor_t *late = actor_child(root, 2, "/1/2/"); /* who wasn't there when that was asked */
    uint64_t question = actor_expect(child, DD_INSPECT)->number;
    assert_false(passes_report(late, asker, question, id_of(2), 0, LAST));
    tree_destroy(&tree);
}

/* Only the one that was meant says whether it was done. */
static void test_nobody_answers_for_the_broker_that_was_asked(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *evil = actor_child(root, 1, "/1/1/"), *good = actor_child(root, 2, "/1/2/");
    actor_t *asker = actor_operator(root);
    secret_t meant = id_of(2);
    actor_say(asker, &(dd_record_t){.type = DD_CONTROL,
                         .ref = 1,
                         .id = dd_bytes(meant.bytes, sizeof meant.bytes),
                         .text = B("drain"),
                         .name = B("child2")});
    actor_skip(asker);
    actor_t *const LINKS[] = {evil, good};
    for (uint8_t i = 0; i < 2; i++) {
        secret_t id = id_of((uint8_t)(i + 1));
        dd_record_t report = {.type = DD_REPORT, .flags = LAST, .payload = B("{\"done\":true}")};
        report.number = actor_expect(LINKS[i], DD_CONTROL)->number;
        report.id = dd_bytes(id.bytes, sizeof id.bytes);
        actor_say(LINKS[i], &report);
        assert_bytes(actor_expect(asker, DD_REPORT)->payload, i ? "{\"done\":true}" : "");
    }
    tree_destroy(&tree);
}

/* ---- Questions of links ------------------------------------------------------------------------
 */

static void test_questions_that_not_every_link_carries_go_no_further(void **state)
{
    static char text[2 * DD_NAME_MAX];
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *child = actor_child(root, 1, "/1/1/"), *other = actor_child(root, 2, "/1/2/");
    actor_t *client = actor_client(root, "a", "x"), *operators = actor_operator(root);
    memset(text, 'x', sizeof text);
    dd_record_t good = {.type = DD_INSPECT, .ref = 3, .number = 1, .text = B("new")};
    dd_record_t bad[] = {good, good, good, good};
    bad[0].text = dd_bytes(text, sizeof text);
    bad[1].id = B("short");
    bad[2].tenant = B("a.b");
    bad[3].tenant = B("\x1b");
    for (size_t i = 0; i < COUNT(bad); i++)
        actor_say(child, &bad[i]);
    actor_expect_nothing(child);
    actor_expect_nothing(other);
    assert_int_equal(actor_peer(child)->count.refused, COUNT(bad));
    actor_say(client, &bad[0]);
    actor_expect_error(client, DD_E_PROTOCOL, 3);
    bad[0].type = DD_CONTROL;
    actor_say(operators, &bad[0]);
    actor_expect_error(operators, DD_E_PROTOCOL, 3);
    actor_expect_nothing(other);
    actor_say(child, &good); /* a question of later versions */
    actor_expect(other, DD_INSPECT);
    tree_destroy(&tree);
}

static void test_a_link_asks_so_many_questions_at_a_time(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *child = actor_child(root, 1, "/1/1/"), *operators = actor_operator(root);
    for (uint64_t i = 1; i <= QUESTIONS_OF_LINK_MAX + 10; i++)
        actor_add(child, &(dd_record_t){.type = DD_INSPECT, .number = i, .text = B("tree")});
    tree_run(tree);
    assert_int_equal(actor_peer(child)->question_count, QUESTIONS_OF_LINK_MAX);
    assert_int_equal(actor_peer(child)->count.refused, 10);
    ask(operators, "tree", 1);
    tree_pass(tree, 1); /* answers have a part of the time */
    actor_expect(operators, DD_REPORT);
    tree_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_those_above_are_told_of_all_brokers_beneath),
        cmocka_unit_test(test_a_broker_may_be_beneath_two_children),
        cmocka_unit_test(test_brokers_that_can_not_be_are_passed_over),
        cmocka_unit_test(test_a_child_that_tells_of_too_many_brokers_is_ended),
        cmocka_unit_test(test_a_link_answers_in_no_others_place),
        cmocka_unit_test(test_a_link_reports_of_brokers_beyond_it),
        cmocka_unit_test(test_an_id_is_no_secret_to_claim_it_with),
        cmocka_unit_test(test_a_child_passes_questions_on_to_those_beneath_it),
        cmocka_unit_test(test_reports_are_as_small_as_every_link_carries_them),
        cmocka_unit_test(test_reports_that_nobody_waits_for),
        cmocka_unit_test(test_nobody_answers_for_the_broker_that_was_asked),
        cmocka_unit_test(test_questions_that_not_every_link_carries_go_no_further),
        cmocka_unit_test(test_a_link_asks_so_many_questions_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
