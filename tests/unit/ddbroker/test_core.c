/*
 * test_core - who may say what and when, and what becomes of those who say something else
 */
#include <stdio.h>
#include <stdlib.h>

#include "scene.h"

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define B(text) dd_bytes_of(text)

/* ---- Who may say what ----------------------------------------------------------------------- */

#define C ROLE_CLIENT
#define O ROLE_OPERATOR
#define D ROLE_CHILD
#define P ROLE_PARENT
#define ALL (C | O | D | P)

/* Each record once, as it could be, and who may send it before and after it is registered. */
static const struct {
    uint8_t type;
    unsigned when_new;
    unsigned when_ready;
} RULES[] = {
    {DD_HELLO, C | O, 0},
    {DD_WELCOME, 0, 0},
    {DD_JOIN, D, 0},
    {DD_ADMIT, P, P},
    {DD_PING, 0, ALL},
    {DD_PONG, 0, P},
    {DD_BYE, ALL, ALL},
    {DD_ERROR, D | P, D | P},
    {DD_SEND, 0, C},
    {DD_DATA, 0, 0},
    {DD_FORWARD, 0, D | P},
    {DD_RECEIPT, 0, C | D | P},
    {DD_HOP, 0, D | P},
    {DD_SUBSCRIBE, 0, C},
    {DD_UNSUBSCRIBE, 0, C},
    {DD_SUBSCRIBED, 0, 0},
    {DD_UNSUBSCRIBED, 0, 0},
    {DD_PUBLISH, 0, C},
    {DD_PUBLICATION, 0, 0},
    {DD_RELAY, 0, D | P},
    {DD_GAP, 0, D | P},
    {DD_ADD_CLIENT, 0, D},
    {DD_DROP_CLIENT, 0, D | P},
    {DD_ADD_INTEREST, 0, D | P},
    {DD_DROP_INTEREST, 0, D | P},
    {DD_SYNCED, 0, D | P},
    {DD_INSPECT, 0, ALL},
    {DD_REPORT, 0, D | P},
    {DD_CONTROL, 0, O | D | P},
};

static void check_rule(const dd_record_t *record, role_t role, bool registered, bool allowed)
{
    scene_t scene = scene_new(role, registered);
    dd_error_t why = DD_OK;
    actor_say(scene.actor, record);
    bool ended = scene_was_ended(&scene, &why);
    dd_error_t expected = allowed || registered ? DD_E_PROTOCOL : DD_E_UNKNOWN_PEER;
    bool wrong_role = !allowed && ended && why == DD_E_PROTOCOL;
    bool refused = ended && (why == DD_E_PROTOCOL || why == DD_E_UNKNOWN_PEER);
    if (refused == allowed || (!allowed && why != expected && !wrong_role))
        fail_msg("%s from role %d, registered %d: ended %d (%d)", dd_record_name(record->type),
            role, registered, ended, why);
    scene_end(&scene);
}

static void test_every_record_from_every_role_in_every_state(void **state)
{
    static const role_t ROLES[] = {C, O, D, P};
    (void)state;
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++) {
        dd_record_t record = scene_record(RULES[i].type);
        for (size_t k = 0; k < 4; k++) {
            check_rule(&record, ROLES[k], false, RULES[i].when_new & ROLES[k]);
            check_rule(&record, ROLES[k], true, RULES[i].when_ready & ROLES[k]);
        }
    }
}

static void test_the_rules_name_every_record(void **state)
{
    (void)state;
    for (unsigned type = 0; type < 256; type++) {
        bool listed = false;
        for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++)
            listed = listed || RULES[i].type == type;
        assert_int_equal(listed, dd_record_name((uint8_t)type) != NULL);
    }
}

/* A record that its sender may never send ends it with PROTOCOL, one that comes too early with
   UNKNOWN_PEER, so that it registers again. */
static void test_too_early_is_told_from_never(void **state)
{
    (void)state;
    static const struct {
        uint8_t type;
        dd_error_t code;
    } CASES[] = {{DD_SEND, DD_E_UNKNOWN_PEER}, {DD_PING, DD_E_UNKNOWN_PEER},
        {DD_JOIN, DD_E_PROTOCOL}, {DD_FORWARD, DD_E_PROTOCOL}, {DD_WELCOME, DD_E_PROTOCOL}};
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        scene_t scene = scene_new(ROLE_CLIENT, false);
        dd_record_t record = scene_record(CASES[i].type);
        actor_say(scene.actor, &record);
        actor_expect_end(scene.actor, CASES[i].code);
        scene_end(&scene);
    }
}

/* ---- Bytes that are no records -------------------------------------------------------------- */

static size_t encode(const dd_record_t *record, uint8_t *bytes)
{
    size_t size = dd_record_size(record);
    bytes[0] = DD_FRAME_MAGIC;
    bytes[1] = DD_FRAME_VERSION;
    dd_record_write(record, bytes + DD_FRAME_HEADER, size);
    return DD_FRAME_HEADER + size;
}

static void test_every_record_cut_at_every_byte_ends_only_its_sender(void **state)
{
    static const role_t ROLES[] = {C, O, D, P};
    (void)state;
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++) {
        uint8_t bytes[512];
        dd_record_t record = scene_record(RULES[i].type);
        size_t size = encode(&record, bytes);
        for (size_t cut = 0; cut < size; cut++) {
            role_t role = ROLES[cut % 4];
            scene_t scene = scene_new(role, true);
            dd_error_t why = DD_OK;
            actor_say_bytes(scene.actor, bytes, cut);
            assert_true(scene_was_ended(&scene, &why));
            assert_int_equal(why, DD_E_MALFORMED);
            scene_end(&scene);
        }
    }
}

/* The length says that the record is shorter than its fields: they may not reach into the next. */
static void test_fields_stay_within_their_record(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof RULES / sizeof RULES[0]; i++) {
        uint8_t bytes[1024];
        dd_record_t record = scene_record(RULES[i].type);
        size_t size = encode(&record, bytes);
        uint8_t length = bytes[DD_FRAME_HEADER];
        memset(bytes + size, 0, sizeof bytes - size);
        for (uint8_t shorter = 0; shorter < length; shorter++) {
            scene_t scene = scene_new(ROLE_CLIENT, true);
            dd_error_t why;
            bytes[DD_FRAME_HEADER] = shorter;
            actor_say_bytes(scene.actor, bytes, size);
            assert_true(scene_was_ended(&scene, &why));
            scene_end(&scene);
        }
    }
}

static void test_random_bytes(void **state)
{
    static const role_t ROLES[] = {C, O, D, P};
    (void)state;
    for (unsigned i = 0; i < 2000; i++) {
        scene_t scene = scene_new(ROLES[i % 4], i & 4);
        uint8_t bytes[200];
        tree_seed(scene.tree, i + 1);
        dd_record_t record = scene_record(RULES[i % (sizeof RULES / sizeof RULES[0])].type);
        size_t size = encode(&record, bytes);
        for (unsigned k = 0; k < 4; k++)
            bytes[2 + tree_random(scene.tree, (uint32_t)size - 2)] =
                (uint8_t)tree_random(scene.tree, 256);
        actor_say_bytes(scene.actor, bytes, size);
        scene_end(&scene);
    }
}

static void test_unknown_types_are_skipped_if_optional(void **state)
{
    (void)state;
    static const uint8_t OPTIONAL[] = {
        DD_FRAME_MAGIC, DD_FRAME_VERSION, 3, 0, 0, 0, 200, DD_FLAG_OPTIONAL, 'x'};
    static const uint8_t REQUIRED[] = {DD_FRAME_MAGIC, DD_FRAME_VERSION, 3, 0, 0, 0, 200, 0, 'x'};
    scene_t scene = scene_new(ROLE_CLIENT, true);
    actor_say_bytes(scene.actor, OPTIONAL, sizeof OPTIONAL);
    actor_expect_nothing(scene.actor);
    actor_say_bytes(scene.actor, REQUIRED, sizeof REQUIRED);
    actor_expect_end(scene.actor, DD_E_MALFORMED);
    scene_end(&scene);
}

static void test_what_precedes_the_bad_record_counts_and_what_follows_does_not(void **state)
{
    (void)state;
    scene_t scene = scene_new(ROLE_CLIENT, true);
    uint8_t frame[256];
    dd_record_t subscribe = scene_record(DD_SUBSCRIBE), hello = scene_record(DD_HELLO),
                publish = scene_record(DD_PUBLISH);
    actor_t *listener = actor_client(scene.broker, "a", "listener");
    actor_subscribe(listener, "topic", "/");
    actor_expect(listener, DD_SUBSCRIBED);
    size_t size = encode(&publish, frame);
    dd_record_write(&hello, frame + size, dd_record_size(&hello));
    size += dd_record_size(&hello);
    dd_record_write(&subscribe, frame + size, dd_record_size(&subscribe));
    size += dd_record_size(&subscribe);
    actor_say_bytes(scene.actor, frame, size);
    actor_expect(listener, DD_PUBLICATION);
    actor_expect_end(scene.actor, DD_E_PROTOCOL);
    actor_expect_nothing(scene.actor);
    scene_end(&scene);
}

static void test_more_frames_than_one_end_the_sender(void **state)
{
    (void)state;
    scene_t scene = scene_new(ROLE_CLIENT, true);
    core_bad_input(scene.broker->core, actor_peer(scene.actor), tree_now(scene.tree));
    core_bad_input(scene.broker->core, actor_peer(scene.actor), tree_now(scene.tree));
    tree_run(scene.tree);
    actor_expect_end(scene.actor, DD_E_MALFORMED);
    actor_expect_nothing(scene.actor);
    scene_end(&scene);
}

/* ---- Ends ----------------------------------------------------------------------------------- */

/* Who goes on talking after it was ended hears of it again, but not for every frame. */
static void test_the_ended_are_told_so_once_a_second(void **state)
{
    (void)state;
    scene_t scene = scene_new(ROLE_CLIENT, false);
    actor_send(scene.actor, "x", "too early", 1);
    actor_expect_end(scene.actor, DD_E_UNKNOWN_PEER);
    for (int i = 0; i < 100; i++)
        actor_send(scene.actor, "x", "again", 1);
    actor_expect_nothing(scene.actor);
    tree_pass(scene.tree, 1000);
    for (int i = 0; i < 100; i++)
        actor_send(scene.actor, "x", "again", 1);
    actor_expect_error(scene.actor, DD_E_UNKNOWN_PEER, 0);
    actor_expect_nothing(scene.actor);
    scene_end(&scene);
}

static void test_a_goodbye_is_answered_with_one(void **state)
{
    static const role_t ROLES[] = {C, O, D};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        scene_t scene = scene_new(ROLES[i], true);
        actor_say(scene.actor, &(dd_record_t){.type = DD_BYE});
        const dd_record_t *record = actor_expect(scene.actor, DD_BYE);
        assert_int_equal(record->code, DD_OK);
        actor_expect_nothing(scene.actor);
        assert_int_equal(actor_peer(scene.actor)->state, PEER_ENDED);
        scene_end(&scene);
    }
}

/* A name is free at once after a goodbye. */
static void test_goodbye_frees_the_name(void **state)
{
    (void)state;
    scene_t scene = scene_new(ROLE_CLIENT, true);
    actor_say(scene.actor, &(dd_record_t){.type = DD_BYE});
    actor_client(scene.broker, "a", "old");
    scene_end(&scene);
}

/* Codes that no broker can have meant: they must not stand for "not ended". */
static void test_links_end_for_a_reason_whatever_code_they_give(void **state)
{
    static const uint16_t CODES[] = {0, DD_E_ARGUMENT, DD_E_CLOSED, UINT16_MAX};
    static const uint8_t TYPES[] = {DD_ERROR, DD_BYE};
    (void)state;
    for (size_t i = 0; i < 8; i++) {
        for (int parent = 0; parent < 2; parent++) {
            scene_t scene = scene_new(parent ? ROLE_PARENT : ROLE_CHILD, true);
            dd_record_t record = {.type = TYPES[i % 2], .code = CODES[i / 2]};
            dd_error_t why = DD_OK;
            actor_add(scene.actor, &record);
            actor_say(scene.actor, &record);
            assert_true(scene_was_ended(&scene, &why));
            assert_int_equal(why, record.type == DD_BYE ? DD_E_CLOSED : DD_E_PROTOCOL);
            scene_end(&scene);
        }
    }
}

static void test_a_child_says_why_it_leaves(void **state)
{
    (void)state;
    scene_t scene = scene_new(ROLE_CHILD, true);
    actor_say(scene.actor, &(dd_record_t){.type = DD_ERROR, .code = DD_E_LOOP});
    actor_expect_nothing(scene.actor);
    assert_int_equal(actor_peer(scene.actor)->ending, DD_E_LOOP);
    assert_true(tree_logged(scene.tree, dd_strerror(DD_E_LOOP)));
    scene_end(&scene);
}

/* ---- Connections ---------------------------------------------------------------------------- */

static void test_keys_give_roles_and_foreign_ones_none(void **state)
{
    (void)state;
    scene_t scene = scene_new(ROLE_CLIENT, true);
    assert_null(actor_connect(scene.broker, "foreign"));
    assert_int_equal(actor_peer(actor_connect(scene.broker, "a"))->role, ROLE_CLIENT);
    assert_string_equal(actor_peer(actor_connect(scene.broker, "ab"))->tenant, "ab");
    assert_int_equal(actor_peer(actor_connect(scene.broker, KEY_OF_BROKERS))->role, ROLE_CHILD);
    assert_int_equal(
        actor_peer(actor_connect(scene.broker, KEY_OF_OPERATORS))->role, ROLE_OPERATOR);
    scene_end(&scene);
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
    assert_null(actor_connect(broker, "a"));
    assert_null(actor_connect(broker, KEY_OF_BROKERS));
    actor_leave(one);
    assert_non_null(actor_connect(broker, "a"));
    tree_destroy(&tree);
}

/* ---- Time ----------------------------------------------------------------------------------- */

static void ping(actor_t *actor)
{
    actor_say(actor, &(dd_record_t){.type = DD_PING, .number = 77});
    assert_int_equal(actor_expect(actor, DD_PONG)->number, 77);
}

static void test_the_silent_are_lost_after_three_heartbeats(void **state)
{
    static const role_t ROLES[] = {C, O, D};
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        bool registered = i >= 3;
        scene_t scene = scene_new(ROLES[i % 3], registered);
        for (int beat = 0; registered && beat < 8; beat++) {
            tree_pass(scene.tree, 5000);
            ping(scene.actor);
            ping(scene.bystander);
        }
        tree_pass(scene.tree, 15000);
        actor_expect_nothing(scene.actor);
        ping(scene.bystander);
        tree_pass(scene.tree, 1250);
        actor_expect_end(scene.actor, DD_E_TIMEOUT);
        scene_end(&scene);
    }
}

static void test_a_parent_is_pinged_as_often_as_it_asked(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->has_parent = true;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *parent = actor_parent(broker);
    actor_say(parent, &(dd_record_t){.type = DD_ADMIT,
                          .heartbeat = 1000,
                          .name = B("parent"),
                          .scope = B("/1/"),
                          .id = B("parentparentpare")});
    actor_skip(parent);
    for (int i = 0; i < 10; i++) {
        tree_pass(tree, 1000);
        actor_say(parent,
            &(dd_record_t){.type = DD_PONG, .number = actor_expect(parent, DD_PING)->number});
        actor_expect_nothing(parent);
    }
    tree_pass(tree, 4250);
    assert_int_equal(actor_find(parent, DD_ERROR)->code, DD_E_TIMEOUT);
    assert_int_equal(broker->parent_left, DD_E_TIMEOUT);
    tree_destroy(&tree);
}

static void test_a_heartbeat_that_cannot_be_is_made_one_that_can(void **state)
{
    (void)state;
    scene_t scene = scene_new(ROLE_PARENT, true);
    peer_t *parent = actor_peer(scene.actor);
    dd_record_t record = scene_record(DD_ADMIT);
    record.id = B("parentparentpare");
    actor_say(scene.actor, &record);
    assert_int_equal(parent->heartbeat, DD_HEARTBEAT_LEAST);
    record.heartbeat = UINT32_MAX;
    actor_say(scene.actor, &record);
    assert_int_equal(parent->heartbeat, DD_HEARTBEAT_MOST);
    scene_end(&scene);
}

/* A client keeps to the heartbeat that its WELCOME asked for: a shorter one, come by a reload, must
   not make it look lost. */
static void test_a_new_heartbeat_holds_for_new_connections(void **state)
{
    (void)state;
    scene_t scene = scene_new(ROLE_CLIENT, true);
    core_settings_t settings = scene.broker->settings;
    settings.heartbeat = 100;
    core_set_limits(scene.broker->core, &settings);
    actor_t *hasty = actor_connect(scene.broker, "a");
    actor_hello(hasty, "hasty", 1 << 16);
    assert_int_equal(actor_expect(hasty, DD_WELCOME)->heartbeat, 100);
    tree_pass(scene.tree, 5000);
    actor_expect_nothing(scene.actor);
    actor_expect_end(hasty, DD_E_TIMEOUT);
    scene_end(&scene);
}

/* ---- The whole broker ----------------------------------------------------------------------- */

static void test_draining_is_told_to_all_and_ends_registration(void **state)
{
    static const role_t ROLES[] = {C, O, D, P};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        scene_t scene = scene_new(ROLES[i], true);
        actor_t *late = actor_connect(scene.broker, "a");
        core_drain(scene.broker->core, tree_now(scene.tree));
        assert_false(core_drained(scene.broker->core));
        tree_run(scene.tree);
        assert_true(core_drained(scene.broker->core));
        assert_int_equal(actor_expect(scene.actor, DD_BYE)->code, DD_E_DRAINING);
        assert_int_equal(actor_expect(scene.bystander, DD_BYE)->code, DD_E_DRAINING);
        actor_expect(late, DD_BYE);
        actor_hello(late, "late", 1);
        actor_expect_end(late, DD_E_DRAINING);
        scene_end(&scene);
    }
}

static void test_no_broker_joins_one_that_drains(void **state)
{
    (void)state;
    scene_t scene = scene_new(ROLE_CHILD, false);
    core_drain(scene.broker->core, tree_now(scene.tree));
    dd_record_t record = scene_record(DD_JOIN);
    actor_say(scene.actor, &record);
    actor_expect(scene.actor, DD_BYE);
    actor_expect(scene.bystander, DD_BYE);
    actor_expect_end(scene.actor, DD_E_DRAINING);
    scene_end(&scene);
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

static void test_new_limits_hold_at_once(void **state)
{
    (void)state;
    scene_t scene = scene_new(ROLE_CHILD, true);
    core_settings_t settings = scene.broker->settings;
    settings.outbox_client = 1000;
    settings.outbox_link = 2000;
    settings.clients_max = 2;
    settings.subscriptions_max = 0;
    core_set_limits(scene.broker->core, &settings);
    assert_int_equal(actor_peer(scene.bystander)->outbox.limit, 1000);
    assert_null(actor_connect(scene.broker, "a"));
    actor_subscribe(scene.bystander, "topic", "/");
    actor_expect_error(scene.bystander, DD_E_LIMIT, 1);
    scene_end(&scene);
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
        cmocka_unit_test(test_every_record_from_every_role_in_every_state),
        cmocka_unit_test(test_the_rules_name_every_record),
        cmocka_unit_test(test_too_early_is_told_from_never),
        cmocka_unit_test(test_every_record_cut_at_every_byte_ends_only_its_sender),
        cmocka_unit_test(test_fields_stay_within_their_record),
        cmocka_unit_test(test_random_bytes),
        cmocka_unit_test(test_unknown_types_are_skipped_if_optional),
        cmocka_unit_test(test_what_precedes_the_bad_record_counts_and_what_follows_does_not),
        cmocka_unit_test(test_more_frames_than_one_end_the_sender),
        cmocka_unit_test(test_the_ended_are_told_so_once_a_second),
        cmocka_unit_test(test_a_goodbye_is_answered_with_one),
        cmocka_unit_test(test_goodbye_frees_the_name),
        cmocka_unit_test(test_links_end_for_a_reason_whatever_code_they_give),
        cmocka_unit_test(test_a_child_says_why_it_leaves),
        cmocka_unit_test(test_keys_give_roles_and_foreign_ones_none),
        cmocka_unit_test(test_connections_are_limited),
        cmocka_unit_test(test_the_silent_are_lost_after_three_heartbeats),
        cmocka_unit_test(test_a_parent_is_pinged_as_often_as_it_asked),
        cmocka_unit_test(test_a_heartbeat_that_cannot_be_is_made_one_that_can),
        cmocka_unit_test(test_a_new_heartbeat_holds_for_new_connections),
        cmocka_unit_test(test_draining_is_told_to_all_and_ends_registration),
        cmocka_unit_test(test_no_broker_joins_one_that_drains),
        cmocka_unit_test(test_a_key_taken_out_ends_exactly_its_peers),
        cmocka_unit_test(test_new_limits_hold_at_once),
        cmocka_unit_test(test_nothing_is_destroyed_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
