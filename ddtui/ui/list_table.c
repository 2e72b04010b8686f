/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * list_table - rows and columns on a canvas: as many columns as fit, and only the rows that are
 * visible
 */
#include "list_table.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "libdd/base/utf8.h"
#include "text_pane.h"

/* Cells that a column gets for each one of the others: with LIST_TABLE_REST, and one that leads. */
#define REST_SHARE 3
#define NAME_SHARE 2
/* Cells of a column of names where others leave them blank. */
#define NAMES_MOST 100

/* ---- Columns -------------------------------------------------------------------------------- */

typedef struct {
    const list_table_t *table;
    size_t order; /* the column that is on every sheet */
    int width;
    bool in[LIST_TABLE_COLUMNS_MAX];   /* the columns of the sheet */
    bool seen[LIST_TABLE_COLUMNS_MAX]; /* and of those before it */
} sheet_t;

/* With room for the arrow beside the title. */
static int column_width(const sheet_t *self, size_t column)
{
    const list_table_column_t *shown = &self->table->columns[column];
    int titled = (int)dd_utf8_width(shown->title) + 1;
    return column == self->order && titled > shown->width ? titled : shown->width;
}

static int total_width(const sheet_t *self)
{
    int width = 0;
    for (size_t i = 0; i < self->table->count; i++)
        if (self->in[i])
            width += column_width(self, i) + (width > 0 ? 1 : 0);
    return width;
}

static bool fits(const sheet_t *self, size_t column)
{
    return total_width(self) + 1 + column_width(self, column) <= self->width;
}

/* The first column that is more than a mark, and what is before it. */
static bool leads(const list_table_t *self, size_t column)
{
    for (size_t i = 0; i < column; i++)
        if (self->columns[i].width > 1)
            return false;
    return true;
}

bool list_table_names_row(const list_table_t *self, size_t column)
{
    return self->naming != 0 ? (self->naming & 1u << column) != 0 : leads(self, column);
}

/* A sheet with what stands on every one. */
static void begin_sheet(sheet_t *self)
{
    for (size_t i = 0; i < self->table->count; i++)
        self->in[i] = i == self->order || list_table_names_row(self->table, i);
}

static void add(sheet_t *self, size_t column)
{
    self->in[column] = self->seen[column] = true;
}

/* The first sheet has the columns in the order of their ranks, as far as they fit; those of rank 1
   do. */
static void first_sheet(sheet_t *self)
{
    const list_table_t *table = self->table;
    for (size_t i = 0; i < table->count; i++) {
        self->in[i] = i == self->order || table->columns[i].rank == 1;
        self->seen[i] = self->in[i];
    }
    for (unsigned rank = 2; rank <= LIST_TABLE_COLUMNS_MAX; rank++)
        for (size_t i = 0; i < table->count; i++)
            if (table->columns[i].rank == rank && !self->in[i] && fits(self, i))
                add(self, i);
}

/* The next one has those that weren't on any before. False if all were. */
static bool next_sheet(sheet_t *self)
{
    bool any = false;
    sheet_t next = *self;
    begin_sheet(&next);
    for (size_t i = 0; i < next.table->count; i++) {
        if (next.seen[i] || (any && !fits(&next, i)))
            continue;
        add(&next, i);
        any = true;
    }
    if (any)
        *self = next;
    return any;
}

int list_table_needs(const list_table_t *self, unsigned rank)
{
    sheet_t all = {.table = self, .order = LIST_NONE};
    for (size_t i = 0; i < self->count; i++)
        all.in[i] = self->columns[i].rank <= rank;
    return total_width(&all);
}

/* Of what is left over, the cells that go to a column in its turn: names and texts without end get
   more. */
static int portion(const list_table_t *self, size_t column, int width, int left)
{
    int most = self->columns[column].most, wanted = most - width;
    int share = leads(self, column) ? NAME_SHARE : 1;
    if (most == LIST_TABLE_REST)
        share = REST_SHARE;
    if (wanted < share)
        share = wanted > 0 ? wanted : 0;
    return share < left ? share : left;
}

/* Shares what is left over among the columns that can take more. */
static void widen(const list_table_t *self, int left, int widths[LIST_TABLE_COLUMNS_MAX])
{
    bool taken = true;
    while (left > 0 && taken) {
        taken = false;
        for (size_t i = 0; i < self->count && left > 0; i++) {
            int share = widths[i] > 0 ? portion(self, i, widths[i], left) : 0;
            widths[i] += share;
            left -= share;
            taken |= share > 0;
        }
    }
}

size_t list_table_layout(const list_table_t *self, int width, size_t order, size_t sheet,
    int widths[LIST_TABLE_COLUMNS_MAX])
{
    sheet_t shown = {.table = self, .order = order, .width = width};
    size_t number = 0;
    first_sheet(&shown);
    while (number < sheet && next_sheet(&shown))
        number++;
    for (size_t i = 0; i < self->count; i++)
        widths[i] = shown.in[i] ? column_width(&shown, i) : 0;
    widen(self, width - total_width(&shown), widths);
    return number;
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

bool list_table_known(const list_table_t *self, const void *source, size_t index, size_t column)
{
    const column_t *field = column_of(self, column);
    return !field || column_known(field, self->row(source, index));
}

size_t list_table_named(const list_table_t *self, const char *name)
{
    size_t i = 0;
    while (i < self->count && strcasecmp(self->columns[i].title, name) != 0 &&
           (!self->columns[i].field || strcmp(self->columns[i].field, name) != 0))
        i++;
    return i;
}

bool list_table_words(const list_table_t *self, const void *source, size_t index, size_t column,
    char *out, size_t room)
{
    const column_t *field = column_of(self, column);
    out[0] = '\0';
    if (self->cell && self->cell(source, index, column, out, room))
        return true;
    if (!field || field->kind != COLUMN_TEXT)
        return false;
    column_text(field, self->row(source, index), out, room);
    return true;
}

void list_table_cell(const list_table_t *self, const void *source, size_t index, size_t column,
    char *out, size_t room)
{
    const column_t *field = column_of(self, column);
    if (!list_table_words(self, source, index, column, out, room) && field)
        column_text(field, self->row(source, index), out, room);
}

/* ---- Widths by what is there ---------------------------------------------------------------- */

/* Whether a column's texts are names, of which each character counts. */
static bool has_names(const list_table_column_t *column)
{
    return column->most > 0 && column->most != LIST_TABLE_REST && !column->right;
}

/* Cells that a column needs for its title and the rows from a first one on. */
static int needed_width(const list_table_t *self, const void *source, list_t *list, size_t column,
    size_t top, int height)
{
    int needed = (int)dd_utf8_width(self->columns[column].title) + 1;
    for (size_t at = top; at < list_count(list) && at - top < (size_t)height; at++) {
        char text[COLUMN_TEXT_ROOM];
        list_table_cell(self, source, list_index(list, at), column, text, sizeof text);
        int width = (int)dd_utf8_width(text);
        needed = width > needed ? width : needed;
    }
    return needed;
}

/* The column that has the most, or lacks the most; the count of columns if none does. */
static size_t find_largest(const int amounts[], size_t count)
{
    size_t found = count;
    for (size_t i = 0; i < count; i++)
        if (amounts[i] > 0 && (found == count || amounts[i] > amounts[found]))
            found = i;
    return found;
}

/* Cells that stay blank in a column of texts go to a column whose names would be cut. */
static void share_blanks(const list_table_t *self, const void *source, list_t *list, int height,
    int widths[LIST_TABLE_COLUMNS_MAX])
{
    int spare[LIST_TABLE_COLUMNS_MAX] = {0}, lacking[LIST_TABLE_COLUMNS_MAX] = {0};
    size_t top = list_top(list, (size_t)height);
    for (size_t i = 0; i < self->count; i++) {
        bool names = has_names(&self->columns[i]);
        if (widths[i] == 0 || (!names && self->columns[i].most != LIST_TABLE_REST))
            continue;
        int needed = needed_width(self, source, list, i, top, height);
        spare[i] = widths[i] - needed;
        if (names)
            lacking[i] = (needed < NAMES_MOST ? needed : NAMES_MOST) - widths[i];
    }
    for (;;) {
        size_t from = find_largest(spare, self->count), to = find_largest(lacking, self->count);
        if (from == self->count || to == self->count)
            return;
        widths[from]--, spare[from]--;
        widths[to]++, lacking[to]--;
    }
}

static size_t layout_of(const list_table_t *self, const void *source, list_t *list, rect_t rows,
    int widths[LIST_TABLE_COLUMNS_MAX])
{
    bool reverse;
    size_t sheet =
        list_table_layout(self, rows.width, list_order(list, &reverse), list_sheet(list), widths);
    share_blanks(self, source, list, rows.height, widths);
    return sheet;
}

size_t list_table_column_at(
    const list_table_t *self, const void *source, list_t *list, rect_t rows, int cell)
{
    int widths[LIST_TABLE_COLUMNS_MAX], end = 0;
    layout_of(self, source, list, rows, widths);
    for (size_t i = 0; i < self->count; i++) {
        end += widths[i];
        if (widths[i] > 0 && cell < end)
            return i;
        end += widths[i] > 0 ? 1 : 0;
    }
    return self->count;
}

/* ---- Drawing -------------------------------------------------------------------------------- */

/* Cells that stay empty before a text: all that a number leaves over, or what stands there for a
   place in a tree. */
static int indent_of(const list_table_column_t *column, int width, const char *text)
{
    size_t taken = dd_utf8_width(text), blanks = strspn(text, " ");
    if (column->right)
        return taken < (size_t)width ? width - (int)taken : 0;
    return blanks < (size_t)width / 2 ? (int)blanks : width / 2;
}

static void draw_cell(const list_table_column_t *column, int width, int at, unsigned style,
    const char *text, canvas_t *canvas, rect_t line)
{
    char fitted[COLUMN_TEXT_ROOM];
    void (*fit)(const char *, size_t, char *, size_t) =
        column->most == LIST_TABLE_REST ? dd_utf8_fit : dd_utf8_fit_name;
    int indent = indent_of(column, width, text);
    fit(text + strspn(text, " "), (size_t)(width - indent), fitted, sizeof fitted);
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

/* At the edges of the box around the table, where there are further columns. */
static void draw_sheet_marks(
    const list_table_t *self, const list_t *list, canvas_t *canvas, rect_t line)
{
    int widths[LIST_TABLE_COLUMNS_MAX];
    bool reverse;
    size_t order = list_order(list, &reverse), sheet = list_sheet(list);
    rect_t edges = {line.row, line.column - 1, 1, line.width + 2};
    if (sheet > 0)
        canvas_text(canvas, edges, 0, 0, STYLE_STRONG, "<");
    if (list_table_layout(self, line.width, order, sheet + 1, widths) > sheet)
        canvas_text(canvas, edges, 0, edges.width - 1, STYLE_STRONG, ">");
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
    rect_t titles = rect_cut_top(&area, 1);
    list_set_sheet(list, layout_of(self, source, list, area, widths));
    draw_titles(self, list, widths, canvas, titles);
    draw_sheet_marks(self, list, canvas, titles);
    size_t top = list_top(list, (size_t)area.height);
    for (int row = 0; row < area.height && top + (size_t)row < list_count(list); row++) {
        rect_t line = {area.row + row, area.column, 1, area.width};
        size_t position = top + (size_t)row;
        draw_row(self, source, list_index(list, position), widths, canvas, line);
        text_pane_mark(canvas, line, 0, list_filter(list));
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
