/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * test_survey - what all brokers report, whatever one of them sends
 */
#include "ddbroker/http/survey.h"

#include <json-c/json.h>
#include <stdlib.h>

#include "ddbroker/core/core_state.h"
#include "tests/unit/ddbroker/tenants.h"
#include "tests/unit/unit.h"

/* A broker with a child, which the test plays, and nobody in between. */
typedef struct {
    dd_keyring_t *keyring;
    core_t *core;
    peer_t *child;
    survey_t survey;
    uint64_t question; /* that the child was asked last */
} scene_t;

static void hear(scene_t *self, const dd_record_t *record)
{
    dd_outbox_t outbox;
    dd_outbox_init(&outbox, SIZE_MAX / 2);
    assert_int_equal(dd_outbox_append(&outbox, record), DD_OK);
    dd_frame_t *frame = dd_outbox_take(&outbox);
    core_input(self->core, self->child, frame->data, frame->size, 1);
    dd_frame_free(frame);
}

/* The child reads, and remembers the question. */
static void read_child(scene_t *self)
{
    dd_frame_t *frame;
    dd_reader_t reader;
    dd_record_t record;
    while ((frame = dd_outbox_take(&self->child->outbox))) {
        assert_true(dd_frame_open(&reader, frame->data, frame->size));
        while (dd_frame_more(&reader) && dd_frame_next(&reader, &record) == DD_OK)
            if (record.type == DD_INSPECT)
                self->question = record.number;
        dd_frame_free(frame);
    }
    core_flushed(self->core, self->child);
}

/* What the loop does, until all is quiet. */
static void run(scene_t *self)
{
    peer_t *peer;
    do {
        core_work(self->core, 1);
        while ((peer = core_next_dirty(self->core))) {
            if (peer == self->child)
                read_child(self);
            else if (survey_take(&self->survey))
                core_not_flushed(self->core, peer);
            if (peer != self->child)
                core_flushed(self->core, peer);
        }
    } while (core_is_busy(self->core));
}

static scene_t scene_new(void)
{
    static const uint8_t ID[DD_BROKER_ID_SIZE] = "a child's number";
    core_settings_t settings = {.name = "top",
        .scope = "/1/",
        .payload_max = 1 << 20,
        .outbox_client = 1 << 22,
        .outbox_link = 1 << 22,
        .clients_max = 10,
        .link_names_max = 10,
        .link_interests_max = 10};
    uint8_t key[DD_KEY_SIZE];
    scene_t self = {.keyring = tenants_keyring(TENANTS_ALL)};
    self.core = core_new(&settings, self.keyring, 0);
    tenants_key(KEY_OF_BROKERS, key);
    self.child = core_connect(self.core, key, NULL, 0);
    hear(&self, &(dd_record_t){.type = DD_JOIN,
                    .id = dd_bytes(ID, sizeof ID),
                    .name = B("child"),
                    .scope = B("/1/2/")});
    hear(&self, &(dd_record_t){.type = DD_SYNCED});
    run(&self);
    assert_true(survey_begin(&self.survey, self.core, NULL, 1));
    run(&self);
    assert_int_not_equal(self.question, 0);
    return self;
}

static void scene_end(scene_t *self)
{
    survey_end(&self->survey, 1);
    core_destroy(&self->core);
    dd_keyring_destroy(&self->keyring);
}

static void report(scene_t *self, dd_bytes_t payload, bool last)
{
    hear(self, &(dd_record_t){.type = DD_REPORT,
                   .flags = last ? DD_FLAG_LAST : 0,
                   .number = self->question,
                   .id = dd_bytes(self->child->id, DD_BROKER_ID_SIZE),
                   .payload = payload});
    run(self);
}

static unsigned count_lines(const survey_t *survey)
{
    unsigned lines = 0;
    for (size_t i = 0; i < survey->size; i++)
        lines += survey->text[i] == '\n';
    return lines;
}

static void test_it_is_over_when_all_have_answered(void **state)
{
    (void)state;
    scene_t self = scene_new();
    assert_true(self.survey.goes_on);
    assert_int_equal(count_lines(&self.survey), 1);
    report(&self, B("{\"broker\":\"child\"}"), false);
    assert_true(self.survey.goes_on);
    report(&self, B(""), true);
    assert_false(self.survey.goes_on);
    assert_int_equal(self.survey.outstanding, 0);
    assert_int_equal(count_lines(&self.survey), 2);
    assert_false(self.survey.cut);
    assert_non_null(strstr(self.survey.text, "{\"broker\":\"child\"}\n"));
    report(&self, B("{\"broker\":\"late\"}"), true); /* not asked for any more */
    assert_int_equal(count_lines(&self.survey), 2);
    scene_end(&self);
}

static void test_the_silent_are_waited_for_but_not_for_ever(void **state)
{
    (void)state;
    scene_t self = scene_new();
    survey_tick(&self.survey, 5000);
    assert_true(self.survey.goes_on);
    survey_tick(&self.survey, 5001);
    assert_false(self.survey.goes_on);
    assert_int_equal(self.survey.outstanding, 1);
    report(&self, B("{\"broker\":\"late\"}"), true);
    assert_int_equal(count_lines(&self.survey), 1);
    scene_end(&self);
}

/* Each line is an object, on one line, and nothing in it acts on a terminal. */
static void test_what_is_no_report_is_left_out(void **state)
{
    (void)state;
    static const struct {
        const char *payload;
        const char *line; /* NULL for none */
    } CASES[] = {
        {"nonsense", NULL},
        {"[]", NULL},
        {"{}{}", NULL},
        {"{\"a\":", NULL},
        {"{\"a\":\"\xff\"}", NULL},
        {"{ \"a\" :\n1 }", "{\"a\":1}\n"},
        {"{\"a\":\"\\u001b[2J\\n\"}", "{\"a\":\"\\u001b[2J\\n\"}\n"},
        {"{\"a\":\"\xe2\x80\xae\"}", "{\"a\":\"\\u202e\"}\n"},
    };
    for (size_t i = 0; i < COUNT(CASES); i++) {
        scene_t self = scene_new();
        size_t before = self.survey.size;
        report(&self, B(CASES[i].payload), true);
        assert_int_equal(self.survey.cut, !CASES[i].line);
        assert_int_equal(self.survey.size - before, CASES[i].line ? strlen(CASES[i].line) : 0);
        if (CASES[i].line)
            assert_memory_equal(self.survey.text + before, CASES[i].line, strlen(CASES[i].line));
        scene_end(&self);
    }
}

/* A child has so much kept of it, and no more. */
static void test_what_is_kept_has_a_limit(void **state)
{
    (void)state;
    scene_t self = scene_new();
    static char large[30000];
    memset(large, 'x', sizeof large);
    memcpy(large, "{\"a\":\"", 6);
    memcpy(large + sizeof large - 2, "\"}", 2);
    for (int i = 0; i < 1000 && !self.survey.cut; i++)
        report(&self, dd_bytes(large, sizeof large), false);
    assert_true(self.survey.cut);
    assert_true(self.survey.size <= 8u << 20);
    scene_end(&self);
}

/* It is no client, takes nobody's place, and the broker's end is its end. */
static void test_who_asks_is_nobody(void **state)
{
    (void)state;
    scene_t self = scene_new();
    assert_int_equal(core_connections(self.core), 1);
    assert_null(self.core->peers->next);
    report(&self, B("{}"), true);
    for (int i = 0; i < 64; i++)
        assert_true(survey_begin(&self.survey, self.core, NULL, 1));
    run(&self);
    assert_true(self.survey.refused);
    assert_false(self.survey.goes_on);
    scene_end(&self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_it_is_over_when_all_have_answered),
        cmocka_unit_test(test_the_silent_are_waited_for_but_not_for_ever),
        cmocka_unit_test(test_what_is_no_report_is_left_out),
        cmocka_unit_test(test_what_is_kept_has_a_limit),
        cmocka_unit_test(test_who_asks_is_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
