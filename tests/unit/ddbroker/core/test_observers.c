/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_observers - who only asks is noticed by nobody, and can't do more than ask
 */
#include "tests/unit/ddbroker/answers.h"
#include "tests/unit/unit.h"

/* Rows of what the actor hears when it asks; the caller puts them. */
static json_object *rows(actor_t *actor, const char *what)
{
    actor_skip(actor);
    ask(actor, what, 7);
    answer_t answer = read_answer(actor, 7);
    json_object *found = rows_of(&answer, what);
    free_answer(&answer);
    return found;
}

static size_t count_rows(actor_t *actor, const char *what)
{
    json_object *found = rows(actor, what);
    size_t count = json_object_array_length(found);
    json_object_put(found);
    return count;
}

static int64_t count_clients(actor_t *actor)
{
    actor_skip(actor);
    ask(actor, "tree", 8);
    answer_t answer = read_answer(actor, 8);
    int64_t count = number_of(report_at(&answer, 0), "clients");
    free_answer(&answer);
    return count;
}

/* Neither does it keep a name from a client, nor a client from it, wherever they are. */
static void test_an_observer_has_no_name(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *before = actor_client(pair.left_leaf, "a", "x");
    actor_t *observers[] = {actor_observer(pair.left_leaf, "a", "x"),
        actor_observer(pair.right_leaf, "a", "x"), actor_observer(pair.root, "a", "y")};
    actor_t *after = actor_client(pair.root, "a", "y");
    actor_t *sender = actor_client(pair.right_leaf, "a", "sender");
    actor_observer(pair.root, "a", "z");
    actor_send(sender, "x", "to x", 1);
    actor_send(sender, "y", "to y", 2);
    actor_send(sender, "z", "to nobody", 3);
    assert_bytes(actor_expect(before, DD_DATA)->payload, "to x");
    assert_bytes(actor_expect(after, DD_DATA)->payload, "to y");
    actor_expect_error(sender, DD_E_NO_DESTINATION, 3);
    for (size_t i = 0; i < COUNT(observers); i++)
        actor_expect_nothing(observers[i]);
    tree_destroy(&pair.tree);
}

static void test_an_observer_is_not_counted(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *client = actor_client(broker, "a", "x"), *operator= actor_operator(broker);
    actor_t *askers[] = {client, operator, actor_observer(broker, "a", "watch"),
        actor_observer(broker, KEY_OF_OPERATORS, "watch")};
    for (size_t i = 0; i < COUNT(askers); i++) {
        assert_int_equal(count_clients(askers[i]), 1);
        assert_int_equal(count_rows(askers[i], "clients"), 1);
    }
    /* The place that it takes is one of its tenant's all the same. */
    json_object *quotas = rows(client, "quotas");
    assert_int_equal(number_of(json_object_array_get_idx(quotas, 0), "clients"), 2);
    json_object_put(quotas);
    tree_destroy(&tree);
}

/* They come and go by all ways that there are, and the history keeps what it had. */
static void test_observers_leave_no_events(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *operator= actor_operator(broker);
    actor_client(broker, "a", "x");
    size_t before = count_rows(operator, "events");
    for (size_t i = 0; i < 300; i++) {
        actor_t *observer = actor_observer(broker, i % 3 ? "a" : KEY_OF_OPERATORS, "watch");
        ask(observer, "tree", 1);
        if (i % 2)
            actor_say(observer, &(dd_record_t){.type = DD_BYE});
        actor_leave(observer);
        tree_run(tree);
    }
    json_object *events = rows(operator, "events");
    assert_int_equal(json_object_array_length(events), before);
    assert_true(has_row(events, "text", "client a.x registered"));
    json_object_put(events);
    tree_destroy(&tree);
}

/* Else a tenant could do in hiding what others do in the open. That it was ended is an event. */
static void test_an_observer_only_asks(void **state)
{
    (void)state;
    static const uint8_t TYPES[] = {DD_SEND, DD_PUBLISH, DD_SUBSCRIBE, DD_UNSUBSCRIBE, DD_RECEIPT,
        DD_ACK, DD_CONTROL, DD_HELLO, DD_JOIN};
    static const char *const KEYS[] = {"a", KEY_OF_OPERATORS};
    for (size_t i = 0; i < COUNT(TYPES) * COUNT(KEYS); i++) {
        tree_t *tree = tree_new();
        broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
        actor_t *operator= actor_operator(broker);
        actor_t *observer = actor_observer(broker, KEYS[i % COUNT(KEYS)], "watch");
        size_t before = count_rows(operator, "events");
        actor_say(observer, &(dd_record_t){.type = TYPES[i / COUNT(KEYS)],
                                .ref = 1,
                                .destination = B("x"),
                                .topic = B("t"),
                                .scope = B("all"),
                                .name = B("new"),
                                .text = B("drain"),
                                .id = broker_id(broker)});
        actor_expect_end(observer, DD_E_PROTOCOL);
        assert_int_equal(count_rows(operator, "events"), before + 1);
        tree_destroy(&tree);
    }
}

static void test_an_observers_key_must_stay_valid(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *gone = actor_observer(broker, "a", "watch");
    actor_t *left[] = {
        actor_observer(broker, "b", "watch"), actor_observer(broker, KEY_OF_OPERATORS, "watch")};
    dd_keyring_t *without = tenants_keyring("b,public");
    core_set_keyring(broker->core, without, tree_now(tree));
    tree_pass(tree, 1000);
    actor_expect_end(gone, DD_E_REFUSED);
    for (size_t i = 0; i < COUNT(left); i++)
        assert_int_equal(count_clients(left[i]), 0);
    tree_destroy(&tree);
    dd_keyring_destroy(&without);
}

static void test_an_observer_needs_a_name_that_could_be_one(void **state)
{
    (void)state;
    static const char *const KEYS[] = {"a", KEY_OF_OPERATORS};
    for (size_t i = 0; i < COUNT(KEYS); i++) {
        tree_t *tree = tree_new();
        broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
        actor_t *observer = actor_connect(broker, KEYS[i]);
        actor_say(observer,
            &(dd_record_t){.type = DD_HELLO, .features = DD_OBSERVES, .name = B("no name")});
        actor_expect_end(observer, DD_E_NAME_INVALID);
        tree_destroy(&tree);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_observer_has_no_name),
        cmocka_unit_test(test_an_observer_is_not_counted),
        cmocka_unit_test(test_observers_leave_no_events),
        cmocka_unit_test(test_an_observer_only_asks),
        cmocka_unit_test(test_an_observers_key_must_stay_valid),
        cmocka_unit_test(test_an_observer_needs_a_name_that_could_be_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
