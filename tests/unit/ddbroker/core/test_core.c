/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_core - connections, their ends, and the broker as a whole
 */
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "ddbroker/core/core_state.h"
#include "libdd/keys/proof.h"
#include "tests/unit/ddbroker/answers.h"
#include "tests/unit/ddbroker/visit.h"
#include "tests/unit/unit.h"

/* ---- Ends ----------------------------------------------------------------------------------- */

/* Who goes on talking after it was ended hears of it again, but not for every frame. */
static void test_the_ended_are_told_so_once_a_second(void **state)
{
    (void)state;
    visit_t visit = visit_new(ROLE_CLIENT, false);
    actor_send(visit.actor, "x", "too early", 1);
    actor_expect_end(visit.actor, DD_E_UNKNOWN_PEER);
    for (int i = 0; i < 100; i++)
        actor_send(visit.actor, "x", "again", 1);
    actor_expect_nothing(visit.actor);
    tree_pass(visit.tree, 1000);
    for (int i = 0; i < 100; i++)
        actor_send(visit.actor, "x", "again", 1);
    actor_expect_error(visit.actor, DD_E_UNKNOWN_PEER, 0);
    actor_expect_nothing(visit.actor);
    visit_end(&visit);
}

static void test_a_goodbye_is_answered_with_one(void **state)
{
    static const role_t ROLES[] = {ROLE_CLIENT, ROLE_OPERATOR, ROLE_CHILD};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        visit_t visit = visit_new(ROLES[i], true);
        actor_say(visit.actor, &(dd_record_t){.type = DD_BYE});
        const dd_record_t *record = actor_expect(visit.actor, DD_BYE);
        assert_int_equal(record->code, DD_OK);
        actor_expect_nothing(visit.actor);
        assert_int_equal(actor_peer(visit.actor)->state, PEER_ENDED);
        visit_end(&visit);
    }
}

/* A name is free at once after a goodbye. */
static void test_goodbye_frees_the_name(void **state)
{
    (void)state;
    visit_t visit = visit_new(ROLE_CLIENT, true);
    actor_say(visit.actor, &(dd_record_t){.type = DD_BYE});
    actor_client(visit.broker, "a", "old");
    visit_end(&visit);
}

/* Codes that no broker can have meant: they must not stand for "not ended". */
static void test_links_end_for_a_reason_whatever_code_they_give(void **state)
{
    static const uint16_t CODES[] = {0, DD_E_ARGUMENT, DD_E_CLOSED, UINT16_MAX};
    static const uint8_t TYPES[] = {DD_ERROR, DD_BYE};
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        for (int parent = 0; parent < 2; parent++) {
            visit_t visit = visit_new(parent ? ROLE_PARENT : ROLE_CHILD, true);
            dd_record_t record = {.type = TYPES[i % 2], .code = CODES[i / 2]};
            dd_error_t why = DD_OK;
            actor_add(visit.actor, &record);
            actor_say(visit.actor, &record);
            assert_true(visit_was_ended(&visit, &why));
            assert_int_equal(why, record.type == DD_BYE ? DD_E_CLOSED : DD_E_PROTOCOL);
            visit_end(&visit);
        }
    }
}

static void test_a_child_says_why_it_leaves(void **state)
{
    (void)state;
    visit_t visit = visit_new(ROLE_CHILD, true);
    actor_say(visit.actor, &(dd_record_t){.type = DD_ERROR, .code = DD_E_LOOP});
    actor_expect_nothing(visit.actor);
    assert_int_equal(actor_peer(visit.actor)->ending, DD_E_LOOP);
    assert_true(tree_logged(visit.tree, dd_strerror(DD_E_LOOP)));
    visit_end(&visit);
}

/* ---- Connections ---------------------------------------------------------------------------- */

static void test_keys_give_roles_and_foreign_ones_none(void **state)
{
    (void)state;
    visit_t visit = visit_new(ROLE_CLIENT, true);
    assert_null(actor_connect(visit.broker, "foreign"));
    assert_int_equal(actor_peer(actor_connect(visit.broker, "a"))->role, ROLE_CLIENT);
    assert_string_equal(actor_peer(actor_connect(visit.broker, "ab"))->tenant, "ab");
    assert_int_equal(actor_peer(actor_connect(visit.broker, KEY_OF_BROKERS))->role, ROLE_CHILD);
    assert_int_equal(
        actor_peer(actor_connect(visit.broker, KEY_OF_OPERATORS))->role, ROLE_OPERATOR);
    visit_end(&visit);
}

static void test_connections_are_limited(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->clients_max = 2;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *one = actor_client(broker, "a", "one");
    actor_connect(broker, "b");
    assert_int_equal(core_connections(broker->core), 2);
    actor_t *late = actor_connect(broker, "a");
    tree_run(tree);
    actor_expect_end(late, DD_E_LIMIT);
    assert_int_equal(core_connections(broker->core), 2);
    actor_leave(one);
    actor_client(broker, "a", "two");
    actor_leave(late);
    assert_int_equal(core_connections(broker->core), 2);
    tree_destroy(&tree);
}

static void test_places_are_kept_for_operators_and_children(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->clients_max = 1;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_client(broker, "a", "one");
    for (int i = 0; i < CORE_RESERVED / 4; i++)
        actor_operator(broker);
    for (uint8_t id = 1; id <= CORE_RESERVED - CORE_RESERVED / 4; id++)
        actor_child(broker, id, "/1/1/");
    actor_t *late = actor_connect(broker, KEY_OF_BROKERS);
    tree_run(tree);
    actor_expect_end(late, DD_E_LIMIT);
    tree_destroy(&tree);
}

/* ---- The whole broker ----------------------------------------------------------------------- */

static void test_draining_is_told_to_all_and_ends_registration(void **state)
{
    static const role_t ROLES[] = {ROLE_CLIENT, ROLE_OPERATOR, ROLE_CHILD, ROLE_PARENT};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        visit_t visit = visit_new(ROLES[i], true);
        actor_t *late = actor_connect(visit.broker, "a");
        core_drain(visit.broker->core, tree_now(visit.tree));
        tree_run(visit.tree);
        actor_expect_end(late, DD_E_DRAINING);
        actor_t *newcomer = actor_connect(visit.broker, "a");
        actor_hello(newcomer, "late", 1);
        actor_expect_end(newcomer, DD_E_DRAINING);
        assert_int_equal(actor_expect(visit.bystander, DD_DRAIN)->code, DD_E_DRAINING);
        if (ROLES[i] == ROLE_PARENT)
            actor_expect_nothing(visit.actor); /* before those beneath have left */
        else
            assert_int_equal(actor_expect(visit.actor, DD_DRAIN)->code, DD_E_DRAINING);
        visit_end(&visit);
    }
}

static void test_no_broker_joins_one_that_drains(void **state)
{
    (void)state;
    visit_t visit = visit_new(ROLE_CHILD, false);
    core_drain(visit.broker->core, tree_now(visit.tree));
    dd_record_t record = visit_record(DD_JOIN);
    tree_run(visit.tree);
    actor_expect_end(visit.actor, DD_E_DRAINING);
    actor_expect(visit.bystander, DD_DRAIN);
    actor_t *child = actor_connect(visit.broker, KEY_OF_BROKERS);
    actor_say(child, &record);
    actor_expect_end(child, DD_E_DRAINING);
    visit_end(&visit);
}

static void test_a_key_taken_out_ends_exactly_its_peers(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    static const char *const KEYS[] = {"a", "ab", "b", "public", KEY_OF_OPERATORS};
    actor_t *actors[10];
    for (size_t i = 0; i < 10; i++)
        actors[i] = i < 5 ? actor_client(broker, KEYS[i], "x") : actor_connect(broker, KEYS[i - 5]);
    actor_t *child = actor_child(broker, 1, "/1/1/");
    dd_keyring_t *without = tenants_keyring("ab,public");
    core_set_keyring(broker->core, without, tree_now(tree));
    tree_run(tree);
    for (size_t i = 0; i < 10; i++) {
        if (i % 5 == 0 || i % 5 == 2)
            actor_expect_end(actors[i], DD_E_REFUSED);
        else
            actor_expect_nothing(actors[i]);
    }
    actor_expect_nothing(child);
    assert_null(actor_connect(broker, "a"));
    core_set_keyring(broker->core, tree_keyring(tree), tree_now(tree));
    dd_keyring_destroy(&without);
    actor_client(broker, "a", "x");
    tree_destroy(&tree);
}

/* Says that a client has the key of that name. */
static void prove(actor_t *actor, const char *key, uint64_t instance)
{
    char json[512], text[3][64];
    uint8_t own[2][DD_KEY_SIZE], broker_key[DD_KEY_SIZE], proof[DD_PROOF_SIZE];
    tenants_pair(key, own[0], own[1]);
    tenants_key(KEY_OF_BROKERS, broker_key);
    for (size_t i = 0; i < 3; i++)
        sodium_bin2base64(text[i], sizeof text[i], i < 2 ? own[i] : broker_key, DD_KEY_SIZE,
            sodium_base64_VARIANT_ORIGINAL);
    snprintf(json, sizeof json,
        "{\"pubkey\": \"%s\", \"privkey\": \"%s\", \"ddpubkey\": \"%s\", \"role\": \"operator\"}",
        text[0], text[1], text[2]);
    dd_keyring_t *keyring = dd_keyring_parse("own", json, strlen(json), NULL);
    assert_non_null(keyring);
    assert_true(dd_proof_make(keyring, DD_KEY_CURRENT, instance, proof));
    dd_keyring_destroy(&keyring);
    actor_say(actor,
        &(dd_record_t){
            .type = DD_PROVE, .flags = DD_FLAG_OPTIONAL, .payload = dd_bytes(proof, sizeof proof)});
}

static void use_keys(broker_t *broker, dd_keyring_t **keyring_p, const char *names)
{
    dd_keyring_t *before = *keyring_p;
    *keyring_p = tenants_keyring(names);
    assert_non_null(*keyring_p);
    core_set_keyring(broker->core, *keyring_p, tree_now(broker->tree));
    dd_keyring_destroy(&before);
    tree_run(broker->tree);
}

/* What there is of clients that have shown the old key alone: their number, and whether that one is
   among them. */
static void expect_old_keys(broker_t *broker, int64_t count, const char *name, const char *key)
{
    actor_t *asker = actor_observer(broker, KEY_OF_OPERATORS, "asker");
    ask(asker, "tree", 1);
    answer_t answer = read_answer(asker, 1);
    assert_int_equal(number_of(report_at(&answer, 0), "old_keys"), count);
    free_answer(&answer);
    ask(asker, "clients", 2);
    answer = read_answer(asker, 2);
    json_object *rows = rows_of(&answer, "clients");
    for (size_t i = 0; i < json_object_array_length(rows); i++) {
        json_object *row = json_object_array_get_idx(rows, i);
        const char *told = text_of(row, "key");
        if (strcmp(text_of(row, "name"), name) == 0)
            assert_true(told == key || strcmp(told, key) == 0);
    }
    json_object_put(rows);
    free_answer(&answer);
    actor_leave(asker);
}

/* While a tenant's key is being replaced both are good; then those stay who have shown the new
   one. */
static void test_a_rotation_keeps_who_has_the_next_key(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    dd_keyring_t *keyring = NULL;
    uint64_t mine = INSTANCE(7, 1);
    actor_t *early = actor_new_hello(broker, "a", "early", mine);
    actor_t *late = actor_new_hello(broker, "a", "late", mine);
    actor_t *never = actor_client(broker, "a", "never");
    actor_t *liar = actor_new_hello(broker, "a", "liar", mine);
    actor_t *thief = actor_new_hello(broker, "a", "thief", mine);
    actor_expect(early, DD_WELCOME);
    actor_expect(late, DD_WELCOME);
    actor_expect(liar, DD_WELCOME);
    actor_expect(thief, DD_WELCOME);
    prove(early, "a2", mine); /* before the broker has its new file */
    expect_old_keys(broker, 0, "late", NULL);
    use_keys(broker, &keyring, "a+a2,ab,b,public");
    expect_old_keys(broker, 4, "late", "old");
    prove(late, "a2", mine);
    prove(liar, "a2", mine + 1); /* of another connection */
    prove(thief, "b", mine);     /* another tenant's */
    actor_t *other = actor_client(broker, "a2", "new");
    assert_string_equal(actor_peer(other)->tenant, "a");
    actor_expect_nothing(never);
    actor_t *short_lived = actor_client(broker, "a", "short-lived");
    expect_old_keys(broker, 4, "late", "new");
    actor_leave(short_lived);
    expect_old_keys(broker, 3, "never", "old");
    use_keys(broker, &keyring, "a=a2,ab,b,public");
    expect_old_keys(broker, 0, "late", NULL);
    actor_expect_nothing(early);
    actor_expect_nothing(late);
    actor_expect_nothing(other);
    actor_expect_end(never, DD_E_REFUSED);
    actor_expect_end(liar, DD_E_REFUSED);
    actor_expect_end(thief, DD_E_REFUSED);
    assert_null(actor_connect(broker, "a"));

    /* And the same once more. */
    prove(late, "a3", mine);
    use_keys(broker, &keyring, "a=a3,ab,b,public");
    actor_expect_nothing(late);
    actor_expect_end(early, DD_E_REFUSED);
    core_set_keyring(broker->core, tree_keyring(tree), tree_now(tree));
    dd_keyring_destroy(&keyring);
    tree_destroy(&tree);
}

/* Looking at a proof costs time: a client gets no more than one look a second out of a broker whose
   keys don't change. */
static void test_proofs_are_looked_at_once_a_second(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    uint64_t mine = INSTANCE(7, 1);
    uint8_t key[DD_KEY_SIZE];
    actor_t *client = actor_new_hello(broker, "a", "x", mine);
    actor_expect(client, DD_WELCOME);
    prove(client, "a2", mine);
    prove(client, "a3", mine);
    tenants_key("a2", key);
    assert_memory_equal(actor_peer(client)->next_key, key, DD_KEY_SIZE);
    tree_pass(tree, 1000);
    prove(client, "a3", mine);
    tenants_key("a3", key);
    assert_memory_equal(actor_peer(client)->next_key, key, DD_KEY_SIZE);
    tree_destroy(&tree);
}

/* Whoever holds a key is of the tenant that has it now, and so no client of the one that had it. */
static void test_a_key_that_moved_ends_the_old_tenants_clients(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *old = actor_client(broker, "a", "x"), *unnamed = actor_connect(broker, "a");
    actor_t *other = actor_client(broker, "ab", "x");
    dd_keyring_t *moved = tenants_keyring("ab,b=a,public");
    core_set_keyring(broker->core, moved, tree_now(tree));
    tree_run(tree);
    actor_expect_end(old, DD_E_REFUSED);
    actor_expect_end(unnamed, DD_E_REFUSED);
    actor_expect_nothing(other);
    actor_t *again = actor_new_hello(broker, "a", "x", 1);
    assert_bytes(actor_expect(again, DD_WELCOME)->tenant, "b");
    core_set_keyring(broker->core, tree_keyring(tree), tree_now(tree));
    dd_keyring_destroy(&moved);
    tree_destroy(&tree);
}

static void test_new_limits_hold_at_once(void **state)
{
    (void)state;
    visit_t visit = visit_new(ROLE_CHILD, true);
    core_settings_t settings = visit.broker->settings;
    settings.outbox_client = 1000;
    settings.outbox_link = 2000;
    settings.clients_max = 2;
    settings.subscriptions_max = 0;
    core_set_limits(visit.broker->core, &settings);
    assert_int_equal(actor_peer(visit.actor)->outbox.limit, 2000);
    actor_t *late = actor_connect(visit.broker, "a");
    tree_run(visit.tree); /* clients are looked at some at a time */
    assert_int_equal(actor_peer(visit.bystander)->outbox.limit, 1000);
    actor_expect_end(late, DD_E_LIMIT);
    actor_subscribe(visit.bystander, "topic", "/");
    actor_expect_error(visit.bystander, DD_E_LIMIT, 1);
    visit_end(&visit);
}

/* Or the reload would end the link that is being told them. */
static void test_names_that_wait_for_a_new_link_keep_their_room(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->has_parent = true;
    tree_settings(tree)->outbox_link = 1 << 20;
    broker_t *leaf = broker_new(tree, "leaf", NULL, "/1/1/");
    for (int i = 0; i < 3000; i++)
        actor_client(leaf, "a", DD_AUTO_NAME);
    actor_t *parent = actor_parent(leaf);
    actor_hold(parent, true);
    actor_admit(parent, "parentparentpare", "/1/1/");
    assert_true(link_outbox_bytes(leaf->core->parent->shares) > 2000 + DD_OUTBOX_RESERVE);
    core_settings_t settings = leaf->settings;
    settings.outbox_link = 2000;
    core_set_limits(leaf->core, &settings);
    actor_client(leaf, "a", "late");
    assert_int_equal(leaf->core->parent->ending, DD_OK);
    actor_hold(parent, false);
    tree_run(tree);
    unsigned names = 0;
    for (const dd_record_t *record; (record = actor_next(parent));)
        names += record->type == DD_ADD_CLIENT;
    assert_int_equal(names, 3001);
    assert_int_equal(leaf->core->parent->outbox.limit, 2000);
    tree_destroy(&tree);
}

static void test_new_limits_hold_for_the_parent(void **state)
{
    (void)state;
    visit_t visit = visit_new(ROLE_PARENT, true);
    core_settings_t settings = visit.broker->settings;
    settings.outbox_link = 2000;
    core_set_limits(visit.broker->core, &settings);
    assert_int_equal(actor_peer(visit.actor)->outbox.limit, 2000);
    visit_end(&visit);
}

static void test_nothing_is_destroyed_twice(void **state)
{
    (void)state;
    core_t *none = NULL;
    core_destroy(&none);
    core_destroy(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_ended_are_told_so_once_a_second),
        cmocka_unit_test(test_a_goodbye_is_answered_with_one),
        cmocka_unit_test(test_goodbye_frees_the_name),
        cmocka_unit_test(test_links_end_for_a_reason_whatever_code_they_give),
        cmocka_unit_test(test_a_child_says_why_it_leaves),
        cmocka_unit_test(test_keys_give_roles_and_foreign_ones_none),
        cmocka_unit_test(test_connections_are_limited),
        cmocka_unit_test(test_places_are_kept_for_operators_and_children),
        cmocka_unit_test(test_draining_is_told_to_all_and_ends_registration),
        cmocka_unit_test(test_no_broker_joins_one_that_drains),
        cmocka_unit_test(test_a_key_taken_out_ends_exactly_its_peers),
        cmocka_unit_test(test_a_rotation_keeps_who_has_the_next_key),
        cmocka_unit_test(test_proofs_are_looked_at_once_a_second),
        cmocka_unit_test(test_a_key_that_moved_ends_the_old_tenants_clients),
        cmocka_unit_test(test_new_limits_hold_at_once),
        cmocka_unit_test(test_names_that_wait_for_a_new_link_keep_their_room),
        cmocka_unit_test(test_new_limits_hold_for_the_parent),
        cmocka_unit_test(test_nothing_is_destroyed_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
