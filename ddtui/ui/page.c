/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * page - one of the screens 1 to 7: a set of operations over the session view
 */
#include "page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "column_choice.h"
#include "ddtui/model/json_line.h"
#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"
#include "outage.h"

bool page_init(page_t *self, page_number_t number, const page_ops_t *ops, session_view_t *session,
    unsigned rights)
{
    *self =
        (page_t){.ops = ops, .number = number, .session = session, .rights = rights, .stale = true};
    if (ops->table) {
        self->table = *ops->table;
        self->table.columns = self->columns;
        page_choose_columns(self, "");
    }
    if (ops->state_size > 0)
        self->private = calloc(1, ops->state_size);
    if (ops->list)
        self->list = list_new(ops->list, ops->rolls);
    return (self->private || ops->state_size == 0) && (self->list || !ops->list);
}

void page_clear(page_t *self)
{
    list_destroy(&self->list);
    free(self->private);
    self->private = NULL;
}

void page_choose_columns(page_t *self, const char *names)
{
    const list_table_t *table = self->ops->table;
    if (!table)
        return;
    memcpy(self->columns, table->columns, table->count * sizeof self->columns[0]);
    if (names[0] != '\0')
        column_choice_apply(table, names, self->columns);
}

unsigned page_views(const page_t *self)
{
    return self->ops->views | (self->ops->more_views ? self->ops->more_views(self) : 0);
}

void page_update(page_t *self)
{
    uint64_t version = session_view_version(self->session, self->ops->part);
    if (!self->list || (!self->stale && self->version == version))
        return;
    if (self->ops->prepare)
        self->ops->prepare(self);
    list_update(self->list, self);
    self->version = version;
    self->stale = false;
}

void page_draw(page_t *self, canvas_t *canvas, rect_t area)
{
    page_update(self);
    self->rows = (rect_t){0};
    self->ops->draw(self, canvas, area);
}

size_t page_selected_index(page_t *self)
{
    page_update(self);
    return self->list ? list_selected_index(self->list) : LIST_NONE;
}

text_pane_t *page_detail(page_t *self, int width)
{
    size_t index = page_selected_index(self);
    if (index == LIST_NONE || !self->ops->detail)
        return NULL;
    text_pane_t *pane = text_pane_new(width);
    if (pane)
        self->ops->detail(self, index, pane);
    return pane;
}

size_t page_orders(const page_t *self, size_t columns[LIST_TABLE_COLUMNS_MAX])
{
    size_t count = 0;
    for (size_t i = 0; self->ops->table && i < self->ops->table->count; i++)
        if (self->ops->table->columns[i].field)
            columns[count++] = i;
    return count;
}

void page_order_by(page_t *self, size_t column)
{
    list_set_order(
        self->list, column, column != LIST_NONE && self->ops->table->columns[column].right);
    self->stale = true;
    page_update(self);
    list_select(self->list, 0);
}

static void reverse_order(page_t *self)
{
    bool reverse;
    size_t column = list_order(self->list, &reverse);
    list_set_order(self->list, column == LIST_NONE ? 0 : column, !reverse);
    self->stale = true;
}

/* How many there are is known when they are drawn. */
static void turn_sheet(page_t *self, bool next)
{
    size_t sheet = list_sheet(self->list);
    list_set_sheet(self->list, next ? sheet + 1 : sheet > 0 ? sheet - 1 : 0);
}

bool page_act(page_t *self, action_t action)
{
    page_update(self);
    if (self->ops->act && self->ops->act(self, action)) {
        self->stale = true;
        return true;
    }
    if (!self->list)
        return false;
    switch (action) {
    case ACT_SHOW_ALL:
        list_show_all(self->list, !list_shows_all(self->list));
        self->stale = true;
        return true;
    case ACT_REVERSE:
        reverse_order(self);
        return true;
    case ACT_LEFT:
    case ACT_RIGHT:
        turn_sheet(self, action == ACT_RIGHT);
        return true;
    default:
        return list_act(self->list, action);
    }
}

/* By the column whose title was clicked on; once more, and the order turns around. */
static void order_by_title(page_t *self, int cell)
{
    bool reverse;
    const list_table_t *table = &self->table;
    size_t column = list_table_column_at(table, self, self->list, self->rows, cell);
    if (!keymap_allows(ACT_ORDER, AT_PAGE(self->number), self->rights) || column >= table->count ||
        !table->columns[column].field)
        return;
    if (column == list_order(self->list, &reverse))
        reverse_order(self);
    else
        page_order_by(self, column);
}

bool page_click(page_t *self, int row, int column)
{
    rect_t titles = {self->rows.row - 1, self->rows.column, 1, self->rows.width};
    if (self->list && rect_has(titles, row, column))
        order_by_title(self, column - titles.column);
    if (!self->list || !rect_has(self->rows, row, column))
        return false;
    size_t position =
        list_top(self->list, (size_t)self->rows.height) + (size_t)(row - self->rows.row);
    if (position >= list_count(self->list))
        return false;
    list_select(self->list, position);
    return true;
}

void page_set_filter(page_t *self, const char *text)
{
    if (!self->list)
        return;
    list_set_filter(self->list, text);
    self->stale = true;
}

void page_hold(page_t *self, bool held)
{
    if (!self->list || self->held == held)
        return;
    page_update(self);
    list_hold(self->list, held);
    self->held = held;
    self->stale = true;
}

static bool select_index(page_t *self, size_t index)
{
    page_update(self);
    for (size_t position = 0; position < list_count(self->list); position++) {
        if (list_index(self->list, position) != index)
            continue;
        list_select(self->list, position);
        return true;
    }
    return false;
}

void page_select_index(page_t *self, size_t index, const char *name)
{
    if (select_index(self, index))
        return;
    page_set_filter(self, "");
    if (select_index(self, index))
        return;
    page_set_filter(self, name);
    select_index(self, index);
}

/* ---- Trouble -------------------------------------------------------------------------------- */

/* The next position from one on of a row in trouble; the count of rows if there is none. */
static size_t find_trouble(const page_t *self, size_t from)
{
    size_t position = from;
    while (position < list_count(self->list) &&
           !self->ops->is_in_trouble(self, list_index(self->list, position)))
        position++;
    return position;
}

/* Shows all that are in trouble, as far as the page can fold rows away. */
static void reveal_trouble(page_t *self)
{
    size_t rows = self->ops->list->count(self);
    for (size_t i = 0; self->ops->reveal && i < rows; i++)
        if (self->ops->is_in_trouble(self, i))
            self->ops->reveal(self, i);
    self->stale = true;
    page_update(self);
}

static bool select_trouble(page_t *self, size_t from)
{
    size_t position = find_trouble(self, from);
    if (position == list_count(self->list))
        return false;
    list_select(self->list, position);
    return true;
}

bool page_next_trouble(page_t *self, bool behind_selected)
{
    page_update(self);
    if (!self->list || !self->ops->is_in_trouble)
        return false;
    reveal_trouble(self);
    size_t selected = list_selected(self->list);
    if (select_trouble(self, behind_selected && selected != LIST_NONE ? selected + 1 : 0))
        return true;
    if (behind_selected || list_filter(self->list)->count == 0)
        return false;
    page_set_filter(self, "");
    page_update(self);
    return select_trouble(self, 0);
}

void page_add_happened(text_pane_t *pane, const char *when, const char *text)
{
    char line[COLUMN_TEXT_ROOM + 2 * AGE_ROOM];
    int indent = snprintf(line, sizeof line, "  %s  ", when);
    snprintf(line + indent, sizeof line - (size_t)indent, "%s", text);
    text_pane_hang(pane, STYLE_PLAIN, indent, line);
}

unsigned page_trouble_style(trouble_t trouble, bool is_good)
{
    if (trouble == TROUBLE_NONE)
        return is_good ? STYLE_GOOD : STYLE_WARNING;
    return trouble == TROUBLE_REFUSING ? STYLE_WARNING : STYLE_BAD;
}

/* ---- What a filter looks at ----------------------------------------------------------------- */

size_t page_row_count(const void *source)
{
    const page_t *self = source;
    return session_view_row_count(self->session, self->ops->table->view);
}

const void *page_row(const void *source, size_t index)
{
    const page_t *self = source;
    return session_view_row(self->session, self->ops->table->view, index);
}

size_t page_row_text(const void *source, size_t index, char *out, size_t room)
{
    const page_t *self = source;
    size_t used = 0;
    for (size_t i = 0; i < self->ops->table->count && used + 1 < room; i++) {
        char text[COLUMN_TEXT_ROOM];
        if (list_table_words(self->ops->table, source, index, i, text, sizeof text))
            used += (size_t)snprintf(out + used, room - used, "%s%s", used > 0 ? " " : "", text);
    }
    return used < room ? used : room - 1;
}

size_t page_row_field(const void *source, size_t index, const char *name, char *out, size_t room)
{
    const page_t *self = source;
    const list_table_t *table = self->ops->table;
    size_t found = list_table_named(table, name);
    const column_t *column =
        table->row && found == table->count ? columns_find(columns_of(table->view), name) : NULL;
    if (column)
        column_text(column, table->row(source, index), out, room);
    else if (found < table->count)
        list_table_cell(table, source, index, found, out, room);
    return column || found < table->count ? strlen(out) : SIZE_MAX;
}

/* ---- What pages have in common -------------------------------------------------------------- */

/* What brokers have reported may be of the past, or not all there is. */
static void add_reserve(const page_t *self, char *out, size_t room)
{
    view_t view = self->ops->table->view;
    char age[AGE_ROOM];
    size_t used = strlen(out);
    const round_t *last =
        view == VIEW_NONE ? NULL : poller_last(session_view_poller(self->session), view);
    if (!last)
        return;
    bool is_linked = session_view_link(self->session)->state == LINK_REGISTERED;
    if (is_linked && (!last->any || last->part))
        snprintf(out + used, room - used, ", asking …");
    else if (!last->any)
        return;
    else if (!session_view_is_current(self->session, view))
        snprintf(out + used, room - used, ", as it was %s ago",
            page_age(session_view_age(self->session, view), age));
    else if (last->silent > 0)
        snprintf(out + used, room - used, ", %" PRIu64 " broker%s silent", last->silent,
            last->silent == 1 ? "" : "s");
    else if (last->full)
        snprintf(out + used, room - used, ", and there are more");
}

static void list_title(const page_t *self, const char *title, char *out, size_t room)
{
    const query_t *filter = list_filter(self->list);
    bool without = filter->count == 1 && !query_looks_for(filter);
    const char *text = filter->text + (without ? strspn(filter->text, " !") : 0);
    char escaped[4 * FILTER_ROOM];
    dd_escape_text(text, strlen(text), escaped, sizeof escaped);
    if (filter->count > 0)
        snprintf(out, room, "%s  %zu of %zu with%s \"%s\"", title, list_found(self->list),
            self->ops->list->count(self), without ? "out" : "", escaped);
    else if (list_count(self->list) < self->ops->list->count(self))
        snprintf(out, room, "%s  %zu of %zu", title, list_count(self->list),
            self->ops->list->count(self));
    else
        snprintf(out, room, "%s  %zu", title, list_count(self->list));
    add_reserve(self, out, room);
}

/* What can be done about a filter, at the right of the title if there is room. */
static void draw_filter_keys(canvas_t *canvas, rect_t area, const char *title)
{
    char keys[64] = " ";
    size_t count, used = 1;
    const binding_t *bindings = keymap_bindings(&count);
    for (size_t i = 0; i < count; i++) {
        char name[KEY_NAME_ROOM];
        if (bindings[i].action < ACT_SHOW_ALL || bindings[i].action > ACT_FIND_PREVIOUS)
            continue;
        keymap_key_name(bindings[i].keys[0], name);
        used +=
            (size_t)snprintf(keys + used, sizeof keys - used, "%s %s  ", name, bindings[i].label);
    }
    keys[used - 1] = '\0';
    int column = area.width - 2 - (int)used;
    if (column > (int)dd_utf8_width(title) + 6)
        canvas_text(canvas, area, 0, column, STYLE_DIM, keys);
}

/* What is shown has a timeline from now on, if its figures are asked for as long as it is. */
static void show_rows(const page_t *self)
{
    const list_table_t *table = self->ops->table;
    if (!self->ops->graph)
        return;
    size_t top = list_top(self->list, (size_t)self->rows.height), count = list_count(self->list);
    for (size_t i = top; i < count && i - top < (size_t)self->rows.height; i++)
        timelines_show(session_view_timelines(self->session), table->view,
            table->row(self, list_index(self->list, i)));
}

void page_draw_list(page_t *self, canvas_t *canvas, rect_t area, const char *title)
{
    char line[8 * FILTER_ROOM];
    list_title(self, title, line, sizeof line);
    rect_t inside = canvas_box(canvas, area, line);
    if (list_filter(self->list)->count > 0)
        draw_filter_keys(canvas, area, line);
    self->rows = list_table_draw(&self->table, self, self->list, canvas, inside);
    show_rows(self);
    size_t height = (size_t)self->rows.height;
    rect_t beside = {area.row + 1, area.column, area.height - 1, area.width}; /* not the titles */
    list_table_draw_bar(
        canvas, beside, list_top(self->list, height), height, list_count(self->list));
}

static const page_ops_t *graph_ops(const page_t *self)
{
    return self->ops->graphs_of ? self->ops->graphs_of : self->ops;
}

view_t page_graph_view(const page_t *self)
{
    const page_ops_t *ops = graph_ops(self);
    return ops->graph ? ops->table->view : VIEW_NONE;
}

static void draw_timeline(
    const page_t *self, const void *row, canvas_t *canvas, rect_t area, glyphs_t glyphs)
{
    view_t view = page_graph_view(self);
    timelines_t *timelines = session_view_timelines(self->session);
    timelines_show(timelines, view, row);
    graph_t graph = {.timeline = timelines_find(timelines, view, row),
        .lines = graph_ops(self)->graph,
        .count = graph_ops(self)->graph_count};
    uint64_t now_ms = session_view_now_ms(self->session);
    if (session_view_is_frozen(self->session))
        now_ms = poller_last(session_view_poller(self->session), view)->finished_ms;
    graph_draw(&graph, now_ms, glyphs, canvas, area);
}

void page_draw_graph(page_t *self, canvas_t *canvas, rect_t area, glyphs_t glyphs)
{
    char title[GRAPH_TITLE_ROOM] = "";
    size_t index = page_selected_index(self);
    const page_ops_t *ops = self->ops;
    const void *row = NULL;
    if (index != LIST_NONE)
        row = ops->graph_row ? ops->graph_row(self, index) : ops->table->row(self, index);
    if (row)
        graph_ops(self)->graph_title(self, row, title, sizeof title);
    canvas_fill(canvas, area, STYLE_PLAIN);
    rect_t inside = canvas_box(canvas, area, title);
    if (row)
        draw_timeline(self, row, canvas, inside, glyphs);
}

void page_draw_detail(page_t *self, canvas_t *canvas, rect_t area, const char *title)
{
    rect_t inside = canvas_box(canvas, area, title);
    text_pane_t *pane = page_detail(self, inside.width);
    text_pane_draw(pane, canvas, inside, 0, self->list ? list_filter(self->list) : NULL);
    if (text_pane_count(pane) > (size_t)inside.height)
        canvas_text(canvas, area, area.height - 1, 2, STYLE_DIM, " … Enter shows all ");
    text_pane_destroy(&pane);
}

static bool is_empty(const page_t *self)
{
    return list_count(self->list) == 0 && list_filter(self->list)->count == 0;
}

/* The list of a trace is too low for that. */
bool page_tells_outage(page_t *self)
{
    page_update(self);
    return self->list && self->number != PAGE_TRACE && is_empty(self);
}

/* The first field of the filter that rows don't have, and which so was looked for as a text; NULL
   if there is none. */
static const char *unknown_field(const page_t *self)
{
    const query_t *filter = list_filter(self->list);
    const list_ops_t *list = self->ops->list;
    char room[QUERY_TEXT_ROOM];
    for (size_t i = 0; i < filter->count && list->field && list->count(self) > 0; i++) {
        const char *field = filter->terms[i].field;
        if (field[0] != '\0' && list->field(self, 0, field, room, sizeof room) == SIZE_MAX)
            return field;
    }
    return NULL;
}

/* Why a filter leaves nothing. */
static void add_filtered(const page_t *self, text_pane_t *pane)
{
    const char *field = unknown_field(self);
    if (field)
        text_pane_print(pane, STYLE_WARNING,
            "There is no column %s here: \"%s:\" was looked for as a text.", field, field);
    text_pane_text(pane, STYLE_DIM, "No row has what the filter wants. Esc shows all.");
}

void page_draw_empty(page_t *self, canvas_t *canvas, rect_t area, const char *text)
{
    if (list_count(self->list) > 0)
        return;
    rect_t inside = {area.row + 3, area.column + 2, area.height - 4, area.width - 4};
    text_pane_t *pane = text_pane_new(inside.width);
    if (!is_empty(self))
        add_filtered(self, pane);
    else if (outage_is_known(self->session))
        outage_add(self->session, pane);
    else
        text_pane_text(pane, STYLE_DIM, text);
    text_pane_draw(pane, canvas, inside, 0, NULL);
    text_pane_destroy(&pane);
}

/* "in_bytes" as "in bytes", and "idle_ms" as "idle": its value says its unit. */
static void field_name(const char *field, char *out, size_t room)
{
    size_t size = strlen(field);
    if (size > 3 && (strcmp(field + size - 3, "_ms") == 0 || strcmp(field + size - 3, "_us") == 0))
        size -= 3;
    snprintf(out, room, "%.*s", (int)size, field);
    for (char *at = out; *at != '\0'; at++)
        if (*at == '_')
            *at = ' ';
}

void page_add_columns(text_pane_t *pane, view_t view, const void *row)
{
    const columns_t *columns = columns_of(view);
    for (size_t i = 0; i < columns->count; i++) {
        char text[COLUMN_TEXT_ROOM], name[64];
        if (columns->columns[i].width == 0)
            continue;
        column_text(&columns->columns[i], row, text, sizeof text);
        if (columns->columns[i].kind == COLUMN_RATE && strcmp(text, "-") != 0)
            strncat(text, "/s", sizeof text - strlen(text) - 1);
        field_name(columns->columns[i].field, name, sizeof name);
        text_pane_pair(pane, name, STYLE_PLAIN, text);
    }
}

const char *page_age(uint64_t ms, char out[AGE_ROOM])
{
    const column_t *column = columns_find(columns_of(VIEW_TREE), "uptime_ms");
    broker_t row = {.uptime_ms = ms};
    column_text(column, &row, out, AGE_ROOM);
    return out;
}

void page_add_date(struct json_object *object, int64_t wall_ms)
{
    char text[COLUMN_TEXT_ROOM];
    column_number_text(COLUMN_WHEN, (uint64_t)wall_ms, text, sizeof text);
    json_line_add_text(object, "time", text);
}

void page_time(int64_t wall_ms, bool with_ms, char out[TIME_ROOM])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm local = {0};
    localtime_r(&seconds, &local);
    size_t size = strftime(out, TIME_ROOM, "%H:%M:%S", &local);
    if (with_ms)
        snprintf(out + size, TIME_ROOM - size, ".%03u", (unsigned)(wall_ms % 1000) % 1000);
}
