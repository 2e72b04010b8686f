/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_scopes - which publications reach whom, in a tree of three levels and two regions
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "scene.h"

/* A publisher at each broker; it publishes its letter. */
static const struct {
    const char *broker;
    char letter[2];
} PUBLISHERS[] = {
    {"root", "R"}, {"mid", "M"}, {"leaf", "L"}, {"twin", "T"}, {"other", "O"}, {"far", "F"}};

#define SUBSCRIBERS_MAX 16
#define SCOPES_MAX 4

typedef struct {
    const char *broker;
    const char *scopes[SCOPES_MAX]; /* of its subscriptions to the topic "t" */
    const char *receives;           /* letters in the order of PUBLISHERS */
} row_t;

static void open_tree(harness_t *self)
{
    scene_tree(self);
    scene_broker(self, "far", "root", "/2/6/7/");
}

static client_t *open_subscriber(harness_t *self, const row_t *row, const char *name)
{
    client_t *subscriber = client_open(self, row->broker, "a", name);
    for (size_t i = 0; i < SCOPES_MAX && row->scopes[i]; i++)
        client_subscribe(subscriber, "t", row->scopes[i]);
    for (size_t i = 0; i < COUNT(PUBLISHERS); i++)
        client_reach(subscriber, PUBLISHERS[i].letter);
    return subscriber;
}

/* The publication, and then a word to each subscriber that there won't be more. */
static void speak(client_t *publisher, const char *letter, size_t subscribers)
{
    assert_int_equal(dd_client_publish(client_handle(publisher), "t", letter, 1), DD_OK);
    for (size_t i = 0; i < subscribers; i++) {
        char name[32];
        snprintf(name, sizeof name, "s%zu", i);
        client_tell(publisher, name, "done");
    }
}

/* All letters that came until every publisher was done, in the order of PUBLISHERS. */
static void listen_to_all(client_t *self, char *letters, size_t room)
{
    unsigned copies[UCHAR_MAX + 1] = {0};
    for (size_t done = 0; done < COUNT(PUBLISHERS);) {
        dd_event_t *event = client_wait(self, MESSAGES);
        if (event->type == DD_EVENT_NOTIFICATION)
            done++;
        else
            copies[(unsigned char)*event->source]++;
        dd_event_destroy(&event);
    }
    size_t length = 0;
    for (size_t i = 0; i < COUNT(PUBLISHERS); i++)
        while (copies[(unsigned char)*PUBLISHERS[i].letter]-- > 0 && length < room - 1)
            letters[length++] = *PUBLISHERS[i].letter;
    letters[length] = '\0';
}

static void play(harness_t *self, const row_t *rows, size_t count)
{
    client_t *publishers[COUNT(PUBLISHERS)], *subscribers[SUBSCRIBERS_MAX];
    assert_true(count <= SUBSCRIBERS_MAX);
    open_tree(self);
    for (size_t i = 0; i < COUNT(PUBLISHERS); i++)
        publishers[i] = client_open(self, PUBLISHERS[i].broker, "a", PUBLISHERS[i].letter);
    for (size_t i = 0; i < count; i++) {
        char name[32];
        snprintf(name, sizeof name, "s%zu", i);
        subscribers[i] = open_subscriber(self, &rows[i], name);
    }
    for (size_t i = 0; i < COUNT(PUBLISHERS); i++)
        speak(publishers[i], PUBLISHERS[i].letter, count);
    for (size_t i = 0; i < count; i++) {
        char letters[64];
        listen_to_all(subscribers[i], letters, sizeof letters);
        if (strcmp(letters, rows[i].receives) != 0)
            fail_msg("subscribed to %s at %s: got %s instead of %s", rows[i].scopes[0],
                rows[i].broker, letters, rows[i].receives);
    }
}

static void words_mean_the_subscribers_own_place(void **state)
{
    static const row_t ROWS[] = {
        {"leaf", {"all"}, "RMLTOF"},
        {"leaf", {"region"}, "RMLTO"},
        {"leaf", {"cluster"}, "MLT"},
        {"leaf", {"node"}, "L"},
        {"mid", {"cluster"}, "MLT"},
        {"other", {"cluster"}, "O"},
        {"other", {"region"}, "RMLTO"},
        {"root", {"region"}, "RMLTO"},
        {"root", {"all"}, "RMLTOF"},
        {"far", {"region"}, "F"},
        {"far", {"node"}, "F"},
    };
    play(*state, ROWS, COUNT(ROWS));
}

static void paths_mean_one_place_or_the_own(void **state)
{
    static const row_t ROWS[] = {
        {"leaf", {"/1/"}, "RMLTO"},
        {"leaf", {"/1/2/"}, "MLT"},
        {"leaf", {"/1/*/"}, "MLT"},
        {"leaf", {"/*/5/"}, "O"},
        {"leaf", {"/*/*/4/"}, "T"},
        {"leaf", {"/2/"}, "F"},
        {"leaf", {"/1/7/"}, ""},
        {"other", {"/1/*/"}, "O"},
        {"other", {"/1/2/3/"}, "L"},
        {"far", {"/1/2/"}, "MLT"},
        {"root", {"/1/2/4/"}, "T"},
    };
    play(*state, ROWS, COUNT(ROWS));
}

static void overlapping_subscriptions_bring_one_copy(void **state)
{
    static const row_t ROWS[] = {
        {"leaf", {"all", "region", "cluster", "node"}, "RMLTOF"},
        {"leaf", {"cluster", "/1/2/", "/1/*/"}, "MLT"},
        {"leaf", {"region", "noscope"}, "RMLTOF"},
        {"other", {"cluster", "/1/2/3/"}, "LO"},
        {"far", {"/1/2/", "/1/5/"}, "MLTO"},
    };
    play(*state, ROWS, COUNT(ROWS));
}

/* "noscope" takes what begins so, from everywhere; all others take the topic itself. */
static void noscope_takes_topics_by_their_beginning(void **state)
{
    harness_t *self = *state;
    open_tree(self);
    client_t *publisher = client_open(self, "far", "a", "publisher");
    client_t *prefix = client_open(self, "leaf", "a", "prefix");
    client_t *exact = client_open(self, "leaf", "a", "exact");
    client_subscribe(prefix, "net.", "noscope");
    client_subscribe(exact, "net.", "all");
    client_reach(prefix, "publisher");
    client_reach(exact, "publisher");
    static const char *const TOPICS[] = {"net.link", "net", "network", "net.", "net.port.7"};
    for (size_t i = 0; i < COUNT(TOPICS); i++)
        assert_int_equal(
            dd_client_publish(client_handle(publisher), TOPICS[i], TOPICS[i], strlen(TOPICS[i])),
            DD_OK);
    client_tell(publisher, "prefix", "done");
    client_tell(publisher, "exact", "done");
    client_expect(prefix, "publisher", "net.link");
    client_expect(prefix, "publisher", "net.");
    client_expect(prefix, "publisher", "net.port.7");
    client_expect(prefix, "publisher", "done");
    client_expect(exact, "publisher", "net.");
    client_expect(exact, "publisher", "done");
}

static void what_was_unsubscribed_no_longer_comes(void **state)
{
    harness_t *self = *state;
    open_tree(self);
    client_t *publisher = client_open(self, "other", "a", "publisher");
    client_t *subscriber = client_open(self, "leaf", "a", "subscriber");
    client_subscribe(subscriber, "t", "all");
    client_subscribe(subscriber, "t", "node");
    client_reach(subscriber, "publisher");
    assert_int_equal(dd_client_publish(client_handle(publisher), "t", "one", 3), DD_OK);
    client_expect(subscriber, "publisher", "one");
    assert_int_equal(dd_client_unsubscribe(client_handle(subscriber), "t", "all"), DD_OK);
    client_await(subscriber, DD_EVENT_UNSUBSCRIBED);
    client_reach(subscriber, "publisher");
    assert_int_equal(dd_client_publish(client_handle(publisher), "t", "two", 3), DD_OK);
    client_tell(publisher, "subscriber", "done");
    client_expect(subscriber, "publisher", "done");
}

/* At a broker that is one number deep there is no cluster. */
static void a_scope_without_meaning_is_refused(void **state)
{
    harness_t *self = *state;
    broker_start(self, "root", NULL, "/1/", NULL);
    client_t *client = client_open(self, "root", "a", "client");
    assert_int_equal(dd_client_subscribe(client_handle(client), "t", "cluster"), DD_OK);
    dd_event_t *event = client_wait(client, EVENT(DD_EVENT_ERROR) | EVENT(DD_EVENT_SUBSCRIBED));
    assert_int_equal(event->type, DD_EVENT_ERROR);
    assert_int_equal(event->error, DD_E_SCOPE_INVALID);
    assert_non_null(strstr(event->text, "/1/"));
    dd_event_destroy(&event);
    client_subscribe(client, "t", "region");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCENE(words_mean_the_subscribers_own_place),
        SCENE(paths_mean_one_place_or_the_own),
        SCENE(overlapping_subscriptions_bring_one_copy),
        SCENE(noscope_takes_topics_by_their_beginning),
        SCENE(what_was_unsubscribed_no_longer_comes),
        SCENE(a_scope_without_meaning_is_refused),
    };
    return cmocka_run_group_tests_name("scopes", tests, NULL, NULL);
}
