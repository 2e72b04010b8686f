/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * canvas - a screen's worth of cells, on which views draw without knowing the terminal
 *
 * Every position is a row and a column, from 0 at the top left. Whatever lies outside of the canvas
 * or of the area that a call names is left out. Text is UTF-8; what came from outside goes through
 * dd_escape_text() first, and characters that would act on a terminal become '?' here all the same.
 */
#ifndef CANVAS_H_INCLUDED
#define CANVAS_H_INCLUDED

#include <stdbool.h>
#include <stdint.h>
#include <wchar.h>

/* The largest canvas: no terminal is larger, whatever it says. */
#define CANVAS_ROWS_MAX 500
#define CANVAS_COLUMNS_MAX 1000

/* Characters of one cell: the first, and marks that combine with it. */
#define CANVAS_MARKS 5

typedef enum {
    STYLE_PLAIN,
    STYLE_DIM,    /* of less interest: stale, headings of empty panes */
    STYLE_STRONG, /* of more interest */
    STYLE_BORDER,
    STYLE_TITLE,  /* of panes and columns */
    STYLE_ACCENT, /* names that matter */
    STYLE_GOOD,
    STYLE_WARNING,
    STYLE_BAD,
    STYLE_BAR,   /* the lines at the top and the bottom */
    STYLE_TAB,   /* the screen that is shown, among the others */
    STYLE_FIELD, /* where text is typed */
    STYLES
} style_t;

/* Added to a style: the row, item or field that the next key acts on; found text. */
#define STYLE_SELECTED 0x40u
#define STYLE_FOUND 0x80u
#define STYLE_MASK 0x3fu

typedef struct {
    wchar_t text[CANVAS_MARKS + 1]; /* ends with 0 */
    uint8_t style;                  /* a style_t and what is added to it */
    uint8_t width;                  /* 1, 2, or 0 for the right half of the cell before */
} cell_t;

typedef struct {
    int row;
    int column;
    int height;
    int width;
} rect_t;

typedef struct canvas canvas_t;

/* NULL when out of memory. */
canvas_t *canvas_new(int rows, int columns);
void canvas_destroy(canvas_t **self_p);

rect_t canvas_all(const canvas_t *self);
/* A cell of the canvas; the position must be on it. */
const cell_t *canvas_cell(const canvas_t *self, int row, int column);

/* Makes an area blank. */
void canvas_fill(canvas_t *self, rect_t area, unsigned style);

/* Writes one line, at a position that counts from the area's corner. Returns the columns it
   takes; those beyond the area's end needn't be counted. */
int canvas_text(canvas_t *self, rect_t area, int row, int column, unsigned style, const char *text);
__attribute__((format(printf, 6, 7))) int canvas_print(
    canvas_t *self, rect_t area, int row, int column, unsigned style, const char *format, ...);

/* Draws a frame along the inner edge of an area, with a title (may be NULL) in its upper line.
   Returns what is inside. */
rect_t canvas_box(canvas_t *self, rect_t area, const char *title);

/* Adds STYLE_SELECTED or STYLE_FOUND to what stands in an area. */
void canvas_mark(canvas_t *self, rect_t area, unsigned mark);

/* Marks as found all places of a row where `what` stands, upper and lower case being the same. */
void canvas_mark_text(canvas_t *self, rect_t area, int row, const char *what);

/* A row as text without blanks at its end. The caller frees it; NULL when out of memory. */
char *canvas_row(const canvas_t *self, int row);

/* ---- Areas ---------------------------------------------------------------------------------- */

/* Cuts lines or columns off an area: returns the cut piece, and the area keeps the rest. Never more
   than there is. */
rect_t rect_cut_top(rect_t *self, int rows);
rect_t rect_cut_bottom(rect_t *self, int rows);
rect_t rect_cut_left(rect_t *self, int columns);
rect_t rect_cut_right(rect_t *self, int columns);

/* An area of at most that size in the middle of another. */
rect_t rect_centre(rect_t self, int height, int width);

bool rect_has(rect_t self, int row, int column);

#endif
