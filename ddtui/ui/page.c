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

#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"

bool page_init(page_t *self, page_number_t number, const page_ops_t *ops, session_view_t *session,
    unsigned rights)
{
    *self =
        (page_t){.ops = ops, .number = number, .session = session, .rights = rights, .stale = true};
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

static bool change_order(page_t *self, action_t action)
{
    bool reverse;
    size_t column = list_order(self->list, &reverse);
    if (action == ACT_SORT_REVERSE) {
        list_set_order(self->list, column == LIST_NONE ? 0 : column, !reverse);
        return true;
    }
    column = column == LIST_NONE ? 0 : column + 1;
    while (column < self->ops->table->count && !self->ops->table->columns[column].field)
        column++;
    /* After the last column comes the order that the rows have by themselves. */
    if (column >= self->ops->table->count)
        column = LIST_NONE;
    list_set_order(self->list, column, false);
    return true;
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
    if (action == ACT_SHOW_ALL) {
        list_show_all(self->list, !list_shows_all(self->list));
        self->stale = true;
        return true;
    }
    if (action == ACT_SORT_NEXT || action == ACT_SORT_REVERSE) {
        self->stale = true;
        return self->ops->list->compare && change_order(self, action);
    }
    return list_act(self->list, action);
}

/* By the column whose title was clicked on; once more, and the order turns around. */
static void order_by(page_t *self, int cell)
{
    bool reverse;
    const list_table_t *table = self->ops->table;
    size_t column = list_table_column_at(table, self->rows.width, cell);
    size_t now = list_order(self->list, &reverse);
    if (!keymap_allows(ACT_SORT_NEXT, AT_PAGE(self->number), self->rights) ||
        column >= table->count || !table->columns[column].field)
        return;
    list_set_order(self->list, column, column == now && !reverse);
    self->stale = true;
}

bool page_click(page_t *self, int row, int column)
{
    rect_t titles = {self->rows.row - 1, self->rows.column, 1, self->rows.width};
    if (self->list && rect_has(titles, row, column))
        order_by(self, column - titles.column);
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

/* ---- What pages have in common -------------------------------------------------------------- */

/* What brokers have reported may be of the past, or not all there is. */
static void add_reserve(const page_t *self, char *out, size_t room)
{
    view_t view = self->ops->table->view;
    char age[AGE_ROOM];
    size_t used = strlen(out);
    const round_t *last =
        view == VIEW_NONE ? NULL : poller_last(session_view_poller(self->session), view);
    if (!last || !last->any)
        return;
    if (!session_view_is_current(self->session, view))
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
    const filter_t *filter = list_filter(self->list);
    const char *text = filter->text + (filter->inverted ? 1 : 0);
    char escaped[4 * FILTER_ROOM];
    dd_escape_text(text, strlen(text), escaped, sizeof escaped);
    if (filter->length > 0)
        snprintf(out, room, "%s  %zu of %zu with%s \"%s\"", title, list_found(self->list),
            self->ops->list->count(self), filter->inverted ? "out" : "", escaped);
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

void page_draw_list(page_t *self, canvas_t *canvas, rect_t area, const char *title)
{
    char line[8 * FILTER_ROOM];
    list_title(self, title, line, sizeof line);
    rect_t inside = canvas_box(canvas, area, line);
    if (list_filter(self->list)->length > 0)
        draw_filter_keys(canvas, area, line);
    self->rows = list_table_draw(self->ops->table, self, self->list, canvas, inside);
    size_t height = (size_t)self->rows.height;
    list_table_draw_bar(canvas, area, list_top(self->list, height), height, list_count(self->list));
}

void page_draw_detail(page_t *self, canvas_t *canvas, rect_t area, const char *title)
{
    rect_t inside = canvas_box(canvas, area, title);
    text_pane_t *pane = page_detail(self, inside.width);
    text_pane_draw(
        pane, canvas, inside, 0, self->list ? filter_marks(list_filter(self->list)) : "");
    text_pane_destroy(&pane);
}

void page_draw_empty(page_t *self, canvas_t *canvas, rect_t area, const char *text)
{
    if (list_count(self->list) > 0)
        return;
    if (list_filter(self->list)->length > 0)
        text = "No row has what the filter wants. Esc shows all.";
    rect_t inside = {area.row + 3, area.column + 2, area.height - 4, area.width - 4};
    text_pane_t *pane = text_pane_new(inside.width);
    text_pane_text(pane, STYLE_DIM, text);
    text_pane_draw(pane, canvas, inside, 0, "");
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
        if (columns->columns[i].kind == COLUMN_RATE)
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

void page_time(int64_t wall_ms, bool with_ms, char out[TIME_ROOM])
{
    time_t seconds = (time_t)(wall_ms / 1000);
    struct tm local = {0};
    localtime_r(&seconds, &local);
    size_t size = strftime(out, TIME_ROOM, "%H:%M:%S", &local);
    if (with_ms)
        snprintf(out + size, TIME_ROOM - size, ".%03u", (unsigned)(wall_ms % 1000) % 1000);
}
