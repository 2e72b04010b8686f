/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_dispatch - who may say what and when, and what becomes of those who say something else
 */
#include "tests/unit/ddbroker/visit.h"
#include "tests/unit/unit.h"

/* ---- Who may say what ----------------------------------------------------------------------- */

#define C ROLE_CLIENT
#define O ROLE_OPERATOR
#define D ROLE_CHILD
#define P ROLE_PARENT
#define V ROLE_OBSERVER
#define ALL (C | O | D | P | V)

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
    {DD_PONG, 0, C | P},
    {DD_BYE, C | O | D | P, ALL},
    {DD_ERROR, D | P, D | P},
    {DD_TAKEN, 0, ALL},
    {DD_DRAIN, 0, ALL},
    {DD_PROVE, 0, C | D | V},
    {DD_SEND, 0, C},
    {DD_DATA, 0, 0},
    {DD_FORWARD, 0, D | P},
    {DD_RECEIPT, 0, C | D | P},
    {DD_HOP, 0, D | P},
    {DD_ACK, 0, C | D | P},
    {DD_SUBSCRIBE, 0, C},
    {DD_UNSUBSCRIBE, 0, C},
    {DD_SUBSCRIBED, 0, 0},
    {DD_UNSUBSCRIBED, 0, 0},
    {DD_PUBLISH, 0, C},
    {DD_UNPUBLISHED, 0, 0},
    {DD_PUBLICATION, 0, 0},
    {DD_RELAY, 0, D | P},
    {DD_GAP, 0, D | P},
    {DD_ADD_CLIENT, 0, D},
    {DD_DROP_CLIENT, 0, D | P},
    {DD_ADD_INTEREST, 0, D | P},
    {DD_DROP_INTEREST, 0, D | P},
    {DD_SYNCED, 0, D | P},
    {DD_CONTEST, 0, P},
    {DD_KEPT, 0, D},
    {DD_GONE, 0, D},
    {DD_ADD_BROKER, 0, D},
    {DD_DROP_BROKER, 0, D},
    {DD_INSPECT, 0, ALL},
    {DD_REPORT, 0, D | P},
    {DD_CONTROL, 0, O | D | P},
};

static void check_rule(const dd_record_t *record, role_t role, bool registered, bool allowed)
{
    visit_t visit = visit_new(role, registered);
    dd_error_t why = DD_OK;
    actor_say(visit.actor, record);
    bool ended = visit_was_ended(&visit, &why);
    dd_error_t expected = allowed || registered ? DD_E_PROTOCOL : DD_E_UNKNOWN_PEER;
    bool wrong_role = !allowed && ended && why == DD_E_PROTOCOL;
    bool refused = ended && (why == DD_E_PROTOCOL || why == DD_E_UNKNOWN_PEER);
    if (refused == allowed || (!allowed && why != expected && !wrong_role))
        fail_msg("%s from role %d, registered %d: ended %d (%d)", dd_record_name(record->type),
            role, registered, ended, why);
    visit_end(&visit);
}

static void test_every_record_from_every_role_in_every_state(void **state)
{
    static const role_t ROLES[] = {C, O, D, P, V};
    (void)state;
    for (size_t i = 0; i < COUNT(RULES); i++) {
        dd_record_t record = visit_record(RULES[i].type);
        for (size_t k = 0; k < COUNT(ROLES); k++) {
            if (ROLES[k] != V) /* it is one by saying so */
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
        for (size_t i = 0; i < COUNT(RULES); i++)
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
    for (size_t i = 0; i < COUNT(CASES); i++) {
        visit_t visit = visit_new(ROLE_CLIENT, false);
        dd_record_t record = visit_record(CASES[i].type);
        actor_say(visit.actor, &record);
        actor_expect_end(visit.actor, CASES[i].code);
        visit_end(&visit);
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
    for (size_t i = 0; i < COUNT(RULES); i++) {
        uint8_t bytes[512];
        dd_record_t record = visit_record(RULES[i].type);
        size_t size = encode(&record, bytes);
        for (size_t cut = 0; cut < size; cut++) {
            role_t role = ROLES[cut % 4];
            visit_t visit = visit_new(role, true);
            dd_error_t why = DD_OK;
            actor_say_bytes(visit.actor, bytes, cut);
            assert_true(visit_was_ended(&visit, &why));
            assert_int_equal(why, DD_E_MALFORMED);
            visit_end(&visit);
        }
    }
}

/* The length says that the record is shorter than its fields: they may not reach into the next. */
static void test_fields_stay_within_their_record(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(RULES); i++) {
        uint8_t bytes[1024];
        dd_record_t record = visit_record(RULES[i].type);
        size_t size = encode(&record, bytes);
        uint8_t length = bytes[DD_FRAME_HEADER];
        memset(bytes + size, 0, sizeof bytes - size);
        for (uint8_t shorter = 0; shorter < length; shorter++) {
            visit_t visit = visit_new(ROLE_CLIENT, true);
            dd_error_t why;
            bytes[DD_FRAME_HEADER] = shorter;
            actor_say_bytes(visit.actor, bytes, size);
            assert_true(visit_was_ended(&visit, &why));
            visit_end(&visit);
        }
    }
}

static void test_random_bytes(void **state)
{
    static const role_t ROLES[] = {C, O, D, P};
    (void)state;
    for (unsigned i = 0; i < 2000; i++) {
        visit_t visit = visit_new(ROLES[i % 4], i & 4);
        uint8_t bytes[200];
        tree_seed(visit.tree, i + 1);
        dd_record_t record = visit_record(RULES[i % (COUNT(RULES))].type);
        size_t size = encode(&record, bytes);
        for (unsigned k = 0; k < 4; k++)
            bytes[2 + tree_random(visit.tree, (uint32_t)size - 2)] =
                (uint8_t)tree_random(visit.tree, 256);
        actor_say_bytes(visit.actor, bytes, size);
        visit_end(&visit);
    }
}

static void test_unknown_types_are_skipped_if_optional(void **state)
{
    (void)state;
    static const uint8_t OPTIONAL[] = {
        DD_FRAME_MAGIC, DD_FRAME_VERSION, 3, 0, 0, 0, 200, DD_FLAG_OPTIONAL, 'x'};
    static const uint8_t REQUIRED[] = {DD_FRAME_MAGIC, DD_FRAME_VERSION, 3, 0, 0, 0, 200, 0, 'x'};
    visit_t visit = visit_new(ROLE_CLIENT, true);
    actor_say_bytes(visit.actor, OPTIONAL, sizeof OPTIONAL);
    actor_expect_nothing(visit.actor);
    actor_say_bytes(visit.actor, REQUIRED, sizeof REQUIRED);
    actor_expect_end(visit.actor, DD_E_MALFORMED);
    visit_end(&visit);
}

static void test_what_precedes_the_bad_record_counts_and_what_follows_does_not(void **state)
{
    (void)state;
    visit_t visit = visit_new(ROLE_CLIENT, true);
    uint8_t frame[256];
    dd_record_t subscribe = visit_record(DD_SUBSCRIBE), hello = visit_record(DD_HELLO),
                publish = visit_record(DD_PUBLISH);
    actor_t *listener = actor_client(visit.broker, "a", "listener");
    actor_subscribe(listener, "topic", "/");
    actor_expect(listener, DD_SUBSCRIBED);
    size_t size = encode(&publish, frame);
    dd_record_write(&hello, frame + size, dd_record_size(&hello));
    size += dd_record_size(&hello);
    dd_record_write(&subscribe, frame + size, dd_record_size(&subscribe));
    size += dd_record_size(&subscribe);
    actor_say_bytes(visit.actor, frame, size);
    actor_expect(listener, DD_PUBLICATION);
    actor_expect_end(visit.actor, DD_E_PROTOCOL);
    actor_expect_nothing(visit.actor);
    visit_end(&visit);
}

static void test_more_frames_than_one_end_the_sender(void **state)
{
    (void)state;
    visit_t visit = visit_new(ROLE_CLIENT, true);
    core_bad_input(visit.broker->core, actor_peer(visit.actor), tree_now(visit.tree));
    core_bad_input(visit.broker->core, actor_peer(visit.actor), tree_now(visit.tree));
    tree_run(visit.tree);
    actor_expect_end(visit.actor, DD_E_MALFORMED);
    actor_expect_nothing(visit.actor);
    visit_end(&visit);
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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
