/*
 * test_inspect - what can be asked about the tree, who sees what of it, and what operators can do
 */
#include <json-c/json.h>
#include <stdio.h>

#include "ddbroker/state.h"
#include "tree.h"

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define B(text) dd_bytes_of(text)
#define QUESTIONS_MAX 64
#define QUESTION_LIFE 10000
#define PAGE_ROWS 20

/* ---- Answers -------------------------------------------------------------------------------- */

static void ask(actor_t *actor, const char *what, uint32_t ref)
{
    actor_say(actor, &(dd_record_t){.type = DD_INSPECT, .ref = ref, .text = B(what)});
}

/* All that an asker heard as an answer: the objects, and how many brokers answered. */
typedef struct {
    json_object *reports; /* array */
    unsigned brokers;     /* that said their last */
    unsigned outstanding; /* that didn't, as far as is known */
} answer_t;

static answer_t read_answer(actor_t *actor, uint32_t ref)
{
    answer_t self = {.reports = json_object_new_array(), .outstanding = 1};
    const dd_record_t *record;
    while ((record = actor_next(actor))) {
        assert_int_equal(record->type, DD_REPORT);
        assert_int_equal(record->ref, ref);
        assert_int_equal(record->number, 0);
        assert_true(self.outstanding > 0);
        if (record->flags & DD_FLAG_LAST) {
            self.brokers++;
            self.outstanding += record->links - 1u;
        }
        if (record->payload.size == 0)
            continue;
        json_tokener *tokener = json_tokener_new();
        json_tokener_set_flags(tokener, JSON_TOKENER_VALIDATE_UTF8 | JSON_TOKENER_STRICT);
        json_object *report = json_tokener_parse_ex(
            tokener, (const char *)record->payload.data, (int)record->payload.size);
        assert_non_null(report);
        json_object_array_add(self.reports, report);
        json_tokener_free(tokener);
    }
    return self;
}

static void free_answer(answer_t *self)
{
    json_object_put(self->reports);
}

static json_object *report_at(const answer_t *self, size_t index)
{
    return json_object_array_get_idx(self->reports, index);
}

static const char *text_of(json_object *object, const char *field)
{
    return json_object_get_string(json_object_object_get(object, field));
}

static int64_t number_of(json_object *object, const char *field)
{
    return json_object_get_int64(json_object_object_get(object, field));
}

/* The report of a broker, of which there is one. */
static json_object *report_of(const answer_t *self, const char *broker)
{
    json_object *found = NULL;
    for (size_t i = 0; i < json_object_array_length(self->reports); i++) {
        if (strcmp(text_of(report_at(self, i), "broker"), broker) != 0)
            continue;
        assert_null(found);
        found = report_at(self, i);
    }
    return found;
}

/* All rows of all reports, as a list the caller frees. */
static json_object *rows_of(const answer_t *self, const char *what)
{
    json_object *all = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(self->reports); i++) {
        json_object *rows = json_object_object_get(report_at(self, i), what);
        if (!json_object_is_type(rows, json_type_array))
            continue;
        for (size_t k = 0; k < json_object_array_length(rows); k++)
            json_object_array_add(all, json_object_get(json_object_array_get_idx(rows, k)));
    }
    return all;
}

static bool has_row(json_object *rows, const char *field, const char *text)
{
    for (size_t i = 0; i < json_object_array_length(rows); i++)
        if (strcmp(text_of(json_object_array_get_idx(rows, i), field), text) == 0)
            return true;
    return false;
}

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

static void test_a_broker_that_drains_says_so(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *actor = actor_client(broker, "a", "x");
    core_drain(broker->core, tree_now(tree));
    tree_run(tree);
    actor_expect(actor, DD_BYE);
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
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
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
    for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++)
        assert_int_equal(number_of(left, FIELDS[i]), 0);
    assert_int_equal(number_of(left, "clients"), 1);
    free_answer(&answer);
    actor_skip(b);
    ask(b, "tree", 2);
    answer = read_answer(b, 2);
    static const int64_t COUNTS[] = {2, 1, 10, 5, 1, 0, 1};
    for (size_t i = 0; i < sizeof FIELDS / sizeof FIELDS[0]; i++)
        assert_int_equal(number_of(report_of(&answer, "left"), FIELDS[i]), COUNTS[i]);
    free_answer(&answer);
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

static void test_events_are_for_those_they_are_about(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_leave(actor_client(pair.left, "a", "came-and-went"));
    actor_leave(actor_client(pair.left, "ab", "other"));
    tree_run(pair.tree);
    for (int i = 0; i < 3; i++) {
        actor_t *asker = i == 0   ? actor_client(pair.left_leaf, "a", "asker")
                         : i == 1 ? actor_client(pair.left_leaf, "b", "asker")
                                  : actor_operator(pair.left_leaf);
        ask(asker, "events", 1);
        answer_t answer = read_answer(asker, 1);
        json_object *rows = rows_of(&answer, "events");
        assert_int_equal(has_row(rows, "text", "client a.came-and-went registered"), i != 1);
        assert_int_equal(has_row(rows, "text", "client a.came-and-went is gone"), i != 1);
        assert_int_equal(has_row(rows, "text", "client ab.other registered"), i == 2);
        assert_true(has_row(rows, "text", "joined parent root as /1/1/"));
        assert_true(has_row(rows, "level", "notice"));
        assert_true(has_row(rows, "tenant", EVENT_FOR_ALL));
        json_object_put(rows);
        free_answer(&answer);
    }
    tree_destroy(&pair.tree);
}

/* An event of a broker is the same one in every answer by when it was, counted from the start. */
static void test_events_say_when_they_were(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    tree_pass(pair.tree, 500);
    actor_t *asker = actor_client(pair.root, "a", "asker");
    int64_t at = -1;
    for (uint32_t i = 0; i < 2; i++) {
        ask(asker, "events", i);
        answer_t answer = read_answer(asker, i);
        json_object *rows = json_object_object_get(report_of(&answer, "root"), "events");
        json_object *newest = json_object_array_get_idx(rows, 0);
        assert_string_equal(text_of(newest, "text"), "client a.asker registered");
        assert_int_equal(number_of(newest, "age_ms"), 2000 * i);
        assert_true(number_of(newest, "at_ms") >= 500);
        assert_true(i == 0 || number_of(newest, "at_ms") == at);
        at = number_of(newest, "at_ms");
        free_answer(&answer);
        tree_pass(pair.tree, 2000);
        actor_skip(asker);
    }
    tree_destroy(&pair.tree);
}

/* Whether something was lost, and how long ago, is told with the counts, to those who may know. */
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
    tree_pass(tree, 1250);
    actor_t *const ASKERS[] = {asker, other, operators};
    for (size_t i = 0; i < 3; i++) {
        ask(ASKERS[i], "tree", 1);
        answer_t answer = read_answer(ASKERS[i], 1);
        json_object *report = report_of(&answer, "broker");
        assert_int_equal(number_of(report, "dropped") > 0, i != 1);
        assert_int_equal(number_of(report, "drop_age_ms"), i != 1 ? 1250 : 0);
        assert_int_equal(json_object_object_get(report, "drop_age_ms") == NULL, i == 1);
        free_answer(&answer);
    }
    tree_destroy(&tree);
}

/* ---- Many rows ------------------------------------------------------------------------------ */

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
    for (uint32_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
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

/* ---- One broker ----------------------------------------------------------------------------- */

static dd_bytes_t id_of(const broker_t *broker)
{
    return dd_bytes(broker->core->id, DD_BROKER_ID_SIZE);
}

static void test_one_broker_can_be_asked(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *asker = actor_client(pair.left_leaf, "a", "asker");
    actor_say(
        asker, &(dd_record_t){
                   .type = DD_INSPECT, .ref = 3, .id = id_of(pair.right_leaf), .text = B("tree")});
    answer_t answer = read_answer(asker, 3);
    assert_int_equal(answer.brokers, 5); /* the others with nothing */
    assert_int_equal(answer.outstanding, 0);
    assert_int_equal(json_object_array_length(answer.reports), 1);
    assert_string_equal(text_of(report_at(&answer, 0), "broker"), "right-leaf");
    free_answer(&answer);
    tree_destroy(&pair.tree);
}

/* ---- Limits and lies ------------------------------------------------------------------------ */

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

static void test_a_client_asks_so_many_questions_at_a_time(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    broker_t *leaf = broker_new(tree, "leaf", root, "/1/1/");
    actor_t *actor = actor_client(root, "a", "x"), *other = actor_client(root, "a", "y");
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
        assert_int_equal(actor_peer(actor)->questions, 0);
    }
    tree_destroy(&tree);
}

/* A child that answers what nobody asked it, or its own question, or more than once. */
static void test_reports_that_nobody_waits_for(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *root = broker_new(tree, "root", NULL, "/1/");
    actor_t *child = actor_child(root, 1, "/1/1/"), *asker = actor_client(root, "a", "x");
    dd_record_t report = {.type = DD_REPORT, .flags = DD_FLAG_LAST, .payload = B("{}")};
    report.number = 12345;
    actor_say(child, &report);
    actor_expect_nothing(child);
    ask(asker, "tree", 1);
    actor_expect(asker, DD_REPORT);
    report.number = actor_expect(child, DD_INSPECT)->number;
    actor_say(child, &report);
    assert_bytes(actor_expect(asker, DD_REPORT)->payload, "{}");
    actor_say(child, &report); /* again */
    actor_expect_nothing(asker);

    actor_say(child, &(dd_record_t){.type = DD_INSPECT, .number = 777, .text = B("tree")});
    assert_int_equal(actor_expect(child, DD_REPORT)->number, 777);
    report.number = 777;
    actor_say(child, &report);
    actor_expect_nothing(child);
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

/* ---- Controls ------------------------------------------------------------------------------- */

static void control(
    actor_t *operators, const broker_t *broker, const char *what, const char *argument)
{
    actor_say(operators, &(dd_record_t){.type = DD_CONTROL,
                             .ref = 5,
                             .id = id_of(broker),
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
    assert_int_equal(pair.root->level, LOG_DEBUG);
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
    for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
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
    static const char *const IDS[] = {"", "0123456789abcdef", "short"};
    for (size_t i = 0; i < 3; i++) {
        actor_say(operators, &(dd_record_t){.type = DD_CONTROL,
                                 .ref = 5,
                                 .id = B(IDS[i]),
                                 .text = B("end-client"),
                                 .name = B("a.x")});
        assert_false(was_done(operators));
    }
    actor_expect_nothing(client);
    tree_destroy(&pair.tree);
}

/* ---- Events --------------------------------------------------------------------------------- */

static void test_the_newest_events_are_kept(void **state)
{
    (void)state;
    static events_t events;
    char text[32];
    assert_null(events_at(&events, 0));
    for (unsigned i = 0; i < EVENTS_MAX + 10; i++) {
        snprintf(text, sizeof text, "event %u", i);
        events_add(&events, i, LOG_INFO, "a", text);
        assert_string_equal(events_at(&events, 0)->text, text);
    }
    for (unsigned i = 0; i < EVENTS_MAX; i++)
        assert_int_equal(events_at(&events, i)->at_ms, EVENTS_MAX + 9 - i);
    assert_null(events_at(&events, EVENTS_MAX));
}

static void test_long_events_are_cut_between_characters(void **state)
{
    (void)state;
    static events_t events;
    char text[EVENT_TEXT_MAX + 8];
    for (size_t start = 0; start < 4; start++) {
        memset(text, 'x', sizeof text);
        for (size_t at = start; at + 3 < sizeof text; at += 3)
            memcpy(text + at, "\xE6\xBC\xA2", 3);
        text[sizeof text - 1] = '\0';
        events_add(&events, 1, LOG_INFO, "a", text);
        const char *kept = events_at(&events, 0)->text;
        assert_true(strlen(kept) > EVENT_TEXT_MAX - 4);
        assert_true(dd_word_valid(B(kept), EVENT_TEXT_MAX));
    }
}

/* A tenant of that name would see everybody's. */
static void test_no_tenant_is_called_everybody(void **state)
{
    (void)state;
    assert_false(dd_tenant_valid(B(EVENT_FOR_ALL)));
    assert_false(dd_tenant_valid(B(EVENT_FOR_OPERATORS)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_broker_answers_once),
        cmocka_unit_test(test_the_tree_says_how_brokers_hang_together),
        cmocka_unit_test(test_what_waits_and_what_was_refused_is_counted),
        cmocka_unit_test(test_a_broker_that_drains_says_so),
        cmocka_unit_test(test_a_tenant_sees_its_own_and_an_operator_all),
        cmocka_unit_test(test_a_tenants_tree_counts_its_own_traffic),
        cmocka_unit_test(test_nobody_asks_in_anothers_name),
        cmocka_unit_test(test_events_are_for_those_they_are_about),
        cmocka_unit_test(test_events_say_when_they_were),
        cmocka_unit_test(test_losses_have_an_age),
        cmocka_unit_test(test_long_answers_come_in_pages),
        cmocka_unit_test(test_a_page_of_the_longest_rows_fits_a_frame),
        cmocka_unit_test(test_a_part_of_the_rows_can_be_asked_for),
        cmocka_unit_test(test_an_asker_that_does_not_read_misses_answers_and_no_more),
        cmocka_unit_test(test_one_broker_can_be_asked),
        cmocka_unit_test(test_questions_that_make_no_sense),
        cmocka_unit_test(test_a_client_asks_so_many_questions_at_a_time),
        cmocka_unit_test(test_reports_that_nobody_waits_for),
        cmocka_unit_test(test_a_question_is_answered_once),
        cmocka_unit_test(test_an_asker_may_leave_before_the_answer),
        cmocka_unit_test(test_an_operator_ends_a_client_anywhere),
        cmocka_unit_test(test_an_operator_drains_a_broker_and_sets_its_log_level),
        cmocka_unit_test(test_a_control_that_cannot_be_read_is_not_shown),
        cmocka_unit_test(test_a_control_for_no_broker_does_nothing),
        cmocka_unit_test(test_the_newest_events_are_kept),
        cmocka_unit_test(test_long_events_are_cut_between_characters),
        cmocka_unit_test(test_no_tenant_is_called_everybody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
