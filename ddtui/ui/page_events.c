/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page_events - what happened: the brokers' events and the console's own notes
 */
#include <stdio.h>
#include <string.h>

#include "libdd/base/escape.h"
#include "libdd/base/log_level.h"
#include "libdd/base/utf8.h"
#include "page.h"

enum { COLUMN_TIME, COLUMN_LEVEL, COLUMN_BROKER, COLUMN_TENANT, COLUMN_EVENT };

static const list_table_column_t COLUMNS[] = {
    [COLUMN_TIME] = {NULL, "TIME", 8, 2, 0, false},
    [COLUMN_LEVEL] = {NULL, "LEVEL", 7, 3, 0, false},
    [COLUMN_BROKER] = {NULL, "WHERE", 12, 1, 24, false},
    [COLUMN_TENANT] = {NULL, "TENANT", 10, 4, 16, false},
    [COLUMN_EVENT] = {NULL, "EVENT", 40, 1, LIST_TABLE_REST, false},
};

/* Of the notes' kinds, as if a broker had told of them. */
static const dd_log_level_t LEVELS[] = {[NOTE_PLAIN] = DD_LOG_INFO,
    [NOTE_GOOD] = DD_LOG_NOTICE,
    [NOTE_WARNING] = DD_LOG_WARNING,
    [NOTE_BAD] = DD_LOG_ERROR};

/* ---- Rows: what brokers reported and then the notes, in the source; by time, in the list ----- */

typedef struct {
    int64_t wall_ms;
    const char *level;
    const char *broker;
    const char *tenant;
    const char *text;
    bool escaped; /* text is */
} event_t;

static size_t count(const void *source)
{
    const page_t *self = source;
    return session_view_row_count(self->session, VIEW_EVENTS) +
           status_log_count(session_view_status_log(self->session));
}

/* When something happened, since 1970, by the age that it had in the newest round. */
static int64_t happening_wall_ms(const session_view_t *session, const happening_t *row)
{
    const round_t *last = poller_last(session_view_poller(session), VIEW_EVENTS);
    uint64_t since = session_view_now_ms(session) - last->finished_ms;
    return session_view_wall_ms(session) - (int64_t)(since + row->age_ms);
}

static event_t event_at(const page_t *self, size_t index)
{
    size_t reported = session_view_row_count(self->session, VIEW_EVENTS);
    if (index >= reported) {
        const note_t *note =
            status_log_at(session_view_status_log(self->session), index - reported);
        return (event_t){note->wall_ms, dd_log_level_name(LEVELS[note->kind]), "this console", "",
            note->text, true};
    }
    const happening_t *row = session_view_row(self->session, VIEW_EVENTS, index);
    return (event_t){happening_wall_ms(self->session, row), row->level, row->broker, row->tenant,
        row->text, false};
}

static uint64_t identity(const void *source, size_t index)
{
    const page_t *self = source;
    size_t reported = session_view_row_count(self->session, VIEW_EVENTS);
    if (index >= reported)
        return status_log_at(session_view_status_log(self->session), index - reported)->serial;
    const happening_t *row = session_view_row(self->session, VIEW_EVENTS, index);
    uint64_t number = list_identity(LIST_IDENTITY, row->broker_id);
    return list_identity(number, row->text) + row->at_ms;
}

/* The only order there is: the oldest first. */
static int compare(const void *source, size_t a, size_t b, size_t column)
{
    (void)column;
    int64_t left = event_at(source, a).wall_ms, right = event_at(source, b).wall_ms;
    if (left == right)
        return (a < b) - (a > b); /* both sources have the newest first */
    return left < right ? -1 : 1;
}

static void prepare(page_t *self)
{
    list_set_order(self->list, COLUMN_TIME, false);
}

/* ---- The table ------------------------------------------------------------------------------ */

static bool cell(const void *source, size_t index, size_t column, char *out, size_t room)
{
    event_t event = event_at(source, index);
    const char *const texts[] = {[COLUMN_LEVEL] = event.level,
        [COLUMN_BROKER] = event.broker,
        [COLUMN_TENANT] = event.tenant,
        [COLUMN_EVENT] = event.text};
    if (column == COLUMN_TIME)
        page_time(event.wall_ms, false, out);
    else if (column == COLUMN_EVENT && event.escaped)
        snprintf(out, room, "%s", event.text);
    else
        dd_escape_text(texts[column], strlen(texts[column]), out, room);
    return true;
}

static unsigned level_style(const char *level)
{
    static const struct {
        const char *level;
        unsigned style;
    } STYLES_OF[] = {{"error", STYLE_BAD}, {"warning", STYLE_WARNING}, {"notice", STYLE_ACCENT}};
    for (size_t i = 0; i < sizeof STYLES_OF / sizeof STYLES_OF[0]; i++)
        if (strcmp(level, STYLES_OF[i].level) == 0)
            return STYLES_OF[i].style;
    return STYLE_PLAIN;
}

static unsigned style(const void *source, size_t index, size_t column)
{
    return column == COLUMN_LEVEL ? level_style(event_at(source, index).level) : STYLE_PLAIN;
}

static const list_table_t TABLE = {.view = VIEW_NONE,
    .columns = COLUMNS,
    .count = sizeof COLUMNS / sizeof COLUMNS[0],
    .cell = cell,
    .style = style};

/* "broker" is what stands under WHERE. */
static size_t row_field(
    const void *source, size_t index, const char *name, char *out, size_t room)
{
    return page_row_field(source, index, strcmp(name, "broker") == 0 ? "where" : name, out, room);
}

static const list_ops_t LIST = {
    .count = count, .identity = identity, .text = page_row_text, .field = row_field, .compare = compare};

/* ---- The page ------------------------------------------------------------------------------- */

static void detail(page_t *self, size_t index, text_pane_t *pane)
{
    for (size_t column = 0; column < TABLE.count; column++) {
        char text[COLUMN_TEXT_ROOM];
        cell(self, index, column, text, sizeof text);
        text_pane_pair(pane, COLUMNS[column].title, style(self, index, column), text);
    }
}

static void draw(page_t *self, canvas_t *canvas, rect_t area)
{
    page_draw_list(self, canvas, area, "Events");
    page_draw_empty(self, canvas, area, "Nothing has happened that this key may know.");
}

void page_events_draw_tail(const session_view_t *session, canvas_t *canvas, rect_t area)
{
    size_t total = session_view_row_count(session, VIEW_EVENTS), height = (size_t)area.height;
    size_t shown = total < height ? total : height;
    if (total == 0)
        canvas_text(canvas, area, 0, 1, STYLE_DIM, "Nothing has happened.");
    for (size_t i = 0; i < shown; i++) {
        const happening_t *row = session_view_row(session, VIEW_EVENTS, shown - 1 - i);
        char time[TIME_ROOM], broker[4 * sizeof row->broker], text[COLUMN_TEXT_ROOM];
        page_time(happening_wall_ms(session, row), false, time);
        dd_escape_text(row->broker, strlen(row->broker), broker, sizeof broker);
        dd_escape_text(row->text, strlen(row->text), text, sizeof text);
        canvas_text(canvas, area, (int)i, 0, STYLE_DIM, time);
        canvas_print(canvas, area, (int)i, 9, STYLE_PLAIN, "%-12s", broker);
        int at = 9 + 1 + (dd_utf8_width(broker) > 12 ? (int)dd_utf8_width(broker) : 12);
        canvas_text(canvas, area, (int)i, at, level_style(row->level), text);
    }
}

const page_ops_t EVENTS_PAGE = {.title = "Events",
    .part = PART_EVENTS,
    .views = 1u << VIEW_TREE | 1u << VIEW_EVENTS,
    .rolls = true,
    .filters = "level:warning broker:east",
    .list = &LIST,
    .table = &TABLE,
    .prepare = prepare,
    .draw = draw,
    .detail = detail};
