/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_topic - topics, and whom they reach
 */
#include "libdd/protocol/topic.h"
#include "tests/unit/unit.h"

static const struct {
    const char *topic;
    bool valid, subscribable;
    const char *from_tenant; /* what tenant's subscribers of what topic a publication by a client of
                                a reaches; NULL: none, it is refused */
    const char *as;
} TOPICS[] = {
    {"alarms", true, true, "a", "alarms"},
    {"a.b.c", true, true, "a", "a.b.c"},
    {"b.alarms", true, true, "a", "b.alarms"},
    {"publicx", true, true, "a", "publicx"},
    {"x.public.y", true, true, "a", "x.public.y"},
    {"price$", true, true, "a", "price$"},
    {"public.alarms", true, false, "public", "alarms"},
    {"public.a.b", true, false, "public", "a.b"},
    {"public", false, false, NULL, NULL},
    {"public.", true, false, NULL, NULL},
    {"public.public", true, false, NULL, NULL},
    {"public.public.x", true, false, NULL, NULL},
    {"", false, false, NULL, NULL},
    {"a b", false, false, NULL, NULL},
    {"\x1b[2J", false, false, NULL, NULL},
    {"\xff", false, false, NULL, NULL},
};

static void test_topics(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(TOPICS); i++) {
        dd_bytes_t topic = dd_bytes_of(TOPICS[i].topic), to_tenant, to_topic;
        assert_int_equal(dd_topic_valid(topic), TOPICS[i].valid);
        assert_int_equal(dd_topic_subscribable(topic), TOPICS[i].subscribable);
        bool reaches = dd_topic_route(dd_bytes_of("a"), topic, &to_tenant, &to_topic);
        assert_int_equal(reaches, TOPICS[i].from_tenant != NULL);
        if (!reaches)
            continue;
        assert_true(dd_bytes_equal(to_tenant, dd_bytes_of(TOPICS[i].from_tenant)));
        assert_true(dd_bytes_equal(to_topic, dd_bytes_of(TOPICS[i].as)));
    }
}

/* A record has no room for more. */
static void test_a_topic_is_too_long_with_its_tenant(void **state)
{
    (void)state;
    char topic[DD_TOPIC_MAX + 2];
    dd_bytes_t to_tenant, to_topic;
    memset(topic, 'x', sizeof topic);
    memcpy(topic, "public.", strlen("public."));
    topic[DD_TOPIC_MAX + 1] = '\0';
    assert_false(dd_topic_route(B("a"), dd_bytes_of(topic), &to_tenant, &to_topic));
    topic[DD_TOPIC_MAX] = '\0';
    assert_true(dd_topic_route(B("a"), dd_bytes_of(topic), &to_tenant, &to_topic));
}

/* To a public client "public.x" is its own x. */
static void test_public_publishes_to_itself(void **state)
{
    (void)state;
    dd_bytes_t public = dd_bytes_of("public"), to_tenant, to_topic;
    static const char *const SAME[] = {"x", "public.x"};
    for (size_t i = 0; i < COUNT(SAME); i++) {
        assert_true(dd_topic_route(public, dd_bytes_of(SAME[i]), &to_tenant, &to_topic));
        assert_true(dd_bytes_equal(to_tenant, public));
        assert_true(dd_bytes_equal(to_topic, dd_bytes_of("x")));
    }
}

/* A path leads to the scope or is it; what only looks like one is a part of the topic. */
static void test_paths_behind_topics(void **state)
{
    static const struct {
        const char *topic, *scope, *path;
    } CASES[] = {
        {"news/0/0/0/", "/0/0/0/", "/0/0/0/"},
        {"news/1/2/3/", "/1/2/3/", "/1/2/3/"},
        {"news/1/2/", "/1/2/3/", "/1/2/"},
        {"news/1/", "/1/2/3/", "/1/"},
        {"news/", "/1/2/3/", ""},
        {"news/0/0/0/0/", "/0/0/0/", "/0/0/0/"}, /* the longest there is */
        {"a/b/1/", "/1/2/", "/1/"},
        {"news", "/1/2/3/", ""},
        {"news/1/2/3", "/1/2/3/", ""},
        {"news/1/2/3/4/", "/1/2/3/", ""}, /* deeper than the scope */
        {"news/1/3/", "/1/2/3/", ""},
        {"news/11/", "/1/", ""},
        {"news1/", "/1/", ""},
        {"news/1/*/", "/1/2/", ""},
        {"news/01/", "/1/", ""},
        {"/1/2/3/", "/1/2/3/", ""}, /* nothing is in front of it */
        {"/", "/1/", ""},
        {"", "/1/", ""},
        {"public/1/", "/1/", ""},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        dd_bytes_t topic = dd_bytes_of(CASES[i].topic);
        size_t size = dd_topic_path_size(topic, dd_bytes_of(CASES[i].scope));
        if (!dd_bytes_equal(dd_topic_path(topic, size), dd_bytes_of(CASES[i].path)))
            fail_msg("%s at %s: %zu bytes", CASES[i].topic, CASES[i].scope, size);
        assert_int_equal(dd_topic_without_path(topic, size).size, topic.size - size);
    }
}

static void test_lengths(void **state)
{
    (void)state;
    char text[DD_TOPIC_MAX + 1];
    memset(text, 't', sizeof text);
    assert_true(dd_topic_valid(dd_bytes(text, DD_TOPIC_MAX)));
    assert_false(dd_topic_valid(dd_bytes(text, DD_TOPIC_MAX + 1)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_topics),
        cmocka_unit_test(test_a_topic_is_too_long_with_its_tenant),
        cmocka_unit_test(test_public_publishes_to_itself),
        cmocka_unit_test(test_paths_behind_topics),
        cmocka_unit_test(test_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
