/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * canvas - a screen's worth of cells, on which views draw without knowing the terminal
 */
#include "canvas.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "libdd/base/escape.h"
#include "libdd/base/utf8.h"

/* Bytes of the longest line that canvas_print() makes. */
#define LINE_ROOM 4096

struct canvas {
    int rows;
    int columns;
    cell_t *cells; /* row by row */
};

/* ---- Areas ---------------------------------------------------------------------------------- */

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

static int clamp(int value, int low, int high)
{
    return value < low ? low : smaller(value, high);
}

rect_t rect_cut_top(rect_t *self, int rows)
{
    rect_t cut = *self;
    cut.height = clamp(rows, 0, self->height);
    self->row += cut.height;
    self->height -= cut.height;
    return cut;
}

rect_t rect_cut_bottom(rect_t *self, int rows)
{
    rect_t cut = *self;
    cut.height = clamp(rows, 0, self->height);
    cut.row += self->height - cut.height;
    self->height -= cut.height;
    return cut;
}

rect_t rect_cut_left(rect_t *self, int columns)
{
    rect_t cut = *self;
    cut.width = clamp(columns, 0, self->width);
    self->column += cut.width;
    self->width -= cut.width;
    return cut;
}

rect_t rect_cut_right(rect_t *self, int columns)
{
    rect_t cut = *self;
    cut.width = clamp(columns, 0, self->width);
    cut.column += self->width - cut.width;
    self->width -= cut.width;
    return cut;
}

rect_t rect_centre(rect_t self, int height, int width)
{
    height = clamp(height, 0, self.height);
    width = clamp(width, 0, self.width);
    return (rect_t){self.row + (self.height - height) / 2, self.column + (self.width - width) / 2,
        height, width};
}

bool rect_has(rect_t self, int row, int column)
{
    return row >= self.row && row < self.row + self.height && column >= self.column &&
           column < self.column + self.width;
}

static rect_t common(rect_t a, rect_t b)
{
    int row = a.row > b.row ? a.row : b.row;
    int column = a.column > b.column ? a.column : b.column;
    int bottom = smaller(a.row + a.height, b.row + b.height);
    int right = smaller(a.column + a.width, b.column + b.width);
    return (rect_t){
        row, column, bottom > row ? bottom - row : 0, right > column ? right - column : 0};
}

/* ---- The canvas ----------------------------------------------------------------------------- */

canvas_t *canvas_new(int rows, int columns)
{
    canvas_t *self = calloc(1, sizeof *self);
    if (!self)
        return NULL;
    self->rows = clamp(rows, 1, CANVAS_ROWS_MAX);
    self->columns = clamp(columns, 1, CANVAS_COLUMNS_MAX);
    self->cells = calloc((size_t)self->rows * (size_t)self->columns, sizeof(cell_t));
    if (!self->cells)
        canvas_destroy(&self);
    else
        canvas_fill(self, canvas_all(self), STYLE_PLAIN);
    return self;
}

void canvas_destroy(canvas_t **self_p)
{
    canvas_t *self = self_p ? *self_p : NULL;
    if (!self)
        return;
    free(self->cells);
    free(self);
    *self_p = NULL;
}

rect_t canvas_all(const canvas_t *self)
{
    return (rect_t){0, 0, self->rows, self->columns};
}

static cell_t *at(const canvas_t *self, int row, int column)
{
    return &self->cells[(size_t)row * (size_t)self->columns + (size_t)column];
}

const cell_t *canvas_cell(const canvas_t *self, int row, int column)
{
    return at(self, row, column);
}

static const cell_t BLANK = {.text = L" ", .width = 1};

/* Makes a cell free to be written: the other half of a wide character that it was part of becomes
   blank. */
static cell_t *free_cell(canvas_t *self, int row, int column)
{
    cell_t *cell = at(self, row, column);
    cell_t *other = cell->width == 0 && column > 0                   ? cell - 1
                    : cell->width == 2 && column + 1 < self->columns ? cell + 1
                                                                     : NULL;
    if (other) {
        uint8_t style = other->style;
        *other = BLANK;
        other->style = style;
    }
    return cell;
}

static void put(canvas_t *self, int row, int column, wchar_t character, int width, unsigned style)
{
    cell_t *cell = free_cell(self, row, column);
    *cell = (cell_t){.text = {character}, .style = (uint8_t)style, .width = (uint8_t)width};
    if (width == 2) {
        cell = free_cell(self, row, column + 1);
        *cell = (cell_t){.style = (uint8_t)style};
    }
}

static void combine(canvas_t *self, int row, int column, wchar_t mark)
{
    cell_t *cell = at(self, row, column);
    if (cell->width == 0 && column > 0)
        cell--;
    size_t length = wcslen(cell->text);
    if (length < CANVAS_MARKS)
        cell->text[length] = mark;
}

void canvas_fill(canvas_t *self, rect_t area, unsigned style)
{
    area = common(area, canvas_all(self));
    for (int row = area.row; row < area.row + area.height; row++)
        for (int column = area.column; column < area.column + area.width; column++)
            put(self, row, column, L' ', 1, style);
}

/* The next character of a text, made harmless, and its width. */
static size_t next_character(const char *text, wchar_t *character, int *width)
{
    uint32_t code;
    size_t size = dd_utf8_decode((const uint8_t *)text, strnlen(text, DD_UTF8_MAX), &code);
    if (size == 0 || dd_escape_acts(code))
        code = '?';
    *character = (wchar_t)code;
    *width = (int)dd_utf8_cells(code);
    return size > 0 ? size : 1;
}

int canvas_text(canvas_t *self, rect_t area, int row, int column, unsigned style, const char *text)
{
    rect_t visible = common(area, canvas_all(self));
    int start = column;
    row += area.row;
    while (*text != '\0' && column < area.width) {
        wchar_t character;
        int width;
        text += next_character(text, &character, &width);
        int left = area.column + column;
        if (width == 0 && column > start && rect_has(visible, row, left - 1))
            combine(self, row, left - 1, character);
        else if (width > 0 && rect_has(visible, row, left) &&
                 rect_has(visible, row, left + width - 1))
            put(self, row, left, character, width, style);
        column += width;
    }
    return column - start;
}

int canvas_print(
    canvas_t *self, rect_t area, int row, int column, unsigned style, const char *format, ...)
{
    char line[LINE_ROOM];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    return canvas_text(self, area, row, column, style, line);
}

rect_t canvas_box(canvas_t *self, rect_t area, const char *title)
{
    rect_t inside = {area.row + 1, area.column + 1, area.height - 2, area.width - 2};
    if (inside.height < 0 || inside.width < 0)
        return (rect_t){area.row, area.column, 0, 0};
    int right = area.width - 1, bottom = area.height - 1;
    for (int column = 1; column < right; column++) {
        canvas_text(self, area, 0, column, STYLE_BORDER, "─");
        canvas_text(self, area, bottom, column, STYLE_BORDER, "─");
    }
    for (int row = 1; row < bottom; row++) {
        canvas_text(self, area, row, 0, STYLE_BORDER, "│");
        canvas_text(self, area, row, right, STYLE_BORDER, "│");
    }
    canvas_text(self, area, 0, 0, STYLE_BORDER, "┌");
    canvas_text(self, area, 0, right, STYLE_BORDER, "┐");
    canvas_text(self, area, bottom, 0, STYLE_BORDER, "└");
    canvas_text(self, area, bottom, right, STYLE_BORDER, "┘");
    if (title) {
        rect_t top = {area.row, area.column + 2, 1, area.width - 4};
        canvas_print(self, top, 0, 0, STYLE_TITLE, " %s ", title);
    }
    return inside;
}

void canvas_mark(canvas_t *self, rect_t area, unsigned mark)
{
    area = common(area, canvas_all(self));
    for (int row = area.row; row < area.row + area.height; row++)
        for (int column = area.column; column < area.column + area.width; column++)
            at(self, row, column)->style |= (uint8_t)mark;
}

/* Columns that `what` takes if it stands at this cell, 0 if it doesn't. */
static int found_at(const canvas_t *self, int row, int column, int right, const char *what)
{
    int start = column;
    while (*what != '\0') {
        wchar_t character;
        int width;
        what += next_character(what, &character, &width);
        if (width == 0)
            continue;
        if (column + width > right)
            return 0;
        if (dd_utf8_lower((uint32_t)at(self, row, column)->text[0]) !=
            dd_utf8_lower((uint32_t)character))
            return 0;
        column += width;
    }
    return column - start;
}

void canvas_mark_text(canvas_t *self, rect_t area, int row, const char *what)
{
    rect_t visible = common(area, canvas_all(self));
    row += area.row;
    if (row < visible.row || row >= visible.row + visible.height)
        return;
    int right = visible.column + visible.width;
    for (int column = visible.column; column < right; column++) {
        int width = found_at(self, row, column, right, what);
        canvas_mark(self, (rect_t){row, column, 1, width}, STYLE_FOUND);
    }
}

char *canvas_row(const canvas_t *self, int row)
{
    size_t room = (size_t)self->columns * (CANVAS_MARKS * DD_UTF8_MAX) + 1, size = 0, end = 0;
    char *text = malloc(room);
    for (int column = 0; text && column < self->columns; column++) {
        const cell_t *cell = at(self, row, column);
        if (cell->width == 0)
            continue;
        for (const wchar_t *character = cell->text; *character != 0; character++)
            size += dd_utf8_encode((uint32_t)*character, text + size);
        if (cell->text[0] != L' ')
            end = size;
    }
    if (text)
        text[end] = '\0';
    return text;
}
