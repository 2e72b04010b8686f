/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_inspect_answers - long answers come in pages
 */
#include <stdio.h>

#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/answers.h"
#include "tests/unit/unit.h"

#define QUESTIONS_MAX 64
#define PAGE_ROWS 20

#define MANY 250

static broker_t *new_crowd(tree_t *tree)
{
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    char name[32];
    for (int i = 0; i < MANY - 1; i++) {
        snprintf(name, sizeof name, "client%d", i);
        actor_client(broker, "a", name);
    }
    return broker;
}

static void test_long_answers_come_in_pages(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    actor_t *asker = actor_client(new_crowd(tree), "a", "asker");
    ask(asker, "clients", 1);
    answer_t answer = read_answer(asker, 1);
    assert_int_equal(json_object_array_length(answer.reports), MANY / PAGE_ROWS + 1);
    assert_int_equal(answer.brokers, 1);
    json_object *rows = rows_of(&answer, "clients");
    assert_int_equal(json_object_array_length(rows), MANY);
    char name[32];
    for (int i = 0; i < MANY - 1; i++) {
        snprintf(name, sizeof name, "client%d", i);
        assert_true(has_row(rows, "name", name));
    }
    assert_int_equal(number_of(report_at(&answer, MANY / PAGE_ROWS), "rows"), MANY);
    json_object_put(rows);
    free_answer(&answer);
    tree_destroy(&tree);
}

/* A connection carries frames of DD_FRAME_TARGET and a payload, and a payload may be small. */
static void test_a_page_of_the_longest_rows_fits_a_frame(void **state)
{
    static const char *const WHAT[] = {"clients", "subscriptions", "events"};
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    char name[DD_CLIENT_MAX + 1], topic[DD_TOPIC_MAX + 1];
    memset(name, '"', sizeof name - 1); /* which JSON makes twice as long */
    memset(topic, '"', sizeof topic - 1);
    name[sizeof name - 1] = topic[sizeof topic - 1] = '\0';
    for (int i = 0; i < PAGE_ROWS; i++) {
        name[0] = (char)('a' + i);
        actor_t *actor = actor_client(broker, "public", name);
        actor_subscribe(actor, topic, "/65535/65535/65535/65535/65535/65535/65535/65535/");
    }
    actor_t *operators = actor_operator(broker);
    for (uint32_t i = 0; i < 3; i++) {
        ask(operators, WHAT[i], i);
        const dd_record_t *record = actor_expect(operators, DD_REPORT);
        assert_int_equal(record->flags, 0); /* a full page */
        assert_true(dd_record_size(record) <= DD_FRAME_TARGET);
        actor_skip(operators);
    }
    tree_destroy(&tree);
}

/* The same of topics, on which everybody publishes who is named. */
static void test_a_page_of_the_longest_topics_fits_a_frame(void **state)
{
    enum { PAGE_TOPICS = 5, PUBLISHERS = 9 };
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    char name[DD_CLIENT_MAX + 1], topic[DD_TOPIC_MAX + 1];
    memset(name, '"', sizeof name - 1);
    memset(topic, '"', sizeof topic - 1);
    name[sizeof name - 1] = topic[sizeof topic - 1] = '\0';
    for (int i = 0; i < PUBLISHERS; i++) {
        name[0] = (char)('a' + i);
        actor_t *actor = actor_client(broker, "public", name);
        for (int j = 0; j < PAGE_TOPICS; j++) {
            topic[0] = (char)('a' + j);
            actor_publish(actor, topic, "text");
        }
    }
    actor_t *operators = actor_operator(broker);
    ask(operators, "topics", 1);
    const dd_record_t *record = actor_expect(operators, DD_REPORT);
    assert_int_equal(record->flags, 0); /* a full page */
    assert_true(dd_record_size(record) <= DD_FRAME_TARGET);
    tree_destroy(&tree);
}

static json_object *row_of(json_object *rows, const char *topic)
{
    for (size_t i = 0; i < json_object_array_length(rows); i++) {
        json_object *row = json_object_array_get_idx(rows, i);
        if (strcmp(text_of(row, "topic"), topic) == 0)
            return row;
    }
    fail_msg("no topic %s", topic);
    return NULL;
}

/* Each publication counts at one broker, that of its publisher; subscribers where they are. */
static void test_topics_are_counted_where_their_clients_are(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *leaf = broker_new(tree, "leaf", root, "/1/2/");
    actor_t *publisher = actor_client(leaf, "a", "publisher");
    actor_subscribe(actor_client(root, "a", "one"), "news", "all");
    actor_subscribe(actor_client(root, "a", "two"), "news", "all");
    actor_t *other = actor_client(root, "b", "other");
    actor_publish(publisher, "news", "12345");
    actor_publish(publisher, "news", "12345");
    tree_run(tree);
    ask(publisher, "topics", 1);
    answer_t answer = read_answer(publisher, 1);
    json_object *here = NULL, *above = NULL;
    json_object_object_get_ex(report_of(&answer, "leaf"), "topics", &here);
    json_object_object_get_ex(report_of(&answer, "root"), "topics", &above);
    json_object *row = row_of(here, "news"), *publishers;
    assert_int_equal(number_of(row, "publications"), 2);
    assert_int_equal(number_of(row, "bytes"), 10);
    assert_int_equal(number_of(row, "subscribers"), 0);
    json_object_object_get_ex(row, "publishers", &publishers);
    assert_int_equal(json_object_array_length(publishers), 1);
    assert_true(has_row(publishers, "name", "a.publisher"));
    row = row_of(above, "news");
    assert_int_equal(number_of(row, "publications"), 0);
    assert_int_equal(number_of(row, "subscribers"), 2);
    free_answer(&answer);
    ask(other, "topics", 2);
    answer = read_answer(other, 2);
    json_object *rows = rows_of(&answer, "topics");
    assert_int_equal(json_object_array_length(rows), 0);
    json_object_put(rows);
    free_answer(&answer);
    tree_destroy(&tree);
}

/* Where nobody publishes, too, and when the topic has made room for others. */
static void test_what_was_lost_of_a_topic_stays_in_the_sum(void **state)
{
    enum { TOPICS = 512 };
    (void)state;
    static char text[1000];
    char name[32];
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 10000;
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *leaf = broker_new(tree, "leaf", root, "/1/2/");
    actor_t *publisher = actor_client(root, "a", "publisher");
    actor_t *slow = actor_client(leaf, "a", "slow"), *asker = actor_client(leaf, "a", "asker");
    memset(text, 'x', sizeof text - 1);
    actor_subscribe(slow, "news", "all");
    tree_run(tree);
    actor_hold(slow, true);
    for (int i = 0; i < 20; i++)
        actor_publish(publisher, "news", text);
    tree_run(tree);
    actor_leave(slow);
    for (int i = 0; i < TOPICS; i++) {
        snprintf(name, sizeof name, "topic%d", i);
        actor_subscribe(asker, name, "all");
    }
    actor_skip(asker);
    ask(asker, "topics", 1);
    answer_t answer = read_answer(asker, 1);
    json_object *rows = rows_of(&answer, "topics"), *rest = NULL;
    for (size_t i = 0; i < json_object_array_length(rows); i++)
        if (!json_object_object_get(json_object_array_get_idx(rows, i), "topic"))
            rest = json_object_array_get_idx(rows, i);
    assert_non_null(rest);
    assert_int_equal(number_of(rest, "publications"), 0);
    assert_true(number_of(rest, "lost") > 0);
    json_object_put(rows);
    free_answer(&answer);
    tree_destroy(&tree);
}

static void test_a_part_of_the_rows_can_be_asked_for(void **state)
{
    static const struct {
        uint32_t first, limit;
        size_t count;
    } CASES[] = {{0, 0, MANY}, {0, 1, 1}, {0, MANY, MANY}, {10, 20, 20}, {MANY - 5, 20, 5},
        {MANY, 20, 0}, {UINT32_MAX, UINT32_MAX, 0}, {1, UINT32_MAX, MANY - 1}, {5, 0, MANY - 5}};
    (void)state;
    tree_t *tree = tree_new();
    actor_t *asker = actor_client(new_crowd(tree), "a", "asker");
    for (uint32_t i = 0; i < COUNT(CASES); i++) {
        actor_say(asker, &(dd_record_t){.type = DD_INSPECT,
                             .ref = i,
                             .first = CASES[i].first,
                             .limit = CASES[i].limit,
                             .text = B("clients")});
        answer_t answer = read_answer(asker, i);
        json_object *rows = rows_of(&answer, "clients");
        assert_int_equal(json_object_array_length(rows), CASES[i].count);
        json_object_put(rows);
        size_t last = json_object_array_length(answer.reports) - 1;
        assert_int_equal(number_of(report_at(&answer, last), "rows"), MANY);
        free_answer(&answer);
    }
    tree_destroy(&tree);
}

static void test_an_asker_that_does_not_read_misses_answers_and_no_more(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 50000;
    broker_t *broker = new_crowd(tree);
    actor_t *asker = actor_client(broker, "a", "asker"), *other = actor_client(broker, "b", "x");
    actor_hold(asker, true);
    for (uint32_t i = 0; i < QUESTIONS_MAX; i++)
        ask(asker, "clients", 1);
    assert_int_equal(actor_peer(asker)->state, PEER_READY);
    actor_send(other, "x", "hello", 1);
    actor_expect(other, DD_DATA);
    actor_hold(asker, false);
    tree_run(tree);
    assert_non_null(actor_find(asker, DD_REPORT));
    tree_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_long_answers_come_in_pages),
        cmocka_unit_test(test_a_page_of_the_longest_rows_fits_a_frame),
        cmocka_unit_test(test_a_page_of_the_longest_topics_fits_a_frame),
        cmocka_unit_test(test_topics_are_counted_where_their_clients_are),
        cmocka_unit_test(test_what_was_lost_of_a_topic_stays_in_the_sum),
        cmocka_unit_test(test_a_part_of_the_rows_can_be_asked_for),
        cmocka_unit_test(test_an_asker_that_does_not_read_misses_answers_and_no_more),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
