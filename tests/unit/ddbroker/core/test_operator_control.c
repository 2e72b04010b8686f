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

static unsigned count_events(const broker_t *broker, const char *text)
{
    unsigned count = 0;
    const event_t *event;
    DL_FOREACH2 (broker->core->events.newest, event, older)
        count += strcmp(event->text, text) == 0;
    return count;
}

/* Who it was is known when the broker is there no more: one beside it tells. */
static void test_who_drained_a_broker_is_told_beside_it(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *operators = actor_operator(pair.left_leaf);
    control(operators, pair.right, "drain", "right");
    assert_true(was_done(operators));
    assert_int_equal(count_events(pair.root, "operator operator: drain right"), 1);
    assert_int_equal(count_events(pair.left, "operator operator: drain right"), 0);
    assert_int_equal(count_events(pair.right_leaf, "operator operator: drain right"), 0);
    control(operators, pair.root, "drain", "root");
    assert_true(was_done(operators));
    assert_int_equal(count_events(pair.left, "operator operator: drain root"), 1);
    assert_int_equal(count_events(pair.left_leaf, "operator operator: drain root"), 0);
    control(operators, pair.right, "log-level", "debug");
    assert_int_equal(count_events(pair.root, "operator operator: log-level debug"), 0);
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

/* The order is obeyed at once, and whether a parent could be joined shows later. */
static void test_what_came_of_a_move_is_an_event(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    core_t *core = pair.left_leaf->core;
    uint64_t now_ms = tree_now(pair.tree);
    actor_t *operators = actor_operator(pair.root);
    dd_endpoints_t list = {.count = 0};
    dd_endpoints_add(&list, "tcp://old:1", NULL);
    core_set_parents(core, &list);
    core_parent_joined(core, now_ms);
    control(operators, pair.left_leaf, "move", "tcp://new:1");
    assert_true(was_done(operators));
    assert_false(tree_logged(pair.tree, "moved to parent"));
    assert_false(core_parent_failed(core, PARENT_SILENT, "tcp://new:1: no answer", now_ms));
    core_parent_joined(core, now_ms);
    assert_string_equal(
        core->events.newest->text, "move failed, the parent is left: tcp://new:1: no answer");
    assert_int_equal(core->events.newest->level, DD_LOG_WARNING);
    core_parent_joined(core, now_ms); /* once */
    control(operators, pair.left_leaf, "move", "tcp://new:1");
    assert_true(was_done(operators));
    core_parent_joined(core, now_ms);
    assert_string_equal(core->events.newest->text, "moved to parent left: tcp://new:1");
    control(operators, pair.left_leaf, "move", "tcp://gone:1");
    assert_true(was_done(operators));
    for (int i = 0; i < 3; i++)
        core_parent_failed(core, PARENT_SILENT, i > 0 ? "else" : "tcp://gone:1: no answer", now_ms);
    assert_string_equal(
        core->events.newest->text, "move failed, there is no parent: tcp://gone:1: no answer");
    tree_destroy(&pair.tree);
}

static void expect_parents(const core_t *core, const char *list)
{
    char text[DD_ENDPOINTS_TEXT];
    dd_endpoints_write(&core->parents.list, text, sizeof text);
    assert_string_equal(text, list);
}

static core_t *with_parents(const pair_t *pair, const char *list)
{
    dd_endpoints_t parents = {.count = 0};
    if (list[0] != '\0')
        dd_endpoints_add(&parents, list, NULL);
    core_set_parents(pair->left_leaf->core, &parents);
    return pair->left_leaf->core;
}

/* A mistyped one costs no time in a later outage. */
static void test_a_parent_that_could_not_be_joined_is_forgotten(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    core_t *core = with_parents(&pair, "tcp://a:1,tcp://b:1");
    uint64_t now_ms = tree_now(pair.tree);
    actor_t *operators = actor_operator(pair.root);
    core_parent_joined(core, now_ms);
    control(operators, pair.left_leaf, "move", "tcp://gone:1");
    assert_true(was_done(operators));
    expect_parents(core, "tcp://gone:1,tcp://a:1,tcp://b:1");
    core->parents.joined = false; /* it has left */
    core_parent_failed(core, PARENT_SILENT, "no answer", now_ms);
    core_parent_joined(core, now_ms);
    expect_parents(core, "tcp://a:1,tcp://b:1");
    assert_string_equal(parents_chosen(&core->parents), "tcp://a:1");
    assert_true(core->parents.joined);
    /* Nor does one stay that a second order comes after. */
    control(operators, pair.left_leaf, "move", "tcp://gone:1");
    control(operators, pair.left_leaf, "move", "tcp://c:1");
    core_parent_joined(core, now_ms);
    expect_parents(core, "tcp://c:1,tcp://a:1,tcp://b:1");
    assert_string_equal(core->events.newest->text, "moved to parent left: tcp://c:1");
    tree_destroy(&pair.tree);
}

/* And a root that was to have a parent is one again. */
static void test_a_root_that_could_not_be_moved_is_a_root(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    core_t *core = with_parents(&pair, "");
    uint64_t now_ms = tree_now(pair.tree);
    actor_t *operators = actor_operator(pair.root);
    assert_false(core->settings.has_parent);
    control(operators, pair.left_leaf, "move", "tcp://gone:1");
    assert_true(was_done(operators));
    assert_true(core->settings.has_parent);
    core_parent_failed(core, PARENT_SILENT, "no answer", now_ms);
    assert_false(core->settings.has_parent);
    assert_null(parents_chosen(&core->parents));
    tree_destroy(&pair.tree);
}

/* ---- Operators with names ------------------------------------------------------------------- */

#define TENANTS_AND(operators) TENANTS_ALL "," operators

/* All brokers get the same file. The one before is freed. */
static void give_keys(pair_t *pair, dd_keyring_t **keyring_p, const char *names)
{
    broker_t *const brokers[] = {
        pair->root, pair->left, pair->right, pair->left_leaf, pair->right_leaf};
    dd_keyring_t *before = *keyring_p;
    *keyring_p = tenants_keyring(names);
    assert_non_null(*keyring_p);
    for (size_t i = 0; i < COUNT(brokers); i++)
        core_set_keyring(brokers[i]->core, *keyring_p, tree_now(pair->tree));
    dd_keyring_destroy(&before);
    tree_run(pair->tree);
}

static void end(pair_t *pair, dd_keyring_t **keyring_p)
{
    tree_destroy(&pair->tree);
    dd_keyring_destroy(keyring_p);
}

static void test_an_operator_is_called_as_its_key_says(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    dd_keyring_t *keyring = NULL;
    give_keys(&pair, &keyring, TENANTS_AND("@alice,@bob"));
    actor_t *alice = actor_new_hello(pair.left_leaf, "alice", "boss", 1);
    assert_bytes(actor_expect(alice, DD_WELCOME)->name, "alice");
    assert_true(tree_logged(pair.tree, "operator alice registered"));
    control(alice, pair.right_leaf, "drain", "right-leaf");
    assert_true(was_done(alice));
    assert_true(tree_logged(pair.tree, "operator alice: drain right-leaf"));
    end(&pair, &keyring);
}

static void test_nobody_without_a_name_takes_another_operators(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    dd_keyring_t *keyring = NULL;
    give_keys(&pair, &keyring, TENANTS_AND("@alice,@bob=r"));
    actor_t *liar = actor_new_hello(pair.root, KEY_OF_OPERATORS, "alice", 1);
    actor_expect_end(liar, DD_E_NAME_INVALID);
    actor_t *honest = actor_new_hello(pair.root, KEY_OF_OPERATORS, "carol", 1);
    assert_bytes(actor_expect(honest, DD_WELCOME)->name, "carol");
    control(honest, pair.root, "log-level", "debug");
    assert_true(was_done(honest));
    end(&pair, &keyring);
}

static void test_a_name_is_its_operators_from_the_moment_that_it_has_keys(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    dd_keyring_t *keyring = NULL;
    actor_t *first = actor_client(pair.root, KEY_OF_OPERATORS, "alice");
    actor_t *other = actor_client(pair.root, KEY_OF_OPERATORS, "carol");
    give_keys(&pair, &keyring, TENANTS_AND("@alice"));
    actor_expect_end(first, DD_E_NAME_INVALID);
    actor_expect_nothing(other);
    end(&pair, &keyring);
}

static void test_who_may_look_only_sees_all_and_has_nothing_done(void **state)
{
    static const char *const ORDERS[][2] = {{"end-client", "a.x"}, {"drain", "right"},
        {"log-level", "debug"}, {"move", "tcp://h:1"}, {"explode", "x"}};
    (void)state;
    pair_t pair = pair_new();
    dd_keyring_t *keyring = NULL;
    actor_t *client = actor_client(pair.right, "a", "x");
    give_keys(&pair, &keyring, TENANTS_AND("@eve=r"));
    actor_t *eve = actor_client(pair.left_leaf, "eve", "eve");
    for (size_t i = 0; i < COUNT(ORDERS); i++) {
        control(eve, pair.right, ORDERS[i][0], ORDERS[i][1]);
        actor_expect_error(eve, DD_E_REFUSED, 5);
        control(eve, pair.left_leaf, ORDERS[i][0], ORDERS[i][1]);
        actor_expect_error(eve, DD_E_REFUSED, 5);
    }
    assert_true(tree_logged(pair.tree, "operator eve wants something done, and may look only"));
    assert_false(tree_logged(pair.tree, "operator eve: "));
    actor_expect_nothing(client);
    assert_int_equal(pair.right->drains + pair.left_leaf->drains, 0);
    ask(eve, "clients", 6);
    answer_t answer = read_answer(eve, 6);
    assert_int_equal(answer.brokers, 5);
    json_object *rows = rows_of(&answer, "clients");
    assert_int_equal(json_object_array_length(rows), 1);
    json_object_put(rows);
    free_answer(&answer);
    end(&pair, &keyring);
}

/* A broker on the way may not have heard yet that it may look only. */
static void test_an_order_of_who_may_look_only_is_not_obeyed_further_on(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    dd_keyring_t *all = NULL, *fewer = tenants_keyring(TENANTS_AND("@eve=r"));
    give_keys(&pair, &all, TENANTS_AND("@eve"));
    actor_t *eve = actor_client(pair.left_leaf, "eve", "eve");
    core_set_keyring(pair.right->core, fewer, tree_now(pair.tree));
    control(eve, pair.right, "drain", "right");
    assert_false(was_done(eve));
    assert_int_equal(pair.right->drains, 0);
    assert_true(tree_logged(pair.tree, "operator eve: drain right: this operator may look only"));
    control(eve, pair.root, "drain", "root");
    assert_true(was_done(eve));
    end(&pair, &all);
    dd_keyring_destroy(&fewer);
}

static void test_operators_rights_change_with_the_key_file(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    dd_keyring_t *keyring = NULL;
    give_keys(&pair, &keyring, TENANTS_AND("@eve,@fay"));
    actor_t *eve = actor_client(pair.root, "eve", "x"), *fay = actor_client(pair.root, "fay", "x");
    give_keys(&pair, &keyring, TENANTS_AND("@eve=r,@fay"));
    actor_expect_nothing(eve);
    control(eve, pair.root, "drain", "root");
    actor_expect_error(eve, DD_E_REFUSED, 5);
    give_keys(&pair, &keyring, TENANTS_AND("@fay"));
    actor_expect_end(eve, DD_E_REFUSED);
    assert_null(actor_connect(pair.root, "eve"));
    actor_expect_nothing(fay);
    end(&pair, &keyring);
}

/* ---- The brokers' own pair ------------------------------------------------------------------ */

static bool is_reached(pair_t *pair, actor_t *far, actor_t *near)
{
    actor_send(near, "far", "hello", 1);
    const dd_record_t *data = actor_find(far, DD_DATA);
    actor_skip(near);
    tree_run(pair->tree);
    return data != NULL;
}

static void test_links_stay_when_the_brokers_pair_changes(void **state)
{
    static const char *const STEPS[] = {TENANTS_AND("dd+dd2"), TENANTS_AND("dd2-dd"),
        TENANTS_AND("dd2"), TENANTS_AND("dd2+dd3"), TENANTS_AND("dd3-dd2"), TENANTS_AND("dd3")};
    (void)state;
    pair_t pair = pair_new();
    dd_keyring_t *keyring = NULL;
    actor_t *far = actor_client(pair.right_leaf, "a", "far");
    actor_t *near = actor_client(pair.left_leaf, "a", "near");
    peer_t *parent = pair.right_leaf->core->parent;
    for (size_t i = 0; i < COUNT(STEPS); i++) {
        give_keys(&pair, &keyring, STEPS[i]);
        tree_pass(pair.tree, 1000);
        assert_true(is_reached(&pair, far, near));
    }
    assert_ptr_equal(pair.right_leaf->core->parent, parent);
    assert_null(actor_connect(pair.root, "dd"));
    assert_int_equal(actor_peer(actor_connect(pair.root, "dd3"))->role, ROLE_CHILD);
    end(&pair, &keyring);
}

/* A broker that doesn't know the new pair is none of this tree any more. */
static void test_a_link_ends_that_has_not_shown_the_new_pair(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    dd_keyring_t *both = tenants_keyring(TENANTS_AND("dd2-dd"));
    dd_keyring_t *newer = tenants_keyring(TENANTS_AND("dd2"));
    core_set_keyring(pair.root->core, both, tree_now(pair.tree));
    core_set_keyring(pair.left->core, both, tree_now(pair.tree));
    tree_run(pair.tree);
    assert_non_null(pair.right->uplink);
    core_set_keyring(pair.root->core, newer, tree_now(pair.tree));
    tree_pass(pair.tree, 1000);
    assert_non_null(pair.left->uplink);
    assert_null(pair.right->uplink);
    assert_int_equal(pair.right->parent_left, DD_E_REFUSED);
    tree_destroy(&pair.tree);
    dd_keyring_destroy(&both);
    dd_keyring_destroy(&newer);
}

/* A parent that hasn't heard of the new pair yet takes the proof for nothing, and goes on. */
static void test_a_proof_that_comes_too_early_harms_nobody(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    dd_keyring_t *newer = tenants_keyring(TENANTS_AND("dd2-dd"));
    core_set_keyring(pair.left->core, newer, tree_now(pair.tree));
    tree_run(pair.tree);
    assert_non_null(pair.left->uplink);
    assert_true(tree_logged(pair.tree, "broker left proves nothing"));
    tree_destroy(&pair.tree);
    dd_keyring_destroy(&newer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_operator_ends_a_client_anywhere),
        cmocka_unit_test(test_an_operator_drains_a_broker_and_sets_its_log_level),
        cmocka_unit_test(test_who_drained_a_broker_is_told_beside_it),
        cmocka_unit_test(test_a_control_that_cannot_be_read_is_not_shown),
        cmocka_unit_test(test_a_control_for_no_broker_does_nothing),
        cmocka_unit_test(test_what_came_of_a_move_is_an_event),
        cmocka_unit_test(test_a_parent_that_could_not_be_joined_is_forgotten),
        cmocka_unit_test(test_a_root_that_could_not_be_moved_is_a_root),
        cmocka_unit_test(test_an_operator_is_called_as_its_key_says),
        cmocka_unit_test(test_nobody_without_a_name_takes_another_operators),
        cmocka_unit_test(test_a_name_is_its_operators_from_the_moment_that_it_has_keys),
        cmocka_unit_test(test_who_may_look_only_sees_all_and_has_nothing_done),
        cmocka_unit_test(test_an_order_of_who_may_look_only_is_not_obeyed_further_on),
        cmocka_unit_test(test_operators_rights_change_with_the_key_file),
        cmocka_unit_test(test_links_stay_when_the_brokers_pair_changes),
        cmocka_unit_test(test_a_link_ends_that_has_not_shown_the_new_pair),
        cmocka_unit_test(test_a_proof_that_comes_too_early_harms_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
