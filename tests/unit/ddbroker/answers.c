/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * answers - what an actor hears of the tree when it asks
 */
#include "answers.h"
#include "tests/unit/unit.h"

void ask(actor_t *actor, const char *what, uint32_t ref)
{
    actor_say(actor, &(dd_record_t){.type = DD_INSPECT, .ref = ref, .text = dd_bytes_of(what)});
}

static void add_report(answer_t *self, json_object *report)
{
    self->brokers += !has_row(self->reports, "broker", text_of(report, "broker"));
    json_object_array_add(self->reports, report);
}

answer_t read_answer(actor_t *actor, uint32_t ref)
{
    answer_t self = {.reports = json_object_new_array(), .outstanding = 1};
    const dd_record_t *record;
    while ((record = actor_next(actor))) {
        assert_int_equal(record->type, DD_REPORT);
        assert_int_equal(record->ref, ref);
        assert_int_equal(record->number, 0);
        assert_true(self.outstanding > 0);
        if (record->flags & DD_FLAG_LAST)
            self.outstanding += record->links - 1u;
        if (record->payload.size == 0)
            continue;
        json_tokener *tokener = json_tokener_new();
        json_tokener_set_flags(tokener, JSON_TOKENER_VALIDATE_UTF8 | JSON_TOKENER_STRICT);
        json_object *report = json_tokener_parse_ex(
            tokener, (const char *)record->payload.data, (int)record->payload.size);
        assert_non_null(report);
        add_report(&self, report);
        json_tokener_free(tokener);
    }
    return self;
}

void free_answer(answer_t *self)
{
    json_object_put(self->reports);
}

json_object *report_at(const answer_t *self, size_t index)
{
    return json_object_array_get_idx(self->reports, index);
}

const char *text_of(json_object *object, const char *field)
{
    return json_object_get_string(json_object_object_get(object, field));
}

int64_t number_of(json_object *object, const char *field)
{
    return json_object_get_int64(json_object_object_get(object, field));
}

json_object *report_of(const answer_t *self, const char *broker)
{
    json_object *found = NULL;
    for (size_t i = 0; i < json_object_array_length(self->reports); i++) {
        if (strcmp(text_of(report_at(self, i), "broker"), broker) != 0)
            continue;
        assert_null(found);
        found = report_at(self, i);
    }
    return found;
}

json_object *rows_of(const answer_t *self, const char *what)
{
    json_object *all = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(self->reports); i++) {
        json_object *rows = json_object_object_get(report_at(self, i), what);
        if (!json_object_is_type(rows, json_type_array))
            continue;
        for (size_t k = 0; k < json_object_array_length(rows); k++)
            json_object_array_add(all, json_object_get(json_object_array_get_idx(rows, k)));
    }
    return all;
}

bool has_row(json_object *rows, const char *field, const char *text)
{
    for (size_t i = 0; i < json_object_array_length(rows); i++)
        if (strcmp(text_of(json_object_array_get_idx(rows, i), field), text) == 0)
            return true;
    return false;
}
