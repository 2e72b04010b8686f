/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_link_outbox - tenants share a link: whose turn it is, in which order, and who has how much
 */
#include "ddbroker/core/link_outbox.h"

#include <stdlib.h>

#include "tests/unit/unit.h"

/* A text in an initialiser of constants. */
#define W(text)                                                                                    \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
#define LIMIT (8u << 20)
#define PIECE 1000

typedef struct {
    dd_outbox_t outbox;
    link_outbox_t *link;
    uint32_t sent[256];  /* the last of each tenant, "a" to "z" */
    uint32_t taken[256]; /* the same of what has come out */
    uint64_t bytes[256];
} scene_t;

static scene_t *scene_new(size_t limit)
{
    scene_t *self = calloc(1, sizeof *self);
    assert_non_null(self);
    dd_outbox_init(&self->outbox, limit);
    self->link = link_outbox_new(&self->outbox);
    assert_non_null(self->link);
    return self;
}

static void scene_free(scene_t *self)
{
    link_outbox_destroy(&self->link);
    assert_null(self->link);
    dd_outbox_clear(&self->outbox);
    free(self);
}

/* A notification of a tenant's with so many bytes of payload. */
static dd_error_t put(scene_t *self, char tenant, size_t size, dd_outbox_need_t need)
{
    static uint8_t payload[1 << 20];
    char source[] = {tenant, '.', 'x', '\0'};
    dd_record_t record = {.type = DD_FORWARD,
        .ref = self->sent[(uint8_t)tenant] + 1,
        .source = B(source),
        .payload = dd_bytes(payload, size)};
    dd_error_t error = link_outbox_append(self->link, &record, need, NULL);
    self->sent[(uint8_t)tenant] += error == DD_OK;
    return error;
}

static size_t fill(scene_t *self, char tenant)
{
    size_t count = 0;
    while (put(self, tenant, PIECE, DD_OUTBOX_USUAL) == DD_OK)
        count++;
    return count;
}

/* Records of a tenant come in their order. '*' counts the broker's own. */
static void enter(scene_t *self, const dd_record_t *record)
{
    uint8_t tenant = record->type == DD_FORWARD ? record->source.data[0] : '*';
    self->taken[tenant]++;
    self->bytes[tenant] += record->payload.size;
    if (tenant != '*')
        assert_int_equal(record->ref, self->taken[tenant]);
}

/* Takes out one frame; false if there is none. */
static bool take(scene_t *self)
{
    dd_reader_t reader;
    dd_record_t record;
    link_outbox_refill(self->link);
    dd_frame_t *frame = dd_outbox_take(&self->outbox);
    if (!frame)
        return false;
    assert_true(dd_frame_open(&reader, frame->data, frame->size));
    while (dd_frame_more(&reader)) {
        assert_int_equal(dd_frame_next(&reader, &record), DD_OK);
        enter(self, &record);
    }
    dd_frame_free(frame);
    return true;
}

static void take_all(scene_t *self)
{
    while (take(self))
        ;
    assert_int_equal(link_outbox_bytes(self->link), 0);
}

/* ---- Turns --------------------------------------------------------------------------------- */

static void test_what_keeps_up_goes_as_it_comes(void **state)
{
    (void)state;
    scene_t *self = scene_new(LIMIT);
    for (int i = 0; i < 100; i++) {
        assert_int_equal(put(self, (char)('a' + i % 3), 100, DD_OUTBOX_USUAL), DD_OK);
        assert_int_equal(self->outbox.bytes, link_outbox_bytes(self->link));
    }
    take_all(self);
    assert_int_equal(self->taken['a'], 34);
    scene_free(self);
}

/* One that came late with little doesn't wait for one that has much. */
static void test_a_light_tenant_overtakes_a_heavy_one(void **state)
{
    (void)state;
    scene_t *self = scene_new(LIMIT);
    fill(self, 'a');
    for (int i = 0; i < 10; i++)
        assert_int_equal(put(self, 'b', PIECE, DD_OUTBOX_USUAL), DD_OK);
    while (self->taken['b'] < 10)
        assert_true(take(self));
    assert_true(self->bytes['a'] < LINK_OUTBOX_STAGE + 3 * DD_FRAME_TARGET);
    take_all(self);
    assert_int_equal(self->taken['a'], self->sent['a']);
    scene_free(self);
}

/* By bytes, whatever the sizes. */
static void test_all_who_wait_get_as_much(void **state)
{
    static const size_t SIZES[] = {200, 3000, 60000};
    (void)state;
    scene_t *self = scene_new(LIMIT);
    fill(self, 'z'); /* so that all the others wait from the first on */
    for (int round = 0; round < 12; round++)
        for (int i = 0; i < 3; i++)
            for (size_t size = 0; size < 60000; size += SIZES[i])
                put(self, (char)('a' + i), SIZES[i], DD_OUTBOX_USUAL);
    while (self->bytes['a'] < 500000)
        assert_true(take(self));
    for (int i = 1; i < 3; i++)
        assert_in_range(self->bytes['a' + i], 400000, 600000);
    take_all(self);
    for (int i = 0; i < 3; i++)
        assert_int_equal(self->taken['a' + i], self->sent['a' + i]);
    scene_free(self);
}

/* Who was away for a while has no more than its part when it comes back. */
static void test_nobody_saves_turns_up(void **state)
{
    (void)state;
    scene_t *self = scene_new(LIMIT);
    put(self, 'b', PIECE, DD_OUTBOX_USUAL);
    for (int i = 0; i < 100; i++) {
        fill(self, 'a');
        for (int j = 0; j < 20; j++)
            take(self);
    }
    uint64_t before = self->bytes['a'];
    for (int i = 0; i < 2000; i++)
        put(self, 'b', PIECE, DD_OUTBOX_USUAL);
    uint64_t begun = self->bytes['b'];
    while (self->bytes['b'] < begun + 500000)
        assert_true(take(self));
    assert_true(self->bytes['a'] - before >= 400000);
    scene_free(self);
}

/* ---- The broker's own ---------------------------------------------------------------------- */

static void put_own(scene_t *self)
{
    assert_int_equal(
        link_outbox_append(self->link, &(dd_record_t){.type = DD_PONG}, DD_OUTBOX_URGENT, NULL),
        DD_OK);
}

static void test_what_the_broker_says_comes_after_all_before_it(void **state)
{
    (void)state;
    scene_t *self = scene_new(LIMIT);
    fill(self, 'a');
    for (int i = 0; i < 500; i++)
        put(self, 'b', PIECE, DD_OUTBOX_USUAL);
    uint32_t a = self->sent['a'], b = self->sent['b'];
    put_own(self);
    for (int i = 0; i < 500; i++)
        put(self, 'c', PIECE, DD_OUTBOX_USUAL);
    while (self->taken['*'] == 0)
        assert_true(take(self));
    assert_int_equal(self->taken['a'], a);
    assert_int_equal(self->taken['b'], b);
    assert_int_equal(self->taken['c'], 500); /* light, and so before */
    take_all(self);
    scene_free(self);
}

/* A link that is never idle is told what it must hear, all the same. */
static void test_what_the_broker_says_comes_however_much_follows(void **state)
{
    (void)state;
    scene_t *self = scene_new(LIMIT);
    fill(self, 'a');
    for (int i = 0; i < 1000 && self->taken['*'] < 5; i++) {
        put_own(self);
        take(self);
        fill(self, 'a');
    }
    assert_true(self->taken['*'] >= 5);
    scene_free(self);
}

static void test_an_own_record_without_anything_before_it_goes_at_once(void **state)
{
    (void)state;
    scene_t *self = scene_new(LIMIT);
    put_own(self);
    assert_true(take(self));
    assert_int_equal(self->taken['*'], 1);
    scene_free(self);
}

/* ---- Room ---------------------------------------------------------------------------------- */

static void test_one_tenant_gets_half_and_others_find_room(void **state)
{
    (void)state;
    scene_t *self = scene_new(LIMIT);
    fill(self, 'a');
    assert_in_range(link_outbox_bytes(self->link), LIMIT / 2, LIMIT / 2 + LINK_OUTBOX_STAGE);
    assert_false(link_outbox_has_room(self->link, B("a"), PIECE));
    assert_true(link_outbox_has_room(self->link, B("b"), 1 << 20));
    for (char tenant = 'b'; tenant < 'f'; tenant++)
        assert_in_range(fill(self, tenant), 100, 3000);
    assert_true(link_outbox_bytes(self->link) <= LIMIT);
    take_all(self);
    assert_true(link_outbox_has_room(self->link, B("a"), LIMIT / 2));
    scene_free(self);
}

/* The largest message fits if nothing else of its tenant's waits. */
static void test_a_large_one_goes_though_it_is_more_than_half(void **state)
{
    (void)state;
    scene_t *self = scene_new((1 << 20) + DD_FRAME_TARGET);
    assert_int_equal(put(self, 'a', 1 << 20, DD_OUTBOX_USUAL), DD_OK);
    take_all(self);
    scene_free(self);
}

static void test_needs_decide_about_the_reserve(void **state)
{
    (void)state;
    scene_t *self = scene_new(100000);
    fill(self, 'a');
    assert_int_equal(put(self, 'a', PIECE, DD_OUTBOX_USUAL), DD_E_OVERLOADED);
    size_t results = 0, urgent = 0;
    for (; put(self, 'a', PIECE, DD_OUTBOX_RESULT) == DD_OK; results++)
        ;
    assert_in_range(results, 20, 40);
    assert_true(link_outbox_bytes(self->link) < 100000 - PIECE);
    assert_int_equal(put(self, 'b', PIECE, DD_OUTBOX_USUAL), DD_OK);
    for (; put(self, 'a', PIECE, DD_OUTBOX_URGENT) == DD_OK; urgent++)
        ;
    size_t most = 100000 + DD_OUTBOX_RESERVE;
    assert_in_range(link_outbox_bytes(self->link), most - 2 * PIECE, most);
    take_all(self);
    scene_free(self);
}

/* As one that is being told all there is. */
static void test_a_limit_may_be_as_good_as_none(void **state)
{
    (void)state;
    scene_t *self = scene_new(SIZE_MAX / 2);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(put(self, 'a', PIECE * 10, DD_OUTBOX_URGENT), DD_OK);
    self->outbox.limit = 1000; /* and then it isn't any more */
    assert_int_equal(put(self, 'a', PIECE, DD_OUTBOX_URGENT), DD_E_OVERLOADED);
    assert_false(link_outbox_has_room(self->link, B("b"), 1));
    take_all(self);
    scene_free(self);
}

/* ---- Whose ---------------------------------------------------------------------------------- */

static void test_records_are_theirs_who_cause_them(void **state)
{
    static const struct {
        dd_record_t record;
        const char *tenant;
    } CASES[] = {
        {{.type = DD_FORWARD, .source = W("b.x"), .destination = W("public.y")}, "b"},
        {{.type = DD_RELAY, .source = W("b.x"), .tenant = W("public")}, "b"},
        {{.type = DD_RECEIPT, .source = W("public.y"), .destination = W("b.x")}, "b"},
        {{.type = DD_HOP, .destination = W("b.x")}, "b"},
        {{.type = DD_ACK, .source = W("public.y"), .destination = W("b.x")}, "b"},
        {{.type = DD_ADD_CLIENT, .name = W("b.x")}, "b"},
        {{.type = DD_DROP_CLIENT, .name = W("b.x")}, "b"},
        {{.type = DD_CONTEST, .name = W("b.x")}, "b"},
        {{.type = DD_KEPT, .name = W("b.x")}, "b"},
        {{.type = DD_GONE, .name = W("b.x")}, "b"},
        {{.type = DD_ADD_INTEREST, .tenant = W("b")}, "b"},
        {{.type = DD_DROP_INTEREST, .tenant = W("b")}, "b"},
        {{.type = DD_GAP, .tenant = W("b")}, "b"},
        {{.type = DD_INSPECT, .tenant = W("b")}, "b"},
        {{.type = DD_REPORT, .tenant = W("b")}, "b"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(CASES); i++) {
        scene_t *self = scene_new(1 << 20);
        fill(self, 'a');
        assert_int_equal(
            link_outbox_append(self->link, &CASES[i].record, DD_OUTBOX_USUAL, NULL), DD_OK);
        size_t size = dd_record_size(&CASES[i].record);
        size_t room = (1 << 20) - link_outbox_bytes(self->link);
        assert_true(link_outbox_has_room(self->link, B("c"), room));
        /* something of that tenant's waits now */
        assert_true(link_outbox_has_room(self->link, B("b"), room - size - DD_FRAME_HEADER));
        assert_false(link_outbox_has_room(self->link, B("b"), room));
        dd_outbox_clear(&self->outbox);
        scene_free(self);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_keeps_up_goes_as_it_comes),
        cmocka_unit_test(test_a_light_tenant_overtakes_a_heavy_one),
        cmocka_unit_test(test_all_who_wait_get_as_much),
        cmocka_unit_test(test_nobody_saves_turns_up),
        cmocka_unit_test(test_what_the_broker_says_comes_after_all_before_it),
        cmocka_unit_test(test_what_the_broker_says_comes_however_much_follows),
        cmocka_unit_test(test_an_own_record_without_anything_before_it_goes_at_once),
        cmocka_unit_test(test_one_tenant_gets_half_and_others_find_room),
        cmocka_unit_test(test_a_large_one_goes_though_it_is_more_than_half),
        cmocka_unit_test(test_needs_decide_about_the_reserve),
        cmocka_unit_test(test_a_limit_may_be_as_good_as_none),
        cmocka_unit_test(test_records_are_theirs_who_cause_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
