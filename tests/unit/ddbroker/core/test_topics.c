/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_topics - what is published on each topic, by whom, within a bound for each tenant
 */
#include "ddbroker/core/topics.h"

#include <stdio.h>

#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

static const topic_t *find(const topics_t *self, const char *tenant, const char *name)
{
    const topic_t *topic = topics_first(self);
    while (
        topic && (strcmp(topic_tenant(topic), tenant) != 0 || strcmp(topic_text(topic), name) != 0))
        topic = topics_after(topic);
    return topic;
}

/* The last topic of whoever publishes here. */
static topic_t *last;

static void finish(topics_t *self)
{
    topics_destroy(self);
    last = NULL;
}

static void publish(topics_t *self, const char *tenant, const char *topic, const char *publisher)
{
    topics_published(
        self, &last, dd_bytes_of(tenant), dd_bytes_of(topic), dd_bytes_of(publisher), 10);
}

static void publish_many(topics_t *self, const char *tenant, unsigned count)
{
    char name[32];
    for (unsigned i = 0; i < count; i++) {
        snprintf(name, sizeof name, "topic%u", i);
        publish(self, tenant, name, "a.someone");
    }
}

static uint64_t of_others(topics_t *self, const char *tenant)
{
    const topics_own_t *own = dd_table_find(&self->by_tenant, tenant, strlen(tenant));
    return own ? own->others.publications : 0;
}

static void test_tenants_and_topics_are_told_apart(void **state)
{
    (void)state;
    topics_t topics = {.cursors = NULL};
    publish(&topics, "a", "news", "a.one");
    publish(&topics, "a", "news", "public.two");
    publish(&topics, "a", "new", "a.one");
    publish(&topics, "b", "news", "b.one");
    const topic_t *topic = find(&topics, "a", "news");
    assert_int_equal(topic->count.publications, 2);
    assert_int_equal(topic->count.bytes, 20);
    assert_string_equal(topic->publishers[0].name, "a.one");
    assert_string_equal(topic->publishers[1].name, "public.two");
    assert_int_equal(find(&topics, "a", "new")->count.publications, 1);
    assert_int_equal(find(&topics, "b", "news")->count.publications, 1);
    assert_null(find(&topics, "b", "new"));
    finish(&topics);
}

/* Who publishes a lot is among those that are named, however many others there are. */
static void test_the_busiest_publishers_are_named(void **state)
{
    (void)state;
    topics_t topics = {.cursors = NULL};
    char name[32];
    for (unsigned i = 0; i < 1000; i++) {
        publish(&topics, "a", "news", "a.busy");
        snprintf(name, sizeof name, "a.other%u", i % 100);
        publish(&topics, "a", "news", name);
    }
    const topic_t *topic = find(&topics, "a", "news");
    uint64_t most = 0, of_busy = 0;
    for (size_t i = 0; i < TOPICS_PUBLISHERS; i++) {
        const topic_publisher_t *one = &topic->publishers[i];
        if (one->publications > most)
            most = one->publications;
        if (strcmp(one->name, "a.busy") == 0)
            of_busy = one->publications;
    }
    assert_true(of_busy >= 1000);
    assert_int_equal(of_busy, most);
    finish(&topics);
}

static void test_the_idlest_topic_makes_room(void **state)
{
    (void)state;
    topics_t topics = {.cursors = NULL};
    publish(&topics, "b", "news", "b.one");
    publish_many(&topics, "a", TOPICS_MAX);
    publish(&topics, "a", "topic0", "a.someone");
    publish(&topics, "a", "one more", "a.someone");
    assert_non_null(find(&topics, "a", "topic0"));
    assert_null(find(&topics, "a", "topic1"));
    assert_non_null(find(&topics, "a", "one more"));
    assert_int_equal(of_others(&topics, "a"), 1);
    assert_int_equal(of_others(&topics, "b"), 0);
    assert_non_null(find(&topics, "b", "news"));
    assert_int_equal(topics.by_key.count, TOPICS_MAX + 1);
    finish(&topics);
}

static void test_topics_with_subscribers_stay(void **state)
{
    (void)state;
    topics_t topics = {.cursors = NULL};
    topic_t *held[TOPICS_MAX];
    char name[32];
    for (unsigned i = 0; i < TOPICS_MAX; i++) {
        snprintf(name, sizeof name, "topic%u", i);
        held[i] = topics_subscribed(&topics, B("a"), dd_bytes_of(name));
        assert_non_null(held[i]);
    }
    assert_ptr_equal(topics_subscribed(&topics, B("a"), B("topic7")), held[7]);
    assert_null(topics_subscribed(&topics, B("a"), B("one more")));
    topics_unsubscribed(NULL);
    publish(&topics, "a", "one more", "a.someone");
    publish(&topics, "a", "topic7", "a.someone");
    assert_int_equal(of_others(&topics, "a"), 1);
    assert_int_equal(held[7]->count.publications, 1);
    topics_unsubscribed(held[7]);
    publish(&topics, "a", "one more", "a.someone");
    assert_int_equal(of_others(&topics, "a"), 2);
    topics_unsubscribed(held[7]); /* the last of two */
    publish(&topics, "a", "one more", "a.someone");
    assert_non_null(find(&topics, "a", "one more"));
    assert_null(find(&topics, "a", "topic7"));
    assert_int_equal(of_others(&topics, "a"), 3);
    finish(&topics);
}

/* Whoever is walking through them goes on behind a topic that makes room. */
static void test_a_walk_survives_a_topic_that_goes(void **state)
{
    (void)state;
    topics_t topics = {.cursors = NULL};
    cursor_t cursor = {.at = NULL};
    publish_many(&topics, "a", TOPICS_MAX);
    cursor_set(&topics.cursors, &cursor, topics_first(&topics));
    publish(&topics, "a", "one more", "a.someone");
    assert_string_equal(topic_text(cursor.at), "topic1");
    cursor_set(&topics.cursors, &cursor, NULL);
    finish(&topics);
}

/* Also those of a topic that isn't there any more. */
static void test_it_is_known_when_the_first_and_the_last_was_lost(void **state)
{
    (void)state;
    topics_t topics = {.cursors = NULL};
    topic_t *news = topics_subscribed(&topics, B("a"), B("news"));
    topics_lost(NULL, 1, 1);
    topics_lost(news, 2, 5000);
    topics_lost(news, 3, 9000);
    assert_int_equal(news->count.lost, 5);
    assert_int_equal(news->count.lost_since_ms, 5000);
    assert_int_equal(news->count.lost_ms, 9000);
    publish(&topics, "a", "news", "a.one");
    assert_int_equal(news->count.lost_since_ms, 5000);
    topics_unsubscribed(news);
    topic_t *more = topics_subscribed(&topics, B("a"), B("more"));
    topics_lost(more, UINT64_MAX, 4000);
    topics_unsubscribed(more);
    publish_many(&topics, "a", TOPICS_MAX);
    assert_null(find(&topics, "a", "news"));
    const topic_count_t *others = &topics_own_first(&topics)->others;
    assert_int_equal(others->lost, UINT64_MAX);
    assert_int_equal(others->lost_since_ms, 4000);
    assert_int_equal(others->lost_ms, 9000);
    finish(&topics);
}

static void test_without_memory_nothing_is_counted(void **state)
{
    (void)state;
    bool failed = true;
    for (size_t count = 0; failed; count++) {
        topics_t topics = {.cursors = NULL};
        memory_limit_begin(count);
        topic_t *topic = topics_subscribed(&topics, B("a"), B("news"));
        failed = memory_limit_end();
        assert_true(failed || topic);
        publish(&topics, "a", "news", "a.one");
        assert_int_equal(find(&topics, "a", "news")->count.publications, 1);
        finish(&topics);
    }
}

/* All may publish on topics of the public tenant, whose own stay those that are shown. */
static void test_other_tenants_push_no_topics_of_public_out(void **state)
{
    (void)state;
    topics_t topics = {.cursors = NULL};
    char name[32];
    for (unsigned i = 0; i < TOPICS_MAX; i++) {
        snprintf(name, sizeof name, "a%u", i);
        publish(&topics, "public", name, "a.someone");
    }
    publish(&topics, "public", "news", "public.one");
    publish(&topics, "public", "a7", "a.someone"); /* a topic that is there */
    publish(&topics, "public", "weather", "public.one");
    for (unsigned i = 0; i < 2 * TOPICS_MAX; i++) {
        snprintf(name, sizeof name, "b%u", i);
        publish(&topics, "public", name, "b.someone");
    }
    assert_non_null(find(&topics, "public", "news"));
    assert_non_null(find(&topics, "public", "weather"));
    assert_null(find(&topics, "public", "b7"));
    assert_int_equal(of_others(&topics, "public"), 2 + 2 * TOPICS_MAX);
    finish(&topics);
}

/* A topic is its tenant's own again when that publishes on it. */
static void test_a_topic_that_another_tenant_began_stays_with_its_own(void **state)
{
    (void)state;
    topics_t topics = {.cursors = NULL};
    char name[32];
    publish(&topics, "public", "news", "a.someone");
    publish(&topics, "public", "news", "public.one");
    for (unsigned i = 0; i < TOPICS_MAX - 1; i++) {
        snprintf(name, sizeof name, "topic%u", i);
        publish(&topics, "public", name, "public.two");
    }
    publish(&topics, "public", "news", "public.one");
    publish(&topics, "public", "one more", "public.two");
    assert_int_equal(find(&topics, "public", "news")->count.publications, 3);
    finish(&topics);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tenants_and_topics_are_told_apart),
        cmocka_unit_test(test_the_busiest_publishers_are_named),
        cmocka_unit_test(test_the_idlest_topic_makes_room),
        cmocka_unit_test(test_topics_with_subscribers_stay),
        cmocka_unit_test(test_a_walk_survives_a_topic_that_goes),
        cmocka_unit_test(test_other_tenants_push_no_topics_of_public_out),
        cmocka_unit_test(test_a_topic_that_another_tenant_began_stays_with_its_own),
        cmocka_unit_test(test_it_is_known_when_the_first_and_the_last_was_lost),
        cmocka_unit_test(test_without_memory_nothing_is_counted),
    };
    return cmocka_run_group_tests_name("topics", tests, NULL, NULL);
}
