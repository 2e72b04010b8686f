/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page_events - what happened: the brokers' events and the console's own notes
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ddtui/model/json_line.h"
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

/* Cells of a time with milliseconds, and of a table that has room for them. */
#define MS_WIDTH 12
#define MS_FROM 110

/* Of the notes' kinds, as if a broker had told of them. */
static const dd_log_level_t LEVELS[] = {[NOTE_PLAIN] = DD_LOG_INFO,
    [NOTE_GOOD] = DD_LOG_NOTICE,
    [NOTE_WARNING] = DD_LOG_WARNING,
    [NOTE_BAD] = DD_LOG_ERROR};

/* What the switch of levels goes round through. */
static const struct {
    dd_log_level_t least;
    const char *title;
} SHOWN[] = {{DD_LOG_DEBUG, "Events"}, {DD_LOG_NOTICE, "Events from notice up"},
    {DD_LOG_WARNING, "Warnings and errors"}};

/* Rows of the tail at most. */
#define TAIL_ROWS_MAX 16

/* ---- Rows: the archive and the notes, as far as the level wants them, by time ---------------- */

#define ROWS_MAX (EVENT_ARCHIVE_MAX + STATUS_LOG_MAX)

/* In the place of a broker's id, which is hex: notes stand behind what brokers tell. */
#define AT_CONSOLE "~"

/* A row's place: in the archive, and after all of that among the notes. */
typedef struct {
    int64_t wall_ms;
    const char *where; /* the id of its broker, or AT_CONSOLE */
    uint32_t order;    /* of what happened there at one time */
    uint32_t place;
} row_t;

/* The page's private state. */
typedef struct {
    size_t shown; /* which of SHOWN */
    row_t rows[ROWS_MAX];
    size_t count;
} events_page_t;

typedef struct {
    int64_t wall_ms;
    const char *level;
    const char *broker;
    const char *where; /* its id, or AT_CONSOLE */
    const char *tenant;
    const char *text;
    uint64_t times; /* of a note, whose text is escaped; else 0 */
    bool is_aside;  /* of a note: it is no event */
} event_t;

static event_t event_in_place(const session_view_t *session, size_t place)
{
    const event_archive_t *archive = session_view_events(session);
    const status_log_t *log = session_view_status_log(session);
    size_t archived = event_archive_count(archive);
    if (place >= archived) {
        const note_t *note = status_log_at(log, place - archived);
        return (event_t){note->wall_ms, dd_log_level_name(LEVELS[note->kind]), "this console",
            AT_CONSOLE, "", note->text, note->times, note->is_aside};
    }
    const archived_t *row = event_archive_at(archive, place);
    return (event_t){
        row->wall_ms, row->level, row->broker, row->broker_id, row->tenant, row->text, 0, false};
}

static event_t event_at(const page_t *self, size_t index)
{
    const events_page_t *events = self->private;
    return event_in_place(self->session, events->rows[index].place);
}

static size_t count(const void *source)
{
    const page_t *self = source;
    const events_page_t *events = self->private;
    return events->count;
}

static uint64_t identity(const void *source, size_t index)
{
    const page_t *self = source;
    const events_page_t *events = self->private;
    size_t place = events->rows[index].place;
    const event_archive_t *archive = session_view_events(self->session);
    size_t archived = event_archive_count(archive);
    if (place >= archived)
        return 2 * status_log_at(session_view_status_log(self->session), place - archived)->serial;
    return 2 * event_archive_at(archive, place)->serial + 1;
}

/* What a later version may call a level is important. */
static bool is_important(const char *text, dd_log_level_t least)
{
    dd_log_level_t level;
    return !dd_log_level_parse(&level, dd_bytes_of(text)) || level <= least;
}

static bool is_wanted(const event_t *event, dd_log_level_t least)
{
    return least == DD_LOG_DEBUG || is_important(event->level, least);
}

/* The oldest first. What several brokers tell of one moment has the same order in each console. */
static int compare_rows(const void *a, const void *b)
{
    const row_t *left = a, *right = b;
    if (left->wall_ms != right->wall_ms)
        return left->wall_ms < right->wall_ms ? -1 : 1;
    int order = strcmp(left->where, right->where);
    if (order != 0)
        return order;
    return left->order < right->order ? -1 : 1;
}

/* The newest of the archive and of the notes, at most so many of each, if their level is wanted.
   The archive has the oldest first, the notes the newest. Returns how many there are. */
static size_t collect(
    const session_view_t *session, dd_log_level_t least, size_t most, row_t rows[])
{
    size_t archived = event_archive_count(session_view_events(session));
    size_t notes = status_log_count(session_view_status_log(session)), count = 0, own = 0;
    for (size_t i = archived; i-- > 0 && count < most;) {
        event_t event = event_in_place(session, i);
        if (is_wanted(&event, least))
            rows[count++] = (row_t){event.wall_ms, event.where, (uint32_t)i, (uint32_t)i};
    }
    for (size_t i = 0; i < notes && own < most; i++) {
        event_t event = event_in_place(session, archived + i);
        if (!event.is_aside && is_wanted(&event, least))
            rows[count + own++] = (row_t){event.wall_ms, event.where,
                (uint32_t)(archived + notes - i), (uint32_t)(archived + i)};
    }
    if (count + own > 1)
        qsort(rows, count + own, sizeof rows[0], compare_rows);
    return count + own;
}

static void prepare(page_t *self)
{
    events_page_t *events = self->private;
    events->count =
        collect(self->session, SHOWN[events->shown].least, EVENT_ARCHIVE_MAX, events->rows);
}

/* ---- The table ------------------------------------------------------------------------------ */

/* A note's text is escaped already. */
static void event_text(const event_t *event, char *out, size_t room)
{
    if (event->times > 1)
        snprintf(out, room, "%s (%" PRIu64 " times)", event->text, event->times);
    else if (event->times > 0)
        snprintf(out, room, "%s", event->text);
    else
        dd_escape_text(event->text, strlen(event->text), out, room);
}

static bool cell(const void *source, size_t index, size_t column, char *out, size_t room)
{
    event_t event = event_at(source, index);
    const page_t *self = source;
    const char *const texts[] = {[COLUMN_LEVEL] = event.level,
        [COLUMN_BROKER] = event.broker,
        [COLUMN_TENANT] = event.tenant};
    if (column == COLUMN_TIME)
        page_time(event.wall_ms, self->columns[COLUMN_TIME].width >= MS_WIDTH, out);
    else if (column == COLUMN_EVENT)
        event_text(&event, out, room);
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
    .naming = 1u << COLUMN_TIME | 1u << COLUMN_EVENT,
    .cell = cell,
    .style = style};

/* "broker" is what stands under WHERE. */
static size_t row_field(const void *source, size_t index, const char *name, char *out, size_t room)
{
    return page_row_field(source, index, strcmp(name, "broker") == 0 ? "where" : name, out, room);
}

static const list_ops_t LIST = {
    .count = count, .identity = identity, .text = page_row_text, .field = row_field};

/* ---- The page ------------------------------------------------------------------------------- */

static void detail(page_t *self, size_t index, text_pane_t *pane)
{
    for (size_t column = 0; column < TABLE.count; column++) {
        char text[COLUMN_TEXT_ROOM];
        cell(self, index, column, text, sizeof text);
        if (column == COLUMN_TIME)
            page_time(event_at(self, index).wall_ms, true, text);
        text_pane_pair(pane, COLUMNS[column].title, style(self, index, column), text);
    }
}

static void draw(page_t *self, canvas_t *canvas, rect_t area)
{
    const events_page_t *events = self->private;
    self->columns[COLUMN_TIME].width =
        area.width >= MS_FROM ? MS_WIDTH : COLUMNS[COLUMN_TIME].width;
    page_draw_list(self, canvas, area, SHOWN[events->shown].title);
    page_draw_empty(self, canvas, area,
        events->shown == 0 ? "Nothing has happened that this key may know."
                           : "Nothing of that importance has happened. l shows all.");
}

/* With the date, since who reads it later wants to know the day. */
static struct json_object *json(const page_t *self, size_t index)
{
    event_t event = event_at(self, index);
    struct json_object *object = json_object_new_object();
    page_add_date(object, event.wall_ms);
    json_line_add_text(object, "level", event.level);
    json_line_add_text(object, "broker", event.broker);
    json_line_add_text(object, "tenant", event.tenant);
    json_line_add_text(object, "text", event.text);
    json_object_object_add(
        object, "times", json_object_new_uint64(event.times > 1 ? event.times : 1));
    return object;
}

static bool act(page_t *self, action_t action)
{
    events_page_t *events = self->private;
    if (action != ACT_LEVEL)
        return false;
    events->shown = (events->shown + 1) % (sizeof SHOWN / sizeof SHOWN[0]);
    return true;
}

static void draw_tail_line(const event_t *row, canvas_t *canvas, rect_t area, int line)
{
    char time[TIME_ROOM], broker[4 * DD_BROKER_MAX + 1], text[COLUMN_TEXT_ROOM];
    char fitted[COLUMN_TEXT_ROOM];
    page_time(row->wall_ms, false, time);
    dd_escape_text(row->broker, strlen(row->broker), broker, sizeof broker);
    event_text(row, text, sizeof text);
    canvas_text(canvas, area, line, 0, STYLE_DIM, time);
    canvas_print(canvas, area, line, 9, STYLE_PLAIN, "%-12s", broker);
    int at = 9 + 1 + (dd_utf8_width(broker) > 12 ? (int)dd_utf8_width(broker) : 12);
    dd_utf8_fit(text, area.width > at ? (size_t)(area.width - at) : 0, fitted, sizeof fitted);
    canvas_text(canvas, area, line, at, level_style(row->level), fitted);
}

/* In a few lines clients that come and go would leave no room for what matters. */
void page_events_draw_tail(const session_view_t *session, canvas_t *canvas, rect_t area)
{
    row_t rows[2 * TAIL_ROWS_MAX];
    size_t count = collect(session, DD_LOG_NOTICE, TAIL_ROWS_MAX, rows);
    size_t lines = area.height < TAIL_ROWS_MAX ? (size_t)area.height : TAIL_ROWS_MAX;
    lines = lines < count ? lines : count;
    if (count == 0)
        canvas_text(canvas, area, 0, 1, STYLE_DIM,
            "Nothing of importance has happened. 5 shows who came and went.");
    for (size_t line = 0; line < lines; line++) {
        event_t event = event_in_place(session, rows[count - lines + line].place);
        draw_tail_line(&event, canvas, area, (int)line);
    }
}

const page_ops_t EVENTS_PAGE = {.title = "Events",
    .part = PART_EVENTS,
    .state_size = sizeof(events_page_t),
    .views = 1u << VIEW_TREE | 1u << VIEW_EVENTS,
    .rolls = true,
    .filters = "level:warning broker:east",
    .list = &LIST,
    .table = &TABLE,
    .prepare = prepare,
    .draw = draw,
    .detail = detail,
    .json = json,
    .act = act};
