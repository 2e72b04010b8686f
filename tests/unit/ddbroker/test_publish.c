/*
 * test_publish - publications reach those who want them, once, and losses are counted
 */
#include <stdio.h>

#include "tree.h"

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define B(text) dd_bytes_of(text)

static void unsubscribe(actor_t *actor, const char *topic, const char *scope)
{
    actor_say(actor,
        &(dd_record_t){.type = DD_UNSUBSCRIBE, .ref = 2, .topic = B(topic), .scope = B(scope)});
}

/* Subscribes, and reads the answer. */
static actor_t *want(actor_t *actor, const char *topic, const char *scope)
{
    actor_subscribe(actor, topic, scope);
    assert_bytes(actor_expect(actor, DD_SUBSCRIBED)->topic, topic);
    return actor;
}

static void interest(
    actor_t *link, uint8_t type, const char *tenant, const char *topic, const char *path)
{
    actor_say(link,
        &(dd_record_t){.type = type, .tenant = B(tenant), .topic = B(topic), .scope = B(path)});
}

static void expect_interest(actor_t *link, uint8_t type, const char *topic, const char *path)
{
    const dd_record_t *record = actor_expect(link, type);
    assert_bytes(record->topic, topic);
    assert_bytes(record->scope, path);
}

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
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
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
    want(want(want(actor, "t", "region"), "t", "/1/"), "u", "all");
    want(actor, "t", "region"); /* again, which is no second one */
    assert_int_equal(actor_peer(actor)->subscription_count, 3);
    static const char *const NOT[][2] = {
        {"t", "all"}, {"t", "/1/2/"}, {"u", "noscope"}, {"v", "/"}};
    for (size_t i = 0; i < 4; i++) {
        unsubscribe(actor, NOT[i][0], NOT[i][1]);
        actor_expect_error(actor, DD_E_NOT_SUBSCRIBED, 2);
    }
    unsubscribe(actor, "t", "/*/"); /* what "region" means */
    assert_bytes(actor_expect(actor, DD_UNSUBSCRIBED)->scope, "/1/");
    unsubscribe(actor, "t", "region");
    actor_expect_error(actor, DD_E_NOT_SUBSCRIBED, 2);
    actor_publish(actor, "t", "one");
    actor_publish(actor, "u", "two");
    assert_bytes(actor_expect(actor, DD_PUBLICATION)->payload, "one");
    assert_bytes(actor_expect(actor, DD_PUBLICATION)->payload, "two");
    unsubscribe(actor, "t", "/1/");
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
    want(want(actor, "t", "all"), "u", "all");
    actor_subscribe(actor, "v", "all");
    actor_expect_error(actor, DD_E_LIMIT, 1);
    want(actor, "t", "all"); /* it has that already */
    unsubscribe(actor, "t", "all");
    actor_expect(actor, DD_UNSUBSCRIBED);
    want(actor, "v", "all");
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
    for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
        pair_t pair = pair_new();
        broker_t *const FROM[] = {
            pair.root, pair.left, pair.right, pair.left_leaf, pair.right_leaf};
        actor_t *listener = actor_client(pair.left_leaf, "a", "listener");
        want(listener, CASES[i].topic, CASES[i].scope);
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
        want(listener, "news", SCOPES[i]);
    want(listener, "n", "noscope");
    actor_publish(publisher, "news", "once");
    assert_bytes(actor_expect(listener, DD_PUBLICATION)->payload, "once");
    actor_expect_nothing(listener);
    for (size_t i = 0; i < 6; i++) {
        unsubscribe(listener, "news", SCOPES[i]);
        actor_expect(listener, DD_UNSUBSCRIBED);
        actor_publish(publisher, "news", "again");
        actor_expect(listener, DD_PUBLICATION);
        actor_expect_nothing(listener);
    }
    unsubscribe(listener, "n", "noscope");
    actor_publish(publisher, "news", "never");
    actor_expect(listener, DD_UNSUBSCRIBED);
    actor_expect_nothing(listener);
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
        want(want(listeners[i], "t", "all"), "a.t", "all");
        want(want(listeners[i], "p", "noscope"), "a", "noscope");
    }
    for (size_t i = 0; i < 2 * sizeof CASES / sizeof CASES[0]; i++) {
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
    for (size_t i = 0; i < sizeof TOPICS / sizeof TOPICS[0]; i++) {
        actor_t *actor = actor_client(broker, "a", "s");
        actor_publish(actor, TOPICS[i], "news");
        actor_expect_end(actor, DD_E_TOPIC_INVALID);
    }
    tree_destroy(&tree);
}

/* ---- Rule 2 and what links may say ---------------------------------------------------------- */

static actor_t *new_parent(tree_t *tree, broker_t **broker)
{
    tree_settings(tree)->has_parent = true;
    *broker = broker_new(tree, "broker", NULL, "/1/1/");
    actor_t *parent = actor_parent(*broker);
    actor_say(parent, &(dd_record_t){.type = DD_ADMIT,
                          .heartbeat = 5000,
                          .name = B("parent"),
                          .scope = B("/1/1/"),
                          .id = B("parentparentpare")});
    actor_skip(parent);
    return parent;
}

static void relay(actor_t *link, const char *tenant, const char *source, const char *topic,
    const char *origin, uint8_t hops)
{
    actor_say(link, &(dd_record_t){.type = DD_RELAY,
                        .flags = 0x7F,
                        .hops = hops,
                        .tenant = B(tenant),
                        .source = B(source),
                        .topic = B(topic),
                        .scope = B(origin),
                        .payload = B("news")});
}

static void test_relays_that_pass(void **state)
{
    static const struct {
        const char *tenant, *source, *topic, *origin;
        bool from_child, from_parent;
    } CASES[] = {
        {"a", "a.mine", "t", "/1/1/1/", true, false},
        {"public", "a.mine", "t", "/1/1/1/", true, false},
        {"a", "a.far", "t", "/1/1/1/", false, true},
        {"public", "a.far", "t", "/1/1/1/", false, true},
        {"a", "a.local", "t", "/1/1/1/", false, false}, /* of this broker: round a loop */
        {"a", "a.theirs", "t", "/1/1/1/", false, false},
        {"a", "b.far", "t", "/1/1/1/", false, false},
        {"ab", "a.far", "t", "/1/1/1/", false, false},
        {"a", "public.far", "t", "/1/1/1/", false, false},
        {"a", "far", "t", "/1/1/1/", false, false},
        {"a", "", "t", "/1/1/1/", false, false},
        {"a", "a.far", "public.t", "/1/1/1/", false, false},
        {"a", "a.far", "", "/1/1/1/", false, false},
        {"a", "a.far", "t", "/", false, false},
        {"a", "a.far", "t", "noscope", false, false},
        {"a", "a.far", "t", "", false, false},
        {"a", "a.far", "t", "/1", false, false},
        {"a", "a.far", "t", "/01/", false, false},
        {"a", "a.far", "t", "/1/*/", false, false},
    };
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = new_parent(tree, &broker);
    actor_t *child = actor_child(broker, 1, "/1/1/1/"),
            *sibling = actor_child(broker, 2, "/1/1/2/");
    static const char *const KEYS[] = {"a", "ab", "b", "public"};
    actor_t *listeners[4];
    for (size_t i = 0; i < 4; i++) {
        listeners[i] = actor_client(broker, KEYS[i], "local");
        want(listeners[i], "t", "all");
    }
    actor_say(child, &(dd_record_t){.type = DD_ADD_CLIENT, .number = 1, .name = B("a.mine")});
    actor_say(sibling, &(dd_record_t){.type = DD_ADD_CLIENT, .number = 1, .name = B("a.theirs")});
    for (size_t i = 0; i < 2 * sizeof CASES / sizeof CASES[0]; i++) {
        size_t k = i / 2;
        bool passes = i % 2 ? CASES[k].from_parent : CASES[k].from_child;
        actor_t *link = i % 2 ? parent : child;
        uint64_t refused = actor_peer(link)->count.refused;
        relay(link, CASES[k].tenant, CASES[k].source, CASES[k].topic, CASES[k].origin, 1);
        unsigned heard = 0;
        for (size_t who = 0; who < 4; who++)
            heard += actor_find(listeners[who], DD_PUBLICATION) != NULL;
        if (heard != passes)
            fail_msg("relay %zu of %s", k, i % 2 ? "parent" : "child");
        assert_int_equal(tree_logged(tree, "relays for a client"), !passes);
        assert_int_equal(actor_peer(link)->count.refused, refused + !passes);
        assert_int_equal(actor_peer(link)->state, PEER_READY);
    }
    tree_destroy(&tree);
}

static void test_relays_take_so_many_hops(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = new_parent(tree, &broker), *child = actor_child(broker, 1, "/1/1/1/");
    actor_t *listener = want(actor_client(broker, "a", "listener"), "t", "all");
    actor_skip(child);
    interest(child, DD_ADD_INTEREST, "a", "t", "/");
    relay(parent, "a", "a.far", "t", "/1/", DD_HOPS_MAX - 1);
    const dd_record_t *record = actor_expect(child, DD_RELAY);
    assert_int_equal(record->hops, DD_HOPS_MAX);
    assert_int_equal(record->flags, 0);
    actor_expect(listener, DD_PUBLICATION);
    static const uint8_t SPENT[] = {DD_HOPS_MAX, DD_HOPS_MAX + 1, UINT8_MAX};
    for (size_t i = 0; i < 3; i++) {
        relay(parent, "a", "a.far", "t", "/1/", SPENT[i]);
        actor_expect(listener, DD_PUBLICATION);
        actor_expect_nothing(child);
    }
    tree_destroy(&tree);
}

static void test_interests_that_links_may_tell(void **state)
{
    static const struct {
        const char *tenant, *topic, *path;
        bool valid;
    } CASES[] = {
        {"a", "t", "/", true},
        {"c", "t", "/1/", true}, /* whose key is still to come */
        {"a", "t", "noscope", true},
        {"", "t", "/", false},
        {"a.b", "t", "/", false},
        {"dd", "t", "/", false},
        {"a", "", "/", false},
        {"a", "public", "/", false},
        {"a", "public.t", "/", false},
        {"a", "t t", "/", false},
        {"a", "t", "", false},
        {"a", "t", "/1", false},
        {"a", "t", "/01/", false},
        {"a", "t", "/*/", false},
        {"a", "t", "all", false},
    };
    static const uint8_t TYPES[] = {DD_ADD_INTEREST, DD_DROP_INTEREST, DD_GAP};
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = new_parent(tree, &broker), *child = actor_child(broker, 1, "/1/1/1/");
    for (size_t i = 0; i < 3 * sizeof CASES / sizeof CASES[0]; i++) {
        size_t k = i / 3;
        uint64_t refused = actor_peer(child)->count.refused;
        interest(child, TYPES[i % 3], CASES[k].tenant, CASES[k].topic, CASES[k].path);
        assert_int_equal(actor_peer(child)->count.refused, refused + !CASES[k].valid);
        if (CASES[k].valid && TYPES[i % 3] != DD_GAP)
            expect_interest(parent, TYPES[i % 3], CASES[k].topic, CASES[k].path);
        actor_expect_nothing(parent);
    }
    assert_int_equal(actor_peer(child)->state, PEER_READY);
    tree_destroy(&tree);
}

/* ---- Rule 5: interest flows per link -------------------------------------------------------- */

/* Two children and a parent, who count what they are told while holders come and go. */
static void test_links_are_told_when_somebody_elsewhere_begins_or_ends_to_want(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = new_parent(tree, &broker);
    actor_t *one = actor_child(broker, 1, "/1/1/1/"), *two = actor_child(broker, 2, "/1/1/2/");
    actor_t *x = actor_client(broker, "a", "x"), *y = actor_client(broker, "a", "y");
    actor_skip(parent);

    want(x, "t", "/1/"); /* 0 -> 1 for all */
    expect_interest(parent, DD_ADD_INTEREST, "t", "/1/");
    expect_interest(one, DD_ADD_INTEREST, "t", "/1/");
    expect_interest(two, DD_ADD_INTEREST, "t", "/1/");
    want(x, "t", "region"); /* the same interest, once more */
    want(y, "t", "/1/");
    interest(one, DD_ADD_INTEREST, "a", "t", "/1/");
    interest(one, DD_ADD_INTEREST, "a", "t", "/1/"); /* told twice */
    actor_expect_nothing(parent);
    actor_expect_nothing(one);
    actor_expect_nothing(two);

    unsubscribe(x, "t", "/1/");
    unsubscribe(y, "t", "/1/");
    actor_expect_nothing(one);
    unsubscribe(x, "t", "region"); /* only child one is left, for which nobody is elsewhere */
    expect_interest(one, DD_DROP_INTEREST, "t", "/1/");
    actor_expect_nothing(parent);
    actor_expect_nothing(two);
    interest(two, DD_ADD_INTEREST, "a", "t", "/1/"); /* now there is, for child one */
    expect_interest(one, DD_ADD_INTEREST, "t", "/1/");
    actor_expect_nothing(two);
    actor_expect_nothing(parent);

    actor_leave(one);
    tree_run(tree);
    expect_interest(two, DD_DROP_INTEREST, "t", "/1/");
    actor_expect_nothing(parent);
    interest(two, DD_DROP_INTEREST, "a", "t", "/1/");
    expect_interest(parent, DD_DROP_INTEREST, "t", "/1/");
    interest(two, DD_DROP_INTEREST, "a", "t", "/1/");
    actor_expect_nothing(parent);
    actor_expect_nothing(two);
    tree_destroy(&tree);
}

static void test_publications_go_only_where_they_are_wanted(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = new_parent(tree, &broker);
    actor_t *one = actor_child(broker, 1, "/1/1/1/"), *two = actor_child(broker, 2, "/1/1/2/");
    actor_t *publisher = actor_client(broker, "a", "publisher");
    actor_say(one, &(dd_record_t){.type = DD_ADD_CLIENT, .number = 1, .name = B("a.mine")});
    actor_skip(parent);
    interest(one, DD_ADD_INTEREST, "a", "t", "/1/");
    interest(one, DD_ADD_INTEREST, "a", "t", "/");
    actor_skip(parent);
    actor_skip(two);
    actor_publish(publisher, "t", "news");
    assert_bytes(actor_expect(one, DD_RELAY)->source, "a.publisher");
    actor_expect_nothing(one);
    actor_expect_nothing(two);
    actor_expect_nothing(parent);
    relay(one, "a", "a.mine", "t", "/1/1/1/", 1); /* not back where it came from */
    actor_expect_nothing(one);
    actor_publish(publisher, "u", "news");
    actor_expect_nothing(one);
    tree_destroy(&tree);
}

/* ---- Losses --------------------------------------------------------------------------------- */

#define MANY 300

/* Publishes MANY times 100 bytes on "t". */
static void flood(actor_t *publisher)
{
    static const uint8_t PAYLOAD[100];
    for (uint32_t i = 0; i < MANY; i++)
        actor_say(publisher,
            &(dd_record_t){
                .type = DD_PUBLISH, .topic = B("t"), .payload = dd_bytes(PAYLOAD, sizeof PAYLOAD)});
    actor_expect_nothing(publisher);
}

/* Publications that a listener got, and how many it was told it lost by that path. */
typedef struct {
    uint32_t got;
    uint64_t lost;
    bool ends_with_gap;
} tally_t;

static tally_t tally(actor_t *listener, const char *path)
{
    tally_t self = {0};
    const dd_record_t *record;
    while ((record = actor_next(listener))) {
        self.got += record->type == DD_PUBLICATION;
        if (record->type == DD_GAP && dd_bytes_equal(record->scope, B(path)))
            self.lost += record->number;
        self.ends_with_gap = record->type == DD_GAP;
    }
    return self;
}

static void test_a_slow_subscriber_is_told_what_it_lost(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 10000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *slow = want(actor_client(broker, "a", "slow"), "t", "all");
    actor_t *quick = want(actor_client(broker, "a", "quick"), "t", "all");
    actor_t *publisher = actor_client(broker, "a", "publisher");
    for (int round = 0; round < 3; round++) {
        actor_hold(slow, true);
        flood(publisher);
        assert_int_equal(tally(quick, "/").got, MANY);
        actor_hold(slow, false);
        tree_run(tree);
        tally_t told = tally(slow, "/");
        assert_in_range(told.got, 50, 150);
        assert_int_equal(told.got + told.lost, MANY);
        assert_true(told.ends_with_gap); /* it needs not wait for the next one */
        actor_publish(publisher, "t", "after");
        actor_expect(slow, DD_PUBLICATION);
        actor_expect_nothing(slow);
        actor_skip(quick);
    }
    actor_expect_nothing(publisher);
    tree_destroy(&tree);
}

/* Room may come while the outbox is still not empty: the next publication finds it, and the gap
   comes before it. */
static void test_a_gap_is_told_where_it_was(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 40000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *slow = want(actor_client(broker, "a", "slow"), "t", "all");
    actor_t *publisher = actor_client(broker, "a", "publisher");
    actor_hold(slow, true);
    flood(publisher);
    uint64_t lost = actor_peer(slow)->count.dropped;
    dd_frame_t *sent = dd_outbox_take(&actor_peer(slow)->outbox);
    assert_non_null(actor_peer(slow)->outbox.first); /* there is more */
    actor_publish(publisher, "t", "after");
    assert_int_equal(actor_peer(slow)->count.dropped, lost);
    dd_frame_free(sent);
    actor_hold(slow, false);
    tree_run(tree);
    uint64_t told = 0;
    const dd_record_t *record;
    while ((record = actor_next(slow)) && record->payload.size != strlen("after"))
        told += record->type == DD_GAP ? record->number : 0;
    assert_non_null(record);
    assert_int_equal(told, lost);
    actor_expect_nothing(slow);
    tree_destroy(&tree);
}

/* Wanted in two ways, a lost publication is lost in both; the same interest under two patterns is
   one. */
static void test_losses_are_counted_once_for_each_interest(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 10000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *slow = actor_client(broker, "a", "slow");
    want(want(want(want(slow, "t", "region"), "t", "all"), "t", "/1/"), "t", "/2/");
    actor_hold(slow, true);
    flood(actor_client(broker, "a", "publisher"));
    uint64_t dropped = actor_peer(slow)->count.dropped;
    actor_hold(slow, false);
    tree_run(tree);
    size_t start = slow->read;
    tally_t all = tally(slow, "/");
    slow->read = start;
    tally_t region = tally(slow, "/1/");
    slow->read = start;
    assert_int_equal(tally(slow, "/2/").lost, 0);
    assert_int_equal(all.got + all.lost, MANY);
    assert_int_equal(region.lost, all.lost);
    assert_int_equal(dropped, all.lost);
    tree_destroy(&tree);
}

/* What a link loses is lost to all beyond it who wanted it, whatever interest of theirs it was. */
static void test_a_slow_link_tells_all_beyond_it_what_they_lost(void **state)
{
    (void)state;
    for (int down = 0; down < 2; down++) {
        tree_t *tree = tree_new();
        tree_settings(tree)->outbox_link = 10000;
        broker_t *root = broker_new(tree, "root", NULL, "/1/");
        broker_t *leaf = broker_new(tree, "leaf", root, "/1/1/");
        broker_t *here = down ? root : leaf, *there = down ? leaf : root;
        broker_t *farther = down ? broker_new(tree, "farther", leaf, "/1/1/1/")
                                 : broker_new(tree, "farther", root, "/1/2/");
        actor_t *listeners[4];
        static const char *const SCOPES[] = {"/", "/1/", "noscope", "/1/"};
        static const char *const NAMES[] = {"k", "l", "m", "n"};
        for (size_t i = 0; i < 4; i++)
            listeners[i] =
                want(actor_client(i < 3 ? there : farther, "a", NAMES[i]), "t", SCOPES[i]);
        want(want(listeners[3], "t", "/"), "u", "/");
        actor_t *near = want(actor_client(here, "a", "near"), "t", "all");
        actor_t *publisher = actor_client(here, "a", "publisher");
        if (down)
            broker_hold_down(leaf, true);
        else
            broker_hold_up(leaf, true);
        flood(publisher);
        if (down)
            broker_hold_down(leaf, false);
        else
            broker_hold_up(leaf, false);
        tree_run(tree);
        for (size_t i = 0; i < 4; i++) {
            tally_t told = tally(listeners[i], SCOPES[i]);
            assert_in_range(told.got, 40, 150);
            assert_int_equal(told.got + told.lost, MANY);
        }
        assert_int_equal(tally(near, "/").got, MANY);
        tree_destroy(&tree);
    }
}

static void test_a_gap_is_forgotten_with_its_subscription(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    tree_settings(tree)->outbox_client = 10000;
    broker_t *broker = broker_new(tree, "broker", NULL, "/1/");
    actor_t *slow = want(actor_client(broker, "a", "slow"), "t", "all");
    actor_hold(slow, true);
    flood(actor_client(broker, "a", "publisher"));
    unsubscribe(slow, "t", "all");
    actor_hold(slow, false);
    tree_run(tree);
    tally_t told = tally(slow, "/");
    assert_true(told.got + told.lost < MANY);
    assert_false(actor_peer(slow)->lossy);
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
        cmocka_unit_test(test_publications_stay_within_walls),
        cmocka_unit_test(test_topics_that_cannot_be_published),
        cmocka_unit_test(test_relays_that_pass),
        cmocka_unit_test(test_relays_take_so_many_hops),
        cmocka_unit_test(test_interests_that_links_may_tell),
        cmocka_unit_test(test_links_are_told_when_somebody_elsewhere_begins_or_ends_to_want),
        cmocka_unit_test(test_publications_go_only_where_they_are_wanted),
        cmocka_unit_test(test_a_slow_subscriber_is_told_what_it_lost),
        cmocka_unit_test(test_a_gap_is_told_where_it_was),
        cmocka_unit_test(test_losses_are_counted_once_for_each_interest),
        cmocka_unit_test(test_a_slow_link_tells_all_beyond_it_what_they_lost),
        cmocka_unit_test(test_a_gap_is_forgotten_with_its_subscription),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
