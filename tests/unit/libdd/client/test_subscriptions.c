/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_subscriptions - wishes are kept in order, sent once, and lost by no want of memory
 */
#include "libdd/client/subscriptions.h"

#include <stdio.h>
#include <string.h>

#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

static void assert_unsent(const dd_subscriptions_t *self, const char *topic)
{
    const dd_subscription_t *unsent = dd_subscriptions_unsent(self);
    assert_int_equal(unsent != NULL, topic != NULL);
    if (topic)
        assert_string_equal(unsent->topic, topic);
}

static void test_wishes_are_sent_in_order(void **state)
{
    (void)state;
    dd_subscriptions_t *self = dd_subscriptions_new();
    assert_unsent(self, NULL);
    dd_subscriptions_add(self, "one", "all");
    dd_subscriptions_add(self, "two", "all");
    dd_subscriptions_add(self, "two", "/1/");
    assert_unsent(self, "one");
    assert_true(dd_subscriptions_sent(self, 7));
    assert_string_equal(dd_subscriptions_find_ref(self, 7)->topic, "one");
    assert_null(dd_subscriptions_find_ref(self, 8));
    assert_unsent(self, "two");
    assert_true(dd_subscriptions_sent(self, 8));
    assert_true(dd_subscriptions_sent(self, 9));
    assert_unsent(self, NULL);
    assert_string_equal(dd_subscriptions_find_ref(self, 9)->pattern, "/1/");
    dd_subscriptions_restart(self);
    assert_null(dd_subscriptions_find_ref(self, 7));
    assert_int_equal(dd_subscriptions_find(self, "one", "all")->ref, 0);
    assert_unsent(self, "one");
    dd_subscriptions_destroy(&self);
    assert_null(self);
    dd_subscriptions_destroy(&self);
    dd_subscriptions_destroy(NULL);
}

static void test_an_equal_wish_is_replaced(void **state)
{
    (void)state;
    dd_subscriptions_t *self = dd_subscriptions_new();
    dd_subscriptions_add(self, "one", "all");
    dd_subscriptions_add(self, "two", "all");
    assert_true(dd_subscriptions_sent(self, 1));
    dd_subscriptions_add(self, "one", "all"); /* now the last, and not sent */
    assert_null(dd_subscriptions_find_ref(self, 1));
    assert_unsent(self, "two");
    assert_true(dd_subscriptions_sent(self, 2));
    assert_unsent(self, "one");
    dd_subscriptions_remove(self, dd_subscriptions_find(self, "one", "all"));
    assert_unsent(self, NULL);
    assert_null(dd_subscriptions_find(self, "one", "all"));
    /* Topic and scope are told apart, whatever stands at their seam. */
    dd_subscriptions_add(self, "ab", "c");
    assert_null(dd_subscriptions_find(self, "a", "bc"));
    dd_subscriptions_destroy(&self);
}

static void test_what_was_not_sent_is_taken_back(void **state)
{
    (void)state;
    dd_subscriptions_t *self = dd_subscriptions_new();
    dd_subscriptions_add(self, "one", "all");
    dd_subscriptions_add(self, "two", "all");
    assert_true(dd_subscriptions_sent(self, 1));
    dd_subscriptions_take_back(self, 1);
    assert_null(dd_subscriptions_find_ref(self, 1));
    assert_unsent(self, "one");
    dd_subscriptions_destroy(&self);
}

static void test_out_of_memory_changes_nothing(void **state)
{
    (void)state;
    dd_subscriptions_t *self = dd_subscriptions_new();
    char topic[16];
    for (uint32_t number = 1; number < 200; number++) {
        snprintf(topic, sizeof topic, "%u", number);
        for (size_t allowed = 0;; allowed++) {
            memory_limit_begin(allowed);
            const dd_subscription_t *added = dd_subscriptions_add(self, topic, "all");
            if (!memory_limit_end())
                break;
            assert_null(added);
            assert_null(dd_subscriptions_find(self, topic, "all"));
            assert_unsent(self, NULL);
        }
        for (size_t allowed = 0;; allowed++) {
            memory_limit_begin(allowed);
            bool sent = dd_subscriptions_sent(self, number);
            if (!memory_limit_end())
                break;
            assert_false(sent);
            assert_null(dd_subscriptions_find_ref(self, number));
            assert_unsent(self, topic);
        }
        assert_unsent(self, NULL);
    }
    /* Nor is a wish lost that was to be replaced. */
    memory_limit_begin(0);
    assert_null(dd_subscriptions_add(self, "1", "all"));
    assert_true(memory_limit_end());
    assert_non_null(dd_subscriptions_find_ref(self, 1));
    dd_subscriptions_destroy(&self);
}

/* ---- Handlers ------------------------------------------------------------------------------ */

static void take(dd_client_t *client, const dd_event_t *event, void *arg)
{
    (void)client, (void)event, (void)arg;
}

/* Who gets a publication, each as the letter that its handler has. */
static void note(void *arg, dd_handler_t handler)
{
    strncat(arg, handler.arg, 1);
}

static void assert_matches(
    const dd_subscriptions_t *self, const char *topic, const char *origin, const char *letters)
{
    char who[16] = "";
    bool matched = dd_subscriptions_match(self, B(topic), B(origin), note, who);
    assert_string_equal(who, letters);
    assert_int_equal(matched, letters[0] != '\0');
}

static dd_subscription_t *subscribe(dd_subscriptions_t *self, const char *topic,
    const char *pattern, const char *path, const char *letter)
{
    dd_subscription_t *wish = dd_subscriptions_add(self, topic, pattern);
    dd_handler_t handler = {letter ? take : NULL, (void *)(uintptr_t)letter};
    assert_true(dd_subscriptions_handle(self, wish, handler));
    strcpy(wish->path, path);
    return wish;
}

static void test_publications_find_their_handlers(void **state)
{
    (void)state;
    dd_subscriptions_t *self = dd_subscriptions_new();
    assert_matches(self, "alarms", "/1/2/3/", "");
    subscribe(self, "alarms", "/", "/", "a");
    subscribe(self, "alarms", "/*/*/", "/1/2/", "b");
    subscribe(self, "alarms", "/9/", "/9/", NULL);
    subscribe(self, "al", "noscope", "noscope", "c");
    subscribe(self, "news", "/*/", "", "d"); /* the broker hasn't said what that is */
    assert_matches(self, "alarms", "/1/2/3/", "abc");
    assert_matches(self, "alarms", "/1/3/3/", "ac");
    assert_matches(self, "alarm", "/1/2/3/", "c");
    assert_matches(self, "a", "/1/2/3/", "");
    assert_matches(self, "news", "/1/2/3/", "");
    /* The latest counts, and what replaces a wish in another way keeps its handler. */
    subscribe(self, "alarms", "/*/*/", "/1/2/", "e");
    assert_matches(self, "alarms", "/1/2/3/", "aec");
    dd_subscriptions_add(self, "alarms", "/*/*/");
    assert_matches(self, "alarms", "/1/2/3/", "aec");
    subscribe(self, "alarms", "/", "/", NULL);
    assert_matches(self, "alarms", "/1/2/3/", "ec");
    dd_subscriptions_remove(self, dd_subscriptions_find(self, "al", "noscope"));
    dd_subscriptions_remove(self, dd_subscriptions_find(self, "alarms", "/*/*/"));
    assert_matches(self, "alarms", "/1/2/3/", "");
    dd_subscriptions_destroy(&self);
}

static void test_handlers_out_of_memory(void **state)
{
    (void)state;
    dd_subscriptions_t *self = dd_subscriptions_new();
    dd_subscription_t *wish = subscribe(self, "alarms", "/", "/", NULL);
    char letter[] = "a";
    for (size_t allowed = 0;; allowed++) {
        memory_limit_begin(allowed);
        bool handled = dd_subscriptions_handle(self, wish, (dd_handler_t){take, letter});
        if (!memory_limit_end())
            break;
        assert_false(handled);
        assert_matches(self, "alarms", "/", "");
    }
    assert_matches(self, "alarms", "/", "a");
    dd_subscriptions_destroy(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wishes_are_sent_in_order),
        cmocka_unit_test(test_an_equal_wish_is_replaced),
        cmocka_unit_test(test_what_was_not_sent_is_taken_back),
        cmocka_unit_test(test_out_of_memory_changes_nothing),
        cmocka_unit_test(test_publications_find_their_handlers),
        cmocka_unit_test(test_handlers_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
