/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * list_table - rows and columns on a canvas: as many columns as fit, and only the rows that are
 * visible
 *
 * Columns that don't fit stand on further sheets. Those that name the row and the one that the rows
 * are ordered by have a place on each sheet.
 */
#ifndef LIST_TABLE_H_INCLUDED
#define LIST_TABLE_H_INCLUDED

#include "canvas.h"
#include "ddtui/model/columns.h"
#include "list.h"

#define LIST_TABLE_COLUMNS_MAX 16
/* For list_table_column_t's `most`: all that is left over. */
#define LIST_TABLE_REST 10000

typedef struct {
    const char *field; /* of the view's columns, by which it is ordered, too; or NULL */
    const char *title;
    int width;     /* cells, at least */
    unsigned rank; /* 1 is the last to leave the first sheet of a table that is too narrow */
    int most;      /* and at most, if there is more room; 0 for no more than width. Texts that are
                      too long are cut at their end with LIST_TABLE_REST, else in the middle */
    bool right;    /* stands at the right edge, as numbers do */
} list_table_column_t;

typedef struct {
    view_t view; /* whose columns the fields are; VIEW_NONE if there are none */
    const list_table_column_t *columns;
    size_t count;
    unsigned naming; /* the columns that name a row, as bits 1 << column; 0: the first that is more
                        than a mark, and what is before it */
    /* The row, of the struct that the view has, of an index; may be NULL without a view. */
    const void *(*row)(const void *source, size_t index);
    /* Writes a cell, escaped; false leaves it to the column's field. May be NULL. */
    bool (*cell)(const void *source, size_t index, size_t column, char *out, size_t room);
    /* The style of a row, or of one cell of it; may be NULL. */
    unsigned (*style)(const void *source, size_t index, size_t column);
} list_table_t;

/* Chooses the widths of the columns on a sheet, 0 for those that aren't on it, with one blank
   between two; order: a column that always is. Returns the sheet, which is the last one if there
   aren't so many. */
size_t list_table_layout(const list_table_t *self, int width, size_t order, size_t sheet,
    int widths[LIST_TABLE_COLUMNS_MAX]);
bool list_table_names_row(const list_table_t *self, size_t column);
/* The width that the columns of up to some rank need. */
int list_table_needs(const list_table_t *self, unsigned rank);

/* The column whose title stands that many cells from the left of a table, of which the rows stand
   in an area; the count of columns if there is none. */
size_t list_table_column_at(
    const list_table_t *self, const void *source, list_t *list, rect_t rows, int cell);

/* The column of that title, in lower case, or that field; the count of columns if there is none. */
size_t list_table_named(const list_table_t *self, const char *name);

/* Writes what a cell says, escaped, whether there is room for its column or not. */
void list_table_cell(const list_table_t *self, const void *source, size_t index, size_t column,
    char *out, size_t room);
/* The same if that is in words; false for the numbers of a report. */
bool list_table_words(const list_table_t *self, const void *source, size_t index, size_t column,
    char *out, size_t room);

/* Orders two rows by a column of the table; 0 if it has no field. */
int list_table_compare(
    const list_table_t *self, const void *source, size_t a, size_t b, size_t column);
/* Whether a row has a value in the column's field. */
bool list_table_known(const list_table_t *self, const void *source, size_t index, size_t column);

/* Draws titles and rows, the selected one marked, and what is found. Returns where the rows are. */
rect_t list_table_draw(
    const list_table_t *self, const void *source, list_t *list, canvas_t *canvas, rect_t area);

/* Draws a bar on the right edge of a box that shows which part of the rows is visible. */
void list_table_draw_bar(canvas_t *canvas, rect_t box, size_t first, size_t visible, size_t count);

#endif
