/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_legacy_topic_paths - clients of protocols 3 and 4 write the scope behind a topic
 *
 * Their own brokers matched "news/0/0/0/" as topic and scope in one text. In a tree of three
 * brokers, the upper and the lower of which have an endpoint for them, it reaches who wants the
 * topic within that scope, near and far, old and new.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include <cmocka.h>

#include "legacy_world.h"

typedef struct {
    harness_t *harness;
    void *context;
    legacy_client_t *publisher; /* at the lower broker, of scope /0/0/0/ */
    dd_client_t *native;        /* there, too */
} tree_t;

static const char *const BROKERS[] = {"upper", "lower"};

static legacy_client_t *old_client(
    const tree_t *self, const char *broker, const char *owner, const char *name)
{
    char endpoint[32];
    snprintf(endpoint, sizeof endpoint, "old-%s", broker);
    legacy_client_t *client = legacy_client_new(self->context,
        harness_endpoint(self->harness, endpoint), harness_keys(self->harness, owner), LEGACY_V4);
    legacy_client_login(client, name);
    return client;
}

static dd_client_t *new_client(
    const tree_t *self, const char *broker, const char *owner, const char *name)
{
    legacy_world_t world = {.harness = self->harness};
    return legacy_world_native(&world, broker, owner, name);
}

static int open_tree(void **state)
{
    tree_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    self->harness = harness_new("a,b");
    self->context = zmq_ctx_new();
    broker_start(self->harness, "upper", NULL, "/0/", "--legacy",
        harness_reserve(self->harness, "old-upper"), NULL);
    broker_start(self->harness, "middle", "upper", "/0/0/", NULL);
    broker_start(self->harness, "lower", "middle", "/0/0/0/", "--legacy",
        harness_reserve(self->harness, "old-lower"), NULL);
    self->publisher = old_client(self, "lower", "a", "old-publisher");
    self->native = new_client(self, "lower", "a", "new-publisher");
    *state = self;
    return 0;
}

static int close_tree(void **state)
{
    tree_t *self = *state;
    if (!self)
        return 0;
    legacy_client_destroy(&self->publisher);
    dd_client_destroy(&self->native);
    zmq_ctx_term(self->context);
    harness_destroy(&self->harness);
    free(self);
    return 0;
}

/* ---- Listeners ---------------------------------------------------------------------------- */

/* An old and a new one at each of the two brokers, with the same subscription. */
typedef struct {
    tree_t *tree;
    legacy_client_t *old[2];
    dd_client_t *native[2];
    char names[4][16];
} listeners_t;

static void subscribe_old(legacy_client_t *client, const char *topic, const char *scope)
{
    legacy_client_subscribe(client, topic, scope);
    legacy_client_expect_subok(client, topic, scope);
}

static void subscribe_new(dd_client_t *client, const char *topic, const char *scope)
{
    assert_int_equal(dd_client_subscribe(client, topic, scope), DD_OK);
    dd_event_t *event = native_wait(client, DD_EVENT_SUBSCRIBED);
    dd_event_destroy(&event);
}

/* What the listener hears next; an empty text if nothing does within those ms. */
static void hear(const listeners_t *self, size_t who, int deadline_ms, char topic[300])
{
    size_t at = who / 2;
    topic[0] = '\0';
    if (who % 2 == 0) {
        if (legacy_client_next(self->old[at], deadline_ms))
            dd_bytes_copy(legacy_client_command(self->old[at]) == CMD_PUB
                              ? legacy_client_frame(self->old[at], 1)
                              : dd_bytes_of("-"),
                topic, 300);
        return;
    }
    dd_event_t *event = dd_client_receive(self->native[at], deadline_ms);
    if (event)
        snprintf(topic, 300, "%s", event->type == DD_EVENT_PUBLICATION ? event->topic : "-");
    dd_event_destroy(&event);
}

static bool has_heard_probe(void *arg)
{
    const listeners_t *self = arg;
    char topic[300];
    for (size_t who = 0; who < 4; who++) {
        legacy_client_publish(self->tree->publisher, "probe", "?");
        hear(self, who, 50, topic);
        if (strcmp(topic, "probe") != 0)
            return false;
    }
    return true;
}

/* Tells each "go" and passes over what came before: from the publisher to a listener, all keeps its
   order. */
static void clear(const listeners_t *self)
{
    char topic[300];
    for (size_t who = 0; who < 4; who++) {
        legacy_client_notify(self->tree->publisher, self->names[who], "go");
        do
            hear(self, who, HARNESS_DEADLINE, topic);
        while (strcmp(topic, "probe") == 0);
        assert_string_equal(topic, "-");
    }
}

/* What they have subscribed to is known in the whole tree then. */
static listeners_t gather(
    tree_t *tree, const char *owner, size_t number, const char *topic, const char *scope)
{
    listeners_t self = {.tree = tree};
    for (size_t who = 0; who < 4; who++)
        snprintf(self.names[who], sizeof self.names[who], "%s%zu-%zu", who % 2 ? "new" : "old",
            who / 2, number);
    for (size_t at = 0; at < 2; at++) {
        self.old[at] = old_client(tree, BROKERS[at], owner, self.names[2 * at]);
        subscribe_old(self.old[at], topic, scope);
        subscribe_old(self.old[at], "probe", "/");
        self.native[at] = new_client(tree, BROKERS[at], owner, self.names[2 * at + 1]);
        subscribe_new(self.native[at], topic, scope);
        subscribe_new(self.native[at], "probe", "/");
    }
    assert_true(wait_until(has_heard_probe, &self, HARNESS_DEADLINE));
    clear(&self);
    return self;
}

static void dismiss(listeners_t *self)
{
    for (size_t at = 0; at < 2; at++) {
        legacy_client_destroy(&self->old[at]);
        dd_client_destroy(&self->native[at]);
    }
}

/* Each hears the topic of its kind and then "go"; NULL: only that. */
static void expect(const listeners_t *self, const char *old, const char *native)
{
    char topic[300];
    for (size_t who = 0; who < 4; who++) {
        const char *expected = who % 2 ? native : old;
        hear(self, who, HARNESS_DEADLINE, topic);
        assert_string_equal(topic, expected ? expected : "-");
        if (!expected)
            continue;
        hear(self, who, HARNESS_DEADLINE, topic);
        assert_string_equal(topic, "-");
    }
}

/* ---- Tests -------------------------------------------------------------------------------- */

/* What is sent on a topic reaches who has subscribed so, who sees it as this topic. */
static const struct {
    const char *topic, *scope, *sent, *old, *native;
} PATHS[] = {
    {"news", "/", "news/0/0/0/", "news/0/0/0/", "news"},
    {"news", "/0/", "news/0/0/0/", "news/0/0/0/", "news"},
    {"news", "/0/0/0/", "news/0/0/0/", "news/0/0/0/", "news"},
    {"news", "noscope", "news/0/0/0/", "news/0/0/0/", "news"},
    {"news", "/0/", "news/0/", "news/0/", "news"},
    {"news", "/0/0/0/", "news/0/", NULL, NULL},
    {"news", "/7/", "news/0/0/0/", NULL, NULL},
    {"news/0/0/0/", "/", "news/0/0/0/", "news/0/0/0/", "news/0/0/0/"},
    /* What only looks like a path is a part of the topic. */
    {"news", "/", "news/9/9/9/", NULL, NULL},
    {"news", "/", "news/0/0/0", NULL, NULL},
    {"news", "/", "news/0/0/0/0/", NULL, NULL},
    {"news", "/", "news/", NULL, NULL},
    {"news/9/9/9/", "/", "news/9/9/9/", "news/9/9/9/", "news/9/9/9/"},
    {"news/9/9/9/", "/", "news", NULL, NULL},
    {"news", "/", "news", "news", "news"},
};

static void an_old_topic_with_a_path_reaches_its_subscribers(void **state)
{
    tree_t *tree = *state;
    for (size_t i = 0; i < COUNT(PATHS); i++) {
        listeners_t listeners = gather(tree, "a", i, PATHS[i].topic, PATHS[i].scope);
        legacy_client_publish(tree->publisher, PATHS[i].sent, "text");
        for (size_t who = 0; who < 4; who++)
            legacy_client_notify(tree->publisher, listeners.names[who], "go");
        expect(&listeners, PATHS[i].old, PATHS[i].native);
        dismiss(&listeners);
    }
}

/* A new client's topic is what it says, whoever hears it. */
static void a_new_topic_with_a_path_is_a_topic(void **state)
{
    static const struct {
        const char *topic, *scope, *sent, *heard;
    } CASES[] = {
        {"news", "/0/0/0/", "news", "news"},
        {"news", "/", "news/0/0/0/", NULL},
        {"news/0/0/0/", "/", "news/0/0/0/", "news/0/0/0/"},
    };
    tree_t *tree = *state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        listeners_t listeners = gather(tree, "a", 100 + i, CASES[i].topic, CASES[i].scope);
        assert_int_equal(dd_client_publish(tree->native, CASES[i].sent, "text", 4), DD_OK);
        for (size_t who = 0; who < 4; who++)
            assert_int_equal(
                dd_client_notify(tree->native, listeners.names[who], "go", 2, 0, NULL), DD_OK);
        expect(&listeners, CASES[i].heard, CASES[i].heard);
        dismiss(&listeners);
    }
}

typedef struct {
    legacy_client_t *publisher, *listener;
} hearing_t;

static bool is_heard(void *arg)
{
    hearing_t *hearing = arg;
    legacy_client_publish(hearing->publisher, "public.news/0/0/0/", "text");
    return legacy_client_next(hearing->listener, 50);
}

/* Tenants' topics at public's clients, and nobody else's. */
static void public_hears_tenants_topics_with_a_path(void **state)
{
    tree_t *tree = *state;
    legacy_client_t *listener = old_client(tree, "upper", "public", "all");
    legacy_client_t *b = old_client(tree, "lower", "b", "b");
    dd_client_t *native = new_client(tree, "upper", "public", "new-all");
    subscribe_old(b, "news", "/");
    subscribe_new(native, "news", "/0/0/0/");
    subscribe_old(listener, "news", "/0/0/0/");
    hearing_t hearing = {tree->publisher, listener};
    assert_true(wait_until(is_heard, &hearing, HARNESS_DEADLINE));
    assert_true(
        dd_bytes_equal(legacy_client_frame(listener, 1), dd_bytes_of("public.news/0/0/0/")));
    assert_string_equal(legacy_client_open(listener, 2, "a.old-publisher"), "text");
    native_expect(native, "a.old-publisher", "news", "text");
    legacy_client_expect_silence(b);
    legacy_client_destroy(&listener);
    legacy_client_destroy(&b);
    dd_client_destroy(&native);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_old_topic_with_a_path_reaches_its_subscribers),
        cmocka_unit_test(a_new_topic_with_a_path_is_a_topic),
        cmocka_unit_test(public_hears_tenants_topics_with_a_path),
    };
    return cmocka_run_group_tests(tests, open_tree, close_tree);
}
