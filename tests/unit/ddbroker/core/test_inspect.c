/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_inspect - questions reach every broker, and bring what the asker may see
 */
#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/answers.h"
#include "tests/unit/unit.h"

/* ---- The tree ------------------------------------------------------------------------------- */

static void test_every_broker_answers_once(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    broker_t *const BROKERS[] = {pair.root, pair.left, pair.right, pair.left_leaf, pair.right_leaf};
    for (size_t i = 0; i < 5; i++) {
        actor_t *actor = actor_client(BROKERS[i], "a", "x");
        ask(actor, "tree", 7);
        answer_t answer = read_answer(actor, 7);
        assert_int_equal(answer.brokers, 5);
        assert_int_equal(answer.outstanding, 0);
        for (size_t k = 0; k < 5; k++) {
            json_object *report = report_of(&answer, BROKERS[k]->name);
            assert_non_null(report);
            assert_string_equal(text_of(report, "scope"), core_scope(BROKERS[k]->core));
            assert_string_equal(text_of(report, "state"), "ok");
        }
        free_answer(&answer);
        actor_leave(actor);
        tree_run(pair.tree);
    }
    tree_destroy(&pair.tree);
}

static void test_the_tree_says_how_brokers_hang_together(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *operators = actor_operator(pair.right);
    actor_t *client = actor_client(pair.left, "a", "x");
    actor_subscribe(client, "t", "all");
    actor_publish(client, "t", "12345");
    tree_pass(pair.tree, 4000);
    ask(operators, "tree", 1);
    answer_t answer = read_answer(operators, 1);
    json_object *root = report_of(&answer, "root"), *left = report_of(&answer, "left");
    json_object *leaf = report_of(&answer, "left-leaf");
    assert_null(text_of(root, "parent"));
    assert_null(text_of(root, "rtt_us"));
    assert_string_equal(text_of(left, "parent"), text_of(root, "id"));
    assert_string_equal(text_of(leaf, "parent"), text_of(left, "id"));
    assert_int_equal(strlen(text_of(root, "id")), 2 * DD_BROKER_ID_SIZE);
    assert_int_equal(number_of(root, "children"), 2);
    assert_int_equal(number_of(left, "children"), 1);
    assert_int_equal(number_of(leaf, "children"), 0);
    assert_int_equal(number_of(root, "uptime_ms"), 4000);
    assert_int_equal(number_of(left, "clients"), 1);
    assert_int_equal(number_of(left, "subscriptions"), 1);
    assert_int_equal(number_of(left, "in"), 1);
    assert_int_equal(number_of(left, "out"), 1);
    assert_int_equal(number_of(left, "in_bytes"), 5);
    assert_int_equal(number_of(left, "out_bytes"), 5);
    assert_string_equal(text_of(leaf, "version"), DD_VERSION);
    free_answer(&answer);
    actor_t *cut = actor_client(pair.right_leaf, "a", "y");
    broker_cut(pair.right_leaf);
    tree_run(pair.tree);
    actor_skip(cut);
    ask(cut, "tree", 2);
    answer = read_answer(cut, 2);
    assert_string_equal(text_of(report_of(&answer, "right-leaf"), "state"), "cut off");
    assert_int_equal(answer.brokers, 1);
    free_answer(&answer);
    tree_destroy(&pair.tree);
}

static void test_what_waits_and_what_was_refused_is_counted(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *slow = actor_client(broker, "a", "slow"), *asker = actor_client(broker, "a", "asker");
    actor_hold(slow, true);
    actor_send(asker, "slow", "hello", 1);
    actor_send(asker, "nobody", "hello", 2);
    actor_skip(asker);
    static const char *const WHAT[] = {"tree", "clients"};
    for (uint32_t i = 0; i < 2; i++) {
        ask(asker, WHAT[i], i);
        answer_t answer = read_answer(asker, i);
        json_object *report = report_at(&answer, 0), *rows = rows_of(&answer, "clients");
        json_object *slow_row = json_object_array_get_idx(rows, 0);
        assert_true(number_of(i == 0 ? report : slow_row, "outbox") > 0);
        if (i == 0)
            assert_int_equal(number_of(report, "refused"), 1);
        json_object_put(rows);
        free_answer(&answer);
    }
    assert_int_equal(actor_peer(asker)->count.refused, 1);
    assert_int_equal(broker->core->count.refused, 1);
    tree_destroy(&tree);
}

/* A tenant's refusals are its own business, and an operator's, also when the client has left. */
static void test_why_something_was_refused(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *clumsy = actor_client(broker, "a", "clumsy");
    actor_send(clumsy, "nobody", "hello", 1);
    actor_send(clumsy, "nobody", "hello", 2);
    actor_subscribe(clumsy, "t", "no scope");
    actor_leave(clumsy);
    tree_run(tree);
    actor_t *askers[] = {actor_client(broker, "a", "asker"), actor_operator(broker),
        actor_client(broker, "b", "asker")};
    static const char *const REASONS[] = {
        "2 no such destination, 1 invalid scope", "2 no such destination, 1 invalid scope", NULL};
    for (uint32_t i = 0; i < 3; i++) {
        ask(askers[i], "tree", i);
        answer_t answer = read_answer(askers[i], i);
        const char *reasons = text_of(report_at(&answer, 0), "refused_for");
        if (REASONS[i])
            assert_string_equal(reasons, REASONS[i]);
        else
            assert_null(reasons);
        free_answer(&answer);
    }
    tree_destroy(&tree);
}

/* Of a tenant's totals nothing goes when a client goes, and another's stay apart. */
static void test_totals_stay_when_clients_leave(void **state)
{
    static const struct {
        const char *tenant;
        uint64_t in, out;
    } TOTALS[] = {{"a", 3, 2}, {"b", 1, 0}};
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    for (int i = 0; i < 2; i++) {
        actor_t *sender = actor_client(broker, "a", "sender");
        actor_t *other = actor_client(broker, "b", "sender");
        actor_send(sender, "sender", "to itself", 1);
        if (i == 0)
            actor_publish(other, "t", "to nobody");
        else
            actor_publish(sender, "t", "to nobody");
        actor_leave(sender);
        actor_leave(other);
        tree_run(tree);
    }
    for (size_t i = 0; i < COUNT(TOTALS); i++) {
        actor_t *asker = actor_client(broker, TOTALS[i].tenant, "asker");
        ask(asker, "tree", 1);
        answer_t answer = read_answer(asker, 1);
        json_object *report = report_at(&answer, 0);
        assert_int_equal(number_of(report, "clients"), 1);
        assert_int_equal(number_of(report, "in"), TOTALS[i].in);
        assert_int_equal(number_of(report, "out"), TOTALS[i].out);
        free_answer(&answer);
    }
    tree_destroy(&tree);
}

static void test_a_broker_that_drains_says_so(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *actor = actor_client(broker, "a", "x");
    core_drain(broker->core, tree_now(tree));
    tree_run(tree);
    actor_expect(actor, DD_DRAIN);
    ask(actor, "tree", 1);
    answer_t answer = read_answer(actor, 1);
    assert_string_equal(text_of(report_of(&answer, "broker"), "state"), "draining");
    free_answer(&answer);
    tree_destroy(&tree);
}

/* ---- Rule 11: who sees what ----------------------------------------------------------------- */

static void test_a_tenant_sees_its_own_and_an_operator_all(void **state)
{
    static const struct {
        const char *key;
        unsigned clients, subscriptions;
    } CASES[] = {
        {"a", 2, 1}, {"ab", 2, 1}, {"b", 1, 0}, {"public", 1, 0}, {KEY_OF_OPERATORS, 5, 2}};
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        pair_t pair = pair_new();
        actor_subscribe(actor_client(pair.left, "a", "left"), "of-a", "region");
        actor_client(pair.right_leaf, "a", "right");
        actor_subscribe(actor_client(pair.left, "ab", "left"), "of-ab", "all");
        actor_client(pair.right_leaf, "ab", "right");
        actor_client(pair.root, "b", "b");
        actor_t *asker =
            i == 4 ? actor_operator(pair.left_leaf) : actor_connect(pair.left_leaf, CASES[i].key);
        if (i < 4) {
            actor_hello(asker, "asker", 1);
            actor_expect(asker, DD_WELCOME);
        }
        ask(asker, "clients", 1);
        answer_t answer = read_answer(asker, 1);
        json_object *rows = rows_of(&answer, "clients");
        /* The asker is a client as well, unless it is an operator or b's or public's only one. */
        unsigned expected = CASES[i].clients + (i < 3);
        assert_int_equal(json_object_array_length(rows), expected);
        for (size_t k = 0; i < 4 && k < expected; k++)
            assert_string_equal(
                text_of(json_object_array_get_idx(rows, k), "tenant"), CASES[i].key);
        json_object_put(rows);
        free_answer(&answer);
        ask(asker, "subscriptions", 2);
        answer = read_answer(asker, 2);
        rows = rows_of(&answer, "subscriptions");
        assert_int_equal(json_object_array_length(rows), CASES[i].subscriptions);
        assert_int_equal(has_row(rows, "topic", "of-a"), i == 0 || i == 4);
        assert_int_equal(has_row(rows, "topic", "of-ab"), i == 1 || i == 4);
        assert_int_equal(has_row(rows, "client", "left"), CASES[i].subscriptions > 0);
        assert_int_equal(has_row(rows, "scope", "/*/"), i == 0 || i == 4);
        assert_int_equal(has_row(rows, "path", "/1/"), i == 0 || i == 4);
        json_object_put(rows);
        free_answer(&answer);
        tree_destroy(&pair.tree);
    }
}

static void test_a_tenants_tree_counts_its_own_traffic(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *a = actor_client(pair.left, "a", "x"), *b = actor_client(pair.left, "b", "x");
    actor_subscribe(b, "t", "all");
    actor_publish(b, "t", "12345");
    actor_send(b, "nobody", "hello", 1);
    ask(a, "tree", 1);
    answer_t answer = read_answer(a, 1);
    json_object *left = report_of(&answer, "left");
    static const char *const FIELDS[] = {
        "in", "out", "in_bytes", "out_bytes", "refused", "dropped", "subscriptions"};
    for (size_t i = 0; i < COUNT(FIELDS); i++)
        assert_int_equal(number_of(left, FIELDS[i]), 0);
    assert_int_equal(number_of(left, "clients"), 1);
    free_answer(&answer);
    actor_skip(b);
    ask(b, "tree", 2);
    answer = read_answer(b, 2);
    static const int64_t COUNTS[] = {2, 1, 10, 5, 1, 0, 1};
    for (size_t i = 0; i < COUNT(FIELDS); i++)
        assert_int_equal(number_of(report_of(&answer, "left"), FIELDS[i]), COUNTS[i]);
    free_answer(&answer);
    tree_destroy(&pair.tree);
}

/* Where load comes in shows: what only passes through a broker isn't its clients', whoever asks. */
static void test_what_passes_through_is_told_apart_from_what_clients_do(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *from = actor_client(pair.left_leaf, "a", "from");
    actor_t *to = actor_client(pair.left, "a", "to"), *operators = actor_operator(pair.root);
    actor_subscribe(to, "t", "all");
    actor_subscribe(from, "t", "all");
    actor_subscribe(actor_client(pair.right, "a", "far"), "t", "all");
    actor_publish(from, "t", "12345");
    actor_skip(to);
    static const struct {
        const char *broker;
        int64_t in, out, in_bytes, out_bytes, links_in, links_out;
    } CASES[] = {{"left-leaf", 1, 1, 5, 5, 0, 1}, {"left", 0, 1, 0, 5, 1, 1},
        {"root", 0, 0, 0, 0, 1, 1}, {"right", 0, 1, 0, 5, 1, 0}};
    actor_t *const ASKERS[] = {operators, to};
    for (uint32_t i = 0; i < 2 * COUNT(CASES); i++) {
        bool all = i < COUNT(CASES);
        ask(ASKERS[!all], "tree", i);
        answer_t answer = read_answer(ASKERS[!all], i);
        json_object *report = report_of(&answer, CASES[i % COUNT(CASES)].broker);
        assert_int_equal(number_of(report, "in"), CASES[i % COUNT(CASES)].in);
        assert_int_equal(number_of(report, "out"), CASES[i % COUNT(CASES)].out);
        assert_int_equal(number_of(report, "in_bytes"), CASES[i % COUNT(CASES)].in_bytes);
        assert_int_equal(number_of(report, "out_bytes"), CASES[i % COUNT(CASES)].out_bytes);
        assert_int_equal(json_object_object_get_ex(report, "links_in", NULL), all);
        if (all) {
            assert_int_equal(number_of(report, "links_in"), CASES[i].links_in);
            assert_int_equal(number_of(report, "links_out"), CASES[i].links_out);
        }
        free_answer(&answer);
    }
    tree_destroy(&pair.tree);
}

/* Who asks is what the key says. */
static void test_nobody_asks_in_anothers_name(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_client(pair.root, "b", "secret");
    actor_t *actor = actor_client(pair.left, "a", "x");
    static const char *const NAMES[] = {"", "b", "*"};
    for (uint32_t i = 0; i < 3; i++) {
        actor_say(actor, &(dd_record_t){.type = DD_INSPECT,
                             .ref = i,
                             .number = 99,
                             .hops = UINT8_MAX,
                             .tenant = B(NAMES[i]),
                             .text = B("clients")});
        answer_t answer = read_answer(actor, i);
        json_object *rows = rows_of(&answer, "clients");
        assert_false(has_row(rows, "tenant", "b"));
        assert_int_equal(json_object_array_length(rows), 1);
        assert_int_equal(answer.brokers, 5);
        assert_int_equal(answer.outstanding, 0);
        json_object_put(rows);
        free_answer(&answer);
    }
    tree_destroy(&pair.tree);
}

static void assert_times(json_object *row, const char *since, const char *age, bool known)
{
    assert_int_equal(number_of(row, since), known ? 3250 : 0);
    assert_int_equal(number_of(row, age), known ? 1250 : 0);
    assert_int_equal(json_object_object_get(row, since) == NULL, !known);
    assert_int_equal(json_object_object_get(row, age) == NULL, !known);
}

/* The first row that is told about that, of the broker; NULL if there is none. */
static json_object *first_row(actor_t *asker, const char *what, answer_t *answer)
{
    ask(asker, what, 2);
    *answer = read_answer(asker, 2);
    json_object *rows = json_object_object_get(report_of(answer, "broker"), what);
    return json_object_array_get_idx(rows, 0);
}

/* Whether something was lost, since when and how long ago, is told with the counts, to those who
   may know. */
static void test_losses_have_an_age(void **state)
{
    (void)state;
    static char text[1000];
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 10000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *slow = actor_client(broker, "a", "slow"), *asker = actor_client(broker, "a", "asker");
    actor_t *other = actor_client(broker, "b", "other"), *operators = actor_operator(broker);
    memset(text, 'x', sizeof text - 1);
    actor_subscribe(slow, "t", "all");
    actor_hold(slow, true);
    for (int i = 0; i < 20; i++)
        actor_publish(asker, "t", text);
    tree_pass(tree, 2000);
    actor_publish(asker, "t", text);
    actor_publish(asker, "quiet", text);
    tree_pass(tree, 1250);
    actor_t *const ASKERS[] = {asker, other, operators};
    for (size_t i = 0; i < 3; i++) {
        ask(ASKERS[i], "tree", 1);
        answer_t answer = read_answer(ASKERS[i], 1);
        json_object *report = report_of(&answer, "broker");
        assert_int_equal(number_of(report, "dropped") > 0, i != 1);
        assert_times(report, "drop_since_ms", "drop_age_ms", i != 1);
        free_answer(&answer);
        json_object *row = first_row(ASKERS[i], "clients", &answer);
        assert_times(row, "drop_since_ms", "drop_age_ms", i != 1);
        free_answer(&answer);
        row = first_row(ASKERS[i], "topics", &answer);
        if (i != 1)
            assert_times(row, "lost_since_ms", "lost_age_ms", true);
        else
            assert_null(row);
        free_answer(&answer);
    }
    tree_destroy(&tree);
}

/* ---- One broker ----------------------------------------------------------------------------- */

static void test_one_broker_can_be_asked(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *asker = actor_client(pair.left_leaf, "a", "asker");
    actor_say(asker,
        &(dd_record_t){
            .type = DD_INSPECT, .ref = 3, .id = broker_id(pair.right_leaf), .text = B("tree")});
    answer_t answer = read_answer(asker, 3);
    assert_int_equal(answer.outstanding, 0);
    assert_int_equal(json_object_array_length(answer.reports), 1);
    assert_string_equal(text_of(report_at(&answer, 0), "broker"), "right-leaf");
    free_answer(&answer);
    tree_destroy(&pair.tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_broker_answers_once),
        cmocka_unit_test(test_the_tree_says_how_brokers_hang_together),
        cmocka_unit_test(test_what_waits_and_what_was_refused_is_counted),
        cmocka_unit_test(test_why_something_was_refused),
        cmocka_unit_test(test_totals_stay_when_clients_leave),
        cmocka_unit_test(test_a_broker_that_drains_says_so),
        cmocka_unit_test(test_a_tenant_sees_its_own_and_an_operator_all),
        cmocka_unit_test(test_a_tenants_tree_counts_its_own_traffic),
        cmocka_unit_test(test_what_passes_through_is_told_apart_from_what_clients_do),
        cmocka_unit_test(test_nobody_asks_in_anothers_name),
        cmocka_unit_test(test_losses_have_an_age),
        cmocka_unit_test(test_one_broker_can_be_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
