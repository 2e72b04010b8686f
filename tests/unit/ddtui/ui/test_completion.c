/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_completion - what a field may be filled with, in which order, and what a scope means
 */
#include "ddtui/ui/completion.h"
#include "tests/unit/ddtui/scripted.h"

typedef struct {
    session_view_t *session;
    history_t *history;
    completions_t completions;
} fixture_t;

static fixture_t start(void)
{
    fixture_t self = {.session = scripted_session(), .history = history_new(NULL)};
    scripted_everything(self.session);
    assert_non_null(self.history);
    return self;
}

static void stop(fixture_t *self)
{
    history_destroy(&self->history);
    session_view_destroy(&self->session);
}

/* All that is offered, with '|' between. */
static const char *offered(
    fixture_t *self, completion_source_t from, history_kind_t kind, const char *typed)
{
    static char text[COMPLETIONS_MAX * COMPLETION_ROOM];
    size_t used = 0;
    completion_offer(&self->completions, from, kind, self->session, self->history, typed);
    text[0] = '\0';
    for (size_t i = 0; i < self->completions.count; i++)
        used += (size_t)snprintf(
            text + used, sizeof text - used, "%s%s", i > 0 ? "|" : "", self->completions.texts[i]);
    return text;
}

#define assert_offers(self, from, kind, typed, expected)                                           \
    assert_string_equal(offered(self, from, kind, typed), expected)

static void test_clients(void **state)
{
    (void)state;
    fixture_t self = start();
    assert_offers(&self, COMPLETION_CLIENTS, HISTORY_DESTINATION, "", "cli2|cli10");
    assert_offers(&self, COMPLETION_CLIENTS, HISTORY_DESTINATION, "LI1", "cli10");
    assert_offers(&self, COMPLETION_CLIENTS, HISTORY_DESTINATION, "cli10", ""); /* it is typed */
    assert_offers(&self, COMPLETION_CLIENTS, HISTORY_DESTINATION, "cli3", "");
    stop(&self);
}

/* Who has left can't be reached; another tenant's client is written with its tenant. */
static void test_only_clients_that_are_there(void **state)
{
    (void)state;
    static const char *const LATER[] = {"{\"broker\":\"broker0\",\"clients\":["
                                        "{\"tenant\":\"a\",\"name\":\"cli10\"},"
                                        "{\"tenant\":\"public\",\"name\":\"door\"}]}"};
    fixture_t self = start();
    scripted_pass(self.session, 1000);
    scripted_round(self.session, VIEW_CLIENTS, LATER, 1);
    assert_offers(&self, COMPLETION_CLIENTS, HISTORY_NONE, "", "cli10|public.door");
    stop(&self);
}

/* But who isn't there comes behind those who are: nothing can be sent there. */
static void test_the_history_comes_first(void **state)
{
    (void)state;
    fixture_t self = start();
    history_add(self.history, HISTORY_DESTINATION, "cli10");
    history_add(self.history, HISTORY_DESTINATION, "long gone");
    history_add(self.history, HISTORY_TOPIC, "news");
    assert_offers(&self, COMPLETION_CLIENTS, HISTORY_DESTINATION, "", "cli10|cli2|long gone");
    assert_string_equal(self.completions.notes[1], "");
    assert_string_equal(self.completions.notes[2], "(isn't there now)");
    assert_offers(&self, COMPLETION_CLIENTS, HISTORY_NONE, "", "cli2|cli10");
    assert_offers(&self, COMPLETION_TOPICS, HISTORY_TOPIC, "", "news|alarms");
    assert_offers(&self, COMPLETION_NOTHING, HISTORY_TOPIC, "", "news");
    assert_offers(&self, COMPLETION_NOTHING, HISTORY_NONE, "", "");
    stop(&self);
}

/* Words, then paths that were typed before, then the tree's; in no case twice, and ASCII alone. */
static void test_scopes(void **state)
{
    (void)state;
    fixture_t self = start();
    assert_offers(&self, COMPLETION_SCOPES, HISTORY_NONE, "",
        "all|region|cluster|node|noscope|/1/|/1/2/|/1/2/3/|/1/5/");
    history_add(self.history, HISTORY_SCOPE, "region");
    history_add(self.history, HISTORY_SCOPE, "/1/5/");
    history_add(self.history, HISTORY_SCOPE, "/7/*/");
    history_add(self.history, HISTORY_SCOPE, "/nonsense");
    assert_offers(&self, COMPLETION_SCOPES, HISTORY_NONE, "/", "/7/*/|/1/5/|/1/|/1/2/|/1/2/3/");
    stop(&self);
}

static void test_own_subscriptions(void **state)
{
    (void)state;
    fixture_t self = start();
    assert_offers(&self, COMPLETION_OWN, HISTORY_NONE, "", "");
    session_view_subscribed(self.session, "alarms", "/*/");
    session_view_subscribed(self.session, "news", "/1/2/");
    assert_offers(&self, COMPLETION_OWN, HISTORY_NONE, "", "alarms  region|news  /1/2/");
    session_view_unsubscribed(self.session, "alarms", "region");
    assert_offers(&self, COMPLETION_OWN, HISTORY_NONE, "", "news  /1/2/");
    stop(&self);
}

static void test_levels(void **state)
{
    (void)state;
    fixture_t self = start();
    assert_offers(&self, COMPLETION_LEVELS, HISTORY_NONE, "", "error|warning|notice|info|debug");
    assert_offers(&self, COMPLETION_LEVELS, HISTORY_NONE, "n", "warning|notice|info");
    stop(&self);
}

/* However much there is, a person sees no more than that. */
static void test_there_is_an_end(void **state)
{
    (void)state;
    char json[64 * 1024];
    const char *const reports[] = {json};
    fixture_t self = start();
    size_t used = (size_t)snprintf(json, sizeof json, "{\"broker\":\"b\",\"clients\":[");
    for (int i = 0; i < 1000; i++)
        used += (size_t)snprintf(json + used, sizeof json - used,
            "%s{\"tenant\":\"a\",\"name\":\"n%d\"}", i > 0 ? "," : "", i);
    snprintf(json + used, sizeof json - used, "]}");
    scripted_pass(self.session, 1000);
    scripted_round(self.session, VIEW_CLIENTS, reports, 1);
    offered(&self, COMPLETION_CLIENTS, HISTORY_NONE, "");
    assert_int_equal(self.completions.count, COMPLETIONS_MAX);
    assert_string_equal(self.completions.texts[COMPLETIONS_MAX - 1], "n63");
    assert_offers(&self, COMPLETION_CLIENTS, HISTORY_NONE, "n99",
        "n990|n991|n992|n993|n994|n995|n996|n997|n998|n999");
    stop(&self);
}

static void test_which_views_are_asked(void **state)
{
    (void)state;
    assert_int_equal(completion_views(COMPLETION_NOTHING), 0);
    assert_int_equal(completion_views(COMPLETION_CLIENTS), 1u << VIEW_CLIENTS);
    assert_int_equal(completion_views(COMPLETION_TOPICS), 1u << VIEW_SUBSCRIPTIONS);
    assert_int_equal(completion_views(COMPLETION_SCOPES), 1u << VIEW_TREE);
    assert_int_equal(completion_views(COMPLETION_OWN), 0);
    assert_int_equal(completion_views(COMPLETION_LEVELS), 0);
}

static void test_what_a_scope_means(void **state)
{
    (void)state;
    static const struct {
        const char *scope;
        const char *meaning;
    } CASES[] = {
        {"all", "everything: /"},
        {"region", "your region: /1/"},
        {"/*/", "your region: /1/"},
        {"cluster", "your cluster: /1/2/"},
        {"node", "your node: /1/2/3/"},
        {"noscope", "topics that begin with it, from anywhere"},
        {"/1/5/", "what is sent there: /1/5/"},
        {"/*/*/*/*/", "deeper than this broker's scope, /1/2/3/"},
        {"", "no scope: a word of the list, or a path like /1/2/ or /1/*/"},
        {"regio", "no scope: a word of the list, or a path like /1/2/ or /1/*/"},
    };
    char meaning[128];
    fixture_t self = start();
    for (size_t i = 0; i < COUNT(CASES); i++) {
        completion_scope_meaning(self.session, CASES[i].scope, meaning, sizeof meaning);
        assert_string_equal(meaning, CASES[i].meaning);
    }
    session_view_t *unconnected = session_view_new(false);
    completion_scope_meaning(unconnected, "region", meaning, sizeof meaning);
    assert_string_equal(meaning, "your region"); /* which one isn't known */
    session_view_destroy(&unconnected);
    stop(&self);
}

/* Without any report nobody knows who is there. */
static void test_history_before_the_first_report(void **state)
{
    (void)state;
    fixture_t self = {.session = scripted_session(), .history = history_new(NULL)};
    history_add(self.history, HISTORY_DESTINATION, "cli10");
    assert_offers(&self, COMPLETION_CLIENTS, HISTORY_DESTINATION, "", "cli10");
    assert_string_equal(self.completions.notes[0], "");
    stop(&self);
}

/* A file that was written is there, and isn't overwritten: only where it is helps. */
static void test_folders_for_a_new_file(void **state)
{
    (void)state;
    static const char *const FILES[] = {"here.csv", "~/a/one", "/tmp/x y/two.json", "~/a/three"};
    fixture_t self = start();
    for (size_t i = 0; i < COUNT(FILES); i++)
        history_add(self.history, HISTORY_FILE, FILES[i]);
    completion_offer_folders(&self.completions, self.history, "new.csv", "");
    assert_int_equal(self.completions.count, 2);
    assert_string_equal(self.completions.texts[0], "~/a/new.csv");
    assert_string_equal(self.completions.texts[1], "/tmp/x y/new.csv");
    completion_offer_folders(&self.completions, self.history, "new.csv", "x y");
    assert_int_equal(self.completions.count, 1);
    stop(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clients),
        cmocka_unit_test(test_only_clients_that_are_there),
        cmocka_unit_test(test_the_history_comes_first),
        cmocka_unit_test(test_history_before_the_first_report),
        cmocka_unit_test(test_folders_for_a_new_file),
        cmocka_unit_test(test_scopes),
        cmocka_unit_test(test_own_subscriptions),
        cmocka_unit_test(test_levels),
        cmocka_unit_test(test_there_is_an_end),
        cmocka_unit_test(test_which_views_are_asked),
        cmocka_unit_test(test_what_a_scope_means),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
