/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_legacy_topics - clients of protocols 3 and 4 publish and subscribe among native ones
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "legacy_world.h"

/* ---- Publications ------------------------------------------------------------------------- */

static void topics_reach_old_and_new(void **state)
{
    legacy_world_t *world = *state;
    dd_event_t *event;
    legacy_client_t *b = legacy_world_login(world, "b", "reader");
    legacy_client_t *reader = legacy_world_login(world, "a", "reader");
    legacy_client_subscribe(b, "news", "/");
    legacy_client_expect_subok(b, "news", "/");
    legacy_client_subscribe(reader, "news", "/");
    legacy_client_expect_subok(reader, "news", "/");
    assert_int_equal(dd_client_subscribe(world->native, "news", "all"), DD_OK);
    event = native_wait(world->native, DD_EVENT_SUBSCRIBED);
    dd_event_destroy(&event);

    legacy_client_publish(world->old, "news", "from old");
    legacy_client_expect_pub(reader, "old", "news", "from old");
    native_expect(world->native, "old", "news", "from old");
    assert_int_equal(dd_client_publish(world->native, "news", "from new", 8), DD_OK);
    legacy_client_expect_pub(reader, "native", "news", "from new");
    native_expect(world->native, "native", "news", "from new");

    /* No prefix, no '$' that means something, and nobody else's. */
    legacy_client_publish(world->old, "newspaper", "no");
    legacy_client_publish(world->old, "news$", "no");
    legacy_client_publish(world->old, "new", "no");
    legacy_client_expect_silence(world->old);
    legacy_client_expect_silence(reader);
    legacy_client_expect_silence(b);
    assert_int_equal(dd_client_unsubscribe(world->native, "news", "all"), DD_OK);
    event = native_wait(world->native, DD_EVENT_UNSUBSCRIBED);
    dd_event_destroy(&event);
    legacy_client_destroy(&b);
    legacy_client_destroy(&reader);
}

static void public_hears_all_tenants(void **state)
{
    legacy_world_t *world = *state;
    legacy_client_t *reader = legacy_world_login(world, "public", "reader");
    dd_client_t *native = legacy_world_native(world, "broker0", "public", "native");
    legacy_client_subscribe(reader, "news", "/");
    legacy_client_expect_subok(reader, "news", "/");
    assert_int_equal(dd_client_subscribe(native, "news", "all"), DD_OK);
    dd_event_t *event = native_wait(native, DD_EVENT_SUBSCRIBED);
    dd_event_destroy(&event);

    legacy_client_publish(world->old, "public.news", "from a");
    legacy_client_expect_pub(reader, "a.old", "public.news", "from a");
    native_expect(native, "a.old", "news", "from a");
    assert_int_equal(dd_client_publish(world->native, "public.news", "from a", 6), DD_OK);
    legacy_client_expect_pub(reader, "a.native", "public.news", "from a");
    native_expect(native, "a.native", "news", "from a");
    assert_int_equal(dd_client_publish(native, "news", "public", 6), DD_OK);
    legacy_client_expect_pub(reader, "native", "news", "public");
    legacy_client_publish(reader, "news", "own");
    legacy_client_expect_pub(reader, "reader", "news", "own");
    native_expect(native, "native", "news", "public");
    native_expect(native, "reader", "news", "own");

    /* And says nothing to tenants. */
    legacy_client_subscribe(world->old, "talk", "/");
    legacy_client_expect_subok(world->old, "talk", "/");
    legacy_client_publish(reader, "a.talk", "no");
    legacy_client_expect_silence(reader);
    legacy_client_expect_silence(world->old);
    legacy_client_unsubscribe(world->old, "talk", "/");
    dd_client_destroy(&native);
    legacy_client_destroy(&reader);
}

static void several_matches_bring_one_copy(void **state)
{
    legacy_world_t *world = *state;
    static const struct {
        const char *topic, *scope;
    } SUBSCRIPTIONS[] = {{"one", "/"}, {"one", "/*/"}, {"one", "/*/*/"}, {"one", "/*/*/*/"},
        {"one", "/1/2/3/"}, {"one", "/1/*/"}, {"one", "noscope"}, {"on", "noscope"}};
    legacy_client_t *reader = legacy_world_login(world, "a", "reader");
    for (size_t i = 0; i < COUNT(SUBSCRIPTIONS); i++) {
        legacy_client_subscribe(reader, SUBSCRIPTIONS[i].topic, SUBSCRIPTIONS[i].scope);
        legacy_client_expect_subok(reader, SUBSCRIPTIONS[i].topic, SUBSCRIPTIONS[i].scope);
    }
    for (size_t i = 0; i < COUNT(SUBSCRIPTIONS); i++) {
        legacy_client_publish(world->old, "one", "copy");
        legacy_client_expect_silence(world->old);
        legacy_client_expect_pub(reader, "old", "one", "copy");
        legacy_client_expect_silence(reader);
        legacy_client_unsubscribe(reader, SUBSCRIPTIONS[i].topic, SUBSCRIPTIONS[i].scope);
        legacy_client_expect_silence(reader); /* no answer */
    }
    legacy_client_publish(world->old, "one", "copy");
    legacy_client_expect_silence(world->old);
    legacy_client_expect_silence(reader);
    legacy_client_destroy(&reader);
}

static void subscribing_again_is_answered_again(void **state)
{
    legacy_world_t *world = *state;
    legacy_client_t *reader = legacy_world_login(world, "a", "reader");
    for (int i = 0; i < 3; i++) {
        legacy_client_subscribe(reader, "t", "/*/");
        legacy_client_expect_subok(reader, "t", "/*/");
    }
    /* Clients in Python do that then, without cookie and scope. */
    dd_bytes_t topic = dd_bytes_of("t");
    legacy_client_say(reader, CMD_UNSUB, &topic, 1);
    legacy_client_expect_silence(reader);
    legacy_client_publish(world->old, "t", "still");
    legacy_client_expect_pub(reader, "old", "t", "still");
    legacy_client_unsubscribe(reader, "never", "/");
    legacy_client_expect_silence(reader);
    legacy_client_destroy(&reader);
}

static void wrong_topics_and_scopes_are_answered(void **state)
{
    legacy_world_t *world = *state;
    static const struct {
        const char *topic, *scope;
    } ROWS[] = {{"public", "/"}, {"public.t", "/"}, {"", "/"}, {"two words", "/"}, {"t", ""},
        {"t", "1"}, {"t", "/1"}, {"t", "/x/"}, {"t", "/*/*/*/*/"}, {"t", "/1/2/3/4/*/"},
        {"t", "all"}, {"t", "/01/"}, {"t", "/99999/"}};
    legacy_client_t *client = legacy_world_login(world, "a", "wrong");
    for (size_t i = 0; i < COUNT(ROWS); i++) {
        legacy_client_subscribe(client, ROWS[i].topic, ROWS[i].scope);
        legacy_client_expect_error(client, 4, "");
        legacy_client_unsubscribe(client, ROWS[i].topic, ROWS[i].scope);
        legacy_client_expect_silence(client);
    }
    static const char *const TOPICS[] = {"public", "public.public", "", "two words"};
    for (size_t i = 0; i < COUNT(TOPICS); i++) {
        legacy_client_publish(client, TOPICS[i], "no");
        legacy_client_expect_error(client, 4, "");
    }
    legacy_client_expect_silence(client);
    legacy_client_destroy(&client);
}

/* ---- In a tree ---------------------------------------------------------------------------- */

/* Publishes until the subscriber below hears it: then all that it subscribed to before is known
   at the publisher's broker, too. */
typedef struct {
    dd_client_t *publisher;
    legacy_client_t *reader;
} probe_t;

static bool is_heard(void *arg)
{
    probe_t *probe = arg;
    assert_int_equal(dd_client_publish(probe->publisher, "probe", "?", 1), DD_OK);
    return legacy_client_next(probe->reader, 20);
}

/* Of the subscriptions one by one: which of the three brokers' publications come. */
static const struct {
    const char *topic, *scope, *heard; /* t: from the top, m: the middle, b: the bottom */
} COVERED[] = {
    {"deep", "/", "tmb"},
    {"deep", "/*/", "tmb"},
    {"deep", "/*/*/", "mb"},
    {"deep", "/*/*/*/", "b"},
    {"deep", "/1/", "tmb"},
    {"deep", "/1/2/", "mb"},
    {"deep", "/1/2/3/", "b"},
    {"deep", "/1/*/", "mb"},
    {"deep", "/7/", ""},
    {"deep", "/1/2/4/", ""},
    {"deep", "noscope", "tmb"},
    {"de", "noscope", "tmb"},
    {"de", "/", ""},
};

static void publish_and_compare(dd_client_t *const *publishers, legacy_client_t *reader,
    const char *reader_name, const char *heard)
{
    static const char *const TEXTS[] = {"t", "m", "b"};
    for (size_t i = 0; i < COUNT(TEXTS); i++) {
        char name[16];
        snprintf(name, sizeof name, "from-%s", TEXTS[i]);
        assert_int_equal(dd_client_publish(publishers[i], "deep", TEXTS[i], 1), DD_OK);
        assert_int_equal(dd_client_notify(publishers[i], reader_name, "done", 4, 0, NULL), DD_OK);
        if (strchr(heard, TEXTS[i][0]))
            legacy_client_expect_pub(reader, name, "deep", TEXTS[i]);
        legacy_client_expect_data(reader, name, "done");
    }
}

static void scopes_cover_parts_of_the_tree(void **state)
{
    legacy_world_t *world = *state;
    harness_t *harness = world->harness;
    const char *endpoint = harness_reserve(harness, "deep");
    broker_start(harness, "top", NULL, "/1/", NULL);
    broker_start(harness, "middle", "top", "/1/2/", NULL);
    broker_start(harness, "bottom", "middle", "/1/2/3/", "--legacy", endpoint, NULL);
    dd_client_t *publishers[] = {legacy_world_native(world, "top", "a", "from-t"),
        legacy_world_native(world, "middle", "a", "from-m"),
        legacy_world_native(world, "bottom", "a", "from-b")};
    for (size_t i = 0; i < COUNT(COVERED); i++) {
        legacy_client_t *reader =
            legacy_client_new(world->context, endpoint, harness_keys(harness, "a"), LEGACY_V4);
        char name[32];
        snprintf(name, sizeof name, "reader%zu", i);
        legacy_client_login(reader, name);
        legacy_client_subscribe(reader, COVERED[i].topic, COVERED[i].scope);
        legacy_client_expect_subok(reader, COVERED[i].topic, COVERED[i].scope);
        legacy_client_subscribe(reader, "probe", "/");
        legacy_client_expect_subok(reader, "probe", "/");
        probe_t probe = {publishers[0], reader};
        assert_true(wait_until(is_heard, &probe, HARNESS_DEADLINE));
        legacy_client_unsubscribe(reader, "probe", "/");
        assert_int_equal(dd_client_notify(publishers[0], name, "go", 2, 0, NULL), DD_OK);
        do
            assert_true(legacy_client_next(reader, HARNESS_DEADLINE));
        while (legacy_client_command(reader) == CMD_PUB);
        publish_and_compare(publishers, reader, name, COVERED[i].heard);
        legacy_client_destroy(&reader);
    }
    for (size_t i = 0; i < COUNT(publishers); i++)
        dd_client_destroy(&publishers[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topics_reach_old_and_new),
        cmocka_unit_test(public_hears_all_tenants),
        cmocka_unit_test(several_matches_bring_one_copy),
        cmocka_unit_test(subscribing_again_is_answered_again),
        cmocka_unit_test(wrong_topics_and_scopes_are_answered),
        cmocka_unit_test(scopes_cover_parts_of_the_tree),
    };
    return cmocka_run_group_tests(tests, legacy_world_open, legacy_world_close);
}
