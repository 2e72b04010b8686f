/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_publications - publications reach those who want them, once, within walls
 */
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

/* ---- Subscribing ---------------------------------------------------------------------------- */

static void test_what_can_be_subscribed(void **state)
{
    static const struct {
        const char *topic, *scope;
        dd_error_t code;
        const char *path;
    } CASES[] = {
        {"t", "all", DD_OK, "/"},
        {"t", "/", DD_OK, "/"},
        {"t", "region", DD_OK, "/1/"},
        {"t", "cluster", DD_OK, "/1/2/"},
        {"t", "node", DD_E_SCOPE_INVALID, NULL}, /* the broker is not so deep */
        {"t", "/*/2/", DD_OK, "/1/2/"},
        {"t", "/5/6/7/", DD_OK, "/5/6/7/"},
        {"t", "/01/2/", DD_OK, "/1/2/"},
        {"t", "/1/*/*/", DD_E_SCOPE_INVALID, NULL},
        {"t", "noscope", DD_OK, "noscope"},
        {"t", "", DD_E_SCOPE_INVALID, NULL},
        {"t", "1/2/", DD_E_SCOPE_INVALID, NULL},
        {"t", "/1", DD_E_SCOPE_INVALID, NULL},
        {"t", "ALL", DD_E_SCOPE_INVALID, NULL},
        {"t", "\xFF\n", DD_E_SCOPE_INVALID, NULL},
        {"", "all", DD_E_TOPIC_INVALID, NULL},
        {"two words", "all", DD_E_TOPIC_INVALID, NULL},
        {"public", "all", DD_E_TOPIC_INVALID, NULL},
        {"\xFF", "all", DD_E_TOPIC_INVALID, NULL},
        {"public.t", "all", DD_E_REFUSED, NULL},
        {"publicity", "all", DD_OK, "/"},
        {"b.t", "all", DD_OK, "/"},
    };
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/2/");
    actor_t *actor = actor_client(broker, "a", "s");
    for (size_t i = 0; i < COUNT(CASES); i++) {
        actor_subscribe(actor, CASES[i].topic, CASES[i].scope);
        if (CASES[i].code) {
            actor_expect_error(actor, CASES[i].code, 1);
            continue;
        }
        const dd_record_t *record = actor_expect(actor, DD_SUBSCRIBED);
        assert_bytes(record->topic, CASES[i].topic);
        assert_bytes(record->scope, CASES[i].path);
        assert_int_equal(record->ref, 1);
    }
    tree_destroy(&tree);
}

static void test_unsubscribing_takes_back_that_one_only(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/2/");
    actor_t *actor = actor_client(broker, "a", "s");
    actor_want(actor_want(actor_want(actor, "t", "region"), "t", "/1/"), "u", "all");
    actor_want(actor, "t", "region"); /* again, which is no second one */
    assert_int_equal(actor_peer(actor)->subscription_count, 3);
    static const char *const NOT[][2] = {
        {"t", "all"}, {"t", "/1/2/"}, {"u", "noscope"}, {"v", "/"}};
    for (size_t i = 0; i < 4; i++) {
        actor_unsubscribe(actor, NOT[i][0], NOT[i][1]);
        actor_expect_error(actor, DD_E_NOT_SUBSCRIBED, 2);
    }
    actor_unsubscribe(actor, "t", "/*/"); /* what "region" means */
    assert_bytes(actor_expect(actor, DD_UNSUBSCRIBED)->scope, "/1/");
    actor_unsubscribe(actor, "t", "region");
    actor_expect_error(actor, DD_E_NOT_SUBSCRIBED, 2);
    actor_publish(actor, "t", "one");
    actor_publish(actor, "u", "two");
    assert_bytes(actor_expect(actor, DD_PUBLICATION)->payload, "one");
    assert_bytes(actor_expect(actor, DD_PUBLICATION)->payload, "two");
    actor_unsubscribe(actor, "t", "/1/");
    actor_expect(actor, DD_UNSUBSCRIBED);
    actor_publish(actor, "t", "three");
    actor_publish(actor, "u", "four");
    assert_bytes(actor_expect(actor, DD_PUBLICATION)->payload, "four");
    actor_expect_nothing(actor);
    tree_destroy(&tree);
}

static void test_subscriptions_have_a_limit(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->subscriptions_max = 2;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *actor = actor_client(broker, "a", "s");
    actor_want(actor_want(actor, "t", "all"), "u", "all");
    actor_subscribe(actor, "v", "all");
    actor_expect_error(actor, DD_E_LIMIT, 1);
    actor_want(actor, "t", "all"); /* it has that already */
    actor_unsubscribe(actor, "t", "all");
    actor_expect(actor, DD_UNSUBSCRIBED);
    actor_want(actor, "v", "all");
    tree_destroy(&tree);
}

/* ---- Rule 6: scopes ------------------------------------------------------------------------- */

static void test_scopes_cover_brokers(void **state)
{
    /* Which of root, left, right, left-leaf and right-leaf a subscriber at left-leaf hears. */
    static const struct {
        const char *scope, *topic, *heard;
    } CASES[] = {
        {"all", "news", "11111"},
        {"/", "news", "11111"},
        {"region", "news", "11111"},
        {"cluster", "news", "01010"},
        {"node", "news", "00010"},
        {"/1/", "news", "11111"},
        {"/1/1/", "news", "01010"},
        {"/1/2/", "news", "00101"},
        {"/*/2/", "news", "00101"},
        {"/1/2/1/", "news", "00001"},
        {"/1/2/*/", "news", "00001"},
        {"/2/", "news", "00000"},
        {"noscope", "news", "11111"},
        {"noscope", "ne", "11111"},
        {"noscope", "newsx", "00000"},
        {"all", "ne", "00000"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        pair_t pair = pair_new();
        broker_t *const FROM[] = {
            pair.root, pair.left, pair.right, pair.left_leaf, pair.right_leaf};
        actor_t *listener = actor_client(pair.left_leaf, "a", "listener");
        actor_want(listener, CASES[i].topic, CASES[i].scope);
        for (size_t k = 0; k < 5; k++) {
            actor_t *publisher = actor_client(FROM[k], "a", "publisher");
            actor_publish(publisher, "news", FROM[k]->name);
            if (CASES[i].heard[k] == '1') {
                const dd_record_t *record = actor_expect(listener, DD_PUBLICATION);
                assert_bytes(record->payload, FROM[k]->name);
                assert_bytes(record->source, "publisher");
                assert_bytes(record->topic, "news");
                assert_bytes(record->scope, core_scope(FROM[k]->core));
            }
            actor_expect_nothing(listener);
            actor_leave(publisher);
            tree_run(pair.tree);
        }
        tree_destroy(&pair.tree);
    }
}

static void test_overlapping_subscriptions_bring_one_copy(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *listener = actor_client(pair.left_leaf, "a", "listener");
    actor_t *publisher = actor_client(pair.right_leaf, "a", "publisher");
    static const char *const SCOPES[] = {"all", "region", "/1/", "/1/2/", "/1/2/1/", "noscope"};
    for (size_t i = 0; i < 6; i++)
        actor_want(listener, "news", SCOPES[i]);
    actor_want(listener, "n", "noscope");
    actor_publish(publisher, "news", "once");
    assert_bytes(actor_expect(listener, DD_PUBLICATION)->payload, "once");
    actor_expect_nothing(listener);
    for (size_t i = 0; i < 6; i++) {
        actor_unsubscribe(listener, "news", SCOPES[i]);
        actor_expect(listener, DD_UNSUBSCRIBED);
        actor_publish(publisher, "news", "again");
        actor_expect(listener, DD_PUBLICATION);
        actor_expect_nothing(listener);
    }
    actor_unsubscribe(listener, "n", "noscope");
    actor_publish(publisher, "news", "never");
    actor_expect(listener, DD_UNSUBSCRIBED);
    actor_expect_nothing(listener);
    tree_destroy(&pair.tree);
}

/* ---- Old clients ----------------------------------------------------------------------------- */

static actor_t *old_client(broker_t *broker, const char *tenant, const char *name)
{
    actor_t *self = actor_client(broker, tenant, name);
    actor_peer(self)->protocol = 4;
    return self;
}

/* An old client at the right leaf, of scope /1/2/1/, publishes on a topic with a path. The topic
   that subscribers of its own leaf and of another see; NULL: they get nothing. */
static const struct {
    const char *sent;
    const char *topic, *scope;
    const char *old, *native;
} BEHIND[] = {
    {"news/1/2/1/", "news", "all", "news/1/2/1/", "news"},
    {"news/1/2/1/", "news", "/1/2/1/", "news/1/2/1/", "news"},
    {"news/1/2/1/", "news", "/1/1/", NULL, NULL},
    {"news/1/2/1/", "ne", "noscope", "news/1/2/1/", "news"},
    {"news/1/2/1/", "news/1", "noscope", "news/1/2/1/", "news/1/2/1/"},
    {"news/1/2/1/", "news/1/2/1/", "all", "news/1/2/1/", "news/1/2/1/"},
    {"news/1/2/1/", "news/1/", "all", NULL, NULL},
    {"news/1/", "news", "/1/", "news/1/", "news"},
    {"news/1/", "news", "/1/2/", NULL, NULL}, /* from nearer than the path says */
    /* What only looks like a path. */
    {"news/1/1/", "news", "all", NULL, NULL},
    {"news/1/1/", "news/1/1/", "all", "news/1/1/", "news/1/1/"},
    {"news/1/2/1", "news", "all", NULL, NULL},
    {"news/", "news", "all", NULL, NULL},
    {"news", "news", "all", "news", "news"},
};

static void expect_publication(actor_t *listener, const char *topic)
{
    const dd_record_t *record = topic ? actor_expect(listener, DD_PUBLICATION) : NULL;
    if (record) {
        assert_bytes(record->topic, topic);
        assert_bytes(record->scope, "/1/2/1/");
        assert_bytes(record->payload, "text");
    }
    actor_expect_nothing(listener);
}

static void test_a_topic_with_a_path_reaches_subscribers_of_the_topic(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(BEHIND); i++) {
        pair_t pair = pair_new();
        broker_t *const brokers[] = {pair.right_leaf, pair.left_leaf};
        actor_t *old[2], *native[2];
        for (size_t at = 0; at < 2; at++) {
            old[at] = old_client(brokers[at], "a", at ? "old-far" : "old-near");
            native[at] = actor_client(brokers[at], "a", at ? "far" : "near");
            actor_want(old[at], BEHIND[i].topic, BEHIND[i].scope);
            actor_want(native[at], BEHIND[i].topic, BEHIND[i].scope);
        }
        actor_publish(old_client(pair.right_leaf, "a", "publisher"), BEHIND[i].sent, "text");
        for (size_t at = 0; at < 2; at++) {
            expect_publication(old[at], BEHIND[i].old);
            expect_publication(native[at], BEHIND[i].native);
        }
        tree_destroy(&pair.tree);
    }
}

/* A native client's topic is what it says, and public's subscribers are reached as tenants' are. */
static void test_topics_of_native_clients_have_no_path(void **state)
{
    (void)state;
    pair_t pair = pair_new();
    actor_t *old = actor_want(old_client(pair.left_leaf, "a", "old"), "news", "all");
    actor_t *public = actor_want(actor_client(pair.left_leaf, "public", "all"), "news", "all");
    actor_t *native = actor_client(pair.right_leaf, "a", "native");
    actor_publish(native, "news/1/2/1/", "text");
    actor_publish(native, "public.news/1/2/1/", "text");
    actor_expect_nothing(old);
    actor_expect_nothing(public);
    actor_publish(old_client(pair.right_leaf, "a", "old2"), "public.news/1/2/1/", "text");
    expect_publication(public, "news");
    actor_expect_nothing(old);
    tree_destroy(&pair.tree);
}

/* ---- Rule 1: walls -------------------------------------------------------------------------- */

static void test_publications_stay_within_walls(void **state)
{
    /* Who of a, ab, b and public hears it, under which topic, from whom. Each has subscribed to
       topics t, a.t, and everything from p and a on. */
    static const struct {
        const char *from, *topic, *heard, *as, *source;
    } CASES[] = {
        {"a", "t", "1000", "t", "s"},
        {"ab", "t", "0100", "t", "s"},
        {"a", "a.t", "1000", "a.t", "s"},
        {"a", "public.t", "0001", "t", "a.s"},
        {"ab", "public.t", "0001", "t", "ab.s"},
        {"ab", "public.a.t", "0001", "a.t", "ab.s"},
        {"public", "t", "0001", "t", "s"},
        {"public", "public.t", "0001", "t", "s"},
        {"public", "a.t", "0001", "a.t", "s"},
        {"b", "publicity", "0010", "publicity", "s"},
        {"b", "ab.t", "0010", "ab.t", "s"},
    };
    static const char *const KEYS[] = {"a", "ab", "b", "public"};
    (void)state;
    pair_t pair = pair_new();
    actor_t *listeners[4];
    for (size_t i = 0; i < 4; i++) {
        listeners[i] = actor_client(pair.left_leaf, KEYS[i], "listener");
        actor_want(actor_want(listeners[i], "t", "all"), "a.t", "all");
        actor_want(actor_want(listeners[i], "p", "noscope"), "a", "noscope");
    }
    for (size_t i = 0; i < 2 * COUNT(CASES); i++) {
        size_t k = i / 2;
        actor_t *publisher =
            actor_client(i % 2 ? pair.right_leaf : pair.left_leaf, CASES[k].from, "s");
        actor_publish(publisher, CASES[k].topic, "news");
        for (size_t who = 0; who < 4; who++) {
            if (CASES[k].heard[who] == '1') {
                const dd_record_t *record = actor_expect(listeners[who], DD_PUBLICATION);
                assert_bytes(record->topic, CASES[k].as);
                assert_bytes(record->source, CASES[k].source);
            }
            actor_expect_nothing(listeners[who]);
        }
        actor_expect_nothing(publisher);
        actor_leave(publisher);
        tree_run(pair.tree);
    }
    tree_destroy(&pair.tree);
}

static void test_topics_that_cannot_be_published(void **state)
{
    static const char *const TOPICS[] = {
        "", "public", "public.", "public.public", "public.public.t", "two words", "\n", "\xFF"};
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *actor = actor_client(broker, "a", "s");
    for (size_t i = 0; i < COUNT(TOPICS); i++) {
        actor_publish(actor, TOPICS[i], "news");
        const dd_record_t *record = actor_expect(actor, DD_UNPUBLISHED);
        assert_int_equal(record->code, DD_E_TOPIC_INVALID);
        assert_bytes(record->topic, TOPICS[i]);
    }
    assert_int_equal(actor_peer(actor)->count.refused, COUNT(TOPICS));
    tree_destroy(&tree);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_can_be_subscribed),
        cmocka_unit_test(test_unsubscribing_takes_back_that_one_only),
        cmocka_unit_test(test_subscriptions_have_a_limit),
        cmocka_unit_test(test_scopes_cover_brokers),
        cmocka_unit_test(test_overlapping_subscriptions_bring_one_copy),
        cmocka_unit_test(test_a_topic_with_a_path_reaches_subscribers_of_the_topic),
        cmocka_unit_test(test_topics_of_native_clients_have_no_path),
        cmocka_unit_test(test_publications_stay_within_walls),
        cmocka_unit_test(test_topics_that_cannot_be_published),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
