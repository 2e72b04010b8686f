/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * list_table - rows and columns on a canvas: as many columns as fit, and only the rows that are
 * visible
 */
#include "list_table.h"

#include <stdio.h>
#include <string.h>

#include "libdd/base/utf8.h"

/* Cells that a column with LIST_TABLE_REST gets for each one of the others. */
#define REST_SHARE 3

/* ---- Columns -------------------------------------------------------------------------------- */

static int total_width(const list_table_t *self, unsigned rank)
{
    int width = 0;
    for (size_t i = 0; i < self->count; i++)
        if (self->columns[i].rank <= rank)
            width += self->columns[i].width + (width > 0 ? 1 : 0);
    return width;
}

/* Of what is left over, the cells that go to a column in its turn: texts without end get more. */
static int portion(const list_table_column_t *column, int width, int left)
{
    int most = column->most - width, share = column->most == LIST_TABLE_REST ? REST_SHARE : 1;
    if (most < share)
        share = most > 0 ? most : 0;
    return share < left ? share : left;
}

/* Shares what is left over among the columns that can take more. */
static void widen(const list_table_t *self, int left, int widths[LIST_TABLE_COLUMNS_MAX])
{
    bool taken = true;
    while (left > 0 && taken) {
        taken = false;
        for (size_t i = 0; i < self->count && left > 0; i++) {
            int share = widths[i] > 0 ? portion(&self->columns[i], widths[i], left) : 0;
            widths[i] += share;
            left -= share;
            taken |= share > 0;
        }
    }
}

void list_table_layout(const list_table_t *self, int width, int widths[LIST_TABLE_COLUMNS_MAX])
{
    unsigned rank = 0;
    for (size_t i = 0; i < self->count; i++)
        rank = self->columns[i].rank > rank ? self->columns[i].rank : rank;
    while (rank > 1 && total_width(self, rank) > width)
        rank--;
    for (size_t i = 0; i < self->count; i++)
        widths[i] = self->columns[i].rank <= rank ? self->columns[i].width : 0;
    widen(self, width - total_width(self, rank), widths);
}

size_t list_table_column_at(const list_table_t *self, int width, int cell)
{
    int widths[LIST_TABLE_COLUMNS_MAX], end = 0;
    list_table_layout(self, width, widths);
    for (size_t i = 0; i < self->count; i++) {
        end += widths[i];
        if (widths[i] > 0 && cell < end)
            return i;
        end += widths[i] > 0 ? 1 : 0;
    }
    return self->count;
}

static const column_t *column_of(const list_table_t *self, size_t column)
{
    const char *field = self->columns[column].field;
    return field ? columns_find(columns_of(self->view), field) : NULL;
}

int list_table_compare(
    const list_table_t *self, const void *source, size_t a, size_t b, size_t column)
{
    const column_t *field = column_of(self, column);
    return field ? column_compare(field, self->row(source, a), self->row(source, b)) : 0;
}

/* ---- Drawing -------------------------------------------------------------------------------- */

static void draw_cell(const list_table_column_t *column, int width, int at, unsigned style,
    const char *text, canvas_t *canvas, rect_t line)
{
    char fitted[COLUMN_TEXT_ROOM];
    size_t taken = dd_utf8_width(text);
    int indent = column->right && taken < (size_t)width ? width - (int)taken : 0;
    dd_utf8_fit(text, (size_t)(width - indent), fitted, sizeof fitted);
    canvas_text(canvas, line, 0, at + indent, style, fitted);
}

static void draw_titles(
    const list_table_t *self, const list_t *list, const int widths[], canvas_t *canvas, rect_t line)
{
    bool reverse;
    size_t order = list_order(list, &reverse);
    int at = 0;
    for (size_t i = 0; i < self->count; i++) {
        char title[64];
        if (widths[i] == 0)
            continue;
        const char *mark = i != order ? "" : reverse ? "▼" : "▲";
        snprintf(title, sizeof title, "%s%s", self->columns[i].title, mark);
        draw_cell(&self->columns[i], widths[i], at, STYLE_TITLE, title, canvas, line);
        at += widths[i] + 1;
    }
}

void list_table_cell(const list_table_t *self, const void *source, size_t index, size_t column,
    char *out, size_t room)
{
    const column_t *field = column_of(self, column);
    if (self->cell && self->cell(source, index, column, out, room))
        return;
    if (field)
        column_text(field, self->row(source, index), out, room);
}

static void draw_row(const list_table_t *self, const void *source, size_t index, const int widths[],
    canvas_t *canvas, rect_t line)
{
    int at = 0;
    for (size_t i = 0; i < self->count; i++) {
        char text[COLUMN_TEXT_ROOM] = "";
        if (widths[i] == 0)
            continue;
        list_table_cell(self, source, index, i, text, sizeof text);
        unsigned style = self->style ? self->style(source, index, i) : STYLE_PLAIN;
        draw_cell(&self->columns[i], widths[i], at, style, text, canvas, line);
        at += widths[i] + 1;
    }
}

rect_t list_table_draw(
    const list_table_t *self, const void *source, list_t *list, canvas_t *canvas, rect_t area)
{
    int widths[LIST_TABLE_COLUMNS_MAX];
    list_table_layout(self, area.width, widths);
    draw_titles(self, list, widths, canvas, rect_cut_top(&area, 1));
    size_t top = list_top(list, (size_t)area.height);
    for (int row = 0; row < area.height && top + (size_t)row < list_count(list); row++) {
        rect_t line = {area.row + row, area.column, 1, area.width};
        size_t position = top + (size_t)row;
        draw_row(self, source, list_index(list, position), widths, canvas, line);
        canvas_mark_text(canvas, line, 0, filter_marks(list_filter(list)));
        if (position == list_selected(list))
            canvas_mark(canvas, line, STYLE_SELECTED);
    }
    return area;
}

void list_table_draw_bar(canvas_t *canvas, rect_t box, size_t first, size_t visible, size_t count)
{
    size_t height = box.height > 2 ? (size_t)box.height - 2 : 0;
    if (count <= visible || height == 0)
        return;
    size_t size = height * visible / count;
    if (size == 0)
        size = 1;
    size_t start = (height - size) * first / (count - visible);
    for (size_t i = 0; i < size; i++)
        canvas_text(canvas, box, 1 + (int)(start + i), box.width - 1, STYLE_STRONG, "█");
}
