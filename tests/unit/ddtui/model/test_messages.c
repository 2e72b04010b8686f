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
    assert_int_equal(messages_count(messages), MESSAGES_MAX);
    assert_string_equal(text_at(messages, 0), "10");
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
        add(messages, "x", 7000);
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
    assert_int_equal(messages_count(messages), MESSAGES_MAX);
    assert_string_equal(text_at(messages, 0), "first");
    assert_true(messages_tick(messages, now += 1000));
    size_t last = messages_count(messages) - 1;
    assert_int_equal(messages_at(messages, last)->kind, MESSAGE_SKIPPED);
    assert_int_equal(messages_at(messages, last)->count, MESSAGES_MAX + 1);
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
        add(messages, i == 7 ? "seventh" : "x", 1000 * i);
    assert_null(messages_find(messages, 4)); /* it has gone */
    assert_non_null(messages_find(messages, 5));
    assert_memory_equal(messages_find(messages, 7)->data, "seventh", 7);
    assert_int_equal(messages_find(messages, MESSAGES_MAX + 4)->serial, MESSAGES_MAX + 4);
    assert_null(messages_find(messages, MESSAGES_MAX + 5)); /* it is still to come */
    messages_clear(messages);
    assert_null(messages_find(messages, 7));
    messages_destroy(&messages);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages_are_copied),
        cmocka_unit_test(test_the_oldest_go),
        cmocka_unit_test(test_bytes_are_bounded),
        cmocka_unit_test(test_a_flood_is_sampled),
        cmocka_unit_test(test_frozen_means_still),
        cmocka_unit_test(test_found_by_serial),
    };
    return cmocka_run_group_tests(tests, scripted_setup, NULL);
}
