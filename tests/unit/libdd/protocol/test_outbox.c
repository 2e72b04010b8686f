/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_outbox - what waits for a peer: order, frames, limits, and frames that come back
 */
#include <stdlib.h>

#include "libdd/protocol/outbox.h"
#include "tests/unit/memory_limit.h"
#include "tests/unit/unit.h"

/* A record of a given size, at least 14, that carries a number. */
static dd_record_t numbered(uint64_t number, size_t size)
{
    static const uint8_t ZEROS[1 << 20];
    assert_in_range(size, 14, sizeof ZEROS);
    dd_record_t record = {.type = DD_REPORT, .ref = (uint32_t)number};
    size_t bare = dd_record_size(&record);
    record.payload = dd_bytes(ZEROS, size < bare ? 0 : size - bare);
    return record;
}

static void append(dd_outbox_t *outbox, uint64_t number, size_t size)
{
    dd_record_t record = numbered(number, size);
    assert_int_equal(dd_outbox_append(outbox, &record), DD_OK);
}

/* Reads a frame's records, which must be numbered from `next`; returns the number after them. */
static uint32_t read_frame(const dd_frame_t *frame, uint32_t next)
{
    dd_reader_t reader;
    dd_record_t record;
    assert_true(frame->size <= frame->capacity);
    assert_true(dd_frame_open(&reader, frame->data, frame->size));
    while (dd_frame_more(&reader)) {
        assert_int_equal(dd_frame_next(&reader, &record), DD_OK);
        assert_int_equal(record.ref, next++);
    }
    return next;
}

/* Takes all out; returns how many frames that were. */
static unsigned read_all(dd_outbox_t *outbox, uint32_t first, uint32_t end)
{
    dd_frame_t *frame;
    unsigned frames = 0;
    for (; (frame = dd_outbox_take(outbox)); frames++) {
        first = read_frame(frame, first);
        dd_frame_free(frame);
    }
    assert_int_equal(first, end);
    assert_true(dd_outbox_empty(outbox));
    assert_int_equal(outbox->bytes, 0);
    return frames;
}

static void test_keeps_order(void **state)
{
    (void)state;
    dd_outbox_t outbox;
    dd_outbox_init(&outbox, 1 << 24);
    assert_true(dd_outbox_empty(&outbox));
    assert_null(dd_outbox_take(&outbox));
    uint32_t number = 0;
    srand(5);
    for (; number < 5000; number++)
        append(&outbox, number, 30 + (size_t)(rand() % (number % 50 == 0 ? 60000 : 300)));
    assert_false(dd_outbox_empty(&outbox));
    read_all(&outbox, 0, number);
    dd_outbox_clear(&outbox);
}

static void test_packs_small_records_into_large_frames(void **state)
{
    (void)state;
    dd_outbox_t outbox;
    dd_outbox_init(&outbox, 1 << 24);
    for (uint32_t i = 0; i < 100000; i++)
        append(&outbox, i, 100);
    unsigned frames = read_all(&outbox, 0, 100000);
    assert_in_range(frames, 100000 * 100 / DD_FRAME_TARGET, 100000 * 100 / DD_FRAME_TARGET + 20);
}

/* Frames are about the target's size, except for a record that is larger by itself. */
static void test_frames_have_a_size(void **state)
{
    (void)state;
    dd_outbox_t outbox;
    dd_outbox_init(&outbox, 1 << 24);
    for (uint32_t i = 0; i < 1000; i++)
        append(&outbox, i, 700);
    append(&outbox, 1000, 500000);
    for (uint32_t i = 1001; i < 2000; i++)
        append(&outbox, i, 700);
    uint32_t next = 0;
    dd_frame_t *frame;
    while ((frame = dd_outbox_take(&outbox))) {
        uint32_t before = next;
        next = read_frame(frame, next);
        if (before == 1000)
            assert_int_equal(next, 1001);
        else
            assert_in_range(frame->size, 700, DD_FRAME_TARGET);
        dd_frame_free(frame);
    }
    assert_int_equal(next, 2000);
}

/* Also behind what waits already. */
static void test_what_is_expected_makes_one_frame(void **state)
{
    (void)state;
    dd_outbox_t outbox;
    dd_outbox_init(&outbox, 1 << 24);
    append(&outbox, 0, 240);
    dd_outbox_expect(&outbox, 20 * 1000);
    for (uint32_t i = 1; i <= 20; i++)
        append(&outbox, i, 1000);
    assert_int_equal(read_all(&outbox, 0, 21), 2);
    dd_outbox_expect(&outbox, SIZE_MAX / 2);
    append(&outbox, 0, 30);
    assert_int_equal(outbox.first->capacity, DD_FRAME_TARGET);
    dd_outbox_clear(&outbox);
}

/* A peer that is idle again doesn't cost a large frame for every small record. */
static void test_frames_shrink_again(void **state)
{
    (void)state;
    dd_outbox_t outbox;
    dd_outbox_init(&outbox, 1 << 24);
    for (uint32_t i = 0; i < 10000; i++)
        append(&outbox, i, 100);
    read_all(&outbox, 0, 10000);
    dd_frame_t *frame = NULL;
    for (int i = 0; i < 10; i++) {
        append(&outbox, 1, 30);
        dd_frame_free(frame);
        frame = dd_outbox_take(&outbox);
    }
    assert_in_range(frame->capacity, 30, 512);
    dd_frame_free(frame);
}

static void test_limit(void **state)
{
    (void)state;
    dd_outbox_t outbox;
    dd_outbox_init(&outbox, 10000);
    dd_record_t record = numbered(0, 100);
    uint32_t number = 0;
    for (; dd_outbox_append(&outbox, &record) == DD_OK; record.ref = ++number)
        assert_true(number < 1000);
    assert_int_equal(dd_outbox_append(&outbox, &record), DD_E_OVERLOADED);
    assert_in_range(outbox.bytes, 9900, 10000);
    assert_in_range(number, 95, 100);

    /* What tells of a loss still has room, up to the reserve. */
    uint32_t urgent = number;
    for (; dd_outbox_append_urgent(&outbox, &record) == DD_OK; record.ref = ++urgent)
        assert_true(urgent < 1000);
    assert_in_range(outbox.bytes, 9900 + DD_OUTBOX_RESERVE, 10000 + DD_OUTBOX_RESERVE);
    assert_int_equal(dd_outbox_append_urgent(&outbox, &record), DD_E_OVERLOADED);

    uint8_t encoded[100];
    dd_record_write(&record, encoded, sizeof encoded);
    assert_int_equal(
        dd_outbox_append_bytes(&outbox, dd_bytes(encoded, sizeof encoded)), DD_E_OVERLOADED);
    read_all(&outbox, 0, urgent);
    assert_int_equal(dd_outbox_append_bytes(&outbox, dd_bytes(encoded, sizeof encoded)), DD_OK);
    read_all(&outbox, urgent, urgent + 1);
}

/* As good as no limit is one that a caller may set. */
static void test_a_limit_without_end(void **state)
{
    (void)state;
    dd_outbox_t outbox;
    dd_outbox_init(&outbox, SIZE_MAX);
    append(&outbox, 0, DD_OUTBOX_RESERVE);
    dd_record_t record = numbered(1, 100);
    assert_int_equal(dd_outbox_append_urgent(&outbox, &record), DD_OK);
    read_all(&outbox, 0, 2);
}

static void test_refuses_what_cannot_be_written(void **state)
{
    (void)state;
    uint8_t text[256] = {0};
    dd_outbox_t outbox;
    dd_outbox_init(&outbox, 10000);
    assert_int_equal(dd_outbox_append(&outbox, &(dd_record_t){.type = 255}), DD_E_ARGUMENT);
    assert_int_equal(
        dd_outbox_append(&outbox, &(dd_record_t){.type = DD_HELLO, .name = {text, sizeof text}}),
        DD_E_ARGUMENT);
    assert_true(dd_outbox_empty(&outbox));
    assert_int_equal(outbox.bytes, 0);
}

static void test_copies_what_was_appended_last(void **state)
{
    (void)state;
    dd_outbox_t outbox, other;
    dd_outbox_init(&outbox, 10000);
    dd_outbox_init(&other, 10000);
    append(&outbox, 0, 100);
    append(&outbox, 1, 300);
    dd_bytes_t newest = dd_outbox_newest(&outbox, 300);
    assert_int_equal(dd_outbox_append_bytes(&other, newest), DD_OK);
    read_all(&other, 1, 2);
    read_all(&outbox, 0, 2);
}

static void test_a_frame_comes_back(void **state)
{
    (void)state;
    dd_outbox_t outbox;
    dd_outbox_init(&outbox, 1 << 20);
    for (uint32_t i = 0; i < 1000; i++)
        append(&outbox, i, 100);
    size_t bytes = outbox.bytes;
    dd_frame_t *frame = dd_outbox_take(&outbox);
    assert_int_equal(outbox.bytes, bytes - frame->size);
    dd_outbox_untake(&outbox, frame);
    assert_int_equal(outbox.bytes, bytes);
    append(&outbox, 1000, 100);
    read_all(&outbox, 0, 1001);

    /* Into an empty one, and what is appended then comes after it. */
    append(&outbox, 0, 100);
    frame = dd_outbox_take(&outbox);
    assert_true(dd_outbox_empty(&outbox));
    dd_outbox_untake(&outbox, frame);
    assert_false(dd_outbox_empty(&outbox));
    append(&outbox, 1, 100);
    read_all(&outbox, 0, 2);
}

/* What waits when the limit is lowered had its room, and costs nobody his: not even where a frame
   comes back that could not be sent. Once it is gone the limit is what it is. */
static void test_a_lower_limit_excuses_what_waits(void **state)
{
    (void)state;
    dd_outbox_t outbox;
    dd_record_t record = numbered(0, 100);
    dd_outbox_init(&outbox, SIZE_MAX / 2);
    for (uint32_t i = 0; i < 1000; i++)
        append(&outbox, i, 100);
    size_t waiting = outbox.bytes;
    dd_outbox_set_limit(&outbox, 1000);
    assert_int_equal(dd_outbox_excused(&outbox), waiting);
    dd_outbox_untake(&outbox, dd_outbox_take(&outbox));
    append(&outbox, 1000, 500);
    dd_outbox_set_limit(&outbox, 1000);
    assert_int_equal(dd_outbox_excused(&outbox), waiting);
    assert_int_equal(dd_outbox_append(&outbox, &(dd_record_t){.type = DD_PING}), DD_OK);
    record = numbered(0, 500);
    assert_int_equal(dd_outbox_append(&outbox, &record), DD_E_OVERLOADED);

    while (outbox.first != outbox.last) {
        dd_frame_free(dd_outbox_take(&outbox));
        assert_true(dd_outbox_excused(&outbox) <= outbox.bytes);
    }
    dd_frame_free(dd_outbox_take(&outbox));
    assert_int_equal(dd_outbox_excused(&outbox), 0);
    append(&outbox, 0, 500);
    assert_int_equal(dd_outbox_append(&outbox, &record), DD_E_OVERLOADED);
    dd_outbox_clear(&outbox);
}

/* What finds no memory isn't in the outbox, and nothing else is lost. */
static void test_out_of_memory_appends_nothing(void **state)
{
    (void)state;
    dd_outbox_t outbox;
    dd_outbox_init(&outbox, 1 << 20);
    unsigned failures = 0;
    for (uint32_t number = 0; number < 300; number++) {
        dd_record_t record = numbered(number, 1000);
        size_t before = outbox.bytes;
        memory_limit_begin(0);
        dd_error_t error = dd_outbox_append(&outbox, &record);
        if (memory_limit_end()) {
            failures++;
            assert_int_not_equal(error, DD_OK);
            assert_int_equal(outbox.bytes, before);
            append(&outbox, number, 1000);
        }
    }
    assert_in_range(failures, 2, 100); /* one for each frame that was begun */
    read_all(&outbox, 0, 300);
}

/* Fills an outbox; how many records of 100 bytes it took. */
static size_t fill(dd_outbox_t *outbox, dd_error_t (*add)(dd_outbox_t *, const dd_record_t *))
{
    static uint8_t payload[80];
    const dd_record_t record = {.type = DD_SEND, .payload = dd_bytes(payload, sizeof payload)};
    size_t count = 0;
    while (add(outbox, &record) == DD_OK)
        count++;
    return count;
}

static void test_outboxes_of_a_group_are_limited_together(void **state)
{
    (void)state;
    dd_outbox_group_t group = {.limit = 10000};
    dd_outbox_t one, two;
    dd_outbox_init(&one, 6000);
    dd_outbox_init(&two, 6000);
    dd_outbox_join(&one, &group);
    dd_outbox_join(&two, &group);
    fill(&one, dd_outbox_append);
    assert_in_range(one.bytes, 5800, 6000);
    fill(&two, dd_outbox_append);
    assert_in_range(two.bytes, 3800, 4200);
    assert_int_equal(group.bytes, one.bytes + two.bytes);
    /* What must be told has room beyond that, but not without end. */
    fill(&one, dd_outbox_append_urgent);
    fill(&two, dd_outbox_append_urgent);
    size_t most = 10000 + DD_OUTBOX_RESERVE + 2 * DD_OUTBOX_MEMBER_RESERVE;
    assert_in_range(group.bytes, most - 200, most);
    dd_frame_t *frame = dd_outbox_take(&one);
    assert_int_equal(group.bytes, one.bytes + two.bytes);
    dd_outbox_untake(&one, frame);
    assert_int_equal(group.bytes, one.bytes + two.bytes);
    dd_outbox_join(&two, NULL);
    assert_int_equal(group.bytes, one.bytes);
    dd_outbox_clear(&one);
    assert_int_equal(group.bytes, 0);
    dd_outbox_join(&two, &group);
    assert_int_equal(group.bytes, two.bytes);
    dd_outbox_clear(&two);
    assert_int_equal(group.members, 2);
}

/* Whatever waits and however full it is, a sign of life comes first, and only the last one. */
static void test_a_sign_of_life_goes_ahead(void **state)
{
    (void)state;
    dd_outbox_t outbox;
    dd_outbox_init(&outbox, 1);
    assert_true(dd_outbox_put_ahead(&outbox, &(dd_record_t){.type = DD_PING, .number = 1}));
    assert_false(dd_outbox_empty(&outbox));
    assert_true(dd_outbox_put_ahead(&outbox, &(dd_record_t){.type = DD_PING, .number = 2}));
    outbox.limit = 1 << 20;
    append(&outbox, 0, 100);
    size_t bytes = outbox.bytes;
    dd_outbox_untake(&outbox, dd_outbox_take(&outbox));
    dd_frame_t *frame = dd_outbox_take(&outbox);
    assert_int_equal(outbox.bytes, bytes);
    dd_reader_t reader;
    dd_record_t record;
    assert_true(dd_frame_open(&reader, frame->data, frame->size));
    assert_int_equal(dd_frame_next(&reader, &record), DD_OK);
    assert_int_equal(record.type, DD_PING);
    assert_int_equal(record.number, 2);
    assert_false(dd_frame_more(&reader));
    dd_frame_free(frame);
    read_all(&outbox, 0, 1);
}

static void test_a_window_holds_frames_but_no_sign_of_life(void **state)
{
    (void)state;
    dd_outbox_t outbox;
    dd_outbox_init(&outbox, 1 << 20);
    assert_false(dd_outbox_may_send(&outbox));
    outbox.window = (dd_window_t){.size = 1000};
    append(&outbox, 0, 2000);
    assert_true(dd_outbox_may_send(&outbox)); /* nothing is untaken */
    dd_frame_t *frame = dd_outbox_take(&outbox);
    assert_int_equal(outbox.window.sent, dd_window_count(frame->size));
    dd_outbox_untake(&outbox, frame);
    assert_int_equal(outbox.window.sent, 0);
    dd_frame_free(dd_outbox_take(&outbox));
    append(&outbox, 1, 100);
    assert_true(dd_outbox_is_held(&outbox));
    assert_false(dd_outbox_may_send(&outbox));
    dd_outbox_put_ahead(&outbox, &(dd_record_t){.type = DD_PING});
    assert_true(dd_outbox_may_send(&outbox));
    dd_frame_free(dd_outbox_take(&outbox));
    assert_false(dd_outbox_may_send(&outbox));
    assert_true(dd_window_taken(&outbox.window, outbox.window.sent));
    assert_true(dd_outbox_may_send(&outbox));
    read_all(&outbox, 1, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_keeps_order),
        cmocka_unit_test(test_packs_small_records_into_large_frames),
        cmocka_unit_test(test_frames_have_a_size),
        cmocka_unit_test(test_what_is_expected_makes_one_frame),
        cmocka_unit_test(test_frames_shrink_again),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_a_limit_without_end),
        cmocka_unit_test(test_refuses_what_cannot_be_written),
        cmocka_unit_test(test_copies_what_was_appended_last),
        cmocka_unit_test(test_a_frame_comes_back),
        cmocka_unit_test(test_a_lower_limit_excuses_what_waits),
        cmocka_unit_test(test_out_of_memory_appends_nothing),
        cmocka_unit_test(test_a_sign_of_life_goes_ahead),
        cmocka_unit_test(test_a_window_holds_frames_but_no_sign_of_life),
        cmocka_unit_test(test_outboxes_of_a_group_are_limited_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
