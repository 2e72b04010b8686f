/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_interest - which interests a publication meets
 */
#include <stdio.h>
#include <stdlib.h>

#include "ddbroker/core/peer.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

static subscription_t *add(
    interests_t *interests, peer_t *peer, const char *tenant, const char *topic, const char *path)
{
    dd_scope_t pattern;
    assert_true(dd_scope_parse_pattern(&pattern, B(path)));
    return interest_add(
        interests, peer, (interest_key_t){B(tenant), B(topic), dd_scope_bytes(&pattern)}, &pattern);
}

static void clear(interests_t *interests, peer_t *peer)
{
    while (peer->subscriptions)
        interest_remove(interests, peer->subscriptions);
    assert_int_equal(peer->subscription_count, 0);
}

static void assert_empty(const interests_t *interests)
{
    assert_null(interests->by_key.first);
    assert_null(interests->by_holder.first);
    assert_null(interests->noscopes);
}

/* Rule 6. */
static void test_what_matches(void **state)
{
    static const struct {
        const char *tenant, *topic, *path; /* of the interest */
        const char *to, *about, *origin;   /* of the publication */
        bool matches;
    } CASES[] = {
        {"a", "t", "/", "a", "t", "/1/2/3/", true},
        {"a", "t", "/1/", "a", "t", "/1/2/3/", true},
        {"a", "t", "/1/2/", "a", "t", "/1/2/3/", true},
        {"a", "t", "/1/2/3/", "a", "t", "/1/2/3/", true},
        {"a", "t", "/1/2/3/4/", "a", "t", "/1/2/3/", false},
        {"a", "t", "/2/", "a", "t", "/1/2/3/", false},
        {"a", "t", "/1/3/", "a", "t", "/1/2/3/", false},
        {"a", "t", "/1/", "a", "t", "/11/2/", false},
        {"a", "t", "/11/", "a", "t", "/1/1/", false},
        {"a", "t", "/", "a", "tt", "/1/", false},
        {"a", "tt", "/", "a", "t", "/1/", false},
        {"a", "t", "/", "ab", "t", "/1/", false},
        {"ab", "t", "/", "a", "t", "/1/", false},
        {"a", "bt", "/", "ab", "t", "/1/", false},
        {"a", "t", "noscope", "a", "t", "/1/", true},
        {"a", "t", "noscope", "a", "tt", "/1/", true},
        {"a", "t", "noscope", "a", "t.x", "/9/9/", true},
        {"a", "tt", "noscope", "a", "t", "/1/", false},
        {"a", "x", "noscope", "a", "tx", "/1/", false},
        {"a", "t", "noscope", "b", "t", "/1/", false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        interests_t interests = {0};
        peer_t peer = {0};
        assert_non_null(add(&interests, &peer, CASES[i].tenant, CASES[i].topic, CASES[i].path));
        interest_match_t match =
            interest_match(&interests, B(CASES[i].to), B(CASES[i].about), 0, B(CASES[i].origin));
        if ((interest_next(&match) != NULL) != CASES[i].matches)
            fail_msg("%s %s %s", CASES[i].topic, CASES[i].path, CASES[i].origin);
        assert_null(interest_next(&match));
        clear(&interests, &peer);
        assert_empty(&interests);
    }
}

/* As brokers of old matched topic and scope, as one text: from "t/1/2/" at "/1/2/3/". */
static void test_a_topic_with_a_path_matches_as_of_old(void **state)
{
    static const struct {
        const char *topic, *path;
        bool matches;
    } CASES[] = {
        {"t", "/", true},
        {"t", "/1/", true},
        {"t", "/1/2/", true},
        {"t", "/1/2/3/", false},
        {"t", "/2/", false},
        {"t", "noscope", true},
        {"t/1", "noscope", true},
        {"t/1/2/", "/", true},
        {"t/1/2/", "/1/2/3/", true},
        {"t/1/2/", "/1/2/3/4/", false},
        {"t/1/2/", "noscope", true},
        {"t/1/", "/", false},
        {"t/", "/", false},
        {"tt", "/", false},
    };
    static const char *const NEVER[] = {"t/1/2/3/", "t/2/"};
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        interests_t interests = {0};
        peer_t peer = {0};
        assert_non_null(add(&interests, &peer, "a", CASES[i].topic, CASES[i].path));
        for (size_t k = 0; k < COUNT(NEVER); k++)
            assert_non_null(add(&interests, &peer, "a", NEVER[k], "/"));
        interest_match_t match =
            interest_match(&interests, B("a"), B("t/1/2/"), strlen("/1/2/"), B("/1/2/3/"));
        bool matches = interest_next(&match) != NULL;
        if (matches != CASES[i].matches)
            fail_msg("%s %s", CASES[i].topic, CASES[i].path);
        assert_null(interest_next(&match));
        clear(&interests, &peer);
    }
}

/* The texts of a walk that goes on later are elsewhere. */
static void test_a_walk_over_a_topic_with_a_path_goes_on(void **state)
{
    (void)state;
    interests_t interests = {0};
    peer_t peer = {0};
    static const struct {
        const char *topic, *path;
    } MET[] = {{"t", "/"}, {"t", "/1/"}, {"t/1/", "/"}, {"t/1/", "/1/2/"}, {"t", "noscope"},
        {"t/1/", "noscope"}};
    const interest_t *expected[COUNT(MET)];
    for (size_t i = 0; i < COUNT(MET); i++)
        expected[i] = add(&interests, &peer, "a", MET[i].topic, MET[i].path)->key.interest;
    interest_match_t match =
        interest_match(&interests, B("a"), B("t/1/"), strlen("/1/"), B("/1/2/"));
    for (size_t i = 0; i < COUNT(MET); i++) {
        char tenant[] = "a", topic[] = "t/1/", origin[] = "/1/2/";
        interest_match_resume(&match, B(tenant), B(topic), B(origin));
        assert_ptr_equal(interest_next(&match), expected[i]);
    }
    assert_null(interest_next(&match));
    clear(&interests, &peer);
}

static void test_the_key_tells_its_parts(void **state)
{
    (void)state;
    interests_t interests = {0};
    peer_t peer = {0};
    interest_key_t key = interest_key(add(&interests, &peer, "ab", "t.x", "/1/2/")->key.interest);
    assert_string_equal((const char *)key.tenant.data, "ab");
    assert_string_equal((const char *)key.topic.data, "t.x");
    assert_string_equal((const char *)key.path.data, "/1/2/");
    assert_true(dd_bytes_equal(key.path, B("/1/2/")));
    clear(&interests, &peer);
}

static void test_parts_that_are_too_long(void **state)
{
    (void)state;
    interests_t interests = {0};
    peer_t peer = {0};
    static char topic[DD_TOPIC_MAX + 2];
    memset(topic, 't', DD_TOPIC_MAX + 1);
    assert_null(add(&interests, &peer, "a", topic, "/"));
    topic[DD_TOPIC_MAX] = '\0';
    assert_non_null(add(&interests, &peer, "a", topic,
        "/65535/65535/65535/65535/65535/65535/65535/"
        "65535/"));
    assert_non_null(add(&interests, &peer, "a", topic, "noscope"));
    interest_match_t match = interest_match(&interests, B("a"), B(topic), 0, B("/1/"));
    assert_non_null(interest_next(&match));
    assert_null(interest_next(&match));
    clear(&interests, &peer);
    assert_empty(&interests);
}

static void test_an_interest_has_many_holders(void **state)
{
    (void)state;
    interests_t interests = {0};
    peer_t one = {0}, two = {0};
    dd_scope_t region, path;
    dd_scope_parse_pattern(&region, B("region"));
    dd_scope_parse_pattern(&path, B("/1/"));
    interest_key_t key = {B("a"), B("t"), B("/1/")};
    subscription_t *first = interest_add(&interests, &one, key, &region);
    subscription_t *second = interest_add(&interests, &one, key, &path);
    subscription_t *third = interest_add(&interests, &two, key, &path);
    interest_t *interest = interest_find(&interests, key);
    assert_int_equal(interest->count, 3);
    assert_ptr_equal(interest_held(&interests, &one, interest, &region), first);
    assert_ptr_equal(interest_held(&interests, &one, interest, &path), second);
    assert_ptr_equal(interest_held(&interests, &two, interest, &path), third);
    assert_null(interest_held(&interests, &two, interest, &region));
    interest_remove(&interests, first);
    interest_remove(&interests, third);
    assert_ptr_equal(interest_find(&interests, key), interest);
    assert_null(interest_held(&interests, &two, interest, &path));
    interest_remove(&interests, second);
    assert_null(interest_find(&interests, key));
    assert_empty(&interests);
}

/* ---- Any set of interests against the rule as it is written --------------------------------- */

#define INTERESTS 40
#define ROUNDS 3000

static const char *const TENANTS[] = {"a", "ab", "b"};
static const char *const TOPICS[] = {"t", "tt", "ttt", "tx", "x", "x.t"};
static const char *const PATHS[] = {"/", "/1/", "/1/2/", "/1/2/3/", "/2/", "/12/", "noscope"};
static const char *const ORIGINS[] = {"/1/", "/1/2/", "/1/2/3/", "/1/22/", "/12/", "/2/1/"};

#define PICK(list) list[(unsigned)rand() % (COUNT(list))]

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static bool should_match(
    interest_key_t key, const char *tenant, const char *topic, const char *origin)
{
    const char *path = (const char *)key.path.data, *about = (const char *)key.topic.data;
    if (strcmp((const char *)key.tenant.data, tenant) != 0)
        return false;
    if (strcmp(path, "noscope") == 0)
        return starts_with(topic, about);
    return strcmp(about, topic) == 0 && starts_with(origin, path);
}

static void check(interests_t *interests, const char *tenant, const char *topic, const char *origin)
{
    interest_t *interest, *met[INTERESTS];
    unsigned found = 0, expected = 0;
    interest_match_t match = interest_match(interests, B(tenant), B(topic), 0, B(origin));
    while ((interest = interest_next(&match))) {
        assert_true(should_match(interest_key(interest), tenant, topic, origin));
        for (unsigned i = 0; i < found; i++)
            assert_ptr_not_equal(met[i], interest);
        met[found++] = interest;
    }
    for (interest = interest_first(interests); interest; interest = interest_after(interest))
        expected += should_match(interest_key(interest), tenant, topic, origin);
    assert_int_equal(found, expected);
}

static void test_random_interests_match_as_the_rule_says(void **state)
{
    (void)state;
    interests_t interests = {0};
    peer_t peers[INTERESTS] = {0}; /* each holds one at most */
    srand(1);
    for (int round = 0; round < ROUNDS; round++) {
        peer_t *peer = &PICK(peers);
        if (peer->subscriptions)
            clear(&interests, peer);
        else
            add(&interests, peer, PICK(TENANTS), PICK(TOPICS), PICK(PATHS));
        check(&interests, PICK(TENANTS), PICK(TOPICS), PICK(ORIGINS));
    }
    for (size_t i = 0; i < INTERESTS; i++)
        clear(&interests, &peers[i]);
    assert_empty(&interests);
}

/* Every allocation fails once: then the subscription isn't there, nor anything made for it. */
static void test_out_of_memory_adds_nothing(void **state)
{
    static const char *const FEW[] = {"/", "/1/", "noscope"};
    (void)state;
    interests_t interests = {0};
    peer_t peer = {0};
    for (unsigned i = 0; i < 300; i++) {
        char tenant[16], topic[16];
        snprintf(tenant, sizeof tenant, "t%u", i / 10);
        snprintf(topic, sizeof topic, "%u", i);
        for (size_t allowed = 0;; allowed++) {
            memory_limit_begin(allowed);
            const subscription_t *added = add(&interests, &peer, tenant, topic, FEW[i % 3]);
            if (!memory_limit_end())
                break;
            assert_null(added);
            assert_int_equal(peer.subscription_count, i);
            assert_null(
                interest_find(&interests, (interest_key_t){B(tenant), B(topic), B(FEW[i % 3])}));
            interest_match_t match = interest_match(&interests, B(tenant), B(topic), 0, B("/1/"));
            assert_null(interest_next(&match));
        }
    }
    assert_int_equal(peer.subscription_count, 300);
    clear(&interests, &peer);
    assert_empty(&interests);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_matches),
        cmocka_unit_test(test_a_topic_with_a_path_matches_as_of_old),
        cmocka_unit_test(test_a_walk_over_a_topic_with_a_path_goes_on),
        cmocka_unit_test(test_the_key_tells_its_parts),
        cmocka_unit_test(test_parts_that_are_too_long),
        cmocka_unit_test(test_an_interest_has_many_holders),
        cmocka_unit_test(test_random_interests_match_as_the_rule_says),
        cmocka_unit_test(test_out_of_memory_adds_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
