/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_messages - bounded, sampled, and still while frozen
 */
#include "tests/unit/ddtui/scripted.h"

static void add(messages_t *messages, const char *text, int64_t wall_ms)
{
    dd_event_t event = scripted_event(DD_EVENT_NOTIFICATION);
    event.source = "cli2";
    event.data = text;
    event.size = strlen(text);
    messages_add(messages, &event, wall_ms);
}

static void add_publication(
    messages_t *messages, const char *source, const char *topic, int64_t wall_ms)
{
    dd_event_t event = scripted_event(DD_EVENT_PUBLICATION);
    event.source = source;
    event.topic = topic;
    event.data = "x";
    event.size = 1;
    messages_add(messages, &event, wall_ms);
}

static void add_gap(messages_t *messages, const char *topic, int64_t wall_ms)
{
    dd_event_t event = scripted_event(DD_EVENT_GAP);
    event.topic = topic;
    event.number = 3;
    messages_add(messages, &event, wall_ms);
}

static size_t count_of(const messages_t *messages, message_kind_t kind, const char *topic)
{
    size_t found = 0;
    for (size_t i = 0; i < messages_count(messages); i++) {
        const message_t *message = messages_at(messages, i);
        found += message->kind == kind && strcmp(message->topic, topic) == 0;
    }
    return found;
}

static const char *text_at(const messages_t *messages, size_t number)
{
    static char text[64];
    const message_t *message = messages_at(messages, number);
    snprintf(text, sizeof text, "%.*s", (int)message->size, (const char *)message->data);
    return text;
}

static void test_messages_are_copied(void **state)
{
    (void)state;
    messages_t *messages = messages_new();
    char text[] = "hello";
    add(messages, text, 5);
    strcpy(text, "gone!");
    const message_t *message = messages_at(messages, 0);
    assert_int_equal(message->kind, MESSAGE_NOTIFICATION);
    assert_string_equal(message->source, "cli2");
    assert_string_equal(text_at(messages, 0), "hello");
    assert_int_equal(message->whole, 5);
    messages_destroy(&messages);
}

static void test_the_oldest_go(void **state)
{
    (void)state;
    messages_t *messages = messages_new();
    int64_t now = 0;
    for (int i = 0; i < MESSAGES_MAX + 10; i++) {
        char text[16];
        snprintf(text, sizeof text, "%d", i);
        add(messages, text, now += 1000);
    }
    size_t count = messages_count(messages);
    char oldest[24];
    assert_in_range(count, MESSAGES_MAX * 3 / 4, MESSAGES_MAX);
    snprintf(oldest, sizeof oldest, "%zu", MESSAGES_MAX + 10 - count);
    assert_string_equal(text_at(messages, 0), oldest);
    assert_int_equal(messages_skipped(messages), 0);
    messages_destroy(&messages);
}

static void test_bytes_are_bounded(void **state)
{
    (void)state;
    messages_t *messages = messages_new();
    size_t size = 3u << 20;
    char *data = malloc(size);
    assert_non_null(data);
    memset(data, 'x', size);
    dd_event_t event = scripted_event(DD_EVENT_PUBLICATION);
    event.topic = "big";
    event.data = data;
    event.size = size;
    for (int i = 0; i < 100; i++)
        messages_add(messages, &event, 1000 * i);
    assert_in_range(messages_count(messages), 1, MESSAGES_BYTES_MAX / MESSAGE_DATA_MAX);
    assert_int_equal(messages_at(messages, 0)->size, MESSAGE_DATA_MAX);
    assert_int_equal(messages_at(messages, 0)->whole, size);
    free(data);
    messages_destroy(&messages);
}

static void test_a_flood_is_sampled(void **state)
{
    (void)state;
    messages_t *messages = messages_new();
    for (int i = 0; i < 50000; i++)
        add_publication(messages, "cli2", "noisy", 7000);
    assert_int_equal(messages_count(messages), MESSAGES_PER_SECOND);
    assert_int_equal(messages_arrived(messages), 50000);
    assert_int_equal(messages_skipped(messages), 50000 - MESSAGES_PER_SECOND);
    assert_false(messages_tick(messages, 7999));
    assert_true(messages_tick(messages, 8000));
    const message_t *row = messages_at(messages, MESSAGES_PER_SECOND);
    assert_int_equal(row->kind, MESSAGE_SKIPPED);
    assert_int_equal(row->count, 50000 - MESSAGES_PER_SECOND);
    assert_false(messages_tick(messages, 9000)); /* said once */
    add(messages, "after", 9000);
    assert_string_equal(text_at(messages, MESSAGES_PER_SECOND + 1), "after");
    messages_destroy(&messages);
}

static void test_notifications_and_gaps_come_through_a_flood(void **state)
{
    (void)state;
    messages_t *messages = messages_new();
    for (int second = 0; second < 60; second++) {
        for (int i = 0; i < 2000; i++)
            add_publication(messages, "cli3", "noisy", 1000 * second);
        add(messages, "a word", 1000 * second);
        add_gap(messages, "noisy", 1000 * second);
    }
    assert_int_equal(count_of(messages, MESSAGE_NOTIFICATION, ""), 60);
    assert_int_equal(count_of(messages, MESSAGE_LOST, "noisy"), 60);
    messages_destroy(&messages);
}

/* What is rare is seen whole beside what is noisy, from the second second on. */
static void test_publications_share_what_is_kept(void **state)
{
    (void)state;
    messages_t *messages = messages_new();
    for (int second = 0; second < 10; second++)
        for (int i = 0; i < 2000; i++) {
            add_publication(messages, "cli3", "noisy", 1000 * second);
            if (i % 20 == 0)
                add_publication(messages, "cli4", "noisy", 1000 * second);
            if (i % 200 == 0)
                add_publication(messages, "cli3", "rare", 1000 * second);
        }
    assert_int_equal(count_of(messages, MESSAGE_PUBLICATION, "rare"), 100);
    size_t noisy = count_of(messages, MESSAGE_PUBLICATION, "noisy");
    assert_in_range(noisy, 10 * (MESSAGES_PER_SECOND - 20), 11 * MESSAGES_PER_SECOND);
    messages_destroy(&messages);
}

/* However long a noisy topic goes on, the last of each kind and sender is there. */
static void test_noise_does_not_push_all_else_out(void **state)
{
    (void)state;
    messages_t *messages = messages_new();
    add(messages, "long ago", 0);
    add_publication(messages, "cli9", "rare", 0);
    add_gap(messages, "rare", 0);
    for (int i = 0; i < 5 * MESSAGES_MAX; i++)
        add_publication(messages, "cli3", "noisy", 10 * i);
    assert_in_range(messages_count(messages), MESSAGES_MAX * 3 / 4, MESSAGES_MAX);
    assert_string_equal(text_at(messages, 0), "long ago");
    assert_int_equal(count_of(messages, MESSAGE_PUBLICATION, "rare"), 1);
    assert_int_equal(count_of(messages, MESSAGE_LOST, "rare"), 1);
    for (size_t i = 1; i < messages_count(messages); i++)
        assert_true(messages_at(messages, i - 1)->serial < messages_at(messages, i)->serial);
    messages_destroy(&messages);
}

/* More senders than there is room for: the oldest go. */
static void test_many_senders_are_bounded(void **state)
{
    (void)state;
    messages_t *messages = messages_new();
    for (int i = 0; i < 3 * MESSAGES_MAX; i++) {
        char source[16];
        dd_event_t event = scripted_event(DD_EVENT_NOTIFICATION);
        snprintf(source, sizeof source, "n%d", i);
        event.source = source;
        messages_add(messages, &event, 10 * i);
    }
    size_t count = messages_count(messages);
    assert_in_range(count, MESSAGES_MAX * 3 / 4, MESSAGES_MAX);
    assert_string_equal(messages_at(messages, count - 1)->source, "n29999");
    messages_destroy(&messages);
}

static void test_frozen_means_still(void **state)
{
    (void)state;
    messages_t *messages = messages_new();
    int64_t now = 0;
    add(messages, "first", now += 1000);
    messages_freeze(messages, true);
    for (int i = 0; i < 2 * MESSAGES_MAX; i++)
        add(messages, "later", now += 1000);
    assert_int_equal(messages_count(messages), 1);
    assert_string_equal(text_at(messages, 0), "first");
    messages_freeze(messages, false);
    assert_in_range(messages_count(messages), MESSAGES_MAX * 3 / 4, MESSAGES_MAX);
    assert_string_equal(text_at(messages, 0), "first");
    messages_tick(messages, now += 1000);
    uint64_t told = 0;
    for (size_t i = 0; i < messages_count(messages); i++)
        told +=
            messages_at(messages, i)->kind == MESSAGE_SKIPPED ? messages_at(messages, i)->count : 0;
    assert_int_equal(told, messages_skipped(messages));
    assert_in_range(told, MESSAGES_MAX, 2 * MESSAGES_MAX);
    messages_clear(messages);
    assert_int_equal(messages_count(messages), 0);
    messages_destroy(&messages);
}

static void test_found_by_serial(void **state)
{
    (void)state;
    messages_t *messages = messages_new();
    assert_null(messages_find(messages, 0));
    for (int i = 0; i < MESSAGES_MAX + 5; i++)
        add(messages, "x", 1000 * i);
    assert_null(messages_find(messages, 7)); /* it has gone */
    assert_int_equal(messages_find(messages, MESSAGES_MAX / 2)->serial, MESSAGES_MAX / 2);
    assert_int_equal(messages_find(messages, MESSAGES_MAX + 4)->serial, MESSAGES_MAX + 4);
    assert_null(messages_find(messages, MESSAGES_MAX + 5)); /* it is still to come */
    messages_clear(messages);
    assert_null(messages_find(messages, MESSAGES_MAX));
    messages_destroy(&messages);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages_are_copied),
        cmocka_unit_test(test_the_oldest_go),
        cmocka_unit_test(test_bytes_are_bounded),
        cmocka_unit_test(test_a_flood_is_sampled),
        cmocka_unit_test(test_notifications_and_gaps_come_through_a_flood),
        cmocka_unit_test(test_publications_share_what_is_kept),
        cmocka_unit_test(test_noise_does_not_push_all_else_out),
        cmocka_unit_test(test_many_senders_are_bounded),
        cmocka_unit_test(test_frozen_means_still),
        cmocka_unit_test(test_found_by_serial),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
