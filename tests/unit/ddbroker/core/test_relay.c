/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_relay - what links are told and may tell of publications and interest
 */
#include "tests/unit/ddbroker/tree.h"
#include "tests/unit/unit.h"

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

/* ---- Rule 2 and what links may say ---------------------------------------------------------- */

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
    actor_t *parent = actor_new_parent(tree, &broker);
    actor_t *child = actor_child(broker, 1, "/1/1/1/"),
            *sibling = actor_child(broker, 2, "/1/1/2/");
    static const char *const KEYS[] = {"a", "ab", "b", "public"};
    actor_t *listeners[4];
    for (size_t i = 0; i < 4; i++) {
        listeners[i] = actor_client(broker, KEYS[i], "local");
        actor_want(listeners[i], "t", "all");
    }
    actor_add_client(child, "a.mine", 1);
    actor_add_client(sibling, "a.theirs", 1);
    for (size_t i = 0; i < 2 * COUNT(CASES); i++) {
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
        assert_int_equal(actor_peer(link)->count.refused, refused + !passes);
        assert_int_equal(actor_peer(link)->state, PEER_READY);
    }
    assert_true(tree_logged(tree, "relays for a client"));
    tree_destroy(&tree);
}

/* Of a topic from an old client, the path behind it is passed on, and leads to the origin. */
static void test_paths_that_relays_may_have(void **state)
{
    static const struct {
        const char *topic;
        uint8_t suffix;
        bool passes;
    } CASES[] = {
        {"t/1/1/1/", 7, true},
        {"t/1/1/", 5, true},
        {"t/1/", 3, true},
        {"t", 0, true},
        {"t/1/1/1/", 5, false},
        {"t/1/1/1/", 8, false},
        {"t/1/1/1/", UINT8_MAX, false},
        {"t/1/2/", 5, false},
        {"t/1", 2, false},
        {"t/", 1, false},
        {"t", 1, false},
        {"/1/1/1/", 7, false},
    };
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = actor_new_parent(tree, &broker);
    actor_t *child = actor_child(broker, 1, "/1/1/1/");
    actor_t *listener = actor_want(actor_client(broker, "a", "listener"), "t", "all");
    actor_add_client(child, "a.mine", 1);
    interest(parent, DD_ADD_INTEREST, "a", "t", "/");
    actor_skip(parent);
    for (size_t i = 0; i < COUNT(CASES); i++) {
        actor_say(child, &(dd_record_t){.type = DD_RELAY,
                             .suffix = CASES[i].suffix,
                             .tenant = B("a"),
                             .source = B("a.mine"),
                             .topic = B(CASES[i].topic),
                             .scope = B("/1/1/1/"),
                             .payload = B("news")});
        const dd_record_t *heard = actor_find(listener, DD_PUBLICATION);
        const dd_record_t *passed = actor_find(parent, DD_RELAY);
        if (!!heard != CASES[i].passes || !!passed != CASES[i].passes)
            fail_msg("%s, %u bytes", CASES[i].topic, CASES[i].suffix);
        if (!heard)
            continue;
        assert_bytes(heard->topic, "t");
        assert_int_equal(heard->suffix, 0);
        assert_bytes(passed->topic, CASES[i].topic);
        assert_int_equal(passed->suffix, CASES[i].suffix);
    }
    assert_int_equal(actor_peer(child)->state, PEER_READY);
    tree_destroy(&tree);
}

static void test_relays_take_so_many_hops(void **state)
{
    (void)state;
    tree_t *tree = tree_new();
    broker_t *broker;
    actor_t *parent = actor_new_parent(tree, &broker), *child = actor_child(broker, 1, "/1/1/1/");
    actor_t *listener = actor_want(actor_client(broker, "a", "listener"), "t", "all");
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
    actor_t *parent = actor_new_parent(tree, &broker), *child = actor_child(broker, 1, "/1/1/1/");
    actor_skip(parent);
    for (size_t i = 0; i < 3 * COUNT(CASES); i++) {
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
    actor_t *parent = actor_new_parent(tree, &broker);
    actor_t *one = actor_child(broker, 1, "/1/1/1/"), *two = actor_child(broker, 2, "/1/1/2/");
    actor_t *x = actor_client(broker, "a", "x"), *y = actor_client(broker, "a", "y");
    actor_skip(parent);

    actor_want(x, "t", "/1/"); /* 0 -> 1 for all */
    expect_interest(parent, DD_ADD_INTEREST, "t", "/1/");
    expect_interest(one, DD_ADD_INTEREST, "t", "/1/");
    expect_interest(two, DD_ADD_INTEREST, "t", "/1/");
    actor_want(x, "t", "region"); /* the same interest, once more */
    actor_want(y, "t", "/1/");
    interest(one, DD_ADD_INTEREST, "a", "t", "/1/");
    interest(one, DD_ADD_INTEREST, "a", "t", "/1/"); /* told twice */
    actor_expect_nothing(parent);
    actor_expect_nothing(one);
    actor_expect_nothing(two);

    actor_unsubscribe(x, "t", "/1/");
    actor_unsubscribe(y, "t", "/1/");
    actor_expect_nothing(one);
    actor_unsubscribe(x, "t", "region"); /* only child one is left, for which nobody is elsewhere */
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
    actor_expect(two, DD_GAP);
    actor_expect(parent, DD_DROP_BROKER);
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
    actor_t *parent = actor_new_parent(tree, &broker);
    actor_t *one = actor_child(broker, 1, "/1/1/1/"), *two = actor_child(broker, 2, "/1/1/2/");
    actor_t *publisher = actor_client(broker, "a", "publisher");
    actor_add_client(one, "a.mine", 1);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_relays_that_pass),
        cmocka_unit_test(test_paths_that_relays_may_have),
        cmocka_unit_test(test_relays_take_so_many_hops),
        cmocka_unit_test(test_interests_that_links_may_tell),
        cmocka_unit_test(test_links_are_told_when_somebody_elsewhere_begins_or_ends_to_want),
        cmocka_unit_test(test_publications_go_only_where_they_are_wanted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
