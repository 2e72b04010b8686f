/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page_trace - one notification's way, broker by broker
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "libdd/base/escape.h"
#include "page.h"

/* As in HOP_COLUMNS. */
enum { COLUMN_NUMBER, COLUMN_BROKER, COLUMN_SCOPE, COLUMN_DECISION, COLUMN_STEP, COLUMN_HEARD };

static const list_table_column_t COLUMNS[] = {
    [COLUMN_NUMBER] = {NULL, "#", 3, 3, 0, true},
    [COLUMN_BROKER] = {NULL, "BROKER", 14, 1, 24, false},
    [COLUMN_SCOPE] = {NULL, "SCOPE", 10, 4, 16, false},
    [COLUMN_DECISION] = {NULL, "WHAT IT DID", 30, 1, 60, false},
    [COLUMN_STEP] = {NULL, "THIS STEP", 10, 2, 0, true},
    [COLUMN_HEARD] = {NULL, "ALL SO FAR", 10, 5, 0, true},
};

static const hop_t *hop_at(const page_t *self, size_t index)
{
    return &session_view_trace(self->session)->hops[index];
}

static size_t count(const void *source)
{
    const page_t *self = source;
    return session_view_trace(self->session)->count;
}

static uint64_t identity(const void *source, size_t index)
{
    return hop_at(source, index)->number;
}

static size_t row_text(const void *source, size_t index, char *out, size_t room)
{
    const hop_t *hop = hop_at(source, index);
    return (size_t)snprintf(out, room, "%s %s %s", hop->broker, hop->scope, hop->decision);
}

static void ms_text(uint64_t us, char *out, size_t room)
{
    snprintf(out, room, "%" PRIu64 ".%02" PRIu64 " ms", us / 1000, us % 1000 / 10);
}

static bool cell(const void *source, size_t index, size_t column, char *out, size_t room)
{
    column_text(&HOP_COLUMNS.columns[column], hop_at(source, index), out, room);
    return true;
}

static unsigned style(const void *source, size_t index, size_t column)
{
    const hop_t *hop = hop_at(source, index);
    return column == COLUMN_DECISION && hop->error != DD_OK ? STYLE_BAD : STYLE_PLAIN;
}

static const list_table_t TABLE = {.view = VIEW_NONE,
    .columns = COLUMNS,
    .count = sizeof COLUMNS / sizeof COLUMNS[0],
    .cell = cell,
    .style = style};

static const list_ops_t LIST = {
    .count = count, .identity = identity, .text = row_text, .field = page_row_field};

/* ---- The page ------------------------------------------------------------------------------- */

static void add_pair(
    text_pane_t *pane, const char *name, unsigned line_style, const char *text, const char *more)
{
    char line[1024], escaped[512];
    dd_escape_text(text, strlen(text), escaped, sizeof escaped);
    snprintf(line, sizeof line, "%s%s", escaped, more);
    text_pane_pair(pane, name, line_style, line);
}

static void detail(page_t *self, size_t index, text_pane_t *pane)
{
    const hop_t *hop = hop_at(self, index);
    add_pair(pane, "broker", STYLE_PLAIN, hop->broker, "");
    add_pair(pane, "scope", STYLE_PLAIN, hop->scope, "");
    add_pair(pane, "what it did", style(self, index, COLUMN_DECISION), hop->decision, "");
    if (hop->error != DD_OK)
        text_pane_pair(pane, "because", STYLE_BAD, dd_strerror(hop->error));
}

static void add_end(const trace_t *trace, text_pane_t *pane)
{
    char after[64] = " after ";
    size_t used = strlen(after);
    ms_text(trace->ended_us, after + used, sizeof after - used);
    if (trace->state == TRACE_RUNNING)
        text_pane_pair(pane, "end", STYLE_WARNING, "under way");
    else if (trace->state == TRACE_ARRIVED)
        add_pair(pane, "end", STYLE_GOOD, "arrived at its receiver", after);
    else if (trace->error == DD_E_TIMEOUT && trace->end[0] == '\0')
        add_pair(pane, "end", STYLE_BAD, "nothing more was heard", after);
    else
        add_pair(pane, "end", STYLE_BAD, dd_strerror(trace->error), after);
}

static void draw(page_t *self, canvas_t *canvas, rect_t area)
{
    const trace_t *trace = session_view_trace(self->session);
    rect_t top = canvas_box(canvas, rect_cut_top(&area, 4), "Trace");
    text_pane_t *pane = text_pane_new(top.width);
    if (trace->state == TRACE_NONE) {
        text_pane_text(pane, STYLE_DIM,
            session_view_is_operator(self->session)
                ? "An operator sends nothing, so there is nothing to trace."
                : "t sends a test notification; each broker on its way says what it does with it.");
    } else {
        add_pair(pane, "destination", STYLE_STRONG, trace->destination, "");
        add_end(trace, pane);
    }
    text_pane_draw(pane, canvas, top, 0, NULL);
    text_pane_destroy(&pane);
    page_draw_list(self, canvas, area, "Brokers on the way");
}

const page_ops_t TRACE_PAGE = {.title = "Trace",
    .part = PART_TRACE,
    .views = 1u << VIEW_TREE,
    .filters = "broker:east",
    .list = &LIST,
    .table = &TABLE,
    .draw = draw,
    .detail = detail};
