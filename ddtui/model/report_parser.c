/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report_parser - what brokers report, read into the model
 */
#include "report_parser.h"

#include <stdio.h>
#include <string.h>

#include "columns.h"
#include "libdd/base/escape.h"

/* A report is an object with an array of objects in it; later versions may have more to say. */
#define REPORT_DEPTH 8

/* Room for a row of any view. */
typedef union {
    broker_t broker;
    client_t client;
    subscription_t subscription;
    happening_t happening;
    topic_t topic;
} row_t;

static struct json_object *parse(const char *json)
{
    struct json_tokener *tokener = json_tokener_new_ex(REPORT_DEPTH);
    if (!tokener)
        return NULL;
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8);
    /* With its NUL, which is how json-c learns that a number at the end is whole. */
    struct json_object *object = json_tokener_parse_ex(tokener, json, (int)strlen(json) + 1);
    json_tokener_free(tokener);
    return object;
}

/* A row has its own fields, and those of the report around it. */
static dd_error_t add_row(
    model_t *model, view_t view, struct json_object *report, struct json_object *object)
{
    const columns_t *columns = columns_of(model_reported(view));
    row_t row = {0};
    columns_clear(columns, &row);
    if (!json_object_is_type(object, json_type_object) || !columns_read(columns, &row, report) ||
        !columns_read(columns, &row, object) || !columns_complete(columns, &row))
        return DD_E_MALFORMED;
    return model_add(model, model_reported(view), &row);
}

static dd_error_t add_rows(model_t *model, view_t view, struct json_object *report)
{
    struct json_object *rows;
    if (!json_object_object_get_ex(report, columns_of(view)->name, &rows) ||
        !json_object_is_type(rows, json_type_array))
        return DD_E_MALFORMED;
    dd_error_t error = DD_OK;
    size_t count = json_object_array_length(rows);
    for (size_t i = 0; i < count && error == DD_OK; i++)
        error = add_row(model, view, report, json_object_array_get_idx(rows, i));
    return error;
}

static void set_id(struct json_object *report, view_t view, const char *broker_id)
{
    if (broker_id[0] != '\0')
        json_object_object_add(
            report, view == VIEW_TREE ? "id" : "broker_id", json_object_new_string(broker_id));
}

static void read_text(struct json_object *report, const char *field, char *out, size_t room)
{
    struct json_object *value;
    if (json_object_object_get_ex(report, field, &value) &&
        json_object_is_type(value, json_type_string))
        snprintf(out, room, "%s", json_object_get_string(value));
}

static void read_head(struct json_object *report, view_t view, report_head_t *head)
{
    struct json_object *value;
    read_text(report, view == VIEW_TREE ? "id" : "broker_id", head->id, sizeof head->id);
    read_text(report, "broker", head->broker, sizeof head->broker);
    read_text(report, "scope", head->scope, sizeof head->scope);
    if (json_object_object_get_ex(report, "rows", &value))
        head->rows = json_object_get_uint64(value);
}

dd_error_t report_parser_report(
    model_t *model, view_t view, const char *json, const char *broker_id, report_head_t *head)
{
    struct json_object *report = strlen(json) < DD_PAYLOAD_MAX ? parse(json) : NULL;
    report_head_t nobody = {.rows = 0};
    dd_error_t error = DD_E_MALFORMED;
    head = head ? head : &nobody;
    *head = (report_head_t){.rows = 0};
    if (json_object_is_type(report, json_type_object)) {
        set_id(report, view, broker_id);
        read_head(report, view, head);
        error = view == VIEW_TREE ? add_row(model, view, report, report)
                                  : add_rows(model, view, report);
    }
    json_object_put(report);
    return error;
}

bool report_parser_control(const char *json, char *failure, size_t room)
{
    struct json_object *report = strlen(json) < DD_PAYLOAD_MAX ? parse(json) : NULL;
    struct json_object *value;
    const char *text = "its answer makes no sense";
    bool done = json_object_object_get_ex(report, "done", &value) && json_object_get_boolean(value);
    if (!done && json_object_object_get_ex(report, "failure", &value) &&
        json_object_is_type(value, json_type_string))
        text = json_object_get_string(value);
    dd_escape_text(text, strlen(text), failure, room);
    json_object_put(report);
    return done;
}
