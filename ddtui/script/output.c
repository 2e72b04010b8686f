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
#include "table_layout.h"

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

/* Lines of a table, in the making. */
typedef struct {
    FILE *out;
    const columns_t *columns;
    output_style_t style;
    table_layout_t layout; /* if they are aligned */
} table_t;

static unsigned steps_down(view_t view, const void *row)
{
    unsigned depth = view == VIEW_TREE ? ((const broker_t *)row)->depth : 0;
    return depth < INDENT_STEPS_MAX ? depth : INDENT_STEPS_MAX;
}

/* A value in words; the first column's is indented by so many steps. */
static void cell_text(const column_t *column, const void *row, unsigned steps, char *out)
{
    memset(out, ' ', (size_t)INDENT * steps);
    column_text(column, row, out + INDENT * steps, COLUMN_TEXT_ROOM - (size_t)INDENT * steps);
}

/* Takes note of how wide the values of a row are. */
static void measure(unsigned needed[], const columns_t *columns, const void *row, unsigned steps)
{
    for (size_t i = 0; i < columns->count; i++) {
        char text[COLUMN_TEXT_ROOM];
        if (!columns->columns[i].title)
            continue;
        cell_text(&columns->columns[i], row, i == 0 ? steps : 0, text);
        unsigned width = (unsigned)dd_utf8_width(text);
        needed[i] = width > needed[i] ? width : needed[i];
    }
}

static bool is_shown(const table_t *self, size_t index)
{
    return self->columns->columns[index].title &&
           (self->style != OUTPUT_ALIGNED || self->layout.widths[index] > 0);
}

/* The first column from there on that is shown; their count if none is. */
static size_t shown_from(const table_t *self, size_t index)
{
    while (index < self->columns->count && !is_shown(self, index))
        index++;
    return index;
}

/* Puts one cell of a line, after what parts it from those before. The last one isn't filled up. */
static bool put_cell(table_t *self, size_t index, const char *text)
{
    char fitted[2 * COLUMN_TEXT_ROOM];
    unsigned width = self->layout.widths[index];
    bool first = shown_from(self, 0) == index;
    bool last = shown_from(self, index + 1) == self->columns->count;
    if (self->style != OUTPUT_ALIGNED)
        return fprintf(self->out, "%s%s", first ? "" : "\t", text) >= 0;
    if (!last || dd_utf8_width(text) > width) {
        dd_utf8_fit(text, width, fitted, sizeof fitted);
        text = fitted;
    }
    return fprintf(self->out, "%*s%s", first ? 0 : (int)self->layout.gap, "", text) >= 0;
}

static bool put_titles(table_t *self)
{
    bool good = true;
    for (size_t i = 0; good && i < self->columns->count; i++)
        if (is_shown(self, i))
            good = put_cell(self, i, self->columns->columns[i].title);
    return good && putc('\n', self->out) != EOF;
}

/* Puts a row; steps: how far it is indented. */
static bool put_row(table_t *self, const void *row, unsigned steps)
{
    bool good = true;
    if (self->style == OUTPUT_JSON)
        return put_json(self->out, columns_json(self->columns, row));
    for (size_t i = 0; good && i < self->columns->count; i++) {
        char text[COLUMN_TEXT_ROOM];
        if (!is_shown(self, i))
            continue;
        cell_text(&self->columns->columns[i], row, i == 0 ? steps : 0, text);
        good = put_cell(self, i, text);
    }
    return good && putc('\n', self->out) != EOF;
}

bool output_view(FILE *out, const model_t *model, view_t view, output_style_t style, unsigned width)
{
    table_t table = {.out = out, .columns = columns_of(view), .style = style};
    unsigned needed[TABLE_COLUMNS_MAX] = {0};
    for (size_t i = 0; style == OUTPUT_ALIGNED && i < model_count(model, view); i++) {
        const void *row = model_row(model, view, i);
        measure(needed, table.columns, row, steps_down(view, row));
    }
    table_layout_make(&table.layout, table.columns, needed, width);
    bool good = style != OUTPUT_ALIGNED || put_titles(&table);
    for (size_t i = 0; good && i < model_count(model, view); i++) {
        const void *row = model_row(model, view, i);
        good = put_row(&table, row, steps_down(view, row));
    }
    return good;
}

/* What happens later stands below what happened before: the columns are as wide, whatever is in
   them, and the text has the rest of the line. */
static void lay_events_out(table_t *self, unsigned width)
{
    unsigned needed[TABLE_COLUMNS_MAX];
    for (size_t i = 0; i < self->columns->count; i++)
        needed[i] = self->columns->columns[i].width;
    table_layout_make(&self->layout, self->columns, needed, width);
}

bool output_events(
    FILE *out, const model_t *model, event_dedup_t *dedup, output_style_t style, unsigned width)
{
    table_t table = {.out = out, .columns = columns_of(VIEW_EVENTS), .style = style};
    lay_events_out(&table, width);
    bool titles = style == OUTPUT_ALIGNED && event_dedup_is_first(dedup);
    bool good = !titles || put_titles(&table);
    event_dedup_look(dedup);
    for (size_t i = model_count(model, VIEW_EVENTS); good && i-- > 0;) {
        const happening_t *event = model_row(model, VIEW_EVENTS, i);
        if (event_dedup_is_new(dedup, event))
            good = put_row(&table, event, 0);
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

bool output_trace(FILE *out, const trace_t *trace, output_style_t style, unsigned width)
{
    table_t table = {.out = out, .columns = &HOP_COLUMNS, .style = style};
    unsigned needed[TABLE_COLUMNS_MAX] = {0};
    for (size_t i = 0; i < trace->count; i++)
        measure(needed, table.columns, &trace->hops[i], 0);
    table_layout_make(&table.layout, table.columns, needed, width);
    bool good = style != OUTPUT_ALIGNED || put_titles(&table);
    for (size_t i = 0; good && i < trace->count; i++)
        good = put_row(&table, &trace->hops[i], 0);
    if (!good)
        return false;
    return style == OUTPUT_JSON ? put_json(out, end_json(trace)) : put_end(out, trace, style);
}
