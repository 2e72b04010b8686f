/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_event_queue - events and where they wait: their memory, order, limit, and what poll sees
 */
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>

#include "libdd/client/event_queue.h"
#include "tests/deadline.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

static dd_event_node_t *event(uint32_t ref)
{
    dd_event_node_t *node = dd_event_new(&(dd_news_t){.type = DD_EVENT_RECEIPT, .ref = ref}, 0);
    assert_non_null(node);
    return node;
}

static void free_node(dd_event_node_t *node)
{
    dd_event_t *public = &node->event;
    dd_event_destroy(&public);
    assert_null(public);
}

/* ---- Events ---------------------------------------------------------------------------------- */

static void test_an_event_has_all_of_it(void **state)
{
    (void)state;
    char source[] = "a.cli1", topic[] = "alarms", scope[] = "/1/";
    dd_news_t news = {.type = DD_EVENT_PUBLICATION,
        .error = DD_E_DECRYPT,
        .ref = 7,
        .number = 1234567890123,
        .source = dd_bytes_of(source),
        .topic = dd_bytes_of(topic),
        .scope = dd_bytes_of(scope),
        .text = dd_bytes("a\0b", 3),
        .wants_receipt = true};
    for (size_t size = 0; size < 100; size++) {
        dd_event_node_t *node = dd_event_new(&news, size);
        assert_non_null(node);
        memset(node->room, 0xff, size);
        dd_event_t *public = &node->event;
        assert_ptr_equal(dd_event_node(public), node);
        assert_int_equal(public->type, DD_EVENT_PUBLICATION);
        assert_int_equal(public->error, DD_E_DECRYPT);
        assert_int_equal(public->ref, 7);
        assert_true(public->number == 1234567890123);
        assert_string_equal(public->source, "a.cli1");
        assert_string_equal(public->topic, "alarms");
        assert_string_equal(public->scope, "/1/");
        assert_string_equal(public->text, "a");
        assert_ptr_equal(public->data, node->room);
        assert_int_equal(public->size, size);
        assert_int_equal(((const char *)public->data)[size], '\0');
        assert_int_equal((uintptr_t) public->data % _Alignof(max_align_t), 0);
        assert_true(node->wants_receipt);
        dd_event_destroy(&public);
    }
    dd_event_destroy(NULL);
}

static void test_lists(void **state)
{
    (void)state;
    dd_event_list_t list = {0}, other = {0};
    assert_null(dd_event_list_take(&list));
    dd_event_list_join(&list, &other);
    assert_null(list.first);
    dd_event_list_append(&other, event(1));
    dd_event_list_append(&other, event(2));
    size_t bytes = other.bytes;
    assert_true(bytes >= 2 * sizeof(dd_event_node_t));
    dd_event_list_join(&list, &other);
    assert_null(other.first);
    assert_int_equal(other.bytes, 0);
    assert_int_equal(list.bytes, bytes);
    dd_event_list_append(&other, event(3));
    dd_event_list_join(&list, &other);
    for (uint32_t i = 1; i <= 3; i++) {
        dd_event_node_t *node = dd_event_list_take(&list);
        assert_int_equal(node->event.ref, i);
        free_node(node);
    }
    assert_int_equal(list.bytes, 0);
    dd_event_list_append(&list, event(4));
    dd_event_list_clear(&list);
    assert_null(list.first);
    assert_int_equal(list.bytes, 0);
}

/* ---- Queues ---------------------------------------------------------------------------------- */

static bool readable(dd_event_queue_t *queue)
{
    struct pollfd item = {.fd = dd_event_queue_fd(queue), .events = POLLIN};
    return poll(&item, 1, 0) == 1;
}

static void put(dd_event_queue_t *queue, uint32_t first, uint32_t count)
{
    dd_event_list_t news = {0};
    for (uint32_t i = 0; i < count; i++)
        dd_event_list_append(&news, event(first + i));
    dd_event_queue_put(queue, &news);
    assert_null(news.first);
}

static void test_readable_exactly_while_events_wait(void **state)
{
    (void)state;
    bool room;
    dd_event_queue_t *queue = dd_event_queue_new();
    dd_event_queue_set_limit(queue, 1 << 20);
    assert_null(dd_event_queue_take(queue, &room));
    assert_false(readable(queue));
    put(queue, 0, 0);
    assert_false(readable(queue));
    uint32_t next = 0;
    for (int round = 0; round < 3; round++) {
        put(queue, next, 1);
        assert_true(readable(queue));
        put(queue, next + 1, 2);
        for (int i = 0; i < 3; i++) {
            assert_true(readable(queue));
            dd_event_node_t *node = dd_event_queue_take(queue, &room);
            assert_int_equal(node->event.ref, next++);
            assert_false(room);
            free_node(node);
        }
        assert_false(readable(queue));
        assert_null(dd_event_queue_take(queue, &room));
    }
    put(queue, 0, 5);
    dd_event_queue_destroy(&queue);
    assert_null(queue);
    dd_event_queue_destroy(&queue);
}

static void test_full_and_room_again(void **state)
{
    (void)state;
    enum { EVENTS = 10 };
    bool room;
    dd_event_node_t *one = event(0);
    dd_event_queue_t *queue = dd_event_queue_new();
    dd_event_queue_set_limit(queue, EVENTS * one->bytes);
    free_node(one);
    put(queue, 0, EVENTS - 1);
    assert_false(dd_event_queue_is_full(queue));
    put(queue, 0, 1);
    assert_true(dd_event_queue_is_full(queue));
    for (int left = EVENTS - 1; left >= 0; left--) {
        free_node(dd_event_queue_take(queue, &room));
        assert_int_equal(room, left == EVENTS / 2); /* once, when half is free */
    }

    /* Nobody is told who has not asked. */
    put(queue, 0, EVENTS);
    for (int i = 0; i < EVENTS; i++) {
        free_node(dd_event_queue_take(queue, &room));
        assert_false(room);
    }
    dd_event_queue_destroy(&queue);
}

/* ---- Several threads ------------------------------------------------------------------------- */

enum { TAKERS = 3, TAKEN = 30000 };

typedef struct {
    dd_event_queue_t *queue;
    unsigned taken;
    uint64_t sum;
    pthread_t thread;
} taker_t;

/* Takes events until one with ref 0, of which there is one for each taker. */
static void *take_all(void *arg)
{
    taker_t *self = arg;
    struct pollfd item = {.fd = dd_event_queue_fd(self->queue), .events = POLLIN};
    bool room;
    for (uint32_t ref = 1; ref != 0;) {
        if (poll(&item, 1, DEADLINE) != 1)
            break;
        dd_event_node_t *node = dd_event_queue_take(self->queue, &room);
        if (!node)
            continue;
        ref = node->event.ref;
        self->taken += ref != 0;
        self->sum += ref;
        free_node(node);
    }
    return NULL;
}

static void test_many_takers(void **state)
{
    (void)state;
    dd_event_queue_t *queue = dd_event_queue_new();
    taker_t takers[TAKERS];
    for (int i = 0; i < TAKERS; i++) {
        takers[i] = (taker_t){.queue = queue};
        assert_int_equal(pthread_create(&takers[i].thread, NULL, take_all, &takers[i]), 0);
    }
    for (uint32_t i = 1; i <= TAKEN; i += 10)
        put(queue, i, 10);
    for (int i = 0; i < TAKERS; i++)
        put(queue, 0, 1);
    unsigned taken = 0;
    uint64_t sum = 0;
    for (int i = 0; i < TAKERS; i++) {
        assert_int_equal(pthread_join(takers[i].thread, NULL), 0);
        taken += takers[i].taken;
        sum += takers[i].sum;
    }
    assert_int_equal(taken, TAKEN);
    assert_true(sum == (uint64_t)TAKEN * (TAKEN + 1) / 2);
    assert_false(readable(queue));
    dd_event_queue_destroy(&queue);
}

static void test_out_of_memory(void **state)
{
    (void)state;
    memory_limit_begin(0);
    const dd_event_queue_t *queue = dd_event_queue_new();
    const dd_event_node_t *event = dd_event_new(&(dd_news_t){.type = DD_EVENT_GAP}, 0);
    assert_true(memory_limit_end());
    assert_null(queue);
    assert_null(event);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_event_has_all_of_it),
        cmocka_unit_test(test_lists),
        cmocka_unit_test(test_readable_exactly_while_events_wait),
        cmocka_unit_test(test_full_and_room_again),
        cmocka_unit_test(test_many_takers),
        cmocka_unit_test(test_out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
