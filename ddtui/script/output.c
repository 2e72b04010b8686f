/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * output - messages, tables and traces as lines of text or of JSON
 */
#include "output.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ddtui/model/columns.h"
#include "ddtui/model/json_line.h"
#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"

/* Spaces before a broker's name for each step down the tree, and steps that are shown as such. */
#define INDENT 2
#define INDENT_STEPS_MAX 32
/* What a gap of number 0 means. */
#define UNCOUNTED "some may be missing"

/* ---- JSON --------------------------------------------------------------------------------- */

/* Writes an object as a line, and releases it. */
static bool put_json(FILE *out, struct json_object *object)
{
    bool written = json_line_put(out, object);
    int error = errno;
    json_object_put(object);
    errno = error;
    return written;
}

static struct json_object *message_json(const dd_event_t *event)
{
    struct json_object *object = json_object_new_object();
    switch (event->type) {
    case DD_EVENT_NOTIFICATION:
        json_line_add_text(object, "type", "notification");
        json_line_add_text(object, "source", event->source);
        json_line_add_data(object, event->data, event->size);
        break;
    case DD_EVENT_PUBLICATION:
        json_line_add_text(object, "type", "publication");
        json_line_add_text(object, "source", event->source);
        json_line_add_text(object, "topic", event->topic);
        json_line_add_text(object, "scope", event->scope);
        json_line_add_data(object, event->data, event->size);
        break;
    default:
        json_line_add_text(object, "type", "gap");
        json_line_add_text(object, "topic", event->topic);
        json_line_add_text(object, "scope", event->scope);
        json_object_object_add(object, "number", json_object_new_uint64(event->number));
        if (event->number == 0)
            json_line_add_text(object, "text", UNCOUNTED);
    }
    return object;
}

/* ---- Lines of text ------------------------------------------------------------------------ */

/* Puts a tab and then data, escaped. */
static bool put_field(FILE *out, const void *data, size_t size)
{
    size_t room = DD_ESCAPE_MAX * size + 1;
    char *text = malloc(room);
    if (!text)
        return false;
    size_t length = dd_escape_text(data, size, text, room);
    bool written = putc('\t', out) != EOF && fwrite(text, 1, length, out) == length;
    int error = errno;
    free(text);
    errno = error;
    return written;
}

static bool put_text(FILE *out, const char *text)
{
    return put_field(out, text, strlen(text));
}

static bool put_message(FILE *out, const dd_event_t *event)
{
    bool good;
    switch (event->type) {
    case DD_EVENT_NOTIFICATION:
        good = fputs("notify", out) >= 0 && put_text(out, event->source) &&
               put_field(out, event->data, event->size);
        break;
    case DD_EVENT_PUBLICATION:
        good = fputs("pub", out) >= 0 && put_text(out, event->source) &&
               put_text(out, event->topic) && put_field(out, event->data, event->size);
        break;
    default:
        good = fputs("gap", out) >= 0 && put_text(out, event->topic) &&
               fprintf(out, "\t%" PRIu64, event->number) >= 0 &&
               (event->number > 0 || put_text(out, UNCOUNTED));
    }
    return good && putc('\n', out) != EOF;
}

bool output_event(FILE *out, const dd_event_t *event, output_style_t style)
{
    return style == OUTPUT_JSON ? put_json(out, message_json(event)) : put_message(out, event);
}

static struct json_object *order_json(const char *what, const char *argument, const char *broker)
{
    struct json_object *object = json_object_new_object();
    json_line_add_text(object, "what", what);
    json_line_add_text(object, "argument", argument);
    json_line_add_text(object, "broker", broker);
    json_object_object_add(object, "done", json_object_new_boolean(true));
    return object;
}

bool output_order(
    FILE *out, const char *what, const char *argument, const char *broker, output_style_t style)
{
    if (style == OUTPUT_JSON)
        return put_json(out, order_json(what, argument, broker));
    return fprintf(out, "%s", what) >= 0 && put_text(out, argument) && put_text(out, broker) &&
           fputs("\tdone\n", out) >= 0;
}

/* ---- Tables ------------------------------------------------------------------------------- */

/* Puts one cell of a line, after what parts it from the one before. */
static bool put_cell(
    FILE *out, const column_t *column, const char *text, bool first, output_style_t style)
{
    char fitted[2 * COLUMN_TEXT_ROOM];
    if (style == OUTPUT_ALIGNED) {
        dd_utf8_fit(text, column->width, fitted, sizeof fitted);
        text = fitted;
    }
    const char *gap = style == OUTPUT_ALIGNED ? "  " : "\t";
    return fprintf(out, "%s%s", first ? "" : gap, text) >= 0;
}

static bool put_titles(FILE *out, const columns_t *columns)
{
    bool good = true;
    for (size_t i = 0; good && i < columns->count; i++)
        if (columns->columns[i].title)
            good = put_cell(
                out, &columns->columns[i], columns->columns[i].title, i == 0, OUTPUT_ALIGNED);
    return good && putc('\n', out) != EOF;
}

static unsigned steps_down(view_t view, const void *row)
{
    unsigned depth = view == VIEW_TREE ? ((const broker_t *)row)->depth : 0;
    return depth < INDENT_STEPS_MAX ? depth : INDENT_STEPS_MAX;
}

/* Puts a row; steps: how far it is indented. */
static bool put_row(
    FILE *out, const columns_t *columns, const void *row, unsigned steps, output_style_t style)
{
    if (style == OUTPUT_JSON)
        return put_json(out, columns_json(columns, row));
    size_t indent = INDENT * steps;
    bool good = true;
    for (size_t i = 0; good && i < columns->count; i++) {
        const column_t *column = &columns->columns[i];
        char text[COLUMN_TEXT_ROOM];
        if (!column->title)
            continue;
        memset(text, ' ', indent);
        column_text(column, row, text + indent, sizeof text - indent);
        good = put_cell(out, column, text, i == 0, style);
        indent = 0;
    }
    return good && putc('\n', out) != EOF;
}

bool output_view(FILE *out, const model_t *model, view_t view, output_style_t style)
{
    const columns_t *columns = columns_of(view);
    bool good = style != OUTPUT_ALIGNED || put_titles(out, columns);
    for (size_t i = 0; good && i < model_count(model, view); i++) {
        const void *row = model_row(model, view, i);
        good = put_row(out, columns, row, steps_down(view, row), style);
    }
    return good;
}

bool output_events(FILE *out, const model_t *model, event_dedup_t *dedup, output_style_t style)
{
    const columns_t *columns = columns_of(VIEW_EVENTS);
    bool titles = style == OUTPUT_ALIGNED && event_dedup_is_first(dedup);
    bool good = !titles || put_titles(out, columns);
    event_dedup_look(dedup);
    for (size_t i = model_count(model, VIEW_EVENTS); good && i-- > 0;) {
        const happening_t *event = model_row(model, VIEW_EVENTS, i);
        if (event_dedup_is_new(dedup, event))
            good = put_row(out, columns, event, 0, style);
    }
    return good;
}

/* ---- Traces ------------------------------------------------------------------------------- */

static struct json_object *end_json(const trace_t *trace)
{
    struct json_object *object = json_object_new_object();
    bool arrived = trace->state == TRACE_ARRIVED;
    char why[TRACE_WHY_ROOM];
    json_line_add_text(object, "destination", trace->destination);
    json_object_object_add(object, "delivered", json_object_new_boolean(arrived));
    json_object_object_add(
        object, "error", arrived ? NULL : json_object_new_string(trace_why(trace, why)));
    json_object_object_add(object, "heard_us", json_object_new_uint64(trace->ended_us));
    return object;
}

static bool put_end(FILE *out, const trace_t *trace, output_style_t style)
{
    char name[DD_ESCAPE_MAX * DD_NAME_MAX + 1], why[TRACE_WHY_ROOM];
    const char *gap = style == OUTPUT_ALIGNED ? "  " : "\t";
    bool arrived = trace->state == TRACE_ARRIVED;
    dd_escape_text(trace->destination, strlen(trace->destination), name, sizeof name);
    return fprintf(out, "%s%s%s%s%" PRIu64 ".%02" PRIu64 "ms%s%s\n",
               arrived ? "delivered" : "undelivered", gap, name, gap, trace->ended_us / 1000,
               trace->ended_us % 1000 / 10, arrived ? "" : gap,
               arrived ? "" : trace_why(trace, why)) >= 0;
}

bool output_trace(FILE *out, const trace_t *trace, output_style_t style)
{
    bool good = style != OUTPUT_ALIGNED || put_titles(out, &HOP_COLUMNS);
    for (size_t i = 0; good && i < trace->count; i++)
        good = put_row(out, &HOP_COLUMNS, &trace->hops[i], 0, style);
    if (!good)
        return false;
    return style == OUTPUT_JSON ? put_json(out, end_json(trace)) : put_end(out, trace, style);
}
